"""What labs 5 and 6 put to the test: networks of 784-100-10, trained for a few passes, and their spiking twins."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from ann import MLP, Training
from bio import record
from compare.cache import trained_model
from compare.comparison import CALIBRATION_DIGITS, translate
from compare.options import Options
from compare.pair import Pair, Twin
from compare.parallel import run_all
from data import Digits, distort, load_digits

SIZES = (784, 100, 10)
SEEDS = 2  # networks that there are to share among students
EPOCHS = 4


@cache
def test_digits(count: int) -> Digits:
    """So many of the test digits, evenly spread."""
    return load_digits("test").spread(count)


@cache
def network(seed: int, jitter: int = 0) -> MLP:
    """A network of ReLUs, from the cache or trained in a few seconds; with jitter, on digits that were moved about."""
    training = Training(sizes=SIZES, activation="relu", seed=seed, epochs=EPOCHS, jitter=jitter)
    return trained_model(training, load_digits("train"))


@cache
def twin(seed: int, input: str = "current", noise_seed: int = 0) -> Twin:
    """The network's spiking twin, its digits shown in this way; `noise_seed` is that of its random spikes."""
    calibration = load_digits("train").spread(CALIBRATION_DIGITS)
    made = next(translate(network(seed), Options(activations=("relu",), inputs=(input,)), calibration))
    return replace(made, seed=noise_seed)


def both(of: Twin, digits: Digits) -> Pair:
    """Both networks' answers to some digits, simulated in this process."""
    ((response, _),) = run_all([of.job(digits)], workers=1)
    return Pair(of, digits, response)


@cache
def distorted(count: int, name: str, severities: tuple[float, ...], seed: int) -> Digits:
    """So many test digits under one distortion, at one severity after the other."""
    digits = test_digits(count)
    images = [distort(digits.images, name, severity, seed=seed, index=digits.index) for severity in severities]
    times = len(severities)
    return Digits(np.concatenate(images), np.tile(digits.labels, times), np.tile(digits.index, times))


@cache
def both_on_distorted(
    of: int, count: int, name: str, severities: tuple[float, ...], seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """What network number `of` and its twin take them for: two arrays (severities, count)."""
    pair = both(twin(of), distorted(count, name, severities, seed))
    shape = (len(severities), count)
    return pair.ann_answers.reshape(shape), pair.bio_answers.reshape(shape)


@cache
def output_counts(of: int, count: int, noise_seed: int) -> tuple[np.ndarray, np.ndarray]:
    """How often the ten output cells have fired by the end of each millisecond, (count, ms, 10), as the twin of network
    number `of` is shown test digits in random spikes; and the digits' labels (count,)."""
    digits, shown = test_digits(count), twin(of, "poisson", noise_seed)
    spikes = record(shown.network, shown.stimulus(digits), duration=shown.duration, dt=shown.dt).spikes[-1]
    counts = np.zeros((count, round(shown.duration / shown.dt), 10), int)
    np.add.at(counts, (spikes[:, 1], spikes[:, 0], spikes[:, 2]), 1)
    return counts.cumsum(axis=1), digits.labels
