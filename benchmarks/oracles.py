"""Two strangers vouch for the numbers: NEST for the spikes, PyTorch for the gradient and for the training.

    python benchmarks/oracles.py [--digits 50] [--seed 0] [--only nest]

Every line is a greatest difference beside the greatest that is allowed, whose derivation stands in
`benchmarks/README.md`. Ends with exit code 1 where one is exceeded, and with 2 where a library is missing.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ann import MLP, Training
from ann.training import OPTIMIZERS, one_pass
from bio import LIF, SpikingNetwork, Stimulus, simulate
from bio.batch import Batch
from compare.activations import CELLS
from compare.cache import trained_model
from compare.comparison import CALIBRATION_DIGITS
from compare.mapping import calibrate
from data import Digits, load_digits

STEPS, DT = 100, 1e-3
HALF_DIGIT = 2.0**-24  # what rounding a number to single precision takes at most, relative to it
ROUNDINGS = 1e-10  # relative: a million roundings of double precision, more than any number here has behind it
NETWORKS = ("relu", "sigmoid", "lif")
INPUTS = ("current", "lif", "poisson")
T_REFS, LONG = (0.0, 2e-3, 5e-3), 1.0  # s: of the f-I curves; how long each drive lasts
DRIVES = np.concatenate([[0.0, 0.5, 0.99], np.geomspace(1.001, 50, 400)])  # thresholds


@dataclass(frozen=True)
class Check:
    """A line of the table: what was compared, of how many numbers, the greatest difference, and what is allowed."""

    what: str
    count: int
    difference: float
    allowed: float

    @property
    def holds(self) -> bool:
        """Whether the difference is allowed; one that is no number is not."""
        return self.difference <= self.allowed

    def line(self) -> str:
        """It in Markdown."""
        mark = "✓" if self.holds else "✗"
        return f"| {self.what} | {self.count:,} | {self.difference:.2g} | {self.allowed:.2g} | {mark} |"


# --- spikes, against NEST


def spiking_checks(given: argparse.Namespace) -> Iterator[Check]:
    """f-I curves, and the whole network for each activation and input."""
    import oracle_nest  # noqa: F401  # so that a missing NEST is named before any work

    for t_ref in T_REFS:
        yield from curve_checks(LIF(t_ref=t_ref, reset="zero"))
    learned, test = load_digits("train"), load_digits("test").spread(given.digits)
    for activation in NETWORKS:
        model = trained_model(Training(activation=activation, seed=given.seed), learned)
        cell = replace(CELLS[activation], noise=0.0, reset="zero")
        mapping = calibrate(model, learned.spread(CALIBRATION_DIGITS).images, cell=cell)
        for kind in INPUTS:
            stimulus = Stimulus(test.images.astype(float), test.index, kind, seed=given.seed)
            yield from network_checks(f"{activation}, {kind}", mapping.network(model), stimulus)


def curve_checks(cell: LIF) -> Iterator[Check]:
    """Counts of one cell under steady drives: NEST's, ours, and the closed form's interval in whole steps."""
    from oracle_nest import steady_counts

    theirs = steady_counts(cell, DRIVES, duration=LONG, dt=DT)
    ours = simulate(steady(cell, DRIVES), darkness(), duration=LONG, dt=DT).counts[0][0]
    name = f"f–I curve, t_ref {1e3 * cell.t_ref:g} ms"
    yield Check(f"{name}: spikes, ours and NEST's", len(DRIVES), float(np.abs(ours - theirs).max()), 0)
    expected = counts_in_steps(cell, DRIVES, round(LONG / DT))
    yield Check(f"{name}: spikes, closed form and NEST's", len(DRIVES), float(np.abs(expected - theirs).max()), 0)


def counts_in_steps(cell: LIF, drives: np.ndarray, steps: int) -> np.ndarray:
    """How often the closed form fires in so many steps, where its climb ends with the step that it ends in."""
    fires = drives > 1
    climb = np.ceil(1 / replace(cell, t_ref=0.0).rate(drives[fires]) / DT)
    counts = np.zeros(len(drives))
    counts[fires] = np.maximum((steps - climb) // (climb + cell.held_steps(DT)) + 1, 0)
    return counts


def steady(cell: LIF, drives: np.ndarray) -> SpikingNetwork:
    """Cells that no input reaches, under steady drives."""
    return SpikingNetwork((np.zeros((784, len(drives))),), (drives,), cell)


def darkness() -> Stimulus:
    """One dark picture."""
    return Stimulus(np.zeros((1, 784)), np.zeros(1, int))


def network_checks(name: str, network: SpikingNetwork, stimulus: Stimulus) -> Iterator[Check]:
    """All spikes of all cells in double precision against NEST's, and the counts of the default, single precision."""
    from oracle_nest import network_spikes

    batch = Batch(network, [stimulus], duration=STEPS * DT, dt=DT, dtype=np.float64, record=True)
    batch.run(STEPS * DT)
    entered, *ours = (in_order(spikes) for spikes in batch.recording().spikes)
    drives = np.tile(network.biases[0], (len(stimulus), 1))
    if stimulus.kind == "current":
        drives += stimulus.mean_rates() @ network.weights[0]
    inputs = None if stimulus.kind == "current" else entered
    theirs = network_spikes(network, drives, inputs, steps=STEPS, dt=DT)
    spikes = sum(map(len, theirs))
    yield Check(f"{name}: spikes that only one of us has", spikes, differing(ours, theirs), 0)
    counts = simulate(network, stimulus, duration=STEPS * DT, dt=DT).counts
    off = [np.abs(a - counted(b, a.shape)) for a, b in zip(counts, theirs, strict=True)]
    cells = sum(layer.size for layer in off)
    share = sum(int(np.count_nonzero(layer)) for layer in off) / cells
    lit = np.count_nonzero(stimulus.images) / len(stimulus) if stimulus.kind == "lif" else 0.0
    allowed = single_precision(network, lit)
    yield Check(f"{name}: share of counts that single precision changes", cells, share, allowed)


