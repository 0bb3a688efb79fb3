"""Figure of what is on and off: how values are distributed, how two-valued they are, and whether both agree."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from compare.experiments.experiment import Drawing
from compare.experiments.on_off import EDGES, END, KINDS, UNIFORM, Agreement, Network, Result, bimodalities
from compare.style import ANN, BIO, GREY, headline


def draw(result: Result) -> Sequence[Drawing]:
    """How values are distributed in each network's first layer; the bimodality, and the agreement by layer."""
    columns = len(result.networks)
    figure = Figure(figsize=(max(4.7 * columns, 8), 7.2), layout="constrained")
    above, below = figure.subfigures(2, 1, height_ratios=(1.25, 1))  # type: ignore[misc, unused-ignore]
    for ax, network in zip(above.subplots(1, columns, squeeze=False)[0], result.networks, strict=True):
        distribution(ax, network)
    left, right = below.subplots(1, 2)
    coefficients(left, result)
    agreements(right, result)
    headline(figure, title(result))
    alt = "; ".join(
        f"{network.name}: near off and near on {units.off:.0%} and {units.on:.0%} of activations, {cells.off:.0%} and "
        f"{cells.on:.0%} of rates{bimodalities(network, ', ')}, MCC "
        + ", ".join(f"{layer.layer} {told(layer)}" for layer in network.agreement)
        for network in result.networks
        for units, cells in [network.values]
    )
    return [Drawing("on-off", figure, f"Distribution of activations and rates, and their agreement. {alt}.")]


def told(layer: Agreement) -> str:
    """A layer's MCC, or that it has none."""
    return "has nothing to correlate" if np.isnan(layer.mcc) else f"{layer.mcc:.3f}"


def title(result: Result) -> str:
    """In which networks it holds."""
    both = [network.name for network in result.networks if all(found.two_valued for found in network.values)]
    rest = [network.name for network in result.networks if network.name not in both]
    if not both:
        return "In no network are most units and cells near an end of their scale, and some near each"
    others = f", not in the {' and the '.join(rest)}" if rest else ""
    return f"Inactive or active: true in the {' and the '.join(both)} network{others}"


def distribution(ax: Axes, network: Network) -> Axes:
    """Activations as a filled outline, rates as a line, with a scale that shows what is rare."""
    units, cells = (100 * found.histogram for found in network.values)
    ax.axvspan(EDGES[0], END, color="#EEEEEE", lw=0)
    ax.axvspan(1 - END, EDGES[-1], color="#EEEEEE", lw=0)
    ax.stairs(
        units,
        EDGES,
        fill=True,
        color=ANN,
        alpha=0.45,
        label=f"activations, of {network.full.activation:.3g}",
        baseline=1e-3,
    )
    ax.stairs(cells, EDGES, color=BIO, lw=2, label=f"firing rates, of {network.full.rate:.0f} Hz", baseline=1e-3)
    ax.set_yscale("log")
    ax.set(xlim=(EDGES[0], EDGES[-1]), ylim=(0.02, 150))
    ax.set(xlabel="part of full scale (last bin: and beyond); grey: near an end", ylabel="units × digits (%)")
    (first, second), ends = network.values, "near off, on: activations {:.0%}, {:.0%}; rates {:.0%}, {:.0%}"
    ax.set_title(f"{network.name}, {network.layer}\n" + ends.format(first.off, first.on, second.off, second.on))
    ax.legend(loc="upper center")
    return ax


def coefficients(ax: Axes, result: Result) -> Axes:
    """The bimodality coefficient of each network's activations and rates."""
    rows = [(network.name, found) for network in result.networks for found in network.values]
    for row, (_, found) in enumerate(rows):
        colour, mark = (ANN, "o") if found.kind == "ann" else (BIO, "s")
        ax.plot(found.interval, [row, row], color=colour, lw=2)
        ax.plot(found.bimodality, row, mark, color=colour, ms=8)
    ax.axvline(UNIFORM, color=GREY, ls=":", lw=1.5)
    ax.set_yticks(range(len(rows)), [f"{name}, {KINDS[found.kind]}" for name, found in rows])
    ax.set(xlim=(0.3, 1.02), ylim=(len(rows) - 0.4, -0.6))
    ax.set(xlabel="bimodality coefficient, 95 % interval\n(1: two values; dotted: uniform)")
    ax.grid(visible=False, axis="y")
    return ax


def agreements(ax: Axes, result: Result) -> Axes:
    """MCC of "the cell is on" with "the unit is on": a row a layer."""
    rows = [(network.name, layer) for network in result.networks for layer in network.agreement]
    for row, (_, layer) in enumerate(rows):
        if np.isnan(layer.mcc):
            ax.annotate("nothing to correlate", (0.02, row), va="center")
            continue
        ax.plot(layer.interval, [row, row], color="black", lw=2)
        ax.plot(layer.mcc, row, "D", color="black", ms=6)
        left = layer.mcc > 0.6
        ax.annotate(
            f"{layer.mcc:.3f}",
            (layer.interval[0] if left else layer.interval[1], row),
            (-8 if left else 8, 0),
            textcoords="offset points",
            va="center",
            ha="right" if left else "left",
        )
    ax.set_yticks(range(len(rows)), [f"{name}, {layer.layer}" for name, layer in rows])
    ax.set(xlim=(0, 1.02), ylim=(len(rows) - 0.4, -0.6), xlabel="on/off agreement (MCC), 95 % interval")
    ax.grid(visible=False, axis="y")
    return ax
