"""The usual Brian2 script: one network and one run for each digit, explicit synapses (`bio.textbook`)."""

from __future__ import annotations

import numpy as np

from bio import LIF, Stimulus
from bio.textbook import spikes_of_one_digit
from data import Digits
from libraries.problem import Answers, Peer, Problem


class Script(Peer):
    """One digit at a time, numpy target, one process."""

    package = "brian2"
    cells = "leaky, refractory, synaptic currents"
    batches = (1,)

    def __init__(self, problem: Problem) -> None:
        self.problem, self.network = problem, problem.network(LIF())

    def batch(self, digits: Digits) -> Answers:  # noqa: D102
        problem = self.problem
        kind = "current" if problem.input == "current" else "poisson"
        stimulus = Stimulus(digits.images, digits.index, kind, r_max=problem.r_max, seed=problem.seed)
        source, *layers = spikes_of_one_digit(
            self.network, stimulus, duration=problem.steps * problem.dt, dt=problem.dt
        )
        output = np.bincount(layers[-1][:, 1], minlength=self.network.sizes[-1])
        spikes = sum(len(layer) for layer in layers)
        return Answers(np.array([output.argmax()]), np.array([spikes]), np.array([len(source)]))
