"""The tension between the alignments drawn: accuracy and on/off agreement over c₀, an activation a column."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from compare.figures import told_name
from compare.style import ANN, BIO, GREY, headline
from compare.tension import Tension


def tension_figure(tensions: Sequence[Tension]) -> Figure:
    """Above accuracy, below on/off agreement, both over c₀."""
    figure = Figure(figsize=(4.2 * len(tensions), 6.4), layout="constrained")
    axes = figure.subplots(2, len(tensions), squeeze=False, sharex="col", sharey="row")
    for (above, below), found in zip(axes.T, tensions, strict=True):
        accuracy(above, found)
        agreement(below, found)
    axes[0, 0].set_ylabel("accuracy of the spiking twin (%)")
    axes[1, 0].set_ylabel("on/off agreement\n(MCC, mean of hidden layers)")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
    headline(figure, finding(tensions))
    return figure


def accuracy(ax: Axes, found: Tension) -> Axes:
    """The twin's accuracy at each c₀, with its interval, under the MLP's."""
    c0 = found.twin.mapping.layers[0].c0 + found.shifts
    values = np.array([score.bio_accuracy for score in found.scores])
    low, high = np.array([score.bio_interval for score in found.scores]).T
    ax.axhline(100 * found.scores[0].ann_accuracy, color=ANN, label="MLP")
    ax.plot(c0, 100 * values, "o-", color=BIO, ms=4, label="spiking twin (95 %)")
    ax.fill_between(c0, 100 * low, 100 * high, color=BIO, alpha=0.2, lw=0)
    best = int(values.argmax())
    ax.plot(c0[best], 100 * values[best], "o", color=BIO, ms=10, mfc="none", mew=2, ls="", label="best")
    mark_threshold(ax, found)
    ax.set_title(told_name(found.twin))
    return ax


def agreement(ax: Axes, found: Tension) -> Axes:
    """On/off agreement at each c₀."""
    c0 = found.twin.mapping.layers[0].c0 + found.shifts
    ax.plot(c0, found.mcc, "s-", color=BIO, ms=4)
    if not np.isnan(found.mcc).all():
        best = int(np.nanargmax(found.mcc))
        ax.plot(c0[best], found.mcc[best], "s", color=BIO, ms=10, mfc="none", mew=2)
    mark_threshold(ax, found)
    ax.set(xlabel="c₀: drive of a weighted sum of 0 (thresholds)", ylim=(min([0, *found.mcc[found.mcc < 0]]), 1.03))
    return ax


def mark_threshold(ax: Axes, found: Tension) -> None:
    """A line where the threshold alignment has c₀."""
    ax.axvline(found.twin.mapping.layers[0].c0, color=GREY, ls=":", lw=1.5, label="threshold alignment")


def finding(tensions: Sequence[Tension]) -> str:
    """What each network has to give up at its best on/off agreement, in a sentence. Both c₀ are the best of the digits
    shown, so that it is at least 0 by construction."""
    parts = []
    for found in tensions:
        if np.isnan(found.mcc).all():
            parts.append(f"nothing to tell for {told_name(found.twin)}, whose cells do not fire")
            continue
        agreed = int(np.nanargmax(found.mcc))
        given_up = 100 * (found.lost[agreed] - found.lost.min())
        parts.append(f"{given_up:.1f} points for {told_name(found.twin)}")
    return (
        "What the best on/off agreement costs in accuracy, against the best c₀ for accuracy (both of these "
        f"digits): {', '.join(parts)}"
    )
