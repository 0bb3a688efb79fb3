"""The report: one file that needs no other, readable by people and machines; and the film of a digit."""

import json
import os
import re
from base64 import b64decode
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image
from specimens import small_mnist, taught

from ann import save_model
from compare import animation
from compare.animation import check_ending, running_counts, stage
from compare.comparison import run_comparison
from compare.diagram import MOST_CIRCLES, heights, shown_units
from compare.experiments.experiment import WORDS
from compare.experiments.registry import chosen, experiments
from compare.options import Options
from compare.pair import Pair
from compare.report.page import MARKS, are_mnist, span
from compare.score import score
from compare.study import bench_of, run_study
from compare.style import INPUT_NAMES
from data import load_digits

pytestmark = pytest.mark.xdist_group("report")  # what they share is made once

WINDOWS = os.name == "nt"
NAMES = ("resolution", "by-hand", "cascade")


class Page(HTMLParser):
    """What a page holds: start tags with their attributes, and all text."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.said = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.said.append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return small_mnist(tmp_path_factory.mktemp("digits"), train=400, test=60)


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A network whose file has a name that reaches the page by the manifest."""
    place = tmp_path_factory.mktemp("models") / ("relu.npz" if WINDOWS else "<img src=x onerror=alert(1)>.npz")
    save_model(place, taught((784, 12, 10), "relu"), {})
    return place


def compared(folder, model, *, workers=1):
    options = Options(model=model, inputs=("current", "poisson"), data=folder, duration=0.03)
    comparison = run_comparison(options, workers=workers)
    return comparison, [score(pair) for pair in comparison.pairs]


def study(folder, model, out, *, names=NAMES, workers=1, live=False, given=None):
    out.mkdir()
    comparison, scores = given or compared(folder, model, workers=workers)
    return run_study(
        comparison, scores, chosen(names), out, command="analogy report", quick=True, workers=workers, live=live
    )


def test_the_report_links_the_page_to_draw_on_where_there_is_one(report, monkeypatch, folder, model, tmp_path):
    _, without = report
    asked = []

    def written(file, **options):
        asked.append(options)
        file.write_text("the page")

    monkeypatch.setattr("compare.study.write_page", written)
    page = Page(study(folder, model, tmp_path / "out", names=["by-hand"], live=True).read_text(encoding="utf-8"))
    assert [a["href"] for a in page.all("a") if a["href"].endswith(".html")] == ["live.html"]
    assert (tmp_path / "out" / "live.html").read_text() == "the page"
    assert [(options["seed"], options["data"]) for options in asked] == [(0, folder)]
    assert not [a for a in without.all("a") if a["href"].endswith(".html")]


@pytest.fixture(scope="module")
def given(folder, model):
    """The comparison that the report tells of, and its scores."""
    return compared(folder, model)


@pytest.fixture(scope="module")
def report(folder, model, given, tmp_path_factory):
    path = study(folder, model, tmp_path_factory.mktemp("study") / "out", given=given)
    return path, Page(path.read_text(encoding="utf-8"))


def test_the_page_fetches_nothing(report):
    path, page = report
    for tag, attributes in page.tags:
        assert tag not in {"script", "link", "iframe", "object", "embed"}
        assert not attributes.get("src", "data:").startswith(("http", "//", "file"))
    text = path.read_text(encoding="utf-8")
    assert "url(" not in text
    (style,) = re.findall("<style>(.*?)</style>", text, re.DOTALL)
    assert "@import" not in style
    assert "//" not in style
    outside = {a["href"] for a in page.all("a") if not a["href"].startswith("#")}
    assert all(address.startswith("https://youtu.be/aircAruvnKk") for address in outside)


def test_every_link_within_the_page_leads_somewhere(report):
    _, page = report
    there = {attributes["id"] for _, attributes in page.tags if "id" in attributes}
    assert {a["href"][1:] for a in page.all("a") if a["href"].startswith("#")} <= there
    assert set(NAMES) <= there


