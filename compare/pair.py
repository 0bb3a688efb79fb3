"""A Pair: one standard network and its spiking twin, and what both made of the same digits."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ann import MLP
from bio import LIF, Response
from compare.mapping import Mapping, curve, weighted_sums
from data import Digits


@dataclass(frozen=True, eq=False)
class Pair:
    """Both networks and their answers; all that scores, figures and reports look at.

    model      the standard network
    mapping    how it was translated
    cell       what the twin's cells are; the mapping's own unless something was changed without recalibrating
    align      the alignment of the mapping
    input      how the digits reached the twin, a name in `bio.INPUTS`
    digits     what both were shown
    response   what the twin did, one row a digit
    duration   how long each digit was shown, s
    dt         step of the simulation, s
    seed       of the twin's randomness
    engine     what ran the simulation
    """

    model: MLP
    mapping: Mapping
    cell: LIF
    align: str
    input: str
    digits: Digits
    response: Response
    duration: float
    dt: float
    seed: int
    engine: str = "numpy"
    sums: list[np.ndarray] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "sums", weighted_sums(self.model, self.digits.images))

    @property
    def names(self) -> list[str]:
        """What to call the layers, hidden ones first."""
        return [f"hidden {i}" for i in range(1, len(self.sums))] + ["output"]

    @property
    def ann_answers(self) -> np.ndarray:
        """(n,): the class of the brightest output."""
        return self.sums[-1].argmax(axis=1)

    @property
    def bio_answers(self) -> np.ndarray:
        """(n,): the class whose cell fired most, at the end."""
        return self.response.verdicts[:, -1].astype(np.int64)

    def activations(self, layer: int) -> np.ndarray:
        """(n, units): what the units of a layer made of their weighted sums; of outputs too, before any softmax."""
        return curve(self.model.activation)(self.sums[layer])

    def decoded(self, layer: int) -> np.ndarray:
        """(n, cells): the activations that the cells' spike counts stand for."""
        return self.mapping.activations(layer, self.response.counts[layer], self.duration)

    def rates(self, layer: int) -> np.ndarray:
        """(n, cells): spikes per second, as counted, Hz."""
        return self.response.counts[layer] / self.duration

    def unit_on(self, layer: int) -> np.ndarray:
        """(n, units): whether each unit is on: a ReLU above 0, a sigmoid above ½, an output whose logit is above 0."""
        return self.sums[layer] > 0

    def cell_on(self, layer: int) -> np.ndarray:
        """(n, cells): whether each cell fires faster than what that threshold maps to."""
        return self.mapping.on(layer, self.response.counts[layer], self.duration)
