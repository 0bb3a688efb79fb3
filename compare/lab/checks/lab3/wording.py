"""Reads what a student tells Brian2: an equation, a condition, a statement, and what they come to for given numbers.

Only arithmetic is understood, nothing is executed: sums, products, powers, comparisons and a few functions.
"""

from __future__ import annotations

import ast
import math
import operator
import re
from dataclasses import dataclass
from typing import Any

from compare.lab.checks.expect import wrong
from compare.lab.course import BlankError

LONGEST = 400  # letters
OPERATORS: dict[type, Any] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: math.pow,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
}
FUNCTIONS = {"sqrt": math.sqrt, "exp": math.exp, "log": math.log}
EQUATION = re.compile(
    r"d(?P<variable>\w+)/dt\s*=\s*(?P<right>[^:]+?)\s*:\s*(?P<unit>[\w*/^-]+)\s*(?P<flags>\([^)]*\))?"
)


@dataclass(frozen=True)
class Equation:
    """dV/dt = `right` : `unit` (`flags`)."""

    right: str
    unit: str
    flags: str


def text(answer: Any, name: str) -> str:
    """The answer as a text."""
    if not isinstance(answer, str):
        wrong(f'`{name}` should be a text, between quotation marks ("…"), but is a {type(answer).__name__}.')
    if not answer.strip() or "..." in answer:
        raise BlankError(f"`{name}` is still to be written.")
    if len(answer) > LONGEST:
        wrong(f"`{name}` is far too long: a line is enough.")
    return answer


def equation(answer: Any, name: str) -> Equation:
    """The differential equation of V in a text of Brian2; comments and other lines aside."""
    lines = [line.split("#")[0].strip() for line in text(answer, name).splitlines()]
    found = [match for line in lines if (match := EQUATION.fullmatch(line))]
    if not any(line.startswith("d") and "/dt" in line for line in lines):
        wrong(f'`{name}` has no line that begins "dV/dt = ": say how the voltage changes.')
    if not found:
        wrong(f'`{name}`: Brian2 reads "dV/dt = … : volt (unless refractory)", with the unit of V after a colon.')
    if len(found) > 1 or found[0]["variable"] != "V":
        wrong(f"`{name}` should have one differential equation, that of V.")
    return Equation(found[0]["right"], found[0]["unit"], (found[0]["flags"] or "").strip("() "))


def value(expression: str, numbers: dict[str, float]) -> float:
    """What an expression comes to for these numbers; a condition comes to 1 or 0."""
    try:
        tree = ast.parse(expression.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        wrong(f"“{expression.strip()}” cannot be read: look for a bracket or a sign that is missing.")
    try:
        return float(come_to(tree, numbers))
    except (ZeroDivisionError, OverflowError, ValueError):
        wrong(f"“{expression.strip()}” has no value for some voltages and currents.")


def come_to(node: ast.AST, numbers: dict[str, float]) -> Any:
    """The value of a part of an expression."""
    found: Any = None
    match node:
        case ast.Constant(value=int() | float() as number):
            found = float(number)
        case ast.Name(id=name) if name in numbers:
            found = numbers[name]
        case ast.Name(id=name):
            wrong(f"`{name}` is not known here: there are {', '.join(numbers)}.")
        case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=inner):
            found = (-1 if isinstance(sign, ast.USub) else 1) * come_to(inner, numbers)
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in OPERATORS:
            found = OPERATORS[type(sign)](come_to(left, numbers), come_to(right, numbers))
        case ast.Compare(left=left, ops=[sign], comparators=[right]) if type(sign) in OPERATORS:
            found = OPERATORS[type(sign)](come_to(left, numbers), come_to(right, numbers))
        case ast.Call(func=ast.Name(id=name), args=[inner], keywords=[]) if name in FUNCTIONS:
            found = FUNCTIONS[name](come_to(inner, numbers))
        case _:
            part = ast.unparse(node)
            wrong(f"“{part}” is more than arithmetic: +, -, *, /, **, brackets, sqrt and comparisons will do.")
    return found
