"""The whole network in NEST: `iaf_psc_exp` cells, given the very input spikes that ours got; every spike comes back.

NEST integrates as we do: the exact solution over a step, the threshold looked at when a step ends, a refractory cell
held for round(t_ref/dt) steps more (NEST's documentation of `iaf_psc_exp`; Rotter & Diesmann, Biol. Cybern. 1999,
81:381). It differs in two ways, and both can be met exactly:

- its reset discards what the voltage had beyond the threshold: compare with `LIF(reset="zero")`;
- a spike takes at least one step from cell to cell, and then adds to the current when that step ends; ours adds to it
  when the step of the spike ends. So each layer is woken one step after the one below it, and its times told from then.

So in double precision nothing but rounding in the last digits is left to differ: the spikes must be the same ones.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from bio import LIF, SpikingNetwork

os.environ["PYNEST_QUIET"] = "1"  # no banner
import nest


def constants(cell: LIF) -> dict[str, float]:
    """NEST's parameters of a cell: mV above rest with the threshold at 1, pA that are thresholds since C is τ_m, ms."""
    milli = {"tau_m": cell.tau_m, "C_m": cell.tau_m, "tau_syn_ex": cell.tau_syn, "tau_syn_in": cell.tau_syn}
    volts = {"E_L": 0.0, "V_m": 0.0, "V_reset": cell.reset_level, "V_th": 1.0}
    return {name: 1e3 * value for name, value in milli.items()} | volts | {"t_ref": 1e3 * cell.t_ref}


def begin(dt: float) -> None:
    """An empty NEST in steps of `dt` (s), silent."""
    nest.verbosity = nest.VerbosityLevel.ERROR
    nest.ResetKernel()
    nest.set(resolution=1e3 * dt)


def recorded(cells: Any) -> Any:
    """A recorder of all spikes of some cells."""
    recorder = nest.Create("spike_recorder")
    nest.Connect(cells, recorder)
    return recorder


def found(recorder: Any, first: int, width: int, dt: float, late: int) -> np.ndarray:
    """(m, 3): step, digit and cell of each spike, in that order, of a layer that was woken `late` steps after the
    start, and whose cells, `width` a digit, are numbered from `first`."""
    events = recorder.events
    step = np.rint(np.asarray(events["times"]) / (1e3 * dt)).astype(int) - 1 - late
    lane, cell = np.divmod(np.asarray(events["senders"]) - first, width)
    spikes = np.column_stack([step, lane, cell])
    return spikes[np.lexsort(spikes.T[::-1])]


def join(below: Any, above: Any, kicks: np.ndarray, lanes: int, dt: float) -> None:
    """Synapses of weights (below, above), thresholds, from each cell to each of the same digit, of one step's delay."""
    rows, columns = kicks.shape
    lane, row, column = np.indices((lanes, rows, columns)).reshape(3, -1)
    pre, post = np.array(below)[lane * rows + row], np.array(above)[lane * columns + column]
    given = {"weight": np.tile(kicks.ravel(), lanes), "delay": np.full(len(pre), 1e3 * dt)}
    nest.Connect(pre, post, "one_to_one", given)


def injected(spikes: np.ndarray, width: int, lanes: int, dt: float) -> Any:
    """Relays that send these spikes (m, 3), one step late: NEST's generators may not fire at time 0."""
    generators, relays = nest.Create("spike_generator", lanes * width), nest.Create("parrot_neuron", lanes * width)
    source = spikes[:, 1] * width + spikes[:, 2]
    times = 1e3 * dt * (1 + spikes[:, 0])
    order = np.lexsort((times, source))
    per_source = np.split(times[order], np.cumsum(np.bincount(source, minlength=lanes * width))[:-1])
    generators.set([{"spike_times": some} for some in per_source])
    nest.Connect(generators, relays, "one_to_one", {"delay": 1e3 * dt})
    return relays


def network_spikes(
    network: SpikingNetwork, drives: np.ndarray, inputs: np.ndarray | None, *, steps: int, dt: float
) -> list[np.ndarray]:
    """Every spike of each layer, arrays (m, 3) of step, digit and cell, in that order.

    `drives` (n, cells), thresholds, are the steady ones of the first layer for each digit; `inputs` (m, 3) the spikes
    that enter it, None where there are none. Of `steps` steps of `dt` (s).
    """
    begin(dt)
    lanes, cell, widths = len(drives), network.cell, network.sizes[1:]
    layers = [nest.Create("iaf_psc_exp", lanes * width, constants(cell)) for width in widths]
    recorders = [recorded(layer) for layer in layers]
    kicks = [weights / cell.tau_syn for weights in network.weights]
    for below, above, kick in zip(layers, layers[1:], kicks[1:], strict=False):
        join(below, above, kick, lanes, dt)
    first = 0 if inputs is None else 2  # from a generator to its relay, and on to the cell
    if inputs is not None:
        join(injected(inputs, network.sizes[0], lanes, dt), layers[0], kicks[0], lanes, dt)
    steady = [drives, *(np.tile(bias, (lanes, 1)) for bias in network.biases[1:])]
    if first:
        nest.Simulate(1e3 * dt * first)
    for layer, drive in zip(layers, steady, strict=True):
        layer.I_e = drive.ravel().astype(float)
        nest.Simulate(1e3 * dt)
    nest.Simulate(1e3 * dt * (steps - 1))
    spikes = [
        found(recorder, layer[0].global_id, width, dt, first + late)
        for late, (recorder, layer, width) in enumerate(zip(recorders, layers, widths, strict=True))
    ]
    return [some[some[:, 0] < steps] for some in spikes]


def steady_counts(cell: LIF, drives: np.ndarray, *, duration: float, dt: float) -> np.ndarray:
    """(n,): how often cells under steady drives fire in `duration` (s) from rest, in steps of `dt` (s)."""
    begin(dt)
    cells = nest.Create("iaf_psc_exp", len(drives), constants(cell))
    cells.I_e = drives
    recorder = recorded(cells)
    nest.Simulate(1e3 * duration)
    return np.bincount(np.asarray(recorder.events["senders"]) - cells[0].global_id, minlength=len(drives))
