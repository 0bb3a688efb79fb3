"""`analogy lab`: lab sheets for a class: hand them out, score what comes back, print them as pages."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from compare.commands.terminal import exit_where, progress_bars, show

if TYPE_CHECKING:
    from compare.lab.grade import Score

ISOLATION = (
    "A sheet runs in a process of its own, in an empty folder, with a limit of time and of output, and on Linux of "
    "memory. That keeps a class's accidents apart; it is no sandbox: a sheet can read files and use the network as you "
    "can. For sheets of strangers, run this in a container or as a user who owns nothing."
)
MESSAGE = 1_000  # letters of why a point was lost, which a sheet's own error may stand in
lab = typer.Typer(
    name="lab",
    help="Lab sheets that check themselves: hand them out, score them, print them.",
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@lab.callback()
def overview(context: typer.Context) -> None:
    """Shows the help where no command was named."""
    if context.invoked_subcommand is None:
        print(context.get_help())


@lab.command("list")
def list_labs() -> None:
    """Name the labs there are, with their time and points."""
    from compare.lab.course import find_lab
    from compare.lab.sheets import sheets

    widest = max(len(find_lab(number).title) for number in sheets())
    for number in sheets():
        found = find_lab(number)
        first, last = found.minutes
        tasks = f"{len(found.tasks):>2} tasks  {found.points:>2} points"
        print(f"{number}  {found.title:<{widest}}  {first}–{last} min  {tasks}")


@lab.command()
def start(
    number: Annotated[int, typer.Argument(metavar="N", help="Which lab.")],
    student: Annotated[str, typer.Option(metavar="ID", help="Whose sheet: it fixes the numbers in it.")],
    out: Annotated[Path, typer.Option(help="The folder for the sheet.")] = Path(),
) -> None:
    """Copy a clean sheet with this student's own numbers; one that is there already is left alone."""
    from compare.lab.sheets import start as copy

    path = copy(number, student, out)
    print(f"{path}\nopen it with: jupyter lab {path}")


@lab.command(epilog=ISOLATION)
def check(
    sheets: Annotated[list[Path], typer.Argument(metavar="FILE", help="Sheets that students handed in.")],
    table: Annotated[Path | None, typer.Option("--csv", help="Write the points as CSV, too.")] = None,
    timeout: Annotated[float, typer.Option(metavar="S", help="Seconds for all cells of a sheet together.")] = 300,
    memory: Annotated[float, typer.Option(metavar="GB", help="Of a sheet's process (on Linux only).")] = 4,
    why: Annotated[bool, typer.Option("--why", help="Below the table, say of each lost point why.")] = False,
) -> None:
    """Run sheets again, each in a fresh process, and print what every task earns; stored outputs count for nothing."""
    needs_the_extra()
    from compare.files import check_file, prepare_folder
    from compare.lab.grade import check_there, grade_all, one_line
    from compare.lab.run import Limits

    limits = Limits(timeout, memory * (1 << 30))
    check_there(sheets)
    if table is not None:
        check_table(table, sheets)
        check_file(table)
        prepare_folder(table.parent)
    scores: list[Score] = []
    with progress_bars() as report:
        for score in grade_all(sheets, limits):
            scores.append(score)
            report("sheets", len(scores), len(sheets), score.path.name)
    if not any(score.lab for score in scores):
        among = "" if len(scores) == 1 else f"none of {len(scores)} files is a sheet: "
        raise ValueError(f"{among}{scores[0].path}: {scores[0].note}")
    if table is not None:
        write_table(scores, table)  # before anything is printed, to who may read no further
    for number in sorted({score.lab for score in scores if score.lab}):
        show_table([score for score in scores if score.lab == number])
    for score in scores:
        if score.note:
            print(f"{score.path}: {score.note}")
        for message, numbers in reasons(score).items() if why else ():
            tasks = f"{'task' if len(numbers) == 1 else 'tasks'} {', '.join(numbers)}"
            print(f"{score.path}: {tasks}: {one_line(message, MESSAGE)}")
    exit_where([str(score.path) for score in scores if score.failed])


