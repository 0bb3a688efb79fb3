"""An answer needs milliseconds: how the twin's accuracy grows, when each digit is decided, and which ones take long.

A digit is decided at the first of the samples, 5 ms apart, from which on the verdict no longer changes; whether that
verdict is right does not matter. Before any output cell has fired, the verdict is that of the voltages, and where more
than twice as many digits are taken for one class then as in the end, that is a bias, not an answer: digits that end as
this first guess have no decision time, and are left out of all but the accuracy.

If the spiking race is the same weighing of evidence, digits on which the standard network's best and second-best sum
lie close, its margin, should take longer: Spearman's ρ of margin and time, with an interval from digits drawn anew
(bootstrap), beside the ρ of shuffled margins. The standard network has no time at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan

import numpy as np

from compare.experiments.bench import Bench
from compare.experiments.experiment import Experiment, Verdict, by_activation, drawn_by, judged
from compare.experiments.resampling import Interval, fraction
from compare.experiments.spearman import rho, rho_drawn_anew, rho_shuffled
from compare.experiments.wording import NONE, number, percent, twin_name
from compare.pair import Pair
from compare.score import first_time, mcnemar, wilson
from compare.style import INPUT_NAMES, NETWORK_NAMES

BINS = 10  # of equally many digits each, by margin
BIASED = 2  # times as common as in the end is a first guess that is no answer
CLOSE = 0.005  # "within half a point"
SURE = 0.05  # of McNemar's p


@dataclass(frozen=True, eq=False)
class Race:
    """One twin on its way to an answer; times in ms.

    first_guess          the commonest verdict of the first sample, where it is much commoner than in the end; else None
    accuracy, low, high  (k,): of the verdict at each of the times, with Wilson's 95 % interval
    p_at_once            that at the first of them it is as often right as the standard network, on the same digits
                         (McNemar's exact test)
    decided              (k,): the fraction of digits that are decided by then
    by_digit             (10, 2): mean decision time of each class, and its standard error; nan where there are none
    by_margin            (bins, 3): of each tenth of the digits mean margin, mean decision time and its standard error
    to_half_point        when the accuracy is first within half a point of the standard network's; None: never
    median, slow         of decision time, the median and the 90th percentile
    median_wrong         the median over digits that the twin gets wrong; None where there are none
    rho                  Spearman's, of margin and decision time; None where one of them is constant
    rho_interval         95 %, of the bootstrap
    rho_shuffled         where 95 % of the ρ lie that shuffled margins give: what is beyond is no chance
    """

    activation: str
    input: str
    first_guess: int | None
    times: np.ndarray
    accuracy: np.ndarray
    low: np.ndarray
    high: np.ndarray
    p_at_once: float
    decided: np.ndarray
    by_digit: np.ndarray
    by_margin: np.ndarray
    to_half_point: float | None
    median: float
    slow: float
    median_wrong: float | None
    rho: float | None
    rho_interval: tuple[float, float] | None
    rho_shuffled: tuple[float, float] | None

    def surely_less_at_once(self, ann: float) -> bool:
        """Whether it first reads surely less than its standard network, whose accuracy is given."""
        return bool(self.accuracy[0] < ann and self.p_at_once < SURE)


@dataclass(frozen=True)
class Result:
    """One race for each network and input, on the same digits, beside the standard networks' accuracies."""

    digits: int
    ann: dict[str, Interval]
    races: tuple[Race, ...]


def run(bench: Bench) -> Result:
    """Follows every twin of the bench's networks to its answers, for every input."""
    ann: dict[str, Interval] = {}
    races: list[Race] = []
    for activation in bench.activations:
        for name in INPUT_NAMES:
            pair = bench.pair(activation, name)
            races.append(race(pair, np.random.default_rng((bench.seed, len(races))), bench.count(500, 100)))
        ann[activation] = fraction(pair.ann_answers == pair.digits.labels)
    return Result(len(bench.digits), ann, tuple(races))


def race(pair: Pair, rng: np.random.Generator, repeats: int) -> Race:
    """What a pair's verdicts tell."""
    truth, times = pair.digits.labels, pair.response.times * 1e3
    right = pair.response.verdicts == truth[:, None]
    guess = first_guess(pair.response.verdicts)
    timed = pair.bio_answers != (-1 if guess is None else guess)
    took, margins = times[decision(pair.response.verdicts)][timed], margin(pair.sums[-1])[timed]
    accuracy, wrong = right.mean(axis=0), took[~right[timed, -1]]
    low, high = np.array([wilson(column) for column in right.T]).T
    ann_right = pair.ann_answers == truth
    return Race(
        activation=pair.twin.model.activation,
        input=pair.twin.input,
        first_guess=guess,
        times=times,
        accuracy=accuracy,
        low=low,
        high=high,
        p_at_once=mcnemar(ann_right, right[:, 0]),
        decided=(took[:, None] <= times).mean(axis=0),
        by_digit=np.array([mean_and_error(took[(truth[timed] == digit) & (digit != guess)]) for digit in range(10)]),
        by_margin=tenths(margins, took),
        to_half_point=first_time(times, accuracy, float(ann_right.mean()) - CLOSE),
        median=float(np.median(took)) if took.size else float("nan"),
        slow=float(np.percentile(took, 90)) if took.size else float("nan"),
        median_wrong=float(np.median(wrong)) if wrong.size else None,
        rho=rho(margins, took),
        rho_interval=rho_drawn_anew(margins, took, rng, repeats),
        rho_shuffled=rho_shuffled(margins, took, rng, repeats),
    )


def decision(verdicts: np.ndarray) -> np.ndarray:
    """(n,): the first column of verdicts (n, k) from which on each row stays what it is at the end."""
    differs = verdicts != verdicts[:, -1:]
    return np.where(differs.any(axis=1), verdicts.shape[1] - differs[:, ::-1].argmax(axis=1), 0)


def first_guess(verdicts: np.ndarray) -> int | None:
    """The commonest of verdicts (n, k) at first, where it is more than twice as common as in the end; else None."""
    share, final = (np.bincount(verdicts[:, column], minlength=10) / len(verdicts) for column in (0, -1))
    commonest = int(share.argmax())
    return commonest if share[commonest] > BIASED * final[commonest] else None


def margin(sums: np.ndarray) -> np.ndarray:
    """(n,): by how much the largest of the sums (n, 10) exceeds the second."""
    second, first = np.sort(sums, axis=1)[:, -2:].T
    return first - second


def mean_and_error(values: np.ndarray) -> tuple[float, float]:
    """The mean of values (n,) and its standard error, nan where there are too few."""
    if len(values) < 2:
        return (float(values.mean()) if len(values) else float("nan")), float("nan")
    return float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values)))


