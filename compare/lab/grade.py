"""Scores a sheet: runs it from top to bottom in a fresh kernel, then judges what its names hold, outside that kernel.

Outputs and points that stand in the file count for nothing, and neither does anything that the sheet does to its own
`check`: its functions are called with arguments sent into the kernel, and the results are judged here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from compare.lab.course import AnswerError, EndedError, Lab, Verdict, find_lab, judge
from compare.lab.parameters import Parameters, check_id
from compare.lab.run import Limits, Session
from compare.lab.wire import Unreadable
from compare.sentence import in_words

LARGEST = 64 << 20  # bytes of a sheet's file
LONGEST = 160  # letters of a line on what went wrong
UNSEEN = "Nothing could be read from the sheet: "
STUDENT = re.compile(r'student="([^"]*)"')
ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


@dataclass(frozen=True)
class Score:
    """What a sheet earned.

    verdicts  one a task, in order; none where the file is no sheet
    note      a line on what went wrong, or nothing
    failed    whether the sheet could not be run from top to bottom, or is none
    """

    path: Path
    lab: int
    student: str
    verdicts: tuple[Verdict, ...] = ()
    note: str = ""
    failed: bool = False

    @property
    def points(self) -> int:
        """All that were earned."""
        return sum(verdict.points for verdict in self.verdicts)


@dataclass(frozen=True)
class Handed:
    """A sheet as it was handed in: whose it is, and its code, cell by cell."""

    lab: Lab
    student: str
    cells: tuple[str, ...]
    note: str


def read(path: Path) -> Handed:
    """A sheet's file. Raises ValueError or OSError, in a line, for what is none."""
    if path.stat().st_size > LARGEST:
        raise ValueError(f"is larger than {LARGEST >> 20} MB: clear its outputs")
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        about = content["metadata"]["analogy"]
        lab, student = int(about["lab"]), check_id(about["student"])
        sources = [("".join(c["source"]), c["metadata"]) for c in content["cells"] if c["cell_type"] == "code"]
    except (LookupError, TypeError, AttributeError, OverflowError, RecursionError, json.JSONDecodeError, UnicodeError):
        raise ValueError("is no sheet made by `analogy lab start`, or is damaged: ask for it again") from None
    opened = [name for text, _ in sources for name in opened_for(text)]
    note = "" if student in [name.lower() for name in opened] else f"made for {student}, but opened for another ID"
    return Handed(find_lab(lab), student, tuple(text for text, _ in sources), note)


def opened_for(text: str) -> Iterator[str]:
    """Whom the lines of a cell open the sheet for."""
    for line in text.splitlines():
        _, begun, rest = line.partition("check.begin(")
        if begun and (match := STUDENT.search(rest)):
            yield match[1]


def grade(path: Path, limits: Limits) -> Score:
    """What a sheet earns; whatever it does, this returns."""
    try:
        handed = read(path)
    except (ValueError, OSError) as error:
        if isinstance(error, OSError):
            error.filename = None  # it stands before the note already
        return Score(path, 0, "", note=one_line(in_words(error)), failed=True)
    lab, me = handed.lab, handed.lab.parameters(handed.student)
    try:
        with Session(limits) as session:
            note, failed, readable = perform(session, handed.cells)
            if readable:
                session.allow_answers()
            verdicts, lost = judged(session if readable else None, lab, me, note)
    except OSError as error:
        verdicts, lost = judged(None, lab, me, str(error))
        note, failed = str(error), True
    notes = [part for part in (handed.note, note, lost) if part]
    return Score(path, lab.number, handed.student, verdicts, one_line("; ".join(notes)), failed or bool(lost))


def perform(session: Session, cells: Iterable[str]) -> tuple[str, bool, bool]:
    """Runs the cells: what went wrong first, whether that ended the run, whether the kernel can still be asked."""
    note = ""
    for place, code in enumerate(cells, 1):
        try:
            ran = session.run(code)
        except EndedError as ended:
            return f"code cell {place}: {ended}", True, not ended.died
        if ran.error and not note:
            note = f"code cell {place}: {ran.error}"
    return note, False, True


def judged(session: Session | None, lab: Lab, me: Parameters, why: str) -> tuple[tuple[Verdict, ...], str]:
    """A verdict on each task, and why the kernel was lost meanwhile, if it was."""
    verdicts, lost = [], ""
    for task in lab.tasks.values():
        if session is None:
            verdicts.append(Verdict(task, 0, UNSEEN + why))
            continue
        try:
            verdicts.append(ask(session, lab, task.number, me))
        except EndedError as ended:
            lost = f"task {task.number}: {ended}"
            verdicts.append(Verdict(task, 0, UNSEEN + str(ended)))
            if ended.died:
                session, why = None, lost
            else:
                session.allow_answers()
    return tuple(verdicts), lost


def ask(session: Session, lab: Lab, number: str, me: Parameters) -> Verdict:
    """The verdict on one task, from what the sheet's names hold now. Raises EndedError where the kernel is lost."""
    task = lab.find(number)
    answers: list[Any] = []
    for name in task.names:
        try:
            answers.append(session.answer(name))
        except (AnswerError, ValueError) as error:
            return Verdict(task, 0, f"`{name}` cannot be read: {one_line(str(error))}.")
        if isinstance(answers[-1], Unreadable):
            return Verdict(task, 0, f"`{name}` is a {answers[-1]}: nothing that can be checked.")
    return judge(task, me, tuple(answers))


def check_there(paths: Iterable[Path]) -> None:
    """Raises OSError, naming it, for the first path that leads to no file: before any sheet is run."""
    for path in paths:
        if path.is_dir():
            raise IsADirectoryError(f"{path}: is a folder: name the sheets in it, as {path / '*.ipynb'}")
        if not path.exists():
            raise FileNotFoundError(f"{path}: is not there: name sheets that were handed in")
        if not path.is_file():
            raise OSError(f"{path}: is a pipe or a device, and might never end: name a file")


def grade_all(paths: Iterable[Path], limits: Limits) -> Iterator[Score]:
    """Each sheet's score, in order; a sheet of a student and lab that came before is noted."""
    seen: dict[tuple[int, str], Path] = {}
    for path in paths:
        score = grade(path, limits)
        key = (score.lab, score.student)
        if score.student and key in seen:
            note = "; ".join(filter(None, [f"same student and lab as {seen[key].name}", score.note]))
            score = Score(path, score.lab, score.student, score.verdicts, note, score.failed)
        seen.setdefault(key, path)
        yield score


def one_line(text: str, longest: int = LONGEST) -> str:
    """A text of the sheet's own making, on one line of bounded length, without a terminal's control characters."""
    plain = " ".join("".join(letter if letter.isprintable() else " " for letter in ANSI.sub("", text)).split())
    return plain if len(plain) <= longest else plain[: longest - 1] + "…"
