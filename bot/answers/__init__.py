"""Answers to questions in words: what was found, the paths that prove it, what came of it."""
