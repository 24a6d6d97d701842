"""The little of CloudWatch's metric math that our alarms use: + - * / and comparisons, IF(…) and FILL(…).

A value that is missing stays missing through everything but FILL; what is divided by zero is missing.
"""

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any, Final

Value = float | None

_OPERATORS: Final[Mapping[type[ast.AST], Callable[[Any, Any], Any]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


class UnknownMath(ValueError):
    """An expression uses what is not known here."""


def value_of(expression: str, metrics: Mapping[str, Value]) -> Value:
    """The value of an expression over metrics by id, or None where CloudWatch would have no data point."""
    return _value(ast.parse(expression, mode="eval").body, metrics)


def _value(node: ast.expr, metrics: Mapping[str, Value]) -> Value:
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.Name(id=name):
            return metrics[name]
        case ast.BinOp(left=left, op=op, right=right):
            return _combined(op, _value(left, metrics), _value(right, metrics))
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _combined(op, _value(left, metrics), _value(right, metrics))
        case ast.Call(func=ast.Name(id="IF"), args=[condition, yes, no]):
            held = _value(condition, metrics)
            return None if held is None else _value(yes if held else no, metrics)
        case ast.Call(func=ast.Name(id="FILL"), args=[inner, otherwise]):
            found = _value(inner, metrics)
            return _value(otherwise, metrics) if found is None else found
    raise UnknownMath(ast.unparse(node))


def _combined(op: ast.AST, left: Value, right: Value) -> Value:
    if type(op) not in _OPERATORS:
        raise UnknownMath(type(op).__name__)
    if left is None or right is None or (isinstance(op, ast.Div) and right == 0):
        return None
    return float(_OPERATORS[type(op)](left, right))
