"""Tasks 4.1 to 4.5: from a rate to the drive that makes it, from units to cells, from one network to the other."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from compare.lab.checks.expect import agree, array, function, number, wrong
from compare.lab.checks.lab4.student import LAB, Array, Lab4, full_speed, training_digits
from compare.mapping import weighted_sums


@LAB.task(
    "4.1",
    "the drive for a rate",
    points=2,
    hints=(
        "Start from 1/r = t_ref + τ·ln(J/(J−1)): bring everything but the logarithm to the other side.",
        "J/(J−1) = e^x, with x = (1/r − t_ref)/τ. Multiply out, and solve for J. Times in ms, so 1/r is 1000/rate.",
        "J = 1/(1 − e^(−x)).",
    ),
)
def check_drive_for(me: Lab4, drive_for: Any) -> str:
    """1/(1 − exp(−(1/r − t_ref)/τ))."""
    asked, rates = function(drive_for, "drive_for"), np.array([2.0, 20, 60, 100, 130])
    found = array(asked(rates), "drive_for(rate)", rates.shape, "one drive for each rate")
    x = (1e3 / rates - me.t_ref) / me.tau
    with np.errstate(all="ignore"):
        mistakes = {
            "That is the way from a drive to its rate; here it goes back.": np.where(
                rates > 1, 1e3 / (me.t_ref + me.tau * np.log(rates / (rates - 1))), 0
            ),
            "The refractory time is missing: it is a part of the interval in which nothing climbs.": 1
            / (1 - np.exp(-1e3 / rates / me.tau)),
            "The refractory time is added; it has to be taken off the interval before the climb begins.": 1
            / (1 - np.exp(-(1e3 / rates + me.t_ref) / me.tau)),
            "The sign in the exponent: your drives are negative.": 1 / (1 - np.exp(x)),
            "Seconds and milliseconds: 1/rate is in seconds, your τ and t_ref are in ms.": 1
            / (1 - np.exp(-(1 / rates - me.t_ref) / me.tau)),
            "That is J/(J−1), not yet J.": np.exp(x),
            "Upside down: it should be one over that.": 1 - np.exp(-x),
            "That is the straight line of a ReLU; the cell's curve is bent.": 1 + rates * me.tau / 1e3,
        }
    if (found[:-1] > found[1:]).any():
        otherwise = "To fire faster it takes more drive, but yours falls."
    else:
        otherwise = f"For 100 Hz yours is {found[3]:.4g}: put it into 1/(t_ref + τ·ln(J/(J−1))), and see what comes out."
    agree(found, me.drive_for(rates), mistakes, otherwise)
    return "Even for 1 Hz it takes more than the rheobase: this cell has no slow start."


@LAB.task(
    "4.2",
    "threshold on threshold, top on top",
    points=2,
    hints=(
        "Put both conditions into J = c₀ + c₁·z/λ: what is J at z = 0, and at z = λ?",
        "At z = 0 the drive is c₀, and that shall be the rheobase. At z = λ it is c₀ + c₁, and that shall give r_max.",
        "c₀ is a round number; c₁ is drive_for of r_max, less c₀.",
    ),
)
def check_alignment(me: Lab4, c0: Any, c1: Any) -> str:
    """1, and drive_for(r_max) − 1."""
    start, gain = number(c0, "c0"), number(c1, "c1")
    if abs(start) < 1e-9:
        wrong("c0 is the drive at z = 0: with no drive at all the cell is far below its rheobase.")
    firsts = {"c0 is a drive, in rheobases, not a rate.": me.r_max, "c0 is the drive at z = 0, not at z = λ.": me.gain + 1}
    agree(start, 1.0, firsts, "At z = 0 the cell should be just on the edge of firing: which drive is that?")
    mistakes = {
        "At z = λ your drive is c0 + c1: one rheobase too much.": me.gain + 1,
        "c1 is a drive, in rheobases, not a rate.": me.r_max,
        "That is the drive at which the cell would fire once a second.": float(me.drive_for(np.array(1.0))),
        "c1 is in proportion to the way up to λ, whatever λ is: z/λ is 1 there.": me.gain / full_speed(me.model)[1],
        "One and one: at z = λ the cell would fire, but far from r_max.": 1.0,
    }
    otherwise = f"With these, a unit at λ makes its cell fire at {rate(me, start + gain):.0f} Hz; it should be {me.r_max}."
    agree(gain, me.gain, mistakes, otherwise, tolerance=1e-4)
    return f"A full activation takes {1 + me.gain:.2f} rheobases."


def rate(me: Lab4, drive: float) -> float:
    """What the cell makes of a drive."""
    return float(me.cell.rate(np.array(drive)))


@LAB.task(
    "4.3",
    "what counts as fully active",
    points=1,
    hints=(
        "Weighted sums of all training digits first, then the ReLU, then the percentile of all of them together.",
        "np.percentile(values, 99.9) of np.maximum(z, 0): over all digits and units at once.",
        "z = training.images @ weights[0] + biases[0], then lam = np.percentile(np.maximum(z, 0), 99.9).",
    ),
)
def check_lam(me: Lab4, lam: Any) -> str:
    """The 99.9th percentile of the first layer's activations."""
    if np.shape(lam) == (16,):
        wrong("That is one λ for each unit: here the whole layer shares one, so that its units stay comparable.")
    found = number(lam, "lam")
    z = weighted_sums(me.model, training_digits().images)[0].astype(float)
    units = np.maximum(z, 0)
    mistakes = {
        "That is the largest of all: a single odd digit decides, and all other cells fire slowly.": units.max(),
        "99.9 per cent: np.percentile counts from 0 to 100, not to 1.": np.percentile(units, 0.999),
        "That is the mean: half of the cells would be asked for more than r_max.": units.mean(),
        "That is the median.": np.median(units),
        "These are weighted sums without their biases.": np.percentile(np.maximum(z - me.model.biases[0], 0), 99.9),
        "That is the 99th percentile; it should be the 99.9th.": np.percentile(units, 99),
    }
    otherwise = "The 99.9th percentile of all activations of the first hidden layer, on the training digits."
    agree(found, full_speed(me.model)[1], mistakes, otherwise, tolerance=1e-3)
    return ""


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
        "The inputs are rates now, in the hundreds: a rate of r_max stands for the activation `before`.": w * before * scale,
        "An input at r_max stands for the activation `before`, not for 1.": w / me.r_max * scale,
        "Rates are divided by `before`: a rate of r_max stands for the activation `before`.": w / before / me.r_max * scale,
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
        "Not yet the weights: c₁/λ times W, times what a rate of 1 Hz stands for.",
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


def translated(weights: Any, biases: Any, lams: Any, r_max: float, c0: float, c1: float) -> tuple[list[Array], list[Array]]:
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
        "for k in range(len(weights)): w, b = to_cells(weights[k], biases[k], lams[k], lams[k + 1], c0, c1); append both.",
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
    mistakes["Each layer has its λ, but all take their inputs for pixels: `before` is the λ of the layer below."] = joined(
        ([w * c1 / lam / me.r_max for w, lam in zip(weights, lams[1:], strict=True)], right[1])
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
    layers = [k for k in range(3) if not np.allclose(found[0][k], right[0][k]) or not np.allclose(found[1][k], right[1][k])]
    agree(joined((found[0], found[1])), joined(right), mistakes, f"Look at layer {min(layers, default=0) + 1} again.")
    return ""


def joined(lists: tuple[list[Array], list[Array]]) -> Array:
    """All numbers of two lists of arrays in one line, small ones made as large as the others."""
    return np.concatenate([1e2 * np.ravel(a) for a in lists[0]] + [np.ravel(a) for a in lists[1]])
