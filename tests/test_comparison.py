"""The whole way from digits to scores, through Brian2, on few digits: same seed, same numbers, and they mean much."""

import hashlib
import json
import math
from dataclasses import replace

import numpy as np
import pytest
from specimens import files_in, numbers_of, small_mnist, taught

import compare.comparison as comparison_module
from ann import MLP, Training, save_model, train
from bio import INPUTS, LIF, simulate
from compare import cache, parallel
from compare.comparison import run_comparison, translate
from compare.files import write_json
from compare.options import Options
from compare.output import scores_json
from compare.pair import Pair
from compare.parallel import run_all
from compare.score import score
from data import load_digits

pytestmark = pytest.mark.xdist_group("comparison")  # what they share is made once

SIZES = (784, 16, 10)
ACTIVATIONS = ["relu", "sigmoid"]
of_both = pytest.mark.parametrize("activation", ACTIVATIONS)


@pytest.fixture(autouse=True)
def no_user_cache(tmp_path, monkeypatch):
    monkeypatch.setattr(cache, "cache_folder", lambda: tmp_path / "cache")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A few of MNIST's digits, on which training takes no time."""
    return small_mnist(tmp_path_factory.mktemp("digits"))


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """A file with a network for each activation that has learned a little."""
    place = tmp_path_factory.mktemp("models")
    for activation in ACTIVATIONS:
        save_model(place / f"{activation}.npz", taught(SIZES, activation), {})
    return place


def options(folder, **changed):
    return Options(**{"data": folder, "sizes": SIZES, "duration": 0.03, **changed})


def written(comparison, place):
    write_json(place, scores_json(comparison, [score(pair) for pair in comparison.pairs]))
    return place.read_bytes()


def counts_of(comparison):
    return [layer for pair in comparison.pairs for layer in pair.response.counts]


def equal(first, second):
    return len(first) == len(second) and all((a == b).all() for a, b in zip(first, second, strict=True))


# --- the same seed gives the same numbers


