"""Cells don't repeat themselves: the same digit, shown again, evokes other spikes, and at times another answer.

Every digit is shown in several trials that differ only in their randomness: the input's spikes where it is random, and
the membrane's noise where a cell has some. The Fano factor of a cell and digit is the variance of its spike count over
trials by the mean (Fano, Phys. Rev. 1947, 72:26): 1 for a Poisson process, 0 for a clock. Where at least one spike was
seen, a Poisson process gives exactly 1 in the mean however few the trials, since its counts, given their sum, are
multinomial. The verdict of single trials is held against that of all trials pooled. The standard network has no trials:
its answer is a function of the digit, and never changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from bio import Response
from bio.network import verdict as read_out
from compare.experiments.bench import Bench
from compare.experiments.experiment import Experiment, Verdict, drawn_by, judged
from compare.experiments.resampling import Interval, drawn_anew, fraction, middle_95
from compare.experiments.wording import number, percent, twin_name
from compare.mapping import weighted_sums
from compare.parallel import Job
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
    single: Interval
    pooled: Interval
    ann: Interval
    changed: Interval
    differ: Interval
    agreement: tuple[float, ...]

    @property
    def random(self) -> bool:
        """Whether anything differs between trials: the input, or the membrane's noise."""
        return bool(self.input_fano or self.noise)


@dataclass(frozen=True)
class Result:
    """An entry for each network and input, on the same digits and trials."""

    digits: int
    trials: int
    twins: tuple[Trials, ...]


def run(bench: Bench) -> Result:
    """Shows a part of the bench's digits to every twin in several trials."""
    digits = bench.some_digits(500, 60)
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
    differ = 1 - (votes * (votes - 1)).sum(axis=1) / (trials * (trials - 1))
    names = [f"hidden {number}" for number in range(1, len(counts))] + ["output"]
    entered = response.input.reshape(trials, n)
    return Trials(
        activation=activation,
        input=job.stimulus.kind,
        noise=job.network.cell.noise,
        input_fano=float(np.nanmean(fano_factors(entered))) if entered.any() else None,
        layers=tuple(fano(name, layer, rng) for name, layer in zip(names, counts, strict=True)),
        single=(float((verdicts == truth).mean()), *interval_of_mean((verdicts == truth).mean(axis=0), rng)),
        pooled=fraction(pooled),
        ann=fraction(answers == truth),
        changed=fraction(votes.max(axis=1) < trials),
        differ=(float(differ.mean()), *interval_of_mean(differ, rng)),
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
    return Fano(
        name, float(sums.sum() / numbers.sum()), interval_of_mean(sums, rng, numbers), int(fired.sum()), tuple(groups)
    )


def interval_of_mean(
    values: np.ndarray, rng: np.random.Generator, weights: np.ndarray | None = None
) -> tuple[float, float]:
    """The 95 % interval over digits drawn anew of Σ values / Σ weights (n,); without weights, of the mean."""
    n = len(values)
    times = drawn_anew(n, REPEATS, rng)
    below = times @ (np.ones(n) if weights is None else weights)
    return middle_95(times @ values / np.maximum(below, 1))


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
        "; ".join(f"{twin_name(t.activation, t.input)} {percent(t.changed[0], t.changed[1:])}" for t in shown),
        word,
        {
            "breaks": f"Cells do not repeat themselves (Fano factors up to {number(fano)}), and no twin its answers: "
            f"up to {most}.",
            "in part": f"It depends: {most} of one twin ({twin_name(unsteady.activation, unsteady.input)}), and "
            f"{percent(steady.changed[0])} of another ({twin_name(steady.activation, steady.input)}).",
            "no break seen": f"No twin was seen to change its answers much: at most, {most}.",
        }[word],
    )


def finding(result: Result) -> str:
    """How variable counts are, and what it does to verdicts."""
    never = "The standard network gives the same answer every time: its Fano factor is 0 and its verdict never changes."
    return " ".join([*(finding_of_twin(twin) for twin in result.twins), never])


def finding_of_twin(twin: Trials) -> str:
    """The finding for one twin."""
    name = name_with_noise(twin)
    if all(layer.mean is None for layer in twin.layers):
        despite = ", though the input or the membrane is random" if twin.random else ""
        return f"{name}: no cell fired in any trial{despite}."
    if not twin.random:
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


def name_with_noise(twin: Trials) -> str:
    """A twin and where its noise comes from."""
    noise = f" and membrane noise {twin.noise:g}" if twin.noise else ""
    return f"{twin_name(twin.activation, twin.input)}{noise}"


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
    draw=drawn_by("variability"),
)
