"""A coarse digit, a curve over severity, how sure it is, and where half is lost: tasks 5.1 to 5.4."""

from __future__ import annotations

from typing import Any

import numpy as np

from compare.lab.checks.expect import agree, array, function, number, wrong
from compare.lab.checks.lab5.student import LAB, Lab5

Array = np.ndarray


@LAB.task(
    "5.1",
    "a coarse digit",
    points=2,
    hints=(
        "Take one square of pixels. Which one number tells best how much ink there is in it?",
        "For each square (two loops, in steps of `block`): all its pixels get the mean of them. Do it on a copy.",
        "new[r : r + block, c : c + block] = picture[r : r + block, c : c + block].mean(), for r and c in "
        "range(0, 28, block).",
    ),
)
def check_coarse(me: Lab5, coarse: Any) -> str:
    """Each block by its mean."""
    asked = function(coarse, "coarse", copies=False)
    image = np.random.default_rng(me.digit).random(784).astype(np.float32)
    image[:28] = 0
    given = image.copy()
    blocks = (2, 4, 7, 14)
    answered = []
    for block in blocks:
        result = asked(given, block)
        if np.shape(result) == (28, 28):
            wrong("It comes back as 28 rows of 28: give it back as a line of 784, as every image of these labs.")
        if np.shape(result) == ((28 // block) ** 2,) or np.shape(result) == (28 // block, 28 // block):
            wrong("It has shrunk: keep 784 pixels, with all those of a square alike, so that the networks can see it.")
        answered.append(array(result, "coarse(image, block)", (784,), "one brightness a pixel").astype(float))
    if not np.array_equal(given, image):
        wrong("The image that was given is spoilt afterwards, too: work on a copy.")
    cut = [cut_up(image, block) for block in blocks]
    right, most = (
        np.array([put_together(how(s, axis=(2, 3)), b) for s, b in zip(cut, blocks, strict=True)])
        for how in (np.mean, np.max)
    )
    first, middle = (
        np.array(
            [
                put_together(s[:, :, b // at, b // at] if at else s[:, :, 0, 0], b)
                for s, b in zip(cut, blocks, strict=True)
            ]
        )
        for at in (0, 2)
    )
    found = np.array(answered)
    mistakes = {
        "Each square shows its first pixel only: a stroke beside it would vanish. All its pixels count.": first,
        "Each square is as bright as its brightest pixel: faint ink becomes bold.": most,
        "These are sums: a square in the middle of a stroke would be brighter than white.": right
        * np.array(blocks)[:, None] ** 2,
        "It has not changed the image at all.": np.tile(image, (len(blocks), 1)),
        "That averages along rows only: squares have a height, too.": np.array([rows(image, b) for b in blocks]),
        "The squares have the same size whatever `block` says.": np.tile(right[blocks.index(me.block)], (4, 1)),
        "Each square shows its middle pixel only: a stroke beside it would vanish. All its pixels count.": middle,
    }
    agree(found, right, mistakes, "For some square, its pixels are not the mean of what was there.", tolerance=1e-5)
    return ""


def cut_up(image: Array, block: int) -> Array:
    """The image as squares of this side: (rows of squares, columns of squares, block, block)."""
    side = 28 // block
    return image.reshape(side, block, side, block).transpose(0, 2, 1, 3)


def put_together(numbers: Array, block: int) -> Array:
    """An image of squares of one brightness each."""
    return np.kron(numbers, np.ones((block, block))).reshape(784)


def rows(image: Array, block: int) -> Array:
    """The image with means over stretches of its rows."""
    return np.repeat(image.reshape(-1, block).mean(axis=1), block)


@LAB.task(
    "5.2",
    "accuracy at each severity",
    points=1,
    hints=(
        "How would you do it for one severity, one row of answers?",
        "Compare the whole table with the labels; then average, but not over everything.",
        "(answers == labels).mean(axis=1): one mean a row.",
    ),
)
def check_accuracies(me: Lab5, accuracies: Any) -> str:
    """The share of right answers in each row."""
    asked = function(accuracies, "accuracies")
    rng = np.random.default_rng(me.seed)
    labels = rng.integers(0, 10, 40)
    answered = np.where(rng.random((5, 40)) < np.linspace(0.95, 0.2, 5)[:, None], labels, (labels + 1) % 10)
    given, hits = asked(answered, labels), answered == labels
    if np.ndim(given) == 0:
        wrong("One number comes back: that mixes all severities. Keep them apart, one accuracy for each row.")
    if np.shape(given) == (40,):
        wrong("You average over severities, digit by digit: a row is a severity, and its columns are the digits.")
    found = array(given, "accuracies(answers, labels)", (5,), "one accuracy for each severity")
    mistakes = {
        "These are the errors.": 1 - hits.mean(axis=1),
        "These are counts of right answers: as shares, they can be compared whatever the number of digits.": hits.sum(
            axis=1
        ),
        "In per cent; here it is a share, from 0 to 1.": 100 * hits.mean(axis=1),
        "That is the mean answer, not how often it is right.": answered.mean(axis=1),
        "The order is turned round: row 0 comes first.": hits.mean(axis=1)[::-1],
        "All rows are scored by the first: each has answers of its own.": np.full(5, hits[0].mean()),
        "You divide by the accuracy on clean digits; first the plain accuracy.": hits.mean(axis=1) / hits[0].mean(),
    }
    agree(found, hits.mean(axis=1), mistakes, "For a table of my choice these are not the shares of right answers.")
    return ""


Z = 1.96


def wilson_interval(right: Array, shown: Array, z: float = Z) -> Array:
    """Wilson's interval, (…, 2)."""
    p = right / shown
    middle = (p + z**2 / (2 * shown)) / (1 + z**2 / shown)
    half = z / (1 + z**2 / shown) * np.sqrt(p * (1 - p) / shown + z**2 / (4 * shown**2))
    return np.stack([middle - half, middle + half], axis=-1)


@LAB.task(
    "5.3",
    "how sure an accuracy is",
    points=2,
    hints=(
        "At the ends of the interval, the distance |p̂ − p| is *equal* to 1.96 √(p(1−p)/n). Square both sides.",
        "With z = 1.96: (1 + z²/n) p² − (2p̂ + z²/n) p + p̂² = 0. The two roots of this quadratic are the ends.",
        "(p̂ + z²/2n ± z √(p̂(1−p̂)/n + z²/4n²)) / (1 + z²/n): the lower end with −, the upper with +.",
    ),
)
def check_interval(me: Lab5, interval: Any) -> str:
    """Wilson's."""
    asked = function(interval, "interval")
    cases = [(me.right, me.shown), (9, 10), (3, 17), (20, 20), (0, 12)]
    answered = [array(asked(k, n), "interval(right, shown)", (2,), "the lower and the upper end") for k, n in cases]
    found, right = np.array(answered), np.array([wilson_interval(k, n) for k, n in np.array(cases)])
    k, n = np.array(cases).T[:, :, None].astype(float)
    p, sign = k / n, np.array([-1, 1])
    wald = p + sign * Z * np.sqrt(p * (1 - p) / n)
    half = (right[:, 1:] - right[:, :1]) / 2
    crooked = (p + sign * Z * np.sqrt(p * (1 - p) / n + Z**2 / (4 * n**2)) + Z**2 / (2 * n)) / (1 + Z**2)
    plain = "You take the spread at p̂ itself. Look at 20 right of 20: it says that no error is possible, ever. "
    mistakes = {
        plain + "The condition asks for the spread at each p that is tried.": wald,
        plain + "(And cutting at 0 and 1 does not mend that.)": wald.clip(0, 1),
        "The ends come in the wrong order: the lower first.": right[:, ::-1],
        "It is too narrow: one standard deviation holds 68 %, and 95 % are asked for.": np.array(
            [wilson_interval(k, n, z=1.0) for k, n in np.array(cases)]
        ),
        "It is as wide as it should be, but lies evenly around p̂: Wilson's leans towards ½.": p + sign * half,
        "The spread has lost its root: a variance is no distance.": p + sign * Z * p * (1 - p) / n,
        "In per cent; here they are shares, from 0 to 1.": 100 * right,
        "These are numbers of digits; asked for are shares.": n * right,
        "Within the root of yours, z²/4n² is missing.": (p + Z**2 / (2 * n) + sign * Z * np.sqrt(p * (1 - p) / n))
        / (1 + Z**2 / n),
        "The last division is by 1 + z²/n, and yours by 1 + z².": crooked,
        "You have not divided by 1 + z²/n: for few digits the upper end leaves 1.": right * (1 + Z**2 / n),
    }
    bad = (found < -1e-6) | (found > 1 + 1e-6)
    otherwise = (
        f"An accuracy lies from 0 to 1, and for {cases[int(bad.any(axis=1).argmax())]} an end of yours does not."
        if bad.any()
        else f"For 9 right of 10 yours goes from {found[1, 0]:.3f} to {found[1, 1]:.3f}: try the ends in the condition."
    )
    agree(found, right, mistakes, otherwise, tolerance=2e-4)
    low, high = right[0]
    return f"{me.right} right of {me.shown}: anything from {low:.0%} to {high:.0%} would be no surprise."


CURVES = (
    ((0, 1, 2, 3, 4), (0.94, 0.90, 0.62, 0.33, 0.15)),
    ((0, 0.1, 0.2, 0.4), (0.80, 0.65, 0.35, 0.12)),
    ((0, 10, 20, 25, 50), (0.98, 0.97, 0.96, 0.60, 0.20)),
)


@LAB.task(
    "5.4",
    "the severity that takes half",
    points=2,
    hints=(
        "Guessing gives 0.1. So which accuracy is half-way down from the clean one?",
        "Find the first severity at which the curve is below; it has crossed on the way there from the one before. How "
        "far along that straight line?",
        "With a and b the accuracies before and after, s and t their severities: s + (a − half) / (a − b) · (t − s).",
    ),
)
def check_halfway(me: Lab5, halfway: Any) -> str:
    """On the straight line, half-way to guessing."""
    asked = function(halfway, "halfway")
    shown = [(np.array(s, float), np.array(a)) for s, a in CURVES]
    found = [number(asked(s, a), "halfway(severities, accuracy)") for s, a in shown]
    half = [(a[0] + 0.1) / 2 for _, a in shown]
    after = [int(np.argmax(a < h)) for (_, a), h in zip(shown, half, strict=True)]
    mistakes = {
        "That is half of the clean accuracy. Who guesses is right once in ten: half of what can be *lost* is less.": [
            crossing(s, a, a[0] / 2) for s, a in shown
        ],
        "That is where the accuracy is ½. Half-way lies between the clean accuracy and guessing.": [
            crossing(s, a, 0.5) for s, a in shown
        ],
        "You count guessing twice: half-way lies in the middle between the clean accuracy and 0.1.": [
            crossing(s, a, (a[0] - 0.1) / 2) for s, a in shown
        ],
        "That is the first severity tried beyond: the curve has crossed on the way there.": [
            s[i] for (s, _), i in zip(shown, after, strict=True)
        ],
        "That is the last severity tried before: the curve crosses a little later.": [
            s[i - 1] for (s, _), i in zip(shown, after, strict=True)
        ],
        "That is the middle between two severities, wherever between them the curve crosses.": [
            (s[i - 1] + s[i]) / 2 for (s, _), i in zip(shown, after, strict=True)
        ],
        "That is an accuracy; asked for is the severity at which it is reached.": half,
        "That is a place in the list, not a severity.": after,
        "np.interp wants numbers that rise, and your accuracies fall: it gives no error, only nonsense.": [
            float(np.interp(h, a, s)) for (s, a), h in zip(shown, half, strict=True)
        ],
    }
    right = [crossing(s, a, h) for (s, a), h in zip(shown, half, strict=True)]
    otherwise = f"For {CURVES[0][1]} at {CURVES[0][0]}, yours says {found[0]:.3g}: draw that curve and look."
    agree(found, right, mistakes, otherwise, tolerance=1e-4)
    return ""


def crossing(severities: Array, accuracy: Array, level: float) -> float:
    """Where a falling curve of straight pieces passes a level."""
    return float(np.interp(-level, -accuracy, severities))
