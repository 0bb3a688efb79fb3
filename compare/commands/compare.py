"""`analogy compare`: both networks on the same digits, scored and drawn."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from compare.commands.options import takes_options
from compare.commands.terminal import WORKERS, StoppedError, check_workers, exit_where, progress_bars, show

if TYPE_CHECKING:
    from rich.table import Table

    from compare.comparison import Comparison
    from compare.options import Options
    from compare.score import Score


@takes_options()
def compare(
    options: Options,
    out: Annotated[Path, typer.Option(help="The folder for scores and figures.")] = Path("out"),
    workers: Annotated[int | None, WORKERS] = None,
    figures: Annotated[bool, typer.Option(help="Draw the figures.")] = True,
    report: Annotated[
        bool, typer.Option("--report", help="End with the report: every experiment, quickly, in one HTML file.")
    ] = False,
) -> None:
    """Show the same digits to standard networks and to their spiking twins, score both, and draw it."""
    from compare.comparison import run_comparison, timed
    from compare.files import prepare_folder, write_json
    from compare.output import scores_json
    from compare.score import score

    check_workers(workers)
    if report:
        from compare.experiments.bench import check_digits

        check_digits(options.digits)
    prepare_folder(out)
    failed: list[str] = []
    with progress_bars() as progress:
        comparison = run_comparison(options, workers=workers, hidden=report, progress=progress)
        stages = comparison.timing["stages"]
        with timed(stages, "score"):
            scores = [score(pair) for pair in comparison.pairs]
        write_json(out / "scores.json", scores_json(comparison, scores))
    show(table(comparison, scores))
    if figures:
        from compare.figures import draw_all

        with timed(stages, "figures"):
            try:
                draw_all(list(zip(comparison.pairs, scores, strict=True)), out, workers=workers)
            except KeyboardInterrupt:
                raise StoppedError(f"stopped; scores are in {out}, what else is there may be older") from None
    write_json(out / "timing.json", comparison.timing)
    if report:
        from compare.commands.report import command_line
        from compare.experiments.registry import experiments
        from compare.study import run_study

        asked = list(experiments().values())
        with progress_bars() as progress:
            path = run_study(
                comparison,
                scores,
                asked,
                out,
                command=command_line(),
                quick=True,
                workers=workers,
                live=True,
                progress=progress,
                on_failure=failed.append,
            )
        print(f"the report, every claim of the lesson measured, is {path.resolve()}")
    wrote = (
        "scores, timing and figures are in {}: open accuracy.png first" if figures else "scores and timing are in {}"
    )
    print(wrote.format(out.resolve()))
    exit_where(failed)


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
            pair.twin.name,
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
