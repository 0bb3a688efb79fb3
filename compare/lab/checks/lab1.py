"""Lab 1, the digit as 784 numbers and why it is hard: the student's numbers, and what is right and wrong in a task."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from compare.lab.checks.expect import agree, array, function, number, wrong
from compare.lab.course import Lab
from compare.lab.parameters import Parameters
from data import Digits, load_digits

Array = np.ndarray
LIT = 0.5  # brightness above which a pixel counts as lit
SIDE = 28
PAIRS = ((4, 9), (3, 5), (3, 8), (5, 8), (7, 9), (2, 3), (1, 7), (0, 6))  # classes that look alike
EACH = 50  # images of a class whose distances are measured


@dataclass(frozen=True, eq=False, repr=False)
class Lab1(Parameters):
    """A student's numbers in lab 1."""

    digit: int = field(metadata={"meaning": "a class of digits to look at"})
    other: int = field(metadata={"meaning": "one that is easily taken for it"})
    first: int = field(metadata={"meaning": "place, among the test digits of your class, of one image"})
    second: int = field(metadata={"meaning": "and of another, in another hand"})
    row: int = field(metadata={"meaning": "a row of the image, counted from 0 at the top"})
    column: int = field(metadata={"meaning": "a column, counted from 0 at the left"})
    right: int = field(metadata={"meaning": "pixels to move a digit to the right"})
    down: int = field(metadata={"meaning": "pixels to move it down"})


def draw(rng: np.random.Generator) -> Lab1:
    """Two classes that look alike, two images, one pixel off the diagonal, and a move of 2 or 3 pixels."""
    digit, other = (int(number) for number in rng.permutation(PAIRS[rng.integers(len(PAIRS))]))
    first, second = (int(number) for number in rng.choice(80, 2, replace=False))
    row, column = (int(number) for number in rng.choice(np.arange(8, 20), 2, replace=False))
    right, down = (int(number) for number in rng.permutation([2, 3]))
    return Lab1(digit, other, first, second, row, column, right, down)


LAB = Lab(1, "The digit as 784 numbers, and why it is hard", (60, 90), draw)


@cache
def material() -> tuple[Digits, Digits]:
    """The training and the test digits of the sheet."""
    return load_digits("train").spread(5_000), load_digits("test").spread(1_000)


def some_images(count: int, seed: int) -> Array:
    """Images of the test set to try an answer on."""
    digits = material()[1].images
    return digits[np.random.default_rng(seed).choice(len(digits), count, replace=False)]


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


def distances(a: Array, b: Array) -> Array:
    """Between each image of a and each of b."""
    a, b = a.astype(float), b.astype(float)
    squares = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1) - 2 * a @ b.T
    return np.asarray(np.sqrt(np.maximum(squares, 0)))


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


@LAB.task(
    "1.5",
    "the mean image of each class",
    points=2,
    hints=(
        "`labels == 3` is True where a 3 stands; `images[labels == 3]` are those images.",
        "The mean is taken over images, pixel by pixel: which axis of (n, 784) is that?",
        "For each digit from 0 to 9: images[labels == digit].mean(axis=0); np.array makes one array of the ten.",
    ),
)
def check_class_means(me: Lab1, class_means: Any) -> str:
    """(10, 784)."""
    _, test = material()
    part = test[np.random.default_rng(me.first).permutation(len(test))[:200]]
    groups = [part.images[part.labels == digit].astype(float) for digit in range(10)]
    given = function(class_means, "class_means")(part.images, part.labels)
    if np.shape(given) == (10,):
        wrong("One number a class is left of yours: you average over pixels too. Keep them: average over images only.")
    found = array(given, "class_means(images, labels)", (10, 784), "one row a class, one column a pixel")
    mistakes = {
        "These are sums: a class with more images would be brighter.": np.array(
            [group.sum(axis=0) for group in groups]
        ),
        "All ten rows are the same mean, of all images: choose those of the class first.": np.tile(
            part.images.astype(float).mean(axis=0), (10, 1)
        ),
        "That is the median: it forgets the rarer strokes. The mean keeps a little of each.": np.array(
            [np.median(group, axis=0) for group in groups]
        ),
        "You take one image of each class; the mean needs all of them.": np.array([group[0] for group in groups]),
    }
    right = np.array([group.mean(axis=0) for group in groups])
    agree(found, right, mistakes, "Some pixels are not the mean of their class.", tolerance=1e-4)
    return ""


