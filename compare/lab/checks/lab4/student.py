"""The student's numbers in lab 4, their network, and the cell that its units become."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

import numpy as np

from ann import MLP
from bio import LIF
from compare.fits import PERCENTILE
from compare.lab.checks.lab2.student import SEEDS, SIZES, network
from compare.lab.course import Lab
from compare.lab.parameters import Parameters
from compare.mapping import weighted_sums
from data import Digits, load_digits

Array = np.ndarray
LEVELS = np.linspace(0.05, 1, 20)  # parts of r_max that the slope alignment looks at


@dataclass(frozen=True, eq=False, repr=False)
class Lab4(Parameters):
    """A student's numbers in lab 4."""

    tau: int = field(metadata={"meaning": "time constant of your cells, ms"})
    t_ref: int = field(metadata={"meaning": "their refractory time, ms"})
    r_max: int = field(metadata={"meaning": "the rate that shall stand for a fully active unit, Hz"})
    seed: int = field(metadata={"meaning": "of your network's training"})
    unit: int = field(metadata={"meaning": "a unit of the first hidden layer, counted from 0"})
    digit: int = field(metadata={"meaning": "place of one digit among the test digits"})

    @property
    def cell(self) -> LIF:
        """The cell as `bio` has it."""
        return LIF(tau_m=self.tau / 1e3, t_ref=self.t_ref / 1e3)

    def drive_for(self, rate: Array) -> Array:
        """The drives at which the cell fires at these rates (Hz)."""
        return self.cell.drive_for(np.asarray(rate, float))

    @property
    def gain(self) -> float:
        """c₁ of the threshold alignment: the drive for r_max, beyond the rheobase."""
        return float(self.drive_for(np.array(self.r_max))) - 1

    @property
    def model(self) -> MLP:
        """The student's network of ReLUs."""
        return network(self.seed, "relu")


def draw(rng: np.random.Generator) -> Lab4:
    """A cell that reaches r_max well below its ceiling."""
    t_ref, r_max = int(rng.integers(1, 3)), int(rng.choice([160, 180, 220, 240]))
    tau, seed = int(rng.integers(16, 25)), int(rng.integers(SEEDS))
    return Lab4(tau, t_ref, r_max, seed, int(rng.integers(1, SIZES[1] - 1)), int(rng.integers(1_000)))


LAB = Lab(4, "One onto the other: rates as activations", (60, 90), draw)


@cache
def training_digits() -> Digits:
    """Those that the mapping is fitted on."""
    return load_digits("train").spread(2_000)


@cache
def full_speed(model: MLP) -> tuple[float, ...]:
    """λ of the pixels, which is 1, and of each layer: the 99.9th percentile of its activations on training digits."""
    sums = weighted_sums(model, training_digits().images)
    return (1.0, *(float(np.percentile(np.maximum(z, 0), PERCENTILE)) for z in sums))
