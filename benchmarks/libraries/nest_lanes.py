"""NEST: `iaf_psc_exp` cells, leaky and refractory, with synaptic currents, integrated exactly."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from bio import LIF
from bio.network import verdict
from data import Digits
from libraries.problem import Answers, Peer, Problem

os.environ["PYNEST_QUIET"] = "1"  # no banner
import nest

PAUSE = 25.0  # ms between digits, in which synaptic currents, which NEST lets nobody set, die away


class Nest(Peer):
    """Copies of the network side by side in one kernel, each with its own synapses."""

    package = "nest-simulator"
    cells = "leaky, refractory, synaptic currents"
    batches = (1, 10, 50)  # of which 50 with random input have 4 million synapses

    def __init__(self, problem: Problem) -> None:
        self.problem, self.cell = problem, LIF(reset="zero")
        self.network = problem.network(self.cell)
        self.lanes = 0

    def build(self, lanes: int) -> None:
        """So many copies. Voltages are in mV above rest with the threshold at 1; drives are pA, since C is τ_m."""
        self.lanes, cell, dt = lanes, self.cell, 1e3 * self.problem.dt
        nest.verbosity = nest.VerbosityLevel.ERROR
        nest.ResetKernel()
        nest.set(resolution=dt, local_num_threads=self.problem.threads, rng_seed=self.problem.seed + 1)
        constants = {"E_L": 0.0, "V_m": 0.0, "V_reset": 0.0, "V_th": 1.0, "t_ref": 1e3 * cell.t_ref}
        constants |= {"tau_m": 1e3 * cell.tau_m, "C_m": 1e3 * cell.tau_m}
        constants |= {"tau_syn_ex": 1e3 * cell.tau_syn, "tau_syn_in": 1e3 * cell.tau_syn}
        self.layers = [nest.Create("iaf_psc_exp", lanes * width, constants) for width in self.network.sizes[1:]]
        self.recorders = [self.recorded(layer) for layer in self.layers]
        kicks = [weights / cell.tau_syn for weights in self.network.weights]
        self.joined(self.layers[0], self.layers[1], kicks[1])
        if self.problem.input == "bernoulli":
            pixels = lanes * self.network.sizes[0]
            self.sources, relays = nest.Create("poisson_generator", pixels), nest.Create("parrot_neuron", pixels)
            nest.Connect(self.sources, relays, "one_to_one", {"delay": dt})
            self.joined(relays, self.layers[0], kicks[0])
            self.recorders.append(self.recorded(relays))

    def recorded(self, cells: Any) -> Any:
        """A recorder of the cells' spikes, and which they are."""
        recorder = nest.Create("spike_recorder")
        nest.Connect(cells, recorder)
        return recorder, cells[0].global_id, len(cells)

    def joined(self, below: Any, above: Any, kicks: np.ndarray) -> None:
        """Synapses from each cell to each within a copy, of weights (below, above), with a delay of one step."""
        rows, columns = kicks.shape
        pairs = np.indices((self.lanes, rows, columns)).reshape(3, -1)
        pre, post = pairs[0] * rows + pairs[1], pairs[0] * columns + pairs[2]
        strength = {"weight": np.tile(kicks.ravel(), self.lanes), "delay": np.full(len(pre), 1e3 * self.problem.dt)}
        nest.Connect(np.array(below)[pre], np.array(above)[post], "one_to_one", strength)

    def batch(self, digits: Digits) -> Answers:  # noqa: D102
        if len(digits) != self.lanes:
            self.build(len(digits))
        images = digits.images
        drives = [np.tile(bias, (self.lanes, 1)) for bias in self.network.biases]
        if self.problem.input == "current":
            drives[0] += images * self.problem.r_max @ self.network.weights[0]
        else:
            self.sources.rate = (images * self.problem.r_max).ravel()
        for layer, drive in zip(self.layers, drives, strict=True):
            layer.set(V_m=0.0)
            layer.I_e = drive.ravel()
        for recorder, *_ in self.recorders:
            recorder.n_events = 0
        nest.Simulate(1e3 * self.problem.dt * self.problem.steps)
        counts, voltage = [self.counted(*recorded) for recorded in self.recorders], np.array(self.layers[-1].V_m)
        self.rest()
        hidden, output, *source = (count.reshape(self.lanes, -1) for count in counts)
        inputs = source[0].sum(axis=1) if source else np.zeros(len(digits))
        won = verdict(output, voltage.reshape(self.lanes, -1))
        return Answers(won, hidden.sum(axis=1) + output.sum(axis=1), inputs)

    def counted(self, recorder: Any, first: int, cells: int) -> np.ndarray:
        """(cells,): the spikes of each."""
        return np.bincount(np.asarray(recorder.events["senders"]) - first, minlength=cells)

    def rest(self) -> None:
        """Nothing is shown for a while."""
        for layer in self.layers:
            layer.set(I_e=0.0)
        if self.problem.input == "bernoulli":
            self.sources.set(rate=0.0)
        nest.Simulate(PAUSE)
