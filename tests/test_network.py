"""The spiking network in Brian2 against theory, against a second path through Brian2, and against itself."""

from dataclasses import replace

import numpy as np
import pytest

from bio import INPUTS, LIF, SpikingNetwork, Stimulus, record, simulate
from bio.batch import Batch, Population
from bio.brian import brian2
from bio.network import MOST_STEPS, check_time, sample_steps, verdict
from bio.textbook import spikes_of_one_digit
from data import load_digits

DIGITS = load_digits("test")[np.arange(40)]


def free_cells(drives, cell):
    """A network of one layer whose cells each have a drive of their own and hear nothing."""
    return SpikingNetwork((np.zeros((784, len(drives))),), (np.asarray(drives, float),), cell)


def dark(count=1):
    return Stimulus(np.zeros((count, 784), np.float32), np.arange(count))


def counts_at(drives, cell, *, duration, dt):
    return simulate(free_cells(drives, cell), dark(), duration=duration, dt=dt).counts[0][0]


def counts_between(start, stop, drives, cell, *, dt):
    """The spikes from one time (s) to another."""
    batch = Batch(free_cells(drives, cell), [dark()], duration=stop, dt=dt)
    batch.run(start)
    before = batch.counts[0][0].copy()
    batch.run(stop - start)
    return batch.counts[0][0] - before


def small_network(cell, rng_seed=3):
    """784-30-10 with random weights whose cells fire at plausible rates."""
    rng = np.random.default_rng(rng_seed)
    first = rng.normal(0, 0.0025, (784, 30))
    second = rng.normal(0, 0.02, (30, 10))
    return SpikingNetwork((first, second), (rng.uniform(0, 1.5, 30), rng.uniform(0.5, 1.2, 10)), cell)


CELLS = {
    "plain": LIF(),
    "noisy": LIF(noise=0.25, t_ref=4e-3),
    "reset to zero": LIF(reset="zero", v_reset=-65e-3, tau_syn=3e-3),
    "equal time constants": LIF(tau_syn=20e-3, t_ref=0),
    "started at half threshold": LIF(start=0.5),
}


@pytest.mark.parametrize("start", [-0.5, 0.5, 0.9])
def test_a_cell_that_starts_elsewhere_fires_its_first_spike_when_the_closed_form_says(start):
    """After τ ln((J - start)/(J - 1)), up to the end of that step; from then on as any other cell."""
    cell, dt = LIF(start=start, t_ref=0.0), 1e-4
    for drive in (1.2, 2.0, 5.0):
        first = cell.tau_m * np.log((drive - start) / (drive - 1))
        before, after = (counts_at(np.array([drive]), cell, duration=t, dt=dt)[0] for t in (first - dt, first + dt))
        assert (before, after) == (0, 1)


@pytest.mark.parametrize("tau_m", [20e-3, 25e-3, 30e-3, 50e-3, 100e-3])
def test_counts_stay_within_one_spike_of_the_closed_form(tau_m):
    cell = LIF(tau_m=tau_m)
    drives = np.concatenate([np.linspace(0, 1, 20), np.linspace(1.01, 12, 300)])
    assert (np.abs(counts_at(drives, cell, duration=0.1, dt=1e-3) - cell.rate(drives) * 0.1) <= 1).all()


@pytest.mark.parametrize("reset", ["subtract", "zero"])
@pytest.mark.parametrize(
    ("dt", "t_ref", "tau_m"), [(1e-3, 0.0, 20e-3), (1e-3, 2e-3, 5e-3), (0.5e-3, 3e-3, 8e-3), (2e-3, 4e-3, 30e-3)]
)
def test_each_interval_loses_at_most_what_the_end_of_its_step_takes(reset, dt, t_ref, tau_m):
    """A spike is seen, and the cell held, up to dt after the threshold was met. Reset to zero loses that time; reset
    by subtraction carries o = (J-1)(1-e^(-dt/τ)) over at most, for which the climb from rest takes τ ln(J/(J-o)), and
    loses the difference. With intervals between T and T + loss, the counts are known."""
    cell = LIF(tau_m=tau_m, t_ref=t_ref, reset=reset)
    drives = np.linspace(1.05, 1 / (1 - np.exp(-2 * dt / tau_m)), 80)  # from two steps a climb upwards
    duration = 0.4
    counts = counts_at(drives, cell, duration=duration, dt=dt)
    interval = 1 / cell.rate(drives)
    kept = (drives - 1) * (1 - np.exp(-dt / tau_m)) if reset == "subtract" else 0
    loss = dt - tau_m * np.log(drives / (drives - kept))
    assert (counts <= (duration + t_ref) / interval + 1e-6).all()
    assert (counts >= np.floor((duration + t_ref) / (interval + loss) - 1e-6)).all()