@pytest.fixture(scope="module")
def reference(folder, tmp_path_factory):
    """All six pairs, and the bytes of their scores.json."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cache, "cache_folder", lambda: tmp_path_factory.mktemp("cache"))
        compared = run_comparison(options(folder), workers=1)
    return compared, written(compared, tmp_path_factory.mktemp("out") / "scores.json")


def test_the_same_seed_gives_the_same_bytes_from_one_worker_and_from_two(folder, reference, tmp_path):
    for workers in (1, 2):
        again = run_comparison(options(folder), workers=workers)
        assert written(again, tmp_path / "scores.json") == reference[1]


def test_how_digits_are_cut_into_tasks_does_not_matter(folder, reference, tmp_path, monkeypatch):
    monkeypatch.setattr(parallel, "DIGITS_A_TASK", 23)
    again = run_comparison(options(folder), workers=1)
    assert written(again, tmp_path / "scores.json") == reference[1]


def test_there_is_a_pair_for_each_activation_and_input_in_order(reference):
    settings = [(pair.twin.model.activation, pair.twin.input) for pair in reference[0].pairs]
    assert settings == [(activation, name) for activation in ACTIVATIONS for name in INPUTS]
    assert all(len(pair.digits) == 60 for pair in reference[0].pairs)


def test_another_seed_draws_other_spikes_and_other_weights(folder, reference):
    other = run_comparison(options(folder, activations=("relu",), seed=1), workers=1)
    for pair, before in zip(other.pairs, reference[0].pairs[:3], strict=True):
        assert not equal(pair.twin.model.weights, before.twin.model.weights)
        assert not equal(pair.response.counts, before.response.counts)


def test_another_seed_draws_other_spikes_for_the_same_weights(folder, models):
    given = {"model": models / "relu.npz", "inputs": ("poisson", "lif"), "digits": 10}
    first, second = (run_comparison(options(folder, seed=seed, **given), workers=1) for seed in (0, 1))
    for one, other in zip(first.pairs, second.pairs, strict=True):
        assert equal(one.twin.network.weights, other.twin.network.weights)
        assert not equal(one.response.counts, other.response.counts)


@of_both
def test_the_order_of_the_digits_does_not_matter(reference, activation):
    digits = load_digits("test", reference[0].prepared.options.data)
    order = np.random.default_rng(1).permutation(len(digits))
    pairs = [pair for pair in reference[0].pairs if pair.twin.model.activation == activation]
    for pair, (response, _) in zip(
        pairs, run_all([pair.twin.job(digits[order]) for pair in pairs], workers=1), strict=True
    ):
        for before, after in zip(pair.response.counts, response.counts, strict=True):
            np.testing.assert_array_equal(before[order], after)
        np.testing.assert_array_equal(pair.response.verdicts[order], response.verdicts)


def test_a_digit_gets_the_same_spikes_whether_few_or_many_are_asked_for(folder, reference):
    few = run_comparison(options(folder, digits=20, inputs=("poisson",)), workers=1)
    for pair, before in zip(few.pairs, reference[0].pairs[2::3], strict=True):
        chosen = np.arange(20) * 60 // 20
        np.testing.assert_array_equal(pair.digits.index, chosen)
        np.testing.assert_array_equal(pair.digits.labels, before.digits.labels[chosen])
        for now, then in zip(pair.response.counts, before.response.counts, strict=True):
            np.testing.assert_array_equal(now, then[chosen])


def test_what_is_named_twice_is_compared_once(folder):
    twice = options(folder, activations=("relu", "relu"), inputs=("current", "current"), digits=3)
    assert len(run_comparison(twice, workers=1).pairs) == 1


# --- the cell, and what is calibrated


def mapping_numbers(pair):
    return [numbers_of(layer).tolist() for layer in pair.twin.mapping.layers]


@of_both
def test_a_changed_cell_keeps_mapping_and_weights_unless_recalibrated(folder, activation):
    given = {"activations": (activation,), "inputs": ("current",), "digits": 5}
    plain, changed, fitted = (
        run_comparison(options(folder, **given, **more), workers=1).pairs[0]
        for more in ({}, {"cell": {"tau_m": 40e-3}}, {"cell": {"tau_m": 40e-3}, "recalibrate": True})
    )
    assert plain.twin.cell.tau_m == plain.twin.mapping.cell.tau_m == 20e-3
    assert changed.twin.cell == replace(plain.twin.cell, tau_m=40e-3)
    assert changed.twin.mapping.cell == plain.twin.mapping.cell
    assert mapping_numbers(changed) == mapping_numbers(plain)
    assert equal(
        changed.twin.network.weights + changed.twin.network.biases,
        plain.twin.network.weights + plain.twin.network.biases,
    )
    assert not equal(changed.response.counts, plain.response.counts)
    assert fitted.twin.cell == fitted.twin.mapping.cell == changed.twin.cell
    assert mapping_numbers(fitted) != mapping_numbers(plain)
    assert not equal(fitted.twin.network.weights, plain.twin.network.weights)


def test_recalibrating_mends_what_a_changed_membrane_breaks(models):
    """Four times the time constant: the same drives make the cells fire far less, until the drives are fitted again."""
    given = {"model": models / "relu.npz", "inputs": ("current",), "digits": 300, "cell": {"tau_m": 80e-3}}
    broken, mended = (
        score(run_comparison(Options(recalibrate=again, **given), workers=1).pairs[0]) for again in (False, True)
    )
    assert mended.layers[0].rmse < 0.5 * broken.layers[0].rmse
    assert mended.spikes_per_digit > 2 * broken.spikes_per_digit


def test_recalibrating_an_unchanged_cell_changes_nothing(folder):
    given = {"inputs": ("current",), "digits": 5}
    first, second = (run_comparison(options(folder, **given, recalibrate=again), workers=1) for again in (False, True))
    assert [mapping_numbers(pair) for pair in first.pairs] == [mapping_numbers(pair) for pair in second.pairs]
    assert equal(counts_of(first), counts_of(second))


def test_calibration_never_sees_the_test_digits(folder, reference, monkeypatch):
    """With noise in place of the test digits, the mapping is the same to the last bit."""

    def load(split, place=None):
        digits = load_digits(split, place)
        if split == "train":
            return digits
        noise = np.random.default_rng(0).random(digits.images.shape, np.float32)
        return replace(digits, images=noise, labels=digits.labels[::-1])

    monkeypatch.setattr(comparison_module, "load_digits", load)
    blind = run_comparison(options(folder), workers=1)
    for pair, before in zip(blind.pairs, reference[0].pairs, strict=True):
        assert mapping_numbers(pair) == mapping_numbers(before)
        assert equal(pair.twin.network.weights, before.twin.network.weights)
        assert not equal(pair.response.counts, before.response.counts)


@of_both
def test_r_max_and_alignment_reach_the_mapping(folder, models, activation):
    for align, r_max in (("threshold", 100.0), ("slope", 200.0)):
        given = options(
            folder, model=models / f"{activation}.npz", inputs=("current",), digits=3, align=align, r_max=r_max
        )
        twin = run_comparison(given, workers=1).pairs[0].twin
        assert (twin.align, twin.mapping.r_max, twin.stimulus(load_digits("test")[:2]).r_max) == (align, r_max, r_max)
        if activation == "relu":
            assert (twin.mapping.layers[0].c0 == 1) == (align == "threshold")


# --- what the scores say


@of_both
def test_shuffled_labels_bring_both_networks_down_to_chance(models, activation):
    """With labels drawn from the others', a right answer is an accident: Σ p(answer) p(label), give or take five σ."""
    given = Options(model=models / f"{activation}.npz", inputs=("current",), digits=600, duration=0.05)
    pair = run_comparison(given, workers=1).pairs[0]
    honest = score(pair)
    labels = np.random.default_rng(3).permutation(pair.digits.labels)
    shuffled = score(Pair(pair.twin, replace(pair.digits, labels=labels), pair.response))
    share = np.bincount(labels, minlength=10) / 600
    for answers, before, after in (
        (pair.ann_answers, honest.ann_accuracy, shuffled.ann_accuracy),
        (pair.bio_answers, honest.bio_accuracy, shuffled.bio_accuracy),
    ):
        chance = np.bincount(answers, minlength=10) / 600 @ share
        assert abs(after - chance) < 5 * math.sqrt(chance * (1 - chance) / 600)
        assert before > 0.5


