"""The mapping from weighted sums to drives, and from spike counts back to activations, against theory."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from specimens import mapping_of, numbers_of

from ann import MLP
from bio import LIF
from compare.activations import CELLS, R_MAX, curve
from compare.fits import PERCENTILE, cell_fit
from compare.mapping import ALIGNMENTS, calibrate, weighted_sums
from data import load_digits

ACTIVATIONS = ["relu", "sigmoid"]
MANY = load_digits("train").spread(2_000).images.astype(float)
IMAGES = MANY[::10]
DT = 1e-3

both_ways = pytest.mark.parametrize("align", ALIGNMENTS)
of_both = pytest.mark.parametrize("activation", ACTIVATIONS)


def random_model(activation, *, sizes=(784, 40, 10), seed=0, dtype=np.float64):
    """Random weights, and biases other than 0, so that no term can be left out unnoticed."""
    rng = np.random.default_rng(seed)
    model = MLP.random(sizes, activation=activation, rng=rng, dtype=dtype)
    weights = tuple(weight * (4 if activation == "sigmoid" else 1) for weight in model.weights)
    return MLP(weights, tuple(rng.normal(0, 0.5, len(bias)).astype(dtype) for bias in model.biases), activation)


@cache
def calibrated(activation, align="threshold", *, sizes=(784, 40, 10), r_max=200.0):
    """The model of these sizes, and its mapping."""
    model = random_model(activation, sizes=sizes)
    return model, calibrate(model, IMAGES, align=align, r_max=r_max)


def decoded_rates(mapping, layer, rates):
    """a = f(λ (F⁻¹(r) - c₀)/c₁), written down anew."""
    this = mapping.layers[layer]
    drive = mapping.cell.drive_for(rates, dt=mapping.dt)
    return curve(mapping.activation)(this.unit * (drive - this.c0) / this.c1)


# --- there


@of_both
@both_ways
def test_the_networks_drives_are_the_scaled_sums_of_the_mlp(activation, align):
    """With input cells at x · r_max, and cells at (a - δ)/γ, every cell's mean drive is c₀ + c₁ z/λ."""
    model, mapping = calibrated(activation, align, sizes=(784, 40, 30, 10))
    network = mapping.network(model)
    below, sums = [IMAGES, *model.forward(IMAGES)], weighted_sums(model, IMAGES)
    rates = below[0] * mapping.r_max
    for number, layer in enumerate(mapping.layers):
        drive = rates @ network.weights[number] + network.biases[number]
        np.testing.assert_allclose(drive, layer.c0 + layer.c1 * sums[number] / layer.unit, rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(layer.drive(sums[number]), drive, rtol=1e-9, atol=1e-9)
        rates = (below[number + 1] - layer.offset) / layer.gain


@of_both
@both_ways
@pytest.mark.parametrize("sizes", [(784, 40, 10), (784, 40, 30, 10)], ids=str)
def test_a_network_of_rates_decodes_to_about_the_mlps_activations(activation, align, sizes):
    """Closed-form rates instead of spikes, fed from layer to layer, so that all scales between layers must cancel.

    The first layer has nothing to bend it and comes out exactly where its cells fire and do not saturate; the next ones
    inherit that rates are not quite proportional to activations.
    """
    model, mapping = calibrated(activation, align, sizes=sizes)
    network = mapping.network(model)
    rates = IMAGES * mapping.r_max
    for number, sums in enumerate(weighted_sums(model, IMAGES)):
        rates = mapping.cell.rate(rates @ network.weights[number] + network.biases[number], dt=DT)
        fires = (rates > 1e-2) & (rates < 0.999 * mapping.r_max)
        wanted, decoded = curve(activation)(sums)[fires], decoded_rates(mapping, number, rates)[fires]
        assert fires.mean() > 0.2
        if number == 0:
            np.testing.assert_allclose(decoded, wanted, rtol=1e-6, atol=1e-6)
        else:
            assert np.corrcoef(wanted, decoded)[0, 1] > 0.9
            assert 0.9 < (wanted @ decoded) / (wanted @ wanted) < 1.1


@of_both
@both_ways
def test_each_units_line_is_the_closest_to_its_activations_on_the_digits_given(activation, align):
    """No other line comes closer: the error a - γ r - δ has no mean and is orthogonal to r."""
    model, mapping = calibrated(activation, align)
    for layer, sums in zip(mapping.layers, weighted_sums(model, IMAGES), strict=True):
        rates = mapping.cell.rate(layer.drive(sums), dt=DT)
        error = curve(activation)(sums) - layer.gain * rates - layer.offset
        assert error.mean(axis=0) == pytest.approx(0, abs=1e-6 * layer.unit)
        assert (error * rates).mean(axis=0) == pytest.approx(0, abs=1e-6 * layer.unit * mapping.r_max)


@of_both
def test_a_cell_that_hardly_changes_its_rate_is_heard_with_a_plain_gain(activation):
    """Through the foot of a noisy curve, rates of 1e-80 Hz, a line would rise by 1e80; and through a point, anyhow."""
    model, _ = calibrated(activation)
    weights, bias = model.weights[0].copy(), model.biases[0].copy()
    weights[:, 2] = 0
    bias[:3] = -60, -200, 0.7
    still = MLP((weights, model.weights[1]), (bias, model.biases[1]), activation)
    mapping = calibrate(still, IMAGES)
    layer = mapping.layers[0]
    np.testing.assert_allclose(layer.gain[:3], layer.unit / mapping.r_max)
    means = curve(activation)(weighted_sums(still, IMAGES)[0]).mean(axis=0)[:3]
    rates = mapping.cell.rate(layer.drive(bias[:3]), dt=DT)
    np.testing.assert_allclose(layer.gain[:3] * rates + layer.offset[:3], means, atol=1e-6)


def test_threshold_alignment_puts_a_relus_zero_on_the_rheobase_and_its_unit_on_r_max():
    for r_max in (100.0, 200.0):
        _, mapping = calibrated("relu", r_max=r_max)
        for layer in mapping.layers:
            assert layer.drive(np.array(0.0)) == 1
            assert layer.on_rate == 0
            assert mapping.cell.rate(layer.drive(np.nextafter(0, 1) + 1e-12)) > 0
            assert mapping.cell.rate(layer.drive(np.array(layer.unit))) == pytest.approx(r_max, rel=1e-9)


def test_threshold_alignment_puts_a_sigmoids_half_on_half_of_r_max():
    for r_max in (100.0, 200.0):
        _, mapping = calibrated("sigmoid", r_max=r_max)
        for layer in mapping.layers:
            assert mapping.cell.rate(layer.drive(np.array(0.0)), dt=DT) == pytest.approx(r_max / 2, rel=1e-7)
            assert layer.on_rate == pytest.approx(r_max / 2, rel=1e-7)


def test_slope_alignment_comes_closest_to_rates_in_proportion_and_leaves_a_dead_zone():
    """No affine drive is closer, by least squares, to the one that fires at r_max · a/λ; its price is silent units."""
    model, slope = calibrated("relu", "slope")
    _, threshold = calibrated("relu", "threshold")
    for number, sums in enumerate(weighted_sums(model, IMAGES)):
        layer = slope.layers[number]
        sums = sums[(sums > 0) & (sums <= layer.unit)]
        ideal = slope.cell.drive_for(200 * sums / layer.unit)

        def error(c0, c1, sums=sums / layer.unit, ideal=ideal):
            return np.sum((c0 + c1 * sums - ideal) ** 2)

        best = error(layer.c0, layer.c1)
        for c0, c1 in ((0.01, 0), (-0.01, 0), (0, 0.01), (0, -0.01)):
            assert error(layer.c0 + c0, layer.c1 + c1) > best
        assert error(threshold.layers[number].c0, threshold.layers[number].c1) > best
        assert (slope.cell.rate(layer.drive(sums)) == 0).mean() > 0.02
        assert (threshold.cell.rate(threshold.layers[number].drive(sums)) > 0).all()


@pytest.mark.parametrize("name", ["lif", "noisy-lif"])
def test_slope_alignment_of_a_cells_own_curve_comes_closest_and_is_that_curve_for_that_very_cell(name):
    """Up to the smoothing of a cell without noise, which is no cell's."""
    sums = np.random.default_rng(0).uniform(-3, 3, (300, 4))
    own, other = CELLS[name], replace(CELLS[name], t_ref=4e-3)
    wanted = curve(name)(sums)

    def apart(cell, align):
        c0, c1, unit = cell_fit(name, sums, cell, align, R_MAX, 0.0)
        assert unit == 1
        return float(np.mean((cell.rate(c0 + c1 * sums) / R_MAX - wanted) ** 2))

    assert apart(own, "slope") <= apart(own, "threshold") < 1e-4
    assert own.noise == 0 or apart(own, "slope") < 1e-18
    assert apart(other, "slope") < 0.9 * apart(other, "threshold")


@both_ways
def test_scaling_a_layer_up_and_the_next_down_leaves_the_spiking_network_as_it_was(align):
    """A ReLU is positively homogeneous: k W₁ and W₂/k compute the same, and percentile scaling must see that."""
    model, mapping = calibrated("relu", align)
    same = mapping.network(model)
    for factor in (1e-3, 7.3, 1e4):
        weights = (model.weights[0] * factor, model.weights[1] / factor)
        scaled = MLP(weights, (model.biases[0] * factor, model.biases[1]), "relu")
        network = calibrate(scaled, IMAGES, align=align).network(scaled)
        for one, other in zip(same.weights + same.biases, network.weights + network.biases, strict=True):
            np.testing.assert_allclose(other, one, rtol=1e-7, atol=1e-12)


@pytest.mark.parametrize(("activation", "align"), [("relu", "slope"), ("relu", "threshold"), ("sigmoid", "threshold")])
def test_the_mapping_knows_all_units_whatever_their_order(activation, align):
    """Renumbering the hidden units changes nothing but the order of the weights."""
    model = random_model(activation, sizes=(784, 100, 10))
    spread = np.logspace(-1, 1, 100)  # some units a hundred times as active as others
    model = MLP((model.weights[0] * spread, model.weights[1]), model.biases, activation)
    order = np.random.default_rng(1).permutation(100)
    other = MLP(
        (model.weights[0][:, order], model.weights[1][order]), (model.biases[0][order], model.biases[1]), activation
    )
    one, two = (calibrate(m, MANY, align=align) for m in (model, other))
    for first, second, where in zip(one.layers, two.layers, (order, np.arange(10)), strict=True):
        first = replace(first, gain=first.gain[where], offset=first.offset[where])
        assert numbers_of(first) == pytest.approx(numbers_of(second), rel=1e-3, abs=1e-4)


def test_a_relus_unit_is_the_percentile_of_its_layers_activations():
    model = random_model("relu", sizes=(784, 100, 10))
    mapping = calibrate(model, MANY)
    for layer, sums in zip(mapping.layers, weighted_sums(model, MANY), strict=True):
        low, high = np.percentile(np.maximum(sums, 0), [PERCENTILE - 0.09, PERCENTILE + 0.09])
        assert low < layer.unit < high


def test_another_cell_takes_the_place_without_a_change_of_weights():
    (model, mapping), slow = calibrated("relu"), LIF(tau_m=50e-3)
    one, other = mapping.network(model), mapping.network(model, slow)
    assert (one.cell, other.cell) == (LIF(), slow)
    for mine, theirs in zip(one.weights + one.biases, other.weights + other.biases, strict=True):
        assert (mine == theirs).all()


@of_both
@pytest.mark.parametrize("threshold", [5e-3, 20e-3, 35e-3])
def test_currents_stay_what_they_were_when_the_threshold_moves(activation, threshold):
    """Drive times distance to threshold, over the resistance, is the current: the same in any such cell."""
    model, mapping = calibrated(activation)
    moved = replace(mapping.cell, v_threshold=mapping.cell.v_rest + threshold)
    one, other = mapping.network(model), mapping.network(model, moved)
    for mine, theirs in zip(one.weights + one.biases, other.weights + other.biases, strict=True):
        assert np.allclose(one.cell.current(mine), other.cell.current(theirs), rtol=1e-12, atol=0)
        assert not np.allclose(mine, theirs) or threshold == 20e-3


@of_both
def test_a_cell_with_the_calibrations_threshold_gets_the_same_drives_to_the_last_bit(activation):
    model, mapping = calibrated(activation)
    network = mapping.network(model, replace(mapping.cell, tau_m=10e-3))
    gain, offset = np.full(784, 1 / mapping.r_max), np.zeros(784)
    layers = zip(mapping.layers, model.weights, model.biases, network.weights, network.biases, strict=True)
    for layer, weight, bias, weights, biases in layers:
        assert (weights == gain[:, None] * weight * (layer.c1 / layer.unit)).all()
        assert (biases == layer.drive(bias + offset @ weight)).all()
        gain, offset = layer.gain, layer.offset


# --- and back


def spikes_of(drive, cell, duration):
    """How often a noiseless cell fires from rest, counted spike by spike."""
    climb = cell.tau_m * np.log(drive / (drive - 1))
    time, count = climb, 0
    while time <= duration:
        time, count = time + cell.t_ref + climb, count + 1
    return count


@pytest.mark.parametrize("t_ref", [0.0, 2e-3, 5e-3])
def test_a_count_stands_for_the_middle_of_the_rates_that_give_it(t_ref):
    cell, duration = LIF(t_ref=t_ref), 0.1
    rates = np.arange(5, 180, 0.05)
    counts = np.array([spikes_of(drive, cell, duration) for drive in cell.drive_for(rates)])
    mapping = mapping_of("relu", [10], cell)
    assert mapping.rates(np.array(0), duration) == 0
    for count in range(1, counts.max()):  # the highest is cut off by the grid
        giving = rates[counts == count]
        middle = (giving.min() + giving.max()) / 2
        assert mapping.rates(np.array(count), duration) == pytest.approx(middle, abs=0.05)


@of_both
@both_ways
def test_activation_to_drive_to_rate_to_count_and_back_is_the_identity_but_for_the_count(activation, align):
    """Over 100 s a count tells the rate to 0.005 Hz; the activation then lies between its neighbours' limits."""
    (_, mapping), duration = calibrated(activation, align), 100.0
    for number, layer in enumerate(mapping.layers):
        activations = np.linspace(0.02, 0.98, 400) * (layer.unit if activation == "relu" else 1)
        sums = activations if activation == "relu" else np.log(activations / (1 - activations))
        rates = mapping.cell.rate(layer.drive(sums), dt=DT)
        told = (rates > 1) & (rates < 0.99 * mapping.r_max)
        counts = np.floor(rates * (duration + mapping.cell.t_ref)).astype(int)
        back = mapping.activations(number, counts[told], duration)
        assert told.mean() > 0.5
        margin = 0.6 / (duration + mapping.cell.t_ref)
        low, high = (decoded_rates(mapping, number, rates[told] + sign * margin) for sign in (-1, 1))
        assert (low <= back).all()
        assert (back <= high).all()
        assert np.abs(back - activations[told]).max() < 2e-3 * layer.unit


@of_both
@both_ways
def test_decoding_never_falls_as_counts_rise(activation, align):
    _, mapping = calibrated(activation, align)
    for number in range(2):
        decoded = mapping.activations(number, np.arange(1, 60)[None], 0.1)
        assert (np.diff(decoded) >= 0).all()
        assert np.isfinite(decoded).all()


@of_both
@both_ways
def test_a_cell_is_on_where_its_decoded_activation_is_beyond_the_units_threshold(activation, align):
    _, mapping = calibrated(activation, align)
    counts = np.arange(60)[None]
    for number in range(2):
        decoded = mapping.activations(number, counts, 0.1)
        threshold = 0.5 if activation == "sigmoid" else 0
        fired = counts > 0  # a silent cell is off, whatever mean its units have
        np.testing.assert_array_equal(mapping.on(number, counts, 0.1), fired & (decoded > threshold))


def test_cells_are_on_above_half_of_r_max_or_where_they_fired_at_all():
    counts = np.arange(30)
    (_, relu), (_, sigmoid) = calibrated("relu"), calibrated("sigmoid")
    np.testing.assert_array_equal(relu.on(0, counts, 0.1), counts >= 1)
    np.testing.assert_array_equal(sigmoid.on(0, counts, 0.1), counts >= 10)  # 100 Hz in 100 ms and a bit


@of_both
@both_ways
def test_a_silent_cell_stands_for_the_mean_of_units_too_weak_to_make_it_fire_in_time(activation, align):
    model, few = random_model(activation), IMAGES[:80]
    for duration in (0.02, 0.1):
        mapping = calibrate(model, few, align=align, duration=duration)
        for number, sums in enumerate(weighted_sums(model, few)):
            layer = mapping.layers[number]
            last = 1 / duration  # Hz
            quiet = [
                float(a)
                for a, r in zip(
                    curve(activation)(sums).ravel(), mapping.cell.rate(layer.drive(sums), dt=DT).ravel(), strict=True
                )
                if r < last
            ]
            assert mapping.activations(number, np.array([[0]]), duration) == pytest.approx(np.mean(quiet), rel=1e-6)
            weakest = decoded_rates(mapping, number, np.array(last))
            assert 0 <= layer.silent <= weakest


def test_units_that_are_never_quiet_leave_silence_at_zero_activation():
    model = random_model("relu")
    loud = MLP(model.weights, (model.biases[0] + 100, model.biases[1]), "relu")
    assert calibrate(loud, IMAGES).layers[0].silent == 0


def test_the_mapping_decodes_by_its_own_cell_also_when_the_network_has_another():
    """What breaks when a cell is changed shows only if the decoding is left as it was."""
    model, mapping = calibrated("relu")
    counts = np.arange(20)[None]
    before = mapping.activations(0, counts, 0.1)
    mapping.network(model, LIF(tau_m=0.1, t_ref=0.01))
    assert (mapping.activations(0, counts, 0.1) == before).all()


# --- what calibration looks at, and what it refuses


@of_both
@both_ways
def test_the_same_images_give_the_same_mapping_to_the_last_bit(activation, align):
    model, first = calibrated(activation, align)
    second = calibrate(model, IMAGES, align=align)
    for one, other in zip(first.layers, second.layers, strict=True):
        assert numbers_of(one).tolist() == numbers_of(other).tolist()


@of_both
def test_other_images_give_another_mapping(activation):
    model = random_model(activation)
    first, second = calibrate(model, IMAGES[:100]), calibrate(model, IMAGES[100:])
    assert (numbers_of(first.layers[0]) != numbers_of(second.layers[0])).any()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"align": "sideways"}, "threshold, slope"),
        ({"align": ""}, "threshold, slope"),
        ({"r_max": 500.0}, "r_max 500 Hz"),  # 1/t_ref
        ({"r_max": 1e9}, "r_max 1e.09 Hz"),
        ({"r_max": 0.0}, "r_max must be above 0"),
        ({"r_max": -200.0}, "r_max must be above 0"),
        ({"r_max": np.nan}, "r_max must be above 0"),
        ({"r_max": np.inf}, "r_max must be above 0"),
        ({"r_max": 2.0}, "r_max 2 Hz"),  # the leak forgets between two spikes
        ({"cell": LIF(tau_m=1e-5)}, "tau_m 0.01 ms"),
        ({"cell": LIF(t_ref=5e-3)}, "t_ref 5 ms"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused_with_rule_and_remedy(changed, words):
    with pytest.raises(ValueError, match=words) as refused:
        calibrate(random_model("relu"), IMAGES[:10], **changed)
    assert "\n" not in str(refused.value)
    assert ": choose" in str(refused.value) or ": lower" in str(refused.value)


@of_both
@both_ways
def test_a_network_of_zeros_has_a_mapping_of_finite_numbers(activation, align):
    model = MLP((np.zeros((784, 8)), np.zeros((8, 10))), (np.zeros(8), np.zeros(10)), activation)
    mapping = calibrate(model, IMAGES[:50], align=align)
    assert all(np.isfinite(numbers_of(layer)).all() for layer in mapping.layers)
    network = mapping.network(model)
    assert all(np.isfinite(array).all() for array in network.weights + network.biases)
    assert np.isfinite(mapping.activations(0, np.arange(20)[None], 0.1)).all()


@settings(max_examples=40)
@given(st.floats(20, 230), st.floats(8e-3, 60e-3), st.sampled_from(ALIGNMENTS), st.sampled_from(ACTIVATIONS))
def test_any_sensible_cell_and_rate_give_finite_numbers_and_a_rising_map(r_max, tau_m, align, activation):
    model = random_model(activation, sizes=(784, 12, 10))
    cell = replace(CELLS[activation], tau_m=tau_m)
    mapping = calibrate(model, IMAGES[:40], cell=cell, align=align, r_max=r_max)
    for layer in mapping.layers:
        assert np.isfinite(numbers_of(layer)).all()
        assert layer.c1 > 0
        assert layer.unit > 0
        assert (layer.gain >= 0).all()
