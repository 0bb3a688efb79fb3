"""A neuron holds a number from 0 to 1, and layers of them make a network: both drawn with one digit's numbers.

In the standard network the numbers are activations, in the spiking one firing rates. How alike are the two drawings?
The correlation of a layer's activations with its rates, digit by digit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from compare.experiments.bench import Bench
from compare.experiments.experiment import ONLY_DRAWN, Experiment, Verdict, drawn_by, judged
from compare.experiments.wording import lines, number
from compare.score import correlation
from compare.style import NETWORK_NAMES

ALIKE = 0.9  # a correlation from which two drawings look the same: four fifths of the variance are shared


@dataclass(frozen=True, eq=False)
class Drawn:
    """One pair: the median over digits of the correlation between a layer's activations and its rates, with the
    quartiles and the median's 95 % interval; and one digit's numbers in every layer, with the weights between."""

    activation: str
    sizes: tuple[int, ...]
    alike: tuple[tuple[float, float, float], ...]
    sure: tuple[tuple[float, float], ...]
    highest_rate: float
    digit: int
    ann_answer: int
    bio_answer: int
    pixels: np.ndarray = field(metadata=ONLY_DRAWN)
    activations: tuple[np.ndarray, ...] = field(metadata=ONLY_DRAWN)
    rates: tuple[np.ndarray, ...] = field(metadata=ONLY_DRAWN)
    weights: tuple[np.ndarray, ...] = field(metadata=ONLY_DRAWN)


@dataclass(frozen=True, eq=False)
class Result:
    """All pairs."""

    digits: int
    drawn: tuple[Drawn, ...]


def run(bench: Bench) -> Result:
    """Compares every digit's two drawings, and keeps one digit that both networks read."""
    found = []
    for activation in bench.activations:
        pair = bench.pair(activation)
        likeness = [by_digit(pair.activations(layer), pair.rates(layer)) for layer in range(len(pair.sums))]
        both = (pair.ann_answers == pair.digits.labels) & (pair.bio_answers == pair.digits.labels)
        chosen = int(both.argmax())
        found.append(
            Drawn(
                activation,
                pair.twin.model.sizes,
                tuple(quartiles(values) for values in likeness),
                tuple(of_median(values) for values in likeness),
                float(max(pair.rates(layer).max() for layer in range(len(pair.sums)))),
                int(pair.digits.labels[chosen]),
                int(pair.ann_answers[chosen]),
                int(pair.bio_answers[chosen]),
                pair.digits.images[chosen],
                tuple(pair.activations(layer)[chosen] for layer in range(len(pair.sums))),
                tuple(pair.rates(layer)[chosen] for layer in range(len(pair.sums))),
                pair.twin.model.weights,
            )
        )
    return Result(len(bench.digits), tuple(found))


def by_digit(activations: np.ndarray, rates: np.ndarray) -> list[float]:
    """The correlation between two (n, units), digit by digit, where there is one."""
    values = [correlation(a, r) for a, r in zip(activations, rates, strict=True)]
    return [value for value in values if value is not None]


def quartiles(values: Sequence[float]) -> tuple[float, float, float]:
    """The lower quartile, the median and the upper quartile; nan of nothing."""
    low, middle, high = np.percentile(values, [25, 50, 75]) if values else (np.nan,) * 3
    return float(low), float(middle), float(high)


def of_median(values: Sequence[float]) -> tuple[float, float]:
    """The 95 % interval of the median: the values whose ranks lie 0.98 √n from the middle, whatever is their
    distribution (the number of values below it is binomial)."""
    away = 98 / np.sqrt(max(len(values), 4))
    low, high = np.percentile(values, [max(50 - away, 0), min(50 + away, 100)]) if values else (np.nan, np.nan)
    return float(low), float(high)


def verdict(result: Result) -> Verdict:
    """Both hold the same numbers: in every layer, the median correlation is surely high."""
    every = [ends for found in result.drawn for ends in found.sure]
    word = judged("claim", yes=[low >= ALIKE for low, _ in every], no=[not high >= ALIKE for _, high in every])
    weakest = [
        min(zip(found.alike, found.sure, strict=True), key=lambda layer: np.nan_to_num(layer[0][1], nan=-np.inf))
        for found in result.drawn
    ]
    least = float(np.min([middle for (_, middle, _), _ in weakest]))  # nan where any is: Python's min may pass it over
    numbers = f"digit by digit, they correlate by at least {number(least)}"
    if np.isnan(least):
        numbers = "in some layer there is nothing to correlate"
    return Verdict(
        "correlation with the activations, digit by digit, median in the weakest layer",
        "1, by definition",
        lines(
            (found.activation, number(layer[1], sure))
            for found, (layer, sure) in zip(result.drawn, weakest, strict=True)
        ),
        word,
        {
            "holds": f"Firing rates hold the numbers that activations hold: {numbers} in every layer.",
            "in part": f"Firing rates hold in some layers the numbers that activations hold: {numbers}.",
            "does not hold": f"Firing rates hold other numbers than activations do: {numbers}.",
        }[word],
    )


def finding(result: Result) -> str:
    """How alike the drawings are, layer by layer."""
    by_network = []
    for found in result.drawn:
        layers = [*(f"hidden {i}" for i in range(1, len(found.alike))), "output"]
        numbers = ", ".join(
            f"{name} {number(middle)}" for name, (_, middle, _) in zip(layers, found.alike, strict=True)
        )
        by_network.append(f"{NETWORK_NAMES[found.activation]} ({numbers}; rates up to {found.highest_rate:.0f} Hz)")
    return (
        f"Drawn side by side, activations and firing rates of the same digit correlate, in the median over "
        f"{result.digits:,} digits, by {'; '.join(by_network)}."
    )


EXPERIMENT = Experiment(
    name="network",
    title="A neuron holds a number, and layers of them a digit",
    claim="A neuron holds a number, and layers of them a digit",
    question="Drawn with one digit's numbers, do the standard network and the spiking one look the same?",
    at=(172, 216),
    part="claim",
    run=run,
    verdict=verdict,
    finding=finding,
    draw=drawn_by("drawn"),
)
