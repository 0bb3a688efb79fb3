"""A network and its twin of spiking cells: units over cells, accuracies side by side, over time, over a constant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from bio import LIF
from compare.lab.show import figure, in_style, show
from compare.style import ANN, BIO, GREY

Array = np.ndarray
MOST_DOTS = 4_000


@in_style
def mapped_curve(c0: float, t_ref: int, r_max: int, tau: int) -> Any:
    """What a cell makes of a unit's weighted sum, in parts of r_max (Hz) and λ, over the ReLU; times in ms.

    c1 is such that λ gives r_max, or, where the refractory time forbids that, nearly its ceiling.
    """
    drawing = figure(8, 3.6, moving=True)
    ax = drawing.subplots()
    cell = LIF(tau_m=tau / 1e3, t_ref=t_ref / 1e3)
    sums = np.linspace(-0.4, 1.3, 700)
    c1 = float(cell.drive_for(np.array(float(r_max)))) - c0
    rates = cell.rate(c0 + c1 * sums) / r_max
    ax.plot(sums, np.maximum(sums, 0), color=ANN, label="the unit")
    ax.plot(sums, rates, color=BIO, label="its cell")
    foot = (1 - c0) / c1
    ax.axvline(foot, color=GREY, ls=":", lw=1)
    ax.axhline(1e3 / t_ref / r_max if t_ref else np.nan, color=GREY, ls="--", lw=1)
    ax.set(
        xlabel="weighted sum z/λ (dotted: rheobase)", ylabel="a/λ, and rate/r_max", xlim=(-0.4, 1.3), ylim=(-0.05, 1.4)
    )
    ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    inside = (sums >= 0) & (sums <= 1)
    off = float(np.abs(rates - sums)[inside].max())
    finding = f"c0 {c0:g}, t_ref {t_ref} ms: unit and cell are up to {off:.0%} of the scale apart"
    return show(drawing, finding, f"The cell's curve over the ReLU; it begins to fire at z = {foot:.2f} λ")


@in_style
def units_and_cells(activations: Array, decoded: Array, mcc: float) -> Any:
    """Activations of a layer and what its cells' spike counts stand for, a dot for each unit and digit."""
    drawing = figure(8, 3.9)
    ax = drawing.subplots()
    x, y = np.ravel(activations)[:MOST_DOTS], np.ravel(decoded)[:MOST_DOTS]
    top = 1.05 * max(float(x.max()), float(y.max()))
    ax.plot([0, top], [0, top], color=GREY, lw=1)
    ax.plot(x, y, "o", color=BIO, ms=3, alpha=0.35, rasterized=True)
    ax.set(xlabel="activation of the unit", ylabel="what its cell's spikes stand for")
    r = float(np.corrcoef(np.ravel(activations), np.ravel(decoded))[0, 1])
    finding = f"Decoded spike counts are the activations (r = {r:.3f}); on and off agree with MCC {mcc:.3f}"
    return show(drawing, finding, f"Dots close to the diagonal: decoded counts over activations, correlation {r:.3f}")


@in_style
def over_time(times: Array, shares: Array, standard: float, *, predicted: Any = None) -> Any:
    """The twin's accuracy over time (s), the standard network's as a line, and a prediction as a diamond."""
    drawing = figure(8, 3.6)
    ax = drawing.subplots()
    ax.axhline(100 * standard, color=ANN, label=f"standard network {standard:.1%}")
    ax.plot(1e3 * times, 100 * shares, "-o", color=BIO, ms=3, label=f"its twin, at last {shares[-1]:.1%}")
    if isinstance(predicted, int | float):
        ax.plot(1e3 * times[-1], 100 * predicted, "D", color="black", ms=8, clip_on=False, label="your prediction")
    ax.axhline(10, color=GREY, ls=":", lw=1)
    ax.set(
        xlabel="time since the digit appeared (ms)", ylabel="digits read right (%)\n(dotted: guessing)", ylim=(0, 102)
    )
    ax.legend(loc="lower right")
    lost, best = 100 * (standard - shares[-1]), int(np.argmax(shares))
    if shares[best] - shares[-1] > 0.01:
        finding = f"Best after {1e3 * times[best]:.0f} ms ({shares[best]:.1%}); at last {lost:.1f} points are lost"
    else:
        finding = f"At last {lost:.1f} points are lost"
    return show(drawing, finding, f"Accuracy rises within tens of milliseconds; at last {lost:.1f} points are lost")


