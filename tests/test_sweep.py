"""Sweeps: what is asked for, and that nothing is lost and nothing done twice, whoever does the work and dies of it."""

import csv
import importlib.util
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import joblib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from specimens import files_in, small_mnist, taught

from ann import save_model
from compare.comparison import run_comparison
from compare.options import Options
from compare.score import score
from compare.sweep import code, pool, run, store
from compare.sweep.code import code_hash, meaning
from compare.sweep.figure import asked_for, dots_of, read_table, sweep_figure
from compare.sweep.plan import Plan, plan_from, read_plan
from compare.sweep.points import NAMES, Point, value_of
from compare.sweep.run import left, run_sweep
from compare.sweep.store import COLUMNS, Store, difference, key_of
from compare.sweep.task import SCORES, Outcome, columns, pair_at
from data import distort, load_digits

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def digits(tmp_path_factory):
    return small_mnist(tmp_path_factory.mktemp("digits"), test=24)


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    place = tmp_path_factory.mktemp("models") / "relu.npz"
    save_model(place, taught((784, 8, 10), "relu"), {})
    return place


@pytest.fixture
def plan(digits, model):
    """Six points, of which one cannot be."""
    grid = {"t_ref": (1.0, 4.0, 6.0), "input": ("current", "poisson")}
    return Plan({"model": str(model), "duration": 20.0, "recalibrate": True}, grid, data=digits)


@pytest.fixture(scope="module")
def toml(digits, model, tmp_path_factory):
    """A file of ten points that take some tenths of a second each."""
    path = tmp_path_factory.mktemp("plan") / "plan.toml"
    path.write_text(
        f"data = '{digits}'\nmodel = '{model}'\nduration = 200\n[grid]\ntau_m = [5, 10, 15, 20, 25]\nnoise = [0, 0.2]\n"
    )
    return path


@pytest.fixture(scope="module")
def whole_table(toml, tmp_path_factory):
    """The table of that file when nothing goes wrong, computed in this process."""
    out = tmp_path_factory.mktemp("whole")
    run_sweep(read_plan(toml), out, workers=1)
    return (out / "sweep.csv").read_bytes()


@pytest.fixture
def analogy(analogy):
    return lambda *words: analogy("sweep", *words)


def rows_of(out):
    with (out / "sweep.csv").open(newline="") as stream:
        return list(csv.DictReader(stream))


def points_in(out):
    return sorted(path for path in (out / "points").glob("[!.]*.json"))


# --- points

VALUES = {
    "activation": st.sampled_from(["relu", "sigmoid", "lif"]),
    "sizes": st.lists(st.integers(1, 99), max_size=2).map(lambda hidden: (784, *hidden, 10)),
    "digits": st.integers(1, 10_000),
    "tau_m": st.floats(0.1, 100),
    "recalibrate": st.booleans(),
    "seed": st.integers(0, 9),
    "distortion": st.sampled_from(["rotate", "blur"]),
}
GRIDS = st.fixed_dictionaries(
    {}, optional={name: st.lists(value, min_size=1, max_size=3, unique=True) for name, value in VALUES.items()}
)


@given(GRIDS)
def test_a_grid_has_every_combination_once_its_last_option_running_fastest(grid):
    points = Plan({}, {name: tuple(values) for name, values in grid.items()}).points()
    assert len(points) == len(set(points)) == np.prod([len(values) for values in grid.values()], dtype=int)
    for name, values in grid.items():
        assert {getattr(point, name) for point in points} == set(values)
    places = [[grid[name].index(getattr(point, name)) for name in grid] for point in points]
    assert places == sorted(places)


@given(GRIDS, st.permutations(list(VALUES)))
def test_the_order_of_the_options_changes_the_order_of_the_points_and_nothing_else(grid, order):
    other = {name: tuple(grid[name]) for name in order if name in grid}
    assert set(Plan({}, other).points()) == set(Plan({}, {n: tuple(v) for n, v in grid.items()}).points())


