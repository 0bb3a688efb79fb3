"""Lab 6, where the analogy breaks: the student's numbers, and what is right and wrong in each task."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.special import expit

from compare.experiments.energy import ADD, MULTIPLY_ADD
from compare.lab import twins
from compare.lab.checks.expect import agree, array, function, number, wrong
from compare.lab.course import BlankError, Lab
from compare.lab.parameters import Parameters

Array = np.ndarray
COUNT = 300  # digits that are watched millisecond by millisecond
SEEN, NEEDED = frozenset("ABCF"), frozenset("ABDE")


@dataclass(frozen=True, eq=False, repr=False)
class Lab6(Parameters):
    """A student's numbers in lab 6."""

    network: int = field(metadata={"meaning": "which network, and which spiking twin, are yours"})
    seed: int = field(metadata={"meaning": "of the random spikes that show the digits"})
    lead: int = field(metadata={"meaning": "spikes that the leader of a race must be ahead"})
    unit: int = field(metadata={"meaning": "a hidden unit, counted from 0"})
    a_plus: float = field(metadata={"meaning": "A₊: the largest strengthening by a pair of spikes"})
    a_minus: float = field(metadata={"meaning": "A₋: the largest weakening"})
    tau_plus: float = field(metadata={"meaning": "τ₊: how far apart spikes may strengthen, ms"})
    tau_minus: float = field(metadata={"meaning": "τ₋: how far apart they may weaken, ms"})


def draw(rng: np.random.Generator) -> Lab6:
    """Constants of plasticity that differ from each other, and an area that is not near 0."""
    while True:
        a_plus, a_minus = (int(value) / 1e3 for value in rng.integers(6, 16, 2))
        tau_plus, tau_minus = float(rng.integers(12, 23)), float(rng.integers(18, 41))
        areas = a_plus * tau_plus, a_minus * tau_minus
        if a_plus != a_minus and tau_minus - tau_plus > 2 and abs(areas[0] - areas[1]) > 0.04:
            break
    return Lab6(
        network=int(rng.integers(twins.SEEDS)),
        seed=int(rng.integers(1_000)),
        lead=int(rng.integers(2, 5)),
        unit=int(rng.integers(twins.SIZES[1])),
        a_plus=a_plus,
        a_minus=a_minus,
        tau_plus=tau_plus,
        tau_minus=tau_minus,
    )


LAB = Lab(6, "Where the analogy breaks: time, energy, Dale, learning", (75, 90), draw)


def loss(w: Array, x: Array, target: Array) -> float:
    """How wrong one sigmoid neuron with weights w (m,) is on inputs x (n, m): half the mean squared distance of its
    activations from the targets (n,)."""
    return float(((expit(x @ w) - target) ** 2).mean() / 2)


@LAB.task(
    "6.1",
    "when a digit is decided",
    points=2,
    hints=(
        "Take one row. The verdict may come, go and come again: look at it from its *end*.",
        "Where does the row differ from its last verdict? It is decided one sample after the last such place; at the "
        "first sample if there is none.",
        "With places = np.flatnonzero(row != row[-1]), the sample is places[-1] + 1; or 0 where there are none.",
    ),
)
def check_decision_time(me: Lab6, decision_time: Any) -> str:
    """From which sample on the verdict stays."""
    rng = np.random.default_rng(me.seed)
    times = np.array([4.0, 9.0, 13.0, 20.0, 26.0, 40.0])
    rows = [[3, 3, 3, 3, 3, 3], [1, 2, 2, 2, 2, 2], [2, 1, 2, 2, 2, 2], [1, 1, 1, 1, 1, 2], [5, 7, 5, 5, 8, 5]]
    verdicts = np.vstack([rows, rng.integers(0, 3, (5, 6))])
    given = function(decision_time, "decision_time")(verdicts, times)
    if np.ndim(given) == 0:
        wrong("One number comes back for many digits: each row is a digit, with a time of its own.")
    found = array(given, "decision_time(verdicts, times)", (len(verdicts),), "one time a digit")
    final = verdicts[:, -1:]
    last = np.array([max(np.flatnonzero(row != row[-1]), default=-1) for row in verdicts])
    changes = np.array([max(np.flatnonzero(np.diff(row) != 0), default=-1) for row in verdicts])
    first_change = np.array([min(np.flatnonzero(np.diff(row) != 0), default=4) + 1 for row in verdicts])
    right = times[last + 1]
    mistakes = {
        "That is when the final verdict is heard for the first time; it may be taken back once more.": times[
            (verdicts == final).argmax(axis=1)
        ],
        "These are places in the list: look up their times.": last + 1,
        "That is the last sample at which the verdict was still another one: it is decided one sample later.": times[
            last
        ],
        "That is when the verdict changes for the first time; what counts is the last time.": times[first_change],
        "These are numbers of changes, not times.": (np.diff(verdicts) != 0).sum(axis=1),
        "That is the end for every digit: most are decided long before.": np.full(len(verdicts), times[-1]),
        "A digit whose verdict never changes is decided at the first sample.": np.where(last < 0, 0, right),
        "A digit whose verdict never changes is decided at the first sample, not at the last.": np.where(
            changes < 0, times[-1], right
        ),
    }
    agree(found, right, mistakes, f"For the verdicts {rows[2]} at {times.tolist()} ms yours says {found[2]:g}.")
    return ""


