import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
import structlog
from hypothesis import settings

from tests.support.copies import make_tables
from tests.support.postgres import PostgresServer, running_server

ENGINES = ("sqlite", pytest.param("postgres", marks=pytest.mark.postgres))
MEMORY, ROOM = Path("/dev/shm"), 2_000_000_000


def pytest_configure() -> None:
    # A traceback with everything that was in sight takes half a minute to draw, and nobody answers meanwhile.
    drawn = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], drawn])
    if "TMPDIR" not in os.environ and _is_usable(MEMORY):  # a database there never waits for a disk
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)
    # How long an example takes says more about what else the machine does than about our code.
    settings.register_profile("throughline", deadline=None)
    settings.load_profile("throughline")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Return one worker more than there are cores: a good part of a story is waiting."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, so that in the end nobody waits for it."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def _is_usable(folder: Path) -> bool:
    """Tell whether there is room in a folder, and whether what is put there may be run."""
    if not os.access(folder, os.W_OK):
        return False
    there = os.statvfs(folder)
    return there.f_bavail * there.f_frsize > ROOM and not there.f_flag & os.ST_NOEXEC


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL server of this test run's own, started with the first test that wants it."""
    with running_server() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_with_tables(postgres_server: PostgresServer) -> str:
    """The name of a database that only copies are made of: it has the newest schema, and no rows."""
    name = postgres_server.create_database()
    make_tables(postgres_server.url(name))
    return name


@pytest.fixture(scope="session")
def sqlite_with_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file that only copies are made of: it has the newest schema, and no rows."""
    file = tmp_path_factory.mktemp("tables") / "throughline.db"
    make_tables(f"sqlite:///{file}")
    return file


@pytest.fixture
def new_sqlite_url(sqlite_with_tables: Path, tmp_path: Path) -> Callable[[], str]:
    """What makes a SQLite file with the newest schema and no rows, another each time, and returns its address."""
    names = map("throughline-{}.db".format, count(1))
    return lambda: f"sqlite:///{shutil.copyfile(sqlite_with_tables, tmp_path / next(names))}"


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The address of a new, empty PostgreSQL database."""
    with postgres_server.database() as url:
        yield url


@pytest.fixture(params=ENGINES)
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a new, empty database, once on each engine."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'throughline.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a new database with the newest schema and no rows, once on each engine."""
    if request.param == "sqlite":
        file = tmp_path / "throughline.db"
        shutil.copyfile(request.getfixturevalue("sqlite_with_tables"), file)
        yield f"sqlite:///{file}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    with server.database(request.getfixturevalue("postgres_with_tables")) as url:
        yield url
