"""Lesions: cells die and synapses are lost, in both networks the same ones. Which of the two suffers more?

A random part of the hidden units, or of all weights, is set to nothing: a unit with all that it sends, a weight by
itself. The twin is the lesioned network under the mapping of the whole one: the same cells and synapses are gone, and
nothing is calibrated again. At fraction 1 only the biases of the output are left. In a draw, what is gone at a smaller
fraction is gone at every larger one, as it is in a brain that ages.

Bands hold 95 % of both draws and digits drawn anew (a bootstrap in both directions); the two networks are compared on
the same draws and digits. So few draws do not tell how unlike others may be: what is said is said of these draws.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ann import MLP
from compare.experiments.bench import Bench
from compare.experiments.experiment import Experiment, Verdict, drawn_by, judged
from compare.experiments.resampling import Interval, drawn_anew
from compare.experiments.wording import lines, percent, points
from compare.pair import Twin
from compare.style import NETWORK_NAMES

KINDS = ("units", "weights")
REPEATS = 1_000


@dataclass(frozen=True)
class Series:
    """One network and its twin under growing lesions of one kind.

    fractions  of units or weights that are gone
    ann, bio   accuracy at each, with its interval
    ahead      at each, how much less the twin has lost of its own accuracy than the standard network has
    over_all   the mean of that over the fractions between none and all
    """

    activation: str
    kind: str
    fractions: tuple[float, ...]
    ann: tuple[Interval, ...]
    bio: tuple[Interval, ...]
    ahead: tuple[Interval, ...]
    over_all: Interval


@dataclass(frozen=True)
class Result:
    """A series for each network and kind of lesion."""

    digits: int
    draws: int
    series: tuple[Series, ...]


def run(bench: Bench) -> Result:
    """Lesions every network of the bench and its twin."""
    draws = bench.count(5, 2)
    fractions = (0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1.0) if not bench.quick else (0.0, 0.3, 0.7, 1.0)
    digits = bench.some_digits(1_000, 100)
    plan = [(a, k, d, f) for a in bench.activations for k in KINDS for d in range(draws) for f in fractions]
    twins = [lesioned(bench.twin(a), k, f, np.random.default_rng((bench.seed, d))) for a, k, d, f in plan]
    once = {one_for_all(step): twin for step, twin in zip(plan, twins, strict=True)}
    responses = bench.respond([twin.job(digits) for twin in once.values()])
    verdicts = {key: response.verdicts[:, -1] for key, response in zip(once, responses, strict=True)}
    ann = np.array([twin.model.classify(digits.images) == digits.labels for twin in twins])
    bio = np.array([verdicts[one_for_all(step)] == digits.labels for step in plan])
    shape = (len(bench.activations), len(KINDS), draws, len(fractions), len(digits))
    rng = np.random.default_rng(bench.seed)
    found = [
        series(bench.activations[a], KINDS[k], fractions, ann.reshape(shape)[a, k], bio.reshape(shape)[a, k], rng)
        for a, k in np.ndindex(shape[:2])
    ]
    return Result(len(digits), draws, tuple(found))


def one_for_all(step: tuple[str, str, int, float]) -> tuple[str, str, int, float]:
    """The same key for steps whose networks do the same: with nothing lesioned, and with all hidden units silenced."""
    activation, kind, draw, fraction = step
    return (activation, "any", 0, fraction) if fraction in (0.0, 1.0) else (activation, kind, draw, fraction)


def lesioned(twin: Twin, kind: str, fraction: float, rng: np.random.Generator) -> Twin:
    """The pair without this fraction of hidden units, or of weights; the same rng takes the same ones, and more."""
    model = without_units(twin.model, fraction, rng) if kind == "units" else without_weights(twin.model, fraction, rng)
    return replace(twin, model=model, network=twin.mapping.network(model, twin.cell))


def without_units(model: MLP, fraction: float, rng: np.random.Generator) -> MLP:
    """The model in which this fraction of each hidden layer's units sends nothing on."""
    weights = [model.weights[0]]
    for weight in model.weights[1:]:
        gone = rng.permutation(len(weight)) < round(fraction * len(weight))
        weights.append(np.where(gone[:, None], 0, weight).astype(weight.dtype))
    return replace(model, weights=tuple(weights))


def without_weights(model: MLP, fraction: float, rng: np.random.Generator) -> MLP:
    """The model in which this fraction of each layer's weights is 0."""
    weights = []
    for weight in model.weights:
        gone = rng.permutation(weight.size).reshape(weight.shape) < round(fraction * weight.size)
        weights.append(np.where(gone, 0, weight).astype(weight.dtype))
    return replace(model, weights=tuple(weights))


