"""The calls to AWS that a Lambda function's code can make, collected from the code.

Definitions are followed from the handler: names by their imports, methods by their names in every class that is reached. That is
wider than what runs, and never narrower but for a method whose name is computed.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

import botocore.session
from botocore import xform_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_OURS = ("functions", "shared")
_RAW = ("shared.platform.aws.signed", "call")
TABLE = "shared.platform.aws.dynamodb"
# Raw calls name the service as its signature does; boto3 as its model does.
_MODELS = {"monitoring": "cloudwatch", "states": "stepfunctions"}
_PREFIXES = {"sesv2": "ses", "stepfunctions": "states"}
_ACTIONS = {
    "s3:DeleteObjects": "s3:DeleteObject",
    "s3:HeadObject": "s3:GetObject",
    "s3:ListObjectsV2": "s3:ListBucket",
    "lambda:Invoke": "lambda:InvokeFunction",
}
WRITES = {"Put": "dynamodb:PutItem", "Set": "dynamodb:UpdateItem", "Delete": "dynamodb:DeleteItem"}
# Parameters that come from a mapping.
MORE = "**"
# Decorators that keep or shape a definition; any other one hands it to a framework, which calls it.
_HARMLESS = {
    "cache", "cached_property", "classmethod", "contextmanager", "dataclass", "final", "lru_cache", "property", "staticmethod",
}  # fmt: skip


# What names an operation to AWS' JSON protocol, such as ``DynamoDB_20120810.GetItem``.
_TARGET = re.compile(r"\w+\.[A-Z]\w+")


_MODULE = re.compile(r"(functions|shared)(\.\w+)+\.?")


@dataclass(frozen=True, order=True)
class Made:
    """``action`` is IAM's, such as ``s3:ListBucket``; ``where`` a file and line; ``given`` the parameters by name."""

    action: str
    where: str
    operation: str = ""
    given: frozenset[str] = field(default=frozenset(), compare=False)


@dataclass(frozen=True, eq=False)
class Module:
    name: str
    path: Path
    tree: ast.Module

    def __post_init__(self) -> None:
        self.definitions.update({node.name: node for node in self.tree.body if isinstance(node, Definition)})
        for node in ast.walk(self.tree):
            if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
                self.guarded.update(id(inner) for inner in ast.walk(node))
        for node in ast.walk(self.tree):
            if id(node) not in self.guarded:
                self.imports.update(self._imported(node))
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                self.functions.update({id(inner): node for inner in ast.walk(node)})
        for node in self.tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                self.constants[node.targets[0].id] = node.value
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
                self.constants[node.target.id] = node.value

    definitions: dict[str, Definition] = field(default_factory=dict)
    constants: dict[str, ast.expr] = field(default_factory=dict)
    functions: dict[int, ast.FunctionDef | ast.AsyncFunctionDef] = field(default_factory=dict)
    imports: dict[str, tuple[str, str]] = field(default_factory=dict)
    guarded: set[int] = field(default_factory=set)

    def _imported(self, node: ast.AST) -> dict[str, tuple[str, str]]:
        if isinstance(node, ast.ImportFrom) and node.module:
            return {one.asname or one.name: (node.module, one.name) for one in node.names}
        if isinstance(node, ast.Import):
            return {one.asname or one.name.split(".")[0]: (one.name, "") for one in node.names}
        return {}


