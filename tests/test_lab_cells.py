"""Labs 3 and 4: what students tell Brian2 is read, never executed; a translated network drives its cells rightly."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import compare.lab.show as show
from bio import LIF, SpikingNetwork, Stimulus, simulate
from compare.lab.checks.lab3 import rates_of, voltages
from compare.lab.checks.lab3.wording import equation, value
from compare.lab.checks.lab4.student import full_speed, training_digits
from compare.lab.checks.lab4.translation import translated
from compare.lab.course import BlankError, WrongError, find_lab
from compare.lab.figures.cell import curve_on_activations
from compare.lab.figures.twin import mapped_curve
from compare.mapping import weighted_sums

pytestmark = pytest.mark.xdist_group("labs")
NUMBERS = {"V": -0.06, "E": -0.07, "tau": 0.02}
TERMS = st.recursive(
    st.sampled_from([*NUMBERS, "2", "0.5"]),
    lambda inner: st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda parts: "({} {} {})".format(*parts)),
    max_leaves=12,
)


@given(TERMS)
def test_an_expression_comes_to_what_python_says(expression):
    assert value(expression, NUMBERS) == pytest.approx(eval(expression, {}, NUMBERS), rel=1e-12)


def test_functions_powers_and_questions_are_understood():
    assert value("sqrt(2/tau)", NUMBERS) == pytest.approx(10)
    assert value("-tau**2 + exp(0)", NUMBERS) == pytest.approx(1 - 4e-4)
    assert (value("V > E", NUMBERS), value("V <= E", NUMBERS)) == (1, 0)


@pytest.mark.parametrize(
    "code",
    [
        "__import__('os').getpid()",
        "open('x', 'w')",
        "V.real",
        "[V for V in E]",
        "(lambda: V)()",
        "eval('V')",
        "'a' * 10**9",
        "x",
        "V +",
        "1/0",
        "9.0**9**9",
        "sqrt(-1)",
        "V if V else E",
        "(" * 300 + "V" + ")" * 300,
    ],
)
def test_what_is_no_arithmetic_is_refused_in_a_sentence(code):
    with pytest.raises(WrongError, match=r"“|known|arithmetic"):
        value(code, NUMBERS)


def test_an_equation_is_read_with_its_unit_flags_and_comments():
    found = equation("# my cell\ndV/dt = (E - V)/tau : volt (unless refractory)  # leaks\nI : amp", "equations")
    assert (found.right, found.unit, found.flags) == ("(E - V)/tau", "volt", "unless refractory")
    with pytest.raises(BlankError):
        equation("dV/dt = ... : ...", "equations")
    with pytest.raises(WrongError, match="no line that begins"):
        equation("V = E", "equations")


def test_the_cell_of_lab_3_climbs_and_fires_as_the_closed_form_says():
    me = find_lab(3).parameters("ann")
    equations = "dV/dt = (E - V + R*I)/tau : volt (unless refractory)\nI : amp"
    current = 3 * me.rheobase
    times, volts, spikes = voltages(me, equations, "V > V_th", "V = E", current)
    climb = me.tau * math.log(3 / 2)
    assert spikes[0] == pytest.approx(20 + climb, abs=0.3)
    assert np.diff(spikes) == pytest.approx(1e3 / me.rate(np.array([current]))[0], rel=0.03)
    before = (times > 20) & (times < spikes[0])
    wanted = me.rest + 3 * me.span * (1 - np.exp(-(times[before] - 20) / me.tau))
    assert np.abs(volts[before] - wanted).max() < 0.02 * me.span


def test_a_rate_is_one_over_the_mean_interval():
    which, when = np.array([0, 2, 0, 2, 0, 1]), np.array([0.1, 0.2, 0.2, 0.6, 0.3, 0.4])
    assert rates_of(which, when, 4) == pytest.approx([10, 0, 2.5, 0])


def test_the_translated_network_drives_its_cells_as_the_weighted_sums_say():
    me = find_lab(4).parameters("ann")
    images = training_digits().images[:50]
    lams = full_speed(me.model)
    weights, biases = translated(me.model.weights, me.model.biases, lams, me.r_max, 0.7, 5.0)
    rates = images * me.r_max  # of cells that are in proportion to their units
    for z, w, b, lam in zip(weighted_sums(me.model, images), weights, biases, lams[1:], strict=True):
        assert rates @ w + b == pytest.approx(0.7 + 5.0 * z / lam, abs=1e-4)
        rates = np.maximum(z, 0) / lam * me.r_max


def test_the_first_layer_fires_as_its_drives_say():
    me = find_lab(4).parameters("ann")
    images, lams = training_digits().images[:20], full_speed(me.model)
    weights, biases = translated(me.model.weights, me.model.biases, lams, me.r_max, 1.0, me.gain)
    shown = Stimulus(images, np.arange(20), "current", r_max=float(me.r_max))
    counts = simulate(SpikingNetwork(tuple(weights), tuple(biases), me.cell), shown, duration=0.4).counts[0]
    rates = me.cell.rate(images * me.r_max @ weights[0] + biases[0])
    assert np.abs(counts - 0.4 * rates).max() < 2 + 0.03 * 0.4 * rates.max()


@pytest.mark.parametrize("student", ["ann", "bio", "007"])
def test_a_full_activation_fires_at_r_max_and_none_is_on_the_edge(student):
    me = find_lab(4).parameters(student)
    assert me.cell.rate(np.array([1.0, 1 + me.gain])) == pytest.approx([0, me.r_max], rel=1e-9)


def test_figures_under_sliders_can_be_drawn_at_every_end_of_their_ranges(monkeypatch):
    monkeypatch.setattr(show, "png", lambda drawing: b"")
    for tau, t_ref, sigma in ((5, 0, 0.0), (40, 20, 1.5), (5, 20, 0.0), (40, 0, 1.5)):
        curve_on_activations(tau=tau, t_ref=t_ref, sigma=sigma)
    for c0, t_ref, r_max, tau in ((-1.0, 0, 50, 5), (1.0, 6, 300, 40), (1.0, 6, 50, 5), (-1.0, 6, 300, 5)):
        mapped_curve(c0=c0, t_ref=t_ref, r_max=r_max, tau=tau)


def test_a_sharp_cell_without_a_refractory_time_has_no_ceiling_in_its_title(monkeypatch):
    titles = []
    monkeypatch.setattr(show, "headline", lambda drawing, finding: titles.append(finding))
    curve_on_activations(tau=20, t_ref=0, sigma=0.0)
    curve_on_activations(tau=20, t_ref=10, sigma=0.0)
    share = float(LIF(t_ref=10e-3).rate(np.array(4.0))) * 10e-3
    assert "no ceiling" in titles[0]
    assert f"{share:.0%} of its ceiling" in titles[1]
