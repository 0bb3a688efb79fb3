"""The spiking network: layers of LIF cells, each spike adding a decaying current to the cells of the next layer.

    τ_m dv/dt = J + g - v  (held while refractory)        τ_syn dg/dt = -g,  and g += w/τ_syn with each spike
    at v > 1: a spike, and v is reset

In threshold units. A weight w is the charge of a spike, in thresholds · s: a cell that fires at r Hz adds a mean drive
of w · r, whatever τ_syn. A spike of one step reaches the next layer in the following one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bio.lif import LIF

Arrays = tuple[np.ndarray, ...]
NEVER = -1e3  # a drive that no input overcomes, in thresholds: that of a silenced cell
SAMPLE = 5e-3  # how often the output is asked for its verdict, s
MOST_STEPS = 1_000_000  # of a simulation: 1,000 s in steps of 1 ms, far beyond what a digit needs


@dataclass(frozen=True, eq=False)
class SpikingNetwork:
    """A network as its numbers. Raises ValueError where they do not fit together.

    weights  one array (inputs, cells) a layer: mean drive per Hz of the presynaptic cell, in thresholds · s
    biases   one array (cells,) a layer: the constant drive, in thresholds
    cell     what all its cells are
    """

    weights: Arrays
    biases: Arrays
    cell: LIF

    def __post_init__(self) -> None:
        shapes = [weights.shape for weights in self.weights]
        if not shapes or len(shapes) != len(self.biases):
            raise ValueError(f"{len(shapes)} weight and {len(self.biases)} bias arrays: give one of each a layer")
        for below, shape, bias in zip([shapes[0], *shapes], shapes, self.biases, strict=False):
            if (shape is not shapes[0] and below[1] != shape[0]) or bias.shape != shape[1:]:
                raise ValueError(f"weights {shapes} and biases {[b.shape for b in self.biases]} do not fit together")

    @property
    def sizes(self) -> tuple[int, ...]:
        """Numbers of cells, from the inputs to the outputs."""
        return (self.weights[0].shape[0], *(len(bias) for bias in self.biases))


@dataclass(frozen=True, eq=False)
class Response:
    """What a network did with n digits.

    counts    one array (n, cells) a layer: spikes of each cell, int32
    input     (n,): spikes that entered the first layer, int64; 0 for steady currents
    voltage   (n, 10): of the output cells at the end, in threshold units
    times     (k,): when the verdict was asked, every 5 ms and at the end, s
    verdicts  (n, k): the class that each digit was taken for by then, int8
    """

    counts: Arrays
    input: np.ndarray
    voltage: np.ndarray
    times: np.ndarray
    verdicts: np.ndarray

    def __len__(self) -> int:
        return len(self.verdicts)

    def __getitem__(self, which: slice) -> Response:
        counts = tuple(layer[which] for layer in self.counts)
        return Response(counts, self.input[which], self.voltage[which], self.times, self.verdicts[which])

    @staticmethod
    def join(parts: Sequence[Response]) -> Response:
        """The responses to several batches, one after the other."""
        layers = zip(*(part.counts for part in parts), strict=True)
        return Response(
            tuple(np.concatenate(layer) for layer in layers),
            np.concatenate([part.input for part in parts]),
            np.concatenate([part.voltage for part in parts]),
            parts[0].times,
            np.concatenate([part.verdicts for part in parts]),
        )


@dataclass(frozen=True, eq=False)
class Recording:
    """Every spike and voltage of a few digits; one entry a layer, the input cells (or currents) first.

    spikes    arrays (m, 3): step, digit, cell of each spike; step k ends at time (k + 1) · dt
    voltages  arrays (steps, n, cells), in threshold units, after each step; None for input cells
    """

    spikes: Arrays
    voltages: tuple[np.ndarray | None, ...]


def verdict(counts: np.ndarray, voltage: np.ndarray) -> np.ndarray:
    """The class (n,) whose output cell fired most, of counts (n, 10); between equals, the one closest to threshold."""
    return np.where(counts == counts.max(axis=1, keepdims=True), voltage, -np.inf).argmax(axis=1)


def check_time(duration: float, dt: float) -> int:
    """The number of steps in `duration`, to the nearest. Raises ValueError where there is not at least one."""
    for name, value in (("duration", duration), ("dt", dt)):
        if not 0 < value < np.inf:
            raise ValueError(f"{name} must be above 0 ms, got {value * 1e3:g}: choose a positive time")
    if dt > duration * (1 + 1e-9):
        raise ValueError(f"dt {dt * 1e3:g} ms is longer than the duration {duration * 1e3:g} ms: shorten it")
    if duration / dt > MOST_STEPS:
        raise ValueError(
            f"duration {duration * 1e3:g} ms has {duration / dt:.3g} steps of dt {dt * 1e3:g} ms: "
            f"at most {MOST_STEPS:,} are simulated: shorten it, or choose a longer dt"
        )
    return round(duration / dt)


def sample_steps(steps: int, dt: float) -> list[int]:
    """After which steps the output is asked for its verdict: every `SAMPLE`, and the last."""
    every = max(1, round(SAMPLE / dt))
    return [*range(every, steps, every), steps]
