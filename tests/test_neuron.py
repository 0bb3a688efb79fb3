"""One cell's experiment: simulations beside theory, the map from ReLU to sigmoid, its figures and its command."""

import json
import re
import textwrap
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from scipy.special import expit
from specimens import files_in

from bio import LIF
from compare.neuron.curves_figure import curves_finding
from compare.neuron.experiment import Plan, curves_json, run_neuron, six_digits
from compare.neuron.fit import SHAPES, fit, fit_all
from compare.neuron.map import POINTS, RANGE, WIDE, fits_of, foot_width, neuron_map
from compare.neuron.map_figure import map_figure, map_finding
from compare.neuron.rates import (
    LANES,
    Grid,
    Measured,
    largest_error,
    measure,
    misfits,
    order_in_dt,
    theories,
    watch,
)
from compare.neuron.theory_figure import theory_figure, theory_finding

DRIVES = np.linspace(*RANGE, POINTS)
SMALL = Plan(Grid(noises=(0.5,), drives=(0.8, 2.0), t_refs=(2e-3,), steps=(5e-4, 1e-3), duration=0.2, error=0.03), 5, 4)


@pytest.fixture(scope="module")
def found():
    return run_neuron(SMALL, seed=3, workers=1)


def made_up(dts, error_at):
    """Measurements that exceed the corrected theory by nothing and the others by a known part of them."""
    cell, drives = LIF(noise=0.5), np.array([1.0, 2.0])
    for dt in dts:
        rate = np.array([50.0, 80.0])
        theory = {
            "continuous": rate / (1 - error_at(dt)),
            "threshold": rate / (1 + 0.5 * error_at(dt)),
            "corrected": rate,
        }
        yield Measured(cell, dt, drives, np.array([64, 64]), rate, 0.001 * rate, theory)


# --- simulations beside theory


def test_simulated_rates_are_those_of_the_corrected_theory_and_of_no_other():
    grid = Grid(drives=(0.8, 1.5, 4.0), duration=1.0, error=5e-3)
    for cell in (LIF(noise=1.0), LIF(noise=0.25, t_ref=0)):
        measured = measure(cell, 1e-3, grid, seed=1)
        assert (measured.error < 6e-3 * measured.rate).all()
        sigma = measured.error / measured.rate
        assert (np.abs(measured.residual("corrected")) < 0.02 + 4 * sigma).all()
        assert (measured.residual("continuous") < -0.02).all()
    assert (measure(LIF(noise=1.0), 1e-3, grid, seed=1).residual("threshold") > 0.08).all()


def test_the_standard_error_is_how_far_repetitions_lie_apart():
    grid = Grid(drives=(0.7, 1.0, 3.0), duration=0.2, error=0.05)
    runs = [measure(LIF(noise=0.5), 1e-3, grid, seed=1, key=key) for key in range(12)]
    apart = np.std([run.rate for run in runs], axis=0, ddof=1)
    told = np.mean([run.error for run in runs], axis=0)
    assert apart == pytest.approx(told, rel=4 / np.sqrt(2 * 11))
    assert told[0] == pytest.approx(0.05 * runs[0].rate[0], rel=0.2)  # as asked for
    assert (told[1:] < 0.05 * runs[0].rate[1:]).all()  # and better where fewer cells than are always taken would do


def test_fast_cells_in_step_are_watched_over_whole_intervals():
    """With next to no noise the answer is known: a fixed window would be off by up to a spike in 35."""
    cell, drive = LIF(noise=1e-3), 3.0
    counts, times = watch(cell, np.full(2, drive), 1e-4, 0.27, seed=0, key=0)
    assert counts.shape == times.shape == (LANES, 2)
    assert (counts > 25).all()
    assert counts.sum() / times.sum() == pytest.approx(cell.rate(np.array(drive)), rel=2e-3)
    slow, window = watch(LIF(noise=0.5), np.array([0.1, 0.1]), 1e-3, 0.1, seed=0, key=0)
    assert (window == 0.1).all()
    assert slow.min() == 0


def test_drives_that_make_a_cell_fire_too_seldom_are_left_out():
    grid = Grid(drives=(0.2, 0.6, 2.0), duration=0.05, error=0.2)
    assert measure(LIF(noise=0.1), 1e-3, grid).drives.tolist() == [2.0]
    with pytest.raises(ValueError, match=r"drives \(0.2,\): none fires a cell with noise 0.1"):
        measure(LIF(noise=0.1), 1e-3, replace(grid, drives=(0.2,)))


