"""Figure of readers: a bar for each rule without learning, and for each network."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from compare.experiments.by_hand import HARD, Result, beside, errors, extremes, surely_worse
from compare.experiments.experiment import Drawing
from compare.experiments.wording import sentence_case
from compare.style import ANN, BIO, GREY, headline


def draw(result: Result) -> Sequence[Drawing]:
    """A bar for each reader."""
    figure = Figure(figsize=(8.5, 0.45 * len(result.readers) + 1.6), layout="constrained")
    ax = figure.subplots()
    colours = {"rule": GREY, "ann": ANN, "bio": BIO}
    for row, shown in enumerate(result.readers):
        low, high = shown.interval
        ax.barh(row, 100 * shown.accuracy, color=colours[shown.kind], height=0.65)
        ax.plot([100 * low, 100 * high], [row, row], color="black", lw=1.5)
        ax.annotate(
            f"{shown.accuracy:.1%}", (100 * high, row), (5, 0), textcoords="offset points", va="center", fontsize=10
        )
    ax.set_yticks(range(len(result.readers)), [shown.name for shown in result.readers])
    ax.invert_yaxis()
    ax.axvline(10, color=GREY, ls=":", lw=1)
    ax.set(xlim=(0, 112), xlabel="accuracy on test digits (%), 95 % interval; dotted: guessing")
    ax.set_xticks(range(0, 101, 20))
    ax.grid(visible=False, axis="y")
    headline(figure, title(result))
    alt = "Bars of accuracy: " + "; ".join(f"{shown.name} {shown.accuracy:.1%}" for shown in result.readers) + "."
    return [Drawing("by-hand", figure, alt)]


def title(result: Result) -> str:
    """How near the best rule comes."""
    (best, worst), often = extremes(result.readers), errors(result)
    reads = f"the best rule without learning ({best.name}) reads {best.accuracy:.0%}"
    if not surely_worse(result):
        return f"{sentence_case(reads)}, {beside(result)} ({worst.accuracy:.0%})"
    if often >= HARD:
        return f"No rule without learning comes near: the best ({best.name}) reads {best.accuracy:.0%}"
    return f"{sentence_case(reads)}, surely less than {worst.name} ({worst.accuracy:.0%})"
