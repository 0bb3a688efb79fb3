"""How coarse may a digit be? Accuracy of both networks as 28 × 28 pixels become 3 × 3."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from compare.experiments.bench import Bench
from compare.experiments.experiment import ONLY_DRAWN, Experiment, Verdict, drawn_by, judged
from compare.experiments.robustness import Curve, curves
from compare.experiments.wording import lines, number
from compare.style import NETWORK_NAMES
from data import DISTORTIONS, distort

NAME = "low-resolution"
ENOUGH = 0.9
COARSE = 14  # pixels a side: a quarter of the pixels, which costs a person no effort


@dataclass(frozen=True, eq=False)
class Result:
    """A curve for each network, over pixels a side; and one digit (resolutions, 784)."""

    digits: int
    pixels: tuple[int, ...]
    curves: tuple[Curve, ...]
    example: np.ndarray = field(metadata=ONLY_DRAWN)


def run(bench: Bench) -> Result:
    """Shows the networks the same digits at every resolution."""
    digits = bench.some_digits(5_000, 250)
    severities = DISTORTIONS[NAME].severities
    found = curves(bench, [NAME], digits=digits)
    one = digits[:1]
    example = np.vstack([distort(one.images, NAME, at, index=one.index) for at in severities])
    return Result(len(digits), tuple(round(28 / max(at, 1)) for at in severities), tuple(found), example)


def coarsest(result: Result, curve: Curve, network: str) -> int:
    """The fewest pixels a side at which, and at all finer ones, a network keeps nine tenths of its accuracy."""
    clean = getattr(curve.points[0], network)
    kept = [getattr(point, network) >= ENOUGH * clean for point in curve.points]
    return result.pixels[kept.index(False) - 1 if False in kept else -1]


def bounds(result: Result, curve: Curve, network: str) -> tuple[int, int]:
    """The same, if the accuracies were those at the upper ends of their intervals, or at the lower."""
    clean = getattr(curve.points[0], network)
    found = []
    for end in (1, 0):
        kept = [getattr(point, f"{network}_interval")[end] >= ENOUGH * clean for point in curve.points[1:]]
        found.append(result.pixels[kept.index(False) if False in kept else -1])
    return found[0], found[1]


def verdict(result: Result) -> Verdict:
    """Without effort: a quarter of the pixels leaves nine tenths of the accuracy, as intervals tell."""
    both = ("ann", "bio")
    ends = [bounds(result, curve, who) for curve in result.curves for who in both]
    word = judged("claim", yes=[most <= COARSE for _, most in ends], no=[least > COARSE for least, _ in ends])
    ann, bio = (max(coarsest(result, curve, who) for curve in result.curves) for who in both)
    claim = {
        "holds": "A quarter of the pixels is enough",
        "in part": "A quarter of the pixels is enough for some, or may be",
        "does not hold": "A quarter of the pixels is not enough",
    }[word]
    down = f"{ann} × {ann} pixels" + ("" if ann == bio else f", their twins to {bio} × {bio}")
    cells = (
        lines((c.activation, number(coarsest(result, c, w), bounds(result, c, w), decimals=0)) for c in result.curves)
        for w in both
    )
    return Verdict(
        "fewest pixels a side that leave nine tenths of the accuracy",
        next(cells),
        next(cells),
        word,
        f"{claim}: {'networks and twins' if ann == bio else 'networks'} keep nine tenths of their accuracy down to "
        f"{down}.",
    )


def finding(result: Result) -> str:
    """How coarse a digit each network still reads, and what is left at the coarsest."""
    by_network = [
        f"{NETWORK_NAMES[curve.activation]} keeps nine tenths of its accuracy down to "
        f"{coarsest(result, curve, 'ann')} × {coarsest(result, curve, 'ann')} pixels, its spiking twin to "
        f"{coarsest(result, curve, 'bio')} × {coarsest(result, curve, 'bio')} (at {result.pixels[-1]} × "
        f"{result.pixels[-1]}: {curve.points[-1].ann:.0%} and {curve.points[-1].bio:.0%})"
        for curve in result.curves
    ]
    return "; ".join(by_network) + "."


EXPERIMENT = Experiment(
    name="resolution",
    title="Low resolution",
    claim="Coarse digits are read without effort",
    question="How coarse may a digit be before the networks no longer read it?",
    at=(6,),
    part="claim",
    run=run,
    verdict=verdict,
    finding=finding,
    draw=drawn_by("resolution"),
)
