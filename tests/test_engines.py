"""Every engine gives the same spikes: what Brian2 runs with numpy, with Cython, or as a C++ program of its own."""

import os
import shutil
import tempfile
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from test_network import CELLS, DIGITS, small_network

from bio import ENGINES, INPUTS, LIF, SpikingNetwork, Stimulus, simulate, standalone
from compare.cli import main
from compare.parallel import Job, run_all

SEEN = DIGITS[np.arange(13)]  # not a whole number of groups of lanes
needs_compiler = pytest.mark.skipif(shutil.which("g++") is None, reason="there is no C++ compiler")
pytestmark = pytest.mark.xdist_group("engines")  # programs are compiled once


@pytest.fixture(scope="module", autouse=True)
def programs(tmp_path_factory):
    """A cache of this module's own."""
    cache = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(standalone.platformdirs, "user_cache_dir", lambda *args, **named: str(cache))
        patch.setattr(standalone, "CELLS_AT_ONCE", 120)  # 4 lanes
        yield cache / "programs"


def shown(kind, cell, digits=SEEN):
    return Stimulus(digits.images, digits.index, kind, seed=7, eye=cell, r_max=150.0)


def both(network, stimulus, **time):
    return [simulate(network, stimulus, engine=engine, **time) for engine in ("numpy", "cpp")]


def same(one, other):
    for first, second in zip(
        (*one.counts, one.input, one.verdicts), (*other.counts, other.input, other.verdicts), strict=True
    ):
        assert first.dtype == second.dtype
        assert (first == second).all()
    assert one.times == pytest.approx(other.times)


@needs_compiler
@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
@pytest.mark.parametrize("kind", INPUTS)
def test_the_compiled_program_gives_the_same_spikes_cell_by_cell(kind, cell):
    one, other = both(small_network(cell), shown(kind, cell), duration=0.06, dt=1e-3)
    same(one, other)
    assert (
        (one.voltage == other.voltage).all()
        if not cell.noise
        else one.voltage == pytest.approx(other.voltage, abs=1e-5)
    )
    assert all(counts.sum() > 100 for counts in one.counts)  # there was something to compare


@needs_compiler
def test_its_noise_is_that_of_numpys_generators():
    """No drive but noise, so strong that a cell fires by it alone: 40,000 normal numbers, a tail among them."""
    cell = LIF(noise=1.5)
    network = SpikingNetwork((np.zeros((784, 30)), np.zeros((30, 10))), (np.zeros(30), np.zeros(10)), cell)
    one, other = both(network, shown("current", cell, DIGITS), duration=0.1, dt=1e-3)
    same(one, other)
    assert one.counts[0].sum() > 1_000


@needs_compiler
def test_three_layers_and_a_last_sample_off_the_beat_are_the_same_too():
    rng, cell = np.random.default_rng(5), LIF(t_ref=1e-3)
    widths = (784, 30, 20, 10)
    weights = [rng.normal(0, 0.06 / below, (below, above)) for below, above in pairwise(widths)]
    biases = [rng.uniform(0.5, 1.6, width) for width in widths[1:]]
    network = SpikingNetwork(tuple(weights), tuple(biases), cell)
    same(*both(network, shown("poisson", cell), duration=0.0335, dt=0.5e-3))


@needs_compiler
def test_other_weights_cells_durations_and_digits_use_the_same_program(programs):
    network = small_network(LIF(), rng_seed=11)
    simulate(network, shown("current", LIF()), engine="cpp", duration=0.02)
    before = {path.name: path.stat().st_mtime_ns for path in programs.iterdir()}
    other = small_network(LIF(tau_m=10e-3, reset="zero", noise=0.1), rng_seed=12)
    simulate(other, shown("poisson", LIF(), DIGITS), engine="cpp", duration=0.03)
    assert {path.name: path.stat().st_mtime_ns for path in programs.iterdir()} == before


@needs_compiler
def test_its_numbers_do_not_depend_on_the_number_of_workers(monkeypatch):
    monkeypatch.setattr("compare.parallel.DIGITS_A_TASK", 6)
    cell = CELLS["noisy"]
    job = Job(small_network(cell), shown("poisson", cell), 0.03, 1e-3, "cpp")
    for (one, _), (other, _) in zip(run_all([job], workers=1), run_all([job], workers=2), strict=True):
        same(one, other)


@needs_compiler
def test_the_step_and_the_layers_make_another_program():
    base = standalone.spec_for(small_network(LIF()), shown("current", LIF()), 1e-3)
    others = [
        replace(base, dt=0.5e-3),
        replace(base, widths=(31, 10)),
        standalone.spec_for(small_network(LIF()), shown("lif", LIF()), 1e-3),
    ]
    assert len({standalone.key(spec) for spec in (base, *others)}) == 4


@needs_compiler
def test_cython_gives_the_same_spikes():
    cell = CELLS["noisy"]
    network, stimulus = small_network(cell), shown("poisson", cell)
    same(*(simulate(network, stimulus, engine=engine, duration=0.05) for engine in ("numpy", "cython")))


