"""How numbers are written on the scorecard: a value with its 95 % interval, and a line for each network.

57 % (54–60)      0.98 (0.97–0.99)      −0.1 (−0.3 to 0.2)      – where there is no number
"""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite

from compare.style import INPUT_NAMES, NETWORK_NAMES

NONE = "–"
BETWEEN = "; "  # the lines of a cell


def number(
    value: float | None, interval: tuple[float, float] | None = None, *, decimals: int = 2, unit: str = ""
) -> str:
    """A value with its interval, if it has one, to so many decimals."""
    if value is None or not isfinite(value):
        return NONE
    text = f"{plain(value, decimals)}{unit}"
    if interval is None or not all(isfinite(end) for end in interval):
        return text
    low, high = (plain(end, decimals) for end in interval)
    return f"{text} ({low}{' to ' if '−' in low + high else '–'}{high})"


def percent(value: float | None, interval: tuple[float, float] | None = None, *, decimals: int = 0) -> str:
    """A fraction in percent."""
    return number(hundred(value), hundred_each(interval), decimals=decimals, unit=" %")


def points(value: float | None, interval: tuple[float, float] | None = None, *, decimals: int = 1) -> str:
    """A difference of fractions in points, without the word."""
    return number(hundred(value), hundred_each(interval), decimals=decimals)


def lines(entries: Iterable[tuple[str, str]]) -> str:
    """What there is of each network, given by its activation: a line each, named where there are more than one."""
    each = list(entries)
    if len(each) == 1:
        return each[0][1]
    return BETWEEN.join(f"{NETWORK_NAMES.get(name, name)} {text}" for name, text in each) or NONE


def listed(names: Iterable[str]) -> str:
    """Names in a sentence: "a", "a and b", "a, b and c"."""
    *before, last = names
    return f"{', '.join(before)} and {last}" if before else last


def twin_name(activation: str, input: str) -> str:
    """A spiking twin by its network and its input: "ReLU, steady current"."""
    return f"{NETWORK_NAMES[activation]}, {INPUT_NAMES[input]}"


def sentence_case(text: str) -> str:
    """With a capital at its beginning, the rest as it is."""
    return f"{text[0].upper()}{text[1:]}"


def plain(value: float, decimals: int) -> str:
    """With a minus as it is printed, and no minus before nothing."""
    return f"{value:z,.{decimals}f}".replace("-", "−")


def hundred(value: float | None) -> float | None:
    """In percent."""
    return None if value is None else 100 * value


def hundred_each(interval: tuple[float, float] | None) -> tuple[float, float] | None:
    """In percent."""
    return None if interval is None else (100 * interval[0], 100 * interval[1])
