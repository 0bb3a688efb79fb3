"""Cells don't repeat themselves: the same digit, shown again, evokes other spikes, and at times another answer.

Every digit is shown in several trials that differ only in their randomness: the input's spikes where it is random, and
the membrane's noise where a cell has some. The Fano factor of a cell and digit is the variance of its spike count over
trials by the mean (Fano, Phys. Rev. 1947, 72:26): 1 for a Poisson process, 0 for a clock. Where at least one spike was
seen, a Poisson process gives exactly 1 in the mean however few the trials, since its counts, given their sum, are
multinomial. The verdict of single trials is held against that of all trials pooled. The standard network has no trials:
its answer is a function of the digit, and never changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from bio import Response
from bio.network import verdict as read_out
from compare.experiments.bench import Bench
from compare.experiments.experiment import Drawing, Experiment, Verdict, judged
from compare.experiments.wording import number, percent
from compare.mapping import weighted_sums
from compare.parallel import Job
from compare.score import wilson
from compare.style import ANN, BIO, GREY, INPUT_NAMES, LINES, NETWORK_NAMES, headline
from data import Digits

APART = 1_000_000  # trial t of digit i draws what is keyed by i + t · APART
INPUTS = ("current", "poisson")
RARE = 0.01  # of digits: so few answers may change unnoticed
REPEATS = 1_000  # of the bootstrap
BY_MEAN = (0, 0.5, 1, 2, 4, 8, 16, np.inf)  # spikes: groups of cells and digits by mean count


@dataclass(frozen=True)
class Fano:
    """Of one layer, over the cells and digits that fired in any trial.

    mean, interval  of the Fano factor, with the bootstrap's 95 % over digits; None where no cell fired
    cells           cells × digits in it
    by_mean         (mean count, mean Fano factor, cells × digits) of those in each group of `BY_MEAN`, if any
    """

    name: str
    mean: float | None
    interval: tuple[float, float] | None
    cells: int
    by_mean: tuple[tuple[float, float, int], ...]


@dataclass(frozen=True)
class Trials:
    """One twin, shown the same digits over and over.

    noise            the membrane's, in thresholds
    input_fano       of all input spikes of a digit together, mean; None where the input has none
    layers           hidden ones first
    single, pooled   accuracy of one trial (mean), and of all trials' spikes together, with 95 % intervals over digits
    ann              the standard network's accuracy on these digits, with its interval
    changed          the fraction of digits whose verdict is not the same in all trials, with Wilson's interval
    differ           the chance that two trials of a digit differ in their verdict, with its interval
    agreement        (n,): the fraction of trials that give the digit's commonest verdict, from the least
    """

    activation: str
    input: str
    noise: float
    input_fano: float | None
    layers: tuple[Fano, ...]
    single: tuple[float, float, float]
    pooled: tuple[float, float, float]
    ann: tuple[float, float, float]
    changed: tuple[float, float, float]
    differ: tuple[float, float, float]
    agreement: tuple[float, ...]


@dataclass(frozen=True)
class Result:
    """An entry for each network and input, on the same digits and trials."""

    digits: int
    trials: int
    twins: tuple[Trials, ...]


def run(bench: Bench) -> Result:
    """Shows a part of the bench's digits to every twin in several trials."""
    digits = bench.digits.spread(min(len(bench.digits), bench.count(500, 60)))
    trials = bench.count(20, 6)
    twins = [bench.twin(activation, name) for activation in bench.activations for name in INPUTS]
    jobs = [twin.job(repeated(digits, trials)) for twin in twins]
    found = []
    for twin, job, response in zip(twins, jobs, bench.respond(jobs), strict=True):
        answers = weighted_sums(twin.model, digits.images)[-1].argmax(axis=1)
        found.append(variability(job, response, digits, answers, twin.model.activation, trials))
    return Result(len(digits), trials, tuple(found))


def repeated(digits: Digits, trials: int) -> Digits:
    """The digits once for each trial, first all of trial 0, each keyed by its own randomness."""
    keys = digits.index + APART * np.arange(trials)[:, None]
    return Digits(np.tile(digits.images, (trials, 1)), np.tile(digits.labels, trials), keys.ravel(), digits.sha256)


