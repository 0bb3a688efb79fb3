"""Tasks 3.6 to 3.9: the rheobase, on paper and by simulation, the f–I curve in closed form, and its ceiling."""

from __future__ import annotations

from typing import Any

import numpy as np

from compare.lab.checks.expect import agree, array, function, number, wrong
from compare.lab.checks.lab3.student import GRID, LAB, Lab3


@LAB.task(
    "3.6",
    "the rheobase on paper",
    points=1,
    hints=(
        "How far is it from rest to threshold? Which current lifts the membrane just so far?",
        "In the end V = E + R·I. Put V_th for V, and solve for I.",
        "I = (V_th − E)/R: mV over MΩ is nA, and 1 nA is 1000 pA.",
    ),
)
def check_rheobase(me: Lab3, rheobase: Any) -> str:
    """(V_th − E)/R."""
    found, r = number(rheobase, "rheobase"), me.resistance
    mistakes = {
        "Units: mV over MΩ makes nA; the answer is asked in pA.": me.span / r,
        "Units: the answer is asked in pA.": me.rheobase * 1e-12,
        "The threshold counts from rest, not from 0 mV.": 1e3 * me.threshold / r,
        "The rest is taken for the way from rest to threshold.": 1e3 * me.rest / r,
        "The sign: it takes a positive current to go up from rest.": -me.rheobase,
        "Rest and threshold are added; what counts is how far they are apart.": 1e3 * (me.rest + me.threshold) / r,
        "Voltage over resistance is a current; you multiply.": me.span * r,
        "τ says how fast, not how far: it has no place here.": 1e3 * me.span / me.tau,
    }
    otherwise = "From rest to threshold, over the resistance: look at the units once more."
    agree(found, me.rheobase, mistakes, otherwise, tolerance=0.005)
    return ""


@LAB.task(
    "3.7",
    "the rheobase by simulation",
    points=1,
    hints=(
        "Which of the currents made a cell fire at all?",
        "`counts > 0` is an array of True and False; `currents[counts > 0]` are the currents of those cells.",
        "currents[counts > 0].min()",
    ),
)
def check_found(me: Lab3, found: Any) -> str:
    """The first current of the grid above the rheobase."""
    value, right = number(found, "found"), GRID * np.ceil(me.rheobase / GRID)
    mistakes = {
        "That is the strongest current that leaves the cell silent; the next one made it fire.": right - GRID,
        "That is the place in the array, and how many cells stayed silent: which current is it?": right / GRID,
        "That is the place of the last cell that stayed silent: which current made the next one fire?": right / GRID
        - 1,
        "That is the strongest current of all: which is the weakest that makes it fire?": 1200,
        "At 0 pA nothing fires: look only at those that do.": 0,
        "That is what you calculated; here it is to be read from the simulation.": me.rheobase,
    }
    otherwise = f"It should be one of the currents, {GRID:g} pA apart: the smallest whose cell fired."
    agree(value, right, mistakes, otherwise)
    return f"On paper {me.rheobase:.0f} pA, in steps of {GRID:g} pA {right:.0f}: they agree."


@LAB.task(
    "3.8",
    "the f–I curve in closed form",
    points=3,
    hints=(
        "First the drive J, current over rheobase. An interval is the time it is held, plus the climb from rest to "
        "threshold. And below the rheobase?",
        "The climb takes τ·ln(J/(J−1)). Times are in ms, the rate in spikes a second: 1000 over the interval.",
        "rate = np.zeros(len(current)), fires = J > 1, then rate[fires] = 1000/(t_ref + τ·np.log(J/(J−1))) of those J.",
    ),
)
def check_rate(me: Lab3, rate: Any) -> str:
    """1/(t_ref + τ ln(J/(J−1))), and 0 below."""
    asked = function(rate, "rate")
    drives = np.array([0.0, 0.3, 0.8, 0.99, 1.3, 1.6, 2.0, 5.0, 20.0])
    found = array(asked(drives * me.rheobase), "rate(current)", drives.shape, "one rate for each current")
    fires = drives > 1
    if np.isnan(found[fires]).any():
        wrong("Above the rheobase there are rates that are no numbers: is the drive J current over rheobase?")
    if np.isnan(found[~fires]).any():
        wrong("Below the rheobase there is no number: the logarithm has none. What does the cell do there?")
    if (np.abs(found[~fires]) > 1e-9).any():
        if np.isfinite(found).all() and (found[~fires] < 0).any():
            wrong("Below the rheobase your rate is negative: a cell cannot fire less than not at all.")
        wrong("Your rate does not reach zero below the rheobase.")
    climb = np.log(drives[fires] / (drives[fires] - 1))
    mistakes = {
        "In spikes a millisecond; Hz are spikes a second.": 1 / (me.t_ref + me.tau * climb),
        "That is the interval between spikes, in ms; the rate is one over it.": me.t_ref + me.tau * climb,
        "The refractory time is missing: it is part of every interval.": 1e3 / (me.tau * climb),
        "The refractory time is taken off; it makes every interval longer.": 1e3 / (me.tau * climb - me.t_ref),
        "The logarithm's fraction is upside down: intervals come out negative.": 1e3 / (me.t_ref - me.tau * climb),
        "Logarithm to base 10: the climb is exponential with base e (np.log).": 1e3
        / (me.t_ref + me.tau * climb / np.log(10)),
        "That is a ReLU; the cell's curve is bent.": 1e3 / me.tau * (drives[fires] - 1),
        "τ is missing: it scales the climb.": 1e3 / (me.t_ref + climb),
        "τ and t_ref have changed places.": 1e3 / (me.tau + me.t_ref * climb),
    }
    otherwise = f"At twice the rheobase yours is {found[6]:.4g} Hz: is an interval t_ref plus the climb?"
    right = me.rate(drives * me.rheobase)[fires]
    agree(found[fires], right, mistakes, otherwise, tolerance=0.02)  # the rheobase is the student's, from task 3.6
    slow = array(asked(np.array([1.1]) * me.rheobase), "rate(current)", (1,), "one rate for each current")[0]
    if not 0 < slow < right[0]:
        wrong(f"At 1.1 times the rheobase the cell fires, and more slowly than at 1.3 times; yours: {slow:.4g} Hz.")
    return ""


@LAB.task(
    "3.9",
    "the ceiling",
    points=1,
    hints=(
        "Under an enormous current, how long does the climb take? What is left of an interval?",
        "Let J grow in your formula: ln(J/(J−1)) goes to 0.",
        "1 over the refractory time, in spikes a second.",
    ),
)
def check_ceiling(me: Lab3, ceiling: Any) -> str:
    """1/t_ref."""
    found = number(ceiling, "ceiling")
    mistakes = {
        "In spikes a millisecond; Hz are spikes a second.": 1 / me.t_ref,
        "τ plays no part up there: the climb takes no time under an enormous current.": 1e3 / me.tau,
        "Under an enormous current the climb takes no time at all, not one τ.": 1e3 / (me.t_ref + me.tau),
        "That is the shortest interval; how many of them are in a second?": me.t_ref,
        "That is the shortest interval, in seconds; how many of them are in a second?": me.t_ref / 1e3,
    }
    otherwise = "Let the current grow without end in your formula: what remains of an interval?"
    agree(found, 1e3 / me.t_ref, mistakes, otherwise, tolerance=0.003)
    return "A sigmoid has its ceiling at 1; this cell has its ceiling there."
