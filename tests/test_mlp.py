"""The standard network: what it computes, and its gradient."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy.special import logsumexp

from ann import ACTIVATIONS, MLP

both = pytest.mark.parametrize("activation", ["relu", "sigmoid"])
depths = pytest.mark.parametrize("sizes", [(5, 3), (5, 4, 3), (5, 4, 6, 3), (5, 4, 3, 4, 3)], ids=str)


def network(sizes, activation, *, seed=0, dtype=np.float64) -> MLP:
    """A network of random weights and, unlike one that has yet to learn, random biases."""
    rng = np.random.default_rng(seed)
    model = MLP.random(sizes, activation=activation, rng=rng, dtype=dtype)
    return replace(model, biases=tuple(rng.normal(0, 0.5, bias.shape).astype(dtype) for bias in model.biases))


def digits(n=20, pixels=5, classes=3, *, seed=1) -> tuple[np.ndarray, np.ndarray]:
    """Made-up images, and targets in which every class occurs."""
    images = np.random.default_rng(seed).normal(size=(n, pixels))
    return images, np.eye(classes)[np.arange(n) % classes]


def cross_entropy(model: MLP, images: np.ndarray, targets: np.ndarray) -> float:
    """The mean loss from the weighted sums z alone: log Σe^z - z_t behind a ReLU, Σ log(1 + e^z) - t z for sigmoids."""
    sums = model.forward_with_logits(images)[1].astype(float)
    if model.activation == "relu":
        return float(np.mean(logsumexp(sums, axis=1) - sums[targets > 0]))
    return float(np.mean(np.sum(np.logaddexp(0, sums) - targets * sums, axis=1)))


# --- Forward


@both
@depths
def test_every_layer_is_what_a_loop_over_single_numbers_gives(sizes, activation):
    model = network(sizes, activation)
    images, _ = digits()
    layers, logits = model.forward_with_logits(images)
    for n, image in enumerate(images):
        below = [float(pixel) for pixel in image]
        for layer, (weights, bias) in enumerate(zip(model.weights, model.biases, strict=True)):
            sums = [
                float(bias[j]) + sum(a * float(weights[i, j]) for i, a in enumerate(below)) for j in range(len(bias))
            ]
            if layer < len(sizes) - 2 and activation == "relu":
                below = [z if z > 0 else 0.0 for z in sums]
            elif activation == "relu":
                below = [math.exp(z) / sum(math.exp(other) for other in sums) for z in sums]
            else:
                below = [1 / (1 + math.exp(-z)) for z in sums]
            assert layers[layer][n] == pytest.approx(below, rel=1e-12, abs=1e-14)
        assert logits[n] == pytest.approx(sums, rel=1e-12, abs=1e-14)
    assert len(layers) == len(sizes) - 1


@both
def test_forward_is_the_first_half_of_forward_with_logits_and_the_brightest_output_is_the_class(activation):
    model = network((5, 8, 3), activation)
    images, _ = digits(50)
    layers, _ = model.forward_with_logits(images)
    for one, other in zip(model.forward(images), layers, strict=True):
        assert (one == other).all()
    classes = model.classify(images)
    assert (classes == layers[-1].argmax(axis=1)).all()
    assert len(set(classes)) > 1


@both
@depths
def test_sizes_are_those_it_was_made_with(sizes, activation):
    assert network(sizes, activation).sizes == sizes


@both
def test_renumbering_the_units_of_a_layer_changes_no_output(activation):
    model = network((5, 8, 6, 3), activation)
    order = np.random.default_rng(2).permutation(8)
    first, second, last = model.weights
    same = MLP((first[:, order], second[order], last), (model.biases[0][order], *model.biases[1:]), activation)
    images, _ = digits()
    assert same.forward(images)[-1] == pytest.approx(model.forward(images)[-1], rel=1e-12)
    assert same.forward(images)[0] == pytest.approx(model.forward(images)[0][:, order], rel=1e-12)


def test_a_relu_layer_may_be_scaled_up_if_the_next_is_scaled_down():
    """max(0, αz) = α max(0, z) for α > 0: what lets activations be measured in firing rates at all."""
    model = network((5, 8, 3), "relu")
    scaled = MLP((7 * model.weights[0], model.weights[1] / 7), (7 * model.biases[0], model.biases[1]), "relu")
    images, _ = digits()
    assert scaled.forward(images)[-1] == pytest.approx(model.forward(images)[-1], rel=1e-12)
    assert scaled.forward(images)[0] == pytest.approx(7 * model.forward(images)[0], rel=1e-12)


# --- Curves

sums_of = arrays.arrays(np.float64, (4, 10), elements=st.floats(-30, 30))
any_sums = arrays.arrays(np.float32, (4, 10), elements=st.floats(-1e6, 1e6, width=32))


@given(sums_of)
def test_sigmoid_outputs_lie_between_0_and_1_and_rise_with_the_sum(sums):
    kind = ACTIVATIONS["sigmoid"]
    for curve in (kind.hidden, kind.output):
        outputs = curve(sums)
        assert ((outputs > 0) & (outputs < 1)).all()
        assert outputs + curve(-sums) == pytest.approx(1)
        assert (np.diff(outputs.ravel()[sums.argsort(axis=None)]) >= 0).all()


@given(sums_of, st.floats(-1e3, 1e3))
def test_softmax_sums_to_1_and_only_differences_of_sums_count(sums, shift):
    outputs = ACTIVATIONS["relu"].output(sums)
    assert ((outputs > 0) & (outputs <= 1)).all()
    assert outputs.sum(axis=1) == pytest.approx(1)
    assert ACTIVATIONS["relu"].output(sums + shift) == pytest.approx(outputs, rel=1e-9)
    ratios = np.log(outputs) - np.log(outputs[:, :1])
    assert ratios == pytest.approx(sums - sums[:, :1], abs=1e-9)


@both
@given(any_sums)
def test_no_weighted_sum_however_large_overflows_in_single_precision(activation, sums):
    """Overflow would be a warning, which is an error here."""
    kind = ACTIVATIONS[activation]
    outputs = kind.output(sums)
    assert ((outputs >= 0) & (outputs <= 1)).all()
    assert outputs.dtype == kind.hidden(sums).dtype == np.float32
    if activation == "relu":
        assert outputs.sum(axis=1) == pytest.approx(1, rel=1e-5)
    for targets in np.eye(10, dtype=np.float32)[:, None]:
        assert 0 <= kind.loss(outputs, np.repeat(targets, 4, axis=0)) < np.inf


@both
@pytest.mark.parametrize("z", [-3.0, -0.4, 0.2, 2.5])
def test_the_slope_told_by_the_activation_is_that_of_the_curve(activation, z):
    kind, h = ACTIVATIONS[activation], 1e-6
    rise, fall = kind.hidden(np.array([z + h])), kind.hidden(np.array([z - h]))
    assert kind.slope(np.array([z]), kind.hidden(np.array([z]))) == pytest.approx((rise - fall) / (2 * h), abs=1e-9)


@both
def test_a_unit_counts_as_on_where_its_weighted_sum_is_positive(activation):
    kind = ACTIVATIONS[activation]
    sums = np.array([-5, -1e-3, 0, 1e-3, 5])
    assert (kind.hidden(sums) > kind.hidden(np.zeros(1))).tolist() == (sums > 0).tolist()


# --- Loss and gradient


@both
@depths
@pytest.mark.parametrize(("dtype", "rel"), [(np.float64, 1e-12), (np.float32, 1e-5)])
def test_the_loss_is_the_cross_entropy_of_the_weighted_sums(sizes, activation, dtype, rel):
    model = network(sizes, activation, dtype=dtype)
    images, targets = digits()
    loss = model.gradient(images.astype(dtype), targets.astype(dtype)).loss
    assert loss == pytest.approx(cross_entropy(model, images.astype(dtype), targets), rel=rel)


@both
@pytest.mark.parametrize(("classes", "expected"), [(10, {"relu": math.log(10), "sigmoid": 10 * math.log(2)})])
def test_a_network_of_zeros_loses_what_guessing_loses(activation, classes, expected):
    model = MLP((np.zeros((5, classes)),), (np.zeros(classes),), activation)
    images, targets = digits(classes=classes)
    assert model.gradient(images, targets).loss == pytest.approx(expected[activation])


@both
@depths
def test_backprop_matches_central_differences(sizes, activation):
    """For every weight and every bias, with a step too small to bring a ReLU across its kink."""
    model, h, checked = network(sizes, activation), 1e-6, 0
    images, targets = digits()
    below = images
    for weights, bias in zip(model.weights[:-1], model.biases[:-1], strict=True):
        assert np.abs(below @ weights + bias).min() > 100 * h
        below = model.kind.hidden(below @ weights + bias)
    gradient = model.gradient(images, targets)
    for array, derivative in zip(model.weights + model.biases, gradient.weights + gradient.biases, strict=True):
        assert derivative.shape == array.shape
        for place in np.ndindex(array.shape):
            kept = array[place]
            array[place] = kept + h
            above = cross_entropy(model, images, targets)
            array[place] = kept - h
            slope = (above - cross_entropy(model, images, targets)) / (2 * h)
            array[place] = kept
            assert derivative[place] == pytest.approx(slope, rel=1e-6, abs=1e-8)
            checked += slope != 0
    assert checked > 0.8 * sum(array.size for array in model.weights + model.biases)


@both
def test_the_gradient_over_digits_is_the_mean_of_theirs(activation):
    model = network((5, 4, 3), activation)
    images, targets = digits(6)
    whole = model.gradient(images, targets)
    single = [model.gradient(images[n : n + 1], targets[n : n + 1]) for n in range(6)]
    assert whole.loss == pytest.approx(np.mean([one.loss for one in single]))
    for layer in range(2):
        assert whole.weights[layer] == pytest.approx(np.mean([one.weights[layer] for one in single], axis=0))
        assert whole.biases[layer] == pytest.approx(np.mean([one.biases[layer] for one in single], axis=0))
    assert (whole.outputs == model.forward(images)[-1]).all()


@depths
def test_behind_a_softmax_the_gradient_moves_no_common_level(sizes):
    """The loss depends on differences of outputs' sums only, so its derivatives add up to zero over the outputs."""
    gradient = network(sizes, "relu").gradient(*digits())
    assert gradient.biases[-1].sum() == pytest.approx(0, abs=1e-15)
    assert gradient.weights[-1].sum(axis=1) == pytest.approx(0, abs=1e-15)


