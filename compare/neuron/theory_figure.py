"""The figure of simulation beside theory: rates, what is left of them without it, and the error over the step."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator

from compare.neuron.rates import THEORY_NAMES, Measured, largest_error, misfits, order_in_dt
from compare.style import BIO, GREY, headline, shades

# the rest of Okabe & Ito's palette; what is right is drawn on top
THEORY_COLOURS = {"continuous": "#999999", "threshold": "#E69F00", "corrected": "#009E73"}


def theory_figure(measured: Sequence[Measured]) -> Figure:
    """Rates and what is left of them when theory is taken away, in the finest and in the coarsest steps."""
    steps = sorted({m.dt for m in measured})
    figure = Figure(figsize=(13, 7.6), layout="constrained")
    axes = figure.subplot_mosaic("ABE;CDE", width_ratios=(1, 1.15, 0.9))
    for dt, left, right in ((steps[0], "A", "B"), (steps[-1], "C", "D")):
        now = [m for m in measured if m.dt == dt]
        rates_and_theory(axes[left], now)
        residuals(axes[right], now)
    axes["B"].legend(loc="lower right", fontsize=8)
    misfit_over_dt(axes["E"], measured)
    headline(figure, theory_finding(measured))
    return figure


def theory_finding(measured: Sequence[Measured]) -> str:
    """How far simulation and theory are apart in the finest steps, with and without the correction."""
    finest = min(m.dt for m in measured)
    worst = {m.theory: m.worst for m in misfits(measured) if m.dt == finest}
    order = order_in_dt(measured, "continuous")
    grows = "" if np.isnan(order) else f", an error that grows as dt^{order:.2f}"
    without = "without" if worst["corrected"] < worst["continuous"] else "yet without"
    return (
        f"In steps of {1e3 * finest:g} ms Brian2 fires within {worst['corrected']:.1%} of Siegert's rate corrected for "
        f"them; {without} the correction it is up to {worst['continuous']:.1%} off{grows} "
        f"(standard errors up to {largest_error(measured):.1%})"
    )


def rates_and_theory(ax: Axes, measured: Sequence[Measured]) -> Axes:
    """Simulated rates as dots on theory, corrected and (dashed) not, of the cells with the longest refractory time."""
    longest = max(m.cell.t_ref for m in measured)
    shown = [m for m in measured if m.cell.t_ref == longest]
    tints = shades(BIO)(np.linspace(0.35, 1, len(shown)))
    for m, tint in zip(shown, tints, strict=True):
        drives = np.linspace(m.drives[0], m.drives[-1], 200)
        ax.plot(drives, m.cell.rate(drives), color=THEORY_COLOURS["continuous"], lw=1, ls="--")
        ax.plot(drives, m.cell.rate(drives, dt=m.dt), color=THEORY_COLOURS["corrected"], lw=1)
        ax.errorbar(m.drives, m.rate, m.error, fmt="o", ms=4, color=tint, label=f"σ {m.cell.noise:g}")
    ax.legend(loc="upper left", title="Brian2")
    ax.set(xlabel="drive J (thresholds)", ylabel="firing rate (Hz)")
    ax.set_title(f"dt {1e3 * measured[0].dt:g} ms, refractory {1e3 * longest:g} ms: rates on theory")
    return ax


def residuals(ax: Axes, measured: Sequence[Measured]) -> Axes:
    """By how much simulated rates exceed each theory, with their standard errors, of all cells."""
    worst = {m.theory: m.worst for m in misfits(measured)}
    for i, (theory, colour) in enumerate(THEORY_COLOURS.items()):
        for m in measured:
            place = m.drives * (0.98 + 0.02 * i)
            ax.errorbar(
                place, 100 * m.residual(theory), 100 * m.error / m.theory[theory], fmt="o", ms=2.5, lw=0.8, color=colour
            )
        ax.plot([], [], "o", ms=4, color=colour, label=THEORY_NAMES[theory])
    ax.axhline(0, color="black", lw=0.8)
    lowest = min(m.drives[0] for m in measured)
    ax.set(xscale="log", xlim=(0.93 * lowest, 1.08 * max(m.drives[-1] for m in measured)))
    ax.xaxis.set_major_locator(FixedLocator([0.7, 1, 1.5, 2, 3, 4, 6]))
    ax.xaxis.set_major_formatter("{x:g}")
    ax.xaxis.set_minor_locator(NullLocator())
    ax.margins(y=0.12)
    ax.set(xlabel="drive J (thresholds)", ylabel="simulated rate, above theory (%)")
    errors = ", ".join(f"{worst[theory]:.1%}" for theory in THEORY_COLOURS)
    ax.set_title(f"dt {1e3 * measured[0].dt:g} ms: up to {errors} off")
    return ax


def misfit_over_dt(ax: Axes, measured: Sequence[Measured]) -> Axes:
    """The errors of the theories over the step, and the noise of the measurement, below which none can be seen."""
    found = misfits(measured)
    for theory, colour in THEORY_COLOURS.items():
        dt, rms, worst = np.array([(1e3 * m.dt, 100 * m.rms, 100 * m.worst) for m in found if m.theory == theory]).T
        ax.loglog(dt, rms, "o-", color=colour, label=THEORY_NAMES[theory])
        ax.loglog(dt, worst, "o:", ms=3, lw=1.2, color=colour)
        if theory == "continuous":
            ax.loglog(dt, 1.25 * rms[0] * np.sqrt(dt / dt[0]), color="black", lw=0.8, ls=(0, (6, 3)))
            ax.text(dt[0], 1.45 * rms[0], "∝ √dt", fontsize=9)
    error = np.sqrt(np.mean(np.concatenate([m.error / m.rate for m in measured]) ** 2))
    ax.axhspan(1e-3, 100 * error, color=GREY, alpha=0.15, lw=0)
    ax.text(dt[-1], 92 * error, "standard error", ha="right", va="top", fontsize=8)
    ax.set_ylim(60 * error, 300 * max(m.worst for m in found))
    ax.xaxis.set_major_locator(FixedLocator(list(dt)))
    ax.xaxis.set_major_formatter("{x:g}")
    ax.xaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_major_locator(FixedLocator([0.2, 0.5, 1, 2, 5, 10, 20, 50]))
    ax.yaxis.set_major_formatter("{x:g}")
    ax.yaxis.set_minor_locator(NullLocator())
    ax.legend(loc="upper left", fontsize=8)
    ax.set(xlabel="step dt (ms)", ylabel="distance from theory, all cells and drives (%)")
    ax.set_title("root mean square (solid), worst (dotted)")
    return ax
