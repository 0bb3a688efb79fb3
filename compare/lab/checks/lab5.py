"""Lab 5, the two networks on distorted digits: the student's numbers, and what is right and wrong in each task."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.stats import binom

from compare.lab import twins
from compare.lab.checks.expect import agree, array, function, number, wrong
from compare.lab.course import Lab
from compare.lab.parameters import Parameters
from data import DISTORTIONS

Array = np.ndarray
SLOPPY = ("shift", "rotate", "scale", "zigzag")  # what a hand does, each to where the networks fail
SPOILT = ("gaussian-noise", "impulse-noise", "low-resolution", "occlusion")  # and what paper and camera do
COUNT = 400  # digits at each severity
Z = 1.96


@dataclass(frozen=True, eq=False, repr=False)
class Lab5(Parameters):
    """A student's numbers in lab 5."""

    network: int = field(metadata={"meaning": "which network, and which spiking twin, are yours"})
    sloppy: str = field(metadata={"meaning": "a distortion as hands make it"})
    spoilt: str = field(metadata={"meaning": "a distortion as paper and cameras make it"})
    seed: int = field(metadata={"meaning": "of the distortions' directions and noise"})
    digit: int = field(metadata={"meaning": "place of one digit among the test digits"})
    block: int = field(metadata={"meaning": "side, in pixels, of the squares of a coarse digit"})
    right: int = field(metadata={"meaning": "digits read right, for a calculation on paper"})
    shown: int = field(metadata={"meaning": "out of so many"})


def draw(rng: np.random.Generator) -> Lab5:
    """One distortion of each kind; a score on paper that is neither 0 nor 1."""
    shown = int(rng.integers(20, 60))
    return Lab5(
        network=int(rng.integers(twins.SEEDS)),
        sloppy=str(rng.choice(SLOPPY)),
        spoilt=str(rng.choice(SPOILT)),
        seed=int(rng.integers(1_000)),
        digit=int(rng.integers(COUNT)),
        block=int(rng.choice([4, 7])),
        right=int(rng.integers(round(0.7 * shown), shown - 1)),
        shown=shown,
    )


LAB = Lab(5, "The two networks on distorted digits", (60, 90), draw)


def severities_of(name: str) -> tuple[float, ...]:
    """Those that a distortion is shown at, from 0."""
    return DISTORTIONS[name].severities


def answers(me: Lab5, name: str) -> tuple[Array, Array]:
    """What the student's network and its twin take the digits for under a distortion: (severities, digits) each."""
    return twins.both_on_distorted(me.network, COUNT, name, severities_of(name), me.seed)


def tables(me: Lab5) -> tuple[Array, Array]:
    """Made-up records of two readers, who was right at which severity (4, 30): the second better on clean digits."""
    rng = np.random.default_rng(me.seed)
    chances = np.array([[0.7, 0.95], [0.6, 0.8], [0.3, 0.6], [0.15, 0.4]])
    while True:
        first, second = (rng.random((4, 30)) < chances[:, who, None] for who in (0, 1))
        lead = second.mean(axis=1) - first.mean(axis=1)
        if abs(lead[0]) > 0.1 and abs((lead - lead[0])[1:].mean()) > 0.05 and abs(lead[3] - lead[1:].mean()) > 0.02:
            return first, second