@pytest.mark.parametrize("engine", ["cython", "cpp"])
def test_without_a_compiler_the_remedy_is_named(monkeypatch, engine):
    monkeypatch.setattr(standalone.shutil, "which", lambda name: None)
    monkeypatch.setattr(standalone, "key", lambda spec: "none such")
    with pytest.raises(ValueError, match=rf"engine {engine} needs a C\+\+ compiler.*--engine numpy"):
        simulate(small_network(LIF()), shown("current", LIF()), engine=engine)


@needs_compiler
@pytest.mark.parametrize("damage", ["another program", "cut off", "an empty folder"])
def test_a_program_that_was_damaged_is_made_anew(damage, programs, monkeypatch):
    network, stimulus = small_network(LIF()), shown("current", LIF())
    wanted = simulate(network, stimulus, engine="cpp")
    path, _ = standalone.compiled(standalone.spec_for(network, stimulus, 1e-3))
    whole, made = path.read_bytes(), []

    def make(spec, there):
        made.append(there)
        there.rmdir() if there.is_dir() else there.unlink()
        there.write_bytes(whole)
        there.chmod(0o755)

    monkeypatch.setattr(standalone, "make", make)
    if damage == "an empty folder":
        path.unlink()
        path.mkdir()
    else:
        path.write_bytes(b"#!/bin/sh\nexit 3\n" if damage == "another program" else whole[: len(whole) // 2])
    same(simulate(network, stimulus, engine="cpp"), wanted)
    assert made == [path]
    assert path.read_bytes() == whole


def test_a_folder_of_programs_that_cannot_be_written_is_named_before_anything_is_compiled(tmp_path, monkeypatch):
    (tmp_path / "programs").touch()
    spec = standalone.spec_for(small_network(LIF()), shown("current", LIF()), 1e-3)
    monkeypatch.setattr(standalone, "check_compiler", lambda engine: None)
    monkeypatch.setattr(standalone.subprocess, "run", lambda *words, **how: pytest.fail("compiled"))
    with pytest.raises(OSError, match=r"programs: the program for engine cpp cannot be kept there .*--engine numpy"):
        standalone.make(spec, tmp_path / "programs" / "p")


def test_what_killed_processes_left_half_made_is_removed_and_what_is_new_stays(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    old, new = (tmp_path / f"{standalone.PREFIX}{age}" for age in ("old", "new"))
    old.mkdir()
    new.mkdir()
    part = tmp_path / ".p.0a1b2c3d.part"
    part.touch()
    for path in (old, part):
        os.utime(path, (0, 0))
    standalone.clear_away(tmp_path)
    assert list(tmp_path.iterdir()) == [new]


@needs_compiler
@pytest.mark.skipif(os.name != "posix", reason="writes a script for sh")
def test_a_program_that_ctrl_c_ended_is_not_made_anew(programs, monkeypatch):
    network, stimulus = small_network(LIF()), shown("current", LIF())
    path, _ = standalone.compiled(standalone.spec_for(network, stimulus, 1e-3))
    whole = path.read_bytes()
    monkeypatch.setattr(standalone, "make", lambda spec, there: pytest.fail("made anew"))
    path.write_bytes(b"#!/bin/sh\nkill -INT $$\nsleep 9\n")
    try:
        with pytest.raises(KeyboardInterrupt):
            simulate(network, stimulus, engine="cpp")
        jobs = [Job(network, stimulus, 0.03, 1e-3, "cpp")] * 3
        with pytest.raises(KeyboardInterrupt):
            run_all(jobs, workers=2)
    finally:
        path.write_bytes(whole)


@needs_compiler
def test_a_program_that_fails_also_when_it_was_made_anew_is_named_with_the_remedy(programs, monkeypatch):
    network, stimulus = small_network(LIF()), shown("current", LIF())
    path, _ = standalone.compiled(standalone.spec_for(network, stimulus, 1e-3))
    whole = path.read_bytes()
    monkeypatch.setattr(standalone, "make", lambda spec, there: None)
    path.write_bytes(b"#!/bin/sh\nexit 3\n")
    try:
        with pytest.raises(OSError, match=r"failed \(exit code 3\): use --engine numpy"):
            simulate(network, stimulus, engine="cpp")
    finally:
        path.write_bytes(whole)


def test_an_engine_that_there_is_not_is_refused(capsys, monkeypatch):
    with pytest.raises(ValueError, match='no engine "gpu": choose from numpy, cython, cpp'):
        simulate(small_network(LIF()), shown("current", LIF()), engine="gpu")
    monkeypatch.setattr("sys.argv", ["analogy", "compare", "--engine", "gpu"])
    with pytest.raises(SystemExit, match="2"):
        main()
    assert "choose from numpy, cython, cpp" in capsys.readouterr().err
    assert ENGINES[0] == "numpy"
