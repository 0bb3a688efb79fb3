"""The student's cell in lab 3: its constants, its closed form, and its voltage as Brian2 finds it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bio import LIF
from bio.brian import brian2
from compare.lab.course import Lab
from compare.lab.parameters import Parameters

Array = np.ndarray
GRID = 10.0  # pA between the currents at which the sheet looks for the rheobase
STEP = 0.1  # ms, Brian2's own


@dataclass(frozen=True, eq=False, repr=False)
class Lab3(Parameters):
    """A student's numbers in lab 3."""

    rest: int = field(
        metadata={"meaning": "E, where the membrane rests without a current, and where a reset takes it, mV"}
    )
    threshold: int = field(metadata={"meaning": "V_th, where it fires, mV"})
    resistance: int = field(metadata={"meaning": "R of the membrane, MΩ"})
    tau: int = field(metadata={"meaning": "its time constant τ, ms"})
    t_ref: int = field(metadata={"meaning": "refractory time: so long it is held after a spike, ms"})
    current: int = field(metadata={"meaning": "a current that is too weak to make it fire, pA"})
    sigma: float = field(metadata={"meaning": "σ, by which noise makes its voltage scatter, mV"})
    seed: int = field(metadata={"meaning": "of the noise"})

    @property
    def span(self) -> int:
        """From rest to threshold, mV."""
        return self.threshold - self.rest

    @property
    def rheobase(self) -> float:
        """The current that just reaches the threshold, pA."""
        return 1e3 * self.span / self.resistance

    def cell(self, *, noisy: bool = False) -> LIF:
        """The same cell as `bio` has it."""
        return LIF(
            tau_m=self.tau / 1e3,
            t_ref=self.t_ref / 1e3,
            noise=self.sigma / self.span if noisy else 0.0,
            v_rest=self.rest / 1e3,
            v_threshold=self.threshold / 1e3,
            v_reset=self.rest / 1e3,
            resistance=self.resistance * 1e6,
        )

    def rate(self, current: Array) -> Array:
        """Its rate in Hz at steady currents in pA, in continuous time and without noise."""
        return self.cell().rate(np.asarray(current, float) / self.rheobase)


def draw(rng: np.random.Generator) -> Lab3:
    """A cell whose rheobase, 100 to 300 pA, lies well between two currents of the sheet's grid."""
    while True:
        rest, span = -int(rng.integers(62, 77)), int(rng.integers(14, 25))
        resistance = 5 * int(rng.integers(14, 31))
        rheobase = 1e3 * span / resistance
        if 100 <= rheobase <= 300 and 2 <= rheobase % GRID <= 8:
            break
    tau, t_ref = int(rng.integers(12, 31)), int(rng.integers(2, 7))
    current = 10 * int(rheobase * rng.uniform(0.4, 0.8) / 10)
    sigma = round(span * float(rng.uniform(0.2, 0.3)), 1)
    return Lab3(rest, rest + span, resistance, tau, t_ref, current, sigma, int(rng.integers(1_000)))


LAB = Lab(3, "The biological neuron", (60, 90), draw)


def constants(me: Lab3) -> dict[str, Any]:
    """The student's constants with Brian2's units, by the names that equations use."""
    b2 = brian2()
    return {
        "E": me.rest * b2.mV,
        "V_th": me.threshold * b2.mV,
        "R": me.resistance * b2.Mohm,
        "tau": me.tau * b2.ms,
        "t_ref": me.t_ref * b2.ms,
        "sigma": me.sigma * b2.mV,
    }


def voltages(me: Lab3, equations: str, threshold: str, reset: str, current: float) -> tuple[Array, Array, Array]:
    """Times (ms), voltages (mV) and spike times (ms) of a cell: 20 ms alone, 100 ms under a current (pA), 60 alone."""
    b2, names = brian2(), constants(me)
    cell = b2.NeuronGroup(
        1, equations, threshold=threshold, reset=reset, refractory=names["t_ref"], method="euler", namespace=names
    )
    cell.V = names["E"]
    trace, spikes = b2.StateMonitor(cell, "V", record=True), b2.SpikeMonitor(cell)
    network = b2.Network(cell, trace, spikes)
    for now, duration in ((0, 20), (current, 100), (0, 60)):
        cell.I = now * b2.pA
        network.run(duration * b2.ms)
    return np.asarray(trace.t / b2.ms), np.asarray(trace.V[0] / b2.mV), np.asarray(spikes.t / b2.ms)


def rates_of(which: Array, when: Array, cells: int) -> Array:
    """Each cell's rate (Hz), one over its mean interval, from all spikes (cell, time in s); 0 with fewer than two."""
    rates = np.zeros(cells)
    for cell in np.unique(which):
        times = when[which == cell]
        if len(times) > 1:
            rates[cell] = (len(times) - 1) / np.ptp(times)
    return rates
