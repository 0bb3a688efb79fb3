"""Sums can be negative, rates can't: how much of what a network works out falls below zero, and what silence costs.

A unit weighs evidence for and against; a cell tells only what is above zero. In hidden layers a ReLU cuts off the same
half by itself. At the output it does not: there the largest of ten sums wins, however negative. So the standard network
is read once more through max(0, z), where equal sums are settled by lot: a tie of k classes, the right one among them,
counts 1/k. In the spiking twin, equal counts are settled by the voltage; without it, they too would be a lottery.

A sigmoid is no less positive than a rate. Of its units, only the weighted sums are negative: they stand below ½, and
their cells fire below half of r_max, most not at all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy  # loads its parts where they are first used

from compare.experiments.bench import Bench
from compare.experiments.experiment import Experiment, Verdict, drawn_by, judged
from compare.experiments.resampling import Interval, mean_of, standard_error
from compare.experiments.wording import lines, percent, points
from compare.pair import Pair
from compare.score import wilson
from compare.style import NETWORK_NAMES

NEARLY = 2  # output spikes of all ten cells together, up to which they are called nearly silent
MOST = 40  # output spikes that the figure shows one by one
SURE = 0.05  # p below which errors and right answers surely differ
MUCH = 0.5  # of the output's sums, and of the cells that stand for those: what cannot be overlooked


@dataclass(frozen=True)
class Layer:
    """Of all units and digits of a layer, the fraction whose weighted sum is negative; of those, and of all others,
    the fraction whose cell stays silent (None where there are none)."""

    name: str
    negative: float
    silent_if_negative: float | None
    silent_otherwise: float | None


@dataclass(frozen=True)
class Part:
    """A fraction of `count` digits, with Wilson's 95 % interval; None of no digits."""

    count: int
    fraction: float | None
    interval: tuple[float, float] | None


@dataclass(frozen=True)
class Silence:
    """What one pair has below zero.

    layers          hidden ones first
    ann, clipped    the standard network's accuracy: as it is, and read through max(0, z)
    ann_error, clipped_error, bio_error, lottery_error   standard errors of accuracies, over digits
    ann_cost, bio_cost   accuracy lost by reading the standard network through max(0, z), and by settling the twin's
                    equal counts by lot; the mean over digits with its 95 % interval
    runner_up       the fraction of digits whose second class is right or the first is ("two guesses")
    runner_clipped  the same through max(0, z)
    no_evidence     digits on which all ten sums are negative
    bio, lottery    the twin's accuracy: as it is, and if equal counts were settled by lot
    silent_cells    output cells, of ten, that stay silent, mean over digits
    tied            digits on which more than one output cell has the highest count
    all_silent      digits on which none has any
    nearly_wrong    of the digits the twin gets wrong, those with at most `NEARLY` output spikes
    nearly_right    of those it gets right
    nearly_p        Fisher's exact p, that wrong and right answers rest on so few spikes equally often
    extra_wrong     of the digits that only the twin gets wrong, the same
    by_spikes       (output spikes of all ten cells, digits, digits wrong), the last for `MOST` and more
    """

    activation: str
    layers: tuple[Layer, ...]
    ann: float
    ann_error: float
    clipped: float
    clipped_error: float
    ann_cost: Interval
    runner_up: float
    runner_clipped: float
    no_evidence: Part
    bio: float
    bio_error: float
    lottery: float
    lottery_error: float
    bio_cost: Interval
    silent_cells: float
    tied: Part
    all_silent: Part
    nearly_wrong: Part
    nearly_right: Part
    nearly_p: float
    extra_wrong: Part
    by_spikes: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True)
class Result:
    """One entry a network, on the same digits."""

    digits: int
    pairs: tuple[Silence, ...]


def run(bench: Bench) -> Result:
    """Looks below zero in each of the bench's pairs."""
    return Result(len(bench.digits), tuple(silence(bench.pair(name)) for name in bench.activations))


def silence(pair: Pair) -> Silence:
    """What a pair has below zero."""
    truth, sums, counts = pair.digits.labels, pair.sums[-1], pair.response.counts[-1]
    clipped, spikes = np.maximum(sums, 0), counts.sum(axis=1)
    ann, bio = pair.ann_answers == truth, pair.bio_answers == truth
    by_lot, drawn = chance(clipped, truth, 1), chance(counts, truth, 1)
    nearly = spikes <= NEARLY
    shown = np.minimum(spikes, MOST)
    all_at, wrong_at = np.bincount(shown, minlength=MOST + 1), np.bincount(shown[~bio], minlength=MOST + 1)
    return Silence(
        activation=pair.twin.model.activation,
        layers=tuple(layer(pair, number) for number in range(len(pair.sums))),
        ann=float(ann.mean()),
        ann_error=standard_error(ann),
        clipped=float(by_lot.mean()),
        clipped_error=standard_error(by_lot),
        ann_cost=mean_of(ann - by_lot),
        runner_up=float(chance(sums, truth, 2).mean()),
        runner_clipped=float(chance(clipped, truth, 2).mean()),
        no_evidence=part(np.all(sums < 0, axis=1)),
        bio=float(bio.mean()),
        bio_error=standard_error(bio),
        lottery=float(drawn.mean()),
        lottery_error=standard_error(drawn),
        bio_cost=mean_of(bio - drawn),
        silent_cells=float((counts == 0).sum(axis=1).mean()),
        tied=part((counts == counts.max(axis=1, keepdims=True)).sum(axis=1) > 1),
        all_silent=part(spikes == 0),
        nearly_wrong=part(nearly[~bio]),
        nearly_right=part(nearly[bio]),
        nearly_p=float(
            scipy.stats.fisher_exact([[(nearly & right).sum(), (~nearly & right).sum()] for right in (~bio, bio)])[1]
        ),
        extra_wrong=part(nearly[ann & ~bio]),
        by_spikes=tuple(
            (k, int(seen), int(wrong)) for k, (seen, wrong) in enumerate(zip(all_at, wrong_at, strict=True))
        ),
    )


