"""What one spike, one showing and two cells do when they learn: closed forms, conservation, a second implementation."""

import shutil
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bio import standalone
from bio.brian import brian2
from bio.stdp import Cells, Rule
from bio.stdp import cells as cell_group
from bio.stdp.engines import run
from bio.stdp.model import constants
from bio.stdp.show import Show
from bio.stdp.task import Task

needs_compiler = pytest.mark.skipif(shutil.which("g++") is None, reason="there is no C++ compiler")
pytestmark = pytest.mark.xdist_group("stdp")  # programs are compiled once
BRIEF = Cells(duration=0.06, showings=1)


@pytest.fixture(scope="module", autouse=True)
def programs(tmp_path_factory):
    """A cache of this module's own."""
    cache = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(standalone.platformdirs, "user_cache_dir", lambda *args, **named: str(cache))
        yield cache


def random_task(*, digits=7, inputs=60, number=12, seed=3, cells=BRIEF, rule=None, strong=300.0):
    """Bright random images, and weights that make the cells fire within some milliseconds."""
    rng = np.random.default_rng(seed)
    images = (rng.random((digits, inputs)) * (rng.random((digits, inputs)) < 0.5)).astype(np.float32)
    weights = (strong * rng.random((inputs, number)) / inputs).astype(np.float32)
    theta = rng.uniform(0, 2e-3, number).astype(np.float32)
    return Task(weights, theta, images, np.arange(digits) + 100, seed, cells, rule)


class Scripted(Show):
    """A showing whose input spikes are given: pairs of step and input."""

    def __init__(self, task, spikes):
        self.script = np.array(spikes).T
        super().__init__(task)

    def input_spikes(self, lane):
        return self.script[0], self.script[1]


# --- The rule


def pairing(gaps, rule):
    """Weights before and after one spike of one cell, of inputs that spike so many steps before it (or after it)."""
    teacher, fires = len(gaps), 300
    weights = np.full((teacher + 1, 1), 0.3, np.float32)
    weights[teacher] = 80.0  # its spike alone makes the cell fire in the next step
    rule = replace(rule, w_total=float(weights.sum()))
    task = Task(
        weights,
        np.full(1, 8e-3, np.float32),
        np.ones((1, teacher + 1), np.float32),
        np.arange(1),
        0,
        Cells(duration=0.4, least=0),
        rule,
    )
    show = Scripted(task, sorted([(fires - gap, i) for i, gap in enumerate(gaps)] + [(fires - 1, teacher)]))
    outcome = show.run()
    assert outcome.counts.tolist() == [[1]]
    return weights[:-1, 0], outcome.weights[:-1, 0]


def test_the_window_measured_pair_by_pair_is_the_closed_form():
    gaps = np.array([0, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, -1, -2, -5, -40])
    rule = Rule(eta=0.05)
    before, after = pairing(gaps, rule)
    trace = np.where(gaps >= 0, np.exp(-gaps * 1e-3 / rule.tau_x), 0)  # an input that spikes later left none
    assert after - before == pytest.approx(rule.eta * (trace - rule.target) * (rule.w_max - before), abs=2e-7)
    assert (after > before).sum() == (gaps[gaps >= 0] < 20 * np.log(10)).sum()  # 46 ms: where the trace is the target


def test_a_weight_at_its_maximum_stays_there_and_none_falls_below_zero():
    before, after = pairing(np.array([0, 200]), Rule(eta=5.0))
    assert after[0] == 1
    assert after[1] == 0
    assert before == pytest.approx(0.3)


@settings(max_examples=20)
@given(
    weights=st.lists(st.floats(1e-3, 1), min_size=12, max_size=12),
    total=st.floats(0.5, 100),
)
def test_normalisation_gives_every_cell_one_total_and_keeps_its_proportions(weights, total):
    task = random_task(inputs=4, number=3, rule=Rule(w_total=total))
    before = np.array(weights, np.float32).reshape(4, 3)
    show = Show(replace(task, weights=before))
    show.prepare()
    assert show.weights.sum(axis=0) == pytest.approx(np.full(3, total), rel=1e-5)
    assert show.weights / show.weights[0] == pytest.approx(before / before[0], rel=1e-5)


def test_what_is_never_learned_from_changes_no_weight_and_no_threshold():
    task = random_task()
    outcome = run(task, engine="numpy")
    assert outcome.counts.sum() > 20
    assert (outcome.weights == task.weights).all()
    assert (outcome.theta == task.theta).all()


