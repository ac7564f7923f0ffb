"""Slack, and nothing but Slack."""

__version__ = "0.3.0"
