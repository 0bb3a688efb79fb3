"""The error budget: each step against its own oracle, and all of them against the whole."""

import re
from dataclasses import replace
from functools import cache

import matplotlib.pyplot as plt
import numpy as np
import pytest
from specimens import taught

from bio import LIF, simulate
from compare.budget import (
    FINER,
    Budget,
    Loss,
    answers,
    budget,
    closed_form,
    one_by_one,
    read_by_float,
    simulations,
    steps,
)
from compare.budget_figure import beyond_chance, budget_figure, finding
from compare.comparison import translate
from compare.mapping import weighted_sums
from compare.options import Options
from compare.pair import Twin
from compare.score import mcnemar, wilson
from data import load_digits

pytestmark = pytest.mark.xdist_group("budget")  # what they share is made once

TRAIN = load_digits("train").spread(1_000)
DIGITS = load_digits("test").spread(40)
PATH = ["MLP", "clipped", "f-I curve", "finite time", "finite dt", "spikes", "output cells"]


def silent(count):
    """No progress is shown."""


@cache
def twin_of(activation="relu", sizes=(784, 20, 12, 10), *, cell=(), recalibrate=False) -> Twin:
    model = taught(sizes, activation)
    chosen = Options((activation,), ("current",), sizes, cell=dict(cell), recalibrate=recalibrate)
    return next(iter(translate(model, chosen, TRAIN)))


def by_name(twin, digits=DIGITS, inputs=("poisson",)):
    return {step.name: step for step in steps(twin, digits, inputs, 1, silent)}


@pytest.fixture(scope="module", params=["relu", "sigmoid", "lif"])
def walked(request):
    twin = twin_of(request.param)
    return twin, by_name(twin)


def test_the_steps_come_in_order(walked):
    assert list(walked[1]) == [*PATH, "poisson"]


def test_the_first_step_is_the_standard_network(walked):
    twin, found = walked
    assert (found["MLP"].answers == twin.model.classify(DIGITS.images)).all()
    hidden = twin.model.forward(DIGITS.images)[:-1]
    for told, activation in zip(found["MLP"].told, hidden, strict=False):
        np.testing.assert_allclose(told, activation, rtol=1e-5, atol=1e-6)


def test_the_last_steps_are_the_spiking_twin(walked):
    twin, found = walked
    for name, kind in (("output cells", "current"), ("poisson", "poisson")):
        shown = replace(twin, input=kind).stimulus(DIGITS)
        response = simulate(twin.network, shown, duration=twin.duration, dt=twin.dt)
        assert (found[name].answers == answers(response)).all()
        for layer, counts in zip(twin.mapping.layers, response.counts, strict=True):
            told = found[name].told[twin.mapping.layers.index(layer)]
            np.testing.assert_allclose(told, layer.gain * counts / twin.duration + layer.offset, rtol=1e-9)


def test_finite_time_is_counted_in_finer_steps_than_finite_dt():
    twin = twin_of("relu")
    found = by_name(twin, DIGITS[:10], inputs=())
    for name, finer in (("finite time", FINER), ("finite dt", 1)):
        rates = one_by_one(twin, DIGITS[:10], twin.dt / finer, 1, silent)
        for told, expected in zip(found[name].told, read_by_float(twin, name, rates).told, strict=True):
            np.testing.assert_array_equal(told, expected)
    assert (found["finite time"].told[0] != found["finite dt"].told[0]).any()


def test_hidden_layers_that_a_float_reads_fire_as_those_that_output_cells_hear(walked):
    _, found = walked
    for read, heard in zip(found["spikes"].told[:-1], found["output cells"].told[:-1], strict=True):
        np.testing.assert_array_equal(read, heard)


def test_each_loss_is_counted_digit_by_digit_against_the_step_before_it(walked, monkeypatch):
    twin, found = walked
    monkeypatch.setattr("compare.budget.steps", lambda *args: iter(found.values()))
    account = budget(twin, DIGITS)
    first, before = found["MLP"], found["MLP"]
    for loss in account.losses:
        now = found[loss.name]
        right, earlier = now.answers == DIGITS.labels, before.answers == DIGITS.labels
        lost = [int(e) - int(r) for e, r in zip(earlier, right, strict=True)]
        assert (loss.accuracy, loss.interval) == (right.mean(), wilson(right))
        assert loss.lost == pytest.approx(np.mean(lost))
        assert loss.error == pytest.approx(np.std(lost) / len(lost) ** 0.5)
        assert loss.p == mcnemar(earlier, right)
        assert loss.same == np.mean(now.answers == first.answers)
        off = [np.linalg.norm(told - true) / told.size**0.5 for told, true in zip(now.told, first.told, strict=True)]
        assert loss.rmse == pytest.approx(off)
        before = now


