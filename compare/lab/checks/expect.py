"""What the checks share: an answer as a number, an array or a function, or a sentence on why it is none."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np

from compare.lab.course import AnswerError, BlankError, EndedError, WrongError, raised


def wrong(message: str) -> NoReturn:
    """Ends the check: the answer is wrong for this reason."""
    raise WrongError(message)


def function(answer: Any, name: str, *, copies: bool = True) -> Callable[..., Any]:
    """The student's function, ready to be called: what it raises becomes a sentence, and nothing returned is blank.

    copies  whether it gets copies of its arguments, and so may work in place; False where the check asks whether it did
    """
    if not callable(answer):
        wrong(f"`{name}` should be a function (def {name}…), but is a {type(answer).__name__}.")

    def call(*arguments: Any) -> Any:
        try:
            result = answer(*(copy.deepcopy(arguments) if copies else arguments))
        except (AnswerError, EndedError):
            raise
        except Exception as error:
            raise AnswerError(raised(error, name)) from error
        if result is None or result is Ellipsis:
            raise BlankError(f"`{name}` gives nothing back yet: write its lines, and do not forget `return`.")
        return result

    return call


def number(value: Any, name: str) -> float:
    """One real number."""
    found = numeric(value, name)
    if found.size != 1:
        wrong(f"`{name}` should be one number, but there are {found.size:,} of them (shape {found.shape}).")
    if not np.isfinite(found).all():
        wrong(f"`{name}` is {found.item()}: somewhere a division by zero or an overflow came in.")
    return float(found.item())


def array(value: Any, name: str, shape: tuple[int, ...], axes: str) -> np.ndarray:
    """An array of real numbers of this shape; `axes` says what they are: "one row a class, one column a pixel"."""
    found = numeric(value, name)
    if found.shape != shape:
        wrong(f"`{name}` should have the shape {shape} ({axes}), but has {found.shape}.")
    return found


def numeric(value: Any, name: str) -> np.ndarray:
    """Whatever was given, as an array of numbers."""
    try:
        found = np.asarray(value)
    except ValueError:
        wrong(f"`{name}` should be an array, but its rows differ in length.")
    if found.dtype.kind not in "biuf":
        wrong(f"`{name}` should be made of numbers, but is a {type(value).__name__}.")
    return found.astype(float) if found.dtype.kind in "bf" else found


def near(a: Any, b: Any, tolerance: float = 1e-6) -> bool:
    """Whether both agree everywhere, within this part of the larger (or of 1)."""
    a, b = np.asarray(a, float), np.asarray(b, float)
    return a.shape == b.shape and bool(np.all(np.abs(a - b) <= tolerance * np.maximum(1, np.abs(b))))


def agree(found: Any, right: Any, mistakes: dict[str, Any], otherwise: str, *, tolerance: float = 1e-6) -> None:
    """Ends the check where `found` is not `right`: with the message whose value it is, else with `otherwise`.

    mistakes  message → what an answer comes to that deserves it; None where it cannot be told
    """
    if near(found, right, tolerance):
        return
    for message, value in mistakes.items():
        if value is not None and near(found, value, tolerance):
            wrong(message)
    wrong(otherwise)
