"""A third learner, beside a standard network and its spiking twin: cells that were never given a gradient.

They learned by spike timing (`bio.stdp`) from one pass over the training digits; labels came in only afterwards, to say
what each cell stands for. All three are shown the same digits, clean and distorted. Compared are what they read, how
many digits it took (`growth`), how many of their hidden units a digit calls up, and what these look for
(`hidden_units`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from bio.stdp import LearnedNetwork, load_learned
from bio.stdp.network import shipped
from compare.experiments.bench import Bench
from compare.experiments.by_hand import mean_images
from compare.experiments.experiment import ONLY_DRAWN, Experiment, Table, Verdict, drawn_by, judged
from compare.experiments.growth import Growth, by_gradient, by_timing
from compare.experiments.hidden_units import by_rank, sparseness, template_likeness
from compare.experiments.resampling import bootstrapped
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
TRAINING = ("by gradient, told every label", "given those weights", "by spike timing, told no label")
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


@dataclass(frozen=True, eq=False)
class Result:
    """The standard network, its twin, and the third learner, in this order; of those only drawn: weights (units, 784)
    of the first and the last, the cells' classes, and mean hidden responses by rank (learners, units), of the most."""

    activation: str
    digits: int
    distorted_digits: int
    same_digits: bool  # whether the cells learned from the digits that the networks learned from
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
    some = bench.some_digits(500, 100)
    robust, worst = under_distortion(bench, activation, third, some)
    weights = (pair.twin.model.weights[0], pair.twin.model.weights[0], third.weights)
    _, means = mean_images(bench.training)
    names = (f"{NETWORK_NAMES[activation]} network", "its spiking twin", "spikes alone")
    each = zip(names, TRAINING, answers, worst, responses, weights, strict=True)
    learners = [learner(bench, means, *of_one) for of_one in each]
    return Result(
        activation,
        len(bench.digits),
        len(some),
        third.meta["data_sha256"] == dict(bench.training.sha256),
        (learners[0], learners[1], learners[2]),
        robust,
        (*by_gradient(bench, activation), *(by_timing(load_learned(cells)) for cells in shipped())),
        weights[0].T,
        third.weights.T,
        third.labels,
        tuple(by_rank(hidden) for hidden in responses),
    )


def learner(
    bench: Bench,
    means: np.ndarray,
    name: str,
    training: str,
    answers: np.ndarray,
    right_distorted: np.ndarray,
    hidden: np.ndarray,
    weights: np.ndarray,
) -> Learner:
    """One of the three, from the mean training digits (10, 784), its answers (n,), which of the most distorted digits
    it got right (distortions, k), its hidden units' responses (n, units), and their weights (784, units). The interval
    of the distorted is the mean of each distortion's, since all are of the same digits."""
    right, like = answers == bench.digits.labels, template_likeness(weights.T, means)
    low, high = np.mean([wilson(under_one) for under_one in right_distorted], axis=0)
    return Learner(
        name,
        float(right.mean()),
        wilson(right),
        float(right_distorted.mean()),
        (float(low), float(high)),
        training,
        float((hidden > 0).mean()),
        sparseness(hidden),
        sparseness(hidden.T),
        float(np.median(like)),
        bootstrapped(like, bench.seed, of=np.median),
    )


def cell_counts(bench: Bench, network: LearnedNetwork, digits: Digits) -> np.ndarray:
    """(n, cells): spikes of the third learner."""
    engine = "numpy" if bench.quick else None  # the same numbers; a compiled program pays off with many digits
    return counts_of(network, digits, seed=bench.seed, engine=engine, workers=bench.workers)


def under_distortion(
    bench: Bench, activation: str, third: LearnedNetwork, digits: Digits
) -> tuple[tuple[Robust, ...], list[np.ndarray]]:
    """Accuracies under each distortion, and for each learner which digits it got right at the greatest severities:
    arrays (distortions, k)."""
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
    return robust, [learner[:, -1] for learner in right]


def verdict(result: Result) -> Verdict:
    """The analogy breaks: spikes alone surely teach to read less, and their units are surely more like templates. Where
    the cells learned from other digits than the networks, it cannot be said."""
    standard, _, third = result.learners
    less = third.interval[1] < standard.interval[0]
    more = third.interval[0] >= standard.interval[0]
    other = third.template_interval[0] > standard.template_interval[1]
    word = judged("break", yes=[less, other, result.same_digits], no=[more, not other, result.same_digits])
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
        f"way."
        if result.same_digits
        else f"The cells learned from MNIST and not from these digits, of which they read {percent(third.accuracy)}: "
        f"it cannot be said what they would have learned.",
    )


def finding(result: Result) -> str:
    """What the third learner's units are, how sparsely they answer, and how it stands distortion."""
    standard, _, third = result.learners
    under = f"; it reads surely more under {listed(result.better)}" if result.better else "; it never reads surely more"
    whence = "" if result.same_digits else "from MNIST, not from these digits, "
    return (
        f"A cell that learned {whence}by spike timing looks like a digit (likeness {third.template:.2f}, against "
        f"{standard.template:.2f} of a unit that learned by gradient), and {third.active:.0%} of the cells answer a "
        f"digit where {standard.active:.0%} of the units do. On the most distorted digits it reads "
        f"{third.distorted:.0%}, the standard network {standard.distorted:.0%}{under if result.same_digits else ''}."
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
    cells = [(label, [tell(learner) for learner in result.learners]) for label, tell in rows.items()]
    return Table([learner.name for learner in result.learners], cells)


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
