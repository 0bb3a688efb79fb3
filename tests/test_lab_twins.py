"""What labs 5 and 6 show and check, held against the project's own measures and against simulation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bio.brian import brian2
from compare.lab import twins
from compare.lab.checks.lab5.curves import wilson_interval
from compare.lab.checks.lab5.pairs import two_sided
from compare.lab.checks.lab6.learning import check_gradient, check_slope, loss
from compare.lab.checks.lab6.student import LAB
from compare.lab.checks.lab6.timing import window_of
from compare.score import mcnemar, wilson

pytestmark = pytest.mark.xdist_group("labs")


@given(st.integers(1, 300), st.data())
def test_the_interval_asked_for_is_the_one_that_reports_use(shown, data):
    right = data.draw(st.integers(0, shown))
    found = wilson_interval(np.array(right), np.array(shown))
    assert found == pytest.approx(wilson(np.arange(shown) < right), abs=1e-4)


@given(st.lists(st.booleans(), min_size=1, max_size=60), st.data())
def test_the_test_asked_for_is_the_one_that_reports_use(first, data):
    second = data.draw(st.lists(st.booleans(), min_size=len(first), max_size=len(first)))
    a, b = np.array(first), np.array(second)
    assert two_sided(int((a & ~b).sum()), int((b & ~a).sum())) == pytest.approx(mcnemar(a, b))


def test_output_cells_that_are_watched_fire_as_often_as_those_that_are_counted():
    counts, labels = twins.output_counts(0, 20, 5)
    pair = twins.both(twins.twin(0, "poisson", 5), twins.test_digits(20))
    assert (counts[:, -1] == pair.response.counts[-1]).all()
    assert (np.diff(counts, axis=1) >= 0).all()
    assert (labels == pair.digits.labels).all()


def test_both_networks_are_shown_the_same_digits_and_the_clean_ones_at_severity_0():
    ann, bio = twins.both_on_distorted(0, 40, "rotate", (0, 30), 3)
    clean = twins.both(twins.twin(0), twins.test_digits(40))
    assert (ann[0] == clean.ann_answers).all()
    assert (bio[0] == clean.bio_answers).all()
    rotated = twins.both(twins.twin(0), twins.distorted(40, "rotate", (30,), 3))
    assert (ann[1] == rotated.ann_answers).all()
    assert (bio[1] == rotated.bio_answers).all()
    assert (bio[1] != bio[0]).any()


def test_the_window_asked_for_is_what_brian2s_traces_make_of_pairs_of_spikes():
    b2, me = brian2(), LAB.parameters("ann")
    delays = np.array([-50, -7, -1, 1, 12, 60])
    before, after = (b2.SpikeGeneratorGroup(6, range(6), (100 + part) * b2.ms) for part in (0 * delays, delays))
    synapses = b2.Synapses(
        before,
        after,
        "w : 1\ndx/dt = -x / (me_plus * ms) : 1 (event-driven)\ndy/dt = -y / (me_minus * ms) : 1 (event-driven)",
        on_pre="x += up; w -= y",
        on_post="y += down; w += x",
        namespace={"me_plus": me.tau_plus, "me_minus": me.tau_minus, "up": me.a_plus, "down": me.a_minus},
    )
    synapses.connect(j="i")
    b2.Network(before, after, synapses).run(200 * b2.ms, namespace={})
    assert np.array(synapses.w) == pytest.approx(window_of(me, delays), rel=1e-9)


def test_backpropagation_as_asked_for_is_the_slope_that_trying_out_finds():
    rng = np.random.default_rng(0)
    x, v, w, target = rng.random(5), rng.standard_normal((3, 2)), rng.standard_normal((5, 3)), rng.random(2)

    def squash(z):
        return 1 / (1 + np.exp(-z))

    def wrong(weights):
        return ((squash(x @ weights) @ v - target) ** 2).sum() / 2

    h = squash(x @ w)
    slopes = np.outer(x, (v @ (h @ v - target)) * h * (1 - h))
    for i, j in np.ndindex(5, 3):
        nudge = np.zeros((5, 3))
        nudge[i, j] = 1e-5
        assert (wrong(w + nudge) - wrong(w - nudge)) / 2e-5 == pytest.approx(slopes[i, j], rel=1e-6)
    me = LAB.parameters("ann")
    assert check_gradient(me, lambda x, h, v, e: np.outer(x, (v @ e) * h * (1 - h))) == ""

    def slope(w, x, target, i, step):
        nudge = step * np.eye(len(w))[i]
        return (loss(w + nudge, x, target) - loss(w - nudge, x, target)) / (2 * step)

    assert check_slope(me, slope) == ""
