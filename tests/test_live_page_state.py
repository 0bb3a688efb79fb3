"""What the page shows is in its address: a reload and a copied link show the same, and no address breaks it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from live_page import (
    FOUR,
    data_of,
    draw,
    exported,
    opened,
    page_networks,
    reopened,
    said,
    sentence_of,
    strokes_in,
    visit,
)
from live_page_oracle import assert_python_agrees

from compare.live.request import RANGES
from data import prepare, render

pytestmark = pytest.mark.xdist_group("live page")


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    return exported(tmp_path_factory.mktemp("page"))


@pytest.fixture(scope="module")
def page(browser, address):
    with opened(browser, address, offline=True) as page:
        yield page


def test_a_unit_is_silenced_in_both_networks_and_stays_so_after_a_reload(page):
    reopened(page, "")
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
    assert button.inner_text() == "Let it speak again"
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


def test_a_reload_and_a_copied_link_show_the_same(browser, page):
    reopened(
        page, "activation=lif&hidden=100&input=poisson&tau_m=15&noise=0.25&seed=7&silenced=0.5_0.99&unit=0.5&drawing="
    )
    strokes = draw(page, FOUR)
    before, link = data_of(page), page.evaluate("location.href")
    assert link.endswith(f"#{before['state']}")
    np.testing.assert_array_equal(np.array(before["question"]["pixels"], np.float32), prepare(render(strokes)))
    page.reload()
    page.wait_for_selector("html[data-ready=yes]")
    assert data_of(page) == before
    with opened(browser, link, offline=True) as other:
        assert data_of(other) == before
        assert [len(stroke.points) for stroke in strokes_in(other)] == [len(stroke.points) for stroke in strokes]
        assert other.locator("#knob-tau_m").input_value() == "15"
        assert other.locator("#unit-number").input_value() == "5"
        assert other.locator("#silence").inner_text() == "Let it speak again"
    visit(page, link.partition("#")[0])


NAMES = [
    *RANGES,
    "activation",
    "hidden",
    "input",
    "corruption",
    "severity",
    "digit",
    "drawing",
    "silenced",
    "unit",
    "__proto__",
    "constructor",
]
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
          const { corruption, severity, seed } = state;
          const bright = Float32Array.from(pixels, (byte) => byte / 255);
          const spoilt = corruption === "none" ? bright : Distort.apply(bright, corruption, severity, seed, 0);
          return [State.toHash(state), State.toHash(read(State.toHash(state))), Array.from(spoilt)];
        }""",
        junk.encode("utf-8", "replace").decode(),
    )
    assert once == again  # what was made of it is kept as it is
    assert len(seen) == 784
    assert all(0 <= value <= 1 for value in seen)


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


@pytest.mark.parametrize("silenced", [False, True])
def test_other_layers_are_chosen_while_the_clock_plays(browser, address, silenced):
    with opened(browser, f"{address}#hidden=100", offline=True, reduced_motion="no-preference") as page:
        page.locator("#slowness").select_option("400")
        busiest = page.locator("#unit-number")
        for digit in page.evaluate("JSON.parse(document.getElementById('given').textContent).digits.index"):
            reopened(page, f"hidden=100&digit={digit}")
            if int(busiest.input_value()) >= 16:
                break
        assert int(busiest.input_value()) >= 16
        assert page.locator("#play").inner_text() == "Pause"
        page.evaluate(
            """(silenced) => {
              const hidden = document.getElementById("knob-hidden");
              hidden.value = "16-16";
              hidden.dispatchEvent(new Event("change"));
              if (silenced) document.getElementById("silence").click();
            }""",
            silenced,
        )
        page.wait_for_function("() => !location.hash.includes('hidden=')")
        counts = data_of(page)["bio"]["counts"][1]
        assert int(busiest.input_value()) < len(counts) == 16
        if silenced:
            assert said(page)["silenced"] == said(page)["unit"] == f"0.{busiest.input_value()}"
        else:
            assert counts[int(busiest.input_value())] == max(counts)
