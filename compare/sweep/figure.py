"""A sweep drawn: any column of its table against any other, by a third, from the table alone."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from compare.files import read_utf8
from compare.style import ANN, BIO, headline, save, shades, styled
from compare.sweep.points import UNITS
from compare.sweep.store import COLUMNS, MOST_BYTES
from compare.sweep.task import SCORES
from data import DISTORTIONS

Rows = list[dict[str, str]]

#: a column's name in a figure, its unit, and what to multiply it by for that
LABELS = {
    "ann_accuracy": ("accuracy of the MLP", "%", 100),
    "bio_accuracy": ("accuracy of the spiking twin", "%", 100),
    "lost": ("accuracy lost", "points", 100),
    "same_answer": ("same answer", "%", 100),
    "mcnemar_p": ("McNemar's p", "", 1),
    "pearson": ("Pearson, first hidden layer", "", 1),
    "rmse": ("RMSE, first hidden layer", "activation units", 1),
    "mcc": ("on/off agreement, first hidden layer", "MCC", 1),
    "spikes": ("number of spikes", "a digit", 1),
    "input_spikes": ("number of input spikes", "a digit", 1),
    "ms_to_half_point": ("time to within half a point of the MLP", "ms", 1),
    "noise": ("membrane noise", "SD, in thresholds", 1),
    **{name: (name, unit, 1) for name, unit in UNITS.items() if name != "noise"},
}
INTERVALS = {"ann_accuracy": ("ann_low", "ann_high"), "bio_accuracy": ("bio_low", "bio_high")}
BEST = {
    **dict.fromkeys(("ann_accuracy", "bio_accuracy", "same_answer", "pearson", "mcc"), "highest"),
    **dict.fromkeys(("lost", "rmse", "spikes", "input_spikes", "ms_to_half_point"), "lowest"),
}
MARKERS = "osD^vP*X"
WIDE = 50  # between the largest and the smallest value of an axis, from which on it is logarithmic


@dataclass(frozen=True)
class Dot:
    """What is drawn at one place: the mean of one or more rows.

    x, by      the place and the line, as they stand in the table
    value      in the unit of the axis
    low, high  Wilson's 95 % interval of an accuracy that is alone here, else the least and the most of the rows
    rows       how many they are
    """

    x: str
    by: str
    value: float
    low: float
    high: float
    rows: int


def asked_for(words: str) -> tuple[str, ...]:
    """The columns of "X,Y" or "X,Y,BY". Raises ValueError for others than there are, or of which there is no number."""
    names = tuple(part.strip().replace("-", "_") for part in words.split(","))
    for name in names:
        if name not in COLUMNS or name == "error":
            raise ValueError(f'there is no column "{name}" to plot: choose from {", ".join(COLUMNS[:-1])}')
    if len(names) not in (2, 3) or len(set(names)) < len(names):
        raise ValueError(f'plot "{words}": must be two or three different columns, X,Y or X,Y,BY')
    return names


def read_table(out: Path) -> Rows:
    """The rows of the sweep in a folder. Raises ValueError where there are none."""
    path = out / "sweep.csv"
    try:
        rows = list(csv.DictReader(io.StringIO(read_utf8(path, MOST_BYTES), newline=""), strict=True))
    except FileNotFoundError:
        raise ValueError(f"{out}: has no sweep.csv: run the sweep first, or name its folder with --out") from None
    except csv.Error as error:
        raise ValueError(f"{path}: is no table ({error}): run the sweep again") from None
    if any(tuple(row) != COLUMNS or None in row.values() for row in rows):
        raise ValueError(f"{path}: is not the table of a sweep: name the sweep's folder with --out")
    for name in (*SCORES, "severity"):
        if not numeric([row[name] for row in rows]):
            raise ValueError(f"{path}: has other than numbers as its {name}: run the sweep again")
    return rows


def draw(rows: Rows, names: Sequence[str], out: Path) -> str:
    """Draws Y over X, by BY, into the folder, as PNG and SVG; comes back with the finding."""
    x, y, *by = names
    with styled():
        figure, finding = sweep_figure(rows, x, y, *by)
        save(figure, out / "-".join(["plot", y, "over", x, *(["by", *by] if by else [])]))
    return finding


def sweep_figure(rows: Rows, x: str, y: str, by: str | None = None) -> tuple[Figure, str]:
    """The figure and its finding. Raises ValueError where no row has both columns, or Y is no number."""
    dots = dots_of(rows, x, y, by)
    figure = Figure(figsize=(7.2, 4.8), layout="constrained")
    ax = lines(figure.subplots(), rows, dots, x, y, by)
    if by or y in INTERVALS:
        several = max(dot.rows for dot in dots) > 1
        bars = "bars: least to most" if several else "bars: 95 %" if y in INTERVALS else None
        figure.legend(*ax.get_legend_handles_labels(), loc="outside right upper", fontsize=8.5, title=bars)
    finding = finding_of(dots, x, y, by)
    headline(figure, finding)
    return figure, finding


def dots_of(rows: Rows, x: str, y: str, by: str | None) -> list[Dot]:
    """What is drawn, line by line and from left to right."""
    groups: dict[tuple[str, str], Rows] = {}
    for row in rows:
        if row[x] and row[y]:
            groups.setdefault((row[by] if by else "", row[x]), []).append(row)
    if not groups:
        raise ValueError(f"no finished point has both {x} and {y}: choose other columns")
    if not numeric([row[y] for group in groups.values() for row in group]):
        raise ValueError(f"{y} is not a number: put it first or third, as in {y},bio_accuracy")
    order = [sorted_values([key[i] for key in groups]) for i in (0, 1)]
    keys = sorted(groups, key=lambda key: (order[0].index(key[0]), order[1].index(key[1])))
    return [dot(groups[key], key, y) for key in keys]


def dot(group: Rows, key: tuple[str, str], y: str) -> Dot:
    """The rows at one place, as one."""
    scale = LABELS.get(y, (y, "", 1))[2]
    values = [scale * float(row[y]) for row in group]
    low, high = min(values), max(values)
    if y in INTERVALS and len(group) == 1 and all(group[0][end] for end in INTERVALS[y]):
        low, high = (scale * float(group[0][end]) for end in INTERVALS[y])
    mean = min(max(float(np.mean(values)), min(values)), max(values))  # of equal values it may lie a bit beyond them
    return Dot(key[1], key[0], mean, low, high, len(group))


def numeric(values: Sequence[str]) -> bool:
    """Whether all are numbers."""
    try:
        return bool(np.isfinite([float(value) for value in values if value]).all())
    except ValueError:
        return False


def sorted_values(values: Sequence[str]) -> list[str]:
    """Each value once: numbers by size, words as they come."""
    once = list(dict.fromkeys(values))
    return sorted(once, key=lambda value: float(value or "-inf")) if numeric(once) else once


# --- drawing


def lines(ax: Axes, rows: Rows, dots: Sequence[Dot], x: str, y: str, by: str | None) -> Axes:
    """A line for each value of BY, with bars for intervals; beside the spiking twin's accuracy, the MLP's."""
    names = sorted_values([dot.x for dot in dots])
    places = {name: float(name) if numeric(names) else i for i, name in enumerate(names)}
    if y == "bio_accuracy":
        above = dots_of(rows, x, "ann_accuracy", None)
        ax.plot([places[dot.x] for dot in above], [dot.value for dot in above], color=ANN, ls="--", label="MLP")
    colour = ANN if y.startswith("ann") else BIO
    groups = sorted_values([dot.by for dot in dots])
    for i, group in enumerate(groups):
        mine = [dot for dot in dots if dot.by == group]
        ax.errorbar(
            [places[dot.x] for dot in mine],
            [dot.value for dot in mine],
            [[dot.value - dot.low for dot in mine], [dot.high - dot.value for dot in mine]],
            color=shades(colour)(1 - 0.5 * (len(groups) - 1 - i) / max(1, len(groups) - 1)),
            marker=MARKERS[i % len(MARKERS)],
            ls=("-", "--", "-.", ":")[i % 4] if numeric(names) else "none",
            ms=5,
            capsize=3,
            elinewidth=1,
            label=f"{by} {with_unit(group, by)}" if by else short(y),
        )
    if not numeric(names):
        ax.set_xticks(range(len(names)), names, rotation=30 if sum(map(len, names)) > 60 else 0)
    elif min(places.values()) > 0 and max(places.values()) >= WIDE * min(places.values()):
        ax.set_xscale("log")
    ax.set(xlabel=label(x, rows), ylabel=label(y, rows))
    return ax


def short(name: str) -> str:
    """A column's name in a figure."""
    return LABELS.get(name, (name, "", 1))[0]


