"""Slopes by trying out and by backpropagation, and what a synapse sees of them: tasks 6.7 to 6.9."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy  # loads its parts where they are first used

from compare.lab.checks.expect import agree, array, function, number, wrong
from compare.lab.checks.lab6.student import LAB, Lab6
from compare.lab.course import BlankError

Array = np.ndarray


def loss(w: Array, x: Array, target: Array) -> float:
    """How wrong one sigmoid neuron with weights w (m,) is on inputs x (n, m): half the mean squared distance of its
    activations from the targets (n,)."""
    return float(((scipy.special.expit(x @ w) - target) ** 2).mean() / 2)


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
    asked, rng = function(slope, "slope", copies=False), np.random.default_rng(me.seed)
    x, w, target = rng.standard_normal((12, 4)), rng.standard_normal(4), rng.integers(0, 2, 12).astype(float)
    places, step = (2, 0, 3), 0.5
    given = w.copy()
    found = np.array(
        [number(asked(given, x.copy(), target.copy(), i, step), "slope(w, x, target, i, step)") for i in places]
    )
    if not np.allclose(given, w):
        wrong("Afterwards the weight is not what it was: nudge a copy, or set it back.")

    def change(i: int, by: float) -> float:
        return loss(w + by * np.eye(4)[i], x, target) - loss(w, x, target)

    central = np.array([(change(i, step) - change(i, -step)) / (2 * step) for i in places])
    a = scipy.special.expit(x @ w)
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
            x, blame * scipy.special.expit(h) * (1 - scipy.special.expit(h))
        ),
        "What came in is missing: a synapse whose input was silent has no part in it.": np.outer(
            np.ones(6), blame * bend
        ),
    }
    agree(found, np.outer(x, blame * bend), mistakes, "For a hidden layer of my choice the slopes are others.")
    return ""


SEEN, NEEDED = frozenset("ABCF"), frozenset("ABDE")


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
