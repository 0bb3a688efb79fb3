"""Figure of what two renditions share: a typical pair laid on each other, and overlaps by pixels and by cells."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure, SubFigure

from compare.experiments.experiment import Drawing
from compare.experiments.eye import BINS, LIT, Result
from compare.style import ANN, BIO, GREY, bare, headline

MIXED = ListedColormap(["white", "#8CC5E3", "#E69F00", "black"])  # none, only the first, only the second, both


def draw(result: Result) -> Sequence[Drawing]:
    """Two renditions of one digit laid on each other, how often which overlap occurs, and the overlap by code."""
    figure = Figure(figsize=(12.5, 4.6), layout="constrained")
    left, right = figure.subfigures(1, 2, width_ratios=(3, 9.5))  # type: ignore[misc, unused-ignore]
    laid_over(left, result.example)
    middle, far = right.subplots(1, 2, width_ratios=(1, 1.2))
    histogram(middle, result)
    by_code(far, result)
    pixels = result.codes[0]
    headline(
        figure,
        f"Two renditions of one digit share {pixels.within:.0%} of their lit pixels, two digits {pixels.between:.0%}",
    )
    overlaps = "; ".join(
        f"{code.name}: {code.within:.2f} within a digit, {code.between:.2f} between digits, {code.again:.2f} for the "
        f"same image shown twice"
        for code in result.codes
    )
    return [Drawing("eye", figure, f"Overlap (Jaccard) of what two images light up. {overlaps}.")]


def laid_over(figure: SubFigure, example: np.ndarray) -> None:
    """Two images, and below them which of their pixels are lit in one, in the other, in both."""
    axes = figure.subplot_mosaic([["first", "second"], ["both", "both"]], height_ratios=(1, 2))
    lit = example >= LIT
    for name, image in zip(("first", "second"), example, strict=True):
        axes[name].imshow(image.reshape(28, 28), cmap="gray_r", vmin=0, vmax=1)
    axes["both"].imshow((lit[0] + 2 * lit[1]).reshape(28, 28), cmap=MIXED, vmin=0, vmax=3, interpolation="nearest")
    bare(list(axes.values()))
    both, either = int((lit[0] & lit[1]).sum()), int((lit[0] | lit[1]).sum())
    axes["both"].set_title(f"a typical pair of one digit\nboth (black): {both} of {either} lit pixels")


def histogram(ax: Axes, result: Result) -> Axes:
    """The share of pairs by overlap of lit pixels, within a digit and between digits."""
    within, between = 100 * result.histogram
    ax.stairs(between, BINS, fill=True, color="#BBBBBB", label="two digits")
    ax.stairs(within, BINS, color=ANN, lw=2.2, label="one digit, two renditions")
    pixels = result.codes[0]
    ax.axvline(pixels.between, color=GREY, ls=":", lw=1.5)
    ax.axvline(pixels.within, color=ANN, ls=":", lw=1.5)
    ax.set(xlim=(0, 1), ylim=(0, 1.25 * max(within.max(), between.max())))
    ax.set(xlabel="overlap of lit pixels (Jaccard); dotted: means", ylabel="pairs (%)")
    ax.set_title(f"one digit overlaps more in {pixels.ordered:.0%} of cases")
    ax.legend(loc="upper right")
    return ax


def by_code(ax: Axes, result: Result) -> Axes:
    """Mean overlaps with their intervals: a row a code."""
    colours = {"ann": ANN, "bio": BIO}
    for row, shown in enumerate(result.codes):
        colour = colours[shown.kind]
        ax.plot(shown.again, row, "|", ms=16, mew=2, color=GREY, label="the same image, shown twice")
        for mean, ends, face, label in (
            (shown.within, shown.within_interval, colour, "one digit, two renditions"),
            (shown.between, shown.between_interval, "white", "two digits"),
        ):
            ax.plot(ends, [row, row], color=colour, lw=2)
            ax.plot(mean, row, "o", ms=8, mfc=face, mec=colour, mew=1.6, label=label)
    ax.set_yticks(range(len(result.codes)), [shown.name for shown in result.codes])
    ax.set(xlim=(0, 1.04), ylim=(len(result.codes) + 0.7, -0.6), xlabel="mean overlap (Jaccard), 95 % interval")
    ax.grid(visible=False, axis="y")
    handles, labels = ax.get_legend_handles_labels()
    ax.legend(handles[:3], labels[:3], loc="lower right")
    ax.set_title("lit pixels, and input cells that fired")
    return ax
