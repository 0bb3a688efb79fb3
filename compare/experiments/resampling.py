"""How sure a number is: 95 % intervals, by drawing anew or by standard errors.

Values are drawn anew, as many as there are, with replacement; the interval holds the middle 95 % of what they give, the
percentile bootstrap (Efron & Tibshirani, "An Introduction to the Bootstrap", 1993). What follows from sums over digits
needs only how often each digit was drawn (`drawn_anew`), whatever is done with the sums. The mean of many values lies
within 1.96 standard errors; a fraction within Wilson's interval (`compare.score`), which is told from all and nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import scipy  # loads its parts where they are first used

from compare.score import wilson

RESAMPLES = 1_000
Interval = tuple[float, float, float]  # a value and its 95 % interval


def bootstrapped(values: np.ndarray, seed: int, *, of: Callable = np.mean) -> tuple[float, float]:
    """The 95 % bootstrap interval of the mean, or of another statistic, of values (n,); nan of nothing, and no width
    where all are the same."""
    if not len(values):
        return float("nan"), float("nan")
    if np.ptp(values) == 0:
        return float(values[0]), float(values[0])
    rng = np.random.default_rng(seed)
    found = scipy.stats.bootstrap(
        (values,), of, n_resamples=RESAMPLES, method="percentile", rng=rng
    ).confidence_interval
    return float(found.low), float(found.high)


def drawn_anew(n: int, resamples: int, rng: np.random.Generator) -> np.ndarray:
    """(resamples, n): how often each of n is among n that are drawn with replacement."""
    return rng.multinomial(n, np.full(n, 1 / n), resamples)


def middle_95(values: Sequence[float] | np.ndarray) -> tuple[float, float]:
    """Between what the middle 95 % of values lie; nan of nothing, and where any is nan."""
    low, high = np.percentile(values, [2.5, 97.5]) if len(values) else (np.nan, np.nan)
    return float(low), float(high)


def defined(values: np.ndarray) -> np.ndarray:
    """Those of the values that are numbers."""
    return values[np.isfinite(values)]


def standard_error(values: np.ndarray) -> float:
    """Of the mean of values (n,)."""
    return float(np.std(values) / np.sqrt(len(values)))


def mean_of(values: np.ndarray) -> Interval:
    """The mean of values (n,), within 1.96 standard errors."""
    mean, error = float(values.mean()), standard_error(values)
    return mean, mean - 1.96 * error, mean + 1.96 * error


def fraction(which: np.ndarray) -> Interval:
    """The fraction of truths (n,), with Wilson's interval."""
    return (float(which.mean()), *wilson(which))
