"""Scores a pair: does the spiking twin answer as well, and are its rates the activations?

Accuracies with Wilson's interval (Wilson, J. Am. Stat. Assoc. 1927, 22:209), the two networks against each other by
McNemar's exact test on the digits that only one got right (McNemar, Psychometrika 1947, 12:153), on against off by
Matthews' correlation (MCC; Matthews, BBA 1975, 405:442) and by the area under the ROC curve. A score that is not
defined, a correlation with a constant say, is None, never 0.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import scipy  # loads its parts where they are first used

from compare.pair import Pair

CLOSE = 0.005  # the twin is "within half a point" of the MLP
NEAR_CEILING = 0.95
SIGNIFICANT = 6


@dataclass(frozen=True)
class LayerScore:
    """How far the cells of one layer are its units, over all digits and units together.

    pearson, spearman     of decoded activations with activations
    pearson_raw           of plain rates with activations
    pearson_shuffled      of decoded activations with those of other digits: what the layer's habits alone give
    pearson_median_unit   the median over units of each unit's own correlation over digits
    mcc, auroc            of "the cell is on" and of the rate with "the unit is on"
    rmse                  of decoded activations, in activation units
    dead                  fraction of cells that never fired
    saturated             fraction of cells and digits within 5 % of the highest rate that the refractory time allows
    on_off                [[both off, only the cell on], [only the unit on, both on]], counts
    """

    name: str
    pearson: float | None
    pearson_raw: float | None
    pearson_shuffled: float | None
    pearson_median_unit: float | None
    spearman: float | None
    mcc: float | None
    auroc: float | None
    rmse: float
    dead: float
    saturated: float
    on_off: list[list[int]]


@dataclass(frozen=True)
class Score:
    """A pair, scored; accuracies are fractions, intervals hold 95 %.

    ms_to_within_half_point is the first of the samples, 5 ms apart, at which the twin is within 0.5 points of the MLP.
    """

    digits: int
    ann_accuracy: float
    ann_interval: tuple[float, float]
    bio_accuracy: float
    bio_interval: tuple[float, float]
    same_answer: float
    mcnemar_p: float
    spikes_per_digit: float
    input_spikes_per_digit: float
    ms_to_within_half_point: float | None
    accuracy_by_ms: list[tuple[float, float]]
    layers: list[LayerScore]

    def as_json(self) -> dict[str, Any]:
        """Plain lists, numbers and text, floats to six significant digits."""
        rounded: dict[str, Any] = rounded_floats(asdict(self))
        return rounded


def score(pair: Pair) -> Score:
    """All scores of a pair."""
    truth = pair.digits.labels
    ann_right, bio_right = pair.ann_answers == truth, pair.bio_answers == truth
    by_time = (pair.response.verdicts == truth[:, None]).mean(axis=0)
    times = pair.response.times * 1e3
    return Score(
        digits=len(truth),
        ann_accuracy=float(ann_right.mean()),
        ann_interval=wilson(ann_right),
        bio_accuracy=float(bio_right.mean()),
        bio_interval=wilson(bio_right),
        same_answer=float((pair.ann_answers == pair.bio_answers).mean()),
        mcnemar_p=mcnemar(ann_right, bio_right),
        spikes_per_digit=float(sum(layer.sum() for layer in pair.response.counts) / len(truth)),
        input_spikes_per_digit=float(pair.response.input.mean()),
        ms_to_within_half_point=first_time(times, by_time, float(ann_right.mean()) - CLOSE),
        accuracy_by_ms=[(float(ms), float(accuracy)) for ms, accuracy in zip(times, by_time, strict=True)],
        layers=[layer_score(pair, layer) for layer in range(len(pair.sums))],
    )


def layer_score(pair: Pair, layer: int) -> LayerScore:
    """All scores of one layer, counted from 0."""
    activations, decoded = pair.activations(layer), pair.decoded(layer)
    counts = pair.response.counts[layer]
    unit_on, cell_on = pair.unit_on(layer), pair.cell_on(layer)
    shuffled = np.random.default_rng(pair.twin.seed).permutation(len(decoded))
    by_unit = [correlation(mine, twins) for mine, twins in zip(activations.T, decoded.T, strict=True)]
    defined = [value for value in by_unit if value is not None]
    table = [[int((first & second).sum()) for second in (~cell_on, cell_on)] for first in (~unit_on, unit_on)]
    ranks = scipy.stats.rankdata(counts, axis=None)
    fastest = pair.twin.duration / pair.twin.cell.refractory(pair.twin.dt)
    return LayerScore(
        name=pair.names[layer],
        pearson=correlation(activations, decoded),
        pearson_raw=correlation(activations, counts),
        pearson_shuffled=correlation(activations, decoded[shuffled]) if len(decoded) > 1 else None,
        pearson_median_unit=float(np.median(defined)) if defined else None,
        spearman=correlation(scipy.stats.rankdata(activations, axis=None), scipy.stats.rankdata(decoded, axis=None)),
        mcc=matthews(table),
        auroc=roc_area(ranks, unit_on.ravel()),
        rmse=float(np.sqrt(np.mean((decoded - activations) ** 2))),
        dead=float((counts.sum(axis=0) == 0).mean()),
        saturated=float((counts >= NEAR_CEILING * fastest).mean()),
        on_off=table,
    )


def wilson(right: np.ndarray) -> tuple[float, float]:
    """Wilson's 95 % interval of the fraction that is True, which even where all are True leaves room below:

    >>> tuple(round(end, 3) for end in wilson(np.array([True] * 97 + [False] * 3)))
    (0.915, 0.99)
    >>> tuple(round(end, 3) for end in wilson(np.array([True] * 100)))
    (0.963, 1.0)
    """
    interval = scipy.stats.binomtest(int(right.sum()), len(right)).proportion_ci(method="wilson")
    return float(interval.low), float(interval.high)


def mcnemar(first: np.ndarray, second: np.ndarray) -> float:
    """The exact p of McNemar's test that two raters are equally often right; 1 where they never differ."""
    only_first, only_second = int((first & ~second).sum()), int((second & ~first).sum())
    differ = only_first + only_second
    return float(scipy.stats.binomtest(only_first, differ).pvalue) if differ else 1.0


