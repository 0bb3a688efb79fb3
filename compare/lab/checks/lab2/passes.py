"""Tasks 2.6 to 2.11: counting a network's numbers, the forward pass, its answer and score, what a unit looks for."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from ann.activation import sigmoid
from compare.lab.checks.expect import agree, array, function, number, wrong
from compare.lab.checks.lab2.student import LAB, SIZES, Array, Lab2, network, test_digits


@LAB.task(
    "2.6",
    "how many numbers a network has",
    points=2,
    hints=(
        "How many weights lead into one unit of the first hidden layer? And into all 16?",
        "Between two layers, each unit of one is joined with each of the other. Then, how many biases, and where?",
        "Sum over layers of (units before × units) + units; the inputs have no bias.",
    ),
)
def check_count(me: Lab2, count: Any) -> str:
    """Weights and biases."""
    asked = function(count, "count")
    cases = [SIZES, (5, 4, 3), (10, 2), (3, 7, 2, 6, 4)]
    found = [number(asked(sizes), f"count({sizes})") for sizes in cases]
    weights = np.array([sum(a * b for a, b in pairwise(sizes)) for sizes in cases])
    units = np.array([sum(sizes) for sizes in cases])
    inputs, first = (np.array([sizes[place] for sizes in cases]) for place in (0, 1))
    mistakes = {
        "You count weights only: each unit beyond the inputs has a bias, too.": weights,
        "You give the inputs a bias each: they compute nothing.": weights + units,
        "You count units, not what joins them.": units,
        "You count biases only.": units - inputs,
        "You count the first layer only.": inputs * first + first,
        "You multiply all layers with each other: only neighbours are joined.": [np.prod(sizes) for sizes in cases],
        "One bias a layer is what you count: each unit has its own.": weights + [len(sizes) - 1 for sizes in cases],
    }
    otherwise = f"For layers of 5, 4 and 3 units you count {found[1]:g}: draw that network, and count its lines."
    agree(found, weights + units - inputs, mistakes, otherwise)
    return "For 784-16-16-10 it is 13,002, as the lesson says."


def layers(x: Array, weights: Any, biases: Any, squash: Any = sigmoid) -> list[Array]:
    """The activations of each layer, the first hidden one first."""
    found = []
    for w, b in zip(weights, biases, strict=True):
        x = squash(x @ w + b)
        found.append(x)
    return found


@LAB.task(
    "2.7",
    "the forward pass",
    points=3,
    hints=(
        "One layer first: all its weighted sums at once are x @ w + b. What becomes of them, and where do they go?",
        "Loop over weights and biases together with zip; the activations of one layer are the inputs of the next.",
        "In the loop: x = sigmoid(x @ w + b), then append x to a list; after the loop, return the list.",
    ),
)
def check_forward(me: Lab2, forward: Any) -> str:
    """Each layer's activations."""
    asked, rng = function(forward, "forward"), np.random.default_rng(me.digit)
    sizes = (6, 4, 4, 3)
    weights = [1.5 * rng.standard_normal(pair) for pair in pairwise(sizes)]
    biases = [rng.standard_normal(units) for units in sizes[1:]]
    x = rng.random((5, 6))
    right = layers(x, weights, biases)
    given = asked(x, weights, biases)
    if not isinstance(given, list | tuple):
        if np.shape(given) == right[-1].shape:
            wrong("Only the outputs come back: a list is asked for, with the activations of every layer.")
        wrong(f"A list of three arrays is asked for, one a layer, but a {type(given).__name__} came back.")
    if len(given) == len(right) + 1 and np.shape(given[0]) == x.shape:
        wrong("The inputs stand at the head of your list: begin it with the first hidden layer.")
    if len(given) != len(right):
        wrong(f"For a network of three layers beyond the inputs, your list has {len(given)} entries.")
    found = [array(a, f"layer {i} of the list", right[i].shape, "images, units") for i, a in enumerate(given)]
    sums, none = layers(x, weights, biases, squash=lambda z: z), [np.zeros_like(b) for b in biases]
    last = [*right[:2], right[1] @ weights[2] + biases[2]]
    order = {
        "No sum is squashed: layers of sums of sums are no more than one sum.": sums,
        "The last layer is not squashed: its outputs are activations, too.": last,
        "The biases are missing.": layers(x, weights, none),
        "The biases are subtracted.": layers(x, weights, [-b for b in biases]),
        "That is a network of ReLUs; this one squashes by a sigmoid.": layers(
            x, weights, biases, squash=lambda z: np.maximum(z, 0)
        ),
        "The list is in the wrong order: the first hidden layer comes first.": right[::-1],
        "These are the weighted sums: the list should hold what the sigmoid makes of them.": [
            x @ weights[0] + biases[0],
            right[0] @ weights[1] + biases[1],
            right[1] @ weights[2] + biases[2],
        ],
    }
    flat = {message: joined(value) for message, value in order.items() if fits(value, right)}
    wrongs = [i + 1 for i, (a, b) in enumerate(zip(found, right, strict=True)) if not np.allclose(a, b, atol=1e-6)]
    agree(joined(found), joined(right), flat, f"The first layer that is not right is number {min(wrongs, default=1)}.")
    return ""