@given(st.fixed_dictionaries({}, optional=VALUES))
def test_a_value_means_the_same_in_toml_and_in_words(values):
    for name, value in values.items():
        words = "-".join(map(str, value)) if name == "sizes" else str(value)
        assert value_of(name, words) == value_of(name, list(value) if name == "sizes" else value) == value


def test_a_point_that_says_nothing_is_the_default_pair():
    assert Point().options() == Options(activations=("relu",), inputs=("current",))


def test_every_option_reaches_the_pair_in_its_unit():
    words = {"tau_m": 5, "t_ref": 1, "tau_syn": 3, "noise": 0.1, "reset": "zero", "duration": 50, "dt": 0.5}
    options = Point(**{name: value_of(name, value) for name, value in words.items()}).options()
    assert options.cell == {"tau_m": 0.005, "t_ref": 0.001, "tau_syn": 0.003, "noise": 0.1, "reset": "zero"}
    assert (options.duration, options.dt) == (0.05, 0.0005)


def test_listed_points_are_combined_with_the_grid_and_share_what_is_fixed(tmp_path):
    path = tmp_path / "plan.toml"
    path.write_text(
        'digits = 7\n[grid]\nseed = [0, 1]\n[[points]]\ndistortion = "rotate"\nseverity = 30\n[[points]]\ntau-m = 5\n'
    )
    points = read_plan(path).points()
    seen = [(point.digits, point.distortion, point.severity, point.tau_m, point.seed) for point in points]
    assert seen == [(7, "rotate", 30, None, 0), (7, "rotate", 30, None, 1), (7, None, 0, 5, 0), (7, None, 0, 5, 1)]


def test_the_example_in_the_benchmarks_is_a_plan():
    plan = read_plan(ROOT / "benchmarks" / "sweep.toml")
    assert len(plan.points()) == len(plan) > 10
    for point in plan.points():
        point.check()


BAD = {
    "no TOML": ("digits =", r"plan\.toml.*is no TOML"),
    "an unknown option": ("colour = 1", "colour.*choose from activation"),
    "an unknown option of the grid": ("[grid]\ncolour = [1]", "colour"),
    "a wrong type": ('digits = "many"', "digits.*whole number"),
    "a number and a half": ("digits = 1.5", "digits 1.5.*whole number"),
    "true for a number": ("tau_m = true", "tau_m.*finite number"),
    "a number for a word": ("input = 3", "input 3.*word"),
    "nan": ("tau_m = nan", "tau_m nan.*finite"),
    "an unknown input": ('input = "retina"', "retina.*current, lif, poisson"),
    "an unknown distortion": ('distortion = "melt"', "melt.*rotate"),
    "an empty grid": ("[grid]", "grid is empty"),
    "an option without values": ("[grid]\ntau_m = []", "tau_m has no values"),
    "a grid that is no table": ("grid = 3", "grid: must be a table"),
    "no list in the grid": ("[grid]\ntau_m = 3", r"tau_m 3.*\[3\]"),
    "a list outside the grid": ("tau_m = [1, 2]", r"tau_m has 2 values.*\[grid\]"),
    "one network's sizes in the grid": ("[grid]\nsizes = [784, 10]", r"list of networks"),
    "no points": ("points = []", "points is empty"),
    "an option in both": ("tau_m = 1\n[grid]\ntau_m = [1, 2]", "tau_m is given twice"),
    "too many points": (f"[grid]\nseed = {list(range(400))}\ndigits = {list(range(1, 400))}", "159,600 points"),
    "severities of nothing": ("severity = 3", "severity 3 of no distortion"),
    "a time that cannot be": ("tau_m = -5", "no point of this sweep can be: tau_m must be above 0"),
    "more digits than there are": ("digits = 99", "no point.*99 digits"),
    "a missing model": ('model = "nowhere.npz"', r"no point of this sweep can be: .*nowhere\.npz"),
    "more steps than memory": ("duration = 1e12", "1e\\+12 steps.*at most 1,000,000"),
    "more steps than a float": ("duration = 1e308\ndt = 1e-308", "at most 1,000,000"),
    "lists in lists without end": ("digits = " + "[" * 5_000, r"plan\.toml.*nested too deeply"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_plan_ends_in_one_line_with_code_2(case, analogy, digits, tmp_path):
    content, said = BAD[case]
    path = tmp_path / "plan.toml"
    path.write_text(content)
    code, out, err = analogy(path, "--data", digits, "--out", tmp_path / "out")
    assert (code, out) == (2, "")
    assert err.startswith("analogy: ")
    assert err.count("\n") == 1
    assert re.search(said, err), err
    assert files_in(tmp_path) == [path]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "no points to sweep"),
        (["nowhere.toml"], "nowhere.toml"),
        (["--vary", "tau_m"], "name and values"),
        (["--vary", "tau_m="], "tau_m has no values"),
        (["--vary", "tau_m=1,two"], "tau_m.*two"),
        (["--vary", "tau_m=1,2", "--tau-m", "3"], "tau_m is given twice"),
        (["--vary", "tau_m=1,2", "--plot", "tau_m"], "two or three"),
        (["--vary", "tau_m=1,2", "--plot", "tau_m,beauty"], 'no column "beauty"'),
        (["--plot", "tau_m,lost"], "has no sweep.csv"),
        (["--vary", "tau_m=1,2", "--workers", "0"], "0 workers"),
        (["--vary", "tau_m=1,2", "--workers", "2", "--cluster", "tcp://127.0.0.1:1"], "one of the two"),
    ],
    ids=str,
)
def test_a_bad_command_ends_in_one_line_with_code_2(words, said, analogy, tmp_path):
    code, out, err = analogy(*words)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert re.search(said, err), err
    assert files_in(tmp_path) == []


