"""Figures are drawn for odd pairs too, say no nonsense, keep within their edges, and are the same when drawn again."""

import struct
from collections import Counter
from dataclasses import replace
from functools import cache
from itertools import combinations
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text
from specimens import files_in, pair_of, taught

from ann import MLP
from bio import Recording
from compare import plots
from compare.comparison import translate
from compare.figures import (
    accuracy_figure,
    confusion_figure,
    draw_all,
    favourite,
    how_closely,
    path_figure,
    rates_figure,
    settling_time,
    soonest,
    telling_digit,
    verdicts,
)
from compare.options import Options
from compare.pair import Pair
from compare.parallel import run_all
from compare.score import score
from compare.style import ANN, BIO, INPUT_NAMES, headline, ink, save, shades, styled
from data import load_digits

COMPOSERS = [accuracy_figure, rates_figure, path_figure, confusion_figure]
TEST = load_digits("test")
TRAIN = load_digits("train").spread(500)


@cache
def learned(sizes=(784, 16, 10), activation="relu"):
    return taught(sizes, activation)


def zeros(activation):
    return MLP((np.zeros((784, 5)), np.zeros((5, 10))), (np.zeros(5), np.zeros(10)), activation)


def scored(model, inputs, *, digits=40, **options):
    """Pairs with their scores, for real."""
    shown = TEST.spread(digits)
    twins = list(translate(model, Options(inputs=inputs, **options), TRAIN))
    responses = [response for response, _ in run_all([twin.job(shown) for twin in twins], workers=1)]
    pairs = [Pair(twin, shown, response) for twin, response in zip(twins, responses, strict=True)]
    return [(pair, score(pair)) for pair in pairs]


def misread(pairs):
    """The same, with labels that neither network gave any digit."""
    pair = pairs[0][0]
    labels = [
        next(label for label in range(10) if label not in answers)
        for answers in zip(*(answers for p, _ in pairs for answers in (p.ann_answers, p.bio_answers)), strict=True)
    ]
    digits = replace(pair.digits, labels=np.array(labels))
    return [(Pair(p.twin, digits, p.response), score(Pair(p.twin, digits, p.response))) for p, _ in pairs]


CASES = {
    "one pair": lambda: scored(learned(), ("current",)),
    "three inputs": lambda: scored(learned(activation="sigmoid"), ("current", "lif", "poisson"), duration=0.04),
    "all digits misread": lambda: misread(scored(learned(), ("lif",))),
    "a twin that never fires": lambda: scored(zeros("relu"), ("current", "lif")),
    "cells that all do the same": lambda: scored(zeros("sigmoid"), ("lif",)),
    "two hidden layers": lambda: scored(learned((784, 16, 16, 10), "sigmoid"), ("lif",)),
    "no hidden layer": lambda: scored(learned((784, 10)), ("current",)),
    "many cells": lambda: scored(learned((784, 130, 10)), ("lif",)),
    "one digit": lambda: scored(learned(), ("poisson",), digits=1),
    "a moment": lambda: scored(learned(), ("lif",), duration=3e-3),
    "a long time": lambda: scored(learned(), ("lif",), digits=4, duration=0.4),
}


def drawn(pairs):
    """All their figures, laid out."""
    made = []
    with styled():
        for compose in COMPOSERS:
            figure = compose(pairs)
            FigureCanvasAgg(figure).draw()
            made.append(figure)
    return made


def texts(figure):
    return [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]


def titles(figure):
    """Every title as (text, bounding box in pixels)."""
    own = [
        text
        for ax in figure.axes
        for text in ax.findobj(Text)
        if text.get_text() in (ax.get_title("left"), ax.get_title())
    ]
    above = [figure._suptitle] if figure._suptitle else []
    return [(text.get_text(), text.get_window_extent()) for text in [*above, *own] if text.get_text()]


# --- whole figures


@pytest.mark.parametrize("case", CASES)
def test_figures_of_odd_pairs_say_no_nonsense_and_keep_their_titles_apart(case):
    figures = drawn(CASES[case]())
    for figure in figures:
        assert_sense(figure)
        assert_tidy(figure)
    labels = {label for figure in figures for ax in figure.axes for label in (ax.get_xlabel(), ax.get_ylabel())}
    assert {"accuracy (%)", "firing rate (Hz)", "time since the digit appeared (ms)"} <= labels