def test_every_figure_is_there_and_told_in_words(report):
    path, page = report
    images = page.all("img")
    drawn = [file.read_bytes() for file in (path.parent / "figures").glob("*.png")]
    assert len(images) == len(drawn) >= len(NAMES)
    assert all(len(image["alt"]) > 40 for image in images)
    assert all(image["src"].startswith("data:image/png;base64,") for image in images)
    assert {b64decode(image["src"].partition(",")[2]) for image in images} == set(drawn)


def test_the_page_has_a_language_a_title_one_heading_and_no_level_left_out(report):
    _, page = report
    assert page.all("html") == [{"lang": "en"}]
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))
    assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in page.all("meta")


def test_the_findings_are_those_of_the_results(report):
    path, page = report
    found = json.loads((path.parent / "results.json").read_text(encoding="utf-8"))
    said = " ".join(" ".join(page.said).split())
    assert [experiment["name"] for experiment in found["experiments"]] == list(NAMES)
    for experiment in found["experiments"]:
        assert experiment["finding"] in said
        assert experiment["question"] in said
    assert found["manifest"]["quick"] is True
    assert "quick report" in said


def rows(page):
    """The table rows of a page: the start tags within each, and its text."""
    found, inside = [], None
    for tag, attributes in page.tags:
        if tag == "tr":
            inside = []
            found.append(inside)
        elif inside is not None:
            inside.append((tag, attributes))
    return found


def test_the_scorecard_has_a_row_for_each_experiment_that_leads_to_its_section_and_into_the_video(report):
    path, page = report
    found = json.loads((path.parent / "results.json").read_text(encoding="utf-8"))["experiments"]
    headed = [row for row in rows(page) if row[0][1].get("scope") == "row"]
    assert len(headed) == len(found)
    for row, experiment in zip(headed, found, strict=True):
        links = [attributes["href"] for tag, attributes in row if tag == "a"]
        assert links == [f"#{experiment['name']}", *experiment["at"]]


def test_each_network_has_its_own_column_of_the_scorecard(report):
    path, _ = report
    text = path.read_text(encoding="utf-8")
    for experiment in json.loads((path.parent / "results.json").read_text(encoding="utf-8"))["experiments"]:
        (row,) = re.findall(rf'<tr><th scope="row" class="claim"><a href="#{experiment["name"]}">.*?</tr>', text, re.S)
        verdict = experiment["verdict"]
        assert verdict["ann"] != verdict["bio"]
        for network in ("ann", "bio"):
            (cell,) = re.findall(f'<td class="of {network}">(.*?)</td>', row, re.S)
            assert [unescape(said) for said in re.findall("<span>(.*?)</span>", cell)] == verdict[network].split("; ")


def test_the_table_of_pairs_says_what_their_scores_say(report, given):
    path, _ = report
    text = path.read_text(encoding="utf-8")
    table = re.search(r'<h2 id="pairs">.*?<thead>(.*?)</thead>\s*<tbody>(.*?)</tbody>', text, re.DOTALL)
    headings = re.findall(r'<th scope="col"[^>]*>(.*?)</th>', table[1])
    lines = [map(unescape, re.findall("<td[^>]*>(.*?)</td>", line)) for line in table[2].split("</tr>")[:-1]]
    found = [dict(zip(headings, line, strict=True)) for line in lines]
    comparison, scores = given
    assert [line["input"] for line in found] == [INPUT_NAMES[pair.twin.input] for pair in comparison.pairs]
    for line, of in zip(found, scores, strict=True):
        hidden, (low, high) = of.layers[0], of.bio_interval
        assert (line["standard %"], line["spiking %"]) == (
            f"{100 * of.ann_accuracy:.2f}",
            f"{100 * of.bio_accuracy:.2f}",
        )
        assert line["95 %"] == f"{100 * low:.2f}–{100 * high:.2f}"
        assert float(line["lost"]) == pytest.approx(100 * of.ann_accuracy - 100 * of.bio_accuracy, abs=0.005)
        assert float(line["p"]) == pytest.approx(of.mcnemar_p, rel=0.05)
        assert float(line["same %"]) == pytest.approx(100 * of.same_answer, abs=0.05)
        assert float(line["Pearson"]) == pytest.approx(hidden.pearson, abs=5e-4)
        assert float(line["on/off"]) == pytest.approx(hidden.mcc, abs=5e-4)
        all_spikes = of.spikes_per_digit + of.input_spikes_per_digit
        assert int(line["spikes"].replace(",", "")) == pytest.approx(all_spikes, abs=0.5)
        within = of.ms_to_within_half_point
        assert line["to ½ pt"] == ("never" if within is None else f"{within:g} ms")
    assert any(abs(of.ann_accuracy - of.bio_accuracy) > 0.01 for of in scores)
    same = [100 * of.same_answer for of in scores]
    lost = [100 * (of.ann_accuracy - of.bio_accuracy) for of in scores]
    said = f"the same answer to {span(same)} % of them and lose {span(lost, 2)} points"
    assert said in " ".join(text.split())


