"""Scores against closed formulas, brute force and scipy; and what may not change them does not."""

import json
from dataclasses import asdict, replace
from math import ceil, comb, sqrt

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.stats import norm, rankdata, spearmanr
from specimens import identical_pair, mapping_of, pair_of

from bio import Response
from compare.pair import Pair
from compare.score import correlation, first_time, matthews, mcnemar, roc_area, score, wilson
from data import Digits

seeds = st.integers(0, 2**31)
finite = st.floats(-1e100, 1e100, allow_subnormal=True)
MAY_DEPEND_ON_ORDER = {"pearson_shuffled"}


def random_pair(rng, *, digits=60, widths=(12, 10), activation="relu"):
    """Cells that have something, but not all, to do with their units."""
    sums = [rng.normal(0, 2, (digits, width)) for width in widths]
    counts = [np.maximum(0, np.rint(3 * layer + rng.normal(0, 3, layer.shape))).astype(int) for layer in sums]
    labels = rng.integers(0, 10, digits)
    return pair_of(sums, counts, activation=activation, labels=labels, verdicts=rng.integers(0, 10, (digits, 20)))


def permuted(pair, order):
    """The same pair with its digits in another order."""
    response = pair.response
    moved = Response(
        tuple(layer[order] for layer in response.counts),
        response.input[order],
        response.voltage[order],
        response.times,
        response.verdicts[order],
    )
    digits = Digits(pair.digits.images, pair.digits.labels[order], pair.digits.index, {})
    other = Pair(pair.twin, digits, moved)
    object.__setattr__(other, "sums", [layer[order] for layer in pair.sums])
    return other


def with_counts(pair, counts):
    response = Response(
        tuple(counts), pair.response.input, pair.response.voltage, pair.response.times, pair.response.verdicts
    )
    other = Pair(pair.twin, pair.digits, response)
    object.__setattr__(other, "sums", pair.sums)
    return other


# --- the two ends of the scale


@pytest.mark.parametrize("activation", ["relu", "sigmoid"])
def test_cells_that_are_their_units_score_one(activation):
    pair = identical_pair(np.random.default_rng(1), activation)
    result = score(pair)
    for layer in result.layers:
        for value in (layer.pearson, layer.spearman, layer.mcc, layer.auroc, layer.pearson_median_unit):
            assert value == pytest.approx(1, abs=1e-9)
        assert layer.rmse == pytest.approx(0, abs=1e-9)
        assert layer.on_off[0][1] == layer.on_off[1][0] == 0
    assert result.same_answer == result.ann_accuracy == result.bio_accuracy == result.mcnemar_p == 1


@pytest.mark.parametrize("activation", ["relu", "sigmoid"])
def test_cells_shuffled_over_units_and_digits_score_nothing(activation):
    """The correlation of n shuffled values has the standard deviation 1/√(n-1), the AUROC Mann and Whitney's."""
    rng = np.random.default_rng(2)
    pair = identical_pair(rng, activation, digits=600)
    shuffled = [rng.permutation(layer.ravel()).reshape(layer.shape) for layer in pair.response.counts]
    for number, layer in enumerate(score(with_counts(pair, shuffled)).layers):
        n = pair.sums[number].size
        for value in (layer.pearson, layer.pearson_raw, layer.spearman, layer.mcc, layer.pearson_shuffled):
            assert abs(value) < 5 / sqrt(n - 1)
        on = int(pair.unit_on(number).sum())
        assert abs(layer.auroc - 0.5) < 5 * sqrt((n + 1) / (12 * on * (n - on)))


def test_shuffling_only_the_digits_leaves_what_the_habits_of_the_units_explain():
    """Where every unit always does the same, other digits predict it as well as its own; where nothing is habit, not
    at all."""
    rng = np.random.default_rng(3)
    habits = np.tile(rng.integers(1, 15, 40), (200, 1))
    mapping = mapping_of("relu", [10])
    layer = score(pair_of([mapping.activations(0, habits, 0.1)], [habits], mapping=mapping)).layers[0]
    assert layer.pearson_shuffled == pytest.approx(1)
    assert layer.pearson_median_unit is None  # a constant has no correlation over digits
    layer = score(identical_pair(rng, "relu", widths=(40,))).layers[0]
    assert abs(layer.pearson_shuffled) < 5 / sqrt(200 * 40)


def test_one_digit_has_no_other_to_be_shuffled_with():
    layer = score(identical_pair(np.random.default_rng(4), "relu", digits=1)).layers[0]
    assert layer.pearson == pytest.approx(1)
    assert layer.pearson_shuffled is None


