"""The sample organisation in a house: its people as Slack tells of them, and its graph with all its history."""

from importlib.resources import files

import yaml

import bot.demo
from storage.files.graph_file import read
from storage.files.importing import import_graph
from storage.people import Person, put_people
from tests.rituals.house import House


async def move_in(house: House) -> None:
    """Fill an empty house with the sample organisation and give it its rituals."""
    demo = files(bot.demo)
    users = yaml.safe_load(demo.joinpath("workspace.yaml").read_text("utf-8"))["workspaces"][0]["users"]
    people = [Person(user["id"], user["name"], user["tz"], is_gone=user.get("deleted", False)) for user in users]
    async with house.writing() as tx:
        await put_people(tx, people)
        await import_graph(tx, house.kinds, read(demo.joinpath("organisation.json").read_bytes()))
    await house.set_up()
