"""`analogy tension`: what the choice of alignment does to on/off agreement and to accuracy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from compare.commands.options import check_one, takes_options
from compare.commands.terminal import WORKERS, check_workers, progress_bars

if TYPE_CHECKING:
    from compare.options import Options


@takes_options(activation="relu,sigmoid,lif", sizes="784,16,16,10", inputs="current")
def tension(
    options: Options,
    out: Annotated[Path, typer.Option(help="The folder for numbers and figure.")] = Path("out/tension"),
    workers: Annotated[int | None, WORKERS] = None,
) -> None:
    """Move the drive c₀ that a weighted sum of 0 is given, and draw accuracy and on/off agreement over it."""
    from compare.comparison import prepared
    from compare.files import prepare_folder, write_json
    from compare.score import rounded_floats
    from compare.tension import SHIFTS
    from compare.tension import tension as tension_of

    check_workers(workers)
    if options.align != "threshold" or options.retune:
        raise ValueError("the sweep starts from plain twins aligned by threshold: leave --align and --retune out")
    check_one(options, ("inputs",), "the drive is moved under one")
    prepare_folder(out)
    with progress_bars() as report:
        ready = prepared(options, hidden=True, progress=report)
        twins = ready.twins
        seen, total = 0, len(twins) * len(SHIFTS) * len(ready.digits)

        def on_done(count: int) -> None:
            nonlocal seen
            seen += count
            report("simulate", seen, total, "")

        tensions = [
            tension_of(twin, ready.digits, ready.calibration.images, workers=workers, on_done=on_done) for twin in twins
        ]
    rows = [
        {
            "name": found.twin.name,
            "c0": (found.twin.mapping.layers[0].c0 + found.shifts).tolist(),
            "ann_accuracy": found.scores[0].ann_accuracy,
            "bio_accuracy": [score.bio_accuracy for score in found.scores],
            "mcc_by_layer": [[layer.mcc for layer in score.layers[:-1]] for score in found.scores],
        }
        for found in tensions
    ]
    write_json(out / "tension.json", {"schema": 1, "manifest": ready.manifest(), "sweeps": rounded_floats(rows)})
    from compare.style import save, styled
    from compare.tension_figure import finding, tension_figure

    with styled():
        save(tension_figure(tensions), out / "tension")
    print(finding(tensions))
    print(f"numbers and figure are in {out.resolve()}")
