"""The house rules that a reader cannot see at a glance: who imports whom, and four habits."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# Each package with those that it may import. Inner code returns values and never calls outwards.
LAYERS = {
    "bot": {"bot", "rituals", "storage", "prompts"},
    "rituals": {"rituals", "storage", "prompts"},
    "storage": {"storage"},
    "prompts": {"prompts"},
    "sandbox": {"sandbox"},
}
KNOW_THE_SANDBOX = ("bot.cli", "bot.demo")  # the commands `demo` and `sandbox`
MAY_CATCH_ALL = "bot.errors"  # the one place where a failure becomes words
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


@dataclass(frozen=True)
class Module:
    path: Path  # relative to the root
    source: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.source)

    @cached_property
    def name(self) -> str:
        return ".".join(self.path.with_suffix("").parts).removesuffix(".__init__")

    def where(self, node: ast.AST) -> str:
        return f"{self.path}:{getattr(node, 'lineno', 0)}"


def modules(*packages: str) -> list[Module]:
    files = (file for package in packages for file in sorted((ROOT / package).rglob("*.py")))
    return [Module(file.relative_to(ROOT), file.read_text()) for file in files]


def imported(module: Module, tree: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    """Yield each import in `tree` with the dotted name that it asks for, `from` names included."""
    package = module.name.split(".") if module.path.name == "__init__.py" else module.name.split(".")[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) + 1 - node.level] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from ((node, f"{base}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            yield node, str(getattr(node.args[0], "value", ""))


def wrong_directions(module: Module) -> list[str]:
    layer = module.name.split(".")[0]
    allowed = LAYERS[layer] | ({"sandbox"} if module.name.startswith(KNOW_THE_SANDBOX) else set())
    return [
        f"{module.where(node)}: {layer} may not import {name}; it knows {', '.join(sorted(allowed))}"
        for node, name in imported(module, module.tree)
        if name.split(".")[0] in {*LAYERS, "tests"} - allowed
    ]


def hidden_imports(module: Module) -> list[str]:
    """Find imports inside functions that have no comment beside or above them."""
    lines = ["", *module.source.splitlines()]
    functions = (node for node in ast.walk(module.tree) if isinstance(node, FUNCTIONS))
    hidden = {node: name for function in functions for node, name in imported(module, function)}
    return [
        f"{module.where(node)}: the import of {name} is hidden in a function; a comment must say why"
        for node, name in hidden.items()
        if isinstance(node, ast.Import | ast.ImportFrom)
        and "#" not in lines[node.lineno]
        and not lines[node.lineno - 1].lstrip().startswith("#")
    ]


def naive_clocks(module: Module) -> list[str]:
    return [
        f"{module.where(call)}: {ast.unparse(call)} has no zone"
        for call in ast.walk(module.tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
        if ast.unparse(call.func.value).split(".")[-1] in {"datetime", "date"}
        if call.func.attr in {"utcnow", "today"} or (call.func.attr == "now" and not (call.args or call.keywords))
    ]


def broad_excepts(module: Module) -> list[str]:
    """Find what catches everything; in the one module that may, all but the first."""
    broad = [
        f"{module.where(node)}: catches everything; name the errors, or let it come to {MAY_CATCH_ALL}"
        for node in ast.walk(module.tree)
        if (isinstance(node, ast.ExceptHandler) and (node.type is None or _is_everything(node.type)))
        or (isinstance(node, ast.Call) and ast.unparse(node.func).endswith("suppress") and _is_everything(node))
    ]
    return broad[1:] if module.name == MAY_CATCH_ALL else broad


def _is_everything(node: ast.expr) -> bool:
    names = {name.id for name in ast.walk(node) if isinstance(name, ast.Name)}
    return bool(names & {"Exception", "BaseException"})


def cycles(all_modules: list[Module]) -> list[str]:
    """Find a ring of modules that import each other when they are loaded (not only for types, or in functions)."""
    names = {module.name for module in all_modules}
    needs = {module.name: {_closest(name, names) for name in _loaded(module)} - {None, module.name} for module in all_modules}
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        return ["these modules import each other: " + " → ".join(reversed(error.args[1]))]
    return []


def _loaded(module: Module) -> Iterator[str]:
    for statement in module.tree.body:
        if not isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.If)):
            yield from (name for _, name in imported(module, statement))


def _closest(name: str, names: set[str]) -> str | None:
    """Return the module that `name` is or is in; `from package import thing` loads one or the other."""
    return next((found for found in (name, name.rpartition(".")[0]) if found in names), None)


RULES: tuple[Callable[[Module], list[str]], ...] = (wrong_directions, hidden_imports, naive_clocks, broad_excepts)


@pytest.mark.parametrize("rule", RULES)
def test_every_module_keeps_the_rule(rule: Callable[[Module], list[str]]) -> None:
    assert [complaint for module in modules(*LAYERS) for complaint in rule(module)] == []


def test_no_modules_import_each_other() -> None:
    assert cycles(modules(*LAYERS)) == []


@pytest.mark.parametrize(
    ("path", "source", "complaints"),
    [
        ("storage/graph.py", "import storage.kinds\nfrom rituals.calendar import Cadence", [wrong_directions]),
        ("storage/graph.py", "from ..rituals import calendar", [wrong_directions]),
        ("rituals/run.py", "from importlib import import_module\nimport_module('bot.app')", [wrong_directions]),
        ("prompts/words.py", "import storage", [wrong_directions]),
        ("sandbox/web.py", "import bot.cli", [wrong_directions]),
        ("bot/app.py", "import sandbox.clock", [wrong_directions]),
        ("bot/app.py", "import tests.support", [wrong_directions]),
        ("bot/demo.py", "import sandbox.clock", []),
        ("bot/app.py", "def run():\n    import json", [hidden_imports]),
        ("bot/app.py", "def run():\n    # It takes a second to load.\n    import json", []),
        ("bot/app.py", "from datetime import datetime\ndatetime.now()", [naive_clocks]),
        ("bot/app.py", "import datetime\ndatetime.date.today()", [naive_clocks]),
        ("bot/app.py", "from datetime import UTC, datetime\ndatetime.now(UTC)\nclock.now()", []),
        ("bot/app.py", "try:\n    run()\nexcept Exception:\n    pass", [broad_excepts]),
        ("bot/app.py", "try:\n    run()\nexcept (ValueError, BaseException):\n    pass", [broad_excepts]),
        ("bot/app.py", "try:\n    run()\nexcept:\n    pass", [broad_excepts]),
        ("bot/app.py", "with suppress(Exception):\n    run()", [broad_excepts]),
        ("bot/errors.py", "try:\n    run()\nexcept Exception:\n    pass", []),
        ("bot/app.py", "try:\n    run()\nexcept ValueError:\n    pass", []),
    ],
)
def test_what_is_planted_is_found(path: str, source: str, complaints: list[object]) -> None:
    module = Module(Path(path), source)
    assert [rule for rule in RULES if rule(module)] == complaints


def test_a_planted_ring_is_found() -> None:
    one = Module(Path("storage/one.py"), "from storage.two import thing")
    two = Module(Path("storage/two.py"), "from storage import one")
    late = Module(Path("storage/two.py"), "def thing():\n    from storage import one")
    assert cycles([one, two]) in (
        ["these modules import each other: storage.one → storage.two → storage.one"],
        ["these modules import each other: storage.two → storage.one → storage.two"],
    )
    assert cycles([one, late]) == []