@pytest.mark.parametrize("reset", ["subtract", "zero"])
def test_halving_dt_halves_the_error(reset):
    cell = LIF(t_ref=2e-3, reset=reset)
    drives = np.linspace(1.5, 6, 120)
    errors = [
        np.abs(counts_at(drives, cell, duration=4.0, dt=dt) / 4.0 / cell.rate(drives) - 1).mean()
        for dt in (1e-3, 0.5e-3, 0.25e-3)
    ]
    assert errors[0] / errors[1] == pytest.approx(2, rel=0.25)
    assert errors[1] / errors[2] == pytest.approx(2, rel=0.25)


def test_below_the_rheobase_there_is_silence():
    assert counts_at(np.linspace(-20, 1, 200), LIF(), duration=1.0, dt=1e-3).sum() == 0


@pytest.mark.parametrize("t_ref", [0.0, 2e-3, 5e-3])
def test_no_drive_makes_a_cell_fire_faster_than_its_refractory_ceiling(t_ref):
    cell = LIF(t_ref=t_ref, noise=1.0)
    counts = counts_at([10.0, 1e3, 1e6], cell, duration=0.2, dt=1e-3)
    assert (counts <= np.ceil(0.2 / (t_ref + 1e-3))).all()
    assert counts[-1] == np.ceil(round(0.2 / (t_ref + 1e-3), 6))


def test_the_membrane_charges_along_the_exponential():
    drives = np.array([-3.0, 0.2, 0.9])
    volts = record(free_cells(drives, LIF()), dark(), duration=0.1, dt=1e-3).voltages[1][:, 0]
    times = np.arange(1, 101) * 1e-3
    assert volts == pytest.approx(drives * (1 - np.exp(-times[:, None] / 20e-3)), abs=1e-6)


def test_the_membrane_decays_freely_along_the_exponential():
    clock = brian2().Clock(1e-3 * brian2().second)
    cells = Population(LIF(), np.arange(3), np.array([[0, 3]]), clock=clock, dtype=np.float64)
    cells.rest(np.zeros(3))
    cells.state["v"][:] = [0.9, -0.5, 0.1]
    brian2().Network(cells.group).run(0.03 * brian2().second)
    assert cells.state["v"] == pytest.approx(np.array([0.9, -0.5, 0.1]) * np.exp(-1.5), rel=1e-12)


def test_an_input_spike_moves_the_membrane_along_the_difference_of_two_exponentials():
    """Brightness 1 at r_max = 1/dt is a certain spike in every step; their effects on a membrane add up."""
    cell = LIF(tau_m=20e-3, tau_syn=5e-3)
    image = np.zeros((1, 784), np.float32)
    image[0, 400] = 1
    charge = 5e-4
    network = SpikingNetwork((np.full((784, 1), charge),), (np.zeros(1),), cell)
    stimulus = Stimulus(image, np.array([0]), "poisson", r_max=1000.0)
    found = record(network, stimulus, duration=0.05, dt=1e-3).voltages[1][:, 0, 0]
    times = np.arange(0, 50) * 1e-3
    one = charge / (5e-3 - 20e-3) * (np.exp(-times / 5e-3) - np.exp(-times / 20e-3))  # w/(τs-τm)(e^-t/τs - e^-t/τm)
    expected = np.cumsum(one)  # of the spikes of all steps so far
    assert found[1:] == pytest.approx(expected[1:], rel=1e-4)


def test_a_presynaptic_cell_adds_its_rate_times_its_weight_to_the_mean_drive():
    cell = LIF(v_threshold=10.0, v_rest=0.0, v_reset=0.0)  # so high that it never fires
    image = np.zeros((1, 784), np.float32)
    image[0, 300:310] = 0.6
    weights = np.full((784, 1), 1e-4)
    for kind in ("current", "lif"):
        stimulus = Stimulus(image, np.array([0]), kind, r_max=150.0, eye=LIF())
        volts = record(SpikingNetwork((weights,), (np.zeros(1),), cell), stimulus, duration=1.0, dt=1e-3).voltages[1]
        assert volts[300:].mean() == pytest.approx(10 * 90 * 1e-4, rel=0.02)


