"""Do both networks read sloppy digits as brains do, without effort? Accuracy under twenty distortions.

Shifted, turned, slanted, stretched, blurred, noisy, scratched and covered digits (`data.distort`), at growing severity,
the same ones for both networks, which learned from clean digits only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from matplotlib.figure import Figure

from compare.experiments.bench import Bench
from compare.experiments.experiment import ONLY_DRAWN, Drawing, Experiment, Verdict, judged
from compare.experiments.robustness import Curve, clean_digits, curves, draw_curve, halfway, hardest
from compare.experiments.wording import lines, percent
from compare.plots import image
from compare.style import ANN, BIO, NETWORK_NAMES, headline
from data import DISTORTIONS, distort

EFFORTLESS = 0.9  # of the clean accuracy; at the greatest severity a person still reads most digits
QUICK = ("shift", "rotate", "elastic", "thicker", "gaussian-noise", "occlusion")


@dataclass(frozen=True, eq=False)
class Result:
    """All curves, how many digits each point has, and one digit (severities, 784) under each distortion."""

    digits: int
    curves: tuple[Curve, ...]
    examples: dict[str, np.ndarray] = field(metadata=ONLY_DRAWN)


def run(bench: Bench) -> Result:
    """Shows the networks digits under every distortion but low resolution, which is a question of its own."""
    names = QUICK if bench.quick else tuple(name for name in DISTORTIONS if name != "low-resolution")
    digits = clean_digits(bench, bench.count(1_000, 120))
    found = curves(bench, names, digits=digits, severities=4 if bench.quick else None)
    one = digits[2:3]
    examples = {
        name: np.vstack([distort(one.images, name, at, seed=bench.seed, index=one.index) for at in (0, middle, most)])
        for name in names
        for middle, most in [(DISTORTIONS[name].severities[len(DISTORTIONS[name].severities) // 2],
                              DISTORTIONS[name].severities[-1])]
    }  # fmt: skip
    return Result(len(digits), tuple(found), examples)


def verdict(result: Result) -> Verdict:
    """Without effort: at their greatest severity, distortions leave nine tenths of the accuracy, as intervals tell."""
    names = dict.fromkeys(curve.activation for curve in result.curves)
    of = {
        who: {name: hardest([c for c in result.curves if c.activation == name], who) for name in names}
        for who in ("ann", "bio")
    }
    every = [found for networks in of.values() for found in networks.values()]
    word = judged(
        "claim",
        yes=[low >= EFFORTLESS * clean for clean, _, (low, _) in every],
        no=[high < EFFORTLESS * clean for clean, _, (_, high) in every],
    )
    ann, bio = (np.mean([found[:2] for found in networks.values()], axis=0) for networks in of.values())
    numbers = f"from {percent(ann[0])} to {percent(ann[1])} in standard networks, to {percent(bio[1])} in spiking ones"
    standard, spiking = (lines((name, percent(*f[1:])) for name, f in networks.items()) for networks in of.values())
    return Verdict(
        "accuracy on digits as sloppy as people still read, mean over distortions",
        standard,
        spiking,
        word,
        {
            "holds": f"Sloppiness that people read past hardly troubles them: accuracy goes {numbers}.",
            "in part": f"Sloppiness that people read past troubles some of them, or somewhat: accuracy goes {numbers}.",
            "does not hold": f"Sloppiness that people read past defeats them: accuracy falls {numbers}.",
        }[word],
    )


def finding(result: Result) -> str:
    """How much the worst distortion takes, and whether one network stands it better."""
    worst = min(result.curves, key=lambda curve: curve.points[-1].ann)
    first = result.curves[0].points[0]
    leads = [curve for curve in result.curves if curve.mean_ahead_interval[0] > 0]
    behind = [curve for curve in result.curves if curve.mean_ahead_interval[1] < 0]
    mean = float(np.mean([curve.mean_ahead for curve in result.curves]))
    half = halfway(worst, "ann")
    effort = (
        f"Neither reads sloppy digits without effort: {worst.distortion} ({worst.points[-1].severity:g} {worst.unit}) "
        f"takes the {NETWORK_NAMES[worst.activation]} network from {worst.points[0].ann:.0%} to "
        f"{worst.points[-1].ann:.0%}" + (f", half-way to guessing at {half:.1f}" if half is not None else "")
        if worst.points[-1].ann < 0.9 * first.ann
        else f"Both read sloppy digits nearly as well as clean ones: at worst {worst.points[-1].ann:.0%}"
    )
    return (
        f"{effort}. Of {len(result.curves)} curves the spiking network is surely ahead in {len(leads)} and surely "
        f"behind in {len(behind)}; on average it is {100 * abs(mean):.1f} points {'ahead' if mean >= 0 else 'behind'}."
    )


def draw(result: Result) -> Sequence[Drawing]:
    """A panel for each distortion, with the digit above it; and the mean lead of the spiking network under each."""
    return [panels(result, activation) for activation in dict.fromkeys(c.activation for c in result.curves)] + [
        leads(result)
    ]


def panels(result: Result, activation: str) -> Drawing:
    """Accuracy over severity, distortion by distortion, of one network and its twin."""
    shown = [curve for curve in result.curves if curve.activation == activation]
    rows = -(-len(shown) // 5)
    columns = -(-len(shown) // rows)
    figure = Figure(figsize=(2.7 * columns, 3.1 * rows + 0.8), layout="constrained")
    grid = figure.subplots(rows * 2, columns, squeeze=False, height_ratios=[0.45, 1] * rows)
    for ax in grid.flat[2 * len(shown) :]:
        ax.set_visible(False)
    for number, found in enumerate(shown):
        row, column = divmod(number, columns)
        above, below = grid[2 * row, column], grid[2 * row + 1, column]
        above.set_visible(True)
        below.set_visible(True)
        strip = np.hstack(list(result.examples[found.distortion].reshape(-1, 28, 28)))
        image(above, np.zeros(784))
        above.imshow(strip, cmap="gray", vmin=0, vmax=1)
        above.set_title(found.distortion)
        draw_curve(below, found)
        below.set_xlabel(found.unit, fontsize=9)
        if column == 0:
            below.set_ylabel("accuracy (%)")
    for number in range(len(shown), rows * columns):
        row, column = divmod(number, columns)
        grid[2 * row, column].set_visible(False)
        grid[2 * row + 1, column].set_visible(False)
    name = NETWORK_NAMES[activation]
    headline(figure, f"{name} network (blue, solid) and its spiking twin (orange, dashed): {summary(shown)}")
    alt = f"Accuracy of the {name} network and its spiking twin at the highest severity: " + "; ".join(
        f"{c.distortion} {c.points[-1].ann:.0%} and {c.points[-1].bio:.0%}" for c in shown
    )
    return Drawing(f"sloppiness-{activation}", figure, alt + ".")


def summary(shown: Sequence[Curve]) -> str:
    """How far apart the two are at most, of the means over severities."""
    most = max(shown, key=lambda curve: abs(curve.mean_ahead))
    if abs(most.mean_ahead) < 0.02:
        return "they fall together"
    who = "the twin stands" if most.mean_ahead > 0 else "the network stands"
    return f"{who} “{most.distortion}” better, by {100 * abs(most.mean_ahead):.0f} points"


def leads(result: Result) -> Drawing:
    """The spiking network's mean lead under each distortion, with its interval."""
    activations = list(dict.fromkeys(curve.activation for curve in result.curves))
    names = list(dict.fromkeys(curve.distortion for curve in result.curves))
    figure = Figure(figsize=(8.5, 0.3 * len(names) + 1.8), layout="constrained")
    ax = figure.subplots()
    for offset, activation in enumerate(activations):
        own = [curve for curve in result.curves if curve.activation == activation]
        y = np.arange(len(names)) + 0.25 * (offset - (len(activations) - 1) / 2)
        middle = np.array([100 * curve.mean_ahead for curve in own])
        low, high = 100 * np.array([curve.mean_ahead_interval for curve in own]).T
        ax.hlines(y, low, high, color=BIO, lw=1.5)
        ax.plot(
            middle,
            y,
            "os^D"[offset % 4],
            color=BIO,
            mfc=BIO if offset == 0 else "white",
            label=NETWORK_NAMES[activation],
        )
    ax.axvline(0, color=ANN, lw=1.5)
    ax.set_yticks(range(len(names)), names)
    ax.invert_yaxis()
    ax.set(xlabel="lead of the spiking twin over its standard network (points, mean over severities; 95 % interval)")
    ax.legend(loc="best")
    mean = 100 * float(np.mean([curve.mean_ahead for curve in result.curves]))
    headline(
        figure,
        f"Distorted: the spiking twins are on average {abs(mean):.1f} points {'ahead' if mean >= 0 else 'behind'}",
    )
    alt = "Mean lead of the spiking twin in points: " + "; ".join(
        f"{NETWORK_NAMES[c.activation]}, {c.distortion} {100 * c.mean_ahead:+.1f}" for c in result.curves
    )
    return Drawing("sloppiness-leads", figure, alt + ".")


EXPERIMENT = Experiment(
    name="sloppiness",
    title="Sloppy digits",
    claim="Sloppy digits are read without effort",
    question="Do the networks read sloppy digits as easily as brains do, and does spiking make a difference?",
    at=(6,),
    part="claim",
    run=run,
    verdict=verdict,
    finding=finding,
    draw=draw,
)
