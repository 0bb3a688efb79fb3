"""Accuracy as digits get worse, two readers beside each other, and what both make of one digit on its way down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from compare.lab.show import figure, in_style, show
from compare.plots import image
from compare.style import ANN, BIO, GREY

Array = np.ndarray
NAMES = {"ann": ("standard network", ANN, "-o"), "bio": ("spiking twin", BIO, "--s")}


@in_style
def curves(
    severities: Sequence[float],
    unit: str,
    accuracies: Mapping[str, Array],
    finding: str,
    *,
    intervals: Mapping[str, Any] | None = None,
    halfway: Mapping[str, float] | None = None,
    predicted: Any = None,
) -> Any:
    """Accuracies of "ann" and "bio" over severity, with intervals (severities, 2), and where each has lost half.

    predicted  the severity at which the student expected that, if it is a number
    """
    drawing = figure(8, 3.8)
    ax = drawing.subplots()
    for who, values in accuracies.items():
        name, colour, style = NAMES[who]
        width, size = (4, 8) if who == "ann" else (1.8, 4.5)  # where they lie on each other, both are seen
        ax.plot(severities, 100 * np.asarray(values), style, color=colour, lw=width, ms=size, label=name)
        if intervals is not None:
            low, high = 100 * np.array(intervals[who]).T
            ax.fill_between(severities, low, high, color=colour, alpha=0.18, lw=0)
        if halfway is not None:
            level = (values[0] + 0.1) / 2
            ax.plot([halfway[who]] * 2, [0, 100 * level], ":", color=colour, lw=1.2)
    if isinstance(predicted, int | float):
        ax.plot(predicted, 3, "D", color="black", ms=8, label="your prediction: half is lost", clip_on=False)
    ax.axhline(10, color=GREY, ls=":", lw=1)
    shade = "; shaded: 95 % intervals" if intervals is not None else ""
    ax.set(xlabel=f"severity ({unit}); dotted: guessing{shade}", ylabel="digits read right (%)", ylim=(0, 101))
    ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    told = "; ".join(f"{NAMES[who][0]} from {v[0]:.0%} to {v[-1]:.0%}" for who, v in accuracies.items())
    return show(drawing, finding, f"Falling curves over severity: {told}")


@in_style
def two_readers(counts: Mapping[str, int], finding: str) -> Any:
    """How many digits both read, only one of them, or none."""
    drawing = figure(8, 2.4)
    ax = drawing.subplots()
    left = 0
    colours = {"both": GREY, "only the standard network": ANN, "only its twin": BIO, "neither": "#CCCCCC"}
    for (name, count), hatch in zip(counts.items(), ("", "", "//", ".."), strict=True):
        ax.barh(0, count, left=left, height=0.5, color=colours[name], hatch=hatch, ec="white", label=f"{name}: {count}")
        left += count
    ax.set(xlabel="digits", yticks=[], xlim=(0, left))
    ax.grid(visible=False, axis="y")
    drawing.legend(loc="outside lower center", ncols=4, fontsize=9)
    return show(drawing, finding, "Digits read by " + ", ".join(f"{name} {count}" for name, count in counts.items()))


@in_style
def likeness(kappas: Mapping[str, float], finding: str) -> Any:
    """How much two readers' errors have in common, a dot a pair: 0 nothing beyond chance, 1 all."""
    drawing = figure(8, 0.55 * len(kappas) + 1.2)
    ax = drawing.subplots()
    for row, (name, kappa) in enumerate(kappas.items()):
        ax.plot([0, kappa], [row, row], color=GREY, lw=1.5)
        ax.plot(kappa, row, "o", ms=10, color=BIO if "twin" in name else ANN)
        ax.annotate(f"{kappa:.2f}", (kappa, row), (9, 0), textcoords="offset points", va="center")
    ax.set_yticks(range(len(kappas)), list(kappas))
    ax.set(xlim=(min(0, *kappas.values()), 1.08), ylim=(len(kappas) - 0.5, -0.5))
    ax.set_xlabel("likeness of their errors, κ (0: as by chance, 1: the same digits)")
    return show(drawing, finding, "Kappa: " + ", ".join(f"{name} {kappa:.2f}" for name, kappa in kappas.items()))


@in_style
def both_see(pixels: Array, activations: Array, counts: Array, truth: int, severity: str) -> Any:
    """One digit, the standard network's outputs for it, and the spikes of the twin's output cells."""
    drawing = figure(8, 2.7, moving=True)
    drawing.subplots_adjust(left=0.02, right=0.99, wspace=0.3)
    left, middle, right = drawing.subplots(1, 3, width_ratios=[1, 1.6, 1.6])
    image(left, pixels)
    tops(middle, activations, ANN, "share (softmax)", truth)
    tops(right, counts, BIO, "spikes in 100 ms", truth)
    middle.set_ylim(0, 1.05)
    answers = int(np.argmax(activations)), int(np.argmax(counts))
    said = f"both say {answers[0]}" if answers[0] == answers[1] else f"they say {answers[0]} and {answers[1]}"
    alt = f"A written {truth}, distorted, and the ten outputs of both networks: {said}"
    return show(drawing, f"A {truth}, {severity}: {said}", alt)


def tops(ax: Axes, values: Array, colour: str, name: str, truth: int) -> None:
    """Ten outputs as bars; the one that was written has a black edge."""
    bars = ax.bar(range(10), values, color=colour, alpha=0.55)
    bars[int(np.argmax(values))].set_alpha(1)
    bars[truth].set(edgecolor="black", linewidth=2)
    ax.set(xticks=range(10), ylabel=name, xlabel="digit (black edge: written)")
    ax.grid(visible=False, axis="x")