def fits(a: list[Array], b: list[Array]) -> bool:
    """Whether two lists of arrays have the same shapes."""
    return [np.shape(one) for one in a] == [np.shape(other) for other in b]


def joined(arrays: list[Array]) -> Array:
    """All numbers of some arrays in one line."""
    return np.concatenate([np.ravel(one) for one in arrays])


@LAB.task(
    "2.8",
    "the answer that the outputs give",
    points=1,
    hints=(
        "The digit is not how bright the brightest output is, but which one it is.",
        "np.argmax gives the place of the largest; of a table, say along which axis.",
        "outputs.argmax(axis=1): for each row (an image), the column (a digit) of the largest.",
    ),
)
def check_answer(me: Lab2, answer: Any) -> str:
    """The brightest output of each row."""
    outputs = np.random.default_rng(me.seed).random((10, 10)) * 0.45
    outputs[0, 3], outputs[1, 8] = 0.49, 0.9
    given = function(answer, "answer")(outputs)
    if np.ndim(given) == 0:
        wrong("One answer for ten images comes back: of each row, find the largest by itself (axis=1).")
    found = array(given, "answer(outputs)", (10,), "one digit an image")
    mistakes = {
        "That is how bright the brightest output is; which one is it?": outputs.max(axis=1),
        "You look for the brightest image of each digit: rows are images, columns are digits.": outputs.argmax(axis=0),
        "That is the faintest output.": outputs.argmin(axis=1),
        "Counted from 1: column 0 is the digit 0.": outputs.argmax(axis=1) + 1,
        "You count outputs above ½: the brightest wins, however faint it is.": (outputs > 0.5).sum(axis=1),
        "You ask which output is above ½, and otherwise say 0: the brightest wins, however faint it is.": (
            outputs > 0.5
        ).argmax(axis=1),
    }
    agree(found, outputs.argmax(axis=1), mistakes, "For some images it is not the brightest output.")
    return ""


