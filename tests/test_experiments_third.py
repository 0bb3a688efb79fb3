"""The third learner beside the two networks: its measures against closed forms, its words against its numbers."""

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.stats import binomtest
from specimens import small_bench

from bio.stdp import load_learned, respond
from bio.stdp.network import shipped
from compare.experiments import third_learner
from compare.experiments.experiment import Outcome
from compare.experiments.hidden_units import by_rank, sparseness, template_likeness
from compare.learning import counts_of
from compare.pair import Pair
from compare.score import mcnemar
from data import distort

pytestmark = pytest.mark.xdist_group("experiments third")  # what they share is made once

SIZES = (784, 12, 10)


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    return small_bench(tmp_path_factory.mktemp("bench"), SIZES)


@pytest.fixture(scope="module")
def result(bench):
    return third_learner.run(bench)


@pytest.fixture(scope="module")
def spikes(bench):
    """Of the third learner's cells, at the bench's digits."""
    digits = bench.digits
    return respond(load_learned(100), digits.images, seed=bench.seed, index=digits.index, engine="numpy")


@pytest.mark.parametrize(
    ("responses", "expected"),
    [
        ([[0, 0, 5, 0]], 1.0),  # one speaks
        ([[3, 3, 3, 3]], 0.0),  # all say the same
        ([[1, 1, 0, 0]], 2 / 3),  # (1 - (1/2)²/(1/2)) / (1 - 1/4)
        ([[1, 1, 0, 0], [0, 0, 0, 0], [0, 2, 0, 0]], (2 / 3 + 1) / 2),  # a silent row says nothing
    ],
)
def test_sparseness_is_what_the_formula_says(responses, expected):
    assert sparseness(np.array(responses)) == pytest.approx(expected, abs=1e-12)


def test_sparseness_of_exponential_responses_is_a_half():
    responses = np.random.default_rng(0).exponential(size=(50, 20_000))  # E[r]² / E[r²] = 1/2
    assert sparseness(responses) == pytest.approx(0.5, abs=0.01)


def test_sparseness_of_silence_is_not_defined():
    assert np.isnan(sparseness(np.zeros((3, 4))))


def test_a_mean_digit_is_like_itself_whatever_its_brightness_and_its_negative_is_not():
    means = np.random.default_rng(1).random((10, 784))
    found = template_likeness(np.array([means[3], 0.2 * means[3] + 5, -means[3]]), means)
    assert found[:2] == pytest.approx([1, 1])
    assert found[2] < 0.2


def test_responses_by_rank_begin_with_one_and_fall():
    assert by_rank(np.array([[2, 4, 0], [0, 0, 0], [1, 1, 1]])) == pytest.approx([1, 0.75, 0.5])


def test_the_cells_that_come_with_the_package_are_templates_and_speak_one_at_a_time(result):
    standard, _, third = result.learners
    assert third.template_interval[0] > standard.template_interval[1]
    assert third.population > 0.9 > standard.population
    assert third.active < 0.1


def test_the_networks_are_the_bench_s_and_the_cells_those_of_the_package(bench, result, spikes):
    pair, digits = bench.pair("relu"), bench.digits
    answers = load_learned(100).answers(spikes)
    read = [(found == digits.labels).mean() for found in (pair.ann_answers, pair.bio_answers, answers)]
    assert [learner.accuracy for learner in result.learners] == pytest.approx(read)
    assert result.distorted_digits == len(digits)
    for found in result.robust:
        assert [line[0] for line in found.accuracy] == pytest.approx(read)


def test_how_sparse_they_are_is_asked_of_activations_of_rates_and_of_the_third_ones_spikes(bench, result, spikes):
    pair = bench.pair("relu")
    for learner, hidden in zip(result.learners, (pair.activations(0), pair.response.counts[0], spikes), strict=True):
        assert learner.active == pytest.approx((hidden > 0).mean())
        assert learner.population == pytest.approx(sparseness(hidden))
        assert learner.lifetime == pytest.approx(sparseness(hidden.T))


def test_growth_is_told_of_two_ways_by_gradient_and_of_all_cells_that_come_with_the_package(result):
    cells = shipped()
    assert [growth.gradient for growth in result.growth] == [True] * 2 + [False] * len(cells)
    assert len(cells) > 1
    for growth, number in zip(result.growth[2:], cells, strict=True):
        assert list(zip(growth.seen, growth.accuracy, strict=True)) == [
            tuple(noted) for noted in load_learned(number).meta["accuracy_so_far"]
        ]