@pytest.mark.parametrize(("activation", "mcc"), [("relu", 0.98), ("sigmoid", 0.93)])
def test_the_twin_of_a_trained_network_loses_little_and_its_rates_are_the_activations(tmp_path, activation, mcc):
    """784-100-10, trained on all of MNIST, though not for long. The bars of the project hold for 10,000 digits; on 500,
    the loss may be three of its standard errors above 0.7 points."""
    digits = load_digits("train")
    model = train(digits.images, digits.labels, Training((784, 100, 10), activation, epochs=2)).model
    save_model(tmp_path / "trained.npz", model, {})
    given = Options(model=tmp_path / "trained.npz", inputs=("current",), digits=500)
    pair = run_comparison(given, workers=1).pairs[0]
    result = score(pair)
    differ = ((pair.ann_answers == pair.digits.labels) != (pair.bio_answers == pair.digits.labels)).mean()
    assert result.ann_accuracy > 0.9
    assert result.ann_accuracy - result.bio_accuracy <= 0.007 + 3 * math.sqrt(differ / 500)
    assert result.same_answer > 0.95
    hidden = result.layers[0]
    assert hidden.pearson >= 0.99
    assert hidden.mcc >= mcc
    assert hidden.pearson_median_unit > 0.97
    assert abs(hidden.pearson_shuffled) < hidden.pearson
    assert result.ms_to_within_half_point is not None
    assert result.accuracy_by_ms[-1] == (100.0, result.bio_accuracy)


# --- odd networks


