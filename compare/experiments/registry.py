"""All experiments, in the order of the report: the claims as the video makes them, then where the analogy ends."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from compare.experiments.experiment import Drawing, Experiment, Outcome

log = logging.getLogger(__name__)

#: the files of this folder that hold one
MODULES = (
    "sloppiness",
    "resolution",
    "eye",
    "sameness",
    "by_hand",
    "learning",
    "looks_for",
    "drawn",
    "cascade",
    "squash",
    "on_off",
    "race",
    "rheobase",
    "negative",
    "decision_time",
    "energy",
    "variability",
    "lesion",
    "dale",
)


def experiments() -> dict[str, Experiment[Any]]:
    """By name."""
    found = (import_module(f"compare.experiments.{module}").EXPERIMENT for module in MODULES)
    return {experiment.name: experiment for experiment in found}


def chosen(names: Sequence[str]) -> list[Experiment[Any]]:
    """Those of these names, in the order of the report. Raises ValueError for a name that there is not."""
    known = experiments()
    for name in names:
        if name not in known:
            raise ValueError(f'there is no experiment "{name}": choose from {", ".join(known)}')
    return [experiment for name, experiment in known.items() if name in names]


def perform(
    asked: Sequence[Experiment[Any]], bench: Any, *, progress: Callable[[str, int, int, str], None]
) -> Iterator[Outcome[Any]]:
    """What each comes to, one after the other. One that cannot be done with these digits (too few of them, say) is left
    out, with a warning, where others were asked for too; else its ValueError is raised."""
    for number, experiment in enumerate(asked):
        progress("experiments", number, len(asked), experiment.name)
        try:
            result = experiment.run(bench)
        except ValueError as error:
            if len(asked) == 1:
                raise
            log.warning("%s is left out: %s", experiment.name, error)
            continue
        yield Outcome(experiment, result)
    progress("experiments", len(asked), len(asked), "")


def draw(outcome: Outcome[Any], folder: Path) -> list[Drawing]:
    """Draws an outcome's figures into a folder that exists, as PNG and SVG; what was drawn."""
    from compare.style import save, styled

    with styled():
        drawings = list(outcome.experiment.draw(outcome.result))
        for drawing in drawings:
            save(drawing.figure, folder / drawing.stem)
    return drawings
