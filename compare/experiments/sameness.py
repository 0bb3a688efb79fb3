"""Do renditions of one digit become the same idea, deeper in? Distances between images, layer by layer.

    distance of two images      1 - Pearson correlation of what they evoke (1 if either evokes the same everywhere)
    separation of the classes   d' = (mean between - mean within) / √((variance between + variance within)/2)
    RSA                         Spearman correlation of the distances in one network with those in the other
    CKA                         ‖YᵀX‖² / (‖XᵀX‖ ‖YᵀY‖) of centred responses X and Y, Frobenius norms

RSA: Kriegeskorte, Mur & Bandettini, Front. Syst. Neurosci. 2008, 2:4; linear CKA: Kornblith et al., ICML 2019. Two
permutation tests ask of RSA whether shuffled images resemble the other network as much: all images, and images within
their class, which leaves what the classes alone explain; p = (k + 1)/(n + 1) with k of n shuffles as high or higher.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from scipy.stats import rankdata

from compare.experiments.bench import Bench
from compare.experiments.experiment import ONLY_DRAWN, Experiment, Verdict, drawn_by, judged
from compare.experiments.eye import check_pairs
from compare.experiments.wording import lines, number
from compare.pair import Pair
from compare.style import NETWORK_NAMES

RESAMPLES = 300
CKA_RESAMPLES = 100
SIGNIFICANT = 0.05
SHOWN = 12  # digits of each class in the drawn matrices


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


@dataclass(frozen=True, eq=False)
class Network:
    """One pair of networks: their layers from the pixels up, which are the same for both, and their likeness."""

    activation: str
    ann: tuple[Layer, ...]
    bio: tuple[Layer, ...]
    likeness: tuple[Likeness, ...]

    @property
    def name(self) -> str:
        """Of the network."""
        return NETWORK_NAMES[self.activation]


@dataclass(frozen=True, eq=False)
class Result:
    """All pairs.

    compared  images whose distances are taken
    digits    images that CKA looks at
    shuffles  of each permutation test
    matrices  by activation, then "ann" and "bio": (m, m) distances in each layer of some images, sorted by class
    drawn     (m,): the classes of those
    """

    compared: int
    digits: int
    shuffles: int
    networks: tuple[Network, ...]
    matrices: dict[str, dict[str, list[np.ndarray]]] = field(metadata=ONLY_DRAWN)
    drawn: np.ndarray = field(metadata=ONLY_DRAWN)


def run(bench: Bench) -> Result:
    """Shows both networks the same digits and compares what each layer makes of them."""
    labels = bench.digits.labels
    check_pairs(labels)
    chosen, few = (some_of_each(labels, count) for count in (bench.count(40, 12), SHOWN))
    shuffles, rng = bench.count(999, 199), np.random.default_rng(bench.seed)
    networks, matrices = [], {}
    for activation in bench.activations:
        codes = codes_of(bench.pair(activation))
        networks.append(measure(bench.pair(activation), codes, chosen, shuffles, rng))
        matrices[activation] = {kind: [distances(code[few]) for code in layers] for kind, layers in codes.items()}
    return Result(len(chosen), len(labels), shuffles, tuple(networks), matrices, labels[few])


def codes_of(pair: Pair) -> dict[str, list[np.ndarray]]:
    """What each digit evokes, (n, units) a layer, from the pixels up: activations, and rates."""
    pixels, layers = pair.digits.images, range(len(pair.sums))
    return {
        "ann": [pixels, *(pair.activations(layer) for layer in layers)],
        "bio": [pixels, *(pair.rates(layer) for layer in layers)],
    }


def some_of_each(labels: np.ndarray, count: int) -> np.ndarray:
    """At most `count` digits of each class, at even steps, sorted by class."""
    found = (np.flatnonzero(labels == digit) for digit in np.unique(labels))
    return np.concatenate([who[np.arange(min(count, len(who))) * len(who) // min(count, len(who))] for who in found])


def measure(
    pair: Pair, codes: dict[str, list[np.ndarray]], chosen: np.ndarray, shuffles: int, rng: np.random.Generator
) -> Network:
    """Everything about one pair, of which the `chosen` digits are compared one by one."""
    labels, names = pair.digits.labels[chosen], ["pixels", *pair.names]
    matrices = {kind: [distances(code[chosen]) for code in layers] for kind, layers in codes.items()}
    ann, bio = (
        tuple(layer(name, matrix, labels, rng) for name, matrix in zip(names, matrices[kind], strict=True))
        for kind in ("ann", "bio")
    )
    likeness = tuple(
        alike(names[i], codes["ann"][i], codes["bio"][i], matrices["ann"][i], matrices["bio"][i], labels, shuffles, rng)
        for i in range(1, len(names))
    )
    return Network(pair.twin.model.activation, ann, bio, likeness)


def distances(code: np.ndarray) -> np.ndarray:
    """(n, n): 1 - Pearson correlation between the rows of (n, units); 1 to a row that is constant."""
    rows = np.asarray(code, float)
    rows = rows - rows.mean(axis=1, keepdims=True)
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    unit = rows / np.where(length > 1e-9, length, np.inf)
    found: np.ndarray = 1 - np.clip(unit @ unit.T, -1, 1)
    np.fill_diagonal(found, 0)
    return found


def layer(name: str, matrix: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> Layer:
    """How distances (n, n) depend on the labels."""
    n = len(labels)
    times = np.vstack([np.ones(n), rng.multinomial(n, np.full(n, 1 / n), RESAMPLES)])
    equal = labels[:, None] == labels
    within, between = (moments(matrix, which, times) for which in (equal & ~np.eye(n, dtype=bool), ~equal))
    separation = d_prime(within, between)
    known = separation[1:][np.isfinite(separation[1:])]
    low, high = np.percentile(known, [2.5, 97.5]) if known.size else (np.nan, np.nan)
    near, far = float(within[0][0]), float(between[0][0])
    ratio = far / near if near > 0 else float("nan")
    return Layer(name, near, far, ratio, float(separation[0]), (float(low), float(high)))


def moments(matrix: np.ndarray, which: np.ndarray, times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance (resamples,) of some pairs' distances (n, n), each row drawn so many times (resamples, n)."""
    count, total, squares = (
        ((times @ part) * times).sum(axis=1) for part in (which, matrix * which, matrix**2 * which)
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = total / count
        return mean, np.maximum(squares / count - mean**2, 0)


def d_prime(within: tuple[np.ndarray, np.ndarray], between: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """The difference of two means in units of the common standard deviation, from (mean, variance) of each."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return (between[0] - within[0]) / np.sqrt((within[1] + between[1]) / 2)


def alike(
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
    low, high = np.percentile([cka(first[who], second[who]) for who in draws], [2.5, 97.5])
    return Likeness(
        name,
        rsa,
        p_value(rsa, by_chance),
        p_value(rsa, by_class),
        float(by_class.mean()),
        cka(first, second),
        (float(low), float(high)),
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
    ranks[above] = rankdata(matrix[above])
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


def verdict(result: Result) -> Verdict:
    """The same idea: every layer separates digits more than the one below, the last surely more than the pixels."""
    runs = [layers for network in result.networks for _, layers in layers_of(network)]
    surely = [layers[-1].interval[0] > layers[0].interval[1] for layers in runs]
    word = judged(
        "claim",
        yes=[sure and grows(layers) for sure, layers in zip(surely, runs, strict=True)],
        no=[layers[-1].interval[1] <= layers[0].interval[0] for layers in runs],
    )
    first, last = runs[0][0].separation, [layers[-1].separation for layers in runs]
    claim = {
        "holds": "In every network, renditions of one digit draw together layer by layer",
        "in part": "Renditions of one digit draw together in some networks or layers, or not surely",
        "does not hold": "In no network do renditions of one digit draw together",
    }[word]
    ann, bio = (
        lines(
            (
                network.activation,
                f"{number(low.separation, decimals=1)} → {number(top.separation, top.interval, decimals=1)}",
            )
            for network in result.networks
            for low, *_, top in [getattr(network, kind)]
        )
        for kind in ("ann", "bio")
    )
    least, most = (number(end(last), decimals=1) for end in (min, max))
    return Verdict(
        "distance between digits in spreads (d′), pixels → output",
        ann,
        bio,
        word,
        f"{claim}: two digits lie {number(first, decimals=1)} spreads apart as pixels, and "
        f"{least if least == most else f'{least} to {most}'} in the output.",
    )


def finding(result: Result) -> str:
    """Whether classes separate from layer to layer, and how alike the networks' layers are."""
    told = []
    for network in result.networks:
        runs = {kind: [layer.separation for layer in layers] for kind, layers in layers_of(network)}
        steps = " → ".join(f"{value:.2f}" for value in runs["ann"]), " → ".join(f"{v:.2f}" for v in runs["bio"])
        told.append(
            f"{network.name}: d' {steps[0]} in the standard network, {steps[1]} in the spiking one; {likes(network)}"
        )
    both = [(network.name, kind, grows(layers)) for network in result.networks for kind, layers in layers_of(network)]
    if all(growing for *_, growing in both):
        claim = "With every layer, renditions of one digit come closer together than two digits, in all networks"
    elif any(growing for *_, growing in both):
        who = ", ".join(
            f"{name} {'standard' if kind == 'ann' else 'spiking'}" for name, kind, growing in both if growing
        )
        claim = f"Renditions of one digit come closer together than two digits with every layer only in: {who}"
    else:
        claim = "In no network do renditions of one digit come closer together than two digits with every layer"
    return f"{claim} ({' → '.join(layer.name for layer in result.networks[0].ann)}). {'. '.join(told)}."


def layers_of(network: Network) -> tuple[tuple[str, tuple[Layer, ...]], ...]:
    """Both networks' layers, the standard one's first."""
    return ("ann", network.ann), ("bio", network.bio)


def grows(layers: Sequence[Layer]) -> bool:
    """Whether every layer separates digits more than the one below."""
    return all(above.separation > below.separation for below, above in pairwise(layers))


def likes(network: Network) -> str:
    """How alike the layers of the two are, and whether by more than their classes."""
    told = []
    for found in network.likeness:
        if found.rsa_p > SIGNIFICANT:
            why = f"no more than by chance (p {found.rsa_p:.2g})"
        elif found.rsa_p_within > SIGNIFICANT:
            why = f"no more than the classes explain (p {found.rsa_p_within:.2g})"
        else:
            why = f"where classes alone give {found.rsa_by_class:.2f} (p {found.rsa_p_within:.2g})"
        told.append(f"{found.name} CKA {found.cka:.3f} and RSA {found.rsa:.3f}, {why}")
    return "; ".join(told)


EXPERIMENT = Experiment(
    name="sameness",
    title="Deeper in, the same idea",
    claim="Deeper in, renditions of one digit become the same idea",
    question="Do renditions of one digit become more alike from layer to layer, and in both networks in the same way?",
    at=(37,),
    part="claim",
    run=run,
    verdict=verdict,
    finding=finding,
    draw=drawn_by("sameness"),
)
