"""The figure of a cell's curve over the ReLU and over the sigmoid, and of how irregularly noisy cells fire."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bio import LIF
from compare.neuron.experiment import SCATTERED, SHARP, SOFT
from compare.neuron.map import fits_of
from compare.style import ANN, BIO, GREY, headline, shades

FIT_NAMES = {"relu": "ReLU", "softplus": "softplus", "sigmoid": "sigmoid"}


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
    few, most = (SCATTERED[i].noise for i in (0, -1))
    ax.set_title(f"at J = {high:g} from {ends[0]:.2f} (σ {few:g}) to {ends[1]:.2f} (σ {most:g})")
    return ax
