"""Can a rule without learning read digits? Darkness, the nearest mean image, and a rule written by hand.

The lesson says how hard a program is to write by hand (0:59). Three programs, from least to most effort: the class
whose mean darkness is closest to the image's; the class whose mean image is closest in pixels (both know the training
digits only by their means); and a decision by holes, ink per region and strokes that was written by looking at training
digits, and learned nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from compare.experiments.bench import Bench
from compare.experiments.experiment import Experiment, Verdict, drawn_by, judged
from compare.experiments.handmade import read_by_hand
from compare.experiments.wording import BETWEEN, NONE, number, percent
from compare.score import mcnemar, wilson
from compare.style import NETWORK_NAMES
from data import Digits

SURE = 0.05  # p below which two readers of the same digits surely differ
HARD = 2  # times as many errors as the worst network: what makes a rule no match for learning


@dataclass(frozen=True)
class Reader:
    """One way to read digits: its accuracy on test digits, with its 95 % interval, and what kind it is."""

    name: str
    kind: str
    accuracy: float
    interval: tuple[float, float]


@dataclass(frozen=True)
class Result:
    """All readers on the same digits.

    p  McNemar's, that the best rule and the worst network are equally often right
    """

    digits: int
    readers: tuple[Reader, ...]
    p: float


def run(bench: Bench) -> Result:
    """Reads the bench's digits by each rule and by each network."""
    digits, truth = bench.digits, bench.digits.labels
    right = {
        ("mean darkness", "rule"): by_darkness(bench.training, digits.images) == truth,
        ("nearest mean image", "rule"): by_nearest_mean(bench.training, digits.images) == truth,
        ("a rule by hand", "rule"): read_by_hand(digits.images) == truth,
    }
    for activation in bench.activations:
        pair, name = bench.pair(activation), NETWORK_NAMES[activation]
        right[f"{name} network", "ann"] = pair.ann_answers == truth
        right[f"{name}, spiking", "bio"] = pair.bio_answers == truth
    readers = tuple(Reader(*who, float(those.mean()), wilson(those)) for who, those in right.items())
    best, worst = extremes(readers)
    return Result(len(digits), readers, mcnemar(right[best.name, best.kind], right[worst.name, worst.kind]))


def by_darkness(training: Digits, images: np.ndarray) -> np.ndarray:
    """(n,): the class whose images are, in the mean, as dark as each image."""
    dark, classes = training.images.mean(axis=1), np.unique(training.labels)
    means = np.array([dark[training.labels == digit].mean() for digit in classes])
    return np.asarray(classes[np.abs(images.mean(axis=1)[:, None] - means).argmin(axis=1)])


def by_nearest_mean(training: Digits, images: np.ndarray) -> np.ndarray:
    """(n,): the class whose mean image is closest to each image, by the sum of squared differences."""
    classes, means = mean_images(training)
    return np.asarray(classes[((means**2).sum(axis=1) - 2 * images @ means.T).argmin(axis=1)])


def mean_images(training: Digits) -> tuple[np.ndarray, np.ndarray]:
    """The classes that there are, and the mean image of each, (classes, 784)."""
    classes = np.unique(training.labels)
    return classes, np.array([training.images[training.labels == digit].mean(axis=0) for digit in classes])


def extremes(readers: Sequence[Reader]) -> tuple[Reader, Reader]:
    """The best rule and the worst network."""
    best = max((reader for reader in readers if reader.kind == "rule"), key=lambda r: r.accuracy)
    return best, min((reader for reader in readers if reader.kind != "rule"), key=lambda r: r.accuracy)


def errors(result: Result) -> float:
    """How many times as often the best rule errs as the worst network."""
    best, worst = extremes(result.readers)
    return (1 - best.accuracy) / max(1 - worst.accuracy, 1 / result.digits)


def surely_worse(result: Result) -> bool:
    """Whether the best rule surely reads less than the worst network, digit by digit."""
    best, worst = extremes(result.readers)
    return best.accuracy < worst.accuracy and result.p < SURE


def beside(result: Result) -> str:
    """How the best rule stands to the worst network where it is not surely worse."""
    best, worst = extremes(result.readers)
    surely = best.accuracy > worst.accuracy and result.p < SURE
    return f"{'surely better' if surely else 'not surely worse'} than {worst.name}"


def verdict(result: Result) -> Verdict:
    """Hard: the best rule reads surely less than the worst network, and errs at least twice as often; not, if it reads
    as much."""
    (best, worst), often, surely = extremes(result.readers), errors(result), surely_worse(result)
    word = judged("claim", yes=[surely and often >= HARD], no=[best.accuracy >= worst.accuracy])
    accuracies = {
        kind: BETWEEN.join(
            f"{r.name.split(',')[0].removesuffix(' network')} {percent(r.accuracy, r.interval, decimals=1)}"
            for r in result.readers
            if r.kind == kind
        )
        for kind in ("ann", "bio")
    }
    rule = f"the best program without learning ({best.name}) reads {percent(best.accuracy)}"
    times = f"errs {number(often, decimals=0 if often >= HARD else 1)} times as often as the worst network"
    return Verdict(
        f"accuracy; best rule without learning: {percent(best.accuracy, best.interval, decimals=1)}",
        accuracies["ann"] or NONE,
        accuracies["bio"] or NONE,
        word,
        {
            "holds": f"Hard indeed: {rule} and {times}.",
            "in part": f"Hard, perhaps: {rule} and {times}{'' if surely else ', if not surely more often'}.",
            "does not hold": f"Not so hard: {rule}, {beside(result)} ({percent(worst.accuracy)}).",
        }[word],
    )


def finding(result: Result) -> str:
    """How far the best rule gets, and how far the worst network."""
    rules, (_, worst) = [reader for reader in result.readers if reader.kind == "rule"], extremes(result.readers)
    rules_read = ", ".join(f"{rule.name} {rule.accuracy:.1%}" for rule in rules)
    if not surely_worse(result):
        return f"Without learning: {rules_read}. The best is {beside(result)} ({worst.accuracy:.1%})."
    often = number(errors(result), decimals=0 if errors(result) >= HARD else 1)
    return (
        f"Without learning: {rules_read}. The best of these rules errs {often} times as often as the worst of the "
        f"networks ({worst.name}, {worst.accuracy:.1%})."
    )


EXPERIMENT = Experiment(
    name="by-hand",
    title="Hard to program by hand",
    claim="Reading digits is hard to program by hand",
    question="How well can a program read digits that was written down, not learned?",
    at=(59,),
    part="claim",
    run=run,
    verdict=verdict,
    finding=finding,
    draw=drawn_by("by_hand"),
)
