"""The Web API's methods, by name; one module for each family."""

from sandbox.webapi import chat, conversations, files, people, views
from sandbox.webapi.call import Method

METHODS: dict[str, Method] = {
    **chat.METHODS,
    **conversations.METHODS,
    **files.METHODS,
    **people.METHODS,
    **views.METHODS,
}
