"""Where the analogy breaks, drawn: speed and accuracy, energy bills, slopes by trial, the window of spike timing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from compare.lab.show import figure, in_style, show
from compare.style import ANN, BIO, GREY

Array = np.ndarray


@in_style
def trade_off(
    fixed: tuple[Sequence[float], Sequence[float]],
    races: tuple[Sequence[float], Sequence[float]],
    leads: Sequence[int],
    standard: float,
    finding: str,
) -> Any:
    """Accuracy over the time that an answer takes, stopped at a fixed time or once one cell leads: (ms, share) each."""
    drawing = figure(8, 3.8)
    ax = drawing.subplots()
    ax.axhline(100 * standard, color=ANN, label="standard network:\nno time passes")
    ax.plot(fixed[0], 100 * np.asarray(fixed[1]), "-", color=BIO, alpha=0.5, label="twin, stopped at a\nfixed time")
    ax.plot(
        races[0],
        100 * np.asarray(races[1]),
        "D",
        color=BIO,
        ms=7,
        label="twin, stopped when one\ncell leads by 1, 2, 3 …",
    )
    for lead, time, share in list(zip(leads, *races, strict=True))[:4]:
        ax.annotate(str(lead), (time, 100 * share), (0, -16), textcoords="offset points", ha="center", fontsize=9)
    ax.set(xlabel="time that an answer takes, in the mean (ms)", ylabel="digits read right (%)", ylim=(0, 102))
    ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    told = ", ".join(f"lead {k} {t:.0f} ms {100 * s:.0f} %" for k, t, s in zip(leads, *races, strict=True))
    return show(drawing, finding, f"Accuracy rises with time and levels off: {told}")


@in_style
def waiting(times: Array, right: Array, finding: str) -> Any:
    """When digits are decided, those read right and those read wrong."""
    drawing = figure(8, 3.2)
    ax = drawing.subplots()
    bins = list(range(0, 105, 5))
    for chosen, name, colour, hatch in ((right, "read right", BIO, ""), (~right, "read wrong", GREY, "//")):
        if chosen.any():
            weights = np.full(chosen.sum(), 100 / chosen.sum())
            ax.hist(
                times[chosen],
                bins,
                weights=weights,
                color=colour,
                alpha=0.55,
                hatch=hatch,
                label=f"{name} ({chosen.sum()})",
            )
    ax.set(xlabel="decided at (ms after the digit appeared)", ylabel="share of these digits (%)", xlim=(0, 100))
    ax.legend()
    return show(drawing, finding, "Histograms of decision times, of digits read right and read wrong")


@in_style
def bill(rows: Mapping[str, Sequence[float]], finding: str) -> Any:
    """Energy a digit in nJ: what weights and spikes cost, and beside it what the cells' own equations cost."""
    drawing = figure(8, 0.55 * len(rows) + 1.3)
    ax = drawing.subplots()
    for row, (name, (work, updates)) in enumerate(rows.items()):
        colour = ANN if "network" in name else BIO
        ax.barh(row, work, color=colour, height=0.6)
        ax.barh(row, updates, left=work, color=colour, alpha=0.35, hatch="//", ec="white", height=0.6)
        total = f"{work:.0f}" + (f" + {updates:.0f} = {work + updates:.0f}" if updates else "")
        ax.annotate(total, (work + updates, row), (5, 0), textcoords="offset points", va="center")
    ax.set_yticks(range(len(rows)), list(rows))
    ax.invert_yaxis()
    ax.set_xlim(0, 1.3 * max(sum(parts) for parts in rows.values()))
    ax.set_xlabel("energy of the arithmetic (nJ a digit, 45 nm); hatched: the cells' own equations")
    ax.grid(visible=False, axis="y")
    return show(drawing, finding, "Bars: " + ", ".join(f"{name} {sum(parts):.0f} nJ" for name, parts in rows.items()))


@in_style
def by_trial(tries: Sequence[int], likeness: Sequence[float], weights: int) -> Any:
    """How much the slope found by so many random nudges resembles the true one, beside what chance predicts."""
    drawing = figure(8, 3.4)
    ax = drawing.subplots()
    many = np.geomspace(tries[0], 10 * weights, 200)
    ax.plot(many, np.sqrt(many / (many + weights)), color=GREY, label="predicted: √(m / (m + N))")
    ax.plot(tries, likeness, "o", color=ANN, ms=7, label="measured")
    ax.axvline(weights, color=GREY, ls=":", lw=1.2)
    ax.text(weights, 0.012, f" N = {weights:,}\n weights", fontsize=9)
    ax.set(xscale="log", yscale="log", ylim=(0.008, 1.3), xlabel="random nudges of all weights, m")
    ax.set_ylabel("likeness to the true slope\n(cosine; 1: the same direction)")
    ax.legend(loc="upper left")
    finding = (
        f"{tries[-1]:,} trials find a direction of likeness {likeness[-1]:.2f}, backpropagation the true one at once"
    )
    told = ", ".join(f"{m} nudges {value:.3f}" for m, value in zip(tries, likeness, strict=True))
    return show(drawing, finding, f"Likeness to the true slope grows slowly with the number of nudges: {told}")


@in_style
def pair_window(
    a_plus: float, a_minus: float, tau_plus: float, tau_minus: float, *, simulated: tuple[Array, Array] | None = None
) -> Any:
    """The change of a synapse by one pair of spikes over their delay (ms), and points from a simulation on it."""
    drawing = figure(8, 3.2, moving=True)
    ax = drawing.subplots()
    delay = np.linspace(0.01, 100, 300)
    ax.plot(delay, 1e3 * a_plus * np.exp(-delay / tau_plus), color=BIO, label="strengthened: after follows before")
    ax.plot(-delay, -1e3 * a_minus * np.exp(-delay / tau_minus), "--", color=BIO, label="weakened")
    ax.fill_between(delay, 1e3 * a_plus * np.exp(-delay / tau_plus), color=BIO, alpha=0.12, lw=0)
    ax.fill_between(-delay, -1e3 * a_minus * np.exp(-delay / tau_minus), color=BIO, alpha=0.12, lw=0)
    if simulated is not None:
        ax.plot(simulated[0], 1e3 * simulated[1], "o", color="black", ms=5, label="Brian2")
    ax.axhline(0, color=GREY, lw=0.8)
    ax.axvline(0, color=GREY, lw=0.8)
    ax.set(
        xlabel="delay: spike of the cell after − spike of the cell before (ms)",
        ylabel="change of the weight Δw (1/1000)",
    )
    ax.set(xlim=(-100, 100), ylim=(-17, 17))
    ax.legend(loc="upper left", fontsize=9)
    area = a_plus * tau_plus - a_minus * tau_minus
    word = "chance pairs strengthen" if area > 0 else "chance pairs weaken"
    finding = f"Area above {a_plus * tau_plus:.2f} ms, below {a_minus * tau_minus:.2f} ms: {word}"
    return show(drawing, finding, f"The window of spike timing; its area is {area:+.3f} ms, so {word}")
