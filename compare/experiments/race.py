"""Is a ReLU easier to train? Sigmoid against ReLU, from one hidden layer to five, several seeds each.

Both learn from the same digits in the same order by stochastic gradient descent, each with the step that suits it best
at that depth: of a few, the one with the best mean accuracy on held-out training digits. It is chosen in trainings of
other seeds than those reported, or luck would count twice. Beside accuracy by epoch, how much of the gradient reaches
the first hidden layer before anything was learned: each hidden layer scales it by at most ¼ with a sigmoid's slope, and
by 0 or 1 with a ReLU's (Glorot & Bengio, AISTATS 2010).

The runners are whole networks, which differ in more than this slope (`ann.activation`): ReLUs end in a softmax with one
cross-entropy and start from weights of twice the variance, sigmoids end in ten sigmoids with a binary cross-entropy
each. Which of these differences makes a lead is not asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

import joblib
import numpy as np
import scipy  # loads its parts where they are first used
from joblib import delayed

from ann import MLP, Training, train
from compare.experiments.bench import Bench
from compare.experiments.experiment import Experiment, Verdict, drawn_by, judged
from compare.experiments.wording import BETWEEN, NONE, percent, sentence_case
from compare.style import NETWORK_NAMES
from compare.workers import in_processes
from data import Digits

WIDTH = 30  # units of each hidden layer
STEPS = (0.01, 0.03, 0.1, 0.3)
RUNNERS = ("sigmoid", "relu")
GUESSING = 0.10
CLOSE = 0.01  # of accuracy: a lead not worth mentioning


@dataclass(frozen=True, eq=False)
class Runner:
    """One activation at one depth.

    step      that suited it best
    accuracy  (seeds, epochs): on held-out training digits, after each epoch
    gradient  (seeds, layers): root mean square of the gradient by the weights of each layer, before training
    """

    activation: str
    depth: int
    step: float
    accuracy: np.ndarray
    gradient: np.ndarray

    @property
    def final(self) -> np.ndarray:
        """(seeds,): accuracy after the last epoch."""
        last: np.ndarray = self.accuracy[:, -1]
        return last

    @property
    def reaching_down(self) -> float:
        """The first layer's gradient as part of the last hidden layer's; the geometric mean over seeds."""
        return float(np.exp(np.log(self.gradient[:, 0] / self.gradient[:, -2]).mean()))


@dataclass(frozen=True, eq=False)
class Result:
    """The race: all runners, and how many digits they learned from."""

    digits: int
    runners: tuple[Runner, ...]

    def of(self, activation: str) -> list[Runner]:
        """Those of one activation, by depth."""
        return sorted((r for r in self.runners if r.activation == activation), key=lambda r: r.depth)


def run(bench: Bench) -> Result:
    """Trains every runner with every step by some seeds, and with the best one by others."""
    digits = bench.some_training(12_000, 2_500)
    epochs = bench.count(12, 5)
    runners = list(product(RUNNERS, (1, 2, 3, 4, 5) if not bench.quick else (1, 3, 5)))
    steps = STEPS if not bench.quick else STEPS[1:]
    seeds = range(bench.seed, bench.seed + bench.count(4, 3))
    scouts = range(seeds.stop, seeds.stop + bench.count(2, 1))

    def laps(tasks: Iterable[tuple[str, int, float, int]]) -> list[tuple[list[float], list[float]]]:
        laps_of = (delayed(lap)(digits, *task, epochs) for task in tasks)
        return list(in_processes(laps_of, workers=bench.workers or joblib.cpu_count()))

    tried = laps((*runner, step, seed) for runner in runners for step in steps for seed in scouts)
    ends = np.array([accuracy[-1] for accuracy, _ in tried]).reshape(len(runners), len(steps), len(scouts))
    best = [steps[place] for place in ends.mean(axis=2).argmax(axis=1)]
    raced = laps((*runner, step, seed) for runner, step in zip(runners, best, strict=True) for seed in seeds)
    found = []
    for number, (activation, depth) in enumerate(runners):
        own = raced[number * len(seeds) : (number + 1) * len(seeds)]
        accuracy, gradient = (np.array(values) for values in zip(*own, strict=True))
        found.append(Runner(activation, depth, best[number], accuracy, gradient))
    return Result(len(digits), tuple(found))


def lap(
    digits: Digits, activation: str, depth: int, step: float, seed: int, epochs: int
) -> tuple[list[float], list[float]]:
    """One training: accuracy on held-out digits by epoch, and the gradient by layer before it. Weights that overflow
    leave it at guessing."""
    sizes = (digits.images.shape[1], *[WIDTH] * depth, 10)
    gradient = first_gradient(digits, sizes, activation, seed)
    training = Training(
        sizes, activation, seed, epochs, optimizer="sgd", step=step, decay=0.0, validation=len(digits) // 5
    )
    try:
        history = train(digits.images, digits.labels, training).history
    except ValueError:
        return [GUESSING] * epochs, gradient
    return [epoch.validation_accuracy for epoch in history], gradient


def first_gradient(digits: Digits, sizes: tuple[int, ...], activation: str, seed: int) -> list[float]:
    """Root mean square of the gradient by each layer's weights, of a network that has learned nothing."""
    model = MLP.random(sizes, activation=activation, rng=np.random.default_rng(seed))
    some = digits.spread(min(500, len(digits)))
    gradient = model.gradient(some.images, np.eye(sizes[-1], dtype=np.float32)[some.labels])
    return [float(np.sqrt(np.mean(by_weights.astype(float) ** 2))) for by_weights in gradient.weights]


