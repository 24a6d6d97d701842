"""The partitions of the operations table that a function's code can write to, collected from the code.

A partition's name is a constant, an f-string, or a helper that returns one: what varies becomes a star.
"""

from __future__ import annotations

import ast
from functools import cache
from typing import TYPE_CHECKING

from scripts.aws_gate.calls import TABLE, closure
from shared.calendar.store import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from scripts.aws_gate.calls import Closure, Module

# Attributes whose values a type bounds.
_TYPED = {"entry.plan.kind": frozenset(KINDS)}
# What is worth forging is written to by these functions alone, whatever code others share with them.
RESERVED = {"drill-token": {"restore_drill"}, "evidence": {"evidence_export"}, "signing-keys": {"signing_keys"}}
# Of helpers that call helpers.
_DEEPEST = 20
_KEYED = ("Set", "Delete")
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Unreadable(Exception):
    """A partition whose name can't be read off the code."""


@cache
def written(root: Path, function: str) -> frozenset[str]:
    """Patterns, such as ``run#*``, of ``functions/<function>/handler.py``. Raises ``Unreadable``."""
    reached = closure(root, function)
    reader = _Reader(reached)
    found = frozenset(
        pattern for module, node in reached.nodes if module.name != TABLE for pattern in reader.of(module, node)
    )
    return frozenset(one for one in found if function in RESERVED.get(one, {function}))


class _Reader:
    def __init__(self, reached: Closure) -> None:
        self._reached = reached

    def of(self, module: Module, node: ast.AST) -> Iterator[str]:
        """What a node writes to, if it is a write or the item of one."""
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                is_name = isinstance(key, ast.Constant) and key.value == "pk"
                if is_name and not (isinstance(value, ast.Constant) and value.value is None):
                    yield from self._read(module, value)
        elif isinstance(node, ast.Call) and _is_keyed(module, node):
            key = next((one.value for one in node.keywords if one.arg == "key"), node.args[0] if node.args else None)
            yield from self._read(module, key, item=0)

    def _read(self, module: Module, node: ast.AST | None, item: int | None = None, depth: int = 0) -> frozenset[str]:
        """All names that an expression can be; with ``item`` those of one member of the tuple that it is."""
        if depth > _DEEPEST:
            raise Unreadable(_place(module, node))
        return self._text(module, node, depth) if item is None else self._member(module, node, item, depth)

    def _member(self, module: Module, node: ast.AST | None, item: int, depth: int) -> frozenset[str]:
        if isinstance(node, ast.Tuple):
            return self._read(module, node.elts[item], None, depth + 1)
        return self._either(module, node, item, depth)

    def _text(self, module: Module, node: ast.AST | None, depth: int) -> frozenset[str]:
        match node:
            case ast.Constant(value=str(text)):
                return frozenset({text})
            case ast.JoinedStr(values=values):
                return frozenset({"".join(str(one.value) if isinstance(one, ast.Constant) else "*" for one in values)})
            case ast.Subscript(value=value, slice=ast.Constant(value=int(index))):
                return self._read(module, value, index, depth + 1)
            case ast.Attribute() if ast.unparse(node) in _TYPED:
                return _TYPED[ast.unparse(node)]
            case ast.Call(func=ast.Attribute(value=base, attr="format")):
                return frozenset(text.replace("{}", "*") for text in self._read(module, base, None, depth + 1))
        return self._either(module, node, None, depth)

    def _either(self, module: Module, node: ast.AST | None, item: int | None, depth: int) -> frozenset[str]:
        """What stands for something else, be that a name or a tuple."""
        match node:
            case ast.Constant(value=None):
                return frozenset()
            case ast.IfExp(body=body, orelse=other):
                return self._read(module, body, item, depth + 1) | self._read(module, other, item, depth + 1)
            case ast.Call(func=ast.Name(id=name)):
                return self._returned(module, node, name, item, depth)
            case ast.Name(id=name):
                return self._named(module, node, name, item, depth)
        raise Unreadable(_place(module, node))

    def _returned(self, module: Module, node: ast.AST, name: str, item: int | None, depth: int) -> frozenset[str]:
        found = self._reached.definition(module, name)
        if found is None:
            raise Unreadable(_place(module, node))
        owner, definition = found
        values = [one.value for one in ast.walk(definition) if isinstance(one, ast.Return) and one.value]
        return _union(self._read(owner, value, item, depth + 1) for value in values)

    def _named(self, module: Module, node: ast.AST, name: str, item: int | None, depth: int) -> frozenset[str]:
        function = self._reached.enclosing(module, node)
        if function and (values := _assigned(function, name)):
            return _union(self._read(module, value, item, depth + 1) for value in values)
        if function and (place := _parameter(function, name)) is not None:
            return self._given(module, function, name, place, item, depth)
        if (value := module.constants.get(name)) is not None:
            return self._read(module, value, item, depth + 1)
        if (origin := module.imports.get(name)) and (other := self._reached.module(origin[0])):
            return self._read(other, other.constants.get(origin[1]), item, depth + 1)
        raise Unreadable(_place(module, node))

    def _given(
        self, module: Module, function: Function, name: str, place: int, item: int | None, depth: int
    ) -> frozenset[str]:
        """What callers pass as a parameter."""
        values = []
        for caller, node in self._reached.nodes:
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == function.name:
                found = self._reached.definition(caller, node.func.id)
                if found is not None and found[1] is function:
                    given = next((one.value for one in node.keywords if one.arg == name), None)
                    values.append((caller, given or node.args[place]))
        if not values:
            raise Unreadable(_place(module, function))
        return _union(self._read(caller, value, item, depth + 1) for caller, value in values)


def _is_keyed(module: Module, node: ast.Call) -> bool:
    """``Set(key=…)`` and ``Delete(key=…)`` of the table."""
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    return name in _KEYED and module.imports.get(name, ("", ""))[0] == TABLE


def _assigned(function: Function, name: str) -> list[ast.expr]:
    """What a function sets a name to; of ``a, b = x, y`` the right one."""
    found: list[ast.expr] = []
    for one in ast.walk(function):
        if isinstance(one, ast.Assign):
            for target in one.targets:
                found += _bound(target, one.value, name)
        elif isinstance(one, (ast.AnnAssign, ast.NamedExpr)) and one.value is not None:
            found += _bound(one.target, one.value, name)
    return found


def _bound(target: ast.expr, value: ast.expr, name: str) -> list[ast.expr]:
    if isinstance(target, ast.Name):
        return [value] if target.id == name else []
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        return [one for part, mine in zip(target.elts, value.elts, strict=True) for one in _bound(part, mine, name)]
    return []


def _parameter(function: Function, name: str) -> int | None:
    names = [one.arg for one in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)]
    return names.index(name) if name in names else None


def _union(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset(name for one in sets for name in one)


def _place(module: Module, node: ast.AST | None) -> str:
    shown = ast.unparse(node) if node is not None else "nothing"
    return (
        f"{module.name}:{getattr(node, 'lineno', 0)}: {shown} is no name of a partition that can be read off the code"
    )
