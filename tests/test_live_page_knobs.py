"""Each knob changes what the networks are asked, and what comes of it is what Python makes of the same question."""

import re
from collections import Counter

import numpy as np
import pytest
from live_page import data_of, exported, opened, page_networks, reopened, said, sentence_of
from live_page_oracle import assert_python_agrees

from data import distort, load_digits

pytestmark = pytest.mark.xdist_group("live page")
TEST = load_digits("test")
BASE = "hidden=16-16&input=poisson&corruption=shift&severity=2&digit={digit}"
SETTINGS = ("activation", "hidden", "input", "duration", "tau_m", "t_ref", "noise", "threshold", "seed")


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    return exported(tmp_path_factory.mktemp("page"))


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
        assert output.inner_text().startswith("8 mV " if name == "noise" else f"{value} ")


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
        told = re.match(r"They disagree: the standard network says (\d), the spiking one (\d), ", sentence_of(page))
        assert told
        assert told.groups() == (str(data["ann"]["answer"]), str(data["bio"]["answer"]))
        assert told[1] != told[2]
        label = str(TEST.labels[digit])
        named = f"is {'an' if label == '8' else 'a'} {label}."
        truth = f" It {named}" if label in told.groups() else f" Both are wrong: it {named}"
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
