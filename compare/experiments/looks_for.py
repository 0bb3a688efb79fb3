"""What does a unit look for? Its weights as an image, beside what makes its cell fire: the spike-triggered average.

    STA = Σ nᵢ xᵢ / Σ nᵢ - mean x        nᵢ: spikes of the cell while it sees the noise image xᵢ

With white noise, pixels independent of each other, the STA of a cell that filters linearly and then fires by any curve
is proportional to its weights (Chichilnisky, Network 2001, 12:199). The images are uniform noise in [0, 1]. Half
brightness everywhere is more light than any digit: under it many cells are silent, or fire as fast as they can.
So, as at a bench, a steady current holds each cell: under the mean image it stands at the threshold of its unit
(z = 0). What is found without it is told too. From N images a correlation of 1/√(1 + 784/(ρ² N)) is expected, with ρ
that of the cell's own spike counts with the weighted sums: so much do N images give of a cell that follows its weights
as closely as this one. It is no maximum: a cell that follows them more closely gives more.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from bio import SpikingNetwork
from compare.experiments.bench import Bench
from compare.experiments.experiment import ONLY_DRAWN, Experiment, Verdict, drawn_by, judged
from compare.experiments.resampling import bootstrapped, defined
from compare.experiments.wording import lines, number
from compare.pair import Twin
from compare.parallel import Job
from compare.style import NETWORK_NAMES
from data import Digits

SHOWN = 50e-3  # how long the cells see each image, s
DRAWN = 8  # units whose images are drawn
LITTLE = 0.5  # of it: hardly the weights any more
CLOSE = 0.97  # of the correlation that is expected of so many images: as good as that


@dataclass(frozen=True, eq=False)
class Found:
    """The first layer of one pair; correlations of images, pixel by pixel, one a unit, nan where there is none.

    cells     of the STA with the unit's own weights, held at threshold
    units     the same with activations instead of spike counts
    expected  what as many images would give of a cell that follows its weights as closely, by the formula
    others    of the STA with another unit's weights
    unaided   of the STA with the weights, cells not held
    digits    of the STA with the weights, where the images are the test digits
    median    of `cells`, with its 95 % interval over units
    silent    share of cells that never fired: held, and not held
    """

    activation: str
    cells: np.ndarray
    units: np.ndarray
    expected: np.ndarray
    others: np.ndarray
    unaided: np.ndarray
    digits: np.ndarray
    median: float
    interval: tuple[float, float]
    silent: tuple[float, float]

    @property
    def name(self) -> str:
        """Of the network."""
        return NETWORK_NAMES[self.activation]


@dataclass(frozen=True, eq=False)
class Result:
    """All pairs, from how many noise images; and some units' weights and STAs, (2, units, 784) by activation, with
    which units they are."""

    images: int
    found: tuple[Found, ...]
    pictures: dict[str, np.ndarray] = field(metadata=ONLY_DRAWN)
    drawn: dict[str, np.ndarray] = field(metadata=ONLY_DRAWN)


def run(bench: Bench) -> Result:
    """Shows every network the same noise."""
    count = bench.count(20_000, 1_200)
    images = np.random.default_rng(bench.seed).random((count, bench.digits.images.shape[1]), dtype=np.float32)
    noise = Digits(images, np.zeros(count, np.int64))
    found, pictures, drawn = [], {}, {}
    for activation in bench.activations:
        of_one, stas = measure(bench, activation, noise)
        weights = bench.twin(activation).model.weights[0].T
        order = np.argsort(-np.linalg.norm(weights, axis=1), kind="stable")
        some = order[np.arange(min(DRAWN, len(order))) * len(order) // min(DRAWN, len(order))]
        found.append(of_one)
        pictures[activation], drawn[activation] = np.array([weights[some], stas[some]]), some
    return Result(count, tuple(found), pictures, drawn)


def measure(bench: Bench, activation: str, noise: Digits) -> tuple[Found, np.ndarray]:
    """One pair's first layer, and the STAs (units, 784) of its cells, held."""
    twin, pair = bench.twin(activation), bench.pair(activation)
    weights = twin.model.weights[0].T.astype(float)
    mean = noise.images.mean(axis=0, dtype=float)
    counts, unaided = (
        bench.respond([Job(network, twin.stimulus(noise), SHOWN, twin.dt, twin.engine)])[0].counts[0]
        for network in (held(twin, mean), first_layer(twin))
    )
    sums = (noise.images - mean.astype(np.float32)) @ weights.T.astype(np.float32)
    stas = triggered_average(counts, noise.images)
    own = correlations(stas, weights)
    rho = correlations(counts.T, sums.T)
    found = Found(
        activation,
        own,
        correlations(triggered_average(twin.mapping.curve(0)(sums), noise.images), weights),
        1 / np.sqrt(1 + len(mean) / np.maximum(rho**2 * len(noise), 1e-9)),
        correlations(stas, np.roll(weights, 1, axis=0)) if len(weights) > 1 else np.full(1, np.nan),
        correlations(triggered_average(unaided, noise.images), weights),
        correlations(triggered_average(pair.response.counts[0], pair.digits.images), weights),
        middle(own),
        bootstrapped(defined(own), bench.seed, of=np.median),
        (float((counts.sum(axis=0) == 0).mean()), float((unaided.sum(axis=0) == 0).mean())),
    )
    return found, stas


