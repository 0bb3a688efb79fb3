"""The figures of one cell: simulation beside theory, the map from ReLU to sigmoid, and its curve over both."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, NullLocator

from bio import LIF
from compare.neuron.experiment import SCATTERED, SHARP, SOFT
from compare.neuron.map import NeuronMap, fits_of
from compare.neuron.rates import THEORY_NAMES, Measured, largest_error, misfits, order_in_dt
from compare.style import ANN, BIO, GREY, headline, save, shades, styled

# the rest of Okabe & Ito's palette; what is right is drawn on top
THEORY_COLOURS = {"continuous": "#999999", "threshold": "#E69F00", "corrected": "#009E73"}
FIT_NAMES = {"relu": "ReLU", "softplus": "softplus", "sigmoid": "sigmoid"}
CORNERS = {"A": (0, 0, "relu"), "B": (-1, 0, "softplus"), "C": (-1, -1, "sigmoid")}  # of noises and refractory times
R2_LEVELS = (0.93, 0.95, 0.97, 0.98, 0.99, 0.995, 0.998, 0.999, 1.0)


def draw_neuron(measured: Sequence[Measured], maps: Sequence[NeuronMap], out: Path) -> list[Path]:
    """Draws the three figures into a folder that exists; the files written. The first map is the one drawn, the second
    shows what another range of drives does to the fits."""
    with styled():
        figures = {
            "theory": theory_figure(measured),
            "map": map_figure(*maps),
            "curves": curves_figure(maps[0].low, maps[0].high),
        }
        return [path for stem, figure in figures.items() for path in save(figure, out / stem)]


# --- simulation and theory


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


# --- the map


def map_figure(drawn: NeuronMap, other: NeuronMap) -> Figure:
    """Foot, ceiling and who fits better; R² of the three fits; and the curves in three corners."""
    figure = Figure(figsize=(11.4, 10), layout="constrained")
    rows = [row.subplots(1, 3) for row in np.array(figure.subfigures(3, 1)).ravel()]
    amount(rows[0][0], drawn, drawn.foot, "foot (thresholds)", "how far below the rheobase it fires")
    amount(rows[0][1], drawn, 100 * drawn.ceiling, "% of 1/t_ref", f"ceiling reached at J = {drawn.high:g}")
    winners(rows[0][2], drawn, other)
    for ax, shape in zip(rows[1], FIT_NAMES, strict=True):
        filled = goodness(ax, drawn, shape)
    rows[1][0].figure.colorbar(filled, ax=list(rows[1]), label="R²", ticks=R2_LEVELS)
    for (letter, (noise, t_ref, shape)), ax in zip(CORNERS.items(), rows[2], strict=True):
        cell = LIF(noise=float(drawn.noises[noise]), t_ref=float(drawn.t_refs[t_ref]))
        curve_and_fit(ax, cell, drawn.low, drawn.high, shape)
        ax.set_title(f"{letter}: σ {cell.noise:g}, t_ref {1e3 * cell.t_ref:g} ms")
        for panel in (*rows[0], *rows[1]):
            mark_corner(panel, letter, float(drawn.noises[noise]), 1e3 * float(drawn.t_refs[t_ref]))
    headline(figure, map_finding(drawn))
    return figure


def mark_corner(ax: Axes, letter: str, noise: float, t_ref: float) -> None:
    """A letter in the corner of a map where a curve is taken from."""
    inwards = [9 if at == min(limits) else -9 for at, limits in ((noise, ax.get_xlim()), (t_ref, ax.get_ylim()))]
    circle = {"boxstyle": "circle,pad=0.15", "fc": "white", "ec": "black", "lw": 0.8}
    ax.annotate(
        letter,
        (noise, t_ref),
        (inwards[0], inwards[1]),
        textcoords="offset points",
        ha="center",
        va="center",
        weight="bold",
        fontsize=9,
        bbox=circle,
    )


def map_finding(drawn: NeuronMap) -> str:
    """Which axis moves the foot and which the ceiling, in a sentence with the numbers that say so."""
    change = drawn.effects()
    by_noise = change["foot along noise"] > change["foot along t_ref"]
    by_t_ref = change["ceiling along t_ref"] > change["ceiling along noise"]
    return (
        f"{'Noise' if by_noise else 'The refractory time'} softens the foot: it widens by "
        f"{change['foot along noise']:.2f} thresholds along σ, {change['foot along t_ref']:.2f} along t_ref; "
        f"{'the refractory time' if by_t_ref else 'noise'} makes the ceiling: the share of it reached at "
        f"J = {drawn.high:g} changes by {100 * change['ceiling along t_ref']:.0f} points along t_ref, "
        f"{100 * change['ceiling along noise']:.0f} along σ"
    )


def amount(ax: Axes, drawn: NeuronMap, values: np.ndarray, label: str, title: str) -> Axes:
    """A quantity over noise and refractory time."""
    filled = ax.contourf(drawn.noises, 1e3 * drawn.t_refs, values, levels=10, cmap=shades(BIO))
    ax.figure.colorbar(filled, ax=ax, label=label)
    ax.set_title(title)
    return map_axes(ax)


def goodness(ax: Axes, drawn: NeuronMap, shape: str) -> object:
    """R² of one fit over the map; what was filled, for a colour bar."""
    norm = BoundaryNorm(R2_LEVELS, 256, extend="min")
    r2 = np.clip(drawn.r2[shape], None, 1 - 1e-9)
    filled = ax.contourf(
        drawn.noises, 1e3 * drawn.t_refs, r2, levels=R2_LEVELS, norm=norm, cmap="cividis", extend="min"
    )
    lowest, highest = (np.floor(1e4 * r2.min()) / 1e4, np.floor(1e4 * r2.max()) / 1e4)  # never rounded up to 1
    ax.set_title(f"{FIT_NAMES[shape]}: R² {lowest:.4f} to {highest:.4f}")
    map_axes(ax)
    return filled


def winners(ax: Axes, drawn: NeuronMap, other: NeuronMap) -> Axes:
    """Where a sigmoid fits better than a softplus, and how that border moves with the range of drives."""
    margin = drawn.r2["sigmoid"] - drawn.r2["softplus"]
    ax.contourf(drawn.noises, 1e3 * drawn.t_refs, margin, levels=(-2, 0, 2), colors=("#FBE3D3", "#CFE3F1"))
    for found, line in ((drawn, "-"), (other, "--")):
        border = found.r2["sigmoid"] - found.r2["softplus"]
        if border.min() < 0 < border.max():
            ax.contour(found.noises, 1e3 * found.t_refs, border, levels=(0,), colors="black", linestyles=line)
    handles = [Line2D([], [], color="black", ls=line) for line in ("-", "--")]
    labels = [f"border, J {m.low:g} to {m.high:g}: sigmoid in {m.sigmoid_wins():.0%}" for m in (drawn, other)]
    ax.legend(handles, labels, loc="upper center", fontsize=8, bbox_to_anchor=(0.5, 0.86))
    ax.text(0.5, 0.6, "sigmoid fits better", transform=ax.transAxes, ha="center", color=ANN, weight="bold")
    ax.text(0.5, 0.105, "softplus fits better", transform=ax.transAxes, ha="center", color=BIO, weight="bold")
    ax.set_title("the better fit, in two ranges")
    return map_axes(ax)


def map_axes(ax: Axes) -> Axes:
    """Noise to the right on a logarithmic axis, refractory time upwards."""
    ax.set(xscale="log", xlabel="noise σ (thresholds)", ylabel="refractory time (ms)")
    ax.xaxis.set_major_locator(FixedLocator([0.05, 0.1, 0.2, 0.5, 1, 1.5]))
    ax.xaxis.set_major_formatter("{x:g}")
    ax.xaxis.set_minor_locator(NullLocator())
    ax.grid(False)
    return ax


# --- curves


def curve_and_fit(ax: Axes, cell: LIF, low: float, high: float, shape: str) -> Axes:
    """A cell's rate over the drive, the fit named, and the R² of all fits."""
    drives = np.linspace(low, high, 601)
    fits = fits_of(cell, low=low, high=high)
    ax.plot(drives, cell.rate(drives), color=BIO, lw=3, label="the cell")
    ax.plot(drives, fits[shape].curve(drives)[0], color=ANN, lw=1.6, ls="--", label=f"{FIT_NAMES[shape]}, fitted")
    ax.axvline(1, color=GREY, lw=0.8, ls=":")
    scores = "\n".join(f"{FIT_NAMES[name]} R² {fits[name].r2[0]:.4f}" for name in FIT_NAMES)
    ax.text(0.97, 0.05, scores, transform=ax.transAxes, va="bottom", ha="right", fontsize=8)
    ax.legend(loc="upper left", fontsize=8)
    ax.set(xlabel="drive J (thresholds)", ylabel="firing rate (Hz)", xlim=(low, high))
    ax.set_ylim(-0.03 * ax.get_ylim()[1], 1.05 * ax.get_ylim()[1])
    return ax


