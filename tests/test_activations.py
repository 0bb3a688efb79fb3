"""Every activation: against central differences and its own twin; the cells' own curves also against closed forms."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from specimens import taught

from ann import ACTIVATIONS, MLP, Training
from bio import LIF, Stimulus, simulate
from compare.activations import CELLS, HIGHEST, LOWEST, R_MAX, STEP, CellCurve
from compare.fits import curve_fit
from compare.mapping import ALIGNMENTS, calibrate, weighted_sums
from compare.style import NETWORK_NAMES
from data import load_digits

CURVES = {name: CellCurve(CELLS[name]) for name in ("lif", "noisy-lif")}
OTHER = CellCurve(LIF(tau_m=10e-3, t_ref=3e-3, v_reset=-75e-3), r_max=150.0, smoothing=0.3)
of_each = pytest.mark.parametrize("curve", [*CURVES.values(), OTHER], ids=[*CURVES, "another cell"])
by_name = pytest.mark.parametrize("name", CURVES)
of_all = pytest.mark.parametrize("name", ACTIVATIONS)

inside = st.floats(LOWEST + 1e-4, HIGHEST - 1e-4)


@of_each
@given(z=inside)
def test_the_table_is_the_closed_form(curve, z):
    value, slope = curve.exact(np.array([z]))
    assert curve(np.array([z])) == pytest.approx(value, abs=1e-8)
    assert curve.slope(np.array([z])) == pytest.approx(slope, abs=2e-5)


@of_each
@given(z=inside)
def test_the_slope_is_the_derivative_of_what_is_computed(curve, z):
    """By central differences that stay within one cubic, where they are exact but for h²/6 of its third derivative."""
    h = 1e-6
    z = LOWEST + STEP * (np.floor((z - LOWEST) / STEP) + np.clip((z - LOWEST) / STEP % 1, 0.01, 0.99))
    rise = (curve(np.array([z + h])) - curve(np.array([z - h]))) / (2 * h)
    assert curve.slope(np.array([z])) == pytest.approx(rise, abs=1e-8)


@of_each
def test_cubics_join_without_a_jump_or_a_kink(curve):
    """From the left and from the right of every joint; beyond the table the curve stays where it ended."""
    joints, h = np.linspace(LOWEST, HIGHEST, round((HIGHEST - LOWEST) / STEP) + 1)[1:-1], 1e-9
    assert curve(joints + h) == pytest.approx(curve(joints - h), abs=1e-8)
    assert curve.slope(joints + h) == pytest.approx(curve.slope(joints - h), abs=1e-5)
    ends = curve(np.array([LOWEST, HIGHEST]))
    assert curve(np.array([LOWEST - 100, HIGHEST + 100])) == pytest.approx(ends, abs=1e-12)
    assert (curve.slope(np.array([LOWEST - 100, HIGHEST + 100])) == 0).all()


@of_each
def test_more_input_never_gives_less_activation(curve):
    z = np.linspace(LOWEST - 1, HIGHEST + 1, 50_001)
    assert (np.diff(curve(z)) >= 0).all()
    assert (curve.slope(z) >= 0).all()


@of_each
def test_a_weighted_sum_of_one_is_activation_one(curve):
    """But for the e^(-x/γ) that the smoothing still adds to a drive x above the rheobase."""
    left = 0 if curve.cell.noise else curve.smoothing * np.exp(-curve.gain / curve.smoothing)
    beyond = curve.cell.slope(np.array(1 + curve.gain)) * left / curve.r_max
    assert curve(np.array([1.0])) == pytest.approx(1 + beyond, abs=1e-7)


@by_name
def test_the_curve_is_the_cells_own_but_for_the_smoothing(name):
    """A tenth of a threshold above its rheobase and further, the smoothed drive is the drive to e^(-x/γ)."""
    curve, cell = CURVES[name], CELLS[name]
    z = np.linspace(0.1, 10, 500)
    smoothing = 0 if cell.noise else 0.1 * np.log1p(np.exp(-curve.gain * z / 0.1))
    slack = cell.slope(1 + curve.gain * z) * smoothing / R_MAX
    assert np.abs(curve(z) - cell.rate(1 + curve.gain * z) / R_MAX).max() < 1.1 * np.max(slack) + 1e-8


def test_less_smoothing_comes_closer_to_the_cell():
    z = np.linspace(-2, 3, 4_001)
    hard = CELLS["lif"].rate(1 + CURVES["lif"].gain * z) / R_MAX
    errors = [
        np.abs(CellCurve(CELLS["lif"], smoothing=gamma).exact(z)[0] - hard).mean() for gamma in (0.4, 0.2, 0.1, 0.05)
    ]
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] < errors[0] / 3


@of_all
def test_floats_keep_their_type(name):
    kind = ACTIVATIONS[name]
    for dtype in (np.float32, np.float64):
        sums = np.linspace(-5, 5, 100, dtype=dtype).reshape(10, 10)
        assert kind.hidden(sums).dtype == kind.slope(sums, kind.hidden(sums)).dtype == dtype
        assert kind.hidden(sums).shape == sums.shape


@of_all
@pytest.mark.parametrize("sizes", [(6, 5, 4), (6, 5, 4, 3)], ids=str)
def test_backprop_matches_central_differences(name, sizes):
    rng, h = np.random.default_rng(1), 1e-6
    model = MLP.random(sizes, activation=name, rng=rng, dtype=np.float64)
    images, targets = rng.random((8, sizes[0])), np.eye(sizes[-1])[rng.integers(0, sizes[-1], 8)]
    gradient = model.gradient(images, targets)
    for array, derivative in zip(model.weights + model.biases, gradient.weights + gradient.biases, strict=True):
        for place in np.ndindex(array.shape):
            kept = array[place]
            array[place] = kept + h
            above = model.gradient(images, targets).loss
            array[place] = kept - h
            below = model.gradient(images, targets).loss
            array[place] = kept
            assert derivative[place] == pytest.approx((above - below) / (2 * h), rel=1e-5, abs=1e-7)


@of_all
def test_an_activation_rises_from_0_at_the_least_to_its_highest_at_the_most(name):
    kind, z = ACTIVATIONS[name], np.linspace(-50, 50, 2_001)
    assert (np.diff(kind.hidden(z)) >= 0).all()
    assert (kind.slope(z, kind.hidden(z)) >= 0).all()
    assert 0 <= kind.hidden(z).min() < kind.hidden(z).max() <= kind.highest
    assert kind.highest == np.inf or kind.hidden(z).max() == pytest.approx(kind.highest)


def test_every_activation_has_a_cell_and_a_name_for_figures():
    assert list(CELLS) == list(NETWORK_NAMES) == list(ACTIVATIONS)
    assert len(set(NETWORK_NAMES.values())) == len(ACTIVATIONS)


@of_all
@pytest.mark.parametrize("align", ALIGNMENTS)
def test_a_fitted_curve_meets_a_sum_of_0_and_no_other_scale_comes_closer(name, align):
    """Of any activation, on the noisy cell: what is fitted by `curve_fit`, but for Nelder and Mead's tolerance."""
    sums, cell = np.random.default_rng(0).normal(0, 2, (400, 10)), LIF(noise=0.5)
    c0, c1, unit = curve_fit(name, sums, cell, align, 200.0, 1e-3)
    f = ACTIVATIONS[name].hidden

    def distance(c0, c1):
        return np.mean((cell.rate(c0 + c1 / unit * sums, dt=1e-3) / 200.0 - f(sums) / unit) ** 2)

    if align == "threshold":
        assert cell.rate(np.array(c0), dt=1e-3) / 200 == pytest.approx(f(np.array(0.0)) / unit, rel=1e-6, abs=1e-5)
    for other in (c1 * 1.02, c1 / 1.02):
        assert distance(c0, other) > distance(c0, c1)


