"""Figure of how long answers take: errors over time, decision times over the margin and by digit."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import ScalarFormatter

from compare.experiments.decision_time import Race, Result
from compare.experiments.experiment import Drawing, by_activation
from compare.experiments.resampling import Interval
from compare.experiments.wording import twin_name
from compare.style import ANN, BIO, INPUT_NAMES, LINES, NETWORK_NAMES, headline

MARKS = {"current": "o", "lif": "s", "poisson": "^"}
SHADES = {"current": BIO, "lif": "#8F3E00", "poisson": "#F0A070"}


def draw(result: Result) -> Sequence[Drawing]:
    """A row for each network: errors over time, decision time over margin, and by class."""
    networks = by_activation(result.races)
    figure = Figure(figsize=(13, 3.5 * len(networks) + 0.7), layout="constrained")
    axes = figure.subplots(len(networks), 3, squeeze=False)
    for row, (activation, races) in zip(axes, networks.items(), strict=True):
        over_time(row[0], races, result.ann[activation])
        over_margin(row[1], races)
        over_class(row[2], races)
        row[0].set_ylabel(f"{NETWORK_NAMES[activation]}\nerrors (% of digits), 95 % interval")
    axes[0, 0].legend(loc="upper right", fontsize=9)
    medians = [race.median for race in result.races]
    rhos = [race.rho for race in result.races if race.rho is not None]
    headline(
        figure,
        f"Half of the digits are decided within {min(medians):.0f} to {max(medians):.0f} ms"
        + (f"; Spearman's ρ with the standard network's margin: {min(rhos):.2f} to {max(rhos):.2f}" if rhos else ""),
    )
    return [Drawing("decision-time", figure, described(result))]


def over_time(ax: Axes, races: Sequence[Race], ann: Interval) -> Axes:
    """Errors as spikes come in, beside the standard network's."""
    error, high, low = (100 * (1 - value) for value in ann)
    ax.axhline(error, color=ANN, label="MLP, no time passes", zorder=1.5)
    ax.axhspan(low, high, color=ANN, alpha=0.2, lw=0)
    for race in races:
        colour = SHADES[race.input]
        ax.fill_between(race.times, 100 * (1 - race.high), 100 * (1 - race.low), color=colour, alpha=0.25, lw=0)
        ax.plot(race.times, 100 * (1 - race.accuracy), LINES[race.input], color=colour, label=INPUT_NAMES[race.input])
    ax.set(xlabel="time since the digit appeared (ms)", xlim=(0, races[0].times[-1]), yscale="log", ylim=(None, 100))
    ax.yaxis.set_major_formatter(ScalarFormatter())
    ax.set_title("Errors over time")
    return ax


def over_margin(ax: Axes, races: Sequence[Race]) -> Axes:
    """Mean decision time over the standard network's margin, of a tenth of the digits each."""
    for race in races:
        margins, mean, error = race.by_margin.T
        rho = "" if race.rho is None else f"ρ {race.rho:.2f}"
        if race.rho_interval:
            rho += f" ({race.rho_interval[0]:.2f} to {race.rho_interval[1]:.2f})"
        ax.errorbar(
            margins,
            mean,
            yerr=1.96 * error,
            fmt=MARKS[race.input],
            capsize=2,
            ls=LINES[race.input],
            color=SHADES[race.input],
            ms=4,
            lw=1.5,
            label=rho,
        )
    ax.legend(loc="upper right", fontsize=9, title="Spearman, 95 % interval", title_fontsize=9)
    ax.set(xlabel="margin of the MLP: best minus second sum", ylabel="mean decision time (ms), 95 %", ylim=(0, None))
    ax.set_title("Close calls, tenths of the digits by margin")
    return ax


def over_class(ax: Axes, races: Sequence[Race]) -> Axes:
    """Mean decision time of each digit written."""
    for place, race in enumerate(races):
        mean, error = race.by_digit.T
        x = np.arange(10) + 0.2 * (place - (len(races) - 1) / 2)
        mark = MARKS[race.input]
        ax.errorbar(
            x, mean, yerr=1.96 * error, fmt=mark, color=SHADES[race.input], ms=5, lw=1.5, label=INPUT_NAMES[race.input]
        )
    ax.set(xlabel="digit written", ylabel="mean decision time (ms), 95 % interval", xticks=range(10), ylim=(0, None))
    ax.legend(loc="lower right", fontsize=8, ncols=len(races), handletextpad=0.1, columnspacing=0.8)
    guesses = sorted({race.first_guess for race in races if race.first_guess is not None})
    note = f" (not {', '.join(map(str, guesses))}: a first guess)" if guesses else ""
    ax.set_title(f"Which digits take long{note}")
    return ax


def described(result: Result) -> str:
    """The figure in words."""
    said = [
        f"{twin_name(race.activation, race.input)}: median decision {race.median:.0f} ms, nine in "
        f"ten by {race.slow:.0f} ms, accuracy {race.accuracy[0]:.1%} at {race.times[0]:.0f} ms and "
        f"{race.accuracy[-1]:.1%} at {race.times[-1]:.0f} ms, Spearman's ρ with the margin "
        + ("undefined" if race.rho is None or isnan(race.rho) else f"{race.rho:.2f}")
        for race in result.races
    ]
    return "Accuracy over time, decision time over the margin and by digit. " + "; ".join(said) + "."