def layer(pair: Pair, number: int) -> Layer:
    """How much of a layer is below zero, and which of its cells are silent."""
    negative, silent = pair.sums[number] < 0, pair.response.counts[number] == 0
    below, above = silent[negative], silent[~negative]
    return Layer(
        pair.names[number],
        float(negative.mean()),
        float(below.mean()) if below.size else None,
        float(above.mean()) if above.size else None,
    )


def chance(values: np.ndarray, truth: np.ndarray, guesses: int) -> np.ndarray:
    """(n,): the chance that the true class is among the `guesses` highest of values (n, 10), equals in order by lot."""
    own = values[np.arange(len(values)), truth][:, None]
    ahead, equal = (values > own).sum(axis=1), (values == own).sum(axis=1)
    return np.clip((guesses - ahead) / equal, 0, 1)


def part(which: np.ndarray) -> Part:
    """How many of these digits (n,) it is."""
    return Part(len(which), float(which.mean()), wilson(which)) if len(which) else Part(0, None, None)


def verdict(result: Result) -> Verdict:
    """It breaks: most of the output's sums are negative, most cells silent there, and answers surely lost by that."""
    outputs = [pair.layers[-1] for pair in result.pairs]
    mute = [out.negative > MUCH and (out.silent_if_negative or 0) > MUCH for out in outputs]
    lost = [pair.ann_cost[1] > 0 or pair.bio_cost[1] > 0 for pair in result.pairs]
    word = judged("break", [*mute, *lost])
    below = percent(min(out.negative for out in outputs))
    most = points(max(max(pair.ann_cost[0], pair.bio_cost[0]) for pair in result.pairs))
    return Verdict(
        "points lost when only what is above zero is told, ties by lot",
        lines((p.activation, points(p.ann_cost[0], p.ann_cost[1:], decimals=2)) for p in result.pairs),
        lines((p.activation, points(p.bio_cost[0], p.bio_cost[1:], decimals=2)) for p in result.pairs),
        word,
        {
            "breaks": f"A rate cannot be negative, and {below} or more of the output's sums are: silence there costs "
            f"up to {most} points.",
            "in part": f"A rate cannot be negative, as {below} or more of the output's sums are, "
            f"{'and some networks surely lose answers by it' if any(lost) else 'yet no answer is surely lost by it'}.",
            "no break seen": f"A rate cannot be negative, but only {below} of the output's sums are, and no answer is "
            f"surely lost.",
        }[word],
    )


def finding(result: Result) -> str:
    """How much is negative, what it costs, and whether silence explains the twins' errors."""
    return " ".join(finding_of_pair(pair) for pair in result.pairs)


def finding_of_pair(pair: Silence) -> str:
    """The finding for one pair."""
    hidden, output = pair.layers[0], pair.layers[-1]
    return (
        f"{NETWORK_NAMES[pair.activation]}: {hidden.negative:.0%} of the sums in {hidden.name} and "
        f"{output.negative:.0%} in the output are negative; {roughly(hidden.silent_if_negative)} and "
        f"{roughly(output.silent_if_negative)} of the cells that stand for them are silent. Read through max(0, z), "
        f"the standard network {points_won(pair.clipped - pair.ann)} in its first guess and "
        f"{points_won(pair.runner_clipped - pair.runner_up)} in its first two. {roughly(pair.nearly_wrong.fraction)} "
        f"of the twin's errors, and {roughly(pair.nearly_right.fraction)} of its right answers, rest on {NEARLY} "
        f"output spikes or fewer{consequence(pair)}."
    )


def consequence(pair: Silence) -> str:
    """Whether errors come with silence more often than right answers do, as far as the digits can tell."""
    wrong, right = pair.nearly_wrong.fraction, pair.nearly_right.fraction
    if wrong is None or right is None:
        return ""
    if pair.nearly_p >= SURE:
        return ": silence is no sure mark of an error"
    if wrong < right:
        return ": silence goes with right answers rather than with errors"
    return f": silence goes with {'most' if wrong > 0.5 else 'a part'} of the errors"


def roughly(fraction: float | None) -> str:
    """A fraction, for a sentence."""
    if fraction is None:
        return "none"
    return f"{fraction:.0%}" if fraction >= 0.0995 or not fraction else f"{fraction:.1%}"


def points_won(difference: float) -> str:
    """A difference of two fractions, for a sentence."""
    won = 100 * difference
    return "loses nothing" if abs(won) < 0.005 else f"{'wins' if won > 0 else 'loses'} {abs(won):.2f} points"


EXPERIMENT = Experiment(
    name="negative",
    title="No negative rates",
    claim="A rate can say whatever an activation says",
    question="What of a network lies below zero, where no rate can follow, and what is lost in silence?",
    at=(),
    part="break",
    run=run,
    verdict=verdict,
    finding=finding,
    draw=drawn_by("negative"),
)
