"""What every experiment is: a question that the lesson raises, a measurement, and a sentence written from its numbers.

Each file of this folder that ends in an `EXPERIMENT` is one; the form is always the same:

    run(bench)        measures, on the bench's networks and digits, and returns a frozen dataclass of numbers
    finding(result)   one or two sentences that follow from the numbers, so that other data gives other sentences
    draw(result)      its figures, each with a text for those who cannot see it
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np

from compare.experiments.bench import Bench
from compare.score import rounded_floats

if TYPE_CHECKING:
    from matplotlib.figure import Figure

R = TypeVar("R")
#: what to give a field of a result that figures need and results.json does not: `field(metadata=ONLY_DRAWN)`
ONLY_DRAWN = {"only drawn": True}
VIDEO = "https://youtu.be/aircAruvnKk"


@dataclass(frozen=True, eq=False)
class Drawing:
    """A figure, the name of its files without their ending, and what it shows in words, with its numbers."""

    stem: str
    figure: Figure
    alt: str


@dataclass(frozen=True)
class Experiment(Generic[R]):
    """One question.

    name      short, lower case, as given to `analogy experiment`
    title     a few words, as a heading
    question  what is asked, in a sentence
    at        where the lesson raises it, seconds; none for what the lesson leaves out
    part      "claim" for what the lesson says, "break" for where the analogy ends
    run       measures
    finding   says what came out
    draw      draws it
    """

    name: str
    title: str
    question: str
    at: tuple[int, ...]
    part: str
    run: Callable[[Bench], R]
    finding: Callable[[R], str]
    draw: Callable[[R], Sequence[Drawing]]

    @property
    def links(self) -> list[tuple[str, str]]:
        """The places in the video: "4:33" and its address."""
        return [(f"{at // 60}:{at % 60:02}", f"{VIDEO}?t={at}") for at in self.at]


@dataclass(frozen=True, eq=False)
class Outcome(Generic[R]):
    """What an experiment came to."""

    experiment: Experiment[R]
    result: R

    @property
    def finding(self) -> str:
        """In a sentence or two."""
        return self.experiment.finding(self.result)

    def numbers(self) -> dict[str, Any]:
        """The result's fields, by name, but for those only drawn."""
        numbers: dict[str, Any] = plain(self.result)
        return numbers

    def as_json(self) -> dict[str, Any]:
        """Plain lists, numbers and text, floats to six significant digits."""
        experiment = self.experiment
        return {
            "name": experiment.name,
            "title": experiment.title,
            "question": experiment.question,
            "at": [link for _, link in experiment.links],
            "part": experiment.part,
            "finding": self.finding,
            "numbers": rounded_floats(self.numbers()),
        }


def plain(value: Any) -> Any:
    """The same nest of dictionaries and lists, with dataclasses as dictionaries (but for what is only drawn), numpy's
    arrays and numbers as Python's, and None where a number is not one."""
    if is_dataclass(value) and not isinstance(value, type):
        kept = [field.name for field in fields(value) if not field.metadata.get("only drawn")]
        return {name: plain(getattr(value, name)) for name in kept}
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist())
    return None if isinstance(value, float) and not np.isfinite(value) else value
