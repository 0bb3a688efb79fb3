"""A third learner, beside a standard network and its spiking twin: cells that were never given a gradient.

They learned by spike timing (`bio.stdp`) from one pass over the training digits; labels came in only afterwards, to say
what each cell stands for. All three are shown the same digits, clean and distorted. Compared are what they read, how
many digits it took, what their hidden units look for, and how many of these a digit calls up:

    S = (1 - (Σ r/n)² / (Σ r²/n)) / (1 - 1/n)        r: activations or spike counts, n of them

Sparseness S is 0 where all are alike and 1 where only one is active (Vinje & Gallant, Science 2000, 287:1273): over the
units that one digit meets ("population"), or over the digits that one unit meets ("lifetime"). A unit is a *template*
as far as its weights correlate with the mean training digit of some class.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from ann import Training, train
from bio.stdp import LearnedNetwork, load_learned
from bio.stdp.network import shipped
from compare.experiments.bench import Bench
from compare.experiments.by_hand import mean_images
from compare.experiments.experiment import ONLY_DRAWN, Experiment, Table, Verdict, drawn_by, judged
from compare.experiments.resampling import interval
from compare.experiments.robustness import distorted, spread
from compare.experiments.wording import listed, number, percent
from compare.learning import counts_of
from compare.pair import Pair
from compare.score import mcnemar, wilson
from compare.style import NETWORK_NAMES
from data import DISTORTIONS, Digits

CELLS = 100  # of the network that is compared; of the others that come with the package, only how they learned
DISTORTED = ("shift", "rotate", "elastic", "thicker", "gaussian-noise", "occlusion")
STEPS = 4  # severities of each, from none to the greatest
SEEN = (1_000, 2_000, 5_000, 10_000, 20_000, 50_000)  # training digits that backpropagation is given
NEXT = 2_000  # training digits after those, which it is then asked
PASSES = 20
SURE = 0.05 / len(DISTORTED)  # Bonferroni's, for six comparisons


@dataclass(frozen=True)
class Learner:
    """One of the three; fractions, with 95 % intervals.

    name                 what to call it
    accuracy             on the test digits
    distorted            on the most distorted digits, mean over distortions
    training             how it came to its weights, in a few words
    active               share of hidden units that are not silent at a digit, mean over digits
    population, lifetime sparseness, mean over digits and over units; silent ones left out
    template             median over units of the greatest correlation of a unit's weights with a mean digit
    """

    name: str
    accuracy: float
    interval: tuple[float, float]
    distorted: float
    distorted_interval: tuple[float, float]
    training: str
    active: float
    population: float
    lifetime: float
    template: float
    template_interval: tuple[float, float]


@dataclass(frozen=True)
class Robust:
    """What the three read under one distortion, by severity: accuracies (learners, severities), in their order; and p
    that the last is as often right as the first at the greatest severity (McNemar)."""

    distortion: str
    unit: str
    severities: tuple[float, ...]
    accuracy: tuple[tuple[float, ...], ...]
    p: float

    @property
    def better(self) -> bool:
        """Whether the third learner surely reads more than the standard network there."""
        return self.accuracy[2][-1] > self.accuracy[0][-1] and self.p < SURE


@dataclass(frozen=True)
class Growth:
    """How much one learner reads of digits that it has not learned from, by training digits seen."""

    name: str
    gradient: bool
    seen: tuple[int, ...]
    accuracy: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Result:
    """The standard network, its twin, and the third learner, in this order; of those only drawn: weights (units, 784)
    of the first and the last, the cells' classes, and mean hidden responses by rank (learners, units), of the most."""

    activation: str
    digits: int
    distorted_digits: int
    learners: tuple[Learner, Learner, Learner]
    robust: tuple[Robust, ...]
    growth: tuple[Growth, ...]
    weights: np.ndarray = field(metadata=ONLY_DRAWN)
    cell_weights: np.ndarray = field(metadata=ONLY_DRAWN)
    classes: np.ndarray = field(metadata=ONLY_DRAWN)
    ranked: tuple[np.ndarray, ...] = field(metadata=ONLY_DRAWN)

    @property
    def better(self) -> list[str]:
        """The distortions whose greatest severity surely leaves the third learner more than the standard network."""
        return [robust.distortion for robust in self.robust if robust.better]


