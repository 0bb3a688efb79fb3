"""Tasks 3.10 and 3.11: noise in the equation of the membrane, and how irregular it makes the intervals."""

from __future__ import annotations

from typing import Any

import numpy as np

from compare.lab.checks.expect import agree, function, number, numeric, wrong
from compare.lab.checks.lab3.membrane import POINTS, numbers
from compare.lab.checks.lab3.student import LAB, Lab3
from compare.lab.checks.lab3.wording import equation, value


@LAB.task(
    "3.10",
    "noise in the equation",
    points=2,
    hints=(
        "The equation that you have, and one term more on its right: a random push, sigma times something times xi.",
        "xi has the unit 1/√s, the term must have that of dV/dt, V/s, and sigma is in V. So what is missing is a 1/√s.",
        "… + sigma*sqrt(2/tau)*xi, outside of what is divided by tau.",
    ),
)
def check_noisy(me: Lab3, noisy: Any) -> str:
    """The membrane's equation and σ√(2/τ)·ξ."""
    said = equation(noisy, "noisy")
    sigma, tau = me.sigma / 1e3, me.tau / 1e3

    def at(point: tuple[float, float], push: float) -> float:
        return value(said.right, numbers(me, *point) | {"sigma": sigma, "xi": push})

    without = np.array([at(point, 0.0) for point in POINTS])
    v, i = np.array(POINTS).T
    drift = (me.rest / 1e3 - v + me.resistance * 1e6 * i) / tau
    agree(without, drift, {}, "Without its random push this is not the equation of task 3.3 any more.")
    pushes = np.array([at(point, 1.0) - at(point, 0.0) for point in POINTS])
    if not pushes.any():
        wrong("`xi` does not enter: nothing is random yet.")
    if np.ptp(pushes) > 1e-9 * np.abs(pushes).max():
        wrong("The push depends on V or I: it is to be the same at any voltage.")
    push, right = float(abs(pushes[0])), sigma * np.sqrt(2 / tau)
    mistakes = {
        "σ alone times ξ: Brian2 will say that the units do not fit. A membrane with a short memory needs a stronger "
        "push for the same scatter.": sigma,
        "Almost: with √(1/τ) the voltage scatters by σ/√2, as squares add up.": sigma * np.sqrt(1 / tau),
        "The noise is divided by τ with the rest: √(2/τ) has τ in it already.": right / tau,
        "The square root is missing: random pushes add up by their squares.": sigma * 2 / tau,
        "√(2·τ): a membrane with a longer memory needs weaker pushes for the same scatter.": sigma * np.sqrt(2 * tau),
        "σ is missing: how strong is the noise?": np.sqrt(2 / tau),
        "σ is squared: the push is in proportion to σ.": sigma**2 * np.sqrt(2 / tau),
    }
    for message, size in mistakes.items():
        if abs(push / size - 1) < 1e-6:
            wrong(message)
    if abs(push / right - 1) > 1e-6:
        scatter = me.sigma * push / right
        wrong(f"With this push the voltage would scatter by {scatter:.3g} mV; it should be {me.sigma:g} mV.")
    if said.unit != "volt" or "unless refractory" not in said.flags:
        wrong('Unit and flag went missing: as before, ": volt (unless refractory)" stands at the end of the line.')
    if not any("".join(line.split()).startswith("I:amp") for line in str(noisy).splitlines()):
        wrong('The line "I : amp" is gone: each cell has a current of its own.')
    return ""


@LAB.task(
    "3.11",
    "how irregular the intervals are",
    points=2,
    hints=(
        "From times to intervals first: how long after one spike does the next one come?",
        "np.diff gives the differences of neighbours. How large is their scatter, compared with their mean?",
        "intervals = np.diff(times), then intervals.std()/intervals.mean().",
    ),
)
def check_cv(me: Lab3, cv: Any) -> str:
    """SD over mean of the intervals."""
    asked = function(cv, "cv")
    rng = np.random.default_rng(me.seed)
    intervals = 0.01 + rng.exponential(0.03, 400)
    times = np.cumsum(intervals)
    given = asked(times)
    if np.size(given) == len(times) - 1 and near_to(given, np.diff(times)):
        wrong("These are the intervals themselves: how much do they scatter, compared with their mean?")
    clock = number(asked(0.02 + np.arange(20) * 0.05), "cv of a clock")
    found, between = number(given, "cv(times)"), np.diff(times)
    mean, spread = between.mean(), between.std()
    mistakes = {
        "You look at the times themselves: take the intervals between them.": times.std() / times.mean(),
        "That is the scatter in seconds: compare it with the mean interval.": spread,
        "That is the mean interval.": mean,
        "That is the rate, one over the mean interval.": 1 / mean,
        "Upside down: a clock should have 0.": mean / spread,
        "That is the square of it: the standard deviation, not the variance, belongs on top.": (spread / mean) ** 2,
        "The variance over the mean still has a unit, seconds: take the standard deviation.": spread**2 / mean,
    }
    if near_to(found, between.std(ddof=1) / mean):
        return remark(clock)
    agree(found, spread / mean, mistakes, "Standard deviation of the intervals, over their mean.")
    return remark(clock)


def near_to(a: Any, b: Any) -> bool:
    """Whether numbers of any shape are the same but for rounding."""
    found = numeric(a, "cv")
    return np.shape(found) == np.shape(b) and bool(np.allclose(found, b, rtol=1e-9))


def remark(clock: float) -> str:
    """What is worth knowing about the number, once a clock has it right."""
    if abs(clock) > 1e-6:
        wrong(f"A clock, all intervals alike, should have 0; yours says {clock:.3g}.")
    return "0 for a clock, 1 for a Poisson process, where spikes come without memory."