def test_the_noise_gives_the_voltage_the_spread_it_was_asked_for():
    """4,000 cells far below threshold, after five time constants: the sample's SD has a relative error of 1/√(2n)."""
    cell = LIF(noise=0.3)
    volts = record(free_cells(np.full(4_000, -10.0), cell), dark(), duration=0.1, dt=1e-3).voltages[1][-1, 0]
    assert volts.std() == pytest.approx(0.3, rel=5 / np.sqrt(2 * 4_000))
    assert volts.mean() == pytest.approx(-10 * (1 - np.exp(-5)), abs=5 * 0.3 / np.sqrt(4_000))


def test_noisy_cells_fire_at_siegerts_rate():
    cell = LIF(noise=0.5)
    drives = np.repeat([0.7, 1.0, 2.0, 4.0], 400)
    late = counts_between(0.5, 1.5, drives, cell, dt=1e-4).reshape(4, 400)
    error = late.std(axis=1) / np.sqrt(400)
    expected = cell.rate(np.array([0.7, 1.0, 2.0, 4.0]), dt=1e-4)
    assert (np.abs(late.mean(axis=1) - expected) <= 0.015 * expected + 4 * error).all()


@pytest.mark.parametrize(("reset", "most"), [("subtract", 0.02), ("zero", 0.04)])
def test_noisy_cells_fire_at_siegerts_rate_in_steps_of_a_millisecond_too(reset, most):
    """Only if a reset by subtraction is said to carry the overshoot: without that the rates are 10 % off."""
    cell, wanted = LIF(noise=1.0, reset=reset), np.array([0.6, 1.0, 2.0, 4.0])
    drives = np.repeat(wanted, 600)
    late = counts_between(0.5, 1.5, drives, cell, dt=1e-3).reshape(4, 600)
    error = late.std(axis=1) / np.sqrt(600)
    expected = cell.rate(wanted, dt=1e-3)
    assert (np.abs(late.mean(axis=1) - expected) <= most * expected + 4 * error).all()


@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
@pytest.mark.parametrize("kind", INPUTS)
def test_explicit_synapses_give_the_same_spikes_neuron_by_neuron_and_step_by_step(kind, cell):
    network = small_network(cell)
    stimulus = Stimulus(DIGITS.images[:3], DIGITS.index[:3], kind, seed=7, eye=cell, r_max=150.0)
    batch = Batch(network, [stimulus], duration=0.06, dt=1e-3, dtype=np.float64, record=True)
    batch.run(0.06)
    recorded = batch.recording().spikes
    for digit in range(3):
        textbook = spikes_of_one_digit(network, stimulus.part(digit, 1), duration=0.06, dt=1e-3)
        for found, expected in zip(recorded, textbook, strict=True):
            mine = found[found[:, 1] == digit][:, [0, 2]]
            assert mine[np.lexsort(mine.T[::-1])].tolist() == expected.tolist()
    assert all(len(spikes) > 20 for spikes in recorded[1:])  # there was something to compare


def test_single_precision_changes_almost_no_count():
    network = small_network(CELLS["noisy"])
    stimulus = Stimulus(DIGITS.images, DIGITS.index, "poisson")
    counts = []
    for dtype in (np.float32, np.float64):
        batch = Batch(network, [stimulus], duration=0.1, dt=1e-3, dtype=dtype)
        batch.run(0.1)
        counts.append(np.concatenate(batch.responses[0].counts, axis=1))
    assert (counts[0] == counts[1]).mean() >= 0.999


@pytest.mark.parametrize("kind", INPUTS)
def test_images_in_one_batch_do_not_influence_each_other(kind):
    network, order = small_network(CELLS["noisy"]), np.random.default_rng(1).permutation(len(DIGITS))
    plain = simulate(network, Stimulus(DIGITS.images, DIGITS.index, kind), duration=0.05)
    mixed = simulate(network, Stimulus(DIGITS.images[order], DIGITS.index[order], kind), duration=0.05)
    for one, other in zip((*plain.counts, plain.voltage), (*mixed.counts, mixed.voltage), strict=True):
        assert (one[order] == other).all()
    assert (plain.verdicts[order] == mixed.verdicts).all()


@pytest.mark.parametrize("kind", INPUTS)
def test_the_number_of_lanes_changes_nothing(kind):
    network, stimulus = small_network(CELLS["noisy"]), Stimulus(DIGITS.images, DIGITS.index, kind)
    whole, parts = (simulate(network, stimulus, duration=0.05, lanes=lanes) for lanes in (40, 7))
    for one, other in zip((*whole.counts, whole.voltage), (*parts.counts, parts.voltage), strict=True):
        assert (one == other).all()
    assert (whole.verdicts == parts.verdicts).all()
    assert (whole.input == parts.input).all()