def test_the_results_hold_claims_and_verdicts_and_the_page_tells_them_twice(report):
    path, page = report
    found = json.loads((path.parent / "results.json").read_text(encoding="utf-8"))["experiments"]
    said = " ".join(" ".join(page.said).split())
    for experiment in found:
        verdict = experiment["verdict"]
        assert experiment["claim"] == experiments()[experiment["name"]].claim
        assert experiment["claim"] in said
        assert verdict["holds"] in WORDS[experiment["part"]]
        assert f"{MARKS[verdict['holds']][0]} {verdict['holds']}" in said
        assert f"{verdict['holds'].capitalize()}. {verdict['sentence']} {experiment['finding']}" in said
        for cell in (verdict["ann"], verdict["bio"]):
            assert all(text in said for text in cell.split("; "))


def test_every_word_of_a_verdict_has_a_sign_so_that_colour_is_not_needed():
    assert set(MARKS) == {word for words in WORDS.values() for word in words}
    signs = {word: sign for word, (sign, _) in MARKS.items()}
    for words in WORDS.values():
        assert len({signs[word] for word in words}) == len(words)


@pytest.mark.skipif(WINDOWS, reason="Windows has no such names")
def test_what_a_network_is_called_cannot_run_in_the_page(report):
    """It is escaped."""
    _, page = report
    assert "onerror=alert(1)" in "".join(page.said)
    assert not any("onerror" in attributes for _, attributes in page.tags)


def test_the_same_seed_gives_the_same_results_and_page_with_any_number_of_workers(report, folder, model, tmp_path):
    path, _ = report
    again = study(folder, model, tmp_path / "out", workers=2)
    for name in ("results.json", "report.html"):
        assert (again.parent / name).read_bytes() == (path.parent / name).read_bytes(), name


def test_a_full_bench_takes_the_comparisons_pairs_as_they_are(folder, model):
    comparison = run_comparison(Options(model=model, inputs=("current",), data=folder, duration=0.02), workers=1)
    bench = bench_of(comparison, quick=False, workers=1)
    assert bench.pair("relu") is comparison.pairs[0]
    assert isinstance(bench.pair("relu", "poisson"), Pair)


def test_mnist_is_credited_where_the_digits_are_mnists(report):
    _, page = report
    said = " ".join(" ".join(page.said).split())
    assert "The digits are those of the folder given with --data." in said
    assert "Digits: MNIST" not in said
    own = {f"{split}-{part}": h for split in ("train", "test") for part, h in load_digits(split).sha256.items()}
    assert are_mnist({"options": {"data": None}, "data_sha256": own})
    assert are_mnist({"options": {"data": "a copy"}, "data_sha256": own})
    assert not are_mnist({"options": {"data": "others"}, "data_sha256": own | {"train-labels": "0"}})


@pytest.mark.parametrize(("values", "said"), [([1.234], "1.2"), ([1.0, 2.0], "1.0 to 2.0"), ([0.04, 0.01], "0.0")])
def test_a_span_is_from_least_to_greatest(values, said):
    assert span(values) == said


