"""A point of a sweep: one pair of networks, its options by the names and in the units of the command line.

`Point` is the one list of what can be swept; names, kinds of values and the order of columns all follow from it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, get_type_hints

from ann.mlp import check_activation
from bio import ENGINES, INPUTS
from bio.lif import RESETS
from compare.activations import R_MAX
from compare.mapping import ALIGNMENTS
from compare.options import Options
from compare.sentence import in_a_line
from data.distortion import DISTORTIONS

Value = str | int | float | bool | tuple[int, ...] | None

UNITS = {"duration": "ms", "dt": "ms", "r_max": "Hz", "tau_m": "ms", "t_ref": "ms", "tau_syn": "ms", "noise": "SD"}
CELL = ("tau_m", "t_ref", "tau_syn", "noise", "reset")
MILLI = ("tau_m", "t_ref", "tau_syn")


@dataclass(frozen=True)
class Point:
    """One pair: times in ms, r_max in Hz, noise in thresholds; None where a network's own cell, or all, is meant.

    distortion, severity  what is done to the test digits first (`data.distort`), in its own unit
    retune                shows the twin whose weights are refitted to its cells' rates, instead of the plain one
    the others            as in `compare.options.Options`
    """

    activation: str = "relu"
    input: str = "current"
    sizes: tuple[int, ...] = (784, 100, 10)
    digits: int | None = None
    duration: float = 100.0
    dt: float = 1.0
    align: str = "threshold"
    r_max: float = R_MAX
    tau_m: float | None = None
    t_ref: float | None = None
    tau_syn: float | None = None
    noise: float | None = None
    reset: str | None = None
    recalibrate: bool = False
    retune: bool = False
    engine: str = "numpy"
    seed: int = 0
    model: str | None = None
    distortion: str | None = None
    severity: float = 0.0

    def options(self) -> Options:
        """The same in SI units. Raises ValueError, in one line, for what cannot be."""
        given = {name: getattr(self, name) for name in CELL if getattr(self, name) is not None}
        return Options(
            activations=(self.activation,),
            inputs=(self.input,),
            sizes=self.sizes,
            digits=self.digits,
            duration=self.duration / 1e3,
            dt=self.dt / 1e3,
            align=self.align,
            r_max=self.r_max,
            cell={name: value / 1e3 if name in MILLI else value for name, value in given.items()},
            recalibrate=self.recalibrate,
            retune=self.retune,
            engine=self.engine,
            seed=self.seed,
            model=None if self.model is None else Path(self.model),
        )

    def check(self) -> Options:
        """The options, of a point whose distortion can be as well. Raises ValueError, in one line, where not."""
        if self.distortion is None and self.severity:
            raise ValueError(f"severity {self.severity:g} of no distortion: name one, or leave the severity out")
        if self.distortion is not None and not 0 <= self.severity <= DISTORTIONS[self.distortion].limit:
            limit = DISTORTIONS[self.distortion].limit
            raise ValueError(f"severity {self.severity:g} of {self.distortion}: choose from 0 to {limit:g}")
        return self.options()

    def settings(self) -> dict[str, Value]:
        """Every option by its name, in the order of columns."""
        return asdict(self)


NAMES = tuple(field.name for field in fields(Point))
KINDS = {
    name: "sizes" if name == "sizes" else next(kind for kind in ("bool", "float", "int", "str") if kind in str(hint))
    for name, hint in get_type_hints(Point).items()
}
CHOICES = {"input": INPUTS, "align": ALIGNMENTS, "engine": ENGINES, "reset": RESETS, "distortion": tuple(DISTORTIONS)}
YES = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def named(name: str) -> str:
    """An option's name, of which "tau-m" is another spelling. Raises ValueError where there is none."""
    known = name.strip().lstrip("-").replace("-", "_")
    if known not in NAMES:
        raise ValueError(f'there is no option "{name}" to sweep: choose from {", ".join(NAMES)}')
    return known


def value_of(name: str, given: Any) -> Value:
    """What was given for an option, from TOML or as words, in its kind. Raises ValueError where it is of another."""
    kind = KINDS[name]
    try:
        value = READERS[kind](given)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"{name} {as_typed(given)}: must be {WANTED[kind]}") from None
    if name == "activation":
        check_activation(str(value))
    if name in CHOICES and value not in CHOICES[name]:
        raise ValueError(f'there is no {name} "{value}": choose from {", ".join(CHOICES[name])}')
    return value


def as_typed(given: Any) -> str:
    """What was given, as one would write it, on a line of bearable length."""
    return in_a_line(f'"{given}"' if isinstance(given, str) else str(given))


def read_float(given: Any) -> float:
    """A finite number."""
    if isinstance(given, bool) or not isinstance(given, int | float | str) or not math.isfinite(float(given)):
        raise ValueError
    return float(given)


def read_int(given: Any) -> int:
    """A whole number."""
    if isinstance(given, bool) or not isinstance(given, int | str):
        raise ValueError
    return int(given)


def read_bool(given: Any) -> bool:
    """True or false."""
    if isinstance(given, bool):
        return given
    if isinstance(given, str) and given.strip().lower() in YES:
        return YES[given.strip().lower()]
    raise ValueError


def read_text(given: Any) -> str:
    """Words, which are something."""
    if not isinstance(given, str) or not given.strip():
        raise ValueError
    return given.strip()


def read_sizes(given: Any) -> tuple[int, ...]:
    """[784, 100, 10] or "784-100-10" or "784,100,10"."""
    parts = given.replace(",", "-").split("-") if isinstance(given, str) else given
    if not isinstance(parts, list | tuple):
        raise ValueError
    return tuple(read_int(part) for part in parts)


READERS: dict[str, Callable[[Any], Value]] = {
    "float": read_float,
    "int": read_int,
    "bool": read_bool,
    "str": read_text,
    "sizes": read_sizes,
}
WANTED = {
    "float": "a finite number",
    "int": "a whole number",
    "bool": "true or false",
    "str": "a word in quotes",
    "sizes": 'units a layer, as in "784-100-10" or [784, 100, 10]',
}