def assert_sense(figure):
    said = " ".join(text.get_text() for text in texts(figure)).lower()
    for nonsense in ("nan", "inf", "none"):
        assert nonsense not in said
    assert len(figure._suptitle.get_text()) > 20  # a finding


def assert_tidy(figure):
    found = titles(figure)
    assert len(found) >= 2
    for text, box in found:
        assert box.x0 >= 0, text
        assert box.y0 >= 0, text
        assert box.x1 <= figure.bbox.x1, text
        assert box.y1 <= figure.bbox.y1 + 1, text
    for (one, first), (other, second) in combinations(found, 2):
        assert not first.overlaps(second), (one, other)


def png_size(content):
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack(">2I", content[16:24])


def test_every_figure_is_a_png_and_an_svg_that_are_the_same_when_drawn_again(tmp_path):
    pairs = scored(learned(), ("lif",), digits=10)
    first, second = tmp_path / "first", tmp_path / "second"
    for folder, workers in ((first, 1), (second, 2)):
        folder.mkdir()
        written = draw_all(pairs, folder, workers=workers)
        assert sorted(written) == sorted(files_in(folder))
    names = ("accuracy", "confusion-relu", "path-relu", "rates-relu")
    expected = [f"{name}.{ending}" for name in names for ending in ("png", "svg")]
    assert sorted(file.name for file in files_in(first)) == expected
    for file in files_in(first):
        content = file.read_bytes()
        assert content == (second / file.name).read_bytes(), file.name
        if file.suffix == ".png":
            width, height = png_size(content)
            assert width > 500
            assert height > 300
        else:
            assert ElementTree.fromstring(content).tag.endswith("svg")
            assert len(content) < 1_000_000


def test_a_users_own_matplotlib_settings_do_not_reach_the_figures(tmp_path):
    import matplotlib

    def draw(stem):
        with styled():
            return save(accuracy_figure(scored_by_hand()), stem)

    plain = [file.read_bytes() for file in draw(tmp_path / "plain")]
    with matplotlib.rc_context({"lines.linewidth": 9, "svg.hashsalt": "other", "font.size": 20}):
        assert [file.read_bytes() for file in draw(tmp_path / "styled")] == plain


def test_a_figure_that_cannot_be_written_leaves_the_old_one_whole_and_nothing_else(tmp_path, monkeypatch):
    (tmp_path / "plot.png").write_bytes(b"old")

    def full(figure, path, **kwargs):
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Figure, "savefig", full)
    with pytest.raises(OSError, match="No space left"):
        save(Figure(), tmp_path / "plot")
    assert (tmp_path / "plot.png").read_bytes() == b"old"
    assert [file.name for file in files_in(tmp_path)] == ["plot.png"]


def test_a_long_finding_takes_the_lines_that_a_narrow_figure_asks_for():
    finding = "every spiking twin comes within half a point of the standard network, after 10 to 70 ms"
    for width in (4, 6, 12):
        figure = Figure(figsize=(width, 3), layout="constrained")
        figure.subplots()
        with styled():
            headline(figure, finding)
            FigureCanvasAgg(figure).draw()
        assert figure._suptitle.get_text().replace("\n", " ") == finding
        assert figure._suptitle.get_window_extent().width < figure.bbox.width


def test_the_lines_of_a_finding_are_about_equally_long():
    with styled():
        figure = Figure(figsize=(8, 3))
        headline(figure, "4 of 6 spiking twins come within half a point of the standard network in time, 3 end there")
    first, second = map(len, figure.get_suptitle().split("\n"))
    assert abs(first - second) < 12


@pytest.mark.parametrize("colour", [ANN, BIO])
def test_numbers_are_readable_on_every_shade_of_a_networks_colour(colour):
    def luminance(rgb):
        return sum(
            part * (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4)
            for part, c in zip((0.2126, 0.7152, 0.0722), rgb, strict=True)
        )

    for shade in np.linspace(0, 1, 21):
        light = [luminance(to_rgb(paint)) for paint in (shades(colour)(float(shade))[:3], ink(colour, shade))]
        assert (max(light) + 0.05) / (min(light) + 0.05) >= 4.5, shade  # WCAG 2.2, level AA


# --- plots, each against what it was given


def scored_by_hand():
    rng = np.random.default_rng(0)
    counts = rng.integers(0, 15, (50, 10))
    pair = pair_of(
        [rng.normal(2, 2, (50, 10))], [counts], labels=rng.integers(0, 10, 50), verdicts=rng.integers(0, 10, (50, 20))
    )
    return [(pair, score(pair))]