@of_all
def test_its_twin_answers_as_it_does(name):
    """200 digits on a small network: as many of the answers the same as three errors in a hundred leave, and 5σ."""
    model, digits = learned(name), load_digits("test").spread(200)
    mapping = calibrate(model, load_digits("train").spread(1_000).images)
    counts = simulate(mapping.network(model), Stimulus(digits.images, digits.index)).verdicts[:, -1]
    assert (counts == model.classify(digits.images)).mean() > 0.97 - 5 * np.sqrt(0.03 * 0.97 / 200)


@cache
def learned(name):
    return taught((784, 30, 10), name, digits=6_000)


@by_name
def test_it_learns_as_well_as_a_relu_does(name):
    test = load_digits("test").spread(2_000)
    right = {who: (learned(who).classify(test.images) == test.labels).mean() for who in (name, "relu")}
    assert right[name] > right["relu"] - 3 * np.sqrt(0.1 * 0.9 / 2_000)
    assert right[name] > 0.85


@by_name
def test_its_mapping_is_known_before_any_digit_is_seen(name):
    """The hidden layer's c₀, c₁ and λ are those of the curve, and so is the line through rates and activations."""
    model, images = learned(name), load_digits("train").spread(1_000).images
    curve = CURVES[name]
    mapping = calibrate(model, images, dt=1e-6)
    hidden = mapping.layers[0]
    assert (hidden.c0, hidden.c1, hidden.unit) == pytest.approx((1, curve.gain, 1), rel=5e-3)
    rates = mapping.cell.rate(hidden.drive(weighted_sums(model, images)[0].astype(float)))
    told = hidden.gain * rates + hidden.offset
    true = curve(weighted_sums(model, images)[0])
    smallest = 0.02 if name == "lif" else 2e-3  # the foot of the smoothing, which the cell does not have
    assert np.sqrt(np.mean((told - true) ** 2)) < smallest * np.ptp(true)


def test_a_coarse_step_moves_the_drives_of_a_noisy_cell_as_it_moves_its_threshold():
    """So that its rates, simulated in such steps, are still its activations."""
    model, images = learned("noisy-lif"), load_digits("train").spread(1_000).images
    mapping = calibrate(model, images, dt=1e-3)
    overshoot = 0.5826 * 0.25 * np.sqrt(2 * 1e-3 / 20e-3)
    assert mapping.layers[0].c0 == pytest.approx(1 + overshoot, rel=1e-3)
    assert mapping.layers[0].c1 == pytest.approx(CURVES["noisy-lif"].gain, rel=1e-3)


@of_all
def test_its_training_has_defaults(name):
    step, decay = Training(activation=name).chosen()
    assert step > 0
    assert decay > 0
    assert Training(activation=name, optimizer="sgd").chosen()[0] > 0
