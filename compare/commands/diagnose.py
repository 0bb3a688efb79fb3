"""`analogy diagnose`: why a spiking twin reads worse than its standard network, and what repairs it."""

from __future__ import annotations

from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Annotated

import typer

from compare.commands.options import check_one, takes_options
from compare.commands.terminal import progress_bars

if TYPE_CHECKING:
    from compare.diagnosis import Diagnosis
    from compare.options import Options
    from compare.pair import Twin

WIDTH = 100
DIGITS = 1_000  # of 300, a loss of five points would often pass for chance


@takes_options(activation="relu", inputs="current")
def diagnose(
    options: Options,
    model_file: Annotated[
        Path | None, typer.Argument(metavar="[MODEL]", help="A trained network, as --model: it brings its activation.")
    ] = None,
) -> None:
    """Find out why a spiking network reads worse than the standard network it was made from, and what repairs it."""
    from dataclasses import replace

    from compare.comparison import prepared
    from compare.diagnosis import diagnose as find_causes
    from data import load_digits

    check_one(options, ("activations", "inputs"), "one pair is diagnosed at a time")
    if options.retune:
        raise ValueError("a retuned pair is not diagnosed: leave --retune out")
    if model_file and options.model:
        raise ValueError(f"{model_file} and --model {options.model}: one pair is diagnosed at a time: name one")
    options = replace(options, model=model_file or options.model)
    if options.digits is None:
        options = replace(options, digits=min(DIGITS, len(load_digits("test", options.data))))
    with progress_bars() as report:
        ready = prepared(options, progress=report)
    (twin,) = ready.twins
    print(told(find_causes(twin, ready.digits, ready.calibration), twin))


def told(diagnosis: Diagnosis, twin: Twin) -> str:
    """The report: both accuracies, then what is wrong, or that nothing is."""
    sizes = "-".join(map(str, twin.model.sizes))
    ann, bio = diagnosis.ann_accuracy, diagnosis.bio_accuracy
    spiking = (
        "cannot be shown these digits"
        if bio is None
        else f"{bio:6.1%}   {points(abs(ann - bio))} {'lost' if bio <= ann else 'better'}"
    )
    lines = [
        f"{diagnosis.digits:,} digits, {twin.model.activation} {sizes}, {twin.duration * 1e3:g} ms in steps of "
        f"{twin.dt * 1e3:g} ms, input {twin.input}",
        f"  standard network   {ann:6.1%}",
        f"  spiking network    {spiking}",
        "",
    ]
    for number, finding in enumerate(diagnosis.findings, 1):
        gives = "" if finding.regained is None else f" (its remedy gives back {points(finding.regained)})"
        lines += [
            f"{number}. {finding.cause}{gives}",
            paragraph("evidence", finding.evidence),
            paragraph("remedy", finding.remedy),
            "",
        ]
    return "\n".join([*lines, fill(conclusion(diagnosis), WIDTH)])


def conclusion(diagnosis: Diagnosis) -> str:
    """What it comes to, in one sentence."""
    least = f"{100 * diagnosis.resolution:.0f} points"
    limit = f"with {diagnosis.digits:,} digits, a loss below {least} cannot be told from chance"
    if diagnosis.loses:
        left = "is still lost then" if diagnosis.findings else "is lost"
        return f"No remedy known here gives back what {left}: the figures of `analogy compare` show where it goes."
    if not diagnosis.findings:
        return (
            f"Nothing is wrong: the spiking network reads about as well as the standard one ({limit}; "
            f"--digits N looks closer)."
        )
    if any(finding.regained is None for finding in diagnosis.findings):
        return "Nothing else was looked at: cells cannot read better than the network that they were made from."
    what = "this" if len(diagnosis.findings) == 1 else "all of this"
    return f"With {what} repaired, the spiking network reads {diagnosis.repaired:.1%} ({limit})."


def points(fraction: float) -> str:
    """A difference of accuracies, in points."""
    return f"{100 * fraction:.1f} points"


def paragraph(title: str, text: str) -> str:
    """An indented paragraph that begins with its title."""
    return fill(text, WIDTH, initial_indent=f"   {title + ':':<10}", subsequent_indent=" " * 13, break_on_hyphens=False)
