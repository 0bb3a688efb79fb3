"""What the page shows is in its address, each knob changes what the networks are asked, and no address breaks it."""

import re
from collections import Counter

import numpy as np
import pytest
from browser import chromium
from hypothesis import given, settings
from hypothesis import strategies as st
from live_page import (
    FOUR,
    assert_python_agrees,
    data_of,
    draw,
    exported,
    opened,
    page_networks,
    said,
    sentence_of,
    strokes_in,
    visit,
)

from data import distort, load_digits, prepare, render

pytestmark = pytest.mark.xdist_group("live page")
TEST = load_digits("test")
BASE = "hidden=16-16&input=poisson&corruption=shift&severity=2&digit={digit}"
SETTINGS = ("activation", "hidden", "input", "duration", "tau_m", "t_ref", "noise", "threshold", "seed")


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    return exported(tmp_path_factory.mktemp("page"))


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def page(browser, address):
    with opened(browser, address, offline=True) as page:
        yield page


@pytest.fixture(scope="module")
def base(page):
    """The state that knobs are turned from, in which all of them count, and its data."""
    digit = page.evaluate("JSON.parse(document.getElementById('given').textContent).digits.index[7]")
    text = BASE.format(digit=digit)
    reopened(page, text)
    return text, data_of(page)


def reopened(page, text):
    """Another state in the address of an open page."""
    page.evaluate(
        """(text) => new Promise((done) => {
          if (location.hash.slice(1) === text) return done();
          addEventListener("hashchange", () => requestAnimationFrame(done), { once: true });
          location.hash = text;
        })""",
        text,
    )


def asked_of(data):
    return {name: data["question"][name] for name in SETTINGS}


def pressed(key, times=1):
    def press(page, knob):
        knob.focus()
        for _ in range(times):
            page.keyboard.press(key)

    return press


def chosen(value):
    return lambda page, knob: knob.select_option(value)


def written(value):
    return lambda page, knob: knob.fill(value)


KNOBS = {
    "activation": (chosen("sigmoid"), "sigmoid"),
    "hidden": (chosen("100"), "100"),
    "input": (chosen("lif"), "lif"),
    "duration": (pressed("ArrowRight", 3), 130),
    "tau_m": (pressed("ArrowLeft", 8), 12),
    "t_ref": (pressed("ArrowRight", 5), 4.5),
    "noise": (pressed("ArrowRight", 8), 0.4),
    "threshold": (pressed("ArrowRight", 3), 23),
    "seed": (written("12"), 12),
}


@pytest.mark.parametrize("name", KNOBS)
def test_a_knob_changes_what_is_asked_and_what_comes_of_it(page, base, name):
    text, before = base
    turn, value = KNOBS[name]
    reopened(page, text)
    turn(page, page.locator(f"#knob-{name}"))
    page.wait_for_function("([name, value]) => location.hash.includes(`${name}=${value}`)", arg=[name, value])
    data = data_of(page)
    changed = {key: now for key, now in asked_of(data).items() if now != before["question"][key]}
    assert changed.pop(name) == value
    assert changed.keys() <= (
        {"t_ref", "noise"} if name == "activation" else set()
    )  # its cells have another of their own
    assert data["bio"]["spikes"] != before["bio"]["spikes"]
    assert data["sentence"] == sentence_of(page)
    assert_python_agrees(data, page_networks())
    output = page.locator(f"#now-{name}")
    if output.count():
        assert output.inner_text().startswith(f"{value} ")


@pytest.mark.parametrize(
    "corruption", ["shift", "rotate", "elastic", "low-resolution", "blur", "impulse-noise", "occlusion"]
)
def test_a_spoilt_digit_is_spoilt_as_python_does_it(page, base, corruption):
    digit = base[1]["question"]["index"]
    reopened(page, f"digit={digit}&seed=3")
    page.locator("#knob-corruption").select_option(corruption)
    page.wait_for_function("(name) => location.hash.includes(`corruption=${name}`)", arg=corruption)
    for key in ("", "End", "Home"):
        if key:
            page.locator("#knob-severity").press(key)
            page.wait_for_timeout(250)  # the address follows a knob that rests
        severity = float(said(page)["severity"])
        found = np.array(data_of(page)["question"]["pixels"], np.float32)
        ours = distort(TEST.images[[digit]], corruption, severity, seed=3, index=np.array([digit]))[0]
        np.testing.assert_allclose(found, ours, atol=1e-4)  # the address has six digits of the severity
        assert (found == TEST.images[digit]).all() == (key == "Home")


