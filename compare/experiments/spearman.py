"""How sure Spearman's ρ is: where it lies for digits drawn anew, and where chance puts it.

ρ is Pearson's correlation of ranks; equals share the mean of theirs. Of two that have nothing to do with each other it
is not 0 but near it: how near, tells the ρ of shuffled digits.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy  # loads its parts where they are first used

from compare.experiments.resampling import middle_95
from compare.score import correlation


def rho(first: np.ndarray, second: np.ndarray) -> float | None:
    """Of two (n,); None where one of them is constant."""
    return correlation(scipy.stats.rankdata(first), scipy.stats.rankdata(second))


def rho_drawn_anew(
    first: np.ndarray, second: np.ndarray, rng: np.random.Generator, repeats: int
) -> tuple[float, float] | None:
    """The 95 % interval of ρ over digits drawn with replacement; None where it is never defined."""
    found = []
    for _ in range(repeats if len(first) else 0):
        which = rng.integers(0, len(first), len(first))
        found.append(rho(first[which], second[which]))
    return middle_of(found)


def rho_shuffled(
    first: np.ndarray, second: np.ndarray, rng: np.random.Generator, repeats: int
) -> tuple[float, float] | None:
    """Where 95 % of the ρ lie when the digits of one are shuffled."""
    ranks, others = scipy.stats.rankdata(first), scipy.stats.rankdata(second)
    return middle_of([correlation(rng.permutation(ranks), others) for _ in range(repeats)])


def middle_of(found: Sequence[float | None]) -> tuple[float, float] | None:
    """Between what the middle 95 % of those lie that are defined."""
    defined = [value for value in found if value is not None]
    return middle_95(defined) if defined else None
