"""Activations bring about activations, as firing groups make others fire: one digit's cascade, and a group silenced.

The cascade is every spike of one digit through the eye, layer after layer, and when each layer begins to fire. Then a
group of hidden units is silenced in the standard network (activation 0) and the same cells in the spiking one (a drive
that no input overcomes): the units that argue most for one class, by weight times mean activation on training digits. A
random group of the same size is the control. What falls, and does the same fall in both?
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from matplotlib.figure import Figure

from ann import MLP
from bio import Recording, record
from compare import plots
from compare.experiments.bench import Bench
from compare.experiments.experiment import ONLY_DRAWN, Drawing, Experiment
from compare.mapping import curve, weighted_sums
from compare.pair import Pair, Twin
from compare.score import correlation
from compare.style import ANN, BIO, NETWORK_NAMES, headline, shades
from data import Digits

GROUP = 0.2  # of the last hidden layer
NEVER = -1e3  # a drive that no input overcomes, in thresholds


@dataclass(frozen=True, eq=False)
class Silenced:
    """What silencing a group did, by class: accuracy lost, as a fraction, of each network.

    target  the class that the group argues for; None for the random group
    """

    activation: str
    target: int | None
    units: tuple[int, ...]
    ann_lost: np.ndarray
    bio_lost: np.ndarray


@dataclass(frozen=True, eq=False)
class Result:
    """Groups silenced, how alike what fell is, and one digit's cascade.

    alike        correlation over groups and classes of what the two networks lost, by activation
    first_spike  ms from the digit's appearance to the first spike of each layer, the eye first; nan without one
    """

    digits: int
    silenced: tuple[Silenced, ...]
    alike: dict[str, float | None]
    digit: int
    verdict: int
    first_spike: tuple[float, ...]
    recording: Recording = field(metadata=ONLY_DRAWN)
    duration: float
    dt: float
    sizes: tuple[int, ...]


def run(bench: Bench) -> Result:
    """Silences a group for each class (for three when quick), and records one digit's way."""
    digits = bench.digits.spread(min(bench.count(2_000, 300), len(bench.digits)))
    missing = sorted(set(range(10)) - set(digits.labels.tolist()))
    if missing:
        raise ValueError(f"among {len(digits)} test digits there is no {missing[0]}: ask for more")
    targets = list(range(10)) if not bench.quick else [0, 3, 7]
    found: list[Silenced] = []
    for activation in bench.activations:
        found += silence(bench, bench.twin(activation), digits, targets)
    alike = {
        name: correlation(
            np.concatenate([s.ann_lost for s in found if s.activation == name]),
            np.concatenate([s.bio_lost for s in found if s.activation == name]),
        )
        for name in bench.activations
    }
    twin = bench.twin(bench.activations[0], "lif")
    one = bench.digits[:1]
    recording = record(twin.network, twin.stimulus(one), duration=twin.duration, dt=twin.dt)
    first = tuple(
        float(1e3 * twin.dt * (spikes[:, 0].min() + 1)) if len(spikes) else float("nan") for spikes in recording.spikes
    )
    counts = np.bincount(recording.spikes[-1][:, 2], minlength=10)
    return Result(
        len(digits), tuple(found), alike, int(one.labels[0]), int(counts.argmax()), first, recording, twin.duration,
        twin.dt, twin.network.sizes,
    )  # fmt: skip


def silence(bench: Bench, twin: Twin, digits: Digits, targets: Sequence[int]) -> list[Silenced]:
    """Each group of a network, and a random one, silenced on both sides."""
    groups: list[tuple[int | None, np.ndarray]] = [
        (target, arguing_for(bench, twin.model, target)) for target in targets
    ]
    rng = np.random.default_rng(bench.seed)
    width = twin.model.sizes[-2]
    groups.append((None, rng.choice(width, len(groups[0][1]), replace=False)))
    whole, *others = bench.respond([twin.job(digits), *(without(twin, units).job(digits) for _, units in groups)])
    clean = Pair(twin, digits, whole)
    found = []
    for (target, units), response in zip(groups, others, strict=True):
        ann = answers_without(twin.model, units, digits.images)
        bio = response.verdicts[:, -1]
        lost = [
            np.array([
                (before[digits.labels == c] == c).mean() - (after[digits.labels == c] == c).mean() for c in range(10)
            ])
            for before, after in ((clean.ann_answers, ann), (clean.bio_answers, bio))
        ]  # fmt: skip
        found.append(Silenced(twin.model.activation, target, tuple(map(int, units)), lost[0], lost[1]))
    return found


def arguing_for(bench: Bench, model: MLP, target: int) -> np.ndarray:
    """The fifth of the last hidden layer that adds most to a class's weighted sum on training digits of that class,
    beyond what it adds on all."""
    calibration = bench.calibration
    active = curve(model.activation)(weighted_sums(model, calibration.images)[-2])
    more = active[calibration.labels == target].mean(axis=0) - active.mean(axis=0)
    argument = more * model.weights[-1][:, target]
    group: np.ndarray = np.sort(np.argsort(-argument)[: max(1, round(GROUP * len(argument)))])
    return group


def without(twin: Twin, units: np.ndarray) -> Twin:
    """The twin whose cells of the last hidden layer that have these numbers never fire."""
    biases = list(twin.network.biases)
    biases[-2] = biases[-2].copy()
    biases[-2][units] = NEVER
    return replace(twin, network=replace(twin.network, biases=tuple(biases)))


