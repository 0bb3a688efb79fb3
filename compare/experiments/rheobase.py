"""Past a threshold or not at all: is the cell's rheobase the ReLU's zero?

In theory: ReLU, softplus and sigmoid laid on the curve of the network's own cell by least squares, and where on the map
of noise and refractory time each fits best (`compare.neuron`). In the network: the fraction of hidden cells that are
on, over the weighted sum of their units; half of them should be at 0. Sums are parts of their range, the 99th
percentile of |z|, in bins as fine as there are values for: coarser where few were seen, and of too few nothing is said.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bio import LIF
from compare.experiments.bench import Bench
from compare.experiments.experiment import Experiment, Verdict, drawn_by, judged
from compare.experiments.resampling import drawn_anew, middle_95
from compare.experiments.wording import lines, listed, percent, sentence_case
from compare.neuron.map import RANGE, NeuronMap, fits_of, neuron_map
from compare.style import NETWORK_NAMES

WIDEST = 0.5  # of the range of sums: how far from zero is looked
BINS = (40, 20, 10)  # the finest in which all but `SPARSE` of them are filled, or the last
SPARSE = 0.2
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
    crossing   the weighted sum at which half of them do, in parts of the range; nan where it is nowhere
    interval   its 95 %, by resampling digits; nan where it is nowhere in some of them
    """

    activation: str
    cell: LIF
    r2: dict[str, float]
    sums: np.ndarray
    firing: np.ndarray
    crossing: float
    interval: tuple[float, float]

    @property
    def seen(self) -> np.ndarray:
        """(k,): the weighted sums at which enough cells were seen."""
        known: np.ndarray = self.sums[~np.isnan(self.firing)]
        return known

    @property
    def telling(self) -> bool:
        """Whether it can be told: half of the cells are on somewhere, or would have been seen to be, beyond `NEAR` on
        both sides of zero."""
        seen = self.seen
        return bool(np.isfinite(self.crossing) or (len(seen) and seen.min() < -NEAR and seen.max() > NEAR))


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
    return Result(tuple(found), neuron_map(noises, t_refs, low=RANGE[0], high=RANGE[1], cell=found[0].cell))


def measure(bench: Bench, activation: str) -> Measured:
    """One pair."""
    pair = bench.pair(activation)
    cell = pair.twin.cell
    r2 = {name: float(fit.r2[0]) for name, fit in fits_of(cell, low=RANGE[0], high=RANGE[1]).items()}
    parts = pair.sums[0] / max(float(np.percentile(np.abs(pair.sums[0]), 99)), 1e-9)
    edges = edges_for(parts)
    place = np.digitize(parts, edges) - 1
    seen, on = (counted(place, len(edges) - 1, which) for which in (None, pair.cell_on(0)))
    middles = (edges[1:] + edges[:-1]) / 2
    firing = fractions(seen.sum(axis=0), on.sum(axis=0))
    known = ~np.isnan(firing)
    times = drawn_anew(len(place), RESAMPLES, np.random.default_rng(bench.seed))
    drawn = [
        crossing(middles[known], fractions(s, o, least=1))
        for s, o in zip((times @ seen)[:, known], (times @ on)[:, known], strict=True)
    ]
    return Measured(activation, cell, r2, middles, firing, crossing(middles, firing), middle_95(drawn))


def edges_for(parts: np.ndarray) -> np.ndarray:
    """Edges of the finest bins that the values (n, units) fill."""
    for bins in BINS:
        edges = np.linspace(-WIDEST, WIDEST, bins + 1)
        if (np.histogram(parts, edges)[0] < LEAST).mean() <= SPARSE:
            break
    return edges


def counted(place: np.ndarray, bins: int, which: np.ndarray | None = None) -> np.ndarray:
    """(n, bins): of each digit, how many of its units' sums are in each bin, from which bin each is in (n, units); all
    or some of them."""
    kept = (place >= 0) & (place < bins) & (True if which is None else which)
    rows = np.broadcast_to(np.arange(len(place))[:, None], place.shape)
    return np.bincount(rows[kept] * bins + place[kept], minlength=len(place) * bins).reshape(len(place), bins)