def variability(
    job: Job, response: Response, digits: Digits, answers: np.ndarray, activation: str, trials: int
) -> Trials:
    """What trials of the same digits tell; `answers` (n,) are the standard network's."""
    n, truth = len(digits), digits.labels
    rng = np.random.default_rng(job.stimulus.seed)
    verdicts = response.verdicts[:, -1].reshape(trials, n)
    votes = (verdicts[:, :, None] == np.arange(10)).sum(axis=0)
    counts = [layer.reshape(trials, n, -1) for layer in response.counts]
    voltage = response.voltage.reshape(trials, n, -1)
    pooled = read_out(counts[-1].sum(axis=0), voltage.mean(axis=0)) == truth
    known = answers == truth
    changes = votes.max(axis=1) < trials
    pairs = trials * (trials - 1)
    names = [f"hidden {number}" for number in range(1, len(counts))] + ["output"]
    entered = response.input.reshape(trials, n)
    return Trials(
        activation=activation,
        input=job.stimulus.kind,
        noise=job.network.cell.noise,
        input_fano=float(np.nanmean(fano_factors(entered))) if entered.any() else None,
        layers=tuple(fano(name, layer, rng) for name, layer in zip(names, counts, strict=True)),
        single=(float((verdicts == truth).mean()), *bootstrap((verdicts == truth).mean(axis=0), rng)),
        pooled=(float(pooled.mean()), *wilson(pooled)),
        ann=(float(known.mean()), *wilson(known)),
        changed=(float(changes.mean()), *wilson(changes)),
        differ=with_interval(1 - (votes * (votes - 1)).sum(axis=1) / pairs, rng),
        agreement=tuple(np.sort(votes.max(axis=1) / trials).tolist()),
    )


def fano_factors(counts: np.ndarray) -> np.ndarray:
    """Variance over mean of counts (trials, …) over trials; nan where there was no spike."""
    mean = counts.mean(axis=0)
    return np.divide(counts.var(axis=0, ddof=1), mean, out=np.full(mean.shape, np.nan), where=mean > 0)


def fano(name: str, counts: np.ndarray, rng: np.random.Generator) -> Fano:
    """The Fano factors of a layer, from counts (trials, n, cells)."""
    factors, mean = fano_factors(counts), counts.mean(axis=0)
    fired = mean > 0
    if not fired.any():
        return Fano(name, None, None, 0, ())
    groups = []
    for low, high in pairwise(BY_MEAN):
        which = fired & (mean > low) & (mean <= high)
        if which.any():
            groups.append((float(mean[which].mean()), float(factors[which].mean()), int(which.sum())))
    sums, numbers = np.nansum(factors, axis=1), fired.sum(axis=1)
    return Fano(name, float(sums.sum() / numbers.sum()), bootstrap(sums, rng, numbers), int(fired.sum()), tuple(groups))


def with_interval(values: np.ndarray, rng: np.random.Generator) -> tuple[float, float, float]:
    """The mean over digits of values (n,), with the bootstrap's interval."""
    return (float(values.mean()), *bootstrap(values, rng))


def bootstrap(values: np.ndarray, rng: np.random.Generator, weights: np.ndarray | None = None) -> tuple[float, float]:
    """The 95 % interval over digits drawn anew of Σ values / Σ weights (n,); without weights, of the mean."""
    n = len(values)
    drawn = rng.multinomial(n, np.full(n, 1 / n), REPEATS)
    below = drawn @ (np.ones(n) if weights is None else weights)
    low, high = np.percentile(drawn @ values / np.maximum(below, 1), (2.5, 97.5))
    return float(low), float(high)


def verdict(result: Result) -> Verdict:
    """It breaks: answers to surely more than one digit in a hundred change between showings, in every twin."""
    word = judged(
        "break",
        yes=[twin.changed[1] > RARE for twin in result.twins],
        no=[twin.changed[0] <= RARE for twin in result.twins],
    )
    steady, *_, unsteady = sorted(result.twins, key=lambda twin: twin.changed[0])
    fano = max((layer.mean for twin in result.twins for layer in twin.layers if layer.mean is not None), default=0.0)
    shown = [unsteady] if len(result.twins) == 1 else [steady, unsteady]
    most = f"{percent(unsteady.changed[0])} of answers change in {result.trials} showings"
    return Verdict(
        f"digits whose answer changes in {result.trials} showings, steadiest and least steady twin",
        "0 %, always",
        "; ".join(
            f"{NETWORK_NAMES[t.activation]}, {INPUT_NAMES[t.input]} {percent(t.changed[0], t.changed[1:])}"
            for t in shown
        ),
        word,
        {
            "breaks": f"Cells do not repeat themselves (Fano factors up to {number(fano)}), and no twin its answers: "
            f"up to {most}.",
            "in part": f"It depends: with {INPUT_NAMES[unsteady.input]}, {most}; with {INPUT_NAMES[steady.input]}, "
            f"{percent(steady.changed[0])} do.",
            "no break seen": f"No twin was seen to change its answers much: at most, {most}.",
        }[word],
    )