def test_the_theories_differ_by_the_shift_of_threshold_and_of_reset():
    cell, drives, dt = LIF(noise=0.4, reset="subtract"), np.array([0.7, 1.5, 4.0]), 1e-3
    said = theories(cell, drives, dt)
    shift = 0.5826 * 0.4 * np.sqrt(2 * dt / cell.tau_m) * cell.span
    higher = replace(cell, v_threshold=cell.v_threshold + shift)
    scale = higher.span / cell.span  # its noise and drive are told in units of its own span
    raised = replace(higher, noise=cell.noise / scale)
    assert said["continuous"] == pytest.approx(cell.rate(drives), rel=1e-12)
    assert said["threshold"] == pytest.approx(raised.rate(drives / scale), rel=1e-9)
    carried = replace(raised, v_reset=cell.v_reset + shift)
    assert said["corrected"] == pytest.approx(carried.rate(drives / scale), rel=1e-9)
    assert theories(replace(cell, reset="zero"), drives, dt)["corrected"] == pytest.approx(said["threshold"], rel=1e-12)


@given(st.floats(0.3, 1.2), st.floats(1e-3, 0.5))
def test_the_order_in_dt_is_the_exponent_of_the_error(power, size):
    measured = list(made_up((1e-4, 3e-4, 1e-3), lambda dt: size * (dt / 1e-3) ** power))
    assert order_in_dt(measured, "continuous") == pytest.approx(power, rel=1e-6)
    coarse = next(m for m in misfits(measured) if m.theory == "continuous" and m.dt == 1e-3)
    assert (coarse.worst, coarse.rms) == pytest.approx((size, size))
    assert largest_error(measured) == pytest.approx(1e-3)


def test_a_single_step_has_no_order():
    assert np.isnan(order_in_dt(list(made_up((1e-3,), lambda dt: 0.1)), "continuous"))


def test_the_same_seed_gives_the_same_numbers_with_any_number_of_workers(found):
    again = run_neuron(SMALL, seed=3, workers=2)
    assert again.as_json() == found.as_json()
    other = run_neuron(SMALL, seed=4, workers=1)
    assert other.as_json()["theory"]["rates"] != found.as_json()["theory"]["rates"]
    assert other.as_json()["map"] == found.as_json()["map"]


@pytest.mark.parametrize("wrong", [{"noises": (0.0, 1.0)}, {"steps": (-1e-3,)}, {"error": 0.0}, {"duration": 0.0}])
def test_a_grid_that_cannot_be_is_refused_in_one_line(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))) as refused:
        replace(Grid(), **wrong)
    assert "\n" not in str(refused.value)


# --- fits


@given(st.floats(-1.5, 3), st.floats(1, 300))
def test_a_relu_fits_a_relu(place, amplitude):
    found = fit("relu", DRIVES, amplitude * np.maximum(DRIVES - place, 0)[None])
    assert found.r2[0] == pytest.approx(1, abs=1e-6)
    assert found.place[0] == pytest.approx(place, abs=1e-3)
    assert found.amplitude[0] == pytest.approx(amplitude, rel=2e-3)


@given(st.floats(-1, 2.5), st.floats(0.1, 1.5), st.sampled_from(["softplus", "sigmoid"]))
def test_softplus_and_sigmoid_fit_themselves(place, width, shape):
    found = fit(shape, DRIVES, 70 * SHAPES[shape](DRIVES - place, np.array(width))[None])
    assert found.r2[0] == pytest.approx(1, abs=1e-8)
    assert found.curve(DRIVES)[0] == pytest.approx(70 * SHAPES[shape](DRIVES - place, np.array(width)), abs=0.02)


def test_a_fit_is_no_worse_than_least_squares_from_a_good_start():
    from scipy.optimize import least_squares

    curve = LIF(noise=0.8, t_ref=6e-3).rate(DRIVES)
    fits = fits_of(LIF(noise=0.8, t_ref=6e-3), low=RANGE[0], high=RANGE[1])
    for shape, start in (("softplus", (30, 0.0, 0.5)), ("sigmoid", (100, 1.5, 1.0))):
        best = least_squares(lambda p, s=shape: p[0] * SHAPES[s](DRIVES - p[1], abs(p[2])) - curve, start)
        r2 = 1 - 2 * best.cost / ((curve - curve.mean()) ** 2).sum()
        assert fits[shape].r2[0] == pytest.approx(r2, abs=1e-6)


def test_a_softplus_is_never_worse_than_a_relu_which_it_becomes_without_width():
    curves = np.array([LIF(noise=n, t_ref=t).rate(DRIVES) for n in (0.05, 0.4, 1.5) for t in (0, 5e-3, 20e-3)])
    fits = fit_all(DRIVES, curves)
    assert (fits["softplus"].r2 >= fits["relu"].r2).all()
    sharp = fit_all(DRIVES, np.maximum(DRIVES - 1, 0)[None])
    assert sharp["softplus"].r2[0] >= sharp["relu"].r2[0] > 1 - 1e-6


def test_a_rate_that_falls_is_fitted_by_nothing():
    assert fit("sigmoid", DRIVES, expit(-DRIVES)[None]).r2[0] < 0.5