def run(bench: Bench) -> Result:
    """Shows the three the same digits, and has backpropagation learn from few and from many."""
    activation = bench.activations[0]
    pair, third = bench.pair(activation), load_learned(CELLS)
    responses = (pair.activations(0), pair.response.counts[0], cell_counts(bench, third, bench.digits))
    answers = (pair.ann_answers, pair.bio_answers, third.answers(responses[2]))
    some = bench.digits.spread(min(bench.count(500, 100), len(bench.digits)))
    robust, worst = robustness(bench, activation, third, some)
    weights = (pair.twin.model.weights[0], pair.twin.model.weights[0], third.weights)
    _, means = mean_images(bench.training)
    learners = []
    for name, training, answered, hidden, incoming, failed in zip(
        (f"{NETWORK_NAMES[activation]} network", "its spiking twin", "spikes alone"),
        ("by gradient, told every label", "given those weights", "by spike timing, told no label"),
        answers,
        responses,
        weights,
        worst,
        strict=True,
    ):
        like = likeness(incoming.T, means)
        learners.append(
            Learner(
                name,
                float((answered == bench.digits.labels).mean()),
                wilson(answered == bench.digits.labels),
                float(failed.mean()),
                wilson(failed),
                training,
                float((hidden > 0).mean()),
                sparseness(hidden),
                sparseness(hidden.T),
                float(np.median(like)),
                interval(like, bench.seed, of=np.median),
            )
        )
    return Result(
        activation,
        len(bench.digits),
        len(some),
        (learners[0], learners[1], learners[2]),
        robust,
        (*by_gradient(bench, activation), *(by_timing(load_learned(cells)) for cells in shipped())),
        weights[0].T,
        third.weights.T,
        third.labels,
        tuple(by_rank(hidden) for hidden in responses),
    )


def cell_counts(bench: Bench, network: LearnedNetwork, digits: Digits) -> np.ndarray:
    """(n, cells): spikes of the third learner."""
    engine = "numpy" if bench.quick else None  # the same numbers; a compiled program pays off with many digits
    return counts_of(network, digits, seed=bench.seed, engine=engine, workers=bench.workers)


def robustness(
    bench: Bench, activation: str, third: LearnedNetwork, digits: Digits
) -> tuple[tuple[Robust, ...], list[np.ndarray]]:
    """Accuracies under each distortion, and for each learner which digits it got right at the greatest severities."""
    at = {name: tuple(spread(DISTORTIONS[name].severities, STEPS)) for name in DISTORTED}
    conditions = [(name, severity) for name in DISTORTED for severity in at[name]]
    stream = distorted(digits, conditions, seed=bench.seed)
    twin = bench.twin(activation)
    (response,) = bench.respond([twin.job(stream)])
    pair = Pair(twin, stream, response)
    answers = (pair.ann_answers, pair.bio_answers, third.answers(cell_counts(bench, third, stream)))
    right = np.array([answered == stream.labels for answered in answers]).reshape(3, len(DISTORTED), STEPS, -1)
    means = right.mean(axis=-1)
    robust = tuple(
        Robust(
            name,
            DISTORTIONS[name].unit,
            at[name],
            tuple(map(tuple, means[:, i].tolist())),
            mcnemar(right[0, i, -1], right[2, i, -1]),
        )
        for i, name in enumerate(DISTORTED)
    )
    return robust, [learner[:, -1].ravel() for learner in right]


