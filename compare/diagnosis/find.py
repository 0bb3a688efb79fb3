"""Why a spiking twin reads digits worse than its standard network: each cause, its evidence, and what repairs it.

A cause is believed when its remedy helps (`causes.py`). Each is tried by itself and all of them together, on the
same digits; McNemar's exact test says whether more are right. Where one alone does as well as all, it is the cause, the
most specific of those that do. Else remedies are taken back from all of them, the least helpful first, and those whose
absence costs accuracy are causes: so two faults that each spoil everything are both found.

A consequence is so never named beside its cause, whose remedy takes it away too: cells at their ceiling because of
weights that were not normalised, outputs silent above a dead layer, a verdict that more time would have saved from
noise. What is wrong with weights that no calibration would give, `departure.py` reads from the layers.

Before that come the pixels and the standard network (`standard.py`). Pixels out of [0, 1] cannot be shown to cells
at all. The standard network is tried with the pixel scalings in use, and without a bias that all units of a layer
share; where one of them makes it read better, that is a cause. A network that still cannot read is wrong itself, and
no cell is blamed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from ann import MLP
from bio import simulate
from compare.diagnosis.causes import CAUSES, CURVE, Cause, straighter
from compare.diagnosis.departure import Case, remade
from compare.diagnosis.evidence import bend
from compare.diagnosis.standard import in_range, model_remedies, scaling_of, wrong_evidence
from compare.pair import Pair, Twin
from compare.score import mcnemar, wilson
from data import Digits

OUT_OF_RANGE = "pixels not in [0, 1]"
WRONG = "the standard network itself is wrong"

CALIBRATION = 5_000  # training digits, at even steps
P = 0.01  # of McNemar's test
LEAST = 0.02  # a loss below two points is what translating costs anyway
DISCORDANT = 8  # the fewest digits, all lost, with p < 0.01
CLOSE = 0.01  # remedies that do as well as each other
HOPELESS = 0.4  # an accuracy surely below this is no network's that learned


@dataclass(frozen=True)
class Finding:
    """A cause in plain words, the numbers that show it, what to do, and the accuracy (a fraction) that this gives back
    to the spiking network; None where there is no remedy."""

    cause: str
    evidence: str
    remedy: str
    regained: float | None


@dataclass(frozen=True)
class Diagnosis:
    """What is wrong with a pair; accuracies are fractions.

    digits        how many it was judged by
    resolution    the loss that could just be told from chance
    ann_accuracy  of the standard network
    bio_accuracy  of its twin; None where it could not be shown the digits
    repaired      of the twin with every finding's remedy
    loses         whether, those repaired, the twin still loses more than chance explains
    findings      by what their remedies give back, most first; none for a healthy pair
    """

    digits: int
    resolution: float
    ann_accuracy: float
    bio_accuracy: float | None
    repaired: float | None
    loses: bool
    findings: tuple[Finding, ...]


def diagnose(twin: Twin, digits: Digits, training: Digits) -> Diagnosis:
    """Why the twin answers these digits worse than its standard network, if it does.

    Remedies are calibrated on `training` digits only. Raises ValueError where there are no digits, or a pixel is not
    a number.
    """
    if not len(digits) or not len(training):
        raise ValueError("there are no digits to judge by: give at least one, and training digits to calibrate with")
    training = training.spread(min(CALIBRATION, len(training)))
    shown, known = in_range(digits), in_range(training)
    in_pixels = shown is digits
    if not in_pixels and known is not training:
        twin = remade(twin, known)  # it was calibrated on such pixels too
    found, base = [], trial(twin, shown)
    if not in_pixels:
        found.append(pixels_finding(digits, right(base).mean()))
    model, named = better_model(twin.model, shown)
    best = base
    if named is not None:
        best = trial(Case(base, known).changed(twin, model=model), shown)
        found.append(replace(named, regained=float(right(best).mean() - right(base).mean())))
    knows = best.ann_answers == shown.labels
    if wilson(knows)[1] < HOPELESS:
        found.append(Finding(WRONG, wrong_evidence(best), "train it anew: analogy train --out model.npz", None))
    elif worse(right(best), knows):
        findings, best = spiking_findings(Case(best, known))
        found += findings
    return Diagnosis(
        digits=len(digits),
        resolution=resolution(right(best), knows),
        ann_accuracy=float((twin.model.classify(digits.images) == digits.labels).mean()),
        bio_accuracy=float(right(base).mean()) if in_pixels else None,
        repaired=float(right(best).mean()),
        loses=worse(right(best), knows),
        findings=tuple(sorted(found, key=lambda finding: -(finding.regained or 0.0))),
    )


def trial(twin: Twin, digits: Digits) -> Pair:
    """What the twin does with the digits."""
    response = simulate(twin.network, twin.stimulus(digits), duration=twin.duration, dt=twin.dt, engine=twin.engine)
    return Pair(twin, digits, response)


def right(pair: Pair) -> np.ndarray:
    """(n,): which digits the spiking network got right."""
    return pair.bio_answers == pair.digits.labels


def worse(one: np.ndarray, other: np.ndarray, *, least: float = LEAST) -> bool:
    """Whether one is right less often than the other, by more than chance explains and by at least so much."""
    return bool(other.mean() - one.mean() >= least and mcnemar(one, other) < P)


def resolution(one: np.ndarray, other: np.ndarray) -> float:
    """The loss that could just be told from chance, where the two differ on as many digits as they do."""
    differ = max(int((one != other).sum()), DISCORDANT)
    return min(1.0, max(LEAST, min(2.6 * differ**0.5, differ) / len(one)))  # 2.6 SD: p = 0.01


# --- the spiking network


def spiking_findings(case: Case) -> tuple[list[Finding], Pair]:
    """The causes in the spiking network, and the pair with their remedies; the bend of the cell's curve, which
    every twin lives with, is blamed only for what is left."""
    reads = cache(lambda *causes: right(repaired_by(causes, case)))  # each trial is a simulation
    needed = necessary([cause for cause in CAUSES if cause.suspected(case)], case, reads)
    best, found = repaired_by(needed, case), []
    for cause in needed:
        without = reads(*[other for other in needed if other is not cause]).mean()
        regained = float(right(best).mean() - without)
        tried = f"with this repaired {right(best).mean():.1%} are right, instead of {without:.1%}"
        found.append(Finding(cause.name(case), f"{cause.evidence(case)}; {tried}", cause.remedy(case), regained))
    bent = Case(best, case.training)
    loses = worse(right(best), best.ann_answers == best.digits.labels)
    trials = [(remedy, trial(twin, best.digits)) for remedy, twin in straighter(bent)] if loses else []
    if trials:  # none of a twin that is as straight as it can be made
        most = max(right(pair).mean() for _, pair in trials)
        remedy, again = next((name, pair) for name, pair in trials if right(pair).mean() >= most - CLOSE)
        if worse(right(best), right(again), least=CLOSE):
            now, then = right(best).mean(), right(again).mean()
            tried = f"with this repaired {then:.1%} are right, instead of {now:.1%}"
            found.append(Finding(CURVE, f"{bend(bent)}; {tried}", remedy, float(then - now)))
            best = again
    return found, best


def necessary(suspects: list[Cause], case: Case, reads: Callable[..., np.ndarray]) -> list[Cause]:
    """The suspects that are causes: one whose remedy leaves nothing lost, or does as well as all together; else those
    that can't be left out of them; none where no remedy helps. `reads` tells what is right with some's remedies."""
    found, knows, alone = right(case.pair), case.pair.ann_answers == case.pair.digits.labels, []
    for cause in suspects:
        alone.append(reads(cause))
        if alone[-1].mean() >= knows.mean() - CLOSE and worse(found, alone[-1], least=CLOSE):
            return [cause]
    best = max((each.mean() for each in alone), default=0.0)
    first = next((i for i, each in enumerate(alone) if each.mean() >= best - CLOSE), None)
    reached = reads(*suspects)
    if first is not None and worse(found, alone[first], least=CLOSE) and not worse(alone[first], reached, least=CLOSE):
        return [suspects[first]]
    if not worse(found, reached, least=CLOSE):
        return []
    kept = list(suspects)
    for i in sorted(range(len(suspects)), key=lambda i: (alone[i].mean(), -i)):  # what helps least by itself goes first
        others = [cause for cause in kept if cause is not suspects[i]]
        if not worse(reads(*others), reached, least=CLOSE):
            kept = others
    return kept


def repaired_by(causes: Sequence[Cause], case: Case) -> Pair:
    """The pair with the remedies of some causes, in their order."""
    twin = case.twin
    for cause in causes:
        twin = cause.repaired(case, twin)
    return trial(twin, case.pair.digits) if causes else case.pair


# --- the pixels and the standard network


def pixels_finding(digits: Digits, accuracy: float) -> Finding:
    """That pixels were out of range, and how well they are read once they are not."""
    low, high = float(digits.images.min()), float(digits.images.max())
    times, plus = scaling_of(low, high)
    shifted = f"(images - {plus:.4g})" if plus else "images"
    return Finding(
        OUT_OF_RANGE,
        f"they run from {low:g} to {high:g}, but a pixel is a firing rate, from none to r_max: the spiking network "
        f"can't be shown them; brought to [0, 1], it reads {accuracy:.1%}",
        f"images = {shifted} / {times:.4g}",
        float(accuracy),
    )


def better_model(model: MLP, digits: Digits) -> tuple[MLP, Finding | None]:
    """The model repaired so that it reads the digits better than chance explains, and what that was; or itself.

    Of repairs that read as well, that of the least cross-entropy: pixels 255 times as bright drown a bias or a shift
    too, but make the network as sure of its errors as of the rest.
    """
    as_is = model.classify(digits.images) == digits.labels
    helpful = []
    for candidate, cause, evidence, remedy in model_remedies(model, digits):
        outputs, reads = candidate.forward(digits.images)[-1], candidate.classify(digits.images) == digits.labels
        if worse(as_is, reads):
            difference = f"{evidence}: it reads {reads.mean():.1%} instead of {as_is.mean():.1%}"
            loss = candidate.kind.loss(outputs, np.eye(outputs.shape[1])[digits.labels])
            helpful.append((reads.mean(), loss, candidate, Finding(cause, difference, remedy, None)))
    if not helpful:
        return model, None
    most = max(reads for reads, *_ in helpful)
    _, repaired, found = min((tried[1:] for tried in helpful if tried[0] >= most - CLOSE), key=lambda tried: tried[0])
    return repaired, found
