"""The page's random numbers are numpy's, and its distortions those of Python."""

import json

import numpy as np
import pytest
from browser import called, page_with
from hypothesis import given, settings
from hypothesis import strategies as st

from data import DISTORTIONS, distort, load_digits

DIGITS = load_digits("test").spread(12)
OFFERED = ("shift", "rotate", "elastic", "low-resolution", "blur", "impulse-noise", "occlusion")
every = pytest.mark.parametrize("name", OFFERED)


@pytest.fixture(scope="module")
def page():
    with page_with("random.js", "pcg64.js", "distort.js") as page:
        yield page


def by_the_page(page, images, name, severity, seed, index):
    """(n, 784): the images as the page distorts them."""
    found = called(
        page,
        """(images, name, severity, seed, index) => images.map((pixels, i) =>
          Array.from(Distort.apply(Float32Array.from(pixels), name, severity, seed, index[i])))""",
        images.tolist(),
        name,
        float(severity),
        seed,
        [int(i) for i in index],
    )
    return np.array(found, np.float32).reshape(images.shape)


@settings(max_examples=50)
@given(
    key=st.lists(st.integers(0, 2**32 - 1), min_size=3, max_size=3),
    calls=st.lists(st.sampled_from(["double", "uniform", "integers2"]), max_size=40),
)
def test_pcg64_gives_what_numpys_generator_gives_call_for_call(page, key, calls):
    rng = np.random.default_rng(key)
    numpys = {"double": rng.random, "uniform": lambda: rng.uniform(-6, 6), "integers2": lambda: int(rng.integers(2))}
    found = page.evaluate(
        "([key, calls]) => { const rng = Pcg64.generator(key); return calls.map((name) => rng[name](-6, 6)); }",
        [key, calls],
    )
    assert found == [numpys[call]() for call in calls]


def test_what_the_page_offers_is_what_python_has(page):
    theirs = page.evaluate("Distort.NAMES")
    ours = {
        name: {
            "kind": DISTORTIONS[name].kind,
            "unit": DISTORTIONS[name].unit,
            "severities": list(DISTORTIONS[name].severities),
            "limit": DISTORTIONS[name].limit,
        }
        for name in OFFERED
    }
    assert list(theirs) == list(OFFERED)
    assert json.loads(json.dumps(theirs)) == ours


@every
def test_severity_0_changes_nothing(page, name):
    assert (by_the_page(page, DIGITS.images, name, 0, 3, DIGITS.index) == DIGITS.images).all()


@every
@pytest.mark.parametrize("seed", [0, 7, 2**31 - 1])
def test_the_page_distorts_as_python_does(page, name, seed):
    for severity in (*DISTORTIONS[name].severities[1:], DISTORTIONS[name].limit):
        found = by_the_page(page, DIGITS.images, name, severity, seed, DIGITS.index)
        expected = distort(DIGITS.images, name, severity, seed=seed, index=DIGITS.index)
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6)


@settings(max_examples=60)
@given(
    name=st.sampled_from(OFFERED),
    part=st.floats(0.001, 1),
    seed=st.integers(0, 2**31 - 1),
    index=st.integers(0, 2**31 - 1),
    pixels=st.integers(0, 2**32),
)
def test_the_page_distorts_any_picture_as_python_does(page, name, part, seed, index, pixels):
    images = np.random.default_rng(pixels).random((1, 784), np.float32)
    severity = part * DISTORTIONS[name].severities[-1]
    found = by_the_page(page, images, name, severity, seed, [index])
    expected = distort(images, name, severity, seed=seed, index=np.array([index]))
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize(
    ("name", "severity", "message"),
    [
        ("melted", 1, 'there is no distortion "melted": choose from shift, '),
        ("toString", 1, 'there is no distortion "toString"'),
        ("rotate", 181, "rotate of severity 181 (degrees) makes no sense: choose from 0 to 180"),
        ("blur", -1, "blur of severity -1 (pixels (SD)) makes no sense: choose from 0 to 28"),
    ],
)
def test_what_cannot_be_is_named_as_python_names_it(page, name, severity, message):
    said = page.evaluate(
        """([name, severity]) => {
          try { Distort.apply(new Float32Array(784), name, severity, 0, 0); } catch (error) { return error.message; }
        }""",
        [name, severity],
    )
    assert said.startswith(message)