class Closure:
    """What is reached from a module: ``made`` has its calls."""

    def __init__(self, root: Path, start: str) -> None:
        self._root = root
        self._modules: dict[str, Module | None] = {}
        self._seen: set[tuple[str, int]] = set()
        self._todo: list[tuple[Module, ast.AST]] = []
        self._classes: list[tuple[Module, ast.ClassDef]] = []
        self._attributes: set[str] = set()
        self.nodes: list[tuple[Module, ast.AST]] = []
        module = self._load(start)
        if module is None:
            raise FileNotFoundError(f"{start} is no module of {root}")
        self._reach(module, module.definitions.get("handler"))
        self._run()

    @property
    def made(self) -> set[Made]:
        return set(_made(self.nodes, self._constructed()))

    def module(self, name: str) -> Module | None:
        return self._load(name)

    def definition(self, module: Module, name: str) -> tuple[Module, Definition] | None:
        """What a name stands for in a module, and where that is."""
        if name in module.definitions:
            return module, module.definitions[name]
        if (found := module.imports.get(name)) and found[1] and (other := self._load(found[0])):
            return self.definition(other, found[1])
        return None

    @staticmethod
    def enclosing(module: Module, node: ast.AST) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
        """The innermost function that a node is in."""
        return module.functions.get(id(node))

    def _run(self) -> None:
        while self._todo:
            while self._todo:
                self._visit(*self._todo.pop())
            for module, node in self._classes:
                for method in node.body:
                    if isinstance(method, (ast.FunctionDef, ast.AsyncFunctionDef)) and (
                        method.name in self._attributes or (method.name.startswith("__") and method.name.endswith("__"))
                    ):
                        self._reach(module, method)

    def _load(self, name: str) -> Module | None:
        if name in self._modules:
            return self._modules[name]
        self._modules[name] = None
        if name.partition(".")[0] not in _OURS:
            return None
        base = self._root / name.replace(".", "/")
        path = base.with_suffix(".py") if base.with_suffix(".py").exists() else base / "__init__.py"
        if not path.exists():
            return None
        module = Module(name, path, _parsed(path))
        self._modules[name] = module
        for node in module.tree.body:
            handed_on = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and _is_handed_on(node)
            if not isinstance(node, Definition) or handed_on:
                self._reach(module, node)
        return module

    def _reach(self, module: Module, node: ast.AST | None) -> None:
        if node is not None and (module.name, id(node)) not in self._seen:
            self._seen.add((module.name, id(node)))
            self._todo.append((module, node))

    def _visit(self, module: Module, node: ast.AST) -> None:
        if isinstance(node, ast.ClassDef):
            self._classes.append((module, node))
            parts: Iterable[ast.AST] = [
                *node.bases, *node.decorator_list,
                *(one for one in node.body if not isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef))),
            ]  # fmt: skip
        else:
            parts = [node]
        for part in parts:
            for inner in _executed(part, module.guarded):
                self.nodes.append((module, inner))
                self._follow(module, inner)

    def _follow(self, module: Module, node: ast.AST) -> None:
        if isinstance(node, ast.ImportFrom) and node.module:
            self._load(node.module)
            for one in node.names:
                self._load(f"{node.module}.{one.name}")
        elif isinstance(node, ast.Import):
            for one in node.names:
                self._load(one.name)
        elif isinstance(node, (ast.Constant, ast.JoinedStr)):
            for name in self._named_modules(node):
                self._load(name)
        elif isinstance(node, ast.Name):
            self._resolve(module, node.id)
        elif isinstance(node, ast.Attribute):
            self._follow_attribute(module, node)

    def _follow_attribute(self, module: Module, node: ast.Attribute) -> None:
        """A method by its name, or what a module has."""
        self._attributes.add(node.attr)
        if isinstance(node.value, ast.Name) and (found := module.imports.get(node.value.id)):
            other = self._load(f"{found[0]}.{found[1]}".rstrip("."))
            if other:
                self._resolve(other, node.attr)

    def _named_modules(self, node: ast.Constant | ast.JoinedStr) -> Iterator[str]:
        """Modules that are loaded by their names: ``"functions.query.routes"``, ``f"functions.api.routes.{section}"``."""
        first = node.values[0] if isinstance(node, ast.JoinedStr) and node.values else node
        text = str(first.value) if isinstance(first, ast.Constant) else ""
        if not _MODULE.fullmatch(text):
            return
        if isinstance(node, ast.JoinedStr):
            folder = self._root / text.replace(".", "/")
            yield from (f"{text.rstrip('.')}.{path.stem}" for path in sorted(folder.glob("*.py")))
        else:
            yield text

    def _resolve(self, module: Module, name: str) -> None:
        if found := self.definition(module, name):
            self._reach(*found)

    def _constructed(self) -> set[str]:
        """The kinds of writes to a table that are made anywhere."""
        return {
            node.func.id
            for module, node in self.nodes
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and module.imports.get(node.func.id, ("", ""))[0] == TABLE
        }


@cache
def closure(root: Path, function: str) -> Closure:
    """What is reached from ``functions/<function>/handler.py``."""
    return Closure(root, f"functions.{function}.handler")


@cache
def made(root: Path, function: str) -> frozenset[Made]:
    """The calls of ``functions/<function>/handler.py``."""
    return frozenset(closure(root, function).made)