@LAB.task(
    "1.6",
    "the nearest mean image",
    points=2,
    hints=(
        "You have ten mean images and a way to measure distance. What would you do by hand?",
        "Measure the distance from the image to each row of `means`: ten numbers. Which place holds the smallest?",
        "`np.argmin` of a list of ten distances gives the class itself, as row 3 is the mean of the 3s.",
    ),
)
def check_nearest_mean(me: Lab1, nearest_mean: Any) -> str:
    """The class whose mean is closest."""
    training, _ = material()
    means = np.array([training.images[training.labels == digit].mean(axis=0) for digit in range(10)])
    images = some_images(30, me.second + 100)
    asked = function(nearest_mean, "nearest_mean")
    found = np.array([number(asked(image, means), "nearest_mean(image, means)") for image in images])
    apart, alike = distances(images, means), images @ means.T
    mistakes = {
        "You choose the mean that is furthest away.": apart.argmax(axis=1),
        "That is how far the nearest mean is; asked for is which class it belongs to.": apart.min(axis=1),
        "You choose the mean that shares most ink (a product); bright, fat means then win everything.": alike.argmax(
            axis=1
        ),
        "You choose by how much ink there is in all; where it lies should count.": np.abs(
            images.sum(axis=1)[:, None] - means.sum(axis=1)
        ).argmin(axis=1),
        "Counted from 1: row 0 of the means is the digit 0.": apart.argmin(axis=1) + 1,
    }
    agree(found, apart.argmin(axis=1), mistakes, "Some digits go to a mean that is not the nearest.", tolerance=1e-3)
    return ""


@LAB.task(
    "1.7",
    "the share that was read right",
    points=1,
    hints=(
        "Compare answers and labels place by place: that gives True and False.",
        "True counts as 1 and False as 0: what is their mean?",
        "`np.asarray(answers) == labels`, then `.mean()`.",
    ),
)
def check_accuracy(me: Lab1, accuracy: Any) -> str:
    """A fraction from 0 to 1."""
    rng = np.random.default_rng(me.first)
    labels = rng.integers(0, 10, 40)
    answers = np.where(rng.random(40) < 0.7, labels, (labels + 1) % 10)
    share = (answers == labels).mean()
    found = number(function(accuracy, "accuracy")(answers, labels), "accuracy(answers, labels)")
    mistakes = {
        "In per cent; here it is a share, from 0 to 1.": 100 * share,
        "That is how many are right: as a share, it can be compared between sets of any size.": 40 * share,
        "That is the share of errors.": 1 - share,
        "You divide by ten classes, and not by how many digits were read.": 40 * share / 10,
    }
    agree(found, share, mistakes, f"Of 40 digits, {40 * share:.0f} are right; yours gives {found:.3g}.")
    return ""


@LAB.task(
    "1.8",
    "the nearest neighbour",
    points=2,
    hints=(
        "Now every training image is a model, not ten means. What do you want of the closest one?",
        "Find the place of the closest image with np.argmin; the answer is what is written in `labels` there.",
        "Distances to all rows at once: np.sqrt(((images - image) ** 2).sum(axis=1)); then labels[that argmin].",
    ),
)
def check_nearest_neighbour(me: Lab1, nearest_neighbour: Any) -> str:
    """The label of the closest training image."""
    training, _ = material()
    part = training[np.random.default_rng(me.second).permutation(len(training))[:150]]
    images = some_images(25, me.first + 200)
    asked = function(nearest_neighbour, "nearest_neighbour")
    found = np.array(
        [number(asked(image, part.images, part.labels), "nearest_neighbour(image, images, labels)") for image in images]
    )
    apart = distances(images, part.images)
    means = np.array([part.images[part.labels == digit].mean(axis=0) for digit in range(10)])
    mistakes = {
        "That is the place of the neighbour in the list; asked for is what digit it is.": apart.argmin(axis=1),
        "You ask the image that is furthest away.": part.labels[apart.argmax(axis=1)],
        "You still ask the mean images; here each training image speaks for itself.": distances(images, means).argmin(
            axis=1
        ),
        "You choose the image that shares most ink (a product): fat digits win everything.": part.labels[
            (images @ part.images.T).argmax(axis=1)
        ],
        "That is how far the neighbour is; asked for is what digit it is.": apart.min(axis=1),
    }
    right = part.labels[apart.argmin(axis=1)]
    agree(found, right, mistakes, "Some digits get the label of an image that is not the nearest.", tolerance=1e-3)
    return ""


