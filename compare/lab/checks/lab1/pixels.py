"""Tasks 1.1 to 1.4: where a pixel stands, how much two drawings overlap, how far apart they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from compare.lab.checks.expect import agree, function, number, wrong
from compare.lab.checks.lab1.student import EACH, LAB, LIT, SIDE, Lab1, distances, material, some_images


@LAB.task(
    "1.1",
    "where a pixel stands in the line of 784",
    points=1,
    hints=(
        "How many pixels have gone by when row 1 begins? And row 2?",
        "Each full row above yours takes 28 places; then you walk along your own row.",
        "Rows count in steps of 28, columns in steps of 1, and both begin at 0: write that sum.",
    ),
)
def check_place(me: Lab1, place: Any) -> str:
    """Row by row, counted from 0."""
    asked = function(place, "place")
    cells = [(0, 0), (0, 27), (27, 27), (me.row, me.column), (5, 17)]
    found = [number(asked(*cell), "place(row, column)") for cell in cells]
    mistakes: dict[str, Callable[[int, int], float]] = {
        "You walk down the columns: the line of numbers follows the rows, as one reads a page.": lambda r, c: (
            28 * c + r
        ),
        "One place too far: the top left pixel is number 0, and so are its row and column.": lambda r, c: (
            28 * r + c + 1
        ),
        "Rows and columns count from 0 here, and you count them from 1.": lambda r, c: 28 * (r - 1) + c - 1,
        "Your rows are 27 long: count the columns from 0 to 27 once more.": lambda r, c: 27 * r + c,
        "Two pixels of different rows share a number: a row further down must count for more.": lambda r, c: r + c,
    }
    agree(
        found,
        [28 * row + column for row, column in cells],
        {message: [rule(*cell) for cell in cells] for message, rule in mistakes.items()},
        f"Pixel (0, 0) should be number 0 and (27, 27) number 783; yours are {found[0]:g} and {found[2]:g}.",
    )
    return f"Your pixel ({me.row}, {me.column}) is number {SIDE * me.row + me.column}."


@LAB.task(
    "1.2",
    "how much two drawings overlap",
    points=2,
    hints=(
        "First make two arrays of True and False: which pixels are lit in a, which in b?",
        "`&` gives the pixels lit in both, `|` those lit in at least one; `.sum()` counts the True ones.",
        "Divide the count of the pixels lit in both by the count of those lit in either.",
    ),
)
def check_overlap(me: Lab1, overlap: Any) -> str:
    """Lit in both over lit in either (Jaccard)."""
    asked = function(overlap, "overlap")
    a, b = some_images(2, me.first)
    lit_a, lit_b = a > LIT, b > LIT
    both, either = (lit_a & lit_b).sum(), (lit_a | lit_b).sum()
    found = number(asked(a, b), "overlap(a, b)")
    soft = np.minimum(a, b).sum() / np.maximum(a, b).sum()
    mistakes = {
        "You divide by the pixels of the first drawing only: exchange a and b, and your number changes.": both
        / lit_a.sum(),
        "You divide by the pixels of the second drawing only: exchange a and b, and your number changes.": both
        / lit_b.sum(),
        "You divide by all 784: most of them are dark in any drawing, and say nothing about overlap.": both / 784,
        "Pixels that are dark in both count with you: then two nearly empty drawings would overlap most.": (
            lit_a == lit_b
        ).mean(),
        "That is a count of pixels; as a share it should lie between 0 and 1.": both,
        "You divide by lit pixels of a plus lit pixels of b: those lit in both are counted twice.": both
        / (lit_a.sum() + lit_b.sum()),
        "Every pixel with any ink counts as lit with you: the edges of strokes are grey; lit means above ½.": (
            (a > 0) & (b > 0)
        ).sum()
        / ((a > 0) | (b > 0)).sum(),
        "You compare shades of grey; here a pixel is lit, above ½, or it is not.": soft,
        "That is the share that differs: the overlap is what they have in common.": 1 - both / either,
    }
    agree(found, both / either, mistakes, "The share of pixels lit in both among those lit in either is another.")
    same = number(asked(a, a), "overlap(a, a)")
    if not np.isclose(same, 1):
        wrong(f"A drawing overlaps itself fully, so overlap(a, a) should be 1, not {same:.3g}.")
    return ""


@LAB.task(
    "1.3",
    "the distance between two images",
    points=1,
    hints=(
        "Pythagoras in two dimensions: the root of the sum of two squared differences. Here there are 784.",
        "Subtract the images, square every difference, add up, take the root at the end.",
        "`a - b` works on whole arrays, and so do `** 2`, `.sum()` and `np.sqrt`.",
    ),
)
def check_distance(me: Lab1, distance: Any) -> str:
    """Euclid's."""
    asked = function(distance, "distance")
    a, b = some_images(2, me.second).astype(float)
    difference = a - b
    found = number(asked(a, b), "distance(a, b)")
    right = np.sqrt((difference**2).sum())
    mistakes = {
        "The root is missing: as it is, an image twice as far away would count four times.": (difference**2).sum(),
        "You add differences up before squaring: a pixel too bright here then cancels one too dark there.": abs(
            difference.sum()
        ),
        "Signed differences cancel: a pixel too bright here makes up for one too dark there.": difference.sum(),
        "You add up absolute differences: a distance too, but not Pythagoras's, which is asked for here.": np.abs(
            difference
        ).sum(),
        "You take the mean where Pythagoras adds up: your distance shrinks as pixels are added.": np.sqrt(
            (difference**2).mean()
        ),
        "You square the images before you subtract; it is the difference that is squared.": np.sqrt(
            abs((a**2 - b**2).sum())
        ),
        "Only the pixel that differs most counts with you: all 784 should.": np.abs(difference).max(),
    }
    agree(
        found, right, mistakes, f"For two images that are {right:.1f} apart, yours gives {found:.3g}.", tolerance=1e-4
    )
    if abs(number(asked(a, a), "distance(a, a)")) > 1e-6:
        wrong("The distance from an image to itself should be 0.")
    return ""


