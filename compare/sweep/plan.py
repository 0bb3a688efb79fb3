"""What a sweep is asked for: a TOML file, words of the command line, or both, and the points that they make.

activation = "lif"              what all points share
[grid]                          every combination of these
tau_m = [5, 10, 20]
[[points]]                      one by one: each of these with every combination of the grid
distortion = "rotate"
severity = 30
"""

from __future__ import annotations

import itertools
import math
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from compare.files import read_utf8
from compare.sweep.points import NAMES, Point, Value, named, value_of

MOST_POINTS = 100_000
MOST_BYTES = 1 << 25  # of a file that lists as many


@dataclass(frozen=True)
class Plan:
    """What is fixed, what is combined, and what is listed, by the names of options.

    data  the folder of IDX files to use instead of MNIST
    """

    fixed: Mapping[str, Value] = field(default_factory=dict)
    grid: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    listed: tuple[Mapping[str, Value], ...] = ()
    data: Path | None = None

    def __len__(self) -> int:
        """How many points there are, before equal ones are taken together."""
        return math.prod(map(len, self.grid.values())) * max(1, len(self.listed))

    @property
    def varied(self) -> tuple[str, ...]:
        """The options that differ between points, in the order of columns."""
        points = self.points()
        return tuple(name for name in NAMES if len({getattr(point, name) for point in points}) > 1)

    def points(self) -> list[Point]:
        """Every point once: the listed outermost, then the grid as it is written, its last option running fastest.

        Raises ValueError for a grid that is too large.
        """
        if len(self) > MOST_POINTS:
            raise ValueError(
                f"a grid of {len(self):,} points: at most {MOST_POINTS:,} fit one sweep: take fewer values"
            )
        combinations = [dict(zip(self.grid, values, strict=True)) for values in itertools.product(*self.grid.values())]
        made = (
            Point(**{**self.fixed, **one, **values})  # type: ignore[arg-type]
            for one in self.listed or ({},)
            for values in combinations
        )
        return list(dict.fromkeys(made))

    def overridden(self, values: Mapping[str, Sequence[Value]], data: Path | None) -> Plan:
        """The same with other values for some options, wherever they stand; several values are combined."""
        rest = {name: value for name, value in self.fixed.items() if name not in values}
        grid = {name: old for name, old in self.grid.items() if name not in values}
        for name, given in values.items():
            if len(given) == 1:
                rest[name] = given[0]
            else:
                grid[name] = tuple(given)
        listed = tuple({n: value for n, value in one.items() if n not in values} for one in self.listed)
        return replace(self, fixed=rest, grid=grid, listed=listed, data=data or self.data)


def read_plan(path: Path) -> Plan:
    """The plan in a TOML file. Raises ValueError, in one line that names the file, for one that makes no sense."""
    try:
        content = tomllib.loads(read_utf8(path, MOST_BYTES))
    except RecursionError:
        raise ValueError(f"{path}: is nested too deeply: mend it") from None
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path}: is no TOML ({error}): mend it") from None
    try:
        return plan_from(content, path.parent)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def plan_from(content: Mapping[str, Any], folder: Path) -> Plan:
    """The plan that a TOML file's content makes; paths in it start at its folder."""
    shared = {name: value for name, value in content.items() if name not in ("grid", "points", "data")}
    data, grid, listed = content.get("data"), content.get("grid", {}), content.get("points", [])
    if data is not None and not isinstance(data, str):
        raise ValueError(f"data {data}: must name a folder")
    if not isinstance(grid, dict):
        raise ValueError("grid: must be a table of lists, [grid]")
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise ValueError("points: must be tables, [[points]]")
    for name, part in (("grid", grid), ("points", listed)):
        if name in content and not part:
            raise ValueError(f"{name} is empty: name at least one value, or leave it out")
    fixed = {named(name): one_value(name, value) for name, value in shared.items()}
    axes = {named(name): axis(name, values) for name, values in grid.items()}
    rows = tuple({named(name): one_value(name, value) for name, value in one.items()} for one in listed)
    check_once(set(fixed), axes)
    for row in rows:
        check_once({*fixed, *axes}, row)
    where = None if data is None else folder / data
    fixed, axes = at(folder, fixed), {name: tuple(at(folder, {name: v})[name] for v in axes[name]) for name in axes}
    return Plan(fixed, axes, tuple(at(folder, row) for row in rows), where)


def check_once(others: set[str], mine: Mapping[str, object]) -> None:
    """Raises ValueError for an option that others give as well."""
    for name in mine:
        if name in others:
            raise ValueError(f"{name} is given twice, in a point or the grid and outside it: leave one of them out")


def at(folder: Path, values: dict[str, Value]) -> dict[str, Value]:
    """The same, with a model's path seen from the folder."""
    model = values.get("model")
    return values | {"model": str(folder / model)} if isinstance(model, str) else values


def one_value(name: str, given: Any) -> Value:
    """The value of an option that is not combined."""
    known = named(name)
    if isinstance(given, list) and known != "sizes":
        raise ValueError(f"{known} has {len(given)} values: lists of values belong into [grid]")
    return value_of(known, given)


def axis(name: str, given: Any) -> tuple[Value, ...]:
    """The values of an option of the grid, each once."""
    known = named(name)
    if not isinstance(given, list):
        raise ValueError(f"{known} {given} in the grid: must be a list, [{given}]")
    if not given:
        raise ValueError(f"{known} has no values in the grid: name at least one")
    if known == "sizes" and all(isinstance(part, int) for part in given):
        raise ValueError(f"sizes {given} in the grid: must be a list of networks, [{given}]")
    return distinct(value_of(known, value) for value in given)


def vary(text: str) -> tuple[str, tuple[Value, ...]]:
    """The option and the values of "tau_m=5,10,20"; of sizes, "784-16-10,784-100-10"."""
    name, equals, values = text.partition("=")
    if not equals:
        raise ValueError(f'"{text}": must be a name and values, as in tau_m=5,10,20')
    known = named(name)
    parts = [part for part in values.split(",") if part.strip()]
    if not parts:
        raise ValueError(f"{known} has no values: name at least one, as in {known}=…")
    return known, distinct(value_of(known, part) for part in parts)


def distinct(values: Iterable[Value]) -> tuple[Value, ...]:
    """The same, each once."""
    return tuple(dict.fromkeys(values))


def named_values(given: Mapping[str, Any]) -> dict[str, tuple[Value, ...]]:
    """What the command line's options say: activations and inputs may be several."""
    found = {}
    for name, value in given.items():
        known = named("input" if name == "inputs" else name)
        parts = value.split(",") if known in ("activation", "input") else [value]
        found[known] = distinct(
            value_of(known, str(part) if isinstance(part, Path) else part) for part in parts if part != ""
        )
        if not found[known]:
            raise ValueError(f"{known} has no values: name at least one")
    return found
