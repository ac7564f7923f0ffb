"""Write the next migration: `python -m tests.storage.new_migration "Objects have colours"`.

Compares `storage.tables` with a scratch database at the newest schema and writes what differs to storage/migrations/versions/,
for a person to read, tidy and complete.
"""

import asyncio
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command
from sqlalchemy import Connection

from storage.clock import RealClock
from storage.database import Database
from storage.migrate import VERSIONS, config_for, to_newest


def _write(connection: Connection, message: str) -> Path:
    config = config_for((VERSIONS,))
    config.attributes["connection"] = connection
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    number = len(list(VERSIONS.glob("[0-9]*.py"))) + 1
    command.revision(config, message, autogenerate=True, rev_id=f"{number:04}", version_path=str(VERSIONS))
    return next(VERSIONS.glob(f"{number:04}_*.py"))


async def main(message: str) -> Path:
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/scratch.db", RealClock())
        if any(VERSIONS.glob("[0-9]*.py")):
            await to_newest(database)
        async with database.engine.connect() as connection:
            path = await connection.run_sync(_write, message)
        await database.close()
    _tidy(path)
    return path


def _tidy(path: Path) -> None:
    written = re.sub(r"^ *# ###.*\n", "", path.read_text(), flags=re.MULTILINE)
    path.write_text(re.sub(r"(?:batch_)?op\.f\((['\"][^'\"]*['\"])\)", r"\1", written))
    for tidy in (["format"], ["check", "--fix"], ["format"]):
        subprocess.run([sys.executable, "-m", "ruff", *tidy, "--quiet", str(path)], check=True)


if __name__ == "__main__":
    print(asyncio.run(main(sys.argv[1])))  # noqa: T201
