"""Slack, and nothing but Slack."""

__version__ = "0.1.0"