def test_a_spike_raises_its_own_threshold_and_time_lowers_all():
    task = random_task(digits=1, rule=Rule(theta_plus=1e-4, tau_theta=2.0, w_total=120.0, w_max=8.0))
    outcome = run(task, engine="numpy")
    fades = np.exp(-(0.06 + 0.15) / 2.0)
    assert outcome.counts.sum() > 5
    assert outcome.theta == pytest.approx((task.theta + 1e-4 * outcome.counts[0]) * fades, rel=1e-5)


# --- The cells


def test_two_cells_share_two_patterns_between_them():
    """Each cell ends with one pattern: nothing on the other's inputs, and its total spread evenly over its own."""
    half, rule = 20, Rule(eta=0.1, w_total=12.0, theta_plus=0.2e-3, target=0.2)
    patterns = np.repeat(np.eye(2, dtype=np.float32), half, axis=1)
    images = np.tile(patterns, (20, 1))
    weights = np.random.default_rng(1).uniform(0.2, 0.4, (2 * half, 2)).astype(np.float32)
    cells = Cells(duration=0.1, showings=1)
    task = Task(weights, np.zeros(2, np.float32), images, np.arange(len(images)), 5, cells, rule)
    outcome = Show(task).run()
    mass = patterns @ outcome.weights  # of each pattern, in each cell
    own = mass.argmax(axis=1)
    assert sorted(own) == [0, 1]
    assert mass.max(axis=0) / mass.sum(axis=0) == pytest.approx(np.ones(2), abs=0.03)
    assert (outcome.counts[-10:].argmax(axis=1) == np.tile(own, 5)).all()
    assert outcome.counts[-10:].sum(axis=1).min() > 0
    assert outcome.theta[0] == pytest.approx(outcome.theta[1], rel=0.1)  # each had its turn
    for cell in (0, 1):
        mine = outcome.weights[patterns[list(own).index(cell)] > 0, cell]
        assert mine.mean() == pytest.approx(rule.w_total / half, rel=0.1)


def settled(dt, g_e=1.5, g_i=0.8, time=20e-3):
    """The voltage after some time under constant conductances."""
    b2 = brian2()
    constant = Cells(dt=dt, tau_e=1e6, tau_i=1e6, v_threshold=1.0)
    group = cell_group.group(1, dt=dt)
    for name, value in constants(constant, None).items():
        group.variables[name].get_value()[:] = value
    for name, value in (("v", constant.e_rest), ("g_e", g_e), ("g_i", g_i), ("held", -1)):
        group.variables[name].get_value()[:] = value
    with np.errstate(over="ignore"):
        b2.Network(group).run(time * b2.second, namespace={})
    return float(group.variables["v"].get_value()[0])


def test_halving_the_step_halves_the_membranes_error():
    total = 1 + 1.5 + 0.8
    end = (-65e-3 + 0.8 * -100e-3) / total
    exact = end + (-65e-3 - end) * np.exp(-20e-3 * total / 100e-3)
    errors = [abs(settled(dt) - exact) for dt in (2e-3, 1e-3, 0.5e-3)]
    assert errors[0] / errors[1] == pytest.approx(2, rel=0.05)
    assert errors[1] / errors[2] == pytest.approx(2, rel=0.05)


@pytest.mark.parametrize("conductance", [17, 17e2, 17e5])
def test_no_inhibition_takes_the_membrane_beyond_its_reversal_potential(conductance):
    assert -100.001e-3 <= settled(1e-3, g_e=0, g_i=conductance) < -65e-3


def test_the_papers_inhibitory_cell_fires_once_for_every_spike_of_its_partner():
    """Which is why it can be left out: 10.4 leak conductances, decaying in 1 ms, onto a 10 ms membrane."""
    b2 = brian2()
    equations = """dv/dt = (-60 - v - g * v) / (10*ms) : 1 (unless refractory)
                   dg/dt = -g / (1*ms) : 1"""
    step = 0.05 * b2.ms
    inhibitory = b2.NeuronGroup(
        1, equations, threshold="v > -40", reset="v = -45", refractory=2 * b2.ms, method="euler", dt=step
    )
    inhibitory.v = -60
    times = np.cumsum([5, 5, 5, 7, 12, 40, 5, 90])  # ms; excitatory cells are refractory for 5 ms
    partner = b2.SpikeGeneratorGroup(1, np.zeros(len(times), int), times * b2.ms, dt=step)
    joint = b2.Synapses(partner, inhibitory, on_pre="g_post += 10.4", dt=step)
    joint.connect()
    heard = b2.SpikeMonitor(inhibitory)
    b2.Network(inhibitory, partner, joint, heard).run(200 * b2.ms, namespace={})
    delays = np.asarray(heard.t / b2.ms) - times
    assert len(heard.t) == len(times)
    assert (delays > 0).all()
    assert (delays <= 1).all()


