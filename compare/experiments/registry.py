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
    "third_learner",
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
    asked: Sequence[Experiment[Any]],
    bench: Any,
    *,
    progress: Callable[[str, int, int, str], None],
    on_failure: Callable[[str], None] = lambda name: None,
) -> Iterator[Outcome[Any]]:
    """What each comes to, one after the other. Where others were asked for too, one that raises an error is left out
    with a warning, so that what they came to is not lost: a ValueError says that it cannot be done with these digits
    (too few of them, say), of any other `on_failure` is told the experiment's name. Alone, its error is raised."""
    for number, experiment in enumerate(asked):
        progress("experiments", number, len(asked), experiment.name)
        try:
            outcome = Outcome(experiment, experiment.run(bench))
            outcome.as_json()  # writes its sentences
        except Exception as error:
            if len(asked) == 1:
                raise
            if isinstance(error, ValueError):
                log.warning("%s is left out: %s", experiment.name, error)
            else:
                log.warning("%s is left out: it failed with %s: %s", experiment.name, type(error).__name__, error)
                on_failure(experiment.name)
            continue
        yield outcome
    progress("experiments", len(asked), len(asked), "")


def draw_all(
    outcomes: Sequence[Outcome[Any]],
    folder: Path,
    *,
    progress: Callable[[str, int, int, str], None],
    on_failure: Callable[[str], None] = lambda name: None,
) -> Iterator[tuple[Outcome[Any], list[Drawing]]]:
    """Each outcome with its figures, drawn into a folder that exists; with none, and a warning, where that failed: then
    `on_failure` is told its name."""
    for number, outcome in enumerate(outcomes):
        name = outcome.experiment.name
        progress("draw", number, len(outcomes), name)
        try:
            drawings = draw(outcome, folder)
        except Exception as error:
            log.warning("the figures of %s are left out: %s: %s", name, type(error).__name__, error)
            on_failure(name)
            drawings = []
        yield outcome, drawings
    progress("draw", len(outcomes), len(outcomes), "")


def draw(outcome: Outcome[Any], folder: Path) -> list[Drawing]:
    """Draws an outcome's figures into a folder that exists, as PNG and SVG; what was drawn."""
    from compare.style import save, styled

    with styled():
        drawings = list(outcome.experiment.draw(outcome.result))
        for drawing in drawings:
            save(drawing.figure, folder / drawing.stem)
    return drawings
