"""`analogy diagnose`: why a spiking twin reads worse than its standard network, and what repairs it."""

from __future__ import annotations

from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Annotated

import typer

from compare.commands.terminal import DATA, SEED, SIZES, numbers, progress_bars, si

if TYPE_CHECKING:
    from compare.diagnosis import Diagnosis
    from compare.pair import Twin

WIDTH = 100
DIGITS = 1_000  # of 300, a loss of five points would often pass for chance


def diagnose(
    model: Annotated[
        Path | None, typer.Argument(metavar="[MODEL]", help="A trained network, from `analogy train`.")
    ] = None,
    activation: Annotated[str, typer.Option(help="Without MODEL: relu, sigmoid, lif or noisy-lif.")] = "relu",
    sizes: Annotated[str, SIZES] = "784,100,10",
    digits: Annotated[
        int | None, typer.Option(help="How many test digits, evenly spread. (default: 1000, or all)")
    ] = None,
    duration: Annotated[float, typer.Option(metavar="MS", help="How long each digit is shown.")] = 100,
    dt: Annotated[float, typer.Option(metavar="MS", help="Step of the simulation.")] = 1,
    inputs: Annotated[
        str, typer.Option("--input", help="How digits reach the cells: current, lif or poisson.")
    ] = "current",
    align: Annotated[str, typer.Option(help="threshold or slope.")] = "threshold",
    r_max: Annotated[float, typer.Option(metavar="HZ", help="The rate that a full activation maps to.")] = 200,
    tau_m: Annotated[float | None, typer.Option(metavar="MS", help="Membrane time constant. (default: 20)")] = None,
    t_ref: Annotated[
        float | None, typer.Option(metavar="MS", help="Refractory time. (default: relu 2, sigmoid 4)")
    ] = None,
    tau_syn: Annotated[float | None, typer.Option(metavar="MS", help="Decay of a synapse. (default: 5)")] = None,
    noise: Annotated[
        float | None,
        typer.Option(metavar="SD", help="Of the membrane, in thresholds of 20 mV. (default: relu 0, sigmoid 0.25)"),
    ] = None,
    reset: Annotated[
        str | None, typer.Option(help="What a spike leaves: subtract or zero. (default: subtract)")
    ] = None,
    recalibrate: Annotated[
        bool, typer.Option("--recalibrate", help="Fit the mapping to the changed cell, instead of seeing what breaks.")
    ] = False,
    seed: Annotated[int, SEED] = 0,
    data: Annotated[Path | None, DATA] = None,
) -> None:
    """Find out why a spiking network reads worse than the standard network it was made from, and what repairs it."""
    given = {"tau_m": si(tau_m), "t_ref": si(t_ref), "tau_syn": si(tau_syn), "noise": noise, "reset": reset}
    from compare.comparison import CALIBRATION_DIGITS, Options, networks, translate
    from compare.diagnosis import diagnose as find_causes
    from data import load_digits

    options = Options(
        activations=(activation.strip(),),
        inputs=(inputs.strip(),),
        sizes=numbers(sizes),
        digits=digits,
        duration=duration / 1e3,
        dt=dt / 1e3,
        align=align,
        r_max=r_max,
        cell={name: value for name, value in given.items() if value is not None},
        recalibrate=recalibrate,
        seed=seed,
        data=data,
        model=model,
    )
    training = load_digits("train", data)
    test = load_digits("test", data)
    shown = test.spread(min(DIGITS, len(test)) if digits is None else digits)
    with progress_bars() as report:
        (standard,) = networks(options, training, report, {})
    calibration = training.spread(min(CALIBRATION_DIGITS, len(training)))
    (twin,) = translate(standard, options, calibration)
    print(told(find_causes(twin, shown, calibration), twin))


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
    return f"With all of this repaired, the spiking network reads {diagnosis.repaired:.1%} ({limit})."


def points(fraction: float) -> str:
    """A difference of accuracies, in points."""
    return f"{100 * fraction:.1f} points"


def paragraph(title: str, text: str) -> str:
    """An indented paragraph that begins with its title."""
    return fill(text, WIDTH, initial_indent=f"   {title + ':':<10}", subsequent_indent=" " * 13, break_on_hyphens=False)
