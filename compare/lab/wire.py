"""Answers as text between the sheet's kernel and whoever scores it: numbers, arrays, names of functions, never code.

The scorer sends a function's arguments into the kernel and gets results back, so that the checks themselves run where
no line of the sheet can reach them.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from compare.lab.course import raised

MOST_BYTES = 32 << 20  # of one array
MOST_TEXT = 10_000  # letters of one text
DEEPEST = 4  # lists in lists


class Unreadable:
    """An answer of a kind that no check asks for, by the name of its type."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def __repr__(self) -> str:
        return self.kind


class Function:
    """Stands for a function of the sheet until whoever reads the answer can call it."""


def encode(value: Any, depth: int = 0) -> dict[str, Any]:
    """What JSON can hold of a value."""
    if value is None or value is Ellipsis:
        return {"blank": True}
    if isinstance(value, bool | int | float | str):
        return {"plain": value if not isinstance(value, str) else value[:MOST_TEXT]}
    if isinstance(value, list | tuple) and depth < DEEPEST and len(value) <= MOST_TEXT:
        return {"list": [encode(item, depth + 1) for item in value]}
    array = numbers(value)
    if array is not None and array.nbytes <= MOST_BYTES:
        data = base64.b64encode(np.ascontiguousarray(array).tobytes()).decode("ascii")
        return {"array": data, "dtype": array.dtype.str, "shape": list(array.shape)}
    return {"function": True} if callable(value) else {"other": type(value).__name__[:100]}


def numbers(value: Any) -> np.ndarray | None:
    """Whatever can say of itself which array of numbers it is, as the recorded spikes of Brian2; None for all else."""
    if not hasattr(value, "__array__"):
        return None
    try:
        array = np.asarray(value)
    except Exception:  # code of the sheet's, or of any package
        return None
    return array if array.dtype.kind in "biuf" else None


def decode(content: dict[str, Any]) -> Any:
    """The value again. Raises ValueError for what `encode` never makes: a sheet may send anything."""
    try:
        return decoded(content, 0)
    except Exception as error:  # of a type or a shape that is none, numpy raises several kinds
        raise ValueError(f"the sheet's kernel gave an answer that cannot be read ({error})") from error


def decoded(content: dict[str, Any], depth: int) -> Any:
    """What `decode` returns; raises anything."""
    match content:
        case {"blank": True}:
            return None
        case {"plain": bool() | int() | float() | str() as plain}:
            return plain
        case {"list": list() as items} if depth < DEEPEST:
            return [decoded(item, depth + 1) for item in items]
        case {"array": str() as data, "dtype": str() as kind, "shape": list() as shape}:
            dtype = np.dtype(kind)
            if dtype.kind not in "biuf":
                raise ValueError(f"an array of {dtype} came from the sheet: only numbers are read")
            return np.frombuffer(base64.b64decode(data), dtype).reshape([int(side) for side in shape]).copy()
        case {"function": True}:
            return Function()
        case {"other": str() as kind}:
            return Unreadable(kind)
    raise ValueError("of no known kind")


def give(name: str) -> str:
    """In the kernel: what the sheet calls by this name; blank where it calls nothing so."""
    return json.dumps(encode(sheet().get(name)))


def call(name: str, arguments: str) -> str:
    """In the kernel: what the sheet's function makes of these arguments, and of which it made other arrays (`after`);
    or what it raises."""
    given = json.loads(arguments)
    values = [decode(argument) for argument in given]
    try:
        result = encode(sheet()[name](*values))
        after = [encode(value) for value in values]
        changed = [now if "array" in now and now != then else {} for now, then in zip(after, given, strict=True)]
        return json.dumps(result | {"after": changed})
    except Exception as error:
        return json.dumps({"raised": raised(error, name)[:MOST_TEXT]})


def change(arguments: Sequence[Any], after: Any) -> None:
    """Makes of each array among the arguments what a function has made of it. Raises ValueError for what `call` never
    makes."""
    for argument, content in zip(arguments, after if isinstance(after, list) else [], strict=False):
        if isinstance(argument, np.ndarray) and content:
            argument[...] = decode(content)


def sheet() -> dict[str, Any]:
    """In the kernel: all names of the sheet."""
    from IPython.core.getipython import get_ipython

    shell: Any = get_ipython()
    return shell.user_ns
