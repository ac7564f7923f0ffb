"""What the terminal shows of `throughline demo`."""

import asyncio
import signal
import sys
from pathlib import Path

from tests.support.story import free_port


async def test_the_demo_says_what_it_does_and_where_it_is_and_nothing_else(tmp_path: Path) -> None:
    port = free_port()
    command = [str(Path(sys.executable).with_name("throughline")), "demo", "--port", str(port)]
    first = await said(command, tmp_path)
    again = await said(command, tmp_path)
    where = (
        f"Starting Throughline…\n\nOpen http://127.0.0.1:{port} in a browser.\nCtrl-C stops everything; your data is kept.\n\n"
    )
    assert first == f"Starting the local workspace…\nLoading the sample organisation…\n{where}"
    assert again == f"Starting the local workspace…\n{where}"


async def said(command: list[str], folder: Path) -> str:
    """Run the demo until it has been up for a moment, press Ctrl-C, and return all that it wrote."""
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    assert process.stdout
    words = await asyncio.wait_for(process.stdout.readuntil(b"kept.\n\n"), 30)
    await asyncio.sleep(2)
    process.send_signal(signal.SIGINT)
    rest = await asyncio.wait_for(process.stdout.read(), 30)
    assert await process.wait() == 0
    return (words + rest).decode()
