"""The figures of a comparison, composed from `compare.plots`, each with its finding for a title, as PNG and SVG."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import joblib
import numpy as np
from joblib import delayed
from matplotlib.figure import Figure, SubFigure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from bio import Recording, record
from compare import plots
from compare.pair import Pair, Twin, twin_names
from compare.provenance import command, made_by
from compare.score import CLOSE, LayerScore, Score
from compare.style import ANN, BIO, INPUT_NAMES, NETWORK_NAMES, headline, save, styled
from compare.workers import in_processes

Scored = Sequence[tuple[Pair, Score]]
OF_A_NETWORK = ("rates", "path", "confusion")  # figures that each network has, named so and after it


def draw_all(scored: Scored, out: Path, *, workers: int | None = None) -> list[Path]:
    """Draws every figure of the scored pairs into a folder that exists; the files written, in order."""
    by_network: dict[str, list[tuple[Pair, Score]]] = {}
    for pair, score in scored:
        by_network.setdefault(pair.twin.name, []).append((pair, score))
    jobs: list[tuple[Callable[[Scored], Figure], Scored, Path]] = [(accuracy_figure, list(scored), out / "accuracy")]
    for name, group in by_network.items():
        jobs += [
            (rates_figure, group, out / f"rates-{name}"),
            (path_figure, group, out / f"path-{name}"),
            (confusion_figure, group, out / f"confusion-{name}"),
        ]
    processes = min(workers or joblib.cpu_count(), len(jobs))
    written = in_processes((delayed(draw)(*job, command()) for job in jobs), workers=processes)
    files = [path for paths in written for path in paths]
    clear(out, [f"{stem}-{name}" for stem in OF_A_NETWORK for name in twin_names()], files)
    return files


def clear(out: Path, stems: Sequence[str], written: Sequence[Path]) -> None:
    """Removes figures of an earlier run, by their names without the ending, which may have had networks that this one
    does not: once those of this run are written, so that one that breaks off takes nothing away. Files that have other
    names are somebody else's."""
    for old in (out / f"{stem}{ending}" for stem in stems for ending in (".png", ".svg")):
        if old not in written:
            with suppress(PermissionError):  # open in a viewer, on Windows
                old.unlink(missing_ok=True)


def draw(compose: Callable[[Scored], Figure], scored: Scored, stem: Path, made: str) -> list[Path]:
    """Composes one figure in the project's style and saves it, as made by that command."""
    with made_by(made), styled():
        return save(compose(scored), stem)


def rates_figure(scored: Scored) -> Figure:
    """Rate over activation: a row an input, a column a layer."""
    layers = len(scored[0][0].sums)
    figure = Figure(figsize=(5.2 * layers, 3.6 * len(scored) + 0.6), layout="constrained")
    axes = figure.subplots(len(scored), layers, squeeze=False)
    for row, (pair, score) in zip(axes, scored, strict=True):
        for layer, ax in enumerate(row):
            plots.rate_over_activation(ax, pair, layer, score.layers[layer])
    headline(figure, f"{network_name(scored)}: {how_closely(scored[0][0], scored[0][1].layers[0])}")
    return figure


def how_closely(pair: Pair, score: LayerScore) -> str:
    """How far the activations that a layer's rates stand for are from the true ones, in words that the error allows."""
    error = score.rmse / pair.twin.mapping.layers[0].unit
    words = "closely" if error < 0.05 else "loosely" if error < 0.2 else "hardly at all"
    return (
        f"rates tell activations {words}, {100 * error:.3g} % off\n"
        f"(RMSE over full scale, {score.name}, {INPUT_NAMES[pair.twin.input]}; Pearson {plots.rounded(score.pearson)})"
    )


def accuracy_figure(scored: Scored) -> Figure:
    """Accuracy over time: a column an activation; below the whole rise, above its end enlarged."""
    names = list(dict.fromkeys(pair.twin.name for pair, _ in scored))
    figure = Figure(figsize=(5.6 * len(names), 6.4), layout="constrained")
    axes = figure.subplots(2, len(names), squeeze=False, sharex=True)
    for column, name in zip(axes.T, names, strict=True):
        group = [(pair, score) for pair, score in scored if pair.twin.name == name]
        for ax in column:
            plots.accuracy_over_time(ax, [score for _, score in group], [pair.twin.input for pair, _ in group])
        mlp = group[0][1]
        ends = [score.bio_accuracy for _, score in group]
        column[0].set_ylim(100 * min(*ends, mlp.ann_interval[0]) - 1.5, 100 * max(*ends, mlp.ann_interval[1]) + 0.4)
        column[0].set(xlabel="", title=f"{told_name(group[0][0].twin)}: the end, enlarged")
        column[1].set(ylim=(0, 102), title="the whole rise")
        column[1].legend(loc="best")
    headline(figure, soonest(scored))
    return figure