@both
def test_single_precision_stays_single(activation):
    model = network((5, 4, 3), activation, dtype=np.float32)
    images, targets = (array.astype(np.float32) for array in digits())
    gradient = model.gradient(images, targets)
    assert {array.dtype for array in (*model.forward(images), *gradient.weights, *gradient.biases)} == {
        np.dtype(np.float32)
    }


# --- Making one


@pytest.mark.parametrize(("activation", "gain"), [("relu", 2), ("sigmoid", 1)])
def test_starting_weights_have_variance_gain_over_inputs_and_biases_are_zero(activation, gain):
    """The variance of n normal numbers is known to √(2/n), their mean to σ/√n; four of these are allowed."""
    model = MLP.random((784, 300, 100), activation=activation, rng=np.random.default_rng(0))
    for weights, inputs in zip(model.weights, (784, 300), strict=True):
        variance = gain / inputs
        assert weights.astype(float).var() == pytest.approx(variance, rel=4 * math.sqrt(2 / weights.size))
        assert abs(weights.astype(float).mean()) < 4 * math.sqrt(variance / weights.size)
    assert not any(bias.any() for bias in model.biases)


@pytest.mark.parametrize(
    ("weights", "biases"),
    [
        ([], []),
        ([(5, 4)], []),
        ([(5, 4)], [(4,), (3,)]),
        ([(5, 4)], [(5,)]),
        ([(5, 4)], [(4, 1)]),
        ([(5, 4)], [()]),
        ([(5,)], [()]),
        ([(5,)], [(5,)]),
        ([()], [()]),
        ([(5, 4, 3)], [(4, 3)]),
        ([(5, 4), (3, 2)], [(4,), (2,)]),
        ([(5, 4), (4, 2)], [(4,), (3,)]),
        ([(5, 4), ()], [(4,), ()]),
    ],
)
def test_arrays_that_do_not_fit_together_are_refused(weights, biases):
    with pytest.raises(ValueError, match=r"do not fit together|one of each") as caught:
        MLP(tuple(np.zeros(shape) for shape in weights), tuple(np.zeros(shape) for shape in biases), "relu")
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize("name", ["tanh", "ReLU", ""])
def test_an_unknown_activation_is_refused_with_those_there_are(name):
    for make in (
        lambda: MLP((np.zeros((5, 3)),), (np.zeros(3),), name),
        lambda: MLP.random((5, 3), activation=name, rng=np.random.default_rng(0)),
    ):
        with pytest.raises(ValueError, match=r"no activation .*choose from relu, sigmoid"):
            make()
