"""The experiments on what images evoke: each measure against its own oracle, each finding against other numbers."""

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kstest, kurtosis, skew, spearmanr
from specimens import DT, DURATION, mapping_of, one_sentence, pair_of, small_mnist, taught

from ann import MLP
from bio import Stimulus, record, simulate
from compare import cache
from compare.activations import curve as activation_curve
from compare.comparison import prepared, translate
from compare.experiments import eye, likeness, looks_for, on_off, sameness, squash
from compare.experiments.bench import Bench
from compare.experiments.experiment import WORDS, Outcome
from compare.experiments.figures import on_off as on_off_figure
from compare.experiments.registry import draw, experiments
from compare.experiments.renditions import pairs_of
from compare.experiments.resampling import bootstrapped
from compare.experiments.scale import FullScale, full_scale
from compare.options import Options
from compare.pair import Pair, Twin
from compare.score import matthews
from data import Digits, load_digits

pytestmark = pytest.mark.xdist_group("experiments codes")  # what they share is made once

FILES = (eye, sameness, looks_for, squash, on_off)


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    """Two small networks that learned from 600 digits, and 60 digits to show them."""
    home = tmp_path_factory.mktemp("codes")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cache, "cache_folder", lambda: home / "cache")
        folder = small_mnist(home / "digits")
        options = Options(inputs=("current",), sizes=(784, 12, 10), data=folder)
        yield Bench(prepared(options), load_digits("train", folder), quick=True, workers=1)


@pytest.fixture(scope="module")
def outcomes(bench):
    found = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(eye, "AT_ONCE", 25)  # so that 60 digits take three goes
        for file in FILES:
            found[file] = Outcome(file.EXPERIMENT, file.EXPERIMENT.run(bench))
    return found


# --- what holds of all


IN_WORDS = {
    eye: lambda result: [
        f"{code.name}: {code.within:.2f} within a digit, {code.between:.2f} between digits, {code.again:.2f} for"
        for code in result.codes
    ],
    sameness: lambda result: [
        *(f"CKA {one.cka:.3f}, RSA {one.rsa:.2f}" for network in result.networks for one in network.likeness),
        *(
            f"{kind} {layer.name}: {layer.within:.2f} within a digit, {layer.between:.2f} between"
            for network in result.networks
            for kind, layers in (("standard", network.ann), ("spiking", network.bio))
            for layer in layers
        ),
    ],
    looks_for: lambda result: [
        f"correlation {found.median:.2f}, {np.nanmedian(found.expected):.2f} expected from {result.images} images, "
        f"{np.nanmedian(found.others):.2f} with another"
        for found in result.found
    ],
    squash: lambda result: (
        [f"R² {curve.r2:.3f}" for curve in result.curves] + [f"RMSE {curve.rmse:.3g}" for curve in result.curves]
    ),
    on_off: lambda result: [
        *(
            f"{units.off:.0%} and {units.on:.0%} of activations, {cells.off:.0%} and {cells.on:.0%} of rates"
            for units, cells in (network.values for network in result.networks)
        ),
        *(f"{network.agreement[0].layer} {network.agreement[0].mcc:.3f}" for network in result.networks),
    ],
}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.EXPERIMENT.name)
def test_the_numbers_are_json_and_every_figure_says_what_it_shows(file, outcomes, tmp_path):
    text = json.dumps(outcomes[file].as_json(), allow_nan=False)
    assert len(text) < 50_000
    assert outcomes[file].finding.endswith(".")
    assert "nan" not in outcomes[file].finding
    drawings = draw(outcomes[file], tmp_path)
    for drawing in drawings:
        assert any(sign.isdigit() for sign in drawing.alt)
        assert (tmp_path / f"{drawing.stem}.png").stat().st_size > 10_000
        assert (tmp_path / f"{drawing.stem}.svg").exists()
    alts, said = " ".join(drawing.alt for drawing in drawings), IN_WORDS[file](outcomes[file].result)
    assert len(said) >= 2
    assert [text for text in said if text not in alts] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.EXPERIMENT.name)
def test_a_verdict_is_a_word_of_its_part_and_one_short_sentence(file, outcomes):
    verdict = outcomes[file].verdict
    assert verdict.holds in WORDS["claim"]
    assert outcomes[file].as_json()["verdict"]["sentence"] == verdict.sentence
    assert one_sentence(verdict.sentence)
    assert all("nan" not in text and text for text in (verdict.measure, verdict.ann, verdict.bio))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.EXPERIMENT.name)
def test_the_same_seed_gives_the_same_numbers(file, bench, outcomes):
    again = Outcome(file.EXPERIMENT, file.EXPERIMENT.run(bench))
    assert again.as_json() == outcomes[file].as_json()


def test_the_report_follows_the_video():
    names = list(experiments())
    asked = ["eye", "sameness", "looks-for", "squash", "on-off"]
    assert sorted(asked, key=names.index) == asked
    for file in FILES:
        assert experiments()[file.EXPERIMENT.name] is file.EXPERIMENT


# --- eye


def test_overlaps_by_hand():
    sets = np.array([[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 0, 0], [1, 1, 0, 0]], bool)
    expected = [[1, 1 / 3, 0, 1], [1 / 3, 1, 0, 1 / 3], [0, 0, 0, 0], [1, 1 / 3, 0, 1]]
    np.testing.assert_allclose(eye.jaccard(sets), expected, rtol=1e-6)
    np.testing.assert_allclose(eye.cosine(np.array([[3, 4], [4, 3], [0, 0]]))[0], [1, 24 / 25, 0], rtol=1e-6)


