"""The experiments' form, and those on what a digit may suffer, on learning, on groups and on thresholds."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from specimens import mapping_of, one_sentence, pair_of, small_mnist, taught

from ann import ACTIVATIONS, Training, train
from bio import LIF, Recording, record
from compare.activations import curve as activation_curve
from compare.comparison import prepared, translate
from compare.experiments import (
    by_hand,
    cascade,
    drawn,
    figures,
    handmade,
    learning,
    race,
    resolution,
    rheobase,
    robustness,
    sloppiness,
)
from compare.experiments.bench import Bench
from compare.experiments.experiment import ONLY_DRAWN, WORDS, Experiment, Outcome, Verdict, judged, plain
from compare.experiments.figures import race as race_figure
from compare.experiments.figures import rheobase as rheobase_figure
from compare.experiments.registry import MODULES, chosen, draw, draw_all, experiments, perform
from compare.experiments.resampling import bootstrapped, drawn_anew, mean_of, middle_95, standard_error
from compare.experiments.robustness import Curve, Point, accuracy_curve, halfway, hardest, spread
from compare.experiments.wording import lines, listed, number, percent, points
from compare.neuron.map import fits_of
from compare.options import Options
from compare.pair import Pair
from compare.style import NETWORK_NAMES
from data import DISTORTIONS, distort, load_digits

pytestmark = pytest.mark.xdist_group("experiments")  # what they share is made once

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


def pairs_on(bench, shown):
    """What twins and their networks answer, of (twin, digits) each, by `Pair` alone."""
    responses = bench.respond([twin.job(digits) for twin, digits in shown])
    return [Pair(twin, digits, response) for (twin, digits), response in zip(shown, responses, strict=True)]


def accuracies(pair):
    """Of the standard network and of its twin."""
    return [float((answers == pair.digits.labels).mean()) for answers in (pair.ann_answers, pair.bio_answers)]


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
        assert 3 <= len(experiment.claim.split()) <= 12
        assert experiment.claim[0].isupper()
        assert not experiment.claim.endswith((".", "?"))


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


IN_WORDS = {
    by_hand: lambda result: [f"{reader.name} {reader.accuracy:.1%}" for reader in result.readers],
    cascade: lambda result: [
        *(
            f"{s.target}: {100 * s.ann_lost[s.target]:.0f} and {100 * s.bio_lost[s.target]:.0f}"
            for s in result.silenced
            if s.target is not None
        ),
        listed(f"{time:.0f}" for time in result.first_spike) + " ms",
        f"the verdict is {result.verdict}.",
    ],
    drawn: lambda result: [", ".join(f"{middle:.2f}" for _, middle, _ in one.alike) for one in result.drawn],
    learning: lambda result: [f"{s.epoch}: {s.ann:.1%} and {s.bio:.1%}" for s in result.stages],
    race: lambda result: [f"{one.depth}: {one.final.mean():.1%}" for one in result.runners],
    resolution: lambda result: [
        f"{pixels}: {point.ann:.0%} and {point.bio:.0%}"
        for curve in result.curves
        for pixels, point in zip(result.pixels, curve.points, strict=True)
    ],
    rheobase: lambda result: [
        *(f"{100 * found.crossing:+z.1f}% of the range" for found in result.measured),
        *(f"{r2:.4f}" for found in result.measured for r2 in found.r2.values()),
    ],
    sloppiness: lambda result: [
        *(f"{curve.distortion} {100 * curve.mean_ahead:+.1f}" for curve in result.curves),
        *(f"{c.distortion} {c.points[-1].ann:.0%} and {c.points[-1].bio:.0%}" for c in result.curves),
    ],
}


@pytest.mark.parametrize("module", OWN, ids=lambda module: module.EXPERIMENT.name)
def test_every_figure_is_drawn_with_words_that_hold_its_numbers(module, outcomes, tmp_path):
    drawings = draw(outcomes[module], tmp_path)
    alts = " ".join(drawing.alt for drawing in drawings)
    said = IN_WORDS[module](outcomes[module].result)
    assert len(said) >= 2
    assert [text for text in said if text not in alts] == []
    assert drawings
    stems = {drawing.stem for drawing in drawings}
    assert {path.name for path in tmp_path.iterdir()} == {f"{stem}.{kind}" for stem in stems for kind in ("png", "svg")}
    for drawing in drawings:
        assert any(character.isdigit() for character in drawing.alt)
        assert "nan" not in drawing.alt
        assert drawing.figure.get_suptitle()


@pytest.mark.parametrize("module", OWN, ids=lambda module: module.EXPERIMENT.name)
def test_a_verdict_is_a_word_of_its_part_and_one_short_sentence(module, outcomes):
    verdict = outcomes[module].verdict
    assert verdict.holds in WORDS[module.EXPERIMENT.part]
    assert outcomes[module].as_json()["verdict"]["holds"] == verdict.holds
    assert outcomes[module].as_json()["claim"] == module.EXPERIMENT.claim
    assert one_sentence(verdict.sentence)
    assert all("nan" not in text and text for text in (verdict.measure, verdict.ann, verdict.bio))
    assert any(sign.isdigit() for sign in verdict.ann + verdict.bio)


def test_a_word_that_is_no_verdict_is_refused():
    with pytest.raises(ValueError, match=r'breaks, does not hold, holds.*not "true"'):
        Verdict("accuracy", "1", "2", "true", "It is.")


def test_a_claim_cannot_break_and_a_break_cannot_hold(outcomes):
    wrong = replace(by_hand.EXPERIMENT, verdict=lambda result: Verdict("accuracy", "1", "2", "breaks", "It is."))
    with pytest.raises(ValueError, match=r'by-hand: the verdict can be holds, in part, does not hold, not "breaks"'):
        _ = Outcome(wrong, outcomes[by_hand].result).verdict


@given(st.lists(st.booleans(), min_size=1, max_size=5), st.sampled_from(sorted(WORDS)))
def test_all_must_say_so_for_a_yes_and_none_for_a_no(said, part):
    expected = WORDS[part][0 if all(said) else 1 if any(said) else 2]
    assert judged(part, said) == expected


def test_what_is_neither_surely_so_nor_surely_not_is_so_in_part():
    assert judged("claim", [True, False], [False, False]) == "in part"
    assert judged("claim", [False, False], [False, True]) == "in part"
    assert judged("break", [False, False], [True, True]) == "no break seen"
    assert judged("claim", []) == "in part"


def test_numbers_are_written_with_their_intervals_and_with_a_minus_that_is_one():
    assert percent(0.573, (0.54, 0.6)) == "57 % (54–60)"
    assert number(0.98, (0.97, 0.99)) == "0.98 (0.97–0.99)"
    assert points(-0.001, (-0.003, 0.002)) == "−0.1 (−0.3 to 0.2)"
    assert number(-0.001) == "0.00"
    assert number(1234.5, decimals=0) == "1,234"
    assert number(None) == number(float("nan")) == "–"
    assert number(1.0, (float("nan"), 2.0)) == "1.00"


def test_a_cell_names_its_networks_where_there_are_more_than_one():
    assert lines([("relu", "1")]) == "1"
    assert lines([("relu", "1"), ("noisy-lif", "2")]) == "ReLU 1; noisy LIF 2"
    assert lines([]) == "–"
    assert [listed(names) for names in (["a"], ["a", "b"], ["a", "b", "c"])] == ["a", "a and b", "a, b and c"]


def test_an_experiment_comes_to_the_same_numbers_again(bench, outcomes):
    (again,) = perform([by_hand.EXPERIMENT], bench, progress=nothing)
    assert again.as_json() == outcomes[by_hand].as_json()


def failing(error, *, of="run"):
    """An experiment of which running, its finding or its figures raise an error."""

    def fail(_):
        raise error

    return replace(by_hand.EXPERIMENT, name="broken", **{of: fail})


@pytest.mark.parametrize("of", ["run", "finding", "verdict"])
def test_an_experiment_that_fails_is_left_out_and_the_others_keep_their_results(of, bench, outcomes, caplog):
    failed = []
    asked = [by_hand.EXPERIMENT, failing(ZeroDivisionError("by nought"), of=of), by_hand.EXPERIMENT]
    done = list(perform(asked, bench, progress=nothing, on_failure=failed.append))
    assert [outcome.as_json() for outcome in done] == [outcomes[by_hand].as_json()] * 2
    assert failed == ["broken"]
    assert "broken is left out: it failed with ZeroDivisionError: by nought" in caplog.text


def test_an_experiment_that_cannot_be_done_is_left_out_and_is_no_failure(bench, caplog):
    failed = []
    asked = [failing(ValueError("too few digits")), by_hand.EXPERIMENT]
    assert len(list(perform(asked, bench, progress=nothing, on_failure=failed.append))) == 1
    assert failed == []
    assert "broken is left out: too few digits" in caplog.text


def test_an_experiment_that_fails_alone_raises_its_error(bench):
    with pytest.raises(ZeroDivisionError):
        list(perform([failing(ZeroDivisionError())], bench, progress=nothing))


def test_files_that_only_draw_have_their_experiments_names_and_are_imported_to_draw():
    files = Path(figures.__file__).parent.glob("*.py")
    drawing = {path.stem for path in files if "\ndef draw(" in path.read_text(encoding="utf-8")}
    assert len(drawing) > 10
    assert drawing <= set(MODULES)
    code = (
        f"import sys\nfrom importlib import import_module\nfor name in {sorted(drawing)}:\n"
        "    import_module(f'compare.experiments.{name}')\nprint(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", check=True)
    loaded = set(done.stdout.split())
    assert loaded >= {f"compare.experiments.{name}" for name in drawing}
    assert not loaded & {"matplotlib", *(f"compare.experiments.figures.{name}" for name in drawing)}


def test_figures_that_fail_are_left_out_and_the_others_are_drawn(outcomes, tmp_path, caplog):
    failed, good = [], outcomes[by_hand]
    bad = Outcome(failing(ZeroDivisionError("by nought"), of="draw"), good.result)
    done = list(draw_all([bad, good], tmp_path, progress=nothing, on_failure=failed.append))
    assert [len(drawings) for _, drawings in done] == [0, 1]
    assert (tmp_path / "by-hand.png").exists()
    assert failed == ["broken"]
    assert "the figures of broken are left out: ZeroDivisionError: by nought" in caplog.text


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


def two_readers(rule, network, p):
    """A rule and a network of these accuracies, that differ by chance with this p; whose intervals overlap."""
    readers = (
        by_hand.Reader(name, kind, at, (0.5, 1.0))
        for name, kind, at in (("a rule", "rule", rule), ("it", "ann", network))
    )
    return by_hand.Result(100, tuple(readers), p)


@pytest.mark.parametrize(
    ("result", "word", "said", "headed"),
    [
        (two_readers(0.8, 0.95, 0.001), "holds", "errs 4 times as often", "No rule without learning comes near"),
        (two_readers(0.8, 0.85, 0.001), "in part", "errs 1.3 times as often", "surely less than it (85%)"),
        (two_readers(0.8, 0.95, 0.2), "in part", "not surely worse than it", "not surely worse than it (95%)"),
        (two_readers(0.8, 0.81, 0.2), "in part", "not surely worse than it", "not surely worse than it (81%)"),
        (two_readers(0.8, 0.79, 0.2), "does not hold", "not surely worse than it", "not surely worse than it (79%)"),
        (two_readers(0.9, 0.8, 0.01), "does not hold", "surely better than it", "surely better than it (80%)"),
    ],
)  # fmt: skip
def test_what_is_said_of_rules_by_hand_and_its_headline_follow_the_test_on_the_same_digits(result, word, said, headed):
    (drawing,) = by_hand.EXPERIMENT.draw(result)
    assert by_hand.verdict(result).holds == word
    assert one_sentence(by_hand.verdict(result).sentence)
    assert said in by_hand.finding(result)
    assert headed in " ".join(drawing.figure.get_suptitle().split())


def test_rule_and_network_are_compared_by_mcnemar_on_the_bench_s_digits(bench, outcomes):
    """By scipy's binomial test of those that only one of the two reads."""
    from scipy.stats import binomtest

    result, truth = outcomes[by_hand].result, bench.digits.labels
    best, worst = by_hand.extremes(result.readers)
    pairs = {f"{NETWORK_NAMES[name]}{end}": answers for name in bench.activations for end, answers in (
        (" network", bench.pair(name).ann_answers), (", spiking", bench.pair(name).bio_answers))}  # fmt: skip
    rules = {"a rule by hand": handmade.read_by_hand(bench.digits.images),
             "nearest mean image": by_hand.by_nearest_mean(bench.training, bench.digits.images)}  # fmt: skip
    first, second = rules[best.name] == truth, pairs[worst.name] == truth
    only = [(first & ~second).sum(), (second & ~first).sum()]
    assert result.p == pytest.approx(binomtest(int(only[0]), int(sum(only))).pvalue)


