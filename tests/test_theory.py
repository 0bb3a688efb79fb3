"""One noisy cell in theory: the slope of its curve and the scatter of its intervals, each against another way to it."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import erfcx

from bio import LIF
from bio.intervals import HIGHEST, interval_cv, series, series_slope, table, variance_integral
from bio.siegert import antiderivative, integral_of_erfcx, limits, siegert_slope

TAU, T_REF = 20e-3, 2e-3


def cell_that_resets_to(level, **constants):
    """A cell with its reset at a level in threshold units."""
    return LIF(v_reset=-70e-3 + level * 20e-3, **constants)


def limits_of(cell, drive):
    bottom, top = limits(np.array(drive), noise=cell.noise, tau_m=cell.tau_m, v_reset=cell.reset_level)
    return float(bottom), float(top)


# --- rate


@pytest.mark.parametrize("x", [0.0, 1e-3, 0.4987, 7.3, 19.9975, 19.9999, 20.0, 20.0001, 300.0])
def test_the_table_of_the_integral_and_its_series_are_the_integral_by_quadrature(x):
    """At joints of the table, between them, in its last step, where the series takes over and far beyond."""
    pieces = [min(x, edge) for edge in (0.0, 1.0, 5.0, 20.0, 1e3)]
    parts = [quad(erfcx, a, b, epsabs=0, epsrel=1e-13)[0] for a, b in pairwise(pieces) if a < b]
    assert integral_of_erfcx(np.array(x)) == pytest.approx(sum(parts), rel=0, abs=1e-12)


def test_a_drive_that_is_no_number_has_a_rate_that_is_none():
    rates = LIF(noise=0.25).rate(np.array([np.nan, 1.0]))
    assert np.isnan(rates).tolist() == [True, False]


@pytest.mark.parametrize("level", [-0.5, 0.0, 0.6])
@pytest.mark.parametrize("noise", [0.05, 0.25, 1.0, 3.0])
def test_siegerts_rate_is_that_of_brunel_and_hakims_integral(noise, level):
    """∫ e^(-s²) (e^(2 top s) - e^(2 bottom s))/s ds from 0 to ∞: another integral for the same interval."""
    cell = cell_that_resets_to(level, noise=noise)
    for drive in (-6.0, 0.0, 0.5, 0.9, 1.0, 1.5, 8.0, 100.0):
        bottom, top = limits_of(cell, drive)
        if top > 25:
            continue  # e^(top²) leaves the range of a float
        peak = max(top, 0.0)  # the integrand's exponent is largest there, and what it is taken out of

        def integrand(s, bottom=bottom, top=top, peak=peak):
            shift = s * s + peak * peak
            return (np.exp(2 * top * s - shift) - np.exp(2 * bottom * s - shift)) / s

        end = peak + 8 if top > -4 else 25 / -top
        pieces = np.linspace(0, end, 9)
        integral = sum(quad(integrand, *pieces[i : i + 2], epsabs=0, epsrel=1e-11)[0] for i in range(8))
        expected = 1 / (T_REF + TAU * integral * np.exp(peak**2))
        assert cell.rate(np.array(drive)) == pytest.approx(expected, rel=1e-6)


def test_halving_the_noise_quarters_its_distance_from_the_curve_without():
    drives = np.array([1.2, 2.0, 5.0])
    near, nearer = (np.abs(LIF(noise=noise).rate(drives) - LIF().rate(drives)) for noise in (0.01, 0.005))
    assert near / nearer == pytest.approx(np.full(3, 4.0), rel=0.02)


@given(st.floats(0.5, 200), st.floats(0.02, 2), st.floats(-1, 0.8))
def test_a_cell_that_resets_elsewhere_has_an_inverse_too(rate, noise, level):
    cell = cell_that_resets_to(level, noise=noise, t_ref=4e-3)
    assert cell.rate(cell.drive_for(np.array([rate]))) == pytest.approx([rate], rel=1e-5)


# --- slope


@pytest.mark.parametrize("level", [-0.5, 0.0, 0.6])
@pytest.mark.parametrize("noise", [0.0, 0.05, 0.25, 1.0])
def test_the_slope_matches_central_differences(noise, level):
    cell = cell_that_resets_to(level, noise=noise)
    drives, step = np.array([0.8, 0.95, 1.02, 1.5, 3.0, 20.0]), 1e-5
    if not noise:
        drives = drives[drives > 1]
    expected = (cell.rate(drives + step) - cell.rate(drives - step)) / (2 * step)
    assert cell.slope(drives) == pytest.approx(expected, rel=3e-6)


def test_the_slope_is_nothing_where_nothing_fires():
    assert LIF().slope(np.array([-3.0, 0.0, 1.0])).tolist() == [0, 0, 0]
    assert LIF(noise=0.05).slope(np.array([-1e3, -50.0])).tolist() == [0, 0]


# --- the coefficient of variation


@pytest.mark.parametrize("level", [-0.5, 0.0, 0.6])
@pytest.mark.parametrize("noise", [0.05, 0.25, 1.0])
def test_the_variation_is_brunels_double_integral(noise, level):
    """Done directly: e^(x²) of the outer integral times e^(-y²) of the inner one, y = x - s."""
    cell = cell_that_resets_to(level, noise=noise)

    def inner(x):
        return quad(lambda s: np.exp(2 * x * s - s * s) * erfcx(s - x) ** 2, 0, np.inf, epsabs=0, epsrel=1e-10)[0]

    for drive in (0.9, 1.0, 1.3, 4.0):
        bottom, top = limits_of(cell, drive)
        pieces = np.linspace(bottom, top, 5)
        double = sum(quad(inner, *pieces[i : i + 2], epsabs=0, epsrel=1e-9)[0] for i in range(4))
        expected = np.sqrt(2 * np.pi * double) * TAU * cell.rate(np.array(drive))
        assert cell.interval_cv(np.array(drive)) == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize(("drive", "noise", "level"), [(0.7, 0.5, 0.0), (1.0, 0.25, 0.0), (2.0, 1.0, -0.5)])
def test_the_variation_is_that_of_simulated_intervals(drive, noise, level):
    """Exact steps of the Ornstein-Uhlenbeck process, and the chance that it crossed and came back within a step."""
    rng, dt, many, groups = np.random.default_rng(1), TAU / 100, 40_000, 40
    decay, spread = np.exp(-dt / TAU), noise * np.sqrt(1 - np.exp(-2 * dt / TAU))
    v, alive, when = np.full(many, level), np.arange(many), np.zeros(many)
    step = 0
    while alive.size:
        after = drive + decay * (v - drive) + spread * rng.standard_normal(v.size)
        gaps = np.maximum(1 - v, 0) * np.maximum(1 - after, 0)
        crossed = rng.random(v.size) < np.exp(-2 * gaps / spread**2)
        when[alive[crossed]] = (step + 0.5) * dt
        v, alive, step = after[~crossed], alive[~crossed], step + 1
    cell = cell_that_resets_to(level, noise=noise)
    intervals = (T_REF + when).reshape(groups, -1)
    cv = intervals.std(axis=1, ddof=1) / intervals.mean(axis=1)
    error = cv.std(ddof=1) / np.sqrt(groups)
    assert error < 0.008 * cv.mean()
    assert cell.interval_cv(np.array(drive)) == pytest.approx(intervals.std() / intervals.mean(), abs=4 * error)
    mean_error = intervals.std() / np.sqrt(many)
    assert 1 / cell.rate(np.array(drive)) == pytest.approx(intervals.mean(), abs=4 * mean_error)


def test_the_table_of_the_variance_is_its_series_where_the_two_meet():
    below, above = np.array(-20.0 - 1e-9), np.array(-20.0)
    assert variance_integral(below) == pytest.approx(variance_integral(above), rel=1e-9)
    x = np.array([-18.0, -16.0])  # the series is still good there, and the table does not know it
    assert variance_integral(x) == pytest.approx(series(x), rel=1e-9)
    assert table()(x, 1) * variance_integral(x) == pytest.approx(series_slope(x), rel=1e-8)


def test_the_variance_has_reached_its_limit_where_the_table_ends():
    assert 2 * variance_integral(np.array(6.0)) == pytest.approx(antiderivative(np.array(6.0)) ** 2, rel=1e-13)


@pytest.mark.parametrize("noise", [0.05, 0.25, 0.5])
def test_the_intervals_deep_below_threshold_are_those_of_a_poisson_process(noise):
    drives = 1 - noise * np.sqrt(2) * np.array([4.0, 5.99, 6.01, 8.0])  # on either side of where the table ends
    assert LIF(noise=noise).interval_cv(drives) == pytest.approx(np.ones(4), rel=1e-3)


def test_the_intervals_do_not_vary_without_noise_and_hardly_with_little():
    drives = np.array([-1.0, 0.99, 1.0, 1.01, 2.0, 1e6])
    assert LIF().interval_cv(drives).tolist() == pytest.approx([np.nan, np.nan, np.nan, 0, 0, 0], nan_ok=True)
    little, less = (LIF(noise=noise).interval_cv(np.array([1.2, 3.0])) for noise in (1e-3, 1e-4))
    assert little / less == pytest.approx(np.full(2, 10.0), rel=1e-3)


def test_little_noise_scatters_the_interval_as_much_as_the_voltage_at_threshold_over_its_speed():
    """From a fixed start the voltage's variance at a time T is σ²(1 - e^(-2T/τ)); it climbs at (J - 1)/τ."""
    noise, drive = 1e-4, np.array([1.5, 2.0, 6.0])
    cell = LIF(noise=noise, t_ref=0)
    interval = 1 / cell.rate(drive)
    spread = noise * np.sqrt(1 - np.exp(-2 * interval / TAU)) / ((drive - 1) / TAU)
    assert cell.interval_cv(drive) * interval == pytest.approx(spread, rel=1e-4)


