"""Do both networks read sloppy digits as brains do, without effort? Accuracy under twenty distortions.

Shifted, turned, slanted, stretched, blurred, noisy, scratched and covered digits (`data.distort`), at growing severity,
the same ones for both networks, which learned from clean digits only. What the translation into spikes costs on clean
digits is no weakness against distortion: each network is held against its own accuracy there.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from compare.experiments.bench import Bench
from compare.experiments.experiment import ONLY_DRAWN, Experiment, Verdict, by_activation, drawn_by, judged
from compare.experiments.robustness import Curve, curves, halfway, hardest, kept
from compare.experiments.wording import lines, percent
from compare.style import NETWORK_NAMES
from data import DISTORTIONS, distort

EFFORTLESS = 0.9  # of the clean accuracy; at the greatest severity a person still reads most digits
QUICK = ("shift", "rotate", "elastic", "thicker", "gaussian-noise", "occlusion")


@dataclass(frozen=True, eq=False)
class Result:
    """All curves, how many digits each point has, and one digit (severities, 784) under each distortion."""

    digits: int
    curves: tuple[Curve, ...]
    examples: dict[str, np.ndarray] = field(metadata=ONLY_DRAWN)


def run(bench: Bench) -> Result:
    """Shows the networks digits under every distortion but low resolution, which is a question of its own."""
    names = QUICK if bench.quick else tuple(name for name in DISTORTIONS if name != "low-resolution")
    digits = bench.some_digits(1_000, 120)
    found = curves(bench, names, digits=digits, severities=4 if bench.quick else None)
    one = digits[2:3]
    examples = {
        name: np.vstack([distort(one.images, name, at, seed=bench.seed, index=one.index) for at in (0, middle, most)])
        for name in names
        for middle, most in [(DISTORTIONS[name].severities[len(DISTORTIONS[name].severities) // 2],
                              DISTORTIONS[name].severities[-1])]
    }  # fmt: skip
    return Result(len(digits), tuple(found), examples)


def verdict(result: Result) -> Verdict:
    """Without effort: at their greatest severity, distortions leave nine tenths of the accuracy, as intervals tell."""
    networks = by_activation(result.curves)
    of = {who: {name: hardest(curves, who) for name, curves in networks.items()} for who in ("ann", "bio")}
    every = [found for at_most in of.values() for found in at_most.values()]
    word = judged(
        "claim",
        yes=[low >= EFFORTLESS * clean for clean, _, (low, _) in every],
        no=[high < EFFORTLESS * clean for clean, _, (_, high) in every],
    )
    ann, bio = (np.mean([found[:2] for found in at_most.values()], axis=0) for at_most in of.values())
    numbers = (
        f"from {percent(ann[0])} to {percent(ann[1])} in standard networks, from {percent(bio[0])} to "
        f"{percent(bio[1])} in spiking ones"
    )
    standard, spiking = (lines((name, percent(*f[1:])) for name, f in at_most.items()) for at_most in of.values())
    return Verdict(
        "accuracy on digits as sloppy as people still read, mean over distortions",
        standard,
        spiking,
        word,
        {
            "holds": f"Sloppiness that people read past hardly troubles them: accuracy goes {numbers}.",
            "in part": f"Sloppiness that people read past troubles some of them, or somewhat: accuracy goes {numbers}.",
            "does not hold": f"Sloppiness that people read past defeats them: accuracy falls {numbers}.",
        }[word],
    )


def finding(result: Result) -> str:
    """How much the worst distortion takes, of each network's own clean accuracy, and whether one stands it better."""
    better, worse = surely_apart(result)
    chance = len(result.curves) * 0.025  # a 95 % interval is passed on either side by one value in forty
    return (
        f"{effort(result)}. Beyond what it loses on clean digits, by 95 % intervals the spiking network stands "
        f"{better} of {len(result.curves)} curves better and {worse} worse than its standard network, where chance "
        f"alone gives some {chance:.1g} of each; on average distortion costs it {costs(result)}."
    )


def surely_apart(result: Result) -> tuple[int, int]:
    """How many curves the spiking network stands better, and how many worse, by their 95 % intervals."""
    ends = [curve.mean_ahead_interval for curve in result.curves]
    return sum(low > 0 for low, _ in ends), sum(high < 0 for _, high in ends)


def costs(result: Result) -> str:
    """By how much spiking networks lose less or more of their own accuracy than standard ones, mean over curves."""
    mean = float(np.mean([curve.mean_ahead for curve in result.curves]))
    return f"{100 * abs(mean):.1f} points {'less' if mean >= 0 else 'more'}"


def effort(result: Result) -> str:
    """Whether both kinds of network read what is most distorted, each as it reads clean digits, and the worst case."""
    worst = {who: min(result.curves, key=lambda curve: kept(curve, who)) for who in ("ann", "bio")}
    fails = [who for who, found in worst.items() if kept(found, who) < EFFORTLESS]
    least = min(worst, key=lambda who: kept(worst[who], who))
    found = worst[least]
    name = NETWORK_NAMES[found.activation] + (" network" if least == "ann" else "'s spiking twin")
    clean, left = (f"{getattr(point, least):.0%}" for point in (found.points[0], found.points[-1]))
    case = f"{found.distortion} ({found.points[-1].severity:g} {found.unit}) takes the {name} from {clean} to {left}"
    if not fails:
        return f"Both read sloppy digits nearly as well as clean ones: at worst, {case}"
    half = f", half-way to guessing at {at:.1f}" if (at := halfway(found, least)) is not None else ""
    if len(fails) == 2:
        return f"Neither reads sloppy digits without effort: {case}{half}"
    one, other = ("spiking", "standard") if fails == ["ann"] else ("standard", "spiking")
    return f"Only the {one} network reads sloppy digits nearly as well as clean ones, the {other} one does not: {case}"


EXPERIMENT = Experiment(
    name="sloppiness",
    title="Sloppy digits",
    claim="Sloppy digits are read without effort",
    question="Do the networks read sloppy digits as easily as brains do, and does spiking make a difference?",
    at=(6,),
    part="claim",
    run=run,
    verdict=verdict,
    finding=finding,
    draw=drawn_by("sloppiness"),
)
