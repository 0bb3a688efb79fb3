"""A Pair: one standard network and its spiking twin, and what both made of the same digits."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ann import ACTIVATIONS, MLP
from bio import LIF, Response, SpikingNetwork, Stimulus
from compare.mapping import Mapping, weighted_sums
from compare.parallel import Job
from data import Digits

RETUNED = "-retuned"  # what the name of a twin ends in whose weights were refitted


@dataclass(frozen=True, eq=False)
class Twin:
    """A standard network, its spiking counterpart, and how that is shown digits.

    model      the standard network
    mapping    how it was translated
    network    what came of it; of other cells than the mapping's if they were changed without recalibrating
    align      the alignment of the mapping
    input      how digits reach the network, a name in `bio.INPUTS`
    duration   how long each digit is shown, s
    dt         step of the simulation, s
    seed       of all randomness
    retuned    whether the weights were refitted to the cells (`compare.retune`)
    engine     what runs the simulation, a name in `bio.ENGINES`
    """

    model: MLP
    mapping: Mapping
    network: SpikingNetwork
    align: str
    input: str
    duration: float
    dt: float
    seed: int
    retuned: bool = False
    engine: str = "numpy"

    @property
    def name(self) -> str:
        """What to call the network that was translated, and how: "relu", "relu-retuned"."""
        return f"{self.model.activation}{RETUNED}" if self.retuned else self.model.activation

    @property
    def cell(self) -> LIF:
        """What the network's cells are."""
        return self.network.cell

    def stimulus(self, digits: Digits) -> Stimulus:
        """The digits as the network is shown them."""
        return Stimulus(
            digits.images,
            digits.index,
            self.input,
            r_max=self.mapping.r_max,
            seed=self.seed,
            eye=self.cell,
            tuned_to=self.mapping.cell,
        )

    def job(self, digits: Digits) -> Job:
        """The digits shown to the network, to be run."""
        return Job(self.network, self.stimulus(digits), self.duration, self.dt, self.engine)


def twin_names() -> list[str]:
    """All names that twins can have."""
    return [f"{activation}{ending}" for activation in ACTIVATIONS for ending in ("", RETUNED)]


@dataclass(frozen=True, eq=False)
class Pair:
    """Both networks' answers to the same digits; all that scores, figures and reports look at.

    twin      the two networks
    digits    what both were shown
    response  what the spiking one did, one row a digit
    sums      the standard network's weighted sums z, one array (n, units) a layer
    """

    twin: Twin
    digits: Digits
    response: Response
    sums: list[np.ndarray] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "sums", weighted_sums(self.twin.model, self.digits.images))

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
        return self.twin.mapping.curve(layer)(self.sums[layer])

    def decoded(self, layer: int) -> np.ndarray:
        """(n, cells): the activations that the cells' spike counts stand for."""
        return self.twin.mapping.activations(layer, self.response.counts[layer], self.twin.duration)

    def rates(self, layer: int) -> np.ndarray:
        """(n, cells): spikes per second, as counted, Hz."""
        return self.response.counts[layer] / self.twin.duration

    def unit_on(self, layer: int) -> np.ndarray:
        """(n, units): whether each unit is on: a ReLU above 0, a sigmoid above ½, an output whose logit is above 0."""
        return self.sums[layer] > 0

    def cell_on(self, layer: int) -> np.ndarray:
        """(n, cells): whether each cell fires faster than what that threshold maps to."""
        return self.twin.mapping.on(layer, self.response.counts[layer], self.twin.duration)