@given(st.floats(-1, 20), st.floats(0.05, 2), st.floats(0, 0.05))
def test_the_refractory_time_shifts_the_intervals_and_does_not_scatter_them(drive, noise, t_ref):
    drives = np.array([drive])
    with_it, without = LIF(noise=noise, t_ref=t_ref), LIF(noise=noise, t_ref=0)
    if without.rate(drives) > 1e-3:  # in the digits of a longer interval, t_ref is lost
        deviation = with_it.interval_cv(drives) / with_it.rate(drives)
        assert deviation == pytest.approx(without.interval_cv(drives) / without.rate(drives), rel=1e-9)


def test_the_variation_exceeds_one_where_a_spike_may_follow_at_once():
    """Reset near the threshold, mean far below both: with chance p a second spike at once, else a long wait."""
    cell = cell_that_resets_to(0.97, noise=0.3, t_ref=0)
    bottom, top = limits_of(cell, -1.5)
    again = antiderivative(np.array(bottom)) / antiderivative(np.array(top))  # of F, as in a gambler's ruin
    assert cell.interval_cv(np.array(-1.5)) == pytest.approx(np.sqrt((1 + again) / (1 - again)), rel=1e-6)
    assert cell.interval_cv(np.array(-1.5)) > 1.2


@pytest.mark.parametrize("noise", [0.0, 0.3])
def test_what_is_told_of_drives_has_their_shape(noise):
    cell, drives = replace(LIF(), noise=noise), np.linspace(-60, 60, 24).reshape(2, 3, 4)
    for told in (cell.rate, cell.slope, cell.interval_cv):
        assert told(drives).shape == (2, 3, 4)
        assert told(np.array(2.0)) == pytest.approx(told(np.array([2.0]))[0])


def test_the_variation_is_the_same_on_both_sides_of_where_another_formula_takes_over():
    """With a reset close below the threshold, so that a cell that has fired may soon fire again."""
    cell = cell_that_resets_to(0.98, noise=0.25)
    edge = 1 - HIGHEST * np.sqrt(2) * cell.noise  # the drive whose top is HIGHEST
    above, below = cell.interval_cv(edge + np.array([1e-9, -1e-9]))
    assert above == pytest.approx(below, rel=1e-6)
    assert above > 1.2


def test_a_cell_resets_to_rest_where_nothing_else_is_said():
    drive = np.array([0.5, 1.5])
    for function in (interval_cv, siegert_slope):
        said = function(drive, noise=0.3, tau_m=TAU, t_ref=T_REF, v_reset=0.0)
        assert function(drive, noise=0.3, tau_m=TAU, t_ref=T_REF).tolist() == said.tolist()
