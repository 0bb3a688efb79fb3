"""Where the analogy ends: each experiment's numbers against a count by hand, a closed form, or a second path."""

import json
from dataclasses import fields, replace

import numpy as np
import pytest
from scipy.stats import hypergeom
from specimens import mapping_of, one_sentence, pair_of, small_bench

from ann import MLP, Training, train
from bio import LIF, SpikingNetwork
from compare.experiments import dale, decision_time, energy, lesion, negative, spearman, variability
from compare.experiments.dale_training import EXCITATORY, hidden_signs, keeping_signs, obey
from compare.experiments.experiment import WORDS, Outcome
from compare.experiments.figures import negative as negative_figure
from compare.experiments.wording import points
from compare.pair import Pair
from compare.score import wilson
from data import Digits, load_digits

pytestmark = pytest.mark.xdist_group("experiments breaks")  # what they share is made once

SIZES = (784, 12, 10)
ALL = (negative, dale, decision_time, variability, energy, lesion)
of_all = pytest.mark.parametrize("module", ALL, ids=lambda module: module.EXPERIMENT.name)


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    return small_bench(tmp_path_factory.mktemp("bench"), SIZES)


@pytest.fixture(scope="module")
def results(bench):
    """Of each experiment on the bench, run when first asked for."""
    known = {}

    def of(module):
        if module not in known:
            known[module] = module.EXPERIMENT.run(bench)
        return known[module]

    return of


# --- the form


@of_all
def test_an_experiment_is_a_break_whose_outcome_is_plain_json(module, results):
    outcome = Outcome(module.EXPERIMENT, results(module)).as_json()
    assert json.loads(json.dumps(outcome, allow_nan=False)) == outcome
    assert (outcome["part"], outcome["at"]) == ("break", [])
    assert len(outcome["finding"]) > 40
    assert "nan" not in outcome["finding"]


IN_WORDS = {
    negative: lambda result: [
        text
        for pair in result.pairs
        for text in (
            f"errors of the standard network {1 - pair.ann:.2%}, through max(0, z) {1 - pair.clipped:.2%}",
            f"of the spiking twin {1 - pair.bio:.2%}, with ties by lot {1 - pair.lottery:.2%}",
        )
    ],
    dale: lambda result: [
        f"{points(under.ann_cost[0], under.ann_cost[1:], decimals=2)} points lost in the standard network, "
        f"{points(under.bio_cost[0], under.bio_cost[1:], decimals=2)} in its twin"
        for under in result.networks
        if under.law != "free"
    ],
    decision_time: lambda result: [
        f"median decision {race.median:.0f} ms, nine in ten by {race.slow:.0f} ms, accuracy {race.accuracy[0]:.1%}"
        for race in result.races
    ],
    variability: lambda result: [
        text
        for twin in result.twins
        if twin.random
        for text in (
            f"{twin.changed[0]:.1%} of digits change their verdict",
            f"two trials differ on {twin.differ[0]:.1%}",
            f"one trial reads {twin.single[0]:.1%}, all pooled {twin.pooled[0]:.1%}",
        )
    ],
    energy: lambda result: [
        *(f"{ledger.costs[2].energy:.0f} ({ledger.costs[3].energy:.0f} with its" for ledger in result.ledgers),
        *(f"{ledger.spikes:.0f} spikes a digit" for ledger in result.ledgers),
    ],
    lesion: lambda result: [points(series.over_all[0], series.over_all[1:]) for series in result.series],
}


@of_all
def test_its_figures_say_their_numbers_in_words(module, results):
    drawings = module.EXPERIMENT.draw(results(module))
    for drawing in drawings:
        drawing.figure.draw_without_rendering()
        assert any(letter.isdigit() for letter in drawing.alt)
        assert len(drawing.alt) > 60
        assert "nan" not in drawing.alt
    alts, said = " ".join(drawing.alt for drawing in drawings), IN_WORDS[module](results(module))
    assert len(said) >= 2
    assert [text for text in said if text not in alts] == []


def negated(value):
    """The same nest with every fraction and time other, so that no sentence can stay as it was."""
    if isinstance(value, bool | str | None | int):
        return value
    if isinstance(value, float):
        return 0.37 - 0.6 * value
    if isinstance(value, np.ndarray):
        return 0.37 - 0.6 * value
    if isinstance(value, tuple | list):
        return type(value)(negated(item) for item in value)
    if isinstance(value, dict):
        return {key: negated(item) for key, item in value.items()}
    return replace(value, **{field.name: negated(getattr(value, field.name)) for field in fields(value)})


@of_all
def test_the_finding_is_written_from_the_numbers(module, results):
    result = results(module)
    assert module.EXPERIMENT.finding(negated(result)) != module.EXPERIMENT.finding(result)


@of_all
def test_a_verdict_is_a_word_of_its_part_and_one_short_sentence_from_the_numbers(module, results):
    outcome = Outcome(module.EXPERIMENT, results(module))
    verdict = outcome.verdict
    assert verdict.holds in WORDS["break"]
    assert outcome.as_json()["verdict"]["measure"] == verdict.measure
    assert one_sentence(verdict.sentence)
    assert all("nan" not in text and text for text in (verdict.measure, verdict.ann, verdict.bio))
    assert module.EXPERIMENT.verdict(negated(results(module))).sentence != verdict.sentence


