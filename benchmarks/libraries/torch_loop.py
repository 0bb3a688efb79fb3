"""Plain loops over time in PyTorch, no library of spiking cells: the loops of `numpy_loop` once more."""

from __future__ import annotations

import torch

from bio.network import verdict
from data import Digits
from libraries.problem import Answers, Peer, Problem, Steps
from libraries.torch_modules import set_torch_up


class IntegrateAndFire(Peer):
    """Cells that add up what they get: no leak, no refractory time."""

    package = "torch"
    cells = "no leak"
    batches = (50, 100, 250, 1_000)

    def __init__(self, problem: Problem) -> None:
        set_torch_up(problem)
        self.problem = problem
        steps = self.translated(problem)
        self.weights = [torch.from_numpy(weights) for weights in steps.weights]
        self.biases = [torch.from_numpy(bias) for bias in steps.biases]
        self.decay = steps.decay

    def translated(self, problem: Problem) -> Steps:
        """The weights for such cells."""
        return problem.integrate_and_fire()

    def batch(self, digits: Digits) -> Answers:  # noqa: D102
        (w1, w2), (b1, b2) = self.weights, self.biases
        chance = torch.from_numpy(self.problem.chances(digits.images))
        inputs = torch.zeros(len(digits))
        steady = torch.addmm(b1, chance, w1)
        v1, v2 = torch.zeros_like(steady), torch.zeros(len(digits), len(b2))
        n1, n2 = torch.zeros_like(v1), torch.zeros_like(v2)
        for _ in range(self.problem.steps):
            if self.problem.input == "bernoulli":
                lit = torch.bernoulli(chance)
                inputs += lit.sum(dim=1)
                steady = torch.addmm(b1, lit, w1)
            if self.decay != 1:
                v1 *= self.decay
                v2 *= self.decay
            v1 += steady
            s1 = (v1 > 1).float()
            v1 -= s1
            n1 += s1
            v2 += torch.addmm(b2, s1, w2)
            s2 = (v2 > 1).float()
            v2 -= s2
            n2 += s2
        spikes = n1.sum(dim=1) + n2.sum(dim=1)
        return Answers(verdict(n2.numpy(), v2.numpy()), spikes.numpy(), inputs.numpy())


class Leaky(IntegrateAndFire):
    """The same with a leak."""

    cells = "leaky"

    def translated(self, problem: Problem) -> Steps:  # noqa: D102
        return problem.leaky()