def correlation(first: np.ndarray, second: np.ndarray) -> float | None:
    """Pearson's, over all elements; None where either is constant."""
    x, y = (np.asarray(array, float).ravel() for array in (first, second))
    varies = np.ptp(x) and np.ptp(y)  # asked of the data: their mean is rounded
    x, y = x - x.mean(), y - y.mean()
    scale = np.sqrt(x @ x) * np.sqrt(y @ y)
    return float(np.clip(x @ y / scale, -1, 1)) if varies and scale else None


def matthews(table: list[list[int]]) -> float | None:
    """MCC of [[both off, only second on], [only first on, both on]]; None where one of them is always the same.

    All right, no better than chance, and a cell that always fires, which tells nothing however often it is right:

    >>> matthews([[50, 0], [0, 50]]), matthews([[25, 25], [25, 25]]), matthews([[0, 10], [0, 90]])
    (1.0, 0.0, None)
    """
    (neither, only_second), (only_first, both) = table
    margins = (both + only_first) * (both + only_second) * (neither + only_first) * (neither + only_second)
    return (both * neither - only_first * only_second) / float(margins) ** 0.5 if margins else None


def roc_area(ranks: np.ndarray, positive: np.ndarray) -> float | None:
    """The chance that a positive outranks a negative, from all their ranks (Mann & Whitney 1947); None without both."""
    yes = int(positive.sum())
    no = len(positive) - yes
    return float((ranks[positive].sum() - yes * (yes + 1) / 2) / (yes * no)) if yes and no else None


def first_time(times: np.ndarray, accuracy: np.ndarray, wanted: float) -> float | None:
    """The first time at which the accuracy is at least `wanted`; None where it never is."""
    reached = np.flatnonzero(accuracy >= wanted - 1e-12)
    return float(times[reached[0]]) if reached.size else None


def rounded_floats(value: Any) -> Any:
    """The same nest of dictionaries and lists, with tuples as lists and floats rounded."""
    if isinstance(value, dict):
        return {key: rounded_floats(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [rounded_floats(item) for item in value]
    return float(f"{value:.{SIGNIFICANT}g}") if isinstance(value, float) else value
