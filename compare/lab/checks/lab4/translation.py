"""Tasks 4.4 and 4.5: weights and biases of one layer, and of the whole network, as those of cells."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from compare.lab.checks.expect import agree, array, function, wrong
from compare.lab.checks.lab4.student import LAB, Array, Lab4


@LAB.task(
    "4.4",
    "one layer's weights and biases",
    points=3,
    hints=(
        "Write down J = c₀ + c₁·(a @ W + b)/λ, and put for a what the rates of the layer before stand for.",
        "a = before·r/r_max. What stands before r @ … are the new weights; all without r is the new bias.",
        "Weights: W times before/r_max times c1/lam. Biases: c0 plus b times c1/lam.",
    ),
)
def check_layer(me: Lab4, to_cells: Any) -> str:
    """W·before/r_max·c₁/λ and c₀ + c₁·b/λ."""
    asked, rng = function(to_cells, "to_cells"), np.random.default_rng(me.unit)
    w, b, before, lam, c0, c1 = rng.standard_normal((5, 3)), rng.standard_normal(3), 2.5, 4.0, 0.7, 6.0
    given = asked(w, b, before, lam, c0, c1)
    if not isinstance(given, list | tuple) or len(given) != 2:
        wrong("Two arrays are to come back: the cells' weights, and their constant drives.")
    weights = 1e3 * array(given[0], "the weights", w.shape, "as W: inputs, units")
    drives = array(given[1], "the biases", b.shape, "as b: one for each unit")
    scale, speed = c1 / lam, before / me.r_max
    wrong_weights = {
        "These are W's own numbers: nothing turns rates into activations, and activations into drives.": w,
        "The inputs are rates now, in the hundreds: a rate of r_max stands for the activation `before`.": w
        * before
        * scale,
        "An input at r_max stands for the activation `before`, not for 1.": w / me.r_max * scale,
        "Rates are divided by `before`: a rate of r_max stands for the activation `before`.": w
        / before
        / me.r_max
        * scale,
        "Weighted sums are not yet drives: where is c1/lam?": w * speed,
        "A sum of lam shall add a drive of c1: divide by lam.": w * speed * c1 * lam,
        "c1 is missing.": w * speed / lam,
        "lam is missing.": w * speed * c1,
        "c0 is the drive that is there without any input: it belongs to the biases only.": c0 + w * speed * scale,
        "r_max is multiplied: a rate has to be made smaller to become an activation.": w * before * me.r_max * scale,
    }
    agree(
        weights / 1e3 * me.r_max,
        w * speed * scale * me.r_max,
        {message: value * me.r_max for message, value in wrong_weights.items()},
        "The weights are not right: c₁/λ times W, times what a rate of 1 Hz stands for.",
    )
    wrong_biases = {
        "The biases lack c0: without any input a cell should get the drive c0.": b * scale,
        "The biases are taken as they are: they are in units of the weighted sum, too.": c0 + b,
        "Biases have nothing to do with the layer before, or its rates.": c0 + b * speed * scale,
        "Biases have nothing to do with the activations of the layer before.": c0 + b * before * scale,
        "Both terms are multiplied with c1/lam, but c0 is a drive already.": (c0 + b) * scale,
        "c0 is subtracted: it is what lifts the cell to the edge of firing.": b * scale - c0,
    }
    agree(drives, c0 + b * scale, wrong_biases, "The weights are right, the biases not: what is J if no input fires?")
    return ""


def translated(
    weights: Any, biases: Any, lams: Any, r_max: float, c0: float, c1: float
) -> tuple[list[Array], list[Array]]:
    """All layers' weights and constant drives."""
    spans = list(pairwise(lams))
    new = [w * before / r_max * c1 / lam for w, (before, lam) in zip(weights, spans, strict=True)]
    return new, [c0 + c1 * b / lam for b, (_, lam) in zip(biases, spans, strict=True)]


@LAB.task(
    "4.5",
    "the whole network",
    points=2,
    hints=(
        "Layer by layer, with what you have. Which of the `lams` belong to a layer: its own, and which other?",
        "Layer k (from 0) has before = lams[k] and lam = lams[k + 1].",
        "For each k: w, b = to_cells(weights[k], biases[k], lams[k], lams[k + 1], c0, c1); append both to their lists.",
    ),
)
def check_translate(me: Lab4, translate: Any) -> str:
    """Every layer with its own λ, and the one before."""
    asked, rng = function(translate, "translate"), np.random.default_rng(me.seed + 17)
    sizes, lams, c0, c1 = (6, 5, 4, 3), [1.0, 3.0, 7.0, 12.0], 0.8, 5.0
    weights = [rng.standard_normal(pair) for pair in pairwise(sizes)]
    biases = [rng.standard_normal(units) for units in sizes[1:]]
    given = asked(weights, biases, lams, c0, c1)
    if not isinstance(given, list | tuple) or len(given) != 2:
        wrong("Two lists are to come back: the weights of all layers, and their biases.")
    if any(not isinstance(part, list | tuple) or len(part) != 3 for part in given):
        wrong("Each of the two lists should have an entry for every layer: three, for three layers of weights.")
    right = translated(weights, biases, lams, me.r_max, c0, c1)
    found = [
        [array(a, f"{name} {k}", np.shape(right[i][k]), "as before") for k, a in enumerate(given[i])]
        for i, name in enumerate(("weights", "biases"))
    ]
    others = {
        "All layers use the λ of the first: each has one of its own.": [1.0, 3.0, 3.0, 3.0],
        "Every layer is taken for the first: what was λ there is `before` here.": [1.0, 1.0, 1.0, 1.0],
        "The λs are in the wrong order.": lams[::-1],
    }
    mistakes = {m: joined(translated(weights, biases, other, me.r_max, c0, c1)) for m, other in others.items()}
    mistakes["Each layer has its λ, but all take their inputs for pixels: `before` is the λ of the layer below."] = (
        joined(([w * c1 / lam / me.r_max for w, lam in zip(weights, lams[1:], strict=True)], right[1]))
    )
    mistakes["`before` and `lam` have changed places."] = joined(
        (
            [w * lam / me.r_max * c1 / before for w, (before, lam) in zip(weights, pairwise(lams), strict=True)],
            [c0 + c1 * b / before for b, before in zip(biases, lams, strict=False)],
        )
    )
    mistakes["The last layer is not translated: its cells are to spike, too."] = joined(
        ([*right[0][:-1], weights[-1]], [*right[1][:-1], biases[-1]])
    )
    layers = [
        k for k in range(3) if not np.allclose(found[0][k], right[0][k]) or not np.allclose(found[1][k], right[1][k])
    ]
    agree(joined((found[0], found[1])), joined(right), mistakes, f"Look at layer {min(layers, default=0) + 1} again.")
    return ""


def joined(lists: tuple[list[Array], list[Array]]) -> Array:
    """All numbers of two lists of arrays in one line, small ones made as large as the others."""
    return np.concatenate([1e2 * np.ravel(a) for a in lists[0]] + [np.ravel(a) for a in lists[1]])