@lab.command()
def export(
    out: Annotated[Path, typer.Option(help="The folder for pages and figures.")],
    numbers: Annotated[list[int] | None, typer.Argument(metavar="[N]...", show_default="all", help="Which.")] = None,
    instructor: Annotated[
        bool, typer.Option("--instructor", help="With solutions, model answers, typical mistakes; and figures as PNG.")
    ] = False,
    timeout: Annotated[float, typer.Option(metavar="S", help="Seconds for a sheet.")] = 600,
) -> None:
    """Run sheets and write each as one HTML page with its outputs, readable without Jupyter."""
    needs_the_extra()
    from compare.files import prepare_folder
    from compare.lab.course import EndedError
    from compare.lab.export import export as export_sheet
    from compare.lab.run import Limits
    from compare.lab.sheets import find_sheet, sheets

    chosen, limits = [find_sheet(number) for number in numbers or sheets()], Limits(timeout)
    prepare_folder(out)
    for sheet in chosen:
        with progress_bars() as report:
            on_cell = partial(report, f"lab {sheet.number}", note="")
            try:
                done = export_sheet(sheet, out, instructor=instructor, limits=limits, on_cell=on_cell)
            except EndedError as ended:
                raise ValueError(f"{sheet.source.name}: {ended}: give it more --timeout") from ended
        print(done.page)


@lab.command(hidden=True)
def make() -> None:
    """For who writes sheets: make the students' notebooks anew from their sources, in a clone."""
    needs_the_extra()
    from compare.lab.sheets import write_students_editions

    for path in write_students_editions():
        print(path)


def check_table(table: Path, sheets: Sequence[Path]) -> None:
    """Raises ValueError where the table would take the place of a sheet, as after `--csv *.ipynb`."""
    if table.suffix == ".ipynb" or table.resolve() in {sheet.resolve() for sheet in sheets}:
        raise ValueError(f"{table}: is a sheet, which the table would replace: name a file for the points after --csv")


def reasons(score: Score) -> dict[str, list[str]]:
    """Why points were lost: each reason once, with the tasks that it holds for."""
    found: dict[str, list[str]] = {}
    for verdict in score.verdicts:
        if not verdict.right:
            found.setdefault(verdict.message, []).append(verdict.task.number)
    return found


def needs_the_extra() -> None:
    """Raises ValueError, in one line, where the tools for notebooks are not installed."""
    from importlib.util import find_spec

    from compare.lab.sheets import NEEDED

    missing = [name for name in ("ipykernel", "jupytext", "nbconvert") if find_spec(name) is None]
    if missing:
        raise ValueError(f"{', '.join(missing)} not found: {NEEDED}")


def show_table(scores: Sequence[Score]) -> None:
    """One lab's points, a row a sheet."""
    from rich.table import Table

    from compare.lab.course import find_lab

    found = find_lab(scores[0].lab)
    table = Table(title=f"Lab {found.number}: {found.title}", title_justify="left")
    table.add_column("student")
    for task in found.tasks.values():
        table.add_column(f"{task.number}\n/{task.points}", justify="right")
    table.add_column(f"total\n/{found.points}", justify="right", style="bold")
    for score in scores:
        table.add_row(score.student, *(str(verdict.points) for verdict in score.verdicts), str(score.points))
    show(table)


def write_table(scores: Sequence[Score], path: Path) -> None:
    """All points as CSV, a row a sheet, a column a task; whole or not at all."""
    from compare.files import write_utf8

    tasks = sorted({(v.task.number, v.task.points) for score in scores for v in score.verdicts}, key=by_number)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["file", "student", "lab", *(f"task {number}" for number, _ in tasks), "points", "of", "note"])
    for score in scores:
        earned = {verdict.task.number: verdict.points for verdict in score.verdicts}
        most = sum(verdict.task.points for verdict in score.verdicts)
        cells = [earned.get(number, "") for number, _ in tasks]
        name, note = harmless(score.path.name), harmless(score.note)
        writer.writerow([name, score.student, score.lab or "", *cells, score.points, most, note])
    write_utf8(path, text.getvalue())


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@"} else text


def by_number(task: tuple[str, int]) -> tuple[int, ...]:
    """2.10 after 2.9."""
    return tuple(int(part) for part in task[0].split("."))