def first_layer(twin: Twin) -> SpikingNetwork:
    """The cells that see the image, alone."""
    return SpikingNetwork(twin.network.weights[:1], twin.network.biases[:1], twin.network.cell)


def held(twin: Twin, image: np.ndarray) -> SpikingNetwork:
    """The same cells with another steady current, under which each has, at this image (784,), the drive of z = 0."""
    alone = first_layer(twin)
    bias = twin.mapping.layers[0].c0 - twin.mapping.r_max * image @ alone.weights[0]
    return replace(alone, biases=(bias,))


def triggered_average(counts: np.ndarray, images: np.ndarray) -> np.ndarray:
    """(cells, pixels): what the images (n, pixels) looked like when each cell fired (n, cells), less how they look;
    nan for a cell that never did."""
    weight = np.asarray(counts, np.float32)
    total = weight.sum(axis=0, dtype=float)[:, None]
    centred = images - images.mean(axis=0, dtype=float).astype(np.float32)
    return np.where(total > 0, (weight.T @ centred) / np.where(total > 0, total, 1), np.nan)


def correlations(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """(n,): Pearson's, of each row (n, m) with the same row of the other; nan where either is constant."""
    x, y = (np.asarray(rows, float) - np.mean(rows, axis=1, keepdims=True, dtype=float) for rows in (first, second))
    scale = np.linalg.norm(x, axis=1) * np.linalg.norm(y, axis=1)
    with np.errstate(invalid="ignore"):
        return np.where(scale > 0, (x * y).sum(axis=1) / np.where(scale > 0, scale, 1), np.nan)


def middle(values: np.ndarray) -> float:
    """The median of what is defined; nan of nothing."""
    known = defined(values)
    return float(np.median(known)) if known.size else float("nan")


def verdict(result: Result) -> Verdict:
    """It looks for its weights: what excites it resembles them as closely as is expected of so many images."""
    limits = [middle(found.expected) for found in result.found]
    units = [middle(found.units) for found in result.found]
    cells = [found.median for found in result.found]
    reached = [value / limit for value, limit in zip([*units, *cells], limits * 2, strict=True)]
    word = judged("claim", yes=[part >= CLOSE for part in reached], no=[not part >= LITTLE for part in reached])
    claim = {
        "holds": "What excites a unit, or a cell, is the pattern in its weights",
        "in part": "What excites a unit, or a cell, is only in part the pattern in its weights",
        "does not hold": "What excites a unit, or a cell, is hardly the pattern in its weights",
    }[word]
    least = int(np.nanargmin(cells)) if np.isfinite(cells).any() else 0
    which = "cells" if np.isfinite(cells).all() else "cells that fire"
    ann = [bootstrapped(defined(found.units), 0, of=np.median) for found in result.found]
    return Verdict(
        "correlation of what excites with the weights, median (expected of as many images: "
        f"{' and '.join(dict.fromkeys(number(limit) for limit in limits))})",
        lines((f.activation, number(u, i)) for f, u, i in zip(result.found, units, ann, strict=True)),
        lines((f.activation, number(f.median, f.interval)) for f in result.found),
        word,
        f"{claim}: in noise they correlate by {number(cells[least])} or more in {which}, where "
        f"{number(limits[least])} is expected."
        if np.isfinite(cells).any()
        else f"{claim}: no cell fired, so that there is nothing to correlate.",
    )


def finding(result: Result) -> str:
    """Whether the STA shows the weights, and what it takes."""
    by_network = []
    for found in result.found:
        unheard = f"{found.silent[1]:.0%} of the cells silent and a median of {middle(found.unaided):.2f}"
        by_network.append(
            f"{found.name}: median correlation {found.median:.2f} ({found.interval[0]:.2f} to {found.interval[1]:.2f}; "
            f"{middle(found.expected):.2f} expected, {middle(found.units):.2f} from activations, "
            f"{middle(found.others):.2f} with another unit's weights); without a current to hold the cells at "
            f"threshold, {unheard}; from digits instead of noise, {middle(found.digits):.2f}"
        )
    close = [found.name for found in result.found if found.median >= CLOSE * middle(found.expected)]
    if len(close) == len(result.found):
        as_expected = f"as much as is expected of {result.images:,} noise images"
        claim = f"What makes a cell fire resembles its unit's weights {as_expected}"
    elif close:
        claim = f"What makes a cell fire resembles its unit's weights in some networks only ({', '.join(close)})"
    else:
        claim = "What makes a cell fire resembles its unit's weights less than it should"
    return f"{claim}. {'. '.join(by_network)}."


EXPERIMENT = Experiment(
    name="looks-for",
    title="What units look for",
    claim="A unit looks for the pattern in its weights",
    question="Does what makes a cell fire, in white noise, look like the weights of its unit?",
    at=(163,),
    part="claim",
    run=run,
    verdict=verdict,
    finding=finding,
    draw=drawn_by("looks_for"),
)
