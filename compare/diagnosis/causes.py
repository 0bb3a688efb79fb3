"""What can be wrong with a spiking twin: for each cause when it is suspected, and its remedy.

The numbers that show a cause are in `evidence.py`. A remedy takes a twin and returns it repaired, so that `find.py` can
try it; the mapping is made anew for what it changes. Only a twin whose weights are those of no calibration keeps them
until its first remedy, a translation, is applied: else every remedy would hide that this one is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from bio import LIF
from compare.activations import R_MAX
from compare.diagnosis.departure import (
    BIAS,
    MUCH,
    Case,
    remade,
    translated,
    weights_evidence,
    weights_name,
    weights_remedy,
)
from compare.diagnosis.evidence import (
    background,
    cell_evidence,
    coarseness,
    constant_evidence,
    constants_over_spread,
    few_spikes,
    hurry,
    random_spikes,
    saturation,
)
from compare.diagnosis.standard import without_constant
from compare.pair import Twin

SATURATED = "saturated units"
COARSE = "dt too coarse"
SHORT = "time too short"
NOISY = "noise too strong"
OTHER_CELL = "a cell that the mapping was not made for"
FEW_SPIKES = "rates too low for the time"
RANDOM_INPUT = "input spikes too random"
CURVE = "a firing curve too bent"

LEAST_SPIKES = 10  # of a full activation, in the time given


@dataclass(frozen=True, eq=False)
class Cause:
    """One thing that can be wrong.

    name       in plain words, of a case
    suspected  whether it can be the matter at all
    repaired   the twin without it
    evidence   what shows it, in numbers
    remedy     what to do, an option or a line of code
    """

    name: Callable[[Case], str]
    suspected: Callable[[Case], bool]
    repaired: Callable[[Case, Twin], Twin]
    evidence: Callable[[Case], str]
    remedy: Callable[[Case], str]


def usual(case: Case, name: str) -> float:
    """The usual value of a constant of the cell: what the mapping was made for, if that is less than now."""
    made_for, now = getattr(case.twin.mapping.cell, name), getattr(case.twin.cell, name)
    return made_for if made_for < now else getattr(case.own, name)


def above_usual(case: Case, name: str) -> bool:
    """Whether a constant of the cell is above its usual value."""
    return bool(getattr(case.twin.cell, name) > usual(case, name))


def restored(case: Case, twin: Twin, name: str) -> Twin:
    """The twin with the usual value of a constant of the cell."""
    return case.changed(twin, cell=replace(twin.cell, **{name: usual(case, name)}))  # type: ignore[arg-type]


def possible_rate(case: Case, cell: LIF) -> float:
    """r_max, Hz, lowered to four fifths of the ceiling where the cell cannot come near it."""
    r_max = case.twin.mapping.r_max
    return r_max if r_max * cell.t_ref < 0.9 else 0.8 / cell.t_ref


def recalibrated(case: Case, twin: Twin) -> Twin:
    """The twin with a mapping made for the cell it has."""
    if case.keeps(twin):
        return twin
    return translated(twin, case.training, twin.cell, twin.cell, possible_rate(case, twin.cell))


def recalibration(case: Case) -> str:
    """The option that makes the mapping for the cell as it is."""
    r_max = possible_rate(case, case.twin.cell)
    return "--recalibrate" + (f" --r-max {r_max:g}" if r_max != case.twin.mapping.r_max else "")


def usual_rate(case: Case) -> float:
    """The usual r_max, Hz, or less where the cell the mapping is for cannot come near it."""
    return min(R_MAX, 0.8 / max(case.twin.mapping.cell.t_ref, 1e-9))


def other_rate(case: Case, twin: Twin) -> Twin:
    """The twin at the usual r_max."""
    if case.keeps(twin):
        return twin
    return translated(twin, case.training, twin.mapping.cell, twin.cell, usual_rate(case))


def finer(case: Case) -> float:
    """A quarter of the step, and no more than 1 ms; s."""
    return min(case.twin.dt / 4, 1e-3)


def longer(case: Case) -> float:
    """Four times the time, and no less than 100 ms; s."""
    return max(4 * case.twin.duration, 0.1)


def straighter(case: Case) -> Iterator[tuple[str, Twin]]:
    """What makes rates more proportional to activations, by name, and the twin with it."""
    twin, cell = case.twin, case.twin.cell
    if cell.tau_m < case.own.tau_m:
        slower = replace(cell, tau_m=case.own.tau_m)
        yield f"--tau-m {slower.tau_m * 1e3:g}", translated(twin, case.training, slower, slower, twin.mapping.r_max)
    if twin.mapping.r_max < usual_rate(case):
        yield f"--r-max {usual_rate(case):g}", other_rate(case, twin)
    if twin.align == "threshold":
        yield "--align slope", remade(twin, case.training, align="slope")
    if not twin.retuned:
        yield "analogy compare --retune", remade(twin, case.training, retuned=True)


#: in the order in which remedies are applied; of those that do equally well, an earlier one is the cause
CAUSES = (
    Cause(
        weights_name,
        lambda case: case.departs,
        lambda case, twin: remade(twin, case.training),
        weights_evidence,
        weights_remedy,
    ),
    Cause(
        lambda case: BIAS,
        lambda case: case.twin.model.activation == "relu" and max(constants_over_spread(case), default=0) > MUCH,
        lambda case, twin: case.changed(twin, model=without_constant(twin.model, case.training.images)),
        constant_evidence,
        lambda case: (
            "hand the constant on to the next layer: `model = without_constant(model, training_images)` "
            "(compare.diagnosis.standard) answers the same, then `save_model`"
        ),
    ),
    Cause(
        lambda case: NOISY,
        lambda case: above_usual(case, "noise"),
        lambda case, twin: restored(case, twin, "noise"),
        background,
        lambda case: f"--noise {usual(case, 'noise'):g}",
    ),
    Cause(
        lambda case: SATURATED,
        lambda case: above_usual(case, "t_ref"),
        lambda case, twin: restored(case, twin, "t_ref"),
        saturation,
        lambda case: f"--t-ref {usual(case, 't_ref') * 1e3:g}",
    ),
    Cause(
        lambda case: SATURATED,
        lambda case: case.twin.mapping.r_max > R_MAX and case.saturated > 0.02,
        other_rate,
        saturation,
        lambda case: f"--r-max {usual_rate(case):g}",
    ),
    Cause(
        lambda case: OTHER_CELL,
        lambda case: case.twin.cell != case.twin.mapping.cell,
        recalibrated,
        cell_evidence,
        recalibration,
    ),
    Cause(
        lambda case: COARSE,
        lambda case: True,
        lambda case, twin: case.changed(twin, dt=finer(case)),
        coarseness,
        lambda case: f"--dt {finer(case) * 1e3:g}",
    ),
    Cause(
        lambda case: FEW_SPIKES,
        lambda case: (
            case.twin.mapping.r_max < usual_rate(case) and case.twin.mapping.r_max * case.twin.duration < LEAST_SPIKES
        ),
        other_rate,
        few_spikes,
        lambda case: f"--r-max {usual_rate(case):g}",
    ),
    Cause(
        lambda case: SHORT,
        lambda case: True,
        lambda case, twin: case.changed(twin, duration=longer(case)),
        hurry,
        lambda case: f"--duration {longer(case) * 1e3:g}",
    ),
    Cause(
        lambda case: RANDOM_INPUT,
        lambda case: case.twin.input == "poisson",
        lambda case, twin: replace(twin, input="current"),
        random_spikes,
        lambda case: "--input current",
    ),
)
