from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.support.postgres import PostgresServer, running_server

ENGINES = ("sqlite", pytest.param("postgres", marks=pytest.mark.postgres))


def pytest_configure() -> None:
    # How long an example takes says more about what else the machine does than about our code.
    settings.register_profile("throughline", deadline=None)
    settings.load_profile("throughline")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL server of this test run's own, started with the first test that wants it."""
    with running_server() as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The address of a new, empty PostgreSQL database."""
    name = postgres_server.create_database()
    yield postgres_server.url(name)
    postgres_server.drop_database(name)


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a new, empty database, once on each engine."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'throughline.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url
