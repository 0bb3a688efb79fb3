"""Training: each step is the one written down, the held-out digits stay held out, and the networks learn."""

import math
import re
from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from scipy.special import expit, logsumexp, softmax

from ann import Epoch, Trained, Training, train
from ann.training import OPTIMIZERS, SGD, Adam, moved
from data import Digits, load_digits

both = pytest.mark.parametrize("activation", ["relu", "sigmoid"])
NO_STEP = 1e-30  # leaves single-precision weights as they are


@cache
def mnist(count: int) -> Digits:
    return load_digits("train").spread(count)


def made_up(n: int, *, pixels: int = 6, classes: int = 3, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.random((n, pixels), np.float32), rng.integers(0, classes, n)


def bits(trained: Trained) -> bytes:
    """All weights and biases, to the last bit."""
    return b"".join(array.tobytes() for array in trained.model.weights + trained.model.biases)


def start(images: np.ndarray, labels: np.ndarray, training: Training) -> Trained:
    """The network before its first step."""
    return train(images, labels, replace(training, step=NO_STEP, decay=0.0, epochs=1))


# --- One step and many, against what is written down


def one_step(activation: str, optimizer: str, *, step: float, decay: float):
    """The weights and the bias of a network without hidden layer before and after one step, and the mean gradient.

    Every digit is the same image x of the same class t, so that the gradient, x (y - t), does not depend on which
    digits are held out.
    """
    image, label = np.array([0.2, 0.9, 0.5, 0.0]), 1
    images, labels = np.tile(image, (8, 1)).astype(np.float32), np.full(8, label)
    training = Training(
        (4, 3), activation, optimizer=optimizer, epochs=1, batch=8, validation=1, step=step, decay=decay
    )
    before, after = start(images, labels, training).model, train(images, labels, training).model
    sums = image @ before.weights[0].astype(float)
    error = (softmax(sums) if activation == "relu" else expit(sums)) - np.eye(3)[label]
    return before, after, np.outer(image, error), error


@both
def test_one_step_of_sgd_is_the_one_calculated_by_hand(activation):
    before, after, by_weights, by_biases = one_step(activation, "sgd", step=0.1, decay=0.7)
    expected = before.weights[0] * (1 - 0.1 * 0.7) - 0.1 * by_weights
    assert after.weights[0] == pytest.approx(expected, abs=1e-7)
    assert after.biases[0] == pytest.approx(-0.1 * by_biases, abs=1e-7)
    assert np.abs(after.weights[0] - before.weights[0]).max() > 0.01


@both
def test_the_first_step_of_adam_moves_each_weight_by_the_step_against_the_sign_of_its_gradient(activation):
    """With moments of zero, m̂ = g and ŝ = g², so that the step is η g / (|g| + ε) = η sign(g), and 0 where g = 0."""
    before, after, by_weights, by_biases = one_step(activation, "adam", step=0.01, decay=0.0)
    assert after.weights[0] - before.weights[0] == pytest.approx(-0.01 * np.sign(by_weights), abs=1e-6)
    assert after.biases[0] == pytest.approx(-0.01 * np.sign(by_biases), abs=1e-6)
    assert (after.weights[0][3] == before.weights[0][3]).all()
    assert (np.sign(by_weights[:3]) != 0).all()


@both
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_decay_shrinks_weights_that_have_no_gradient_by_the_product_over_steps_and_no_bias(activation, optimizer):
    """Dark images give the weights no gradient, so that decay alone changes them, and the biases all the learning."""
    images, labels = np.zeros((24, 6), np.float32), made_up(24)[1]
    training = Training(
        (6, 3), activation, optimizer=optimizer, epochs=5, batch=4, validation=4, step=0.05, decay=0.8, seed=4
    )
    before, after = start(images, labels, training).model, train(images, labels, training).model
    steps = 0.05 / 2 * (1 + np.cos(np.pi * np.arange(25) / 25))
    assert after.weights[0] == pytest.approx(before.weights[0] * np.prod(1 - 0.8 * steps), rel=1e-5)
    undecayed = train(images, labels, replace(training, decay=0.0)).model
    assert (undecayed.weights[0] == before.weights[0]).all()
    assert (undecayed.biases[0] == after.biases[0]).all()
    assert np.abs(after.biases[0]).min() > 0.01


@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9])
def test_sgd_under_a_constant_gradient_moves_as_the_geometric_sum_says(momentum):
    parameter = np.zeros(3, np.float32)
    gradient = np.array([1, -2, 0.5], np.float32)
    optimizer = SGD((parameter,), momentum)
    for steps in range(1, 30):
        optimizer.descend((gradient,), np.float32(0.01))
        moved = sum((1 - momentum**k) / (1 - momentum) for k in range(1, steps + 1))
        assert parameter == pytest.approx(-0.01 * gradient * moved, rel=1e-5)


