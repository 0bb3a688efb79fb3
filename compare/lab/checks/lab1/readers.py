"""Tasks 1.5 to 1.10: the nearest mean and the nearest neighbour, their score, and what a small move does to them."""

from __future__ import annotations

from typing import Any

import numpy as np

from compare.lab.checks.expect import agree, array, function, near, number, wrong
from compare.lab.checks.lab1.student import LAB, SIDE, Array, Lab1, distances, material, some_images
from compare.lab.course import AnswerError


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
    try:
        still = asked(image, 0, 0)
    except AnswerError:
        wrong(f"Moved by {right} and {down} it is right, but by 0 it stops: picture[:-0] is empty, [:28 - 0] is not.")
    if not near(still, image):
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
        "Both are the same: read moved images for the second list, and by the means that you had before.": [
            right[0],
            right[0],
        ],
        "These are shares of errors.": 1 - right,
        "Right and down are exchanged in your call of `shifted`.": [right[0], share(me.down, me.right)],
    }
    otherwise = "Both should be shares of the 1,000 test digits, read by the means of the training digits."
    agree(found, right, mistakes, otherwise, tolerance=2e-3)
    return f"From {right[0]:.1%} to {right[1]:.1%}, by a move of {me.right} and {me.down} pixels."
