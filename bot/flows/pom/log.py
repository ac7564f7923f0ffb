"""`/pom log KIND title`: the form of any kind."""

from bot.desk import Desk
from bot.flows.capture.log import open_new
from bot.flows.pom.replies import again, plainly
from bot.flows.pom.words import cleaned, kind_in, near_kinds
from bot.requests import Reply, Request
from prompts import labels, text
from prompts.blocks import about_choice, actions, menu

MOST_OF_A_TITLE = 60  # characters that fit into an option of a menu beside a kind, in any script


async def log(desk: Desk, request: Request, words: str) -> Reply:
    """Open the form of the kind that `words` begin with, with the rest as its title; else offer the kinds."""
    kinds = await desk.kinds(request.workspace)
    kind, title = kind_in(kinds, words)
    if kind:
        return await open_new(desk, request, kind.name, title)
    near = [f"log {each.label.lower()} {rest}".strip() for each, rest in near_kinds(kinds, words)]
    word, _, rest = cleaned(words).partition(" ")
    about = {"title": rest} if 0 < len(rest) <= MOST_OF_A_TITLE else {}
    options = [about_choice(f"{each.emoji} {each.label}", kind=each.name, **about) for each in kinds.offered]
    said = text("unknown_kind", word=word, near=near)
    return plainly(request, said, *again(near), actions([menu(labels()["pom_log_which"], "form.open:any", options)]))
