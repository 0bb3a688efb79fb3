"""Distances, accuracies and curves: what the sheets draw of numbers, with the student's predictions in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from compare.lab.show import figure, in_style, show
from compare.style import ANN, BIO, GREY

Array = np.ndarray


@in_style
def two_histograms(inside: Array, across: Array, names: tuple[str, str]) -> Any:
    """How far apart pairs are, within a class and between two."""
    drawing = figure(8, 3.4)
    ax = drawing.subplots()
    bins = np.linspace(min(inside.min(), across.min()), max(inside.max(), across.max()), 45)
    for values, name, colour, pattern in ((inside, names[0], ANN, ""), (across, names[1], GREY, "//")):
        ax.hist(values, list(bins), density=True, alpha=0.55, color=colour, label=name, hatch=pattern)
        ax.axvline(values.mean(), color=colour, lw=2.5)
    ax.set(xlabel="distance between two images (784 brightnesses)", ylabel="share of the pairs\n(per unit of distance)")
    ax.legend()
    share = (inside > across.mean()).mean()
    finding = f"{share:.0%} of the pairs within a class are further apart than the mean pair between the two"
    return show(drawing, finding, f"Two histograms that overlap widely: {names[0]} and {names[1]}")


@in_style
def bars(shares: Mapping[str, float], finding: str, *, predicted: Mapping[str, Any] | None = None) -> Any:
    """Accuracies as bars, with a diamond where the student expected them."""
    drawing = figure(8, 0.5 * len(shares) + 1.3)
    ax = drawing.subplots()
    for row, (name, share) in enumerate(shares.items()):
        ax.barh(row, 100 * share, color=ANN, height=0.6)
        ax.annotate(f"{share:.1%}", (100 * share, row), (5, 0), textcoords="offset points", va="center")
        guess = (predicted or {}).get(name)
        if isinstance(guess, int | float):
            ax.plot(100 * guess, row, "D", color="black", ms=8, clip_on=False)
    if any(isinstance(guess, int | float) for guess in (predicted or {}).values()):
        ax.plot([], [], "D", color="black", label="your prediction")
        ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    ax.axvline(10, color=GREY, ls=":", lw=1)
    ax.set_yticks(range(len(shares)), list(shares))
    ax.invert_yaxis()
    ax.set(xlim=(0, 112), xlabel="digits read right (%); dotted: guessing")
    ax.set_xticks(range(0, 101, 20))
    ax.grid(visible=False, axis="y")
    return show(drawing, finding, "Bars: " + ", ".join(f"{name} {share:.1%}" for name, share in shares.items()))


@in_style
def over_shift(pixels: Sequence[int], curves: Mapping[str, Sequence[float]]) -> Any:
    """Accuracy as digits move to the right, a line for each way of reading."""
    drawing = figure(8, 3.6)
    ax = drawing.subplots()
    for (name, shares), style in zip(curves.items(), ("-o", "--s", ":^"), strict=False):
        ax.plot(pixels, 100 * np.asarray(shares), style, color=ANN, label=name)
    ax.axhline(10, color=GREY, ls=":", lw=1)
    ax.set(xlabel="shift to the right (pixels); dotted: guessing", ylabel="digits read right (%)", ylim=(0, 100))
    ax.legend()
    lost = ", ".join(f"{name} from {s[0]:.0%} to {s[-1]:.0%}" for name, s in curves.items())
    return show(drawing, f"Moved by {pixels[-1]} pixels: {lost}", f"Lines that fall steeply with the shift: {lost}")


@in_style
def squashes(curves: Mapping[str, Any], finding: str) -> Any:
    """Functions of a weighted sum, side by side in one picture."""
    drawing = figure(8, 3.4)
    ax = drawing.subplots()
    sums = np.linspace(-6, 6, 400)
    for (name, curve), style in zip(curves.items(), ("-", "--", ":"), strict=False):
        ax.plot(sums, curve(sums.copy()), style, color=ANN, label=name)
    ax.axvline(0, color=GREY, lw=0.8)
    ax.set(xlabel="weighted sum z = w·x + b", ylabel="activation", ylim=(-0.2, 3))
    ax.legend()
    return show(drawing, finding, f"The curves of {' and '.join(curves)} over the weighted sum from -6 to 6")


@in_style
def neuron(weight: float, bias: float) -> Any:
    """One neuron with one input: its activation over the input, for this weight and bias."""
    drawing = figure(8, 3.2, moving=True)
    ax = drawing.subplots()
    inputs = np.linspace(0, 1, 300)
    sums = weight * inputs + bias
    ax.plot(inputs, 1 / (1 + np.exp(-sums)), color=ANN, label="sigmoid")
    ax.plot(inputs, np.maximum(sums, 0), "--", color=ANN, label="ReLU")
    where = -bias / weight if weight else np.nan
    if 0 <= where <= 1:
        ax.axvline(where, color=BIO, lw=1.2)
        ax.text(where, 1.32, f" z = 0 at x = {where:.2f}", color=BIO)
    ax.set(xlabel="brightness x of one pixel", ylabel="activation", ylim=(-0.05, 1.5), xlim=(0, 1))
    ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    steep = "the weight sets how steep, the bias moves the threshold, −b/w"
    finding = f"Weight {weight:g}, bias {bias:g}: {steep if weight else 'without a weight, the same for any x'}"
    return show(drawing, finding, "The activation of one neuron over the brightness of one pixel")


@in_style
def outputs(activations: Array, truth: int, name: str) -> Any:
    """The ten outputs for one digit."""
    drawing = figure(8, 2.9)
    ax = drawing.subplots()
    answer = int(np.argmax(activations))
    colours = [ANN if digit == answer else "#9FC9E3" for digit in range(10)]
    ax.bar(range(10), activations, color=colours, edgecolor=[BIO if d == truth else "none" for d in range(10)], lw=2.5)
    ax.set(xlabel="output unit (outlined in orange: what was written)", ylabel=name, ylim=(0, 1.05), xticks=range(10))
    said = "rightly" if answer == truth else "wrongly"
    finding = f"The brightest output is {answer}: a {truth} was written, so it answers {said}"
    return show(drawing, finding, f"Ten bars, the outputs from 0 to 9; the highest is {answer}")
