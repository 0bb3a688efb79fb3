"""How sure a mean or a median is, by the percentile bootstrap.

Values are drawn anew, as many as there are, with replacement; the interval holds the middle 95 % of what they give
(Efron & Tibshirani, "An Introduction to the Bootstrap", 1993).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.stats import bootstrap

RESAMPLES = 1_000


def interval(values: np.ndarray, seed: int, *, of: Callable = np.mean) -> tuple[float, float]:
    """The 95 % bootstrap interval of the mean, or of another statistic, of values (n,); nan of nothing, and no width
    where all are the same."""
    if not len(values):
        return float("nan"), float("nan")
    if np.ptp(values) == 0:
        return float(values[0]), float(values[0])
    rng = np.random.default_rng(seed)
    found = bootstrap((values,), of, n_resamples=RESAMPLES, method="percentile", rng=rng).confidence_interval
    return float(found.low), float(found.high)
