"""The page's third learner answers as `bio.stdp` does, spike for spike, in 32 bits."""

import numpy as np
import pytest
from browser import called, page_with

from bio.stdp import load_learned, respond
from compare.live.third import THIRD_CELLS, third_of
from data import load_digits

DIGITS = load_digits("test").spread(60)
ARRAYS = {"codes": "Uint8Array", "scale": "Float64Array", "theta": "Float64Array"}


@pytest.fixture(scope="module")
def network():
    return load_learned(THIRD_CELLS)


@pytest.fixture(scope="module")
def page(network):
    with page_with("random.js", "learned.js") as page:
        given = third_of(network, lambda array: array.ravel().tolist())
        page.evaluate(
            """([given, arrays]) => {
              for (const [name, type] of Object.entries(arrays)) given[name] = new window[type](given[name]);
              Learned.weigh(given);
              window.third = given;
            }""",
            [given, ARRAYS],
        )
        yield page


def by_the_page(page, images, index, seed):
    """Counts (n, cells), showings, and answers."""
    found = called(
        page,
        """(images, index, seed) => images.map((pixels, k) => {
          const { counts, showings, answer } = Learned.answer(third, { pixels, seed, index: index[k] });
          return [Array.from(counts), showings, answer];
        })""",
        images.astype(float).tolist(),
        index.tolist(),
        seed,
    )
    counts, showings, answers = zip(*found, strict=True)
    return np.array(counts), np.array(showings), np.array(answers)


@pytest.mark.parametrize("seed", [0, 7])
def test_every_spike_of_every_cell_is_the_same(page, network, seed):
    counts, showings, answers = by_the_page(page, DIGITS.images, DIGITS.index, seed)
    expected = respond(network, DIGITS.images, seed=seed, index=DIGITS.index, engine="numpy")
    assert expected.sum() > 200
    assert (showings > 1).any()  # or this would not see what a second showing does
    np.testing.assert_array_equal(counts, expected)
    np.testing.assert_array_equal(answers, network.answers(expected))


def test_a_digit_that_nobody_answers_is_shown_as_often_as_there_are_showings(page):
    counts, showings, _ = by_the_page(page, np.zeros((1, 784)), np.array([0]), 0)
    assert showings.tolist() == [10]
    assert not counts.any()
