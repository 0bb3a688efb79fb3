"""Digits as people draw them with a pen or a finger: skeletons in the usual styles, each drawn by an unsteady hand.

A style is a list of strokes, a stroke a list of points (x to the right, y down, the digit about 1 high). A smooth curve
leads through the points; a point that stands twice is a corner. The styles are written from how the digits are taught
and written, not from what a network makes of them.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from scipy.interpolate import CubicSpline

from data.drawing import Stroke

AGAIN = 5  # drawings of each style
WIDTHS = (0.03, 0.045, 0.06, 0.08, 0.1)  # pens, as fractions of the pad

STYLES: dict[int, dict[str, list[list[tuple[float, float]]]]] = {
    0: {
        "oval": [
            [(0.34, 0.0), (0.12, 0.12), (0.02, 0.5), (0.14, 0.9), (0.34, 1.0), (0.55, 0.86), (0.64, 0.48),
             (0.54, 0.1), (0.32, 0.0)],
        ],
        "round": [
            [(0.45, 0.02), (0.15, 0.15), (0.02, 0.5), (0.18, 0.88), (0.5, 0.98), (0.82, 0.82), (0.92, 0.45),
             (0.75, 0.1), (0.4, 0.03)],
        ],
        "narrow": [
            [(0.24, 0.02), (0.08, 0.2), (0.03, 0.55), (0.1, 0.9), (0.22, 1.0), (0.36, 0.85), (0.4, 0.45), (0.32, 0.12),
             (0.22, 0.0)],
        ],
        "overlapping": [
            [(0.52, 0.1), (0.3, 0.0), (0.08, 0.2), (0.02, 0.58), (0.2, 0.95), (0.45, 0.96), (0.64, 0.65), (0.62, 0.25),
             (0.42, 0.02), (0.24, 0.08)],
        ],
    },
    1: {
        "stick": [[(0.1, 0.0), (0.1, 1.0)]],
        "slanted stick": [[(0.32, 0.0), (0.02, 1.0)]],
        "flag": [[(0.0, 0.24), (0.26, 0.0), (0.26, 0.0), (0.26, 1.0)]],
        "flag and base": [[(0.1, 0.2), (0.3, 0.0), (0.3, 0.0), (0.3, 1.0)], [(0.05, 1.0), (0.56, 1.0)]],
    },
    2: {
        "swan": [
            [(0.04, 0.24), (0.18, 0.05), (0.4, 0.02), (0.56, 0.2), (0.5, 0.45), (0.28, 0.74), (0.02, 1.0),
             (0.02, 1.0), (0.64, 0.98)],
        ],
        "loop": [
            [(0.06, 0.22), (0.22, 0.03), (0.46, 0.08), (0.54, 0.3), (0.4, 0.62), (0.14, 0.94), (0.02, 0.92),
             (0.08, 0.8), (0.26, 0.86), (0.46, 0.98), (0.68, 0.9)],
        ],
        "angular": [
            [(0.05, 0.1), (0.3, 0.0), (0.54, 0.1), (0.54, 0.32), (0.04, 0.98), (0.04, 0.98), (0.6, 1.0)],
        ],
        "wavy base": [
            [(0.02, 0.2), (0.2, 0.0), (0.48, 0.06), (0.52, 0.3), (0.32, 0.64), (0.04, 0.95), (0.04, 0.95),
             (0.24, 0.86), (0.46, 0.98), (0.64, 0.9)],
        ],
    },
    3: {
        "round": [
            [(0.05, 0.14), (0.26, 0.0), (0.5, 0.12), (0.46, 0.36), (0.2, 0.46), (0.2, 0.46), (0.48, 0.54),
             (0.56, 0.78), (0.32, 1.0), (0.02, 0.88)],
        ],
        "flat top": [
            [(0.04, 0.02), (0.52, 0.02), (0.52, 0.02), (0.24, 0.4), (0.24, 0.4), (0.5, 0.5), (0.54, 0.8), (0.3, 1.0),
             (0.02, 0.88)],
        ],
        "loop": [
            [(0.06, 0.1), (0.3, 0.0), (0.52, 0.14), (0.44, 0.38), (0.26, 0.5), (0.2, 0.46), (0.28, 0.42), (0.48, 0.54),
             (0.56, 0.8), (0.3, 1.0), (0.04, 0.9)],
        ],
        "open": [
            [(0.1, 0.06), (0.36, 0.0), (0.52, 0.16), (0.36, 0.42), (0.36, 0.42), (0.56, 0.62), (0.5, 0.9),
             (0.22, 1.0), (0.0, 0.94)],
        ],
    },
    4: {
        "open": [[(0.08, 0.0), (0.02, 0.5), (0.02, 0.5), (0.62, 0.5)], [(0.5, 0.04), (0.46, 1.0)]],
        "closed": [[(0.46, 0.0), (0.0, 0.66), (0.0, 0.66), (0.66, 0.66)], [(0.46, 0.0), (0.46, 1.0)]],
        "curved": [
            [(0.1, 0.02), (0.02, 0.34), (0.14, 0.52), (0.4, 0.48), (0.56, 0.4)],
            [(0.56, 0.0), (0.52, 0.5), (0.42, 1.0)],
        ],
        "one stroke": [
            [(0.14, 0.02), (0.02, 0.46), (0.02, 0.46), (0.5, 0.42), (0.5, 0.42), (0.56, 0.04), (0.56, 0.04),
             (0.44, 1.0)],
        ],
    },
    5: {
        "two strokes": [
            [(0.1, 0.04), (0.06, 0.42), (0.06, 0.42), (0.32, 0.36), (0.54, 0.56), (0.5, 0.84), (0.24, 1.0),
             (0.0, 0.9)],
            [(0.1, 0.03), (0.54, 0.02)],
        ],
        "one stroke": [
            [(0.56, 0.02), (0.14, 0.02), (0.14, 0.02), (0.08, 0.4), (0.08, 0.4), (0.36, 0.4), (0.52, 0.64),
             (0.4, 0.92), (0.1, 1.0), (0.0, 0.92)],
        ],
        "like an s": [
            [(0.56, 0.06), (0.3, 0.0), (0.1, 0.14), (0.14, 0.38), (0.42, 0.54), (0.5, 0.8), (0.28, 1.0), (0.02, 0.92)],
        ],
    },
    6: {
        "curved": [
            [(0.46, 0.0), (0.2, 0.22), (0.04, 0.62), (0.12, 0.94), (0.36, 1.0), (0.54, 0.8), (0.44, 0.58),
             (0.22, 0.58), (0.06, 0.76)],
        ],
        "straight": [
            [(0.3, 0.0), (0.12, 0.4), (0.03, 0.74), (0.14, 0.97), (0.36, 0.96), (0.46, 0.78), (0.34, 0.62),
             (0.1, 0.7)],
        ],
        "hooked": [
            [(0.54, 0.12), (0.36, 0.0), (0.14, 0.18), (0.02, 0.58), (0.14, 0.94), (0.4, 0.98), (0.56, 0.76),
             (0.44, 0.54), (0.2, 0.56), (0.06, 0.72)],
        ],
        "spiral": [
            [(0.22, 0.0), (0.06, 0.4), (0.04, 0.8), (0.26, 1.0), (0.5, 0.88), (0.46, 0.68), (0.28, 0.66), (0.2, 0.84)],
        ],
    },
    7: {
        "plain": [[(0.0, 0.04), (0.56, 0.02), (0.56, 0.02), (0.2, 1.0)]],
        "bar": [[(0.02, 0.05), (0.58, 0.02), (0.58, 0.02), (0.2, 1.0)], [(0.16, 0.52), (0.58, 0.48)]],
        "serif": [
            [(0.02, 0.2), (0.04, 0.04), (0.04, 0.04), (0.56, 0.04), (0.56, 0.04), (0.34, 0.5), (0.24, 1.0)],
        ],
        "curved": [[(0.0, 0.1), (0.2, 0.04), (0.44, 0.08), (0.54, 0.14), (0.38, 0.46), (0.26, 1.0)]],
    },
    8: {
        "crossing": [
            [(0.5, 0.12), (0.28, 0.0), (0.08, 0.16), (0.18, 0.38), (0.42, 0.56), (0.52, 0.8), (0.28, 1.0), (0.04, 0.82),
             (0.16, 0.58), (0.42, 0.36), (0.5, 0.12)],
        ],
        "two circles": [
            [(0.3, 0.0), (0.1, 0.1), (0.12, 0.36), (0.3, 0.46), (0.48, 0.36), (0.5, 0.1), (0.28, 0.0)],
            [(0.3, 0.46), (0.06, 0.58), (0.06, 0.88), (0.3, 1.0), (0.54, 0.88), (0.54, 0.58), (0.28, 0.46)],
        ],
        "open": [
            [(0.52, 0.06), (0.24, 0.02), (0.1, 0.2), (0.26, 0.42), (0.42, 0.62), (0.4, 0.9), (0.2, 1.0), (0.06, 0.84),
             (0.16, 0.62), (0.4, 0.38), (0.56, 0.16)],
        ],
        "narrow": [
            [(0.34, 0.04), (0.14, 0.06), (0.08, 0.24), (0.2, 0.46), (0.32, 0.7), (0.28, 0.96), (0.1, 0.98),
             (0.02, 0.78), (0.14, 0.5), (0.32, 0.26), (0.32, 0.02)],
        ],
    },
    9: {
        "straight": [
            [(0.48, 0.14), (0.28, 0.0), (0.06, 0.14), (0.06, 0.38), (0.26, 0.5), (0.44, 0.36), (0.5, 0.08),
             (0.5, 0.08), (0.48, 1.0)],
        ],
        "curved": [
            [(0.5, 0.16), (0.28, 0.0), (0.06, 0.16), (0.1, 0.42), (0.34, 0.46), (0.5, 0.18), (0.52, 0.5), (0.4, 0.86),
             (0.2, 1.0)],
        ],
        "hooked": [
            [(0.5, 0.18), (0.3, 0.02), (0.08, 0.14), (0.08, 0.4), (0.3, 0.5), (0.5, 0.3), (0.52, 0.06), (0.54, 0.6),
             (0.44, 0.94), (0.2, 1.0), (0.06, 0.88)],
        ],
        "slanted": [
            [(0.54, 0.08), (0.34, 0.0), (0.12, 0.16), (0.08, 0.36), (0.24, 0.44), (0.46, 0.28), (0.56, 0.06),
             (0.56, 0.06), (0.3, 1.0)],
        ],
    },
}  # fmt: skip


def smooth(points: list[tuple[float, float]], step: float = 0.02) -> np.ndarray:
    """A curve (n, 2) through the points at steps of that length, smooth but for corners, which stand twice."""
    pieces, piece = [], [points[0]]
    for before, point in pairwise(points):
        if point == before:
            pieces.append(piece)
            piece = []
        piece.append(point)
    return np.concatenate([curve(np.array(piece), step) for piece in [*pieces, piece]])


def curve(points: np.ndarray, step: float) -> np.ndarray:
    """A smooth curve through the points, (n, 2); of two, a straight line."""
    way = np.concatenate([[0], np.cumsum(np.sqrt(np.hypot(*np.diff(points, axis=0).T)))])  # centripetal
    places = np.linspace(0, way[-1], 2 + int(np.hypot(*np.diff(points, axis=0).T).sum() / step))
    return CubicSpline(way, points, bc_type="natural")(places)


def wobble(count: int, size: float, rng: np.random.Generator) -> np.ndarray:
    """(count, 2): slow drifts of the hand, about `size` large."""
    phase = np.linspace(0, 1, count)[:, None]
    waves = [rng.normal(0, size / k, 2) * np.sin(2 * np.pi * (0.7 * k * phase + rng.random(2))) for k in (1, 2, 3)]
    return np.sum(waves, axis=0)


def drawn(style: list[list[tuple[float, float]]], width: float, rng: np.random.Generator) -> list[Stroke]:
    """The style as a hand draws it: somewhere on the pad, of some size, slant and width, with wobble and tremor."""
    height, aspect = rng.uniform(0.4, 0.8), rng.uniform(0.8, 1.25)
    slant, turn = rng.normal(0.08, 0.1), np.radians(rng.normal(0, 5))
    shape = np.array([[aspect, 0], [-slant, 1]])
    turned = shape @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    lines = []
    for points in style:
        line = smooth(points)
        moved = rng.normal(0, 0.012, 2)  # each stroke sets out a little off
        lines.append(
            (line + wobble(len(line), 0.012, rng) + rng.normal(0, 0.002, line.shape) + moved) @ turned * height
        )
    low, high = (
        np.min([line.min(axis=0) for line in lines], axis=0),
        np.max([line.max(axis=0) for line in lines], axis=0),
    )
    room = np.maximum(1 - width - (high - low), 0)
    place = width / 2 + room * np.clip(rng.normal(0.5, 0.2, 2), 0, 1) - low
    return [Stroke(line + place, width) for line in lines]


def drawings(seed: int = 0) -> list[tuple[int, str, list[Stroke]]]:
    """Every style drawn `AGAIN` times, each with another pen: (digit, style, strokes)."""
    return [
        (digit, name, drawn(style, width, np.random.default_rng((seed, digit, number, again))))
        for digit, styles in STYLES.items()
        for number, (name, style) in enumerate(styles.items())
        for again, width in zip(range(AGAIN), WIDTHS, strict=True)
    ]
