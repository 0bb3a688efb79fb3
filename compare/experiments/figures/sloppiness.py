"""Figures of sloppy digits: accuracy over severity, and how much less distortion costs the spiking networks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from compare.experiments.experiment import Drawing, by_activation
from compare.experiments.figures.both import both_accuracies
from compare.experiments.robustness import Curve
from compare.experiments.sloppiness import Result, costs, surely_apart
from compare.plots import image
from compare.style import ANN, BIO, NETWORK_NAMES, headline


def draw(result: Result) -> Sequence[Drawing]:
    """A panel for each distortion, with the digit above it; and how much less the spiking network loses under each."""
    networks = by_activation(result.curves)
    return [*(panels(result, activation, curves) for activation, curves in networks.items()), leads(result)]


def panels(result: Result, activation: str, shown: Sequence[Curve]) -> Drawing:
    """Accuracy over severity, distortion by distortion, of one network and its twin."""
    rows = -(-len(shown) // 5)
    columns = -(-len(shown) // rows)
    figure = Figure(figsize=(2.7 * columns, 3.1 * rows + 0.8), layout="constrained")
    grid = figure.subplots(rows * 2, columns, squeeze=False, height_ratios=[0.45, 1] * rows)
    for ax in grid.flat[2 * len(shown) :]:
        ax.set_visible(False)
    for number, found in enumerate(shown):
        row, column = divmod(number, columns)
        above, below = grid[2 * row, column], grid[2 * row + 1, column]
        above.set_visible(True)
        below.set_visible(True)
        strip = np.hstack(list(result.examples[found.distortion].reshape(-1, 28, 28)))
        image(above, np.zeros(784))
        above.imshow(strip, cmap="gray", vmin=0, vmax=1)
        above.set_title(found.distortion)
        both_accuracies(below, [point.severity for point in found.points], found.points)
        below.set_xlim(0, None)
        below.set_xlabel(found.unit, fontsize=9)
        if column == 0:
            below.set_ylabel("accuracy (%),\n95 % interval")
    for number in range(len(shown), rows * columns):
        row, column = divmod(number, columns)
        grid[2 * row, column].set_visible(False)
        grid[2 * row + 1, column].set_visible(False)
    name = NETWORK_NAMES[activation]
    headline(figure, f"{name} network (blue, solid) and its spiking twin (orange, dashed): {summary(shown)}")
    alt = f"Accuracy of the {name} network and its spiking twin at the highest severity: " + "; ".join(
        f"{c.distortion} {c.points[-1].ann:.0%} and {c.points[-1].bio:.0%}" for c in shown
    )
    return Drawing(f"sloppiness-{activation}", figure, alt + ".")


def summary(shown: Sequence[Curve]) -> str:
    """How far their losses lie apart at most, of the means over severities."""
    most = max(shown, key=lambda curve: abs(curve.mean_ahead))
    if abs(most.mean_ahead) < 0.02:
        return "they fall together"
    who = "the twin stands" if most.mean_ahead > 0 else "the network stands"
    low, high = most.mean_ahead_interval
    surely = "" if low > 0 or high < 0 else ", which may be chance"
    return f"{who} “{most.distortion}” better, by {100 * abs(most.mean_ahead):.0f} points{surely}"


def leads(result: Result) -> Drawing:
    """How much less the spiking network loses under each distortion, with its interval."""
    networks = by_activation(result.curves)
    names = list(dict.fromkeys(curve.distortion for curve in result.curves))
    figure = Figure(figsize=(8.5, 0.3 * len(names) + 2.1), layout="constrained")
    ax = figure.subplots()
    for offset, (activation, own) in enumerate(networks.items()):
        y = np.arange(len(names)) + 0.25 * (offset - (len(networks) - 1) / 2)
        middle = np.array([100 * curve.mean_ahead for curve in own])
        low, high = 100 * np.array([curve.mean_ahead_interval for curve in own]).T
        ax.hlines(y, low, high, color=BIO, lw=1.5)
        ax.plot(
            middle,
            y,
            "os^D"[offset % 4],
            color=BIO,
            mfc=BIO if offset == 0 else "white",
            label=NETWORK_NAMES[activation],
        )
    ax.axvline(0, color=ANN, lw=1.5)
    ax.set_yticks(range(len(names)), names)
    ax.invert_yaxis()
    ax.set_xlabel(
        "lead of the spiking twin over its standard network, beyond that on clean digits\n"
        "(points, mean over severities; 95 % interval)"
    )
    figure.legend(loc="outside lower center", ncols=len(networks))
    better, worse = surely_apart(result)
    headline(
        figure,
        f"Distortion costs the spiking twins on average {costs(result)}; "
        f"of {len(result.curves)} intervals {better or 'none'} {'lies' if better == 1 else 'lie'} above 0, "
        f"{worse or 'none'} below",
    )
    alt = "Mean lead of the spiking twin, beyond that on clean digits, in points: " + "; ".join(
        f"{NETWORK_NAMES[c.activation]}, {c.distortion} {100 * c.mean_ahead:+.1f}" for c in result.curves
    )
    return Drawing("sloppiness-leads", figure, alt + ".")
