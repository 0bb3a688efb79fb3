"""The numbers that each student draws in lab 6."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from compare.lab import twins
from compare.lab.course import Lab
from compare.lab.parameters import Parameters

Array = np.ndarray


COUNT = 300  # digits that are watched millisecond by millisecond


@dataclass(frozen=True, eq=False, repr=False)
class Lab6(Parameters):
    """A student's numbers in lab 6."""

    network: int = field(metadata={"meaning": "which network, and which spiking twin, are yours"})
    seed: int = field(metadata={"meaning": "of the random spikes that show the digits"})
    lead: int = field(metadata={"meaning": "spikes that the leader of a race must be ahead"})
    unit: int = field(metadata={"meaning": "a hidden unit, counted from 0"})
    a_plus: float = field(metadata={"meaning": "A₊: the largest strengthening by a pair of spikes"})
    a_minus: float = field(metadata={"meaning": "A₋: the largest weakening"})
    tau_plus: float = field(metadata={"meaning": "τ₊: how far apart spikes may strengthen, ms"})
    tau_minus: float = field(metadata={"meaning": "τ₋: how far apart they may weaken, ms"})


def draw(rng: np.random.Generator) -> Lab6:
    """Constants of plasticity that differ from each other, and an area that is not near 0."""
    while True:
        a_plus, a_minus = (int(value) / 1e3 for value in rng.integers(6, 16, 2))
        tau_plus, tau_minus = float(rng.integers(12, 23)), float(rng.integers(18, 41))
        areas = a_plus * tau_plus, a_minus * tau_minus
        if a_plus != a_minus and tau_minus - tau_plus > 2 and abs(areas[0] - areas[1]) > 0.04:
            break
    return Lab6(
        network=int(rng.integers(twins.SEEDS)),
        seed=int(rng.integers(1_000)),
        lead=int(rng.integers(2, 5)),
        unit=int(rng.integers(twins.SIZES[1])),
        a_plus=a_plus,
        a_minus=a_minus,
        tau_plus=tau_plus,
        tau_minus=tau_minus,
    )


LAB = Lab(6, "Where the analogy breaks: time, energy, Dale, learning", (75, 90), draw)
