"""The web page of a sandbox: a Slack-like client, drawn on the server, with a little script."""

from sandbox.page.routes import add_routes

__all__ = ["add_routes"]
