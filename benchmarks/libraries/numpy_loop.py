"""Plain loops over time in numpy: what the job comes to where nothing else is asked for."""

from __future__ import annotations

import numpy as np

from bio import LIF
from bio.network import verdict
from data import Digits
from libraries.problem import Answers, Peer, Problem, Steps


class IntegrateAndFire(Peer):
    """Cells that add up what they get: no leak, no refractory time."""

    package = "numpy"
    cells = "no leak"
    batches = (50, 100, 250, 1_000)

    def __init__(self, problem: Problem) -> None:
        self.problem, self.rng = problem, np.random.default_rng(problem.seed)
        self.steps = self.translated(problem)

    def translated(self, problem: Problem) -> Steps:
        """The weights for such cells."""
        return problem.integrate_and_fire()

    def batch(self, digits: Digits) -> Answers:  # noqa: D102
        (w1, w2), (b1, b2), decay = self.steps.weights, self.steps.biases, np.float32(self.steps.decay)
        chance, inputs = self.problem.chances(digits.images), np.zeros(len(digits), int)
        steady = chance @ w1 + b1
        v1, v2 = np.zeros_like(steady), np.zeros((len(digits), len(b2)), np.float32)
        n1, n2 = np.zeros_like(v1), np.zeros_like(v2)
        for _ in range(self.problem.steps):
            if self.problem.input == "bernoulli":
                lit = self.rng.random(chance.shape, np.float32) < chance
                inputs += np.count_nonzero(lit, axis=1)
                steady = lit.astype(np.float32) @ w1 + b1
            if decay != 1:
                v1 *= decay
                v2 *= decay
            v1 += steady
            s1 = (v1 > 1).astype(np.float32)
            v1 -= s1
            n1 += s1
            v2 += s1 @ w2 + b2
            s2 = (v2 > 1).astype(np.float32)
            v2 -= s2
            n2 += s2
        return Answers(verdict(n2, v2), n1.sum(axis=1) + n2.sum(axis=1), inputs)


class Leaky(IntegrateAndFire):
    """The same with a leak."""

    cells = "leaky"

    def translated(self, problem: Problem) -> Steps:  # noqa: D102
        return problem.leaky()


class FullCell(Peer):
    """The very cells of `bio`: leaky and refractory, with currents that decay."""

    package = "numpy"
    cells = "leaky, refractory, synaptic currents"
    batches = (50, 100, 250, 1_000)

    def __init__(self, problem: Problem) -> None:
        cell = LIF()
        self.problem, self.rng, self.held = problem, np.random.default_rng(problem.seed), cell.held_steps(problem.dt)
        network = problem.network(cell)
        self.first = network.weights[0].astype(np.float32) / np.float32(problem.dt)
        self.kicks = [(weights / cell.tau_syn).astype(np.float32) for weights in network.weights]
        self.biases = [bias.astype(np.float32) for bias in network.biases]
        self.decay_m, self.decay_syn = (np.float32(np.exp(-problem.dt / tau)) for tau in (cell.tau_m, cell.tau_syn))
        # what a current adds to the voltage by the end of a step; τ_syn is not τ_m
        share = cell.tau_syn / (cell.tau_syn - cell.tau_m)
        self.transfer = np.float32(share) * (self.decay_syn - self.decay_m)

    def batch(self, digits: Digits) -> Answers:  # noqa: D102
        chance, inputs = self.problem.chances(digits.images), np.zeros(len(digits), int)
        random = self.problem.input == "bernoulli"
        drives = [np.tile(bias, (len(digits), 1)) for bias in self.biases]
        if not random:
            drives[0] += chance @ self.first
        v, g, left = ([np.zeros_like(drive) for drive in drives] for _ in range(3))
        counts = [np.zeros_like(drive) for drive in drives]
        for _ in range(self.problem.steps):
            fired = []
            for k, drive in enumerate(drives):
                free = left[k] <= 0
                v[k] += free * ((1 - self.decay_m) * (drive - v[k]) + self.transfer * g[k])
                g[k] *= self.decay_syn
                now = free & (v[k] > 1)
                v[k] -= now
                left[k] = np.where(now, self.held, left[k] - 1)
                counts[k] += now
                fired.append(now)
            if random:
                lit = self.rng.random(chance.shape, np.float32) < chance
                inputs += np.count_nonzero(lit, axis=1)
                g[0] += lit.astype(np.float32) @ self.kicks[0]
            g[1] += fired[0].astype(np.float32) @ self.kicks[1]
        return Answers(verdict(counts[-1], v[-1]), sum(count.sum(axis=1) for count in counts), inputs)