@of_both
def test_a_network_of_zeros_is_scored_with_nulls_where_nothing_is_defined(folder, tmp_path, activation):
    save_model(tmp_path / "zeros.npz", zeros(activation), {})
    given = options(folder, model=tmp_path / "zeros.npz", inputs=("current", "poisson"), digits=8)
    compared = run_comparison(given, workers=1)
    pairs = json.loads(written(compared, tmp_path / "scores.json"))["pairs"]
    for pair in pairs:
        for layer in pair["layers"]:
            for name in ("pearson", "pearson_raw", "spearman", "mcc", "auroc", "pearson_shuffled"):
                assert layer[name] is None, name
            assert layer["rmse"] >= 0
            assert sum(map(sum, layer["on_off"])) == 8 * (5 if layer["name"] == "hidden 1" else 10)
        if activation == "relu":
            assert pair["spikes_per_digit"] == 0


def zeros(activation):
    return MLP((np.zeros((784, 5)), np.zeros((5, 10))), (np.zeros(5), np.zeros(10)), activation)


@of_both
@pytest.mark.parametrize("sizes", [(784, 10), (784, 8, 6, 10)], ids=str)
def test_networks_with_no_hidden_layer_and_with_two_go_the_whole_way(folder, activation, sizes):
    compared = run_comparison(options(folder, activations=(activation,), sizes=sizes, digits=12), workers=1)
    for pair in compared.pairs:
        result = score(pair)
        assert [layer.name for layer in result.layers] == ["hidden 1", "hidden 2", "output"][-len(sizes) + 1 :]
        assert [layer.shape for layer in pair.response.counts] == [(12, width) for width in sizes[1:]]


def test_a_model_brings_its_own_activation_and_sizes(folder, models):
    compared = run_comparison(
        options(folder, model=models / "sigmoid.npz", sizes=(784, 99, 10), inputs=("current",), digits=2), workers=1
    )
    assert [(pair.twin.model.activation, pair.twin.model.sizes) for pair in compared.pairs] == [("sigmoid", SIZES)]


@pytest.mark.parametrize("sizes", [(783, 5, 10), (784, 5, 9)])
def test_a_model_that_does_not_read_digits_is_refused_by_name(folder, tmp_path, sizes):
    rng = np.random.default_rng(0)
    save_model(tmp_path / "other.npz", MLP.random(sizes, activation="relu", rng=rng), {})
    with pytest.raises(ValueError, match=r"other\.npz.*784 pixels to 10"):
        run_comparison(options(folder, model=tmp_path / "other.npz"), workers=1)


@pytest.mark.parametrize(("duration", "dt"), [(0.1, 0.3e-3), (0.01, 3e-3), (0.02, 7e-3), (0.01, 0.6e-3)])
def test_a_duration_that_is_no_multiple_of_the_step_is_no_trouble(folder, models, duration, dt):
    given = options(folder, model=models / "relu.npz", inputs=("current",), digits=20, duration=duration, dt=dt)
    pair = run_comparison(given, workers=1).pairs[0]
    assert len(pair.response) == 20
    assert pair.response.times[-1] == pytest.approx(duration, abs=dt / 2 + 1e-12)
    grouped = simulate(pair.twin.network, pair.twin.stimulus(pair.digits), duration=duration, dt=dt, lanes=7)
    assert equal(grouped.counts, pair.response.counts)


# --- scores.json


NUMBER, FRACTION = "a number", "a fraction"


def fits(value, kind):
    if kind in (NUMBER, FRACTION):
        fine = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        return fine and (kind == NUMBER or 0 <= value <= 1)
    if isinstance(kind, tuple):
        return any(fits(value, one) for one in kind)
    if isinstance(kind, list):
        return isinstance(value, list) and len(value) == len(kind) and all(map(fits, value, kind))
    if isinstance(kind, dict):
        return isinstance(value, dict) and all(name in value and fits(value[name], one) for name, one in kind.items())
    return value is None if kind is None else isinstance(value, kind) and not isinstance(value, bool)


