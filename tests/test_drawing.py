"""A drawing becomes the digit that MNIST would have made of it, and the page makes the same bytes of it as Python."""

import re
from base64 import b64decode
from functools import cache

import numpy as np
import pytest
from browser import called, page_with
from drawings import STYLES, WIDTHS, drawings
from hypothesis import given, settings
from hypothesis import strategies as st

from ann import Training, train
from compare.mapping import weighted_sums
from data import load_digits
from data.drawing import BOX, MIDDLE, PAD, Stroke, prepare, render

TRAINING = load_digits("train")
coordinate = st.floats(-0.3, 1.3)
strokes = st.lists(
    st.builds(
        Stroke,
        st.lists(st.tuples(coordinate, coordinate), min_size=1, max_size=6),
        st.floats(0.001, 0.3),
    ),
    max_size=4,
)


@cache
def drawn(seed=0):
    """The digits' labels (n,), and their pads (n, PAD, PAD)."""
    made = drawings(seed)
    return np.array([digit for digit, _, _ in made]), np.array([render(strokes) for _, _, strokes in made])


def box(picture):
    """First and last row, first and last column with ink."""
    rows, columns = np.flatnonzero(picture.any(axis=1)), np.flatnonzero(picture.any(axis=0))
    return rows[0], rows[-1], columns[0], columns[-1]


def one(digit):
    """The picture of one digit (28, 28), brightness as bytes."""
    return np.rint(digit.reshape(28, 28) * 255).astype(int)


# --- the pad


def test_a_dot_is_a_disc_of_the_pens_width():
    picture = render([Stroke([(0.5, 0.5)], 0.25)])
    radius = 0.25 * PAD / 2
    assert picture.sum() == pytest.approx(np.pi * radius**2, rel=0.01)
    down, right = np.indices((PAD, PAD)) + 0.5 - PAD / 2
    assert (picture[np.hypot(down, right) < radius - 0.5] == 1).all()
    assert (picture[np.hypot(down, right) > radius + 0.5] == 0).all()


@pytest.mark.parametrize("width", [0.02, 0.05, 0.0834, 0.2])
@pytest.mark.parametrize("degrees", [0, 17, 45, 90, 130])
def test_a_lines_ink_is_its_length_times_its_width_and_two_half_discs(width, degrees):
    way = 0.3 * np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])
    ink = render([Stroke([0.5 - way, 0.5 + way], width)]).sum() / PAD**2
    assert ink == pytest.approx(0.6 * width + np.pi * width**2 / 4, rel=0.03)


def test_a_line_one_pixel_wide_through_the_middle_of_pixels_covers_just_them():
    row = (30 + 0.5) / PAD
    picture = render([Stroke([(-1, row), (2, row)], 1 / PAD)])
    np.testing.assert_allclose(picture[30], 1, atol=1e-9)
    assert picture.sum() == pytest.approx(PAD)


@given(strokes)
def test_a_pad_is_a_picture_and_each_stroke_adds_to_it(strokes):
    picture = render(strokes)
    assert picture.shape == (PAD, PAD)
    assert picture.dtype == np.float64
    assert ((picture >= 0) & (picture <= 1)).all()
    alone = [render([stroke]) for stroke in strokes]
    assert (picture == np.max([np.zeros((PAD, PAD)), *alone], axis=0)).all()


@given(strokes)
def test_a_pad_is_the_closed_form_at_every_pixel(strokes):
    """The oracle looks at all pixels of the pad, and at the distance in another way: by the nearer end or the foot."""
    middles = np.stack(np.meshgrid(np.arange(PAD) + 0.5, np.arange(PAD) + 0.5), axis=-1)
    covered = np.zeros((PAD, PAD))
    for stroke in strokes:
        places = stroke.points * PAD
        for a, b in zip(places, [*places[1:], places[-1]], strict=True):
            distance = np.minimum(np.hypot(*(middles - a).T), np.hypot(*(middles - b).T)).T
            length = np.hypot(*(b - a))
            if length > 1e-6:
                way = (b - a) / length
                along = (middles - a) @ way
                foot = np.abs((middles - a) @ np.array([-way[1], way[0]]))
                distance = np.where((along > 0) & (along < length), foot, distance)
            covered = np.maximum(covered, np.clip(stroke.width * PAD / 2 + 0.5 - distance, 0, 1))
    np.testing.assert_allclose(render(strokes), covered, atol=1e-5)


@pytest.mark.parametrize("points", [[], [(0, 0, 0)], [(0, np.nan)], [0, 1]])
def test_points_that_are_none_are_named(points):
    with pytest.raises(ValueError, match=r"must be finite \(x, y\), at least one: give \(n, 2\)"):
        Stroke(points, 0.1)


