"""The error budget: every point lost between a standard network and its spiking twin, cause by cause.

Between the two lie steps, each a network that can be run, each with one more of the cell's habits than the last:

    MLP            the standard network itself
    clipped        activations limited to what the cells' highest rate 1/t_ref could tell in proportion
    f-I curve      activations are rates in closed form, F(J) of the constant drive (Siegert's with noise), told to the
                   next layer as γ F + δ; a float reads the output
    finite time    rates are whole numbers of spikes in the time given: layers simulated one by one, each under the
                   constant drive that the mean rates below make, in steps an eighth of dt
    finite dt      the same in steps of dt
    spikes         all hidden layers at once, each fed by the spikes of the one below; a float reads the output
    output cells   the verdict is that of the spiking output cells
    an input       the digits come as spikes, through the eye or at random

What one step loses against the step before it is put down to that habit; the losses add up to the whole by
construction. (Taken in another order, causes that act together would share their losses otherwise.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bio import Response, SpikingNetwork, Stimulus
from compare.mapping import weighted_sums
from compare.pair import Twin
from compare.parallel import Job, run_all
from compare.score import mcnemar, rounded_floats, wilson
from data import Digits

FINER = 8  # how many times finer than dt the steps of "finite time" are
BATCH = 2_000  # digits at once in closed form, which bounds its memory


@dataclass(frozen=True, eq=False)
class Step:
    """One network on the way.

    name      of the step, or of the input
    answers   (n,): the class that each digit was taken for
    told      one array (n, units) a layer: its activations, as the next layer, or the reader, is told them
    """

    name: str
    answers: np.ndarray
    told: list[np.ndarray]


@dataclass(frozen=True)
class Loss:
    """What a step costs.

    accuracy, interval  of the step's network, a fraction, with Wilson's 95 %
    lost                fraction of digits lost against the step before; negative where digits were won
    error               standard error of `lost`, from the digits that only one of the two got right
    p                   of McNemar's exact test that the two are equally often right
    same                fraction of digits on which it answers as the MLP does
    rmse                by layer, of the activations told, in activation units
    """

    name: str
    accuracy: float
    interval: tuple[float, float]
    lost: float
    error: float
    p: float
    same: float
    rmse: list[float]


@dataclass(frozen=True, eq=False)
class Budget:
    """A twin's account: the steps' losses, first the MLP (which loses nothing), then up to each input."""

    twin: Twin
    digits: int
    losses: list[Loss]

    def as_json(self) -> dict[str, Any]:
        """Plain lists, numbers and text."""
        steps = [rounded_floats(vars(loss)) for loss in self.losses]
        return {"name": self.twin.name, "digits": self.digits, "steps": steps}


def budget(
    twin: Twin,
    digits: Digits,
    *,
    inputs: Sequence[str] = ("poisson",),
    workers: int | None = None,
    on_done: Callable[[int], None] = lambda digits: None,
) -> Budget:
    """The account of a twin on some digits, its input first a steady current, then each of `inputs` instead.

    Calls `on_done` with numbers of digits as they are simulated, `simulations` times all of them.
    """
    found = list(steps(twin, digits, inputs, workers, on_done))
    truth, first = digits.labels, found[0]
    losses, before = [], first
    for now in found:
        right, earlier = now.answers == truth, before.answers == truth
        losses.append(
            Loss(
                name=now.name,
                accuracy=float(right.mean()),
                interval=wilson(right),
                lost=float(earlier.mean() - right.mean()),
                error=float(np.std(earlier.astype(int) - right) / np.sqrt(len(truth))),
                p=mcnemar(earlier, right),
                same=float((now.answers == first.answers).mean()),
                rmse=[
                    float(np.sqrt(np.mean((told - true) ** 2))) for told, true in zip(now.told, first.told, strict=True)
                ],
            )
        )
        before = now if now.name not in inputs else before  # inputs stand beside each other, not one on the other
    return Budget(twin, len(digits), losses)


def simulations(twin: Twin, inputs: Sequence[str]) -> int:
    """How many times all digits are simulated for a budget."""
    return 2 * (len(twin.network.sizes) - 2) + 1 + len(inputs)


def steps(
    twin: Twin,
    digits: Digits,
    inputs: Sequence[str],
    workers: int | None,
    on_done: Callable[[int], None],
) -> Iterator[Step]:
    """The networks from the MLP to the spiking twin, in order, as they answer the digits."""
    sums = weighted_sums(twin.model, digits.images)
    true = [twin.mapping.curve(layer)(z) for layer, z in enumerate(sums)]
    yield Step("MLP", sums[-1].argmax(axis=1), true)
    yield clipped(twin, digits)
    yield read_by_float(twin, "f-I curve", closed_form(twin, digits))
    for name, finer in (("finite time", FINER), ("finite dt", 1)):
        yield read_by_float(twin, name, one_by_one(twin, digits, twin.dt / finer, workers, on_done))
    for name in ("current", *inputs):
        ((response, _),) = run_all([replace(twin, input=name).job(digits)], workers=workers, on_done=on_done)
        rates = [counts / twin.duration for counts in response.counts]
        if name == "current":
            yield read_by_float(twin, "spikes", rates[:-1])
        told = [layer.gain * rate + layer.offset for layer, rate in zip(twin.mapping.layers, rates, strict=True)]
        yield Step("output cells" if name == "current" else name, answers(response), told)


def answers(response: Response) -> np.ndarray:
    """(n,): the verdicts of the output cells at the end."""
    return response.verdicts[:, -1].astype(np.int64)


def clipped(twin: Twin, digits: Digits) -> Step:
    """The standard network, its hidden activations kept from 0 to λ · ceiling/r_max."""
    with np.errstate(divide="ignore"):
        ceiling = np.divide(1.0, twin.cell.t_ref) / twin.mapping.r_max
    told: list[np.ndarray] = []
    below, last = digits.images, len(twin.model.weights) - 1
    for layer, (weights, bias) in enumerate(zip(twin.model.weights, twin.model.biases, strict=True)):
        sums = below @ weights + bias
        below = twin.mapping.curve(layer)(sums)
        if layer < last:
            below = np.clip(below, 0, twin.mapping.layers[layer].unit * ceiling)
        told.append(below)
    return Step("clipped", sums.argmax(axis=1), told)


def closed_form(twin: Twin, digits: Digits) -> list[np.ndarray]:
    """The rates (n, cells) in Hz of each hidden layer, as its closed form gives them for the rates below."""
    parts = []
    for start in range(0, len(digits), BATCH):
        below, layers = digits.images[start : start + BATCH] * twin.mapping.r_max, []
        for weights, bias in zip(twin.network.weights[:-1], twin.network.biases[:-1], strict=True):
            below = twin.cell.rate(below @ weights + bias)
            layers.append(below)
        parts.append(layers)
    return [np.concatenate(layer) for layer in zip(*parts, strict=True)]


def one_by_one(
    twin: Twin, digits: Digits, dt: float, workers: int | None, on_done: Callable[[int], None]
) -> list[np.ndarray]:
    """The rates (n, cells) in Hz of each hidden layer, simulated alone under the mean currents of the rates below."""
    images, r_max = digits.images, twin.mapping.r_max
    layers = []
    for number, (weights, bias) in enumerate(zip(twin.network.weights[:-1], twin.network.biases[:-1], strict=True)):
        network = SpikingNetwork((weights,), (bias,), twin.cell)
        seed = twin.seed + number if number else twin.seed  # other noise in other layers
        stimulus = Stimulus(images, digits.index, "current", r_max=r_max, seed=seed)
        ((response, _),) = run_all(
            [Job(network, stimulus, twin.duration, dt, twin.engine)], workers=workers, on_done=on_done
        )
        rates = response.counts[0] / twin.duration
        layers.append(rates)
        r_max = float(rates.max()) or 1.0
        images = (rates / r_max).astype(np.float32)
    return layers


def read_by_float(twin: Twin, name: str, rates: list[np.ndarray]) -> Step:
    """The step in which hidden layers fire at these rates (n, cells), and weighted sums of the last are the output."""
    mapped = twin.mapping.layers
    told = [layer.gain * rate + layer.offset for layer, rate in zip(mapped, rates, strict=False)]
    below = rates[-1]
    drive = below @ twin.network.weights[-1] + twin.network.biases[-1]
    sums = (drive - mapped[-1].c0) * (mapped[-1].unit / mapped[-1].c1)
    return Step(name, sums.argmax(axis=1), [*told, twin.mapping.curve(len(mapped) - 1)(sums)])