def fractions(seen: np.ndarray, on: np.ndarray, least: int = LEAST) -> np.ndarray:
    """Of those seen, how many are on; nan where fewer than `least` were."""
    return np.where(seen >= least, on / np.maximum(seen, 1), np.nan)


def crossing(sums: np.ndarray, firing: np.ndarray) -> float:
    """Where a fraction first passes a half, by a straight line between the bins about it; nan where it never does."""
    known = ~np.isnan(firing)
    sums, firing = sums[known], firing[known]
    above = np.flatnonzero((firing[1:] >= 0.5) & (firing[:-1] < 0.5))
    if not above.size:
        return float("nan")
    i = above[0]
    return float(sums[i] + (0.5 - firing[i]) / (firing[i + 1] - firing[i]) * (sums[i + 1] - sums[i]))


def sharp(found: Measured) -> bool | None:
    """Whether hardly a cell is on a tenth of the range below zero, and hardly one off a tenth above; None where too
    few were seen there."""
    below, above = found.firing[found.sums <= -AROUND][-1], found.firing[found.sums >= AROUND][0]
    return None if np.isnan(below) or np.isnan(above) else bool(below <= FEW and above >= 1 - FEW)


def verdict(result: Result) -> Verdict:
    """Like a ReLU: half of the cells are on surely near a weighted sum of 0, and the rest of them soon after; asked of
    networks whose units have a threshold, or of all where none has. Too few digits speak neither for it nor against."""
    asked = [f for f in result.measured if f.activation in THRESHOLDED] or list(result.measured)
    near = [abs(f.crossing) <= NEAR and f.interval[0] >= -NEAR and f.interval[1] <= NEAR for f in asked]
    abrupt = [sharp(found) for found in asked]
    away = [f.telling and (np.isnan(f.crossing) or f.interval[0] > NEAR or f.interval[1] < -NEAR) for f in asked]
    word = judged("claim", yes=[*near, *map(bool, abrupt)], no=[*away, *(said is False for said in abrupt)])
    who = f"{listed(NETWORK_NAMES[found.activation] for found in asked)} cells"
    far = max(asked, key=lambda found: abs(found.crossing) if np.isfinite(found.crossing) else np.inf)
    part = f"Past a threshold or not at all is true of {who} in part"
    if all(near):
        part = f"The {who} turn on near their unit's zero, but gradually"
    return Verdict(
        "weighted sum at which half of the cells are on, of the range of sums",
        "0 %, by definition",
        lines((f.activation, percent(f.crossing, f.interval, decimals=1)) for f in result.measured),
        word,
        {
            "holds": f"Past their unit's zero {who} are on, and below it not at all: {onset(far)}.",
            "in part": f"{part}: {onset(far)}.",
            "does not hold": f"The {who} turn on elsewhere than their units, and gradually: {onset(far)}.",
        }[word],
    )


def finding(result: Result) -> str:
    """Where half of the cells are on, and which activation their curve is closest to."""
    by_network = []
    for found in result.measured:
        best = max(("relu", "sigmoid"), key=lambda name: found.r2[name])
        other = "sigmoid" if best == "relu" else "relu"
        by_network.append(
            f"of the {NETWORK_NAMES[found.activation]} network's cells {onset(found)}, and by its curve "
            f"such a cell is closer to a {NETWORK_NAMES[best]} (R² {found.r2[best]:.4f}) than to a "
            f"{NETWORK_NAMES[other]} ({found.r2[other]:.4f})"
        )
    return f"{sentence_case('; '.join(by_network))}."


def onset(found: Measured) -> str:
    """Where half of the cells are on, in words."""
    if not found.telling:
        return "too few were seen to tell where half are on"
    if np.isnan(found.crossing):
        low, high = (f"{100 * end:+.0f}" for end in (found.seen.min(), found.seen.max()))
        return f"half are on nowhere from {low} to {high}% of the range"
    return f"half are on at a weighted sum of {100 * found.crossing:+z.1f}% of the range"


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
    draw=drawn_by("rheobase"),
)
