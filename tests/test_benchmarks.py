"""The benchmark of other simulators does the same job with each, and goes on without those that are missing."""

import importlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from specimens import taught

from ann import save_model
from bio import LIF
from data import load_digits

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
COUNT = 50


@pytest.fixture
def libraries(monkeypatch):
    """Imports a module of `benchmarks`, which scripts there find beside themselves."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    yield importlib.import_module
    ours = {"libraries", "turns", "usage", "peers", "training", "install"}
    for name in [name for name in sys.modules if name.split(".")[0] in ours]:
        monkeypatch.delitem(sys.modules, name)


def job(libraries, kind):
    model = taught((784, 30, 10), "relu")
    return libraries("libraries.problem").Problem(model, load_digits("train").spread(500).images, kind, threads=1)


@pytest.mark.parametrize("kind", ["current", "bernoulli"])
def test_all_that_need_no_library_give_most_digits_the_same_answer_by_as_many_spikes(libraries, kind):
    problem, digits = job(libraries, kind), load_digits("test").spread(COUNT)
    loops, ours = libraries("libraries.numpy_loop"), libraries("libraries.ours").Numpy
    found = [peer(problem).answers(digits, 25) for peer in (ours, loops.FullCell, loops.Leaky, loops.IntegrateAndFire)]
    for other in found[1:]:
        assert (other.classes == found[0].classes).mean() > 0.7
        assert other.spikes.mean() == pytest.approx(found[0].spikes.mean(), rel=0.5)
        expected = problem.chances(digits.images).sum() * problem.steps * (kind == "bernoulli")
        assert abs(other.inputs.sum() - expected) <= 5 * np.sqrt(expected)


def test_the_loop_in_numpy_gives_the_very_spikes_of_the_cells_in_brian2(libraries):
    problem, digits = job(libraries, "current"), load_digits("test").spread(COUNT)
    ours = libraries("libraries.ours").Numpy(problem).answers(digits, COUNT)
    loop = libraries("libraries.numpy_loop").FullCell(problem).answers(digits, COUNT)
    assert (loop.classes == ours.classes).mean() >= 0.98  # rounding may move a spike by a step
    assert loop.spikes.sum() == pytest.approx(ours.spikes.sum(), rel=1e-3)


def test_one_script_for_each_digit_gives_the_same_spikes_too(libraries):
    problem, digits = job(libraries, "current"), load_digits("test").spread(2)
    ours = libraries("libraries.ours").Numpy(problem).answers(digits, 2)
    script = libraries("libraries.brian_script").Script(problem).answers(digits, 1)
    assert np.abs(script.spikes - ours.spikes).max() <= 1


def test_a_leaky_cell_of_the_loop_fires_at_the_rate_of_the_closed_form(libraries):
    steps = job(libraries, "current").leaky()
    drive, seconds, voltage, count = 3.0, 2.0, 0.0, 0
    for _ in range(int(seconds * 1e3)):
        voltage = steps.decay * voltage + (1 - steps.decay) * drive
        count += voltage > 1
        voltage -= voltage > 1
    assert count / seconds == pytest.approx(LIF(t_ref=0.0).rate(np.array(drive), dt=1e-3), rel=0.03)


def test_what_is_missing_or_broken_is_named_and_the_rest_goes_on(tmp_path):
    (tmp_path / "torch.py").write_text("raise ImportError('no torch here')")
    (tmp_path / "nengo.py").write_text("raise SystemExit(3)")
    out = tmp_path / "out"
    save_model(tmp_path / "model.npz", taught((784, 30, 10), "relu"), {})
    options = {"peers": "ours-numpy,torch-if,nengo,numpy-if", "input": "current", "repeats": 2, "box": 1, "threads": 1}
    options |= {"digits": COUNT, "model": tmp_path / "model.npz", "out": out}
    done = subprocess.run(
        [sys.executable, str(BENCHMARKS / "peers.py"), *(f"--{name}={value}" for name, value in options.items())],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "missing: torch-if (ImportError: no torch here)" in done.stdout
    assert "missing: nengo (its process died)" in done.stdout
    rows = {row["peer"]: row for row in json.loads((out / "peers.json").read_text())["inputs"]["current"]}
    for name in ("ours-numpy", "numpy-if"):
        assert rows[name]["digits"] == COUNT
        assert len(rows[name]["rates"]) == 2
        assert rows[name]["accuracy"] > 0.6
    assert rows["ours-numpy"]["ratios"] == {"ours-numpy": 1.0, "ours-cpp": None}
    assert rows["numpy-if"]["as_ours"] > 0.7
    with Image.open(out / "peers.png") as image:
        assert re.match(r"python benchmarks/peers\.py --peers=\S+ .*  # seed 0 \(neural-", image.text["Description"])


def test_an_unknown_name_is_refused_with_those_there_are():
    done = subprocess.run(
        [sys.executable, str(BENCHMARKS / "peers.py"), "--peers", "abacus"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "there is no abacus: choose from ours-numpy" in done.stderr


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="usage is told on Linux only")
def test_use_counts_the_processes_that_were_started(libraries):
    usage = libraries("usage")
    before = usage.core_seconds(os.getpid())
    burn = "import sys, time\nwhile time.process_time() < 0.5: pass\nprint('done', flush=True)\nsys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", burn], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout.readline()
        assert child.pid in usage.family(os.getpid())
        assert usage.core_seconds(os.getpid()) - before >= 0.45
        assert usage.peak_megabytes(os.getpid()) > usage.peak_megabytes(child.pid) > 1


def test_other_trainers_are_imported_before_the_first_epoch_is_asked_for(libraries, monkeypatch):
    for name in ("torch", "sklearn", "sklearn.neural_network"):
        monkeypatch.setitem(sys.modules, name, None)
    for contestant in libraries("training").CONTESTANTS.values():
        with pytest.raises(ImportError):
            contestant(None)


def test_a_library_that_failed_is_tried_again_and_what_is_installed_is_not(libraries, monkeypatch, tmp_path, capsys):
    install, failing, asked = libraries("install"), {"norse", "nengo"}, []

    def run(command, **_):
        asked.append(command[-1])
        return subprocess.CompletedProcess(command, int(command[-1] in failing), "", "notes\nERROR: no wheel\n")

    def call():
        asked.clear()
        install.main()
        return asked[:], capsys.readouterr().out.splitlines()

    monkeypatch.setattr(install.subprocess, "run", run)
    monkeypatch.setattr(sys, "argv", ["install.py", str(tmp_path)])
    assert len(call()[0]) > 4
    failing.remove("nengo")
    why = "norse is left out until the next call, which tries it again: ERROR: no wheel"
    assert call() == (["nengo", "norse"], [why])
    assert call() == (["norse"], [why])
    failing.clear()
    assert [call(), call()] == [(["norse"], []), ([], [])]
