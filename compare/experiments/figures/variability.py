"""Figure of trials: Fano factors over mean counts, how often trials agree, and what one and all of them read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from compare.experiments.experiment import Drawing, by_activation
from compare.experiments.variability import Result, Trials, finding, name_with_noise
from compare.style import ANN, BIO, GREY, LINES, headline

MARKS = {"current": "o", "poisson": "^"}
SHADES = ("#F0A070", "#8F3E00", BIO, "#5A2A00")


def draw(result: Result) -> Sequence[Drawing]:
    """Fano factors over mean counts, how often trials agree, and accuracies."""
    figure = Figure(figsize=(13.5, 5), layout="constrained")
    left, middle, right = figure.subplots(1, 3, width_ratios=(1.15, 1, 1))
    fano_over_mean(left, result)
    agreements(middle, result)
    accuracies(right, result)
    handles = [
        Line2D(
            [],
            [],
            color=colour_of(result, twin),
            ls=LINES[twin.input],
            marker=MARKS[twin.input],
            label=name_with_noise(twin),
        )
        for twin in result.twins
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=len(handles), fontsize=9)
    noisy = [twin for twin in result.twins if any(layer.mean for layer in twin.layers)]
    values = [layer.mean for twin in noisy for layer in twin.layers if layer.mean is not None]
    changed = [twin.changed[0] for twin in noisy]
    title = "Nothing is random here: every trial is the same"
    if any(twin.random for twin in result.twins):
        title = "In no trial did a cell fire whose input or membrane is random"
    if values:
        title = (
            f"Shown the same digit again, noisy twins change {min(changed):.0%} to {max(changed):.0%} of verdicts; "
            f"Fano factors {min(values):.2f} to {max(values):.2f}"
        )
    headline(figure, title)
    return [Drawing("variability", figure, f"{result.trials} trials of {result.digits} digits. " + finding(result))]


def colour_of(result: Result, twin: Trials) -> str:
    """The shade of a twin's network."""
    names = list(by_activation(result.twins))
    return SHADES[names.index(twin.activation) % len(SHADES)]


def fano_over_mean(ax: Axes, result: Result) -> Axes:
    """The mean Fano factor of cells and digits with about the same mean count: hidden filled, output open."""
    for twin in result.twins:
        colour, style = colour_of(result, twin), LINES[twin.input]
        for layer in twin.layers:
            if not layer.by_mean or not layer.mean:  # with nothing random there is no curve to show
                continue
            mean, factor, _ = zip(*layer.by_mean, strict=True)
            fill = "white" if layer.name == "output" else colour
            ax.plot(
                mean,
                factor,
                style,
                marker=MARKS[twin.input],
                color=colour,
                mfc=fill,
                lw=1.3,
                ms=6,
            )
    ax.axhline(1, color=GREY, ls=":", lw=1.3)
    ax.text(0.99, 1.02, "Poisson process", transform=ax.get_yaxis_transform(), ha="right", va="bottom", fontsize=9)
    ax.set(
        xlabel="mean spikes in a trial",
        ylabel="Fano factor (variance / mean over trials)",
        xscale="log",
        ylim=(-0.04, None),
    )
    ax.set_title("Counts (filled: hidden, open: output)")
    return ax


def agreements(ax: Axes, result: Result) -> Axes:
    """Of how many digits at most so many trials give the commonest verdict."""
    for twin in result.twins:
        share = np.array(twin.agreement)
        values, seen = np.unique(share, return_counts=True)
        x = np.append(values, 1.0) if values[-1] < 1 else values
        y = np.append(np.cumsum(seen), len(share)) if values[-1] < 1 else np.cumsum(seen)
        y = 100 * (np.concatenate([[0], y[:-1]])) / len(share)
        bounds = np.clip([[twin.changed[0] - twin.changed[1]], [twin.changed[2] - twin.changed[0]]], 0, None)
        shift = 1.5 * (1 + result.twins.index(twin))
        ax.errorbar(
            100 + shift,
            100 * twin.changed[0],
            yerr=100 * bounds,
            fmt=MARKS[twin.input],
            color=colour_of(result, twin),
            capsize=2,
            lw=1.5,
        )
        ax.step(
            [0, *(100 * x)],
            [0, *y],
            where="post",
            color=colour_of(result, twin),
            ls=LINES[twin.input],
        )
    ax.axhline(0, color=ANN, lw=2, zorder=1.5)
    ax.text(0.02, 0.01, "MLP: its answers never change", color=ANN, transform=ax.transAxes, va="bottom", fontsize=9)
    ax.set(xlim=(30, 108), xlabel="trials with the commonest verdict (%)", ylabel="digits with less agreement (%)")
    ax.set_ylim(-0.06 * ax.get_ylim()[1], None)
    ax.set_title("Verdicts (marks: of all digits, 95 % interval)")
    return ax


def accuracies(ax: Axes, result: Result) -> Axes:
    """One trial, all trials pooled, and the standard network."""
    for row, twin in enumerate(result.twins):
        values = (
            ("one trial", twin.single, "s", BIO),
            ("all trials pooled", twin.pooled, "o", BIO),
            ("MLP", twin.ann, "D", ANN),
        )
        for place, (label, (value, low, high), mark, colour) in enumerate(values):
            y = row + 0.24 * (place - 1)
            bounds = [[100 * max(value - low, 0)], [100 * max(high - value, 0)]]
            ax.errorbar(
                100 * value,
                y,
                xerr=bounds,
                fmt=mark,
                color=colour,
                mfc="white" if mark == "s" else colour,
                capsize=3,
                label=label if not row else None,
            )
    ax.set_yticks(
        range(len(result.twins)),
        [name_with_noise(twin).replace(", ", ",\n").replace(" and ", "\nand ") for twin in result.twins],
    )
    ax.set_ylim(len(result.twins) - 0.4, -0.95)
    ax.set_xlabel("accuracy (%), 95 % interval")
    ax.legend(loc="upper center", fontsize=8, ncols=3, columnspacing=0.8, handletextpad=0.2)
    ax.set_title("One trial, or all")
    return ax