def judged(module, result):
    """The verdict's word, of a result whose sentence is one."""
    found = module.verdict(result)
    assert one_sentence(found.sentence), found.sentence
    return found.holds


# --- no negative rates


@pytest.mark.parametrize(
    ("negative_sums", "cost", "word"),
    [
        (0.9, (0.01, 0.005, 0.015), "breaks"),
        (0.9, (0.01, -0.005, 0.025), "in part"),
        (0.1, (0.01, 0.005, 0.015), "in part"),
        (0.1, (0.0, -0.01, 0.01), "no break seen"),
    ],
)
def test_silence_breaks_the_analogy_where_much_is_below_zero_and_answers_are_lost(negative_sums, cost, word, results):
    (pair,) = results(negative).pairs
    output = replace(pair.layers[-1], negative=negative_sums, silent_if_negative=0.9)
    pair = replace(pair, layers=(*pair.layers[:-1], output), ann_cost=cost, bio_cost=(0.0, -0.01, 0.01))
    assert judged(negative, negative.Result(60, (pair,))) == word


def test_what_is_lost_below_zero_is_the_difference_of_the_accuracies(results):
    (pair,) = results(negative).pairs
    for cost, whole, less in (
        (pair.ann_cost, pair.ann, pair.clipped),
        (pair.bio_cost, pair.bio, pair.lottery),
    ):
        assert cost[0] == pytest.approx(whole - less)
        assert cost[1] <= cost[0] <= cost[2]


def test_equal_values_are_settled_by_lot():
    """First guess: alone first 1, one of two equals ½, one of ten equals 1/10; among two guesses more."""
    values = np.zeros((4, 10))
    values[0, 3] = values[1, 3] = values[1, 4] = values[2, 4] = 1
    truth = np.full(4, 3)
    np.testing.assert_allclose(negative.chance(values, truth, 1), [1, 1 / 2, 0, 1 / 10])
    np.testing.assert_allclose(negative.chance(values, truth, 2), [1, 1, 1 / 9, 2 / 10])


def test_chances_are_the_frequencies_of_a_real_lottery():
    rng = np.random.default_rng(0)
    values, truth, tries = rng.integers(0, 3, (6, 10)).astype(float), rng.integers(0, 10, 6), 4_000
    drawn = values + 0.5 * rng.random((tries, 6, 10))  # orders equals at random, and no others
    for guesses in (1, 2, 5):
        first = np.argsort(-drawn, axis=2)[:, :, :guesses]
        seen, expected = (first == truth[:, None]).any(axis=2).mean(axis=0), negative.chance(values, truth, guesses)
        assert (abs(seen - expected) <= 5 * np.sqrt(expected * (1 - expected) / tries) + 1e-12).all()


def test_silence_is_counted_as_by_hand():
    """Three digits, all labelled 0; the second is all negative and silent, the third is wrong with one spike."""
    sums = -np.ones((3, 10))
    sums[0, 0] = sums[2, 1] = 2
    counts = np.zeros((3, 10), int)
    counts[0, 0], counts[2, 1] = 9, 1
    hidden = np.array([[1.0, -1], [-1, -1], [1, 1]])
    found = negative.silence(pair_of([hidden, sums], [(hidden > 0).astype(int), counts]))
    assert found.layers[0] == negative.Layer("hidden 1", 0.5, 1.0, 0.0)
    assert found.layers[1].negative == pytest.approx(28 / 30)
    assert found.no_evidence.fraction == found.all_silent.fraction == pytest.approx(1 / 3)
    assert found.clipped == pytest.approx((1 + 1 / 10) / 3)
    assert (found.nearly_wrong.count, found.nearly_wrong.fraction) == (1, 1.0)
    assert found.nearly_right.fraction == 0.5
    assert found.silent_cells == pytest.approx(28 / 3)