def test_pairs_leave_an_image_with_itself_out():
    labels = np.array([3, 3, 7])
    assert pairs_of(labels, same=True).tolist() == [[False, True, False], [True, False, False], [False] * 3]
    assert pairs_of(labels, same=False).sum() == 4


def test_the_interval_over_images_is_that_of_the_jackknife():
    """For a mean over pairs of x_i + x_j, whose standard error is 2 σ/√n."""
    rng = np.random.default_rng(0)
    x = rng.normal(0.5, 0.1, 300)
    low, high = eye.interval_over_pairs(x[:, None] + x, ~np.eye(300, dtype=bool), rng)
    error = 2 * x.std() / np.sqrt(300)
    assert high - low == pytest.approx(2 * 1.96 * error, rel=0.2)
    assert low < 2 * x.mean() < high


@pytest.mark.parametrize("kind", ["lif", "poisson"])
def test_the_spikes_of_the_eye_are_those_that_the_network_is_sent(kind, bench):
    """Counted from an idle cell's recording here; there, by the twin itself."""
    twin, digits = bench.twin("relu", kind), bench.digits[:6]
    glance, whole = eye.input_counts(twin, digits)
    response = simulate(twin.network, twin.stimulus(digits), duration=twin.duration, dt=twin.dt)
    np.testing.assert_array_equal(whole.sum(axis=1), response.input)
    short = record(twin.network, twin.stimulus(digits), duration=20e-3, dt=twin.dt).spikes[0]
    assert glance.sum() == len(short)
    assert (whole[digits.images == 0] == 0).all()


def test_an_eyes_cell_fires_as_fast_as_its_pixel_is_bright(bench):
    """To within one spike, whatever its phase, and 2 % for steps of 1 ms (`LIF.rate`)."""
    twin, digits = bench.twin("relu", "lif"), bench.digits[:6]
    expected = digits.images * twin.mapping.r_max * twin.duration
    assert (np.abs(eye.input_counts(twin, digits)[1] - expected) <= 1 + 0.02 * expected).all()


def test_identical_images_overlap_whole_and_others_not_at_all():
    sets, labels = np.repeat(np.eye(2), 3, axis=0), np.repeat([0, 1], 3)
    found = eye.code("", "ann", sets, sets, sets, labels, np.random.default_rng(0))
    assert (found.within, found.between, found.ordered, found.again) == (1, 0, 1, 1)
    assert found.within_interval == (1, 1)
    assert found.cosine == (1, 0)


def shared(a, b):
    """What two sets of pixels or cells share, of what either has."""
    return (a & b).sum() / (a | b).sum()


def test_overlaps_of_pixels_are_counted_pair_by_pair(bench, outcomes):
    result, labels = outcomes[eye].result, bench.digits.labels
    lit = bench.digits.images >= 0.5
    overlap = {(i, j): shared(lit[i], lit[j]) for i in range(len(labels)) for j in range(i)}
    same, other = (
        np.array([value for (i, j), value in overlap.items() if (labels[i] == labels[j]) == equal], np.float32)
        for equal in (True, False)
    )
    pixels = result.codes[0]
    assert (pixels.within, pixels.between) == pytest.approx((np.mean(same), np.mean(other)))
    for share, values in zip(result.histogram, (same, other), strict=True):
        np.testing.assert_allclose(share, np.histogram(values, eye.BINS)[0] / len(values))
    middles = (eye.BINS[1:] + eye.BINS[:-1]) / 2
    assert result.histogram[0] @ middles > result.histogram[1] @ middles
    for digit, mean in enumerate(result.by_digit):
        own = [value for (i, j), value in overlap.items() if labels[i] == labels[j] == digit]
        assert mean == pytest.approx(np.mean(own))


def test_each_eye_is_asked_by_its_own_spikes_and_a_random_one_a_second_time_by_others(bench, outcomes):
    _, *codes = outcomes[eye].result.codes
    assert [code.name.split(",")[0] for code in codes] == ["cells of the eye"] * 2 + ["random input"] * 2
    labels, random = bench.digits.labels, bench.twin("relu", "poisson")
    same, other = pairs_of(labels, same=True), pairs_of(labels, same=False)
    seen = [eye.input_counts(twin, bench.digits) for twin in (bench.twin("relu", "lif"), random)]
    for code, counts in zip(codes, [*seen[0], *seen[1]], strict=True):
        overlap, alike = eye.jaccard(counts > 0), eye.cosine(counts)
        assert code.active == pytest.approx((counts > 0).sum(axis=1).mean())
        assert (code.within, code.between) == pytest.approx((overlap[same].mean(), overlap[other].mean()))
        assert code.cosine == pytest.approx((alike[same].mean(), alike[other].mean()))
    others = eye.input_counts(replace(random, seed=random.seed + 1), bench.digits)
    for code, counts, again in zip(codes[2:], seen[1], others, strict=True):
        repeated = [shared(a, b) for a, b in zip(counts > 0, again > 0, strict=True) if (a | b).any()]
        assert code.again == pytest.approx(np.mean(repeated))
        assert code.again < 1
    assert [code.within for code in codes[:2]] != [code.within for code in codes[2:]]


def eyes(within, between, ordered):
    ends = [(value - 0.01, value + 0.01) for value in (within, between)]
    code = eye.Code("lit pixels", "ann", 100, within, ends[0], between, ends[1], ordered, 1.0, (within, between))
    return eye.Result(60, (code,), np.zeros(10), np.zeros((2, 50)), np.zeros((2, 784)))


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ((0.3, 0.2, 0.7), ["30%", "most is not shared", "more than the 20%", "only 70%"]),
        ((0.8, 0.1, 0.98), ["80%", "most is shared", "more than the 10%", "in 98%"]),
        ((0.3, 0.3, 0.5), ["not surely more than", "only 50%"]),
    ],
)
def test_what_the_eye_finds_follows_the_numbers(numbers, words):
    told = eye.finding(eyes(*numbers))
    assert all(word in told for word in words)


