"""`throughline sandbox`: the local workspace alone."""

import asyncio
import signal
from pathlib import Path

from pydantic import ValidationError
from rich.console import Console
from yaml import YAMLError

from bot.demo.serving import PortInUse, serving
from sandbox.config import Config

console = Console(stderr=True, highlight=False)


async def serve(config: Path, port: int, state: Path | None) -> int:
    """Serve the workspaces of the file `config` on localhost until the process is told to stop; return the exit code."""
    try:
        wanted = Config.read(config)
    except (ValidationError, YAMLError, OSError, UnicodeDecodeError) as error:
        console.print(f"I can't use {config}: {error}", markup=False)
        return 2
    told = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    try:
        async with serving(wanted, port, state) as slack:
            console.print(f"Open {slack.url} in a browser. Ctrl-C stops it.")
            await told.wait()
    except PortInUse as busy:
        console.print(str(busy))
        return 2
    return 0