def test_second_guesses_ties_and_the_errors_that_only_the_twin_makes_are_counted_as_by_hand():
    """Four digits, all labelled 0, which the standard network puts first, second, third, and first."""
    sums = -np.arange(1.0, 11) * np.ones((4, 1))
    sums[1, :2], sums[2, :3] = sums[1, 1::-1], sums[2, 2::-1]
    sums[3, 0] = 2
    counts = np.zeros((4, 10), int)
    counts[0, :2], counts[2, :2], counts[3, 5] = 3, (1, 4), 1
    verdicts = np.array([1, 0, 1, 5])[:, None]
    found = negative.silence(pair_of([sums], [counts], verdicts=verdicts))
    assert (found.ann, found.bio) == (2 / 4, 1 / 4)
    assert found.runner_up == 3 / 4
    assert found.runner_clipped == pytest.approx((3 * 2 / 10 + 1) / 4)
    assert (found.tied.count, found.tied.fraction) == (4, 2 / 4)  # the first two, of whom one is silent
    assert (found.extra_wrong.count, found.extra_wrong.fraction) == (2, 1 / 2)  # the first, and the last with one spike
    assert (found.nearly_wrong.count, found.nearly_wrong.fraction) == (3, 1 / 3)


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        ((2, 5), (1, 90), "silence goes with a part of the errors"),
        ((4, 5), (1, 90), "silence goes with most of the errors"),
        ((1, 5), (5, 90), "silence is no sure mark of an error"),
        ((0, 40), (30, 60), "silence goes with right answers rather than with errors"),
    ],
)
def test_whether_silence_marks_errors_is_asked_of_fishers_test(wrong, right, said):
    """As a sum over tables with the same margins (hypergeometric); (nearly silent, of so many digits)."""
    nearly = np.concatenate([np.arange(n) < k for k, n in (wrong, right)])
    labels = np.concatenate([np.full(wrong[1], 1), np.zeros(right[1], int)])
    counts = np.zeros((len(nearly), 10), int)
    counts[:, 0] = np.where(nearly, 1, 9)
    found = negative.silence(pair_of([np.ones((len(nearly), 10))], [counts], labels=labels))
    tables = hypergeom(len(nearly), int(nearly.sum()), wrong[1])
    each = tables.pmf(np.arange(wrong[1] + 1))
    assert found.nearly_p == pytest.approx(each[each <= each[wrong[0]] * (1 + 1e-7)].sum())
    assert said in negative.finding_of_pair(found)


def test_neighbours_are_grouped_until_they_are_enough_and_none_is_lost():
    rows = [(k, 7, 1) for k in range(negative.MOST + 1)]
    groups = negative_figure.grouped(rows)
    assert sum(seen for *_, seen, _ in groups) == 7 * len(rows)
    assert all(seen >= negative_figure.FEWEST for *_, seen, _ in groups)
    assert [first for first, *_ in groups[1:]] == [last + 1 for _, last, *_ in groups[:-1]]


# --- Dale's law


@pytest.fixture(scope="module")
def some():
    return load_digits("train").spread(1_500)


def test_every_weight_keeps_its_sign_after_training(some):
    signs = dale.signs_of("strict", SIZES, 0)
    model = keeping_signs(some.images, some.labels, Training(SIZES, seed=0, epochs=8), signs)
    for weights, sign in zip(model.weights, signs, strict=True):
        assert (weights * sign[:, None] >= 0).all()
        assert (weights != 0).any(axis=0).all()
    assert dale.rarer_sign(mapping_of("relu", SIZES[1:]).network(model)) == 0
    assert (model.classify(some.images) == some.labels).mean() > 0.5


def test_four_in_five_hidden_units_excite():
    signs = hidden_signs(100, np.random.default_rng(0))
    assert set(signs) == {-1, 1}
    assert (signs > 0).sum() == 100 * EXCITATORY