@LAB.task(
    "2.9",
    "the softmax",
    points=2,
    hints=(
        "Ten sums become ten shares: none negative, all together 1. What makes numbers positive and keeps their order?",
        "Take e to the power of each sum, then divide by the total of the row; keepdims=True keeps the shape.",
        "Subtract each row's largest sum first: the shares stay the same, and e¹⁰⁰⁰ never comes up.",
    ),
)
def check_softmax(me: Lab2, softmax: Any) -> str:
    """e^z over its sum, row by row, without overflow."""
    asked = function(softmax, "softmax")
    z = 2 * np.random.default_rng(me.digit).standard_normal((4, 4)) + 0.3
    powers = np.exp(z)
    right = powers / powers.sum(axis=1, keepdims=True)
    found = array(asked(z), "softmax(z)", z.shape, "images, outputs")
    mistakes = {
        "The shares of all images together make 1: each row should make 1 by itself.": powers / powers.sum(),
        "Columns make 1, and rows should: a row is one image, with a share for every digit.": powers
        / powers.sum(axis=0, keepdims=True),
        "The rows are divided by the totals of other rows: keepdims=True keeps each total beside its row.": powers
        / powers.sum(axis=1),
        "Powers of e, but not yet shares: divide each row by its total.": powers,
        "You divide sums by their total: negative sums make negative shares. Take e to their power first.": z
        / z.sum(axis=1, keepdims=True),
        "Each output is squashed by itself (a sigmoid): then a row need not make 1.": sigmoid(z),
        "The largest is 1 in each row, but a row should make 1 in all.": powers / powers.max(axis=1, keepdims=True),
        "The shares run the wrong way: a larger sum should have a larger share.": np.exp(-z)
        / np.exp(-z).sum(axis=1, keepdims=True),
    }
    totals = found.sum(axis=1)
    agree(
        found, right, mistakes, f"The rows make {', '.join(f'{total:.3g}' for total in totals)}; the shares are others."
    )
    sums = np.array([[1000.0, 1001.0], [-1000.0, 0.0]])
    large = array(asked(sums), "softmax(z)", sums.shape, "images, outputs")
    if not np.allclose(large[0], [1 / (1 + np.e), np.e / (1 + np.e)]):
        if np.isfinite(large[0]).all():
            wrong("For sums of 1000 and 1001 the shares should be those for 0 and 1, and they are not.")
        wrong("For sums of 1000 and 1001 it gives no numbers: e¹⁰⁰⁰ is too large. Shares stay what they are if…")
    if not np.allclose(large[1], [0, 1]):
        wrong(
            "A row of −1000 and 0 goes wrong beside a row of 1000 and 1001: what is taken from the sums should be each "
            "row's own maximum."
        )
    return ""


@LAB.task(
    "2.10",
    "the score of your network",
    points=1,
    hints=(
        "forward gives all layers for all images at once; which of them are the outputs?",
        "Read `test.images` through your functions, and compare with `test.labels`.",
        "(answer(forward(test.images, weights, biases)[-1]) == test.labels).mean()",
    ),
)
def check_score(me: Lab2, score: Any) -> str:
    """Accuracy on the test digits."""
    model, test = network(me.seed), test_digits()
    right = float((model.classify(test.images) == test.labels).mean())
    found = number(score, "score")
    mistakes = {
        "In per cent; here it is a share, from 0 to 1.": 100 * right,
        "That is the share of errors.": 1 - right,
        "That is how many are right: as a share, it can be compared.": len(test) * right,
    }
    if 0.05 < found < 0.2 and abs(found - (1 - right)) > 1e-3:
        wrong("That is about what guessing gives: are answers and labels of the same images, in the same order?")
    if right + 2e-3 < found <= 1:
        wrong("That is more than this network reads of these digits: did training digits get in?")
    agree(found, right, mistakes, "The 2,000 digits of `test` give another share.", tolerance=1e-3)
    return f"{right:.1%} of 2,000 digits that it has never seen."


@LAB.task(
    "2.11",
    "what a unit looks for",
    points=1,
    hints=(
        "The weights of the first layer are a table of 784 rows (pixels) and 16 columns (units).",
        "The weights into your unit are one column: 784 numbers. What picture do they make?",
        "weights[0][:, me.unit].reshape(28, 28)",
    ),
)
def check_picture(me: Lab2, picture: Any) -> str:
    """The unit's weights as an image."""
    table = network(me.seed).weights[0]
    if np.shape(picture) == (784,):
        wrong("These are 784 weights in a line: give them the shape of the picture that they belong to.")
    found = array(picture, "picture", (28, 28), "rows and columns of pixels")
    right = table[:, me.unit].reshape(28, 28)
    mistakes = {
        "Rows and columns are exchanged: the picture lies on its side.": right.T,
        "That is the unit before: they are counted from 0.": table[:, me.unit - 1].reshape(28, 28),
        "That is the unit after it: they are counted from 0.": table[:, me.unit + 1].reshape(28, 28),
        "These numbers run along the table's rows, through the weights of many units: take one column.": table.ravel()[
            784 * me.unit : 784 * (me.unit + 1)
        ].reshape(28, 28),
        "The signs are gone: what speaks against counts as well.": np.abs(right),
        "These are the weights times one image; without an image they show what the unit looks for.": (
            table[:, me.unit] * test_digits().images[me.digit]
        ).reshape(28, 28),
    }
    agree(found, right, mistakes, f"These are not the weights into unit {me.unit} of the first hidden layer.")
    return ""