@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9])
def test_adam_follows_the_published_formulas_in_double_precision(momentum):
    rng = np.random.default_rng(0)
    parameter = rng.normal(size=50).astype(np.float32)
    expected, mean, square = parameter.astype(float), np.zeros(50), np.zeros(50)
    optimizer = Adam((parameter,), momentum)
    for t in range(1, 60):
        gradient, step = rng.normal(size=50) * 10.0 ** rng.integers(-3, 3), 0.01 / t
        optimizer.descend((gradient.astype(np.float32),), np.float32(step))
        mean = momentum * mean + (1 - momentum) * gradient
        square = 0.999 * square + 0.001 * gradient**2
        unbiased = mean / (1 - momentum**t), square / (1 - 0.999**t)
        expected -= step * unbiased[0] / (np.sqrt(unbiased[1]) + 1e-8)
    assert parameter == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(("digits", "batch", "epochs"), [(30, 4, 3), (30, 100, 7), (12, 1, 2), (2, 1, 1)])
def test_the_steps_fall_along_half_a_cosine_from_the_first_to_nearly_zero(monkeypatch, digits, batch, epochs):
    taken = []

    class Recorder(SGD):
        def descend(self, gradients, step_size):
            taken.append(float(step_size))

    monkeypatch.setitem(OPTIMIZERS, "sgd", Recorder)
    images, labels = made_up(digits)
    held_out = min(6, digits // 2)
    training = Training((6, 3), optimizer="sgd", epochs=epochs, batch=batch, validation=6, step=0.5)
    train(images, labels, training)
    n = epochs * math.ceil((digits - held_out) / batch)
    assert len(taken) == n
    assert taken[0] == 0.5
    assert (np.diff(taken) < 0).all()
    assert taken[-1] == pytest.approx(0.5 * math.sin(math.pi * 1 / (2 * n)) ** 2, rel=1e-5)
    assert sum(taken) == pytest.approx(0.5 * (n + 1) / 2, rel=1e-6)  # all cosines but the first cancel


# --- Chance


@both
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_a_seed_gives_the_same_weights_to_the_last_bit_and_another_seed_does_not(activation, optimizer):
    digits = mnist(300)
    training = Training((784, 20, 10), activation, optimizer=optimizer, epochs=2, batch=32, validation=50, seed=5)
    first, again = (train(digits.images, digits.labels, training) for _ in range(2))
    assert bits(first) == bits(again)
    assert first.history == again.history
    other = train(digits.images, digits.labels, replace(training, seed=6))
    assert bits(first) != bits(other)
    assert not np.array_equal(
        start(digits.images, digits.labels, training).model.weights[0],
        start(digits.images, digits.labels, replace(training, seed=6)).model.weights[0],
    )


def test_training_leaves_the_digits_as_they_were():
    images, labels = made_up(20)
    kept = images.copy(), labels.copy()
    images.flags.writeable = labels.flags.writeable = False
    train(images, labels, Training((6, 4, 3), epochs=2, batch=5))
    assert (images == kept[0]).all()
    assert (labels == kept[1]).all()


def held_out(images: np.ndarray, labels: np.ndarray, training: Training) -> list[int]:
    """The digits whose image and label may become any other while the weights stay the same to the last bit."""
    usual, free = bits(train(images, labels, training)), []
    for n in range(len(images)):
        other_images, other_labels = images.copy(), labels.copy()
        other_images[n], other_labels[n] = 1 - images[n], (labels[n] + 1) % training.sizes[-1]
        if bits(train(other_images, other_labels, training)) == usual:
            free.append(n)
    return free


@both
@pytest.mark.parametrize(("n", "validation", "expected"), [(13, 4, 4), (12, 1, 1), (5, 100, 2), (2, 1, 1)])
def test_exactly_the_validation_digits_have_no_bearing_on_the_weights(activation, n, validation, expected):
    images, labels = made_up(n)
    training = Training((6, 5, 3), activation, epochs=2, batch=3, validation=validation, step=0.05)
    assert len(held_out(images, labels, training)) == expected


def test_another_seed_holds_out_other_digits():
    images, labels = made_up(20)
    training = Training((6, 5, 3), "sigmoid", epochs=1, batch=4, validation=5)
    sets = {tuple(held_out(images, labels, replace(training, seed=seed))) for seed in range(3)}
    assert len(sets) == 3


def test_each_pass_shows_every_training_digit_once_in_another_order(monkeypatch):
    """Told by their gradients, one a step, in a network that stays as it is."""
    seen = []

    class Recorder(SGD):
        def descend(self, gradients, step_size):
            seen.append(gradients[0].tobytes())

    monkeypatch.setitem(OPTIMIZERS, "sgd", Recorder)
    images, labels = made_up(30)
    train(images, labels, Training((6, 3), optimizer="sgd", epochs=3, batch=1, validation=10, step=NO_STEP, decay=0.0))
    passes = [seen[start : start + 20] for start in (0, 20, 40)]
    assert len(set(passes[0])) == 20
    assert set(passes[0]) == set(passes[1]) == set(passes[2])
    assert len({tuple(order) for order in passes}) == 3
    assert len(seen) == 60


@both
def test_an_epoch_reports_the_mean_over_its_digits_however_short_the_last_batch(activation):
    """At a step of nothing all of it is of the first weights: over 15 digits in batches of 4, and over the other 5."""
    images, labels = made_up(20, seed=3)
    training = Training((6, 5, 3), activation, epochs=1, batch=4, validation=5, step=0.05)
    validation = np.isin(np.arange(20), held_out(images, labels, training))
    begun = start(images, labels, training)
    sums = begun.model.forward_with_logits(images)[1].astype(float)
    one_hot = np.eye(3)[labels]
    if activation == "relu":
        losses = logsumexp(sums, axis=1) - sums[np.arange(20), labels]
    else:
        losses = (np.logaddexp(0, sums) - one_hot * sums).sum(axis=1)
    right = sums.argmax(axis=1) == labels
    (epoch,) = begun.history
    assert epoch.loss == pytest.approx(losses[~validation].mean(), rel=1e-5)
    assert epoch.accuracy == pytest.approx(right[~validation].mean())
    assert epoch.validation_accuracy == pytest.approx(right[validation].mean())
    assert right[~validation].mean() != right[validation].mean()


# --- Learning


@both
def test_twenty_digits_in_one_batch_are_learned_by_heart(activation):
    digits = mnist(40)
    training = Training((784, 30, 10), activation, epochs=150, batch=20, validation=20)
    trained = train(digits.images, digits.labels, training)
    assert trained.history[-1].accuracy == 1
    assert trained.history[0].accuracy < 0.5


@both
def test_labels_drawn_at_random_are_learned_by_heart_and_guessed_on_other_digits(activation):
    """Nothing is to be known of a random label, so hits among n others are binomial: 1/10 ± √(0.1·0.9/n)."""
    digits = mnist(3_000)
    labels = np.random.default_rng(0).integers(0, 10, 3_000)
    training = Training((784, 100, 10), activation, epochs=60, batch=50, validation=2_400, decay=0.0)
    last = train(digits.images, labels, training).history[-1]
    assert last.accuracy > 0.9
    assert abs(last.validation_accuracy - 0.1) < 4 * math.sqrt(0.1 * 0.9 / 2_400)


@both
def test_two_passes_over_ten_thousand_digits_teach_a_small_network_most_of_them(activation):
    digits, others = mnist(10_000), load_digits("test").spread(2_000)
    training = Training((784, 16, 16, 10), activation, epochs=2, batch=10, validation=1_000)
    trained = train(digits.images, digits.labels, training)
    assert trained.history[-1].validation_accuracy > 0.8
    assert (trained.model.classify(others.images) == others.labels).mean() > 0.8
    assert trained.history[1].loss < trained.history[0].loss
    assert not trained.interrupted


@both
@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_what_was_chosen_for_an_optimizer_learns_in_the_standard_network(activation, optimizer):
    digits = mnist(6_000)
    training = Training(activation=activation, optimizer=optimizer, epochs=4, validation=1_000)
    history = train(digits.images, digits.labels, training).history
    assert history[-1].validation_accuracy > 0.8
    assert all(later.loss < earlier.loss for earlier, later in pairwise(history))


# --- Ctrl-C


def test_an_interrupt_keeps_what_the_passes_until_then_taught():
    digits = mnist(400)
    training = Training((784, 20, 10), epochs=6, batch=20, validation=100)
    seen: list[Epoch] = []

    def stop_at_the_third(epoch: Epoch) -> None:
        seen.append(epoch)
        if epoch.number == 3:
            raise KeyboardInterrupt

    stopped = train(digits.images, digits.labels, training, on_epoch=stop_at_the_third)
    whole = train(digits.images, digits.labels, training)
    assert stopped.interrupted
    assert not whole.interrupted
    assert stopped.history == whole.history[:3] == tuple(seen)
    assert [epoch.number for epoch in whole.history] == [1, 2, 3, 4, 5, 6]
    accuracy = (stopped.model.classify(digits.images) == digits.labels).mean()
    assert (
        accuracy
        > (start(digits.images, digits.labels, training).model.classify(digits.images) == digits.labels).mean() + 0.3
    )
    assert bits(stopped) != bits(whole)


@pytest.mark.parametrize(("at", "passes"), [(0, 0), (3, 0), (12, 2)])
def test_an_interrupt_amid_a_pass_keeps_the_steps_and_the_passes_until_then(monkeypatch, at, passes):
    """Five steps a pass; what is kept is what the same number of steps had made of the weights."""
    kept = []

    class Interrupted(SGD):
        def descend(self, gradients, step_size):
            if len(kept) == at:
                raise KeyboardInterrupt
            super().descend(gradients, step_size)
            kept.append(b"".join(parameter.tobytes() for parameter in self.parameters))

    images, labels = made_up(24)
    training = Training((6, 5, 3), optimizer="sgd", epochs=4, batch=4, validation=4, decay=0.0)
    before = bits(start(images, labels, training))
    whole = train(images, labels, training)
    monkeypatch.setitem(OPTIMIZERS, "sgd", Interrupted)
    stopped = train(images, labels, training)
    assert stopped.interrupted
    assert stopped.history == whole.history[:passes]
    assert len(set(kept)) == at
    assert all(bits(stopped) == last for last in kept[-1:])
    assert (bits(stopped)[: 4 * 30] == before[: 4 * 30]) == (at == 0)


def test_an_interrupt_while_the_weights_overflow_keeps_nothing(monkeypatch):
    class Interrupted(SGD):
        def descend(self, gradients, step_size):
            self.parameters[0][:] = np.inf
            raise KeyboardInterrupt

    images, labels = made_up(24)
    monkeypatch.setitem(OPTIMIZERS, "sgd", Interrupted)
    with pytest.raises(ValueError, match="overflowed before Ctrl-C: choose a step smaller than"):
        train(images, labels, Training((6, 5, 3), optimizer="sgd", epochs=4, batch=4, validation=4))


def test_another_error_of_on_epoch_is_not_swallowed():
    images, labels = made_up(10)

    def fail(epoch: Epoch) -> None:
        raise RuntimeError("the bar broke")

    with pytest.raises(RuntimeError, match="the bar broke"):
        train(images, labels, Training((6, 3), epochs=2), on_epoch=fail)


# --- What is refused


@pytest.mark.parametrize(
    ("option", "values"),
    [
        ("sizes", [(), (784,), (784, 0, 10), (784, -5, 10), (0, 10)]),
        ("activation", ["tanh", "", "ReLU"]),
        ("optimizer", ["adamw", "", "Adam"]),
        ("seed", [-1]),
        ("epochs", [0, -3]),
        ("batch", [0, -3]),
        ("validation", [0, -3]),
        ("step", [0.0, -0.1, math.nan, math.inf]),
        ("decay", [-0.1, math.nan, math.inf]),
        ("momentum", [-0.1, 1.0, 1.5, math.nan]),
    ],
)
def test_an_option_out_of_its_range_is_refused_in_a_line_that_names_it(option, values):
    for value in values:
        with pytest.raises(ValueError, match=option) as caught:
            Training(**{option: value})
        assert len(str(caught.value).splitlines()) == 1
        assert str(value) in str(caught.value)


def test_the_choices_are_listed_for_an_optimizer_or_activation_that_is_none():
    with pytest.raises(ValueError, match="choose from adam, sgd"):
        Training(optimizer="newton")
    with pytest.raises(ValueError, match="choose from relu, sigmoid"):
        Training(activation="tanh")


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
@both
def test_a_training_left_to_its_defaults_completes_to_one_that_trains_alike(activation, optimizer):
    images, labels = made_up(30)
    training = Training((6, 5, 3), activation, optimizer=optimizer, epochs=1, batch=5)
    complete = training.complete()
    assert None not in (complete.step, complete.decay)
    assert complete.complete() == complete
    assert bits(train(images, labels, training)) == bits(train(images, labels, complete))


@pytest.mark.parametrize(
    ("shape", "labels", "reason"),
    [
        ((10, 5), np.zeros(10, int), r"images of shape \(5,\) .* sizes \(6, 4, 3\)"),
        ((10, 2, 3), np.zeros(10, int), r"images of shape \(2, 3\) .* flatten"),
        ((10,), np.zeros(10, int), r"images of shape \(\)"),
        ((10, 6), np.full(10, 3), "labels from 3 to 3 do not fit 3 output units"),
        ((10, 6), np.arange(10) - 1, "labels from -1 to 8"),
        ((10, 6), np.zeros(9, int), "10 images have 9 labels"),
        ((10, 6), np.zeros(11, int), "10 images have 11 labels"),
        ((1, 6), np.zeros(1, int), "1 digits are too few"),
        ((0, 6), np.zeros(0, int), "0 digits are too few"),
    ],
)
def test_digits_that_do_not_fit_the_network_are_refused_before_any_step(shape, labels, reason):
    with pytest.raises(ValueError, match=reason) as caught:
        train(np.zeros(shape, np.float32), labels, Training((6, 4, 3), epochs=1))
    assert len(str(caught.value).splitlines()) == 1


@both
@pytest.mark.parametrize(("optimizer", "step"), [("sgd", 1e30), ("sgd", 1e300), ("adam", 1e30), ("adam", 1e39)])
def test_a_step_that_blows_up_the_weights_is_named_without_a_warning(activation, optimizer, step):
    images, labels = made_up(40)
    training = Training((6, 5, 3), activation, optimizer=optimizer, epochs=3, batch=4, step=step, decay=0.1)
    with pytest.raises(ValueError, match=rf"choose a step smaller than {re.escape(str(step))}") as caught:
        train(images, labels, training)
    assert len(str(caught.value).splitlines()) == 1


# --- Jitter


def test_jitter_moves_whole_images_by_every_step_equally_often_and_changes_nothing_else():
    """A lone pixel lands on each of the 25 places around it, 5,000 times in all, within 5 σ of evenly."""
    images = np.zeros((5_000, 81), np.float32)
    images[:, 40] = 1
    found = moved(images, 2, np.random.default_rng(0))
    assert (found.sum(axis=1) == 1).all()
    place = found.argmax(axis=1)
    seen = {(int(p) // 9 - 4, int(p) % 9 - 4): int((place == p).sum()) for p in np.unique(place)}
    assert set(seen) == {(down, right) for down in range(-2, 3) for right in range(-2, 3)}
    assert all(abs(count - 200) < 5 * np.sqrt(200) for count in seen.values())
    assert found.dtype == np.float32


def test_what_jitter_moves_out_of_the_image_is_gone_and_darkness_comes_in():
    images = np.arange(1, 10, dtype=np.float32).reshape(1, 9)
    found = moved(np.repeat(images, 200, axis=0), 1, np.random.default_rng(1))
    right_and_down = [0, 0, 0, 0, 1, 2, 0, 4, 5]
    assert right_and_down in found.tolist()
    assert images[0].tolist() in found.tolist()
    assert len({tuple(image) for image in found.tolist()}) == 9


def test_jitter_is_drawn_from_the_seed():
    digits = load_digits("train").spread(300)
    one, same, other = (
        train(digits.images, digits.labels, Training((784, 5, 10), epochs=2, seed=seed, jitter=1)).model
        for seed in (0, 0, 1)
    )
    assert all((a == b).all() for a, b in zip(one.weights, same.weights, strict=True))
    assert not (one.weights[0] == other.weights[0]).all()


@pytest.mark.parametrize(("changes", "said"), [({"jitter": -1}, "jitter"), ({"jitter": 1, "sizes": (5, 2)}, "square")])
def test_a_jitter_that_cannot_be_is_refused(changes, said):
    with pytest.raises(ValueError, match=said):
        Training(**changes)