def axes():
    return Figure().subplots()


def test_the_lines_of_accuracy_over_time_are_the_scores():
    (_, result), ax = scored_by_hand()[0], axes()
    plots.accuracy_over_time(ax, [result], ["lif"])
    twin, mlp = ax.get_lines()
    np.testing.assert_allclose(twin.get_xydata(), np.array(result.accuracy_by_ms) * [1, 100])
    assert set(mlp.get_ydata()) == {100 * result.ann_accuracy}
    assert (to_hex(twin.get_color()), to_hex(mlp.get_color())) == (BIO.lower(), ANN.lower())


def test_the_density_holds_every_unit_and_digit_once():
    pair, result = scored_by_hand()[0]
    ax = plots.rate_over_activation(axes(), pair, 0, result.layers[0])
    assert ax.collections[0].get_array().sum() == 50 * 10


def test_the_line_of_the_mapping_runs_through_what_a_long_run_would_count():
    """From a rheobase at activation 0; with c₀ = 1, c₁ = 4 and λ = 5, drive 3 at activation 2.5."""
    pair, result = scored_by_hand()[0]
    ax = plots.rate_over_activation(axes(), pair, 0, result.layers[0])
    activation, rate = ax.get_lines()[0].get_data()
    assert rate[activation <= 0].max() == 0
    assert np.interp(2.5, activation, rate) == pytest.approx(1 / (2e-3 + 20e-3 * np.log(3 / 2)), rel=1e-3)


def test_the_numbers_in_a_confusion_are_counted_one_by_one():
    rng = np.random.default_rng(1)
    truth, answers = rng.integers(0, 9, 80), rng.integers(0, 10, 80)  # there is no 9
    ax = plots.confusion(axes(), truth, answers, BIO, most=5)
    said = {tuple(int(v) for v in reversed(text.get_position())): text.get_text() for text in ax.texts}
    errors = Counter(zip(truth.tolist(), answers.tolist(), strict=True))
    assert len(said) == 100
    for (row, column), text in said.items():
        if row != column:
            assert text == (str(errors[row, column]) if errors[row, column] else "")
        elif row < 9:
            assert text == f"{100 * errors[row, row] / (truth == row).sum():.0f}%"
        else:
            assert text == ""  # of no digits, no share is right


def of_hand(*, names=("current",)):
    """Pairs in which the two networks err differently, and in which each layer and each digit has its own numbers."""
    rng = np.random.default_rng(4)
    sums = [rng.normal(1, 2, (50, 12)), rng.normal(2, 2, (50, 10))]
    labels = rng.integers(0, 10, 50)
    pairs = []
    for name in names:
        counts = [rng.integers(0, 15, (50, 12)), rng.integers(0, 9, (50, 10))]
        pair = pair_of(sums, counts, labels=labels, verdicts=rng.integers(0, 10, (50, 20)))
        pair = Pair(replace(pair.twin, input=name), pair.digits, pair.response)
        object.__setattr__(pair, "sums", sums)
        pairs.append((pair, score(pair)))
    return pairs


def test_each_confusion_of_the_figure_counts_its_own_networks_errors():
    pairs = of_hand(names=("current", "lif"))
    figure = confusion_figure(pairs)
    (pair, result), (eye, _) = pairs
    networks = [("MLP", pair.ann_answers, result.ann_accuracy)]
    networks += [(INPUT_NAMES[p.twin.input], p.bio_answers, r.bio_accuracy) for p, r in pairs]
    assert (pair.bio_answers != eye.bio_answers).any()
    for ax, (name, answers, accuracy) in zip(figure.axes, networks, strict=True):
        said = {tuple(int(v) for v in reversed(text.get_position())): text.get_text() for text in ax.texts}
        errors = Counter((int(t), int(a)) for t, a in zip(pair.digits.labels, answers, strict=True) if t != a)
        assert {place: int(text) for place, text in said.items() if len(set(place)) == 2 and text} == errors
        assert ax.get_title() == f"{name}: {accuracy:.2%}"
    finding = figure._suptitle.get_text().replace("\n", " ")
    for who, (_, answers, _) in zip(("the MLP", "its spiking twin (steady current)"), networks, strict=False):
        assert favourite(pair.digits.labels, answers, who) in finding


