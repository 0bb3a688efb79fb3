"""What the cells are shown, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from bio.stdp.model import Cells, Rule
from bio.stimulus import Stimulus


@dataclass(frozen=True, eq=False)
class Task:
    """Digits in the order in which they are shown. Raises ValueError where the arrays do not fit together.

    weights  float32 (inputs, cells), in units of the leak's conductance
    theta    float32 (cells,), of the thresholds, V
    images   float32 (m, inputs), brightness in [0, 1]
    index    (m,), what each digit's random numbers are keyed by, together with `seed`
    rule     how the cells learn; None: not at all
    """

    weights: np.ndarray
    theta: np.ndarray
    images: np.ndarray
    index: np.ndarray
    seed: int
    cells: Cells
    rule: Rule | None = None

    def __post_init__(self) -> None:
        if self.weights.shape != (self.images.shape[1], len(self.theta)):
            raise ValueError(
                f"weights {self.weights.shape}, thresholds {self.theta.shape} and images {self.images.shape} do not fit"
                " together: one row of weights a pixel, one column a cell"
            )
        stimulus = Stimulus(self.images, self.index, "poisson", float(self.cells.rates()[-1]), self.seed)
        stimulus.check_step(self.cells.dt)
        object.__setattr__(self, "stimulus", stimulus)

    def __len__(self) -> int:
        return len(self.images)

    @property
    def steps(self) -> int:
        """Of one showing."""
        return round(self.cells.duration / self.cells.dt)

    def generator(self, digit: int) -> np.random.Generator:
        """The random numbers of one digit's input spikes, through all its showings."""
        stimulus: Stimulus = self.stimulus  # type: ignore[attr-defined]
        return stimulus.generator(digit, "input spikes")

    def numbers(self) -> dict[str, Any]:
        """What happens between the steps of the cells, in float32."""
        rule, dt = self.rule or Rule(), self.cells.dt
        showing = self.cells.duration + rule.rest
        numbers = {
            "inhibition": self.cells.inhibition,
            "eta": rule.eta,
            "target": rule.target,
            "w_max": rule.w_max,
            "w_total": rule.w_total,
            "decay_x": np.exp(-dt / rule.tau_x),
            "decay_theta": np.exp(-showing / rule.tau_theta),
            "in_a_step": self.cells.rates() * dt,
        }
        return {name: np.float32(number) for name, number in numbers.items()}


@dataclass(frozen=True, eq=False)
class Outcome:
    """What came of m digits.

    counts    int32 (m, cells): spikes at the last showing of each digit
    showings  int32 (m,): how often each digit was shown, brighter each time
    weights   float32 (inputs, cells), afterwards
    theta     float32 (cells,), afterwards, V
    """

    counts: np.ndarray
    showings: np.ndarray
    weights: np.ndarray
    theta: np.ndarray