def soonest(scored: Scored) -> str:
    """How long the twins took to come within half a point of their networks, in a sentence."""
    times = [score.ms_to_within_half_point for _, score in scored]
    reached = [time for time in times if time is not None]
    if not reached:
        return "No spiking twin comes within half a point of its network in this time"
    who = "Every spiking twin" if len(reached) == len(times) else f"{len(reached)} of {len(times)} spiking twins"
    comes = "comes" if len(reached) in (1, len(times)) else "come"
    span = f"{min(reached):g}" if min(reached) == max(reached) else f"{min(reached):g} to {max(reached):g}"
    there = sum(score.bio_accuracy >= score.ann_accuracy - CLOSE for _, score in scored)
    return (
        f"{who} {comes} within half a point of the standard network, after {span} ms; {there} of {len(times)} end there"
    )


def confusion_figure(scored: Scored) -> Figure:
    """Who is mistaken for whom, by the standard network and by each twin."""
    rows = 1 + len(scored) // 2
    figure = Figure(figsize=(8.2, 4 * rows + 0.7), layout=ConstrainedLayoutEngine(h_pad=0.08))  # inches
    axes = figure.subplots(rows, 2).ravel()
    for ax in axes[1 + len(scored) :]:
        ax.remove()
    pair, score = scored[0]
    most = max(
        commonest(pair.digits.labels, answers) for pair, _ in scored for answers in (pair.ann_answers, pair.bio_answers)
    )
    plots.confusion(axes[0], pair.digits.labels, pair.ann_answers, ANN, most=most)
    axes[0].set_title(f"MLP: {score.ann_accuracy:.2%}")
    for ax, (pair, score) in zip(axes[1:], scored, strict=False):
        plots.confusion(ax, pair.digits.labels, pair.bio_answers, BIO, most=most)
        ax.set_title(f"{INPUT_NAMES[pair.twin.input]}: {score.bio_accuracy:.2%}")
    pair = scored[0][0]
    headline(
        figure,
        f"{network_name(scored)}: {favourite(pair.digits.labels, pair.ann_answers, 'the MLP')}, "
        f"{favourite(pair.digits.labels, pair.bio_answers, f'its spiking twin ({INPUT_NAMES[pair.twin.input]})')}",
    )
    return figure


def commonest(truth: np.ndarray, answers: np.ndarray) -> int:
    """How often the commonest error was made, at least 1."""
    errors = Counter((int(t), int(a)) for t, a in zip(truth, answers, strict=True) if t != a)
    return max([1, *errors.values()])


def favourite(truth: np.ndarray, answers: np.ndarray, who: str) -> str:
    """A network's commonest error, in words."""
    errors = Counter((int(t), int(a)) for t, a in zip(truth, answers, strict=True) if t != a)
    if not errors:
        return f"{who} makes no error"
    times = max(errors.values())
    commonest = sorted(error for error in errors if errors[error] == times)
    first, *others = (f"{a(digit)} for {a(answer)}" for digit, answer in commonest)
    if len(others) > 1:
        others = [f"{len(others)} other errors"]
    too = "".join(f"; {other} too" for other in others)
    return f"{who} most often takes {first} ({times}×{too})"


def a(digit: int) -> str:
    """The digit with its article."""
    return f"an {digit}" if digit == 8 else f"a {digit}"


def path_figure(scored: Scored) -> Figure:
    """One digit's way through both networks: activations as lit circles beside rates, and every spike.

    Shown through the eye if it is among the inputs: there every layer has spikes.
    """
    pair = next((pair for pair, _ in scored if pair.twin.input == "lif"), scored[0][0])
    chosen = telling_digit(pair)
    digit, twin = pair.digits[chosen : chosen + 1], pair.twin
    recording = record(twin.network, twin.stimulus(digit), duration=twin.duration, dt=twin.dt)
    left_width = 3 + 1.5 * len(pair.sums)
    figure = Figure(figsize=(7 + left_width, 7.2), layout="constrained")
    left, right = figure.subfigures(1, 2, width_ratios=(left_width, 5), squeeze=True)  # type: ignore[misc, unused-ignore]
    draw_columns(left, pair, chosen, recording)
    draw_spikes(right, pair, recording, winner=int(pair.bio_answers[chosen]))
    headline(figure, f"{network_name(scored)}, {a(int(digit.labels[0]))}: {verdicts(pair, chosen)}")
    return figure


