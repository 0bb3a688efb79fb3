"""Where the sheets are, and the editions made of one source: the instructor's, and the students' without the solutions.

A source is a notebook as text (jupytext's percent format). The students' edition leaves out cells with the tag
`instructor`; in the others, what stands between `# BEGIN SOLUTION` and `# END SOLUTION` gives way to
`...  # your code here`, or to the lines that begin `# prompt: ` there.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compare.files import prepare_folder, whole
from compare.lab.parameters import PRACTICE, check_id

if TYPE_CHECKING:
    from nbformat import NotebookNode

BEGIN, END, PROMPT = "# BEGIN SOLUTION", "# END SOLUTION", "# prompt: "
BLANK = "...  # your code here"
NEEDED = "this needs the lab's tools: install them with `pip install 'neural-analogy[lab]'`, or `pip install '.[lab]'`"
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
INSTRUCTOR, STUDENT = "instructor", "student"  # tags of cells: not for students; with the student's ID


def labs_folder() -> Path:
    """The sheets: packed into the package where it was installed from a wheel, beside it in a clone."""
    packed = Path(str(files("compare"))) / "labs"
    return packed if packed.is_dir() else Path(__file__).parents[2] / "labs"


@dataclass(frozen=True)
class Sheet:
    """One lab's files: `source` (the instructor's edition), `students` (the notebook) and `mistakes`."""

    number: int
    source: Path

    @property
    def students(self) -> Path:
        """The students' notebook."""
        return self.source.parent / "students" / f"{self.source.stem}.ipynb"

    @property
    def mistakes(self) -> Path:
        """Typical wrong answers, task by task."""
        return self.source.parent / "mistakes" / self.source.name


def sheets() -> dict[int, Sheet]:
    """All sheets there are, by number."""
    found = sorted(labs_folder().glob("[0-9]-*.py"))
    return {int(path.name[0]): Sheet(int(path.name[0]), path) for path in found}


def find_sheet(number: int) -> Sheet:
    """A lab's sheet. Raises ValueError, with the numbers there are, for another."""
    known = sheets()
    if number not in known:
        raise ValueError(f"there is no lab {number}: choose from {', '.join(map(str, known)) or 'none'}")
    return known[number]


def read_source(path: Path) -> NotebookNode:
    """A source as a notebook, its cells numbered so that the same text gives the same notebook."""
    import jupytext

    notebook = jupytext.reads(path.read_text(encoding="utf-8"), fmt="py:percent")
    for place, cell in enumerate(notebook.cells):
        cell.id = f"cell-{place:03d}"
        cell.metadata.pop("lines_to_next_cell", None)
    return notebook


def instructors_edition(sheet: Sheet, *, student: str = PRACTICE) -> NotebookNode:
    """Everything: solutions, model answers, and after each task the typical mistakes."""
    import nbformat

    notebook = read_source(sheet.source)
    listed = mistakes(sheet)
    cells = []
    for cell in notebook.cells:
        cells.append(cell)
        task = checked_task(cell)
        if listed.get(task):
            text = mistakes_text(listed.pop(task))
            extra = nbformat.v4.new_markdown_cell(text, metadata={"tags": [INSTRUCTOR]}, id=f"{cell.id}-mistakes")
            cells.append(extra)
    notebook.cells = cells
    return addressed(notebook, sheet.number, student)


def students_edition(sheet: Sheet) -> NotebookNode:
    """What students get, before it is anyone's own."""
    notebook = read_source(sheet.source)
    notebook.cells = [cell for cell in notebook.cells if INSTRUCTOR not in cell.metadata.get("tags", [])]
    for cell in notebook.cells:
        cell.source = without_solutions(cell.source)
    return addressed(notebook, sheet.number, PRACTICE)