def finding(result: Result) -> str:
    """How variable counts are, and what it does to verdicts."""
    return (
        " ".join(told(twin) for twin in result.twins) + " The standard network gives the same answer every time: its "
        "Fano factor is 0 and its verdict never changes."
    )


def told(twin: Trials) -> str:
    """The finding for one twin."""
    name = called(twin)
    if not twin.changed[0] and all(not layer.mean for layer in twin.layers):
        return f"{name}: nothing is random, every trial is the same."
    factors = ", ".join(f"{layer.mean:.2f} ({layer.name})" for layer in twin.layers if layer.mean is not None)
    gain = 100 * (twin.pooled[0] - twin.single[0])
    return (
        f"{name}: Fano factors {factors}{against_poisson(twin)}; {twin.changed[0]:.1%} of digits change their verdict "
        f"between trials, two trials differ on {twin.differ[0]:.1%}; one trial reads {twin.single[0]:.1%}, all pooled "
        f"{twin.pooled[0]:.1%} ({gain:+.1f} points)."
    )


def against_poisson(twin: Trials) -> str:
    """Which side of a Poisson process all layers are on, as far as their intervals tell."""
    intervals = [layer.interval for layer in twin.layers if layer.interval]
    if intervals and all(high < 1 for _, high in intervals):
        spikes, most = max((group[:2] for layer in twin.layers for group in layer.by_mean), key=lambda group: group[1])
        beyond = f" in the mean, though those with some {spikes:.0f} spikes reach {most:.1f}" if most > 1.2 else ""
        return f", steadier than a Poisson process (1){beyond}"
    if intervals and all(low > 1 for low, _ in intervals):
        return ", more variable than a Poisson process (1)"
    return " (a Poisson process: 1)"


def called(twin: Trials) -> str:
    """A twin and where its noise comes from."""
    noise = f" and membrane noise {twin.noise:g}" if twin.noise else ""
    return f"{NETWORK_NAMES[twin.activation]}, {INPUT_NAMES[twin.input]}{noise}"


def draw(result: Result) -> Sequence[Drawing]:
    """Fano factors over mean counts, how often trials agree, and accuracies."""
    figure = Figure(figsize=(13.5, 5), layout="constrained")
    left, middle, right = figure.subplots(1, 3, width_ratios=(1.15, 1, 1))
    fano_over_mean(left, result)
    agreements(middle, result)
    accuracies(right, result)
    handles = [
        Line2D(
            [], [], color=colour_of(result, twin), ls=LINES[twin.input], marker=MARKS[twin.input], label=called(twin)
        )
        for twin in result.twins
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=len(handles), fontsize=9)
    noisy = [twin for twin in result.twins if any(layer.mean for layer in twin.layers)]
    values = [layer.mean for twin in noisy for layer in twin.layers if layer.mean is not None]
    changed = [twin.changed[0] for twin in noisy]
    title = "Nothing is random here: every trial is the same"
    if values:
        title = (
            f"Shown the same digit again, noisy twins change {min(changed):.0%} to {max(changed):.0%} of verdicts; "
            f"Fano factors {min(values):.2f} to {max(values):.2f}"
        )
    headline(figure, title)
    return [Drawing("variability", figure, f"{result.trials} trials of {result.digits} digits. " + finding(result))]


MARKS = {"current": "o", "poisson": "^"}
SHADES = ("#F0A070", "#8F3E00", BIO, "#5A2A00")


def colour_of(result: Result, twin: Trials) -> str:
    """The shade of a twin's network."""
    names = list(dict.fromkeys(each.activation for each in result.twins))
    return SHADES[names.index(twin.activation) % len(SHADES)]