@pytest.mark.parametrize("activation", ["relu", "sigmoid"])
def test_without_a_law_the_training_is_that_of_ann(some, activation):
    training = Training(SIZES, activation, seed=1, epochs=2)
    free = keeping_signs(some.images, some.labels, training, dale.signs_of("free", SIZES, 0))
    plain = train(some.images, some.labels, training).model
    for ours, theirs in zip(free.weights + free.biases, plain.weights + plain.biases, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_law_costs_what_its_digits_say():
    """Of four digits and two seeds, the law loses one and wins none: an eighth."""
    right = np.ones((2, 2, 4), bool)
    right[1, 0, 0] = False
    found = dale.under("relu", "hidden", right, right, 0.0, np.ones((2, 2)))
    assert found.ann_cost[0] == found.bio_cost[0] == 1 / 8
    assert found.ann_seeds == (3 / 4, 1)
    each = np.array([0.5, 0, 0, 0])
    assert found.ann_cost[2] - found.ann_cost[0] == pytest.approx(1.96 * each.std() / 2)


def test_what_a_law_costs_is_held_against_the_networks_without_it(results):
    networks = results(dale).networks
    assert [network.law for network in networks] == list(dale.LAWS)
    free = networks[0]
    for network in networks:
        assert network.ann_cost[0] == pytest.approx(free.ann[0] - network.ann[0])
        assert network.bio_cost[0] == pytest.approx(free.bio[0] - network.bio[0])
    assert free.ann_cost == free.bio_cost == (0, 0, 0)
    assert all(network.ann_cost[0] or network.bio_cost[0] for network in networks[1:])


def test_a_network_that_did_not_learn_its_training_digits_is_no_price_of_the_law(results):
    """Of two seeds one reads a quarter of the digits it was trained on."""
    right = np.ones((2, 2, 4), bool)
    right[1, 0, 1:] = False
    failed = dale.under("relu", "hidden", right, right, 0.0, np.array([[0.9, 0.9], [0.25, 0.9]]))
    assert (failed.unlearned, failed.trained) == (1, (0.25, 0.9))
    assert dale.under("relu", "hidden", right, right, 0.0, np.array([[0.6, 0.6], [0.5, 0.46]])).unlearned == 1
    free = dale.under("relu", "free", right[[0, 0]], right[[0, 0]], 0.3, np.full((2, 2), 0.9))
    result = dale.Result(4, 2, 8, (free, failed))
    told = dale.finding(result)
    assert "1 of 2 networks did not learn its own training digits (it reads 25 % of them)" in told
    assert "no price of the law" in told
    verdict = dale.verdict(result)
    assert verdict.holds == "in part"
    assert "none of those that keep it learned" in verdict.sentence
    assert verdict.ann == "–"
    assert one_sentence(verdict.sentence)
    dear = replace(failed, unlearned=0, ann_cost=(0.2, 0.1, 0.3), bio_cost=(0.2, 0.1, 0.3))
    mixed = dale.verdict(replace(result, networks=(free, dear, replace(failed, law="strict"))))
    assert mixed.holds == "in part"
    assert mixed.ann == "20.0 (10.0–30.0)"
    assert "up to 20.0 points, but 1 of 2 did not learn" in mixed.sentence
    (drawing,) = dale.EXPERIMENT.draw(result)
    assert "did not learn" in drawing.figure.get_suptitle()


@pytest.mark.parametrize("law", ["hidden", "strict"])
def test_every_layer_that_keeps_signs_starts_from_sums_of_zero_in_the_mean(some, law):
    """Three layers of few units, which no draw balances by itself."""
    sizes = (784, 16, 16, 10)
    signs = dale.signs_of(law, sizes, 0)
    model = MLP.random(sizes, activation="relu", rng=np.random.default_rng(0))
    obey(model, signs, some.images)
    for (sums, _), sign, weights in zip(model.layers(some.images), signs, model.weights, strict=True):
        if sign is not None:
            np.testing.assert_allclose(sums.mean(axis=0), 0, atol=1e-4)
            assert (weights * sign[:, None] >= 0).all()


def test_networks_of_several_small_layers_learn_under_the_law(some):
    """As they did not where only the first layer was balanced."""
    sizes = (784, 16, 16, 10)
    training = Training(sizes, seed=0, epochs=20)
    model = keeping_signs(some.images, some.labels, training, dale.signs_of("strict", sizes, 0))
    assert (model.classify(some.images) == some.labels).mean() > 0.6


def test_the_law_is_asked_of_networks_as_large_as_those_of_the_bench(bench, monkeypatch):
    """Of a `--model` the options' own sizes know nothing."""
    other = replace(bench.prepared, options=replace(bench.prepared.options, sizes=(784, 100, 10)))
    trained = []

    def keep(images, labels, training, signs):
        trained.append((training.sizes, len(signs)))
        return bench.models["relu"]

    monkeypatch.setattr(dale, "keeping_signs", keep)
    dale.run(replace(bench, prepared=other))
    assert set(trained) == {(SIZES, 2)}


def test_rarer_signs_are_counted():
    """Two hidden cells: one sends +, +, -; the other - and two zeros."""
    weights = (np.ones((4, 2)), np.array([[1.0, 2, -1], [-3, 0, 0]]))
    assert dale.rarer_sign(SpikingNetwork(weights, (np.zeros(2), np.zeros(3)), LIF())) == 1 / 4


@pytest.mark.parametrize(
    ("hidden", "strict", "word"),
    [
        ((0.01, 0.005, 0.015), (0.02, 0.01, 0.03), "breaks"),
        ((0.01, -0.005, 0.025), (0.02, 0.01, 0.03), "in part"),
        ((-0.01, -0.02, 0.0), (0.0, -0.01, 0.01), "no break seen"),
    ],
)
def test_dales_law_breaks_the_analogy_where_every_law_costs_surely(hidden, strict, word, results):
    costs = {"free": (0.0, 0.0, 0.0), "hidden": hidden, "strict": strict}
    networks = [replace(n, ann_cost=costs[n.law], bio_cost=costs[n.law], unlearned=0) for n in results(dale).networks]
    assert judged(dale, replace(results(dale), networks=tuple(networks))) == word


# --- time


@pytest.mark.parametrize(
    ("at_once", "word"),
    [
        (((0.3, 1e-6), (0.4, 0.01)), "breaks"),
        (((0.3, 1e-6), (0.94, 0.2)), "in part"),
        (((0.94, 0.2), (0.99, 0.01)), "no break seen"),
    ],
)
def test_an_answer_takes_time_where_it_is_not_there_when_first_asked_for(at_once, word, results):
    """Accuracy at first and McNemar's p, of two twins."""
    result = results(decision_time)
    races = [
        replace(r, accuracy=np.full_like(r.accuracy, accuracy), p_at_once=p)
        for r, (accuracy, p) in zip(result.races, at_once, strict=False)
    ]
    assert judged(decision_time, decision_time.Result(60, {"relu": (0.95, 0.94, 0.96)}, tuple(races))) == word


def test_what_is_first_lost_is_asked_of_the_same_digits():
    """Of 40 digits the twin first misreads 6 that its network reads: Wilson's intervals overlap, p is 2 · 2⁻⁶."""
    sums, verdicts = np.zeros((40, 10)), np.zeros((40, 3), int)
    sums[:, 0], verdicts[:6, 0] = 1, 1
    pair = pair_of([sums], [np.zeros((40, 10), int)], labels=np.zeros(40, int), verdicts=verdicts)
    found = decision_time.race(pair, np.random.default_rng(0), 20)
    assert found.p_at_once == pytest.approx(2 / 2**6)
    assert found.high[0] > wilson(np.ones(40, bool))[0]
    ann = {"relu": (1.0, *wilson(np.ones(40, bool)))}
    assert judged(decision_time, decision_time.Result(40, ann, (found,))) == "breaks"


def test_a_digit_is_decided_when_its_verdict_changes_no_more():
    verdicts = np.array([[3, 3, 3, 3], [1, 3, 3, 3], [3, 1, 3, 3], [1, 1, 1, 3], [1, 3, 1, 3]])
    assert decision_time.decision(verdicts).tolist() == [0, 1, 2, 3, 3]


def test_a_first_guess_is_what_the_end_does_not_confirm():
    table = np.array([[4, 4], [4, 1], [4, 2], [2, 2]])
    assert decision_time.first_guess(table) == 4
    assert decision_time.first_guess(table[:, ::-1]) is None
    assert decision_time.first_guess(np.array([[4, 4], [4, 4]])) is None


def test_times_by_hand_leave_the_first_guess_out():
    """Verdicts every 5 ms; 4 is what the voltages say first, so that the first digit has no time."""
    verdicts = np.array([[4, 4, 4], [4, 1, 1], [4, 2, 2], [4, 2, 3]])
    sums = np.zeros((4, 10))
    sums[:, 0] = [9, 3, 2, 1]  # the margin falls as the time rises
    counts = [np.zeros((4, 10), int)]
    found = decision_time.race(
        pair_of([sums], counts, labels=[4, 1, 2, 2], verdicts=verdicts), np.random.default_rng(0), 50
    )
    assert found.first_guess == 4
    assert (found.median, found.median_wrong) == (10, 15)
    np.testing.assert_allclose(found.accuracy, [1 / 4, 1, 3 / 4])
    np.testing.assert_allclose(found.decided, [0, 2 / 3, 1])
    np.testing.assert_allclose(found.by_digit[[1, 2], 0], [10, 12.5])
    assert np.isnan(found.by_digit[4]).all()
    assert found.rho == pytest.approx(-np.sqrt(3) / 2)  # ranks 3, 2, 1 against 1½, 1½, 3


def test_when_the_accuracy_is_within_half_a_point_and_when_nine_in_ten_are_decided_by_hand():
    """Of 400 digits, all labelled 0 and read by the standard network, 200, 396, 399 and 400 by the twin, in turn."""
    verdicts = np.ones((400, 4), int)
    for column, right in enumerate((200, 396, 399, 400)):
        verdicts[:right, column] = 0
    sums = np.zeros((400, 10))
    sums[:, 0] = 1

    def found(verdicts):
        pair = pair_of([sums], [np.zeros((400, 10), int)], verdicts=verdicts)
        return decision_time.race(pair, np.random.default_rng(0), 10)

    race = found(verdicts)
    assert race.first_guess is None
    np.testing.assert_allclose(race.accuracy, [0.5, 0.99, 399 / 400, 1])
    assert race.to_half_point == 15
    assert (race.median, race.slow) == (7.5, 10)
    assert found(verdicts[:, :2]).to_half_point is None


def test_every_input_is_followed_once_and_each_as_a_pair_reads_it(bench, results):
    pairs = [bench.pair("relu", name) for name in ("current", "lif", "poisson")]
    read = [(pair.bio_answers == bench.digits.labels).mean() for pair in pairs]
    races, ledgers = results(decision_time).races, results(energy).ledgers
    for told in (races, ledgers):
        assert [(one.activation, one.input) for one in told] == [("relu", pair.twin.input) for pair in pairs]
        assert [one.input for one in told] == ["current", "lif", "poisson"]
    assert [race.accuracy[-1] for race in races] == pytest.approx(read)
    assert [ledger.bio for ledger in ledgers] == pytest.approx(read)
    fired = [pair.response.input.mean() + pair.response.counts[0].sum(axis=1).mean() for pair in pairs]
    assert [ledger.spikes for ledger in ledgers] == pytest.approx(fired)
    assert results(decision_time).ann["relu"][0] == (pairs[0].ann_answers == bench.digits.labels).mean()


def test_shuffled_margins_predict_nothing_and_true_ones_do():
    rng = np.random.default_rng(0)
    margins = rng.normal(size=400)
    took = -margins + rng.normal(size=400)
    low, high = spearman.rho_shuffled(margins, took, rng, 400)
    assert low < 0 < high
    assert (high - low) / 2 == pytest.approx(1.96 / np.sqrt(399), rel=0.2)  # ρ of n pairs by chance: SD 1/√(n-1)
    assert spearman.rho_drawn_anew(margins, took, rng, 100)[1] < low


def test_a_correlation_beyond_what_shuffling_gives_is_no_chance_though_its_interval_reaches_there(results):
    """ρ -0.3, outside of -0.2 to 0.2: its own interval, -0.5 to -0.1, need not keep clear of that too."""
    one = replace(results(decision_time).races[0], rho=-0.3, rho_interval=(-0.5, -0.1), rho_shuffled=(-0.2, 0.2))

    def said(*races):
        return decision_time.predicts(decision_time.Result(60, {}, races))

    assert "takes its twin longer" in said(one, one)
    assert "takes its twin less time" in said(replace(one, rho=0.3))
    assert "close calls take longer in 1 of 2 twins" in said(one, replace(one, rho=-0.1))
    assert "in 0 of 0" in said()


# --- noise


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        (((0.1, 0.05, 0.2), (0.1, 0.05, 0.2)), "breaks"),
        (((0.0, 0.0, 0.05), (0.1, 0.05, 0.2)), "in part"),
        (((0.0, 0.0, 0.05), (0.01, 0.0, 0.05)), "no break seen"),
    ],
)
def test_noise_breaks_the_analogy_where_it_changes_answers_of_every_twin(changed, word, results):
    twins = [replace(twin, changed=c) for twin, c in zip(results(variability).twins, changed, strict=True)]
    assert judged(variability, replace(results(variability), twins=tuple(twins))) == word