# --- results


def test_a_row_says_what_the_comparison_says(plan, digits, model, tmp_path):
    (row,) = [row for row in swept_rows(plan, tmp_path) if (row["t_ref"], row["input"]) == ("4", "poisson")]
    options = Options(inputs=("poisson",), duration=0.02, cell={"t_ref": 0.004}, recalibrate=True, data=digits,
                      model=model)  # fmt: skip
    found = score(run_comparison(options, workers=1).pairs[0])
    assert float(row["bio_accuracy"]) == pytest.approx(found.bio_accuracy, rel=1e-5)
    assert float(row["spikes"]) == pytest.approx(found.spikes_per_digit, rel=1e-5)
    assert float(row["rmse"]) == pytest.approx(found.layers[0].rmse, rel=1e-5)
    assert {name for name in COLUMNS if not row[name]} == {"distortion", "error", "ms_to_half_point"}
    assert found.ms_to_within_half_point is None
    said = {name: row[name] for name in NAMES if name not in ("model", "distortion")}
    assert said == {
        **{"activation": "relu", "input": "poisson", "sizes": "784-8-10", "digits": "24", "duration": "20", "dt": "1"},
        **{"align": "threshold", "r_max": "200", "tau_m": "20", "t_ref": "4", "tau_syn": "5", "noise": "0"},
        **{"reset": "subtract", "recalibrate": "true", "retune": "false", "engine": "numpy", "seed": "0"},
        "severity": "0",
    }


@pytest.fixture(scope="module")
def shown():
    """A network, training digits and test digits, as a worker of the sweep is given them."""
    return taught((784, 8, 10), "relu"), load_digits("test").spread(30), load_digits("train").spread(300)


def test_the_digits_of_a_point_are_distorted_by_its_severity_and_seed(shown):
    _, digits, _ = shown
    pair = pair_at(Point(duration=10.0, distortion="rotate", severity=40.0, seed=3), *shown)
    rotated = distort(digits.images, "rotate", 40.0, seed=3, index=digits.index)
    np.testing.assert_array_equal(pair.digits.images, rotated)


def test_a_point_that_asks_for_it_shows_the_retuned_twin(shown):
    assert pair_at(Point(duration=10.0, retune=True), *shown).twin.retuned
    assert not pair_at(Point(duration=10.0), *shown).twin.retuned


