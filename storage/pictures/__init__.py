"""What lies around an object, drawn as text that other tools read."""