# --- foot and ceiling


def test_the_foot_of_a_softplus_is_what_the_docstring_says():
    """The integral of ln(1 + e^x) up to 0 is π²/12."""
    x = np.linspace(-40, 0, 100_001)
    assert np.trapezoid(np.logaddexp(0, x), x) / np.log(2) == pytest.approx(np.pi**2 / 12 / np.log(2), rel=1e-6)
    assert np.pi**2 / 12 / np.log(2) == pytest.approx(1.19, abs=0.005)


def test_the_foot_does_not_depend_on_where_the_integral_begins():
    cell = LIF(noise=0.7, t_ref=5e-3)
    drives = np.linspace(-30, 1, 60_001)
    rate = cell.rate(drives)
    assert foot_width(cell) == pytest.approx(np.trapezoid(rate, drives) / rate[-1], rel=1e-5)


def test_the_foot_grows_with_noise_and_hardly_with_the_refractory_time_and_is_nothing_without_noise():
    feet = [foot_width(LIF(noise=noise)) for noise in (0, 0.05, 0.1, 0.3, 1.0, 1.5)]
    assert feet[0] == 0
    assert (np.diff(feet) > 0).all()
    assert feet[1] == pytest.approx(feet[2] / 2, rel=0.1)  # in proportion to a small noise
    assert foot_width(LIF(noise=0.3, t_ref=20e-3)) == pytest.approx(foot_width(LIF(noise=0.3, t_ref=0)), rel=0.25)


def test_the_ceiling_is_the_refractory_times():
    found = neuron_map((0.1, 1.0), (0.0, 5e-3, 20e-3), low=-2, high=4)
    assert (found.ceiling[0] == 0).all()
    assert (np.diff(found.ceiling, axis=0) > 0).all()
    assert (found.ceiling < 1).all()
    interval = 20e-3 * np.log(4 / 3)  # without noise
    assert found.ceiling[:, 0] == pytest.approx(np.array([t / (t + interval) for t in found.t_refs]), rel=5e-3)
    wide = neuron_map((0.1, 1.0), (0.0, 5e-3, 20e-3), low=-9, high=400)
    assert wide.ceiling[1:] == pytest.approx(np.ones((2, 2)), abs=0.02)


def test_foot_and_ceiling_lie_along_the_axes_that_the_finding_names(found):
    drawn = found.maps[0]
    change = drawn.effects()
    assert change["foot along noise"] == pytest.approx((drawn.foot[:, -1] - drawn.foot[:, 0]).mean())
    assert change["ceiling along t_ref"] == pytest.approx((drawn.ceiling[-1] - drawn.ceiling[0]).mean())
    told = map_finding(drawn)
    assert told.startswith("Noise softens the foot")
    assert "the refractory time makes the ceiling" in told
    assert f"{change['foot along noise']:.2f} thresholds along σ" in told


def test_the_finding_says_otherwise_of_other_numbers(found):
    drawn = found.maps[0]
    turned = replace(drawn, foot=np.linspace(0, 1, 4)[:, None] * np.ones(5), ceiling=np.ones((4, 1)) * np.arange(5) / 5)
    assert map_finding(turned).startswith("The refractory time softens the foot")
    assert "noise makes the ceiling" in map_finding(turned)


def test_a_wider_range_of_drives_lets_the_sigmoid_fit_better_more_often():
    grid = ((0.1, 0.5, 1.5), np.linspace(0, 20e-3, 11))
    narrow, wide = (neuron_map(*grid, low=low, high=high) for low, high in (RANGE, WIDE))
    assert 0 < narrow.sigmoid_wins() < wide.sigmoid_wins() < 1
    assert (wide.foot == narrow.foot).all()


@pytest.mark.parametrize(
    ("noises", "low", "high", "said"),
    [((0.0, 1.0), -2, 4, "noise 0"), ((0.5,), 1, 4, "rheobase"), ((0.5,), -2, 1, "1")],
)
def test_a_map_that_cannot_be_is_refused_in_one_line(noises, low, high, said):
    with pytest.raises(ValueError, match=said) as refused:
        neuron_map(noises, (0.0,), low=low, high=high)
    assert "\n" not in str(refused.value)


# --- figures and numbers


def test_the_title_of_the_theory_is_written_from_its_numbers():
    right = theory_finding(list(made_up((1e-4, 1e-3), lambda dt: 2 * np.sqrt(dt))))
    assert "In steps of 0.1 ms Brian2 fires within 0.0% of Siegert's rate" in right
    assert "; without the correction it is up to 2.0% off, an error that grows as dt^0.50" in right
    wrong = [replace(m, theory=m.theory | {"corrected": 2 * m.rate}) for m in made_up((1e-3,), lambda dt: 0.1)]
    assert "within 50.0%" in theory_finding(wrong)
    assert "yet without the correction it is up to 10.0% off (" in theory_finding(wrong)