@LAB.task(
    "6.2",
    "a race with a winner",
    points=2,
    hints=(
        "In each row, who leads, and by how much over the second?",
        "np.sort(counts, axis=1) brings the two largest to the end of each row. Where is their gap `lead` or more? "
        "np.argmax of True and False gives the first True, but 0 where there is none.",
        "gap = s[:, -1] − s[:, -2]; row = np.argmax(gap >= lead) if (gap >= lead).any() else len(counts) − 1; the "
        "answer is counts[row].argmax().",
    ),
)
def check_race(me: Lab6, race: Any) -> str:
    """The first row with a lead, and who has it."""
    asked, rng = function(race, "race"), np.random.default_rng(me.seed)
    cases = [(run(rng, favourite), lead) for favourite, lead in ((3, 1), (7, 2), (5, 3), (8, me.lead), (2, 4), (4, 2))]
    cases += [(run(rng, 6), 40)]
    found = np.array([array(asked(*case), "race(counts, lead)", (2,), "row and answer") for case in cases])
    right = np.array([first_row(gap(counts) >= lead, counts) for counts, lead in cases])
    never = np.array([(0, int(case[0][0].argmax())) for case in cases[-1:]])
    plain = [counts for counts, _ in cases]
    if np.array_equal(found[:-1], right[:-1]):
        agree(
            found[-1:],
            right[-1:],
            {
                "Where nobody ever leads by so much, you stop at the very first row: wait until the last.": never,
                "Where nobody ever leads by so much, you give no answer: take the leader of the last row.": np.array(
                    [(len(plain[-1]) - 1, 0)]
                ),
            },
            "Where nobody ever leads by so much, the last row decides: its place, and who leads there.",
        )
    per_step = [np.diff(counts, axis=0, prepend=0) for counts in plain]
    mistakes = {
        "You stop when someone has *fired* so often; here the leader must be ahead of the second by so much.": [
            first_row(counts.max(axis=1) >= lead, counts) for counts, lead in cases
        ],
        "You ask for more than the lead; as much is enough.": [first_row(gap(c) > lead, c) for c, lead in cases],
        "The row is right, but the answer is that of the end: who leads when the race is stopped?": [
            (row, int(c[-1].argmax())) for (row, _), c in zip(right, plain, strict=True)
        ],
        "Row first, then the answer.": right[:, ::-1],
        "Rows are counted from 0 here.": right + np.array([1, 0]),
        "The leader must be ahead of the second, not of the last or the mean.": [
            first_row(c.max(axis=1) - c.min(axis=1) >= lead, c) for c, lead in cases
        ],
        "Ahead of the mean is not ahead of the second.": [
            first_row(c.max(axis=1) - c.mean(axis=1) >= lead, c) for c, lead in cases
        ],
        "The counts add up already: each row tells all spikes so far.": [
            first_row(gap(c) >= lead, c) for c, (_, lead) in zip(per_step, cases, strict=True)
        ],
        "The counts add up already: each row tells all spikes so far, and you add them up once more.": [
            first_row(gap(c.cumsum(axis=0)) >= lead, c) for c, lead in cases
        ],
    }
    wrongs = int(np.argmax((found != right).any(axis=1)))
    otherwise = (
        f"In a race of mine with a lead of {cases[wrongs][1]} it is row {right[wrongs][0]}; yours stops in row "
        f"{found[wrongs][0]:g} and says {found[wrongs][1]:g}."
    )
    agree(found[:-1], right[:-1], {text: np.array(value)[:-1] for text, value in mistakes.items()}, otherwise)
    return ""


