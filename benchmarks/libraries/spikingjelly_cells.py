"""SpikingJelly: `LIFNode` cells between `Linear` layers."""

from __future__ import annotations

import torch
from spikingjelly.activation_based import encoding, functional, neuron

from bio.network import verdict
from data import Digits
from libraries.problem import Answers, Peer, Problem
from libraries.torch_modules import linear_layers, set_torch_up


class SpikingJelly(Peer):
    """As documented: the whole network step by step."""

    package = "spikingjelly"
    cells = "leaky"
    batches = (100, 500, 2_000)
    step_mode = "s"

    def __init__(self, problem: Problem) -> None:
        set_torch_up(problem)
        self.problem = problem
        steps = problem.leaky()
        self.first, self.second = linear_layers(steps)
        self.hidden, self.output = (
            neuron.LIFNode(
                tau=1 / (1 - steps.decay), decay_input=False, v_threshold=1.0, v_reset=None, step_mode=self.step_mode
            )
            for _ in range(2)
        )
        self.network = torch.nn.Sequential(self.first, self.hidden, self.second, self.output).eval()
        self.encoder = encoding.PoissonEncoder()

    def batch(self, digits: Digits) -> Answers:  # noqa: D102
        pixels = torch.from_numpy(self.problem.chances(digits.images))
        functional.reset_net(self.network)
        spikes, votes, inputs = self.over_time(pixels)
        voltage = self.output.v.numpy()
        return Answers(verdict(votes.numpy(), voltage), (spikes + votes.sum(dim=1)).numpy(), inputs.numpy())

    def over_time(self, pixels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Of each digit: the spikes of its hidden cells, of each output cell, and of its pixels."""
        random = self.problem.input == "bernoulli"
        spikes, votes, inputs = torch.zeros(len(pixels)), torch.zeros(len(pixels), 10), torch.zeros(len(pixels))
        for _ in range(self.problem.steps):
            shown = self.encoder(pixels) if random else pixels
            fired = self.hidden(self.first(shown))
            votes += self.output(self.second(fired))
            spikes += fired.sum(dim=1)
            if random:
                inputs += shown.sum(dim=1)
        return spikes, votes, inputs


class Hoisted(SpikingJelly):
    """Layer by layer, all steps at once, and the first layer, which is linear, only once for steady currents."""

    step_mode = "m"

    def over_time(self, pixels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:  # noqa: D102
        shape, inputs = (self.problem.steps, *pixels.shape), torch.zeros(len(pixels))
        if self.problem.input == "bernoulli":
            shown = self.encoder(pixels.expand(shape))
            inputs, currents = shown.sum(dim=(0, 2)), self.first(shown)
        else:
            currents = self.first(pixels).expand(shape[0], -1, -1)
        fired = self.hidden(currents)
        votes = self.output(self.second(fired)).sum(dim=0)
        return fired.sum(dim=(0, 2)), votes, inputs
