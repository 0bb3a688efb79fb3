"""Figure of the race: accuracy by epoch and by depth, and the gradient by layer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from compare.experiments.experiment import Drawing
from compare.experiments.race import CLOSE, GUESSING, RUNNERS, Result
from compare.style import GREY, NETWORK_NAMES, headline

COLOURS = {"sigmoid": "#009E73", "relu": "#CC79A7"}  # not the two of the networks: both runners are standard ones
MARKS = {"sigmoid": "s", "relu": "o"}


def draw(result: Result) -> Sequence[Drawing]:
    """Accuracy by epoch for each depth; the final accuracy over depth; the gradient by layer at the greatest depth."""
    depths = sorted({runner.depth for runner in result.runners})
    figure = Figure(figsize=(12, 7), layout="constrained")
    above, below = figure.subfigures(2, 1, height_ratios=(1, 1.1))  # type: ignore[misc, unused-ignore]
    for ax, depth in zip(np.ravel(above.subplots(1, len(depths), sharey=True)), depths, strict=True):
        for name in RUNNERS:
            runner = next(r for r in result.of(name) if r.depth == depth)
            epochs = np.arange(1, runner.accuracy.shape[1] + 1)
            ax.plot(epochs, 100 * runner.accuracy.T, color=COLOURS[name], lw=0.7, alpha=0.5)
            ax.plot(epochs, 100 * runner.accuracy.mean(axis=0), color=COLOURS[name], marker=MARKS[name], ms=4)
        ax.set(title=f"{depth} hidden", xlabel="epoch (thin: each seed)", ylim=(0, 100))
    above.axes[0].set_ylabel("accuracy on held-out\ntraining digits (%)")
    left, right = np.ravel(below.subplots(1, 2))
    for name in RUNNERS:
        runners = result.of(name)
        mean = np.array([100 * r.final.mean() for r in runners])
        error = np.array([100 * r.final.std(ddof=1) / np.sqrt(len(r.final)) for r in runners])
        left.errorbar(
            [r.depth for r in runners], mean, error, color=COLOURS[name], marker=MARKS[name], capsize=3
        )  # fmt: skip
        deepest = runners[-1]
        layers = np.arange(1, deepest.gradient.shape[1] + 1)
        right.semilogy(layers, deepest.gradient.T, color=COLOURS[name], lw=0.7, alpha=0.5)
        right.semilogy(
            layers, np.exp(np.log(deepest.gradient).mean(axis=0)), color=COLOURS[name], marker=MARKS[name],
            label=NETWORK_NAMES[name],
        )  # fmt: skip
    left.set(xlabel="hidden layers", ylabel="accuracy at the end (%)", ylim=(0, 100))
    left.set_xticks(depths)
    left.axhline(100 * GUESSING, color=GREY, ls=":", lw=1)
    left.set_title("mean ± standard error over seeds; dotted: guessing")
    right.set(xlabel="layer, from the pixels up", ylabel="gradient by its weights (RMS)")
    right.set_xticks(layers)
    right.legend(loc="lower right")
    right.set_title(f"before training, {depths[-1]} hidden layers")
    headline(figure, title(result))
    alt = "Accuracy at the end by number of hidden layers: " + "; ".join(
        f"{NETWORK_NAMES[name]} " + ", ".join(f"{r.depth}: {r.final.mean():.1%}" for r in result.of(name))
        for name in RUNNERS
    )
    return [Drawing("race", figure, alt + ".")]


def title(result: Result) -> str:
    """The greatest lead, in a line."""
    pairs = list(zip(result.of("relu"), result.of("sigmoid"), strict=True))
    leads = [float(relu.final.mean() - sigmoid.final.mean()) for relu, sigmoid in pairs]
    most = int(np.abs(leads).argmax())
    if abs(leads[most]) < CLOSE:
        return "ReLU and sigmoid are as easy to train at every depth tried"
    who = "ReLU leads" if leads[most] > 0 else "sigmoid leads"
    return f"{who} by up to {100 * abs(leads[most]):.0f} points, at {pairs[most][0].depth} hidden layers"
