"""Activations bring about activations, as firing groups make others fire: one digit's cascade, and a group silenced.

The cascade is every spike of one digit through the eye, layer after layer, and when each layer begins to fire. Then a
group of hidden units is silenced in the standard network (activation 0) and the same cells in the spiking one (a drive
that no input overcomes): the units that argue most for one class, by weight times mean activation on training digits. A
random group of the same size is the control. What falls, and does the same fall in both?
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

from ann import MLP
from bio import Recording, record
from bio.network import NEVER
from bio.network import verdict as read_out
from compare.activations import curve
from compare.experiments.bench import Bench
from compare.experiments.experiment import ONLY_DRAWN, Experiment, Verdict, by_activation, drawn_by, judged
from compare.experiments.resampling import Interval
from compare.experiments.wording import listed, points
from compare.mapping import weighted_sums
from compare.pair import Pair, Twin
from compare.score import correlation
from compare.style import NETWORK_NAMES
from data import Digits

NOTHING = 0.05  # of accuracy: more than that is worth mentioning
SAME = 0.8  # a correlation of losses from which the same falls in both: most of the variance is shared
GROUP = 0.2  # of the last hidden layer


@dataclass(frozen=True, eq=False)
class Silenced:
    """What silencing a group did, by class: accuracy lost, as a fraction, of each network.

    target  the class that the group argues for; None for the random group
    """

    activation: str
    target: int | None
    units: tuple[int, ...]
    ann_lost: np.ndarray
    bio_lost: np.ndarray


@dataclass(frozen=True, eq=False)
class Result:
    """Groups silenced, how alike what fell is, and one digit's cascade.

    own          accuracy that a group costs its own class, in the mean over groups, by network ("ann", "bio"), with its
                 95 % interval over digits
    more         by how much that is more than what it costs the mean of the other classes
    alike        correlation over groups and classes of what the two networks lost, by activation
    first_spike  ms from the digit's appearance to the first spike of each layer, the eye first; nan without one
    """

    digits: int
    silenced: tuple[Silenced, ...]
    own: dict[str, Interval]
    more: dict[str, Interval]
    alike: dict[str, float | None]
    digit: int
    verdict: int
    first_spike: tuple[float, ...]
    recording: Recording = field(metadata=ONLY_DRAWN)
    duration: float
    dt: float
    sizes: tuple[int, ...]


def run(bench: Bench) -> Result:
    """Silences a group for each class (for three when quick), and records one digit's way."""
    digits = bench.some_digits(2_000, 300)
    missing = sorted(set(range(10)) - set(digits.labels.tolist()))
    if missing:
        raise ValueError(f"among {len(digits)} test digits there is no {missing[0]}: ask for more")
    targets = list(range(10)) if not bench.quick else [0, 3, 7]
    found: list[Silenced] = []
    lost: dict[str, list[np.ndarray]] = {"ann": [], "bio": []}
    for activation in bench.activations:
        groups, by_digit = silence(bench, bench.twin(activation), digits, targets)
        found += groups
        for who, values in by_digit.items():
            lost[who].append(values)
    aims = [*targets] * len(bench.activations)
    own, more = (
        {who: over_digits(np.concatenate(lost[who]), aims, digits.labels, against) for who in lost}
        for against in (False, True)
    )
    alike = {
        name: correlation(np.concatenate([s.ann_lost for s in own]), np.concatenate([s.bio_lost for s in own]))
        for name, own in by_activation(found).items()
    }
    twin = bench.twin(bench.activations[0], "lif")
    one = bench.digits[:1]
    recording = record(twin.network, twin.stimulus(one), duration=twin.duration, dt=twin.dt)
    first = tuple(
        float(1e3 * twin.dt * (spikes[:, 0].min() + 1)) if len(spikes) else float("nan") for spikes in recording.spikes
    )
    return Result(
        len(digits), tuple(found), own, more, alike, int(one.labels[0]), answer(recording), first, recording,
        twin.duration, twin.dt, twin.network.sizes,
    )  # fmt: skip