SCORE = (NUMBER, None)
MANIFEST = {
    "version": str,
    "python": str,
    "brian2": str,
    "numpy": str,
    "seed": int,
    "data_sha256": dict,
    "options": dict,
}
CELL = dict.fromkeys(("tau_m", "t_ref", "noise", "r_max", "c0", "c1"), NUMBER) | {"reset": str}
LAYER = dict.fromkeys(("pearson", "pearson_raw", "spearman", "mcc", "auroc"), SCORE) | {
    "name": str,
    "rmse": NUMBER,
    "dead": FRACTION,
    "saturated": FRACTION,
    "on_off": [[int, int], [int, int]],
}
PAIR = {
    "activation": str,
    "sizes": list,
    "digits": int,
    "duration_ms": NUMBER,
    "dt_ms": NUMBER,
    "input": str,
    "engine": str,
    "cell": CELL,
    "ann_accuracy": FRACTION,
    "ann_interval": [FRACTION, FRACTION],
    "bio_accuracy": FRACTION,
    "bio_interval": [FRACTION, FRACTION],
    "same_answer": FRACTION,
    "mcnemar_p": FRACTION,
    "spikes_per_digit": NUMBER,
    "ms_to_within_half_point": SCORE,
    "accuracy_by_ms": list,
    "align": str,
    "layers": list,
}


def test_the_file_of_scores_has_every_key_of_its_schema_with_its_type(reference):
    scores = json.loads(reference[1])
    assert set(scores) == {"schema", "manifest", "pairs"}
    assert scores["schema"] == 1
    assert len(scores["pairs"]) == 6
    for name, kind in MANIFEST.items():
        assert fits(scores["manifest"][name], kind), name
    for pair in scores["pairs"]:
        for name, kind in PAIR.items():
            assert fits(pair[name], kind), name
        assert [layer["name"] for layer in pair["layers"]] == ["hidden 1", "output"]
        for layer in pair["layers"]:
            for name, kind in LAYER.items():
                assert fits(layer[name], kind), name
        assert all(fits(point, [NUMBER, FRACTION]) for point in pair["accuracy_by_ms"])
        assert [ms for ms, _ in pair["accuracy_by_ms"]] == [5, 10, 15, 20, 25, 30]


def test_the_file_of_scores_says_what_was_asked_in_milliseconds_and_hertz(reference):
    pair = json.loads(reference[1])["pairs"][0]
    assert (pair["duration_ms"], pair["dt_ms"], pair["sizes"], pair["digits"]) == (30, 1, list(SIZES), 60)
    asked = {"tau_m": 20, "t_ref": 2, "noise": 0, "reset": "subtract", "r_max": 200, "c0": 1, "v_threshold": -50}
    assert {name: pair["cell"][name] for name in asked} == asked


def test_the_manifest_holds_the_hashes_of_the_four_files(reference):
    manifest = json.loads(reference[1])["manifest"]
    folder = reference[0].prepared.options.data
    found = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files_in(folder)}
    assert len(set(found.values())) == 4
    assert manifest["data_sha256"] == {
        "train-images": found["train-images-idx3-ubyte"],
        "train-labels": found["train-labels-idx1-ubyte"],
        "test-images": found["t10k-images-idx3-ubyte"],
        "test-labels": found["t10k-labels-idx1-ubyte"],
    }
    assert manifest["options"]["sizes"] == list(SIZES)
    assert manifest["options"]["data"] == str(folder)


def test_a_file_of_scores_is_replaced_whole_or_left_as_it_was(tmp_path):
    place = tmp_path / "scores.json"
    write_json(place, {"schema": 1})
    before = place.read_bytes()
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json(place, {"schema": math.nan})
    assert place.read_bytes() == before
    assert files_in(tmp_path) == [place]


