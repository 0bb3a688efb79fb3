"""Figures of the third learner: what units look for, how it learned, how it stands distortion, how few cells answer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from compare.experiments.experiment import Drawing
from compare.experiments.third_learner import Learner, Result
from compare.experiments.wording import listed
from compare.receptive_fields import parts_of_largest, smoothed, tiles
from compare.style import ANN, BIO, WEIGHTS, headline, shades

THIRD = "#009E73"  # of the same palette as the networks' two colours
LINES = ((ANN, "-", "o"), (BIO, "--", "s"), (THIRD, "-", "D"))
MOST_DRAWN = 100  # units, of the standard network


def draw(result: Result) -> Sequence[Drawing]:
    """Weights side by side; accuracy over digits seen; accuracy over severity; responses by rank."""
    return [fields(result), growth(result), robustness(result), ranks(result)]


def fields(result: Result) -> Drawing:
    """All weights into the hidden units of both, as pictures."""
    standard, _, third = result.learners
    figure = Figure(figsize=(11, 6.1), layout="constrained")
    left, right = figure.subplots(1, 2)
    some = result.weights[:MOST_DRAWN]
    most = float(np.percentile(np.abs(some), 99.5))
    mesh = tiles(left, some / most, columns_for(some), cmap=WEIGHTS, vmin=-1, vmax=1)
    figure.colorbar(
        mesh, ax=left, orientation="horizontal", shrink=0.7, pad=0.02, ticks=(-1, -0.5, 0, 0.5, 1)
    ).set_label("weight (part of the greatest; green: looks for light, purple: for darkness)")
    left.set_title(f"{standard.name}: learned by gradient")
    cells = result.cell_weights[np.argsort(result.classes, kind="stable")]
    mesh = tiles(right, parts_of_largest(cells), columns_for(cells), cmap=shades(THIRD), vmin=0, vmax=1)
    figure.colorbar(mesh, ax=right, orientation="horizontal", shrink=0.7, pad=0.02).set_label(
        "weight (part of the cell's greatest)"
    )
    right.set_title(f"{called(result, third)}: learned by spike timing (sorted by class)")
    templates = result.same_digits and third.template > standard.template
    headline(
        figure,
        f"Spikes alone make templates, the gradient does not: weights are like a mean digit by {third.template:.2f} "
        f"and {standard.template:.2f}"
        if templates
        else f"Weights are like a mean digit by {third.template:.2f} after spikes alone, {standard.template:.2f} after "
        f"learning by gradient{elsewhere(result)}",
    )
    alt = (
        f"Weights into {len(some)} hidden units that learned by gradient, which look like noise and strokes, and into "
        f"{len(cells)} cells that learned by spike timing. Median correlation with the nearest mean digit: "
        f"{standard.template:.2f} and {third.template:.2f}{elsewhere(result)}."
    )
    return Drawing("third-learner-fields", figure, alt)


def called(result: Result, learner: Learner) -> str:
    """A learner's name, and of the cells where they learned, if not from the digits of the networks."""
    return learner.name if result.same_digits or learner is not result.learners[-1] else f"{learner.name}, from MNIST"


def elsewhere(result: Result) -> str:
    """What a title adds where the learners did not learn from the same digits, so that nothing can be concluded."""
    return "" if result.same_digits else "; but the cells learned from MNIST, the networks from other digits"


def columns_for(weights: np.ndarray) -> int:
    """Of pictures, so that there are about as many rows."""
    return int(np.ceil(np.sqrt(len(weights))))


