"""Figures of what units look for: weights above spike-triggered averages, and how they correlate."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure

from compare.experiments.experiment import Drawing
from compare.experiments.looks_for import Found, Result, middle
from compare.experiments.resampling import defined
from compare.style import ANN, BIO, GREY, WEIGHTS, bare, headline


def draw(result: Result) -> Sequence[Drawing]:
    """For each network some units' weights above their cells' STA, and how correlations are distributed."""
    return [one(result, found) for found in result.found]


def one(result: Result, found: Found) -> Drawing:
    """One network's figure."""
    figure = Figure(figsize=(12.5, 6.2), layout="constrained")
    above, below = figure.subfigures(2, 1, height_ratios=(1.35, 1))  # type: ignore[misc, unused-ignore]
    receptive_fields(above, result, found)
    distributions(below.subplots(), found)
    headline(
        figure,
        f"{found.name}: what makes a cell fire in noise correlates {found.median:.2f} with the weights of its unit",
    )
    alt = (
        f"Weights of {len(result.drawn[found.activation])} hidden units above the spike-triggered averages of their "
        f"cells. Median correlation {found.median:.2f}, {middle(found.expected):.2f} expected from {result.images} "
        f"images, {middle(found.others):.2f} with another unit's weights, {middle(found.unaided):.2f} without a "
        f"holding current, {middle(found.digits):.2f} from digits."
    )
    return Drawing(f"looks-for-{found.activation}", figure, alt)


def receptive_fields(figure: SubFigure, result: Result, found: Found) -> None:
    """Weights above, STAs below, each scaled to its own extremes."""
    pictures, drawn = result.pictures[found.activation], result.drawn[found.activation]
    axes = figure.subplots(2, len(drawn), squeeze=False)
    for column, unit in enumerate(drawn):
        for row in range(2):
            picture, ax = pictures[row, column], axes[row, column]
            most = np.nan_to_num(np.abs(picture)).max() or 1.0
            mesh = ax.imshow(picture.reshape(28, 28), cmap=WEIGHTS, vmin=-most, vmax=most)
        bare(axes[:, column].tolist())
        axes[0, column].set_title(f"unit {unit}", color=ANN)
        axes[1, column].set_title(f"r = {found.cells[unit]:.2f}", color=BIO)
    for ax, name in zip(axes[:, 0], ("weights", "spike-triggered\naverage"), strict=True):
        ax.set_ylabel(name)
    bar = figure.colorbar(mesh, ax=axes, shrink=0.7, ticks=[-most, 0, most])
    bar.ax.set_yticklabels(["less light", "0", "more light"])


def distributions(ax: Axes, found: Found) -> Axes:
    """A dot a unit, and the median, for each way to find what a unit looks for."""
    rows = [
        ("its cell, noise, held at threshold", found.cells, BIO),
        ("its activation, the same noise", found.units, ANN),
        ("its cell, noise, not held", found.unaided, BIO),
        ("its cell, digits instead of noise", found.digits, BIO),
        ("its cell, held, with another's weights", found.others, GREY),
    ]
    rng = np.random.default_rng(0)
    for row, (_, values, colour) in enumerate(rows):
        seen = defined(values)
        ax.plot(seen, row + rng.uniform(-0.2, 0.2, len(seen)), "o", ms=3.5, mew=0, color=colour, alpha=0.5)
        ax.plot([middle(values)] * 2, [row - 0.36, row + 0.36], color="black", lw=2.5)
        label = f"{middle(values):.2f}" + (f", {len(values) - len(seen)} silent" if len(seen) < len(values) else "")
        ax.annotate(label, (1.02, row), va="center", annotation_clip=False)
    ax.axvline(middle(found.expected), color=GREY, ls=":", lw=1.5)
    ax.set_yticks(range(len(rows)), [name for name, *_ in rows])
    ax.set(xlim=(-0.45, 1.01), ylim=(len(rows) - 0.5, -0.6))
    ax.set(xlabel="correlation with the unit's weights, a dot a unit; bar: median; dotted: what so many images allow")
    ax.grid(visible=False, axis="y")
    return ax
