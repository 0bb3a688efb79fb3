"""What a lab is made of: tasks with points, hints and a check, and parameters that each student draws anew.

A check is a function whose first argument is the student's parameters and whose others bear the names that the sheet
gives to the answers. It raises `WrongError` with a sentence in terms of the subject, or returns a remark.
"""

from __future__ import annotations

import importlib
import inspect
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from compare.lab.parameters import Parameters, generator

Check = Callable[..., str | None]
HINTS = 3


class WrongError(Exception):
    """An answer is not right; the message says why, without giving it away."""


class BlankError(WrongError):
    """Nothing has been written yet."""


class AnswerError(Exception):
    """What the student's own code raised when it was called, as text."""


MEANINGS = {
    "ellipsis": "something that it uses is still to be written (`...`)",
    "truth value of an array": "it gets a whole array, where `if`, `and` and `max` take one number: np.where and "
    "np.maximum take arrays",
}


def raised(error: Exception, name: str) -> str:
    """What a student's function has raised, and what that commonly means, where its words do not say so."""
    told = f"{type(error).__name__} in `{name}`, {error}"
    meanings = [meaning for words, meaning in MEANINGS.items() if words in str(error)]
    return "; ".join([told.rstrip("."), *meanings])


class EndedError(Exception):
    """The sheet went beyond a limit or its process died: it can run no further. `died`: nor be asked anything."""

    def __init__(self, reason: str, *, died: bool = False) -> None:
        super().__init__(reason)
        self.died = died


@dataclass(frozen=True)
class Task:
    """One thing to write.

    number  as in the sheet: "2.3"
    title   in a few words
    points  that a right answer earns; a wrong one earns none
    hints   three, each giving away more
    check   what judges the answers
    """

    number: str
    title: str
    points: int
    hints: tuple[str, ...]
    check: Check

    @property
    def names(self) -> tuple[str, ...]:
        """What the sheet calls the answers: the check's arguments after the first."""
        return tuple(inspect.signature(self.check).parameters)[1:]


@dataclass(frozen=True)
class Verdict:
    """What a task's answers earned. `blank`: nothing was written yet."""

    task: Task
    points: int
    message: str
    blank: bool = False

    @property
    def right(self) -> bool:
        """Whether all points were earned."""
        return self.points == self.task.points


@dataclass(frozen=True)
class Lab:
    """A lab's tasks, in order, and how a student's parameters are drawn.

    number  from 1
    title   as in the list of labs
    minutes that a student needs, from and to
    draw    a generator of random numbers → the student's parameters
    """

    number: int
    title: str
    minutes: tuple[int, int]
    draw: Callable[[np.random.Generator], Parameters]
    tasks: dict[str, Task] = field(default_factory=dict)

    def task(self, number: str, title: str, *, points: int, hints: tuple[str, ...]) -> Callable[[Check], Check]:
        """Makes the decorated function the check of a task. Raises ValueError for a number or hints out of order."""
        if number in self.tasks or not number.startswith(f"{self.number}."):
            raise ValueError(f"task {number} of lab {self.number}: choose a new number that begins {self.number}.")
        if len(hints) != HINTS:
            raise ValueError(f"task {number} has {len(hints)} hints: write {HINTS}, each giving away more")

        def add(check: Check) -> Check:
            self.tasks[number] = Task(number, title, points, hints, check)
            return check

        return add

    @property
    def points(self) -> int:
        """That a sheet can earn."""
        return sum(task.points for task in self.tasks.values())

    def find(self, number: str) -> Task:
        """A task by its number. Raises ValueError, with those there are, for another."""
        if number not in self.tasks:
            raise ValueError(f'lab {self.number} has no task "{number}": choose from {", ".join(self.tasks)}')
        return self.tasks[number]

    def parameters(self, student: str) -> Parameters:
        """The student's own, always the same ones. Raises ValueError for an ID that is none."""
        return self.draw(generator(self.number, student))


def find_lab(number: int) -> Lab:
    """A lab by its number. Raises ValueError for one without checks."""
    name = f"compare.lab.checks.lab{int(number)}"
    try:
        return importlib.import_module(name).LAB
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        raise ValueError(f"there is no lab {number}: `analogy lab list` names those there are") from None


def judge(task: Task, me: Parameters, answers: tuple[Any, ...]) -> Verdict:
    """What the answers earn; no answer, however odd, makes this raise an error, but EndedError for a lost kernel."""
    try:
        for name, answer in zip(task.names, answers, strict=True):
            if answer is None or answer is Ellipsis:
                raise BlankError(f"`{name}` is still to be written.")
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")  # an overflow in a student's exp is judged by what comes of it
            remark = task.check(me, *answers)
    except WrongError as error:
        return Verdict(task, 0, str(error), isinstance(error, BlankError))
    except AnswerError as error:
        return Verdict(task, 0, f"Your code stops with an error: {error}.")
    except EndedError:
        raise
    except Exception as error:  # an answer of a kind that the check never thought of
        kinds = ", ".join(
            f"`{name}` is a {type(answer).__name__}" for name, answer in zip(task.names, answers, strict=False)
        )
        return Verdict(task, 0, f"This cannot be checked ({type(error).__name__}: {error}): {kinds}.")
    return Verdict(task, task.points, remark or "")
