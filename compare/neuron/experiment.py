"""The theory of one cell put to the test: its rates in Brian2, and where its curve is a ReLU, a softplus or a sigmoid.

The numbers are found in `compare.neuron.rates` and `compare.neuron.map`, drawn in `compare.neuron.figures`, and kept
here: `neuron.json` holds all that the figures show.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from bio import LIF
from compare.neuron.map import RANGE, WIDE, NeuronMap, fits_of, neuron_map
from compare.neuron.rates import THEORIES, Grid, Measured, largest_error, measure_all, misfits, order_in_dt
from compare.provenance import manifest_entry, versions

SCHEMA = 1
SHARP = LIF(t_ref=0)  # drawn over the ReLU
SOFT = LIF(noise=1.0, t_ref=10e-3)  # drawn over the sigmoid
SCATTERED = tuple(LIF(noise=noise) for noise in (0.1, 0.25, 0.5, 1.0))  # whose intervals are looked at


@dataclass(frozen=True)
class Plan:
    """What is simulated, and how fine the map is.

    grid    the cells to simulate
    noises  how many noises the map has, from 0.05 to 1.5 thresholds
    t_refs  how many refractory times, from 0 to 20 ms
    """

    grid: Grid = field(default_factory=Grid)
    noises: int = 25
    t_refs: int = 21


FULL = Plan()
QUICK = Plan(
    Grid(noises=(0.25, 1.0), drives=(0.8, 1.0, 1.5, 3.0, 6.0), t_refs=(2e-3,), duration=0.5, error=5e-3), 13, 11
)


@dataclass(frozen=True, eq=False)
class Neuron:
    """What was found of one cell.

    plan, seed  what was asked for
    measured    simulated rates beside theory
    maps        over noise and refractory time, for the drives in `RANGE` and in `WIDE`
    """

    plan: Plan
    seed: int
    measured: tuple[Measured, ...]
    maps: tuple[NeuronMap, NeuronMap]

    def as_json(self) -> dict[str, Any]:
        """The content of neuron.json, in milliseconds, hertz and thresholds."""
        return {
            "schema": SCHEMA,
            "manifest": versions() | manifest_entry(),
            "seed": self.seed,
            "theory": self.theory_json(),
            "map": [map_json(found) for found in self.maps],
            "curves": curves_json(self.maps[0].low, self.maps[0].high),
        }

    def theory_json(self) -> dict[str, Any]:
        """How far each theory is off in each step, and every rate that says so."""
        off = [
            {
                "theory": m.theory,
                "dt_ms": six_digits(1e3 * m.dt),
                "worst": six_digits(m.worst),
                "rms": six_digits(m.rms),
            }
            for m in misfits(self.measured)
        ]
        order = {theory: order_in_dt(self.measured, theory) for theory in THEORIES}
        return {
            "misfits": off,
            "order_in_dt": {theory: six_digits(power) for theory, power in order.items() if np.isfinite(power)},
            "largest_standard_error": six_digits(largest_error(self.measured)),
            "rates": [measured_json(m) for m in self.measured],
        }


def run_neuron(
    plan: Plan = FULL,
    *,
    seed: int = 0,
    workers: int | None = None,
    progress: Callable[[str, int, int, str], None] = lambda stage, done, total, note: None,
) -> Neuron:
    """Simulates and computes all that the plan asks for; the same seed gives the same numbers with any `workers`.

    Raises ValueError for a seed below 0.
    """
    measured = measure_all(
        plan.grid,
        seed=seed,
        workers=workers,
        on_done=lambda done, total: progress("simulate", done, total, "cells and steps"),
    )
    noises, t_refs = np.geomspace(0.05, 1.5, plan.noises), np.linspace(0, 20e-3, plan.t_refs)
    first, second = (neuron_map(noises, t_refs, low=low, high=high) for low, high in (RANGE, WIDE))
    return Neuron(plan, seed, tuple(measured), (first, second))


def measured_json(measured: Measured) -> dict[str, Any]:
    """One cell and step."""
    return {
        "noise": measured.cell.noise,
        "t_ref_ms": six_digits(1e3 * measured.cell.t_ref),
        "dt_ms": six_digits(1e3 * measured.dt),
        "drive": six_digits(measured.drives),
        "cells": measured.cells.tolist(),
        "rate_hz": six_digits(measured.rate),
        "standard_error_hz": six_digits(measured.error),
        **{f"{theory}_hz": six_digits(rates) for theory, rates in measured.theory.items()},
    }


def map_json(found: NeuronMap) -> dict[str, Any]:
    """One map; rows are refractory times, columns noises."""
    return {
        "drives": [found.low, found.high],
        "noise": six_digits(found.noises),
        "t_ref_ms": six_digits(1e3 * found.t_refs),
        "changes": {name: six_digits(change) for name, change in found.effects().items()},
        "sigmoid_fits_better_in": six_digits(found.sigmoid_wins()),
        "foot": six_digits(found.foot),
        "ceiling": six_digits(found.ceiling),
        "r2": {shape: six_digits(r2) for shape, r2 in found.r2.items()},
    }


def curves_json(low: float, high: float) -> dict[str, Any]:
    """The fits to the two cells of the curves, and how irregularly noisy cells fire."""
    fits = {}
    for name, cell in (("sharp", SHARP), ("soft", SOFT)):
        fits[name] = {"noise": cell.noise, "t_ref_ms": six_digits(1e3 * cell.t_ref)} | {
            shape: {key: six_digits(float(value[0])) for key, value in asdict(fit).items() if key != "shape"}
            for shape, fit in fits_of(cell, low=low, high=high).items()
        }
    drives = np.array([0.5, 1.0, 1.5, 2.0, 4.0])
    scatter = [{"noise": cell.noise, "cv": six_digits(cell.interval_cv(drives))} for cell in SCATTERED]
    return {"fits": fits, "intervals": {"drive": drives.tolist(), "cells": scatter}}


def six_digits(value: Any) -> Any:
    """Numbers to six digits, arrays as lists of them."""
    if isinstance(value, np.ndarray):
        return [six_digits(entry) for entry in value]
    return float(f"{value:.6g}")
