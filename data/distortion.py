"""Makes digits sloppy, low-resolution or damaged: named distortions, each with a severity that begins at nothing.

A digit's distortion depends on the seed, the name and the digit's own number alone, not on its company, and a growing
severity goes further the same way, so that curves over severity compare like with like.
How each is made: `data.sloppy` and `data.degraded`, with their sources.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from data import degraded, sloppy
from data.digits import PIXELS, SIDE

AT_A_TIME = 500  # digits, so that random fields stay small

Apply = Callable[[np.ndarray, float, sloppy.Generators], np.ndarray]


@dataclass(frozen=True)
class Distortion:
    """One way to make digits harder to read.

    name        what it is asked for by
    kind        "sloppy", "low resolution", "noise", "light" or "damage"
    unit        what the severity counts
    severities  from 0, where nothing changes, to where a person still reads most digits
    apply       (images (n, 28, 28), severity above 0, one generator for each digit) → images before clipping to [0, 1]
    limit       the highest severity with a meaning
    """

    name: str
    kind: str
    unit: str
    severities: tuple[float, ...]
    apply: Apply
    limit: float


ALL = (
    Distortion("shift", "sloppy", "pixels", (0, 1, 2, 3, 4, 5, 6), sloppy.shift, SIDE),
    Distortion("rotate", "sloppy", "degrees", (0, 10, 20, 30, 40, 50, 60), sloppy.rotate, 180),
    Distortion("shear", "sloppy", "degrees of slant", (0, 10, 20, 30, 40, 50), sloppy.shear, 75),
    Distortion("scale", "sloppy", "fraction of the size", (0, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8), sloppy.scale, 3),
    Distortion("elastic", "sloppy", "pixels (RMS)", (0, 0.5, 1, 1.5, 2, 2.5, 3), sloppy.elastic, 10),
    Distortion("thicker", "sloppy", "pixels on each side", (0, 0.5, 1, 1.5, 2, 2.5), sloppy.thicker, 10),
    Distortion("thinner", "sloppy", "pixels on each side", (0, 0.25, 0.5, 0.75, 1), sloppy.thinner, 10),
    Distortion(
        "low-resolution",
        "low resolution",
        "side of a blurred pixel, in pixels",
        (0, *(SIDE / side for side in (14, 10, 7, 5, 4, 3))),
        degraded.low_resolution,
        SIDE,
    ),
    Distortion("blur", "low resolution", "pixels (SD)", (0, 0.5, 1, 1.5, 2, 2.5, 3), degraded.blur, SIDE),
    Distortion("motion-blur", "low resolution", "pixels", (0, 2, 4, 6, 8, 10), degraded.motion_blur, SIDE),
    Distortion("glass-blur", "low resolution", "pixels (RMS)", (0, 0.5, 1, 1.5, 2, 3), degraded.glass_blur, SIDE),
    Distortion(
        "gaussian-noise", "noise", "SD of brightness", (0, 0.1, 0.2, 0.3, 0.4, 0.6), degraded.gaussian_noise, 10
    ),
    Distortion("shot-noise", "noise", "SD of white", (0, 0.25, 0.5, 0.75, 1, 1.5), degraded.shot_noise, 10),
    Distortion(
        "impulse-noise", "noise", "fraction of pixels", (0, 0.05, 0.1, 0.2, 0.3, 0.4), degraded.impulse_noise, 1
    ),
    Distortion("brightness", "light", "added brightness", (0, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8), degraded.brightness, 1),
    Distortion("contrast", "light", "fraction of contrast lost", (0, 0.2, 0.4, 0.6, 0.8, 0.9), degraded.contrast, 1),
    Distortion("stripe", "damage", "pixels", (0, 1, 2, 3, 4, 6), degraded.stripe, SIDE),
    Distortion("dotted-line", "damage", "pixels", (0, 1, 2, 3, 4), degraded.dotted_line, SIDE),
    Distortion("zigzag", "damage", "pixels", (0, 0.5, 1, 1.5, 2, 3), degraded.zigzag, SIDE),
    Distortion("spatter", "damage", "fraction of pixels", (0, 0.05, 0.1, 0.15, 0.2, 0.3), degraded.spatter, 1),
    Distortion("occlusion", "damage", "pixels", (0, 4, 6, 8, 10, 12), degraded.occlusion, SIDE),
)

DISTORTIONS: Mapping[str, Distortion] = MappingProxyType({distortion.name: distortion for distortion in ALL})


def distort(
    images: np.ndarray, name: str, severity: float, *, seed: int = 0, index: np.ndarray | None = None
) -> np.ndarray:
    """The images under a distortion of `DISTORTIONS`: (n, 784) float32 in [0, 1], as they came.

    images    (n, 784) float32 in [0, 1]
    name      of the distortion
    severity  in the distortion's unit; at 0 the images come back exactly
    seed      another seed gives other directions, fields and noise
    index     (n,) whole numbers from 0, each digit's place in its set, which with the seed fixes its randomness;
              left out: 0, 1, 2 …

    Raises ValueError for a name that is not there, a severity beyond the distortion's range, or images that are not so.

    The same digit is spoiled the same way in any company:

    >>> images = np.eye(784, dtype=np.float32)[300:303]
    >>> together = distort(images, "rotate", 20, index=np.array([7, 8, 9]))
    >>> alone = distort(images[1:2], "rotate", 20, index=np.array([8]))
    >>> bool((together[1] == alone[0]).all()), bool((together[1] == images[1]).all())
    (True, False)
    """
    if name not in DISTORTIONS:
        raise ValueError(f'there is no distortion "{name}": choose from {", ".join(DISTORTIONS)}')
    chosen = DISTORTIONS[name]
    if not 0 <= severity <= chosen.limit:
        raise ValueError(
            f"{name} of severity {severity:g} ({chosen.unit}) makes no sense: choose from 0 to {chosen.limit:g}"
        )
    keys = np.arange(len(images)) if index is None else np.asarray(index)
    check(images, keys)
    new = images.copy()
    for start in range(0, len(images) if severity else 0, AT_A_TIME):
        part = slice(start, start + AT_A_TIME)
        generators = [generator(seed, int(key), name) for key in keys[part]]
        changed = chosen.apply(images[part].reshape(-1, SIDE, SIDE), float(severity), generators)
        new[part] = np.clip(changed, 0, 1).reshape(-1, PIXELS)
    return new


def check(images: np.ndarray, keys: np.ndarray) -> None:
    """Raises ValueError, in one line, unless these are images with a key each."""
    if images.ndim != 2 or images.shape[1] != PIXELS or keys.shape != images.shape[:1]:
        raise ValueError(f"images {images.shape} and index {keys.shape}: give (n, {PIXELS}) and one number each")
    low, high = (float(images.min()), float(images.max())) if images.size else (0.0, 1.0)
    if not (low >= 0 and high <= 1):
        raise ValueError(f"pixels must lie in [0, 1], got {low:g}…{high:g}: divide by the largest brightness")


def generator(seed: int, key: int, name: str) -> np.random.Generator:
    """The random numbers of one digit for one distortion, always the same ones."""
    return np.random.default_rng((seed, key, zlib.crc32(name.encode())))