def test_only_cells_that_never_fired_are_dead_and_only_those_near_the_ceiling_saturated():
    pair = pair_of([np.ones((2, 4))], [np.zeros((2, 4), int)], activation="relu")
    near = ceil(0.95 * pair.twin.duration / pair.twin.cell.refractory(pair.twin.dt))
    layer = score(with_counts(pair, [np.array([[0, 0, 1, near], [0, 1, 0, near - 1]])])).layers[0]
    assert layer.dead == 1 / 4
    assert layer.saturated == 1 / 8


def test_shuffled_digits_are_the_same_ones_again():
    pair = random_pair(np.random.default_rng(8))
    assert score(pair) == score(pair)


def test_the_median_unit_is_the_middle_one_of_those_that_vary():
    """Three units with correlations 1, -1 and 0, of which the middle is 0, and a dead one, which has none."""
    counts = np.array([[2, 2, 2, 0], [4, 4, 4, 0], [6, 6, 6, 0], [8, 8, 8, 0]])
    mapping = mapping_of("relu", [10])
    decoded = mapping.activations(0, counts, 0.1)
    own = decoded.copy()
    own[:, 1] = decoded[::-1, 1]
    deviation = decoded[:, 2] - decoded[:, 2].mean()
    square = deviation**2 - (deviation**2).mean()
    square -= deviation * (square @ deviation) / (deviation @ deviation)
    own[:, 2] = 50 + square  # orthogonal to its cell by construction
    own[:, 3] = [1, 2, 3, 4]
    layer = score(pair_of([own], [counts], mapping=mapping)).layers[0]
    assert layer.pearson_median_unit == pytest.approx(0, abs=1e-9)


# --- undefined is None, never 0


CORRELATIONS = {"pearson", "pearson_raw", "pearson_shuffled", "pearson_median_unit", "spearman"}
SUMS = np.random.default_rng(5).normal(size=(50, 10))
COUNTS = np.random.default_rng(6).integers(0, 15, (50, 10))
UNDEFINED = {  # sums, counts, and the scores that they leave undefined
    "constant activations": (np.full((50, 10), 2.5), COUNTS, CORRELATIONS | {"mcc", "auroc"}),
    "all units off": (-np.abs(SUMS) - 1, COUNTS, CORRELATIONS | {"mcc", "auroc"}),
    "all units on": (np.abs(SUMS) + 1, COUNTS, {"mcc", "auroc"}),
    "silent cells": (SUMS, 0 * COUNTS, CORRELATIONS | {"mcc"}),
    "all cells on": (SUMS, COUNTS + 1, {"mcc"}),
    "nothing anywhere": (0 * SUMS, 0 * COUNTS, CORRELATIONS | {"mcc", "auroc"}),
}


@pytest.mark.parametrize("case", UNDEFINED)
def test_what_is_not_defined_is_none_and_null_and_all_else_is_a_number(case):
    sums, counts, undefined = UNDEFINED[case]
    result = score(pair_of([sums], [counts]))
    fields = asdict(result.layers[0])
    assert {name for name, value in fields.items() if value is None} == undefined
    written = json.loads(json.dumps(result.as_json(), allow_nan=False))["layers"][0]
    assert set(written) == set(fields)
    assert {name for name, value in written.items() if value is None} == undefined


def test_ranks_of_silent_cells_tell_nothing_so_the_auroc_is_a_half():
    sums = np.random.default_rng(6).normal(size=(50, 10))
    assert score(pair_of([sums], [np.zeros((50, 10), int)])).layers[0].auroc == 0.5


@given(hnp.arrays(float, st.integers(1, 20), elements=finite), st.data())
def test_a_correlation_is_within_its_bounds_or_undefined(first, data):
    second = data.draw(hnp.arrays(float, len(first), elements=finite))
    value = correlation(first, second)
    assert value is None or -1 <= value <= 1
    if np.ptp(first) == 0:
        assert value is None


# --- each score against a formula or brute force


@pytest.mark.parametrize(("right", "of"), [(0, 7), (1, 7), (7, 7), (50, 100), (9_764, 10_000), (0, 1), (1, 1)])
def test_the_wilson_interval_is_its_closed_formula(right, of):
    z = norm.ppf(0.975)
    p = right / of
    middle = (p + z**2 / (2 * of)) / (1 + z**2 / of)
    half = z / (1 + z**2 / of) * sqrt(p * (1 - p) / of + z**2 / (4 * of**2))
    low, high = wilson(np.arange(of) < right)
    assert (low, high) == (pytest.approx(middle - half, abs=1e-9), pytest.approx(middle + half, abs=1e-9))
    assert 0 <= low <= p <= high <= 1


@given(st.integers(0, 25), st.integers(0, 25), st.integers(0, 5), st.integers(0, 5))
def test_mcnemars_p_is_the_sum_of_both_binomial_tails(only_first, only_second, both, neither):
    first = np.repeat([True, False, True, False], [only_first, only_second, both, neither])
    second = np.repeat([False, True, True, False], [only_first, only_second, both, neither])
    differ, fewer = only_first + only_second, min(only_first, only_second)
    tail = sum(comb(differ, k) for k in range(fewer + 1)) / 2**differ
    assert mcnemar(first, second) == pytest.approx(min(1, 2 * tail))
    assert mcnemar(first, second) == mcnemar(second, first)


