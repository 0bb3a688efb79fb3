"""Tasks 2.1 to 2.5: the weighted sum, its squash by sigmoid or ReLU, and the bias as a threshold."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy  # loads its parts where they are first used

from compare.lab.checks.expect import agree, array, function, number, numeric, wrong
from compare.lab.checks.lab2.student import LAB, Lab2
from compare.lab.course import AnswerError

SUMS = np.linspace(-6, 6, 25)


@LAB.task(
    "2.1",
    "a weighted sum on paper",
    points=1,
    hints=(
        "Three products, one for each input; and one number more that no input belongs to.",
        "Multiply each input by its own weight, add the three products up, then add the bias.",
        "z = x₀·w₀ + x₁·w₁ + x₂·w₂ + b: mind the signs.",
    ),
)
def check_sum(me: Lab2, z: Any) -> str:
    """w·x + b."""
    found, products = number(z, "z"), float(me.x @ me.w)
    mistakes = {
        "The bias is missing.": products,
        "The bias is subtracted: it is one more thing to add.": products - me.b,
        "You add up weights and leave the inputs out.": me.w.sum() + me.b,
        "You add up inputs and leave the weights out.": me.x.sum() + me.b,
        "A sign was lost: some weights are negative, and speak against.": float(me.x @ abs(me.w)) + me.b,
        "That is the activation already: before the sigmoid comes the sum.": scipy.special.expit(products + me.b),
        "Sum of the inputs times sum of the weights: each input has a weight of its own.": me.x.sum() * me.w.sum()
        + me.b,
    }
    agree(found, products + me.b, mistakes, "Work the three products out once more, one by one.", tolerance=0.006)
    return f"And the sigmoid will make {scipy.special.expit(products + me.b):.2f} of it."


@LAB.task(
    "2.2",
    "the weighted sum of one neuron",
    points=1,
    hints=(
        "As on paper, but for any number of inputs.",
        "`x * w` multiplies two arrays place by place; what is to be done with the products?",
        "(x * w).sum(), or x @ w, is the sum of products; the bias comes on top.",
    ),
)
def check_weighted_sum(me: Lab2, weighted_sum: Any) -> str:
    """For any number of inputs."""
    asked = function(weighted_sum, "weighted_sum")
    rng = np.random.default_rng(me.seed)
    x, w, b = rng.random(7), rng.standard_normal(7), 1.5
    given = asked(x, w, b)
    if np.shape(given) == x.shape:
        wrong("One number for each input comes back: a neuron adds them all up into one.")
    found = number(given, "weighted_sum(x, w, b)")
    mistakes = {
        "The bias is missing.": x @ w,
        "The bias is subtracted: it is one more thing to add.": x @ w - b,
        "The bias is added once for every input: it is there once.": x @ w + 7 * b,
        "The bias multiplies the sum: it is to be added.": (x @ w) * b,
        "You take the mean of the products; a neuron takes their sum.": (x * w).mean() + b,
        "The inputs do not enter.": w.sum() + b,
        "Only the first three inputs enter: write it for any number of them.": x[:3] @ w[:3] + b,
        "That is squashed already: here only the sum is asked for.": scipy.special.expit(x @ w + b),
    }
    agree(found, x @ w + b, mistakes, "For seven inputs of my choice it is not w·x + b.")
    return ""


@LAB.task(
    "2.3",
    "the sigmoid",
    points=2,
    hints=(
        "Far left it should be near 0, far right near 1, and at z = 0 just half way: does yours?",
        "What does e⁻ᶻ do as z grows? And what is 1 / (1 + something tiny)?",
        "1 divided by (1 + e⁻ᶻ), with np.exp, which takes whole arrays.",
    ),
)
def check_sigmoid(me: Lab2, sigmoid: Any) -> str:
    """1/(1 + e⁻ᶻ)."""
    asked = function(sigmoid, "sigmoid")
    half = number(asked(0.0), "sigmoid(0.0)")
    try:
        found = array(asked(SUMS), "sigmoid of 25 sums", SUMS.shape, "one activation for each sum")
    except AnswerError as error:
        wrong(f"It should take a whole array of sums at once; np.exp does that, math.exp does not ({error}).")
    right = scipy.special.expit(SUMS)
    mistakes = {
        "It falls where it should rise: for a large weighted sum the neuron should be active.": right[::-1],
        "That runs from −1 to 1 (it is tanh); a sigmoid runs from 0 to 1.": np.tanh(SUMS),
        "That is all or nothing, with no way between: a sigmoid passes smoothly from 0 to 1.": (SUMS > 0) * 1.0,
        "It grows beyond 1: something is to be divided by what you have.": 1 + np.exp(-SUMS),
        "That is e⁻ᶻ alone, which knows no upper bound on the left.": np.exp(-SUMS),
        "That is eᶻ alone, which knows no upper bound on the right.": np.exp(SUMS),
        "You divide by the sum over all neurons (a softmax); each neuron squashes its own sum only.": np.exp(SUMS)
        / np.exp(SUMS).sum(),
        "That is a ReLU; it comes next.": np.maximum(SUMS, 0),
    }
    otherwise = (
        f"At z = 0 it should be just ½, and yours is {half:.3g}."
        if abs(half - 0.5) > 1e-6
        else "At z = 0 it is ½, but the way to 0 and 1 is another one."
    )
    agree(found, right, mistakes, otherwise)
    ends = numeric(asked(np.array([-800.0, 800.0])), "sigmoid")
    if not np.allclose(ends, [0, 1]):
        wrong(f"At z = −800 and 800 yours is {ends[0]:g} and {ends[1]:g}: a power of e overflows. Use e⁻ᶻ only once.")
    return ""


@LAB.task(
    "2.4",
    "the ReLU",
    points=1,
    hints=(
        "Below 0 nothing; above 0 the sum itself.",
        "Of each sum and 0, which is the larger?",
        "np.maximum compares two arrays, or an array and a number, place by place; np.max does something else.",
    ),
)
def check_relu(me: Lab2, relu: Any) -> str:
    """max(0, z)."""
    given = function(relu, "relu")(SUMS)
    if np.ndim(given) == 0:
        wrong("One number comes back for 25 sums: the largest of all. Compare each sum with 0 by itself (np.maximum).")
    found = array(given, "relu of 25 sums", SUMS.shape, "one activation for each sum")
    mistakes = {
        "Below 0 it comes up again: a sum that speaks against makes no activity.": np.abs(SUMS),
        "It lets the negative sums pass, and cuts the positive ones off.": np.minimum(SUMS, 0),
        "That is 1 for all that is active: a ReLU also says how much.": (SUMS > 0) * 1.0,
        "It stops at 1: a ReLU has no ceiling (a neuron has, as lab 3 shows).": np.clip(SUMS, 0, 1),
        "It has not changed the sums at all.": SUMS,
        "That is rounded at the corner (softplus): a ReLU has a sharp one.": np.logaddexp(0, SUMS),
    }
    agree(found, np.maximum(SUMS, 0), mistakes, "Below 0 it should be 0, and above 0 the sum itself.")
    return ""


@LAB.task(
    "2.5",
    "a bias that sets the threshold",
    points=1,
    hints=(
        "At which z is the sigmoid just ½?",
        "z is the weighted inputs plus the bias; it has to be 0 when the weighted inputs reach your threshold.",
        "threshold + bias = 0.",
    ),
)
def check_bias(me: Lab2, bias: Any) -> str:
    """The negative of the threshold."""
    found, t = number(bias, "bias"), me.threshold
    mistakes = {
        "With this bias the neuron is active long before: a threshold is something to overcome.": t,
        "With no bias the threshold is at 0.": 0,
        "You give the bias the size of an activation: it is in units of the weighted sum.": scipy.special.expit(t),
        "That would be a factor; a bias is added.": 1 / t,
        "Almost: you ask for an activation of 1 or so, but the threshold is where the sigmoid passes ½.": 1 - t,
    }
    at = scipy.special.expit(t + found)
    otherwise = f"With weighted inputs of {t} and this bias the sigmoid is {at:.2g}; it should be ½ just there."
    agree(found, -t, mistakes, otherwise, tolerance=1e-6)
    return "A bias is a threshold with its sign turned round."