def run(rng: np.random.Generator, favourite: int) -> Array:
    """Spike counts (60, 10) in a race in which a rival starts well, and one cell wins."""
    chances = np.full((60, 10), 0.03)
    chances[:, favourite] = 0.4
    chances[:12, (favourite + 3) % 10] = 0.3
    chances[:6] = 0.1
    return (rng.random((60, 10)) < chances).cumsum(axis=0)


def gap(counts: Array) -> Array:
    """By how much the leader of each row is ahead of the second."""
    ordered = np.sort(counts, axis=1)
    return ordered[:, -1] - ordered[:, -2]


def first_row(hit: Array, counts: Array) -> tuple[int, int]:
    """The first row that is hit, or the last, and who leads there."""
    row = int(hit.argmax()) if hit.any() else len(counts) - 1
    return row, int(counts[row].argmax())


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


def counted(weights: Array) -> tuple[float, dict[str, float]]:
    """How many units send both signs, and what typical mistakes come to, by message."""
    up, down = weights > 0, weights < 0
    breaks = up.any(axis=1) & down.any(axis=1)
    return int(breaks.sum()), {
        "You look at what each unit *receives*: there both signs may well meet. Look at what it sends.": int(
            (up.any(axis=0) & down.any(axis=0)).sum()
        ),
        "These are the units that keep the law.": int((~breaks).sum()),
        "That is the share of the units; asked for is how many.": breaks.mean(),
        "You count synapses; asked for are units.": int(np.minimum(up.sum(axis=1), down.sum(axis=1)).sum()),
        "You count all negative synapses: a unit that only inhibits keeps the law.": int(down.sum()),
        "You count all units with some inhibition: one that only inhibits keeps the law.": int(down.any(axis=1).sum()),
        "You count all units with some excitation: one that only excites keeps the law.": int(up.any(axis=1).sum()),
        "A weight of 0 has no sign: a unit with weights of one sign and some zeros keeps the law.": int(
            (~(up.all(axis=1) | down.all(axis=1))).sum()
        ),
    }


def some_weights(me: Lab6) -> Array:
    """A layer (16, 5) in which units excite, inhibit, do both or nothing, such that no two counts agree."""
    rng = np.random.default_rng(me.seed)
    while True:
        kinds = rng.choice(["both", "excite", "inhibit", "none"], 16, p=[0.3, 0.35, 0.25, 0.1])
        weights = rng.standard_normal((16, 5)) * (rng.random((16, 5)) < 0.75)
        weights[kinds == "excite"] = np.abs(weights[kinds == "excite"])
        weights[kinds == "inhibit"] = -np.abs(weights[kinds == "inhibit"])
        weights[kinds == "none"] = 0
        right, mistakes = counted(weights)
        if len({right, *mistakes.values()}) == 1 + len(mistakes):
            return weights


@LAB.task(
    "6.5",
    "who breaks Dale's law",
    points=1,
    hints=(
        "weights[i] are all weights that unit i *sends*. When does it break the law?",
        "It breaks it if some of them are positive and some are negative. A weight of 0 is no synapse.",
        "((weights > 0).any(axis=1) & (weights < 0).any(axis=1)).sum()",
    ),
)
def check_violators(me: Lab6, violators: Any) -> str:
    """Rows with both signs."""
    weights = some_weights(me)
    found = number(function(violators, "violators")(weights), "violators(weights)")
    right, mistakes = counted(weights)
    agree(found, right, mistakes, f"In a layer of 16 units of mine {right} send both signs, and you count {found:g}.")
    return ""


