"""Getting something new in: from a command, a message, a reaction, in plain words."""