def test_all_knobs_go_back_and_the_drawing_stays(page, base):
    reopened(page, f"{base[0]}&tau_m=40&noise=1&silenced=0.3")
    page.locator("#reset").click()
    assert said(page) == {"digit": str(base[1]["question"]["index"])}
    assert data_of(page)["question"]["silenced"] == [[], []]


def test_a_unit_is_silenced_in_both_networks_and_stays_so_after_a_reload(page, base):
    reopened(page, f"digit={base[1]['question']['index']}")
    before = data_of(page)
    unit = int(np.argmax(before["ann"]["activations"][0]))
    assert before["bio"]["counts"][1][unit] > 0
    page.locator("#unit-number").fill(str(unit))
    page.locator("#unit-number").press("Enter")
    page.locator("#silence").click()
    page.wait_for_function("() => location.hash.includes('silenced=')")
    assert said(page)["silenced"] == f"0.{unit}"
    page.reload()
    page.wait_for_selector("html[data-ready=yes]")
    after = data_of(page)
    assert after["question"]["silenced"] == [[unit], []]
    assert (after["ann"]["activations"][0][unit], after["bio"]["counts"][1][unit]) == (0, 0)
    assert_python_agrees(after, page_networks())
    assert page.locator("#unit-number").input_value() == str(unit)  # it fell silent, and is still looked at
    button = page.locator("#silence")
    assert (button.get_attribute("aria-pressed"), button.inner_text()) == ("true", "Let it speak again")
    button.click()
    page.wait_for_function("() => !location.hash.includes('silenced=')")
    assert data_of(page)["bio"] == before["bio"]


@pytest.mark.parametrize("side", ["ann", "bio"])
@pytest.mark.parametrize(("hidden", "layer", "unit"), [("16-16", 1, 5), ("16-16", 2, 9), ("100", 0, 73)])
def test_a_unit_is_chosen_by_a_click_in_either_network(page, side, hidden, layer, unit):
    reopened(page, f"hidden={hidden}")
    sizes = [784, *map(int, hidden.split("-")), 10]
    canvas = page.locator(f"#{side}")
    box = canvas.bounding_box()
    place = page.evaluate(
        "([w, h, sizes, layer, unit]) => Columns.layout(w, h, sizes).places[layer][unit]",
        [box["width"], box["height"], sizes, layer, unit],
    )
    canvas.click(position=place)
    assert said(page)["unit"] == f"{layer}.{unit}"
    assert page.locator("#unit-number").input_value() == str(unit)
    what = f"output {unit}" if layer == len(sizes) - 2 else f"unit {unit} of hidden"
    assert page.locator("#weights").get_attribute("aria-label").startswith(f"What {what}")
    assert page.locator("#silence").is_disabled() == what.startswith("output")


@pytest.mark.parametrize("hidden", ["16-16", "100"])
def test_a_digit_that_they_disagree_on_gets_two_answers_and_both_are_pythons(page, hidden):
    reopened(page, f"hidden={hidden}&tau_m=50&silenced=0.1")
    network = page_networks()["relu", hidden]
    for _ in range(3):
        page.locator("#disagreed").click()
        data = data_of(page)
        digit = data["question"]["index"]
        assert digit in network.disagreed.index
        np.testing.assert_array_equal(np.array(data["question"]["pixels"], np.float32), TEST.images[digit])
        told = re.match(r"They disagree: the standard network says (\d), the spiking one (\d),", sentence_of(page))
        assert told
        assert told.groups() == (str(data["ann"]["answer"]), str(data["bio"]["answer"]))
        assert told[1] != told[2]
        label = str(TEST.labels[digit])
        truth = f" It is a {label}." if label in told.groups() else f" Both are wrong: it is a {label}."
        assert sentence_of(page).endswith(truth)
        assert_python_agrees(data, page_networks())