def _made(nodes: list[tuple[Module, ast.AST]], writes: set[str]) -> Iterator[Made]:
    calls = [(module, node) for module, node in nodes if isinstance(node, ast.Call)]
    raw = {_MODELS.get(name, name) for module, call in calls for name in _raw_service(module, call)}
    clients = {name for _, call in calls for name in _client_service(call)}
    for module, node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _TARGET.fullmatch(node.value):
            name = node.value.rpartition(".")[2]
            yield from (_call(module, node, one, name) for one in raw if name in _operations(one).values())
    for module, call in calls:
        yield from _dynamic(module, call, raw, clients)
    if "dynamodb" in raw:
        yield from (Made(WRITES[kind], TABLE, "TransactWriteItems") for kind in writes & set(WRITES))


def _raw_service(module: Module, call: ast.Call) -> Iterator[str]:
    """``call(settings, "secretsmanager", …)``."""
    if (
        isinstance(call.func, ast.Name)
        and module.imports.get(call.func.id) == _RAW
        and isinstance(call.args[1], ast.Constant)
    ):
        yield str(call.args[1].value)


def _client_service(call: ast.Call) -> Iterator[str]:
    """``boto3.client("rds")``."""
    if ast.unparse(call.func) == "boto3.client" and isinstance(call.args[0], ast.Constant):
        yield str(call.args[0].value)


def _dynamic(module: Module, call: ast.Call, raw: set[str], clients: set[str]) -> Iterator[Made]:
    """``self._call("GetItem", …)``, ``client.put_object(…)``, ``client.get_paginator("list_objects")``, ``tell(client.create)``."""
    first = call.args[:1]
    texts = {str(one.value) for part in first for one in ast.walk(part) if isinstance(one, ast.Constant)}
    for service in raw:
        for name in texts & set(_operations(service).values()):
            if name != "TransactWriteItems":
                yield _call(module, call, service, name)
    attributes = {node.attr for node in (call.func, *first) if isinstance(node, ast.Attribute)}
    for service in clients:
        known = _operations(service)
        for name in (texts | attributes) & set(known):
            yield _call(module, call, service, known[name])


def _call(module: Module, node: ast.AST, service: str, operation: str) -> Made:
    action = f"{_PREFIXES.get(service, service)}:{operation}"
    given = frozenset(one.arg or MORE for one in node.keywords) if isinstance(node, ast.Call) else frozenset()
    where = f"{module.name.replace('.', '/')}.py:{getattr(node, 'lineno', 0)}"
    return Made(_ACTIONS.get(action, action), where, operation, given)


@cache
def _operations(service: str) -> dict[str, str]:
    """The operations of a service as botocore's model has them: ``list_objects_v2`` → ``ListObjectsV2``."""
    try:
        model = botocore.session.get_session().get_service_model(service)
    except botocore.exceptions.UnknownServiceError:
        return {}
    return {xform_name(name): name for name in model.operation_names}


def parameters(service: str, operation: str) -> set[str]:
    model = botocore.session.get_session().get_service_model(service)
    shape = model.operation_model(operation).input_shape
    return set(shape.members) if shape else set()


def _executed(node: ast.AST, guarded: set[int]) -> Iterator[ast.AST]:
    """A node and what runs with it: no annotations, no patterns of a match, nothing that only type checkers read."""
    if id(node) in guarded:
        return
    yield node
    skipped: set[int] = set()
    if isinstance(node, ast.AnnAssign):
        skipped.add(id(node.annotation))
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.returns:
        skipped.add(id(node.returns))
    if isinstance(node, ast.arg) and node.annotation:
        skipped.add(id(node.annotation))
    if isinstance(node, ast.match_case):
        skipped.add(id(node.pattern))
    for inner in ast.iter_child_nodes(node):
        if id(inner) not in skipped:
            yield from _executed(inner, guarded)


def _is_handed_on(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    names = {ast.unparse(one).split("(")[0].rpartition(".")[2] for one in node.decorator_list}
    return bool(names - _HARMLESS)


@cache
def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def by_action(found: Iterable[Made]) -> dict[str, list[str]]:
    """Where each action is called."""
    places: dict[str, list[str]] = defaultdict(list)
    for one in sorted(found):
        places[one.action].append(one.where)
    return dict(places)
