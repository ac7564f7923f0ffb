"""The graph as it was, what differs between two moments, and taking back."""