@pytest.mark.parametrize(
    ("within", "word", "said"),
    [(0.3, "holds", "mostly different cells"), (0.5, "in part", "in part"), (0.8, "does not hold", "the same cells")],
)
def test_other_cells_light_up_where_less_than_half_are_shared(within, word, said):
    found = eye.verdict(eyes(within, 0.2, 0.7))
    assert found.holds == word
    assert said in found.sentence
    assert f"{within:.0%}".replace("%", " %") in found.sentence
    assert found.bio == "–"


def test_cells_of_the_eye_are_asked_when_they_have_seen_all():
    one = eyes(0.3, 0.2, 0.7)
    spikes = [replace(one.codes[0], name=f"{eye.EYES['lif']}, {ms} ms", kind="bio", within=w, within_interval=(w, w))
              for ms, w in ((20, 0.2), (100, 0.6))]  # fmt: skip
    found = eye.verdict(replace(one, codes=(*one.codes, *spikes)))
    assert found.bio == "60 % (60–60)"
    assert found.holds == "in part"


@pytest.mark.parametrize("file", [eye, sameness], ids=lambda file: file.EXPERIMENT.name)
def test_too_few_digits_to_compare_are_refused_in_one_line(file, bench):
    few = replace(bench, prepared=replace(bench.prepared, digits=bench.digits[:1]), known={})
    with pytest.raises(ValueError, match=r"two renditions.*ask for more") as refused:
        file.EXPERIMENT.run(few)
    assert "\n" not in str(refused.value)


# --- sameness


def test_cka_is_one_for_a_copy_turned_moved_and_scaled():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 8))
    turn, _ = np.linalg.qr(rng.normal(size=(8, 8)))
    assert likeness.cka(x, 3 * x @ turn + 5) == pytest.approx(1, abs=1e-12)


def test_cka_of_independent_responses_is_what_chance_gives():
    """About pq/n over √((p + p²/n)(q + q²/n)): the squared cross-covariance of white noise, counted."""
    rng = np.random.default_rng(0)
    n, p, q = 4_000, 8, 5
    found = np.mean([likeness.cka(rng.normal(size=(n, p)), rng.normal(size=(n, q))) for _ in range(40)])
    assert found == pytest.approx(np.sqrt(p * q) / n, rel=0.25)
    assert likeness.cka(np.ones((n, p)), rng.normal(size=(n, q))) == 0


def test_cka_agrees_with_its_form_in_gram_matrices():
    """Kornblith's HSIC(K, L)/√(HSIC(K, K) HSIC(L, L)), with K and L the centred (n, n) products."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(30, 6))
    y = x[:, :4] ** 2 + rng.normal(size=(30, 4))
    centre = np.eye(30) - 1 / 30
    k, m = (centre @ z @ z.T @ centre for z in (x, y))
    assert likeness.cka(x, y) == pytest.approx((k * m).sum() / np.sqrt((k * k).sum() * (m * m).sum()))


def test_distances_are_one_less_correlation():
    rows = np.random.default_rng(0).normal(size=(5, 20))
    np.testing.assert_allclose(likeness.distances(rows), 1 - np.corrcoef(rows), atol=1e-12)
    rows[2] = 7
    found = likeness.distances(rows)
    np.testing.assert_array_equal(found[2], [1, 1, 0, 1, 1])


def test_similarity_of_distances_is_spearmans():
    rng = np.random.default_rng(0)
    first, second = (likeness.distances(rng.normal(size=(12, 5))).round(1) for _ in range(2))  # with ties
    above = np.triu_indices(12, 1)
    found, by_chance = likeness.permutations(first, second, likeness.shuffled(12, 3, np.random.default_rng(1)))
    assert found == pytest.approx(spearmanr(first[above], second[above]).statistic)
    orders = np.random.default_rng(1)
    for value in by_chance:
        order = orders.permutation(12)
        assert value == pytest.approx(spearmanr(first[above], second[np.ix_(order, order)][above]).statistic)


def test_p_is_uniform_where_nothing_is_shared():
    rng, found = np.random.default_rng(0), []
    for _ in range(200):
        first, second = (likeness.distances(rng.normal(size=(10, 6))) for _ in range(2))
        found.append(likeness.p_value(*likeness.permutations(first, second, likeness.shuffled(10, 99, rng))))
    assert min(found) >= 1 / 100
    assert kstest(found, "uniform").pvalue > 0.01


def test_classes_alone_are_found_out_by_shuffling_within_them():
    """Two networks that share the means of classes and nothing else: alike, but not beyond their classes."""
    rng, labels = np.random.default_rng(0), np.repeat(np.arange(5), 8)
    means = rng.normal(size=(5, 30))
    first, second = (likeness.distances(means[labels] + rng.normal(size=(40, 30))) for _ in range(2))
    rsa, by_chance = likeness.permutations(first, second, likeness.shuffled(40, 199, rng))
    _, by_class = likeness.permutations(first, second, likeness.shuffled_within(labels, 199, rng))
    assert likeness.p_value(rsa, by_chance) == 1 / 200
    assert likeness.p_value(rsa, by_class) > 0.05
    assert by_class.mean() == pytest.approx(rsa, abs=0.1)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=40), st.integers(0, 99))
def test_shuffling_within_classes_keeps_every_label(labels, seed):
    labels = np.array(labels)
    (order,) = likeness.shuffled_within(labels, 1, np.random.default_rng(seed))
    assert sorted(order) == list(range(len(labels)))
    np.testing.assert_array_equal(labels[order], labels)


def test_separation_is_the_distance_of_two_known_distributions():
    """Distances drawn normally about 1 and 3 with standard deviation ½: d' is 4."""
    rng, labels = np.random.default_rng(0), np.repeat(np.arange(10), 20)
    drawn = np.where(labels[:, None] == labels, 1, 3) + 0.5 * rng.normal(size=(200, 200))
    matrix = np.triu(drawn, 1) + np.triu(drawn, 1).T
    found = likeness.separation_of("", matrix, labels, rng)
    assert found.separation == pytest.approx(4, rel=0.03)
    assert found.interval[0] < 4 < found.interval[1]
    assert found.ratio == pytest.approx(3, rel=0.03)


