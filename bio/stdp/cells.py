"""The excitatory cells as Brian2 is told of them, the same for every engine (`bio.stdp.model` has their equations).

Conductances decay exactly. With their means over the step, ḡ = g τ_g/dt (1 - e^(-dt/τ_g)), and E_exc = 0, the membrane
takes an implicit Euler step, which cannot overshoot however large they are:

    v ← (v + a E_rest + a ḡ_i E_inh) / (1 + a + a ḡ_e + a ḡ_i),   a = dt/τ_m

There is no exponential of a variable in it, so that numpy and compiled code give the same numbers, bit by bit.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bio.brian import brian2

VARIABLES = ("v", "theta", "g_e", "g_i", "held")
CONSTANTS = (
    "one",
    "leak",
    "decay_e",
    "decay_i",
    "gain_e",
    "gain_i",
    "e_rest",
    "e_inhibitory",
    "v_threshold",
    "v_reset",
    "theta_plus",
    "hold",
    "half",
)

EQUATIONS = """
dv/dt = (e_rest - v + g_e * (0 - v) + g_i * (e_inhibitory - v)) / tau_m : 1  # in volts; held while `held` is above 0
dg_e/dt = -g_e / tau_e : 1
dg_i/dt = -g_i / tau_i : 1
theta : 1  # what fades in it, fades between digits
held : 1
tau_m : second (shared)  # these three stand here for the reader; the solution needs only what follows
tau_e : second (shared)
tau_i : second (shared)
""" + "\n".join(f"{name} : 1 (shared)" for name in CONSTANTS)

SOLUTION = """
_free = half - half * sign(held)
_e = gain_e * g_e
_i = gain_i * g_i
_v = (v + leak * e_rest + _i * e_inhibitory) / (one + leak + _e + _i)
v = _free * _v + (half + half * sign(held)) * v
g_e = decay_e * g_e
g_i = decay_i * g_i
held = held - one
"""


def group(count: int, *, dt: float | None = None, more: str = "", **named: str) -> Any:
    """A NeuronGroup of so many cells, in float32, in steps of `dt` (s; None: Brian2's default), their constants still
    to be set; with `more` equations and a name of its own where given."""
    b2 = brian2()
    return b2.NeuronGroup(
        count,
        f"{EQUATIONS}\n{more}",
        threshold="v > v_threshold + theta and held < -one",
        reset="v = v_reset; held = hold; theta = theta + theta_plus",
        method=lambda equations, variables, method_options: SOLUTION,
        dt=None if dt is None else dt * b2.second,
        dtype=np.float32,
        **named,
    )
