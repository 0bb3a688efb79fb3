"""One digit through both networks as a film: the MLP lights up layer by layer, the spiking network spike by spike.

A cell flashes when it fires and fades with a time constant of some milliseconds; the output cells' counts race below.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.animation import FFMpegWriter, FuncAnimation, PillowWriter
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure

from bio import Recording, record
from bio.network import verdict
from compare.diagram import columns, shown_units
from compare.files import CLOSED_PIPE, whole
from compare.pair import Twin
from compare.plots import image
from compare.provenance import caption
from compare.style import ANN, BIO, GREY, NETWORK_NAMES, shades, styled
from data import Digits

ENDINGS = {".gif": "pillow", ".mp4": "ffmpeg", ".webm": "ffmpeg"}
FADE = 6e-3  # s
FRAMES_A_SECOND = 10
DOTS_AN_INCH = 72
STILL = 15  # frames that the end is held
FRAME = 2e-3  # s of the digit's time from one to the next


def check_ending(path: Path) -> None:
    """Raises ValueError for a kind of film that can't be written, or not on this machine."""
    kind = ENDINGS.get(path.suffix.lower())
    if kind is None:
        raise ValueError(f'{path}: there is no film of the kind "{path.suffix}": choose from {", ".join(ENDINGS)}')
    if kind == "ffmpeg" and not FFMpegWriter.isAvailable():
        raise ValueError(f"{path}: needs the program ffmpeg, which is not installed: install it, or choose .gif")


def animate(twin: Twin, digit: Digits, path: Path) -> None:
    """Films a twin and its standard network at work on one digit; a frame for every two milliseconds of its time."""
    check_ending(path)
    recording = record(twin.network, twin.stimulus(digit), duration=twin.duration, dt=twin.dt)
    every = max(1, round(FRAME / twin.dt))
    last = round(twin.duration / twin.dt)
    steps = [*range(0, last, every), last]
    with styled():
        figure, update = stage(twin, digit, recording)
        update(0)
        figure.draw_without_rendering()  # laid out once: every frame has the same places
        figure.set_layout_engine(None)
        film = FuncAnimation(figure, update, frames=[*steps, *[steps[-1]] * STILL], blit=False)
        gif = ENDINGS[path.suffix.lower()] == "pillow"
        about = {"comment": caption()}
        writer = PillowWriter(FRAMES_A_SECOND) if gif else FFMpegWriter(FRAMES_A_SECOND, metadata=about)
        with whole(path) as part:
            try:
                film.save(part, writer=writer, dpi=DOTS_AN_INCH)
            except OSError as error:
                if gif or error.errno not in CLOSED_PIPE:
                    raise
                raise ValueError(f"{path}: the program ffmpeg ended before it had all frames: choose .gif") from None
            if gif:
                part.write_bytes(with_comment(part.read_bytes(), caption()))


def with_comment(gif: bytes, text: str) -> bytes:
    """The GIF with a comment before its trailer, in blocks of at most 255 bytes, which Pillow's writer takes none of
    (GIF89a, section 24)."""
    words = text.encode("ascii", "backslashreplace")
    blocks = [words[start : start + 255] for start in range(0, len(words), 255)]
    return gif[:-1] + b"\x21\xfe" + b"".join(bytes([len(block)]) + block for block in blocks) + b"\0" + gif[-1:]


def stage(twin: Twin, digit: Digits, recording: Recording) -> tuple[Figure, Any]:
    """The figure of the film, and what brings it to the state after a number of steps."""
    figure = Figure(figsize=(11, 5.6), dpi=DOTS_AN_INCH, layout="constrained")
    grid = figure.add_gridspec(2, 3, width_ratios=(0.55, 1.5, 1.5), height_ratios=(2.6, 1))
    image(figure.add_subplot(grid[0, 0]), digit.images[0])
    pixels, layers = digit.images[0], [layer[0] for layer in twin.model.forward(digit.images)]
    values = [pixels, *layers]
    names = [f"{size:,}" for size in twin.model.sizes]
    sides = []
    for column, colour in ((1, ANN), (2, BIO)):
        ax = figure.add_subplot(grid[0, column])
        columns(ax, values, twin.model.weights, colour, names=names, answer=-1)
        sides.append((ax, [c for c in ax.collections if isinstance(c, PathCollection)]))
    race = figure.add_subplot(grid[1, 1:])
    lines = [race.step([], [], where="post", color=GREY, lw=1)[0] for _ in range(10)]
    counts, times = running_counts(recording, twin)
    voltages = np.vstack([np.full(10, twin.cell.start), np.asarray(recording.voltages[-1])[:, 0]])
    leaders = verdict(counts, voltages)
    race.set(xlim=(0, 1e3 * twin.duration), ylim=(-0.3, max(counts.max() * 1.1, 1)))
    race.set(xlabel="time since the digit appeared (ms)", ylabel="output spikes")
    figure.suptitle(f"{NETWORK_NAMES[twin.model.activation]}: one digit through both networks")
    answer = int(layers[-1].argmax())

    def update(step: int) -> list[Any]:
        light_standard(*sides[0], values, step / max(len(times) - 1, 1), answer)
        light_spiking(sides[1][1], recording, values, step, twin)
        ahead = int(leaders[step]) if counts[step].any() else -1
        for number, line in enumerate(lines):
            line.set_data(1e3 * times[: step + 1], counts[: step + 1, number])
            line.set(color=BIO if number == ahead else GREY, lw=2.5 if number == ahead else 1)
        said = f"{ahead} is ahead" if ahead >= 0 else "no verdict yet"
        sides[1][0].set_title(f"spiking twin, {1e3 * times[step]:.0f} ms: {said}")
        return []

    return figure, update


def running_counts(recording: Recording, twin: Twin) -> tuple[np.ndarray, np.ndarray]:
    """(steps + 1, 10): output spikes so far, and (steps + 1,): when, s."""
    steps = round(twin.duration / twin.dt)
    fired = np.zeros((steps + 1, 10), int)
    step, _, cell = recording.spikes[-1].T
    np.add.at(fired, (step + 1, cell), 1)
    return fired.cumsum(axis=0), np.arange(steps + 1) * twin.dt


def light_standard(ax: Axes, dots: list[Any], values: list[np.ndarray], part: float, answer: int) -> None:
    """Lights the layers one after the other in the first third of the film."""
    reached = min(int(part * 3 * len(values)), len(values) - 1)
    for layer, (dot, value) in enumerate(zip(dots, values, strict=True)):
        units = shown_units(len(value), value if layer == 0 else None)
        lit = np.clip(value[units] / (value.max() or 1), 0, 1) if layer <= reached else np.zeros(len(units))
        dot.set_array(lit)
    said = f"says {answer}" if reached == len(values) - 1 else "layer by layer"
    ax.set_title(f"standard network: {said}")


def light_spiking(dots: list[Any], recording: Recording, values: list[np.ndarray], step: int, twin: Twin) -> None:
    """Lights every cell by how long ago it fired; the pixels of a digit shown as a current are lit steadily."""
    for layer, dot in enumerate(dots):
        units = shown_units(len(values[layer]), values[0] if layer == 0 else None)
        if layer == 0 and not len(recording.spikes[0]):
            dot.set_array(values[0][units])
            continue
        glow = np.zeros(len(values[layer]))
        when, _, cell = recording.spikes[layer].T
        past = when < step
        np.maximum.at(glow, cell[past], np.exp(-(step - 1 - when[past]) * twin.dt / FADE))
        dot.set_array(glow[units])
    for dot in dots:
        dot.set_cmap(shades(BIO))
