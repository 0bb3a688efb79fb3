"""The experiments' form, and those on what a digit may suffer, on learning, on groups and on thresholds."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from specimens import small_mnist, taught

from ann import ACTIVATIONS
from compare.comparison import Options, prepared
from compare.experiments import by_hand, cascade, drawn, handmade, learning, race, resolution, rheobase, sloppiness
from compare.experiments.bench import Bench
from compare.experiments.experiment import ONLY_DRAWN, Experiment, Outcome, plain
from compare.experiments.registry import chosen, draw, experiments, perform
from compare.experiments.robustness import Curve, Point, curve, halfway, interval, spread
from compare.mapping import curve as activation_curve
from compare.style import NETWORK_NAMES
from data import DISTORTIONS, load_digits

OWN = (by_hand, cascade, drawn, learning, race, resolution, rheobase, sloppiness)


def nothing(stage, done, total, note):
    """No progress is shown."""


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    """Small networks, few digits."""
    folder = small_mnist(tmp_path_factory.mktemp("digits"), train=800, test=80)
    cache = pytest.MonkeyPatch()
    cache.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
    options = Options(sizes=(784, 20, 10), inputs=("current",), data=folder)
    ready = prepared(options)
    cache.undo()
    return Bench(ready, load_digits("train", folder), quick=True, workers=1)


@pytest.fixture(scope="module")
def outcomes(bench):
    return {module: Outcome(module.EXPERIMENT, module.EXPERIMENT.run(bench)) for module in OWN}


# --- the form


def test_every_experiment_has_a_name_a_question_and_a_place():
    names = experiments()
    assert len(names) == len({experiment.title for experiment in names.values()})
    for name, experiment in names.items():
        assert isinstance(experiment, Experiment)
        assert name == name.lower() == experiment.name
        assert experiment.question.endswith("?")
        assert experiment.part in ("claim", "break")
        assert bool(experiment.at) == (experiment.part == "claim")


def test_claims_come_first_and_in_the_order_of_the_video():
    parts = [experiment.part for experiment in experiments().values()]
    assert parts == sorted(parts, key=["claim", "break"].index)
    places = [experiment.at[0] for experiment in experiments().values() if experiment.at]
    assert places == sorted(places)


def test_links_lead_to_the_second():
    assert cascade.EXPERIMENT.links == [
        ("4:33", "https://youtu.be/aircAruvnKk?t=273"),
        ("4:49", "https://youtu.be/aircAruvnKk?t=289"),
    ]


def test_experiments_are_chosen_in_the_order_of_the_report_and_an_unknown_one_is_refused():
    assert [experiment.name for experiment in chosen(["race", "by-hand"])] == ["by-hand", "race"]
    with pytest.raises(ValueError, match='no experiment "fame": choose from sloppiness'):
        chosen(["race", "fame"])


@pytest.mark.parametrize("module", OWN, ids=lambda module: module.EXPERIMENT.name)
def test_an_outcome_is_json_without_what_is_only_drawn(module, outcomes):
    content = outcomes[module].as_json()
    text = json.dumps(content, allow_nan=False)
    assert len(text) < 200_000
    assert json.loads(text) == content
    assert content["finding"].endswith(".")
    assert "nan" not in content["finding"]


@pytest.mark.parametrize("module", OWN, ids=lambda module: module.EXPERIMENT.name)
def test_every_figure_is_drawn_with_words_that_hold_its_numbers(module, outcomes, tmp_path):
    drawings = draw(outcomes[module], tmp_path)
    assert drawings
    stems = {drawing.stem for drawing in drawings}
    assert {path.name for path in tmp_path.iterdir()} == {f"{stem}.{kind}" for stem in stems for kind in ("png", "svg")}
    for drawing in drawings:
        assert any(character.isdigit() for character in drawing.alt)
        assert "nan" not in drawing.alt
        assert drawing.figure.get_suptitle()


def test_an_experiment_comes_to_the_same_numbers_again(bench, outcomes):
    (again,) = perform([by_hand.EXPERIMENT], bench, progress=nothing)
    assert again.as_json() == outcomes[by_hand].as_json()


def test_plain_values_keep_their_numbers_and_lose_their_types():
    assert plain({"a": (np.float64(0.5), np.arange(2)), 3: float("nan")}) == {"a": [0.5, [0, 1]], "3": None}
    assert ONLY_DRAWN["only drawn"] is True


def test_the_bench_simulates_a_pair_once(bench):
    assert bench.pair("relu") is bench.pair("relu")
    assert bench.pair("relu", "poisson") is not bench.pair("relu")
    assert bench.count(10, 3) == 3
    assert replace(bench, quick=False).count(10, 3) == 10


# --- by hand


def test_a_digit_as_dark_as_a_class_is_taken_for_it(bench):
    training = bench.training
    dark = training.images.mean(axis=1)
    means = [dark[training.labels == digit].mean() for digit in range(10)]
    images = np.array([np.full(784, mean, np.float32) for mean in means])
    assert by_hand.by_darkness(training, images).tolist() == list(range(10))


def test_the_mean_of_a_class_is_nearest_to_itself(bench):
    means = np.array([bench.training.images[bench.training.labels == digit].mean(axis=0) for digit in range(10)])
    assert by_hand.by_nearest_mean(bench.training, means).tolist() == list(range(10))


PICTURES = {
    0: (".####.", "#....#", "#....#", "#....#", "#....#", "#....#", ".####."),
    1: ("..#", "..#", "..#", "..#", "..#", "..#", "..#"),
    6: ("#.....", "#.....", "#.....", "#.....", "######", "#....#", "#....#", "######"),
    7: ("######", ".....#", "....#.", "....#.", "...#..", "...#..", "..#...", "..#...", "..#..."),
    8: ("######", "#....#", "#....#", "######", "#....#", "#....#", "######"),
    9: ("######", "#....#", "#....#", "######", ".....#", ".....#", ".....#", ".....#"),
}


@pytest.mark.parametrize("digit", PICTURES)
def test_the_rule_reads_digits_as_they_are_in_print(digit):
    image = np.zeros((28, 28))
    rows = [[character == "#" for character in row] for row in PICTURES[digit]]
    image[4 : 4 + 2 * len(rows), 6 : 6 + 2 * len(rows[0])] = np.kron(rows, np.ones((2, 2)))
    assert handmade.read_by_hand(image.reshape(1, 784))[0] == digit


def test_the_rule_is_better_than_the_nearest_mean_on_digits_it_was_not_written_from():
    digits = load_digits("train")[np.arange(3, 60_000, 30)]
    right = (handmade.read_by_hand(digits.images) == digits.labels).mean()
    assert right > 0.7


def test_an_empty_image_is_read_as_something():
    assert 0 <= handmade.read_by_hand(np.zeros((1, 784)))[0] <= 9


def test_the_finding_by_hand_follows_the_numbers():
    rule, network = (
        by_hand.Reader(name, kind, 0.8, (0.78, 0.82)) for name, kind in (("a rule", "rule"), ("it", "ann"))
    )
    even = by_hand.finding(by_hand.Result(100, (rule, network)))
    assert "no worse than it" in even
    better = replace(network, accuracy=0.95, interval=(0.94, 0.96))
    assert "errs 4 times as often" in by_hand.finding(by_hand.Result(100, (rule, better)))


# --- robustness


@given(st.integers(2, 9), st.integers(2, 12))
def test_severities_are_spread_with_both_ends(count, there):
    severities = list(range(there))
    found = spread(severities, count)
    assert found[0] == 0
    assert found[-1] == there - 1
    assert len(found) == min(count, there)
    assert found == sorted(set(found))


def test_a_curve_is_paired_digit_by_digit():
    ann = np.array([[True] * 10, [True] * 5 + [False] * 5])
    bio = np.array([[True] * 10, [False] * 5 + [True] * 5])
    found = curve("relu", "shift", [0, 3], ann, bio, seed=0)
    assert [point.ahead for point in found.points] == [0, 0]
    assert found.points[0].ahead_interval == (0, 0)
    low, high = found.points[1].ahead_interval
    assert low < -0.3
    assert high > 0.3
    assert found.points[1].p == 1


def test_the_interval_is_that_of_a_mean():
    values = np.random.default_rng(0).normal(0.3, 1.0, 4_000)
    low, high = interval(values, 0)
    assert (low, high) == pytest.approx(values.mean() + 1.96 / np.sqrt(4_000) * np.array([-1, 1]), abs=0.004)
    assert low < values.mean() < high


def made_up(values, activation="relu"):
    points = tuple(Point(float(i), a, (a, a), b, (b, b), b - a, (b - a, b - a), 1.0) for i, (a, b) in enumerate(values))
    lead = float(np.mean([b - a for a, b in values[1:]]))
    return Curve(activation, "shift", "pixels", points, lead, (lead, lead))


def test_half_way_is_where_a_straight_line_meets_it():
    falling = made_up([(0.9, 0.9), (0.7, 0.9), (0.3, 0.9)])
    assert halfway(falling, "ann") == pytest.approx(1.5)
    assert halfway(falling, "bio") is None


@pytest.mark.parametrize("activation", ["relu", "sigmoid"])
def test_clean_digits_in_a_curve_are_read_as_the_pair_reads_them(activation, bench, outcomes):
    result = outcomes[resolution].result
    (found,) = (c for c in result.curves if c.activation == activation)
    pair = bench.pair(activation)
    truth = bench.digits.labels
    assert result.digits == len(truth)
    assert found.points[0].ann == pytest.approx((pair.ann_answers == truth).mean())
    assert found.points[0].bio == pytest.approx((pair.bio_answers == truth).mean())


def test_sloppiness_shows_every_distortion_but_resolution_in_full(bench):
    assert set(sloppiness.QUICK) < set(DISTORTIONS) - {resolution.NAME}


def test_what_is_said_of_sloppiness_follows_the_numbers():
    examples = {}
    fall = sloppiness.Result(10, (made_up([(0.9, 0.9), (0.2, 0.1)]),), examples)
    assert "Neither reads sloppy digits without effort" in sloppiness.finding(fall)
    assert "surely behind in 1" in sloppiness.finding(fall)
    stand = sloppiness.Result(10, (made_up([(0.9, 0.9), (0.89, 0.9)]),), examples)
    assert "nearly as well" in sloppiness.finding(stand)
    assert "surely ahead in 1" in sloppiness.finding(stand)


def test_the_coarsest_resolution_that_is_still_read():
    kept = made_up([(1.0, 1.0), (0.95, 0.85), (0.5, 0.95)])
    result = resolution.Result(10, (28, 14, 7), (kept,), np.zeros((3, 784)))
    assert resolution.coarsest(result, kept, "ann") == 14
    assert resolution.coarsest(result, kept, "bio") == 28
    never = made_up([(1.0, 1.0), (1.0, 1.0), (1.0, 1.0)])
    assert resolution.coarsest(result, never, "ann") == 7


# --- race


def test_a_sigmoids_gradient_shrinks_from_layer_to_layer_and_a_relus_hardly(bench):
    """By at most ¼ a layer, times what weights do: through four hidden layers, a hundred times at least."""
    sizes = (784, 30, 30, 30, 30, 10)
    sigmoid, relu = (race.first_gradient(bench.training, sizes, name, 0) for name in ("sigmoid", "relu"))
    assert sigmoid[0] < sigmoid[-2] / 100
    assert relu[0] > relu[-2] / 10


def test_a_step_that_overflows_loses_the_race(bench):
    accuracy, _ = race.lap(bench.training, "relu", 1, 1e9, 0, 2)
    assert accuracy == [race.GUESSING] * 2


def runner(activation, depth, final):
    accuracy = np.array([[0.1, final], [0.1, final + 0.001]])
    return race.Runner(activation, depth, 0.1, accuracy, np.ones((2, depth + 1)))


def test_the_winner_is_who_is_ahead():
    def told(relu, sigmoid):
        both = (
            runner("relu", 1, relu),
            runner("sigmoid", 1, sigmoid),
            runner("relu", 3, relu),
            runner("sigmoid", 3, sigmoid),
        )
        return race.title(race.Result(100, both)), race.finding(race.Result(100, both))

    assert told(0.9, 0.5)[0] == "ReLU leads by up to 40 points, at 1 hidden layers"
    assert "sigmoid reads 90.1% and ReLU 50.0%" in told(0.5, 0.9)[1]
    assert "as easy to train" in told(0.9, 0.9)[0]
    assert "neither is surely ahead" in told(0.9, 0.9)[1]


# --- learning


def test_the_last_stage_is_the_network_that_the_recipe_gives(bench, outcomes):
    result = outcomes[learning].result
    assert result.stages[0].epoch == 0
    assert result.stages[0].ann < 0.5
    assert result.stages[-1].like_the_end == pytest.approx(1)
    assert result.stages[0].like_the_end < 0.99
    ends = [stage.epoch for stage in result.stages]
    assert ends == sorted(ends)


def test_weights_are_like_themselves_and_not_like_noise():
    rng = np.random.default_rng(0)
    weights = rng.normal(size=(784, 5))
    assert learning.alike(weights, 3 * weights + 1) == pytest.approx(1)
    assert abs(learning.alike(weights, rng.normal(size=(784, 5)))) < 0.1


# --- groups


def test_a_silenced_cell_never_fires(bench):
    twin = bench.twin("relu")
    units = np.array([0, 7, 19])
    (response,) = bench.respond([cascade.without(twin, units).job(bench.digits)])
    assert response.counts[0][:, units].sum() == 0
    assert response.counts[0].sum() > 0


def test_silencing_nothing_changes_no_answer(bench):
    model = bench.models["relu"]
    assert (
        cascade.answers_without(model, np.array([], int), bench.digits.images) == model.classify(bench.digits.images)
    ).all()


def test_a_unit_at_zero_is_a_unit_whose_outgoing_weights_are_zero(bench):
    model, units = bench.models["sigmoid"], np.array([2, 3])
    cut = model.weights[-1].copy()
    cut[units] = 0
    without = replace(model, weights=(*model.weights[:-1], cut))
    assert (cascade.answers_without(model, units, bench.digits.images) == without.classify(bench.digits.images)).all()


def test_the_group_that_argues_for_a_class_is_missed_most_by_its_output(bench):
    """No group as large adds more to the class's weighted sum on its digits, beyond what it adds on all."""
    model, calibration = bench.models["relu"], bench.calibration
    group = cascade.arguing_for(bench, model, 3)
    active = activation_curve("relu")(calibration.images @ model.weights[0] + model.biases[0])
    share = active * model.weights[1][:, 3]
    more = share[calibration.labels == 3].mean(axis=0) - share.mean(axis=0)
    rng = np.random.default_rng(0)
    for _ in range(50):
        assert more[group].sum() >= more[rng.choice(20, len(group), replace=False)].sum() - 1e-6
    assert len(group) == 4


