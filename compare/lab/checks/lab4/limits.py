"""Tasks 4.10 to 4.12: the slope alignment, how long a first spike takes, and which refractory time is too long."""

from __future__ import annotations

from typing import Any

import numpy as np

from compare.lab.checks.expect import agree, number, wrong
from compare.lab.checks.lab4.student import LAB, LEVELS, Lab4


@LAB.task(
    "4.10",
    "slope on slope",
    points=2,
    hints=(
        "Twenty rates, from 5 % to 100 % of r_max, and the drives for them: a curve. Which line comes closest?",
        "np.polyfit(x, y, 1) gives slope and intercept of a line for y over x; here x is `levels`, and y the drives.",
        "s1, s0 = np.polyfit(levels, drive_for(me.r_max*levels), 1)",
    ),
)
def check_slope(me: Lab4, s0: Any, s1: Any) -> str:
    """The line through the inverse f–I curve."""
    found = np.array([number(s0, "s0"), number(s1, "s1")])
    drives = me.drive_for(me.r_max * LEVELS)
    slope, start = np.polyfit(LEVELS, drives, 1)
    turned, off = np.polyfit(drives, LEVELS, 1)
    in_hz, start_hz = np.polyfit(me.r_max * LEVELS, drives, 1)
    if np.allclose(found, [1, me.gain], rtol=1e-4):
        wrong("That is the threshold alignment again: here c0 is free, and the line is to come close everywhere.")
    mistakes = {
        "Slope and intercept have changed places: np.polyfit gives the slope first.": [slope, start],
        "That is the line of levels over drives: exchange what you give to np.polyfit.": [off, turned],
        "The slope is for a rate in Hz; it should be for levels from 0 to 1.": [start_hz, in_hz],
        "c0 is held at the rheobase: let the line choose it.": [
            1.0,
            float(LEVELS @ (drives - 1) / (LEVELS @ LEVELS)),
        ],
    }
    agree(found, [start, slope], mistakes, "Another line comes closer to the drives for these levels.", tolerance=1e-4)
    return (
        f"A c0 of {start:.2f}, below the rheobase: small activations will drown, {dead(start, slope):.0%} of the scale."
    )


def dead(start: float, slope: float) -> float:
    """Which part of the activations from 0 to λ stays below the rheobase."""
    return float(np.clip((1 - start) / slope, 0, 1))


@LAB.task(
    "4.11",
    "the first spike of a faint unit",
    points=1,
    hints=(
        "Which drive does its cell get? Then, how long does the membrane take from rest to threshold?",
        "J = c0 + c1/10. The climb is τ·ln(J/(J−1)). Has the cell been refractory before its first spike?",
        "me.tau*np.log(J/(J - 1)), in ms.",
    ),
)
def check_first_spike(me: Lab4, first_spike: Any) -> str:
    """τ·ln(J/(J−1)) at J = 1 + c₁/10."""
    found, drive = number(first_spike, "first_spike"), 1 + me.gain / 10
    climb = me.tau * np.log(drive / (drive - 1))
    mistakes = {
        "The refractory time comes after a spike; before the first there is none.": climb + me.t_ref,
        "In seconds; it is asked in ms.": climb / 1e3,
        "A tenth of r_max is not what a tenth of the drive makes: the curve is bent.": 1e4 / me.r_max,
        "That is a rate, in Hz: how long is the interval?": 1e3 / (climb + me.t_ref),
        "A tenth of the whole drive for r_max is below the rheobase; only c1 is scaled.": me.tau,
        "That is for a fully active unit.": me.tau * np.log((1 + me.gain) / me.gain),
        "That is as long as it takes one whole time constant.": 1.0 * me.tau,
    }
    otherwise = f"Its cell gets the drive {drive:.2f}: how long is the climb from rest to threshold?"
    agree(found, climb, mistakes, otherwise, tolerance=5e-3)
    return "Before that, its cell cannot be told from one that is off, and it has another layer to inform."


@LAB.task(
    "4.12",
    "the refractory time that is too long",
    points=1,
    hints=(
        "Which is the highest rate that a refractory time allows?",
        "That ceiling is 1/t_ref; when does it come down to r_max?",
        "1000/me.r_max, in ms.",
    ),
)
def check_longest(me: Lab4, longest: Any) -> str:
    """1/r_max."""
    found = number(longest, "longest")
    mistakes = {
        "In seconds; it is asked in ms.": 1 / me.r_max,
        "That is the ceiling of your own cell, in Hz.": 1e3 / me.t_ref,
        "Your own refractory time is no part of the limit.": 1e3 / me.r_max - me.t_ref,
        "The time constant is no part of the limit: a strong enough drive makes the climb as short as you like.": 1e3
        / me.r_max
        - me.tau,
        "That is your own refractory time: how much longer could it be?": me.t_ref,
        "That would be for half of r_max.": 2e3 / me.r_max,
    }
    agree(found, 1e3 / me.r_max, mistakes, "At which t_ref is 1/t_ref just r_max?", tolerance=5e-3)
    return "At that value it would take an infinite drive, and trouble begins long before."
