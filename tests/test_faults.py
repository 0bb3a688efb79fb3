"""A command that is killed, interrupted, short of disk or not alone loses nothing, and the next run works; a sample of
what `make faults` tries."""

import errno
import json
import os
import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from faults import COMMANDS, Place, disturb, without_power
from specimens import files_in, small_mnist

from ann import MLP, Training, load_model, save_model
from compare import cache, files
from compare.cache import trained_model
from compare.files import ABANDONED, PART, prepare_folder, tidy, whole, write_json, write_utf8
from compare.sentence import MOST_LETTERS, in_a_line
from data import load_digits

ROOT_USER = os.name == "posix" and not os.geteuid()
posix = pytest.mark.skipif(os.name != "posix", reason="only POSIX has these signals and limits")


@pytest.fixture(scope="module")
def train(tmp_path_factory):
    """Where the quickest command runs, which writes into its own folder and uses no cache."""
    place = Place(tmp_path_factory.mktemp("faults") / "train", COMMANDS["train"])
    place.root.mkdir()
    place.measure()
    return place


@posix
@pytest.mark.xdist_group("faults")
@pytest.mark.parametrize(
    "fault", ["kill -9", "disk full", "Ctrl-C twice", pytest.param("write fails midway", marks=pytest.mark.skipif(
        shutil.which("prlimit") is None, reason="needs prlimit"))],
)  # fmt: skip
def test_a_fault_loses_nothing_and_the_next_run_gives_the_same_files(fault, train):
    train.clear()
    disturb(train, fault, random.Random(fault), 1)


@posix
@pytest.mark.skipif(ROOT_USER and shutil.which("setpriv") is None, reason="root needs setpriv to lose its power")
@pytest.mark.xdist_group("faults")
def test_a_closed_folder_is_named_before_any_work(train):
    train.clear()
    assert disturb(train, "folder read-only", random.Random(0), 1) == "1 × code 2"


@posix
@pytest.mark.skipif(not ROOT_USER or shutil.which("setpriv") is None, reason="only root has such power")
def test_root_without_its_power_is_bound_by_permissions(tmp_path):
    """So that the test above tests something."""
    tmp_path.chmod(0o555)
    code = "import sys; open(sys.argv[1], 'w')"
    done = subprocess.run([*without_power(), sys.executable, "-c", code, str(tmp_path / "file")], capture_output=True)
    assert b"PermissionError" in done.stderr


# --- half-written files


def test_a_file_that_cannot_be_written_is_named_and_nothing_is_left(tmp_path):
    def write():
        with whole(tmp_path / "scores.json") as part:
            part.write_text("half")
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space left") as caught:
        write()
    assert in_a_line(caught.value) == (
        f"{tmp_path / 'scores.json'}: no space left on device: make room, or choose another folder"
    )
    assert files_in(tmp_path) == []


