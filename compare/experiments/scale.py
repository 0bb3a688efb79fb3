"""Where the first layer's scale ends: what counts as fully on, of activations and of rates.

A ReLU has no highest activation: full scale is the 99.9th percentile λ on training digits, which maps to r_max. A
sigmoid has: 1, and r_max. A cell's own curve has λ = 1, which only fixes its unit: its activations go well beyond, as
far as the refractory time allows, so that full scale is their 99.9th percentile there too, and the rate it maps to.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from compare.fits import PERCENTILE, cell_fit, fit_for
from compare.mapping import weighted_sums
from compare.pair import Twin


@dataclass(frozen=True)
class FullScale:
    """Of one pair's first layer.

    activation  that counts as fully on
    rate        that it maps to, Hz
    """

    activation: float
    rate: float


def full_scale(twin: Twin, images: np.ndarray) -> FullScale:
    """The full scale of a pair's first layer, from training images (n, 784)."""
    this, mapping = twin.mapping.layers[0], twin.mapping
    if fit_for(twin.model.activation) is not cell_fit:
        return FullScale(this.unit, mapping.r_max)
    percentile = float(np.percentile(weighted_sums(twin.model, images)[0], PERCENTILE))
    highest = np.array(percentile if percentile > 0 else 1.0)  # of units that never are on, 1
    return FullScale(float(mapping.curve(0)(highest)), float(mapping.cell.rate(this.drive(highest), dt=mapping.dt)))
