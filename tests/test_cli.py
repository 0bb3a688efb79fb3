"""The command: bad input ends it with one line and exit code 2, good input leaves whole files where it should."""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest
from specimens import files_in, small_mnist, taught

import compare.cli as cli
from ann import ACTIVATIONS, load_model, save_model
from ann.training import OPTIMIZERS
from compare.commands import terminal
from compare.commands.options import options_from
from compare.options import Options

RUN_OF_SEVERAL = "compare.comparison.run_comparison"
HEAVY = {"numpy", "scipy", "matplotlib", "brian2", "joblib", "ann", "bio", "data"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return small_mnist(tmp_path_factory.mktemp("digits"), test=12)


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    place = tmp_path_factory.mktemp("models") / "relu.npz"
    save_model(place, taught((784, 8, 10), "relu"), {})
    return place


@pytest.fixture(autouse=True)
def no_user_cache(tmp_path, monkeypatch):
    """The environment is what a subprocess sees of it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)


def in_a_process(*words):
    environment = {**os.environ, "PYTHONWARNINGS": "ignore", "COLUMNS": "100"}
    return subprocess.run([sys.executable, *map(str, words)], capture_output=True, text=True, env=environment)


def assert_one_line(said, *, words=""):
    code, out, err = said
    assert code == 2
    assert err.startswith("analogy: ")
    assert err.count("\n") == 1
    assert err.endswith("\n")
    assert len(err) < 250
    assert "Traceback" not in err + out
    assert "─" not in err  # no box around it
    assert out == ""
    assert re.search(words, err), err


# --- bad options

BAD = {
    "an unknown activation": (["--activation", "tanh"], "tanh.*relu, sigmoid"),
    "one of two activations unknown": (["--activation", "relu,tanh"], "tanh"),
    "no activation": (["--activation", ","], "at least one"),
    "sizes that start elsewhere": (["--sizes", "783,100,10"], "784 pixels"),
    "sizes that end elsewhere": (["--sizes", "784,100,11"], "10 outputs"),
    "one size": (["--sizes", "784"], "784 pixels"),
    "a size of 0": (["--sizes", "784,0,10"], "784,0,10"),
    "a negative size": (["--sizes", "784,-5,10"], "784,-5,10"),
    "sizes in words": (["--sizes", "784,many,10"], "whole numbers"),
    "a size left out": (["--sizes", "784,,10"], "whole numbers"),
    "no sizes": (["--sizes", ""], "whole numbers"),
    "a size of nan": (["--sizes", "784,nan,10"], "whole numbers"),
    "a size and a half": (["--sizes", "784,1.5,10"], "whole numbers"),
    "zero digits": (["--digits", "0"], "0 digits"),
    "negative digits": (["--digits", "-5"], "-5 digits"),
    "digits of nan": (["--digits", "nan"], "--digits"),
    "one digit and a half": (["--digits", "1.5"], "--digits"),
    "digits in words": (["--digits", "ten"], "--digits"),
    "a negative duration": (["--duration", "-100"], "duration"),
    "no duration": (["--duration", "0"], "duration"),
    "a duration of nan": (["--duration", "nan"], "duration"),
    "an endless duration": (["--duration", "inf"], "duration"),
    "a duration in words": (["--duration", "long"], "--duration"),
    "a step longer than the duration": (["--duration", "5", "--dt", "6"], "dt 6 ms is longer"),
    "no step": (["--dt", "0"], "dt"),
    "a negative step": (["--dt", "-1"], "dt"),
    "a step of nan": (["--dt", "nan"], "dt"),
    "an endless step": (["--dt", "inf"], "dt"),
    "a step too coarse for random spikes": (["--dt", "6"], "dt 6 ms.*5 ms"),
    "an unknown input": (["--input", "retina"], "retina.*current, lif, poisson"),
    "no input": (["--input", ""], "at least one"),
    "an unknown alignment": (["--align", "middle"], "middle.*threshold, slope"),
    "an unknown reset": (["--reset", "half"], "half.*subtract, zero"),
    "a negative membrane time constant": (["--tau-m", "-20"], "tau_m"),
    "no membrane time constant": (["--tau-m", "0"], "tau_m"),
    "a membrane time constant of nan": (["--tau-m", "nan"], "tau_m"),
    "an endless membrane time constant": (["--tau-m", "inf"], "tau_m"),
    "a negative refractory time": (["--t-ref", "-1"], "t_ref"),
    "a refractory time of nan": (["--t-ref", "nan"], "t_ref"),
    "an endless refractory time": (["--t-ref", "inf"], "t_ref"),
    "a negative synaptic time constant": (["--tau-syn", "-5"], "tau_syn"),
    "a synaptic time constant of nan": (["--tau-syn", "nan"], "tau_syn"),
    "negative noise": (["--noise", "-0.1"], "noise"),
    "noise of nan": (["--noise", "nan"], "noise"),
    "endless noise": (["--noise", "inf"], "noise"),
    "a rate that the refractory time forbids": (["--r-max", "500"], "r_max 500"),
    "a rate that a sigmoid's cell can't reach": (["--r-max", "250"], "t_ref 4 ms.*r_max 250"),
    "a rate that a recalibrated cell can't reach": (["--t-ref", "5", "--recalibrate"], "t_ref 5 ms.*r_max 200"),
    "a rate too slow for the leak": (["--r-max", "1"], "r_max 1 Hz"),
    "a rate of 0": (["--r-max", "0"], "r_max"),
    "a negative rate": (["--r-max", "-200"], "r_max"),
    "a rate of nan": (["--r-max", "nan"], "r_max"),
    "an endless rate": (["--r-max", "inf"], "r_max"),
    "a negative seed": (["--seed", "-1"], "seed"),
    "a seed of nan": (["--seed", "nan"], "--seed"),
    "no workers": (["--workers", "0"], "0 workers"),
    "negative workers": (["--workers", "-2"], "-2 workers"),
    "workers in words": (["--workers", "all"], "--workers"),
    "a missing data folder": (["--data", "nowhere"], "nowhere.*four IDX files"),
    "a missing model": (["--model", "nowhere.npz"], r"nowhere\.npz"),
    "a folder for a model": (["--model", "."], r"'?\.'?"),
    "an option that there is not": (["--colour", "red"], "--colour"),
    "an option without its value": (["--digits"], "--digits"),
    "a word too many": (["everything"], "everything"),
}


@pytest.mark.parametrize("command", ["budget", "tension", "diagnose"])
@pytest.mark.parametrize(
    "case", ["an unknown activation", "zero digits", "no step", "negative noise", "a missing model"]
)
def test_every_command_that_makes_pairs_refuses_what_compare_does(command, case, analogy, folder, tmp_path):
    words, said = BAD[case]
    if command == "diagnose":  # which takes the model by its name alone, and has another default number of digits
        words = words[1:] if words[0] == "--model" else words
        words = words if words[0] == "--digits" else ["--digits", "5", *words]
    before = files_in(tmp_path)
    assert_one_line(analogy(command, "--data", folder, *words), words=said)
    assert files_in(tmp_path) == before


@pytest.mark.parametrize("words", [["--align", "slope"], ["--retune"], ["--workers", "0"]], ids=str)
def test_the_sweep_of_c0_refuses_what_is_no_plain_threshold_alignment(words, analogy, folder, tmp_path):
    assert_one_line(analogy("tension", "--data", folder, "--out", tmp_path / "out", *words))
    assert files_in(tmp_path) == []


@pytest.mark.parametrize("case", BAD)
def test_a_bad_option_ends_in_one_line_with_code_2_and_writes_nothing(case, analogy, folder, tmp_path):
    words, said = BAD[case]
    before = files_in(tmp_path)
    given = [] if "--data" in words else ["--data", folder]
    assert_one_line(analogy("compare", "--out", tmp_path / "out", *given, *words), words=said)
    assert files_in(tmp_path) == before


def test_more_digits_than_there_are_is_a_bad_option(analogy, folder, tmp_path):
    said = analogy("compare", "--data", folder, "--digits", "13", "--out", tmp_path / "out")
    assert_one_line(said, words="13 digits.*1 to 12")
    assert files_in(tmp_path) == []


@pytest.mark.parametrize("damage", ["cut off", "text", "empty"])
def test_a_damaged_model_is_named_in_one_line(damage, analogy, folder, model, tmp_path):
    content = model.read_bytes()
    file = tmp_path / "damaged.npz"
    file.write_bytes({"cut off": content[: len(content) // 2], "text": b"not a model", "empty": b""}[damage])
    said = analogy("compare", "--data", folder, "--model", file, "--out", tmp_path / "out")
    assert_one_line(said, words=r"damaged\.npz.*train it anew")
    assert files_in(tmp_path) == [file]


def test_a_model_for_other_images_is_named_in_one_line(analogy, folder, tmp_path):
    file = tmp_path / "other.npz"
    rng = np.random.default_rng(0)
    from ann import MLP

    save_model(file, MLP.random((100, 10), activation="relu", rng=rng), {})
    said = analogy("compare", "--data", folder, "--model", file, "--out", tmp_path / "out")
    assert_one_line(said, words=r"other\.npz.*784")


@pytest.mark.parametrize("place", ["file", "file/below", "file/far/below"])
def test_an_out_folder_that_cannot_be_written_is_named_before_any_work(place, analogy, folder, tmp_path, monkeypatch):
    monkeypatch.setattr(RUN_OF_SEVERAL, lambda *args, **kwargs: pytest.fail("worked"))
    (tmp_path / "file").write_text("in its place")
    said = analogy("compare", "--data", folder, "--out", tmp_path / place)
    assert_one_line(said, words=f"{re.escape(str(tmp_path / place))}: results cannot be written there")
    assert (tmp_path / "file").read_text() == "in its place"


def test_an_out_folder_that_is_there_but_closed_is_named_before_any_work(analogy, folder, tmp_path, monkeypatch):
    def closed(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(RUN_OF_SEVERAL, lambda *args, **kwargs: pytest.fail("worked"))
    monkeypatch.setattr(Path, "touch", closed)  # root may write into any real one
    said = analogy("compare", "--data", folder, "--out", tmp_path)
    assert_one_line(said, words=r"results cannot be written there \(Permission denied\): choose another folder")


def test_what_was_in_the_out_folder_survives_a_bad_option(analogy, folder, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "scores.json").write_text("precious")
    assert_one_line(analogy("compare", "--data", folder, "--digits", "99", "--out", out))
    assert files_in(tmp_path) == [out / "scores.json"]
    assert (out / "scores.json").read_text() == "precious"


def test_a_data_folder_with_a_file_missing_is_named_in_one_line(analogy, folder, tmp_path):
    place = small_mnist(tmp_path / "digits", train=20, test=5)
    (place / "t10k-labels-idx1-ubyte").unlink()
    said = analogy("compare", "--data", place, "--out", tmp_path / "out")
    assert_one_line(said, words="t10k-labels-idx1-ubyte")


def test_a_network_too_large_for_any_memory_is_refused_in_one_line(analogy, folder, tmp_path):
    said = analogy("compare", "--data", folder, "--sizes", f"784,{10**14},10", "--out", tmp_path / "out")
    assert_one_line(said)
    assert files_in(tmp_path) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--activation", "tanh"], "tanh"),
        (["--sizes", "784,5"], "10 outputs"),
        (["--sizes", "5,10"], "784 pixels"),
        (["--epochs", "0"], "epochs"),
        (["--epochs", "some"], "--epochs"),
        (["--optimizer", "hope"], "hope.*adam, sgd"),
        (["--seed", "-1"], "seed"),
        (["--jitter", "-1"], "jitter"),
        (["--jitter", "much"], "--jitter"),
        (["--data", "nowhere"], "nowhere"),
        (["--out", "a-folder"], "a-folder: is a folder"),
        (["--out", "a-file/model.npz"], "a-file"),
    ],
    ids=str,
)
def test_train_refuses_in_one_line_what_cannot_be(words, said, analogy, folder, tmp_path):
    (tmp_path / "a-folder").mkdir()
    (tmp_path / "a-file").write_text("")
    given = [] if "--data" in words else ["--data", folder]
    assert_one_line(analogy("train", *given, *words), words=said)
    assert files_in(tmp_path) == [tmp_path / "a-file"]


def test_an_unknown_command_ends_in_one_line(analogy):
    assert_one_line(analogy("dream"), words="dream")


@pytest.mark.parametrize(
    ("words", "command"),
    [
        (["dream"], ""),
        (["--colour"], ""),
        (["compare", "--colour", "red"], " compare"),
        (["compare", "--digits", "some"], " compare"),
        (["train", "everything"], " train"),
        (["lab", "start", "1"], " lab start"),
        (["lab", "export"], " lab export"),
    ],
    ids=str,
)
def test_words_that_are_no_options_are_told_with_the_help_that_names_them(words, command, analogy):
    assert_one_line(analogy(*words), words=rf"[^.]: .+{command} --help says what there is$")


def test_an_option_without_its_value_is_told_with_where_to_look(analogy):
    said = analogy("compare", "--digits")
    assert_one_line(said, words="--digits' requires an argument: the command's --help says what there is$")


def test_where_typer_knows_what_was_meant_that_is_the_remedy(analogy):
    assert_one_line(analogy("comparee"), words=r"Did you mean 'compare'\?$")


WRITERS = (
    "compare",
    "budget",
    "tension",
    "neuron",
    "experiment race",
    "report",
    "learn --score",
    "sweep --vary tau_m=5,10",
)


@pytest.mark.parametrize("place", ["a-file", "a-file/out"])
@pytest.mark.parametrize("command", [*WRITERS, "lab start 1 --student ann"])
def test_a_file_where_a_folder_should_be_is_named_with_what_to_do(command, place, analogy, tmp_path):
    (tmp_path / "a-file").touch()
    said = analogy(*command.split(), "--out", place)
    assert_one_line(said, words=r"a-file.*: results cannot be written there \(.+\): choose another folder$")
    assert (tmp_path / "a-file").read_bytes() == b""


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("nowhere", "nowhere: no such file or directory: check the path$"),
        ("a-folder", "a-folder: is a directory: name a file$"),
        ("a-file/model", "a-file.model: not a directory: check the path$"),
        ("a-file", "a-file: is damaged, or no model of this project .*: train it anew$"),
    ],
)
@pytest.mark.parametrize("command", ["compare", "budget", "diagnose", "experiment race", "animate"])
def test_a_path_that_leads_to_no_model_is_named_with_what_to_do(command, path, said, analogy, folder, tmp_path):
    (tmp_path / "a-folder").mkdir()
    (tmp_path / "a-file").touch()
    assert_one_line(analogy(*command.split(), "--data", folder, "--model", path), words=said)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("nowhere.toml", "nowhere.toml: no such file or directory: check the path$"),
        ("a-folder", "a-folder: is a directory: name a file$"),
        ("a-file/plan.toml", "a-file.plan.toml: not a directory: check the path$"),
    ],
)
def test_a_path_that_leads_to_no_plan_is_named_with_what_to_do(path, said, analogy, tmp_path):
    (tmp_path / "a-folder").mkdir()
    (tmp_path / "a-file").touch()
    assert_one_line(analogy("sweep", path), words=said)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("animate --activation relu,sigmoid", "activations relu,sigmoid: a film shows one pair: name one$"),
        ("animate --input current,lif", "inputs current,lif: a film shows one pair: name one$"),
        ("animate --retune", "a film shows one pair: leave --retune out$"),
        ("animate --digits 99999 --number 12", "digit 12: there are digits 0 to 11: choose one of them$"),
        ("tension --input current,lif", "inputs current,lif: the drive is moved under one: name one$"),
        ("diagnose a.npz --model b.npz", "a.npz and --model b.npz: one pair is diagnosed at a time: name one$"),
    ],
)
def test_what_would_be_left_out_is_refused_before_any_work(words, said, analogy, folder, monkeypatch):
    monkeypatch.setattr("compare.comparison.prepared", lambda *_, **__: pytest.fail("worked"))
    assert_one_line(analogy(*words.split(), "--data", folder), words=said)


# --- how it ends otherwise


def test_debug_shows_where_an_error_came_from(model):
    done = in_a_process("-m", "compare", "--debug", "compare", "--digits", "0")
    assert done.returncode == 1
    assert "Traceback (most recent call last)" in done.stderr
    assert "ValueError: 0 digits" in done.stderr


def test_without_debug_a_process_ends_with_code_2_and_one_line_too():
    done = in_a_process("-m", "compare", "compare", "--digits", "0")
    assert_one_line((done.returncode, done.stdout, done.stderr), words="0 digits: choose at least 1")


def test_ctrl_c_keeps_the_network_so_far_and_ends_with_130(analogy, folder, monkeypatch, tmp_path):
    learned = []

    class Interrupted(OPTIMIZERS["sgd"]):
        def descend(self, gradients, step_size):
            learned.append(step_size)
            if len(learned) == 40:
                raise KeyboardInterrupt
            super().descend(gradients, step_size)

    monkeypatch.setitem(OPTIMIZERS, "sgd", Interrupted)
    code, out, err = analogy("train", "--data", folder, "--optimizer", "sgd", "--epochs", 90)
    assert (code, out) == (130, "")
    said = re.fullmatch(
        r"analogy: stopped after (\d+) of 90 epochs: .* test digits; the network is in model\.npz\n", err
    )
    assert len(load_model(tmp_path / "model.npz")[1]["history"]) == int(said[1]) > 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGPIPE")
@pytest.mark.parametrize("command", ["lab list", "--help", "diagnose --help"])
def test_a_reader_who_goes_away_is_told_nothing_and_the_code_is_141(command):
    nobody, pipe = os.pipe()
    os.close(nobody)
    words = [sys.executable, "-m", "compare", *command.split()]
    done = subprocess.run(words, stdout=pipe, stderr=subprocess.PIPE, text=True, check=False)
    os.close(pipe)
    assert (done.returncode, done.stderr) == (141, "")


def test_ctrl_c_before_the_first_epoch_ends_leaves_the_network_that_was_there(analogy, folder, monkeypatch, tmp_path):
    class Interrupted(OPTIMIZERS["sgd"]):
        def descend(self, gradients, step_size):
            raise KeyboardInterrupt

    monkeypatch.setitem(OPTIMIZERS, "sgd", Interrupted)
    (tmp_path / "model.npz").write_text("good")
    code, out, err = analogy("train", "--data", folder, "--optimizer", "sgd")
    assert (code, out) == (130, "")
    assert err == "analogy: stopped before the first epoch ended: nothing was learned, and model.npz is as it was\n"
    assert (tmp_path / "model.npz").read_text() == "good"


def test_ctrl_c_ends_in_one_line_with_the_shells_code(analogy, monkeypatch, tmp_path):
    def interrupted(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(RUN_OF_SEVERAL, interrupted)
    code, out, err = analogy("compare", "--out", tmp_path / "out")
    assert (code, out) == (130, "")
    assert re.fullmatch(r"analogy: stopped.*\n", err)
    assert files_in(tmp_path) == []


@pytest.mark.parametrize("stop", [KeyboardInterrupt, cli.typer.Abort])
def test_ctrl_c_ends_so_with_any_typer_whichever_way_it_lets_it_through(stop, analogy, monkeypatch):
    def app(**kwargs):
        raise stop

    monkeypatch.setattr(cli, "app", app)
    code, _, err = analogy("compare")
    assert code == 130
    assert re.fullmatch(r"analogy: stopped.*\n", err)


def test_the_version_is_that_of_the_distribution(analogy):
    assert analogy("--version") == (0, f"neural-analogy {version('neural-analogy')}\n", "")


@pytest.mark.parametrize("words", [["--help"], ["-h"], [], ["compare", "--help"], ["train", "--help"]], ids=str)
def test_help_is_given_without_importing_anything_heavy(words):
    code = (
        "import sys; from compare.cli import main\n"
        f"sys.argv = ['analogy', *{words!r}]\n"
        "try:\n    main()\nfinally:\n    print('\\nIMPORTED', *{name.split('.')[0] for name in sys.modules})"
    )
    done = in_a_process("-c", code)
    assert done.returncode == 0, done.stderr
    said, imported = done.stdout.split("IMPORTED")
    assert "Usage:" in said
    assert HEAVY & set(imported.split()) == set()


def test_help_names_every_activation():
    assert list(ACTIVATIONS) == terminal.ACTIVATION_NAMES.split(", ")
    for command in ("train", "compare"):
        said = " ".join(in_a_process("-m", "compare", command, "--help").stdout.replace("│", " ").split())
        assert terminal.ACTIVATION_NAMES in said


def test_what_nobody_asks_for_is_the_same_on_the_command_line_and_in_the_library():
    assert options_from() == Options()


def test_help_names_every_option_of_the_issue():
    said = in_a_process("-m", "compare", "compare", "--help").stdout
    options = (
        "activation sizes digits duration dt input tau-m t-ref noise r-max reset recalibrate align seed data out model"
    )
    assert [name for name in options.split() if f"--{name} " not in said] == []


# --- good input


def few(folder, out, *words):
    given = ["--data", folder, "--out", out, "--sizes", "784,8,10", "--duration", "20", "--workers", "1"]
    return ["compare", *given, "--input", "current", *words]


def test_compare_writes_scores_and_timing_and_says_where(analogy, folder, tmp_path):
    code, out, err = analogy(*few(folder, tmp_path / "deep" / "out", "--no-figures", "--digits", "5"))
    assert (code, err) == (0, "")
    files = files_in(tmp_path / "deep")
    assert [file.name for file in sorted(files)] == ["scores.json", "timing.json"]
    scores = json.loads((tmp_path / "deep/out/scores.json").read_text(encoding="utf-8"))
    assert [(pair["activation"], pair["digits"]) for pair in scores["pairs"]] == [("relu", 5), ("sigmoid", 5)]
    timing = json.loads((tmp_path / "deep/out/timing.json").read_text(encoding="utf-8"))
    assert all(seconds >= 0 for seconds in timing["stages"].values())
    assert all(pair["digits_per_core_second"] > 0 for pair in timing["pairs"])
    last = out.rstrip("\n").splitlines()[-1]
    assert str(tmp_path / "deep" / "out") in last
    assert "figures" not in last  # there are none
    for pair in scores["pairs"]:
        row = next(line for line in out.splitlines() if f" {pair['activation']} " in line)
        assert f"{100 * pair['ann_accuracy']:.2f}" in row
        assert f"{100 * pair['bio_accuracy']:.2f}" in row


def test_a_rerun_replaces_what_it_wrote_and_leaves_other_files_alone(analogy, folder, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "notes.txt").write_text("mine")
    first = few(folder, out, "--no-figures", "--activation", "relu")
    assert analogy(*first)[0] == 0
    before = (out / "scores.json").read_bytes()
    assert analogy(*first, "--digits", "3")[0] == 0
    assert (out / "scores.json").read_bytes() != before
    assert analogy(*first)[0] == 0
    assert (out / "scores.json").read_bytes() == before
    assert sorted(file.name for file in files_in(out)) == ["notes.txt", "scores.json", "timing.json"]


def test_every_option_of_the_cell_reaches_the_cell_in_its_unit(analogy, folder, model, tmp_path):
    cell = {"tau_m": 30, "t_ref": 1, "tau_syn": 7, "noise": 0.1, "reset": "zero", "r_max": 150}
    words = [word for name, value in cell.items() for word in (f"--{name.replace('_', '-')}", value)]
    words += ["--dt", "0.5", "--seed", "9", "--align", "slope"]
    code, _, err = analogy(*few(folder, tmp_path / "out", "--no-figures", "--model", model, "--digits", "2", *words))
    assert (code, err) == (0, "")
    scores = json.loads((tmp_path / "out" / "scores.json").read_text(encoding="utf-8"))
    (pair,) = scores["pairs"]
    assert {name: pair["cell"][name] for name in cell} == cell
    assert (pair["dt_ms"], pair["duration_ms"], pair["align"], pair["digits"]) == (0.5, 20, "slope", 2)
    assert scores["manifest"]["seed"] == 9
    assert scores["manifest"]["options"]["model"] == str(model)


def test_both_names_of_the_command_do_the_same(analogy, folder, model, tmp_path):
    script = Path(sys.executable).parent / "analogy"
    if not script.exists():
        pytest.skip("the package is not installed in this environment")
    words = ["--no-figures", "--model", model, "--input", "lif,poisson"]
    done = in_a_process(script, *few(folder, tmp_path / "one", *words))
    assert done.returncode == 0, done.stderr
    assert in_a_process("-m", "compare", "--version").stdout == in_a_process(script, "--version").stdout
    assert analogy(*few(folder, tmp_path / "two", *words))[0] == 0
    assert (tmp_path / "one/scores.json").read_bytes() == (tmp_path / "two/scores.json").read_bytes()


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_network_that_train_wrote_is_one_that_compare_takes(activation, analogy, folder, tmp_path):
    file = tmp_path / "new" / "model.npz"
    words = ["--sizes", "784,7,10", "--activation", activation, "--epochs", "2", "--seed", "3"]
    code, out, err = analogy("train", "--data", folder, "--out", file, *words)
    assert (code, err) == (0, "")
    kept, origin = load_model(file)
    assert (kept.sizes, kept.activation) == ((784, 7, 10), activation)
    assert (origin["training"]["seed"], origin["training"]["epochs"]) == (3, 2)
    assert f"{origin['test_accuracy']:.2%} of 12 test digits" in out
    code, _, err = analogy(*few(folder, tmp_path / "out", "--model", file, "--no-figures"))
    assert (code, err) == (0, "")
    (pair,) = json.loads((tmp_path / "out" / "scores.json").read_text(encoding="utf-8"))["pairs"]
    assert (pair["activation"], pair["sizes"]) == (activation, [784, 7, 10])
    assert pair["ann_accuracy"] == pytest.approx(origin["test_accuracy"], rel=5e-6)


def test_figures_come_with_the_scores_unless_declined(analogy, folder, model, tmp_path):
    code, out, err = analogy(*few(folder, tmp_path / "out", "--model", model))
    assert (code, err) == (0, "")
    figures = {
        f"{name}.{kind}"
        for name in ("accuracy", "rates-relu", "path-relu", "confusion-relu")
        for kind in ("png", "svg")
    }
    assert {file.name for file in files_in(tmp_path / "out")} == {"scores.json", "timing.json", *figures}
    assert "open accuracy.png first" in out


def test_ctrl_c_while_figures_are_drawn_says_what_is_there(analogy, folder, model, tmp_path, monkeypatch):
    def stopped(*of, **how):
        raise KeyboardInterrupt

    monkeypatch.setattr("compare.figures.draw_all", stopped)
    code, _, err = analogy(*few(folder, tmp_path / "out", "--model", model))
    assert code == 130
    assert "stopped; scores are in " in err
    assert [file.name for file in files_in(tmp_path / "out")] == ["scores.json"]


def test_retuned_twins_stand_beside_the_plain_ones(analogy, folder, model, tmp_path):
    words = ["--model", model, "--retune", "--input", "current,poisson"]
    code, out, err = analogy(*few(folder, tmp_path / "out", *words))
    assert (code, err) == (0, "")
    pairs = json.loads((tmp_path / "out" / "scores.json").read_text(encoding="utf-8"))["pairs"]
    shown = [(pair["retuned"], pair["input"]) for pair in pairs]
    assert shown == [(False, "current"), (False, "poisson"), (True, "current"), (True, "poisson")]
    assert "relu-retuned" in out
    drawn = {file.stem for file in files_in(tmp_path / "out") if file.suffix == ".png"}
    assert {"rates-relu", "rates-relu-retuned", "path-relu-retuned"} <= drawn


def test_budget_writes_an_account_that_adds_up_and_a_figure_for_each_network(analogy, folder, model, tmp_path):
    out = tmp_path / "out"
    words = ["--data", folder, "--model", model, "--digits", "10", "--duration", "20", "--retune", "--input", "poisson"]
    code, said, err = analogy("budget", "--out", out, *words)
    assert (code, err) == (0, "")
    names = {"budget.json", *(f"budget-{name}.{kind}" for name in ("relu", "relu-retuned") for kind in ("png", "svg"))}
    assert {file.name for file in files_in(out)} == names
    content = json.loads((out / "budget.json").read_text(encoding="utf-8"))
    assert content["manifest"]["options"]["retune"] is True
    for account in content["budgets"]:
        path = [step for step in account["steps"] if step["name"] != "poisson"]
        lost = sum(step["lost"] for step in path)
        assert lost == pytest.approx(path[0]["accuracy"] - path[-1]["accuracy"], abs=1e-4)
        assert f"{100 * path[-1]['accuracy']:.2f}" in said
    assert str(out) in said.splitlines()[-1]


def test_tension_writes_its_numbers_and_its_figure(analogy, folder, model, tmp_path):
    out = tmp_path / "out"
    words = ["--data", folder, "--model", model, "--digits", "6", "--duration", "20"]
    code, said, err = analogy("tension", "--out", out, *words)
    assert (code, err) == (0, "")
    assert {file.name for file in files_in(out)} == {"tension.json", "tension.png", "tension.svg"}
    (found,) = json.loads((out / "tension.json").read_text(encoding="utf-8"))["sweeps"]
    assert len(found["c0"]) == len(found["bio_accuracy"]) == len(found["mcc_by_layer"])
    assert "points for ReLU" in said


@pytest.mark.parametrize(
    "words", [["budget"], ["tension"], ["experiment", "network"], ["experiment", "--all"], ["report"]]
)
def test_what_looks_at_hidden_layers_refuses_a_network_without(analogy, words):
    said = analogy(*words, "--sizes", "784,10", "--activation", "relu")
    assert_one_line(said, words="hidden layers")


@pytest.mark.parametrize(
    "words", [["experiment", "--all", "--quick"], ["report", "--quick"], ["compare", "--report", "--no-figures"]]
)
def test_an_experiment_that_fails_costs_no_other_its_results_and_ends_with_code_1(
    words, analogy, model, tmp_path, monkeypatch, caplog
):
    from compare.experiments import by_hand, registry

    def fail(bench):
        raise ZeroDivisionError("by nought")

    broken = replace(by_hand.EXPERIMENT, name="broken", run=fail)
    known = {"by-hand": by_hand.EXPERIMENT, "broken": broken}
    monkeypatch.setattr(registry, "experiments", lambda: known)
    digits, out = small_mnist(tmp_path / "digits", test=60), tmp_path / "out"
    code, said, _ = analogy(*words, "--model", model, "--data", digits, "--duration", 20, "--digits", 60, "--out", out)
    assert code == 1
    assert str(out) in said
    found = json.loads((out / "results.json").read_text(encoding="utf-8"))
    assert [experiment["name"] for experiment in found["experiments"]] == ["by-hand"]
    assert any(path.name == "by-hand.png" for path in files_in(out))
    assert "broken is left out: it failed with ZeroDivisionError: by nought" in caplog.text
