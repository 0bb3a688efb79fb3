"""What the cells of a network that learned are tuned to: their weights as pictures, and how its accuracy grew."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bio.stdp import LearnedNetwork
from compare.style import BIO, GREY, bare, headline, shades
from data.digits import SIDE

GAP = 1  # pixel between two pictures


def fields_figure(network: LearnedNetwork, accuracy: float | None = None) -> Figure:
    """All receptive fields, those of one class next to each other."""
    side = int(np.ceil(np.sqrt(network.cells)))
    figure = Figure(figsize=(min(0.55 * side + 1.2, 9.5), min(0.55 * side + 1.6, 9.9)), layout="constrained")
    ax = figure.subplots()
    mosaic(ax, network, side)
    classes = len(set(network.labels.tolist()) - {-1})
    read = "" if accuracy is None else f", and read {accuracy:.1%} of the test digits"
    headline(figure, f"Told no label, {network.cells} cells share {classes} classes of digits between them{read}")
    return figure


def mosaic(ax: Axes, network: LearnedNetwork, columns: int) -> Axes:
    """Weights in shades, each cell's from 0 to its own largest, with its class in the corner where there is room."""
    order = np.argsort(network.labels, kind="stable")
    step, rows = SIDE + GAP, -(-network.cells // columns)
    picture = np.full((rows * step - GAP, columns * step - GAP), np.nan)
    for place, cell in enumerate(order):
        top, left = (step * number for number in divmod(place, columns))
        weights = network.weights[:, cell].reshape(SIDE, SIDE)
        picture[top : top + SIDE, left : left + SIDE] = weights / max(float(weights.max()), 1e-9)
        if columns <= 12 and network.labels[cell] >= 0:
            ax.text(left + 0.5, top + 0.5, str(network.labels[cell]), fontsize=6.5, color=GREY, va="top")
    colours = shades(BIO).with_extremes(bad="#DDDDDD")
    image = ax.imshow(picture, cmap=colours, vmin=0, vmax=1, interpolation="nearest")
    bare(ax)
    bar = ax.figure.colorbar(image, ax=ax, orientation="horizontal", shrink=0.6, aspect=40, pad=0.02)
    bar.set_label("weight (fraction of the cell's largest)")
    bar.outline.set_visible(False)
    return ax


def growth_figure(accuracy: Sequence[tuple[int, float]], number: int) -> Figure:
    """Accuracy on digits not yet learned from, over digits seen."""
    figure = Figure(figsize=(6.4, 3.9), layout="constrained")
    ax = figure.subplots()
    shown, right = np.array(accuracy).T
    ax.plot(shown, 100 * right, ".", color=BIO, ms=4, alpha=0.5, label="each thousand digits, before they are learned")
    width = min(5, len(right))
    smooth = np.convolve(right, np.ones(width) / width, "valid")
    ax.plot(shown[width - 1 :], 100 * smooth, color=BIO, label=f"mean of {width}")
    ax.set(xlabel="training digits seen", ylabel="accuracy (%)", ylim=(0, 100), xlim=(0, None))
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    ax.legend(loc="lower right", fontsize=8.5)
    half = shown[np.argmax(smooth >= 0.9 * smooth[-1]) + width - 1]
    said = f"{number} cells reach nine tenths of their final accuracy, {smooth[-1]:.0%}, within {half:,.0f} digits"
    headline(figure, said)
    return figure
