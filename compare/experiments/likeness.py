"""How alike images are to a network, and how alike two networks are by that: d', RSA and CKA.

    distance of two images      1 - Pearson correlation of what they evoke (1 if either evokes the same everywhere)
    separation of the classes   d' = (mean between - mean within) / √((variance between + variance within)/2)
    RSA                         Spearman correlation of the distances in one network with those in the other
    CKA                         ‖YᵀX‖² / (‖XᵀX‖ ‖YᵀY‖) of centred responses X and Y, Frobenius norms

RSA: Kriegeskorte, Mur & Bandettini, Front. Syst. Neurosci. 2008, 2:4; linear CKA: Kornblith et al., ICML 2019. Two
permutation tests ask of RSA whether shuffled images resemble the other network as much: all images, and images within
their class, which leaves what the classes alone explain; p = (k + 1)/(n + 1) with k of n shuffles as high or higher.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy  # loads its parts where they are first used

from compare.experiments.renditions import pairs_of, sums_over_pairs
from compare.experiments.resampling import defined, drawn_anew, middle_95

RESAMPLES = 300  # for the interval of d'
CKA_RESAMPLES = 100


@dataclass(frozen=True)
class Layer:
    """How one layer of one network tells digits apart.

    within, between  mean distance of two renditions of one digit, and of two digits
    ratio            between / within
    separation       d', with its 95 % interval over resampled digits
    """

    name: str
    within: float
    between: float
    ratio: float
    separation: float
    interval: tuple[float, float]


@dataclass(frozen=True, eq=False)
class Likeness:
    """How alike a layer is in the two networks.

    rsa                    Spearman correlation of distances
    rsa_p, rsa_p_within    of all images shuffled, and of images shuffled within their class
    rsa_by_class           mean correlation that the latter leaves: what the classes alone explain
    cka                    linear, with its 95 % interval over resampled digits
    cka_shuffled           of images shuffled in one network
    """

    name: str
    rsa: float
    rsa_p: float
    rsa_p_within: float
    rsa_by_class: float
    cka: float
    cka_interval: tuple[float, float]
    cka_shuffled: float


def distances(code: np.ndarray) -> np.ndarray:
    """(n, n): 1 - Pearson correlation between the rows of (n, units); 1 to a row that is constant."""
    rows = np.asarray(code, float)
    rows = rows - rows.mean(axis=1, keepdims=True)
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    unit = rows / np.where(length > 1e-9, length, np.inf)
    found: np.ndarray = 1 - np.clip(unit @ unit.T, -1, 1)
    np.fill_diagonal(found, 0)
    return found


def separation_of(name: str, matrix: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> Layer:
    """How distances (n, n) depend on the labels."""
    n = len(labels)
    times = np.vstack([np.ones(n), drawn_anew(n, RESAMPLES, rng)])
    within, between = (moments(matrix, pairs_of(labels, same=same), times) for same in (True, False))
    separation = d_prime(within, between)
    near, far = float(within[0][0]), float(between[0][0])
    ratio = far / near if near > 0 else float("nan")
    return Layer(name, near, far, ratio, float(separation[0]), middle_95(defined(separation[1:])))


def moments(matrix: np.ndarray, which: np.ndarray, times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance (resamples,) of some pairs' distances (n, n), each row drawn so many times (resamples, n)."""
    count, total, squares = (sums_over_pairs(part, times) for part in (which, matrix * which, matrix**2 * which))
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = total / count
        return mean, np.maximum(squares / count - mean**2, 0)


def d_prime(within: tuple[np.ndarray, np.ndarray], between: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """The difference of two means in units of the common standard deviation, from (mean, variance) of each."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return (between[0] - within[0]) / np.sqrt((within[1] + between[1]) / 2)


def likeness_of(
    name: str,
    first: np.ndarray,
    second: np.ndarray,
    first_distances: np.ndarray,
    second_distances: np.ndarray,
    labels: np.ndarray,
    shuffles: int,
    rng: np.random.Generator,
) -> Likeness:
    """A layer in two networks: responses (n, units) to all digits, and distances between some of these labels."""
    rsa, by_chance = permutations(first_distances, second_distances, shuffled(len(labels), shuffles, rng))
    _, by_class = permutations(first_distances, second_distances, shuffled_within(labels, shuffles, rng))
    n = len(first)
    draws = [rng.integers(0, n, n) for _ in range(CKA_RESAMPLES)]
    return Likeness(
        name,
        rsa,
        p_value(rsa, by_chance),
        p_value(rsa, by_class),
        float(by_class.mean()),
        cka(first, second),
        middle_95([cka(first[who], second[who]) for who in draws]),
        cka(first, second[rng.permutation(n)]),
    )


def cka(first: np.ndarray, second: np.ndarray) -> float:
    """Linear centred kernel alignment of two (n, units): 1 for copies turned, moved or scaled; 0 where one is
    constant."""
    x, y = (np.asarray(code, float) - code.mean(axis=0, dtype=float) for code in (first, second))
    scale = np.linalg.norm(x.T @ x) * np.linalg.norm(y.T @ y)
    return float(np.linalg.norm(y.T @ x) ** 2 / scale) if scale else 0.0


def permutations(first: np.ndarray, second: np.ndarray, orders: Iterator[np.ndarray]) -> tuple[float, np.ndarray]:
    """Spearman's correlation of two matrices of distances (n, n), and with the images of the second in each order."""
    x, y = (centred_ranks(matrix) for matrix in (first, second))
    scale = np.linalg.norm(x) * np.linalg.norm(y) or np.inf
    found = [float(np.vdot(x, y[np.ix_(order, order)]) / scale) for order in orders]
    return float(np.vdot(x, y) / scale), np.array(found)


def centred_ranks(matrix: np.ndarray) -> np.ndarray:
    """The ranks of distances (n, n) among all pairs, less their mean; 0 on the diagonal."""
    ranks = np.zeros_like(matrix, dtype=float)
    above = np.triu_indices(len(matrix), 1)
    ranks[above] = scipy.stats.rankdata(matrix[above])
    ranks[above] -= ranks[above].mean()
    return ranks + ranks.T


def shuffled(n: int, times: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Orders of n images."""
    return (rng.permutation(n) for _ in range(times))


def shuffled_within(labels: np.ndarray, times: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Orders that leave every image's label where it is."""
    classes = [np.flatnonzero(labels == digit) for digit in np.unique(labels)]
    for _ in range(times):
        order = np.arange(len(labels))
        for who in classes:
            order[who] = rng.permutation(who)
        yield order


def p_value(observed: float, by_chance: np.ndarray) -> float:
    """The share of shuffles that reach what was observed, itself counted as one."""
    return float((np.sum(by_chance >= observed) + 1) / (len(by_chance) + 1))
