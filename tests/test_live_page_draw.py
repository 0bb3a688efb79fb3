"""The page drawn on by mouse, finger and keys, from a file and with the network off: what is drawn is what Python makes
of the same strokes, and what the page says of it too.
"""

from dataclasses import replace

import numpy as np
import pytest
from live_page import (
    FOUR,
    SEVEN,
    afresh,
    data_of,
    draw,
    exported,
    on_grid,
    opened,
    pad_at,
    page_networks,
    reopened,
    said,
    sentence_of,
    stroke_of,
    strokes_in,
    way,
)
from live_page_oracle import assert_python_agrees
from specimens import write_idx

from compare.live.page import page_text
from compare.live.payload import payload
from data import Stroke, load_digits, prepare, render

pytestmark = pytest.mark.xdist_group("live page")
ONE = (("relu", "16-16"),)  # the network that the page opens with
WIDTHS = (784, 16, 16, 10)  # of its layers
CELLS = 14  # of the pad, a side, that keys move by


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    return exported(tmp_path_factory.mktemp("page"), ONE)


@pytest.fixture(scope="module")
def tab(browser, address):
    with opened(browser, address, offline=True) as page:
        yield page


@pytest.fixture
def page(tab, address):
    """The page opened afresh, in the same tab, which takes half of the time of another one."""
    with afresh(tab, address):
        yield tab


def assert_seen(page, strokes):
    """The networks see these strokes, and think of them what Python does."""
    data = data_of(page)
    np.testing.assert_array_equal(np.array(data["question"]["pixels"], np.float32), prepare(render(strokes)))
    assert data["sentence"] == sentence_of(page)
    assert_python_agrees(data, page_networks(ONE))
    return data


def assert_same_strokes(found, expected):
    assert len(found) == len(expected)
    for ours, theirs in zip(found, expected, strict=True):
        np.testing.assert_allclose(ours.points, theirs.points, atol=1e-12)
        assert ours.width == pytest.approx(theirs.width)


def cells(*places):
    """The stroke of keys through these cells."""
    return Stroke(on_grid((np.array(places) + 0.5) / CELLS), float(on_grid(np.array(0.09))))


SLOW = [way((70, 60), (190, 60), step=3)]  # so slow that points are left out
DRAWN = {"a seven": SEVEN, "a four of two strokes": FOUR, "a slow line": SLOW}


def test_of_a_slow_line_points_are_left_out(page):
    (stroke,) = draw(page, SLOW)
    assert len(stroke.points) < len(SLOW[0])


@pytest.mark.parametrize("paths", DRAWN.values(), ids=DRAWN)
def test_what_the_mouse_draws_is_what_python_makes_of_the_same_strokes(page, paths):
    strokes = draw(page, paths)
    assert_same_strokes(strokes_in(page), strokes)
    data = assert_seen(page, strokes)
    assert data["question"]["index"] == 0
    assert sum(data["question"]["pixels"]) > 20


def test_the_page_says_in_numbers_what_both_networks_did_with_a_drawing(page):
    draw(page, SEVEN)
    data = data_of(page)
    (network,) = page_networks(ONE).values()
    counts = [
        np.bincount(layer["cell"], minlength=width) for layer, width in zip(data["bio"]["spikes"], WIDTHS, strict=True)
    ]

    rows = page.evaluate(
        "() => Array.from(document.querySelectorAll('#outputs tr'), (row) => Array.from(row.cells, (c) => c.innerText))"
    )
    digits, activations, spikes = zip(*rows, strict=True)
    assert [int(digit) for digit in digits] == list(range(10))
    assert [float(one) for one in activations] == pytest.approx(data["ann"]["activations"][-1], abs=0.00501)
    assert [int(one) for one in spikes] == counts[-1].tolist()
    assert max(counts[-1]) > 0

    on = np.concatenate([np.array(sums) > 0 for sums in data["ann"]["sums"][:-1]])
    duration = data["question"]["duration"] / 1e3
    fires = np.concatenate([network.mapping.on(layer, counts[layer + 1], duration) for layer in range(2)])
    both, none, unit, cell = ((a & b).sum() for a, b in ((on, fires), (~on, ~fires), (on, ~fires), (~on, fires)))
    assert unit != cell
    mcc = f"{np.corrcoef(on, fires)[0, 1]:.2f}".replace("-", "−")
    assert page.locator("#agreement").inner_text() == (
        f"On in both: {both}; off in both: {none}; only the unit is on: {unit}; only the cell: {cell}. "
        f"Matthews’ correlation: {mcc}; 1 is perfect."
    )

    standard, spiking = (f"{100 * share:.1f} %" for share in network.accuracy)
    assert standard != spiking
    said = page.locator("#accuracy").inner_text()
    assert said.startswith(f"Of {network.scored} test digits, ")
    assert f"this standard network reads {standard}, its spiking twin, given steady currents, {spiking}." in said