@pytest.mark.parametrize("kind", INPUTS)
def test_resuming_gives_the_same_as_one_run(kind):
    network, stimulus = small_network(CELLS["noisy"]), Stimulus(DIGITS.images[:5], DIGITS.index[:5], kind)
    whole, halves = (Batch(network, [stimulus], duration=0.06, dt=1e-3) for _ in range(2))
    whole.run(0.06)
    halves.run(0.023)
    assert not halves.responses
    halves.run(0.037)
    for one, other in zip(whole.responses[0].counts, halves.responses[0].counts, strict=True):
        assert (one == other).all()
    assert (whole.responses[0].voltage == halves.responses[0].voltage).all()


@pytest.mark.parametrize("kind", ["lif", "poisson"])
def test_the_seed_decides_the_input_and_nothing_else_does(kind):
    network = small_network(LIF())

    def counts(seed):
        return simulate(network, Stimulus(DIGITS.images, DIGITS.index, kind, seed=seed), duration=0.05).counts[0]

    assert (counts(1) == counts(1)).all()
    assert (counts(1) != counts(2)).any()


def test_poisson_cells_fire_at_the_rate_of_their_brightness():
    stimulus = Stimulus(DIGITS.images, DIGITS.index, "poisson", r_max=200.0)
    steps = list(stimulus.poisson_spikes(100, 1e-3))
    found = np.sum([step.toarray() for step in steps], axis=0)
    expected = DIGITS.images * 20.0
    spread = np.sqrt((100 * (DIGITS.images * 0.2) * (1 - DIGITS.images * 0.2)).sum())
    assert abs(found.sum() - expected.sum()) < 4 * spread
    assert (found[DIGITS.images == 0] == 0).all()
    assert max(step.max() for step in steps) == 1


def test_the_eyes_cells_fire_in_proportion_to_brightness_and_start_out_of_step():
    network = SpikingNetwork((np.zeros((784, 1)),), (np.zeros(1),), LIF())
    stimulus = Stimulus(DIGITS.images[:4], DIGITS.index[:4], "lif")
    spikes = record(network, stimulus, duration=0.1, dt=1e-3).spikes[0]
    counts = np.zeros((4, 784))
    np.add.at(counts, (spikes[:, 1], spikes[:, 2]), 1)
    assert (np.abs(counts - DIGITS.images[:4] * 20) <= 1.2).all()  # 1 for where the window falls, 1 % for the steps
    per_step = np.bincount(spikes[:, 0], minlength=100)
    in_step = counts.sum() / 100
    assert per_step[:20].std() < 0.5 * in_step  # 784 cells that started together would all fire in the same few steps


@pytest.mark.parametrize("threshold", [10e-3, 30e-3])
def test_an_eye_with_another_threshold_has_the_same_currents_and_another_rate(threshold):
    tuned, eye = LIF(), LIF(v_threshold=-70e-3 + threshold)
    images, index = DIGITS.images[:2], DIGITS.index[:2]
    before = Stimulus(images, index, "lif", eye=tuned, tuned_to=tuned).eye_cells()
    moved = Stimulus(images, index, "lif", eye=eye, tuned_to=tuned).eye_cells()
    assert np.allclose(tuned.current(before.drive), eye.current(moved.drive), rtol=1e-12, atol=0)
    slower = eye.rate(moved.drive) <= tuned.rate(before.drive)
    assert slower.all() if threshold > tuned.span else not slower.any()


def test_an_eye_with_the_threshold_that_it_is_tuned_to_is_the_same_to_the_last_bit():
    eye = LIF(tau_m=10e-3)
    cells = Stimulus(DIGITS.images[:1], DIGITS.index[:1], "lif", eye=eye, tuned_to=LIF()).eye_cells()
    wanted = DIGITS.images[0, cells.pixel].astype(float) * 200.0
    assert (cells.drive == LIF().drive_for(wanted * (1 + 2**-10))).all()


def test_equal_counts_are_decided_by_the_voltage():
    counts = np.array([[3, 5, 5, 0], [0, 0, 0, 0], [1, 2, 3, 4]])
    voltage = np.array([[0.9, 0.1, 0.2, 0.99], [-3.0, -1.0, -2.0, -4.0], [0.9, 0.9, 0.9, -9.0]])
    assert verdict(counts, voltage).tolist() == [2, 1, 3]


def test_the_last_verdict_is_read_from_the_final_counts():
    network = small_network(LIF())
    response = simulate(network, Stimulus(DIGITS.images, DIGITS.index), duration=0.052)
    assert response.times == pytest.approx([*np.arange(5, 55, 5) * 1e-3, 0.052])
    assert (response.verdicts[:, -1] == verdict(response.counts[-1], response.voltage)).all()


