"""Figure of what lies below zero: negative sums and silent cells, what readings lose, and where the errors are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from compare.experiments.experiment import Drawing
from compare.experiments.negative import MOST, NEARLY, Result, Silence, roughly
from compare.score import wilson
from compare.style import ANN, BIO, GREY, NETWORK_NAMES, headline

FEWEST = 30  # digits of a group of which it shows how often the twin errs


def draw(result: Result) -> Sequence[Drawing]:
    """A row for each network: what is negative, what reading it through zero costs, and where the errors are."""
    rows = len(result.pairs)
    figure = Figure(figsize=(12, 3.1 * rows + 1), layout="constrained")
    axes = figure.subplots(rows, 3, squeeze=False, width_ratios=(1, 1, 1.2))
    for row, pair in zip(axes, result.pairs, strict=True):
        below_zero(row[0], pair)
        readings(row[1], pair)
        errors_by_spikes(row[2], pair)
    lowest = " and ".join(f"{pair.layers[-1].negative:.0%} ({NETWORK_NAMES[pair.activation]})" for pair in result.pairs)
    errors = " and ".join(roughly(pair.nearly_wrong.fraction) for pair in result.pairs)
    headline(
        figure,
        f"{lowest} of the outputs' sums are negative, which a rate can't be; "
        f"{errors} of the twins' errors rest on {NEARLY} output spikes or fewer",
    )
    return [Drawing("negative", figure, described(result))]


def below_zero(ax: Axes, pair: Silence) -> Axes:
    """By layer, how many sums are negative, and how many cells are silent for those and for the others."""
    bars: tuple[tuple[str, str, list[float | None]], ...] = (
        ("sums below zero", ANN, [layer.negative for layer in pair.layers]),
        ("silent cells, of those", BIO, [layer.silent_if_negative for layer in pair.layers]),
        ("silent cells, of the rest", "#F3C9A8", [layer.silent_otherwise for layer in pair.layers]),
    )
    for place, ((label, colour, values), hatch) in enumerate(zip(bars, ("", "//", ".."), strict=True)):
        x = np.arange(len(values)) + 0.27 * (place - 1)
        heights = [100 * (value or 0) for value in values]
        ax.bar(x, heights, 0.25, color=colour, hatch=hatch, ec="white", lw=0, label=label)  # told apart in greyscale
        for at, height in zip(x, heights, strict=True):
            ax.annotate(f"{height:.0f}", (at, height), (0, 2), textcoords="offset points", ha="center", fontsize=9)
    ax.set_xticks(range(len(pair.layers)), [layer.name for layer in pair.layers])
    ax.set(ylim=(0, 145), ylabel=f"{NETWORK_NAMES[pair.activation]}\nunits × digits (%)", yticks=range(0, 101, 25))
    ax.legend(loc="upper left", fontsize=8, borderaxespad=0.3)
    ax.grid(visible=False, axis="x")
    ax.set_title("What is negative, who is silent")
    return ax


def readings(ax: Axes, pair: Silence) -> Axes:
    """Errors of both networks, as they are and with less to go by."""
    rows = (
        ("MLP", ANN, pair.ann, pair.ann_error),
        ("MLP, max(0, z)", ANN, pair.clipped, pair.clipped_error),
        ("spiking", BIO, pair.bio, pair.bio_error),
        ("spiking, ties by lot", BIO, pair.lottery, pair.lottery_error),
    )
    for row, (_, colour, accuracy, error) in enumerate(rows):
        ax.errorbar(100 * (1 - accuracy), row, xerr=196 * error, fmt="os"[row % 2], color=colour, capsize=3, ms=7)
        ax.annotate(
            f"{100 * (1 - accuracy):.2f}", (100 * (1 - accuracy), row), (0, 8), textcoords="offset points", ha="center"
        )
    ax.set_yticks(range(len(rows)), [name for name, *_ in rows])
    ax.set(ylim=(len(rows) - 0.5, -0.7), xlim=(0, None), xlabel="errors (% of digits, 95 % interval)")
    ax.margins(x=0.1)
    ax.set_title("What the readout loses")
    return ax


def errors_by_spikes(ax: Axes, pair: Silence) -> Axes:
    """How often the twin errs, by how many spikes its ten output cells had, in groups of at least `FEWEST` digits."""
    groups = grouped(pair.by_spikes)
    left, right, seen, wrong = np.array(groups).T
    low, high = np.array([wilson(np.arange(n) < k) for n, k in zip(seen, wrong, strict=True)]).T
    share_wrong, middle = wrong / seen, (left + right) / 2
    bounds = np.clip([share_wrong - low, high - share_wrong], 0, None)
    ax.bar((left + right) / 2, 100 * seen / seen.sum() / (right - left + 1), right - left + 0.9, color="#DDDDDD")
    ax.errorbar(middle, 100 * share_wrong, yerr=100 * bounds, fmt="o-", color=BIO, capsize=2, ms=4)
    ax.axhline(100 * wrong.sum() / seen.sum(), color=GREY, ls=":", lw=1)
    ax.axvspan(-0.5, NEARLY + 0.5, color=BIO, alpha=0.12, lw=0)
    ax.set(xlim=(-0.6, MOST + 0.6), ylim=(0, None), xlabel=f"output spikes of all ten cells ({MOST}: or more)")
    ax.set_ylabel("spiking twin wrong (%),\n95 % interval; dotted: of all")
    ax.set_title(f"Errors by output spikes (shaded: 0 to {NEARLY})\n(grey bars: % of digits, each count)")
    return ax


def grouped(by_spikes: Sequence[tuple[int, int, int]]) -> list[tuple[int, int, int, int]]:
    """First and last number of spikes, digits and digits wrong, of neighbours put together until they are enough."""
    groups: list[tuple[int, int, int, int]] = []
    first, seen, wrong = 0, 0, 0
    for spikes, more, errors in by_spikes:
        seen, wrong = seen + more, wrong + errors
        if seen >= FEWEST:
            groups.append((first, spikes, seen, wrong))
            first, seen, wrong = spikes + 1, 0, 0
    if seen:
        start, _, before, errors = groups.pop() if groups else (first, 0, 0, 0)
        groups.append((start, by_spikes[-1][0], before + seen, errors + wrong))
    return groups


def described(result: Result) -> str:
    """The figure in words."""
    said = [
        f"{NETWORK_NAMES[pair.activation]}: "
        + ", ".join(f"{layer.negative:.0%} of sums in {layer.name} negative" for layer in pair.layers)
        + f"; errors of the standard network {1 - pair.ann:.2%}, through max(0, z) {1 - pair.clipped:.2%}, of the "
        f"spiking twin {1 - pair.bio:.2%}, with ties by lot {1 - pair.lottery:.2%}; tied digits "
        f"{roughly(pair.tied.fraction)}; {roughly(pair.nearly_wrong.fraction)} of errors on at most {NEARLY} spikes"
        for pair in result.pairs
    ]
    return "For each network: negative sums and silent cells by layer, errors by readout, errors by output spikes. " + (
        "; ".join(said) + "."
    )
