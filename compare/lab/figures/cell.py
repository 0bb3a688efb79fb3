"""One spiking cell: its voltage, its f–I curve, and that curve over the two activations that it stands for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from bio import LIF
from compare.lab.show import figure, in_style, show
from compare.neuron.fit import fit
from compare.style import ANN, BIO, GREY

Array = np.ndarray
LOW, HIGH = -2.0, 4.0  # drives of the figure that sliders move


@in_style
def voltage(
    trace: tuple[Array, Array, Array], rest: float, threshold: float, current: float, climb: Callable[..., Array]
) -> Any:
    """Voltage over time (times, voltages, spikes; ms and mV) under a step of current, on its closed form."""
    times, volts, spikes = trace
    drawing = figure(8.5, 4)
    ax, below = drawing.subplots(2, 1, sharex=True, height_ratios=[4, 1])
    ax.plot(times, volts, color=BIO, lw=1.5, label="V, simulated")
    first = spikes[0] if spikes.size else 120.0
    until = np.linspace(20, first, 100)
    ax.plot(until, climb(until - 20, current), color="black", ls="--", lw=1.5, label="your membrane(t, I)")
    ax.vlines(spikes, threshold, threshold + 12, color=BIO, lw=1.5)
    ax.axhline(threshold, color=GREY, ls=":", lw=1)
    ax.text(179, threshold, "threshold", ha="right", va="bottom", fontsize=9, color=GREY)
    ax.text(179, rest, "rest", ha="right", va="bottom", fontsize=9, color=GREY)
    ax.set(ylabel="voltage V (mV)", xlim=(0, 180))
    ax.legend(loc="lower right", bbox_to_anchor=(1, 1), ncol=2)
    below.plot([0, 20, 20, 120, 120, 180], [0, 0, current, current, 0, 0], color=GREY)
    below.set(xlabel="time (ms)", ylabel="I (pA)", ylim=(-0.15 * current, 1.3 * current))
    said = f"{len(spikes)} spikes" if len(spikes) != 1 else "one spike"
    finding = f"{current:.0f} pA for 100 ms: {said if spikes.size else 'it rises, and stays below the threshold'}"
    return show(drawing, finding, f"The voltage climbs from {rest} mV under a step of current; {said}")


@in_style
def fi_curve(
    currents: Array,
    rates: Array,
    curve: Callable[[Array], Array],
    rheobase: float,
    ceiling: float,
    *,
    predicted: tuple[float, Any] | None = None,
) -> Any:
    """Simulated rates (Hz) at currents (pA) on a closed form, with rheobase, ceiling, and a prediction as a diamond."""
    drawing = figure(8.5, 4)
    ax = drawing.subplots()
    fine = np.linspace(0, currents[-1], 800)
    ax.plot(fine, curve(fine), color="black", lw=1.2, label="your rate(current)")
    ax.plot(currents[::4], rates[::4], "o", color=BIO, ms=4.5, label="simulated")
    ax.axhline(ceiling, color=GREY, ls="--", lw=1)
    ax.text(currents[-1], ceiling, f"ceiling {ceiling:.0f} Hz", ha="right", va="bottom", fontsize=9, color=GREY)
    ax.axvline(rheobase, color=GREY, ls=":", lw=1)
    ax.text(rheobase, 0.5 * ceiling, f" rheobase\n {rheobase:.0f} pA", fontsize=9, color=GREY)
    mark_prediction(ax, predicted)
    ax.set(xlabel="current I (pA)", ylabel="firing rate (Hz)", ylim=(-0.03 * ceiling, 1.15 * ceiling))
    ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    above = rates[currents > 1.1 * rheobase]
    off = np.abs(above / curve(currents[currents > 1.1 * rheobase]) - 1).max()
    finding = f"Silent up to {rheobase:.0f} pA; beyond, simulation and formula agree to {off:.1%}"
    return show(
        drawing, finding, "Firing rate over current: zero up to the rheobase, then rising, bending to a ceiling"
    )


def mark_prediction(ax: Axes, predicted: tuple[float, Any] | None) -> None:
    """A black diamond where the student expected the rate; nothing where no number was written."""
    if predicted and isinstance(predicted[1], int | float):
        ax.plot(*predicted, "D", color="black", ms=8, label="your prediction")


@in_style
def noisy_curve(
    currents: Array,
    rates: Array,
    sharp: Callable[[Array], Array],
    theory: Callable[[Array], Array],
    rheobase: float,
    *,
    predicted: tuple[float, Any] | None = None,
) -> Any:
    """Rates with noise, simulated and by Siegert's formula, beside the sharp curve; the foot again, larger."""
    drawing = figure(8.5, 3.8)
    fine = np.linspace(0, currents[-1], 600)
    whole, foot = drawing.subplots(1, 2)
    for ax in (whole, foot):
        ax.plot(fine, sharp(fine), color="black", lw=1.2, ls="--", label="without noise")
        ax.plot(fine, theory(fine), color=BIO, lw=1.8, label="with noise, Siegert")
        ax.plot(currents, rates, "o", color=BIO, ms=4.5, label="with noise, simulated")
        ax.axvline(rheobase, color=GREY, ls=":", lw=1)
        mark_prediction(ax, predicted)
        ax.set(xlabel="current I (pA)", ylabel="firing rate (Hz)")
    top = max(float(sharp(np.array([1.25 * rheobase]))[0]), float(theory(np.array([1.25 * rheobase]))[0]))
    if predicted and isinstance(predicted[1], int | float):
        top = max(top, min(float(predicted[1]) * 1.1, 3 * top))
    foot.set(xlim=(0.3 * rheobase, 1.25 * rheobase), ylim=(-0.03 * top, top))
    whole.set_title("the whole curve")
    foot.set_title("its foot (dotted: rheobase)")
    foot.legend(loc="upper left", fontsize=8)
    below, above = (float(theory(np.array([part * rheobase]))[0]) for part in (0.9, 4.0))
    change = above / float(sharp(np.array([4.0 * rheobase]))[0]) - 1
    finding = (
        f"Noise rounds the foot ({below:.0f} Hz at 0.9 rheobase, instead of 0) "
        f"and hardly touches the rest ({change:+.1%} at four times the rheobase)"
    )
    return show(
        drawing, finding, "With noise the rate rises smoothly from below the rheobase; far above both curves meet"
    )