@pytest.mark.parametrize("width", [0, -0.1, 1.5, np.nan])
def test_a_width_that_is_none_is_named(width):
    with pytest.raises(ValueError, match=f"width {re.escape(f'{width:g}')} of a stroke must be a fraction of the pad"):
        Stroke([(0, 0)], width)


# --- the digit


def test_mnists_own_digits_come_back_as_they_were():
    some = TRAINING.spread(1000).images
    back = np.array([prepare(digit.reshape(28, 28)) for digit in some])
    assert back.dtype == some.dtype
    assert (back == some).all(axis=1).mean() >= 0.995  # MNIST itself cut a row off a few: their ink is 19 pixels long


@pytest.mark.parametrize("times", [2, 4, 8])
def test_mnists_own_digits_come_back_from_a_larger_pad_wherever_they_lie_on_it(times):
    rng = np.random.default_rng(times)
    for digit in TRAINING.spread(40).images:
        top, bottom, left, right = box(one(digit))
        pad = np.zeros((40 * times, 40 * times))
        cut = digit.reshape(28, 28)[top : bottom + 1, left : right + 1].repeat(times, axis=0).repeat(times, axis=1)
        down, across = (rng.integers(40 * times - length + 1) for length in cut.shape)
        pad[down : down + cut.shape[0], across : across + cut.shape[1]] = cut
        assert (prepare(pad) == digit).all()


@given(st.integers(1, 130), st.floats(0, 0.2), st.integers(0, 2**32))
def test_a_digit_is_20_pixels_long_of_its_aspect_and_centred_by_its_mass(side, density, seed):
    rng = np.random.default_rng(seed)
    picture = (rng.random((side, side)) < density).astype(float)
    digit = one(prepare(picture))
    assert digit.any() == picture.any()
    if picture.any():
        top, bottom, left, right = box(digit)
        first, last, leftmost, rightmost = box(picture)
        height, width = last + 1 - first, rightmost + 1 - leftmost
        assert bottom + 1 - top <= BOX
        assert right + 1 - left <= BOX
        for length, found in ((height, bottom + 1 - top), (width, right + 1 - left)):
            assert found <= np.ceil(BOX * length / max(height, width))
        for axis, ends in ((0, (top, bottom)), (1, (left, right))):
            centre = (digit.sum(axis=1 - axis) * np.arange(28)).sum() / digit.sum()
            assert abs(centre - MIDDLE) <= 0.5 or ends[0] <= 1 or ends[1] >= 26


@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, len(STYLES) - 1))
def test_it_does_not_matter_where_on_the_pad_a_digit_lies(down, right, digit):
    labels, pads = drawn()
    top, bottom, left, right_end = box(pads[labels == digit][0])
    cut = pads[labels == digit][0][top : bottom + 1, left : right_end + 1]
    moved = np.zeros((PAD + 40, PAD + 40))
    moved[down : down + cut.shape[0], right : right + cut.shape[1]] = cut
    np.testing.assert_allclose(prepare(moved), prepare(pads[labels == digit][0]), atol=1.01 / 255)


def test_shrinking_takes_the_mean_of_the_area_that_a_pixel_covers():
    rng = np.random.default_rng(0)
    for side in (21, 30, 47, 99, 112):
        picture = rng.random((side, side)) * 0.5 + 0.25
        picture[0, 0] = 1
        digit = prepare(picture)
        shrunk = picture.repeat(BOX, axis=0).repeat(BOX, axis=1).reshape(BOX, side, BOX, side).mean(axis=(1, 3))
        expected = np.floor(shrunk / shrunk.max() * 255 + 0.5)
        top, bottom, left, right = box(one(digit))
        assert np.abs(one(digit)[top : bottom + 1, left : right + 1] - expected).max() <= 1


@pytest.mark.parametrize("side", [0, 1, 28, 112])
def test_nothing_drawn_is_an_empty_digit(side):
    digit = prepare(np.zeros((side, side)))
    assert digit.shape == (784,)
    assert digit.dtype == np.float32
    assert not digit.any()


@given(strokes)
def test_brightness_comes_in_whole_bytes_as_the_digits_files_have_it(strokes):
    digit = prepare(render(strokes))
    assert (digit == one(digit).astype(np.uint8).reshape(-1) * np.float32(1 / 255)).all()


def test_a_thin_pen_leaves_a_digit_as_bright_as_any():
    thin = [np.rint(prepare(render(strokes)).max() * 255) for _, _, strokes in drawings() if strokes[0].width == 0.03]
    assert min(thin) >= 254
    assert one(prepare(np.full((28, 28), 0.1))).max() == 255


