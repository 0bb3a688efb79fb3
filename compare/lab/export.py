"""A sheet as one HTML page with its outputs, readable without Jupyter and without a network; its figures as files."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compare.files import whole
from compare.lab.course import find_lab
from compare.lab.run import Limits, Session
from compare.lab.sheets import Sheet, instructors_edition, students_edition

if TYPE_CHECKING:
    from nbformat import NotebookNode


@dataclass(frozen=True)
class Exported:
    """The page, and the figures that were written beside it (the instructor's edition only)."""

    page: Path
    figures: tuple[Path, ...]


def export(
    sheet: Sheet,
    out: Path,
    *,
    instructor: bool,
    limits: Limits,
    on_cell: Callable[[int, int], None] = lambda done, total: None,
) -> Exported:
    """Runs an edition and writes it as HTML into a folder that exists.

    Raises ValueError where a cell of the sheet fails, EndedError where it goes beyond the limits.
    """
    notebook = instructors_edition(sheet) if instructor else students_edition(sheet)
    execute(notebook, limits, on_cell)
    page = out / f"{sheet.source.stem}{'-instructor' if instructor else ''}.html"
    with whole(page) as part:
        part.write_text(page_text(notebook, sheet, instructor=instructor), encoding="utf-8", newline="\n")
    return Exported(page, figures(notebook, sheet, out / "figures") if instructor else ())


def execute(notebook: NotebookNode, limits: Limits, on_cell: Callable[[int, int], None]) -> None:
    """Fills in the outputs. Raises ValueError, with the cell, for one that fails."""
    from nbformat.v4 import output_from_msg

    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    with Session(limits) as session:
        for place, cell in enumerate(code, 1):
            ran = session.run(cell.source)
            if ran.error:
                raise ValueError(f"code cell {place} fails with {ran.error}: mend the sheet")
            cell.outputs = [output_from_msg(message) for message in ran.outputs]
            cell.execution_count = place
            on_cell(place, len(code))


def page_text(notebook: NotebookNode, sheet: Sheet, *, instructor: bool) -> str:
    """The notebook as HTML, in the look of this project's report."""
    from jinja2 import Environment, StrictUndefined
    from nbconvert import HTMLExporter
    from pygments.formatters import HtmlFormatter

    exporter = HTMLExporter(template_name="basic", exclude_input_prompt=True, exclude_output_prompt=True)
    body, _ = exporter.from_notebook_node(notebook)
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = files("compare.lab").joinpath("sheet.html.j2").read_text(encoding="utf-8")
    return environment.from_string(template).render(
        body=re.sub(r"<script\b.*?</script>", "", body, flags=re.DOTALL),
        title=f"Lab {sheet.number}: {find_lab(sheet.number).title}",
        edition="Instructor's edition" if instructor else "Student's edition",
        light=HtmlFormatter(style="default").get_style_defs(".highlight"),
        dark=HtmlFormatter(style="github-dark").get_style_defs(".highlight"),
    )


def figures(notebook: NotebookNode, sheet: Sheet, folder: Path) -> tuple[Path, ...]:
    """Writes every picture among the outputs as a PNG for slides."""
    folder.mkdir(exist_ok=True)
    written: list[Path] = []
    for data in (picture for cell in notebook.cells for picture in pictures(cell)):
        written.append(folder / f"lab{sheet.number}-{len(written) + 1:02d}.png")
        with whole(written[-1]) as part:
            part.write_bytes(base64.b64decode(data))
    return tuple(written)


def pictures(cell: Any) -> list[str]:
    """The PNGs that a cell has shown, base64."""
    shown = [output.get("data", {}) for output in cell.get("outputs", [])]
    return [data["image/png"] for data in shown if "image/png" in data]