def test_a_class_that_was_never_seen_is_no_answer(bench):
    seen = bench.training[bench.training.labels != 4]
    for rule in (by_hand.by_darkness, by_hand.by_nearest_mean):
        answers = rule(seen, bench.digits.images)
        assert 4 not in answers
        assert set(answers) <= set(seen.labels)


@pytest.mark.parametrize(
    ("network", "word", "said"),
    [
        ((0.95, (0.94, 0.96)), "holds", "errs 4 times as often"),
        ((0.85, (0.83, 0.87)), "in part", "errs 1.3 times as often"),
        ((0.79, (0.77, 0.81)), "does not hold", "reads 80 %, not surely worse than it (79 %)"),
    ],
)
def test_programs_are_hard_to_write_where_the_best_one_errs_twice_as_often(network, word, said):
    readers = (by_hand.Reader("a rule", "rule", 0.8, (0.78, 0.82)), by_hand.Reader("it", "ann", *network))
    found = by_hand.verdict(by_hand.Result(100, readers, 0.3 if word == "does not hold" else 0.001))
    assert found.holds == word
    assert said in found.sentence
    assert one_sentence(found.sentence)
    assert (found.ann, found.bio) == (f"it {percent(*network, decimals=1)}", "–")


# --- robustness


@given(st.integers(2, 9), st.integers(2, 12))
def test_severities_are_spread_with_both_ends(count, there):
    severities = list(range(there))
    found = spread(severities, count)
    assert found[0] == 0
    assert found[-1] == there - 1
    assert len(found) == min(count, there)
    assert found == sorted(set(found))