def answers_without(model: MLP, units: np.ndarray, images: np.ndarray) -> np.ndarray:
    """(n,): what the standard network answers with these units of its last hidden layer at 0."""
    active = model.forward(images)[-2].copy()
    active[:, units] = 0
    return np.asarray((active @ model.weights[-1] + model.biases[-1]).argmax(axis=1))


def finding(result: Result) -> str:
    """What a group takes down, against a random one, and whether both networks agree."""
    groups = [(s, s.target) for s in result.silenced if s.target is not None]
    randoms = [s for s in result.silenced if s.target is None]
    own = {who: float(np.mean([getattr(s, who)[target] for s, target in groups])) for who in ("ann_lost", "bio_lost")}
    rest = {
        who: float(np.mean([np.delete(getattr(s, who), target).mean() for s, target in groups]))
        for who in ("ann_lost", "bio_lost")
    }
    control = {who: float(np.mean([getattr(s, who).mean() for s in randoms])) for who in ("ann_lost", "bio_lost")}
    alike = ", ".join(
        f"{NETWORK_NAMES[name]} {'–' if value is None else f'{value:.2f}'}" for name, value in result.alike.items()
    )
    waves = [f"{time:.0f}" if np.isfinite(time) else "never" for time in result.first_spike]
    return (
        f"Silencing the fifth of the hidden units that argues for a digit costs that digit "
        f"{100 * own['ann_lost']:.0f} points in the standard network and {100 * own['bio_lost']:.0f} in the spiking "
        f"one, other digits "
        f"{100 * rest['ann_lost']:.0f} and {100 * rest['bio_lost']:.0f}, where a random fifth costs "
        f"{100 * control['ann_lost']:.0f} and {100 * control['bio_lost']:.0f}; what falls correlates between the two "
        f"networks ({alike}). The layers' first spikes come after {', '.join(waves)} ms."
    )


def draw(result: Result) -> Sequence[Drawing]:
    """The raster of one digit; and what each silenced group takes from each class, in both networks."""
    return [raster(result), *(losses(result, name) for name in result.alike)]


def raster(result: Result) -> Drawing:
    """Every spike of one digit, layer under layer."""
    names = ["the eye", *[f"hidden {i}" for i in range(1, len(result.sizes) - 1)], "output"]
    figure = Figure(figsize=(9, 6.5), layout="constrained")
    axes = figure.subplots(len(names) + 1, 1, sharex=True, height_ratios=[*([2] * (len(names) - 1)), 1.2, 1.2])
    for layer, (ax, name) in enumerate(zip(axes, names, strict=False)):
        plots.raster(
            ax, result.recording, layer, duration=result.duration, dt=result.dt, cells=result.sizes[layer],
            name=f"{name}\ncell",
        )  # fmt: skip
        if np.isfinite(result.first_spike[layer]):
            ax.axvline(result.first_spike[layer], color="black", lw=1, ls="--")
    plots.racing_counts(axes[-1], result.recording, winner=result.verdict, duration=result.duration, dt=result.dt)
    waves = ", ".join(f"{time:.0f}" for time in result.first_spike)
    headline(figure, f"A {result.digit} sets off a cascade: the layers begin to fire after {waves} ms")
    alt = (
        f"Raster of all spikes that a {result.digit} evokes, layer by layer; first spikes after {waves} ms; "
        f"the verdict is {result.verdict}."
    )
    return Drawing("cascade", figure, alt)


def losses(result: Result, activation: str) -> Drawing:
    """Points lost by class (columns) when a group (rows) is silenced, in both networks."""
    shown = [s for s in result.silenced if s.activation == activation]
    most = max(float(np.abs([s.ann_lost, s.bio_lost]).max()) for s in shown)
    figure = Figure(figsize=(10, 0.42 * len(shown) + 2.2), layout="constrained")
    for ax, who, colour, name in zip(
        figure.subplots(1, 2, sharey=True), ("ann_lost", "bio_lost"), (ANN, BIO), ("standard network", "spiking twin"),
        strict=True,
    ):  # fmt: skip
        table = 100 * np.array([getattr(s, who) for s in shown])
        ax.imshow(np.maximum(table, 0), cmap=shades(colour), vmin=0, vmax=max(100 * most, 1), aspect="auto")
        for row, column in np.ndindex(table.shape):
            value = table[row, column]
            text = f"{value:.0f}" if abs(value) >= 0.5 else "·"
            ax.text(
                column, row, text, ha="center", va="center", fontsize=8, color="white" if value > 60 * most else "black"
            )
        ax.set_xticks(range(10))
        ax.set(xlabel="digit shown", title=name)
        ax.grid(visible=False)
        ax.set_yticks(range(len(shown)), ["random" if s.target is None else f"for {s.target}" for s in shown])
    figure.axes[0].set_ylabel("group silenced")
    alike = result.alike[activation]
    told = "–" if alike is None else f"{alike:.2f}"
    same = "both networks lose alike" if alike is not None and alike > 0.8 else "the two networks lose differently"
    headline(figure, f"{NETWORK_NAMES[activation]}: points lost when a group is silenced; {same} (r = {told})")
    alt = "Points lost by the digit whose group is silenced, standard and spiking: " + "; ".join(
        f"{s.target}: {100 * s.ann_lost[s.target]:.0f} and {100 * s.bio_lost[s.target]:.0f}"
        for s in shown
        if s.target is not None
    )
    return Drawing(f"silencing-{activation}", figure, alt + ".")


EXPERIMENT = Experiment(
    name="cascade",
    title="Activations bring about activations",
    question="Does one layer's firing bring about the next one's, and does silencing a group break both alike?",
    at=(273, 289),
    part="claim",
    run=run,
    finding=finding,
    draw=draw,
)
