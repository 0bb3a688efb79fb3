"""Tasks 3.1 to 3.4: where a current takes the membrane, how it gets there, and the cell as Brian2 is told of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from compare.lab.checks.expect import agree, array, function, near, number, wrong
from compare.lab.checks.lab3.student import LAB, Array, Lab3
from compare.lab.checks.lab3.wording import equation, text, value


@LAB.task(
    "3.1",
    "where a current takes the membrane",
    points=1,
    hints=(
        "At the end nothing changes any more: dV/dt = 0. What does the equation say then?",
        "E − V + R·I = 0, solved for V. Mind the units: 1 MΩ · 1 pA is 0.001 mV.",
        "V = E + R·I/1000, with E in mV, R in MΩ and I in pA.",
    ),
)
def check_end(me: Lab3, v_end: Any) -> str:
    """E + R·I."""
    found, lift = number(v_end, "v_end"), me.resistance * me.current / 1e3
    mistakes = {
        "That is how far it is lifted: it starts from its rest, not from 0 mV.": lift,
        "The current lifts the membrane, towards the threshold: you take it the other way.": me.rest - lift,
        "Units: 1 MΩ · 1 pA is a millionth of a volt, 0.001 mV.": me.rest + 1e3 * lift,
        "Units: that many volts, not millivolts.": (me.rest + lift) / 1e3,
        "That is where it is after one time constant; where is it in the end?": me.rest + (1 - np.exp(-1)) * lift,
        "That is the threshold, where it would fire; this current is too weak for that.": me.threshold,
        "Ohm's law: the lift is resistance times current, not current over resistance.": me.rest
        + me.current / me.resistance,
    }
    otherwise = "Set dV/dt to 0 in the equation and solve it for V; look at the units once more."
    agree(found, me.rest + lift, mistakes, otherwise, tolerance=0.002)
    return f"It stays {me.threshold - me.rest - lift:.1f} mV short of the threshold: this cell will be silent."


@LAB.task(
    "3.2",
    "how the membrane gets there",
    points=2,
    hints=(
        "It starts at E, ends at E + R·I, and has gone 63 % of the way after one τ.",
        "What is left of the way shrinks like e^(−t/τ). So which part has been covered?",
        "E + R·I/1000·(1 − e^(−t/τ)), with np.exp, which takes whole arrays.",
    ),
)
def check_membrane(me: Lab3, membrane: Any) -> str:
    """E + R·I·(1 − e^(−t/τ))."""
    asked = function(membrane, "membrane")
    t, current = me.tau * np.array([0, 0.005, 0.1, 0.3, 0.6, 1, 1.5, 2.5, 4]), 123.0
    found = array(asked(t, current), "membrane(t, current)", t.shape, "one voltage for each time")
    lift, left = me.resistance * current / 1e3, np.exp(-t / me.tau)
    mistakes = {
        "It starts above, and decays: it should start at rest, and rise.": me.rest + lift * left,
        "It starts at 0 mV: a membrane starts from its rest.": lift * (1 - left),
        "It never stops rising: the leak makes it slow down.": me.rest + lift * t / me.tau,
        "It falls: the current should lift it.": me.rest - lift * (1 - left),
        "It is there at once: the membrane needs its time constant.": np.full(9, me.rest + lift),
        "It takes 1 ms for what should take your τ.": me.rest + lift * (1 - np.exp(-t)),
        "It is there far too soon: τ and t are both in ms here.": me.rest + lift * (1 - left**1000),
        "It hardly moves: τ and t are both in ms here.": me.rest + lift * (1 - left**0.001),
        "Units: 1 MΩ · 1 pA is 0.001 mV.": me.rest + 1e3 * lift * (1 - left),
        "Your own current is built in: use the one that is given.": me.rest
        + me.resistance * me.current / 1e3 * (1 - left),
    }
    if near(found[0], me.rest, 1e-6) and near(found[-1] - me.rest, lift * (1 - left[-1]), 0.2):
        otherwise = "It starts and ends in the right place, but takes another way: after one τ 63 % should be covered."
    else:
        otherwise = (
            f"At t = 0 it should be at rest ({me.rest} mV), in the end at E + R·I: yours begins at {found[0]:.4g} mV."
        )
    agree(found, me.rest + lift * (1 - left), mistakes, otherwise)
    return ""


def numbers(me: Lab3, voltage: float, current: float) -> dict[str, float]:
    """What names stand for in an equation, in volts, amperes, ohms and seconds."""
    return {
        "E": me.rest / 1e3,
        "V": voltage,
        "R": me.resistance * 1e6,
        "I": current,
        "tau": me.tau / 1e3,
        "V_th": me.threshold / 1e3,
        "t_ref": me.t_ref / 1e3,
    }


POINTS = [(-0.08, 0.0), (-0.08, 2e-10), (-0.055, 0.0), (-0.055, 3e-10), (-0.02, 1e-10), (-0.07, 5e-10)]  # V and A


@LAB.task(
    "3.3",
    "the equation of the membrane, for Brian2",
    points=3,
    hints=(
        'A text of one line for V: "dV/dt = … : volt (unless refractory)". What stands above it in symbols goes in.',
        "Divide the whole equation by τ, called tau, to have dV/dt alone on the left. Products need a `*`.",
        '"dV/dt = (… - V + R*…)/tau : volt (unless refractory)", and the line of I as it was.',
    ),
)
def check_equations(me: Lab3, equations: Any) -> str:
    """(E − V + R·I)/τ, unless refractory."""
    said = equation(equations, "equations")
    found = np.array([value(said.right, numbers(me, *point)) for point in POINTS])
    v, i = np.array(POINTS).T
    e, r, tau = me.rest / 1e3, me.resistance * 1e6, me.tau / 1e3
    mistakes = {
        "The leak pushes V away from E: above its rest it should fall.": (v - e + r * i) / tau,
        "Above E it should be pulled down, below it pulled up; and the current is to lift it, not to sink it.": (
            v - e - r * i
        )
        / tau,
        "The current sinks the membrane: it should lift it.": (e - v - r * i) / tau,
        "τ is missing: how fast would this membrane be?": e - v + r * i,
        "A longer τ should make it slower: divide by tau.": (e - v + r * i) * tau,
        "Only the last term is divided by τ: put brackets round the others, too.": e - v + r * i / tau,
        "A current is added to a voltage: what turns one into the other?": (e - v + i) / tau,
        "Without a current it would decay to 0 mV: it should go to its rest.": (-v + r * i) / tau,
        "There is no leak: the membrane would never forget.": r * i / tau,
        "The current does not enter.": (e - v) / tau,
        "Voltage is resistance times current, not current over resistance.": (e - v + i / r) / tau,
        "It is pulled to the threshold: it should be pulled to its rest.": (me.threshold / 1e3 - v + r * i) / tau,
    }
    agree(found, (e - v + r * i) / tau, mistakes, "For some voltages and currents this is not (E − V + R·I)/τ.")
    if said.unit != "volt":
        wrong(f"The unit after the colon is that of V itself, volt, whatever dV/dt is in: yours is {said.unit}.")
    if "unless refractory" not in said.flags:
        wrong("The membrane moves on after a spike: what has to be said so that it is held while refractory?")
    if not any("".join(line.split()).startswith("I:amp") for line in str(equations).splitlines()):
        wrong('The line "I : amp" is gone: Brian2 needs it to know that each cell has a current of its own.')
    return ""


@LAB.task(
    "3.4",
    "threshold and reset",
    points=2,
    hints=(
        "Two short texts with V, V_th and E: one is a question (true or false), one is an order.",
        "When does it fire: if V is above which voltage? And what is V to be afterwards?",
        '"V > …" and "V = …".',
    ),
)
def check_threshold(me: Lab3, threshold: Any, reset: Any) -> str:
    """V > V_th, and V = E."""
    said, order = text(threshold, "threshold"), text(reset, "reset")
    if "=" in said.replace(">=", "").replace("<=", ""):
        wrong("`threshold` is a question that is true or false, such as V < …: = is an order.")
    low, edge = me.rest / 1e3, me.threshold / 1e3
    tried = np.array([low - 0.02, low + 0.001, edge - 0.0005, edge + 0.0005, 0.01])
    fires = np.array([value(said, numbers(me, v, 0.0)) for v in tried])
    mistakes = {
        "It fires below the threshold, and not above.": 1.0 * (tried < edge),
        "It fires whenever it is above its rest.": 1.0 * (tried > low),
        "It always fires.": np.ones(5),
        "It never fires.": np.zeros(5),
    }
    agree(fires, 1.0 * (tried > edge), mistakes, "It should fire where V is above V_th, and nowhere else.")
    return check_reset(me, order)


def check_reset(me: Lab3, order: str) -> str:
    """V = E."""
    if "==" in order:
        wrong("`reset` is an order: one = sets V, two ask whether it is so.")
    place, sign, right = (part.strip() for part in order.partition("="))
    if not sign or place.rstrip("+-*/ ") != "V":
        wrong('`reset` should set V: "V = …".')
    above = np.array([me.threshold / 1e3, me.threshold / 1e3 + 0.0005])
    given = np.array([value(right, numbers(me, v, 0.0)) for v in above])
    after: Array = {"V": given, "V-": above - given, "V+": above + given}.get(place.replace(" ", ""), given * np.nan)
    mistakes = {
        "After a spike it is at 0 mV, far above the threshold: it is to go back to its rest.": np.zeros(2),
        "After a spike it is still at the threshold.": np.full(2, me.threshold / 1e3),
        "That takes off what lies between rest and threshold and keeps what V had beyond it. The cells of lab 4 do so, "
        "but this one is to begin from its rest again.": above - me.span / 1e3,
        "V stays what it is.": above,
    }
    if np.abs(after - me.rest / 1e3).max() > 1e-9:
        for message, wanted in mistakes.items():
            if np.abs(after - wanted).max() < 1e-9:
                wrong(message)
        wrong("After a spike V should be at its rest, E.")
    return ""