def test_every_point_of_a_curve_is_what_a_pair_reads_of_the_digits_distorted_so(bench):
    names, digits, twin = ["shift", "rotate"], bench.digits.spread(40), bench.twin("relu")
    alone = replace(bench, prepared=replace(bench.prepared, twins=[twin]), known={})
    found = robustness.curves(alone, names, digits=digits, severities=3)
    assert [curve.distortion for curve in found] == names
    assert all(len(curve.points) == 3 for curve in found)
    asked = [(curve.distortion, point) for curve in found for point in curve.points]
    images = [distort(digits.images, name, p.severity, seed=bench.seed, index=digits.index) for name, p in asked]
    pairs = pairs_on(bench, [(twin, replace(digits, images=some)) for some in images])
    assert [[point.ann, point.bio] for _, point in asked] == [pytest.approx(accuracies(pair)) for pair in pairs]
    assert [point.ann for point in found[0].points] != [point.ann for point in found[1].points]


def test_a_curve_is_paired_digit_by_digit():
    ann = np.array([[True] * 10, [True] * 5 + [False] * 5])
    bio = np.array([[True] * 10, [False] * 5 + [True] * 5])
    found = accuracy_curve("relu", "shift", [0, 3], ann, bio, seed=0)
    assert [point.ahead for point in found.points] == [0, 0]
    assert found.points[0].ahead_interval == (0, 0)
    low, high = found.points[1].ahead_interval
    assert low < -0.3
    assert high > 0.3
    assert found.points[1].p == 1


def test_what_is_lost_on_clean_digits_is_no_weakness_against_distortion():
    """A twin that reads one digit less than its network at every severity is behind by that, and stands it as well."""
    ann = np.array([[True] * 10, [True] * 8 + [False] * 2, [True] * 4 + [False] * 6])
    bio = ann.copy()
    bio[:, 0] = False
    found = accuracy_curve("relu", "shift", [0, 2, 4], ann, bio, seed=0)
    assert [point.ahead for point in found.points] == pytest.approx([-0.1] * 3)
    assert found.mean_ahead == 0
    assert found.mean_ahead_interval == (0, 0)


@pytest.mark.parametrize("who", [0, 1])
def test_without_effort_takes_both_networks_each_held_against_its_own_clean_accuracy(who):
    good, bad, poor = (0.9, 0.88), (0.9, 0.3), (0.5, 0.48)

    def said(*ends):
        values = list(zip(*(ends if who == 0 else ends[::-1]), strict=True))
        return sloppiness.finding(sloppiness.Result(10, (made_up(values),), {}))

    kinds = ("standard", "spiking") if who == 0 else ("spiking", "standard")
    assert f"Only the {kinds[0]} network reads sloppy digits nearly as well" in said(good, bad)
    assert "Both read sloppy digits nearly as well" in said(good, poor)
    assert "Neither reads" in said(bad, bad)


