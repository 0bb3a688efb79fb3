"""Do renditions of one digit become the same idea, deeper in? Distances between images, layer by layer.

How far the classes are apart in each layer of either network (d'), and how alike the same layer is in both (RSA, CKA);
the measures and their sources are in `likeness`. Intervals are those of digits drawn anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from compare.experiments.bench import Bench
from compare.experiments.experiment import ONLY_DRAWN, Experiment, Verdict, drawn_by, judged
from compare.experiments.likeness import (
    Layer,
    Likeness,
    distances,
    likeness_of,
    separation_of,
)
from compare.experiments.renditions import check_pairs
from compare.experiments.wording import lines, number
from compare.pair import Pair
from compare.style import NETWORK_NAMES

SIGNIFICANT = 0.05
SHOWN = 12  # digits of each class in the drawn matrices


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
        tuple(separation_of(name, matrix, labels, rng) for name, matrix in zip(names, matrices[kind], strict=True))
        for kind in ("ann", "bio")
    )
    likeness = tuple(
        likeness_of(
            names[i], codes["ann"][i], codes["bio"][i], matrices["ann"][i], matrices["bio"][i], labels, shuffles, rng
        )
        for i in range(1, len(names))
    )
    return Network(pair.twin.model.activation, ann, bio, likeness)


def verdict(result: Result) -> Verdict:
    """The same idea: every layer separates digits more than the one below, the last surely more than the pixels."""
    runs = [layers for network in result.networks for _, layers in layers_of(network)]
    surely = [layers[-1].interval[0] > layers[0].interval[1] for layers in runs]
    word = judged(
        "claim",
        yes=[sure and grows(layers) for sure, layers in zip(surely, runs, strict=True)],
        no=[not layers[-1].interval[1] > layers[0].interval[0] for layers in runs],
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
    known = [value for value in last if np.isfinite(value)]
    least, most = (number(end(known, default=None), decimals=1) for end in (min, max))
    where = "the output" if len(known) == len(last) else "those outputs that differ at all"
    apart = f"{least if least == most else f'{least} to {most}'} in {where}" if known else "no output differs at all"
    return Verdict(
        "distance between digits in spreads (d′), pixels → output",
        ann,
        bio,
        word,
        f"{claim}: two digits lie {number(first, decimals=1)} spreads apart as pixels, and {apart}.",
    )


def finding(result: Result) -> str:
    """Whether classes separate from layer to layer, and how alike the networks' layers are."""
    by_network = []
    for network in result.networks:
        runs = {kind: [layer.separation for layer in layers] for kind, layers in layers_of(network)}
        steps = [" → ".join(spreads(value) for value in runs[kind]) for kind in ("ann", "bio")]
        by_network.append(
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
    return f"{claim} ({' → '.join(layer.name for layer in result.networks[0].ann)}). {'. '.join(by_network)}."


def layers_of(network: Network) -> tuple[tuple[str, tuple[Layer, ...]], ...]:
    """Both networks' layers, the standard one's first."""
    return ("ann", network.ann), ("bio", network.bio)


def spreads(separation: float) -> str:
    """A d', or that it has none: all images evoke the same there."""
    return "none" if np.isnan(separation) else f"{separation:.2f}"


def grows(layers: Sequence[Layer]) -> bool:
    """Whether every layer separates digits more than the one below."""
    return all(above.separation > below.separation for below, above in pairwise(layers))


def likes(network: Network) -> str:
    """How alike the layers of the two are, and whether by more than their classes."""
    by_layer = []
    for found in network.likeness:
        if found.rsa_p > SIGNIFICANT:
            why = f"no more than by chance (p {found.rsa_p:.2g})"
        elif found.rsa_p_within > SIGNIFICANT:
            why = f"no more than the classes explain (p {found.rsa_p_within:.2g})"
        else:
            why = f"where classes alone give {found.rsa_by_class:.2f} (p {found.rsa_p_within:.2g})"
        by_layer.append(f"{found.name} CKA {found.cka:.3f} and RSA {found.rsa:.3f}, {why}")
    return "; ".join(by_layer)


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
