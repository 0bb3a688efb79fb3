"""The whole study: every experiment on a comparison's networks, figures, results.json, the report, the live page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from compare.comparison import Comparison
from compare.experiments.bench import Bench, check_digits
from compare.experiments.experiment import Experiment
from compare.experiments.registry import draw_all, perform
from compare.files import prepare_folder, write_json
from compare.live.export import write_page
from compare.report import Report, write_report
from compare.score import Score
from data import load_digits

SCHEMA = 1
QUICK_DIGITS = 500  # that experiments look at, when quick


def bench_of(comparison: Comparison, *, quick: bool, workers: int | None) -> Bench:
    """A bench whose networks are those of a comparison; when quick, with few of its digits. Pairs that the comparison
    has simulated are not simulated again. Raises ValueError where digits are too few."""
    prepared = comparison.prepared
    check_digits(len(prepared.digits))
    count = min(QUICK_DIGITS, len(prepared.digits)) if quick else None
    bench = Bench(prepared.with_digits(count), load_digits("train", prepared.options.data), quick, workers)
    if count is None:
        for pair in comparison.pairs:
            if not pair.twin.retuned:
                bench.known[pair.twin.model.activation, pair.twin.input] = pair
    return bench


def run_study(
    comparison: Comparison,
    scores: Sequence[Score],
    asked: Sequence[Experiment[Any]],
    out: Path,
    *,
    command: str,
    quick: bool,
    workers: int | None = None,
    live: bool = False,
    progress: Callable[[str, int, int, str], None] = lambda stage, done, total, note: None,
    on_failure: Callable[[str], None] = lambda name: None,
) -> Path:
    """Performs the experiments on a comparison's networks, and leaves results.json, figures and report.html in a folder
    that exists; where the report is. With `live`, live.html is there too, and the report links it. `on_failure` is told
    the names of experiments that failed and are left out."""
    bench = bench_of(comparison, quick=quick, workers=workers)
    outcomes = list(perform(asked, bench, progress=progress, on_failure=on_failure))
    manifest = comparison.prepared.manifest() | {"quick": quick}
    write_json(
        out / "results.json",
        {"schema": SCHEMA, "manifest": manifest, "experiments": [outcome.as_json() for outcome in outcomes]},
    )
    figures = out / "figures"
    prepare_folder(figures)
    drawn = list(draw_all(outcomes, figures, progress=progress, on_failure=on_failure))
    scored = list(zip(comparison.pairs, scores, strict=True))
    page = out / "live.html" if live else None
    if page is not None:
        options = comparison.prepared.options
        write_page(page, seed=options.seed, data=options.data, workers=workers, progress=progress)
    path = out / "report.html"
    write_report(Report(scored, drawn, figures, manifest, command, quick, page), path)
    return path
