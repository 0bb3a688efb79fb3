"""`analogy experiment`: the lesson's claims, measured one by one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from compare.commands.options import takes_options
from compare.commands.terminal import WORKERS, check_workers, exit_where, progress_bars

if TYPE_CHECKING:
    from compare.options import Options


@takes_options(inputs="current")
def experiment(
    options: Options,
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", help="Which; see --list.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every experiment.")] = False,
    listed: Annotated[bool, typer.Option("--list", help="Name them, with their questions, and stop.")] = False,
    quick: Annotated[bool, typer.Option("--quick", help="Fewer digits and repeats: about a minute for all.")] = False,
    out: Annotated[Path, typer.Option(help="The folder for results and figures.")] = Path("out/experiments"),
    workers: Annotated[int | None, WORKERS] = None,
) -> None:
    """Put a claim of the lesson to the test, on both networks, or find out where the analogy ends."""
    from dataclasses import replace

    from compare.experiments.registry import chosen, draw_all, experiments, perform

    if listed:
        for name, known in experiments().items():
            print(f"{name:<14} {known.question}")
        return
    check_workers(workers)
    if not names and not every:
        raise ValueError("no experiment was named: give some, or --all (--list names them)")
    asked = chosen(list(experiments()) if every else list(names or []))
    from compare.comparison import prepared
    from compare.experiments.bench import Bench, check_digits
    from compare.files import prepare_folder, write_json
    from compare.study import QUICK_DIGITS
    from data import load_digits

    check_digits(options.digits)
    prepare_folder(out)
    if quick and options.digits is None:
        options = replace(options, digits=QUICK_DIGITS)
    failed: list[str] = []
    with progress_bars() as report:
        ready = prepared(options, hidden=True, progress=report)
        bench = Bench(ready, load_digits("train", options.data), quick, workers)
        outcomes = list(perform(asked, bench, progress=report, on_failure=failed.append))
    content = {
        "schema": 1,
        "manifest": ready.manifest() | {"quick": quick},
        "experiments": [outcome.as_json() for outcome in outcomes],
    }
    write_json(out / "results.json", content)
    with progress_bars() as report:
        list(draw_all(outcomes, out, progress=report, on_failure=failed.append))
    for outcome in outcomes:
        verdict = outcome.verdict
        print(f"{outcome.experiment.name}: {verdict.holds}. {verdict.sentence}\n  {outcome.finding}")
    print(f"results.json and figures are in {out.resolve()}")
    exit_where(failed)