def test_distorted_digits_are_read_as_a_pair_here_reads_them_and_p_is_of_the_first_and_the_last(bench, monkeypatch):
    """Beside a third learner that reads all but every fifth."""
    digits, twin = bench.digits.spread(20), bench.twin("relu")
    third = np.arange(20) % 5 > 0
    steps = third_learner.STEPS * len(third_learner.DISTORTED)
    monkeypatch.setattr(third_learner, "cell_counts", lambda bench, network, shown: shown.labels)
    stub = SimpleNamespace(answers=lambda labels: np.where(np.tile(third, steps), labels, -1))
    robust, worst = third_learner.under_distortion(bench, "relu", stub, digits)
    assert [found.distortion for found in robust] == list(third_learner.DISTORTED)
    shown = [
        replace(digits, images=distort(digits.images, f.distortion, at, seed=bench.seed, index=digits.index))
        for f in robust
        for at in f.severities[1::2]
    ]
    pairs = [Pair(twin, d, r) for d, r in zip(shown, bench.respond([twin.job(d) for d in shown]), strict=True)]
    read = [[(pair.ann_answers == digits.labels), (pair.bio_answers == digits.labels), third] for pair in pairs]
    for place, found in enumerate(robust):
        for at, right in zip((1, 3), read[2 * place : 2 * place + 2], strict=True):
            assert [line[at] for line in found.accuracy] == pytest.approx([who.mean() for who in right])
        last = read[2 * place + 1]
        assert found.p == pytest.approx(mcnemar(last[0], third))
        assert all((mine[place] == who).all() for mine, who in zip(worst, last, strict=True))
    assert any((ann != bio).any() for ann, bio, _ in read)
    assert any(mcnemar(ann, third) != mcnemar(bio, third) for ann, bio, _ in read[1::2])


def test_undistorted_digits_are_the_same_in_every_panel(result):
    clean = {tuple(line[0] for line in found.accuracy) for found in result.robust}
    assert len(clean) == 1
    assert all(found.severities[0] == 0 for found in result.robust)


def test_the_most_distorted_digits_are_the_mean_of_the_panels_ends(result):
    for place, learner in enumerate(result.learners):
        ends = [found.accuracy[place][-1] for found in result.robust]
        assert learner.distorted == pytest.approx(np.mean(ends))


def test_spikes_do_not_depend_on_the_number_of_workers_or_on_how_digits_are_cut(bench, monkeypatch):
    network, digits = load_learned(100), bench.digits.spread(30)
    one = counts_of(network, digits, seed=0, engine="numpy", workers=1)
    monkeypatch.setattr("compare.learning.CHUNK", 8)
    seen = []
    two = counts_of(network, digits, seed=0, engine="numpy", workers=2, on_done=seen.append)
    assert (one == two).all()
    assert one.any()
    assert seen == [8, 16, 24, 30]


def test_the_outcome_is_plain_json_and_the_table_has_a_text_for_each_learner(result):
    outcome = Outcome(third_learner.EXPERIMENT, result)
    said = outcome.as_json()
    assert json.loads(json.dumps(said, allow_nan=False)) == said
    assert len(outcome.table.columns) == 3
    assert all(len(texts) == 3 and all(texts) for _, texts in outcome.table.rows)


def test_its_figures_say_their_numbers_in_words(result):
    drawings = third_learner.EXPERIMENT.draw(result)
    for drawing in drawings:
        drawing.figure.draw_without_rendering()
        assert any(letter.isdigit() for letter in drawing.alt)
        assert "nan" not in drawing.alt
    assert len({drawing.stem for drawing in drawings}) == 4
    alts, (standard, _, third) = " ".join(drawing.alt for drawing in drawings), result.learners
    said = [
        f"{standard.template:.2f} and {third.template:.2f}",
        *(f"{line.name}, after {line.seen[-1]:,} digits, {line.accuracy[-1]:.0%}" for line in result.growth),
        *(f"{f.distortion} " + ", ".join(f"{line[-1]:.0%}" for line in f.accuracy) for f in result.robust),
        *(f"{learner.active:.0%} active, sparseness {learner.population:.2f}" for learner in result.learners),
    ]
    assert [text for text in said if text not in alts] == []


