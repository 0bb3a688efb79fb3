"""Two readers of the same digits: which is better, which stands more, and do they err alike: tasks 5.5 to 5.8."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy  # loads its parts where they are first used

from compare.lab.checks.expect import agree, array, function, number, wrong
from compare.lab.checks.lab5.student import LAB, Lab5, tables

Array = np.ndarray


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
    return min(1.0, 2 * float(scipy.stats.binom.cdf(min(only_first, only_second), differ, 0.5))) if differ else 1.0


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
    binom = scipy.stats.binom
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
    return np.asarray(scipy.stats.chi2.sf(value, 1))


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
