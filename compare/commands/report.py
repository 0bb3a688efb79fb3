"""`analogy report`: the whole study, in one page."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from compare.commands.options import takes_options
from compare.commands.terminal import WORKERS, check_workers, exit_where, progress_bars

if TYPE_CHECKING:
    from compare.options import Options


@takes_options()
def report(
    options: Options,
    quick: Annotated[bool, typer.Option("--quick", help="Fewer digits and repeats: about two minutes.")] = False,
    out: Annotated[Path, typer.Option(help="The folder for the report, results and figures.")] = Path("out/report"),
    workers: Annotated[int | None, WORKERS] = None,
) -> None:
    """Compare the networks, perform every experiment, and write it all up in one HTML file."""
    check_workers(workers)
    from compare.experiments.bench import check_digits

    check_digits(options.digits)
    from compare.comparison import run_comparison
    from compare.experiments.registry import experiments
    from compare.files import prepare_folder, write_json
    from compare.output import scores_json
    from compare.score import score
    from compare.study import run_study

    prepare_folder(out)
    failed: list[str] = []
    with progress_bars() as progress:
        comparison = run_comparison(options, workers=workers, hidden=True, progress=progress)
        scores = [score(pair) for pair in comparison.pairs]
        write_json(out / "scores.json", scores_json(comparison, scores))
        path = run_study(
            comparison,
            scores,
            list(experiments().values()),
            out,
            command=command_line(),
            quick=quick,
            workers=workers,
            live=True,
            progress=progress,
            on_failure=failed.append,
        )
    print(f"the report is {path.resolve()}")
    exit_where(failed)


def command_line() -> str:
    """What was typed, to be typed again."""
    return shlex.join(["analogy", *sys.argv[1:]])