def test_the_title_of_the_curves_names_the_nearer_activation_of_each_cell():
    fits = curves_json(*RANGE)["fits"]
    assert fits["sharp"]["relu"]["r2"] > fits["sharp"]["sigmoid"]["r2"]
    assert fits["soft"]["relu"]["r2"] < fits["soft"]["sigmoid"]["r2"]
    told = curves_finding(*RANGE)
    assert re.search(r"Without noise .* nearer a ReLU .* with both it is nearer a sigmoid", told)
    assert f"{fits['soft']['sigmoid']['r2']:.4f}" in told


def test_a_noisy_slow_cell_has_the_fits_that_an_independent_program_found():
    """Least squares with scipy, of the same curves, done apart from this project: sigmoid, ReLU, softplus."""
    fits = fits_of(LIF(noise=1.0, t_ref=2e-3), low=-2, high=4)
    found = [fits[name].r2[0] for name in ("sigmoid", "relu", "softplus")]
    assert found == pytest.approx([0.9968, 0.9971, 0.9998], abs=6e-5)


def test_figures_name_their_units_on_every_axis(found):
    for figure in (theory_figure(found.measured), map_figure(*found.maps)):
        assert isinstance(figure, Figure)
        for ax in figure.axes:
            if ax.get_label() != "<colorbar>":
                assert re.search(r"\(thresholds\)|\(ms\)", ax.get_xlabel())
                assert re.search(r"\(.+\)", ax.get_ylabel())


def test_the_numbers_that_are_kept_are_those_that_were_measured(found):
    kept = json.loads(json.dumps(found.as_json(), allow_nan=False))
    first, row = found.measured[0], kept["theory"]["rates"][0]
    assert row["rate_hz"] == pytest.approx(first.rate, rel=1e-5)
    assert row["corrected_hz"] == pytest.approx(first.theory["corrected"], rel=1e-5)
    assert (row["noise"], row["t_ref_ms"], row["dt_ms"]) == (0.5, 2, 0.5)
    assert [entry["drives"] for entry in kept["map"]] == [list(RANGE), list(WIDE)]
    assert np.array(kept["map"][0]["r2"]["relu"]).shape == (4, 5)
    assert six_digits(np.array([[1.23456789, 2.0]])) == [[1.23457, 2.0]]


# --- the command


def test_the_command_writes_numbers_and_figures_and_says_what_it_found(analogy, monkeypatch, tmp_path):
    monkeypatch.setattr("compare.neuron.experiment.QUICK", SMALL)
    code, out, err = analogy("neuron", "--quick", "--out", tmp_path / "deep" / "out", "--workers", "1", "--seed", "3")
    assert (code, err) == (0, "")
    names = {f"{n}.{k}" for n in ("theory", "map", "curves") for k in ("png", "svg")}
    assert {path.name for path in files_in(tmp_path)} == {"neuron.json", *names}
    kept = json.loads((tmp_path / "deep/out/neuron.json").read_text(encoding="utf-8"))
    assert kept["seed"] == 3
    worst = next(m for m in kept["theory"]["misfits"] if (m["theory"], m["dt_ms"]) == ("continuous", 1))
    assert f"{100 * worst['worst']:.1f} ({100 * worst['rms']:.2f})" in out
    assert "softens the foot" in out
    assert str(tmp_path / "deep" / "out") in out.splitlines()[-1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--seed", "-1"], "seed"),
        (["--workers", "0"], "workers"),
        (["--seed", "some"], "seed"),
        (["--out", "file"], "file: results cannot be written there"),
        (["--out", "file/below"], "file/below: results cannot be written there"),
        (["--noise", "1"], "--noise"),
    ],
    ids=str,
)
def test_the_command_refuses_in_one_line_what_cannot_be(words, said, analogy, monkeypatch, tmp_path):
    monkeypatch.setattr("compare.neuron.experiment.run_neuron", lambda *args, **kwargs: pytest.fail("worked"))
    (tmp_path / "file").write_text("in its place")
    code, out, err = analogy("neuron", *words)
    assert (code, out) == (2, "")
    assert re.fullmatch(r"analogy: [^\n]*\n", err)
    assert said in err
    assert files_in(tmp_path) == [tmp_path / "file"]


# --- the chapter


def test_the_snippets_of_the_chapter_run_and_say_what_it_says(capsys):
    text = (Path(__file__).parents[1] / "bio" / "README.md").read_text(encoding="utf-8")
    names: dict = {}
    for snippet in re.findall(r"^ *```python\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE):
        exec(textwrap.dedent(snippet), names)
    said = capsys.readouterr().out
    for told in ("10.6", "129.", "3.033", "4.18", "206.24", "21.72", "-1.0"):
        assert told in said