def series(
    activation: str,
    kind: str,
    fractions: Sequence[float],
    ann: np.ndarray,
    bio: np.ndarray,
    rng: np.random.Generator,
) -> Series:
    """What is left at each fraction, from who was right (draws, fractions, digits) where the first fraction is 0."""
    lead = bio.astype(float) - bio[:, :1] - (ann.astype(float) - ann[:, :1])
    between = [place for place, fraction in enumerate(fractions) if 0 < fraction < 1]
    draws, _, digits = ann.shape
    lots = [(drawn_anew(draws, 1, rng)[0], drawn_anew(digits, 1, rng)[0]) for _ in range(REPEATS)]

    def intervals(values: np.ndarray) -> tuple[Interval, ...]:
        drawn = np.array([(draw / draws) @ (values @ (digit / digits)) for draw, digit in lots])
        low, high = np.percentile(drawn, (2.5, 97.5), axis=0)
        return tuple(zip(values.mean(axis=(0, 2)).tolist(), low.tolist(), high.tolist(), strict=True))

    (over_all,) = intervals(lead[:, between].mean(axis=1, keepdims=True))
    return Series(
        activation,
        kind,
        tuple(fractions),
        intervals(ann.astype(float)),
        intervals(bio.astype(float)),
        intervals(lead),
        over_all,
    )


def half_lost(series: Series) -> int:
    """The place of the fraction closest to a half."""
    return min(range(len(series.fractions)), key=lambda place: abs(series.fractions[place] - 0.5))


def verdict(result: Result) -> Verdict:
    """It breaks: in these draws one of the two clearly loses more of its accuracy, under every kind of damage."""
    apart = [series.over_all[1] > 0 or series.over_all[2] < 0 for series in result.series]
    word = judged("break", apart)
    worst = max(
        [s for s, far in zip(result.series, apart, strict=True) if far] or result.series,
        key=lambda series: abs(series.over_all[0]),
    )
    units = [series for series in result.series if series.kind == "units"] or list(result.series)
    lost = percent(units[0].fractions[half_lost(units[0])])
    more = points(abs(worst.over_all[0]))
    ann, bio = (float(np.mean([getattr(s, who)[half_lost(s)][0] for s in units])) for who in ("ann", "bio"))
    loser = "its twin" if worst.over_all[0] < 0 else "the network"
    seen = (
        f"in the {NETWORK_NAMES[worst.activation]} pair {loser} loses {more} points more when {spoken(worst.kind)} go"
    )
    table = {
        who: lines(
            (s.activation, percent(mean, ends)) for s in units for mean, *ends in [getattr(s, who)[half_lost(s)]]
        )
        for who in ("ann", "bio")
    }
    return Verdict(
        f"accuracy with {lost} of the {spoken(units[0].kind)} lost",
        table["ann"],
        table["bio"],
        word,
        {
            "breaks": f"Damage hurts the two unlike in these {result.draws} draws: {seen}.",
            "in part": f"In these {result.draws} draws, damage hurts the two unlike in {sum(apart)} of {len(apart)} "
            f"cases: {seen}.",
            "no break seen": f"In these {result.draws} draws, no damage hurts one clearly more than the other: without "
            f"{lost} of their {spoken(units[0].kind)}, standard networks read {percent(ann)}, their twins "
            f"{percent(bio)}.",
        }[word],
    )


def finding(result: Result) -> str:
    """How much both lose at half, and which suffers more."""
    few = f"All this is of the same {result.draws} draws of what is lost, too few to tell of others."
    return " ".join([*(finding_of_series(series) for series in result.series), few])


def finding_of_series(series: Series) -> str:
    """The finding for one series."""
    middle = half_lost(series)
    ann, bio = (percent(at[middle][0], at[middle][1:]) for at in (series.ann, series.bio))
    return (
        f"{NETWORK_NAMES[series.activation]}, {percent(series.fractions[middle])} of its {spoken(series.kind)} lost: "
        f"{ann} left of {percent(series.ann[0][0])} in the standard network, {bio} of {percent(series.bio[0][0])} in "
        f"its twin; "
        f"over all lesions {sufferer(series)} ({points(series.over_all[0], series.over_all[1:])} points for the twin)."
    )


def spoken(kind: str) -> str:
    """What is lost, in a sentence."""
    return "hidden units" if kind == "units" else kind


def sufferer(series: Series) -> str:
    """Which of the two suffers more, where the interval of the mean lead tells."""
    _, low, high = series.over_all
    if low > 0:
        return "the standard network suffers more"
    return "the twin suffers more" if high < 0 else "neither suffers clearly more"


EXPERIMENT = Experiment(
    name="lesion",
    title="Losing cells and synapses",
    claim="Damage hurts both networks alike",
    question="When cells die or synapses are lost, the same ones in both, which network suffers more?",
    at=(),
    part="break",
    run=run,
    verdict=verdict,
    finding=finding,
    draw=drawn_by("lesion"),
)