def test_an_activation_beyond_the_ceiling_is_clipped_there():
    """Of cells that can fire at 1.25 times r_max and no faster: 4 ms apart, at 200 Hz."""
    twin = twin_of(cell=(("t_ref", 4e-3),), recalibrate=True)
    found = by_name(twin)
    for layer, told in zip(twin.mapping.layers[:-1], found["clipped"].told, strict=False):
        assert told.max() <= 1.25 * layer.unit * (1 + 1e-6)
    first = np.minimum(twin.model.forward(DIGITS.images)[0], 1.25 * twin.mapping.layers[0].unit)
    np.testing.assert_allclose(found["clipped"].told[0], first, rtol=1e-5)
    free = by_name(twin_of(cell=(("t_ref", 0.0),), recalibrate=True))
    np.testing.assert_array_equal(free["clipped"].answers, free["MLP"].answers)


@pytest.mark.parametrize("activation", ["relu", "sigmoid", "lif"])
def test_the_rate_network_is_the_closed_form_cell_by_cell(activation):
    """For some cells by hand: the drive from the weighted inputs, the rate from the formula."""
    twin = twin_of(activation)
    first, second = closed_form(twin, DIGITS)
    rng = np.random.default_rng(0)
    for digit, cell in zip(rng.integers(0, 40, 10), rng.integers(0, 12, 10), strict=True):
        drive = twin.network.biases[1][cell]
        for below in range(20):
            drive += twin.network.weights[1][below, cell] * first[digit, below]
        assert second[digit, cell] == pytest.approx(twin.cell.rate(np.array(drive)), rel=1e-6, abs=1e-9)
    z = weighted_sums(twin.model, DIGITS.images)[0]
    np.testing.assert_allclose(
        first, twin.cell.rate(twin.mapping.layers[0].drive(z.astype(float))), rtol=1e-3, atol=0.1
    )


def test_counts_in_fine_steps_are_whole_numbers_of_closed_form_intervals():
    """⌊r (T + t_ref)⌋ spikes from rest, one less where a step ends late: without noise nothing else is left."""
    twin = twin_of("relu")
    rates = closed_form(twin, DIGITS)[0]
    counts = one_by_one(twin, DIGITS, 1e-4, 1, silent)[0] * twin.duration
    expected = np.floor(rates * (twin.duration + twin.cell.t_ref))
    assert np.abs(counts - expected).max() <= 1
    assert (counts == expected).mean() > 0.8


@pytest.mark.parametrize("activation", ["relu", "lif"])
def test_finite_time_costs_in_proportion_to_one_over_time(activation):
    """Eight times the time leaves an eighth of the error in the first layer's rates, in steps that hardly count."""
    short = twin_of(activation)
    errors = []
    for duration in (0.1, 0.8):
        twin = replace(short, duration=duration)
        rates = one_by_one(twin, DIGITS, 1.25e-4, 1, silent)[0]
        errors.append(np.sqrt(np.mean((rates - closed_form(twin, DIGITS)[0]) ** 2)))
    assert errors[0] / errors[1] == pytest.approx(8, rel=0.35)


def test_the_cost_of_dt_vanishes_with_dt():
    """The rates of the first layer in steps of dt, against those in steps an eighth of it."""
    twin, shown = replace(twin_of("relu"), duration=0.2), DIGITS[:20]
    apart = [
        np.mean(np.abs(np.subtract(*(one_by_one(twin, shown, dt / k, 1, silent)[0] for k in (1, 8)))))
        for dt in (2e-3, 1e-3, 2.5e-4)
    ]
    assert apart[0] > apart[1] > apart[2]
    assert apart[2] < apart[0] / 3


def test_cells_fed_by_spikes_come_to_those_fed_by_mean_currents():
    """In a long time the mean is all that counts of a current; what is left is that a rate bends over its ripple."""
    shown, errors = DIGITS[:20], []
    for duration in (0.1, 0.8):
        twin = replace(twin_of("lif"), duration=duration)
        steady = one_by_one(twin, shown, twin.dt, 1, silent)[1]
        fed = simulate(twin.network, twin.stimulus(shown), duration=duration, dt=twin.dt).counts[1] / duration
        errors.append(np.sqrt(np.mean((fed - steady) ** 2)))
    assert errors[1] < 0.65 * errors[0]