def verdicts(pair: Pair, chosen: int) -> str:
    """What both networks made of a digit, in words."""
    said, heard = int(pair.ann_answers[chosen]), int(pair.bio_answers[chosen])
    if not pair.response.counts[-1][chosen].any():
        return f"the MLP says {said}, the output cells of its spiking twin stay silent"
    both = f"both networks say {said}" if said == heard else f"the MLP says {said}, its spiking twin {heard}"
    return f"{both}; the twin settled after {settling_time(pair, chosen):g} ms"


def telling_digit(pair: Pair) -> int:
    """The first digit that both networks read correctly, or the first of all."""
    right = (pair.ann_answers == pair.digits.labels) & (pair.bio_answers == pair.digits.labels)
    return int(right.argmax())


def settling_time(pair: Pair, chosen: int) -> float:
    """From when on the twin's verdict on a digit is its last, ms."""
    verdicts = pair.response.verdicts[chosen]
    changed = np.flatnonzero(verdicts != verdicts[-1])
    return float(pair.response.times[changed[-1] + 1 if changed.size else 0] * 1e3)


def draw_columns(figure: SubFigure, pair: Pair, chosen: int, recording: Recording) -> None:
    """Above, the digit and each layer's activations; below, the same with firing rates."""
    layers = len(pair.sums)
    axes = figure.subplots(2, 1 + layers, width_ratios=[1.2] + [1.3] * (layers - 1) + [0.7])
    plots.image(axes[0, 0], pair.digits.images[chosen])
    axes[0, 0].set_title("the digit,\n28 × 28")
    fired = np.bincount(recording.spikes[0][:, 2], minlength=pair.digits.images.shape[1])
    if fired.any():
        plots.image(axes[1, 0], fired)
        axes[1, 0].set_title(f"input cells\nrate up to {fired.max() / pair.twin.duration:.0f} Hz")
    else:
        plots.image(axes[1, 0], pair.digits.images[chosen])
        axes[1, 0].set_title(f"the digit,\nas {INPUT_NAMES[pair.twin.input]}")
    for layer, name in enumerate(pair.names):
        for row, colour, values, told in (
            (0, ANN, pair.activations(layer)[chosen], "activation\nup to {:.2g}"),
            (1, BIO, pair.rates(layer)[chosen], "rate\nup to {:.0f} Hz"),
        ):
            labels = (
                [f"{d}   {round(float(value), 3):.3g}" for d, value in enumerate(values)] if name == "output" else None
            )
            plots.lit_units(axes[row, 1 + layer], values, colour, most=float(values.max()), labels=labels)
            axes[row, 1 + layer].set_title(f"{name}\n{told.format(values.max())}")
    figure.supylabel("spiking twin                          standard network", fontsize=11, weight="bold")


def draw_spikes(figure: SubFigure, pair: Pair, recording: Recording, *, winner: int) -> None:
    """The twin's spikes, layer under layer, and the race of the output cells, which `winner` won."""
    names, sizes = ["input", *pair.names], pair.twin.network.sizes
    shown = [layer for layer in range(len(names)) if layer or len(recording.spikes[0])]
    axes = figure.subplots(len(shown) + 1, 1, sharex=True, height_ratios=[*([2] * (len(shown) - 1)), 1.2, 1.2])
    times = {"duration": pair.twin.duration, "dt": pair.twin.dt}
    for ax, layer in zip(axes, shown, strict=False):
        plots.raster(ax, recording, layer, cells=sizes[layer], name=f"{names[layer]}\ncell", **times)
    plots.racing_counts(axes[-1], recording, winner=winner, **times)
    total = sum(len(spikes) for spikes in recording.spikes)
    axes[0].set_title(f"{total:,} spikes, layer after layer")


def network_name(scored: Scored) -> str:
    """The network that the pairs share, as in "ReLU 784-100-10"."""
    twin = scored[0][0].twin
    return f"{told_name(twin)} {'-'.join(map(str, twin.model.sizes))}"


def told_name(twin: Twin) -> str:
    """What the network is, as in "ReLU, retuned"."""
    name = NETWORK_NAMES[twin.model.activation]
    return f"{name}, retuned" if twin.retuned else name
