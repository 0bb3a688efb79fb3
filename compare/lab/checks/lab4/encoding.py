"""Tasks 4.1 to 4.3: from a rate to the drive that makes it, from a unit to a cell, and what counts as fully active."""

from __future__ import annotations

from typing import Any

import numpy as np

from compare.lab.checks.expect import agree, array, function, number, wrong
from compare.lab.checks.lab4.student import LAB, Lab4, full_speed, training_digits
from compare.mapping import weighted_sums


@LAB.task(
    "4.1",
    "the drive for a rate",
    points=2,
    hints=(
        "Start from 1/r = t_ref + τ·ln(J/(J−1)): bring everything but the logarithm to the other side.",
        "J/(J−1) = e^x, with x = (1/r − t_ref)/τ. Multiply out, and solve for J. Times in ms, so 1/r is 1000/rate.",
        "J = 1/(1 − e^(−x)).",
    ),
)
def check_drive_for(me: Lab4, drive_for: Any) -> str:
    """1/(1 − exp(−(1/r − t_ref)/τ))."""
    asked, rates = function(drive_for, "drive_for"), np.array([2.0, 20, 60, 100, 130])
    found = array(asked(rates), "drive_for(rate)", rates.shape, "one drive for each rate")
    x = (1e3 / rates - me.t_ref) / me.tau
    with np.errstate(all="ignore"):
        mistakes = {
            "That is the way from a drive to its rate; here it goes back.": np.where(
                rates > 1, 1e3 / (me.t_ref + me.tau * np.log(rates / (rates - 1))), 0
            ),
            "The refractory time is missing: it is a part of the interval in which nothing climbs.": 1
            / (1 - np.exp(-1e3 / rates / me.tau)),
            "The refractory time is added; it has to be taken off the interval before the climb begins.": 1
            / (1 - np.exp(-(1e3 / rates + me.t_ref) / me.tau)),
            "The sign in the exponent: your drives are negative.": 1 / (1 - np.exp(x)),
            "Seconds and milliseconds: 1/rate is in seconds, your τ and t_ref are in ms.": 1
            / (1 - np.exp(-(1 / rates - me.t_ref) / me.tau)),
            "That is J/(J−1), not yet J.": np.exp(x),
            "Upside down: it should be one over that.": 1 - np.exp(-x),
            "That is the straight line of a ReLU; the cell's curve is bent.": 1 + rates * me.tau / 1e3,
        }
    if (found[:-1] > found[1:]).any():
        otherwise = "To fire faster it takes more drive, but yours falls."
    else:
        otherwise = (
            f"For 100 Hz yours is {found[3]:.4g}: put it into 1/(t_ref + τ·ln(J/(J−1))), and see what comes out."
        )
    agree(found, me.drive_for(rates), mistakes, otherwise)
    return "Even for 1 Hz it takes more than the rheobase: this cell has no slow start."


@LAB.task(
    "4.2",
    "threshold on threshold, top on top",
    points=2,
    hints=(
        "Put both conditions into J = c₀ + c₁·z/λ: what is J at z = 0, and at z = λ?",
        "At z = 0 the drive is c₀, and that shall be the rheobase. At z = λ it is c₀ + c₁, and that shall give r_max.",
        "c₀ is a round number; c₁ is drive_for of r_max, less c₀.",
    ),
)
def check_alignment(me: Lab4, c0: Any, c1: Any) -> str:
    """1, and drive_for(r_max) − 1."""
    start, gain = number(c0, "c0"), number(c1, "c1")
    if abs(start) < 1e-9:
        wrong("c0 is the drive at z = 0: with no drive at all the cell is far below its rheobase.")
    firsts = {
        "c0 is a drive, in rheobases, not a rate.": me.r_max,
        "c0 is the drive at z = 0, not at z = λ.": me.gain + 1,
    }
    agree(start, 1.0, firsts, "At z = 0 the cell should be just on the edge of firing: which drive is that?")
    mistakes = {
        "At z = λ your drive is c0 + c1: one rheobase too much.": me.gain + 1,
        "c1 is a drive, in rheobases, not a rate.": me.r_max,
        "With next to no c1 the cell stays on the edge of firing: at z = λ it should fire at r_max, not at 1 Hz.": 0.0,
        "c1 is in proportion to the way up to λ, whatever λ is: z/λ is 1 there.": me.gain / full_speed(me.model)[1],
        "One and one: at z = λ the cell would fire, but far from r_max.": 1.0,
    }
    otherwise = (
        f"With these, a unit at λ makes its cell fire at {rate(me, start + gain):.0f} Hz; it should be {me.r_max}."
    )
    agree(gain, me.gain, mistakes, otherwise, tolerance=1e-4)
    return f"A full activation takes {1 + me.gain:.2f} rheobases."


def rate(me: Lab4, drive: float) -> float:
    """What the cell makes of a drive."""
    return float(me.cell.rate(np.array(drive)))


@LAB.task(
    "4.3",
    "what counts as fully active",
    points=1,
    hints=(
        "Weighted sums of all training digits first, then the ReLU, then the percentile of all of them together.",
        "np.percentile(values, 99.9) of np.maximum(z, 0): over all digits and units at once.",
        "z = training.images @ weights[0] + biases[0], then lam = np.percentile(np.maximum(z, 0), 99.9).",
    ),
)
def check_lam(me: Lab4, lam: Any) -> str:
    """The 99.9th percentile of the first layer's activations."""
    if np.shape(lam) == (16,):
        wrong("That is one λ for each unit: here the whole layer shares one, so that its units stay comparable.")
    found = number(lam, "lam")
    z = weighted_sums(me.model, training_digits().images)[0].astype(float)
    units = np.maximum(z, 0)
    mistakes = {
        "That is the largest of all: a single odd digit decides, and all other cells fire slowly.": units.max(),
        "99.9 per cent: np.percentile counts from 0 to 100, not to 1.": np.percentile(units, 0.999),
        "That is the mean: half of the cells would be asked for more than r_max.": units.mean(),
        "That is the median.": np.median(units),
        "These are weighted sums without their biases.": np.percentile(np.maximum(z - me.model.biases[0], 0), 99.9),
        "That is the 99th percentile; it should be the 99.9th.": np.percentile(units, 99),
    }
    otherwise = "The 99.9th percentile of all activations of the first hidden layer, on the training digits."
    agree(found, full_speed(me.model)[1], mistakes, otherwise, tolerance=1e-3)
    return ""
