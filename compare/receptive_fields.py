"""What the cells of a network that learned are tuned to: their weights as pictures, and how its accuracy grew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

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
    for place, label in enumerate(network.labels[order]):
        if columns <= 12 and label >= 0:
            top, left = corner(place, columns)
            ax.text(left + 0.5, top + 0.5, str(label), fontsize=6.5, color=GREY, va="top")
    colours = shades(BIO).with_extremes(bad="#DDDDDD")
    image = tiles(ax, parts_of_largest(network.weights.T[order]), columns, cmap=colours, vmin=0, vmax=1)
    bar = ax.figure.colorbar(image, ax=ax, orientation="horizontal", shrink=0.6, aspect=40, pad=0.02)
    bar.set_label("weight (fraction of the cell's largest)")
    bar.outline.set_visible(False)
    return ax


def parts_of_largest(weights: np.ndarray) -> np.ndarray:
    """Weights (cells, 784) as parts of each cell's largest."""
    return weights / np.maximum(weights.max(axis=1, keepdims=True), 1e-9)


def corner(place: int, columns: int) -> tuple[int, int]:
    """The row and column of pixels where a picture begins."""
    row, column = divmod(place, columns)
    return row * (SIDE + GAP), column * (SIDE + GAP)


def tiles(ax: Axes, weights: np.ndarray, columns: int, **colours: Any) -> AxesImage:
    """Weights (units, 784) as pictures, row by row."""
    rows = -(-len(weights) // columns)
    picture = np.full((rows * (SIDE + GAP) - GAP, columns * (SIDE + GAP) - GAP), np.nan)
    for place, unit in enumerate(weights):
        top, left = corner(place, columns)
        picture[top : top + SIDE, left : left + SIDE] = unit.reshape(SIDE, SIDE)
    image = ax.imshow(picture, interpolation="nearest", **colours)
    bare(ax)
    return image


def growth_figure(accuracy: Sequence[tuple[int, float]], number: int) -> Figure:
    """Accuracy on digits not yet learned from, over digits seen."""
    figure = Figure(figsize=(6.4, 3.9), layout="constrained")
    ax = figure.subplots()
    shown, right = np.array(accuracy).T
    ax.plot(shown, 100 * right, ".", color=BIO, ms=4, alpha=0.5, label="each thousand digits, before they are learned")
    ends, smooth = smoothed(shown, right)
    ax.plot(ends, 100 * smooth, color=BIO, label=f"mean of {len(right) - len(smooth) + 1}")
    ax.set(xlabel="training digits seen", ylabel="accuracy (%)", ylim=(0, 100), xlim=(0, None))
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    ax.legend(loc="lower right", fontsize=8.5)
    half = ends[np.argmax(smooth >= 0.9 * smooth[-1])]
    said = f"{number} cells reach nine tenths of their final accuracy, {smooth[-1]:.0%}, within {half:,.0f} digits"
    headline(figure, said)
    return figure


def smoothed(shown: Sequence[int] | np.ndarray, right: Sequence[float] | np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The means of five values in a row (of all, where there are fewer), and the digits shown at the end of each."""
    width = min(5, len(right))
    return np.asarray(shown)[width - 1 :], np.convolve(right, np.ones(width) / width, "valid")
