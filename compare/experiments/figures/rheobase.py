"""Figure of the onset: a cell's curve with the shapes laid on it, cells that are on over sums, and the map."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from compare.experiments.experiment import Drawing
from compare.experiments.rheobase import Measured, Result, onset
from compare.neuron.map import RANGE, fits_of
from compare.style import ANN, BIO, GREY, NETWORK_NAMES, headline


def draw(result: Result) -> Sequence[Drawing]:
    """A cell's curve with the shapes laid on it, the cells' onset in the network, and the map."""
    figure = Figure(figsize=(13, 4.4), layout="constrained")
    left, middle, right = figure.subplots(1, 3)
    first = result.measured[0]
    cell_curve(left, first)
    for found, style in zip(result.measured, ("-", "--", ":", "-."), strict=False):
        middle.plot(
            100 * found.sums,
            100 * found.firing,
            style,
            color=BIO,
            label=NETWORK_NAMES[found.activation],
            marker=".",
            ms=4,
        )
    middle.plot([-50, 0, 0, 50], [0, 0, 100, 100], color=ANN, lw=1.5, label="unit is on")
    middle.set(
        xlabel="weighted sum of the unit (% of the range of sums)", ylabel="cells that are on (%)", ylim=(-2, 104)
    )
    middle.set_title("in the network")
    middle.legend(loc="lower right")
    where(right, result)
    headline(figure, title(result))
    alt = "; ".join(
        f"{NETWORK_NAMES[f.activation]}: {onset(f)}, R² "
        + ", ".join(f"{NETWORK_NAMES.get(k, k)} {v:.4f}" for k, v in f.r2.items())
        for f in result.measured
    )
    return [Drawing("rheobase", figure, alt + ".")]


def title(result: Result) -> str:
    """How far from zero half of the cells are on; of each network where it cannot be told of all."""
    if all(np.isfinite(found.crossing) for found in result.measured):
        apart = max(abs(found.crossing) for found in result.measured)
        return f"Half of the cells are on within {100 * apart:.1f}% of the range of sums of where their units turn on"
    return "; ".join(f"{NETWORK_NAMES[found.activation]} cells: {onset(found)}" for found in result.measured)


def cell_curve(ax: Axes, found: Measured) -> Axes:
    """The f-I curve of a cell with ReLU and sigmoid laid on it."""
    drives = np.linspace(*RANGE, 400)
    ax.plot(drives, found.cell.rate(drives), color=BIO, lw=3, label=f"the cell, t_ref {1e3 * found.cell.t_ref:g} ms")
    for name, style in (("relu", "--"), ("sigmoid", ":")):
        fitted = fits_of(found.cell, low=RANGE[0], high=RANGE[1])[name].curve(drives)[0]
        ax.plot(drives, fitted, style, color=ANN, lw=1.8, label=f"{NETWORK_NAMES[name]}, R² {found.r2[name]:.4f}")
    ax.axvline(1, color=GREY, ls=":", lw=1.2)
    ax.annotate("rheobase", (1, 0), (4, 60), textcoords="offset points", rotation=90, fontsize=9, color=GREY)
    ax.set(xlabel="drive J (thresholds)", ylabel="firing rate (Hz)")
    ax.set_title(f"the cell of the {NETWORK_NAMES[found.activation]} network")
    ax.set_ylim(None, 1.3 * ax.get_ylim()[1])  # room for the legend
    ax.legend(loc="upper left")
    return ax


def where(ax: Axes, result: Result) -> Axes:
    """The map: where a sigmoid fits better than a ReLU, and where the networks' cells are."""
    drawn = result.map
    ahead = drawn.r2["sigmoid"] - drawn.r2["relu"]
    t_refs = 1e3 * drawn.t_refs
    ax.contourf(drawn.noises, t_refs, ahead, levels=[-1, 0, 1], colors=["#EEEEEE", "#CFE3F1"])
    for name, here in (("sigmoid", ahead > 0), ("relu", ahead < 0)):
        if here.any():
            rows, columns = np.nonzero(here)
            x, y = np.exp(np.log(drawn.noises[columns]).mean()), t_refs[rows].mean()
            ax.text(x, y, f"{NETWORK_NAMES[name]} fits better", ha="center", va="center", weight="bold")
    if ahead.min() < 0 < ahead.max():
        ax.contour(drawn.noises, t_refs, ahead, levels=[0], colors="black", linewidths=2)
    for found, mark in zip(result.measured, "os^D", strict=False):
        ax.plot(
            max(found.cell.noise, drawn.noises[0]), 1e3 * found.cell.t_ref, mark, color=BIO, ms=9, mec="black",
            label=f"cell of the {NETWORK_NAMES[found.activation]} network", clip_on=False,
        )  # fmt: skip
    ax.set_xscale("log")
    ax.set_xticks([0.05, 0.1, 0.2, 0.5, 1], ["≤ 0.05", "0.1", "0.2", "0.5", "1"])
    ax.minorticks_off()
    ax.set(xlabel="noise σ (thresholds)", ylabel="refractory time (ms)")
    ax.set_title(f"over drives {drawn.low:g} to {drawn.high:g}, τ_m {1e3 * result.measured[0].cell.tau_m:g} ms")
    ax.legend(loc="upper left", fontsize=8.5, frameon=True)
    return ax