def student_interval(mean: float, error: float, freedom: float) -> tuple[float, float]:
    """The 95 % interval of a mean, from its standard error and the degrees of freedom (Student's)."""
    half = float(scipy.stats.t.ppf(0.975, freedom)) * error if freedom > 0 else float("nan")
    return mean - half, mean + half


def end_of(runner: Runner) -> tuple[float, tuple[float, float]]:
    """Its accuracy at the end, and the 95 % interval over seeds, which accuracies cannot leave."""
    mean, n = float(runner.final.mean()), len(runner.final)
    low, high = student_interval(mean, float(runner.final.std(ddof=1) / np.sqrt(n)), n - 1)
    return mean, (max(low, 0.0), min(high, 1.0))


def lead(relu: Runner, sigmoid: Runner) -> tuple[float, tuple[float, float]]:
    """By how much ReLU is ahead at the end, with its 95 % interval over seeds (Welch's, since a runner that is stuck at
    guessing hardly varies)."""
    ahead = float(relu.final.mean() - sigmoid.final.mean())
    variances = np.array([r.final.var(ddof=1) / len(r.final) for r in (relu, sigmoid)])
    freedom = np.array([len(r.final) - 1 for r in (relu, sigmoid)])
    error = float(np.sqrt(variances.sum()))
    joint = float(error**4 / (variances**2 / freedom).sum()) if error else freedom.sum()
    return ahead, student_interval(ahead, error, joint)


def verdict(result: Result) -> Verdict:
    """Easier: at every depth, the same number of epochs brings ReLU surely further."""
    leads = [lead(relu, sigmoid) for relu, sigmoid in zip(result.of("relu"), result.of("sigmoid"), strict=True)]
    surely = [low > 0 for _, (low, _) in leads]
    word = judged("claim", yes=surely, no=[high < CLOSE for _, (_, high) in leads])
    little = "by less than a point at any" if any(ahead > 0 for ahead, _ in leads) else "at no"
    relu, sigmoid = (result.of(name)[-1] for name in ("relu", "sigmoid"))
    layers = f"with {relu.depth} hidden layer{'s' if relu.depth > 1 else ''}"
    ends = f"{layers} it reads {percent(end_of(relu)[0])}, sigmoid {percent(end_of(sigmoid)[0])}"
    return Verdict(
        f"accuracy after {relu.accuracy.shape[1]} epochs, {layers}",
        BETWEEN.join(
            f"{NETWORK_NAMES[runner.activation]} {percent(*end_of(runner), decimals=1)}" for runner in (relu, sigmoid)
        ),
        NONE,
        word,
        {
            "holds": f"ReLU learns more in the same time at every depth tried: {ends}.",
            "in part": f"ReLU is surely ahead at {sum(surely)} of {len(surely)} depths: {ends}.",
            "does not hold": f"ReLU is ahead {little} depth tried: {ends}.",
        }[word],
    )


def finding(result: Result) -> str:
    """Who wins at the least and at the greatest depth, and what reaches the first layer."""
    by_depth = []
    depths = sorted({runner.depth for runner in result.runners})
    for depth in (depths[0], depths[-1]):
        sigmoid, relu = (next(r for r in result.of(name) if r.depth == depth) for name in RUNNERS)
        ahead, (low, high) = lead(relu, sigmoid)
        layers = "one hidden layer" if depth == 1 else f"{depth} hidden layers"
        if low <= 0 <= high:
            who = f"neither is surely ahead ({relu.final.mean():.1%} and {sigmoid.final.mean():.1%})"
        else:
            first, second = (("ReLU", relu), ("sigmoid", sigmoid))[:: 1 if ahead > 0 else -1]
            who = (
                f"{first[0]} reads {first[1].final.mean():.1%} and {second[0]} {second[1].final.mean():.1%} after "
                f"{first[1].accuracy.shape[1]} epochs"
            )
        by_depth.append(f"with {layers} {who}")
    sigmoid, relu = (result.of(name)[-1] for name in RUNNERS)
    return (
        f"{sentence_case(by_depth[0])}; {by_depth[1]}. Of the gradient in the last hidden layer, "
        f"{relu.reaching_down:.2g} times as much reaches the first of {depths[-1]} with ReLU, and "
        f"{sigmoid.reaching_down:.2g} times as much with sigmoid."
    )


EXPERIMENT = Experiment(
    name="race",
    title="ReLU is easier to train",
    claim="ReLU is easier to train than sigmoid",
    question="Does a network of ReLUs learn faster than one of sigmoids, and does depth matter?",
    at=(1050, 1055),
    part="claim",
    run=run,
    verdict=verdict,
    finding=finding,
    draw=drawn_by("race"),
)
