"""Tasks 3.5 to 3.9: a simulation of many cells at once, the rheobase, the f–I curve in closed form, and its ceiling."""

from __future__ import annotations

from typing import Any

import numpy as np

from compare.lab.checks.expect import agree, array, function, number, numeric, wrong
from compare.lab.checks.lab3.student import GRID, LAB, STEP, Array, Lab3
from compare.lab.course import AnswerError

RIGHT = "dV/dt = (E - V + R*I)/tau : volt (unless refractory)\nI : amp"
LOOK = 0.3  # s
PARTS = np.array([0.0, 0.5, 0.9, 1.2, 2.0, 4.0, 8.0])  # of the rheobase


@LAB.task(
    "3.5",
    "many cells in Brian2",
    points=3,
    hints=(
        "Four steps: a NeuronGroup, its V and I, a SpikeMonitor, and a Network of both that runs. Try two cells first.",
        "All of `threshold`, `reset` and `refractory` go to the NeuronGroup. A Brian2 quantity needs its unit: "
        "cells.I = currents*b2.pA.",
        "cells.V = constants['E'] before the run; after it, return np.array(spikes.i) and np.array(spikes.t/b2.second).",
    ),
)
def check_simulate(me: Lab3, simulate: Any) -> str:
    """Which cells fired, and when: against the closed form."""
    asked, currents = function(simulate, "simulate"), PARTS * me.rheobase
    try:
        which, when = spikes(asked(RIGHT, currents, LOOK), len(currents))
    except AnswerError as error:
        wrong(told(str(error)))
    counts = np.bincount(which, minlength=len(currents))
    look_at_times(when)
    look_at_silence(me, counts)
    look_at_rates(me, counts)
    first = when[which == len(currents) - 1].min() * 1e3
    if first < 2 * STEP:
        wrong("The cells fire in the very first step: where does their V start?")
    which, when = spikes(asked(RIGHT, currents[-2:], LOOK / 3), 2)
    if when.max() > 1.01 * LOOK / 3:
        wrong("Asked for a shorter time it runs as long as before: use `duration`.")
    return "It fires as the closed form says that it should, which you will write soon."


def told(error: str) -> str:
    """What to do about an error of Brian2's."""
    known = {
        "unit is 1)": "A plain number was given where Brian2 needs a unit",
        "Dimension": "Two quantities have different units",
        "threshold": "A SpikeMonitor has nothing to watch if the cells have no threshold",
    }
    for words, meaning in known.items():
        if words in error:
            return f"{meaning} (Brian2 says: {error})."
    return f"Your code stops with an error: {error}."


def spikes(given: Any, cells: int) -> tuple[Array, Array]:
    """What `simulate` returned, as cells and times."""
    if not isinstance(given, list | tuple) or len(given) != 2:
        kind = f"{np.shape(given)} numbers" if isinstance(given, np.ndarray) else f"a {type(given).__name__}"
        wrong(f"Two arrays are to come back, which cell fired and when; yours is {kind}.")
    which, when = numeric(given[0], "the first array"), numeric(given[1], "the second array")
    if which.shape != when.shape or which.ndim != 1:
        wrong(f"Both arrays have an entry for each spike; yours have the shapes {which.shape} and {when.shape}.")
    if not which.size:
        wrong("No cell fires at all, not even under eight times the rheobase: do the currents arrive, in pA?")
    if which.dtype.kind == "f" and when.dtype.kind in "biu":
        wrong("First the cells, then the times: yours come the other way round.")
    if which.dtype.kind not in "iu" or which.min() < 0 or which.max() >= cells:
        wrong(f"The first array should hold which cell fired, from 0 to {cells - 1}.")
    return which, np.asarray(when, float)


def look_at_times(when: Array) -> None:
    """Whether the times are seconds."""
    if when.max() > 2 * LOOK:
        wrong("The times run far beyond what was asked for: they should be in seconds, as `duration` is.")
    if when.max() < LOOK / 50:
        wrong("The run ended much too soon: `duration` is in seconds.")


def look_at_silence(me: Lab3, counts: Array) -> None:
    """Whether cells below the rheobase are silent."""
    if counts[0] == 1:
        wrong("A cell fires once without any current: its V starts at 0 mV, far above the threshold. Set it first.")
    if counts[0]:
        wrong(f"Without any current a cell fires {counts[0]} times: look at threshold and reset.")
    if counts[:3].any():
        wrong("Cells fire below the rheobase: are the currents in pA?")


def look_at_rates(me: Lab3, counts: Array) -> None:
    """Whether cells above it fire as often as theory says, within 4 % and a spike."""
    drives = PARTS[3:]
    climb = me.tau * np.log(drives / (drives - 1))  # ms

    def fits(interval: Array) -> bool:
        expected = 1e3 * LOOK / interval
        return bool(np.all(np.abs(counts[3:] - expected) <= 1.3 + 0.04 * expected))

    if fits(climb + me.t_ref):
        return
    if fits(climb):
        wrong("They fire too often: after a spike they are not held. Give `refractory` to the NeuronGroup.")
    if fits(np.full(4, me.t_ref + STEP)) or fits(np.full(4, float(me.t_ref))):
        wrong("They fire as fast as they can, whatever the current: currents are in pA (b2.pA).")
    wrong(
        f"Under twice the rheobase a cell of yours should fire about {1e3 * LOOK / (climb[1] + me.t_ref):.0f} times "
        f"in {LOOK:g} s, and fires {counts[4]} times."
    )


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
        "That is the place in the array: which current is it?": right / GRID,
        "That is how many cells stayed silent, not a current.": right / GRID - 1,
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
        "rate = np.zeros(len(current)), fires = J > 1, then rate[fires] = 1000/(t_ref + τ·np.log(J/(J−1))) of those J only.",
    ),
)
def check_rate(me: Lab3, rate: Any) -> str:
    """1/(t_ref + τ ln(J/(J−1))), and 0 below."""
    asked = function(rate, "rate")
    drives = np.array([0.0, 0.3, 0.8, 0.99, 1.02, 1.3, 2.0, 5.0, 20.0])
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
    agree(found[fires], me.rate(drives * me.rheobase)[fires], mistakes, otherwise)
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
