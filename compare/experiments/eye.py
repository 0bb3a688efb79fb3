"""Do two renditions of one digit light up the same cells of the eye? Their overlap, within and between digits.

    overlap of two images  J = |A ∩ B| / |A ∪ B|

with A and B the sets of pixels that are lit, or of input cells that fired (Jaccard, Bull. Soc. vaud. sci. nat. 1912,
44:223). Cells are asked by when they fired at least once: after the first 20 ms, and in the end. Of spike counts the
cosine is told too. Intervals: whole digits are resampled, since each is part of many pairs.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import scipy  # loads its parts where they are first used

from bio import SpikingNetwork, record
from compare.experiments.bench import Bench
from compare.experiments.experiment import ONLY_DRAWN, Experiment, Verdict, drawn_by, judged
from compare.experiments.renditions import check_pairs, pairs_of, sums_over_pairs
from compare.experiments.resampling import drawn_anew, middle_95
from compare.experiments.wording import NONE, percent
from compare.pair import Twin
from compare.score import roc_area
from data import Digits

LIT = 0.5  # brightness from which a pixel counts as lit
GLANCE = 20e-3  # s
MOST = 0.5  # of what either image lights: shared by both, it is the same cells that light up
OFTEN = 0.9  # of cases: what deserves no "only"
AT_ONCE = 100  # digits whose spikes are recorded side by side
RESAMPLES = 400
BINS = np.linspace(0, 1, 51)
EYES = {"lif": "cells of the eye", "poisson": "random input"}


@dataclass(frozen=True)
class Code:
    """One way to say what an image lights up.

    name        what it is made of
    kind        "ann" for pixels, "bio" for spikes
    active      mean number of pixels or cells that one image lights
    within      mean overlap of two renditions of one digit, and its 95 % interval
    between     the same for renditions of two digits
    ordered     the chance that a pair of the first kind overlaps more than one of the second
    again       mean overlap of an image with itself, shown a second time
    cosine      mean cosine of the counts (of pixels: of the brightnesses), within and between
    """

    name: str
    kind: str
    active: float
    within: float
    within_interval: tuple[float, float]
    between: float
    between_interval: tuple[float, float]
    ordered: float
    again: float
    cosine: tuple[float, float]


@dataclass(frozen=True, eq=False)
class Result:
    """All codes of the same digits; of pixels also how many pairs have which overlap, and two typical images.

    by_digit   (10,): mean overlap of lit pixels within each digit; nan for one of which there are not two
    histogram  (2, bins): the share of pairs in each of `BINS`, within and between
    example    (2, 784): two renditions of one digit that overlap like most do
    """

    digits: int
    codes: tuple[Code, ...]
    by_digit: np.ndarray
    histogram: np.ndarray
    example: np.ndarray = field(metadata=ONLY_DRAWN)


def run(bench: Bench) -> Result:
    """Compares every digit with every other, by its pixels and by the spikes that they send."""
    digits = bench.some_digits(1_000, 150)
    labels, rng = digits.labels, np.random.default_rng(bench.seed)
    check_pairs(labels)
    lit = (digits.images >= LIT).astype(float)
    codes = [code("lit pixels", "ann", lit, lit, digits.images, labels, rng)]
    for kind, name in EYES.items():
        twin = bench.twin(bench.activations[0], kind)
        first, second = (input_counts(replace(twin, seed=seed), digits) for seed in (twin.seed, twin.seed + 1))
        for until, counts, again in zip((min(GLANCE, twin.duration), twin.duration), first, second, strict=True):
            label = f"{name}, {1e3 * until:g} ms"
            codes.append(code(label, "bio", counts > 0, again > 0, counts, labels, rng))
    overlap = jaccard(lit)
    same = pairs_of(labels, same=True)
    shares = [np.histogram(overlap[np.triu(which)], BINS)[0] for which in (same, pairs_of(labels, same=False))]
    return Result(
        len(digits),
        tuple(codes),
        np.array([mean_or_nan(overlap[same & (labels == digit)]) for digit in range(10)]),
        np.array([counted / max(counted.sum(), 1) for counted in shares]),
        digits.images[typical(overlap, same)],
    )


def input_counts(twin: Twin, digits: Digits) -> tuple[np.ndarray, np.ndarray]:
    """(n, 784) twice: the spikes of each input cell in a glance, and in the whole time that a digit is shown."""
    pixels = digits.images.shape[1]
    idle = SpikingNetwork((np.zeros((pixels, 1)),), (np.zeros(1),), twin.cell)  # what the eye sends is all we want
    glance, whole = np.zeros((2, len(digits), pixels), np.int32)
    for start in range(0, len(digits), AT_ONCE):
        shown = twin.stimulus(digits[start : start + AT_ONCE])
        step, digit, cell = record(idle, shown, duration=twin.duration, dt=twin.dt).spikes[0].T
        early = (step + 1) * twin.dt <= GLANCE * (1 + 1e-9)
        np.add.at(whole, (start + digit, cell), 1)
        np.add.at(glance, (start + digit[early], cell[early]), 1)
    return glance, whole


def code(
    name: str,
    kind: str,
    active: np.ndarray,
    again: np.ndarray,
    values: np.ndarray,
    labels: np.ndarray,
    rng: np.random.Generator,
) -> Code:
    """What sets (n, 784) have in common, those of the same images shown again, and the numbers behind them."""
    overlap, alike = jaccard(active), cosine(values)
    same, other = pairs_of(labels, same=True), pairs_of(labels, same=False)
    upper = np.triu(same | other)
    shared = (active & again if active.dtype == bool else active * again).sum(axis=1)
    either = active.sum(axis=1) + again.sum(axis=1) - shared
    ordered = roc_area(scipy.stats.rankdata(overlap[upper]), same[upper])
    return Code(
        name,
        kind,
        float(active.sum(axis=1).mean()),
        mean_or_nan(overlap[same]),
        interval_over_pairs(overlap, same, rng),
        mean_or_nan(overlap[other]),
        interval_over_pairs(overlap, other, rng),
        float("nan") if ordered is None else ordered,
        mean_or_nan(shared[either > 0] / either[either > 0]),
        (mean_or_nan(alike[same]), mean_or_nan(alike[other])),
    )


def jaccard(active: np.ndarray) -> np.ndarray:
    """(n, n): what two of the sets (n, cells) share, as a part of what either has; 0 where both are empty."""
    sets = active.astype(np.float32)
    shared, size = sets @ sets.T, sets.sum(axis=1)
    return shared / np.maximum(size[:, None] + size - shared, 1)


def cosine(values: np.ndarray) -> np.ndarray:
    """(n, n): the cosine between rows (n, cells) of numbers; 0 with a row of zeros."""
    rows = values.astype(np.float32)
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    unit = rows / np.where(length, length, 1)
    return unit @ unit.T


def mean_or_nan(values: np.ndarray) -> float:
    """Their mean; nan of none."""
    return float(values.mean()) if values.size else float("nan")


def interval_over_pairs(values: np.ndarray, which: np.ndarray, rng: np.random.Generator) -> tuple[float, float]:
    """The 95 % interval of the mean of some pairs' values (n, n), of images drawn anew; nan where there is no pair."""
    times = drawn_anew(len(values), RESAMPLES, rng).astype(np.float32)
    weight = which.astype(np.float32)
    total, count = (sums_over_pairs(part, times) for part in (values * weight, weight))
    return middle_95(total[count > 0] / count[count > 0])