def by_gradient(bench: Bench, activation: str) -> list[Growth]:
    """Backpropagation on the first digits of a shuffled training set, in one pass and in many, asked the next ones."""
    order = np.random.default_rng(bench.seed).permutation(len(bench.training))
    digits, sizes = bench.training[order], bench.twin(activation).model.sizes
    seen = [count for count in SEEN if count + NEXT <= len(digits) and count <= bench.count(50_000, 5_000)]
    seen = seen or [len(digits) // 2]
    growths = []
    for passes in (1, PASSES):
        accuracy = []
        for count in seen:
            recipe = Training(sizes, activation, seed=bench.seed, epochs=passes, validation=1)
            model = train(digits.images[:count], digits.labels[:count], recipe).model
            asked = slice(count, count + NEXT)
            accuracy.append(float((model.classify(digits.images[asked]) == digits.labels[asked]).mean()))
        name = f"gradient, {passes} passes" if passes > 1 else "gradient, each digit once"
        growths.append(Growth(name, True, tuple(seen), tuple(accuracy)))
    return growths


def by_timing(network: LearnedNetwork) -> Growth:
    """How a network that learned by spike timing came on while it learned, as it was noted then."""
    seen, accuracy = zip(*network.meta["accuracy_so_far"], strict=True)
    return Growth(f"spike timing, {network.cells} cells, each digit once", False, tuple(seen), tuple(accuracy))


def sparseness(responses: np.ndarray) -> float:
    """The mean over rows of the sparseness of each row's responses (rows, n), rows of zeros left out.

    0 where all say the same, 1 where only one speaks:

    >>> [round(sparseness(np.array([row])), 3) for row in ([3, 3, 3, 3], [0, 0, 5, 0], [1, 1, 0, 0])]
    [0.0, 1.0, 0.667]
    """
    responses, n = responses.astype(float), responses.shape[1]
    squares = (responses**2).mean(axis=1)
    heard = squares > 0
    if not heard.any() or n < 2:
        return float("nan")
    return float(((1 - responses[heard].mean(axis=1) ** 2 / squares[heard]) / (1 - 1 / n)).mean())


def likeness(weights: np.ndarray, means: np.ndarray) -> np.ndarray:
    """(units,): the greatest correlation of each unit's weights (units, 784) with one of the images (classes, 784)."""
    a, b = (array - array.mean(axis=1, keepdims=True) for array in (weights.astype(float), means.astype(float)))
    lengths = np.linalg.norm(a, axis=1)[:, None] * np.linalg.norm(b, axis=1)
    return np.asarray((a @ b.T / np.maximum(lengths, 1e-12)).max(axis=1))


def by_rank(responses: np.ndarray) -> np.ndarray:
    """(units,): the mean response of the most active unit at a digit, of the second …, as parts of the first's."""
    ranked = -np.sort(-responses.astype(float), axis=1)
    heard = ranked[:, 0] > 0
    return np.asarray((ranked[heard] / ranked[heard, :1]).mean(axis=0))


def verdict(result: Result) -> Verdict:
    """The analogy breaks: spikes alone surely teach to read less, and their units are surely more like templates."""
    standard, _, third = result.learners
    less = third.interval[1] < standard.interval[0]
    more = third.interval[0] >= standard.interval[0]
    other = third.template_interval[0] > standard.template_interval[1]
    word = judged("break", yes=[less, other], no=[more, not other])
    end = {
        "breaks": "Spikes alone teach something else: fewer digits are read, by units of another kind",
        "in part": "Spikes alone teach something like it",
        "no break seen": "Spikes alone teach as much",
    }[word]
    return Verdict(
        "accuracy; median likeness of a hidden unit's weights to a mean digit",
        f"{percent(standard.accuracy, standard.interval, decimals=1)}; "
        f"{number(standard.template, standard.template_interval)}",
        f"{percent(third.accuracy, third.interval, decimals=1)}; {number(third.template, third.template_interval)}",
        word,
        f"{end}: {percent(third.accuracy)} against {percent(standard.accuracy)}, with no gradient and no label on the "
        f"way.",
    )


def finding(result: Result) -> str:
    """What the third learner's units are, how sparsely they answer, and how it stands distortion."""
    standard, _, third = result.learners
    under = f"reads surely more under {listed(result.better)}" if result.better else "never reads surely more"
    return (
        f"A cell that learned by spike timing looks like a digit (likeness {third.template:.2f}, against "
        f"{standard.template:.2f} of a unit that learned by gradient), and {third.active:.0%} of the cells answer a "
        f"digit where {standard.active:.0%} of the units do. On the most distorted digits it reads "
        f"{third.distorted:.0%}, the standard network {standard.distorted:.0%}; it {under}."
    )


def table(result: Result) -> Table:
    """The three side by side."""
    rows: dict[str, Callable[[Learner], str]] = {
        "how it came to its weights": lambda it: it.training,
        "test digits read": lambda it: percent(it.accuracy, it.interval, decimals=1),
        "most distorted digits read": lambda it: percent(it.distorted, it.distorted_interval),
        "hidden units active at a digit": lambda it: percent(it.active),
        "sparseness, over units": lambda it: number(it.population),
        "sparseness, over digits": lambda it: number(it.lifetime),
        "likeness of weights to a mean digit": lambda it: number(it.template, it.template_interval),
    }
    told = [(label, [tell(learner) for learner in result.learners]) for label, tell in rows.items()]
    return Table([learner.name for learner in result.learners], told)


EXPERIMENT = Experiment(
    name="third-learner",
    title="A third learner: spikes alone",
    claim="Cells that learn from their own spikes come to what backpropagation finds",
    question="What does a network learn that is given no gradient and no label, only the timing of its own spikes?",
    at=(),
    part="break",
    run=run,
    verdict=verdict,
    finding=finding,
    draw=drawn_by("third_learner"),
    table=table,
)
