"""The cells as Brian2 is told of them, the same whatever engine then runs them.

    τ_m dv/dt = J + η + g - v  (held while refractory)        τ_syn dg/dt = -g
    at v > 1: a spike, and v ← c (v - 1) + v_reset

In threshold units; J is the drive, η noise that is constant for a step. c is 1 where a reset subtracts and 0 where it
discards the overshoot. All constants are variables that the cells of a group share, so that one compiled program serves
every cell.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bio.brian import brian2
from bio.lif import LIF

LONG_AGO = -1e4  # last spike of a cell that has not fired, s, as in Brian2
CONSTANTS = ("decay_m", "decay_syn", "transfer", "v_reset", "carry")

EQUATIONS = """
dv/dt = (drive + noise + g - v) / tau_m : 1 (unless refractory)
dg/dt = -g / tau_syn : 1
drive : 1
noise : 1
tau_m : second (shared)  # these two stand here for the reader; the solution needs only what follows
tau_syn : second (shared)
decay_m : 1 (shared)
decay_syn : 1 (shared)
transfer : 1 (shared)
v_reset : 1 (shared)
carry : 1 (shared)
hold : second (shared)
"""

# What they come to after one step of dt. Brian2's method="exact" finds the same, but takes sympy a second each time.
SOLUTION = """
_v = drive + noise + decay_m * (v - drive - noise) + transfer * g
_g = decay_syn * g
v = _v
g = _g
"""


def constants(cell: LIF, dt: float) -> dict[str, float]:
    """The shared variables of a cell in steps of `dt` (s): the factors in `SOLUTION`, and what its reset does; with
    τ_syn = τ_m the transfer is the limit of its general form."""
    decay_m, decay_syn = float(np.exp(-dt / cell.tau_m)), float(np.exp(-dt / cell.tau_syn))
    if abs(cell.tau_syn / cell.tau_m - 1) < 1e-6:
        transfer = dt / cell.tau_m * decay_m
    else:
        transfer = cell.tau_syn / (cell.tau_syn - cell.tau_m) * (decay_syn - decay_m)
    return {
        "decay_m": decay_m,
        "decay_syn": decay_syn,
        "transfer": transfer,
        "v_reset": cell.reset_level,
        "carry": float(cell.reset == "subtract"),
    }


def group(count: int, *, dt: float | None = None, dtype: type = np.float32, more: str = "", **named: str) -> Any:
    """A NeuronGroup of so many cells in steps of `dt` (s; None: Brian2's default), their constants still to be set;
    with `more` equations and a name of its own where given."""
    b2 = brian2()
    of_dtype = dict.fromkeys(("v", "g", "drive", "noise", *CONSTANTS), dtype)
    return b2.NeuronGroup(
        count,
        EQUATIONS + more,
        threshold="v > 1",
        reset="v = carry * (v - 1) + v_reset",
        refractory="hold",
        method=lambda equations, variables, method_options: SOLUTION,
        dt=None if dt is None else dt * b2.second,
        # in float32, times would no longer tell one step from the next after some seconds
        dtype=of_dtype | dict.fromkeys(("lastspike", "hold", "tau_m", "tau_syn"), np.float64),
        **named,
    )