def tenths(margins: np.ndarray, took: np.ndarray) -> np.ndarray:
    """(bins, 3): mean margin, mean decision time and its standard error of equally many digits each, by margin."""
    groups = np.array_split(np.argsort(margins, kind="stable"), min(BINS, len(margins)))
    return np.array([[margins[group].mean(), *mean_and_error(took[group])] for group in groups]).reshape(-1, 3)


def verdict(result: Result) -> Verdict:
    """It breaks: when verdicts are first asked, a twin reads surely less than its standard network,
    by McNemar's test on the same digits."""
    word = judged("break", [race.surely_less_at_once(result.ann[race.activation][0]) for race in result.races])
    quick, slow = (end(result.races, key=lambda race: race.accuracy[0]) for end in (max, min))
    first = number(float(result.races[0].times[0]), decimals=0)
    extremes = [quick] if quick is slow else [quick, slow]
    medians = sorted(race.median for race in result.races if not isnan(race.median))
    half = f"half of the digits are decided within {medians[-1]:.0f} ms" if medians else "hardly a digit is decided"
    return Verdict(
        f"accuracy: at once, and after {first} ms of the quickest and the slowest twin",
        "; ".join(f"{NETWORK_NAMES[name]} {percent(ann[0], ann[1:], decimals=1)}" for name, ann in result.ann.items()),
        "; ".join(
            f"{twin_name(race.activation, race.input)} "
            f"{percent(float(race.accuracy[0]), (float(race.low[0]), float(race.high[0])))}"
            for race in extremes
        )
        or NONE,
        word,
        {
            "breaks": f"Spikes take time: after {first} ms every twin reads less than its standard network; {half}.",
            "in part": f"Spikes take some twins time: after {first} ms they read less than their standard network; "
            f"{half}.",
            "no break seen": f"No time was seen to be needed: after {first} ms no twin reads surely less; {half}.",
        }[word],
    )


def finding(result: Result) -> str:
    """How long an answer takes (to the next 5 ms), which digits take longest, and whether the margin predicts it."""
    said = []
    for activation, races in by_activation(result.races).items():
        inputs = ", ".join(f"{race.median:.0f} ms with {INPUT_NAMES[race.input]} ({within(race)})" for race in races)
        said.append(
            f"{NETWORK_NAMES[activation]}: half of the digits are decided, and the standard network's accuracy is "
            f"reached to half a point, by {inputs}."
        )
    rhos = [race.rho for race in result.races if race.rho is not None]
    if rhos:
        strength = f"Spearman's ρ of margin and decision time is {min(rhos):.2f} to {max(rhos):.2f}"
        said.append(f"{strength}: {predicts(result)}.")
    said += ranking(result)
    return " ".join(said)


def within(race: Race) -> str:
    """When the accuracy is near the standard network's."""
    return "never" if race.to_half_point is None else f"{race.to_half_point:.0f}"


def predicts(result: Result) -> str:
    """Which ρ lie beyond 95 % of those that shuffled margins give."""
    found = [(race.rho, race.rho_shuffled) for race in result.races if race.rho is not None and race.rho_shuffled]
    below, above = sum(rho < by_lot[0] for rho, by_lot in found), sum(rho > by_lot[1] for rho, by_lot in found)
    if found and below == len(found):
        return "what is a close call for the standard network takes its twin longer"
    if found and above == len(found):
        return "what is a close call for the standard network takes its twin less time"
    return f"close calls take longer in {below} of {len(found)} twins, beyond what shuffled margins give"


def ranking(result: Result) -> list[str]:
    """Which digits take longest and least, of those that no twin guesses at first, by the mean of its races."""
    table = np.array([race.by_digit[:, 0] for race in result.races])
    means = {digit: float(column.mean()) for digit, column in enumerate(table.T) if not np.isnan(column).any()}
    guessed = sorted({race.first_guess for race in result.races if race.first_guess is not None})
    said = []
    if len(means) > 1:
        slow, fast = max(means, key=lambda d: means[d]), min(means, key=lambda d: means[d])
        said.append(
            f"{slow}s take longest ({means[slow]:.0f} ms in the mean over twins), {fast}s least ({means[fast]:.0f})."
        )
    if guessed:
        names = " or ".join(map(str, guessed))
        said.append(
            f"Before output cells fire, some twins say {names} to many digits, which is not counted as an answer."
        )
    return said


EXPERIMENT = Experiment(
    name="time",
    title="An answer takes time",
    claim="An answer is there at once",
    question="How many milliseconds does an answer need, which digits take long, and does the margin foretell it?",
    at=(),
    part="break",
    run=run,
    verdict=verdict,
    finding=finding,
    draw=drawn_by("decision_time"),
)
