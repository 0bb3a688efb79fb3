"""Are weighted sums squashed alike? The rates of cells over the weighted sums z of their units, beside f(z).

    r(z) · λ/r_max   against   f(z)           λ: the activation that maps to r_max

Rates are read from spike counts (`Mapping.rates`) and scaled by one number; nothing is straightened. How far they are
from the activations is told by the root mean square error, as a part of full scale (`scale`), and by
R² = 1 - Σ(rate - f)²/Σ(f - mean f)², over all units and digits; 95 % intervals by resampling digits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from compare.experiments.bench import Bench
from compare.experiments.experiment import Experiment, Verdict, drawn_by, judged
from compare.experiments.resampling import drawn_anew, middle_95
from compare.experiments.scale import full_scale
from compare.experiments.wording import lines, listed, number, percent
from compare.pair import Pair
from compare.score import correlation
from compare.style import NETWORK_NAMES

BINS = 100  # at most
LEAST = 30  # values that a bin needs
RANGE = (1, 99)  # percentiles of the weighted sums that are drawn
RESAMPLES = 400
GOOD, POOR = 0.9, 0.5  # R² from which rates follow a curve, and below which they hardly do


@dataclass(frozen=True, eq=False)
class Curve:
    """The first layer's transfer curve in one network; activations and rates · λ/r_max, both in activation units.

    layer       whose it is
    unit, r_max  λ, and the rate that it maps to, Hz
    sums        (bins,): middles, weighted sums z
    activation  (bins,): f(z) there
    mean, sd    (bins,): of the scaled rates; nan where there are too few
    error       (bins,): standard error of the mean, as if values were independent
    expected    (bins,): what the cell's closed form gives there
    rmse, r2    of scaled rates against activations, over all units and digits, with 95 % intervals
    r2_line     of the straight line of the rates that is closest to the activations
    scatter     the part of the mean square error that is scatter about the mean curve: noise, and counting
    highest     activation of the brightest unit
    fastest     rate of the fastest cell, and the most that its refractory time allows, Hz
    full        full scale of the activations
    """

    activation_name: str
    layer: str
    unit: float
    r_max: float
    sums: np.ndarray
    activation: np.ndarray
    mean: np.ndarray
    sd: np.ndarray
    error: np.ndarray
    expected: np.ndarray
    rmse: float
    rmse_interval: tuple[float, float]
    r2: float
    r2_interval: tuple[float, float]
    r2_line: float
    scatter: float
    highest: float
    fastest: tuple[float, float]
    full: float

    @property
    def name(self) -> str:
        """Of the network."""
        return NETWORK_NAMES[self.activation_name]

    @property
    def farthest(self) -> tuple[float, float]:
        """The weighted sum at which the mean curve is farthest from f, and by how much there, in parts of full
        scale."""
        apart = (self.mean - self.activation) / self.full
        if np.isnan(apart).all():
            return float("nan"), float("nan")
        where = int(np.nanargmax(np.abs(apart)))
        return float(self.sums[where]), float(apart[where])


@dataclass(frozen=True)
class Result:
    """The curve of each network, and of how many digits."""

    digits: int
    curves: tuple[Curve, ...]


def run(bench: Bench) -> Result:
    """Looks at the first layer of each pair, shown steady currents, so that only the cells differ from the units."""
    rng = np.random.default_rng(bench.seed)
    found = []
    for name in bench.activations:
        pair = bench.pair(name)
        found.append(measure(pair, full_scale(pair.twin, bench.calibration.images).activation, rng))
    return Result(len(bench.digits), tuple(found))


def measure(pair: Pair, full: float, rng: np.random.Generator) -> Curve:
    """The curve of one pair's first layer, given the full scale of its activations."""
    twin, mapping = pair.twin, pair.twin.mapping
    this, sums, f = mapping.layers[0], pair.sums[0].astype(float), mapping.curve(0)
    rates = mapping.rates(pair.response.counts[0], twin.duration)
    wanted, scaled = f(sums), rates * this.unit / mapping.r_max
    low, high = np.percentile(sums, RANGE)
    edges = np.linspace(low, high, min(BINS, max(4, sums.size // (2 * LEAST))) + 1)
    middles = (edges[1:] + edges[:-1]) / 2
    seen, mean, sd = binned(sums.ravel(), scaled.ravel(), edges)
    rmse, r2, ends = fit(wanted, scaled, rng)
    ceiling = float(1 / twin.cell.refractory(twin.dt))
    left = scaled - np.interp(sums, middles[seen >= LEAST], mean[seen >= LEAST]) if (seen >= LEAST).any() else scaled
    return Curve(
        twin.model.activation,
        pair.names[0],
        this.unit,
        mapping.r_max,
        middles,
        f(middles),
        mean,
        sd,
        sd / np.sqrt(np.maximum(seen, 1)),
        twin.cell.rate(this.drive(middles), dt=twin.dt) * this.unit / mapping.r_max,
        rmse,
        ends[0],
        r2,
        ends[1],
        (correlation(wanted, scaled) or 0.0) ** 2,
        min(float(np.mean(left**2)) / rmse**2, 1.0) if rmse else 0.0,
        float(wanted.max()),
        (min(float(rates.max()), ceiling), ceiling),  # so many spikes can stand for a rate beyond what is possible
        full,
    )


def binned(x: np.ndarray, y: np.ndarray, edges: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """How many x (n,) lie between each two edges, and the mean and SD of their y; nan where they are fewer than
    `LEAST`."""
    place = np.searchsorted(edges, x, side="right") - 1
    inside = (place >= 0) & (place < len(edges) - 1)
    bins, y = place[inside], y[inside]
    seen = np.bincount(bins, minlength=len(edges) - 1)
    enough = np.where(seen >= LEAST, seen, np.nan)
    mean = np.bincount(bins, y, minlength=len(seen)) / enough
    around = np.bincount(bins, (y - mean[bins]) ** 2, minlength=len(seen)) / enough
    return seen, mean, np.sqrt(around)


def fit(
    wanted: np.ndarray, got: np.ndarray, rng: np.random.Generator
) -> tuple[float, float, tuple[tuple[float, float], tuple[float, float]]]:
    """RMSE and R² of `got` for `wanted`, both (n, units), and their 95 % intervals over resampled rows."""
    n = len(wanted)
    per_row = np.column_stack([((got - wanted) ** 2).mean(axis=1), wanted.mean(axis=1), (wanted**2).mean(axis=1)])
    times = np.vstack([np.ones(n), drawn_anew(n, RESAMPLES, rng)])
    square, mean, mean_square = (times @ per_row / n).T
    with np.errstate(divide="ignore", invalid="ignore"):
        rmse, r2 = np.sqrt(square), 1 - square / (mean_square - mean**2)
    return float(rmse[0]), float(r2[0]), (middle_95(rmse[1:]), middle_95(r2[1:]))


def verdict(result: Result) -> Verdict:
    """As units do: scaled by one number, rates explain nine tenths of the activations' variance, as intervals tell."""
    follow = [curve.r2_interval[0] >= GOOD for curve in result.curves]
    word = judged("claim", yes=follow, no=[curve.r2_interval[1] < POOR for curve in result.curves])
    worst = min(result.curves, key=lambda curve: curve.r2)
    r2 = f"R² {number(worst.r2)}"
    _, by = worst.farthest
    where = f" up to {percent(abs(by))} of full scale too {'fast' if by > 0 else 'slow'}" if np.isfinite(by) else ""
    good = [curve.name for curve, well in zip(result.curves, follow, strict=True) if well]
    rest = f"Cells follow the {listed(good)} curve closely, but" if good else "Cells follow"
    return Verdict(
        "R² of rates, scaled by one number, for activations",
        "1, by definition",
        lines((curve.activation_name, number(curve.r2, curve.r2_interval)) for curve in result.curves),
        word,
        {
            "holds": f"Cells make of a weighted sum what units make of it ({r2} at least).",
            "in part": f"{rest} the {worst.name} curve only roughly ({r2}): they fire{where or ' otherwise'}.",
            "does not hold": f"Cells make of a weighted sum something else than units do ({r2} at worst).",
        }[word],
    )


def finding(result: Result) -> str:
    """How close each network's cells come to its curve, and where they depart from it most."""
    by_network = []
    for curve in result.curves:
        where, by = curve.farthest
        most = f", most at z = {where:+.2g} ({abs(by):.1%} of full scale too {'fast' if by > 0 else 'slowly'})"
        by_network.append(
            f"{curve.name}: R² {number(curve.r2, curve.r2_interval, decimals=3)}, along the best straight line "
            f"{curve.r2_line:.3f}; off by {curve.rmse / curve.full:.1%} of full scale (RMSE)"
            f"{most if np.isfinite(by) else ''}; activations reach {curve.highest:.3g}, rates {curve.fastest[0]:.0f} "
            f"of at most {curve.fastest[1]:.0f} Hz"
        )
    text = "; ".join(by_network)
    if len(result.curves) < 2:
        return f"Rates over weighted sums, scaled by one number. {text}."
    best, *_, worst = sorted(result.curves, key=lambda curve: -curve.r2)
    close = "Rates over weighted sums, scaled by one number, follow every network's curve equally well"
    if best.r2_interval[0] > worst.r2_interval[1]:
        close = f"Scaled by one number, rates follow the {best.name}'s curve more closely than the {worst.name}'s"
    return f"{close}. {text}."


EXPERIMENT = Experiment(
    name="squash",
    title="Weighted sums, squashed",
    claim="Weighted sums are squashed, in cells as in units",
    question="Do cells make of their weighted input what units make of theirs?",
    at=(624, 632),
    part="claim",
    run=run,
    verdict=verdict,
    finding=finding,
    draw=drawn_by("squash"),
)