def test_every_column_of_a_row_is_that_of_the_score(shown):
    found = score(pair_at(Point(duration=20.0, input="poisson"), *shown))
    hidden = found.layers[0]
    expected = {
        "ann_accuracy": found.ann_accuracy,
        "ann_low": found.ann_interval[0],
        "ann_high": found.ann_interval[1],
        "bio_accuracy": found.bio_accuracy,
        "bio_low": found.bio_interval[0],
        "bio_high": found.bio_interval[1],
        "lost": found.ann_accuracy - found.bio_accuracy,
        "same_answer": found.same_answer,
        "mcnemar_p": found.mcnemar_p,
        "pearson": hidden.pearson,
        "rmse": hidden.rmse,
        "mcc": hidden.mcc,
        "spikes": found.spikes_per_digit,
        "input_spikes": found.input_spikes_per_digit,
        "ms_to_half_point": found.ms_to_within_half_point,
    }
    assert list(expected) == list(SCORES)
    assert len({value for value in expected.values() if value is not None}) >= len(expected) - 1
    assert columns(found) == pytest.approx(expected, rel=1e-5)


def test_a_points_key_changes_with_the_code_and_with_all_that_it_is_made_of(monkeypatch):
    given = {"settings": {"seed": 0, "model": "a.npz"}, "weights": "0123", "data": {"test": "4567"}}
    first = key_of(**given)
    assert key_of(**given | {"settings": {"seed": 0, "model": "moved.npz"}}) == first
    others = [{"settings": {"seed": 1, "model": "a.npz"}}, {"weights": "3210"}, {"data": {"test": "7654"}}]
    found = {first, *(key_of(**given | other) for other in others)}
    monkeypatch.setattr(store, "versions_and_code", lambda: {"code": "another"})
    assert len(found | {key_of(**given)}) == 5


def swept_rows(plan, out):
    run_sweep(plan, out, workers=1)
    return rows_of(out)


def test_a_point_that_fails_has_its_error_and_the_rest_goes_on_and_only_retry_tries_again(plan, tmp_path, monkeypatch):
    rows = swept_rows(plan, tmp_path)
    assert [row["error"] != "" for row in rows] == [False, False, False, False, True, True]
    assert "t_ref 6 ms" in rows[-1]["error"]
    assert rows[-1]["bio_accuracy"] == ""
    again = []
    monkeypatch.setattr(Store, "keep", lambda store, outcome: again.append(outcome.error))
    run_sweep(plan, tmp_path, workers=1)
    assert again == []
    run_sweep(plan, tmp_path, workers=1, retry=True)
    assert len(again) == 2


def test_a_sweep_with_a_failed_point_ends_with_code_1_and_has_the_others(analogy, digits, model, tmp_path):
    path = tmp_path / "plan.toml"
    path.write_text(f"data = '{digits}'\nduration = 10\n[grid]\nmodel = ['{model}', 'nowhere.npz']\n")
    for _ in range(2):  # also where nothing is left to do
        code, out, err = analogy(path, "--workers", "1", "--out", tmp_path / "out")
        assert (code, err) == (1, "")
        assert "1 failed" in out
        assert [row["error"] == "" for row in rows_of(tmp_path / "out")] == [True, False]
        assert "nowhere.npz" in rows_of(tmp_path / "out")[1]["error"]


def test_rows_of_other_code_are_not_mixed_in(plan, tmp_path, analogy, digits):
    run_sweep(plan, tmp_path / "out", workers=1)
    manifest = json.loads((tmp_path / "out/sweep.json").read_text())
    assert manifest["manifest"]["versions"]["code"] == code_hash()
    manifest["manifest"]["versions"]["code"] = "0123456789ab"
    (tmp_path / "out/sweep.json").write_text(json.dumps(manifest))
    code, _, err = analogy("--vary", "tau_m=1,2", "--data", digits, "--out", tmp_path / "out")
    assert code == 2
    assert f"holds a sweep of other versions (code 0123456789ab, not {code_hash()}): choose another folder" in err


def test_a_manifest_that_lists_one_more_version_as_none_is_of_other_versions():
    assert difference({"code": "1", "more": None}, {"code": "1"}) == "more None, not unknown"
    assert difference(None, {"code": "1"}) == "code unknown, not 1"


