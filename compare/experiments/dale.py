"""Dale's law: a cell excites or it inhibits, not both, while a unit's weights have whatever sign they need.

Three networks of each kind, from the same start, on the same digits, for as many epochs:

    free     no law; the control
    hidden   80 % of the hidden units excite and 20 % inhibit; a pixel's weights are free
    strict   pixels keep one sign too: all of them excite

A pixel stands for an input cell of an eye, and most of an eye's lines come in pairs, ON cells and OFF cells or a relay
and its inhibitory neighbour, so that either sign is at hand at the cost of more cells: that is "hidden". "strict" is
what is left when each of the 784 cells must do by itself, as those of our own eye, which excite as they fire. Biases
are constant drives, not synapses, and stay free. Trained by `dale_training`, then translated and scored as ever; what
the law costs is counted on the same test digits, with an interval over digits of the mean over seeds: it speaks of
these networks, since seeds are too few to speak of all. A network that hardly reads the digits it was trained on did
not learn, and tells nothing of what the law costs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import joblib
import numpy as np
from joblib import delayed

from ann import MLP, Training
from bio import SpikingNetwork
from compare.comparison import translate
from compare.experiments.bench import Bench
from compare.experiments.dale_training import Signs, hidden_signs, keeping_signs
from compare.experiments.experiment import Experiment, Verdict, drawn_by, judged
from compare.experiments.resampling import Interval, mean_of
from compare.experiments.wording import lines, percent, points
from compare.pair import Twin
from compare.style import NETWORK_NAMES
from compare.workers import in_processes

LAWS = ("free", "hidden", "strict")
LEAST, LEARNED = 0.5, 0.75  # of the training digits, and of what is read of them without a law: less is not learned


@dataclass(frozen=True)
class Under:
    """Networks under one law, over seeds.

    ann, bio          accuracy, mean over seeds
    ann_seeds, bio_seeds   of each seed
    ann_cost, bio_cost     fraction of digits that the law loses, against no law
    broken            of all synapses from units that the law "hidden" binds, the fraction with the sign that is rarer
                      among their unit's, mean over seeds: 0 where each unit keeps one
    trained           accuracy of each seed's standard network on the digits it was trained on
    unlearned         of how many seeds that is less than `LEAST`, or than `LEARNED` of what it is without a law
    """

    activation: str
    law: str
    ann: Interval
    bio: Interval
    ann_seeds: tuple[float, ...]
    bio_seeds: tuple[float, ...]
    ann_cost: Interval
    bio_cost: Interval
    broken: float
    trained: tuple[float, ...]
    unlearned: int


@dataclass(frozen=True)
class Result:
    """Each network under each law."""

    digits: int
    seeds: int
    epochs: int
    networks: tuple[Under, ...]


def run(bench: Bench) -> Result:
    """Trains, translates and scores them all."""
    seeds, epochs = bench.count(2, 1), bench.count(8, 8)
    training = bench.some_training(60_000, 6_000)
    sizes = {activation: model.sizes for activation, model in bench.models.items()}
    plan = [(activation, law, seed) for activation in bench.activations for law in LAWS for seed in range(seeds)]
    tasks = [
        delayed(keeping_signs)(
            training.images,
            training.labels,
            Training(sizes[activation], activation, seed=bench.seed + seed, epochs=epochs),
            signs_of(law, sizes[activation], bench.seed + seed),
        )
        for activation, law, seed in plan
    ]
    processes = 1 if bench.quick else min(bench.workers or joblib.cpu_count(), len(tasks))
    models = list(in_processes(tasks, workers=processes))
    twins = [translated(bench, model) for model in models]
    responses = bench.respond([twin.job(bench.digits) for twin in twins])
    truth = bench.digits.labels
    shape = (len(bench.activations), len(LAWS), seeds, len(truth))
    ann = np.array([model.classify(bench.digits.images) == truth for model in models]).reshape(shape)
    bio = np.array([response.verdicts[:, -1] == truth for response in responses]).reshape(shape)
    broken = np.array([rarer_sign(twin.network) for twin in twins]).reshape(shape[:3]).mean(axis=2)
    trained = np.array([(model.classify(training.images) == training.labels).mean() for model in models])
    trained = trained.reshape(shape[:3])
    found = [
        under(activation, law, ann[a, (0, k), :], bio[a, (0, k), :], float(broken[a, k]), trained[a, (0, k), :])
        for a, activation in enumerate(bench.activations)
        for k, law in enumerate(LAWS)
    ]
    return Result(len(truth), seeds, epochs, tuple(found))


def signs_of(law: str, sizes: Sequence[int], seed: int) -> Signs:
    """The signs that a law asks of each layer's presynaptic units."""
    if law == "free":
        return [None for _ in sizes[1:]]
    rng = np.random.default_rng((seed, sum(sizes)))
    pixels = np.ones(sizes[0], np.float32) if law == "strict" else None
    return [pixels, *(hidden_signs(units, rng) for units in sizes[1:-1])]


