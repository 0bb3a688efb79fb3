"""`analogy neuron`: one cell in Brian2 and in theory, and where its curve is a ReLU or a sigmoid."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from compare.commands.terminal import SEED, WORKERS, check_workers, progress_bars, show

if TYPE_CHECKING:
    from rich.table import Table

    from compare.neuron.experiment import Neuron


def neuron(
    out: Annotated[Path, typer.Option(help="The folder for numbers and figures.")] = Path("out/neuron"),
    quick: Annotated[bool, typer.Option("--quick", help="Fewer cells and a coarser map: some seconds.")] = False,
    seed: Annotated[int, SEED] = 0,
    workers: Annotated[int | None, WORKERS] = None,
) -> None:
    """Show one cell: its rates in Brian2 beside theory, and its curve between ReLU and sigmoid."""
    from compare.files import prepare_folder, write_json
    from compare.neuron.experiment import FULL, QUICK, run_neuron
    from compare.neuron.rates import check_seed

    check_seed(seed)
    check_workers(workers)
    prepare_folder(out)
    with progress_bars() as report:
        found = run_neuron(QUICK if quick else FULL, seed=seed, workers=workers, progress=report)
    from compare.neuron.figures import draw_neuron
    from compare.neuron.map_figure import map_finding

    write_json(out / "neuron.json", found.as_json())
    draw_neuron(found.measured, found.maps, out)
    show(table(found))
    print(map_finding(found.maps[0]))
    print(f"numbers and figures are in {out.resolve()}: open theory.png first")


def table(found: Neuron) -> Table:
    """How far each theory is from the simulations, a step a line."""
    from rich.table import Table

    from compare.neuron.rates import THEORIES, THEORY_NAMES, largest_error, misfits

    cells = sum(int(m.cells.sum()) for m in found.measured)
    error = largest_error(found.measured)
    shown = Table(title=f"{cells:,} cells in Brian2: rates off theory by at most (root mean square), %")
    shown.add_column("step")
    for theory in THEORIES:
        shown.add_column(THEORY_NAMES[theory], justify="right")
    off = {(m.theory, m.dt): m for m in misfits(found.measured)}
    for dt in sorted({m.dt for m in found.measured}):
        row = [off[theory, dt] for theory in THEORIES]
        shown.add_row(f"{1e3 * dt:g} ms", *(f"{100 * m.worst:.1f} ({100 * m.rms:.2f})" for m in row))
    shown.caption = f"standard errors up to {100 * error:.1f} %"
    return shown