def test_what_depends_on_the_twin_is_told_of_twins_and_not_of_inputs(results):
    """Of two twins with one input, where the other network's answers change."""
    twin = replace(results(variability).twins[0], changed=(0.0, 0.0, 0.005))
    other = replace(twin, activation="sigmoid", changed=(0.1, 0.05, 0.2))
    found = variability.verdict(replace(results(variability), twins=(twin, other)))
    assert found.holds == "in part"
    assert "of one twin (sigmoid, steady current), and 0 % of another (ReLU, steady current)" in found.sentence
    assert one_sentence(found.sentence)


def test_the_fano_factor_of_poisson_counts_is_1_and_of_constant_ones_0():
    rng = np.random.default_rng(0)
    counts = rng.poisson(rng.exponential(2, (30, 40)), (10, 30, 40))
    factors = variability.fano_factors(counts)
    defined = factors[np.isfinite(factors)]
    assert abs(defined.mean() - 1) < 5 * defined.std() / np.sqrt(defined.size)
    found = variability.fano("hidden 1", counts, rng)
    assert found.mean == pytest.approx(defined.mean())
    assert found.interval[0] < 1 < found.interval[1]
    assert found.cells == defined.size == sum(cells for *_, cells in found.by_mean)
    assert variability.fano("output", np.full((10, 3, 4), 7), rng).mean == 0
    assert variability.fano("output", np.zeros((10, 3, 4)), rng).mean is None