@LAB.task(
    "6.6",
    "weights that keep the law",
    points=2,
    hints=(
        "Which weights may stay as they are? What is the nearest value that the law allows the others?",
        "A weight is wrong if it and the sign of its *row* have opposite signs. The nearest allowed value is 0.",
        "np.where(weights * signs[:, None] < 0, 0, weights)",
    ),
)
def check_project(me: Lab6, project: Any) -> str:
    """What has the wrong sign becomes 0."""
    weights = np.random.default_rng(me.unit).standard_normal((6, 6))
    signs = np.array([1, -1, 1, 1, -1, 1])
    given = weights.copy()
    found = array(function(project, "project")(given, signs), "project(weights, signs)", (6, 6), "units, targets")
    if not np.array_equal(given, weights):
        wrong("The weights that were given are changed, too: make new ones, so that before and after can be compared.")
    s = signs[:, None]
    mistakes = {
        "You turn the wrong ones round: that is far from what was learned. Which allowed value is nearest?": np.abs(
            weights
        )
        * s,
        "Rows and columns are mixed up: a sign belongs to the unit that sends, a row.": np.where(
            weights * signs < 0, 0, weights
        ),
        "You keep what breaks the law, and silence what keeps it.": np.where(weights * s < 0, weights, 0),
        "All that inhibits is gone: some units are meant to inhibit.": np.maximum(weights, 0),
        "You have changed the sign of what the inhibitory units send, not what is allowed.": weights * s,
        "The inhibitory units' weights come out positive.": np.maximum(weights * s, 0),
        "Nothing has changed.": weights,
    }
    agree(
        found,
        np.where(weights * s < 0, 0, weights),
        mistakes,
        "Some weight is not the nearest one that its sign allows.",
    )
    return ""


@LAB.task(
    "6.7",
    "learning by trying out",
    points=2,
    hints=(
        "Turn one weight up a little, look at the loss; turn it down a little, look again.",
        "The slope is the difference of the two losses, divided by how far apart the two weights are. Use copies of w.",
        "up = w.copy(); up[i] += step; down likewise, with −=; (loss(up, …) − loss(down, …)) / (2 × step).",
    ),
)
def check_slope(me: Lab6, slope: Any) -> str:
    """The central difference of one weight."""
    asked, rng = function(slope, "slope"), np.random.default_rng(me.seed)
    x, w, target = rng.standard_normal((12, 4)), rng.standard_normal(4), rng.integers(0, 2, 12).astype(float)
    places, step = (2, 0, 3), 0.5
    given = w.copy()
    found = np.array([number(asked(given, x, target, i, step), "slope(w, x, target, i, step)") for i in places])
    if not np.array_equal(given, w):
        wrong("Afterwards the weight is not what it was: nudge a copy, or set it back.")

    def change(i: int, by: float) -> float:
        return loss(w + by * np.eye(4)[i], x, target) - loss(w, x, target)

    central = np.array([(change(i, step) - change(i, -step)) / (2 * step) for i in places])
    a = expit(x @ w)
    exact = (((a - target) * a * (1 - a))[:, None] * x).mean(axis=0)[list(places)]
    everywhere = (loss(w + step, x, target) - loss(w - step, x, target)) / (2 * step)
    mistakes = {
        "The two weights are two steps apart, not one.": 2 * central,
        "The difference of the losses is not yet divided by how far the weights are apart.": 2 * step * central,
        "You nudge in one direction only: up and down, the error of a finite step mostly cancels.": [
            change(i, step) / step for i in places
        ],
        "You nudge downwards only: up and down, the error of a finite step mostly cancels.": [
            -change(i, -step) / step for i in places
        ],
        "The sign is turned round: positive means that the loss grows with the weight.": -central,
        "You nudge all weights at once: then nobody knows which of them it was.": [everywhere] * 3,
        "You use a step of your own: take the one that is given.": exact,
        "You nudge always the same weight: take weight i.": [central[1]] * 3,
    }
    agree(
        found,
        central,
        mistakes,
        "For a neuron of my choice it is not the slope between one step up and one down.",
        tolerance=1e-7,
    )
    return ""