def test_progress_and_timing_count_every_digit_once(folder):
    told = []
    compared = run_comparison(
        options(folder, inputs=("current", "poisson"), digits=11), workers=1, progress=lambda *word: told.append(word)
    )
    simulated = [(done, total) for stage, done, total, _ in told if stage == "simulate"]
    assert simulated == [(11, 44), (22, 44), (33, 44), (44, 44)]
    trained = [done for stage, done, _, _ in told if stage == "train relu"]
    assert trained == list(range(1, 21))
    assert {"load", "train relu", "train sigmoid", "calibrate", "simulate"} <= set(compared.timing["stages"])
    assert [pair["digits"] for pair in compared.timing["pairs"]] == [11] * 4


def test_a_stopped_training_ends_the_comparison_and_keeps_nothing(folder, tmp_path):
    def stop(stage, done, total, note):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_comparison(options(folder), workers=1, progress=stop)
    assert files_in(tmp_path) == []


# --- options


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"activations": ("tanh",)}, "tanh.*relu, sigmoid"),
        ({"activations": ()}, "at least one"),
        ({"inputs": ("eye",)}, "eye.*current, lif, poisson"),
        ({"inputs": ()}, "at least one"),
        ({"sizes": (783, 10)}, "784 pixels"),
        ({"sizes": (784, 11)}, "10 outputs"),
        ({"sizes": (784, 0, 10)}, "sizes 784,0,10"),
        ({"sizes": (784,)}, "784 pixels"),
        ({"sizes": ()}, "784 pixels"),
        ({"digits": 0}, "0 digits"),
        ({"digits": -3}, "-3 digits"),
        ({"duration": -0.1}, "duration"),
        ({"duration": math.nan}, "duration"),
        ({"dt": 0.0}, "dt"),
        ({"dt": math.inf}, "dt"),
        ({"duration": 0.01, "dt": 0.02}, "dt 20 ms is longer"),
        ({"dt": 10e-3}, "dt 10 ms.*poisson.*5 ms"),
        ({"align": "left"}, "left.*threshold, slope"),
        ({"r_max": 0.0}, "r_max"),
        ({"r_max": math.nan}, "r_max"),
        ({"r_max": 600.0}, "r_max 600"),
        ({"r_max": 0.1}, "r_max 0.1"),
        ({"seed": -1}, "seed"),
        ({"cell": {"tau_m": -1.0}}, "tau_m"),
        ({"cell": {"noise": math.nan}}, "noise"),
        ({"cell": {"reset": "half"}}, "half.*subtract, zero"),
        ({"cell": {"t_ref": 6e-3}, "recalibrate": True}, "t_ref 6 ms"),
    ],
    ids=str,
)
def test_options_that_cannot_be_are_refused_before_any_work_in_one_line(changed, words):
    with pytest.raises(ValueError, match=words) as refused:
        Options(**changed)
    assert "\n" not in str(refused.value)


def test_coarse_steps_are_refused_for_random_spikes_only():
    assert Options(dt=10e-3, inputs=("current", "lif")).dt == 10e-3


def test_a_models_own_activation_decides_what_r_max_it_allows(folder, models):
    """A ReLU's cell can fire at 300 Hz, a sigmoid's, refractory for 4 ms, can't."""
    fast = options(folder, model=models / "relu.npz", r_max=300.0, inputs=("current",), digits=2)
    assert run_comparison(fast, workers=1).pairs[0].twin.mapping.r_max == 300
    with pytest.raises(ValueError, match="t_ref 4 ms"):
        run_comparison(replace(fast, model=models / "sigmoid.npz"), workers=1)


def test_a_changed_constant_of_the_cell_is_changed_and_no_other():
    assert Options(cell={"tau_m": 0.05}).cell_for("relu") == LIF(tau_m=0.05)
    assert Options(cell={"tau_m": 0.05}).cell_for("sigmoid") == LIF(tau_m=0.05, t_ref=4e-3, noise=0.25)


def test_translating_makes_one_mapping_for_all_inputs():
    model = taught(SIZES, "relu", digits=300, epochs=1)
    twins = list(translate(model, Options(), load_digits("train").spread(100)))
    assert [twin.input for twin in twins] == list(INPUTS)
    assert len({id(twin.mapping) for twin in twins}) == 1
