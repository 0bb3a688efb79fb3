"""Training, files and the command of the network that learns by spike timing."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
from specimens import pack_zeros, small_mnist

from bio.stdp import Cells, LearnedNetwork, Learning, labelled, learn, load_learned, respond, save_learned, shipped
from bio.stdp.labels import SILENT, assigned, classified, tuning, voted
from bio.stdp.network import FOLDER, coded
from bio.stdp.train import Lesson, digest, load_state, save_state
from compare.learning import Reading
from compare.receptive_fields import fields_figure, growth_figure
from data import load_digits

BRIEF = Learning(6, seed=4, cells=Cells(duration=0.03, least=1, showings=2))
compiling = pytest.mark.xdist_group("learned")  # the program is compiled once
PAPER = {100: 0.829, 400: 0.870}  # Diehl & Cook 2015, all 10,000 test digits


@pytest.fixture
def few(monkeypatch):
    """Ten training digits, four a chunk."""
    monkeypatch.setattr("bio.stdp.train.CHUNK", 4)
    digits = load_digits("train").spread(10)
    return digits.images, digits.labels


def lesson(few):
    """What a checkpoint of theirs is of."""
    return Lesson(BRIEF, len(few[0]), digest(*few))


def same(one, other):
    for name in ("weights", "theta", "shown", "recent", "which", "accuracy"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name


# --- Training


def test_one_seed_gives_one_network_and_another_seed_another(few):
    once, again = (learn(*few, BRIEF, engine="numpy") for _ in range(2))
    same(once, again)
    other = learn(*few, Learning(6, seed=5, cells=BRIEF.cells), engine="numpy")
    assert not np.array_equal(once.weights, other.weights)
    assert once.shown == 10
    assert sorted(once.which) == list(range(10))  # each digit once


def test_a_training_that_was_interrupted_ends_where_an_uninterrupted_one_does(few, tmp_path):
    path, seen = tmp_path / "checkpoint.npz", []

    def interrupt(state):
        seen.append(state.shown)
        if len(seen) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        learn(*few, BRIEF, engine="numpy", checkpoint=path, on_chunk=interrupt)
    assert load_state(path, lesson(few)).shown == 8
    resumed = learn(*few, BRIEF, engine="numpy", checkpoint=path, on_chunk=lambda state: seen.append(state.shown))
    assert seen == [4, 8, 8, 10]
    same(resumed, learn(*few, BRIEF, engine="numpy"))
    assert [file.name for file in tmp_path.iterdir()] == ["checkpoint.npz"]


def test_a_checkpoint_of_another_training_or_a_damaged_one_is_refused(few, tmp_path):
    path = tmp_path / "checkpoint.npz"
    learn(*few, BRIEF, engine="numpy", checkpoint=path)
    with pytest.raises(ValueError, match="other options or other digits: give those, or delete it"):
        learn(*few, Learning(6, seed=5, cells=BRIEF.cells), engine="numpy", checkpoint=path)
    images, labels = few
    for others in ((images[::-1], labels), (images[:8], labels[:8]), (images, (labels + 1) % 10)):
        with pytest.raises(ValueError, match="other options or other digits"):
            learn(*others, BRIEF, engine="numpy", checkpoint=path)
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(ValueError, match=r"damaged, or no checkpoint.*delete it"):
        learn(*few, BRIEF, engine="numpy", checkpoint=path)


@pytest.mark.parametrize("wrong", [{"shown": 11}, {"shown": -1}, {"which": 10}, {"which": -1}])
def test_a_checkpoint_that_names_digits_there_are_not_is_refused(wrong, few, tmp_path):
    path = tmp_path / "checkpoint.npz"
    state = learn(*few, BRIEF, engine="numpy")
    broken = {"shown": wrong["shown"]} if "shown" in wrong else {"which": np.full_like(state.which, wrong["which"])}
    save_state(path, replace(state, **broken), lesson(few))
    with pytest.raises(ValueError, match="names digits that are none of 10"):
        learn(*few, BRIEF, engine="numpy", checkpoint=path)


def test_labels_change_nothing_that_is_learned(few):
    images, labels = few
    one, other = (learn(images, some, BRIEF, engine="numpy") for some in (labels, labels[::-1]))
    assert np.array_equal(one.weights, other.weights)
    assert np.array_equal(one.theta, other.theta)


def test_cells_are_labelled_as_their_file_keeps_them(few, tmp_path):
    images, labels = few
    state = learn(images, labels, BRIEF, engine="numpy")
    network, counts = labelled(state, images, labels, BRIEF, engine="numpy")
    save_learned(tmp_path / "6.npz", network)
    kept = load_learned(tmp_path / "6.npz")
    assert np.array_equal(kept.weights, network.weights)
    assert np.array_equal(kept.tuning, network.tuning)
    assert np.array_equal(tuning(counts, labels).astype(np.float32), network.tuning)
    assert abs(network.weights - state.weights).max() <= state.weights.max() / 510 * 1.001  # half a step of 255


def test_what_cannot_be_learned_is_refused():
    for given, words in (({"number": 0}, "0 cells"), ({"passes": 0}, "0 passes"), ({"seed": -1}, "seed -1")):
        with pytest.raises(ValueError, match=words):
            Learning(**given)


# --- Labels


def test_a_cell_stands_for_the_class_of_highest_mean_not_of_most_spikes():
    labels = np.array([0, 0, 0, 0, 1])
    counts = np.array([[2, 0, 0], [2, 0, 1], [2, 0, 1], [2, 0, 1], [5, 0, 0]])
    assert assigned(tuning(counts, labels)).tolist() == [1, SILENT, 0]


def test_a_class_with_many_cells_does_not_win_by_their_number():
    classes = np.array([0, 0, 0, 0, 1, SILENT])
    counts = np.array([[2, 1, 1, 1, 2, 9], [3, 3, 3, 3, 2, 9]])
    assert classified(counts, classes).tolist() == [1, 0]


def test_a_vote_counts_what_a_cell_responds_to_besides_its_class():
    tuned = np.zeros((10, 2))
    tuned[:, 0] = [6, 4, 0, 0, 0, 0, 0, 0, 0, 0]
    tuned[:, 1] = [0, 5, 5, 0, 0, 0, 0, 0, 0, 0]
    assert voted(np.array([[1, 0], [1, 1]]), tuned).tolist() == [0, 1]


# --- The networks that come with the package


@pytest.mark.parametrize("number", PAPER)
def test_a_shipped_network_says_where_it_came_from_and_reads_as_well_as_the_papers(number):
    network = load_learned(number)
    assert number in shipped()
    assert network.cells == number
    assert network.meta["digits_trained"] == 60_000 * network.meta["passes"]
    assert network.meta["data_sha256"] == dict(load_digits("train").sha256)
    assert network.meta["command"].startswith(f"analogy learn --cells {number} ")
    assert {"brian2", "numpy", "python"} <= set(network.meta["versions"])
    assert network.meta["test"]["digits"] == 10_000
    assert network.meta["test"]["accuracy"] >= PAPER[number]


def test_shipped_networks_are_small():
    assert sum(path.stat().st_size for path in FOLDER.glob("*.npz")) <= 1_500_000


@compiling
def test_shipped_cells_are_told_by_true_labels_and_by_shuffled_ones_no_better_than_chance():
    """Both from counts at training digits alone; the interval is four standard errors of the mean over shuffles."""
    network, digits = load_learned(100), load_digits("train").spread(600)
    counts = respond(network, digits.images, index=digits.index, seed=1)
    taught, asked = slice(0, None, 2), slice(1, None, 2)

    def accuracy(labels):
        return (classified(counts[asked], assigned(tuning(counts[taught], labels))) == digits.labels[asked]).mean()

    rng = np.random.default_rng(0)
    shuffled = np.array([accuracy(rng.permutation(digits.labels[taught])) for _ in range(60)])
    assert accuracy(digits.labels[taught]) > 0.6
    assert shuffled.mean() == pytest.approx(0.1, abs=4 * shuffled.std() / np.sqrt(60) + 0.005)


@compiling
def test_the_shipped_network_reads_a_sample_as_its_file_says():
    network, digits = load_learned(100), load_digits("test").spread(300)
    right = (network.answers(respond(network, digits.images, index=digits.index)) == digits.labels).mean()
    claimed = network.meta["test"]["accuracy"]
    assert right == pytest.approx(claimed, abs=4 * np.sqrt(claimed * (1 - claimed) / 300))


def test_a_network_that_does_not_come_with_the_package_is_refused_and_a_damaged_file_too(tmp_path):
    with pytest.raises(ValueError, match="no network of 123 cells comes with the package: choose from 100, 400"):
        load_learned(123)
    path = tmp_path / "broken.npz"
    path.write_bytes((FOLDER / "100.npz").read_bytes()[:5_000])
    with pytest.raises(ValueError, match="is not a network that learned"):
        load_learned(path)
    path.unlink()
    pack_zeros(path, "codes.npy", mebibytes=1_025)
    with pytest.raises(ValueError, match=r"unpacks to 1,074,790,400 bytes, more than 1,073,741,824"):
        load_learned(path)
    network = load_learned(100)
    with pytest.raises(ValueError, match="do not fit together"):
        LearnedNetwork(network.weights, network.theta[1:], network.tuning)
    assert np.array_equal(coded(network).weights, network.weights)  # coding twice changes nothing


# --- The command


def test_score_writes_the_scores_and_the_fields_of_the_shipped_network(analogy, tmp_path):
    folder, out = small_mnist(tmp_path / "digits", train=60, test=50), tmp_path / "out"
    code, said, err = analogy("learn", "--score", "--data", folder, "--out", out, "--engine", "numpy")
    assert (code, err) == (0, "")
    assert {path.name for path in out.iterdir()} == {
        "learn.json", "fields.png", "fields.svg", "growth.png", "growth.svg",
    }  # fmt: skip
    content = json.loads((out / "learn.json").read_text())
    assert content["cells"] == 100
    assert content["digits"] == 50
    assert content["digits_trained"] == load_learned(100).meta["digits_trained"]
    assert content["interval"][0] <= content["accuracy"] <= content["interval"][1]
    assert content["accuracy"] > 0.6
    assert content["manifest"]["options"]["seed"] == 0
    assert f"{content['accuracy']:.2%}" in said


def test_learn_trains_goes_on_where_it_stopped_and_keeps_what_it_learned(analogy, tmp_path, monkeypatch):
    monkeypatch.setattr("bio.stdp.train.CHUNK", 4)
    monkeypatch.setattr("compare.commands.learn.TRIAL", 2)
    folder, out = small_mnist(tmp_path / "digits", train=8, test=4), tmp_path / "out"
    words = ("learn", "--cells", 5, "--data", folder, "--out", out, "--engine", "numpy")
    code, said, err = analogy(*words)
    assert (code, err) == (0, "")
    assert "learning takes about" in said
    kept = load_learned(out / "5.npz")
    assert kept.meta["digits_trained"] == 8
    assert kept.meta["test"]["digits"] == 4
    before = json.loads((out / "learn.json").read_text())
    code, said, _ = analogy(*words)
    assert code == 0
    assert "learning takes about" not in said  # all was learned
    assert json.loads((out / "learn.json").read_text()) == before


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--cells", "0"], "0 cells: choose at least 1"),
        (["--cells", "123", "--score"], "no network of 123 cells"),
        (["--seed", "-1"], "seed -1: choose 0 or more"),
        (["--engine", "cuda"], "choose from numpy, cpp"),
    ],
)
def test_bad_options_end_in_one_line(analogy, tmp_path, words, reason):
    code, out, err = analogy("learn", *words, "--out", tmp_path / "out", "--data", small_mnist(tmp_path / "d", train=9))
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert reason in err


def test_without_a_compiler_the_default_is_numpy(monkeypatch):
    from bio.stdp.engines import fastest

    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert fastest() == "numpy"


# --- Figures


def test_the_figures_titles_state_what_was_found():
    network = load_learned(100)
    said = fields_figure(network, 0.8675).get_suptitle().replace("\n", " ")
    assert "100 cells" in said
    assert "86.8%" in said or "86.7%" in said
    growth = growth_figure([(1_000 * k, 0.8 * (1 - np.exp(-k))) for k in range(1, 30)], 100)
    assert "80%" in growth.get_suptitle()
    assert growth.axes[0].get_xlabel()


def test_a_reading_counts_what_is_right():
    counts = np.array([[1, 0], [0, 2], [0, 0]])
    reading = Reading(np.array([3, 5, 0]), np.array([3, 4, 0]), counts, np.array([3, 4, 1]))
    found = reading.as_json()
    assert found["accuracy"] == pytest.approx(1 / 3)
    assert found["accuracy_by_vote"] == pytest.approx(2 / 3)
    assert found["accuracy_by_class"] == {"1": 0, "3": 1, "4": 0}
    assert found["silent_cells"] == 0
    assert found["spikes_per_digit"] == 1
