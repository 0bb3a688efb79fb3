"""Digits written sloppily: moved, turned, slanted, resized, wobbly, with a thick or a thin pen.

A warp looks up, for each pixel p of the new image, the brightness at another place of the old one, by linear
interpolation; beyond the edges lies black paper:

    new(p) = old(c + M (p − c) − d)        c the middle of the image, d a displacement in pixels

Each function takes `images` of shape (n, 28, 28), a severity, and one random generator for each digit, from which it
draws the same numbers at any severity: a growing severity goes further in the digit's own direction.
Sources: N. Mu & J. Gilmer, "MNIST-C" (2019), arXiv:1906.02337, for the choice, with constants of our own; P. Y. Simard,
D. Steinkraus & J. C. Platt, "Best practices for convolutional neural networks applied to visual document analysis"
(2003), for `elastic`; P. Soille, "Morphological image analysis" (2003), for thick and thin strokes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import scipy  # loads its parts where they are first used

Generators = Sequence[np.random.Generator]

ELASTIC_SCALE = 4.0  # pixels over which an elastic field is alike, as in Simard et al.


def signs(generators: Generators) -> np.ndarray:
    """(n,): −1 or 1 for each digit, by a toss."""
    return np.array([2.0 * rng.integers(2) - 1 for rng in generators])


def directions(generators: Generators) -> np.ndarray:
    """(n, 2): a unit vector (down, right) for each digit."""
    angles = np.array([rng.uniform(0, 2 * math.pi) for rng in generators])
    return np.stack([np.sin(angles), np.cos(angles)], axis=1)


def affine(images: np.ndarray, matrices: np.ndarray, shifts: np.ndarray) -> np.ndarray:
    """The images warped by M `(n, 2, 2)` about their middle, then moved by d `(n, 2)` pixels down and right."""
    middle = (np.array(images.shape[1:]) - 1) / 2
    new = np.empty_like(images)
    for image, matrix, shift, target in zip(images, matrices, shifts, new, strict=True):
        offset = middle - matrix @ (middle + shift)
        scipy.ndimage.affine_transform(image, matrix, offset, output=target, order=1, mode="grid-constant")
    return new


def displaced(images: np.ndarray, fields: np.ndarray) -> np.ndarray:
    """Each pixel shows what lies at its displacement `(n, 2, 28, 28)` in pixels, down and right, from it."""
    grid = np.indices(images.shape[1:])
    new = np.empty_like(images)
    for image, field, target in zip(images, fields, new, strict=True):
        scipy.ndimage.map_coordinates(image, grid + field, output=target, order=1, mode="grid-constant")
    return new


def shift(images: np.ndarray, severity: float, generators: Generators) -> np.ndarray:
    """Moves each digit by `severity` pixels in a direction of its own."""
    turn_nothing = np.broadcast_to(np.eye(2), (len(images), 2, 2))
    return affine(images, turn_nothing, severity * directions(generators))


def turned(images: np.ndarray, degrees: np.ndarray) -> np.ndarray:
    """Each image turned anticlockwise about its middle by its own angle `(n,)`."""
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    matrices = np.array([[cos, sin], [-sin, cos]]).transpose(2, 0, 1)
    return affine(images, matrices, np.zeros((len(images), 2)))


def rotate(images: np.ndarray, severity: float, generators: Generators) -> np.ndarray:
    """Turns each digit by `severity` degrees, clockwise or anticlockwise by a toss."""
    return turned(images, severity * signs(generators))


def slanted(images: np.ndarray, degrees: np.ndarray) -> np.ndarray:
    """Each image's uprights leaned to the right by its own angle `(n,)`; rows slide, and keep their brightness."""
    slope = np.tan(np.radians(degrees))
    matrices = np.tile(np.eye(2), (len(images), 1, 1))
    matrices[:, 1, 0] = slope
    return affine(images, matrices, np.zeros((len(images), 2)))


def shear(images: np.ndarray, severity: float, generators: Generators) -> np.ndarray:
    """Leans each digit's uprights by `severity` degrees, to the left or to the right by a toss."""
    return slanted(images, severity * signs(generators))


def resized(images: np.ndarray, factors: np.ndarray) -> np.ndarray:
    """Each image enlarged about its middle by its own factor `(n,)`; what leaves the 28×28 pixels is lost."""
    return affine(images, np.eye(2) / factors[:, None, None], np.zeros((len(images), 2)))


def scale(images: np.ndarray, severity: float, generators: Generators) -> np.ndarray:
    """Makes each digit 1 + `severity` times as large or as small, by a toss."""
    return resized(images, (1 + severity) ** signs(generators))


def elastic(images: np.ndarray, severity: float, generators: Generators) -> np.ndarray:
    """Makes each digit wobble: a smooth random displacement of `severity` pixels (root mean square), no net shift."""
    rough = np.array([rng.uniform(-1, 1, (2, *images.shape[1:])) for rng in generators])
    smooth = scipy.ndimage.gaussian_filter(rough, (0, 0, ELASTIC_SCALE, ELASTIC_SCALE))
    smooth -= smooth.mean(axis=(2, 3), keepdims=True)
    length = np.sqrt((smooth**2).sum(axis=1).mean(axis=(1, 2)))
    return displaced(images, severity * smooth / length[:, None, None, None])


def disc(radius: int) -> np.ndarray:
    """(1, 2r+1, 2r+1): the pixels at most `radius` from the middle one."""
    down, right = np.indices((2 * radius + 1, 2 * radius + 1)) - radius
    return (down**2 + right**2 <= radius**2)[None]


def thicker(images: np.ndarray, severity: float, generators: Generators) -> np.ndarray:
    """Widens strokes by `severity` pixels on each side: the brightest within a disc; a mix, between whole radii."""
    whole, part = divmod(severity, 1)
    narrow = scipy.ndimage.grey_dilation(images, footprint=disc(int(whole)))
    wide = scipy.ndimage.grey_dilation(images, footprint=disc(int(whole) + 1)) if part else narrow
    return (1 - part) * narrow + part * wide


def thinner(images: np.ndarray, severity: float, generators: Generators) -> np.ndarray:
    """Narrows strokes by `severity` pixels on each side: the darkest within a disc; a mix, between whole radii."""
    return 1 - thicker(1 - images, severity, generators)