def translated(bench: Bench, model: MLP) -> Twin:
    """The model's twin, with steady currents, as the bench's options have it."""
    options = replace(bench.prepared.options, inputs=("current",), retune=False)
    return next(translate(model, options, bench.calibration))


def rarer_sign(network: SpikingNetwork) -> float:
    """Of all synapses that hidden cells make and that are not 0, the fraction with their cell's rarer sign."""
    layers = network.weights[1:]
    rarer = sum(np.minimum((weights > 0).sum(axis=1), (weights < 0).sum(axis=1)).sum() for weights in layers)
    return float(rarer / max(sum(np.count_nonzero(weights) for weights in layers), 1))


def under(activation: str, law: str, ann: np.ndarray, bio: np.ndarray, broken: float, trained: np.ndarray) -> Under:
    """The account of a law, from who was right without and with it (2, seeds, digits), and from the accuracies on
    training digits (2, seeds)."""
    return Under(
        activation=activation,
        law=law,
        ann=over_digits(ann[1]),
        bio=over_digits(bio[1]),
        ann_seeds=tuple(ann[1].mean(axis=1).tolist()),
        bio_seeds=tuple(bio[1].mean(axis=1).tolist()),
        ann_cost=over_digits(ann[0].astype(float) - ann[1]),
        bio_cost=over_digits(bio[0].astype(float) - bio[1]),
        broken=broken,
        trained=tuple(trained[1].tolist()),
        unlearned=int((trained[1] < np.maximum(LEAST, LEARNED * trained[0])).sum()),
    )


def over_digits(values: np.ndarray) -> Interval:
    """The mean of values (seeds, digits), with the 95 % interval over digits of its mean over these seeds."""
    return mean_of(values.mean(axis=0))


def verdict(result: Result) -> Verdict:
    """It breaks: every law surely costs every network something, standard and spiking, and each learned nevertheless;
    networks that did not learn say nothing either way."""
    bound = [network for network in result.networks if network.law != "free"]
    tell = [network for network in bound if not network.unlearned]
    surely = [cost[1] > 0 for network in tell for cost in (network.ann_cost, network.bio_cost)]
    all_tell = len(tell) == len(bound)
    word = judged("break", yes=[*surely, all_tell], no=[*(not cost for cost in surely), all_tell])
    mixed = percent(max((n.broken for n in result.networks if n.law == "free"), default=float("nan")))
    strict = [network for network in tell if network.law == "strict"] or tell
    most = points(max((max(network.ann_cost[0], network.bio_cost[0]) for network in tell), default=float("nan")))
    free = f"Free networks break the law in up to {mixed} of synapses"
    some = f"keeping it surely costs {'some of them' if any(surely) else 'none of those that learned'}: up to {most}"
    if not tell:
        some = "none of those that keep it learned their training digits"
    elif not all_tell:
        some += f" points, but {len(bound) - len(tell)} of {len(bound)} did not learn"
    else:
        some += " points"
    ann, bio = (
        lines((n.activation, points(cost[0], cost[1:])) for n in strict for cost in [getattr(n, who)])
        for who in ("ann_cost", "bio_cost")
    )
    return Verdict(
        "points lost where each unit, and each pixel, keeps one sign, of these networks",
        ann,
        bio,
        word,
        {
            "breaks": f"{free}, and keeping it costs every one of them: up to {most} points.",
            "in part": f"{free}; {some}.",
            "no break seen": f"{free}, yet keeping it surely costs none of them anything.",
        }[word],
    )


def finding(result: Result) -> str:
    """What each law costs either network, or that it did not learn under it."""
    said = []
    for network in result.networks:
        if network.law == "free":
            said.append(
                f"{NETWORK_NAMES[network.activation]}: free, {network.broken:.0%} of a hidden cell's synapses have its "
                f"rarer sign, and standard network and twin read {network.ann[0]:.2%} and {network.bio[0]:.2%}."
            )
            continue
        law = "One sign a hidden unit" if network.law == "hidden" else "Pixels that only excite, too"
        ann, bio = (points(cost[0], cost[1:], decimals=2) for cost in (network.ann_cost, network.bio_cost))
        lost = f"{ann} points lost in the standard network, {bio} in its twin"
        said.append(f"{law}: {failure(network, lost) if network.unlearned else lost}.")
    seeds = "one seed" if result.seeds == 1 else f"{result.seeds} seeds"
    return " ".join([*said, f"Intervals are over digits, for these networks of {seeds} each."])


def failure(network: Under, lost: str) -> str:
    """That it is the training that failed, and how far."""
    seeds = len(network.trained)
    who = "the network" if seeds == 1 else f"{network.unlearned} of {seeds} networks"
    return (
        f"{who} did not learn its own training digits (it reads {percent(min(network.trained))} of them), so that "
        f"what is lost ({lost}) is no price of the law"
    )


EXPERIMENT = Experiment(
    name="dale",
    title="Dale's law",
    claim="A cell may excite some cells and inhibit others",
    question="What does it cost that a cell excites or inhibits, but not both?",
    at=(),
    part="break",
    run=run,
    verdict=verdict,
    finding=finding,
    draw=drawn_by("dale"),
)