def test_another_pen_draws_another_width(page):
    page.locator("#brush").focus()
    page.keyboard.press("End")
    drawn = draw(page, SEVEN)
    assert {stroke.width for stroke in strokes_in(page)} == {float(on_grid(np.array(0.16)))}
    assert_seen(page, [Stroke(stroke.points, float(on_grid(np.array(0.16)))) for stroke in drawn])


def test_a_press_without_a_way_is_a_dot_and_the_other_buttons_draw_nothing(page):
    left, top, side = pad_at(page)
    page.mouse.click(left + 100, top + 200)
    dot = stroke_of([(100, 200)], side)
    page.mouse.click(left + 200, top + 200, button="middle")
    assert_same_strokes(strokes_in(page), [dot])
    assert_seen(page, [dot])


def test_the_pen_may_leave_the_pad_and_draws_along_its_edge(page):
    (stroke,) = draw(page, [way((200, 100), (500, 100), (500, 220), (200, 220))])
    assert stroke.points[:, 0].max() == 1
    assert_same_strokes(strokes_in(page), [stroke])


def test_undo_and_clear_go_back_and_forth(page):
    before = sentence_of(page)
    first, second = draw(page, FOUR)
    undo, clear = page.locator("#undo"), page.locator("#clear")
    undo.click()
    assert_same_strokes(strokes_in(page), [first])
    assert_seen(page, [first])
    clear.click()
    assert strokes_in(page) == []
    assert "Nothing is drawn, and still the standard network says" in sentence_of(page)
    data = assert_seen(page, [])
    assert f"says {data['ann']['answer']}, " in data["sentence"]
    undo.click()
    assert_same_strokes(strokes_in(page), [first])
    undo.click()
    assert "digit" in said(page)  # the test digit that the page opened with
    assert sentence_of(page) == before
    undo.click()  # there is nothing left to undo
    assert sentence_of(page) == before
    assert_same_strokes([second], [stroke_of(FOUR[1], pad_at(page)[2])])


def test_undo_brings_back_the_drawing_that_another_address_replaced(page):
    drawn = draw(page, FOUR)
    reopened(page, "drawing=&noise=0.5")
    assert strokes_in(page) == []
    page.locator("#undo").click()
    assert_same_strokes(strokes_in(page), drawn)
    assert "noise" not in said(page)


def test_a_full_pad_refuses_a_stroke_and_forgets_nothing(page):
    almost = page.evaluate(
        """() => {
          const points = Array.from({ length: 2_995 }, (_, k) => [(k % 200) / 255, (k % 100) / 255]);
          return State.drawingText([{ points, width: 9 / 255 }]);
        }"""
    )
    reopened(page, f"drawing={almost}")
    draw(page, [way((70, 60), (230, 60))])
    assert len(strokes_in(page)) == 2
    draw(page, [way((70, 200), (230, 200))])
    assert page.locator("#cursor").inner_text() == "The pad is full: undo or clear."
    assert len(strokes_in(page)) == 2
    page.locator("#undo").click()
    assert said(page)["drawing"] == almost


@pytest.mark.parametrize("buttons", [0, 2], ids=["no button", "the right button only"])
def test_a_stroke_ends_where_the_mouse_moves_without_its_button(page, buttons):
    left, top, side = pad_at(page)
    path = way((70, 60), (230, 60))
    page.mouse.move(left + path[0][0], top + path[0][1])
    page.mouse.down()
    for x, y in path[1:]:
        page.mouse.move(left + x, top + y)
    page.evaluate(
        """([clientX, clientY, buttons]) => document.getElementById("pad").dispatchEvent(
          new PointerEvent("pointermove", { pointerId: 1, pointerType: "mouse", clientX, clientY, buttons })
        )""",
        [left + 230, top + 200, buttons],
    )
    page.mouse.move(left + 100, top + 250)
    page.mouse.up()
    assert_same_strokes(strokes_in(page), [stroke_of(path, side)])
    page.locator("#undo").click()
    assert "digit" in said(page)


def test_the_keys_draw_dots_and_lines_and_take_them_back(page):
    page.locator("#pad").focus()
    press = page.keyboard.press
    press("ArrowRight")  # shows where the cursor is: in the middle
    for _ in range(4):
        press("ArrowUp")
    assert page.locator("#cursor").inner_text() == "column 8, row 4 of 14"
    press("Space")
    dot = cells((7, 3))
    assert_same_strokes(strokes_in(page), [dot])
    press("ArrowDown")
    page.keyboard.down("Shift")
    for _ in range(5):
        press("ArrowDown")
    press("ArrowLeft")
    page.keyboard.up("Shift")
    line = cells(*[(7, row) for row in range(4, 10)], (6, 9))
    assert_same_strokes(strokes_in(page), [dot, line])
    assert_seen(page, [dot, line])
    page.locator("#pad").focus()
    press("Control+z")
    assert_same_strokes(strokes_in(page), [dot])
    press("ArrowRight")
    press("Space")
    press("Space")  # takes away the dot that it made
    assert_same_strokes(strokes_in(page), [dot])
    press("Delete")
    assert strokes_in(page) == []
    press("Backspace")
    assert_same_strokes(strokes_in(page), [dot])