def without_solutions(source: str) -> str:
    """A cell with its solutions taken out. Raises ValueError where a marker lacks its partner."""
    kept: list[str] = []
    inside, prompts, indent = False, [""], ""
    for line in source.splitlines():
        mark = line.strip()
        if mark in {BEGIN, END} and inside == (mark == BEGIN):
            raise ValueError(f'"{mark}" stands without its partner in a cell that begins "{source[:40]}"')
        if mark == BEGIN:
            inside, prompts, indent = True, [], line[: line.index("#")]
        elif mark == END:
            inside = False
            kept += [indent + prompt for prompt in prompts or [BLANK]]
        elif inside and mark.startswith(PROMPT):
            prompts.append(mark.removeprefix(PROMPT))
        elif not inside:
            kept.append(line)
    if inside:
        raise ValueError(f'"{BEGIN}" stands without its partner in a cell that begins "{source[:40]}"')
    return "\n".join(kept)


def addressed(notebook: Any, lab: int, student: str) -> Any:
    """The notebook, whose it is written in its metadata and in the cell that opens the sheet."""
    for cell in notebook["cells"]:
        if STUDENT in cell["metadata"].get("tags", []):
            text = "".join(cell["source"])
            cell["source"] = re.sub(r'student="[^"]*"', f'student="{student}"', text)
    notebook["metadata"] = {"kernelspec": KERNEL, "language_info": {"name": "python"}} | {
        "analogy": {"lab": lab, "student": student}
    }
    return notebook


def checked_task(cell: Any) -> str:
    """The task that a cell has checked, or nothing."""
    found = re.search(r'^check\.task\("([\d.]+)"', cell.source, re.MULTILINE) if cell.cell_type == "code" else None
    return found[1] if found else ""


@dataclass(frozen=True)
class Mistake:
    """A typical wrong answer: its task, the code that gives it, and words of the message that it must meet."""

    task: str
    code: str
    meets: str


def mistakes(sheet: Sheet) -> dict[str, list[Mistake]]:
    """A lab's typical mistakes, by task."""
    found: dict[str, list[Mistake]] = {}
    for cell in read_source(sheet.mistakes).cells if sheet.mistakes.is_file() else []:
        if cell.cell_type == "code":
            mistake = Mistake(cell.metadata["task"], cell.source, cell.metadata["meets"])
            found.setdefault(mistake.task, []).append(mistake)
    return found


def mistakes_text(listed: list[Mistake]) -> str:
    """Typical mistakes as the instructor's edition shows them: folded away, each with words of what the check says."""
    parts = [f"```python\n{mistake.code}\n```\n→ “… {mistake.meets} …”" for mistake in listed]
    head = f"<details><summary><b>Typical mistakes</b> ({len(listed)}), and what the check says to each</summary>"
    return "\n\n".join([head, *parts, "</details>"])


def notebook_text(notebook: NotebookNode) -> str:
    """A notebook as it is stored."""
    import nbformat

    nbformat.validate(notebook)
    return nbformat.writes(notebook) + "\n"


def write_students_editions() -> list[Path]:
    """Makes all students' notebooks anew from their sources, in the folder that `labs_folder` is."""
    written = []
    for sheet in sheets().values():
        sheet.students.parent.mkdir(exist_ok=True)
        with whole(sheet.students) as part:
            part.write_text(notebook_text(students_edition(sheet)), encoding="utf-8", newline="\n")
        written.append(sheet.students)
    return written


def start(number: int, student: str, out: Path) -> Path:
    """A clean copy of a sheet for one student, and where it is. Needs no notebook library.

    Raises ValueError for an ID or a lab that is none, FileExistsError where the student has that sheet already,
    OSError where it cannot be written.
    """
    student, sheet = check_id(student), find_sheet(number)
    path = out / f"{sheet.source.stem}-{student}.ipynb"
    if path.exists():
        raise FileExistsError(f"{path}: is there already, and is not overwritten: move it away to start anew")
    notebook = addressed(json.loads(sheet.students.read_text(encoding="utf-8")), number, student)
    prepare_folder(out)
    with whole(path) as part:
        part.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
    return path
