"""The analogy drawn: rates over activations, accuracy over time, one digit's way, and who is mistaken for whom.

Each function draws on the Axes or figure it is given one thing about pairs; `compare.figures` puts them together.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.ticker import MaxNLocator

from bio import Recording
from compare.pair import Pair
from compare.score import LayerScore, Score
from compare.style import ANN, BIO, GREY, INPUT_NAMES, LINES, bare, ink, shades

Array = np.ndarray


def rate_over_activation(ax: Axes, pair: Pair, layer: int, score: LayerScore) -> Axes:
    """How many unit-and-digit pairs have each activation and rate, under the curve that the mapping expects."""
    activations, counts = pair.activations(layer).ravel(), pair.response.counts[layer].ravel()
    duration = pair.twin.duration
    highest = pair.twin.model.kind.highest
    right = highest if np.isfinite(highest) else farthest(activations)
    step = max(1, int(np.ceil(counts.max() / 60)))
    bins = (np.linspace(0, right, 90), (np.arange(0, counts.max() + step + 1, step) - 0.5) / duration)
    seen, x, y = np.histogram2d(activations, counts / duration, bins=bins)
    mesh = ax.pcolormesh(
        x, y, np.ma.masked_equal(seen.T, 0), norm=LogNorm(1, max(seen.max(), 10)), cmap="cividis_r", rasterized=True
    )
    ax.figure.colorbar(mesh, ax=ax, label="units × digits", pad=0.02)
    sums = np.linspace(pair.sums[layer].min(), pair.sums[layer].max(), 4_000)
    expected = pair.twin.mapping.cell.rate(pair.twin.mapping.layers[layer].drive(sums), dt=pair.twin.dt)
    ax.plot(pair.twin.mapping.curve(layer)(sums), expected, color=BIO, label="the mapping")
    ax.set(xlim=(-0.01 * right, right), xlabel=f"activation ({pair.names[layer]})", ylabel="firing rate (Hz)")
    ax.set_ylim(y[0], 1.05 * max(y[-1], pair.twin.mapping.r_max / 4))
    ax.legend(loc="upper left")
    ax.set_title(f"{INPUT_NAMES[pair.twin.input]}: Pearson {rounded(score.pearson)}, on/off MCC {rounded(score.mcc)}")
    return ax


def farthest(activations: Array) -> float:
    """Up to where to draw activations: all but the highest of many, and more than 0."""
    return float(np.percentile(activations, 99.95, method="higher")) or 1.0


def accuracy_over_time(ax: Axes, scores: Sequence[Score], inputs: Sequence[str]) -> Axes:
    """The twins' accuracy, by input, as spikes come in, beside the MLP's with its 95 % interval."""
    for score, name in zip(scores, inputs, strict=True):
        times, accuracies = np.array(score.accuracy_by_ms).T
        dots = "o" if len(times) == 1 else ""
        ax.plot(times, 100 * accuracies, LINES[name], marker=dots, color=BIO, label=f"spiking, {INPUT_NAMES[name]}")
    mlp = scores[0]
    ax.axhline(100 * mlp.ann_accuracy, color=ANN, label="MLP (95 % interval)", zorder=1.5)  # beneath the twins
    ax.axhspan(100 * mlp.ann_interval[0], 100 * mlp.ann_interval[1], color=ANN, alpha=0.2, lw=0)
    ax.set(xlim=(0, 1.02 * times[-1]), xlabel="time since the digit appeared (ms)", ylabel="accuracy (%)")
    return ax


def confusion(ax: Axes, truth: Array, answers: Array, colour: str, *, most: int) -> Axes:
    """Which digits are taken for which: errors counted, and shaded up to `most`; on the diagonal the share right."""
    counts = np.zeros((10, 10), int)
    np.add.at(counts, (truth, answers), 1)
    errors = np.where(np.eye(10, dtype=bool), 0, counts)
    ax.imshow(errors, cmap=shades(colour), vmin=0, vmax=most)
    for row, column in np.ndindex(10, 10):
        if row == column:
            text = f"{100 * counts[row, row] / counts[row].sum():.0f}%" if counts[row].any() else ""
        else:
            text = str(counts[row, column]) if counts[row, column] else ""
        shown = ink(colour, float(errors[row, column]) / most)
        ax.text(column, row, text, ha="center", va="center", fontsize=8, color=shown)
    ax.set(xticks=range(10), yticks=range(10), xlabel="answer", ylabel="digit written")
    ax.grid(False)
    return ax


def image(ax: Axes, pixels: Array) -> Axes:
    """A digit of 784 brightnesses, or what 784 cells made of it, white the most."""
    ax.imshow(pixels.reshape(28, 28), cmap="gray", vmin=0)
    bare(ax)
    return ax


def lit_units(ax: Axes, values: Array, colour: str, *, most: float, labels: Sequence[str] | None = None) -> Axes:
    """A layer as circles, each filled the more the higher its value: in a column of ten, or a block of columns."""
    rows = 10 if len(values) <= 100 else int(np.ceil(np.sqrt(len(values))))
    place = np.arange(len(values))
    fill = np.clip(values / (most or 1), 0, 1)
    ax.scatter(
        place // rows, -(place % rows), c=fill, cmap=shades(colour), vmin=0, vmax=1, s=1_000 / rows, ec=GREY, lw=0.6
    )
    for i, label in enumerate(labels or []):
        ax.text(i // rows + 0.5, -(i % rows), label, va="center", fontsize=8)
    ax.set(xlim=(-0.8, (len(values) - 1) // rows + (2.2 if labels else 0.8)), ylim=(-rows + 0.3, 0.7))
    ax.set_aspect("equal")
    bare(ax)
    return ax


def raster(ax: Axes, recording: Recording, layer: int, *, duration: float, dt: float, cells: int, name: str) -> Axes:
    """Every spike of one layer (0: the input cells) as a dot, cells upwards, milliseconds to the right."""
    step, _, cell = recording.spikes[layer].T
    size = float(np.clip(250 / cells, 1.5, 12))
    ax.scatter((step + 1) * dt * 1e3, cell, s=size, color=BIO, lw=0, rasterized=len(step) > 1_000)
    ax.set(xlim=(0, duration * 1e3), ylim=(-0.02 * cells - 0.5, cells * 1.02 - 0.5), ylabel=name)
    ax.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    ax.invert_yaxis()
    return ax


def racing_counts(ax: Axes, recording: Recording, *, winner: int, duration: float, dt: float) -> Axes:
    """The ten output cells' spikes so far, the winner's line coloured; lines that end close together share a label."""
    steps = round(duration / dt)
    step, _, cell = recording.spikes[-1].T
    fired = np.zeros((steps + 1, 10), int)
    fired[step + 1, cell] = 1
    counts = fired.cumsum(axis=0)
    times = np.arange(steps + 1) * dt * 1e3
    highest = max(1, counts[-1].max())
    for digit in sorted(range(10), key=lambda d: d == winner):
        colour, width = (BIO, 2.5) if digit == winner else (GREY, 1)
        ax.step(times, counts[:, digit], where="post", color=colour, lw=width)
    for height, digits in labels_at(counts[-1], apart=0.15 * highest).items():
        ax.annotate(digits, (times[-1], height), (4, 0), textcoords="offset points", va="center", annotation_clip=False)
    ax.set(xlim=(0, duration * 1e3), ylim=(-0.05 * highest, 1.08 * highest))
    ax.set(ylabel="output spikes\nso far", xlabel="time since the digit appeared (ms)")
    ax.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    return ax


def labels_at(counts: Array, *, apart: float) -> dict[int, str]:
    """Which of the digits that fired to write at which height, those closer than `apart` beside each other."""
    labels: dict[int, str] = {}
    height = int(counts.max())
    for digit in sorted(np.flatnonzero(counts).tolist(), key=lambda digit: (-counts[digit], digit)):
        if height - counts[digit] >= apart:
            height = int(counts[digit])
        labels[height] = f"{labels[height]} {digit}" if height in labels else str(digit)
    return labels


def rounded(value: float | None) -> str:
    """A score for a title; a dash where it is not defined."""
    return "–" if value is None else f"{value:.3f}"