def test_some_of_each_class_are_sorted_and_no_more_than_there_are():
    labels = np.array([1, 0, 1, 1, 0, 1])
    assert sameness.some_of_each(labels, 2).tolist() == [1, 4, 0, 3]
    assert sameness.some_of_each(labels, 9).tolist() == [1, 4, 0, 2, 3, 5]


def test_what_is_compared_are_a_pairs_activations_and_its_rates(bench, outcomes):
    result = outcomes[sameness].result
    few = sameness.some_of_each(bench.digits.labels, sameness.SHOWN)
    for network in result.networks:
        pair = bench.pair(network.activation)
        codes = {"ann": [pair.activations(0), pair.activations(1)], "bio": [pair.rates(0), pair.rates(1)]}
        for kind, layers in codes.items():
            for found, code in zip(result.matrices[network.activation][kind][1:], layers, strict=True):
                np.testing.assert_allclose(found, likeness.distances(code[few]))
        for found, *both in zip(network.likeness, codes["ann"], codes["bio"], strict=True):
            assert found.cka == pytest.approx(likeness.cka(*both))
            assert found.cka < 1 - 1e-6


def same(ann, bio, *, p=0.001, p_within=0.001):
    layers = [
        tuple(likeness.Layer(n, 0.5, 1.0, 2.0, d, (d, d)) for n, d in zip(("pixels", "hidden 1"), run, strict=True))
        for run in (ann, bio)
    ]
    alike = likeness.Likeness("hidden 1", 0.8, p, p_within, 0.4, 0.9, (0.8, 1.0), 0.0)
    return sameness.Result(20, 60, 99, (sameness.Network("relu", *layers, (alike,)),), {}, np.zeros(20))


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (same((1, 2), (1, 3)), ["in all networks", "1.00 → 2.00", "1.00 → 3.00", "classes alone give 0.40"]),
        (same((1, 2), (1, 0.5)), ["only in: ReLU standard"]),
        (same((2, 1), (1, 0.5)), ["In no network"]),
        (same((1, 2), (1, 2), p=0.3), ["no more than by chance (p 0.3)"]),
        (same((1, 2), (1, 2), p_within=0.2), ["no more than the classes explain (p 0.2)"]),
    ],
)
def test_what_sameness_finds_follows_the_numbers(result, words):
    told = sameness.finding(result)
    assert all(word in told for word in words)


@pytest.mark.parametrize(
    ("ann", "bio", "word", "said"),
    [
        ((1, 2), (1, 3), "holds", "1.0 spreads apart as pixels, and 2.0 to 3.0 in the output"),
        ((1, 2), (1, 0.5), "in part", "in some networks"),
        ((2, 1), (1, 0.5), "does not hold", "In no network"),
    ],
)
def test_renditions_draw_together_in_all_networks_in_some_or_in_none(ann, bio, word, said):
    found = sameness.verdict(same(ann, bio))
    assert found.holds == word
    assert said in found.sentence
    assert one_sentence(found.sentence)


@pytest.mark.parametrize(
    ("ann", "bio", "word", "said"),
    [
        ((1, 2), (1, np.nan), "in part", "and 2.0 in those outputs that differ at all"),
        ((1, np.nan), (1, 2), "in part", "and 2.0 in those outputs that differ at all"),
        ((1, np.nan), (1, np.nan), "does not hold", "and no output differs at all"),
    ],
)
def test_silent_outputs_tell_no_digits_apart_whichever_network_has_them(ann, bio, word, said):
    result = replace(
        same(ann, bio), drawn=np.arange(3), matrices={"relu": dict.fromkeys(("ann", "bio"), [np.eye(3)] * 2)}
    )
    found = sameness.verdict(result)
    assert found.holds == word
    assert said in found.sentence
    assert one_sentence(found.sentence)
    assert "1.00 → none" in sameness.finding(result)
    shown = sameness.EXPERIMENT.draw(result)
    titles = [drawing.figure.get_suptitle() + drawing.alt for drawing in shown]
    titles += [ax.get_title() for ax in shown[0].figure.axes]
    assert all("nan" not in text for text in (sameness.finding(result), *titles))
    assert "not at all in the" in titles[0]


# --- squash


def test_a_cell_that_does_what_its_unit_does_fits_without_error():
    """Sums set so that the rate which n spikes stand for is the activation times r_max/λ."""
    rng = np.random.default_rng(0)
    mapping = mapping_of("relu", (20, 10))
    counts = [rng.integers(0, 15, (150, 20)), rng.integers(0, 9, (150, 10))]
    sums = [mapping.rates(layer, DURATION) * 5 / 200 for layer in counts]
    found = squash.measure(pair_of(sums, counts, mapping=mapping), 5, rng)
    assert found.rmse == pytest.approx(0, abs=1e-12)
    assert found.r2 == found.r2_line == pytest.approx(1)
    double = squash.measure(pair_of([2 * sums[0], sums[1]], counts, mapping=mapping), 5, rng)
    assert double.r2_line == pytest.approx(1)
    assert double.rmse == pytest.approx(np.sqrt(np.mean(sums[0] ** 2)))
    assert double.scatter < 0.05