def label(name: str, rows: Rows) -> str:
    """The same with its unit; that of a severity is its distortion's."""
    unit = LABELS.get(name, ("", "", 1))[1]
    if name == "severity":
        units = {DISTORTIONS[row["distortion"]].unit for row in rows if row["distortion"] in DISTORTIONS}
        unit = units.pop() if len(units) == 1 else "in each distortion's own unit"
    return f"{short(name)} ({unit})" if unit else short(name)


def with_unit(value: str, name: str | None) -> str:
    """A value with its unit on the command line, kept together on a line."""
    unit = UNITS.get(name or "", "")
    return f"{value or 'none'}\N{NO-BREAK SPACE}{unit}" if unit not in ("", "SD") else value or "none"


# --- what it says


def finding_of(dots: Sequence[Dot], x: str, y: str, by: str | None) -> str:
    """Where Y is best, in a sentence, and whether chance could have chosen that place."""
    if y not in BEST or len(dots) < 2:
        return f"{short(y)} over {x}" + (f", by {by}" if by else "")
    sign = 1 if BEST[y] == "highest" else -1
    best = max(dots, key=lambda dot: sign * dot.value)
    equal = [dot for dot in dots if dot.value == best.value]
    unit = LABELS[y][1] if y in LABELS else ""
    where = f"at {x} {with_unit(best.x, x)}" + (f", {by} {with_unit(best.by, by)}" if by else "")
    said = f"The {short(y)} is {BEST[y]}, {best.value:.4g} {unit}".strip() + f", {where}"
    if len(equal) > 1:
        said += f" and at {len(equal) - 1} other{'s' if len(equal) > 2 else ''}"
    if y in INTERVALS and max(dot.rows for dot in dots) == 1 and all(dot.high >= best.low for dot in dots):
        said += "; the intervals of all points overlap with that"
    return said