def fano_over_mean(ax: Axes, result: Result) -> Axes:
    """The mean Fano factor of cells and digits with about the same mean count: hidden filled, output open."""
    for twin in result.twins:
        colour, style = colour_of(result, twin), LINES[twin.input]
        for layer in twin.layers:
            if not layer.by_mean or not layer.mean:  # with nothing random there is no curve to show
                continue
            mean, factor, _ = zip(*layer.by_mean, strict=True)
            fill = "white" if layer.name == "output" else colour
            ax.plot(
                mean,
                factor,
                style,
                marker=MARKS[twin.input],
                color=colour,
                mfc=fill,
                lw=1.3,
                ms=6,
            )
    ax.axhline(1, color=GREY, ls=":", lw=1.3)
    ax.text(0.99, 1.02, "Poisson process", transform=ax.get_yaxis_transform(), ha="right", va="bottom", fontsize=9)
    ax.set(
        xlabel="mean spikes in a trial",
        ylabel="Fano factor (variance / mean over trials)",
        xscale="log",
        ylim=(-0.04, None),
    )
    ax.set_title("Counts (filled: hidden, open: output)")
    return ax


def agreements(ax: Axes, result: Result) -> Axes:
    """Of how many digits at most so many trials give the commonest verdict."""
    for twin in result.twins:
        share = np.array(twin.agreement)
        values, seen = np.unique(share, return_counts=True)
        x = np.append(values, 1.0) if values[-1] < 1 else values
        y = np.append(np.cumsum(seen), len(share)) if values[-1] < 1 else np.cumsum(seen)
        y = 100 * (np.concatenate([[0], y[:-1]])) / len(share)
        bounds = np.clip([[twin.changed[0] - twin.changed[1]], [twin.changed[2] - twin.changed[0]]], 0, None)
        shift = 1.5 * (1 + result.twins.index(twin))
        ax.errorbar(
            100 + shift,
            100 * twin.changed[0],
            yerr=100 * bounds,
            fmt=MARKS[twin.input],
            color=colour_of(result, twin),
            capsize=2,
            lw=1.5,
        )
        ax.step(
            [0, *(100 * x)],
            [0, *y],
            where="post",
            color=colour_of(result, twin),
            ls=LINES[twin.input],
        )
    ax.axhline(0, color=ANN, lw=2, zorder=1.5)
    ax.text(0.02, 0.01, "MLP: its answers never change", color=ANN, transform=ax.transAxes, va="bottom", fontsize=9)
    ax.set(xlim=(30, 108), xlabel="trials with the commonest verdict (%)", ylabel="digits with less agreement (%)")
    ax.set_ylim(-0.06 * ax.get_ylim()[1], None)
    ax.set_title("Verdicts (marks: of all digits, 95 % interval)")
    return ax


def accuracies(ax: Axes, result: Result) -> Axes:
    """One trial, all trials pooled, and the standard network."""
    for row, twin in enumerate(result.twins):
        values = (
            ("one trial", twin.single, "s", BIO),
            ("all trials pooled", twin.pooled, "o", BIO),
            ("MLP", twin.ann, "D", ANN),
        )
        for place, (label, (value, low, high), mark, colour) in enumerate(values):
            y = row + 0.24 * (place - 1)
            bounds = [[100 * max(value - low, 0)], [100 * max(high - value, 0)]]
            ax.errorbar(
                100 * value,
                y,
                xerr=bounds,
                fmt=mark,
                color=colour,
                mfc="white" if mark == "s" else colour,
                capsize=3,
                label=label if not row else None,
            )
    ax.set_yticks(
        range(len(result.twins)),
        [called(twin).replace(", ", ",\n").replace(" and ", "\nand ") for twin in result.twins],
    )
    ax.set_ylim(len(result.twins) - 0.4, -0.95)
    ax.set_xlabel("accuracy (%), 95 % interval")
    ax.legend(loc="upper center", fontsize=8, ncols=3, columnspacing=0.8, handletextpad=0.2)
    ax.set_title("One trial, or all")
    return ax


EXPERIMENT = Experiment(
    name="noise",
    title="Never twice the same",
    claim="The same digit evokes the same answer every time",
    question="Shown the same digit again, how far do spike counts and verdicts vary?",
    at=(),
    part="break",
    run=run,
    verdict=verdict,
    finding=finding,
    draw=draw,
)
