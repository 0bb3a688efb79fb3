"""The tension between the two alignments: what a moving c₀ does to on/off agreement and to accuracy.

    J = c₀ + c₁ z/λ      c₀ given, c₁ such that λ still maps to r_max (a fitted one by least squares)

With c₀ = 1 a ReLU's zero lies on the rheobase, and cells fire where units are on; but just above it the cell's curve
is at its steepest, and rates are not in proportion to activations. With a lower c₀ they nearly are, but small
activations drown below the rheobase. A network trained on the cell's own curve has nothing to choose. A cell counts as
on where it fires faster than the threshold alignment has it at a weighted sum of 0, wherever c₀ is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from compare.fits import closest, curve_fit, fit_for
from compare.mapping import Mapping, layer_map, weighted_sums
from compare.pair import Pair, Twin
from compare.parallel import run_all
from compare.score import Score, score
from data import Digits

SHIFTS = np.linspace(-1.2, 0.6, 13)  # of c₀ from where the threshold alignment has it, in thresholds


@dataclass(frozen=True, eq=False)
class Tension:
    """One network at each c₀.

    twin    as translated by threshold, which the sweep passes through at shift 0
    shifts  (k,), of c₀ in the hidden layers, in thresholds
    scores  of the k twins
    """

    twin: Twin
    shifts: np.ndarray
    scores: list[Score]

    @property
    def lost(self) -> np.ndarray:
        """(k,): accuracy lost, as a fraction."""
        return np.array([score.ann_accuracy - score.bio_accuracy for score in self.scores])

    @property
    def mcc(self) -> np.ndarray:
        """(k,): on/off agreement, the mean of the hidden layers; nan where it is not defined."""
        return np.array(
            [np.mean([np.nan if s.mcc is None else s.mcc for s in score.layers[:-1]]) for score in self.scores]
        )


def tension(
    twin: Twin,
    digits: Digits,
    calibration: np.ndarray,
    *,
    shifts: np.ndarray = SHIFTS,
    workers: int | None = None,
    on_done: Callable[[int], None] = lambda digits: None,
) -> Tension:
    """The twin, translated by threshold, with its hidden layers' c₀ shifted; `calibration` images (n, 784) fit c₁.

    Shifts that would leave less than no drive between a sum of 0 and one of λ are left out.
    """
    if fit_for(twin.model.activation) is not curve_fit:  # whose c₁ is fitted anew
        shifts = shifts[shifts < min(layer.c1 for layer in twin.mapping.layers[:-1])]
    twins = [shifted(twin, shift, calibration) for shift in shifts]
    responses = run_all([moved.job(digits) for moved in twins], workers=workers, on_done=on_done)
    scores = [score(Pair(moved, digits, response)) for moved, (response, _) in zip(twins, responses, strict=True)]
    return Tension(twin, shifts, scores)


def shifted(twin: Twin, shift: float, calibration: np.ndarray) -> Twin:
    """The twin with other c₀ in its hidden layers, and the c₁ that go with them."""
    old = twin.mapping
    sums = [layer.astype(float) for layer in weighted_sums(twin.model, calibration)]
    hidden = []
    for layer, z in zip(old.layers[:-1], sums, strict=False):
        c0, c1 = layer.c0 + shift, layer.c1 - shift
        if fit_for(old.activation) is curve_fit:
            c0, c1 = closest(
                old.activation, z, old.cell, old.r_max, old.dt, c0=c0, c1=layer.c1, unit=layer.unit, free=False
            )
        moved = layer_map(old.activation, z, old.cell, old.r_max, twin.duration, old.dt, c0, c1, layer.unit)
        hidden.append(replace(moved, on_rate=layer.on_rate))
    mapping: Mapping = replace(old, layers=(*hidden, old.layers[-1]))
    return replace(twin, mapping=mapping, network=mapping.network(twin.model, twin.cell))
