"""The numbers that each student draws in lab 5, and what both networks make of the digits there."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from compare.lab import twins
from compare.lab.course import Lab
from compare.lab.parameters import Parameters
from data import DISTORTIONS

Array = np.ndarray


SLOPPY = ("shift", "rotate", "scale", "zigzag")  # what a hand does, each to where the networks fail
SPOILT = ("gaussian-noise", "impulse-noise", "low-resolution", "occlusion")  # and what paper and camera do
COUNT = 400  # digits at each severity


@dataclass(frozen=True, eq=False, repr=False)
class Lab5(Parameters):
    """A student's numbers in lab 5."""

    network: int = field(metadata={"meaning": "which network, and which spiking twin, are yours"})
    sloppy: str = field(metadata={"meaning": "a distortion as hands make it"})
    spoilt: str = field(metadata={"meaning": "a distortion as paper and cameras make it"})
    seed: int = field(metadata={"meaning": "of the distortions' directions and noise"})
    digit: int = field(metadata={"meaning": "place of one digit among the test digits"})
    block: int = field(metadata={"meaning": "side, in pixels, of the squares of a coarse digit"})
    right: int = field(metadata={"meaning": "digits read right, for a calculation on paper"})
    shown: int = field(metadata={"meaning": "out of so many"})


def draw(rng: np.random.Generator) -> Lab5:
    """One distortion of each kind; a score on paper that is neither 0 nor 1."""
    shown = int(rng.integers(20, 60))
    return Lab5(
        network=int(rng.integers(twins.SEEDS)),
        sloppy=str(rng.choice(SLOPPY)),
        spoilt=str(rng.choice(SPOILT)),
        seed=int(rng.integers(1_000)),
        digit=int(rng.integers(COUNT)),
        block=int(rng.choice([4, 7])),
        right=int(rng.integers(round(0.7 * shown), shown - 1)),
        shown=shown,
    )


LAB = Lab(5, "The two networks on distorted digits", (60, 90), draw)


def severities_of(name: str) -> tuple[float, ...]:
    """Those that a distortion is shown at, from 0."""
    return DISTORTIONS[name].severities


def answers(me: Lab5, name: str) -> tuple[Array, Array]:
    """What the student's network and its twin take the digits for under a distortion: (severities, digits) each."""
    return twins.both_on_distorted(me.network, COUNT, name, severities_of(name), me.seed)


def tables(me: Lab5) -> tuple[Array, Array]:
    """Made-up records of two readers, who was right at which severity (4, 30): the second better on clean digits."""
    rng = np.random.default_rng(me.seed)
    chances = np.array([[0.7, 0.95], [0.6, 0.8], [0.3, 0.6], [0.15, 0.4]])
    while True:
        first, second = (rng.random((4, 30)) < chances[:, who, None] for who in (0, 1))
        lead = second.mean(axis=1) - first.mean(axis=1)
        right = (lead - lead[0])[1:].mean()
        kept = (second[1:].mean(axis=1) / second[0].mean() - first[1:].mean(axis=1) / first[0].mean()).mean()
        mistaken = [-right, 0.75 * right, 3 * right, lead[1:].mean(), lead.mean(), lead[3] - lead[0], kept]
        apart = np.diff(np.sort([right, *mistaken])).min() > 0.003
        if abs(lead[0]) > 0.1 and abs(right) > 0.05 and abs(lead[3] - lead[1:].mean()) > 0.02 and apart:
            return first, second
