"""The network in steps comes to what its differential equations say, integrated from spike to spike by scipy.

τ_m dv/dt = J + g - v  (held while refractory)     τ_syn dg/dt = -g,  g += w/τ_syn with each spike     v > 1: a spike
"""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from bio import LIF, SpikingNetwork, Stimulus
from bio.batch import Batch

CELL = LIF(reset="zero", t_ref=2e-3)
DURATION = 0.06  # s
INPUTS, HIDDEN, OUTPUTS = 784, 3, 2


@pytest.fixture(scope="module")
def network():
    """Three cells under steady drives, of which one inhibits, and two that hear them."""
    weights = np.array([[4e-3, 1e-3], [6e-3, 9e-3], [-3e-3, 2e-3]])
    drives = np.array([1.7, 2.9, 1.31]), np.array([0.9, 0.95])
    return SpikingNetwork((np.zeros((INPUTS, HIDDEN)), weights), drives, CELL)


@pytest.fixture(scope="module")
def continuous(network):
    """When each cell fires: five arrays of times, s."""
    weights = np.zeros((HIDDEN + OUTPUTS,) * 2)
    weights[:HIDDEN, HIDDEN:] = network.weights[1]
    return spikes_of(np.concatenate(network.biases), weights / CELL.tau_syn)


def spikes_of(drive, kicks):
    """Integrates all cells (cells,) from one event to the next: a crossing of the threshold, or a cell set free."""
    cells = len(drive)
    v, g, now = np.zeros(cells), np.zeros(cells), 0.0
    free_at, times = np.zeros(cells), [[] for _ in range(cells)]
    while now < DURATION:
        free = free_at <= now
        until = min(DURATION, *free_at[~free]) if (~free).any() else DURATION
        crossings = [crossing(cell) if free[cell] else never for cell in range(cells)]
        ran = solve_ivp(
            lambda _, y, free=free: np.concatenate(
                [free * (drive + y[cells:] - y[:cells]) / CELL.tau_m, -y[cells:] / CELL.tau_syn]
            ),
            (now, until),
            np.concatenate([v, g]),
            method="DOP853",
            rtol=1e-10,
            atol=1e-12,
            events=crossings,
        )
        now, v, g = ran.t[-1], ran.y[:cells, -1].copy(), ran.y[cells:, -1].copy()
        for cell in np.flatnonzero([len(found) > 0 for found in ran.t_events]):
            times[cell].append(now)
            v[cell], free_at[cell] = 0.0, now + CELL.t_ref
            g += kicks[cell]
    return [np.array(found) for found in times]


def crossing(cell):
    """The event of a cell that reaches its threshold from below."""

    def height(_, y):
        return y[cell] - 1

    height.terminal, height.direction = True, 1
    return height


def never(_, y):
    """No event."""
    return 1.0


def in_steps(network, dt):
    """When each cell fires in steps of `dt` (s): at their ends."""
    stimulus = Stimulus(np.zeros((1, INPUTS)), np.zeros(1, int))
    batch = Batch(network, [stimulus], duration=DURATION, dt=dt, dtype=np.float64, record=True)
    batch.run(DURATION)
    _, *layers = batch.recording().spikes
    return [dt * (1 + layer[layer[:, 2] == cell, 0]) for layer in layers for cell in range(layer[:, 2].max() + 1)]


def test_cells_under_steady_drives_fire_when_the_closed_form_says(continuous, network):
    for drive, times in zip(network.biases[0], continuous[:HIDDEN], strict=True):
        climb = CELL.tau_m * np.log(drive / (drive - 1))
        np.testing.assert_allclose(times, climb + np.arange(len(times)) * (climb + CELL.t_ref), rtol=1e-7)


def test_every_cell_fires_as_often_as_the_equations_say(continuous, network):
    assert all(len(times) > 1 for times in continuous)
    assert [len(times) for times in in_steps(network, 5e-5)] == [len(times) for times in continuous]


def test_each_spike_of_a_steady_cell_comes_late_by_at_most_a_step_for_every_climb_so_far(continuous, network):
    dt = 5e-5
    for ours, exact in zip(in_steps(network, dt)[:HIDDEN], continuous[:HIDDEN], strict=True):
        late = ours - exact
        assert (late > -1e-9).all()
        assert (late < dt * np.arange(1, len(late) + 1) + 1e-9).all()


def test_spike_times_come_closer_as_the_steps_become_smaller(continuous, network):
    errors = []
    for dt in (2e-4, 5e-5):
        found = in_steps(network, dt)
        assert [len(times) for times in found] == [len(times) for times in continuous]
        errors.append(max(np.abs(a - b).max() for a, b in zip(found, continuous, strict=True)))
    assert errors[1] < errors[0] / 2  # a quarter, of errors in proportion to dt
