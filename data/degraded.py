"""Digits seen badly: at low resolution, blurred, in noise, through glare, scribbled over, in part hidden.

Each function takes `images` of shape (n, 28, 28), a severity, and one random generator for each digit, from which it
draws the same numbers at any severity: a growing severity strengthens the digit's own pattern, or adds to it.
What comes back may leave [0, 1]; `distort` clips it, as a sensor and paper do.
Sources: N. Mu & J. Gilmer, "MNIST-C: a robustness benchmark for computer vision" (2019), arXiv:1906.02337, for the
choice, and D. Hendrycks & T. Dietterich (2019), arXiv:1903.12261, which it follows; the constants are our own.
"""

from __future__ import annotations

import math

import numpy as np
import scipy  # loads its parts where they are first used

from data.sloppy import Generators, directions, displaced

MANY_PHOTONS = 500  # from here on, photon counts are as good as normal
DOT_SPACING = 5.0  # pixels from one dot of the line to the next
ZIGZAG = (10.0, 6.0)  # pixels from one tooth to the next, and from its tip to its foot
NEAR = 6.0  # pixels from the middle within which lines pass, where digits are
DROP = 1.5  # pixels, the SD of the filter that makes blots of noise


def uniform_fields(generators: Generators, images: np.ndarray) -> np.ndarray:
    """(n, 28, 28): numbers between 0 and 1, all equally likely, from each digit's own generator."""
    return np.array([rng.random(images.shape[1:]) for rng in generators])


# --- Resolution and blur


def resampled(images: np.ndarray, side: int) -> np.ndarray:
    """(n, side, side): each new pixel the mean of the area that it covers, so the mean brightness stays."""
    old = images.shape[1]
    rows = np.repeat(images, side, axis=1).reshape(len(images), side, old, old).mean(axis=2)
    return np.repeat(rows, side, axis=2).reshape(len(images), side, side, old).mean(axis=3)


def low_resolution(images: np.ndarray, severity: float, generators: Generators) -> np.ndarray:
    """Shows each digit in square pixels `severity` old ones wide: k a side for 28/k, the nearest whole number k."""
    side = images.shape[1]
    return resampled(resampled(images.astype(float), round(side / max(severity, 1))), side)


def blur(images: np.ndarray, severity: float, generators: Generators) -> np.ndarray:
    """Blurs by a Gaussian with an SD of `severity` pixels."""
    return scipy.ndimage.gaussian_filter(images, (0, severity, severity), mode="constant")


def motion_blur(images: np.ndarray, severity: float, generators: Generators) -> np.ndarray:
    """Smears each digit evenly along a straight way, `severity` pixels long, in a direction of its own."""
    reach = math.ceil(severity / 2) + 1
    way = severity * (np.arange(8 * reach) + 0.5 - 4 * reach) / (8 * reach)
    places = np.arange(-reach, reach + 1) - way[:, None, None, None] * directions(generators)[:, :, None]
    tents = np.maximum(1 - np.abs(places), 0)  # linear interpolation, as (steps, n, down or right, places)
    kernels = np.einsum("snd,snr->ndr", tents[:, :, 0], tents[:, :, 1]) / len(way)
    smeared = [scipy.ndimage.correlate(image, k, mode="constant") for image, k in zip(images, kernels, strict=True)]
    return np.array(smeared)


def glass_blur(images: np.ndarray, severity: float, generators: Generators) -> np.ndarray:
    """Scatters the pixels as frosted glass does: each shows a place `severity` pixels away (root mean square)."""
    fields = np.array([rng.normal(0, math.sqrt(0.5), (2, *images.shape[1:])) for rng in generators])
    return displaced(images, severity * fields)


# --- Noise


def gaussian_noise(images: np.ndarray, severity: float, generators: Generators) -> np.ndarray:
    """Adds normal noise with an SD of `severity` to each pixel."""
    return images + severity * np.array([rng.normal(size=images.shape[1:]) for rng in generators])


def shot_noise(images: np.ndarray, severity: float, generators: Generators) -> np.ndarray:
    """Counts photons, 1/`severity`² of them at full brightness: noise with an SD of `severity` × √brightness."""
    lit = images > 0
    chance, noisy = uniform_fields(generators, images)[lit], images.astype(float)
    if severity < MANY_PHOTONS**-0.5:
        noisy[lit] += severity * np.sqrt(noisy[lit]) * scipy.special.ndtri(chance)
    else:
        photons = severity**-2
        noisy[lit] = poisson_count(chance, photons * noisy[lit]) / photons
    return noisy


