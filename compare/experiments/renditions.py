"""Pairs of images: two renditions of one digit, or two digits; sums over pairs, whichever images are drawn anew.

An image is part of many pairs, so that pairs are not independent: whole images are drawn anew, and with them all their
pairs. An image that is drawn twice makes no pair with its copy.
"""

from __future__ import annotations

import numpy as np


def check_pairs(labels: np.ndarray) -> None:
    """Raises ValueError where there are not two renditions each of at least two digits."""
    if (np.bincount(labels) >= 2).sum() < 2:
        raise ValueError(
            f"{len(labels)} test digits do not hold two renditions each of at least two digits: ask for more, say 100"
        )


def pairs_of(labels: np.ndarray, *, same: bool) -> np.ndarray:
    """(n, n): which pairs are two different images with the same label, or with two labels."""
    equal = labels[:, None] == labels
    return (equal & ~np.eye(len(labels), dtype=bool)) if same else ~equal


def sums_over_pairs(values: np.ndarray, times: np.ndarray) -> np.ndarray:
    """(resamples,): the sum of values (n, n), 0 from an image to itself, over all pairs of the images that are there so
    many times (resamples, n)."""
    total: np.ndarray = ((times @ values) * times).sum(axis=1)
    return total