def test_table_and_manifest_are_of_one_sweep_also_where_a_new_one_is_stopped_at_once(plan, tmp_path, monkeypatch):
    run_sweep(plan, tmp_path, workers=1)
    assert len(rows_of(tmp_path)) == 6

    def stopped(*of, **how):
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "complete", stopped)
    other = Plan(plan.fixed, {"tau_m": (5.0,)}, data=plan.data)
    with pytest.raises(KeyboardInterrupt):
        run_sweep(other, tmp_path, workers=1)
    assert rows_of(tmp_path) == []
    assert json.loads((tmp_path / "sweep.json").read_text())["manifest"]["plan"]["grid"] == {"tau_m": [5.0]}


def test_a_table_that_is_open_elsewhere_stops_no_sweep(plan, tmp_path, monkeypatch):
    write, asked = Store.write_table, []

    def held(store, outcomes):
        asked.append(len(outcomes))
        if len(asked) == 2:
            raise PermissionError(13, "Permission denied", "sweep.csv")
        write(store, outcomes)

    monkeypatch.setattr(Store, "write_table", held)
    run_sweep(plan, tmp_path, workers=1)
    assert len(asked) >= 3
    assert len(rows_of(tmp_path)) == 6


def test_brackets_in_a_name_are_no_markup(analogy, digits, model, tmp_path):
    path = tmp_path / "plan.toml"
    path.write_text(f"data = '{digits}'\nduration = 10\n[grid]\nmodel = ['{model}', '[/red]no[where].npz']\n")
    code, out, err = analogy(path, "--workers", "1", "--out", tmp_path / "out")
    assert (code, err) == (1, "")
    assert "[/red]no[where].npz" in out


def test_a_point_with_a_score_that_no_float_holds_is_computed_anew(plan, tmp_path):
    run_sweep(plan.overridden({"t_ref": (1.0,)}, None), tmp_path, workers=1)
    path, store = points_in(tmp_path)[0], Store(tmp_path)
    assert store.kept(path.stem) is not None
    path.write_text(re.sub(r'("lost": )[^,]+', r"\1" + "1" + 400 * "0", path.read_text()))
    assert store.kept(path.stem) is None


def test_only_what_code_does_counts_for_its_name():
    code = "def f(x):\n    return x + 1\n"
    assert meaning(code) == meaning('"""Adds."""\n\n# one\ndef f(x):\n    """One more."""\n    return (x + 1)  # so\n')
    assert meaning(code) != meaning(code.replace("1", "2"))


def test_the_name_of_the_code_is_made_of_every_file_that_scores_come_from(monkeypatch):
    read = []
    monkeypatch.setattr(code, "meaning", lambda source: read.append(source) or "")
    code_hash.__wrapped__()
    for path in ("ann/mlp.py", "bio/lif.py", "data/distortion.py", "compare/score.py", "compare/sweep/task.py"):
        assert (ROOT / path).read_text(encoding="utf-8") in read


def test_the_name_of_the_code_changes_with_a_file_and_with_a_header(monkeypatch, tmp_path):
    monkeypatch.setattr(code, "ROOT", tmp_path)
    file, header = tmp_path / "a.py", tmp_path / "a.h"
    file.write_text("x = 1")
    header.write_text("int x;")
    names = [code.hash_of([file], [header])]
    file.write_text("x = 2")
    names.append(code.hash_of([file], [header]))
    header.write_text("int y;")
    names.append(code.hash_of([file], [header]))
    assert len(set(names)) == 3


def test_a_finished_sweep_does_nothing(plan, tmp_path, monkeypatch):
    run_sweep(plan, tmp_path, workers=1, command="first")
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in files_in(tmp_path)}
    monkeypatch.setattr(run, "outcomes", lambda *args, **kwargs: pytest.fail("worked"))
    run_sweep(plan, tmp_path, workers=1, command="second", cluster="tcp://127.0.0.1:1")
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in files_in(tmp_path)} == before


