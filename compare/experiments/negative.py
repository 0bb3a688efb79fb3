"""Sums can be negative, rates can't: how much of what a network works out falls below zero, and what silence costs.

A unit weighs evidence for and against; a cell tells only what is above zero. In hidden layers a ReLU cuts off the same
half by itself. At the output it does not: there the largest of ten sums wins, however negative. So the standard network
is read once more through max(0, z), where equal sums are settled by lot: a tie of k classes, the right one among them,
counts 1/k. In the spiking twin, equal counts are settled by the voltage; without it, they too would be a lottery.

A sigmoid is no less positive than a rate. Of its units, only the weighted sums are negative: they stand below ½, and
their cells fire below half of r_max, most not at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from compare.experiments.bench import Bench
from compare.experiments.experiment import Drawing, Experiment, Verdict, judged
from compare.experiments.wording import lines, percent, points
from compare.pair import Pair
from compare.score import wilson
from compare.style import ANN, BIO, GREY, NETWORK_NAMES, headline

NEARLY = 2  # output spikes of all ten cells together, up to which they are called nearly silent
MOST = 40  # output spikes that the figure shows one by one
FEWEST = 30  # digits of a group of which it shows how often the twin errs
MUCH = 0.5  # of the output's sums, and of the cells that stand for those: what cannot be overlooked
Interval = tuple[float, float, float]  # a mean and its 95 % interval


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


def standard_error(values: np.ndarray) -> float:
    """Of the mean of values (n,)."""
    return float(np.std(values) / np.sqrt(len(values)))


def mean_of(values: np.ndarray) -> Interval:
    """Of values (n,)."""
    mean, error = float(values.mean()), standard_error(values)
    return mean, mean - 1.96 * error, mean + 1.96 * error


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
    return " ".join(told(pair) for pair in result.pairs)


def told(pair: Silence) -> str:
    """The finding for one pair."""
    hidden, output = pair.layers[0], pair.layers[-1]
    return (
        f"{NETWORK_NAMES[pair.activation]}: {hidden.negative:.0%} of the sums in {hidden.name} and "
        f"{output.negative:.0%} in the output are negative; {share(hidden.silent_if_negative)} and "
        f"{share(output.silent_if_negative)} of the cells that stand for them are silent. Read through max(0, z), the "
        f"standard network {change(pair.clipped - pair.ann)} in its first guess and "
        f"{change(pair.runner_clipped - pair.runner_up)} in its first two. {share(pair.nearly_wrong.fraction)} of the "
        f"twin's errors, and {share(pair.nearly_right.fraction)} of its right answers, rest on {NEARLY} output spikes "
        f"or fewer"
        f"{consequence(pair)}."
    )


def consequence(pair: Silence) -> str:
    """Whether errors come with silence more often than right answers do, as far as the intervals tell."""
    wrong, right = pair.nearly_wrong.interval, pair.nearly_right.interval
    if wrong is None or right is None:
        return ""
    if wrong[0] <= right[1]:
        return ": silence is no mark of an error"
    return f": silence goes with {'most' if (pair.nearly_wrong.fraction or 0) > 0.5 else 'a part'} of the errors"


def share(fraction: float | None) -> str:
    """A fraction, for a sentence."""
    if fraction is None:
        return "none"
    return f"{fraction:.0%}" if fraction >= 0.0995 or not fraction else f"{fraction:.1%}"


def change(difference: float) -> str:
    """A difference of two fractions, for a sentence."""
    points = 100 * difference
    return "loses nothing" if abs(points) < 0.005 else f"{'wins' if points > 0 else 'loses'} {abs(points):.2f} points"


def draw(result: Result) -> Sequence[Drawing]:
    """A row for each network: what is negative, what reading it through zero costs, and where the errors are."""
    rows = len(result.pairs)
    figure = Figure(figsize=(12, 3.1 * rows + 1), layout="constrained")
    axes = figure.subplots(rows, 3, squeeze=False, width_ratios=(1, 1, 1.2))
    for row, pair in zip(axes, result.pairs, strict=True):
        below_zero(row[0], pair)
        readings(row[1], pair)
        errors_by_spikes(row[2], pair)
    lowest = " and ".join(f"{pair.layers[-1].negative:.0%} ({NETWORK_NAMES[pair.activation]})" for pair in result.pairs)
    errors = " and ".join(share(pair.nearly_wrong.fraction) for pair in result.pairs)
    headline(
        figure,
        f"{lowest} of the outputs' sums are negative, which a rate can't be; "
        f"{errors} of the twins' errors rest on {NEARLY} output spikes or fewer",
    )
    return [Drawing("negative", figure, described(result))]


def below_zero(ax: Axes, pair: Silence) -> Axes:
    """By layer, how many sums are negative, and how many cells are silent for those and for the others."""
    bars: tuple[tuple[str, str, list[float | None]], ...] = (
        ("sums below zero", ANN, [layer.negative for layer in pair.layers]),
        ("silent cells, of those", BIO, [layer.silent_if_negative for layer in pair.layers]),
        ("silent cells, of the rest", "#F3C9A8", [layer.silent_otherwise for layer in pair.layers]),
    )
    for place, (label, colour, values) in enumerate(bars):
        x = np.arange(len(values)) + 0.27 * (place - 1)
        heights = [100 * (value or 0) for value in values]
        ax.bar(x, heights, 0.25, color=colour, label=label)
        for at, height in zip(x, heights, strict=True):
            ax.annotate(f"{height:.0f}", (at, height), (0, 2), textcoords="offset points", ha="center", fontsize=9)
    ax.set_xticks(range(len(pair.layers)), [layer.name for layer in pair.layers])
    ax.set(ylim=(0, 145), ylabel=f"{NETWORK_NAMES[pair.activation]}\nunits × digits (%)", yticks=range(0, 101, 25))
    ax.legend(loc="upper left", fontsize=8, borderaxespad=0)
    ax.grid(visible=False, axis="x")
    ax.set_title("What is negative, who is silent")
    return ax


def readings(ax: Axes, pair: Silence) -> Axes:
    """Errors of both networks, as they are and with less to go by."""
    rows = (
        ("MLP", ANN, pair.ann, pair.ann_error),
        ("MLP, max(0, z)", ANN, pair.clipped, pair.clipped_error),
        ("spiking", BIO, pair.bio, pair.bio_error),
        ("spiking, ties by lot", BIO, pair.lottery, pair.lottery_error),
    )
    for row, (_, colour, accuracy, error) in enumerate(rows):
        ax.errorbar(100 * (1 - accuracy), row, xerr=196 * error, fmt="os"[row % 2], color=colour, capsize=3, ms=7)
        ax.annotate(
            f"{100 * (1 - accuracy):.2f}", (100 * (1 - accuracy), row), (0, 8), textcoords="offset points", ha="center"
        )
    ax.set_yticks(range(len(rows)), [name for name, *_ in rows])
    ax.set(ylim=(len(rows) - 0.5, -0.7), xlim=(0, None), xlabel="errors (% of digits, 95 % interval)")
    ax.margins(x=0.1)
    ax.set_title("What the readout loses")
    return ax


def errors_by_spikes(ax: Axes, pair: Silence) -> Axes:
    """How often the twin errs, by how many spikes its ten output cells had, in groups of at least `FEWEST` digits."""
    groups = grouped(pair.by_spikes)
    left, right, seen, wrong = np.array(groups).T
    low, high = np.array([wilson(np.arange(n) < k) for n, k in zip(seen, wrong, strict=True)]).T
    share_wrong, middle = wrong / seen, (left + right) / 2
    bounds = np.clip([share_wrong - low, high - share_wrong], 0, None)
    ax.bar((left + right) / 2, 100 * seen / seen.sum() / (right - left + 1), right - left + 0.9, color="#DDDDDD")
    ax.errorbar(middle, 100 * share_wrong, yerr=100 * bounds, fmt="o-", color=BIO, capsize=2, ms=4)
    ax.axhline(100 * wrong.sum() / seen.sum(), color=GREY, ls=":", lw=1)
    ax.axvspan(-0.5, NEARLY + 0.5, color=BIO, alpha=0.12, lw=0)
    ax.set(xlim=(-0.6, MOST + 0.6), ylim=(0, None), xlabel=f"output spikes of all ten cells ({MOST}: or more)")
    ax.set_ylabel("spiking twin wrong (%)")
    ax.set_title("Errors by output spikes\n(grey bars: % of digits; dotted: all)")
    return ax


def grouped(by_spikes: Sequence[tuple[int, int, int]]) -> list[tuple[int, int, int, int]]:
    """First and last number of spikes, digits and digits wrong, of neighbours put together until they are enough."""
    groups: list[tuple[int, int, int, int]] = []
    first, seen, wrong = 0, 0, 0
    for spikes, more, errors in by_spikes:
        seen, wrong = seen + more, wrong + errors
        if seen >= FEWEST:
            groups.append((first, spikes, seen, wrong))
            first, seen, wrong = spikes + 1, 0, 0
    if seen:
        start, _, before, errors = groups.pop() if groups else (first, 0, 0, 0)
        groups.append((start, by_spikes[-1][0], before + seen, errors + wrong))
    return groups


def described(result: Result) -> str:
    """The figure in words."""
    said = [
        f"{NETWORK_NAMES[pair.activation]}: "
        + ", ".join(f"{layer.negative:.0%} of sums in {layer.name} negative" for layer in pair.layers)
        + f"; errors of the standard network {1 - pair.ann:.2%}, through max(0, z) {1 - pair.clipped:.2%}, of the "
        f"spiking twin {1 - pair.bio:.2%}, with ties by lot {1 - pair.lottery:.2%}; tied digits "
        f"{share(pair.tied.fraction)}; {share(pair.nearly_wrong.fraction)} of errors on at most {NEARLY} spikes"
        for pair in result.pairs
    ]
    return "For each network: negative sums and silent cells by layer, errors by readout, errors by output spikes. " + (
        "; ".join(said) + "."
    )


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
    draw=draw,
)