def test_the_first_trial_is_the_one_that_the_pair_shows(bench):
    """And others are other ones: trials differ only in what their randomness is keyed by."""
    digits, twin = bench.digits.spread(8), bench.twin("relu", "poisson")
    one, all_three = bench.respond([twin.job(digits), twin.job(variability.repeated(digits, 3))])
    np.testing.assert_array_equal(all_three.counts[0][:8], one.counts[0])
    assert (all_three.input[:8] != all_three.input[8:16]).any()


def test_three_trials_of_two_digits_are_counted_as_by_hand():
    """The first digit, 0, is read as 1, 0 and 1, though 0 fires most in all; the second is read as 2 each time."""
    verdicts = np.array([1, 2, 0, 2, 1, 2])[:, None]
    counts = np.zeros((6, 10), int)
    counts[::2, :2], counts[1::2, 2] = [(1, 2), (9, 2), (1, 2)], 3
    pair = pair_of([np.zeros((6, 10))], [counts], labels=[0, 2] * 3, verdicts=verdicts, input_spikes=[4, 5, 5, 5, 6, 5])
    job, two = pair.twin.job(pair.digits), pair.digits[:2]
    found = variability.variability(job, pair.response, two, np.array([0, 7]), "relu", 3)
    assert found.single[0] == pytest.approx((1 / 3 + 1) / 2)
    assert found.pooled == (1, *wilson(np.ones(2, bool)))
    assert found.changed == (1 / 2, *wilson(np.array([True, False])))
    assert found.differ[0] == pytest.approx((2 / 3 + 0) / 2)
    assert found.agreement == pytest.approx((2 / 3, 1))
    assert found.ann[0] == 1 / 2
    assert found.input_fano == pytest.approx((1 / 5 + 0) / 2)


def test_trials_of_the_random_twin_are_told_as_they_were(bench, results):
    """From a response to the same trials, asked for here."""
    result, twin = results(variability), bench.twin("relu", "poisson")
    digits = bench.digits.spread(result.digits)
    (response,) = bench.respond([twin.job(variability.repeated(digits, result.trials))])
    said = response.verdicts[:, -1].reshape(result.trials, -1)
    found = result.twins[1]
    assert found.changed[0] == (said != said[0]).any(axis=0).mean() == (np.array(found.agreement) < 1).mean() > 0
    others = [(said[i] != said[j]).mean() for i in range(result.trials) for j in range(i)]
    assert found.differ[0] == pytest.approx(np.mean(others))
    assert found.single[0] == pytest.approx((said == digits.labels).mean())


