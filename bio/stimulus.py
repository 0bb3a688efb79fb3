"""How a digit reaches the spiking network: as steady currents, through an eye of 784 LIF cells, or as random spikes.

A pixel of brightness x stands for an input cell that fires at x · r_max. With "current", the mean of what that cell
would inject goes straight into the first layer. With "lif", the cell exists: a noiseless LIF cell whose current is what
makes it fire at x · r_max, found somewhere in its cycle when the digit appears. With "poisson" it fires at random,
with probability x · r_max · dt in each step.

All randomness of the spiking side is drawn here, from generators keyed by (seed, digit, purpose): a digit meets the
same spikes and the same noise whichever digits it is simulated with, and wherever.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, field, replace

import numpy as np
import scipy  # loads its parts where they are first used

from bio.lif import LIF

INPUTS = ("current", "lif", "poisson")
OFF_THE_EDGE = 1 + 2**-10  # else a white pixel's cell, at 200 Hz and 1 ms, would meet its threshold as a step ends
BLOCK = 100  # steps
PURPOSES = ("phase", "input spikes", "membrane noise")


@dataclass(frozen=True, eq=False)
class Stimulus:
    """Digits shown side by side. Raises ValueError where they cannot be shown.

    images    (n, 784), brightness in [0, 1]
    index     (n,), what each digit's randomness is keyed by
    kind      a name in `INPUTS`
    r_max     rate of an input cell at brightness 1, Hz
    seed      of all randomness, a non-negative integer
    eye       the cells of the eye, for "lif"; their noise is ignored
    tuned_to  the cell for whose curve the eye turns light into current, and whose currents those are; None: its own
    """

    images: np.ndarray
    index: np.ndarray
    kind: str = "current"
    r_max: float = 200.0
    seed: int = 0
    eye: LIF = field(default_factory=LIF)
    tuned_to: LIF | None = None

    def __post_init__(self) -> None:
        if self.kind not in INPUTS:
            raise ValueError(f'there is no input "{self.kind}": choose from {", ".join(INPUTS)}')
        if self.images.ndim != 2 or self.index.shape != self.images.shape[:1]:
            raise ValueError(f"images {self.images.shape} and index {self.index.shape}: give one row and one key each")
        low, high = (float(self.images.min()), float(self.images.max())) if self.images.size else (0.0, 1.0)
        if not (low >= 0 and high <= 1):
            raise ValueError(f"pixels must lie in [0, 1], got {low:g}…{high:g}: divide by the largest brightness")
        if not 0 < self.r_max < np.inf:
            raise ValueError(f"r_max must be above 0 Hz, got {self.r_max:g}: choose a positive rate")
        tuned_to = self.tuned_to or self.eye
        if self.kind == "lif" and self.r_max * tuned_to.t_ref >= 1:
            raise ValueError(
                f"no cell with t_ref {tuned_to.t_ref * 1e3:g} ms fires at r_max {self.r_max:g} Hz: lower one of them"
            )

    def __len__(self) -> int:
        return len(self.index)

    def __getitem__(self, which: slice) -> Stimulus:
        return self.with_images(self.images[which], self.index[which])

    def part(self, start: int, width: int) -> Stimulus:
        """`width` digits from `start` on, filled up with dark images where there are fewer."""
        some = self[start : start + width]
        missing = width - len(some)
        images, index = np.pad(some.images, ((0, missing), (0, 0))), np.pad(some.index, (0, missing))
        return self.with_images(images, index)

    def with_images(self, images: np.ndarray, index: np.ndarray) -> Stimulus:
        """The same of images of this one, or dark ones, which need not be looked through again."""
        other = copy(self)
        object.__setattr__(other, "images", images)
        object.__setattr__(other, "index", index)
        return other

    def generator(self, lane: int, purpose: str) -> np.random.Generator:
        """The random numbers of one digit for one purpose, always the same ones."""
        key = (self.seed, int(self.index[lane]), PURPOSES.index(purpose))
        return np.random.Generator(np.random.SFC64(np.random.SeedSequence(key)))

    def mean_rates(self) -> scipy.sparse.csr_array:
        """(n, 784): the rates in Hz that the pixels stand for, sparse since most are dark."""
        return scipy.sparse.csr_array(self.images) * self.r_max

    def eye_cells(self) -> EyeCells:
        """The cells of the eye that see any light; the others stay at rest for ever, so they are left out."""
        lane, pixel = np.nonzero(self.images)
        wanted = self.images[lane, pixel].astype(float) * self.r_max
        tuned_to = self.tuned_to or self.eye
        drive = replace(tuned_to, noise=0.0).drive_for(wanted * OFF_THE_EDGE)
        drive *= tuned_to.span / self.eye.span  # the same current, also where the threshold is elsewhere
        per_lane = np.bincount(lane, minlength=len(self))
        phase = np.concatenate([self.generator(i, "phase").random(k) for i, k in enumerate(per_lane)])
        with np.errstate(divide="ignore"):
            since_spike = phase / replace(self.eye, noise=0.0).rate(drive)  # for ever, where the drive is too weak
        climbed = np.maximum(since_spike - self.eye.t_ref, 0)
        voltage = drive + (self.eye.reset_level - drive) * np.exp(-climbed / self.eye.tau_m)
        return EyeCells(lane, pixel, drive, voltage, np.minimum(since_spike, 1e3))

    def poisson_spikes(self, steps: int, dt: float) -> Iterator[scipy.sparse.csr_array]:
        """Who fires, step by step: (n, 784) arrays of ones. Raises ValueError where r_max · dt exceeds 1."""
        for length, block in self.poisson_blocks(steps, dt):
            for step in range(length):
                yield block[step::length]

    def poisson_blocks(self, steps: int, dt: float) -> Iterator[tuple[int, scipy.sparse.csr_array]]:
        """Who fires, some steps at a time: their number, and an array of ones (n · steps, 784), a digit's steps one
        after the other. Raises what `poisson_spikes` raises."""
        lit, chances = self.chances(dt)
        generators = [self.generator(lane, "input spikes") for lane in range(len(self))]
        for length in blocks(steps):
            rows, pixels = [], []
            for lane, (generator, seen, chance) in enumerate(zip(generators, lit, chances, strict=True)):
                fired = np.flatnonzero(generator.random((length, len(chance)), np.float32) < chance)
                step = fired // max(len(chance), 1)
                rows.append(step + lane * length)
                pixels.append(seen[fired - step * len(chance)].astype(np.int32))
            yield length, ones(np.concatenate(rows), np.concatenate(pixels), (len(self) * length, self.images.shape[1]))

    def check_step(self, dt: float) -> None:
        """Raises ValueError where a pixel would have to spike more often than once in a step of `dt` (s)."""
        if self.kind == "poisson" and self.r_max * dt > 1:
            raise ValueError(f"r_max {self.r_max:g} Hz needs steps of at most {1e3 / self.r_max:g} ms: lower dt")

    def chances(self, dt: float) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """For each digit, which pixels are lit, and with what chance each of them fires in a step of `dt` (s)."""
        self.check_step(dt)
        lit = [np.flatnonzero(image) for image in self.images]
        return lit, [image[seen] * np.float32(self.r_max * dt) for image, seen in zip(self.images, lit, strict=True)]

    def membrane_noise(self, steps: int, cells: int) -> Iterator[np.ndarray]:
        """Standard normal numbers, step by step: (n, cells) arrays, float32."""
        generators = [self.generator(lane, "membrane noise") for lane in range(len(self))]
        for length in blocks(steps):
            drawn = np.empty((len(self), length, cells), np.float32)
            for generator, own in zip(generators, drawn, strict=True):
                generator.standard_normal(dtype=np.float32, out=own)
            for step in range(length):
                yield drawn[:, step]


def blocks(steps: int) -> Iterator[int]:
    """The lengths of the pieces in which random numbers are drawn, so that memory does not grow with time."""
    for start in range(0, steps, BLOCK):
        yield min(BLOCK, steps - start)


@dataclass(frozen=True, eq=False)
class EyeCells:
    """The eye's cells that see light, ordered by digit and pixel.

    lane, pixel   (m,), which digit and which of its pixels each cell sees
    drive         (m,), in threshold units
    voltage       (m,), when the digit appears, in threshold units
    since_spike   (m,), time since its last spike then, s
    """

    lane: np.ndarray
    pixel: np.ndarray
    drive: np.ndarray
    voltage: np.ndarray
    since_spike: np.ndarray


def ones(rows: np.ndarray, columns: np.ndarray, shape: tuple[int, int]) -> scipy.sparse.csr_array:
    """A sparse float32 array with a 1 at each (row, column), given in order of rows."""
    starts = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=shape[0]))])
    return scipy.sparse.csr_array((np.ones(len(columns), np.float32), columns, starts), shape=shape)