def test_a_grid_that_grows_computes_what_is_new_and_a_damaged_point_is_computed_anew(plan, tmp_path, monkeypatch):
    small = plan.overridden({"t_ref": (1.0,)}, None)
    run_sweep(small, tmp_path, workers=1)
    points_in(tmp_path)[0].write_text('{"key": ')
    kept, done = points_in(tmp_path)[1], []
    keep = Store.keep
    monkeypatch.setattr(Store, "keep", lambda store, outcome: done.append(outcome.key) or keep(store, outcome))
    run_sweep(plan, tmp_path, workers=1)
    assert len(done) == 5
    assert kept.stem not in done


def test_one_worker_and_two_give_the_same_bytes(toml, whole_table, tmp_path):
    run_sweep(read_plan(toml), tmp_path, workers=2)
    assert (tmp_path / "sweep.csv").read_bytes() == whole_table
    assert len(points_in(tmp_path)) == 10
    assert whole_table.decode().splitlines()[0] == ",".join(COLUMNS)


def test_trained_networks_stay_with_the_sweep_and_differ_by_seed(digits, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    plan = Plan(
        {"sizes": (784, 4, 10), "duration": 10.0}, {"seed": (0, 1), "align": ("threshold", "slope")}, (), digits
    )
    run_sweep(plan, tmp_path / "out", workers=1)
    networks = json.loads((tmp_path / "out/sweep.json").read_text())["manifest"]["networks"]
    assert len({network["sha256"] for network in networks}) == len(networks) == 2
    assert {path.name for path in files_in(tmp_path / "out/models")} == {network["file"] for network in networks}


def test_results_of_other_data_are_not_mixed_in(plan, tmp_path, analogy):
    run_sweep(plan, tmp_path / "out", workers=1)
    small_mnist(tmp_path / "other", test=7)
    code, _, err = analogy("--vary", "tau_m=1,2", "--data", tmp_path / "other", "--out", tmp_path / "out")
    assert code == 2
    assert "holds a sweep of other data: choose another folder" in err


def test_time_left_is_told_from_what_has_been_done():
    assert left(1, 4, 10.0) == "about 30 s left"
    assert left(10, 130, 100.0) == "about 20 min left"
    assert left(4, 4, 10.0) == ""


# --- stopped, killed, broken


def test_arrays_reach_the_processes_of_this_machine_as_maps_of_memory():
    """So what all tasks share is written once, not sent with each."""
    network = taught((784, 8, 10), "relu", digits=100, epochs=1)
    workers = joblib.Parallel(n_jobs=2, max_nbytes=pool.MAPPED)
    kinds = workers(joblib.delayed(lambda model: type(model.weights[0]).__name__)(network) for _ in range(2))
    assert kinds == ["memmap", "memmap"]


def test_a_point_that_kills_its_worker_is_a_failed_point_and_the_others_are_done(monkeypatch):
    class Killed(pool.BrokenExecutor):
        pass

    def run(cases, shared, *, processes, client):
        for case in cases:
            if case.key == "bad":
                raise Killed
            yield Outcome(case.key, {}, None, 0.0, "")

    monkeypatch.setattr(pool, "run", run)
    cases = [pool.Case(key, Point(), None) for key in ("a", "bad", "b", "c")]
    found = list(pool.outcomes(cases, None, workers=2))
    assert sorted(outcome.key for outcome in found) == ["a", "b", "bad", "c"]
    assert [outcome.key for outcome in found if outcome.error] == ["bad"]


def test_where_no_worker_gives_anything_back_the_sweep_ends_in_a_sentence(monkeypatch):
    def run(*args, **kwargs):
        raise TimeoutError("no worker")
        yield

    monkeypatch.setattr(pool, "run", run)
    with pytest.raises(ConnectionError, match=r"no worker.*the same command goes on"):
        list(pool.outcomes([pool.Case("a", Point(), None)], None, workers=1))


def start(toml, out, *words):
    command = [sys.executable, "-m", "compare", "sweep", str(toml), "--out", str(out), *words]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}
    quiet = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, env=environment, start_new_session=True, cwd=ROOT, **quiet)


