"""Figure of learning: accuracy over epochs, and what some hidden units look for at some stages."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from compare.experiments.experiment import Drawing
from compare.experiments.figures.both import both_accuracies
from compare.experiments.learning import Result
from compare.style import NETWORK_NAMES, WEIGHTS, bare, headline


def draw(result: Result) -> Sequence[Drawing]:
    """Accuracy over epochs, and the weights into some units at some stages."""
    figure = Figure(figsize=(12, 5), layout="constrained")
    left, right = figure.subfigures(1, 2, width_ratios=(1, 1.15))  # type: ignore[misc, unused-ignore]
    ax = left.subplots()
    both_accuracies(ax, [stage.epoch for stage in result.stages], result.stages)
    ax.axhline(10, color="black", ls=":", lw=1)
    ax.set(xlabel="epochs of training; dotted: guessing", ylabel="accuracy on test digits (%), 95 % interval")
    ax.legend(loc="center right")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    most = np.abs(result.weights[-1]).max()
    grid = np.reshape(right.subplots(len(result.drawn), result.weights.shape[1]), (len(result.drawn), -1))
    for row, epoch, stage in zip(grid, result.drawn, result.weights, strict=True):
        for axis, unit in zip(row, stage, strict=True):
            axis.imshow(unit.reshape(28, 28), cmap=WEIGHTS, vmin=-most, vmax=most)
            bare(axis)
        row[0].set_ylabel(f"epoch {epoch}")
    right.suptitle(
        "weights into some hidden units\n(green: looks for light there; purple: for darkness)",
        fontsize=10,
        weight="bold",
    )
    last = result.stages[-1]
    headline(
        figure,
        f"{NETWORK_NAMES[result.activation]}: learning carries over to spikes at every stage: {last.ann:.1%} and "
        f"{last.bio:.1%} in the end"
        if max(abs(s.ann - s.bio) for s in result.stages[1:]) < 0.05
        else f"{NETWORK_NAMES[result.activation]}: {last.ann:.1%} and {last.bio:.1%} in the end, not alike on the way",
    )
    alt = "Accuracy by epoch, standard and spiking: " + "; ".join(
        f"{s.epoch}: {s.ann:.1%} and {s.bio:.1%}" for s in result.stages
    )
    return [Drawing("learning", figure, alt + ".")]
