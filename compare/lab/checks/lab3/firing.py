"""Task 3.5: a simulation of many cells at once, held against the closed form."""

from __future__ import annotations

from typing import Any

import numpy as np

from compare.lab.checks.expect import function, numeric, wrong
from compare.lab.checks.lab3.student import LAB, STEP, Array, Lab3
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
        "cells.V = constants['E'] before the run; then return np.array(spikes.i) and np.array(spikes.t/b2.second).",
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
