"""Questions in the words that people use, and their answers."""
