"""A rule for reading digits, written by hand: holes first, then where strokes lie to the left and to the right.

    two holes 8; one: low 6, large 0, high 9, and 4 where the top is pointed; none: straight 1, on one foot 7 or 4, else
    2, 3, 5 by the side to which the upper and the lower half are open

Its numbers were written down while looking at training digits. It learns nothing: no weight is fitted, no digit stored.
"""

from __future__ import annotations

import numpy as np
import scipy  # loads its parts where they are first used

INK = 0.4  # brightness from which a pixel counts as ink
SMALLEST_HOLE = 2  # pixels


def read_by_hand(images: np.ndarray) -> np.ndarray:
    """(n,): what the rule takes each image (n, 784) for."""
    return np.array([read_one(image.reshape(28, 28) > INK) for image in images])


def read_one(ink: np.ndarray) -> int:
    """The digit in one image of 28 × 28 truths."""
    if not ink.any():
        return 1
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    ink = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    holes = holes_of(ink)
    if len(holes) >= 2:
        return 8
    return read_one_hole(ink, *holes[0]) if holes else read_no_hole(ink)


def holes_of(ink: np.ndarray) -> list[tuple[float, float]]:
    """Height of the middle (0 top, 1 bottom) and area, in parts of the box, of everything that ink encloses."""
    outside = np.pad(~ink, 1, constant_values=True)
    areas, count = scipy.ndimage.label(outside)
    found = []
    for number in range(1, count + 1):
        where = areas == number
        if number != areas[0, 0] and where.sum() >= SMALLEST_HOLE:
            found.append(((np.nonzero(where)[0].mean() - 1) / max(len(ink) - 1, 1), where.sum() / ink.size))
    return sorted(found, key=lambda hole: -hole[1])


def read_one_hole(ink: np.ndarray, height: float, area: float) -> int:
    """0, 4, 6, 8 or 9, or a 2 with a loop at its foot."""
    upper_left, upper_right = gaps(ink, 0.15, 0.42)
    if height > 0.62:
        if upper_right > upper_left + 0.12:
            return 6
        if upper_left > upper_right + 0.08:
            return 2
        return 8 if gaps(ink, 0.58, 0.85)[1] > 0.14 else 6
    if foot(ink) > 0.42:
        return 0 if height > 0.42 and area > 0.12 else 8
    return 4 if widest_on_top(ink) < 0.42 else 9


def read_no_hole(ink: np.ndarray) -> int:
    """1, 2, 3, 5 or 7, and an open 0, 4, 6 or 9."""
    if straight(ink):
        return 1
    upper_left, upper_right = gaps(ink, 0.15, 0.42)
    lower_left, lower_right = gaps(ink, 0.58, 0.85)
    if foot(ink) < 0.36:  # it ends in one stroke
        if widest_on_top(ink) < 0.34:
            return 4
        return 9 if upper_left < 0.2 and widest_on_top(ink) < 0.68 else 7
    if lower_left < 0.09:
        return 6 if upper_right > 0.2 else (0 if upper_right < 0.12 else 2)
    if upper_left > upper_right:  # the upper half is open to the left
        return 3 if lower_left > lower_right + 0.1 else 2
    return 5


def gaps(ink: np.ndarray, top: float, bottom: float) -> tuple[float, float]:
    """The mean distance of the first ink from the left edge, and of the last from the right, in parts of the width."""
    rows = ink[int(top * len(ink)) : max(int(bottom * len(ink)), int(top * len(ink)) + 1)]
    rows = rows[rows.any(axis=1)]
    if not len(rows):
        return 1.0, 1.0
    return float(rows.argmax(axis=1).mean() / ink.shape[1]), float(rows[:, ::-1].argmax(axis=1).mean() / ink.shape[1])


def foot(ink: np.ndarray) -> float:
    """How much of the width the last eighth of the height covers."""
    return float(ink[int(0.88 * len(ink)) :].any(axis=0).mean())


def widest_on_top(ink: np.ndarray) -> float:
    """The longest stretch of ink in one row of the upper fifth, in parts of the width."""
    return max(longest(row) for row in ink[: max(len(ink) // 5, 1)]) / ink.shape[1]


def longest(line: np.ndarray) -> int:
    """The length of the longest stretch of ink in a line of pixels."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], line.astype(int), [0]])))
    return int((edges[1::2] - edges[::2]).max(initial=0))


def straight(ink: np.ndarray) -> bool:
    """Whether nearly all ink lies along one slanted line."""
    rows, columns = np.nonzero(ink)
    spread = np.linalg.eigvalsh(np.cov(rows, columns)) if len(rows) > 2 else np.array([0.0, 1.0])
    return bool(spread[0] < 0.08 * spread[1])
