"""Learning to recognise patterns: both networks' accuracy over training, and what the hidden units come to look for.

The standard network is trained anew, as it was for everything else, and kept as it is after some of the epochs; each of
these is translated into spikes and shown the same test digits. (The spiking network learns nothing by itself here: at
each stage it is given what backpropagation found.)
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from ann import MLP, Training, train
from compare.comparison import translate
from compare.experiments.bench import Bench
from compare.experiments.experiment import ONLY_DRAWN, Experiment, Verdict, drawn_by, judged
from compare.experiments.wording import percent
from compare.pair import Pair
from compare.score import wilson

UNITS = 6  # whose weights are drawn
STAGES = (0, 1, 3, 20)  # epochs after which they are
HALF_WAY = 0.95
LEARNED = 0.82  # what the nearest mean image reads (`by_hand`): less is not worth the name


@dataclass(frozen=True)
class Stage:
    """Both networks after some epochs: accuracies, with their intervals, and how alike the weights into a hidden unit
    are to what they will be in the end (mean correlation over units)."""

    epoch: int
    ann: float
    ann_interval: tuple[float, float]
    bio: float
    bio_interval: tuple[float, float]
    like_the_end: float


@dataclass(frozen=True, eq=False)
class Result:
    """All stages of one network's training; weights (stages drawn, units, 784)."""

    activation: str
    training_digits: int
    test_digits: int
    stages: tuple[Stage, ...]
    weights: np.ndarray = field(metadata=ONLY_DRAWN)
    drawn: tuple[int, ...] = field(metadata=ONLY_DRAWN)


def run(bench: Bench) -> Result:
    """Trains the bench's first network again and keeps it after each epoch (some of them when quick)."""
    model = next(iter(bench.models.values()))
    training_digits = bench.some_training(60_000, 10_000)
    epochs = bench.count(20, 6)
    kept: dict[int, MLP] = {}

    def keep(epoch: int, now: MLP) -> None:
        copied = [tuple(array.copy() for array in arrays) for arrays in (now.weights, now.biases)]
        kept[epoch] = MLP(copied[0], copied[1], now.activation)

    recipe = Training(model.sizes, model.activation, seed=bench.seed, epochs=epochs)
    train(training_digits.images, training_digits.labels, recipe, on_model=keep)
    shown = [epoch for epoch in kept if not bench.quick or epoch in (0, 1, 2, epochs)]
    digits = bench.some_digits(2_000, 300)
    options = replace(bench.prepared.options, inputs=("current",), retune=False)
    twins = [next(translate(kept[epoch], options, bench.calibration)) for epoch in shown]
    responses = bench.respond([twin.job(digits) for twin in twins])
    last = kept[epochs].weights[0]
    stages = []
    for epoch, twin, response in zip(shown, twins, responses, strict=True):
        pair = Pair(twin, digits, response)
        ann, bio = pair.ann_answers == digits.labels, pair.bio_answers == digits.labels
        stages.append(
            Stage(
                epoch,
                float(ann.mean()),
                wilson(ann),
                float(bio.mean()),
                wilson(bio),
                alike(kept[epoch].weights[0], last),
            )
        )
    drawn = tuple(epoch for epoch in dict.fromkeys((*STAGES, epochs)) if epoch in kept)
    weights = np.array([kept[epoch].weights[0][:, :UNITS].T for epoch in drawn])
    return Result(model.activation, len(training_digits), len(digits), tuple(stages), weights, drawn)


def alike(weights: np.ndarray, others: np.ndarray) -> float:
    """The mean over units of the correlation between two sets of incoming weights (inputs, units)."""
    a, b = (array - array.mean(axis=0) for array in (weights.astype(float), others.astype(float)))
    return float(((a * b).sum(axis=0) / np.sqrt((a**2).sum(axis=0) * (b**2).sum(axis=0))).mean())


def verdict(result: Result) -> Verdict:
    """They learn: the last stage reads surely more than the first, and surely more than a rule without learning."""
    first, last = result.stages[0], result.stages[-1]
    grown = [last.ann_interval[0] > first.ann_interval[1], last.bio_interval[0] > first.bio_interval[1]]
    able = [last.ann_interval[0] > LEARNED, last.bio_interval[0] > LEARNED]
    word = judged("claim", yes=[*grown, *able], no=[not g for g in grown])
    claim = {
        "holds": "They do learn",
        "in part": "They learn something",
        "does not hold": "Nothing was surely learned",
    }[word]
    return Verdict(
        "accuracy, before → after training",
        f"{percent(first.ann)} → {percent(last.ann, last.ann_interval, decimals=1)}",
        f"{percent(first.bio)} → {percent(last.bio, last.bio_interval, decimals=1)}",
        word,
        f"{claim}: the standard network goes from {percent(first.ann)} to {percent(last.ann)}; its spiking twin, which "
        f"is only given the weights, reads {percent(last.bio)}.",
    )


def finding(result: Result) -> str:
    """How fast accuracy comes, in both, and how far apart they are at most once it is there."""
    first, last = result.stages[0], result.stages[-1]
    soon = next((s for s in result.stages if s.ann >= HALF_WAY * last.ann), last)
    learned = [s for s in result.stages if s.ann >= 0.9 * last.ann]
    apart = max(learned, key=lambda s: abs(s.ann - s.bio))
    return (
        f"From guessing ({first.ann:.0%}) the standard network comes to {last.ann:.1%} in {last.epoch} epochs, and to "
        f"95% of that after {soon.epoch}; its spiking twin, given the same weights, from {first.bio:.0%} to "
        f"{last.bio:.1%}, never more than {100 * abs(apart.ann - apart.bio):.1f} points apart once the network had "
        f"learned."
    )


EXPERIMENT = Experiment(
    name="learning",
    title="Learning to recognise patterns",
    claim="Such networks learn to recognise patterns",
    question="How do accuracy and what the units look for come about in training, and does it carry over to spikes?",
    at=(163,),
    part="claim",
    run=run,
    verdict=verdict,
    finding=finding,
    draw=drawn_by("learning"),
)
