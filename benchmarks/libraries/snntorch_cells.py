"""snnTorch: `Leaky` cells between `Linear` layers, in the loop over time of its tutorials."""

from __future__ import annotations

import snntorch
import torch
from snntorch import spikegen

from bio.network import verdict
from data import Digits
from libraries.problem import Answers, Peer, Problem
from libraries.torch_modules import linear_layers, set_torch_up


class SnnTorch(Peer):
    """As documented: both layers computed in every step. Its reset follows a step after the spike, undecayed."""

    package = "snntorch"
    cells = "leaky"
    batches = (100, 500, 2_000)
    hoisted = False

    def __init__(self, problem: Problem) -> None:
        set_torch_up(problem)
        steps = problem.leaky()
        self.problem = problem
        self.first, self.second = linear_layers(steps)
        self.hidden = snntorch.Leaky(beta=steps.decay, threshold=1.0, reset_mechanism="subtract")
        self.output = snntorch.Leaky(beta=steps.decay, threshold=1.0, reset_mechanism="subtract")

    def batch(self, digits: Digits) -> Answers:  # noqa: D102
        pixels = torch.from_numpy(self.problem.chances(digits.images))
        random, steps = self.problem.input == "bernoulli", self.problem.steps
        shown = spikegen.rate(pixels, num_steps=steps) if random else pixels.expand(steps, -1, -1)
        if self.hoisted:
            currents = self.first(shown) if random else self.first(pixels).expand(steps, -1, -1)
        hidden, output = self.hidden.reset_mem(), self.output.reset_mem()
        spikes, votes = torch.zeros(len(digits)), torch.zeros(len(digits), self.second.out_features)
        for step in range(steps):
            fired, hidden = self.hidden(currents[step] if self.hoisted else self.first(shown[step]), hidden)
            verdicts, output = self.output(self.second(fired), output)
            spikes += fired.sum(dim=1)
            votes += verdicts
        inputs = shown.sum(dim=(0, 2)) if random else torch.zeros(len(digits))
        return Answers(verdict(votes.numpy(), output.numpy()), (spikes + votes.sum(dim=1)).numpy(), inputs.numpy())


class Hoisted(SnnTorch):
    """With the first layer, which is linear, computed for all steps before the loop."""

    hoisted = True