def answer(recording: Recording) -> int:
    """What the output cells say in the end: the class of most spikes, or of the highest voltage among equals."""
    counts = np.bincount(recording.spikes[-1][:, 2], minlength=10)
    return int(read_out(counts[None], np.asarray(recording.voltages[-1])[-1])[0])


def silence(
    bench: Bench, twin: Twin, digits: Digits, targets: Sequence[int]
) -> tuple[list[Silenced], dict[str, np.ndarray]]:
    """Each group of a network, and a random one, silenced on both sides; and by network, (targets, n), what each
    target's group costs each digit: 1, 0, or -1 where it helps."""
    groups: list[tuple[int | None, np.ndarray]] = [
        (target, arguing_for(bench, twin.model, target)) for target in targets
    ]
    rng = np.random.default_rng(bench.seed)
    width = twin.model.sizes[-2]
    groups.append((None, rng.choice(width, len(groups[0][1]), replace=False)))
    whole, *others = bench.respond([twin.job(digits), *(without(twin, units).job(digits) for _, units in groups)])
    clean = Pair(twin, digits, whole)
    before = {"ann": clean.ann_answers == digits.labels, "bio": clean.bio_answers == digits.labels}
    found, by_digit = [], {"ann": np.zeros((len(targets), len(digits))), "bio": np.zeros((len(targets), len(digits)))}
    for number, ((target, units), response) in enumerate(zip(groups, others, strict=True)):
        after = {"ann": answers_without(twin.model, units, digits.images), "bio": response.verdicts[:, -1]}
        lost = {who: before[who].astype(float) - (after[who] == digits.labels) for who in before}
        by_class = [np.array([lost[who][digits.labels == c].mean() for c in range(10)]) for who in ("ann", "bio")]
        found.append(Silenced(twin.model.activation, target, tuple(map(int, units)), by_class[0], by_class[1]))
        if target is not None:
            for who, values in lost.items():
                by_digit[who][number] = values
    return found, by_digit


def over_digits(lost: np.ndarray, targets: Sequence[int], labels: np.ndarray, against: bool) -> Interval:
    """What groups (groups, n) cost the class of each group's target, in the mean over groups; or by how much more than
    the mean of all other classes. It is a weighted sum over digits: its variance is the sum of those within classes."""
    weights = np.zeros_like(lost)
    for row, target in zip(weights, targets, strict=True):
        for c in range(10):
            which = labels == c
            part = 1.0 if c == target else -1 / 9 if against else 0.0
            row[which] = part / which.sum() / len(lost)
    each = (weights * lost).sum(axis=0)
    variance = sum((labels == c).sum() * each[labels == c].var() for c in range(10))
    mean, half = float(each.sum()), 1.96 * float(np.sqrt(variance))
    return mean, mean - half, mean + half


def arguing_for(bench: Bench, model: MLP, target: int) -> np.ndarray:
    """The fifth of the last hidden layer that adds most to a class's weighted sum on training digits of that class,
    beyond what it adds on all."""
    calibration = bench.calibration
    active = curve(model.activation)(weighted_sums(model, calibration.images)[-2])
    more = active[calibration.labels == target].mean(axis=0) - active.mean(axis=0)
    argument = more * model.weights[-1][:, target]
    group: np.ndarray = np.sort(np.argsort(-argument)[: max(1, round(GROUP * len(argument)))])
    return group


def without(twin: Twin, units: np.ndarray) -> Twin:
    """The twin whose cells of the last hidden layer that have these numbers never fire."""
    biases = list(twin.network.biases)
    biases[-2] = biases[-2].copy()
    biases[-2][units] = NEVER
    return replace(twin, network=replace(twin.network, biases=tuple(biases)))


