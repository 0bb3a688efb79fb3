"""The network as the lesson draws it: columns of circles lit by activation, the strongest weights as lines between.

Any sizes: of a column longer than `MOST_CIRCLES` only both ends are drawn, with three dots for the middle; of pixels,
as many that are lit, evenly spread, since the ends of their column are the dark corners of the image.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgba

from compare.style import GREY, bare, shades

MOST_CIRCLES = 16  # circles of a column
MOST_LINES = 60  # between two columns
Array = np.ndarray


def shown_units(count: int, pixels: Array | None = None) -> Array:
    """Which units of a layer are drawn: all, or both ends, or of pixels (units,) some lit ones."""
    if count <= MOST_CIRCLES:
        return np.arange(count)
    if pixels is not None and np.count_nonzero(pixels) >= MOST_CIRCLES:
        lit = np.flatnonzero(pixels)
        return np.asarray(lit[np.arange(MOST_CIRCLES) * len(lit) // MOST_CIRCLES])
    return np.concatenate([np.arange(MOST_CIRCLES // 2), np.arange(count - MOST_CIRCLES // 2, count)])


def heights(count: int) -> Array:
    """Where the drawn units of a layer stand, the middle at 0, with room for dots where some are left out."""
    drawn = min(count, MOST_CIRCLES)
    at = np.arange(drawn, dtype=float)
    if count > MOST_CIRCLES:
        at[MOST_CIRCLES // 2 :] += 1.6
    return (at[-1] / 2 - at) if drawn else at


def columns(
    ax: Axes, values: Sequence[Array], weights: Sequence[Array], colour: str, *, names: Sequence[str], answer: int
) -> Axes:
    """Draws a network with one digit's values.

    values   one array (units,) a layer, the pixels first; each layer is lit relative to its own highest
    weights  one array (units below, units) between each two layers
    colour   of the network
    names    what to write above each column
    answer   the output that is named in bold
    """
    for layer, weight in enumerate(weights):
        ax.add_collection(strongest(layer, values[layer], weight, first=layer == 0))
    for layer, value in enumerate(values):
        units, y = shown_units(len(value), value if layer == 0 else None), heights(len(value))
        lit = np.clip(value[units] / (value.max() or 1), 0, 1)
        ax.scatter(
            np.full(len(units), float(layer)), y, c=lit, cmap=shades(colour), vmin=0, vmax=1, s=70, ec=GREY, lw=0.8,
            zorder=3,
        )  # fmt: skip
        if len(value) > MOST_CIRCLES:
            ax.text(layer, 0, "⋮", ha="center", va="center", fontsize=16)
        ax.text(layer, heights(MOST_CIRCLES + 1)[0] + 1.2, names[layer], ha="center", va="bottom", fontsize=9)
    for digit, y in enumerate(heights(len(values[-1]))):
        bold = "bold" if digit == answer else "normal"
        ax.text(len(values) - 1 + 0.13, y, str(digit), va="center", fontsize=10, weight=bold)
    top = heights(MOST_CIRCLES + 1)[0]
    ax.set(xlim=(-0.35, len(values) - 1 + 0.45), ylim=(-top - 0.8, top + 3))
    bare(ax)
    return ax


def strongest(layer: int, below: Array, weights: Array, *, first: bool) -> LineCollection:
    """The lines between the drawn units of two layers through which most flows, |weight · value|: solid where it
    excites, dashed where it inhibits, wider the more it is."""
    low = shown_units(weights.shape[0], below if first else None)
    high = shown_units(weights.shape[1])
    flow = weights[np.ix_(low, high)] * (below[low, None] / (below.max() or 1))
    pick = np.argsort(-np.abs(flow), axis=None)[: min(MOST_LINES, int(np.count_nonzero(flow)))]
    i, j = np.unravel_index(pick, flow.shape)
    size = np.abs(flow[i, j]) / (np.abs(flow).max() or 1)
    y_low, y_high = heights(weights.shape[0]), heights(weights.shape[1])
    segments = [[(layer, y_low[a]), (layer + 1, y_high[b])] for a, b in zip(i, j, strict=True)]
    return LineCollection(
        segments,
        linewidths=0.3 + 1.9 * size,
        linestyles=["-" if flow[a, b] > 0 else (0, (3, 2)) for a, b in zip(i, j, strict=True)],
        colors=[to_rgba(GREY, 0.25 + 0.6 * s) for s in size],
        zorder=1,
    )
