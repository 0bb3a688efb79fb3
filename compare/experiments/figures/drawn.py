"""Figures of the two networks drawn: one digit's activations and firing rates in every layer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from compare.diagram import columns
from compare.experiments.drawn import ALIKE, Drawn, Result
from compare.experiments.experiment import Drawing
from compare.experiments.wording import number
from compare.plots import image
from compare.style import ANN, BIO, NETWORK_NAMES, bare, headline

LINES_MEAN = "lines: where most flows,\n|weight × value|\nsolid: excites\ndashed: inhibits"


def draw(result: Result) -> Sequence[Drawing]:
    """Each pair: the digit, its activations in the network, its rates in the spiking twin."""
    return [draw_one(found) for found in result.drawn]


def draw_one(found: Drawn) -> Drawing:
    """One pair."""
    figure = Figure(figsize=(12, 6), layout="constrained")
    grid = figure.subplots(2, 3, width_ratios=(0.7, 2, 2), height_ratios=(1, 1))
    image(grid[0, 0], found.pixels)
    grid[0, 0].set_title("the digit")
    bare(grid[1, 0])
    grid[1, 0].text(0, 1, LINES_MEAN, va="top", fontsize=9, linespacing=1.5, transform=grid[1, 0].transAxes)
    for column, colour, values, what, answer in (
        (1, ANN, found.activations, "activations", found.ann_answer),
        (2, BIO, found.rates, "firing rates", found.bio_answer),
    ):
        for ax in grid[:, column]:
            ax.remove()
        ax = figure.add_subplot(grid[0, column].get_subplotspec().get_gridspec()[:, column])
        names = [f"{size:,}" + (" pixels" if i == 0 else "") for i, size in enumerate(found.sizes)]
        columns(ax, [found.pixels, *values], found.weights, colour, names=names, answer=answer)
        ax.set_title(f"{'standard network' if column == 1 else 'spiking twin'}: {what}, says {answer}")
    headline(figure, f"{NETWORK_NAMES[found.activation]}: {looks(found)}")
    alt = (
        f"Network diagrams of a {found.digit} with activations and with firing rates; they correlate by "
        + ", ".join(number(m) for _, m, _ in found.alike)
        + " from layer to layer."
    )
    return Drawing(f"network-{found.activation}", figure, alt)


def looks(found: Drawn) -> str:
    """Whether the two drawings look the same in the first layer."""
    middle = found.alike[0][1]
    if np.isnan(middle):
        return "there is nothing to compare: in the first layer units or cells are all alike, such as silent"
    same = "the same units light up in both" if middle >= ALIKE else "not quite the same units light up"
    return f"{same} (r = {middle:.2f} in the first layer)"
