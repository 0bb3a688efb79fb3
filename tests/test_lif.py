"""One cell in theory: the closed-form rate, its inverse, and Siegert's rate under noise."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad, solve_ivp
from scipy.special import erfcx

from bio import LIF
from bio.siegert import siegert_rate

taus = st.floats(2e-3, 0.2)
refractory_times = st.floats(0, 0.02)


def test_the_rate_is_that_of_the_differential_equation():
    """An ODE solver that stops at the threshold gives the same interval between spikes."""
    for drive, tau, t_ref, reset in ((1.05, 0.02, 0.002, 0), (2.0, 0.01, 0.0, -0.3), (7.0, 0.05, 0.005, 0.4)):
        cell = LIF(tau_m=tau, t_ref=t_ref, v_reset=-70e-3 + reset * 20e-3)

        def threshold(t, v):
            return v[0] - 1

        threshold.terminal = True
        climb = solve_ivp(
            lambda t, v, J=drive, tau=tau: (J - v) / tau, (0, 10), [reset], events=threshold, rtol=1e-10, atol=1e-12
        ).t_events[0][0]
        assert cell.rate(np.array(drive)) == pytest.approx(1 / (t_ref + climb), rel=1e-7)


@given(st.floats(1.0001, 500), taus, refractory_times)
def test_the_inverse_brings_every_rate_back_to_its_drive(drive, tau, t_ref):
    cell = LIF(tau_m=tau, t_ref=t_ref)
    rate = cell.rate(np.array(drive))
    if not t_ref or rate < 0.999 / t_ref:
        assert cell.drive_for(rate) == pytest.approx(drive, rel=1e-6)


@given(st.floats(-50, 1), taus, refractory_times)
def test_a_cell_is_silent_up_to_its_rheobase(drive, tau, t_ref):
    assert LIF(tau_m=tau, t_ref=t_ref).rate(np.array(drive)) == 0


@given(st.lists(st.floats(-5, 1e6), min_size=2), taus, st.floats(1e-4, 0.02), st.sampled_from([0.0, 0.2, 1.5]))
def test_the_rate_rises_with_drive_and_stays_below_the_refractory_ceiling(drives, tau, t_ref, noise):
    rates = LIF(tau_m=tau, t_ref=t_ref, noise=noise).rate(np.sort(drives))
    assert (np.diff(rates) >= -1e-9 * rates[1:]).all()
    assert (rates <= 1 / t_ref).all()


def test_without_a_refractory_time_a_strong_drive_gives_a_shifted_relu():
    drives = np.array([20.0, 50.0, 200.0])
    assert LIF(t_ref=0).rate(drives) * 20e-3 == pytest.approx(drives - 0.5, rel=3e-4)


def test_two_hundred_picoamperes_are_the_rheobase():
    cell = LIF()
    assert cell.drive(200e-12) == pytest.approx(1)
    assert cell.current(cell.drive(0.37e-9)) == pytest.approx(0.37e-9)


@pytest.mark.parametrize("noise", [0.02, 0.2, 1.0, 3.0])
def test_siegerts_rate_is_the_integral_by_adaptive_quadrature(noise):
    width = np.sqrt(2) * noise
    for drive in (-8.0, -1.0, 0.3, 0.95, 1.0, 1.2, 3.0, 40.0):
        bottom, top = -drive / width, (1 - drive) / width
        if top > 26:
            continue  # beyond the range of a float: the next test
        edges = np.linspace(bottom, top, 20)
        pieces = pairwise(edges)
        integral = sum(quad(lambda u: erfcx(-u), a, b, epsrel=1e-11, epsabs=0)[0] for a, b in pieces)
        expected = 1 / (2e-3 + 20e-3 * np.sqrt(np.pi) * integral)
        found = siegert_rate(np.array(drive), noise=noise, tau_m=20e-3, t_ref=2e-3)
        assert found == pytest.approx(expected, rel=1e-8)


def test_far_below_threshold_a_noisy_cell_is_silent_not_undefined():
    assert LIF(noise=0.1).rate(np.array([-1e3, -50.0, -3.0])).tolist() == [0, 0, 0]


def test_vanishing_noise_gives_the_curve_without_noise():
    drives = np.array([1.01, 1.1, 2.0, 30.0])
    assert LIF(noise=1e-5).rate(drives) == pytest.approx(LIF().rate(drives), rel=1e-6)


def test_the_refractory_time_only_adds_to_the_interval():
    drives = np.array([0.5, 1.0, 4.0])
    without = 1 / LIF(noise=0.5, t_ref=0).rate(drives)
    assert 1 / LIF(noise=0.5, t_ref=7e-3).rate(drives) == pytest.approx(without + 7e-3, rel=1e-9)


@given(st.floats(0.1, 240), st.floats(0.05, 2))
def test_the_noisy_inverse_gives_the_drive_that_fires_so(rate, noise):
    cell = LIF(noise=noise, t_ref=4e-3)
    for dt in (0.0, 1e-3):
        drive = cell.drive_for(np.array([rate]), dt=dt)
        assert cell.continuous_rate(drive, dt) == pytest.approx([rate], rel=1e-5)


def test_in_steps_a_cell_fires_at_most_once_in_the_refractory_time_and_a_step():
    assert LIF(t_ref=4e-3).rate(np.array([1e9]), dt=1e-3) == pytest.approx([200])
    assert LIF(t_ref=0).rate(np.array([1e9]), dt=1e-3) == pytest.approx([1000])


def test_brian2_is_told_one_step_more_than_the_cell_is_held():
    assert LIF(t_ref=2e-3).refractory(1e-3) == pytest.approx(3e-3)
    assert LIF(t_ref=0).refractory(1e-3) == pytest.approx(1e-3)
    assert LIF(t_ref=2e-3).refractory(1e-4) == pytest.approx(2.1e-3)


@pytest.mark.parametrize(
    "wrong",
    [
        {"tau_m": 0.0},
        {"tau_m": -1.0},
        {"tau_m": float("nan")},
        {"tau_syn": float("inf")},
        {"t_ref": -1e-3},
        {"noise": float("nan")},
        {"v_threshold": -70e-3},
        {"v_reset": -40e-3},
        {"start": 1.0},
        {"start": float("nan")},
        {"reset": "none"},
        {"resistance": 0.0},
    ],
)
def test_a_cell_that_cannot_be_is_refused_in_one_line_that_names_what_is_wrong(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong)).removeprefix("v_")) as refused:
        replace(LIF(), **wrong)
    assert "\n" not in str(refused.value)
