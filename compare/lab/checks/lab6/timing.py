"""The pair rule of spike timing, trains of spikes, and what chance does: tasks 6.10 to 6.12."""

from __future__ import annotations

from typing import Any

import numpy as np

from compare.lab.checks.expect import agree, array, function, number
from compare.lab.checks.lab6.student import LAB, Lab6

Array = np.ndarray


def window_of(me: Lab6, delay: Array) -> Array:
    """The pair rule's window with the student's constants; delay = post − pre, ms."""
    later = me.a_plus * np.exp(-np.abs(delay) / me.tau_plus)
    return np.where(delay > 0, later, np.where(delay < 0, -me.a_minus * np.exp(-np.abs(delay) / me.tau_minus), 0))


@LAB.task(
    "6.10",
    "the window of spike timing",
    points=2,
    hints=(
        "Two branches: what holds for delays above 0, and what below? np.where chooses, place by place.",
        "Each branch is largest next to 0 and dies away on both sides: the exponent must be negative on either.",
        "np.where(delay > 0, me.a_plus * np.exp(-delay / me.tau_plus), -me.a_minus * np.exp(delay / me.tau_minus))",
    ),
)
def check_window(me: Lab6, window: Any) -> str:
    """Strengthens after, weakens before."""
    delay = np.array([-60.0, -31, -14, -5, -1, 1, 3, 9, 22, 55])
    found = array(function(window, "window")(delay), "window(delay)", delay.shape, "one change for each delay")

    def branches(plus: Array, minus: Array) -> Array:
        return np.where(delay > 0, plus, minus)

    plus, minus = (a * np.exp(-abs(delay) / t) for a, t in ((me.a_plus, me.tau_plus), (me.a_minus, me.tau_minus)))
    mistakes = {
        "The other way round: the delay is post − pre, and firing *after* one's input strengthens.": branches(
            -minus, plus
        ),
        "It strengthens on both sides: a cell that fired *before* its input cannot have been made to.": branches(
            plus, minus
        ),
        "It weakens on both sides.": branches(-plus, -minus),
        "One branch grows with the distance: for negative delays, mind the sign in the exponent.": branches(
            plus, -me.a_minus * np.exp(-delay / me.tau_minus)
        ),
        "One branch grows with the distance: for positive delays, mind the sign in the exponent.": branches(
            me.a_plus * np.exp(delay / me.tau_plus), -minus
        ),
        "Your two time constants are exchanged.": branches(
            me.a_plus * np.exp(-abs(delay) / me.tau_minus), -me.a_minus * np.exp(-abs(delay) / me.tau_plus)
        ),
        "Your two sizes are exchanged.": branches(plus * me.a_minus / me.a_plus, -minus * me.a_plus / me.a_minus),
        "It does not die away: spikes a second apart should hardly know of each other.": branches(
            np.full(10, me.a_plus), np.full(10, -me.a_minus)
        ),
        "Nothing happens below 0 with you: firing before one's input weakens.": branches(plus, 0 * minus),
    }
    otherwise = (
        f"For a delay of 9 ms yours gives {found[7]:.4g}, and for −14 ms {found[2]:.4g}: compare with the formula."
    )
    agree(1e3 * found, 1e3 * window_of(me, delay), {k: 1e3 * v for k, v in mistakes.items()}, otherwise, tolerance=1e-5)
    return ""


@LAB.task(
    "6.11",
    "two trains of spikes",
    points=2,
    hints=(
        "Two spikes before and three after make how many pairs?",
        "The delay of every pair is post − pre. Two loops visit all pairs; or post[:, None] − pre makes a whole table.",
        "window(post[:, None] - pre).sum()",
    ),
)
def check_weight_change(me: Lab6, weight_change: Any) -> str:
    """All pairs, summed."""
    asked, rng = function(weight_change, "weight_change"), np.random.default_rng(me.seed)
    trains = [(np.sort(rng.choice(150, a, replace=False)) + 0.5, np.sort(rng.choice(150, b, replace=False)) + 0.25)
              for a, b in ((4, 4), (3, 7), (6, 2), (1, 1))]  # fmt: skip
    found = np.array([number(asked(*pair), "weight_change(pre, post)") for pair in trains])

    def each(how: Any) -> Array:
        return np.array([how(window_of(me, post[:, None] - pre), pre, post) for pre, post in trains])

    right = each(lambda table, pre, post: table.sum())
    mistakes = {
        "The delays are turned round: post − pre, not pre − post.": each(
            lambda table, pre, post: window_of(me, pre[:, None] - post).sum()
        ),
        "You pair the first with the first, the second with the second …: every spike pairs with every other.": each(
            lambda table, pre, post: window_of(me, np.array([q - p for p, q in zip(pre, post, strict=False)])).sum()
        ),
        "That is the mean over pairs: each pair adds its own change.": each(lambda table, pre, post: table.mean()),
        "Only pairs that strengthen count with you.": each(lambda table, pre, post: table[table > 0].sum()),
        "Only pairs that weaken count with you.": each(lambda table, pre, post: table[table < 0].sum()),
        "You take the mean times first and pair those: a window is no straight line.": each(
            lambda table, pre, post: window_of(me, np.array([post.mean() - pre.mean()])).sum()
        ),
        "Only the first spikes are paired.": each(lambda table, pre, post: table[0, 0]),
        "Each spike after is paired with the nearest before it only; here all pairs count.": each(nearest),
    }
    agree(
        1e3 * found,
        1e3 * right,
        {k: 1e3 * v for k, v in mistakes.items()},
        f"For 4 spikes before and 4 after, yours gives {found[0]:.4g}: how many pairs did you count?",
        tolerance=1e-4,
    )
    return ""


def nearest(table: Array, pre: Array, post: Array) -> float:
    """The change by the pairs that lie nearest to each spike of the cell after."""
    return float(table[np.arange(len(post)), np.abs(post[:, None] - pre).argmin(axis=1)].sum())


@LAB.task(
    "6.12",
    "spikes that know nothing of each other",
    points=1,
    hints=(
        "All delays are equally frequent. So what of the window decides whether the sum is positive or negative?",
        "The area above 0 minus the area below. What is the area under A e^(−t/τ), from 0 on?",
        "Each branch has the area A·τ: A₊τ₊ − A₋τ₋.",
    ),
)
def check_area(me: Lab6, area: Any) -> str:
    """A₊τ₊ − A₋τ₋."""
    found = number(area, "area")
    plus, minus = me.a_plus * me.tau_plus, me.a_minus * me.tau_minus
    mistakes = {
        "The area below 0 is to be taken off, not added.": plus + minus,
        "The other way round: what strengthens counts as positive.": minus - plus,
        "These are the heights only: a branch that dies away slowly has more area.": me.a_plus - me.a_minus,
        "That is the area above 0 only.": plus,
        "That is the area below 0 only.": minus,
        "That is the ratio of the two areas, a good measure too; here their difference is asked for.": plus / minus,
        "The area under A e^(−t/τ) is A·τ, not A/τ: wider branches have more.": me.a_plus / me.tau_plus
        - me.a_minus / me.tau_minus,
    }
    if abs(found - (plus - minus)) <= 6e-4:
        word = "strengthens" if plus > minus else "weakens"
        return f"So chance {word} your synapse."
    agree(
        1e3 * found,
        1e3 * (plus - minus),
        {k: 1e3 * v for k, v in mistakes.items()},
        f"The window's area is another one; yours is {found:.4g}.",
        tolerance=1e-3,
    )
    return ""