def answers_without(model: MLP, units: np.ndarray, images: np.ndarray) -> np.ndarray:
    """(n,): what the standard network answers with these units of its last hidden layer at 0."""
    active = model.forward(images)[-2].copy()
    active[:, units] = 0
    return np.asarray((active @ model.weights[-1] + model.biases[-1]).argmax(axis=1))


def verdict(result: Result) -> Verdict:
    """They bring each other about: what argues for a digit costs it surely more than other digits when silenced, in
    both networks, and the same falls in both."""
    more = [result.more[who][1] > 0 for who in ("ann", "bio")]
    alike = [value is not None and value >= SAME for value in result.alike.values()]
    word = judged("claim", yes=[*more, *alike], no=[result.more[who][2] < NOTHING for who in ("ann", "bio")])
    own = [points(result.own[who][0], decimals=0) for who in ("ann", "bio")]
    others = [points(result.own[who][0] - result.more[who][0], decimals=0) for who in ("ann", "bio")]
    claim = {
        "holds": "They do, and alike in both",
        "in part": "They do in part, or not surely",
        "does not hold": "Nothing of it was seen",
    }[word]
    return Verdict(
        "points that a digit loses with its group of units silenced, mean over groups",
        points(result.own["ann"][0], result.own["ann"][1:], decimals=0),
        points(result.own["bio"][0], result.own["bio"][1:], decimals=0),
        word,
        f"{claim}: silencing the group that argues for a digit costs that digit {own[0]} and {own[1]} points "
        f"(standard, spiking), other digits {others[0]} and {others[1]}.",
    )


def finding(result: Result) -> str:
    """What a group takes down, against a random one, and whether both networks agree."""
    randoms = [s for s in result.silenced if s.target is None]
    control = {who: float(np.mean([getattr(s, who).mean() for s in randoms])) for who in ("ann_lost", "bio_lost")}
    alike = ", ".join(
        f"{NETWORK_NAMES[name]} {'–' if value is None else f'{value:.2f}'}" for name, value in result.alike.items()
    )
    own = [points(result.own[who][0], result.own[who][1:]) for who in ("ann", "bio")]
    more = [points(result.more[who][0], result.more[who][1:]) for who in ("ann", "bio")]
    return (
        f"Silencing the fifth of the hidden units that argues for a digit costs that digit {own[0]} points in the "
        f"standard network and {own[1]} in the spiking one, which is {more[0]} and {more[1]} more than other digits "
        f"lose; a random fifth costs {100 * control['ann_lost']:.0f} and {100 * control['bio_lost']:.0f}. What falls "
        f"correlates between the two networks ({alike}). {order_of_firing(result)}."
    )


def layer_names(result: Result) -> list[str]:
    """Of the layers, the eye first."""
    return ["the eye", *[f"hidden {i}" for i in range(1, len(result.sizes) - 1)], "output"]


def order_of_firing(result: Result) -> str:
    """Whether the layers begin to fire one after the other, and when."""
    begun = [time for time in result.first_spike if np.isfinite(time)]
    after = listed(f"{time:.0f}" for time in begun) + " ms" if begun else ""
    still = [name for name, time in zip(layer_names(result), result.first_spike, strict=True) if not np.isfinite(time)]
    if still:
        reach = f", the others begin after {after}" if begun else ""
        return f"A {result.digit} sets off no whole cascade: never a spike in {listed(still)}{reach}"
    if any(later <= earlier for earlier, later in pairwise(begun)):
        return f"A {result.digit} makes the layers fire, but not one after the other: they begin after {after}"
    return f"A {result.digit} sets off a cascade: the layers begin to fire after {after}"


EXPERIMENT = Experiment(
    name="cascade",
    title="Activations bring about activations",
    claim="Activations bring about activations, as firing groups make others fire",
    question="Does one layer's firing bring about the next one's, and does silencing a group break both alike?",
    at=(273, 289),
    part="claim",
    run=run,
    verdict=verdict,
    finding=finding,
    draw=drawn_by("cascade"),
)
