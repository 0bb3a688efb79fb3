"""The cells as Brian2 is told of them, the same whatever engine then runs them.

    τ_m dv/dt = J + η + g - v  (held while refractory)        τ_syn dg/dt = -g
    at v > 1: a spike, and v ← c (v - 1) + v_reset

In threshold units; J is the drive, η noise that is constant for a step. c is 1 where a reset subtracts and 0 where it
discards the overshoot. A spike sets `held` to half a step less than the whole steps in t_ref, which then count down.
All constants are variables that the cells of a group share, so that one compiled program serves every cell.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bio.brian import brian2
from bio.lif import LIF

VARIABLES = ("v", "g", "drive", "noise", "held")
CONSTANTS = ("decay_m", "decay_syn", "transfer", "v_reset", "carry", "hold", "half")
RESTING = -0.5  # `held` of a cell that has not fired for long

EQUATIONS = """
dv/dt = (drive + noise + g - v) / tau_m : 1  # held while `held` is above 0
dg/dt = -g / tau_syn : 1
drive : 1
noise : 1
held : 1
tau_m : second (shared)  # these two stand here for the reader; the solution needs only what follows
tau_syn : second (shared)
decay_m : 1 (shared)
decay_syn : 1 (shared)
transfer : 1 (shared)
v_reset : 1 (shared)
carry : 1 (shared)
hold : 1 (shared)
half : 1 (shared)  # ½, as a variable, so that compiled code need not leave float32 for it
"""

# What they come to after one step of dt. Brian2's method="exact" finds the same, but takes sympy a second each time.
# Its own refractoriness gives the same spikes too (`bio.textbook` has it), but not in one sweep over plain numbers.
SOLUTION = """
_free = half - half * sign(held)
_v = drive + noise + decay_m * (v - drive - noise) + transfer * g
_g = decay_syn * g
v = _free * _v + (half + half * sign(held)) * v
g = _g
held = held - 1
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
        "hold": cell.held_steps(dt) + RESTING,
        "half": 0.5,
    }


def held_since(since_spike: np.ndarray, cell: LIF, dt: float) -> np.ndarray:
    """`held` of cells (n,) that fired that long (s) before the first step."""
    return np.maximum(cell.held_steps(dt) - np.floor(since_spike / dt + 1e-3), 0) + RESTING


def group(count: int, *, dtype: type = np.float32, more: str = "", **own: Any) -> Any:
    """A NeuronGroup of so many cells, their constants still to be set; with `more` equations, and a name or a clock of
    its own (or Brian2's) where given."""
    return brian2().NeuronGroup(
        count,
        EQUATIONS + more,
        threshold="v > 1 and held < -1",
        reset="v = carry * (v - 1) + v_reset; held = hold",
        method=lambda equations, variables, method_options: SOLUTION,
        dtype=dtype,
        **own,
    )