def test_r2_and_rmse_are_those_of_the_definition():
    rng = np.random.default_rng(0)
    wanted = rng.normal(size=(400, 5))
    got = wanted + 0.5 * rng.normal(size=(400, 5))
    rmse, r2, (rmse_ends, r2_ends) = squash.fit(wanted, got, rng)
    assert rmse == pytest.approx(np.sqrt(np.mean((got - wanted) ** 2)))
    assert r2 == pytest.approx(1 - np.sum((got - wanted) ** 2) / np.sum((wanted - wanted.mean()) ** 2))
    assert rmse_ends[0] < 0.5 < rmse_ends[1]
    assert r2_ends[0] < r2 < r2_ends[1]


def test_bins_know_mean_and_spread_and_say_nothing_of_few():
    x = np.repeat([0.5, 1.5, 2.5], [100, 60, squash.LEAST - 1])
    y = np.where(np.arange(len(x)) % 2, 1.0, 3.0) + x
    seen, mean, sd = squash.binned(x, y, np.array([0, 1, 2, 3.0]))
    assert seen.tolist() == [100, 60, squash.LEAST - 1]
    np.testing.assert_allclose(mean, [2.5, 3.5, np.nan])
    np.testing.assert_allclose(sd, [1, 1, np.nan])


def test_steady_cells_follow_their_closed_form(bench):
    """To within what counting whole spikes in 100 ms, and steps of 1 ms, allow."""
    curve = squash.measure(bench.pair("relu"), bench.twin("relu").mapping.layers[0].unit, np.random.default_rng(0))
    apart = np.abs(curve.mean - curve.expected)[~np.isnan(curve.mean)]
    assert len(apart) > 5
    assert np.median(apart) < 10 * curve.unit / curve.r_max


def curved(name, r2, by):
    sums = np.linspace(-1, 1, 5)
    mean = np.array([0, 0, by, 0, 0])
    zero = np.zeros(5)
    ends = (r2 - 0.01, r2 + 0.01)
    return squash.Curve(
        name, "hidden 1", 1, 200, sums, zero, mean, zero, zero, zero, 0.1, (0.1, 0.1), r2, ends, r2, 0, 2, (150, 333), 1
    )


@pytest.mark.parametrize(
    ("curves", "words"),
    [
        (
            (curved("relu", 0.9, 0.2), curved("sigmoid", 0.7, -0.3)),
            ["the ReLU's curve more closely than the sigmoid's", "20.0%", "fast", "slowly"],
        ),
        ((curved("relu", 0.6, 0.2), curved("sigmoid", 0.7, 0.3)), ["the sigmoid's curve more closely", "30.0%"]),
        ((curved("relu", 0.7, 0.2), curved("sigmoid", 0.7, 0.3)), ["equally well"]),
        ((curved("relu", 0.7, 0.2),), ["scaled by one number. ReLU"]),
    ],
)
def test_what_squash_finds_follows_the_numbers(curves, words):
    told = squash.finding(squash.Result(60, curves))
    assert all(word in told for word in words)


@pytest.mark.parametrize(
    ("curves", "word", "said"),
    [
        ([curved("relu", 0.95, 0.1), curved("sigmoid", 0.97, 0.1)], "holds", "(R² 0.95 at least)"),
        (
            [curved("relu", 0.7, 0.2), curved("sigmoid", 0.97, 0.1)],
            "in part",
            "but the ReLU curve only roughly (R² 0.70)",
        ),
        ([curved("relu", 0.7, -0.2)], "in part", "20 % of full scale too slow"),
        ([curved("relu", 0.2, 0.2)], "does not hold", "something else"),
    ],
)
def test_cells_squash_as_units_do_where_nine_tenths_of_the_variance_are_explained(curves, word, said):
    found = squash.verdict(squash.Result(60, tuple(curves)))
    assert found.holds == word
    assert said in found.sentence
    assert one_sentence(found.sentence)


def test_no_rate_is_told_to_be_higher_than_the_refractory_time_allows():
    """33 spikes in 100 ms stand for 33½ in 102 ms, 328 Hz; 34 for more than the 333 that t_ref and a step allow."""
    mapping = mapping_of("relu", (1, 10))
    for most, expected in ((33, 33.5 / 0.102), (34, 1000 / 3)):
        counts = [np.arange(most + 1)[:, None], np.zeros((most + 1, 10), int)]
        sums = [np.linspace(-1, 5, most + 1)[:, None], np.zeros((most + 1, 10))]
        found = squash.measure(pair_of(sums, counts, mapping=mapping), 5, np.random.default_rng(0))
        assert found.fastest == pytest.approx((expected, 1000 / 3))


# --- full scale


def test_full_scale_of_a_relu_and_of_a_sigmoid_is_that_of_their_mapping(bench):
    for name in ("relu", "sigmoid"):
        twin = bench.twin(name)
        found = full_scale(twin, bench.calibration.images)
        assert (found.activation, found.rate) == (twin.mapping.layers[0].unit, twin.mapping.r_max)


@pytest.fixture(scope="module", params=["lif", "noisy-lif"])
def cell_pair(request):
    """A network of cell curves and its twin, on 60 digits, and the training images."""
    digits = load_digits("train").spread(2_000)
    options = Options(activations=(request.param,), inputs=("current",), sizes=(784, 16, 10))
    twin = next(iter(translate(taught((784, 16, 10), request.param), options, digits)))
    shown = load_digits("test").spread(60)
    response = simulate(twin.network, twin.stimulus(shown), duration=twin.duration, dt=twin.dt)
    return Pair(twin, shown, response), digits.images


