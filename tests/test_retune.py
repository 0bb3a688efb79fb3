"""Refitted weights: as good as least squares can be, nothing changed where nothing needs to be, and never worse."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from specimens import taught

from compare.mapping import calibrate, weighted_sums
from compare.retune import least_squares, retuned
from data import load_digits

TRAIN = load_digits("train")
IMAGES = TRAIN.spread(1_500).images
OTHERS = TRAIN[np.arange(7, 60_000, 40)].images


@pytest.fixture(scope="module", params=["relu", "sigmoid", "lif"])
def case(request):
    model = taught((784, 20, 16, 10), request.param)
    return model, calibrate(model, IMAGES)


def rate_sums(model, mapping, images):
    """The weighted sums of each layer when activations are told by rates in closed form."""
    below, found = images, []
    for layer, (weights, bias) in enumerate(zip(model.weights, model.biases, strict=True)):
        sums = (below @ weights + bias).astype(float)
        found.append(sums)
        this = mapping.layers[layer]
        below = this.gain * mapping.cell.rate(this.drive(sums), dt=mapping.dt) + this.offset
    return found


def test_the_sums_come_closer_to_the_standard_networks(case):
    """On the digits that they were fitted on, and on others, but for what 17 weights can overfit."""
    model, mapping = case
    better = retuned(model, mapping, IMAGES)
    for images, slack in ((IMAGES, 1e-6), (OTHERS, 0.05)):
        true = weighted_sums(model, images)
        before, after = rate_sums(model, mapping, images), rate_sums(better, mapping, images)
        for layer in (1, 2):
            old, new = (np.sqrt(np.mean((sums[layer] - true[layer]) ** 2)) for sums in (before, after))
            assert new < (1 + slack) * old


def test_no_other_weights_come_closer(case):
    """The error that is left is orthogonal to every cell's activations and has no mean, but for the ridge."""
    model, mapping = case
    better = retuned(model, mapping, IMAGES)
    sums = rate_sums(better, mapping, IMAGES)
    told = mapping.layers[0].gain * mapping.cell.rate(mapping.layers[0].drive(sums[0]), dt=mapping.dt)
    told = told + mapping.layers[0].offset
    error = weighted_sums(model, IMAGES)[1] - sums[1]
    scale = np.sqrt(np.mean(told**2) * np.mean(error**2))
    assert np.abs(told.T @ error / len(IMAGES)).max() < 1e-3 * scale
    assert np.abs(error.mean(axis=0)).max() < 1e-3 * np.sqrt(np.mean(error**2))


def test_the_first_layer_stays_as_it_was(case):
    model, mapping = case
    better = retuned(model, mapping, IMAGES)
    assert better.weights[0] is model.weights[0]
    assert better.biases[0] is model.biases[0]
    assert better.activation == model.activation
    assert all(new.dtype == old.dtype for new, old in zip(better.weights, model.weights, strict=True))


def test_it_fits_on_the_digits_given_and_no_others(case):
    model, mapping = case
    one, other = retuned(model, mapping, IMAGES), retuned(model, mapping, OTHERS)
    assert not np.allclose(one.weights[1], other.weights[1])


def test_a_cell_that_never_fires_asks_for_no_weight(case):
    model, _ = case
    biases = (model.biases[0].copy(), *model.biases[1:])
    biases[0][3] = -1e3
    silent = replace(model, biases=biases)
    better = retuned(silent, calibrate(silent, IMAGES), IMAGES)
    assert all(np.isfinite(array).all() for array in better.weights + better.biases)
    assert np.abs(better.weights[1][3]).max() < 10 * np.abs(model.weights[1]).max()


@settings(deadline=None)
@given(seed=st.integers(0, 10_000), inputs=st.integers(1, 8), outputs=st.integers(1, 5))
def test_least_squares_finds_weights_that_were_there(seed, inputs, outputs):
    rng = np.random.default_rng(seed)
    known, weights = rng.normal(size=(200, inputs)), rng.normal(size=(inputs + 1, outputs))
    found = least_squares(known, known @ weights[:-1] + weights[-1])
    assert found == pytest.approx(weights, abs=1e-4)