def moved(image: Array, right: int, down: int) -> Array:
    """An image (784,) moved by whole pixels; dark comes in where it was."""
    new = np.zeros((SIDE, SIDE), image.dtype)
    new[down:, right:] = image.reshape(SIDE, SIDE)[: SIDE - down, : SIDE - right]
    return new.reshape(-1)


@LAB.task(
    "1.9",
    "an image moved by whole pixels",
    points=2,
    hints=(
        "Make a picture of it first: image.reshape(28, 28). Rows are the first axis, columns the second.",
        "Begin with a dark picture, np.zeros((28, 28)), and copy a part of the old one into a part of it.",
        "new[down:, right:] is where the copy goes; which rows and columns of the old picture still fit there?",
    ),
)
def check_shifted(me: Lab1, shifted: Any) -> str:
    """To the right and down, with dark pixels coming in."""
    asked = function(shifted, "shifted")
    image = np.random.default_rng(me.first).random(784)
    right, down = me.right, me.down
    given = asked(image, right, down)
    if np.shape(given) == (SIDE, SIDE):
        wrong("You return a picture of 28 × 28; as every image here, it should be a line of 784 again.")
    found = array(given, "shifted(image, right, down)", (784,), "one number a pixel")
    square = image.reshape(SIDE, SIDE)
    back = np.zeros((SIDE, SIDE))
    back[: SIDE - down, : SIDE - right] = square[down:, right:]
    mistakes = {
        "What leaves on one side comes in on the other: the world beyond the picture is dark.": np.roll(
            square, (down, right), (0, 1)
        ).ravel(),
        "What leaves on one side comes in on the other: the line of 784 was rolled, rows and all.": np.roll(
            image, SIDE * down + right
        ),
        "Right and down are exchanged: rows come first in an array, and they go down.": moved(image, down, right),
        "It moves to the left and up.": back.ravel(),
        "It has not moved.": image,
        "It moves to the right only.": moved(image, right, 0),
        "It moves down only.": moved(image, 0, down),
    }
    agree(
        found,
        moved(image, right, down),
        mistakes,
        f"Moved by {right} and {down}, pixel (0, 0) should be at ({down}, {right}).",
    )
    if not np.array_equal(np.asarray(asked(image, 0, 0)), image):
        wrong("Moved by 0 and 0, an image should stay as it is.")
    return ""


@LAB.task(
    "1.10",
    "what a small move does to the nearest mean",
    points=1,
    hints=(
        "You have every part: nearest_mean for one image, shifted for one image, accuracy for all.",
        "Make a list of answers with a loop over test.images; then another list for the moved images.",
        "[nearest_mean(shifted(image, me.right, me.down), means) for image in test.images] is the second list.",
    ),
)
def check_before_after(me: Lab1, before: Any, after: Any) -> str:
    """Accuracy of the nearest mean on the test digits, as they are and moved."""
    training, test = material()
    means = np.array([training.images[training.labels == digit].mean(axis=0) for digit in range(10)])

    def share(right: int, down: int) -> float:
        images = np.array([moved(image, right, down) for image in test.images])
        return float((distances(images, means).argmin(axis=1) == test.labels).mean())

    right = np.array([share(0, 0), share(me.right, me.down)])
    found = np.array([number(before, "before"), number(after, "after")])
    mistakes = {
        "In per cent; here both are shares, from 0 to 1.": 100 * right,
        "The two are exchanged.": right[::-1],
        "Both are the same: the second list of answers must come from moved images.": [right[0], right[0]],
        "These are shares of errors.": 1 - right,
        "Right and down are exchanged in your call of `shifted`.": [right[0], share(me.down, me.right)],
    }
    otherwise = "Both should be shares of the 1,000 test digits, read by the means of the training digits."
    agree(found, right, mistakes, otherwise, tolerance=2e-3)
    return f"From {right[0]:.1%} to {right[1]:.1%}, by a move of {me.right} and {me.down} pixels."