def test_a_test_digit_of_the_class_that_is_wanted_is_shown(page):
    reopened(page, "")
    seen = Counter()
    for wanted in "0123456789":
        page.locator("#wanted").select_option(wanted)
        page.locator("#load").click()
        digit = int(said(page)["digit"])
        assert str(TEST.labels[digit]) == wanted
        seen[digit] += 1
        page.locator("#load").click()
        assert int(said(page)["digit"]) != digit  # another one each time
    page.locator("#wanted").select_option("any")


def test_a_reload_and_a_copied_link_show_the_same(browser, page):
    reopened(
        page, "activation=lif&hidden=100&input=poisson&tau_m=15&noise=0.25&seed=7&silenced=0.5_0.99&unit=0.5&drawing="
    )
    strokes = draw(page, FOUR)
    before, link = data_of(page), page.evaluate("location.href")
    assert before["address"] == link
    np.testing.assert_array_equal(np.array(before["question"]["pixels"], np.float32), prepare(render(strokes)))
    page.reload()
    page.wait_for_selector("html[data-ready=yes]")
    assert data_of(page) == before
    with opened(browser, link, offline=True) as other:
        assert data_of(other) == before
        assert [len(stroke.points) for stroke in strokes_in(other)] == [len(stroke.points) for stroke in strokes]
        assert other.locator("#knob-tau_m").input_value() == "15"
        assert other.locator("#unit-number").input_value() == "5"
        assert other.locator("#silence").get_attribute("aria-pressed") == "true"
    visit(page, link.partition("#")[0])


NAMES = [*SETTINGS, "corruption", "severity", "digit", "drawing", "silenced", "unit", "__proto__", "constructor"]
VALUES = st.one_of(
    st.text(max_size=12),
    st.integers(-(10**6), 10**6).map(str),
    st.floats().map(str),
    st.sampled_from(
        ["relu", "lif", "100", "16-16", "poisson", "shift", "elastic", "toString", "1e999", "0x10", "%", "+", ""]
    ),
    st.text("ABCDEFabcdef0123456789-_", max_size=80),
    st.lists(st.tuples(st.integers(0, 120), st.integers(0, 120)), max_size=4).map(
        lambda pairs: "_".join(f"{a}.{b}" for a, b in pairs)
    ),
)
JUNK = st.one_of(
    st.text(max_size=40),
    st.lists(st.tuples(st.sampled_from(NAMES), VALUES), max_size=8).map(
        lambda pairs: "&".join(f"{name}={value}" for name, value in pairs)
    ),
)


@settings(max_examples=300)
@given(junk=JUNK)
def test_junk_in_an_address_is_read_as_a_state_that_can_be_shown(page, junk):
    once, again, seen = page.evaluate(
        """(junk) => {
          const read = (text) => State.fromHash(text, [3, 5], 3);
          const state = read(junk);
          const pixels = Drawing.prepare(Drawing.render(state.strokes), Drawing.SIDE);
          const spoilt = state.corruption === "none" ? pixels
            : Distort.apply(Float32Array.from(pixels, (byte) => byte / 255), state.corruption, state.severity, state.seed, 0);
          return [State.toHash(state), State.toHash(read(State.toHash(state))), Array.from(spoilt)];
        }""",
        junk.encode("utf-8", "replace").decode(),
    )
    assert once == again  # what was made of it is kept as it is
    assert len(seen) == 784
    assert all(0 <= value <= 255 for value in seen)


@pytest.fixture(scope="module")
def another_page(browser, address):
    with opened(browser, address, offline=True) as page:
        yield page


@settings(max_examples=60)  # Chromium lets a page change its address some 200 times in 10 s
@given(junk=JUNK)
def test_no_junk_in_the_address_breaks_the_open_page(another_page, junk):
    heard = another_page.evaluate(
        """async (junk) => {
          const heard = [];
          const note = (event) => heard.push(String(event.reason ?? event.message));
          for (const kind of ["error", "unhandledrejection"]) addEventListener(kind, note);
          const changed = new Promise((done) => addEventListener("hashchange", done, { once: true }));
          const before = location.hash;
          location.hash = junk;
          if (location.hash !== before) await changed;
          for (const kind of ["error", "unhandledrejection"]) removeEventListener(kind, note);
          return heard;
        }""",
        junk.encode("utf-8", "replace").decode(),
    )
    assert heard == []
    assert sentence_of(another_page)