def test_full_scale_of_a_cells_own_curve_lies_where_training_digits_take_it(cell_pair):
    """λ is 1 there, which is no maximum: the 99.9th percentile of activations, and what the cell fires at that sum."""
    pair, images = cell_pair
    found, model = full_scale(pair.twin, images), pair.twin.model
    sums = images.astype(float) @ model.weights[0] + model.biases[0]
    activations = activation_curve(model.activation)(sums)
    assert pair.twin.mapping.layers[0].unit == 1
    assert found.activation == pytest.approx(np.percentile(activations, 99.9), rel=1e-3)
    assert found.activation > 1.5
    drive = pair.twin.mapping.layers[0].drive(np.array(np.percentile(sums, 99.9)))
    assert found.rate == pytest.approx(pair.twin.cell.rate(drive, dt=DT), rel=1e-3)


def test_experiments_take_full_scale_from_the_calibration_digits(cell_pair, bench, outcomes):
    """Of a cell's own curve, for which alone it makes a difference, from other digits than those shown."""
    pair, images = cell_pair
    asked = SimpleNamespace(
        seed=0,
        digits=pair.digits,
        calibration=SimpleNamespace(images=images),
        activations=["cell"],
        pair=lambda _: pair,
    )
    expected = full_scale(pair.twin, images)
    assert expected != full_scale(pair.twin, pair.digits.images)
    assert on_off.run(asked).networks[0].full == expected
    assert squash.run(asked).curves[0].full == expected.activation
    for network, curve in zip(outcomes[on_off].result.networks, outcomes[squash].result.curves, strict=True):
        expected = full_scale(bench.twin(network.activation), bench.calibration.images)
        assert (network.full, curve.full) == (expected, expected.activation)


def test_activations_far_below_the_highest_are_not_fully_on(cell_pair):
    """Of a scale that ends at λ = 1, a third of a cell curve's activations would be beyond the end."""
    pair, images = cell_pair
    times = np.ones((2, len(pair.digits)), int)
    found, full = on_off.measure(pair, full_scale(pair.twin, images), times), full_scale(pair.twin, images)
    expected = (pair.activations(0) >= 0.9 * full.activation).mean()
    assert found.values[0].on == pytest.approx(expected)
    assert found.values[0].on < 0.2 < (pair.activations(0) >= 0.9).mean()
    curve = squash.measure(pair, full.activation, np.random.default_rng(0))
    assert abs(curve.farthest[1]) == pytest.approx(np.nanmax(np.abs(curve.mean - curve.activation)) / full.activation)


# --- on or off


def coefficient(values):
    moments = np.array([np.mean(values**power) for power in range(1, 5)])
    return float(on_off.bimodality(moments, len(values)))


def test_bimodality_of_known_distributions():
    even = (np.arange(100_000) + 0.5) / 100_000
    assert coefficient(even) == pytest.approx(5 / 9, rel=1e-3)
    assert coefficient(np.repeat([0.0, 1.0], 50_000)) == pytest.approx(1, rel=1e-3)
    assert coefficient(np.repeat([0.0, 1.0], [90_000, 10_000])) == pytest.approx(1, rel=1e-3)
    assert coefficient(np.random.default_rng(0).normal(size=100_000)) == pytest.approx(1 / 3, rel=0.03)
    assert np.isnan(coefficient(np.ones(10)))


@given(st.lists(st.floats(-3, 3), min_size=5, max_size=40).filter(lambda drawn: np.std(drawn) > 0.05))
def test_bimodality_is_that_of_scipys_skewness_and_kurtosis(drawn):
    values, n = np.array(drawn), len(drawn)
    g, k = skew(values, bias=False), kurtosis(values, bias=False)
    assert coefficient(values) == pytest.approx((g**2 + 1) / (k + 3 * (n - 1) ** 2 / ((n - 2) * (n - 3))), rel=1e-5)


def resamples(n):
    return np.random.default_rng(0).multinomial(n, np.full(n, 1 / n), 200)


def test_values_near_the_ends_are_counted_with_what_is_beyond():
    parts = np.array([[0.0, 0.1], [0.2, 0.5], [0.89, 0.9], [1.0, 7.0]])
    found = on_off.values("ann", parts, resamples(4))
    assert (found.off, found.on) == (2 / 8, 3 / 8)
    assert found.histogram.sum() == pytest.approx(1)
    assert found.two_valued


def test_agreement_is_matthews_and_its_interval_covers_it():
    rng = np.random.default_rng(0)
    unit = rng.random((300, 4)) < 0.4
    cell = np.where(rng.random((300, 4)) < 0.1, ~unit, unit)
    found = on_off.agreement("", unit, cell, resamples(300))
    table = [[int((a & b).sum()) for b in (~cell, cell)] for a in (~unit, unit)]
    assert found.mcc == pytest.approx(matthews(table))
    assert found.mcc == pytest.approx(np.corrcoef(unit.ravel(), cell.ravel())[0, 1])
    assert found.interval[0] < found.mcc < found.interval[1]
    assert found.agree == pytest.approx((unit == cell).mean())
    assert np.isnan(on_off.agreement("", unit, np.zeros_like(unit), resamples(300)).mcc)


def network(name, units, cells):
    values = (
        on_off.Values(kind, 0.9, (0.8, 1), *ends, (sum(ends) - 0.01, sum(ends) + 0.01), np.zeros(25))
        for kind, ends in (("ann", units), ("bio", cells))
    )
    agreed = on_off.Agreement("hidden 1", 0.95, (0.9, 1.0), 0.97, 0.4, 0.4)
    return on_off.Network(name, "hidden 1", FullScale(1.0, 200.0), tuple(values), (agreed,))