def poisson_count(chance: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """The Poisson counts at those quantiles, so that the same chances give counts that grow with `expected`."""
    count = np.zeros_like(expected)
    term = np.exp(-expected)
    total = term.copy()
    most = float(expected.max(initial=0))
    for k in range(1, int(most + 10 * math.sqrt(most) + 20)):
        count += chance > total
        term *= expected / k
        total += term
    return count


def impulse_noise(images: np.ndarray, severity: float, generators: Generators) -> np.ndarray:
    """Sets a fraction `severity` of the pixels to black or to white, each as likely: salt and pepper."""
    chance = uniform_fields(generators, images)
    return np.where(chance < severity / 2, 0, np.where(chance > 1 - severity / 2, 1, images))


# --- Light


def brightness(images: np.ndarray, severity: float, generators: Generators) -> np.ndarray:
    """Adds `severity` to every pixel, up to white: glare."""
    return images + severity


def contrast(images: np.ndarray, severity: float, generators: Generators) -> np.ndarray:
    """Takes away a fraction `severity` of each pixel's difference from the image's mean."""
    mean = images.mean(axis=(1, 2), keepdims=True)
    return images + severity * (mean - images)


# --- Damage


def along_and_across(images: np.ndarray, generators: Generators) -> tuple[np.ndarray, np.ndarray]:
    """Two coordinates of every pixel (n, 28, 28), in pixels, along a line and away from it: each digit's own line."""
    down, right = np.indices(images.shape[1:]) - (images.shape[1] - 1) / 2
    heading = directions(generators)[:, :, None, None]
    start = np.array([rng.uniform(-NEAR, NEAR, 2) for rng in generators])[:, :, None, None]
    along = down * heading[:, 0] + right * heading[:, 1] + start[:, 0]
    return along, down * heading[:, 1] - right * heading[:, 0] + start[:, 1]


def coverage(distance: np.ndarray, width: float) -> np.ndarray:
    """How much of a pixel a pen of that width covers whose middle passes at that distance, from 0 to 1."""
    return np.clip((width + 1) / 2 - np.abs(distance), 0, min(width, 1))


def stripe(images: np.ndarray, severity: float, generators: Generators) -> np.ndarray:
    """Swaps black and white within a straight band, `severity` pixels wide, across each digit."""
    across = along_and_across(images, generators)[1]
    return images + coverage(across, severity) * (1 - 2 * images)


def dotted_line(images: np.ndarray, severity: float, generators: Generators) -> np.ndarray:
    """Draws a straight line of white dots, `severity` pixels wide, across each digit."""
    along, across = along_and_across(images, generators)
    from_dot = (along / DOT_SPACING - np.rint(along / DOT_SPACING)) * DOT_SPACING
    return np.maximum(images, coverage(np.hypot(from_dot, across), severity))


def zigzag(images: np.ndarray, severity: float, generators: Generators) -> np.ndarray:
    """Draws a white zigzag line, `severity` pixels wide, across each digit."""
    period, height = ZIGZAG
    along, across = along_and_across(images, generators)
    teeth = height * (2 * np.abs(along / period - np.rint(along / period)) - 0.5)
    upright = math.cos(math.atan2(2 * height, period))  # from the way across to the distance from a slanted side
    return np.maximum(images, coverage((across - teeth) * upright, severity))


def spatter(images: np.ndarray, severity: float, generators: Generators) -> np.ndarray:
    """Spatters each image with white blots that cover a fraction `severity` of its pixels."""
    fields = scipy.ndimage.gaussian_filter(uniform_fields(generators, images), (0, DROP, DROP), mode="wrap")
    ranks = fields.reshape(len(images), -1).argsort(axis=1).argsort(axis=1).reshape(images.shape)
    covered = severity * ranks[0].size - (ranks[0].size - 1 - ranks)  # the last pixel to be covered is so in part
    return np.maximum(images, np.clip(covered, 0, 1))


def occlusion(images: np.ndarray, severity: float, generators: Generators) -> np.ndarray:
    """Hides a square of `severity` pixels a side under black, somewhere within each digit's reach."""
    side = images.shape[1]
    middles = np.array([rng.uniform(-NEAR, NEAR, 2) for rng in generators]) + (side - 1) / 2
    hidden = coverage(np.arange(side) - middles[:, :, None], severity)
    return images * (1 - hidden[:, 0, :, None] * hidden[:, 1, None, :])