# --- Two implementations


def with_synapses(task):
    """One digit of a task, learned from, in Brian2's own Synapses: spikes (step, cell), weights, in float64."""
    b2, count, rule = brian2(), task.weights.shape[1], task.rule
    dt = task.cells.dt * b2.second
    show = Show(task)  # for its input spikes and its scaled weights
    step, which = show.input_spikes(0)
    show.prepare()
    source = b2.SpikeGeneratorGroup(task.weights.shape[0], which, step * dt, dt=dt)
    group = cell_group.group(count, dt=task.cells.dt)
    for name, value in constants(task.cells, rule).items():
        group.variables[name].get_value()[:] = value
    for name, value in (("v", task.cells.e_rest), ("theta", task.theta), ("held", -0.5)):
        group.variables[name].get_value()[:] = value
    plastic = b2.Synapses(
        source,
        group,
        "w : 1\ndx/dt = -x / tau_x : 1 (event-driven)",
        on_pre="x = 1; g_e_post += w",
        on_post="w = clip(w + eta * (x - target) * (w_max - w), 0, w_max)",
        namespace={
            "tau_x": rule.tau_x * b2.second,
            "eta": rule.eta,
            "target": rule.target,
            "w_max": rule.w_max,
        },
        dtype=np.float64,
        dt=dt,
    )
    plastic.connect()
    plastic.w = show.weights.ravel()
    lateral = b2.Synapses(group, group, on_pre="g_i_post += inhibition", namespace={"inhibition": 17.0}, dt=dt)
    lateral.connect(condition="i != j")
    heard = b2.SpikeMonitor(group)
    with np.errstate(over="ignore"):
        b2.Network(source, group, plastic, lateral, heard).run(task.cells.duration * b2.second, namespace={})
    return np.bincount(np.asarray(heard.i), minlength=count), np.array(plastic.w).reshape(task.weights.shape)


def test_brians_own_synapses_learn_the_same():
    rule = Rule(eta=0.05, w_total=120.0, w_max=8.0)
    task = random_task(digits=1, cells=replace(BRIEF, duration=0.2), rule=rule)
    counts, weights = with_synapses(task)
    outcome = run(task, engine="numpy")
    assert outcome.counts.sum() > 8
    assert (outcome.counts[0] == counts).all()
    assert outcome.weights == pytest.approx(weights, abs=2e-6)
    assert abs(outcome.weights - task.weights).max() > 0.05


def same(one, other):
    for name in ("counts", "showings", "weights", "theta"):
        assert (getattr(one, name) == getattr(other, name)).all(), name


@needs_compiler
@pytest.mark.parametrize("rule", [None, Rule(w_total=105.0, w_max=8.0)], ids=["responding", "learning"])
def test_the_compiled_program_gives_the_same_numbers_bit_by_bit(rule):
    task = random_task(cells=replace(BRIEF, least=5, showings=4), rule=rule, strong=150.0)
    one, other = (run(task, engine=engine) for engine in ("numpy", "cpp"))
    same(one, other)
    assert one.counts.sum() > 20
    assert one.showings.max() > 1  # some digits were shown again


def test_a_digits_response_depends_on_no_digit_beside_it(monkeypatch):
    task = random_task(cells=replace(BRIEF, least=5, showings=4), strong=150.0)
    together = run(task, engine="numpy")
    monkeypatch.setattr("bio.stdp.show.CELLS_AT_ONCE", 2 * 12)  # two lanes
    same(together, run(task, engine="numpy"))
    alone = run(replace(task, images=task.images[4:5], index=task.index[4:5]), engine="numpy")
    assert (alone.counts[0] == together.counts[4]).all()


def test_a_dark_digit_is_shown_as_often_as_allowed_and_evokes_nothing():
    task = random_task(digits=3)
    task.images[1] = 0
    outcome = run(task, engine="numpy")
    assert outcome.showings[1] == task.cells.showings
    assert outcome.counts[1].sum() == 0
    assert outcome.counts[2].sum() > 0


def test_what_does_not_fit_together_is_refused():
    task = random_task()
    with pytest.raises(ValueError, match="do not fit together"):
        replace(task, theta=task.theta[:-1])
    with pytest.raises(ValueError, match='no engine "gpu" for learning: choose from numpy, cpp'):
        run(task, engine="gpu")
    with pytest.raises(ValueError, match="lower dt"):
        replace(task, cells=Cells(dt=5e-3))
