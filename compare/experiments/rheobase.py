"""Past a threshold or not at all: is the cell's rheobase the ReLU's zero?

In theory: ReLU, softplus and sigmoid laid on the curve of the network's own cell by least squares, and where on the map
of noise and refractory time each fits best (`compare.neuron`). In the network: the fraction of hidden cells that are
on, over the weighted sum of their units; half of them should be at 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bio import LIF
from compare.experiments.bench import Bench
from compare.experiments.experiment import Drawing, Experiment, Verdict, judged
from compare.experiments.wording import lines, listed, percent
from compare.neuron.map import RANGE, NeuronMap, fits_of, neuron_map
from compare.style import ANN, BIO, GREY, NETWORK_NAMES, headline

BINS = np.linspace(-0.5, 0.5, 41)  # of weighted sums, over their range: the 99th percentile of |z|
LEAST = 20  # digits and cells in a bin that is looked at
RESAMPLES = 400
NEAR = 0.05  # of the range: an onset that close to zero is at zero
AROUND = 0.1  # of the range: a threshold is past it on one side, and not at all on the other,
FEW = 0.05  # but for so many cells
THRESHOLDED = ("relu", "lif")  # activations that are 0 below a threshold: those that the claim is about


@dataclass(frozen=True, eq=False)
class Measured:
    """One network's hidden cells.

    cell       what they are
    r2         of each shape laid on its curve over the drives `RANGE`
    sums       (k,): middles of bins of z, in parts of their range
    firing     (k,): fraction of cells that fire faster than at a sum of 0; nan where too few were seen
    crossing   the weighted sum at which half of them do, in parts of the range
    interval   its 95 %, by resampling digits; nan where it is nowhere in some of them
    """

    activation: str
    cell: LIF
    r2: dict[str, float]
    sums: np.ndarray
    firing: np.ndarray
    crossing: float
    interval: tuple[float, float]


@dataclass(frozen=True, eq=False)
class Result:
    """All networks, and the map."""

    measured: tuple[Measured, ...]
    map: NeuronMap


def run(bench: Bench) -> Result:
    """Looks at the first hidden layer of each pair, shown steady currents, and draws up the map."""
    noises = np.geomspace(0.05, 1.5, bench.count(25, 9))
    t_refs = np.linspace(0, 20e-3, bench.count(21, 9))
    found = [measure(bench, activation) for activation in bench.activations]
    return Result(tuple(found), neuron_map(noises, t_refs, low=RANGE[0], high=RANGE[1]))


def measure(bench: Bench, activation: str) -> Measured:
    """One pair."""
    pair = bench.pair(activation)
    cell = pair.twin.cell
    r2 = {name: float(fit.r2[0]) for name, fit in fits_of(cell, low=RANGE[0], high=RANGE[1]).items()}
    sums = pair.sums[0]
    place = np.digitize(sums / max(float(np.percentile(np.abs(sums), 99)), 1e-9), BINS) - 1
    seen, on = counted(place), counted(place, pair.cell_on(0))
    middles, n = (BINS[1:] + BINS[:-1]) / 2, len(place)
    firing = fractions(seen.sum(axis=0), on.sum(axis=0))
    times = np.random.default_rng(bench.seed).multinomial(n, np.full(n, 1 / n), RESAMPLES)
    drawn = [crossing(middles, fractions(s, o)) for s, o in zip(times @ seen, times @ on, strict=True)]
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Measured(activation, cell, r2, middles, firing, crossing(middles, firing), (float(low), float(high)))


def counted(place: np.ndarray, which: np.ndarray | None = None) -> np.ndarray:
    """(n, bins): of each digit, how many of its units' sums are in each bin, from which bin each is in (n, units); all
    or some of them."""
    bins = len(BINS) - 1
    kept = (place >= 0) & (place < bins) & (True if which is None else which)
    rows = np.broadcast_to(np.arange(len(place))[:, None], place.shape)
    return np.bincount(rows[kept] * bins + place[kept], minlength=len(place) * bins).reshape(len(place), bins)


def fractions(seen: np.ndarray, on: np.ndarray) -> np.ndarray:
    """Of those seen, how many are on; nan where fewer than `LEAST` were."""
    return np.where(seen >= LEAST, on / np.maximum(seen, 1), np.nan)


def crossing(sums: np.ndarray, firing: np.ndarray) -> float:
    """Where a fraction first passes a half, by a straight line between the bins about it; nan where it never does."""
    known = ~np.isnan(firing)
    sums, firing = sums[known], firing[known]
    above = np.flatnonzero((firing[1:] >= 0.5) & (firing[:-1] < 0.5))
    if not above.size:
        return float("nan")
    i = above[0]
    return float(sums[i] + (0.5 - firing[i]) / (firing[i + 1] - firing[i]) * (sums[i + 1] - sums[i]))


def sharp(found: Measured) -> bool:
    """Whether hardly a cell is on a tenth of the range below zero, and hardly one off a tenth above."""
    below, above = (found.firing[int(np.abs(found.sums - side).argmin())] for side in (-AROUND, AROUND))
    return bool(below <= FEW and above >= 1 - FEW)


def verdict(result: Result) -> Verdict:
    """Like a ReLU: half of the cells are on surely near a weighted sum of 0, and the rest of them soon after; asked of
    networks whose units have a threshold, or of all where none has."""
    asked = [f for f in result.measured if f.activation in THRESHOLDED] or list(result.measured)
    near = [abs(f.crossing) <= NEAR and f.interval[0] >= -NEAR and f.interval[1] <= NEAR for f in asked]
    abrupt = [sharp(found) for found in asked]
    word = judged("claim", [*near, *abrupt])
    who = f"{listed(NETWORK_NAMES[found.activation] for found in asked)} cells"
    far = max(asked, key=lambda found: abs(found.crossing) if np.isfinite(found.crossing) else np.inf)
    part = "begin near their unit's zero, but gradually" if all(near) else "do so in part"
    return Verdict(
        "weighted sum at which half of the cells are on, of the range of sums",
        "0 %, by definition",
        lines((f.activation, percent(f.crossing, f.interval, decimals=1)) for f in result.measured),
        word,
        {
            "holds": f"Past their unit's zero {who} fire, and below it not at all: half are on {onset(far)}.",
            "in part": f"Of firing past a threshold or not at all, {who} {part}: half are on {onset(far)}.",
            "does not hold": f"The {who} begin to fire elsewhere than their units, and gradually: half are on "
            f"{onset(far)}.",
        }[word],
    )


def finding(result: Result) -> str:
    """Where cells begin to fire, and which activation their curve is closest to."""
    told = []
    for found in result.measured:
        best = max(("relu", "sigmoid"), key=lambda name: found.r2[name])
        other = "sigmoid" if best == "relu" else "relu"
        told.append(
            f"of the {NETWORK_NAMES[found.activation]} network's cells half are on {onset(found)}, and by its curve "
            f"such a cell is closer to a {NETWORK_NAMES[best]} (R² {found.r2[best]:.4f}) than to a "
            f"{NETWORK_NAMES[other]} ({found.r2[other]:.4f})"
        )
    text = "; ".join(told)
    return f"{text[0].upper()}{text[1:]}."


def draw(result: Result) -> Sequence[Drawing]:
    """A cell's curve with the shapes laid on it, the cells' onset in the network, and the map."""
    figure = Figure(figsize=(13, 4.4), layout="constrained")
    left, middle, right = figure.subplots(1, 3)
    first = result.measured[0]
    curve(left, first)
    for found, style in zip(result.measured, ("-", "--", ":", "-."), strict=False):
        middle.plot(
            100 * found.sums,
            100 * found.firing,
            style,
            color=BIO,
            label=NETWORK_NAMES[found.activation],
            marker=".",
            ms=4,
        )
    middle.plot([-50, 0, 0, 50], [0, 0, 100, 100], color=ANN, lw=1.5, label="unit is on")
    middle.set(
        xlabel="weighted sum of the unit (% of the range of sums)", ylabel="cells that are on (%)", ylim=(-2, 104)
    )
    middle.set_title("in the network")
    middle.legend(loc="lower right")
    where(right, result)
    headline(figure, title(result))
    alt = "; ".join(
        f"{NETWORK_NAMES[f.activation]}: half are on {onset(f)}, R² "
        + ", ".join(f"{NETWORK_NAMES.get(k, k)} {v:.4f}" for k, v in f.r2.items())
        for f in result.measured
    )
    return [Drawing("rheobase", figure, alt + ".")]


def onset(found: Measured) -> str:
    """Where half of the cells are on, in words."""
    if np.isnan(found.crossing):
        return f"nowhere within {100 * BINS[-1]:.0f}% of the range"
    return f"at a weighted sum of {100 * found.crossing:+.1f}% of the range"


def title(result: Result) -> str:
    """How far from zero the cells begin."""
    apart = max((abs(found.crossing) for found in result.measured if not np.isnan(found.crossing)), default=np.inf)
    if not np.isfinite(apart):
        return "Cells begin to fire elsewhere than their units turn on"
    return f"Cells begin to fire within {100 * apart:.1f}% of the range of sums from where their units turn on"


def curve(ax: Axes, found: Measured) -> Axes:
    """The f-I curve of a cell with ReLU and sigmoid laid on it."""
    drives = np.linspace(*RANGE, 400)
    ax.plot(drives, found.cell.rate(drives), color=BIO, lw=3, label=f"the cell, t_ref {1e3 * found.cell.t_ref:g} ms")
    for name, style in (("relu", "--"), ("sigmoid", ":")):
        fitted = fits_of(found.cell, low=RANGE[0], high=RANGE[1])[name].curve(drives)[0]
        ax.plot(drives, fitted, style, color=ANN, lw=1.8, label=f"{NETWORK_NAMES[name]}, R² {found.r2[name]:.4f}")
    ax.axvline(1, color=GREY, ls=":", lw=1.2)
    ax.annotate("rheobase", (1, 0), (4, 60), textcoords="offset points", rotation=90, fontsize=9, color=GREY)
    ax.set(xlabel="drive J (thresholds)", ylabel="firing rate (Hz)")
    ax.set_title(f"the cell of the {NETWORK_NAMES[found.activation]} network")
    ax.legend(loc="upper left")
    return ax


def where(ax: Axes, result: Result) -> Axes:
    """The map: where a sigmoid fits better than a ReLU, and where the networks' cells are."""
    drawn = result.map
    ahead = drawn.r2["sigmoid"] - drawn.r2["relu"]
    t_refs = 1e3 * drawn.t_refs
    ax.contourf(drawn.noises, t_refs, ahead, levels=[-1, 0, 1], colors=["#EEEEEE", "#CFE3F1"])
    ax.contour(drawn.noises, t_refs, ahead, levels=[0], colors="black", linewidths=2)
    ax.text(0.3, 15, "sigmoid fits better", ha="center", weight="bold")
    ax.text(0.12, 0.9, "ReLU fits better", ha="center", weight="bold")
    for found, mark in zip(result.measured, "os^D", strict=False):
        ax.plot(
            max(found.cell.noise, drawn.noises[0]), 1e3 * found.cell.t_ref, mark, color=BIO, ms=9, mec="black",
            label=f"cell of the {NETWORK_NAMES[found.activation]} network", clip_on=False,
        )  # fmt: skip
    ax.set_xscale("log")
    ax.set_xticks([0.05, 0.1, 0.2, 0.5, 1], ["≤ .05", ".1", ".2", ".5", "1"])
    ax.minorticks_off()
    ax.set(xlabel="noise σ (thresholds)", ylabel="refractory time (ms)")
    ax.set_title(f"over drives {drawn.low:g} to {drawn.high:g}")
    ax.legend(loc="upper left", fontsize=8.5, frameon=True)
    return ax


EXPERIMENT = Experiment(
    name="rheobase",
    title="ReLU: past a threshold or not at all",
    claim="A neuron is active past a threshold, or not at all",
    question="Is the drive at which a cell begins to fire the ReLU's threshold?",
    at=(1072,),
    part="claim",
    run=run,
    verdict=verdict,
    finding=finding,
    draw=draw,
)