def test_the_interval_is_that_of_a_mean():
    values = np.random.default_rng(0).normal(0.3, 1.0, 4_000)
    low, high = bootstrapped(values, 0)
    assert (low, high) == pytest.approx(values.mean() + 1.96 / np.sqrt(4_000) * np.array([-1, 1]), abs=0.004)
    assert low < values.mean() < high


def test_digits_drawn_anew_vary_the_mean_by_its_standard_error():
    rng = np.random.default_rng(4)
    values, times = rng.normal(size=400), drawn_anew(400, 4_000, rng)
    assert (times.sum(axis=1) == 400).all()
    (mean, *ends), found = mean_of(values), middle_95(times @ values / 400)
    assert mean == values.mean()
    # a percentile of 4,000 lies within 0.042 standard errors, one σ, of where it belongs
    assert found == pytest.approx(ends, abs=4 * 0.042 * standard_error(values))
    assert np.isnan([*middle_95([]), *middle_95([1.0, np.nan])]).all()


def made_up(values, activation="relu"):
    points = tuple(Point(float(i), a, (a, a), b, (b, b), b - a, (b - a, b - a), 1.0) for i, (a, b) in enumerate(values))
    lead = float(np.mean([b - a for a, b in values[1:]])) - (values[0][1] - values[0][0])
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


def test_digits_are_shown_from_28_pixels_a_side_down_to_3(outcomes):
    result = outcomes[resolution].result
    assert (result.pixels[0], result.pixels[-1]) == (28, 3)
    assert list(result.pixels) == sorted(set(result.pixels), reverse=True)
    for curve in result.curves:
        assert [round(28 / max(point.severity, 1)) for point in curve.points] == list(result.pixels)


def test_sloppiness_shows_every_distortion_but_resolution_in_full(bench):
    assert set(sloppiness.QUICK) < set(DISTORTIONS) - {resolution.NAME}


def test_what_is_said_of_sloppiness_follows_the_numbers():
    examples = {}
    fall = sloppiness.Result(10, (made_up([(0.9, 0.9), (0.2, 0.1)]),), examples)
    assert "Neither reads sloppy digits without effort" in sloppiness.finding(fall)
    assert "0 of 1 curves better and 1 worse" in sloppiness.finding(fall)
    assert sloppiness.finding(fall).endswith("costs it 10.0 points more.")
    many = sloppiness.Result(10, fall.curves * 40, examples)
    assert "0 of 40 curves better and 40 worse" in sloppiness.finding(many)
    assert "chance alone gives some 1 of each" in sloppiness.finding(many)
    assert "surely" not in sloppiness.finding(many)
    stand = sloppiness.Result(10, (made_up([(0.9, 0.9), (0.89, 0.9)]),), examples)
    assert "nearly as well" in sloppiness.finding(stand)
    assert "1 of 1 curves better and 0 worse" in sloppiness.finding(stand)
    assert sloppiness.finding(stand).endswith("costs it 1.0 points less.")


@pytest.mark.parametrize(
    ("left", "word", "said"),
    [
        ((0.85, 0.82), "holds", "hardly troubles them"),
        ((0.85, 0.5), "in part", "troubles some"),
        ((0.4, 0.5), "does not hold", "from 90 % to 40 % in standard networks, from 90 % to 50 % in"),
    ],
)
def test_sloppiness_costs_effort_where_less_than_nine_tenths_are_left(left, word, said):
    found = sloppiness.verdict(sloppiness.Result(10, (made_up([(0.9, 0.9), left]),), {}))
    assert found.holds == word
    assert said in found.sentence
    assert one_sentence(found.sentence)


def test_what_is_left_at_the_worst_is_a_mean_over_distortions_and_its_interval_no_narrower_than_it_must_be():
    """Of independent distortions the interval would be √2 narrower; of identical ones it is that of one."""
    right = np.random.default_rng(0).random((2, 3, 400)) < np.array([0.9, 0.6, 0.3])[:, None]
    found = [accuracy_curve("relu", "shift", [0, 1, 2], both, both, seed=0) for both in right]
    clean, left, (low, high) = hardest(found, "ann")
    assert clean == pytest.approx(right[:, 0].mean())
    assert left == pytest.approx(right[:, 2].mean())
    one = found[0].points[2].ann_interval
    assert high - low == pytest.approx(one[1] - one[0], rel=0.1)
    assert low < left < high


@pytest.mark.parametrize(
    ("accuracies", "word", "said"),
    [
        ([(1.0, 1.0), (0.95, 0.92), (0.5, 0.95)], "holds", "down to 14 × 14 pixels, their twins to 7 × 7"),
        ([(1.0, 1.0), (0.95, 0.6), (0.5, 0.5)], "in part", "down to 14 × 14 pixels, their twins to 28 × 28"),
        ([(1.0, 1.0), (0.6, 0.6), (0.5, 0.5)], "does not hold", "not enough: networks and twins"),
    ],
)
def test_a_quarter_of_the_pixels_is_enough_or_not(accuracies, word, said):
    found = resolution.verdict(resolution.Result(10, (28, 14, 7), (made_up(accuracies),), np.zeros((3, 784))))
    assert found.holds == word
    assert said in found.sentence
    assert one_sentence(found.sentence)