def test_a_model_that_cannot_be_written_is_named(tmp_path, monkeypatch):
    def fail(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("numpy.savez_compressed", fail)
    model = MLP.random((3, 2), activation="relu", rng=np.random.default_rng(0))
    with pytest.raises(OSError, match="No space left") as caught:
        save_model(tmp_path / "model.npz", model, {})
    assert caught.value.filename == str(tmp_path / "model.npz")
    assert files_in(tmp_path) == []


def abandoned(folder, name):
    """A file that was being written when its process was killed, long ago."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("half")
    os.utime(folder / name, (1, 1))
    return folder / name


@pytest.mark.parametrize("name", ["scores.json", "figure.svg", "plain", ".hidden.png"])
def test_what_a_killed_run_was_writing_is_cleared_away_and_nothing_else(tmp_path, name, monkeypatch):
    monkeypatch.setattr("pathlib.Path.replace", lambda part, path: os.link(part, part.with_name(part.name + "!")))
    with whole(tmp_path / name) as part:
        part.write_text("half")
    left = part.with_name(part.name + "!").rename(part)
    mine = [
        abandoned(tmp_path, other)
        for other in ("scores.json", ".part", ".a.part", ".a.12345678.parts", "a.12345678.part")
    ]
    tidy(tmp_path)
    assert left.exists()  # it changed just now: someone may be writing it
    os.utime(left, (1, 1))
    tidy(tmp_path)
    assert sorted(files_in(tmp_path)) == sorted(mine)


def test_models_and_programs_that_were_being_written_are_cleared_away_too(tmp_path):
    for name in (".model.npz.0a1b2c3d.part", ".0123.0a1b2c3d.part"):
        assert PART.fullmatch(name)
        abandoned(tmp_path, name)
    prepare_folder(tmp_path)
    assert files_in(tmp_path) == []


def test_a_cache_is_tidied_when_it_is_used(tmp_path, monkeypatch):
    monkeypatch.setattr(cache, "cache_folder", lambda: tmp_path)
    left = abandoned(tmp_path / "models", ".a.npz.0a1b2c3d.part")
    trained_model(Training((784, 4, 10), "relu", epochs=1), load_digits("train").spread(100))
    assert not left.exists()
    assert ABANDONED >= 300


@posix
@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_a_pipe_or_a_device_is_neither_read_nor_replaced(tmp_path, kind):
    path = tmp_path / "pipe"
    os.mkfifo(path) if kind == "pipe" else path.symlink_to(os.devnull)
    model = MLP.random((3, 2), activation="relu", rng=np.random.default_rng(0))
    for use in (load_model, lambda path: files.read_utf8(path, 10)):
        with pytest.raises(ValueError, match="pipe or a device"):
            use(path)
    for use in (lambda path: save_model(path, model, {}), lambda path: write_utf8(path, "text")):
        with pytest.raises(OSError, match="pipe or a device"):
            use(path)
    assert [left.name for left in tmp_path.iterdir()] == ["pipe"]


def test_figures_of_an_earlier_run_go_when_those_of_this_one_are_there(tmp_path):
    from compare.figures import clear
    from compare.pair import twin_names

    written = ["rates-relu.png", "rates-relu.svg"]
    somebody_elses = ["rates.txt", "other.png", "rates-of-pay.png", "rates-lif-2023.svg"]
    for name in (*written, *somebody_elses, "rates-lif.png", "rates-sigmoid-retuned.svg"):
        (tmp_path / name).touch()
    clear(tmp_path, [f"rates-{name}" for name in twin_names()], [tmp_path / name for name in written])
    assert {path.name for path in files_in(tmp_path)} == {*written, *somebody_elses}


# --- what is said


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (OSError(errno.ENOSPC, "No space left"), "no space left: make room, or choose another folder"),
        (OSError(errno.EACCES, "Permission denied", "a"), "a: permission denied: check the path"),
        (MemoryError(), "there is not enough memory for this"),
        (ValueError("two\nlines \x1b[2J\udcff"), "two lines \\x1b[2J\\udcff"),
        (KeyError(), "KeyError"),
    ],
    ids=str,
)  # fmt: skip
def test_an_error_is_told_in_one_printable_line(problem, said):
    assert in_a_line(problem) == said


def test_a_long_error_keeps_its_beginning_and_its_remedy():
    said = in_a_line(f"plan.toml: {'x' * 5_000}: choose another")
    assert len(said) <= MOST_LETTERS + 3
    assert said.startswith("plan.toml: xxx")
    assert said.endswith("xxx: choose another")


@posix
@pytest.mark.skipif(sys.platform == "darwin", reason="macOS has no such names")
def test_a_folder_whose_name_is_no_utf8_costs_no_result(tmp_path):
    digits = small_mnist(tmp_path / os.fsdecode(b"\xff-digits"), train=100, test=5)
    write_json(tmp_path / "a.json", {"data": str(digits)})
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8")) == {"data": str(digits)}
    words = ["train", "--sizes", "784,4,10", "--epochs", "1", "--data", digits, "--out", digits / "model.npz"]
    command = [os.fsencode(word) for word in (sys.executable, "-m", "compare", *words)]
    done = subprocess.run(command, capture_output=True, env={**os.environ, "PYTHONWARNINGS": "ignore"})
    assert (done.returncode, done.stderr) == (0, b"")
    assert rb"\udcff-digits/model.npz" in done.stdout
    assert load_model(digits / "model.npz")[0].sizes == (784, 4, 10)


def check_stopped(code):
    """Such a process ends soon, and says in one line that it was stopped."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=20)
    assert (done.returncode, done.stderr) == (130, "analogy: stopped; what had been written is whole\n")


@posix
def test_a_second_ctrl_c_ends_at_once():
    code = (
        "import compare.cli, os, signal, time\n"
        "def stop(**how): raise KeyboardInterrupt\n"
        "compare.cli.app = stop\n"
        "try: compare.cli.main()\n"
        "except SystemExit: os.kill(os.getpid(), signal.SIGINT); time.sleep(30)\n"
    )
    before = signal.getsignal(signal.SIGINT)
    check_stopped(code)
    assert signal.getsignal(signal.SIGINT) is before


@posix
def test_a_second_ctrl_c_does_not_wait_for_what_the_first_one_has_cleared_up():
    code = (
        "import compare.cli, os, signal, time\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "def stop(**how):\n"
        "    try: os.kill(os.getpid(), signal.SIGINT); time.sleep(30)\n"
        "    finally: os.kill(os.getpid(), signal.SIGINT); time.sleep(30)\n"
        "compare.cli.app = stop\n"
        "compare.cli.main()\n"
    )
    check_stopped(code)


@posix
def test_a_ctrl_c_that_comes_while_an_object_is_taken_apart_stops_the_command_too():
    code = (
        "import compare.cli, os, signal, time, weakref\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "class Thing: pass\n"
        "def stop(**how):\n"
        "    thing = Thing()\n"
        "    kept = weakref.ref(thing, lambda _: (os.kill(os.getpid(), signal.SIGINT), time.sleep(1)))\n"
        "    del thing\n"
        "    time.sleep(30)\n"
        "compare.cli.app = stop\n"
        "compare.cli.main()\n"
    )
    check_stopped(code)


@posix
def test_brian2_leaves_nothing_among_the_temporary_files_of_a_process_that_is_killed(tmp_path):
    code = (
        "import os, signal; from bio.brian import brian2; b2 = brian2()\n"
        "b2.Network(b2.NeuronGroup(1, 'v : 1')).run(1 * b2.ms)\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONWARNINGS": "ignore"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert list(tmp_path.iterdir()) == []


@posix
@pytest.mark.skipif(shutil.which("prlimit") is None, reason="needs prlimit")
def test_brian2_is_imported_without_a_word_where_nothing_can_be_written():
    command = ["prlimit", "--fsize=1", sys.executable, "-c", "from bio.brian import brian2; brian2()"]
    done = subprocess.run(command, env={**os.environ, "PYTHONWARNINGS": "ignore"}, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@posix
def test_a_worker_that_is_just_starting_leaves_ctrl_c_to_the_process_that_it_works_for():
    code = (
        "import os, signal, threading, time\n"
        "from joblib import delayed; from compare.workers import in_processes\n"
        "def work(): time.sleep(60)\n"
        "def stop():\n"
        "    for pause in (float(os.environ['AFTER']), 8):  # the first may come while nobody listens\n"
        "        time.sleep(pause); os.killpg(0, signal.SIGINT)\n"
        "threading.Thread(target=stop, daemon=True).start()\n"
        "try: list(in_processes((delayed(work)() for _ in range(4)), workers=2))\n"
        "except KeyboardInterrupt: print('stopped')\n"
    )
    for after in ("0.05", "0.2", "0.5", "2"):
        done = subprocess.run(
            [sys.executable, "-c", "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n" + code],
            env={**os.environ, "AFTER": after},
            capture_output=True,
            text=True,
            timeout=40,
            start_new_session=True,
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, "stopped\n", "")


@posix
def test_a_ctrl_c_that_comes_before_all_tasks_were_handed_out_is_not_told_by_a_thread():
    code = (
        "import os, signal, threading, time\n"
        "from joblib.externals.loky.process_executor import _ExecutorManagerThread as Manager\n"
        "from joblib import delayed; from compare.workers import in_processes\n"
        "at_once = Manager.add_call_item_to_queue\n"
        "Manager.add_call_item_to_queue = lambda self: self.executor_flags.shutdown and at_once(self)\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "threading.Timer(2, lambda: os.kill(os.getpid(), signal.SIGINT)).start()\n"
        "try: list(in_processes((delayed(time.sleep)(60) for _ in range(4)), workers=2))\n"
        "except KeyboardInterrupt: print('stopped')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "stopped\n", "")


@posix
def test_a_folder_for_temporary_files_whose_name_is_not_ascii_stops_no_pool(tmp_path):
    place = tmp_path / "Jörg"
    place.mkdir()
    code = (
        "from joblib import delayed; from compare.workers import in_processes\n"
        "print(*in_processes((delayed(abs)(-n) for n in range(3)), workers=2))"
    )
    environment = {**os.environ, "JOBLIB_TEMP_FOLDER": str(place)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "0 1 2\n", "")


def test_a_file_that_a_scanner_holds_for_a_moment_is_replaced_when_it_lets_go(tmp_path, monkeypatch):
    replace, tried = Path.replace, []

    def held(part, path):
        tried.append(path)
        if len(tried) < 3:
            raise PermissionError(13, "Permission denied", str(part))
        return replace(part, path)

    monkeypatch.setattr("compare.files.PAUSES", (0, 0))
    monkeypatch.setattr(Path, "replace", held)
    write_utf8(tmp_path / "a.txt", "new")
    assert len(tried) == 3
    assert (tmp_path / "a.txt").read_text() == "new"


KILLED = {
    "at work": (
        "def work(): time.sleep(0.5); return os.getpid()\n"
        "pids = set()\n"
        "while len(pids) < 2: pids |= set(in_processes((delayed(work)() for _ in range(2)), workers=2))\n"
        "print(*pids, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    ),
    "before they have begun": (
        "from joblib.externals.loky.process_executor import _ExecutorManagerThread as Manager\n"
        "Manager.add_call_item_to_queue = lambda self: print(*self.processes, flush=True) or os.kill(os.getpid(), 9)\n"
        "list(in_processes((delayed(time.sleep)(60) for _ in range(2)), workers=2))"
    ),
}


@posix
@pytest.mark.parametrize("when", KILLED)
def test_workers_end_when_the_process_that_they_work_for_is_killed(when):
    code = "import os, signal, time; from joblib import delayed; from compare.workers import in_processes\n"
    command = [sys.executable, "-c", code + KILLED[when]]
    started = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    said, _ = started.communicate(timeout=120)  # comes back when no worker holds the other end of the pipe any more
    assert started.returncode == -signal.SIGKILL
    assert len(said.split()) == 2
