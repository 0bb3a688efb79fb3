"""Runs the code of lab sheets in this process, without a kernel: for tests of many students and many wrong answers."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

import compare.lab.check as check
from compare.lab.course import find_lab
from compare.lab.sheets import Sheet, addressed, instructors_edition, students_edition

SLOW = "slow"  # the tag of cells that take seconds, and define nothing that later cells need
IN_A_KERNEL = "bio"  # whose sheets `test_lab_check` runs
STUDENTS = ["practice", "ann", "s1234567", "j.doe@uni.example", "X_9-y", "007", "mueller", "li", "z" * 64]  # and here


def codes(notebook: Any, *, slow: bool) -> list[str]:
    """Its code cells, with or without the slow ones."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [cell.source for cell in cells if slow or SLOW not in cell.metadata.get("tags", [])]


@cache
def nobodys(sheet: Sheet, *, solved: bool) -> Any:
    """A sheet's notebook, before it is addressed to a student: parsing its source takes longer than most cells."""
    return instructors_edition(sheet) if solved else students_edition(sheet)


def edition(sheet: Sheet, student: str, *, solved: bool, slow: bool = True) -> list[str]:
    """The code cells of a sheet: the instructor's with its solutions, or the students' blank one."""
    notebook = copy.deepcopy(nobodys(sheet, solved=solved))
    return codes(addressed(notebook, sheet.number, student), slow=slow)


def perform(cells: list[str]) -> dict[str, Any]:
    """The names that the cells leave, all drawing and display aside."""
    names: dict[str, Any] = {"display": lambda shown: None}
    for cell in cells:
        exec(cell, names)
    return names


def verdicts() -> dict[str, check.Verdict]:
    return check.sitting().verdicts


def judged(number: str, names: dict[str, Any]) -> check.Verdict:
    lab = find_lab(int(number.split(".")[0]))
    task = lab.find(number)
    return check.judge(task, names["me"], tuple(names[name] for name in task.names))
