"""`analogy compare`: both networks on the same digits, scored and drawn."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from compare.commands.terminal import DATA, SEED, SIZES, names, numbers, progress_bars, show, si

if TYPE_CHECKING:
    from rich.table import Table

    from compare.comparison import Comparison
    from compare.score import Score


def compare(
    activation: Annotated[str, typer.Option(help="Of the standard network: relu, sigmoid.")] = "relu,sigmoid",
    sizes: Annotated[str, SIZES] = "784,100,10",
    digits: Annotated[int | None, typer.Option(help="How many test digits, evenly spread. (default: all)")] = None,
    duration: Annotated[float, typer.Option(metavar="MS", help="How long each digit is shown.")] = 100,
    dt: Annotated[float, typer.Option(metavar="MS", help="Step of the simulation.")] = 1,
    inputs: Annotated[
        str, typer.Option("--input", help="How digits reach the cells: steady currents, an eye of LIF cells, noise.")
    ] = "current,lif,poisson",
    align: Annotated[
        str, typer.Option(help="What of the two curves is laid on each other: threshold or slope.")
    ] = "threshold",
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
    model: Annotated[Path | None, typer.Option(help="A trained network to compare, from `analogy train`.")] = None,
    out: Annotated[Path, typer.Option(help="The folder for scores and figures.")] = Path("out"),
    workers: Annotated[int | None, typer.Option(help="Processes. (default: one a core)")] = None,
    figures: Annotated[bool, typer.Option(help="Draw the figures.")] = True,
) -> None:
    """Show the same digits to standard networks and to their spiking twins, score both, and draw it."""
    given = {"tau_m": si(tau_m), "t_ref": si(t_ref), "tau_syn": si(tau_syn), "noise": noise, "reset": reset}
    cell = {name: value for name, value in given.items() if value is not None}
    from compare.comparison import Options, run_comparison, timed
    from compare.output import prepare, scores_json, write_json
    from compare.score import score

    options = Options(
        activations=names(activation),
        inputs=names(inputs),
        sizes=numbers(sizes),
        digits=digits,
        duration=duration / 1e3,
        dt=dt / 1e3,
        align=align,
        r_max=r_max,
        cell=cell,
        recalibrate=recalibrate,
        seed=seed,
        data=data,
        model=model,
    )
    if workers is not None and workers < 1:
        raise ValueError(f"{workers} workers: choose at least 1")
    prepare(out)
    with progress_bars() as report:
        comparison = run_comparison(options, workers=workers, progress=report)
        stages = comparison.timing["stages"]
        with timed(stages, "score"):
            scores = [score(pair) for pair in comparison.pairs]
        write_json(out / "scores.json", scores_json(comparison, scores))
    show(table(comparison, scores))
    if figures:
        from compare.figures import draw_all

        with timed(stages, "figures"):
            draw_all(list(zip(comparison.pairs, scores, strict=True)), out, workers=workers)
    write_json(out / "timing.json", comparison.timing)
    wrote = (
        "scores, timing and figures are in {}: open accuracy.png first" if figures else "scores and timing are in {}"
    )
    print(wrote.format(out.resolve()))


def table(comparison: Comparison, scores: list[Score]) -> Table:
    """Each standard network beside its spiking twin, a pair a line."""
    from rich.table import Table

    first = comparison.pairs[0].twin
    title = f"{scores[0].digits:,} digits, {'-'.join(map(str, first.model.sizes))}, {first.duration * 1e3:g} ms each"
    shown = Table(title=title)
    measured = ("MLP %", "spiking %", "lost", "same answer %", "Pearson", "RMSE", "on/off", "spikes", "to ½ pt")
    for name in ("network", "input"):
        shown.add_column(name)
    for name in measured:
        shown.add_column(name, justify="right")
    for pair, score in zip(comparison.pairs, scores, strict=True):
        hidden = score.layers[0]
        within = score.ms_to_within_half_point
        shown.add_row(
            pair.twin.model.activation,
            pair.twin.input,
            f"{100 * score.ann_accuracy:.2f}",
            f"{100 * score.bio_accuracy:.2f}",
            f"{100 * (score.ann_accuracy - score.bio_accuracy):+.2f}",
            f"{100 * score.same_answer:.1f}",
            "–" if hidden.pearson is None else f"{hidden.pearson:.3f}",
            f"{hidden.rmse:.3f}",
            "–" if hidden.mcc is None else f"{hidden.mcc:.3f}",
            f"{score.spikes_per_digit + score.input_spikes_per_digit:,.0f}",
            "never" if within is None else f"{within:g} ms",
        )
    return shown