@LAB.task(
    "6.8",
    "the slope by backpropagation",
    points=2,
    hints=(
        "First what hidden unit j is blamed for: its share in all errors, along the weights that it sends.",
        "The blame is v @ error, one number a hidden unit; times the slope of its sigmoid, h (1 − h); then for every "
        "pixel i and unit j, x_i times that.",
        "np.outer(x, (v @ error) * h * (1 - h))",
    ),
)
def check_gradient(me: Lab6, hidden_gradient: Any) -> str:
    """Outer product of what came in with the blame that came back."""
    rng = np.random.default_rng(me.unit)
    x, h, v, error = rng.random(6), rng.uniform(0.05, 0.95, 4), rng.standard_normal((4, 3)), rng.standard_normal(3)
    given = function(hidden_gradient, "hidden_gradient")(x, h, v, error)
    if np.shape(given) == (4, 6):
        wrong("It lies on its side: rows are the units that send (pixels), columns those that receive (hidden units).")
    found = array(given, "hidden_gradient(x, h, v, error)", (6, 4), "one row a pixel, one column a hidden unit")
    blame, bend = v @ error, h * (1 - h)
    mistakes = {
        "The slope of the sigmoid is missing: a unit that is full on or off can hardly be moved.": np.outer(x, blame),
        "The way back is missing: a hidden unit is to blame as far as it sends to outputs that err.": np.outer(
            x, error.sum() * bend
        ),
        "That is what fires together (Hebb's rule): the errors have no part in it.": np.outer(x, h),
        "The sign is turned round: this is the slope; learning will go against it later.": -np.outer(x, blame * bend),
        "The slope of a sigmoid is h (1 − h), and yours is h alone.": np.outer(x, blame * h),
        "The slope of a sigmoid is h (1 − h), and yours is 1 − h alone.": np.outer(x, blame * (1 - h)),
        "h is an activation already: its slope is h (1 − h), without another sigmoid.": np.outer(
            x, blame * expit(h) * (1 - expit(h))
        ),
        "What came in is missing: a synapse whose input was silent has no part in it.": np.outer(
            np.ones(6), blame * bend
        ),
    }
    agree(found, np.outer(x, blame * bend), mistakes, "For a hidden layer of my choice the slopes are others.")
    return ""


LETTERS = {
    "A": "what the cell before does (A)",
    "B": "what the cell after does (B)",
    "C": "its own strength (C)",
    "D": "the weights of synapses further on (D)",
    "E": "the error at each output (E)",
    "F": "what is poured over the whole tissue (F)",
}


def letters(answer: Any, name: str) -> frozenset[str]:
    """The letters of an answer such as "ABC"; of a list, too."""
    if not isinstance(answer, str | list | tuple) or not all(isinstance(part, str) for part in answer):
        wrong(f'`{name}` should be a text of letters, such as "AC".')
    text = "".join(answer).upper().replace(" ", "").replace(",", "")
    if not text:
        raise BlankError(f"`{name}` is still to be written.")
    if set(text) - set(LETTERS):
        wrong(f"`{name}` has letters beyond A to F: {text[:20]}.")
    return frozenset(text)


