"""`analogy budget`: where every point went between a standard network and its spiking twin."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from compare.commands.options import takes_options
from compare.commands.terminal import WORKERS, check_workers, progress_bars, show

if TYPE_CHECKING:
    from rich.table import Table

    from compare.budget import Budget
    from compare.options import Options


@takes_options(inputs="lif,poisson")
def budget(
    options: Options,
    out: Annotated[Path, typer.Option(help="The folder for the account and its figures.")] = Path("out/budget"),
    workers: Annotated[int | None, WORKERS] = None,
) -> None:
    """Account for every point lost on the way from an MLP to spikes, step by step, and draw it as a waterfall."""
    from compare.budget import budget as account_for
    from compare.budget import simulations
    from compare.comparison import prepared
    from compare.files import prepare_folder, write_json

    check_workers(workers)
    prepare_folder(out)
    inputs = [name for name in options.inputs if name != "current"]
    with progress_bars() as report:
        ready = prepared(options, hidden=True, progress=report)
        twins = [twin for twin in ready.twins if twin.input == options.inputs[0]]
        seen, total = 0, sum(simulations(twin, inputs) for twin in twins) * len(ready.digits)

        def on_done(count: int) -> None:
            nonlocal seen
            seen += count
            report("simulate", seen, total, "")

        accounts = [account_for(twin, ready.digits, inputs=inputs, workers=workers, on_done=on_done) for twin in twins]
    content = {"schema": 1, "manifest": ready.manifest(), "budgets": [account.as_json() for account in accounts]}
    write_json(out / "budget.json", content)
    from compare.budget_figure import budget_figure
    from compare.figures import clear
    from compare.pair import twin_names
    from compare.style import save, styled

    written: list[Path] = []
    with styled():
        for account in accounts:
            written += save(budget_figure(account), out / f"budget-{account.twin.name}")
    clear(out, [f"budget-{name}" for name in twin_names()], written)
    for account in accounts:
        show(table(account))
    print(f"the account and its figures are in {out.resolve()}")


def table(account: Budget) -> Table:
    """A step a line, with what it loses."""
    from rich.table import Table

    sizes = "-".join(map(str, account.twin.model.sizes))
    shown = Table(title=f"{account.twin.name} {sizes}: {account.digits:,} digits, {account.twin.duration * 1e3:g} ms")
    shown.add_column("step")
    layers = range(1, len(account.losses[0].rmse))
    names = [
        "accuracy %",
        "lost",
        "± error",
        "p",
        "same answer %",
        *(f"RMSE hidden {n}" for n in layers),
        "RMSE output",
    ]
    for name in names:
        shown.add_column(name, justify="right")
    for loss in account.losses:
        shown.add_row(
            loss.name,
            f"{100 * loss.accuracy:.2f}",
            f"{100 * loss.lost:+.2f}",
            f"{100 * loss.error:.2f}",
            f"{loss.p:.2g}",
            f"{100 * loss.same:.1f}",
            *(f"{value:.3f}" for value in loss.rmse),
        )
    return shown
