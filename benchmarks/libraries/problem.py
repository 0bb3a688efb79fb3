"""What every library is given: one trained ReLU network, the digits, and its weights in the form that its cells take.

    J = b + Σ w · rate                                          drive, in thresholds (`compare.mapping`)
    full    τ_m dv/dt = J - v, currents decay with τ_syn, refractory          the network as `bio` has it
    leaky   v ← d v + Σ w' s + b'      d = e^(-dt/τ_m), w' = (1-d) w/dt, b' = (1-d) b       s: 0 or 1, a spike
    IF      the same with d = 1: λ of the activations is r_max (Rueckauer et al., Front. Neurosci. 2017, 11:682)

Whichever it takes, each layer fires at r_max for the 99.9th percentile of its activations on training digits, and a
white pixel stands for r_max, so that all of them have the same number of spikes to work on.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ann import MLP
from bio import LIF, SpikingNetwork
from compare.fits import PERCENTILE
from compare.mapping import calibrate, weighted_sums
from data import Digits

INPUTS = ("current", "bernoulli")


@dataclass(frozen=True, eq=False)
class Steps:
    """A network of cells that add up what they get in each step: v ← decay · v + Σ weights · spikes + biases.

    weights  one array (inputs, cells) a layer, thresholds a spike, float32
    biases   one array (cells,) a layer, thresholds a step, float32
    decay    of the voltage in a step
    """

    weights: tuple[np.ndarray, ...]
    biases: tuple[np.ndarray, ...]
    decay: float


@dataclass(frozen=True, eq=False)
class Problem:
    """The job.

    model        the trained network, of ReLU units
    calibration  training images (n, 784), on which weights are scaled
    input        "current", each pixel a steady current, or "bernoulli", random spikes with the same mean
    steps, dt    how long each digit is shown: so many steps of dt (s)
    r_max        the rate that a white pixel and a layer's λ stand for, Hz
    threads      that each library may use
    seed         of random spikes
    """

    model: MLP
    calibration: np.ndarray
    input: str
    steps: int = 100
    dt: float = 1e-3
    r_max: float = 200.0
    threads: int = 2
    seed: int = 0

    def network(self, cell: LIF) -> SpikingNetwork:
        """The network as `bio` has it, of these cells."""
        mapping = calibrate(
            self.model,
            self.calibration,
            cell=cell,
            r_max=self.r_max,
            duration=self.steps * self.dt,
            dt=self.dt,
        )
        return mapping.network(self.model)

    def leaky(self) -> Steps:
        """For leaky cells without refractory time whose spikes arrive at once."""
        cell = LIF(t_ref=0.0)
        decay = float(np.exp(-self.dt / cell.tau_m))
        network = self.network(cell)
        weights = tuple(((1 - decay) / self.dt * w).astype(np.float32) for w in network.weights)
        return Steps(weights, tuple(((1 - decay) * b).astype(np.float32) for b in network.biases), decay)

    def integrate_and_fire(self) -> Steps:
        """For cells that forget nothing."""
        most = self.r_max * self.dt  # spikes a step
        weights, biases, below = [], [], 1 / most
        for sums, w, b in zip(
            weighted_sums(self.model, self.calibration), self.model.weights, self.model.biases, strict=True
        ):
            unit = np.percentile(np.maximum(sums, 0), PERCENTILE) / most
            weights.append((w * below / unit).astype(np.float32))
            biases.append((b / unit).astype(np.float32))
            below = unit
        return Steps(tuple(weights), tuple(biases), 1.0)

    def chances(self, images: np.ndarray) -> np.ndarray:
        """(n, 784), float32: the spikes that each pixel sends in a step, on average; its chance to send one."""
        return images * np.float32(self.r_max * self.dt)


@dataclass(frozen=True, eq=False)
class Answers:
    """What came of n digits.

    classes  (n,): which output cell won
    spikes   (n,): of all cells
    inputs   (n,): spikes of the pixels
    """

    classes: np.ndarray
    spikes: np.ndarray
    inputs: np.ndarray

    @staticmethod
    def join(parts: list[Answers]) -> Answers:
        """Those of several batches, one after the other."""
        return Answers(
            np.concatenate([part.classes for part in parts]),
            np.concatenate([part.spikes for part in parts]),
            np.concatenate([part.inputs for part in parts]),
        )


class Peer(ABC):
    """A library doing the job. Made from a problem, untimed: it imports, translates, compiles; `answers` is timed.

    package  the distribution whose version is given
    cells    what its cells are, for the table
    batches  how many digits it may be shown at once, in rising order, of which the best is found by trying
    """

    package: ClassVar[str]
    cells: ClassVar[str]
    batches: ClassVar[tuple[int, ...]]

    @abstractmethod
    def __init__(self, problem: Problem) -> None: ...

    @abstractmethod
    def batch(self, digits: Digits) -> Answers:
        """The answers to so many digits as are shown at once."""

    def answers(self, digits: Digits, batch: int) -> Answers:
        """The answers to all digits, shown `batch` at a time."""
        return Answers.join([self.batch(digits[start : start + batch]) for start in range(0, len(digits), batch)])

    def close(self) -> None:  # noqa: B027  # most have nothing to end
        """Ends what it started."""