@pytest.mark.parametrize(
    ("units", "cells", "words"),
    [
        ((0.5, 0.3), (0.4, 0.4), ["ReLU: holds for both", "50% | 30%", "MCC 0.950"]),
        ((0.5, 0.3), (0.9, 0.01), ["holds for activations only"]),
        ((0.2, 0.2), (0.4, 0.4), ["holds for rates only"]),
        ((0.9, 0.0), (0.2, 0.2), ["holds for neither"]),
    ],
)
def test_what_on_off_finds_follows_the_numbers(units, cells, words):
    told = on_off.finding(on_off.Result(60, (network("relu", units, cells),)))
    assert all(word in told for word in words)


@pytest.mark.parametrize(
    ("networks", "word", "said"),
    [
        ([("relu", (0.5, 0.3), (0.4, 0.4))], "holds", "clearly inactive or active"),
        ([("relu", (0.9, 0.0), (0.9, 0.0)), ("sigmoid", (0.5, 0.3), (0.4, 0.4))], "in part",
         "True of the sigmoid network only: ReLU activations are hardly ever fully on"),
        ([("relu", (0.5, 0.3), (0.2, 0.2))], "in part", "ReLU rates are near neither end in 60 % of cases"),
        ([("relu", (0.0, 0.9), (0.0, 0.9))], "does not hold", "hardly ever fully off"),
    ],
)  # fmt: skip
def test_inactive_or_active_takes_most_values_near_an_end_and_some_near_each(networks, word, said):
    found = on_off.verdict(on_off.Result(60, tuple(network(*one) for one in networks)))
    assert found.holds == word
    assert said in found.sentence
    assert one_sentence(found.sentence)


def test_of_layers_that_never_change_no_bimodality_and_no_agreement_are_told():
    whole = network("relu", (1.0, 0.0), (1.0, 0.0))
    units, cells = whole.values
    silent = replace(cells, bimodality=np.nan, interval=(np.nan, np.nan))
    nothing = replace(whole.agreement[0], mcc=np.nan, interval=(np.nan, np.nan))
    for values, said in (((units, silent), "bimodality of activations 0.90"), ((silent, silent), "rates 100% | 0%)")):
        result = on_off.Result(60, (replace(whole, values=values, agreement=(nothing,)),))
        (drawing,) = on_off.EXPERIMENT.draw(result)
        texts = [text.get_text() for ax in drawing.figure.axes for text in ax.texts]
        assert said in on_off.finding(result)
        assert "there is nothing to correlate" in on_off.finding(result)
        assert all("nan" not in text for text in (on_off.finding(result), drawing.alt, *texts))
        assert "nothing to correlate" in texts


def test_the_share_near_the_ends_lies_within_its_interval():
    parts = np.random.default_rng(0).random((300, 4))
    found = on_off.values("ann", parts, resamples(300))
    low, high = found.sure
    assert low < found.off + found.on < high
    assert high - low == pytest.approx(2 * 1.96 * np.sqrt(0.2 * 0.8 / parts.size), rel=0.2)


def test_the_title_names_the_networks_in_which_it_holds():
    holds, fails = network("sigmoid", (0.5, 0.3), (0.5, 0.3)), network("relu", (0.9, 0.0), (0.9, 0.0))
    both, one, none = (on_off_figure.title(on_off.Result(60, found)) for found in ((fails, holds), (holds,), (fails,)))
    assert both.endswith("true in the sigmoid network, not in the ReLU")
    assert one.endswith("true in the sigmoid network")
    assert none.startswith("In no network")


# --- what units look for


def cells_with(weights, *, activation="relu"):
    """The twin of units with these weights (784, cells), not trained."""
    widths = (weights.shape[1], 10)
    model = MLP((weights, np.zeros(widths)), (np.full(widths[0], -30.0), np.zeros(10)), activation)
    mapping = mapping_of(activation, widths)
    return Twin(model, mapping, mapping.network(model), "threshold", "current", DURATION, DT, 0)


@pytest.mark.parametrize("activation", ["relu", "sigmoid"])
def test_the_average_recovers_known_weights_as_well_as_so_many_images_allow(activation):
    rng = np.random.default_rng(0)
    weights = rng.normal(size=(784, 6)) * np.array([0.05, 0.1, 0.1, 0.2, 0.2, 0.3])
    images = rng.random((1_000, 784), dtype=np.float32)
    twin = cells_with(weights, activation=activation)
    network = looks_for.held(twin, images.mean(axis=0, dtype=float))
    stimulus = Stimulus(images, np.arange(1_000), r_max=twin.mapping.r_max)
    counts = simulate(network, stimulus, duration=50e-3, dt=DT).counts[0]
    own = looks_for.correlations(looks_for.triggered_average(counts, images), weights.T)
    rho = looks_for.correlations(counts.T, ((images - images.mean(axis=0)) @ weights).T)
    np.testing.assert_allclose(own, 1 / np.sqrt(1 + 784 / (rho**2 * 1_000)), atol=0.06)  # 2.5 / √784, and some


def test_held_cells_have_the_drive_of_a_sum_of_zero_at_the_mean_image():
    rng = np.random.default_rng(0)
    twin, image = cells_with(rng.normal(size=(784, 5))), rng.random(784)
    network = looks_for.held(twin, image)
    drive = network.biases[0] + twin.mapping.r_max * image @ network.weights[0]
    np.testing.assert_allclose(drive, twin.mapping.layers[0].drive(np.zeros(5)))
    assert network.sizes == (784, 5)


def test_averages_by_hand():
    images = np.array([[0, 1], [1, 0], [1, 1]], np.float32)
    found = looks_for.triggered_average(np.array([[2, 0], [0, 0], [1, 0]]), images)
    np.testing.assert_allclose(found[0], np.array([1 / 3, 1]) - 2 / 3, atol=1e-6)
    assert np.isnan(found[1]).all()


