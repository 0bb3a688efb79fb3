"""Figure of lesions: accuracy over what is lost, and how much less of it the twin loses."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from compare.experiments.experiment import Drawing
from compare.experiments.lesion import Result, Series, finding, spoken, sufferer
from compare.experiments.wording import listed, sentence_case
from compare.style import ANN, BIO, GREY, NETWORK_NAMES, headline


def draw(result: Result) -> Sequence[Drawing]:
    """A panel for each series, and below it the twin's lead."""
    columns = len(result.series)
    figure = Figure(figsize=(max(3.4 * columns, 7), 6.4), layout="constrained")
    axes = figure.subplots(2, columns, squeeze=False, height_ratios=(2, 1.15), sharey="row", sharex=True)
    for (upper, lower), series in zip(axes.T, result.series, strict=True):
        curves(upper, series)
        leads(lower, series)
        lower.set_xlabel(f"{spoken(series.kind)} lost (%)")
    axes[0, 0].set_ylabel("accuracy (%)")
    axes[1, 0].set_ylabel("twin lost less\nthan the MLP by (points)")
    axes[0, 0].legend(loc="lower left", fontsize=9)
    headline(figure, f"{sufferers(result)} (in these {result.draws} draws)")
    return [Drawing("lesion", figure, finding(result))]


def sufferers(result: Result) -> str:
    """Who suffers more of what, what is alike together."""
    told: dict[str, list[str]] = {}
    for series in result.series:
        told.setdefault(sufferer(series), []).append(f"{NETWORK_NAMES[series.activation]} ({series.kind})")
    if len(told) == 1:
        return f"{sentence_case(next(iter(told)))}, whatever is lost"
    return "; ".join(f"{listed(names)}: {who}" for who, names in told.items())


def curves(ax: Axes, series: Series) -> Axes:
    """Accuracy of both networks over what is lost, with bands."""
    x = 100 * np.array(series.fractions)
    for name, colour, style, values in (("MLP", ANN, "o-", series.ann), ("spiking", BIO, "s--", series.bio)):
        mean, low, high = 100 * np.array(values).T
        ax.fill_between(x, low, high, color=colour, alpha=0.2, lw=0)
        ax.plot(x, mean, style, color=colour, ms=4, label=f"{name} (95 %)")
    ax.axhline(10, color=GREY, ls=":", lw=1)
    ax.set(ylim=(0, 102))
    ax.set_title(f"{NETWORK_NAMES[series.activation]}, {spoken(series.kind)}")
    return ax


def leads(ax: Axes, series: Series) -> Axes:
    """How much less the twin has lost; below 0, more."""
    mean, low, high = 100 * np.array(series.ahead).T
    x = 100 * np.array(series.fractions)
    ax.axhline(0, color=ANN, lw=1.5)
    ax.errorbar(
        x, mean, yerr=np.clip([mean - low, high - mean], 0, None), fmt="s--", color=BIO, ms=4, lw=1.5, capsize=2
    )
    ax.set_title(f"in the mean {100 * series.over_all[0]:+.1f} points", fontweight="normal")
    return ax
