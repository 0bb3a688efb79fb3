"""Nengo: its `LIF` cells, which interpolate the time of a spike within a step, and `Lowpass` synapses."""

from __future__ import annotations

import nengo
import numpy as np

from bio import LIF
from data import Digits
from libraries.problem import Answers, Peer, Problem


class Nengo(Peer):
    """Copies of the network side by side in one `Simulator`; the weights between them are a `Node`."""

    package = "nengo"
    cells = "leaky, refractory, synaptic currents"
    batches = (1, 10, 100, 500)

    def __init__(self, problem: Problem) -> None:
        self.problem, self.cell = problem, LIF()
        self.network, self.rng = problem.network(self.cell), np.random.default_rng(problem.seed)
        self.lanes = 0

    def built(self, lanes: int) -> nengo.Network:
        """The copies; spikes reach a synapse as 1/dt for a step, so that weights are drives per Hz."""
        (w1, w2), tau, widths = self.network.weights, self.cell.tau_syn, self.network.sizes[1:]
        kind = nengo.LIF(
            tau_rc=self.cell.tau_m,
            tau_ref=self.cell.t_ref,
            min_voltage=-np.inf,
            initial_state={"voltage": nengo.dists.Choice([0])},
        )
        with nengo.Network(seed=self.problem.seed) as net:
            layers = [
                nengo.Ensemble(
                    lanes * width, 1, neuron_type=kind, gain=np.ones(lanes * width), bias=np.tile(bias, lanes)
                )
                for width, bias in zip(widths, self.network.biases, strict=True)
            ]
            if self.problem.input == "current":
                source = nengo.Node(lambda t: self.steady.ravel(), size_out=lanes * widths[0])
                nengo.Connection(source, layers[0].neurons, synapse=None)
            else:
                source = nengo.Node(lambda t: (self.random_spikes() @ w1).ravel(), size_out=lanes * widths[0])
                nengo.Connection(source, layers[0].neurons, synapse=tau)
            weigh = nengo.Node(
                lambda t, x: (x.reshape(lanes, -1) @ w2).ravel(), size_in=lanes * widths[0], size_out=lanes * widths[1]
            )
            nengo.Connection(layers[0].neurons, weigh, synapse=None)
            nengo.Connection(weigh, layers[1].neurons, synapse=tau)
            for number, layer in enumerate(layers):
                nengo.Connection(layer.neurons, self.counter(number, lanes * widths[number]), synapse=None)
        return net

    def counter(self, number: int, size: int) -> nengo.Node:
        """Adds up the spikes of a layer."""

        def count(t: float, x: np.ndarray) -> None:
            self.counts[number] += x.reshape(self.counts[number].shape) * self.problem.dt

        return nengo.Node(count, size_in=size)

    def random_spikes(self) -> np.ndarray:
        """(lanes, 784): 1/dt where a pixel sends a spike."""
        lit = self.rng.random(self.chance.shape, np.float32) < self.chance
        self.inputs += np.count_nonzero(lit, axis=1)
        return lit / self.problem.dt

    def batch(self, digits: Digits) -> Answers:  # noqa: D102
        self.chance, self.inputs = self.problem.chances(digits.images), np.zeros(len(digits), int)
        self.steady = self.chance / self.problem.dt @ self.network.weights[0]
        self.counts = [np.zeros((len(digits), width)) for width in self.network.sizes[1:]]
        if len(digits) != self.lanes:
            self.lanes = len(digits)
            self.simulator = nengo.Simulator(self.built(self.lanes), dt=self.problem.dt, progress_bar=False)
        self.simulator.reset()
        self.inputs[:], self.counts = 0, [np.zeros_like(count) for count in self.counts]  # it asks nodes at once
        self.simulator.run_steps(self.problem.steps, progress_bar=False)
        spikes = sum(count.sum(axis=1) for count in self.counts)
        return Answers(self.counts[-1].round().argmax(axis=1), spikes, self.inputs)
