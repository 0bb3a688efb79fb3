"""Figures of one digit's cascade through the layers, and of what each silenced group takes from each class."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from compare import plots
from compare.experiments.cascade import Result, layer_names, order_of_firing
from compare.experiments.experiment import Drawing
from compare.style import ANN, BIO, NETWORK_NAMES, headline, ink, shades


def draw(result: Result) -> Sequence[Drawing]:
    """The raster of one digit; and what each silenced group takes from each class, in both networks."""
    return [raster(result), *(losses(result, name) for name in result.alike)]


def raster(result: Result) -> Drawing:
    """Every spike of one digit, layer under layer."""
    layers = layer_names(result)
    figure = Figure(figsize=(9, 6.5), layout="constrained")
    axes = figure.subplots(len(layers) + 1, 1, sharex=True, height_ratios=[*([2] * (len(layers) - 1)), 1.2, 1.2])
    for layer, (ax, name) in enumerate(zip(axes, layers, strict=False)):
        plots.raster(
            ax, result.recording, layer, duration=result.duration, dt=result.dt, cells=result.sizes[layer],
            name=f"{name}\ncell",
        )  # fmt: skip
        if np.isfinite(result.first_spike[layer]):
            ax.axvline(result.first_spike[layer], color="black", lw=1, ls="--")
    plots.racing_counts(axes[-1], result.recording, winner=result.verdict, duration=result.duration, dt=result.dt)
    axes[-1].set_xlabel("time since the digit appeared (ms); dashed: the layer's first spike")
    headline(figure, order_of_firing(result))
    alt = (
        f"Raster of all spikes that a {result.digit} evokes, layer by layer. {order_of_firing(result)}; "
        f"the verdict is {result.verdict}."
    )
    return Drawing("cascade", figure, alt)


def losses(result: Result, activation: str) -> Drawing:
    """Points lost by class (columns) when a group (rows) is silenced, in both networks."""
    shown = [s for s in result.silenced if s.activation == activation]
    most = max(1.0, *(100 * float(np.abs([s.ann_lost, s.bio_lost]).max()) for s in shown))
    figure = Figure(figsize=(10, 0.42 * len(shown) + 2.2), layout="constrained")
    for ax, who, colour, name in zip(
        figure.subplots(1, 2, sharey=True), ("ann_lost", "bio_lost"), (ANN, BIO), ("standard network", "spiking twin"),
        strict=True,
    ):  # fmt: skip
        table = 100 * np.array([getattr(s, who) for s in shown])
        ax.imshow(np.maximum(table, 0), cmap=shades(colour), vmin=0, vmax=most, aspect="auto")
        for row, column in np.ndindex(table.shape):
            value = float(table[row, column])
            text = f"{value:.0f}" if abs(value) >= 0.5 else "·"
            shown_on = ink(colour, max(value, 0.0) / most)
            ax.text(column, row, text, ha="center", va="center", fontsize=8, color=shown_on)
        ax.set_xticks(range(10))
        ax.set(xlabel="digit shown", title=name)
        ax.grid(visible=False)
        ax.set_yticks(range(len(shown)), ["random" if s.target is None else f"for {s.target}" for s in shown])
    figure.axes[0].set_ylabel("group silenced")
    alike = result.alike[activation]
    r = "–" if alike is None else f"{alike:.2f}"
    same = "both networks lose alike" if alike is not None and alike > 0.8 else "the two networks lose differently"
    headline(figure, f"{NETWORK_NAMES[activation]}: points lost when a group is silenced; {same} (r = {r})")
    alt = "Points lost by the digit whose group is silenced, standard and spiking: " + "; ".join(
        f"{s.target}: {100 * s.ann_lost[s.target]:.0f} and {100 * s.bio_lost[s.target]:.0f}"
        for s in shown
        if s.target is not None
    )
    return Drawing(f"silencing-{activation}", figure, alt + ".")