def other(result, *, accuracy, interval, template):
    """The same result with another third learner."""
    first, second, third = result.learners
    third = replace(
        third, accuracy=accuracy, interval=interval, template=template, template_interval=(template - 0.01,) * 2
    )
    first = replace(first, accuracy=0.9, interval=(0.88, 0.92), template=0.1, template_interval=(0.09, 0.11))
    return replace(result, learners=(first, second, third), same_digits=True)


@pytest.mark.parametrize(
    ("accuracy", "interval", "template", "word"),
    [
        (0.8, (0.78, 0.82), 0.8, "breaks"),
        (0.8, (0.78, 0.82), 0.1, "in part"),  # reads less, by units of the same kind
        (0.93, (0.91, 0.95), 0.8, "in part"),  # reads as much, by other units
        (0.93, (0.91, 0.95), 0.1, "no break seen"),
    ],
)
def test_the_analogy_breaks_where_spikes_alone_read_less_by_other_units(accuracy, interval, template, word, result):
    said = third_learner.verdict(other(result, accuracy=accuracy, interval=interval, template=template))
    assert said.holds == word
    assert f"{accuracy:.0%}".replace("%", " %") in said.sentence


def test_of_cells_that_learned_from_other_digits_nothing_is_concluded(result):
    assert not result.same_digits  # the bench has digits of its own
    less = other(result, accuracy=0.3, interval=(0.28, 0.32), template=0.8)
    as_much = other(result, accuracy=0.93, interval=(0.91, 0.95), template=0.1)
    for found in (less, as_much):
        elsewhere = replace(found, same_digits=False)
        assert third_learner.verdict(elsewhere).holds == "in part"
        assert "learned from MNIST and not from these digits" in third_learner.verdict(elsewhere).sentence
        assert "from MNIST, not from these digits" in third_learner.finding(elsewhere)
        assert "surely" not in third_learner.finding(elsewhere)
        assert "MNIST" not in third_learner.verdict(found).sentence + third_learner.finding(found)


def test_figures_say_that_the_cells_learned_from_other_digits_and_conclude_nothing(result):
    sure = replace(result.robust[0], accuracy=((0.9, 0.7, 0.5, 0.3),) * 2 + ((0.8, 0.8, 0.7, 0.7),), p=1e-6)
    own = replace(other(result, accuracy=0.3, interval=(0.28, 0.32), template=0.8), robust=(sure, *result.robust[1:]))
    for found in (own, replace(own, same_digits=False)):
        for drawing in third_learner.EXPERIMENT.draw(found):
            title = " ".join(drawing.figure.get_suptitle().split())
            axes = drawing.figure.axes
            panels, legends = [ax.get_title() for ax in axes], [ax.get_legend() for ax in axes if ax.get_legend()]
            keys = [text.get_text() for legend in legends for text in legend.texts]
            assert ("MNIST" in title) == ("MNIST" in drawing.alt) == (not found.same_digits)
            assert any("MNIST" in text for text in keys + panels) == (not found.same_digits)
            if not found.same_digits:
                assert "Spikes alone make" not in title
                assert "more than the standard network" not in title


def test_the_interval_over_distortions_is_as_wide_as_that_of_one_since_all_are_of_the_same_digits(result):
    n = result.distorted_digits
    for place, learner in enumerate(result.learners):
        right = [round(found.accuracy[place][-1] * n) for found in result.robust]
        each = [binomtest(k, n).proportion_ci(method="wilson") for k in right]
        assert learner.distorted_interval == pytest.approx(np.mean(each, axis=0))


def test_what_is_said_of_distortions_follows_the_test_on_the_same_digits(result):
    result = replace(result, same_digits=True)
    sure = replace(result.robust[4], accuracy=((0.9, 0.3),) * 2 + ((0.8, 0.7),), p=1e-6)
    unsure = replace(sure, p=0.02)  # of six
    assert "surely more under gaussian-noise" in third_learner.finding(replace(result, robust=(sure,)))
    assert "never reads surely more" in third_learner.finding(replace(result, robust=(unsure,)))