def test_each_column_of_rates_over_activation_is_its_own_layer():
    pairs = of_hand(names=("current", "lif"))
    plotted = [ax for ax in rates_figure(pairs).axes if ax.get_ylabel() == "firing rate (Hz)"]
    asked = [(pair, result, layer) for pair, result in pairs for layer in range(2)]
    for ax, (pair, result, layer) in zip(plotted, asked, strict=True):
        alone = plots.rate_over_activation(axes(), pair, layer, result.layers[layer])
        np.testing.assert_array_equal(ax.collections[0].get_array(), alone.collections[0].get_array())
        assert ax.get_xlabel() == f"activation ({('hidden 1', 'output')[layer]})"
        assert f"Pearson {plots.rounded(result.layers[layer].pearson)}" in ax.get_title()


def test_the_way_through_both_networks_is_that_of_the_digit_chosen():
    pair, result = scored(learned(), ("lif",), digits=10, duration=0.05)[0]
    labels = pair.digits.labels.copy()
    labels[0] = (labels[0] + 1) % 10  # so that it is not the first that both read
    pair = Pair(pair.twin, replace(pair.digits, labels=labels), pair.response)
    chosen = telling_digit(pair)
    assert pair.bio_answers[chosen] != pair.ann_answers[0]
    assert (pair.rates(0)[chosen] != pair.rates(0)[0]).any()
    figure = path_figure([(pair, result)])
    columns, spikes = figure.subfigs
    for row, values in enumerate((pair.activations, pair.rates)):
        for layer in range(2):
            ax = columns.axes[3 * row + 1 + layer]
            shown = values(layer)[chosen]
            np.testing.assert_allclose(ax.collections[0].get_array(), shown / shown.max(), atol=1e-6)
    race = spikes.axes[-1]
    (won,) = [line for line in race.get_lines() if to_hex(line.get_color()) == BIO.lower()]
    assert won.get_ydata()[-1] == pair.response.counts[-1][chosen][pair.bio_answers[chosen]]


def test_units_are_filled_in_proportion_to_their_values():
    values = np.array([0.0, 1.0, 2.0, 4.0])
    dots = plots.lit_units(axes(), values, ANN, most=4.0).collections[0]
    np.testing.assert_allclose(dots.get_array(), values / 4)
    dots = plots.lit_units(axes(), 0 * values, ANN, most=0.0).collections[0]
    np.testing.assert_allclose(dots.get_array(), 0)


def recording(spikes, cells=10):
    return Recording((np.zeros((0, 3), int), np.array(spikes, int).reshape(-1, 3)), (None, np.zeros((20, 1, cells))))


def test_a_raster_has_a_dot_for_every_spike_at_the_end_of_its_step():
    spikes = [(0, 0, 3), (4, 0, 9), (19, 0, 0)]
    ax = plots.raster(axes(), recording(spikes), 1, duration=0.02, dt=1e-3, cells=10, name="output")
    np.testing.assert_allclose(ax.collections[0].get_offsets(), [(1, 3), (5, 9), (20, 0)])
    low, high = sorted(ax.get_ylim())
    assert low < 0
    assert high > 9


def test_the_race_counts_up_and_colours_the_winner_also_of_a_tie():
    spikes = [(0, 0, 3), (4, 0, 7), (9, 0, 7), (14, 0, 3), (15, 0, 1)]
    ax = plots.racing_counts(axes(), recording(spikes), winner=7, duration=0.02, dt=1e-3)
    coloured = [line for line in ax.get_lines() if to_hex(line.get_color()) == BIO.lower()]
    assert len(coloured) == 1
    expected = [0] * 5 + [1] * 5 + [2] * 11
    np.testing.assert_array_equal(coloured[0].get_ydata(), expected)
    assert sorted(text.get_text() for text in ax.texts) == ["1", "3 7"]
    assert ax.get_ylim()[0] <= 0
    assert ax.get_ylim()[1] >= 2


def test_a_race_that_nobody_runs_stays_at_zero():
    ax = plots.racing_counts(axes(), recording([]), winner=0, duration=0.02, dt=1e-3)
    assert all((line.get_ydata() == 0).all() for line in ax.get_lines())
    assert ax.get_ylim()[1] >= 1
    assert not ax.texts


def test_labels_of_lines_that_end_close_together_share_a_place():
    counts = np.array([0, 20, 19, 10, 20, 1, 0, 0, 9, 0])
    assert plots.labels_at(counts, apart=3) == {20: "1 4 2", 10: "3 8", 1: "5"}
    assert plots.labels_at(counts, apart=0.5) == {20: "1 4", 19: "2", 10: "3", 9: "8", 1: "5"}
    assert plots.labels_at(0 * counts, apart=3) == {}


