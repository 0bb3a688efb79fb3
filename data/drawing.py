"""Turns pen strokes into a digit as MNIST has them: drawn on a pad, cut out, shrunk to 20 pixels, centred by its mass.

A pen of width w along a polyline covers a pixel whose middle lies d from the nearest segment by

    coverage(d) = clip(w/2 + 1/2 − d, 0, 1)        in pixels of the pad

and where strokes cross, the one that covers more counts. The picture then goes the way of MNIST's digits (Y. LeCun,
L. Bottou, Y. Bengio & P. Haffner, Proc. IEEE 1998, section III.A; http://yann.lecun.com/exdb/mnist/): resized, with its
aspect kept, to a box of 20×20 pixels, then moved so that its centre of mass lies in the middle of 28×28.
The details are those that the training digits show: their ink, to the faintest, is 20 pixels long, their centre of
mass lies within half a pixel of the middle of pixel 14, counted from 0, and their brightest byte is 254 or 255. Such a
digit comes back as it was: 59,986 of the 60,000 do, and of the other 14 MNIST itself cut 13 at the edge.

Every sum is written out in its order, with operations that IEEE 754 rounds in one way only, so that the same drawing
gives the same bytes in any language.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from data.digits import SIDE

PAD = 112  # pixels of the pad: four for each of a digit's
BOX = 20  # pixels that the longer side of a digit takes
MIDDLE = 14  # the pixel, counted from 0, that the centre of mass comes to lie in
FULL = 255  # the brightest byte
LEAST_INK = 0.5 / FULL  # what does not round to nothing
LEAST_BRIGHTEST = (FULL - 1.5) / FULL  # in each of MNIST's digits, some pixel has a byte of 254 or 255


@dataclass(frozen=True, eq=False)
class Stroke:
    """What the pen draws between touching the pad and leaving it.

    points  (n, 2), n ≥ 1: x to the right and y down, from (0, 0) at the top left to (1, 1); beyond lies no paper
    width   of the pen, as a fraction of the pad's side

    Raises ValueError for points or a width that are not so.
    """

    points: np.ndarray
    width: float

    def __post_init__(self) -> None:
        points = np.asarray(self.points, dtype=float)
        if points.ndim != 2 or points.shape[1] != 2 or not len(points) or not np.isfinite(points).all():
            raise ValueError(f"points {points.shape} of a stroke must be finite (x, y), at least one: give (n, 2)")
        if not 0 < self.width <= 1:
            raise ValueError(f"width {self.width:g} of a stroke must be a fraction of the pad: choose above 0, up to 1")
        object.__setattr__(self, "points", points)


def render(strokes: Iterable[Stroke]) -> np.ndarray:
    """The strokes as a picture (PAD, PAD) from 0, blank, to 1, covered; no strokes leave it blank."""
    picture = np.zeros((PAD, PAD))
    for stroke in strokes:
        places = stroke.points * PAD
        for start, end in zip(places, places[1:] if len(places) > 1 else places, strict=False):
            draw_segment(picture, start, end, stroke.width * PAD)
    return picture


def draw_segment(picture: np.ndarray, start: np.ndarray, end: np.ndarray, width: float) -> None:
    """Draws a straight piece from `start` to `end` (x, y) with a pen of that width, all in pixels, onto the picture."""
    reach = width / 2 + 0.5
    (x0, x1), (y0, y1) = (within(start[axis], end[axis], reach) for axis in (0, 1))
    right, down = end[0] - start[0], end[1] - start[1]
    x = np.arange(x0, x1) + 0.5 - start[0]
    y = (np.arange(y0, y1) + 0.5 - start[1])[:, None]
    squared = right * right + down * down
    along = np.minimum(np.maximum((x * right + y * down) / squared, 0), 1) if squared > 0 else np.zeros_like(x)
    off_x, off_y = x - along * right, y - along * down
    covered = np.minimum(np.maximum(reach - np.sqrt(off_x * off_x + off_y * off_y), 0), 1)
    part = picture[y0:y1, x0:x1]
    np.maximum(part, covered, out=part)


def within(a: float, b: float, reach: float) -> tuple[int, int]:
    """The pixels, from the first to before the last, that a pen between a and b can touch along one axis."""
    low, high = np.floor(min(a, b) - reach), np.ceil(max(a, b) + reach)
    return int(min(max(low, 0), PAD)), int(min(max(high, 0), PAD))


def prepare(picture: np.ndarray) -> np.ndarray:
    """The picture (side, side) in [0, 1], ink bright, as a digit (784,) float32 in whole 255ths, as `Digits` has them.

    Cut to the ink's bounding box, resized so that its longer side takes 20 pixels, each the mean of the area that it
    covers, brightened if it is faint, rounded to bytes, and moved by whole pixels until the centre of mass lies in the
    middle: as far as it can without losing ink. An empty picture gives an empty digit.

    Raises ValueError for a picture that is not square or leaves [0, 1].
    """
    picture = checked(picture)
    digit = np.zeros((SIDE, SIDE), dtype=np.uint8)
    rows, columns = (np.flatnonzero((picture >= LEAST_INK).any(axis=axis)) for axis in (1, 0))
    if len(rows):
        top, left = int(rows[0]), int(columns[0])
        height, width = int(rows[-1]) + 1 - top, int(columns[-1]) + 1 - left
        longer = max(height, width)
        narrow = rows_resized(picture, top, height, longer)
        small = as_bytes(brightened(rows_resized(narrow.T, left, width, longer).T))
        first, second = (place(small.sum(axis=axis, dtype=np.int64)) for axis in (1, 0))
        digit[first : first + small.shape[0], second : second + small.shape[1]] = small
    return digit.reshape(-1) * np.float32(1 / FULL)


def checked(picture: np.ndarray) -> np.ndarray:
    """The picture as float64; raises ValueError, in one line, unless it is one."""
    picture = np.asarray(picture, dtype=float)
    if picture.ndim != 2 or picture.shape[0] != picture.shape[1]:
        raise ValueError(f"a picture must be square, got {picture.shape}: give (side, side)")
    if picture.size and not (picture.min() >= 0 and picture.max() <= 1):
        raise ValueError(
            f"a picture must lie in [0, 1], got {picture.min():g}…{picture.max():g}: divide by the largest brightness"
        )
    return picture


def rows_resized(picture: np.ndarray, low: int, length: int, longer: int) -> np.ndarray:
    """Rows `low` to `low + length` as rows longer/20 wide, the least number that holds them, evenly about their middle:
    each the mean over what it covers, whether that is many old rows or a part of one."""
    step = longer / BOX
    count = (BOX * length + longer - 1) // longer
    start = low - (count * step - length) / 2
    new = np.zeros((count, picture.shape[1]))
    for k in range(count):
        upper, lower = start + k * step, start + (k + 1) * step
        for row in range(max(int(np.floor(upper)), low), min(int(np.ceil(lower)), low + length)):
            overlap = min(row + 1, lower) - max(row, upper)
            new[k] += overlap / step * picture[row]
    return new


def brightened(picture: np.ndarray) -> np.ndarray:
    """The picture with its brightest pixel at 1, if that is darker than any training digit's, as a thin pen leaves it:
    training digits with their strokes worn to a line are then read somewhat better."""
    brightest = picture.max()
    return picture / brightest if 0 < brightest < LEAST_BRIGHTEST else picture


def as_bytes(picture: np.ndarray) -> np.ndarray:
    """Brightness from 0 to 1 as the nearest byte, halves upwards."""
    return np.minimum(np.floor(picture * FULL + 0.5), FULL).astype(np.uint8)


def place(mass: np.ndarray) -> int:
    """Where in the 28 pixels these (up to 20) begin, by the mass of each, a whole number; the nearest place that is
    within the image, should the ideal one not be."""
    total, moment = int(mass.sum()), int((mass * np.arange(len(mass))).sum())
    centre = (2 * moment + total) // (2 * total) if total else MIDDLE  # rounded, halves upwards
    return min(max(MIDDLE - centre, 0), SIDE - len(mass))