def test_without_noise_every_trial_is_the_same_and_the_standard_network_is_in_the_result(bench, results):
    steady, random = results(variability).twins
    assert all(layer.mean == 0 for layer in steady.layers)
    assert steady.changed[0] == steady.differ[0] == 0
    assert set(steady.agreement) == {1.0}
    assert all(layer.mean > 0 for layer in random.layers)
    digits = bench.digits.spread(results(variability).digits)
    assert steady.ann[0] == (bench.models["relu"].classify(digits.images) == digits.labels).mean()


@pytest.mark.parametrize(
    ("input_fano", "noise", "mean", "said"),
    [
        (None, 0.0, 0.0, "nothing is random, every trial is the same"),
        (1.0, 0.0, None, "no cell fired in any trial, though the input or the membrane is random"),
        (None, 0.25, None, "no cell fired in any trial, though"),
        (None, 0.0, None, "no cell fired in any trial."),
        (1.0, 0.0, 0.5, "Fano factors 0.50"),
    ],
)
def test_silence_is_not_told_as_repetition(input_fano, noise, mean, said, results):
    twin = results(variability).twins[0]
    layers = tuple(replace(layer, mean=mean, interval=None, by_mean=()) for layer in twin.layers)
    twin = replace(twin, input_fano=input_fano, noise=noise, layers=layers, changed=(0.0, 0.0, 0.1))
    assert said in variability.finding_of_twin(twin)
    title = variability.EXPERIMENT.draw(replace(results(variability), twins=(twin,)))[0].figure.get_suptitle()
    assert ("Nothing is random" in title) == (not input_fano and not noise)


# --- energy


@pytest.mark.parametrize(
    ("energies", "word"),
    [((100, 50, 60, 70), "in part"), ((100, 50, 160, 170), "breaks"), ((100, 50, 20, 30), "no break seen")],
)
def test_whether_spikes_save_energy_is_asked_of_every_way_to_count(energies, word, results):
    ledger = results(energy).ledgers[0]
    costs = tuple(replace(c, energy=e, error=1.0) for c, e in zip(ledger.costs, energies, strict=True))
    found = energy.verdict(energy.Result(60, (replace(ledger, costs=costs),)))
    assert found.holds == word
    assert one_sentence(found.sentence)
    assert str(energies[3] if word != "breaks" else energies[2]) in found.sentence


def by_hand(images, hidden, *, input, input_spikes):
    """A pair of sizes 784-2-10 whose hidden sums, and spikes, are given."""
    hidden = np.asarray(hidden, float)
    counts = [np.where(hidden > 0, 3, 0), np.ones((len(hidden), 10), int)]
    pair = pair_of([hidden, np.zeros((len(hidden), 10))], counts, input_spikes=input_spikes)
    shown = Digits(np.asarray(images, np.float32), pair.digits.labels)
    sums, twin = pair.sums, replace(pair.twin, input=input)
    pair = Pair(twin, shown, pair.response)
    object.__setattr__(pair, "sums", sums)
    return pair


@pytest.mark.parametrize(("input", "spikes"), [("current", 0), ("poisson", 11), ("lif", 11)])
def test_operations_are_those_counted_by_hand(input, spikes):
    """One digit with five lit pixels; one of two hidden units is on, and its cell fires three times."""
    image = np.zeros((1, 784))
    image[0, :5] = 0.5
    found = energy.ledger(by_hand(image, [[1, -1]], input=input, input_spikes=spikes))
    dense, skipping, plain, full = found.costs
    assert dense.multiply_adds == (784 * 2, 2 * 10)
    assert skipping.multiply_adds == (5 * 2, 1 * 10)
    assert plain.multiply_adds == ((5 * 2, 0) if input == "current" else (0, 0))
    assert plain.adds == (spikes * 2, 3 * 10)
    steps = 100
    first = 1 if input == "current" else 3  # a steady current's cells have no synapse, whose g is always 0
    assert full.updates == steps * (first * 2 + 3 * 10 + (5 if input == "lif" else 0))
    expected = 4.6 * (10 if input == "current" else 0) + 0.9 * (2 * spikes + 30)
    assert plain.energy == pytest.approx(expected / 1e3)
    assert full.energy == pytest.approx((expected + 4.6 * full.updates) / 1e3)
    assert sum(full.parts) == pytest.approx(full.energy)


def test_noise_costs_one_more_multiply_add_a_step():
    pair = by_hand(np.zeros((1, 784)), [[1, 1]], input="current", input_spikes=0)
    noisy = replace(pair.twin.network, cell=LIF(noise=0.25))
    assert energy.updates_of(replace_twin(pair, noisy)) - energy.updates_of(pair) == [100 * 12]


def replace_twin(pair, network):
    return Pair(replace(pair.twin, network=network), pair.digits, pair.response)


