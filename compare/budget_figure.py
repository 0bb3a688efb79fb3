"""The error budget drawn: a waterfall from the MLP's accuracy to the spiking twin's, and how far each step is off."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from compare.budget import Budget, Loss
from compare.figures import told_name
from compare.style import ANN, BIO, GREY, INPUT_NAMES, headline

SURE = 0.05  # of McNemar's p, corrected for the number of steps: fainter bars may be chance
STEP_NAMES = {
    "clipped": "clipped at\nthe ceiling",
    "f-I curve": "rates by the\nf–I curve",
    "finite time": "whole spikes,\nfinite time",
    "finite dt": "steps of dt",
    "spikes": "fed by\nspikes",
    "output cells": "spiking\noutput cells",
}

STEP_CAUSES = {
    "clipped": "the ceiling",
    "f-I curve": "the bend of the f–I curve",
    "finite time": "whole numbers of spikes",
    "finite dt": "steps of dt",
    "spikes": "spikes between layers",
    "output cells": "spiking output cells",
}


def budget_figure(account: Budget) -> Figure:
    """Above, what each step loses in points; below, the RMSE of each layer's activations after it."""
    figure = Figure(figsize=(11, 7), layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(1.6, 1))
    waterfall(above, account)
    errors(below, account)
    below.set_xticks(range(len(account.losses)), [step_name(loss.name) for loss in account.losses], fontsize=9)
    headline(figure, finding(account))
    return figure


def step_name(name: str) -> str:
    """What to write under a step."""
    if name in INPUT_NAMES:
        return f"input:\n{INPUT_NAMES[name]}".replace("the eye's", "eye's")
    return STEP_NAMES.get(name, name)


def waterfall(ax: Axes, account: Budget) -> Axes:
    """The MLP's accuracy, the points that each step loses (bars down) or wins (up), and where each input ends."""
    losses = account.losses
    inputs = [loss.name in INPUT_NAMES for loss in losses]
    surely = {loss.name for family in path_and_inputs(account) for loss in beyond_chance(family)}
    level, ends = losses[0].accuracy, []
    for x, (loss, is_input) in enumerate(zip(losses, inputs, strict=True)):
        if x:
            start = level
            ax.bar(
                x,
                -100 * loss.lost,
                bottom=100 * start,
                color=BIO if loss.lost > 0 else GREY,
                alpha=1 if loss.name in surely else 0.35,
                width=0.6,
                yerr=100 * loss.error,
                ecolor="black",
                capsize=3,
            )
            ax.plot([x - 1.3 if not is_input else x - 0.3, x + 0.3], [100 * start] * 2, color=GREY, lw=0.8)
            text = "0" if abs(loss.lost) < 5e-5 else f"{-100 * loss.lost:+.2f}"
            at = 100 * max(start, loss.accuracy + loss.error)
            ax.annotate(text, (x, at), (0, 4), textcoords="offset points", ha="center", fontsize=9)
        ends.append(100 * loss.accuracy)
        level = level if is_input else loss.accuracy
    low, high = min(ends), max(ends)
    room = max(high - low, 1.0)  # or chance would fill the figure
    ax.set_ylim(low - 0.35 * room, high + 0.35 * room)
    ax.bar(0, 100 * losses[0].accuracy - ax.get_ylim()[0], bottom=ax.get_ylim()[0], color=ANN, width=0.6)
    ax.annotate(f"{ends[0]:.2f} %", (0, ends[0]), (0, 4), textcoords="offset points", ha="center", fontsize=9)
    ax.set_ylabel("accuracy (%)")
    ax.set_title(
        "points lost (orange) or won (grey) at each step, ± standard error; faint: may be chance (McNemar, Holm)"
    )
    return ax


def errors(ax: Axes, account: Budget) -> Axes:
    """RMSE of each layer's activations after each step, over the layer's full scale λ."""
    steps, layers = np.arange(len(account.losses)), account.twin.mapping.layers
    for number, (layer, marker) in enumerate(zip(layers, "osD^vP*X" * len(layers), strict=False), 1):
        name = "output" if number == len(layers) else f"hidden {number}"
        rmse = [100 * loss.rmse[number - 1] / layer.unit for loss in account.losses]
        shade = BIO if number < len(layers) else GREY
        ax.plot(steps, rmse, marker=marker, color=shade, ls="-" if number == 1 else "--", ms=5, label=name)
    ax.set(ylabel="RMSE of activations\n(% of full scale)", ylim=(0, None))
    ax.legend(loc="upper left", ncols=len(layers))
    return ax


def finding(account: Budget) -> str:
    """Where the points went, in a sentence."""
    path, _ = path_and_inputs(account)
    lost = 100 * sum(loss.lost for loss in path)
    who = (
        f"{told_name(account.twin)} {'-'.join(map(str, account.twin.model.sizes))}, {1e3 * account.twin.duration:g} ms"
    )
    worst, moved = max(path, key=lambda loss: loss.lost), beyond_chance(path)
    all_told = f"{lost:.2f} points lost" if lost >= 0 else f"{-lost:.2f} points won"
    taken, won = (max(moved, key=lambda loss: sign * loss.lost, default=worst) for sign in (1, -1))
    if not moved:
        where = "no step by more than chance"
    elif taken.lost > 0:
        to = "though surely some" if lost < 0 else "most" if taken is worst else "surely"
        where = f"{to} to {STEP_CAUSES[taken.name]} ({100 * taken.lost:.2f})"
        if -won.lost > taken.lost:
            where += f"; {STEP_CAUSES[won.name]} won {-100 * won.lost:.2f}"
    else:
        where = f"no step loses by more than chance, but {STEP_CAUSES[won.name]} won {-100 * won.lost:.2f}"
    return f"{who}: {all_told} on the way to spikes, {where}"


def path_and_inputs(account: Budget) -> tuple[list[Loss], list[Loss]]:
    """The steps on the way to spikes, and those from its end to other inputs."""
    path: list[Loss] = []
    inputs: list[Loss] = []
    for loss in account.losses[1:]:
        (inputs if loss.name in INPUT_NAMES else path).append(loss)
    return path, inputs


def beyond_chance(path: Sequence[Loss]) -> list[Loss]:
    """The steps that lose or win by more than chance, all told: by Holm's correction for their number (Scand. J. Stat.
    1979, 6:65)."""
    ordered = sorted(path, key=lambda loss: loss.p)
    chance = [place for place, loss in enumerate(ordered) if loss.p * (len(ordered) - place) >= SURE]
    return [loss for loss in ordered[: chance[0] if chance else None] if loss.lost]