def wait_for(what, seconds=60):
    for _ in range(10 * seconds):
        if what():
            return
        time.sleep(0.1)
    pytest.fail("waited in vain")


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent to a group of processes")
@pytest.mark.parametrize(("sign", "code"), [("SIGKILL", -9), ("SIGINT", 130)])
def test_a_stopped_sweep_goes_on_and_ends_as_one_that_was_not(sign, code, toml, whole_table, tmp_path):
    stopped = start(toml, tmp_path, "--workers", "1")
    wait_for(lambda: len(points_in(tmp_path)) >= 2)
    os.killpg(stopped.pid, getattr(signal, sign))
    _, said = stopped.communicate(timeout=30)
    assert stopped.returncode == code
    if sign == "SIGINT":
        assert re.fullmatch("analogy: stopped; .*the same command goes on from there\n", said)
    before = {path: path.stat().st_mtime_ns for path in points_in(tmp_path)}
    assert 2 <= len(before) < 10
    run_sweep(read_plan(toml), tmp_path, workers=1)
    assert (tmp_path / "sweep.csv").read_bytes() == whole_table
    assert {path: path.stat().st_mtime_ns for path in before} == before


# --- a Dask cluster

needs_dask = pytest.mark.skipif(
    importlib.util.find_spec("distributed") is None,
    reason="Dask is not installed: pip install 'neural-analogy[cluster]'",
)