def test_layers_fire_one_after_the_other(outcomes):
    first = outcomes[cascade].result.first_spike
    assert list(first) == sorted(first)


# --- thresholds and drawings


def test_the_crossing_is_found_between_bins_and_only_where_there_is_one():
    sums = np.array([-1.0, 0.0, 1.0])
    assert rheobase.crossing(sums, np.array([0.0, 0.25, 0.75])) == pytest.approx(0.5)
    assert np.isnan(rheobase.crossing(sums, np.zeros(3)))
    assert rheobase.crossing(sums, np.array([0.0, np.nan, 1.0])) == pytest.approx(0.0)


def test_relu_cells_begin_where_units_do(outcomes):
    measured = {found.activation: found for found in outcomes[rheobase].result.measured}
    assert abs(measured["relu"].crossing) < 0.03


def test_identical_layers_are_drawn_alike():
    values = np.random.default_rng(0).random((5, 8))
    assert drawn.quartiles(values, 100 * values) == pytest.approx((1, 1, 1))


def test_every_network_has_a_name_for_figures():
    assert set(NETWORK_NAMES) == set(ACTIVATIONS)


def test_a_taught_network_is_one_of_those_experiments_take():
    assert taught((784, 5, 10), "lif", digits=200, epochs=1).kind is ACTIVATIONS["lif"]
