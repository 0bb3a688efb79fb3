"""Digits and weights as pictures: in rows, as numbers, laid over each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from compare.lab.show import figure, in_style, show
from compare.style import ANN, BIO, WEIGHTS, bare

Array = np.ndarray
SIDE = 28
LIT = 0.5


@in_style
def gallery(images: Sequence[Array], titles: Sequence[str], finding: str) -> Any:
    """Images (784,) beside each other, five in a row, white the brightest."""
    rows = -(-len(images) // 5)
    drawing = figure(8, 1.85 * rows + 0.5)
    axes = np.atleast_1d(drawing.subplots(rows, min(5, len(images)))).ravel()
    for ax, image, title in zip(axes, images, titles, strict=False):
        ax.imshow(np.reshape(image, (SIDE, SIDE)), cmap="gray", vmin=0)
        ax.set_title(title, fontsize=9, fontweight="normal", loc="center")
    bare(list(axes))
    for ax in axes[len(images) :]:
        ax.set_visible(False)
    return show(drawing, finding, f"{len(images)} pictures of 28 by 28 pixels: {', '.join(titles)}")


@in_style
def as_numbers(image: Array, row: int, column: int) -> Any:
    """The image, and around one pixel its brightness in numbers."""
    square = np.reshape(image, (SIDE, SIDE))
    top, left = (int(np.clip(place - 4, 0, SIDE - 9)) for place in (row, column))
    drawing = figure(8, 4)
    whole, part = drawing.subplots(1, 2)
    for ax in (whole, part):
        ax.imshow(square, cmap="gray", vmin=0, vmax=1)
        ax.grid(False)
        ax.set(xlabel="column", ylabel="row")
        ax.add_patch(outline(column, row, 1, 1, BIO))
    whole.add_patch(outline(left, top, 9, 9, ANN))
    part.set(xlim=(left - 0.5, left + 8.5), ylim=(top + 8.5, top - 0.5))
    part.set(xticks=range(left, left + 9), yticks=range(top, top + 9))
    for r, c in np.ndindex(9, 9):
        value = square[top + r, left + c]
        ink = "black" if value > LIT else "white"
        part.text(left + c, top + r, f"{value:.2f}".lstrip("0"), ha="center", va="center", fontsize=7, color=ink)
    finding = f"What a computer gets of a digit: {SIDE * SIDE} numbers from 0 to 1"
    return show(drawing, finding, "A digit, and a part of it with the brightness written on every pixel")


def outline(column: int, row: int, width: int, height: int, colour: str) -> Any:
    """A frame around pixels."""
    from matplotlib.patches import Rectangle

    return Rectangle((column - 0.5, row - 0.5), width, height, fill=False, edgecolor=colour, linewidth=2)


@in_style
def laid_over(a: Array, b: Array, share: float) -> Any:
    """Two drawings, and both in one picture: lit in the first only, in the second only, in both."""
    drawing = figure(8, 3.1)
    axes = drawing.subplots(1, 3)
    for ax, image, name in zip(axes, (a, b), ("one drawing", "another"), strict=False):
        ax.imshow(np.reshape(image, (SIDE, SIDE)), cmap="gray", vmin=0)
        ax.set_title(name, fontsize=9, fontweight="normal", loc="center")
    over(axes[2], np.reshape(a > LIT, (SIDE, SIDE)), np.reshape(b > LIT, (SIDE, SIDE)))
    bare(list(axes))
    alt = f"Two drawings of a digit, and both laid over each other: {share:.0%} of the lit pixels are shared"
    return show(drawing, f"The same digit twice: of all lit pixels, {share:.0%} are lit in both", alt)


def over(ax: Axes, a: Array, b: Array) -> None:
    """Two patterns of lit pixels in two colours, white where both are lit."""
    from matplotlib.colors import to_rgb

    picture = np.zeros((*a.shape, 3))
    for where, colour in ((a & ~b, ANN), (b & ~a, BIO), (a & b, "white")):
        picture[where] = to_rgb(colour)
    ax.imshow(picture)
    ax.set_title("blue: first only, orange: second only,\nwhite: both", fontsize=9, fontweight="normal", loc="center")


@in_style
def weights_picture(pictures: Sequence[Array], titles: Sequence[str], finding: str) -> Any:
    """Weights (28, 28) in colours: green what speaks for a unit, purple what speaks against it, white nothing."""
    rows = -(-len(pictures) // 8)
    drawing = figure(8.5, 1.35 * rows + 1 if len(pictures) > 1 else 4)
    axes = np.atleast_1d(drawing.subplots(rows, min(8, len(pictures)))).ravel()
    most = float(np.percentile(np.abs(np.array(pictures)), 99.5))
    for ax, picture, title in zip(axes, pictures, titles, strict=False):
        shown = ax.imshow(np.reshape(picture, (SIDE, SIDE)), cmap=WEIGHTS, vmin=-most, vmax=most)
        ax.set_title(title, fontsize=8, fontweight="normal", loc="center")
    bare(list(axes))
    drawing.colorbar(shown, ax=list(axes), label="weight", shrink=0.8)
    return show(drawing, finding, f"Weights from 784 pixels as pictures: {', '.join(titles)}")