# --- what figures say


def with_times(times):
    pair, result = scored_by_hand()[0]
    ends = {"ann_accuracy": 0.98, "bio_accuracy": 0.976}
    return [(pair, replace(result, ms_to_within_half_point=time, **ends)) for time in times]


@pytest.mark.parametrize(
    ("times", "said"),
    [
        ([None, None], "No spiking twin comes within half a point of its network in this time"),
        (
            [10.0, 10.0],
            "Every spiking twin comes within half a point of the standard network, after 10 ms; 2 of 2 end there",
        ),
        (
            [10.0, 25.0],
            "Every spiking twin comes within half a point of the standard network, after 10 to 25 ms; 2 of 2 end there",
        ),
        (
            [None, 25.0, 5.0],
            "2 of 3 spiking twins come within half a point of the standard network, after 5 to 25 ms; 3 of 3 end there",
        ),
        (
            [None, 25.0],
            "1 of 2 spiking twins comes within half a point of the standard network, after 25 ms; 2 of 2 end there",
        ),
    ],
)
def test_the_time_that_twins_take_is_told_in_a_sentence(times, said):
    assert soonest(with_times(times)) == said


def test_a_twin_that_falls_back_is_not_said_to_have_arrived():
    fallen = [(pair, replace(result, bio_accuracy=0.9)) for pair, result in with_times([10.0, 10.0])]
    assert soonest(fallen).endswith("0 of 2 end there")


def test_how_closely_rates_tell_activations_is_judged_by_the_error_over_full_scale():
    pair, result = scored_by_hand()[0]
    unit = pair.twin.mapping.layers[0].unit
    for error, words in ((0.01, "closely, 1 % off"), (0.1, "loosely, 10 % off"), (2.0, "hardly at all, 200 % off")):
        assert words in how_closely(pair, replace(result.layers[0], rmse=error * unit))
    assert how_closely(pair, replace(result.layers[0], pearson=None)).endswith("Pearson –)")


def test_the_commonest_error_is_named_with_its_number():
    truth, answers = np.array([4, 4, 8, 1]), np.array([9, 9, 3, 1])
    assert favourite(truth, answers, "the MLP") == "the MLP most often takes a 4 for a 9 (2×)"
    assert favourite(truth[2:], answers[2:], "it") == "it most often takes an 8 for a 3 (1×)"
    assert favourite(truth, truth, "it") == "it makes no error"
    tied = favourite(truth[1:], np.array([9, 3, 5]), "it")
    assert tied == "it most often takes a 1 for a 5 (1×; 2 other errors too)"
    tied = favourite(truth[1:], np.array([9, 3, 1]), "it")
    assert tied == "it most often takes a 4 for a 9 (1×; an 8 for a 3 too)"


def test_a_twin_has_settled_where_its_verdict_changes_no_more():
    verdict = np.array([[1, 2, 3, 3], [3, 3, 3, 3], [3, 3, 3, 1]])
    pair = pair_of([np.ones((3, 10))], [np.ones((3, 10), int)], verdicts=verdict)
    assert [settling_time(pair, digit) for digit in range(3)] == pytest.approx([15, 5, 20])


def test_the_digit_shown_is_the_first_that_both_read_or_else_the_first():
    sums, labels = np.eye(10)[[1, 2, 3]], np.array([7, 2, 3])
    both = pair_of([sums], [np.ones((3, 10), int)], labels=labels, verdicts=[[7], [0], [3]])
    assert telling_digit(both) == 2
    assert telling_digit(pair_of([sums], [np.ones((3, 10), int)], labels=labels, verdicts=[[7], [0], [0]])) == 0


def test_a_twin_whose_output_never_fired_is_not_said_to_have_spoken():
    sums = np.eye(10)[[4, 4, 4]]
    counts = np.zeros((3, 10), int)
    counts[1, 4] = counts[2, 5] = 3
    pair = pair_of([sums], [counts], verdicts=[[0], [4], [5]])
    assert verdicts(pair, 0) == "the MLP says 4, the output cells of its spiking twin stay silent"
    assert verdicts(pair, 1) == "both networks say 4; the twin settled after 5 ms"
    assert verdicts(pair, 2) == "the MLP says 4, its spiking twin 5; the twin settled after 5 ms"