def test_how_coarse_a_digit_may_be_is_as_unsure_as_the_accuracies():
    (clean, at_14, at_7) = made_up([(1.0, 1.0), (0.92, 0.9), (0.5, 0.5)]).points
    unsure = replace(made_up([(1.0, 1.0)] * 2), points=(clean, replace(at_14, ann_interval=(0.85, 0.95)), at_7))
    result = resolution.Result(10, (28, 14, 7), (unsure,), np.zeros((3, 784)))
    assert resolution.bounds(result, unsure, "ann") == (14, 28)
    assert resolution.verdict(result).holds == "in part"


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
        return race_figure.title(race.Result(100, both)), race.finding(race.Result(100, both))

    assert told(0.9, 0.5)[0] == "ReLU leads by up to 40 points, at 1 hidden layers"
    assert "sigmoid reads 90.1% and ReLU 50.0%" in told(0.5, 0.9)[1]
    assert "as easy to train" in told(0.9, 0.9)[0]
    assert "neither is surely ahead" in told(0.9, 0.9)[1]


@pytest.mark.parametrize(
    ("relu", "word", "said"),
    [
        ((0.9, 0.8), "holds", "with 3 hidden layers it reads 80 %, sigmoid 50 %"),
        ((0.5, 0.8), "in part", "surely ahead at 1 of 2 depths"),
        ((0.4, 0.5), "does not hold", "ahead at no depth"),
        ((0.505, 0.5), "does not hold", "ahead by less than a point at any depth"),  # and surely, at one
    ],
)
def test_relu_is_easier_to_train_where_it_is_ahead_at_every_depth(relu, word, said):
    runners = [runner(name, depth, at) for name, ends in (("relu", relu), ("sigmoid", (0.5, 0.5)))
               for depth, at in zip((1, 3), ends, strict=True)]  # fmt: skip
    found = race.verdict(race.Result(100, tuple(runners)))
    assert found.holds == word
    assert said in found.sentence
    assert one_sentence(found.sentence)
    assert found.bio == "–"


def test_a_lead_is_as_unsure_as_students_t_over_seeds_says():
    """Of n seeds each, by Welch's test of scipy."""
    from scipy.stats import ttest_ind

    rng = np.random.default_rng(0)
    relu, sigmoid = (
        race.Runner(name, 1, 0.1, rng.normal(mean, sd, (4, 3)), np.ones((4, 2)))
        for name, mean, sd in (("relu", 0.8, 0.05), ("sigmoid", 0.75, 0.001))
    )
    ahead, (low, high) = race.lead(relu, sigmoid)
    expected = ttest_ind(relu.final, sigmoid.final, equal_var=False).confidence_interval()
    assert ahead == pytest.approx(relu.final.mean() - sigmoid.final.mean())
    assert (low, high) == pytest.approx((expected.low, expected.high))


# --- learning


def test_the_step_of_a_race_is_chosen_by_other_seeds_than_are_reported(bench, monkeypatch):
    """Where accuracy is all luck, the lucky step that was chosen reads no more than chance when it is reported."""
    run = []

    def luck(digits, activation, depth, step, seed, epochs):
        run.append((activation, depth, seed))
        chance = np.random.default_rng((round(1e3 * step), seed, depth, len(activation)))
        return [float(chance.normal(0.5, 0.1))] * epochs, [1.0] * (depth + 1)

    monkeypatch.setattr(race, "lap", luck)
    monkeypatch.setattr(race, "in_processes", lambda tasks, workers: (f(*a, **k) for f, a, k in tasks))
    reported = np.array([found.final for found in race.run(replace(bench, quick=False)).runners])
    assert abs(reported.mean() - 0.5) < 2 * 0.1 / np.sqrt(reported.size)
    seeds = range(bench.seed, bench.seed + reported.shape[1])
    assert all(run.count(task) == 1 for task in run if task[2] in seeds)


