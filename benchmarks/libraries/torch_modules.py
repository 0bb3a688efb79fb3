"""What the libraries that build upon PyTorch have in common: how it is set up, and the layers as its modules."""

from __future__ import annotations

import torch

from libraries.problem import Problem, Steps


def linear_layers(steps: Steps) -> list[torch.nn.Linear]:
    """One `Linear` a layer, with the weights and biases given."""
    layers = []
    for weights, bias in zip(steps.weights, steps.biases, strict=True):
        layer = torch.nn.Linear(*weights.shape)
        layer.load_state_dict({"weight": torch.from_numpy(weights.T), "bias": torch.from_numpy(bias)})
        layers.append(layer)
    return layers


def set_torch_up(problem: Problem) -> None:
    """As many threads as are allowed, no gradients, random numbers from the seed."""
    torch.set_num_threads(problem.threads)
    torch.set_grad_enabled(False)
    torch.manual_seed(problem.seed)