def typical(values: np.ndarray, which: np.ndarray) -> list[int]:
    """The pair, of some, whose value is closest to their mean; the first image with itself where there is none."""
    if not which.any():
        return [0, 0]
    away = np.where(which, np.abs(values - values[which].mean()), np.inf)
    return [int(i) for i in np.unravel_index(away.argmin(), away.shape)]


def verdict(result: Result) -> Verdict:
    """Different cells: less than half of what either rendition lights is lit by both, as intervals tell."""
    pixels, *spikes = result.codes
    cells = [code for code in spikes if code.name.startswith(EYES["lif"])][-1:]
    codes = [pixels, *cells]
    word = judged(
        "claim",
        yes=[code.within_interval[1] < MOST for code in codes],
        no=[code.within_interval[0] >= MOST for code in codes],
    )
    claim = {
        "holds": "Two renditions of one digit light up mostly different cells",
        "in part": "Two renditions of one digit light up different cells in part",
        "does not hold": "Two renditions of one digit light up mostly the same cells",
    }[word]
    firing = f", and {percent(cells[0].within)} of the cells that fire" if cells else ""
    return Verdict(
        "lit by both of two renditions of a digit, of what either lights",
        percent(pixels.within, pixels.within_interval),
        percent(cells[0].within, cells[0].within_interval) if cells else NONE,
        word,
        f"{claim}: they share {percent(pixels.within)} of the pixels that either lights{firing}.",
    )


def finding(result: Result) -> str:
    """How much "the same" digit has in common, and how much more than two digits have."""
    pixels, *spikes = result.codes
    most = "most is not shared" if pixels.within < 0.5 else "most is shared"
    apart = pixels.within_interval[0] > pixels.between_interval[1]
    than = "more than" if apart else "not surely more than"
    spared = "and" if pixels.ordered >= OFTEN else "yet"
    cases = f"in {'only ' if pixels.ordered < OFTEN else ''}{pixels.ordered:.0%} of cases"
    by_cells = ", ".join(f"{code.name} {shared_within(code)} against {code.between:.0%}" for code in spikes)
    return (
        f"Two renditions of one digit share {shared_within(pixels)} of the pixels that "
        f"either lights: {most}. That is {than} the {pixels.between:.0%} that two digits share, {spared} a pair of one "
        f"digit overlaps more than a pair of two {cases}. By the cells that fire: {by_cells}."
    )


def shared_within(code: Code) -> str:
    """What two renditions of one digit share, with its interval."""
    low, high = code.within_interval
    return f"{code.within:.0%} ({100 * low:.0f}–{100 * high:.0f})"


EXPERIMENT = Experiment(
    name="eye",
    title="The same digit, other cells of the eye",
    claim="Two renditions of one digit light up different cells",
    question="How much do two renditions of one digit have in common, pixel by pixel and cell by cell?",
    at=(22,),
    part="claim",
    run=run,
    verdict=verdict,
    finding=finding,
    draw=drawn_by("eye"),
)
