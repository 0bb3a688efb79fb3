"""Tasks 4.6 to 4.9: from spike counts to activations, the table of on and off, its correlation, accuracy over time."""

from __future__ import annotations

from typing import Any

import numpy as np

from compare.lab.checks.expect import agree, array, function, number, wrong
from compare.lab.checks.lab4.student import LAB, Lab4
from compare.score import matthews as right_matthews


@LAB.task(
    "4.6",
    "what a spike count stands for",
    points=2,
    hints=(
        "Backwards through it: from the count to a rate, from the rate to a drive, from the drive to an activation.",
        "Rate: counts over duration. Drive: `drive_for`. Then solve J = c0 + c1·z/λ for z. And a cell that was silent?",
        "lam*(drive_for(rate) - c0)/c1, with np.maximum(rate, 1) for the rate: at 1 Hz J is 1, so silence gives 0.",
    ),
)
def check_decode(me: Lab4, decode: Any) -> str:
    """λ·(J(n/T) − c₀)/c₁, and 0 for silence."""
    asked, duration, lam = function(decode, "decode"), 0.4, 5.0
    counts = np.array([[0, 1, 5], [10, 20, int(0.9 * me.r_max * duration)]])
    found = array(asked(counts, duration, lam), "decode(counts, duration, lam)", counts.shape, "as counts")
    if not np.isfinite(found[0, 0]):
        wrong(
            "For a cell that never fired no number comes out: for a rate of 0, or too near to it, `drive_for` has none."
        )
    rates = np.maximum(counts / duration, 1e-9)
    right = np.where(counts > 0, lam * (me.drive_for(rates) - 1) / me.gain, 0.0)
    if np.abs(found[0, 0]) > 1e-4:
        wrong(f"A silent cell stands for an activation of 0; yours gives {found[0, 0]:.3g}.")
    mistakes = {
        "You take the cell's curve for a straight line: undo the bend with drive_for.": lam
        * rates
        * (counts > 0)
        / me.r_max,
        "These are parts of λ, not yet activations.": right / lam,
        "These are drives: solve J = c0 + c1·z/λ for z.": np.where(counts > 0, me.drive_for(rates), 0),
        "c1 is missing: a full activation adds a drive of c1.": right * me.gain,
        "c0 is missing: the cell is on the edge of firing before any input comes.": np.where(
            counts > 0, lam * me.drive_for(rates) / me.gain, 0
        ),
    }
    per_look = np.maximum(counts, 1e-9)
    mistakes["Counts are taken for rates: divide by the duration."] = np.where(
        counts > 0, lam * (me.drive_for(per_look) - 1) / me.gain, 0
    )
    otherwise = (
        f"{counts[1, 0]} spikes in {duration:g} s with λ = {lam:g}: yours is {found[1, 0]:.4g}. Go back step by step."
    )
    agree(found, right, mistakes, otherwise, tolerance=1e-3)  # c0 and c1 are the student's, from task 4.2
    return ""


@LAB.task(
    "4.7",
    "the table of on and off",
    points=1,
    hints=(
        "Four counts: of all pairs of unit and cell, how many are both off, and so on?",
        "With arrays of True and False: & is and, ~ is not; .sum() counts what is True.",
        "[[(~unit_on & ~cell_on).sum(), (~unit_on & cell_on).sum()], [(unit_on & ~cell_on).sum(), …]]",
    ),
)
def check_table(me: Lab4, on_off: Any) -> str:
    """[[neither, only cell], [only unit, both]]."""
    rng = np.random.default_rng(me.digit)
    unit = rng.random((40, 6)) < 0.3
    cell = np.where(rng.random((40, 6)) < 0.15, ~unit, unit) | (rng.random((40, 6)) < 0.1)
    found = array(function(on_off, "on_off")(unit, cell), "on_off(unit_on, cell_on)", (2, 2), "a table of 2 by 2")
    right = np.array([[(a & b).sum() for b in (~cell, cell)] for a in (~unit, unit)], float)
    mistakes = {
        "Rows and columns are exchanged: rows are for the unit, columns for the cell.": right.T,
        "First off, then on: your table begins with both on.": right[::-1, ::-1],
        "The rows are exchanged: the first is for units that are off.": right[::-1],
        "The columns are exchanged: the first is for cells that are off.": right[:, ::-1],
        "These are shares; counts are asked for.": right / right.sum(),
        "These are per cent; counts are asked for.": 100 * right / right.sum(),
    }
    otherwise = f"The four should make {unit.size} in all; yours make {found.sum():g}."
    if found.sum() == unit.size:
        otherwise = "All are counted, but not each in its place."
    agree(found, right, mistakes, otherwise)
    return ""