def growth(result: Result) -> Drawing:
    """Accuracy on digits not learned from, over training digits seen, on a logarithmic axis."""
    figure = Figure(figsize=(7.4, 4.5), layout="constrained")
    ax = figure.subplots()
    styles = {True: iter(("-", "--")), False: iter(("-", "--", ":"))}
    for line in result.growth:
        seen, accuracy = np.array(line.seen), np.array(line.accuracy)
        if not line.gradient:  # noted each thousand digits
            seen, accuracy = smoothed(seen, accuracy)
        ax.plot(
            seen,
            100 * accuracy,
            next(styles[line.gradient]),
            color=ANN if line.gradient else THIRD,
            marker="o" if line.gradient else "",
            ms=4,
            label=line.name if line.gradient or result.same_digits else f"{line.name}, from MNIST",
        )
    ax.set(
        xscale="log",
        xlabel="training digits seen",
        ylabel="accuracy on digits not learned from (%)",
        ylim=(0, 102),
    )
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    ax.axhline(10, color="black", ls=":", lw=1, label="guessing")
    ax.legend(loc="lower right", fontsize=9, bbox_to_anchor=(1, 0.12))
    once = next(line for line in result.growth if line.gradient)
    timing = next(line for line in result.growth if not line.gradient)
    early, late = once.accuracy[0], timing.accuracy[-1]
    headline(
        figure,
        f"After {once.seen[0]:,} digits, each seen once, the gradient reads {early:.0%}; "
        f"{len(result.cell_weights)} cells come to {late:.0%} by spike timing, after {timing.seen[-1]:,}"
        f"{elsewhere(result)}",
    )
    alt = "Accuracy at the end: " + "; ".join(
        f"{line.name}, after {line.seen[-1]:,} digits, {line.accuracy[-1]:.0%}" for line in result.growth
    )
    return Drawing("third-learner-growth", figure, f"{alt}{elsewhere(result)}.")


def robustness(result: Result) -> Drawing:
    """A panel for each distortion, three lines in each."""
    figure = Figure(figsize=(11, 6), layout="constrained")
    grid = figure.subplots(2, 3, sharey=True)
    for ax, found in zip(grid.flat, result.robust, strict=True):
        for learner, accuracy, (colour, line, mark) in zip(result.learners, found.accuracy, LINES, strict=True):
            name = called(result, learner)
            ax.plot(found.severities, 100 * np.array(accuracy), line, color=colour, marker=mark, ms=4, label=name)
        ax.set(title=found.distortion, xlabel=found.unit, ylim=(0, 102))
    for ax in grid[:, 0]:
        ax.set_ylabel("accuracy (%)")
    grid[0, 0].legend(loc="lower left", fontsize=8.5)
    headline(figure, withstood(result))
    last = {found.distortion: ", ".join(f"{line[-1]:.0%}" for line in found.accuracy) for found in result.robust}
    names = ", ".join(called(result, learner) for learner in result.learners)
    by_distortion = "; ".join(f"{distortion} {accuracies}" for distortion, accuracies in last.items())
    alt = f"Accuracy at the greatest severity ({names}): {by_distortion}."
    return Drawing("third-learner-robustness", figure, alt)


def withstood(result: Result) -> str:
    """Which distortions leave the third learner more than the standard network, where both learned from the same."""
    better, than = result.better, "the cells that learned from spikes alone more than the standard network"
    if not result.same_digits:
        return (
            f"The cells, which learned from MNIST, read {result.learners[-1].distorted:.0%} of the most distorted of "
            "these digits, from which only the networks learned"
        )
    if not better:
        return "No distortion leaves the cells that learned from spikes alone surely more than the standard network"
    one = len(better) == 1
    return f"At {'its' if one else 'their'} greatest severity, {listed(better)} surely leave{'s' if one else ''} {than}"


def ranks(result: Result) -> Drawing:
    """How the hidden layer's activity is shared out: the mean response by rank."""
    figure = Figure(figsize=(7.4, 4.3), layout="constrained")
    ax = figure.subplots()
    for learner, ranked, (colour, line, _) in zip(result.learners, result.ranked, LINES, strict=True):
        ax.plot(
            np.arange(1, len(ranked) + 1),
            100 * ranked,
            line,
            color=colour,
            label=f"{called(result, learner)}: {learner.active:.0%} active, sparseness {learner.population:.2f}",
        )
    ax.set(
        xlabel="hidden units, from the most active at each digit down",
        ylabel="response (% of the most active unit's)",
        ylim=(0, 102),
        xlim=(1, None),
    )
    ax.legend()
    standard, _, third = result.learners
    headline(
        figure,
        f"A digit calls up {third.active:.0%} of the cells that learned by spike timing, and {standard.active:.0%} of "
        f"the units that learned by gradient{elsewhere(result)}",
    )
    alt = "; ".join(
        f"{called(result, item)}: {item.active:.0%} active, sparseness {item.population:.2f}"
        for item in result.learners
    )
    return Drawing("third-learner-ranks", figure, f"Hidden responses by rank. {alt}.")