@LAB.task(
    "6.9",
    "what a synapse sees, and what it would need",
    points=2,
    hints=(
        "A synapse is a few hundred nanometres wide. What of the list happens there, or is washed over it?",
        "For `needs`, read off the formula which quantities come up in it, one after the other.",
        "A synapse sees its two sides, itself, and what is in the fluid around it. The formula has x, h, v and δ.",
    ),
)
def check_local(me: Lab6, sees: Any, needs: Any) -> str:
    """What is local, and what the formula holds."""
    seen, needed = letters(sees, "sees"), letters(needs, "needs")
    if "D" in seen:
        wrong("How should it see the strengths of *other* synapses, in another place, between other cells (D)?")
    if "E" in seen:
        wrong("The error of each output (E) arises two layers further on; no axon carries it back to this synapse.")
    for letter, why in (
        ("A", "its own transmitter tells it"),
        ("B", "the membrane that it sits on tells it, as spikes run back into the dendrite"),
        ("C", "its receptors are its strength"),
        ("F", "dopamine, say, reaches all synapses around alike"),
    ):
        if letter not in seen:
            wrong(f"It does see {LETTERS[letter]}: {why}.")
    if "C" in needed:
        wrong("Is the weight itself (C) anywhere in the formula? It acts through h only.")
    if "F" in needed:
        wrong(
            "A signal that is the same everywhere (F) is nowhere in the formula: each output has an error of its own."
        )
    if missing := sorted(NEEDED - needed):
        wrong(f"In the formula stands also {LETTERS[missing[0]]}: find it.")
    return "So D and E are needed and not seen: the weights on the way, and the errors at its end."


def window_of(me: Lab6, delay: Array) -> Array:
    """The pair rule's window with the student's constants; delay = post − pre, ms."""
    later = me.a_plus * np.exp(-np.abs(delay) / me.tau_plus)
    return np.where(delay > 0, later, np.where(delay < 0, -me.a_minus * np.exp(-np.abs(delay) / me.tau_minus), 0))


@LAB.task(
    "6.10",
    "the window of spike timing",
    points=2,
    hints=(
        "Two branches: what holds for delays above 0, and what below? np.where chooses, place by place.",
        "Each branch is largest next to 0 and dies away on both sides: the exponent must be negative on either.",
        "np.where(delay > 0, me.a_plus * np.exp(-delay / me.tau_plus), -me.a_minus * np.exp(delay / me.tau_minus))",
    ),
)
def check_window(me: Lab6, window: Any) -> str:
    """Strengthens after, weakens before."""
    delay = np.array([-60.0, -31, -14, -5, -1, 1, 3, 9, 22, 55])
    found = array(function(window, "window")(delay), "window(delay)", delay.shape, "one change for each delay")

    def branches(plus: Array, minus: Array) -> Array:
        return np.where(delay > 0, plus, minus)

    plus, minus = (a * np.exp(-abs(delay) / t) for a, t in ((me.a_plus, me.tau_plus), (me.a_minus, me.tau_minus)))
    mistakes = {
        "The other way round: the delay is post − pre, and firing *after* one's input strengthens.": branches(
            -minus, plus
        ),
        "It strengthens on both sides: a cell that fired *before* its input cannot have been made to.": branches(
            plus, minus
        ),
        "It weakens on both sides.": branches(-plus, -minus),
        "One branch grows with the distance: for negative delays, mind the sign in the exponent.": branches(
            plus, -me.a_minus * np.exp(-delay / me.tau_minus)
        ),
        "One branch grows with the distance: for positive delays, mind the sign in the exponent.": branches(
            me.a_plus * np.exp(delay / me.tau_plus), -minus
        ),
        "Your two time constants are exchanged.": branches(
            me.a_plus * np.exp(-abs(delay) / me.tau_minus), -me.a_minus * np.exp(-abs(delay) / me.tau_plus)
        ),
        "Your two sizes are exchanged.": branches(plus * me.a_minus / me.a_plus, -minus * me.a_plus / me.a_minus),
        "It does not die away: spikes a second apart should hardly know of each other.": branches(
            np.full(10, me.a_plus), np.full(10, -me.a_minus)
        ),
        "Nothing happens below 0 with you: firing before one's input weakens.": branches(plus, 0 * minus),
    }
    otherwise = (
        f"For a delay of 9 ms yours gives {found[7]:.4g}, and for −14 ms {found[2]:.4g}: compare with the formula."
    )
    agree(1e3 * found, 1e3 * window_of(me, delay), {k: 1e3 * v for k, v in mistakes.items()}, otherwise, tolerance=1e-5)
    return ""