def single_precision(network: SpikingNetwork, lit: float) -> float:
    """The share of counts that single precision may change, of networks of whose eye `lit` cells a digit see light.

    A voltage carries the roundings of the last τ_m/dt steps, two in each. Where it lies that close to the threshold as
    a step ends, on either side, a spike may move; voltages are taken to be as dense there as if spread over one
    threshold. A count may change where the cell's own spike moved or that of any cell below.
    """
    moved = STEPS * 2 * (2 * network.cell.tau_m / DT * HALF_DIGIT)
    below = np.cumsum([1 + lit, *network.sizes[1:-1]])
    return moved * float(np.average(below, weights=network.sizes[1:]))


def in_order(spikes: np.ndarray) -> np.ndarray:
    """By step, digit and cell."""
    return spikes[np.lexsort(spikes.T[::-1])]


def differing(ours: list[np.ndarray], theirs: list[np.ndarray]) -> float:
    """How many spikes are in one list and not in the other."""
    pairs = ((set(map(tuple, a.tolist())), set(map(tuple, b.tolist()))) for a, b in zip(ours, theirs, strict=True))
    return float(sum(len(a ^ b) for a, b in pairs))


def counted(spikes: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """(n, cells): how many spikes each cell has."""
    found = np.zeros(shape, int)
    np.add.at(found, (spikes[:, 1], spikes[:, 2]), 1)
    return found


# --- learning, against PyTorch


def learning_checks(given: argparse.Namespace) -> Iterator[Check]:
    """Forward, gradient and an epoch of training, for each activation that PyTorch has."""
    import oracle_torch  # noqa: F401

    digits = load_digits("train")
    for activation in ("relu", "sigmoid"):
        for sizes in ((784, 100, 10), (784, 60, 40, 10)):
            yield from gradient_checks(activation, sizes, digits.spread(500), given.seed)
        for optimizer in OPTIMIZERS:
            yield from epoch_checks(activation, optimizer, digits, given.seed)


def gradient_checks(activation: str, sizes: tuple[int, ...], digits: Digits, seed: int) -> Iterator[Check]:
    """The same weights in both, in double precision: activations, loss and gradient."""
    from oracle_torch import Peer

    rng = np.random.default_rng(seed)
    start = MLP.random(sizes, activation=activation, rng=rng, dtype=np.float64)
    model = MLP(start.weights, tuple(rng.normal(size=bias.shape) for bias in start.biases), activation)
    peer, images = Peer.of(model), digits.images.astype(float)
    name = f"{activation} {'-'.join(map(str, sizes))}"
    ours = model.forward(images)
    yield relative(f"{name}: activations", ours, peer.forward(images), ROUNDINGS)
    found, (loss, theirs) = model.gradient(images, np.eye(10)[digits.labels]), peer.gradient(images, digits.labels)
    yield relative(f"{name}: loss", [np.array(found.loss)], [np.array(loss)], ROUNDINGS)
    yield relative(f"{name}: gradient", [*found.weights, *found.biases], theirs, ROUNDINGS)


def epoch_checks(activation: str, optimizer: str, digits: Digits, seed: int) -> Iterator[Check]:
    """One pass of training over all digits, the same batches and steps: weights, biases and the mean loss."""
    from oracle_torch import Peer

    training = Training(activation=activation, optimizer=optimizer, seed=seed, epochs=1).complete()
    step, decay = training.chosen()
    rng = np.random.default_rng(seed)
    model = MLP.random(training.sizes, activation=activation, rng=rng, dtype=np.float64)
    order = rng.permutation(len(digits))
    batches = np.split(order, range(training.batch, len(order), training.batch))
    sizes = (step * 0.5 * (1 + np.cos(np.pi * np.arange(len(batches)) / len(batches)))).astype(np.float32).tolist()
    peer, images = Peer.of(model), digits.images.astype(float)
    rule = OPTIMIZERS[optimizer](model.weights + model.biases, training.momentum)
    loss, _ = one_pass(model, images, digits.labels, order, training, rule, iter(sizes), decay, rng)
    momentum, name = float(np.float32(training.momentum)), f"{activation}, an epoch of {optimizer}"
    theirs = peer.learn(
        peer.optimizer(optimizer, momentum=momentum),
        images,
        digits.labels,
        batches,
        sizes,
        decay=float(np.float32(decay)),
    )
    allowed = 4 * len(batches) * HALF_DIGIT
    yield relative(f"{name}: weights", model.weights + model.biases, peer.parameters(), allowed)
    yield relative(f"{name}: mean loss", [np.array(loss)], [np.array(theirs)], allowed)


def relative(what: str, ours: Sequence, theirs: Sequence, allowed: float) -> Check:
    """The greatest distance of any two arrays, relative to the size of the second: Euclidean, over the whole array."""
    pairs = list(zip(ours, theirs, strict=True))
    off = [float(np.linalg.norm(np.ravel(a - b)) / np.linalg.norm(np.ravel(b))) for a, b in pairs]
    return Check(what, sum(b.size for _, b in pairs), max(off), allowed)


# --- the table

PARTS: dict[str, Callable[[argparse.Namespace], Iterator[Check]]] = {"nest": spiking_checks, "torch": learning_checks}


def main() -> int:
    """Prints the table in Markdown, line by line; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--digits", type=int, default=50, help="test digits that NEST is shown")
    parser.add_argument("--seed", type=int, default=0, help="of training, of input spikes, of weights")
    parser.add_argument("--only", choices=tuple(PARTS), help="one of the two")
    given = parser.parse_args()
    failed, missing = 0, []
    print("| what | numbers | greatest difference | allowed | |\n|---|--:|--:|--:|---|", flush=True)
    for name in [given.only] if given.only else PARTS:
        try:
            for check in PARTS[name](given):
                failed += not check.holds
                print(check.line(), flush=True)
        except ImportError as error:
            missing.append(f"{name} is not here ({error}): make its environment with benchmarks/install.py")
    print("".join(f"\n{line}" for line in missing), file=sys.stderr)
    return 1 if failed else 2 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