@LAB.task(
    "1.4",
    "distances within a class and between two",
    points=2,
    hints=(
        "Two loops, one inside the other, visit all pairs. Which pairs have no place within a class?",
        "An image paired with itself is at distance 0 and is no pair of *different* drawings: leave those out.",
        "The mean of distance(ones[i], ones[j]) for all i < j, and of distance(a, b) for all a in ones, b in others.",
    ),
)
def check_within_between(me: Lab1, within: Any, between: Any) -> str:
    """Mean distances over pairs of different images."""
    training, _ = material()
    ones, others = (training.images[training.labels == digit][:EACH] for digit in (me.digit, me.other))
    inside, across = distances(ones, ones), distances(ones, others)
    pairs = inside[np.triu_indices(EACH, 1)]
    right = (pairs.mean(), across.mean())
    found = (number(within, "within"), number(between, "between"))
    apart = float(np.linalg.norm(ones.mean(axis=0) - others.mean(axis=0)))
    mistakes = {
        "Each image is among your pairs with itself, at distance 0, which makes the class look tighter than it is.": (
            inside.mean(),
            right[1],
        ),
        "The two are exchanged.": right[::-1],
        "You average squared distances, not distances.": ((pairs**2).mean(), (across**2).mean()),
        "These are sums over all pairs: divide by how many pairs there are.": (pairs.sum(), across.sum()),
        "Within, as asked; but between, you measure from mean image to mean image, which hides how drawings scatter.": (
            right[0],
            apart,
        ),
        "Between the classes you take pairs of the same place in both lists only: take every one with every other.": (
            right[0],
            np.diag(across).mean(),
        ),
    }
    otherwise = (
        f"Within is {'right' if near_enough(found[0], right[0]) else 'not right'}, between is "
        f"{'right' if near_enough(found[1], right[1]) else 'not right'}: go through which pairs you visit."
    )
    agree(found, right, mistakes, otherwise, tolerance=1e-3)
    share = (pairs > across.mean()).mean()
    return f"Within {right[0]:.2f}, between {right[1]:.2f}: and {share:.0%} of the pairs within are further apart."


def near_enough(a: float, b: float) -> bool:
    """Within a thousandth."""
    return abs(a - b) <= 1e-3 * abs(b)