@LAB.task(
    "6.11",
    "two trains of spikes",
    points=2,
    hints=(
        "Two spikes before and three after make how many pairs?",
        "The delay of every pair is post − pre. Two loops visit all pairs; or post[:, None] − pre makes a whole table.",
        "window(post[:, None] - pre).sum()",
    ),
)
def check_weight_change(me: Lab6, weight_change: Any) -> str:
    """All pairs, summed."""
    asked, rng = function(weight_change, "weight_change"), np.random.default_rng(me.seed)
    trains = [(np.sort(rng.choice(150, a, replace=False)) + 0.5, np.sort(rng.choice(150, b, replace=False)) + 0.25)
              for a, b in ((4, 4), (3, 7), (6, 2), (1, 1))]  # fmt: skip
    found = np.array([number(asked(*pair), "weight_change(pre, post)") for pair in trains])

    def each(how: Any) -> Array:
        return np.array([how(window_of(me, post[:, None] - pre), pre, post) for pre, post in trains])

    right = each(lambda table, pre, post: table.sum())
    mistakes = {
        "The delays are turned round: post − pre, not pre − post.": each(
            lambda table, pre, post: window_of(me, pre[:, None] - post).sum()
        ),
        "You pair the first with the first, the second with the second …: every spike pairs with every other.": each(
            lambda table, pre, post: window_of(me, np.array([q - p for p, q in zip(pre, post, strict=False)])).sum()
        ),
        "That is the mean over pairs: each pair adds its own change.": each(lambda table, pre, post: table.mean()),
        "Only pairs that strengthen count with you.": each(lambda table, pre, post: table[table > 0].sum()),
        "Only pairs that weaken count with you.": each(lambda table, pre, post: table[table < 0].sum()),
        "You take the mean times first and pair those: a window is no straight line.": each(
            lambda table, pre, post: window_of(me, np.array([post.mean() - pre.mean()])).sum()
        ),
        "Only the first spikes are paired.": each(lambda table, pre, post: table[0, 0]),
        "Each spike after is paired with the nearest before it only; here all pairs count.": each(nearest),
    }
    agree(
        1e3 * found,
        1e3 * right,
        {k: 1e3 * v for k, v in mistakes.items()},
        f"For 4 spikes before and 4 after, yours gives {found[0]:.4g}: how many pairs did you count?",
        tolerance=1e-4,
    )
    return ""


def nearest(table: Array, pre: Array, post: Array) -> float:
    """The change by the pairs that lie nearest to each spike of the cell after."""
    return float(table[np.arange(len(post)), np.abs(post[:, None] - pre).argmin(axis=1)].sum())


@LAB.task(
    "6.12",
    "spikes that know nothing of each other",
    points=1,
    hints=(
        "All delays are equally frequent. So what of the window decides whether the sum is positive or negative?",
        "The area above 0 minus the area below. What is the area under A e^(−t/τ), from 0 on?",
        "Each branch has the area A·τ: A₊τ₊ − A₋τ₋.",
    ),
)
def check_area(me: Lab6, area: Any) -> str:
    """A₊τ₊ − A₋τ₋."""
    found = number(area, "area")
    plus, minus = me.a_plus * me.tau_plus, me.a_minus * me.tau_minus
    mistakes = {
        "The area below 0 is to be taken off, not added.": plus + minus,
        "The other way round: what strengthens counts as positive.": minus - plus,
        "These are the heights only: a branch that dies away slowly has more area.": me.a_plus - me.a_minus,
        "That is the area above 0 only.": plus,
        "That is the area below 0 only.": minus,
        "That is the ratio of the two areas, a good measure too; here their difference is asked for.": plus / minus,
        "The area under A e^(−t/τ) is A·τ, not A/τ: wider branches have more.": me.a_plus / me.tau_plus
        - me.a_minus / me.tau_minus,
    }
    if abs(found - (plus - minus)) <= 6e-4:
        word = "strengthens" if plus > minus else "weakens"
        return f"So chance {word} your synapse."
    agree(
        1e3 * found,
        1e3 * (plus - minus),
        {k: 1e3 * v for k, v in mistakes.items()},
        f"The window's area is another one; yours is {found:.4g}.",
        tolerance=1e-3,
    )
    return ""