def test_correlations_are_pearsons_row_by_row():
    first, second = np.random.default_rng(0).normal(size=(2, 4, 30))
    expected = [np.corrcoef(x, y)[0, 1] for x, y in zip(first, second, strict=True)]
    np.testing.assert_allclose(looks_for.correlations(first, second), expected)
    assert np.isnan(looks_for.correlations(np.ones((1, 5)), first[:1, :5])).all()


def test_the_interval_of_the_median_covers_it_and_is_nan_of_nothing():
    low, high = bootstrapped(np.random.default_rng(0).normal(0.5, 0.1, 200), 0, of=np.median)
    assert low < 0.5 < high
    assert np.isnan(bootstrapped(np.array([]), 0, of=np.median)).all()
    assert bootstrapped(np.array([0.7]), 0, of=np.median) == (0.7, 0.7)


def test_correlations_are_with_a_cells_own_weights_with_anothers_unaided_and_from_digits(bench, outcomes):
    result = outcomes[looks_for].result
    for found in result.found:
        pair = bench.pair(found.activation)
        weights = pair.twin.model.weights[0].T
        for unit, own, sta in zip(result.drawn[found.activation], *result.pictures[found.activation], strict=True):
            np.testing.assert_array_equal(own, weights[unit])
            if np.isfinite(sta).all():
                with_both = [np.corrcoef(sta, weights[which])[0, 1] for which in (unit, unit - 1)]
                assert [found.cells[unit], found.others[unit]] == pytest.approx(with_both)
        seen = looks_for.correlations(looks_for.triggered_average(pair.response.counts[0], pair.digits.images), weights)
        np.testing.assert_allclose(found.digits, seen)
        for others in (found.others, found.unaided, found.digits):
            assert not np.array_equal(others, found.cells, equal_nan=True)
        assert np.nanmedian(found.cells) > np.nanmedian(found.others)


def looked(name, median, expected=0.9):
    values = np.full(3, median)
    return looks_for.Found(
        name, values, values, np.full(3, expected), values, values, values, median, (median, median), (0.0, 0.3)
    )


@pytest.mark.parametrize(
    ("medians", "words"),
    [
        ((0.9, 0.89), ["as much as is expected of 5,000 noise images", "0.89", "30% of the cells silent"]),
        ((0.9, 0.3), ["in some networks only (ReLU)"]),
        ((0.2, 0.3), ["less than it should", "0.20"]),
    ],
)
def test_what_looks_for_finds_follows_the_numbers(medians, words):
    found = tuple(looked(name, median) for name, median in zip(("relu", "sigmoid"), medians, strict=True))
    told = looks_for.finding(looks_for.Result(5_000, found, {}, {}))
    assert all(word in told for word in words)


@pytest.mark.parametrize(
    ("medians", "word"), [((0.9, 0.89), "holds"), ((0.9, 0.3), "in part"), ((0.2, 0.3), "does not hold")]
)
def test_a_unit_looks_for_its_weights_as_far_as_the_images_can_show(medians, word):
    found = tuple(looked(name, median) for name, median in zip(("relu", "sigmoid"), medians, strict=True))
    judged = looks_for.verdict(looks_for.Result(5_000, found, {}, {}))
    assert judged.holds == word
    assert f"by {min(medians):.2f} or more" in judged.sentence
    assert one_sentence(judged.sentence)


def test_the_least_of_the_cells_is_told_with_what_is_expected_of_it_which_is_no_maximum():
    """Not the least part of what is expected: 0.5 of 0.5 is less than 0.6 of 0.9."""
    found = (looked("relu", 0.6, 0.9), looked("sigmoid", 0.5, 0.5))
    judged = looks_for.verdict(looks_for.Result(5_000, found, {}, {}))
    assert "by 0.50 or more in cells, where 0.50 is expected" in judged.sentence
    assert "most" not in judged.sentence + judged.measure
    silent = looked("sigmoid", np.nan)
    judged = [looks_for.verdict(looks_for.Result(5_000, pair, {}, {})) for pair in ((found[0], silent), (silent,) * 2)]
    assert "by 0.60 or more in cells that fire" in judged[0].sentence
    assert "nothing to correlate" in judged[1].sentence
    assert all(one_sentence(one.sentence) for one in judged)


def test_units_without_light_are_left_out_of_medians():
    assert looks_for.middle(np.array([0.2, np.nan, 0.4])) == pytest.approx(0.3)
    silent = replace(looked("relu", 0.9), unaided=np.full(3, np.nan))
    assert "as is expected of 5,000 noise images" in looks_for.finding(looks_for.Result(5_000, (silent,), {}, {}))


def test_a_network_without_hidden_layers_can_be_looked_at(tmp_path):
    """Its first layer is its output."""
    rng = np.random.default_rng(0)
    model = MLP((rng.normal(0, 0.05, (784, 10)),), (np.zeros(10),), "relu")
    mapping = mapping_of("relu", (10,))
    twin = Twin(model, mapping, mapping.network(model), "threshold", "current", DURATION, DT, 0)
    some = load_digits("test").spread(40)
    digits = Digits(some.images, some.labels, some.index)

    class Ready:
        options, twins, calibration = Options(inputs=("current",)), [twin], some

    Ready.digits = digits
    bare = Bench(Ready, digits, quick=True, workers=1)
    for file in FILES:
        outcome = Outcome(file.EXPERIMENT, file.EXPERIMENT.run(bare))
        assert outcome.finding
        assert one_sentence(outcome.verdict.sentence)
        if file in (squash, on_off):
            assert draw(outcome, tmp_path)