def curves_figure(low: float, high: float) -> Figure:
    """A sharp cell over the ReLU, a noisy and slow one over the sigmoid, and how irregularly noisy cells fire."""
    figure = Figure(figsize=(13, 4.6), layout="constrained")
    axes = figure.subplots(1, 3)
    for ax, cell, shape in ((axes[0], SHARP, "relu"), (axes[1], SOFT, "sigmoid")):
        curve_and_fit(ax, cell, low, high, shape)
        ax.set_title(f"σ {cell.noise:g}, t_ref {1e3 * cell.t_ref:g} ms, over a {FIT_NAMES[shape]}")
    drives = np.array([1.0, high])
    axes[0].plot(drives, (drives - 0.5) / SHARP.tau_m, color="black", lw=1, ls=":", label="(J - ½)/τ")
    axes[0].plot(1, 0, "o", color=BIO, ms=7, zorder=5, label="rheobase, J = 1")
    axes[0].legend(loc="upper left", fontsize=8)
    ceiling = 1 / SOFT.t_ref
    axes[1].axhline(ceiling, color=BIO, lw=1, ls="--")
    axes[1].text(high - 0.1, 1.01 * ceiling, "ceiling 1/t_ref", ha="right", va="bottom", fontsize=8, color=BIO)
    axes[1].set_ylim(-0.03 * ceiling, 1.25 * ceiling)
    irregularity(axes[2], high)
    headline(figure, curves_finding(low, high))
    return figure