def test_at_break_even_the_twin_costs_what_the_mlp_does(results):
    for ledger in results(energy).ledgers:
        targets = [ledger.costs[0].energy] * 2 + [ledger.costs[1].energy] * 2
        idle = [ledger.fixed, ledger.fixed + energy.MULTIPLY_ADD * ledger.costs[3].updates] * 2
        for spikes, target, rest in zip(ledger.break_even, targets, idle, strict=True):
            assert (spikes is None) == (rest > target)
            assert spikes is None or rest + spikes * ledger.per_spike == pytest.approx(target)
        assert ledger.fixed + ledger.spikes * ledger.per_spike == pytest.approx(ledger.costs[2].energy)


def test_the_network_of_the_lesson_costs_365_nj_dense():
    """784-100-10: 79,400 multiply-adds of 4.6 pJ."""
    model = MLP((np.zeros((784, 100)), np.zeros((100, 10))), (np.zeros(100), np.zeros(10)), "relu")
    assert sum(weights.size for weights in model.weights) * energy.MULTIPLY_ADD == pytest.approx(365.24)


def test_the_cells_of_the_lesson_s_network_cost_60_nj_under_a_steady_current_and_152_under_spikes():
    """784-100-10, 100 steps of 1 ms: 100 cells without synapses, 10 with; or all with."""
    pair = pair_of([np.zeros((1, 100)), np.zeros((1, 10))], [np.zeros((1, 100), int), np.zeros((1, 10), int)])
    for name, expected in (("current", 59.8), ("poisson", 151.8)):
        shown = Pair(replace(pair.twin, input=name), pair.digits, pair.response)
        assert energy.updates_of(shown) * energy.MULTIPLY_ADD == pytest.approx(expected)


# --- lesions


def test_nothing_lost_is_the_whole_network_and_all_lost_its_bias(bench, results):
    result = results(lesion)
    digits = bench.digits.spread(result.digits)
    model, pair = bench.models["relu"], bench.pair("relu")
    seen = np.isin(bench.digits.index, digits.index)
    bias = model.biases[-1].argmax()
    for found in result.series:
        assert (found.fractions[0], found.fractions[-1]) == (0, 1)
        assert found.ann[0][0] == pytest.approx((pair.ann_answers == bench.digits.labels)[seen].mean())
        assert found.bio[0][0] == pytest.approx((pair.bio_answers == bench.digits.labels)[seen].mean())
        assert found.ann[-1][0] == pytest.approx((digits.labels == bias).mean())
        assert found.bio[-1][0] == pytest.approx((digits.labels == bias).mean())
        assert found.ahead[0] == (0, 0, 0)


@pytest.mark.parametrize("kind", lesion.KINDS)
def test_the_same_is_lost_in_both_networks_and_stays_lost(bench, kind):
    twin, gone = bench.twin("relu"), []
    for fraction in (0.25, 0.75):
        found = lesion.lesioned(twin, kind, fraction, np.random.default_rng(5))
        for ours, theirs in zip(found.model.weights, found.network.weights, strict=True):
            np.testing.assert_array_equal(ours == 0, theirs == 0)
        gone.append(found.model.weights[-1] == 0)
        assert gone[-1].mean() == pytest.approx(fraction, abs=0.01)
    assert gone[1][gone[0]].all()


def test_the_lead_of_the_twin_is_counted_from_where_each_began():
    """The twin starts with 6 of 10 right and keeps 5; the standard network with 10 and keeps 4: 5 less lost."""
    ann, bio = np.zeros((2, 3, 10), bool), np.zeros((2, 3, 10), bool)
    for right, numbers in ((ann, (10, 4, 0)), (bio, (6, 5, 0))):
        for place, number in enumerate(numbers):
            right[:, place, :number] = True
    found = lesion.series("relu", "units", (0.0, 0.5, 1.0), ann, bio, np.random.default_rng(0))
    assert found.over_all[0] == found.ahead[1][0] == pytest.approx(0.5)
    assert found.ahead[2][0] == pytest.approx(0.4)
    assert "standard network suffers more" in lesion.finding_of_series(found)
    assert found.ann[1][1] <= 0.4 <= found.ann[1][2]


@pytest.mark.parametrize(
    ("leads", "word", "said"),
    [
        (((-0.1, -0.15, -0.05), (-0.2, -0.3, -0.1)), "breaks", "its twin loses 20.0 points more when weights go"),
        (((0.1, 0.05, 0.15), (-0.2, -0.5, 0.1)), "in part", "the network loses 10.0 points more when hidden units go"),
        (((0.1, -0.05, 0.15), (-0.2, -0.5, 0.1)), "no break seen", "no damage hurts one clearly more"),
    ],
)
def test_damage_breaks_the_analogy_where_one_surely_suffers_more(leads, word, said, results):
    series = [replace(s, over_all=lead) for s, lead in zip(results(lesion).series, leads, strict=True)]
    result = replace(results(lesion), series=tuple(series), draws=5)
    found = lesion.verdict(result)
    assert found.holds == word
    assert "n these 5 draws" in found.sentence
    assert "surely" not in found.sentence
    assert "the same 5 draws" in lesion.finding(result)
    assert "(in these 5 draws)" in " ".join(lesion.EXPERIMENT.draw(result)[0].figure.get_suptitle().split())
    assert said in found.sentence
    assert one_sentence(found.sentence)