def test_random_input_varies_less_the_longer_it_is_looked_at():
    """Between two seeds, as 1/√T, faster while whole spikes tell: from √8 to 8 in eight times the time."""
    errors = []
    for duration in (0.1, 0.8):
        twin = replace(twin_of("lif", (784, 20, 10)), duration=duration, input="poisson")
        first, second = (
            simulate(twin.network, seeded.stimulus(DIGITS), duration=duration, dt=twin.dt).counts[0] / duration
            for seeded in (twin, replace(twin, seed=1))
        )
        errors.append(np.sqrt(np.mean((first - second) ** 2)))
    assert 0.85 * np.sqrt(8) < errors[0] / errors[1] < 8


@pytest.mark.parametrize("activation", ["relu", "lif"])
def test_the_losses_add_up_to_the_whole(activation):
    twin = twin_of(activation)
    account = budget(twin, DIGITS, inputs=("lif", "poisson"), workers=1)
    names = [loss.name for loss in account.losses]
    assert names == [*PATH, "lif", "poisson"]
    path = account.losses[: len(PATH)]
    assert sum(loss.lost for loss in path) == pytest.approx(path[0].accuracy - path[-1].accuracy, abs=1e-12)
    for loss in account.losses[len(PATH) :]:
        assert loss.lost == pytest.approx(path[-1].accuracy - loss.accuracy, abs=1e-12)
    assert path[0].lost == path[0].error == 0
    assert path[0].rmse == [0, 0, 0]
    assert path[0].same == 1


def test_progress_counts_every_simulated_digit():
    twin, seen = twin_of("relu"), []
    budget(twin, DIGITS, inputs=("poisson",), workers=1, on_done=seen.append)
    assert sum(seen) == simulations(twin, ("poisson",)) * len(DIGITS)


def test_a_cell_changed_without_recalibration_shows_in_the_rate_step():
    """A mapping for 20 ms on cells of 5 ms: it is the f-I curve that no longer fits."""
    twin = twin_of("lif", (784, 20, 10), cell=(("tau_m", 5e-3),))
    healthy = twin_of("lif", (784, 20, 10))
    broken, whole = (by_name(t, inputs=())["f-I curve"].told[0] for t in (twin, healthy))
    assert np.sqrt(np.mean((broken - whole) ** 2)) > 0.1
    assert twin.cell == LIF(tau_m=5e-3)


def loss(name, lost, p=1e-9):
    return Loss(name, 0.9 - lost, (0.88, 0.92), lost, 0.001, p, 0.99, [0.1, 0.1, 0.1])


@pytest.mark.parametrize(
    ("lost", "p", "said"),
    [
        ({"f-I curve": 0.03}, 1e-9, r"3\.00 points lost.*most to the bend of the f–I curve \(3\.00\)"),
        ({"f-I curve": 0.01, "finite dt": 0.02}, 1e-9, r"3\.00 points lost.*most to steps of dt \(2\.00\)"),
        ({"spikes": 0.001}, 0.4, r"0\.10 points lost.*no step by more than chance"),
        ({"spikes": -0.002}, 1e-9, r"0\.20 points won.*no step loses .*, but spikes between layers won 0\.20"),
        ({"spikes": 0.001}, 0.02, r"0\.10 points lost.*no step by more than chance"),  # of as many as there are
    ],
)
def test_the_title_says_where_the_points_went(lost, p, said):
    account = Budget(twin_of("relu"), 40, [loss(name, lost.get(name, 0.0), p) for name in PATH])
    assert re.search(said, finding(account))


def test_a_loss_that_is_sure_is_told_though_a_larger_one_may_be_chance():
    chances = {"f-I curve": (0.02, 0.2), "spikes": (0.01, 1e-6)}
    losses = [loss(name, *chances.get(name, (0.0, 1.0))) for name in PATH]
    assert "surely to spikes between layers (1.00)" in finding(Budget(twin_of("relu"), 40, losses))


def test_sure_steps_are_those_of_holms_correction():
    """Of six: p < 0.0083, then < 0.01, and the third, of 0.02, is not < 0.0125."""
    path = [loss(name, 0.01, p) for name, p in zip(PATH[1:], (0.02, 0.0095, 0.008, 0.03, 0.02, 1.0), strict=True)]
    assert [found.p for found in beyond_chance(path)] == [0.008, 0.0095]
    assert beyond_chance([loss(name, 0.01, 0.009) for name in PATH[1:]]) == []


def test_the_figure_shows_a_bar_a_step_and_a_line_a_layer():
    account = budget(twin_of("relu"), DIGITS, workers=1)
    figure = budget_figure(account)
    above, below = figure.axes
    assert len(below.lines) == 3
    assert below.get_xticklabels()[0].get_text() == "MLP"
    assert len(below.get_xticks()) == len(account.losses)
    written = {text.get_text() for text in above.texts}
    for step in account.losses[1:]:
        assert ("0" if step.lost == 0 else f"{-100 * step.lost:+.2f}") in written
    plt.close("all")