@in_style
def alignments(
    activations: Array, rates: Mapping[str, Array], mcc: Mapping[str, float], shares: Mapping[str, float]
) -> Any:
    """Plain rates over activations for each alignment, with on/off agreement and accuracy in the titles."""
    drawing = figure(9, 4)
    axes = drawing.subplots(1, len(rates), sharey=True)
    x = np.ravel(activations)[:MOST_DOTS]
    for ax, (name, found) in zip(axes, rates.items(), strict=True):
        ax.plot(x, np.ravel(found)[:MOST_DOTS], "o", color=BIO, ms=3, alpha=0.3, rasterized=True)
        ax.set_title(f"{name}\nMCC {mcc[name]:.3f}, {shares[name]:.1%} read right")
        ax.set_xlabel("activation of the unit")
    axes[0].set_ylabel("rate of its cell (Hz)")
    best, agrees = (max(of, key=lambda name: of[name]) for of in (shares, mcc))
    if best == agrees:
        finding = f"The {best} alignment reads best, and agrees best on who is on"
    else:
        finding = f"The {agrees} alignment agrees best on who is on, the {best} alignment reads best"
    return show(
        drawing,
        finding,
        "Rates over activations: steep from zero in one alignment, a line with a dead zone in the other",
    )


@in_style
def over_t_ref(t_ref: Sequence[float], curves: Mapping[str, Sequence[float]], standard: float, limit: float) -> Any:
    """Accuracy of the twin over the refractory time (ms) of its cells; `limit` is where r_max is out of reach."""
    drawing = figure(8, 3.6)
    ax = drawing.subplots()
    ax.axhline(100 * standard, color=ANN, label="standard network")
    for (name, shares), line in zip(curves.items(), ("-o", "--s"), strict=False):
        ax.plot(t_ref, 100 * np.asarray(shares), line, color=BIO, ms=4, label=name)
    ax.axvline(limit, color=GREY, ls=":", lw=1)
    ax.text(limit, 12, " 1/r_max", color=GREY, fontsize=9)
    ax.set(xlabel="refractory time of all cells (ms)", ylabel="digits read right (%)", ylim=(0, 102))
    ax.legend(loc="lower left")
    worst = {name: min(shares) for name, shares in curves.items()}
    finding = "A longer refractory time cuts off the highest rates: " + ", ".join(
        f"{n} to {w:.0%}" for n, w in worst.items()
    )
    return show(drawing, finding, "Accuracy falls as the refractory time grows")


@in_style
def pairs(shares: Mapping[str, tuple[float, float]], *, predicted: Mapping[str, Any] | None = None) -> Any:
    """Accuracy of standard networks and of their twins, a pair of bars for each, with the student's predictions."""
    drawing = figure(8.5, 0.85 * len(shares) + 1.2)
    ax = drawing.subplots()
    for row, (name, both) in enumerate(shares.items()):
        for place, share, colour in ((row - 0.2, both[0], ANN), (row + 0.2, both[1], BIO)):
            ax.barh(place, 100 * share, color=colour, height=0.36)
            ax.text(2, place, f"{share:.1%}", va="center", fontsize=9, color="white", weight="bold")
        guess = (predicted or {}).get(name)
        if isinstance(guess, int | float):
            ax.plot(100 * guess, row + 0.2, "D", color="black", ms=7, clip_on=False)
    ax.barh([0], [0], color=ANN, label="standard network")
    ax.barh([0], [0], color=BIO, label="its spiking twin")
    if any(isinstance(guess, int | float) for guess in (predicted or {}).values()):
        ax.plot([], [], "D", color="black", label="your prediction")
    ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    ax.set_yticks(range(len(shares)), list(shares))
    ax.invert_yaxis()
    ax.set(xlim=(0, 100), xlabel="digits read right (%)")
    ax.grid(visible=False, axis="y")
    lost = {name: 100 * (both[0] - both[1]) for name, both in shares.items()}
    most, least = max(lost, key=lambda name: lost[name]), min(lost, key=lambda name: lost[name])
    finding = f"Points lost: {lost[most]:.1f} ({most}), {lost[least]:.1f} ({least})"
    return show(drawing, finding, "Bars: " + ", ".join(f"{n} {a:.1%} and {b:.1%}" for n, (a, b) in shares.items()))
