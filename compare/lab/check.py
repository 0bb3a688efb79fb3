"""What a sheet calls: `begin`, `task`, `hint`, `done`, `summary`; every answer is judged at once, beside its task.

What is recorded here lasts as long as the notebook's kernel and only serves the student: whoever scores the sheets runs
them again (`compare.lab.grade`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from compare.lab.course import Lab, Verdict, find_lab, judge
from compare.lab.parameters import Parameters
from compare.lab.verdicts import BLANK, Note, summary_note, verdict_note


@dataclass
class Sitting:
    """One student at one sheet: the verdicts so far and the hints given, by task."""

    lab: Lab
    me: Parameters
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    hints: dict[str, int] = field(default_factory=dict)


current: Sitting | None = None


def begin(lab: int, student: str) -> Parameters:
    """Opens the sheet of a lab and returns the student's own parameters. Raises ValueError for no lab or no ID."""
    global current
    found = find_lab(lab)
    current = Sitting(found, found.parameters(student))
    return current.me


def sitting() -> Sitting:
    """The sheet that is open. Raises ValueError where none is."""
    if current is None:
        raise ValueError("no sheet is open: run its first code cell, with check.begin(…), before the others")
    return current


def task(number: str, *answers: Any) -> Note:
    """Says whether the answers to a task are right, and records it. Raises ValueError for no such task."""
    now = sitting()
    asked = now.lab.find(number)
    if len(answers) != len(asked.names):
        raise ValueError(f'task {number} is checked with check.task("{number}", {", ".join(asked.names)})')
    now.verdicts[number] = judge(asked, now.me, answers)
    return verdict_note(now.verdicts[number])


def hint(number: str) -> Note:
    """The next of three hints on a task; after the third, the third again. Raises ValueError for no such task."""
    now = sitting()
    hints = now.lab.find(number).hints
    given = now.hints.get(number, 0)
    now.hints[number] = min(given + 1, len(hints) - 1)
    return Note("?", f"Hint {given + 1} of {len(hints)} on task {number}.", hints[given], BLANK)


def done(*numbers: str) -> bool:
    """Whether these tasks are right so far; where not, says in the notebook which to do first."""
    now = sitting()
    missing = [number for number in numbers if not right(now, number)]
    if missing:
        noun, are = ("task", "it is") if len(missing) == 1 else ("tasks", "they are")
        tell(Note("…", f"This needs {noun} {', '.join(missing)}.", f"Come back when {are} right.", BLANK))
    return not missing


def right(now: Sitting, number: str) -> bool:
    """Whether a task was checked and found right."""
    verdict = now.verdicts.get(now.lab.find(number).number)
    return verdict is not None and verdict.right


def tell(note: Note) -> None:
    """Shows a note in a notebook; elsewhere there is nobody to read it."""
    from IPython.core.getipython import get_ipython
    from IPython.display import display

    if get_ipython() is not None:
        display(note)


def summary() -> Note:
    """The points so far."""
    now = sitting()
    ordered = [now.verdicts[number] for number in now.lab.tasks if number in now.verdicts]
    return summary_note(now.lab.number, ordered, now.lab.points)