@LAB.task(
    "5.1",
    "a coarse digit",
    points=2,
    hints=(
        "Take one square of pixels. Which one number tells best how much ink there is in it?",
        "For each square (two loops, in steps of `block`): all its pixels get the mean of them. Do it on a copy.",
        "new[r : r + block, c : c + block] = picture[r : r + block, c : c + block].mean(), for r and c in "
        "range(0, 28, block).",
    ),
)
def check_coarse(me: Lab5, coarse: Any) -> str:
    """Each block by its mean."""
    asked = function(coarse, "coarse")
    image = np.random.default_rng(me.digit).random(784).astype(np.float32)
    image[:28] = 0
    given = image.copy()
    blocks = (2, 4, 7, 14)
    answered = []
    for block in blocks:
        result = asked(given, block)
        if np.shape(result) == (28, 28):
            wrong("It comes back as 28 rows of 28: give it back as a line of 784, as every image of these labs.")
        if np.shape(result) == ((28 // block) ** 2,) or np.shape(result) == (28 // block, 28 // block):
            wrong("It has shrunk: keep 784 pixels, with all those of a square alike, so that the networks can see it.")
        answered.append(array(result, "coarse(image, block)", (784,), "one brightness a pixel").astype(float))
    if not np.array_equal(given, image):
        wrong("The image that was given is spoilt afterwards, too: work on a copy.")
    cut = [cut_up(image, block) for block in blocks]
    right, most = (
        np.array([put_together(how(s, axis=(2, 3)), b) for s, b in zip(cut, blocks, strict=True)])
        for how in (np.mean, np.max)
    )
    first, middle = (
        np.array(
            [
                put_together(s[:, :, b // at, b // at] if at else s[:, :, 0, 0], b)
                for s, b in zip(cut, blocks, strict=True)
            ]
        )
        for at in (0, 2)
    )
    found = np.array(answered)
    mistakes = {
        "Each square shows its first pixel only: a stroke beside it would vanish. All its pixels count.": first,
        "Each square is as bright as its brightest pixel: faint ink becomes bold.": most,
        "These are sums: a square in the middle of a stroke would be brighter than white.": right
        * np.array(blocks)[:, None] ** 2,
        "It has not changed the image at all.": np.tile(image, (len(blocks), 1)),
        "That averages along rows only: squares have a height, too.": np.array([rows(image, b) for b in blocks]),
        "The squares have the same size whatever `block` says.": np.tile(right[blocks.index(me.block)], (4, 1)),
        "Each square shows its middle pixel only: a stroke beside it would vanish. All its pixels count.": middle,
    }
    agree(found, right, mistakes, "For some square, its pixels are not the mean of what was there.", tolerance=1e-5)
    return ""


def cut_up(image: Array, block: int) -> Array:
    """The image as squares of this side: (rows of squares, columns of squares, block, block)."""
    side = 28 // block
    return image.reshape(side, block, side, block).transpose(0, 2, 1, 3)


def put_together(numbers: Array, block: int) -> Array:
    """An image of squares of one brightness each."""
    return np.kron(numbers, np.ones((block, block))).reshape(784)


def rows(image: Array, block: int) -> Array:
    """The image with means over stretches of its rows."""
    return np.repeat(image.reshape(-1, block).mean(axis=1), block)


@LAB.task(
    "5.2",
    "accuracy at each severity",
    points=1,
    hints=(
        "How would you do it for one severity, one row of answers?",
        "Compare the whole table with the labels; then average, but not over everything.",
        "(answers == labels).mean(axis=1): one mean a row.",
    ),
)
def check_accuracies(me: Lab5, accuracies: Any) -> str:
    """The share of right answers in each row."""
    asked = function(accuracies, "accuracies")
    rng = np.random.default_rng(me.seed)
    labels = rng.integers(0, 10, 40)
    answered = np.where(rng.random((5, 40)) < np.linspace(0.95, 0.2, 5)[:, None], labels, (labels + 1) % 10)
    given, hits = asked(answered, labels), answered == labels
    if np.ndim(given) == 0:
        wrong("One number comes back: that mixes all severities. Keep them apart, one accuracy for each row.")
    if np.shape(given) == (40,):
        wrong("You average over severities, digit by digit: a row is a severity, and its columns are the digits.")
    found = array(given, "accuracies(answers, labels)", (5,), "one accuracy for each severity")
    mistakes = {
        "These are the errors.": 1 - hits.mean(axis=1),
        "These are counts of right answers: as shares, they can be compared whatever the number of digits.": hits.sum(
            axis=1
        ),
        "In per cent; here it is a share, from 0 to 1.": 100 * hits.mean(axis=1),
        "That is the mean answer, not how often it is right.": answered.mean(axis=1),
        "The order is turned round: row 0 comes first.": hits.mean(axis=1)[::-1],
        "All rows are scored by the first: each has answers of its own.": np.full(5, hits[0].mean()),
        "You divide by the accuracy on clean digits; first the plain accuracy.": hits.mean(axis=1) / hits[0].mean(),
    }
    agree(found, hits.mean(axis=1), mistakes, "For a table of my choice these are not the shares of right answers.")
    return ""


def wilson_interval(right: Array, shown: Array, z: float = Z) -> Array:
    """Wilson's interval, (…, 2)."""
    p = right / shown
    middle = (p + z**2 / (2 * shown)) / (1 + z**2 / shown)
    half = z / (1 + z**2 / shown) * np.sqrt(p * (1 - p) / shown + z**2 / (4 * shown**2))
    return np.stack([middle - half, middle + half], axis=-1)


@LAB.task(
    "5.3",
    "how sure an accuracy is",
    points=2,
    hints=(
        "At the ends of the interval, the distance |p̂ − p| is *equal* to 1.96 √(p(1−p)/n). Square both sides.",
        "With z = 1.96: (1 + z²/n) p² − (2p̂ + z²/n) p + p̂² = 0. The two roots of this quadratic are the ends.",
        "(p̂ + z²/2n ± z √(p̂(1−p̂)/n + z²/4n²)) / (1 + z²/n): the lower end with −, the upper with +.",
    ),
)
def check_interval(me: Lab5, interval: Any) -> str:
    """Wilson's."""
    asked = function(interval, "interval")
    cases = [(me.right, me.shown), (9, 10), (3, 17), (20, 20), (0, 12)]
    answered = [array(asked(k, n), "interval(right, shown)", (2,), "the lower and the upper end") for k, n in cases]
    found, right = np.array(answered), np.array([wilson_interval(k, n) for k, n in np.array(cases)])
    k, n = np.array(cases).T[:, :, None].astype(float)
    p, sign = k / n, np.array([-1, 1])
    wald = p + sign * Z * np.sqrt(p * (1 - p) / n)
    half = (right[:, 1:] - right[:, :1]) / 2
    crooked = (p + sign * Z * np.sqrt(p * (1 - p) / n + Z**2 / (4 * n**2)) + Z**2 / (2 * n)) / (1 + Z**2)
    plain = "You take the spread at p̂ itself. Look at 20 right of 20: it says that no error is possible, ever. "
    mistakes = {
        plain + "The condition asks for the spread at each p that is tried.": wald,
        plain + "(And cutting at 0 and 1 does not mend that.)": wald.clip(0, 1),
        "The ends come in the wrong order: the lower first.": right[:, ::-1],
        "It is too narrow: one standard deviation holds 68 %, and 95 % are asked for.": np.array(
            [wilson_interval(k, n, z=1.0) for k, n in np.array(cases)]
        ),
        "It is as wide as it should be, but lies evenly around p̂: Wilson's leans towards ½.": p + sign * half,
        "The spread has lost its root: a variance is no distance.": p + sign * Z * p * (1 - p) / n,
        "In per cent; here they are shares, from 0 to 1.": 100 * right,
        "These are numbers of digits; asked for are shares.": n * right,
        "Within the root of yours, z²/4n² is missing.": (p + Z**2 / (2 * n) + sign * Z * np.sqrt(p * (1 - p) / n))
        / (1 + Z**2 / n),
        "The last division is by 1 + z²/n, and yours by 1 + z².": crooked,
        "You have not divided by 1 + z²/n: for few digits the upper end leaves 1.": right * (1 + Z**2 / n),
    }
    bad = (found < -1e-6) | (found > 1 + 1e-6)
    otherwise = (
        f"An accuracy lies from 0 to 1, and for {cases[int(bad.any(axis=1).argmax())]} an end of yours does not."
        if bad.any()
        else f"For 9 right of 10 yours goes from {found[1, 0]:.3f} to {found[1, 1]:.3f}: try the ends in the condition."
    )
    agree(found, right, mistakes, otherwise, tolerance=2e-4)
    low, high = right[0]
    return f"{me.right} right of {me.shown}: anything from {low:.0%} to {high:.0%} would be no surprise."


CURVES = (
    ((0, 1, 2, 3, 4), (0.94, 0.90, 0.62, 0.33, 0.15)),
    ((0, 0.1, 0.2, 0.4), (0.80, 0.65, 0.35, 0.12)),
    ((0, 10, 20, 25, 50), (0.98, 0.97, 0.96, 0.60, 0.20)),
)


@LAB.task(
    "5.4",
    "the severity that takes half",
    points=2,
    hints=(
        "Guessing gives 0.1. So which accuracy is half-way down from the clean one?",
        "Find the first severity at which the curve is below; it has crossed on the way there from the one before. How "
        "far along that straight line?",
        "With a and b the accuracies before and after, s and t their severities: s + (a − half) / (a − b) · (t − s).",
    ),
)
def check_halfway(me: Lab5, halfway: Any) -> str:
    """On the straight line, half-way to guessing."""
    asked = function(halfway, "halfway")
    shown = [(np.array(s, float), np.array(a)) for s, a in CURVES]
    found = [number(asked(s, a), "halfway(severities, accuracy)") for s, a in shown]
    half = [(a[0] + 0.1) / 2 for _, a in shown]
    after = [int(np.argmax(a < h)) for (_, a), h in zip(shown, half, strict=True)]
    mistakes = {
        "That is half of the clean accuracy. Who guesses is right once in ten: half of what can be *lost* is less.": [
            crossing(s, a, a[0] / 2) for s, a in shown
        ],
        "That is where the accuracy is ½. Half-way lies between the clean accuracy and guessing.": [
            crossing(s, a, 0.5) for s, a in shown
        ],
        "You count guessing twice: half-way lies in the middle between the clean accuracy and 0.1.": [
            crossing(s, a, (a[0] - 0.1) / 2) for s, a in shown
        ],
        "That is the first severity tried beyond: the curve has crossed on the way there.": [
            s[i] for (s, _), i in zip(shown, after, strict=True)
        ],
        "That is the last severity tried before: the curve crosses a little later.": [
            s[i - 1] for (s, _), i in zip(shown, after, strict=True)
        ],
        "That is the middle between two severities, wherever between them the curve crosses.": [
            (s[i - 1] + s[i]) / 2 for (s, _), i in zip(shown, after, strict=True)
        ],
        "That is an accuracy; asked for is the severity at which it is reached.": half,
        "That is a place in the list, not a severity.": after,
        "np.interp wants numbers that rise, and your accuracies fall: it gives no error, only nonsense.": [
            float(np.interp(h, a, s)) for (s, a), h in zip(shown, half, strict=True)
        ],
    }
    right = [crossing(s, a, h) for (s, a), h in zip(shown, half, strict=True)]
    otherwise = f"For {CURVES[0][1]} at {CURVES[0][0]}, yours says {found[0]:.3g}: draw that curve and look."
    agree(found, right, mistakes, otherwise, tolerance=1e-4)
    return ""


def crossing(severities: Array, accuracy: Array, level: float) -> float:
    """Where a falling curve of straight pieces passes a level."""
    return float(np.interp(-level, -accuracy, severities))


@LAB.task(
    "5.5",
    "digits that only one reads",
    points=1,
    hints=(
        "For how many digits is the first true and the second not?",
        "`&` is and, `~` is not, for whole arrays of True and False; `.sum()` counts what is True.",
        "(ann_right & ~bio_right).sum(), and the other way round.",
    ),
)
def check_only_one(me: Lab5, only_one: Any) -> str:
    """Two counts."""
    first, second = (table.ravel() for table in tables(me))
    found = array(function(only_one, "only_one")(first, second), "only_one(ann_right, bio_right)", (2,), "two counts")
    only_first, only_second = int((first & ~second).sum()), int((second & ~first).sum())
    both_right, neither = int((first & second).sum()), int((~first & ~second).sum())
    mistakes = {
        "They are in the wrong order: first the digits that only the standard network reads.": (
            only_second,
            only_first,
        ),
        "These are the digits that both read, and that neither does: on those the two do not differ.": (
            both_right,
            neither,
        ),
        "These are all digits that each reads: those that both read are in them twice.": (first.sum(), second.sum()),
        "These are all digits that each misreads.": ((~first).sum(), (~second).sum()),
        "As shares; the test that follows needs counts.": (only_first / len(first), only_second / len(first)),
    }
    otherwise = (
        f"Of {len(first)} digits, {both_right} are read by both and {neither} by none: what is left is asked for."
    )
    agree(found, (only_first, only_second), mistakes, otherwise)
    return ""


def two_sided(only_first: int, only_second: int) -> float:
    """McNemar's exact p."""
    differ = only_first + only_second
    return min(1.0, 2 * float(binom.cdf(min(only_first, only_second), differ, 0.5))) if differ else 1.0


@LAB.task(
    "5.6",
    "is the difference chance?",
    points=2,
    hints=(
        "If the two are equally good, each digit that only one of them reads is a fair coin: heads for one, tails for "
        "the other. How likely is a result as lopsided as yours, or more?",
        "binom.cdf(k, n, 0.5) is the chance of at most k heads in n throws. Take the smaller count for k; and remember "
        "that it could as well have been lopsided the other way.",
        "min(1, 2 * binom.cdf(min(a, b), a + b, 0.5)); no digits that differ (n = 0) give 1 of themselves.",
    ),
)
def check_mcnemar(me: Lab5, mcnemar: Any) -> str:
    """Exact, two-sided."""
    asked = function(mcnemar, "mcnemar")
    rng = np.random.default_rng(me.seed)
    cases = [(8, 2), (2, 8), (0, 6), (int(rng.integers(12, 20)), int(rng.integers(5, 10))), (5, 5), (0, 0)]
    found = [number(asked(*case), "mcnemar(only_ann, only_bio)") for case in cases]
    right = [two_sided(*case) for case in cases]
    if np.allclose(found[:4], right[:4], atol=1e-6):
        if found[4] > 1 + 1e-9:
            wrong(f"With 5 against 5 your p is {found[4]:.2f}: no chance exceeds 1. The middle was counted twice.")
        if abs(found[5] - 1) > 1e-6:
            wrong("Where no digit tells them apart, nothing speaks against chance: p is 1.")
    a, b = np.array(cases, float).T
    n = a + b
    with np.errstate(all="ignore"):
        chi2 = chi_square_tail((a - b) ** 2 / n)
        corrected = chi_square_tail((abs(a - b) - 1) ** 2 / n)
    lower = binom.cdf(np.minimum(a, b), n, 0.5)
    halves = [
        ("One side only: nobody told you beforehand which of the two would be better.", lower),
        ("You count one order only: 8 against 2 and 2 against 8 are equally lopsided.", binom.cdf(a, n, 0.5)),
        ("You count one order only: 8 against 2 and 2 against 8 are equally lopsided.", binom.cdf(b, n, 0.5)),
        ("Twice one order: for 8 against 2 that is more than 1. Take the smaller count.", 2 * binom.cdf(a, n, 0.5)),
        ("Twice one order: for 2 against 8 that is more than 1. Take the smaller count.", 2 * binom.cdf(b, n, 0.5)),
        (
            "That is the chance of just this result: what is more lopsided counts too.",
            binom.pmf(np.minimum(a, b), n, 0.5),
        ),
        (
            "Twice the chance of just this result: what is more lopsided counts too.",
            2 * binom.pmf(np.minimum(a, b), n, 0.5),
        ),
        ("That is the chance of a result *less* lopsided: a small p shall speak against chance.", 1 - np.array(right)),
        ("That is the approximation by a chi-square, bad for small counts; it can be had exactly.", chi2),
        ("That is the approximation by a chi-square, bad for small counts; it can be had exactly.", corrected),
    ]
    for message, value in halves:
        if np.allclose(found[:4], value[:4], atol=1e-6):
            wrong(message)
    agree(found, right, {}, f"For 8 against 2 yours gives {found[0]:.4g}: throw ten coins, and count.")
    return ""


def chi_square_tail(value: Array) -> Array:
    """The chance that a chi-square of one degree of freedom exceeds the value."""
    from scipy.stats import chi2

    return np.asarray(chi2.sf(value, 1))


@LAB.task(
    "5.7",
    "who stands distortion better",
    points=2,
    hints=(
        "On clean digits, row 0, one of them is ahead already. Is that strength against distortion?",
        "The lead of bio at each severity is its accuracy minus that of ann. Which lead has nothing to do with "
        "distortion?",
        "lead = bio.mean(axis=1) − ann.mean(axis=1); then (lead[1:] − lead[0]).mean().",
    ),
)
def check_lead(me: Lab5, lead: Any) -> str:
    """The mean lead beyond that on clean digits."""
    ann, bio = tables(me)
    found = number(function(lead, "lead")(ann, bio), "lead(ann_right, bio_right)")
    a, b = ann.mean(axis=1), bio.mean(axis=1)
    ahead = b - a
    mistakes = {
        "That is the plain lead. Part of it is there on clean digits, and is no strength against distortion.": ahead[
            1:
        ].mean(),
        "That is the mean of all leads, the one on clean digits among them: take that one off instead.": ahead.mean(),
        "The sign is turned round: positive shall mean that the spiking network stands it better.": (
            ahead[0] - ahead[1:]
        ).mean(),
        "Severity 0 is among your severities: nothing is distorted there, and it thins the mean out.": (
            ahead - ahead[0]
        ).mean(),
        "That is the sum over severities; asked for is the mean.": (ahead[1:] - ahead[0]).sum(),
        "That is the greatest severity only: take the mean over all.": ahead[-1] - ahead[0],
        "You take what each *keeps* as a fraction of its own; here points of accuracy are counted.": (
            b[1:] / b[0] - a[1:] / a[0]
        ).mean(),
        "In points of per cent; here it is a share.": 100 * (ahead[1:] - ahead[0]).mean(),
        "That is what the spiking network loses; and the other one?": (b[1:] - b[0]).mean(),
        "That is what the standard network loses; and the other one?": (a[1:] - a[0]).mean(),
    }
    agree(found, (ahead[1:] - ahead[0]).mean(), mistakes, "For records of my choice the mean lead is another one.")
    return ""


@LAB.task(
    "5.8",
    "do they err on the same digits?",
    points=2,
    hints=(
        "On which share of the digits do the two *agree* on being right or on being wrong?",
        "Two readers who know nothing of each other agree by chance: both right, or both wrong. How often, given how "
        "good each is?",
        "observed = (a == b).mean(); expected = p·q + (1−p)(1−q) with p, q their accuracies; "
        "(observed − expected) / (1 − expected).",
    ),
)
def check_kappa(me: Lab5, kappa: Any) -> str:
    """Cohen's kappa of being right."""
    asked, rng = function(kappa, "kappa"), np.random.default_rng(me.seed)
    a = rng.random(200) < 0.7
    b = np.where(rng.random(200) < 0.6, a, rng.random(200) < 0.4)
    lonely = rng.permuted(a)
    cases = [(a, b), (a, a), (a, ~a), (b, lonely)]
    found = np.array([number(asked(*case), "kappa(a_right, b_right)") for case in cases])
    p, q = (np.array([case[who].mean() for case in cases]) for who in (0, 1))
    observed = np.array([(x == y).mean() for x, y in cases])
    expected = p * q + (1 - p) * (1 - q)
    both_right = np.array([(x & y).mean() for x, y in cases])
    phi = (both_right - p * q) / np.sqrt(p * (1 - p) * q * (1 - q))
    mistakes = {
        "That is how often they agree. Two good readers agree often without having anything in common.": observed,
        "That is how often they would agree by chance.": expected,
        "What chance gives is taken off, but not set in relation to what could be had beyond it: for a reader and "
        "itself it should be 1.": observed - expected,
        "By chance you let them agree every second time, as readers would who are right half of the time.": 2 * observed
        - 1,
        "You forget that two readers may also agree on being wrong.": (both_right - p * q) / (1 - p * q),
        "By chance they may also both be *wrong*: your expected agreement is too small.": (observed - p * q)
        / (1 - p * q),
        "You divide by what chance gives; divide by what is left beyond it.": (observed - expected) / expected,
        "That is their correlation (phi), a relative: kappa is asked for.": phi,
        "That is how often they disagree.": 1 - observed,
    }
    agree(
        found,
        (observed - expected) / (1 - expected),
        mistakes,
        f"For a reader and itself it is 1; yours: {found[1]:.3g}.",
    )
    return ""
