"""Both networks' accuracies drawn over something: each in its colour, with a band for the 95 % interval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from matplotlib.axes import Axes

from compare.style import ANN, BIO

STYLES = {"ann": (ANN, "o", "-", "standard network"), "bio": (BIO, "s", "--", "spiking twin")}


class Accuracies(Protocol):
    """What both networks read in one condition, fractions with their 95 % intervals."""

    @property
    def ann(self) -> float:
        """Of the standard network."""

    @property
    def ann_interval(self) -> tuple[float, float]:
        """Its interval."""

    @property
    def bio(self) -> float:
        """Of the spiking twin."""

    @property
    def bio_interval(self) -> tuple[float, float]:
        """Its interval."""


def both_accuracies(ax: Axes, x: Sequence[float], read: Sequence[Accuracies], *, size: float = 4) -> Axes:
    """Accuracies in percent over x (k,), with marks of this size in points, labelled for a legend."""
    for network, (colour, mark, style, name) in STYLES.items():
        values = [100 * getattr(one, network) for one in read]
        low, high = 100 * np.array([getattr(one, f"{network}_interval") for one in read]).T
        ax.plot(x, values, style, color=colour, marker=mark, ms=size, label=name)
        ax.fill_between(x, low, high, color=colour, alpha=0.15, lw=0)
    ax.set_ylim(0, 102)
    return ax
