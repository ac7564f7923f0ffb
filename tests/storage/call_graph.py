"""The code of storage as data: what leads to which table, over any number of calls, and who is said to read."""

import ast
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
# What is in them is somebody's words, or tells of them.
OF_THE_GRAPH = {"objects", "links", "revisions", "measured_values", "names", "addresses", "comments", "proposals"}
TABLES = "storage.tables"
AUDIENCE = ("storage.audience", "Audience")


class Name(NamedTuple):
    """Something at the top of a module, or a method of a class there ("Graph.add")."""

    module: str
    name: str


def is_of_the_graph(name: Name) -> bool:
    return name.module == TABLES and name.name in OF_THE_GRAPH


class Module:
    """One module: what its names are made of."""

    def __init__(self, name: str, source: str) -> None:
        self.name = name
        self.tree = ast.parse(source)

    @cached_property
    def imports(self) -> dict[str, Name]:
        """What each imported name is; a module that is imported as such has no name in it."""
        found: dict[str, Name] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                found |= {each.asname or each.name: Name(node.module, each.name) for each in node.names}
        return found

    @cached_property
    def defined(self) -> dict[str, list[ast.AST]]:
        found: dict[str, list[ast.AST]] = {}
        for node in self.tree.body:
            for name in _names_of(node):
                found.setdefault(name, []).append(node)
            if isinstance(node, ast.ClassDef):
                for part in node.body:
                    if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef):
                        found.setdefault(f"{node.name}.{part.name}", []).append(part)
        return found

    def named(self, node: ast.AST) -> Iterator[Name]:
        """Yield what the names in `node` are: of this module, or of others."""
        for part in ast.walk(node):
            if isinstance(part, ast.Name):
                yield from self._named(part.id)

    def used(self, name: str) -> Iterator[Name]:
        """Yield what the top-level `name`, or the method, is made of: names of this module, and of others."""
        owner = name.partition(".")[0]
        for node in (part for tree in self.defined[name] for part in ast.walk(tree)):
            if isinstance(node, ast.Name):
                yield from self._named(node.id)
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                yield from self._attribute(owner, node.value.id, node.attr)

    def _named(self, word: str) -> Iterator[Name]:
        if word in self.imports:
            yield self.imports[word]
        elif word in self.defined:
            yield Name(self.name, word)

    def _attribute(self, owner: str, of: str, word: str) -> Iterator[Name]:
        if of == "self" and f"{owner}.{word}" in self.defined:
            yield Name(self.name, f"{owner}.{word}")
        elif of in self.imports:
            module, name = self.imports[of]
            yield Name(f"{module}.{name}", word)


def _names_of(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Assign | ast.AnnAssign | ast.For | ast.AugAssign):
        yield from (each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store))


class Code:
    """All modules together."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self.modules = {name: Module(name, source) for name, source in sources.items()}

    @classmethod
    def of(cls, package: str) -> "Code":
        files = (file for file in sorted((ROOT / package).rglob("*.py")) if "migrations" not in file.parts)
        return cls({".".join(file.relative_to(ROOT).with_suffix("").parts): file.read_text() for file in files})

    def reads(self, name: Name) -> bool:
        """Tell whether what `name` is made of leads to a table of the graph."""
        seen, waiting = {name}, [name]
        while waiting:
            module, word = waiting.pop()
            if is_of_the_graph(Name(module, word)):
                return True
            if module in self.modules and word in self.modules[module].defined:
                new = set(self.modules[module].used(word)) - seen
                seen |= new
                waiting += new
        return False

    @cached_property
    def with_readers(self) -> set[tuple[str, str]]:
        """The types of which a value says who reads: an audience, and what has one as a field of its own."""
        found = {AUDIENCE}
        for module in self.modules.values():
            for name, nodes in module.defined.items():
                fields = [part for node in nodes if isinstance(node, ast.ClassDef) for part in node.body]
                if any(
                    isinstance(part, ast.AnnAssign) and AUDIENCE in set[tuple[str, str]](module.named(part.annotation))
                    for part in fields
                ):
                    found.add((module.name, name))
        return found

    def readers(self, name: Name, node: ast.AsyncFunctionDef) -> list[str]:
        """Return the parameters that say who reads."""
        module, owner = self.modules[name.module], name.name.partition(".")[0]
        every = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
        typed = {each.arg: set(module.named(each.annotation)) for each in every if each.annotation}
        typed |= {"self": {Name(name.module, owner)}} if "." in name.name else {}
        return [word for word, types in typed.items() if types & self.with_readers]

    def public(self) -> Iterator[tuple[Name, ast.AsyncFunctionDef]]:
        """Yield what others may call and wait for, and what yields to them."""
        for module in self.modules.values():
            for name, nodes in module.defined.items():
                if not any(part.startswith("_") for part in name.split(".")):
                    yield from ((Name(module.name, name), node) for node in nodes if isinstance(node, ast.AsyncFunctionDef))

    def without_readers(self) -> list[str]:
        """Return the public functions that tell of the graph and do not take who reads."""
        return [
            f"{name.module}.{name.name}"
            for name, node in self.public()
            if _tells(node) and not self.readers(name, node) and self.reads(name)
        ]

    def ignoring_readers(self) -> list[str]:
        """Return the public functions that take an audience, and do nothing with it."""
        return [
            f"{name.module}.{name.name}"
            for name, node in self.public()
            for reader in self.readers(name, node)
            if not any(isinstance(each, ast.Name) and each.id == reader for part in node.body for each in ast.walk(part))
        ]

    def seeing_all(self) -> list[str]:
        """Return where an administrator's audience is taken, whoever asks."""
        return [
            f"{module.name}.{name}"
            for module in self.modules.values()
            for name, nodes in module.defined.items()
            if not any(isinstance(node, ast.ClassDef) for node in nodes)
            if any(_sees_all(part) for node in nodes for part in ast.walk(node))
        ]


def _tells(node: ast.AsyncFunctionDef) -> bool:
    return not (isinstance(node.returns, ast.Constant) and node.returns.value is None)


def _sees_all(node: ast.AST) -> bool:
    return (isinstance(node, ast.Name) and node.id == "ADMINISTRATOR") or (
        isinstance(node, ast.keyword) and node.arg == "sees_all"
    )
