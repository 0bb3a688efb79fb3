"""What a digit costs in multiply-adds, and in spikes: tasks 6.3 and 6.4."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from compare.experiments.energy import ADD, MULTIPLY_ADD
from compare.lab import twins
from compare.lab.checks.expect import agree, function, number
from compare.lab.checks.lab6.student import LAB, Lab6

Array = np.ndarray


@LAB.task(
    "6.3",
    "the network's bill",
    points=1,
    hints=(
        "How often is something multiplied and added, for one digit? Once for each …",
        "Weights between neighbouring layers, times 4.6 pJ; a nanojoule is a thousand picojoules.",
        "sum(before × units for neighbouring layers) × 4.6 / 1000.",
    ),
)
def check_dense(me: Lab6, dense: Any) -> str:
    """A multiply-add a weight."""
    asked, cases = function(dense, "dense"), [twins.SIZES, (50, 20, 10), (30, 7, 9, 5)]
    found = np.array([number(asked(sizes), "dense(sizes)") for sizes in cases])
    weights = np.array([sum(a * b for a, b in pairwise(sizes)) for sizes in cases], float)
    units = np.array([sum(sizes) for sizes in cases], float)
    firsts = np.array([sizes[0] for sizes in cases])
    right = MULTIPLY_ADD * weights
    mistakes = {
        "These are picojoules: a nanojoule has a thousand of them.": 1e3 * right,
        "These are joules; in nanojoules the number is easier to read.": 1e-9 * right,
        "You pay an addition for each weight; a weight is multiplied first.": ADD * weights,
        "You count multiply-adds: each costs 4.6 pJ.": weights,
        "You pay for each unit; the work is in what joins them.": MULTIPLY_ADD * units,
        "The biases are in your bill: they are added, not multiplied, and we leave them out.": MULTIPLY_ADD
        * (weights + units - firsts),
        "Multiplication and addition are one operation here: 4.6 pJ for both together.": (MULTIPLY_ADD + ADD) * weights,
        "Only the first layer is in your bill.": MULTIPLY_ADD * np.array([s[0] * s[1] for s in cases]),
        "You multiply all layers with each other: only neighbours are joined.": MULTIPLY_ADD
        * np.array([np.prod(s) for s in cases]),
    }
    otherwise = (
        f"For layers of 50, 20 and 10 units there are {weights[1]:.0f} weights, and your bill says {found[1]:.3g} nJ."
    )
    agree(found, right, mistakes, otherwise, tolerance=1e-7)
    return f"{right[0]:.0f} nJ a digit."


@LAB.task(
    "6.4",
    "the twin's bill",
    points=2,
    hints=(
        "A spike of an input cell arrives at how many synapses? And one of a hidden cell?",
        "A spike costs an addition in each cell of the *next* layer. To whom do the output cells send their spikes?",
        "sum of fired[l] × sizes[l + 1] over all layers but the last, times 0.9 pJ, in nanojoules.",
    ),
)
def check_spiking(me: Lab6, spiking: Any) -> str:
    """An addition for each synapse of each spike."""
    asked = function(spiking, "spiking")
    cases = [
        ((2030.0, 362.0, 18.0), twins.SIZES),
        ((100.0, 30.0, 8.0), (50, 20, 10)),
        ((9.0, 5.0, 7.0, 3.0), (30, 7, 9, 5)),
    ]
    found = np.array([number(asked(list(f), s), "spiking(fired, sizes)") for f, s in cases])

    def bill(count: Any, price: float = ADD) -> Array:
        return price * np.array([count(f, s) for f, s in cases])

    def events(fired: Any, sizes: Any) -> float:
        return float(np.dot(fired[:-1], sizes[1:]))

    right = bill(events)
    mistakes = {
        "You pay once for each spike; it arrives at every cell of the next layer.": bill(lambda f, s: sum(f)),
        "You pay once for each spike that is sent on; it arrives at every cell of the next layer.": bill(
            lambda f, s: sum(f[:-1])
        ),
        "You count the cells that a spike comes *from*: it pays where it arrives, in the next layer.": bill(
            lambda f, s: np.dot(f[:-1], s[:-1])
        ),
        "You pair each layer's spikes with its own cells: they arrive in the next layer.": bill(
            lambda f, s: np.dot(f, s)
        ),
        "That counts the spikes of the cells that receive, not of those that send.": bill(
            lambda f, s: np.dot(f[1:], s[:-1])
        ),
        "That pairs spikes with cells of their own layer, and leaves the input's spikes out.": bill(
            lambda f, s: np.dot(f[1:], s[1:])
        ),
        "A spike is 1: nothing is multiplied, and an addition costs 0.9 pJ.": bill(events, MULTIPLY_ADD),
        "These are picojoules: a nanojoule has a thousand of them.": 1e3 * right,
        "You count synaptic events: each costs 0.9 pJ.": right / ADD,
        "The output cells send their spikes to nobody here.": bill(lambda f, s: events(f, s) + f[-1]),
        "Only the input's spikes are in your bill: those of hidden cells arrive somewhere, too.": bill(
            lambda f, s: f[0] * s[1]
        ),
        "Every spike pays at all cells of the network: it reaches the next layer only.": bill(
            lambda f, s: sum(f) * sum(s[1:])
        ),
    }
    otherwise = (
        f"100 input spikes and 30 hidden ones in layers of 50, 20 and 10 cells: your bill says {found[1]:.3g} nJ."
    )
    agree(found, right, mistakes, otherwise, tolerance=1e-7)
    return ""
