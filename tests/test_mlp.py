"""The standard network: its forward pass, its gradient, and its training."""

import numpy as np
import pytest
from scipy.special import expit, log_softmax

from ann import ACTIVATIONS, MLP, Training, train
from ann.train import SGD, Adam
from data import load_digits

RNG = np.random.default_rng(0)
both = pytest.mark.parametrize("activation", ACTIVATIONS)


def network(activation, sizes=(12, 7, 5, 4)):
    return MLP.random(sizes, activation=activation, rng=np.random.default_rng(1), dtype=np.float64)


@both
@pytest.mark.parametrize("sizes", [(12, 4), (12, 7, 4), (12, 7, 5, 4), (12, 6, 6, 5, 4)])
def test_backpropagation_matches_central_differences(activation, sizes):
    model = network(activation, sizes)
    images, targets = RNG.random((9, 12)), np.eye(4)[RNG.integers(0, 4, 9)]
    found = model.gradient(images, targets)
    step = 1e-6
    for arrays, gradients in ((model.weights, found.weights), (model.biases, found.biases)):
        for array, gradient in zip(arrays, gradients, strict=True):
            numeric = np.zeros_like(array)
            for place in np.ndindex(array.shape):
                kept = array[place]
                array[place] = kept + step
                above = model.gradient(images, targets).loss
                array[place] = kept - step
                numeric[place] = (above - model.gradient(images, targets).loss) / (2 * step)
                array[place] = kept
            assert gradient == pytest.approx(numeric, abs=2e-8)


def test_the_loss_is_the_cross_entropy_of_the_outputs():
    images, labels = RNG.random((9, 12)), RNG.integers(0, 4, 9)
    targets = np.eye(4)[labels]
    for activation in ACTIVATIONS:
        model = network(activation)
        logits = model.forward_with_logits(images)[1]
        if activation == "sigmoid":
            expected = (np.logaddexp(0, logits) - targets * logits).sum(axis=1).mean()
        else:
            expected = -log_softmax(logits, axis=1)[np.arange(9), labels].mean()
        assert model.gradient(images, targets).loss == pytest.approx(expected)


def test_forward_is_the_sum_written_out_in_floats():
    image = RNG.random(12)
    for activation, squash in (("relu", lambda z: max(0.0, z)), ("sigmoid", lambda z: 1 / (1 + np.exp(-z)))):
        model = network(activation)
        below, layers = list(image), []
        for weights, bias in zip(model.weights, model.biases, strict=True):
            sums = [sum(x * w for x, w in zip(below, column, strict=True)) for column in weights.T] + bias
            below = [squash(z) for z in sums]
            layers.append(below)
        found = model.forward(image[None])
        for mine, theirs in zip(found[:-1], layers[:-1], strict=True):
            assert mine[0] == pytest.approx(theirs)
        assert found[-1][0] == pytest.approx(np.exp(sums) / np.exp(sums).sum() if activation == "relu" else expit(sums))


@both
def test_outputs_are_numbers_from_0_to_1_even_for_huge_sums(activation):
    model = network(activation)
    outputs = model.forward(RNG.normal(0, 1e4, (50, 12)))[-1]
    assert np.isfinite(outputs).all()
    assert ((outputs >= 0) & (outputs <= 1)).all()
    if activation == "relu":
        assert outputs.sum(axis=1) == pytest.approx(1)


def test_networks_whose_numbers_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="relu, sigmoid"):
        MLP.random((3, 2), activation="tanh", rng=RNG)
    with pytest.raises(ValueError, match="layer 2"):
        MLP((np.zeros((3, 2)), np.zeros((4, 2))), (np.zeros(2), np.zeros(2)), "relu")
    with pytest.raises(ValueError, match="one of each"):
        MLP((np.zeros((3, 2)),), (), "relu")
    assert network("relu").sizes == (12, 7, 5, 4)


def test_a_step_of_sgd_goes_down_the_running_gradient():
    weights = np.array([1.0, 2.0])
    sgd = SGD((weights,), 0.9)
    sgd.descend((np.array([1.0, -1.0]),), np.float64(0.1))
    assert weights == pytest.approx([0.9, 2.1])
    sgd.descend((np.array([1.0, -1.0]),), np.float64(0.1))
    assert weights == pytest.approx([0.9 - 0.19, 2.1 + 0.19])