def test_every_runner_runs_with_the_step_that_suits_it_best_and_what_is_told_is_its_own(bench, monkeypatch):
    """Whose laps say who they are: the best step depends on activation and depth, what is read on the seed too."""
    steps = race.STEPS[1:]  # those tried when quick

    def best(activation, depth):
        return steps[(depth // 2 + len(activation)) % len(steps)]

    def lap(digits, activation, depth, step, seed, epochs):
        right = 0.9 - abs(step - best(activation, depth)) - 0.01 * depth + 0.001 * (seed - bench.seed)
        return [*[0.1] * (epochs - 1), right], [float(depth)] * (depth + 1)

    monkeypatch.setattr(race, "lap", lap)
    monkeypatch.setattr(race, "in_processes", lambda tasks, workers: (f(*a, **k) for f, a, k in tasks))
    runners = race.run(bench).runners
    assert [found.step for found in runners] == [best(found.activation, found.depth) for found in runners]
    assert {found.step for found in runners} == set(steps)
    for found in runners:
        expected = 0.9 - 0.01 * found.depth + 0.001 * np.arange(len(found.final))
        np.testing.assert_allclose(found.final, expected)
        assert (found.gradient == found.depth).all()
        assert found.gradient.shape == (len(found.final), found.depth + 1)


@pytest.mark.parametrize(
    ("last", "word", "said"),
    [
        ((0.9, (0.88, 0.92)), "holds", "They do learn"),
        ((0.5, (0.48, 0.52)), "in part", "They learn something"),
        ((0.1, (0.08, 0.12)), "does not hold", "Nothing was surely learned"),
    ],
)
def test_a_network_has_learned_where_it_reads_more_than_a_rule_does(last, word, said):
    stages = [
        learning.Stage(epoch, at, ends, at, ends, 1.0) for epoch, (at, ends) in ((0, (0.1, (0.09, 0.11))), (5, last))
    ]
    found = learning.verdict(learning.Result("relu", 100, 100, tuple(stages), np.zeros((1, 1, 784)), (5,)))
    assert found.holds == word
    assert said in found.sentence
    assert one_sentence(found.sentence)


def test_the_last_stage_is_the_network_that_the_recipe_gives(bench, outcomes):
    result = outcomes[learning].result
    assert result.stages[0].epoch == 0
    assert result.stages[0].ann < 0.5
    assert result.stages[-1].like_the_end == pytest.approx(1)
    assert result.stages[0].like_the_end < 0.99
    ends = [stage.epoch for stage in result.stages]
    assert ends == sorted(ends)


def test_stages_are_what_the_recipe_trains_and_read_what_a_pair_of_each_reads(bench, outcomes):
    result, training, kept = outcomes[learning].result, bench.training, {}
    assert (result.training_digits, result.test_digits) == (len(training), len(bench.digits))
    first = bench.prepared.twins[0].model
    recipe = Training(first.sizes, first.activation, seed=bench.seed, epochs=result.stages[-1].epoch)

    def keep(epoch, now):
        kept[epoch] = replace(now, weights=[w.copy() for w in now.weights], biases=[b.copy() for b in now.biases])

    train(training.images, training.labels, recipe, on_model=keep)
    for epoch, weights in zip(result.drawn, result.weights, strict=True):
        np.testing.assert_array_equal(weights, kept[epoch].weights[0][:, : learning.UNITS].T)
    options = replace(bench.prepared.options, inputs=("current",), retune=False)
    twins = [next(translate(kept[stage.epoch], options, bench.calibration)) for stage in result.stages]
    pairs = pairs_on(bench, [(twin, bench.digits) for twin in twins])
    assert [[stage.ann, stage.bio] for stage in result.stages] == [accuracies(pair) for pair in pairs]
    assert any(stage.ann != stage.bio for stage in result.stages)


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


def test_what_groups_cost_is_counted_by_class_and_its_interval_is_that_of_digits_drawn_anew():
    rng, labels = np.random.default_rng(0), np.repeat(np.arange(10), 60)
    chances = np.where(labels == np.array([3, 7])[:, None], 0.6, 0.2)
    lost = (rng.random(chances.shape) < chances).astype(float)

    def by_hand_of(which):
        own = [lost[row, which][labels[which] == target].mean() for row, target in enumerate((3, 7))]
        rest = [np.mean([lost[row, which][labels[which] == c].mean() for c in range(10) if c != target])
                for row, target in enumerate((3, 7))]  # fmt: skip
        return np.mean(own), np.mean(own) - np.mean(rest)

    everything = np.arange(len(labels))
    drawn = [
        by_hand_of(np.concatenate([rng.choice(everything[labels == c], 60) for c in range(10)])) for _ in range(500)
    ]
    for place, against in enumerate((False, True)):
        mean, low, high = cascade.over_digits(lost, (3, 7), labels, against)
        assert mean == pytest.approx(by_hand_of(everything)[place])
        assert (high - low) / 2 == pytest.approx(1.96 * np.std([d[place] for d in drawn]), rel=0.15)


@pytest.mark.parametrize(
    ("more", "alike", "word", "said"),
    [
        ((0.2, 0.1, 0.3), 0.95, "holds", "They do"),
        ((0.2, 0.1, 0.3), 0.1, "in part", "in part"),
        ((0.2, 0.1, 0.3), None, "in part", "other digits 10 and 10"),
        ((0.05, -0.1, 0.2), 0.95, "in part", "not surely"),
        ((0.0, -0.03, 0.03), 0.95, "does not hold", "other digits 30 and 30"),
    ],
)
def test_groups_make_others_fire_where_their_digit_misses_them_most_in_both_networks(more, alike, word, said, outcomes):
    result = replace(
        outcomes[cascade].result,
        own=dict.fromkeys(("ann", "bio"), (0.3, 0.2, 0.4)),
        more=dict.fromkeys(("ann", "bio"), more),
        alike={"relu": alike},
    )
    found = cascade.verdict(result)
    assert found.holds == word
    assert said in found.sentence
    assert one_sentence(found.sentence)
    assert found.ann == "30 (20–40)"


def test_what_silencing_costs_is_what_pairs_without_those_cells_lose_and_is_summed_up_over_groups(bench, outcomes):
    result, digits = outcomes[cascade].result, bench.digits
    groups = [(silenced, np.array(silenced.units), bench.pair(silenced.activation)) for silenced in result.silenced]
    lesioned = pairs_on(bench, [(cascade.without(whole.twin, units), digits) for _, units, whole in groups])
    for (silenced, units, whole), less in zip(groups, lesioned, strict=True):
        without = cascade.answers_without(whole.twin.model, units, digits.images)
        for lost, before, after in (
            (silenced.ann_lost, whole.ann_answers, without),
            (silenced.bio_lost, whole.bio_answers, less.bio_answers),
        ):
            each = (before == digits.labels).astype(float) - (after == digits.labels)
            np.testing.assert_allclose(lost, [each[digits.labels == c].mean() for c in range(10)])
            assert np.any(lost)
    aimed = [silenced for silenced in result.silenced if silenced.target is not None]
    for who in ("ann", "bio"):
        lost = np.array([getattr(silenced, f"{who}_lost") for silenced in aimed])
        own = lost[np.arange(len(aimed)), [silenced.target for silenced in aimed]]
        assert result.own[who][0] == pytest.approx(own.mean())
        assert result.more[who][0] == pytest.approx((own - (lost.sum(axis=1) - own) / 9).mean())


def test_a_control_is_as_large_as_the_groups_and_none_of_them(outcomes):
    for activation in ("relu", "sigmoid"):
        *groups, control = (s for s in outcomes[cascade].result.silenced if s.activation == activation)
        assert control.target is None
        assert len(set(control.units)) == len(control.units) == len(groups[0].units)
        assert all(set(control.units) != set(group.units) for group in groups)


def spikes_at(*times):
    """A result whose layers begin to fire at these times, in ms."""
    return cascade.Result(
        10, (), {}, {}, {}, 7, 7, tuple(map(float, times)), None, 0.1, 1e-3, (784, *[5] * (len(times) - 2), 10)
    )


@pytest.mark.parametrize(
    ("times", "said"),
    [
        ((1, 8, 12), "A 7 sets off a cascade: the layers begin to fire after 1, 8 and 12 ms"),
        ((9, 3, 12), "not one after the other: they begin after 9, 3 and 12 ms"),
        ((1, 8, 8), "not one after the other"),
        ((1, 8, "nan"), "no whole cascade: never a spike in output, the others begin after 1 and 8 ms"),
        (("nan", "nan", "nan", "nan"), "no whole cascade: never a spike in the eye, hidden 1, hidden 2 and output"),
    ],
)
def test_it_is_a_cascade_only_where_each_layer_begins_after_the_one_before(times, said):
    assert said in cascade.order_of_firing(spikes_at(*times))
    assert "nan" not in cascade.order_of_firing(spikes_at(*times))


def test_equal_counts_of_a_recording_are_settled_by_the_voltage_as_everywhere_else():
    """Classes 2 and 6 fire twice, 6 stands higher in the end."""
    voltages = np.zeros((5, 1, 10))
    voltages[0, 0, 2] = voltages[-1, 0, 6] = 0.9
    spikes = np.array([[0, 0, 2], [1, 0, 6], [2, 0, 6], [3, 0, 2], [3, 0, 9]])
    assert cascade.answer(Recording((np.zeros((0, 3), int), spikes), (None, voltages))) == 6


def test_the_cascades_verdict_is_the_twins(bench, outcomes):
    twin = bench.twin("relu", "lif")
    (response,) = bench.respond([twin.job(bench.digits[:1])])
    assert outcomes[cascade].result.verdict == response.verdicts[0, -1]


def test_layers_fire_one_after_the_other_from_when_a_recording_says(bench, outcomes):
    first, twin = outcomes[cascade].result.first_spike, bench.twin("relu", "lif")
    assert list(first) == sorted(first)
    assert np.isfinite(first).all()
    again = record(twin.network, twin.stimulus(bench.digits[:1]), duration=twin.duration, dt=twin.dt).spikes
    assert first == pytest.approx([1e3 * twin.dt * (1 + min(step for step, *_ in spikes)) for spikes in again])


# --- thresholds and drawings


def test_the_crossing_is_found_between_bins_and_only_where_there_is_one():
    sums = np.array([-1.0, 0.0, 1.0])
    assert rheobase.crossing(sums, np.array([0.0, 0.25, 0.75])) == pytest.approx(0.5)
    assert np.isnan(rheobase.crossing(sums, np.zeros(3)))
    assert rheobase.crossing(sums, np.array([0.0, np.nan, 1.0])) == pytest.approx(0.0)


def test_fractions_are_counted_in_bins_digit_by_digit():
    place = np.array([[0, 0, 39], [-1, 5, 40]])
    on = np.array([[True, False, True], [True, True, True]])
    seen, firing = rheobase.counted(place, 40), rheobase.counted(place, 40, on)
    assert seen.sum() == 4
    assert (seen[0, 0], seen[0, 39], seen[1, 5]) == (2, 1, 1)
    assert (firing[0, 0], firing[0, 39], firing[1, 5]) == (1, 1, 1)


def cells(activation, crossing, width):
    """Whose fraction on rises from 0 to 1 about a crossing, over a width, both in parts of full scale."""
    sums = (np.arange(40) + 0.5) / 40 - 0.5
    firing = np.clip(0.5 + (sums - crossing) / width, 0, 1)
    return rheobase.Measured(activation, None, {}, sums, firing, crossing, (crossing - 0.01, crossing + 0.01))


def never(activation):
    """None of whom is on."""
    return replace(cells(activation, 0.9, 0.02), crossing=float("nan"), interval=(float("nan"), float("nan")))


def few(activation):
    """Who were seen in too few bins for an onset, all of them below zero."""
    found = cells(activation, 0.3, 0.01)
    return replace(found, firing=np.where(found.sums < -0.2, found.firing, np.nan), crossing=float("nan"),
                   interval=(float("nan"), float("nan")))  # fmt: skip


@pytest.mark.parametrize(
    ("measured", "word", "said"),
    [
        ([cells("relu", 0.01, 0.02)], "holds", "+1.0% of the range"),
        ([cells("relu", 0.01, 0.02), cells("sigmoid", 0.3, 0.9)], "holds", "ReLU cells are on"),
        ([cells("relu", 0.01, 0.6)], "in part", "gradually"),
        ([cells("sigmoid", 0.0, 0.6)], "in part", "sigmoid cells turn on near their unit's zero, but gradually"),
        ([cells("relu", 0.3, 0.6)], "does not hold", "elsewhere"),
        ([never("lif")], "does not hold", "nowhere from -49 to +49% of the range"),
        ([few("relu")], "in part", "too few were seen to tell"),
    ],
)
def test_a_threshold_is_at_zero_and_abrupt_or_it_is_none(measured, word, said):
    found = rheobase.verdict(rheobase.Result(tuple(measured), None))
    assert found.holds == word
    assert said in found.sentence
    assert one_sentence(found.sentence)


def test_the_onset_lies_within_its_interval(outcomes):
    for found in outcomes[rheobase].result.measured:
        low, high = found.interval
        assert low <= found.crossing <= high or np.isnan(low)


def test_bins_are_as_fine_as_there_are_values_for():
    rng = np.random.default_rng(0)
    assert [len(rheobase.edges_for(rng.uniform(-0.5, 0.5, (n, 1)))) - 1 for n in (4_000, 600, 50)] == [40, 20, 10]


def test_few_values_have_an_onset_where_many_have_it():
    """600 sums, half of them in the bins, of which those above 0.04 are on: 40 bins would hold 7 or 8 each, too few."""
    sums = np.linspace(-1, 1, 600)[:, None]
    counts = [np.where(sums > 0.04, 9, 0), np.zeros((600, 10), int)]
    pair = pair_of([5 * sums, np.zeros((600, 10))], counts, mapping=mapping_of("relu", (1, 10)))
    found = rheobase.measure(SimpleNamespace(seed=0, pair=lambda activation: pair), "relu")
    assert found.telling
    assert found.crossing == pytest.approx(0.04, abs=0.05)
    assert found.interval[0] <= found.crossing <= found.interval[1]


def test_the_title_of_onsets_leaves_no_network_out():
    one, other = cells("relu", 0.01, 0.02), never("sigmoid")
    assert rheobase_figure.title(rheobase.Result((one, cells("sigmoid", 0.3, 0.02)), None)) == (
        "Half of the cells are on within 30.0% of the range of sums of where their units turn on"
    )
    assert "sigmoid cells: half are on nowhere" in rheobase_figure.title(rheobase.Result((one, other), None))
    assert "sigmoid cells: too few were seen" in rheobase_figure.title(rheobase.Result((one, few("sigmoid")), None))


def test_the_map_is_of_cells_with_the_networks_own_time_constant(bench):
    slow = LIF(tau_m=60e-3)
    twins = [replace(twin, network=replace(twin.network, cell=slow)) for twin in bench.prepared.twins]
    found = rheobase.run(replace(bench, prepared=replace(bench.prepared, twins=twins), known={})).map
    fit = fits_of(replace(slow, noise=found.noises[3], t_ref=found.t_refs[2]), low=found.low, high=found.high)
    assert found.r2["relu"][2, 3] == pytest.approx(float(fit["relu"].r2[0]))


def test_relu_cells_begin_where_units_do(outcomes):
    measured = {found.activation: found for found in outcomes[rheobase].result.measured}
    assert abs(measured["relu"].crossing) < 0.03


def test_sums_are_parts_of_what_99_in_100_of_them_stay_within(bench, outcomes):
    (found,) = (found for found in outcomes[rheobase].result.measured if found.activation == "sigmoid")
    parts = bench.pair("sigmoid").sums[0] / np.percentile(np.abs(bench.pair("sigmoid").sums[0]), 99)
    width = found.sums[1] - found.sums[0]
    for middle, firing in zip(found.sums, found.firing, strict=True):
        here = np.abs(parts - middle) < width / 2
        assert np.isnan(firing) == (here.sum() < rheobase.LEAST)
        assert np.isnan(firing) or firing == pytest.approx(bench.pair("sigmoid").cell_on(0)[here].mean(), abs=0.02)


def test_identical_layers_are_drawn_alike():
    values = np.random.default_rng(0).random((5, 8))
    assert drawn.quartiles(drawn.by_digit(values, 100 * values)) == pytest.approx((1, 1, 1))


def test_the_interval_of_a_median_covers_it_in_19_of_20_cases():
    rng = np.random.default_rng(0)
    ends = np.array([drawn.of_median(rng.exponential(size=200).tolist()) for _ in range(1_000)])
    covered = ((ends[:, 0] < np.log(2)) & (np.log(2) < ends[:, 1])).mean()
    assert abs(covered - 0.95) < 4 * np.sqrt(0.95 * 0.05 / 1_000)
    assert np.isnan(drawn.of_median([])).all()


@pytest.mark.parametrize(
    ("layers", "word"),
    [((0.98, 0.95), "holds"), ((0.98, 0.5), "in part"), ((0.3, 0.5), "does not hold")],
)
def test_two_drawings_are_the_same_where_every_layer_correlates(layers, word, outcomes):
    one = replace(
        outcomes[drawn].result.drawn[0],
        alike=tuple((m - 0.1, m, m + 0.01) for m in layers),
        sure=tuple((m - 0.01, m + 0.01) for m in layers),
    )
    found = drawn.verdict(drawn.Result(10, (one,)))
    assert found.holds == word
    assert f"{min(layers):.2f}" in found.sentence
    assert one_sentence(found.sentence)


@pytest.mark.parametrize("order", [1, -1])
def test_where_one_network_is_silent_nothing_is_told_to_correlate_in_every_layer(order, outcomes):
    one = outcomes[drawn].result.drawn[0]
    good, silent = (replace(one, alike=((m,) * 3,) * 2, sure=((m,) * 2,) * 2) for m in (0.95, float("nan")))
    found = drawn.verdict(drawn.Result(10, (good, silent)[::order]))
    assert found.holds == "in part"
    assert "in some layer there is nothing to correlate" in found.sentence


@pytest.mark.parametrize(
    ("middle", "said"),
    [
        (0.97, "the same units light up in both (r = 0.97"),
        (0.2, "not quite the same units"),
        (float("nan"), "nothing to"),
    ],
)
def test_the_headline_of_two_drawings_follows_their_correlation(middle, said, outcomes):
    one = outcomes[drawn].result.drawn[0]
    one = replace(one, alike=((middle,) * 3, *one.alike[1:]), sure=((middle,) * 2, *one.sure[1:]))
    (drawing,) = drawn.EXPERIMENT.draw(drawn.Result(10, (one,)))
    result = drawn.Result(10, (one,))
    assert said in " ".join(drawing.figure.get_suptitle().split())
    assert "nan" not in drawing.alt + drawing.figure.get_suptitle() + drawn.finding(result)
    assert one_sentence(drawn.verdict(result).sentence)


def test_a_taught_network_is_one_of_those_experiments_take():
    assert taught((784, 5, 10), "lif", digits=200, epochs=1).kind is ACTIVATIONS["lif"]