@contextmanager
def cluster_of(workers, folder):
    """A scheduler's address, and its workers: processes that talk over TCP, started as Dask's documentation does."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    dask = [sys.executable, "-m", "dask"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}
    commands = [[*dask, "scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]]
    commands += [
        [*dask, "worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--preload", "brian2"]
    ] * workers
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    running = [subprocess.Popen(command, env=environment, cwd=folder, **quiet) for command in commands]
    try:
        yield address, running[1:]
    finally:
        for process in running:
            process.kill()
            process.wait()


@needs_dask
def test_a_worker_of_a_dask_cluster_dies_and_nothing_is_lost_and_nothing_done_twice(toml, whole_table, tmp_path):
    out = tmp_path / "out"
    with cluster_of(2, tmp_path) as (address, workers):
        wait_for(lambda: workers_at(address) == 2)
        sweep = start(toml, out, "--cluster", address)
        wait_for(lambda: len(workers_in(out)) == 2)
        workers[0].kill()
        _, said = sweep.communicate(timeout=90)
    assert (sweep.returncode, said) == (0, "")
    assert (out / "sweep.csv").read_bytes() == whole_table
    assert len(points_in(out)) == len(rows_of(out)) == 10
    by = [json.loads(path.read_text())["worker"].split(":")[1] for path in points_in(out)]
    assert set(by) == {str(worker.pid) for worker in workers}
    assert by.count(str(workers[0].pid)) < 9


def workers_at(address):
    from distributed import Client

    try:
        with Client(address, timeout=5, set_as_default=False) as client:
            return len(client.scheduler_info(n_workers=-1)["workers"])
    except OSError:
        return 0


def workers_in(out):
    return {json.loads(path.read_text())["worker"] for path in points_in(out)}


@needs_dask
@pytest.mark.parametrize(
    ("address", "said"),
    [("somewhere", "must be the address"), ("tcp://127.0.0.1:1", "no Dask scheduler answers there")],
)
def test_a_cluster_that_is_not_there_is_named_before_any_work(address, said, analogy, digits, tmp_path, monkeypatch):
    import compare.sweep.cluster

    monkeypatch.setattr(compare.sweep.cluster, "PATIENCE", 1)
    code, out, err = analogy("--vary", "tau_m=5,10", "--data", digits, "--out", "out", "--cluster", address)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert said in err
    assert files_in(tmp_path) == []


def test_without_dask_a_cluster_is_refused_with_the_words_that_install_it(analogy, digits, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.delitem(sys.modules, "compare.sweep.cluster", raising=False)
    code, _, err = analogy("--vary", "tau_m=5,10", "--data", digits, "--cluster", "tcp://127.0.0.1:8786")
    assert code == 2
    assert err == "analogy: --cluster needs Dask: pip install 'neural-analogy[cluster]'\n"


# --- the command, and figures


def test_the_command_sweeps_draws_and_draws_again_from_the_table_alone(analogy, digits, model, tmp_path, monkeypatch):
    out = tmp_path / "out"
    words = ["--data", digits, "--model", model, "--duration", "20", "--input", "current,poisson", "--workers", "1"]
    code, said, err = analogy(*words, "--vary", "tau_m=10,20", "--out", out, "--plot", "tau_m,bio_accuracy,input")
    assert (code, err) == (0, "")
    assert [(row["input"], row["tau_m"]) for row in rows_of(out)] == [
        (name, tau) for name in ("current", "poisson") for tau in ("10", "20")
    ]
    assert "The accuracy of the spiking twin is highest" in said
    assert {path.suffix for path in out.glob("plot-bio_accuracy-over-tau_m-by-input.*")} == {".png", ".svg"}
    monkeypatch.setattr(run, "run_sweep", lambda *args, **kwargs: pytest.fail("worked"))
    code, said, err = analogy("--out", out, "--plot", "input,spikes")
    assert (code, err) == (0, "")
    assert "number of spikes is lowest" in said
    assert (out / "plot-spikes-over-input.png").exists()


def table_of(*rows):
    return [dict.fromkeys(COLUMNS, "") | row for row in rows]


def test_a_figure_has_the_tables_numbers_intervals_and_units():
    rows = table_of(
        *(
            {
                "tau_m": tau,
                "noise": noise,
                "ann_accuracy": "0.9",
                "bio_accuracy": value,
                "bio_low": "0",
                "bio_high": "1",
            }
            for tau, noise, value in [("20", "0", "0.8"), ("5", "0", "0.7"), ("20", "1", "0.6"), ("5", "1", "0.5")]
        ),
        {"tau_m": "30", "error": "it broke"},
    )
    figure, finding = sweep_figure(rows, "tau_m", "bio_accuracy", "noise")
    (ax,) = figure.axes
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("tau_m (ms)", "accuracy of the spiking twin (%)")
    drawn = [container.lines[0].get_xydata().tolist() for container in ax.containers]
    assert drawn == [[[5, 70], [20, 80]], [[5, 50], [20, 60]]]
    assert "highest, 80 %, at tau_m 20" in finding
    assert "overlap" in finding


def test_rows_at_one_place_are_drawn_as_their_mean_from_least_to_most():
    rows = table_of(*({"tau_m": "5", "lost": value} for value in ("0.01", "0.02", "0.06")))
    (dot,) = dots_of(rows, "tau_m", "lost", None)
    assert (dot.value, dot.low, dot.high, dot.rows) == (pytest.approx(3), 1, 6, 3)


def test_equal_rows_have_no_spread_below_or_above():
    """The mean of three times 98.1, say, is not 98.1 to the last bit."""
    for each in range(9_500, 9_900):
        value = f"{each / 1e4:g}"
        (dot,) = dots_of(table_of(*({"tau_m": "5", "ann_accuracy": value},) * 3), "tau_m", "ann_accuracy", None)
        assert dot.low <= dot.value <= dot.high


@pytest.mark.parametrize("name", [*NAMES, "bio_accuracy", "ms_to_half_point"])
def test_any_column_can_be_the_one_below(name, plan, tmp_path_factory):
    out = Path(tmp_path_factory.getbasetemp()) / "any-column"
    rows = read_table(out) if out.exists() else (run_sweep(plan, out, workers=1) and read_table(out))
    filled = [row for row in rows if row[name] and row["spikes"]]
    if name == "spikes" or not filled:
        with pytest.raises(ValueError, match="no finished point"):
            sweep_figure(rows, name, "spikes")
    else:
        assert sweep_figure(rows, name, "spikes", "input" if name != "input" else "t_ref")[0].axes


def test_names_of_columns_may_have_hyphens():
    assert asked_for("tau-m, bio-accuracy,noise") == ("tau_m", "bio_accuracy", "noise")


def test_plans_in_python_and_in_toml_are_the_same():
    assert plan_from({"grid": {"tau-m": [1, 2]}}, Path()).points() == Plan({}, {"tau_m": (1.0, 2.0)}).points()
