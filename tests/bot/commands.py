"""Commands as they are typed, run in this process: one of its own takes a second to load."""

import io
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog

from bot.cli import main
from bot.settings import Settings


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Shell:
    """Runs `throughline …` in `folder`, whose database it uses unless `settings` name another."""

    folder: Path
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def __call__(self, *words: str, stdin: str = "", **settings: str) -> Ran:
        with self.monkeypatch.context() as patch, _logging_as_before():
            patch.chdir(self.folder)
            patch.setattr(sys, "excepthook", sys.excepthook)
            patch.setattr(sys, "argv", ["throughline", *words])
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
            patch.setenv("COLUMNS", "100")
            for name in Settings.model_fields:
                patch.delenv(name.upper(), raising=False)
            for name, value in settings.items():
                patch.setenv(name, value)
            with pytest.raises(SystemExit) as ended:
                main()
        said = self.capsys.readouterr()
        return Ran(int(ended.value.code or 0), said.out, said.err)


@contextmanager
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.reset_defaults()