@given(st.lists(st.integers(0, 40), min_size=4, max_size=4))
def test_mcc_is_pearsons_correlation_of_zeros_and_ones(cells):
    neither, only_second, only_first, both = cells
    value = matthews([[neither, only_second], [only_first, both]])
    first, second = np.repeat([0, 0, 1, 1], cells), np.repeat([0, 1, 0, 1], cells)
    if len(set(first)) < 2 or len(set(second)) < 2:
        assert value is None
    else:
        assert value == pytest.approx(np.corrcoef(first, second)[0, 1], abs=1e-12)


def test_mcc_of_as_many_units_as_there_will_ever_be_does_not_overflow():
    n = 10**7
    assert matthews([[n, 0], [0, n]]) == 1
    assert matthews([[0, n], [n, 0]]) == -1


@given(seeds, st.integers(2, 30))
def test_the_auroc_is_the_share_of_won_comparisons(seed, n):
    rng = np.random.default_rng(seed)
    counts, positive = rng.integers(0, 6, n), rng.random(n) < 0.5
    assume(0 < positive.sum() < n)
    won = [float(yes > no) + 0.5 * (yes == no) for yes in counts[positive] for no in counts[~positive]]
    assert roc_area(rankdata(counts), positive) == pytest.approx(np.mean(won))


@given(seeds)
def test_the_scores_of_a_layer_are_those_of_scipy_and_of_brute_force(seed):
    pair = random_pair(np.random.default_rng(seed))
    for number, layer in enumerate(score(pair).layers):
        activations, decoded = pair.activations(number), pair.decoded(number)
        assert layer.spearman == pytest.approx(spearmanr(activations.ravel(), decoded.ravel()).statistic, abs=1e-9)
        assert layer.pearson == pytest.approx(np.corrcoef(activations.ravel(), decoded.ravel())[0, 1], abs=1e-9)
        rates = pair.response.counts[number].ravel() / 0.1
        assert layer.pearson_raw == pytest.approx(np.corrcoef(activations.ravel(), rates)[0, 1], abs=1e-9)
        table = np.zeros((2, 2), int)
        for unit, count in zip(pair.sums[number].ravel(), pair.response.counts[number].ravel(), strict=True):
            table[int(unit > 0), int(count > 0)] += 1
        assert layer.on_off == table.tolist()
        assert sum(map(sum, layer.on_off)) == activations.size
        squares = [(a - d) ** 2 for a, d in zip(activations.ravel(), decoded.ravel(), strict=True)]
        assert layer.rmse == pytest.approx(sqrt(sum(squares) / len(squares)))


def test_dead_are_cells_that_never_fire_and_saturated_those_near_the_refractory_ceiling():
    """With t_ref 2 ms and steps of 1 ms a cell fires at most every third step: 33.3 times, of which 95 % are 31.7."""
    counts = np.array([[0, 0, 31, 32], [0, 1, 33, 5]])
    layer = score(pair_of([np.ones((2, 4))], [counts])).layers[0]
    assert layer.dead == 1 / 4
    assert layer.saturated == 2 / 8


def test_accuracies_of_a_made_up_pair_are_what_they_were_made_to_be():
    """Of ten digits: the MLP reads the first 8, the twin the first 6 and the last; they agree on 6."""
    labels = np.arange(10)
    sums = np.eye(10) * 3
    sums[8:] = np.roll(sums[8:], 1, axis=1)  # says the next digit
    counts = np.eye(10, dtype=int) * 9
    counts[6:9] = np.roll(counts[6:9], 4, axis=1)
    result = score(pair_of([sums], [counts], labels=labels, input_spikes=40))
    assert (result.digits, result.ann_accuracy, result.bio_accuracy) == (10, 0.8, 0.7)
    assert result.same_answer == 0.6
    assert result.mcnemar_p == pytest.approx(2 * (1 + 3) / 8)  # 2 only the MLP, 1 only the twin
    assert result.spikes_per_digit == 9
    assert result.input_spikes_per_digit == 40
    assert result.accuracy_by_ms[-1] == (5.0, 0.7)


def series_pair(accuracies, *, ann, n=1_000):
    """A twin whose accuracy takes these values every 5 ms, beside an MLP with a given one; every label is 0."""
    sums = np.zeros((n, 10))
    sums[:, 1] = np.where(np.arange(n) < round(ann * n), -1, 1)
    verdicts = np.stack([np.where(np.arange(n) < round(a * n), 0, 1) for a in accuracies], axis=1)
    return pair_of([sums], [np.ones((n, 10), int)], verdicts=verdicts)


