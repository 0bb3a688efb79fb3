"""Do spikes save energy? Multiply-adds against adds, counted layer by layer from the spikes that were really fired.

    MLP, dense           every weight is multiplied and added once
    MLP, skipping zeros  only those that leave a unit, or a pixel, which is not 0
    spikes               an add for each synapse that each spike meets, one for every cell of the next layer
    spikes + updates     and the cells' own equations, solved exactly, in each step

A steady current is no spike: there the first layer costs the spiking network a multiply-add for each weight of a lit
pixel, once a digit, as it costs the MLP that skips zeros. One step of a cell is v ← k + d v + e g, g ← f g, with a k
that stays for the digit: three multiply-adds. A cell without synapses needs one (g = 0): those of the first layer under
a steady current, and those of the eye (dark ones, which never fire, are left out). Noise is one more. In 45 nm and
32-bit float a multiply-add takes 4.6 pJ, an add 0.9 pJ (Horowitz, "Computing's energy problem", ISSCC 2014, 10-14). Not
in any figure: memory traffic, which can cost a hundred times as much, biases, the squashing of sums, comparing with
thresholds, resets, and drawing random numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from compare.experiments.bench import Bench
from compare.experiments.experiment import Experiment, Verdict, by_activation, drawn_by, judged
from compare.experiments.resampling import middle_95, standard_error
from compare.experiments.wording import number, twin_name
from compare.pair import Pair
from compare.style import INPUT_NAMES, NETWORK_NAMES

MULTIPLY_ADD, ADD = 4.6e-3, 0.9e-3  # nJ
SYNAPTIC_STEP, BARE_STEP, NOISE_STEP = 3, 1, 1  # multiply-adds a cell and step: with synapses, without, and of noise


@dataclass(frozen=True)
class Cost:
    """What one way of computing takes a digit, mean over digits.

    multiply_adds, adds  by layer, the first hidden one first
    updates              multiply-adds of the cells' own equations, of all layers and steps together
    energy, error        nJ, and its standard error over digits
    low, high            nJ: 95 % of the digits lie between
    """

    name: str
    multiply_adds: tuple[float, ...]
    adds: tuple[float, ...]
    updates: float
    energy: float
    error: float
    low: float
    high: float

    @property
    def parts(self) -> tuple[float, float, float]:
        """nJ of the first layer's weights, of those above, and of the cells' updates."""
        layers = [MULTIPLY_ADD * m + ADD * a for m, a in zip(self.multiply_adds, self.adds, strict=True)]
        return layers[0], sum(layers[1:]), MULTIPLY_ADD * self.updates


@dataclass(frozen=True)
class Ledger:
    """The four costs of a network and its twin with one input.

    costs       dense, skipping zeros, spikes, spikes + updates
    spikes      spikes a digit that meet a synapse: those of the input and of hidden cells
    per_spike   nJ of their adds, a spike, in the mean
    fixed       nJ of what does not depend on spikes, without updates (a steady current's first layer)
    break_even  spikes a digit at which the twin costs what the MLP does: (spikes, spikes + updates) against dense,
                then against skipping zeros; None where even no spike is too dear
    ann, bio    accuracies
    """

    activation: str
    input: str
    costs: tuple[Cost, Cost, Cost, Cost]
    spikes: float
    per_spike: float
    fixed: float
    break_even: tuple[float | None, float | None, float | None, float | None]
    ann: float
    bio: float


@dataclass(frozen=True)
class Result:
    """A ledger for each network and input, on the same digits."""

    digits: int
    ledgers: tuple[Ledger, ...]


def run(bench: Bench) -> Result:
    """Counts for every network and input of the bench."""
    ledgers = [ledger(bench.pair(activation, name)) for activation in bench.activations for name in INPUT_NAMES]
    return Result(len(bench.digits), tuple(ledgers))


def ledger(pair: Pair) -> Ledger:
    """The four costs of a pair, and where they meet."""
    truth = pair.digits.labels
    dense, skipping, spikes, adds = dense_of(pair), skipping_of(pair), first_layer_of(pair), adds_of(pair)
    steps, none = updates_of(pair), np.zeros_like(adds)
    costs = (
        cost("MLP, dense", dense, none),
        cost("MLP, skipping zeros", skipping, none),
        cost("spikes", spikes, adds),
        cost("spikes + updates", spikes, adds, steps),
    )
    fired = pair.response.input + sum(layer.sum(axis=1) for layer in pair.response.counts[:-1])
    fixed, per_spike = MULTIPLY_ADD * float(spikes.sum(axis=1).mean()), ADD * float(adds.sum() / max(fired.sum(), 1))
    idle = (fixed, fixed + MULTIPLY_ADD * costs[3].updates)
    meets = [break_even(mlp.energy, idly, per_spike) for mlp in costs[:2] for idly in idle]
    return Ledger(
        activation=pair.twin.model.activation,
        input=pair.twin.input,
        costs=costs,
        spikes=float(fired.mean()),
        per_spike=per_spike,
        fixed=fixed,
        break_even=(meets[0], meets[1], meets[2], meets[3]),
        ann=float((pair.ann_answers == truth).mean()),
        bio=float((pair.bio_answers == truth).mean()),
    )


def dense_of(pair: Pair) -> np.ndarray:
    """(n, layers): multiply-adds of every weight."""
    return np.tile([float(weights.size) for weights in pair.twin.model.weights], (len(pair.digits), 1))


def skipping_of(pair: Pair) -> np.ndarray:
    """(n, layers): multiply-adds of the weights behind pixels and units that are not 0."""
    below = [pair.digits.images, *(pair.activations(layer) for layer in range(len(pair.sums) - 1))]
    widths = pair.twin.model.sizes[1:]
    return np.column_stack([np.count_nonzero(b, axis=1) * float(w) for b, w in zip(below, widths, strict=True)])


def first_layer_of(pair: Pair) -> np.ndarray:
    """(n, layers): multiply-adds that a steady current needs for its first layer, else none."""
    lit = skipping_of(pair)
    lit[:, 1 if pair.twin.input == "current" else 0 :] = 0
    return lit


def adds_of(pair: Pair) -> np.ndarray:
    """(n, layers): adds, one for each synapse of each spike that enters the layer."""
    entering = [pair.response.input, *(counts.sum(axis=1) for counts in pair.response.counts[:-1])]
    return np.column_stack([e * float(w) for e, w in zip(entering, pair.twin.network.sizes[1:], strict=True)])


def updates_of(pair: Pair) -> np.ndarray:
    """(n,): multiply-adds of the cells' own equations, over all steps."""
    twin, (_, first, *above) = pair.twin, pair.twin.network.sizes
    cells = (BARE_STEP if twin.input == "current" else SYNAPTIC_STEP) * first + SYNAPTIC_STEP * sum(above)
    noise = NOISE_STEP * (first + sum(above)) if twin.cell.noise else 0
    eye = BARE_STEP * np.count_nonzero(pair.digits.images, axis=1) if twin.input == "lif" else 0
    return round(twin.duration / twin.dt) * (cells + noise + eye + np.zeros(len(pair.digits)))


def cost(name: str, multiply_adds: np.ndarray, adds: np.ndarray, updates: np.ndarray | float = 0.0) -> Cost:
    """The cost of counts a digit: (n, layers), and updates (n,)."""
    energy = MULTIPLY_ADD * (multiply_adds.sum(axis=1) + updates) + ADD * adds.sum(axis=1)
    low, high = middle_95(energy)
    return Cost(
        name=name,
        multiply_adds=tuple(multiply_adds.mean(axis=0).tolist()),
        adds=tuple(adds.mean(axis=0).tolist()),
        updates=float(np.mean(updates)),
        energy=float(energy.mean()),
        error=standard_error(energy),
        low=low,
        high=high,
    )


def break_even(target: float, idle: float, per_spike: float) -> float | None:
    """The spikes at which idle + spikes · per_spike is the target, nJ; None where idling costs more than that."""
    return (target - idle) / per_spike if per_spike and target >= idle else None


def dearer(twin: Cost, mlp: Cost) -> bool:
    """Whether the twin surely costs more."""
    return twin.energy - mlp.energy > 1.96 * float(np.hypot(twin.error, mlp.error))


def interval_of(cost: Cost) -> tuple[float, float] | None:
    """The 95 % interval of the mean; None where every digit costs the same."""
    half = 1.96 * cost.error
    return (cost.energy - half, cost.energy + half) if half > 1e-6 * cost.energy else None


def verdict(result: Result) -> Verdict:
    """It breaks: however it is counted, with the cells' updates or without, against all weights or those behind what is
    not 0, the twins surely cost more."""
    counts = [dearer(x.costs[twin], x.costs[mlp]) for x in result.ledgers for mlp in (0, 1) for twin in (2, 3)]
    word = judged("break", counts)
    best = min(result.ledgers, key=lambda ledger: ledger.costs[3].energy)
    dense, skipping, spikes, full = (number(cost.energy, interval_of(cost), decimals=0) for cost in best.costs)
    nj = [f"{cost.energy:.0f}" for cost in best.costs]
    return Verdict(
        f"nJ a digit, arithmetic only, cheapest twin ({twin_name(best.activation, best.input)})",
        f"all weights {dense}; skipping zeros {skipping}",
        f"spikes {spikes}; with updates {full}",
        word,
        {
            "breaks": f"Spikes save nothing, however it is counted: at best a twin takes {nj[2]} nJ a digit, its "
            f"standard network {nj[1]}.",
            "in part": f"It depends on the count: at best a twin takes {nj[2]} nJ a digit, {nj[3]} with its cells' "
            f"updates; its standard network {nj[0]}, or {nj[1]} skipping zeros.",
            "no break seen": f"Spikes cost no more, however it is counted: at best a twin takes {nj[3]} nJ a "
            f"digit, its standard network {nj[1]}.",
        }[word],
    )


def finding(result: Result) -> str:
    """What each twin costs, and which of the two comes out ahead depending on what is counted."""
    said = []
    for activation, own in by_activation(result.ledgers).items():
        dense, skipping = own[0].costs[0].energy, own[0].costs[1].energy
        twins = ", ".join(
            f"{INPUT_NAMES[ledger.input]} {ledger.costs[2].energy:.0f} ({ledger.costs[3].energy:.0f} with its cells' "
            "updates)"
            for ledger in own
        )
        said.append(
            f"{NETWORK_NAMES[activation]}, nJ a digit: MLP {dense:.0f} dense, {skipping:.0f} skipping zeros; "
            f"twin: {twins}."
        )
    return " ".join([*said, counted(result), "Memory traffic is in none of these."])


def counted(result: Result) -> str:
    """In how many of the twins spiking is cheaper, for each way of counting."""
    n = len(result.ledgers)
    cheaper = [
        sum(ledger.costs[twin].energy < ledger.costs[mlp].energy for ledger in result.ledgers)
        for mlp in (0, 1)
        for twin in (2, 3)
    ]
    each = [{n: f"all {n}", 0: f"none of {n}"}.get(k, f"{k} of {n}") for k in cheaper]
    return (
        f"By spikes alone {each[0]} twins undercut the dense MLP and {each[2]} the one that skips zeros; with updates "
        f"{each[1]} and {each[3]}."
    )


EXPERIMENT = Experiment(
    name="energy",
    title="What a spike costs",
    claim="Spikes do the same work for less energy",
    question="Do spikes save energy, and at how many spikes a digit does the saving end?",
    at=(),
    part="break",
    run=run,
    verdict=verdict,
    finding=finding,
    draw=drawn_by("energy"),
)
