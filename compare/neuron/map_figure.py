"""The map from ReLU to sigmoid, over noise and refractory time: foot, ceiling, and which curve fits the cell better."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, NullLocator

from bio import LIF
from compare.neuron.curves_figure import FIT_NAMES, curve_and_fit
from compare.neuron.map import NeuronMap
from compare.style import BIO, headline, shades

CORNERS = {"A": (0, 0, "relu"), "B": (-1, 0, "softplus"), "C": (-1, -1, "sigmoid")}  # of noises and refractory times
R2_LEVELS = (0.93, 0.95, 0.97, 0.98, 0.99, 0.995, 0.998, 0.999, 1.0)


def map_figure(drawn: NeuronMap, other: NeuronMap) -> Figure:
    """Foot, ceiling and who fits better; R² of the three fits; and the curves in three corners."""
    figure = Figure(figsize=(11.4, 10), layout="constrained")
    rows = [row.subplots(1, 3) for row in np.array(figure.subfigures(3, 1)).ravel()]
    amount(rows[0][0], drawn, drawn.foot, "foot (thresholds)", "how far below the rheobase it fires")
    amount(rows[0][1], drawn, 100 * drawn.ceiling, "% of 1/t_ref", f"ceiling reached at J = {drawn.high:g}")
    winners(rows[0][2], drawn, other)
    for ax, shape in zip(rows[1], FIT_NAMES, strict=True):
        filled = goodness(ax, drawn, shape)
    rows[1][0].figure.colorbar(filled, ax=list(rows[1]), label="R²", ticks=R2_LEVELS)
    for (letter, (noise, t_ref, shape)), ax in zip(CORNERS.items(), rows[2], strict=True):
        cell = LIF(noise=float(drawn.noises[noise]), t_ref=float(drawn.t_refs[t_ref]))
        curve_and_fit(ax, cell, drawn.low, drawn.high, shape)
        ax.set_title(f"{letter}: σ {cell.noise:g}, t_ref {1e3 * cell.t_ref:g} ms")
        for panel in (*rows[0], *rows[1]):
            mark_corner(panel, letter, float(drawn.noises[noise]), 1e3 * float(drawn.t_refs[t_ref]))
    headline(figure, map_finding(drawn))
    return figure


def mark_corner(ax: Axes, letter: str, noise: float, t_ref: float) -> None:
    """A letter in the corner of a map where a curve is taken from."""
    inwards = [9 if at == min(limits) else -9 for at, limits in ((noise, ax.get_xlim()), (t_ref, ax.get_ylim()))]
    circle = {"boxstyle": "circle,pad=0.15", "fc": "white", "ec": "black", "lw": 0.8}
    ax.annotate(
        letter,
        (noise, t_ref),
        (inwards[0], inwards[1]),
        textcoords="offset points",
        ha="center",
        va="center",
        weight="bold",
        fontsize=9,
        bbox=circle,
    )


def map_finding(drawn: NeuronMap) -> str:
    """Which axis moves the foot and which the ceiling, in a sentence with the numbers that say so."""
    change = drawn.effects()
    by_noise = change["foot along noise"] > change["foot along t_ref"]
    by_t_ref = change["ceiling along t_ref"] > change["ceiling along noise"]
    return (
        f"{'Noise' if by_noise else 'The refractory time'} softens the foot: it widens by "
        f"{change['foot along noise']:.2f} thresholds along σ, {change['foot along t_ref']:.2f} along t_ref; "
        f"{'the refractory time' if by_t_ref else 'noise'} makes the ceiling: the share of it reached at "
        f"J = {drawn.high:g} changes by {100 * change['ceiling along t_ref']:.0f} points along t_ref, "
        f"{100 * change['ceiling along noise']:.0f} along σ"
    )


def amount(ax: Axes, drawn: NeuronMap, values: np.ndarray, label: str, title: str) -> Axes:
    """A quantity over noise and refractory time."""
    filled = ax.contourf(drawn.noises, 1e3 * drawn.t_refs, values, levels=10, cmap=shades(BIO))
    ax.figure.colorbar(filled, ax=ax, label=label)
    ax.set_title(title)
    return map_axes(ax)


def goodness(ax: Axes, drawn: NeuronMap, shape: str) -> object:
    """R² of one fit over the map; what was filled, for a colour bar."""
    norm = BoundaryNorm(R2_LEVELS, 256, extend="min")
    r2 = np.clip(drawn.r2[shape], None, 1 - 1e-9)
    filled = ax.contourf(
        drawn.noises, 1e3 * drawn.t_refs, r2, levels=R2_LEVELS, norm=norm, cmap="cividis", extend="min"
    )
    lowest, highest = (np.floor(1e4 * r2.min()) / 1e4, np.floor(1e4 * r2.max()) / 1e4)  # never rounded up to 1
    ax.set_title(f"{FIT_NAMES[shape]}: R² {lowest:.4f} to {highest:.4f}")
    map_axes(ax)
    return filled


def winners(ax: Axes, drawn: NeuronMap, other: NeuronMap) -> Axes:
    """Where a sigmoid fits better than a softplus, and how that border moves with the range of drives."""
    margin = drawn.r2["sigmoid"] - drawn.r2["softplus"]
    ax.contourf(drawn.noises, 1e3 * drawn.t_refs, margin, levels=(-2, 0, 2), colors=("#EEEEEE", "#CFE3F1"))
    for found, line in ((drawn, "-"), (other, "--")):
        border = found.r2["sigmoid"] - found.r2["softplus"]
        if border.min() < 0 < border.max():
            ax.contour(found.noises, 1e3 * found.t_refs, border, levels=(0,), colors="black", linestyles=line)
    handles = [Line2D([], [], color="black", ls=line) for line in ("-", "--")]
    labels = [f"border, J {m.low:g} to {m.high:g}: sigmoid in {m.sigmoid_wins():.0%}" for m in (drawn, other)]
    ax.legend(handles, labels, loc="upper center", fontsize=8, bbox_to_anchor=(0.5, 0.86))
    ax.text(0.5, 0.6, "sigmoid fits better", transform=ax.transAxes, ha="center", weight="bold")
    ax.text(0.5, 0.105, "softplus fits better", transform=ax.transAxes, ha="center", weight="bold")
    ax.set_title("the better fit, in two ranges")
    return map_axes(ax)


def map_axes(ax: Axes) -> Axes:
    """Noise to the right on a logarithmic axis, refractory time upwards."""
    ax.set(xscale="log", xlabel="noise σ (thresholds)", ylabel="refractory time (ms)")
    ax.xaxis.set_major_locator(FixedLocator([0.05, 0.1, 0.2, 0.5, 1, 1.5]))
    ax.xaxis.set_major_formatter("{x:g}")
    ax.xaxis.set_minor_locator(NullLocator())
    ax.grid(False)
    return ax
