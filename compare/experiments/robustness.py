"""Both networks on the same digits, distorted more and more: what sloppiness and resolution share.

All conditions of a network are one stream of digits, in which each digit keeps its number, and with it its noise and
its distortion's direction. The two networks are compared digit by digit: the difference of their accuracies, with a
bootstrap interval, and McNemar's test.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from compare.experiments.bench import Bench
from compare.experiments.resampling import bootstrapped
from compare.pair import Pair
from compare.score import mcnemar, wilson
from data import DISTORTIONS, Digits, distort


@dataclass(frozen=True)
class Point:
    """Both networks on digits distorted by one severity; `ahead` is the spiking network's lead, a fraction."""

    severity: float
    ann: float
    ann_interval: tuple[float, float]
    bio: float
    bio_interval: tuple[float, float]
    ahead: float
    ahead_interval: tuple[float, float]
    p: float


@dataclass(frozen=True)
class Curve:
    """A network under one distortion.

    mean_ahead  the spiking network's lead beyond the one it has on clean digits, mean over all severities above 0: how
                much less of its own accuracy it loses than the standard network; with its interval
    """

    activation: str
    distortion: str
    unit: str
    points: tuple[Point, ...]
    mean_ahead: float
    mean_ahead_interval: tuple[float, float]


def curves(bench: Bench, names: Sequence[str], *, digits: Digits, severities: int | None = None) -> list[Curve]:
    """Each network of the bench under each distortion, at all its severities or at this many of them."""
    conditions = [(name, severity) for name in names for severity in spread(DISTORTIONS[name].severities, severities)]
    stream = distorted(digits, conditions, seed=bench.seed)
    twins = [bench.twin(activation) for activation in bench.activations]
    found = []
    for twin, response in zip(twins, bench.respond([twin.job(stream) for twin in twins]), strict=True):
        pair = Pair(twin, stream, response)
        right = [
            (answers == stream.labels).reshape(len(conditions), -1) for answers in (pair.ann_answers, pair.bio_answers)
        ]
        for name in names:
            which = [i for i, (other, _) in enumerate(conditions) if other == name]
            at = [conditions[i][1] for i in which]
            found.append(accuracy_curve(twin.model.activation, name, at, right[0][which], right[1][which], bench.seed))
    return found


def distorted(digits: Digits, conditions: Sequence[tuple[str, float]], *, seed: int) -> Digits:
    """The same digits under each condition, a distortion and a severity, one condition after the other; each keeps its
    number."""
    images = [distort(digits.images, name, at, seed=seed, index=digits.index) for name, at in conditions]
    labels, index = (np.tile(of_one, len(conditions)) for of_one in (digits.labels, digits.index))
    return Digits(np.concatenate(images), labels, index, digits.sha256)


def spread(severities: Sequence[float], count: int | None) -> list[float]:
    """This many of the severities, the first and the last among them; or all."""
    if count is None or count >= len(severities):
        return list(severities)
    return [severities[round(i)] for i in np.linspace(0, len(severities) - 1, count)]


def accuracy_curve(
    activation: str, name: str, severities: Sequence[float], ann: np.ndarray, bio: np.ndarray, seed: int
) -> Curve:
    """From which digits each network got right, arrays (severities, n) of truths."""
    ahead = bio.astype(float) - ann
    points = [
        Point(
            severity,
            float(a.mean()),
            wilson(a),
            float(b.mean()),
            wilson(b),
            float(lead.mean()),
            bootstrapped(lead, seed),
            mcnemar(a, b),
        )
        for severity, a, b, lead in zip(severities, ann, bio, ahead, strict=True)
    ]
    overall = (ahead[1:] - ahead[0]).mean(axis=0)
    unit = DISTORTIONS[name].unit
    return Curve(activation, name, unit, tuple(points), float(overall.mean()), bootstrapped(overall, seed))


def hardest(found: Sequence[Curve], network: str) -> tuple[float, float, tuple[float, float]]:
    """A network's accuracy on clean digits and at the greatest severity, both in the mean over curves, and the latter's
    95 % interval: the mean of theirs, which holds as much whatever the curves have in common."""
    clean = float(np.mean([getattr(curve.points[0], network) for curve in found]))
    left = float(np.mean([getattr(curve.points[-1], network) for curve in found]))
    low, high = np.mean([getattr(curve.points[-1], f"{network}_interval") for curve in found], axis=0)
    return clean, left, (float(low), float(high))


def kept(found: Curve, network: str) -> float:
    """What a network keeps of its own clean accuracy at the greatest severity."""
    return float(getattr(found.points[-1], network) / max(getattr(found.points[0], network), 1e-9))


def halfway(curve: Curve, network: str) -> float | None:
    """The severity at which a network ("ann" or "bio") is half-way from its clean accuracy to guessing, between those
    tried by a straight line; None where it never gets there."""
    at = [point.severity for point in curve.points]
    accuracy = [getattr(point, network) for point in curve.points]
    half = (accuracy[0] + 0.1) / 2
    for i in range(1, len(at)):
        if accuracy[i] < half <= accuracy[i - 1]:
            part = (accuracy[i - 1] - half) / (accuracy[i - 1] - accuracy[i])
            return float(at[i - 1] + part * (at[i] - at[i - 1]))
    return None
