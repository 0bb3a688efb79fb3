"""Figure of coarse digits: one digit at each resolution, and accuracy over pixels a side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from compare.experiments.experiment import Drawing
from compare.experiments.figures.both import both_accuracies
from compare.experiments.resolution import Result, coarsest
from compare.plots import image
from compare.style import NETWORK_NAMES, headline


def draw(result: Result) -> Sequence[Drawing]:
    """The digit at each resolution, and accuracy over pixels a side."""
    figure = Figure(figsize=(9, 3 + 2.4), layout="constrained")
    above, below = figure.subfigures(2, 1, height_ratios=(1, 2.6))  # type: ignore[misc, unused-ignore]
    for ax, pixels, shown in zip(
        np.ravel(above.subplots(1, len(result.pixels))), result.pixels, result.example, strict=True
    ):
        image(ax, shown)
        ax.set_title(f"{pixels} × {pixels}", fontsize=9)
    axes = np.ravel(below.subplots(1, len(result.curves), sharey=True))
    for ax, curve in zip(axes, result.curves, strict=True):
        both_accuracies(ax, result.pixels, curve.points, size=5)
        ax.set_xscale("log")
        ax.set_xticks(result.pixels, [str(p) for p in result.pixels], minor=False)
        ax.minorticks_off()
        ax.set(xlabel="pixels a side", title=NETWORK_NAMES[curve.activation])
    axes[0].set_ylabel("accuracy (%), 95 % interval")
    axes[0].legend(loc="lower right")
    fewest = min(coarsest(result, curve, network) for curve in result.curves for network in ("ann", "bio"))
    headline(figure, f"Nine tenths of the accuracy survive down to {fewest} × {fewest} pixels at best")
    alt = "Accuracy by pixels a side: " + "; ".join(
        f"{NETWORK_NAMES[curve.activation]} "
        + ", ".join(
            f"{p}: {point.ann:.0%} and {point.bio:.0%}" for p, point in zip(result.pixels, curve.points, strict=True)
        )
        for curve in result.curves
    )
    return [Drawing("resolution", figure, alt + " (standard and spiking).")]
