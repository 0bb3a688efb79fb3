"""The sweep of c₀: passes through the alignments it claims to, and tells on and off by one standard throughout."""

from functools import cache

import numpy as np
import pytest
from specimens import taught

from compare.comparison import translate
from compare.mapping import calibrate
from compare.options import Options
from compare.tension import shifted, tension
from compare.tension_figure import finding, tension_figure
from data import load_digits

TRAIN = load_digits("train").spread(1_000)
DIGITS = load_digits("test").spread(120)
SHIFTS = np.array([-0.9, -0.45, 0.0, 0.5])


@cache
def twin_of(activation):
    model = taught((784, 16, 16, 10), activation)
    options = Options(activations=(activation,), sizes=model.sizes, inputs=("current",))
    return next(iter(translate(model, options, TRAIN)))


@cache
def swept(activation):
    return tension(twin_of(activation), DIGITS, TRAIN.images, shifts=SHIFTS, workers=1)


@pytest.mark.parametrize("activation", ["relu", "sigmoid", "lif"])
def test_no_shift_is_the_threshold_alignment(activation):
    twin, same = twin_of(activation), shifted(twin_of(activation), 0.0, TRAIN.images)
    for old, new in zip(twin.network.weights, same.network.weights, strict=True):
        np.testing.assert_allclose(new, old, rtol=2e-3, atol=1e-9)


@pytest.mark.parametrize("shift", SHIFTS)
def test_a_full_activation_is_told_by_the_same_rate_wherever_zero_lies(shift):
    twin = twin_of("relu")
    for layer in shifted(twin, shift, TRAIN.images).mapping.layers[:-1]:
        assert layer.c0 == pytest.approx(1 + shift)
        assert twin.cell.rate(layer.drive(np.array(layer.unit)), dt=twin.dt) == pytest.approx(200, rel=1e-6)


def test_on_means_the_same_at_every_shift():
    twin = twin_of("sigmoid")
    for shift in SHIFTS:
        layers = shifted(twin, shift, TRAIN.images).mapping.layers
        assert [layer.on_rate for layer in layers] == [layer.on_rate for layer in twin.mapping.layers]


def test_the_output_layer_is_left_alone():
    twin = twin_of("relu")
    assert shifted(twin, -0.5, TRAIN.images).mapping.layers[-1] is twin.mapping.layers[-1]


def test_a_relus_agreement_is_best_where_its_zero_meets_the_rheobase():
    """At a shift of 0, of those tried: below it small activations drown, above it cells fire for units that are off."""
    found = swept("relu")
    assert found.mcc.argmax() == 2
    assert found.mcc[2] > found.mcc[0] + 0.1
    assert found.mcc[2] > found.mcc[3] + 0.1


def test_a_network_of_the_cells_curve_hardly_cares():
    """Across one threshold of c₀ and more it loses a few digits, where a ReLU loses many."""
    own, relu = swept("lif"), swept("relu")
    assert np.ptp(own.lost) < 0.6 * np.ptp(relu.lost)


def test_the_middle_of_the_sweep_is_what_calibration_gives():
    twin = twin_of("relu")
    again = calibrate(twin.model, TRAIN.images)
    assert [layer.c1 for layer in again.layers] == [layer.c1 for layer in twin.mapping.layers]


def test_the_finding_and_the_figure_speak_of_every_network():
    sweeps = [swept("relu"), swept("lif")]
    figure = tension_figure(sweeps)
    said = finding(sweeps)
    assert "for ReLU" in said
    assert "for LIF" in said
    given_up = 100 * (sweeps[0].lost[sweeps[0].mcc.argmax()] - sweeps[0].lost.min())
    assert f"{given_up:.1f} points for ReLU" in said
    assert "(both of these digits)" in said
    assert len(figure.axes) == 4
    drawn = figure.axes[0].lines[1].get_xydata()
    np.testing.assert_allclose(drawn[:, 0], 1 + SHIFTS)
    np.testing.assert_allclose(drawn[:, 1], [100 * score.bio_accuracy for score in sweeps[0].scores])


def test_a_shift_that_would_leave_no_drive_is_left_out():
    """At 20 Hz λ takes so little drive beyond the rheobase that a c₀ 0.5 higher would turn the curve around."""
    model = taught((784, 16, 10), "relu")
    options = Options(activations=("relu",), sizes=model.sizes, inputs=("current",), r_max=20.0, duration=0.4)
    twin = next(iter(translate(model, options, TRAIN)))
    assert 0 < twin.mapping.layers[0].c1 < 0.5
    found = tension(twin, DIGITS[:20], TRAIN.images, shifts=SHIFTS, workers=1)
    assert found.shifts.tolist() == [-0.9, -0.45, 0.0]
    assert len(found.scores) == 3


def test_a_network_that_never_fires_has_no_agreement_to_tell_of():
    model = taught((784, 16, 10), "relu")
    options = Options(activations=("relu",), sizes=model.sizes, inputs=("current",), duration=1e-3)
    twin = next(iter(translate(model, options, TRAIN)))
    found = tension(twin, DIGITS, TRAIN.images, shifts=SHIFTS[:2], workers=1)
    assert np.isnan(found.mcc).all()
    assert "do not fire" in finding([found])
    assert len(tension_figure([found]).axes) == 2
