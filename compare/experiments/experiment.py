"""What every experiment is: a question that the lesson raises, a measurement, and a sentence written from its numbers.

Each file of this folder that ends in an `EXPERIMENT` is one; the form is always the same:

    run(bench)        measures, on the bench's networks and digits, and returns a frozen dataclass of numbers
    verdict(result)   its line of the scorecard: a number for each network, and a word that a stated rule gives
    finding(result)   one or two sentences that follow from the numbers, so that other data gives other sentences
    draw(result)      its figures, each with a text for those who cannot see it

Where these are too much for one file, what draws is in `figures`, in a file of the same name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, fields, is_dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

import numpy as np

from compare.experiments.bench import Bench
from compare.score import rounded_floats

if TYPE_CHECKING:
    from matplotlib.figure import Figure

R = TypeVar("R")
#: what to give a field of a result that figures need and results.json does not: `field(metadata=ONLY_DRAWN)`
ONLY_DRAWN = {"only drawn": True}
VIDEO = "https://youtu.be/aircAruvnKk"
#: what a verdict can be, by the experiment's part: of a claim whether it holds, of the analogy whether it breaks there
WORDS = {"claim": ("holds", "in part", "does not hold"), "break": ("breaks", "in part", "no break seen")}


@dataclass(frozen=True, eq=False)
class Drawing:
    """A figure, the name of its files without their ending, and what it shows in words, with its numbers."""

    stem: str
    figure: Figure
    alt: str


class OfNetwork(Protocol):
    """A part of a result that belongs to one network."""

    @property
    def activation(self) -> str:
        """The network's."""


P = TypeVar("P", bound=OfNetwork)


def by_activation(parts: Iterable[P]) -> dict[str, list[P]]:
    """What belongs to each network, by its activation, in order."""
    found: dict[str, list[P]] = {}
    for part in parts:
        found.setdefault(part.activation, []).append(part)
    return found


@dataclass(frozen=True)
class Table:
    """More than two learners side by side: a heading for each column, and rows of a label and a text for each."""

    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[str]]]


@dataclass(frozen=True)
class Verdict:
    """One line of the scorecard.

    measure   what the numbers are, in a few words, with the unit
    ann, bio  each network's, with its 95 % interval; lines set apart by "; ", and "–" where there is no number
    holds     one of `WORDS`: whether the claim holds, or whether the analogy breaks
    sentence  the same in a plain sentence, for someone who has read nothing else
    """

    measure: str
    ann: str
    bio: str
    holds: str
    sentence: str

    def __post_init__(self) -> None:
        known = sorted({word for words in WORDS.values() for word in words})
        if self.holds not in known:
            raise ValueError(f'a verdict can be {", ".join(known)}, not "{self.holds}"')


def judged(part: str, yes: Sequence[bool], no: Sequence[bool] | None = None) -> str:
    """The word for some judgements: the first of the part's where all say yes, the last where all say no (left out:
    where none says yes), else "in part"."""
    first, between, last = WORDS[part]
    against = [not said for said in yes] if no is None else no
    if yes and all(yes):
        return first
    return last if against and all(against) else between


def drawn_by(name: str) -> Callable[[R], Sequence[Drawing]]:
    """The `draw` of the file in `figures` that has this name, imported when it is called: it imports the experiment."""

    def draw(result: R) -> Sequence[Drawing]:
        drawings: Sequence[Drawing] = import_module(f"compare.experiments.figures.{name}").draw(result)
        return drawings

    return draw


@dataclass(frozen=True)
class Experiment(Generic[R]):
    """One question.

    name      short, lower case, as given to `analogy experiment`
    title     a few words, as a heading
    claim     what the lesson says, or of a break what the analogy would promise, in our words
    question  what is asked, in a sentence
    at        where the lesson raises it, seconds; none for what the lesson leaves out
    part      "claim" for what the lesson says, "break" for where the analogy ends
    run       measures
    verdict   judges it
    finding   says what came out
    draw      draws it
    table     what it has to say beyond two columns; None: nothing
    """

    name: str
    title: str
    claim: str
    question: str
    at: tuple[int, ...]
    part: str
    run: Callable[[Bench], R]
    verdict: Callable[[R], Verdict]
    finding: Callable[[R], str]
    draw: Callable[[R], Sequence[Drawing]]
    table: Callable[[R], Table] | None = None

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
    def verdict(self) -> Verdict:
        """Its line of the scorecard. Raises ValueError for a word of the other part."""
        found, words = self.experiment.verdict(self.result), WORDS[self.experiment.part]
        if found.holds not in words:
            raise ValueError(f'{self.experiment.name}: the verdict can be {", ".join(words)}, not "{found.holds}"')
        return found

    @property
    def finding(self) -> str:
        """In a sentence or two."""
        return self.experiment.finding(self.result)

    @property
    def table(self) -> Table | None:
        """Its table, where it has one."""
        return self.experiment.table and self.experiment.table(self.result)

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
            "claim": experiment.claim,
            "verdict": asdict(self.verdict),
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