def test_the_cursor_of_the_keys_stays_on_the_pad_and_tab_leaves_it(page):
    page.locator("#pad").focus()
    for key, end in [
        ("ArrowLeft", "column 1, row 8"),
        ("ArrowUp", "column 1, row 1"),
        ("ArrowRight", "column 14, row 1"),
    ]:
        for _ in range(CELLS + 1):
            page.keyboard.press(key)
        assert page.locator("#cursor").inner_text() == f"{end} of 14"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "undo"


def test_a_finger_draws_without_moving_the_page_and_a_second_one_does_not_disturb(browser, address):
    phone = {"viewport": {"width": 360, "height": 640}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
    with opened(browser, address, offline=True, **phone) as page:
        left, top, side = pad_at(page)
        scrolled = page.evaluate("window.scrollY")
        path = [(x * side / 320, y * side / 320) for x, y in SEVEN[0]]
        touch(page, path, at=(left, top), second=(20, 20))
        (stroke,) = strokes_in(page)
        assert page.evaluate("window.scrollY") == scrolled
        places = stroke_of(path, side).points  # the browser may leave out the first few, while it waits for a drag
        assert all(np.abs(places - point).max(axis=1).min() < 1.01 / 255 for point in stroke.points)
        for end in (0, -1):
            np.testing.assert_allclose(stroke.points[end], places[end], atol=1.01 / 255)
        assert len(stroke.points) > len(path) / 2
        assert_seen(page, [stroke])


def touch(page, path, *, at, second):
    """A finger goes that way over the pad; half-way another one comes down, at `second`, and leaves."""
    session = page.context.new_cdp_session(page)

    def send(kind, *places):
        points = [{"x": at[0] + x, "y": at[1] + y, "id": finger} for finger, (x, y) in enumerate(places)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    send("touchStart", path[0])
    for number, place in enumerate(path[1:], 1):
        if number == len(path) // 2:
            send("touchStart", place, second)
            send("touchMove", place, (second[0] + 30, second[1]))
        send("touchMove", place)  # with one finger only, which lifts the other
    send("touchEnd")


@pytest.fixture(scope="module")
def of_a_folder(tmp_path_factory):
    """The address of a page whose test digits are a few of a folder: none is a 9, and the networks agree on all."""
    folder = tmp_path_factory.mktemp("folder")
    test = load_digits("test").spread(60)
    test = test[np.flatnonzero(test.labels < 9)]
    write_idx(folder / "t10k-images-idx3-ubyte", np.rint(test.images * 255).reshape(-1, 28, 28))
    write_idx(folder / "t10k-labels-idx1-ubyte", test.labels)
    networks = {name: replace(network, disagreed=test[:0]) for name, network in page_networks(ONE).items()}
    html, _ = page_text(payload(networks, data=folder), brian=False)
    file = folder / "page.html"
    file.write_text(html, encoding="utf-8")
    return file.as_uri()


def test_a_button_without_test_digits_for_it_cannot_be_pressed_and_says_why(browser, of_a_folder):
    with opened(browser, of_a_folder, offline=True) as page:
        load, disagreed = page.locator("#load"), page.locator("#disagreed")
        assert disagreed.is_disabled()
        assert disagreed.get_attribute("title") == "They disagree on none of the test digits."
        assert load.is_enabled()
        page.locator("#wanted").select_option("9")
        assert load.is_disabled()
        assert load.get_attribute("title") == "There is no test digit of this class."
        page.locator("#wanted").select_option("8")
        assert load.is_enabled()
        assert load.get_attribute("title") == ""
        load.click()
        assert sentence_of(page).endswith("an 8.")


def test_the_page_says_how_many_digits_were_scored_and_whose_they_are(browser, address, of_a_folder):
    own, other = "The digits are MNIST’s", "The digits are those of the folder given with --data."
    for place, credit, wrong in ((address, own, other), (of_a_folder, other, own)):
        with opened(browser, place, offline=True) as page:
            assert page.locator("#accuracy").inner_text().startswith("Of 300 test digits, ")
            assert page.locator("#disagreed").is_enabled() is (place == address)
            footer = page.locator("footer").inner_text()
            assert credit in footer
            assert wrong not in footer