def test_ink_too_faint_for_a_byte_is_none():
    assert not prepare(np.full((28, 28), 0.4 / 255)).any()
    specks = np.zeros((112, 112))
    specks[0, 0] = specks[-1, -1] = 1 / 255  # alone in many pixels, but some ink: it shows
    assert one(prepare(specks)).max() == 255


@pytest.mark.parametrize(
    ("picture", "message"),
    [
        (np.zeros((3, 4)), r"a picture must be square, got \(3, 4\): give \(side, side\)"),
        (np.zeros(784), r"a picture must be square, got \(784,\)"),
        (np.full((2, 2), 255.0), r"must lie in \[0, 1\], got 255…255: divide by the largest brightness"),
        (np.full((2, 2), np.nan), r"must lie in \[0, 1\], got nan…nan"),
    ],
)
def test_what_is_no_picture_is_named(picture, message):
    with pytest.raises(ValueError, match=message):
        prepare(picture)


# --- what it is for


def test_the_drawings_are_of_many_styles_and_pens():
    made = drawings()
    assert len(made) >= 150
    assert len({(digit, style) for digit, style, _ in made}) == sum(map(len, STYLES.values())) >= 30
    assert all(len(STYLES[digit]) >= 3 for digit in range(10))
    assert {strokes[0].width for _, _, strokes in made} == set(WIDTHS)
    assert all(((stroke.points > 0) & (stroke.points < 1)).all() for _, _, strokes in made for stroke in strokes)


def test_a_network_that_learned_mnist_reads_drawings_once_they_are_prepared_as_mnist_was():
    some = TRAINING.spread(12_000)
    model = train(some.images, some.labels, Training(sizes=(784, 50, 10), epochs=5, validation=1_000)).model
    labels, pads = drawn()
    shrunk = pads.reshape(-1, 28, PAD // 28, 28, PAD // 28).mean(axis=(2, 4)).reshape(-1, 784).astype(np.float32)
    prepared = np.array([prepare(pad) for pad in pads])
    before, after = ((weighted_sums(model, x)[-1].argmax(axis=1) == labels).mean() for x in (shrunk, prepared))
    assert after >= 0.9  # SD of 195 answers at 0.95: 0.016
    assert after >= before + 0.3


# --- the page's own


@pytest.fixture(scope="module")
def page():
    with page_with("drawing.js") as page:
        yield page


def by_the_page(page, many):
    """The pads and the digits, as bytes, that the page makes of each drawing."""
    plain = [
        [{"points": stroke.points.tolist(), "width": float(stroke.width)} for stroke in strokes] for strokes in many
    ]
    found = called(
        page,
        """(many) => {
          const packed = (array) => {  // numbers one by one would take ten times as long
            let text = "";
            for (const byte of new Uint8Array(array.buffer)) text += String.fromCharCode(byte);
            return btoa(text);
          };
          return many.map((strokes) => {
            const pad = Drawing.render(strokes);
            return [packed(pad), packed(Drawing.prepare(pad, Drawing.SIDE))];
          });
        }""",
        plain,
    )
    return [
        (np.frombuffer(b64decode(pad)).reshape(PAD, PAD), np.frombuffer(b64decode(digit), np.uint8))
        for pad, digit in found
    ]


def assert_equal(page, many):
    for strokes, (pad, digit) in zip(many, by_the_page(page, many), strict=True):
        assert (pad == render(strokes)).all()
        assert (digit == one(prepare(pad)).reshape(-1)).all()


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_page_draws_and_prepares_the_same_bytes(page, seed):
    assert_equal(page, [strokes for _, _, strokes in drawings(seed)])


@settings(max_examples=40)
@given(many=st.lists(strokes, max_size=5))
def test_the_page_makes_the_same_bytes_of_any_strokes(page, many):
    assert_equal(page, many)


def test_the_page_prepares_other_pictures_alike(page):
    rng = np.random.default_rng(0)
    pictures = [digit.reshape(28, 28).astype(float) for digit in TRAINING.spread(200).images]
    pictures += [rng.random((side, side)) * (rng.random((side, side)) < 0.1) for side in range(60)]
    pictures += [np.zeros((28, 28)), np.full((28, 28), 0.4 / 255)]
    given = [[picture.ravel().tolist(), len(picture)] for picture in pictures]
    code = "(all) => all.map(([picture, side]) => Array.from(Drawing.prepare(picture, side)))"
    found = called(page, code, given)
    assert (np.array(found) == [one(prepare(picture)).reshape(-1) for picture in pictures]).all()