@pytest.mark.parametrize(
    ("duration", "dt", "word"),
    [(0.0, 1e-3, "duration"), (-1.0, 1e-3, "duration"), (0.1, 0.0, "dt"), (0.01, 0.1, "longer"), (np.nan, 1e-3, "dur")],
)
def test_times_that_allow_no_step_are_refused(duration, dt, word):
    with pytest.raises(ValueError, match=word):
        check_time(duration, dt)


def test_a_simulation_has_a_step_at_least_and_a_million_at_most():
    assert check_time(0.02, 0.02) == 1
    assert check_time(MOST_STEPS * 1e-3, 1e-3) == MOST_STEPS
    for duration, dt in ((0.02, 0.03), ((MOST_STEPS + 1) * 1e-3, 1e-3)):
        with pytest.raises(ValueError, match="shorten it"):
            check_time(duration, dt)


def test_the_verdict_is_asked_every_5_ms_or_after_every_longer_step_and_at_the_end():
    assert sample_steps(12, 1e-3) == [5, 10, 12]
    assert sample_steps(10, 2.5e-3) == [2, 4, 6, 8, 10]
    assert sample_steps(3, 20e-3) == [1, 2, 3]


def test_stimuli_that_cannot_be_shown_are_refused():
    images, index = DIGITS.images[:2], DIGITS.index[:2]
    with pytest.raises(ValueError, match=r"pixels must lie in \[0, 1\], got 0…255"):
        Stimulus(images * 255, index)
    with pytest.raises(ValueError, match="pixels"):
        Stimulus(np.full((1, 784), np.nan, np.float32), index[:1])
    with pytest.raises(ValueError, match='no input "light"'):
        Stimulus(images, index, "light")
    with pytest.raises(ValueError, match="r_max"):
        Stimulus(images, index, r_max=0.0)
    with pytest.raises(ValueError, match="t_ref"):
        Stimulus(images, index, "lif", r_max=600.0)
    with pytest.raises(ValueError, match="steps of at most"):
        next(Stimulus(images, index, "poisson").poisson_spikes(10, 0.01))


def test_what_can_just_not_be_shown_is_refused_and_what_just_can_is_not():
    images, index = DIGITS.images[:2].copy(), DIGITS.index[:2]
    for brightness in (1.001, -0.001):
        images[1, 300] = brightness
        with pytest.raises(ValueError, match="pixels must lie"):
            Stimulus(images, index)
    with pytest.raises(ValueError, match="no cell with t_ref 2 ms fires at r_max 500 Hz"):
        Stimulus(DIGITS.images[:2], index, "lif", r_max=500.0, eye=LIF(t_ref=2e-3))
    assert len(Stimulus(DIGITS.images[:2], index, "lif", r_max=499.0, eye=LIF(t_ref=2e-3))) == 2
    assert len(Stimulus(DIGITS.images[:0], index[:0])) == 0


@pytest.mark.parametrize("eye", [LIF(), LIF(t_ref=4e-3, noise=0.8)], ids=["plain", "its noise ignored"])
def test_cells_of_the_eye_begin_anywhere_in_their_cycle(eye):
    """So the first spike comes after a part of the interval that is uniform on 0 to 1, and the rest at its beat."""
    images, dt = np.full((3, 784), 0.7, np.float32), 0.1e-3
    stimulus = Stimulus(images, np.arange(3), "lif", r_max=100.0, eye=eye)
    spikes = record(small_network(LIF()), stimulus, duration=0.04, dt=dt).spikes[0]
    interval = 1 / 70  # s, of 0.7 · 100 Hz
    first, second = np.full((2, 3, 784), np.nan)
    for step, lane, pixel in spikes[::-1]:
        second[lane, pixel], first[lane, pixel] = first[lane, pixel], (step + 1) * dt
    assert np.abs(second - first - interval).max() < 2 * dt
    parts = np.sort((first / interval).ravel())
    assert np.abs(parts - (np.arange(parts.size) + 0.5) / parts.size).max() < 0.04  # Kolmogorov: 1.9 / √2352


def test_networks_whose_numbers_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="fit"):
        SpikingNetwork((np.zeros((784, 5)), np.zeros((6, 10))), (np.zeros(5), np.zeros(10)), LIF())
    with pytest.raises(ValueError, match="one of each"):
        SpikingNetwork((np.zeros((784, 5)),), (), LIF())
    assert replace(small_network(LIF()), cell=LIF(noise=1.0)).sizes == (784, 30, 10)