def curves_finding(low: float, high: float) -> str:
    """How well the two cells are described by the two activations, each beside the other's R²."""
    sharp, soft = (fits_of(cell, low=low, high=high) for cell in (SHARP, SOFT))
    parts = []
    for who, fits in (("Without noise and refractory time a cell is", sharp), ("with both it is", soft)):
        nearer, farther = sorted(("relu", "sigmoid"), key=lambda name: -fits[name].r2[0])
        parts.append(
            f"{who} nearer a {FIT_NAMES[nearer]} (R² {fits[nearer].r2[0]:.4f}) "
            f"than a {FIT_NAMES[farther]} ({fits[farther].r2[0]:.4f})"
        )
    return "; ".join(parts)


def irregularity(ax: Axes, high: float) -> Axes:
    """The coefficient of variation of intervals over the drive, from a Poisson process to a clock."""
    tints = shades(BIO)(np.linspace(0.35, 1, len(SCATTERED)))
    for cell, tint in zip(SCATTERED, tints, strict=True):
        drives = np.linspace(-0.5, high, 500)
        fires = cell.rate(drives) > 1e-3
        ax.plot(drives[fires], cell.interval_cv(drives[fires]), color=tint, label=f"σ {cell.noise:g}")
    ax.axhline(1, color="black", lw=0.8)
    ax.text(high, 1.01, "a Poisson process", ha="right", va="bottom", fontsize=8)
    ax.axvline(1, color=GREY, lw=0.8, ls=":")
    ax.legend(loc="upper right", bbox_to_anchor=(1, 0.8), fontsize=8)
    ax.set(xlabel="drive J (thresholds)", ylabel="CV of the intervals", xlim=(-0.5, high))
    ax.set_ylim(0, 1.05 * ax.get_ylim()[1])
    ends = [float(SCATTERED[i].interval_cv(np.array(high))) for i in (0, -1)]
    ax.set_title(f"at J = {high:g} intervals scatter by {ends[0]:.0%} (σ {SCATTERED[0].noise:g}) to {ends[1]:.0%}")
    return ax