def test_adams_first_step_is_the_step_size_against_the_sign():
    weights = np.array([1.0, 2.0, 3.0])
    Adam((weights,), 0.9).descend((np.array([1e-3, -40.0, 2.0]),), np.float64(0.01))
    assert weights == pytest.approx([0.99, 2.01, 2.99], abs=1e-5)


def small(activation, **options):
    digits = load_digits("train").spread(4_000)
    given = {"sizes": (784, 16, 10), "epochs": 3, "validation": 500} | options
    return digits, train(digits.images, digits.labels, Training(activation=activation, **given))


@both
def test_the_same_seed_gives_the_same_weights_and_another_does_not(activation):
    first, second, other = (small(activation, seed=seed)[1].model for seed in (1, 1, 2))
    for a, b, c in zip(first.weights, second.weights, other.weights, strict=True):
        assert a.tobytes() == b.tobytes()
        assert a.tobytes() != c.tobytes()


@both
@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_a_little_training_goes_far(activation, optimizer):
    _, trained = small(activation, epochs=8, optimizer=optimizer)
    test = load_digits("test").spread(2_000)
    assert (trained.model.classify(test.images) == test.labels).mean() > 0.8
    assert trained.history[-1].loss < trained.history[0].loss
    assert [epoch.number for epoch in trained.history] == list(range(1, 9))


def test_twenty_digits_can_be_learned_by_heart():
    digits = load_digits("train").spread(40)
    trained = train(digits.images, digits.labels, Training(sizes=(784, 30, 10), epochs=60, batch=5, validation=20))
    assert trained.history[-1].accuracy == 1


def test_shuffled_labels_teach_nothing_about_other_digits():
    digits = load_digits("train").spread(4_000)
    labels = np.random.default_rng(0).permutation(digits.labels)
    trained = train(digits.images, labels, Training(sizes=(784, 16, 10), epochs=2))
    test = load_digits("test").spread(2_000)
    right = (trained.model.classify(test.images) == test.labels).mean()
    # the network's answers are arbitrary but not independent: far below what one epoch of truth gives
    assert right < 0.3


def test_validation_digits_are_never_trained_on():
    """They are made unusable: were one looked at in training, every weight would become undefined."""
    digits, training = (
        load_digits("train").spread(1_000),
        Training(sizes=(784, 8, 10), epochs=1, validation=100, seed=5),
    )
    rng = np.random.default_rng(5)
    MLP.random(training.sizes, activation="relu", rng=rng)
    held_out = rng.permutation(1_000)[:100]
    images = digits.images.copy()
    images[held_out] = np.nan
    with np.errstate(invalid="ignore"):
        model = train(images, digits.labels, training).model
    assert all(np.isfinite(array).all() for array in model.weights + model.biases)


def test_ctrl_c_keeps_what_was_learned():
    digits = load_digits("train").spread(1_000)

    def stop(epoch):
        if epoch.number == 2:
            raise KeyboardInterrupt

    training = Training(sizes=(784, 8, 10), epochs=5, validation=100)
    trained = train(digits.images, digits.labels, training, on_epoch=stop)
    assert trained.interrupted
    assert len(trained.history) == 2
    start = MLP.random(training.sizes, activation="relu", rng=np.random.default_rng(0))
    assert (trained.model.weights[0] != start.weights[0]).any()


@pytest.mark.parametrize(
    "wrong",
    [
        {"activation": "tanh"},
        {"optimizer": "lbfgs"},
        {"sizes": (784,)},
        {"sizes": (784, 0, 10)},
        {"epochs": 0},
        {"batch": 0},
        {"validation": 0},
        {"seed": -1},
    ],
)
def test_training_that_cannot_be_is_refused_in_one_line(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))) as refused:
        Training(**wrong)
    assert "\n" not in str(refused.value)


def test_images_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="do not fit"):
        train(np.zeros((5, 100), np.float32), np.zeros(5, int), Training())
    with pytest.raises(ValueError, match="too few"):
        train(np.zeros((1, 784), np.float32), np.zeros(1, int), Training())