# --- the diagram and the film


@pytest.mark.parametrize("count", [1, 10, MOST_CIRCLES, MOST_CIRCLES + 1, 784])
def test_a_column_has_a_circle_for_each_unit_or_for_both_ends(count):
    units, y = shown_units(count), heights(count)
    assert len(units) == len(y) == min(count, MOST_CIRCLES)
    assert units[0] == 0
    assert units[-1] == count - 1
    assert y[0] == -y[-1]
    assert (np.diff(y) < 0).all()


def test_pixels_are_drawn_where_there_is_light():
    pixels = np.zeros(784)
    pixels[300:400] = 0.5
    assert set(shown_units(784, pixels)) <= set(range(300, 400))
    assert len(shown_units(784, pixels)) == MOST_CIRCLES
    assert shown_units(784, np.zeros(784)).tolist() == shown_units(784).tolist()


@pytest.mark.parametrize(("name", "said"), [("a.avi", r"\.avi.*\.gif, \.mp4, \.webm"), ("a", "no film of the kind")])
def test_a_film_of_another_kind_is_refused(name, said, tmp_path):
    with pytest.raises(ValueError, match=said):
        check_ending(tmp_path / name)


def test_a_film_without_the_program_for_it_is_refused_with_the_remedy(tmp_path, monkeypatch):
    monkeypatch.setattr("compare.animation.FFMpegWriter.isAvailable", lambda: False)
    with pytest.raises(ValueError, match=r"ffmpeg.*choose \.gif"):
        check_ending(tmp_path / "a.mp4")


def test_the_film_has_a_frame_for_every_two_milliseconds_and_ends_at_the_end(folder, model, tmp_path, monkeypatch):
    from compare.animation import animate
    from compare.comparison import prepared

    shown = []

    def staged(*given):
        figure, update = stage(*given)
        return figure, lambda step: shown.append(step) or update(step)

    monkeypatch.setattr(animation, "stage", staged)
    ready = prepared(Options(model=model, inputs=("lif",), data=folder, duration=0.02))
    twin, digit = ready.twins[0], ready.digits[:1]
    animate(twin, digit, tmp_path / "film.gif")
    with Image.open(tmp_path / "film.gif") as film:
        assert 5 <= film.n_frames <= 11  # frames like the one before are not kept twice
    assert [path.name for path in tmp_path.iterdir()] == ["film.gif"]
    assert set(shown) == set(range(0, 21, 2))
    assert shown[-animation.STILL :] == [20] * animation.STILL


def test_the_film_ends_on_the_verdict(folder, model):
    from bio import record, simulate
    from compare.comparison import prepared

    ready = prepared(Options(model=model, inputs=("lif",), data=folder, duration=0.1))
    twin, digit = ready.twins[0], ready.digits[:1]
    times = {"duration": twin.duration, "dt": twin.dt}
    recording = record(twin.network, twin.stimulus(digit), **times)
    response = simulate(twin.network, twin.stimulus(digit), **times)
    figure, update = stage(twin, digit, recording)
    update(100)
    titles = [ax.get_title() for ax in figure.axes]
    (answer,) = response.verdicts[:, -1]
    assert answer != 0
    assert f"spiking twin, 100 ms: {answer} is ahead" in titles
    assert f"standard network: says {twin.model.classify(digit.images)[0]}" in titles
    assert running_counts(recording, twin)[0][-1].tolist() == response.counts[-1][0].tolist()


def test_counts_so_far_end_at_the_counts(folder, model):
    from bio import record
    from compare.comparison import prepared

    ready = prepared(Options(model=model, inputs=("lif",), data=folder, duration=0.05))
    twin, digit = ready.twins[0], ready.digits[:1]
    recording = record(twin.network, twin.stimulus(digit), duration=twin.duration, dt=twin.dt)
    counts, times = running_counts(recording, twin)
    assert counts[-1].sum() == len(recording.spikes[-1])
    assert (np.diff(counts, axis=0) >= 0).all()
    assert times[-1] == pytest.approx(0.05)
