"""Figure of rates over weighted sums, laid on the activation's curve, and of what is between the two."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from operator import mul

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from compare.experiments.experiment import Drawing
from compare.experiments.squash import Curve, Result
from compare.style import ANN, BIO, GREY, headline


def draw(result: Result) -> Sequence[Drawing]:
    """Above, each network's curve with the rates on it; below, what is between them."""
    columns = len(result.curves)
    figure = Figure(figsize=(5.8 * columns + 0.4, 6.4), layout="constrained")
    axes = figure.subplots(2, columns, squeeze=False, sharex="col", height_ratios=(2, 1.1))
    for (above, below), curve in zip(axes.T, result.curves, strict=True):
        transfer(above, curve)
        departure(below, curve)
    headline(figure, title(result))
    alt = "; ".join(
        f"{curve.name}, {curve.layer}: R² {curve.r2:.3f} ({curve.r2_interval[0]:.3f} to {curve.r2_interval[1]:.3f}), "
        f"RMSE {curve.rmse:.3g} activation units, farthest apart at z = {curve.farthest[0]:+.2g} by "
        f"{curve.farthest[1]:+.1%} of full scale"
        for curve in result.curves
    )
    return [Drawing("squash", figure, f"Firing rates over weighted sums beside the activation curves. {alt}.")]


def title(result: Result) -> str:
    """How well each network's rates follow its curve."""
    r2 = ", ".join(f"the {curve.name} with R² {curve.r2:.3f}" for curve in result.curves)
    return f"Scaled by one number, firing rates follow {r2}"


def transfer(ax: Axes, curve: Curve) -> Axes:
    """f(z), and the mean scaled rate with its standard deviation; to the right the rate itself."""
    ax.fill_between(curve.sums, curve.mean - curve.sd, curve.mean + curve.sd, color=BIO, alpha=0.25, lw=0)
    ax.plot(curve.sums, curve.activation, color=ANN, lw=3, label=f"activation f(z): {curve.name}")
    ax.plot(curve.sums, curve.mean, "o", color=BIO, ms=3, label="firing rate, mean ± SD")
    ax.plot(curve.sums, curve.expected, "--", color="black", lw=1.2, label="the cell's closed form")
    ax.set_ylabel(f"activation, and rate · λ/r_max\n(activation units, λ = {curve.unit:.3g})")
    to_hertz = curve.r_max / curve.unit
    right = ax.secondary_yaxis("right", functions=(partial(mul, to_hertz), partial(mul, 1 / to_hertz)))
    right.set_ylabel("firing rate (Hz)")
    ax.legend(loc="upper left")
    low, high = curve.r2_interval
    ax.set_title(f"{curve.name}, {curve.layer}: R² {curve.r2:.3f} ({low:.3f} to {high:.3f})")
    return ax


def departure(ax: Axes, curve: Curve) -> Axes:
    """What the mean curve is above f(z), in percent of full scale, with its 95 % interval, and where it is most."""
    apart, error = (100 * value / curve.full for value in (curve.mean - curve.activation, 1.96 * curve.error))
    ax.axhline(0, color=ANN, lw=1.5)
    ax.fill_between(curve.sums, apart - error, apart + error, color=BIO, alpha=0.35, lw=0)
    ax.plot(curve.sums, apart, color=BIO)
    where, by = curve.farthest
    if np.isfinite(by):
        ax.plot(where, 100 * by, "o", mfc="white", mec="black", ms=8, zorder=3)
    ax.axvline(0, color=GREY, ls=":", lw=1)
    ax.margins(y=0.2)
    ax.set(xlabel="weighted sum z (activation units)", ylabel="rate - activation\n(% of full scale)")
    ax.set_title(f"farthest at z = {where:+.2g}: {100 * by:+.1f}% of full scale")
    return ax