@in_style
def trains(trains_: Sequence[Array], names: Sequence[str], cvs: Sequence[float], theory: Sequence[float]) -> Any:
    """Spikes of some cells as strokes over the first second, and how their intervals are distributed."""
    drawing = figure(8.5, 1.35 * len(names) + 0.9)
    axes = drawing.subplots(len(names), 2, width_ratios=[2, 1], squeeze=False)
    for (strokes, bars), times, name, cv, wanted in zip(axes, trains_, names, cvs, theory, strict=True):
        strokes.eventplot(times[times < 1] * 1e3, colors=[BIO], linewidths=1.2)
        strokes.set(yticks=[], xlim=(0, 1000), ylabel=name)
        strokes.grid(visible=False)
        intervals = np.diff(times) * 1e3
        edges = np.linspace(0, 3 * intervals.mean(), 31)
        bars.hist(intervals, list(edges), color=BIO, alpha=0.7)
        bars.set(yticks=[])
        bars.set_title(f"CV {cv:.2f} (theory {wanted:.2f})")
    axes[-1][0].set_xlabel("time (ms)")
    axes[-1][1].set_xlabel("interval (ms)")
    finding = (
        f"Driven by noise it fires irregularly (CV {cvs[0]:.2f}), driven by current like a clock (CV {cvs[-1]:.2f})"
    )
    return show(drawing, finding, "Spike trains, irregular below the rheobase and regular above, with their intervals")


@in_style
def curve_on_activations(tau: int, t_ref: int, sigma: float) -> Any:
    """The f–I curve for these constants (ms, ms, thresholds), over the ReLU and the sigmoid that fit it best."""
    cell = LIF(tau_m=tau / 1e3, t_ref=t_ref / 1e3, noise=sigma)
    drives = np.linspace(LOW, HIGH, 241)
    rates = cell.rate(drives)
    drawing = figure(8, 3.6, moving=True)
    ax = drawing.subplots()
    r2 = {}
    for shape, name, line in (("relu", "ReLU", "--"), ("sigmoid", "sigmoid", ":")):
        found = fit(shape, drives[::6], rates[None, ::6])  # enough of them, and quick
        r2[name] = float(found.r2[0])
        ax.plot(drives, found.curve(drives)[0], line, color=ANN, label=f"{name}, fitted: R² {r2[name]:.4f}")
    ax.plot(drives, rates, color=BIO, lw=2.5, label="the cell")
    ax.axvline(1, color=GREY, ls=":", lw=1)
    if t_ref and 1e3 / t_ref < 2.5 * rates.max():
        ax.axhline(1e3 / t_ref, color=GREY, ls="--", lw=1)
        ax.text(HIGH, 1e3 / t_ref, f"ceiling {1e3 / t_ref:.0f} Hz", va="bottom", ha="right", fontsize=9, color=GREY)
    ax.set(xlabel="drive J (current in rheobases)", ylabel="firing rate (Hz)", xlim=(LOW, HIGH))
    ax.set_ylim(-0.08 * rates.max(), None)
    ax.locator_params(axis="y", nbins=5)  # ticks take longer to draw than curves
    ax.legend(loc="upper left", bbox_to_anchor=(0, 0.9), fontsize=9)
    foot = float(cell.rate(np.array(0.5)))
    top = f"{rates[-1] * t_ref / 1e3:.0%} of its ceiling at J = 4" if t_ref else "no ceiling"
    finding = f"{foot:.1f} Hz at half the rheobase, {top}"
    nearer = max(r2, key=lambda name: r2[name])
    return show(drawing, finding, f"The f–I curve over a fitted ReLU and a fitted sigmoid; the {nearer} is nearer")