TABLES = ([[50, 10], [5, 35]], [[900, 30], [10, 60]], [[40, 0], [0, 60]], [[0, 40], [60, 0]], [[20, 20], [30, 30]])


@LAB.task(
    "4.8",
    "Matthews' correlation",
    points=2,
    hints=(
        "Agreements multiplied, less disagreements multiplied, over the root of four sums.",
        "The four sums: units off, units on, cells off, cells on (two rows and two columns).",
        "(both*neither - only_unit*only_cell)/np.sqrt(product of the two row sums and the two column sums).",
    ),
)
def check_matthews(me: Lab4, matthews: Any) -> str:
    """(ad − bc)/√(product of the margins)."""
    asked = function(matthews, "matthews")
    found = np.array([number(asked(np.array(table)), "matthews(table)") for table in TABLES])
    t = np.array(TABLES, float)
    neither, cell, unit, both = t[:, 0, 0], t[:, 0, 1], t[:, 1, 0], t[:, 1, 1]
    total, margins = t.sum(axis=(1, 2)), t.sum(axis=1).prod(axis=1) * t.sum(axis=2).prod(axis=1)
    mistakes = {
        "That is the share of agreement: it is high even by chance where most are off.": (neither + both) / total,
        "Perfect agreement should give 1, and yours is above: divide by the root of the four sums.": neither * both
        - cell * unit,
        "The square root is missing.": (neither * both - cell * unit) / margins,
        "The disagreements are added: they speak against.": (neither * both + cell * unit) / np.sqrt(margins),
        "The sign: where both always agree it should be 1, not −1.": -(neither * both - cell * unit) / np.sqrt(margins),
        "That is F₁, which never looks at what is rightly off.": 2 * both / (2 * both + cell + unit),
        "That is Yule's Q: it is 1 as soon as one kind of disagreement is missing.": (neither * both - cell * unit)
        / (neither * both + cell * unit),
    }
    right = np.array([right_matthews(table) for table in TABLES], float)
    if found[2] != found[2] or abs(found[2] - 1) > 1e-6:
        otherwise = f"Where unit and cell always agree it should be 1; yours is {found[2]:.4g}."
    elif abs(found[4]) > 1e-6:
        otherwise = f"Where the cell does not care what the unit does it should be 0; yours is {found[4]:.4g}."
    else:
        otherwise = "1 for perfect agreement, 0 for none: right. In between it is another one."
    agree(found, right, mistakes, otherwise)
    return ""


@LAB.task(
    "4.9",
    "accuracy over time",
    points=1,
    hints=(
        "At each moment, which share of the verdicts is the digit that was written?",
        "Compare every column of `verdicts` with `labels`: labels[:, None] stands beside all of them.",
        "(verdicts == labels[:, None]).mean(axis=0)",
    ),
)
def check_by_time(me: Lab4, by_time: Any) -> str:
    """The share of right verdicts in each column."""
    rng = np.random.default_rng(me.digit + 1)
    labels = rng.integers(0, 10, 12)
    right_by = rng.random((12, 12)) < np.linspace(0.1, 0.9, 12)
    verdicts = np.where(right_by, labels[:, None], (labels[:, None] + 3) % 10)
    given = function(by_time, "by_time")(verdicts, labels)
    if np.ndim(given) == 0:
        wrong("One number for all moments comes back: say for each moment by itself.")
    found = array(given, "by_time(verdicts, labels)", (12,), "one share for each moment")
    agreed = verdicts == labels[:, None]
    mistakes = {
        "That is one share for each digit, over all moments: average over the digits.": agreed.mean(axis=1),
        "Each moment is compared with the label of another digit: labels belong to rows (labels[:, None]).": (
            verdicts == labels
        ).mean(axis=0),
        "These are the shares of errors.": 1 - agreed.mean(axis=0),
        "These are counts; a share can be compared.": agreed.sum(axis=0),
        "In per cent; here it is a share, from 0 to 1.": 100 * agreed.mean(axis=0),
        "Each moment shows the mean over all moments so far: look at each one by itself.": np.cumsum(
            agreed.mean(axis=0)
        )
        / np.arange(1, 13),
    }
    agree(found, agreed.mean(axis=0), mistakes, "Of some moments it is not the share of digits that were right then.")
    return ""
