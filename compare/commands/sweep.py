"""`analogy sweep`: many settings, a pair of networks each, on one machine or on many."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from compare.commands.options import takes_options
from compare.commands.terminal import WORKERS, StoppedError, check_workers, progress_bars, show

if TYPE_CHECKING:
    from rich.table import Table

    from compare.sweep.plan import Plan
    from compare.sweep.rows import Swept

VARY = typer.Option(
    metavar="NAME=A,B,…", help="Values of an option, also distortion and severity; several options make a grid."
)
PLOT = typer.Option(metavar="X,Y[,BY]", help="Draw a column of the table against another, by a third.")
MOST_SHOWN = 30  # rows on the terminal; the table has all


@takes_options(made=dict, activation="relu", inputs="current")
def sweep(
    options: dict[str, Any],
    context: typer.Context,
    plan_file: Annotated[
        Path | None, typer.Argument(metavar="[PLAN.toml]", help="A grid or a list of points; the rest goes on top.")
    ] = None,
    vary: Annotated[list[str] | None, VARY] = None,
    out: Annotated[Path, typer.Option(help="The folder for table, points and figures.")] = Path("out/sweep"),
    workers: Annotated[int | None, WORKERS] = None,
    cluster: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="A Dask scheduler, tcp://…:8786, whose workers do it.")
    ] = None,
    retry: Annotated[bool, typer.Option("--retry", help="Try points again that have failed.")] = False,
    plot: Annotated[list[str] | None, PLOT] = None,
) -> None:
    """Compare at every point of a grid or a list: one table, a row a pair. A stopped sweep goes on where it was."""
    from compare.commands.report import command_line
    from compare.provenance import command, made_by
    from compare.sweep.figure import asked_for, draw, read_table

    check_workers(workers)
    if workers is not None and cluster is not None:
        raise ValueError("--workers are of this machine, and a cluster has its own: give one of the two")
    wanted, failed = [asked_for(words) for words in plot or []], False
    plan = planned(options, context, plan_file, vary or [])
    if plan is not None:
        from compare.files import prepare_folder
        from compare.sweep.run import run_sweep

        prepare_folder(out)
        try:
            with progress_bars() as report:
                swept = run_sweep(
                    plan, out, command=command_line(), workers=workers, cluster=cluster, retry=retry, progress=report
                )
        except KeyboardInterrupt:
            raise StoppedError(
                f"stopped; all points that ended are in {out}, the same command goes on from there"
            ) from None
        show(table(plan, swept))
        failed = bool(swept.failed())
    elif not wanted:
        raise ValueError("no points to sweep: name a TOML file or --vary (or --plot, to draw a finished sweep)")
    drawn = command() if plan is not None else f"{command()} {shlex.join(['--out', str(out)])}"  # then, what is read
    with made_by(drawn):
        for names in wanted:
            print(draw(read_table(out), names, out))
    print(f"the table is {(out / 'sweep.csv').resolve()}")
    if failed:
        raise typer.Exit(1)


def planned(options: dict[str, Any], context: typer.Context, plan_file: Path | None, varied: list[str]) -> Plan | None:
    """The plan of the file, overruled by the command's own options; None where neither varies anything."""
    from compare.sweep.plan import Plan, named_values, read_plan
    from compare.sweep.plan import vary as values_of

    given = {name: value for name, value in options.items() if was_given(context, name)}
    data = given.pop("data", None)
    if plan_file is None and not varied:
        several = named_values(given)
        if all(len(values) == 1 for values in several.values()):
            return None
    plan = Plan() if plan_file is None else read_plan(plan_file)
    own = named_values(given)
    for words in varied:
        name, values = values_of(words)
        if name in own:
            raise ValueError(f"{name} is given twice: leave one of them out")
        own[name] = values
    return plan.overridden(own, data)


def was_given(context: typer.Context, name: str) -> bool:
    """Whether an option was typed."""
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def table(plan: Plan, swept: Swept) -> Table:
    """The points with what varies between them, and how both networks fared."""
    from rich.table import Table
    from rich.text import Text

    from compare.sweep.store import written

    failed = swept.failed()
    shown = Table(title=f"{len(swept.rows):,} points" + (f", {len(failed):,} failed" if failed else ""))
    names = plan.varied
    for name in (*names, "MLP %", "spiking %", "lost", "same answer %", "spikes"):
        shown.add_column(name, justify="right")
    for settings, outcome in swept.finished()[:MOST_SHOWN]:
        scores = outcome.scores
        numbers = (
            (
                f"{100 * scores['ann_accuracy']:.2f}",
                f"{100 * scores['bio_accuracy']:.2f}",
                f"{100 * scores['lost']:+.2f}",
                f"{100 * scores['same_answer']:.1f}",
                f"{scores['spikes'] + scores['input_spikes']:,.0f}",
            )
            if scores
            else ("failed",)
        )
        shown.add_row(*(Text(written(settings[name])) for name in names), *numbers)
    notes = [f"{len(swept.rows) - MOST_SHOWN:,} more in the table"] if len(swept.rows) > MOST_SHOWN else []
    notes += [f"{outcome.error} (--retry tries again)" for outcome in failed[:1]]
    shown.caption = Text("; ".join(notes)) if notes else None
    return shown