@pytest.mark.parametrize(
    ("accuracies", "ann", "expected"),
    [
        ([0.1, 0.944, 0.945, 0.9], 0.95, 15.0),  # half a point below to the digit is within it
        ([0.1, 0.944, 0.9449], 0.95, None),
        ([0.99, 0.1], 0.95, 5.0),  # better is close enough
        ([0.1, 0.2, 0.3, 0.4], 0.4, 20.0),
    ],
)
def test_the_time_to_within_half_a_point_is_the_first_sample_that_is(accuracies, ann, expected):
    n = 10_000
    result = score(series_pair(accuracies, ann=ann, n=n))
    assert result.ms_to_within_half_point == (pytest.approx(expected) if expected else None)
    assert [a for _, a in result.accuracy_by_ms] == pytest.approx(accuracies)
    assert [ms for ms, _ in result.accuracy_by_ms] == pytest.approx([5.0 * (i + 1) for i in range(len(accuracies))])
    assert result.bio_accuracy == pytest.approx(accuracies[-1])


@given(hnp.arrays(float, st.integers(1, 12), elements=st.floats(0, 1)), st.floats(0, 1))
def test_before_the_first_time_the_accuracy_is_lower(accuracies, wanted):
    times = np.arange(len(accuracies)) * 5.0
    found = first_time(times, accuracies, wanted)
    before = accuracies if found is None else accuracies[times < found]
    assert (before < wanted).all()
    if found is not None:
        assert accuracies[times == found] >= wanted - 1e-9


# --- what may not matter does not, and nothing leaves its bounds


@given(seeds)
def test_scores_do_not_depend_on_the_order_of_the_digits(seed):
    rng = np.random.default_rng(seed)
    pair = random_pair(rng)
    first, second = score(pair), score(permuted(pair, rng.permutation(len(pair.digits))))
    for one, other in zip(first.layers, second.layers, strict=True):
        for name, value in asdict(one).items():
            if name not in MAY_DEPEND_ON_ORDER:
                same = pytest.approx(value, abs=1e-9) if isinstance(value, float) else value
                assert getattr(other, name) == same, name
    for name in set(asdict(first)) - {"layers"}:
        assert getattr(first, name) == getattr(second, name), name


@given(seeds, st.sampled_from(["relu", "sigmoid"]))
def test_no_score_leaves_its_bounds(seed, activation):
    rng = np.random.default_rng(seed)
    digits = int(rng.integers(1, 6))
    result = score(random_pair(rng, digits=digits, activation=activation))
    for interval, accuracy in (
        (result.ann_interval, result.ann_accuracy),
        (result.bio_interval, result.bio_accuracy),
    ):
        assert 0 <= interval[0] <= accuracy <= interval[1] <= 1
    assert 0 < result.mcnemar_p <= 1
    for layer in result.layers:
        for value in (layer.pearson, layer.pearson_raw, layer.pearson_shuffled, layer.spearman, layer.mcc):
            assert value is None or -1 <= value <= 1
        assert layer.auroc is None or 0 <= layer.auroc <= 1
        assert layer.rmse >= 0
        assert 0 <= layer.dead <= 1
        assert 0 <= layer.saturated <= 1


@given(seeds, st.floats(0.2, 5), st.floats(0.01, 20))
def test_bending_the_activations_leaves_the_rank_scores_alone(seed, power, scale):
    """Spearman, AUROC and on/off know only the order, and which side of its threshold a unit is on."""
    pair = random_pair(np.random.default_rng(seed))
    bent = Pair(pair.twin, pair.digits, pair.response)
    object.__setattr__(bent, "sums", [scale * np.sign(z) * np.abs(z) ** power for z in pair.sums])
    for one, other in zip(score(pair).layers, score(bent).layers, strict=True):
        assert other.spearman == pytest.approx(one.spearman, abs=1e-9)
        assert other.auroc == pytest.approx(one.auroc, abs=1e-12)
        assert (other.mcc, other.on_off) == (one.mcc, one.on_off)


def test_json_holds_the_scores_to_six_significant_digits():
    result = replace(score(random_pair(np.random.default_rng(8))), mcnemar_p=1.23456789e-12)
    written = json.loads(json.dumps(result.as_json(), allow_nan=False))
    assert written["mcnemar_p"] == 1.23457e-12  # small, but not 0
    assert written["layers"][0]["pearson"] == float(
        np.format_float_positional(result.layers[0].pearson, 6, fractional=False)
    )
    assert written["ann_interval"] == pytest.approx(result.ann_interval, rel=5e-6)
    assert written["accuracy_by_ms"] == [[ms, pytest.approx(a, rel=5e-6)] for ms, a in result.accuracy_by_ms]
