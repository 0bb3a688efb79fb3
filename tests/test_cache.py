"""Trained networks are remembered by what they were made of, and a memory that is damaged is not trusted."""

import json
import shutil
import sys
from dataclasses import replace

import numpy as np
import pytest
from specimens import files_in

from ann import Training, load_model, save_model
from compare import cache
from compare.cache import key, trained_model
from compare.sweep import code
from data import Digits, load_digits

SIZES = (784, 6, 10)
TRAINING = Training(SIZES, "relu", epochs=1)
DIGITS = load_digits("train").spread(400)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A cache of this test's own: the user's is never touched."""
    monkeypatch.setattr(cache, "cache_folder", lambda: tmp_path / "cache")
    return tmp_path / "cache"


@pytest.fixture
def no_training(monkeypatch):
    """From here on, training fails the test."""

    def forbid():
        def fail(*args, **kwargs):
            pytest.fail("trained again")

        monkeypatch.setattr(cache, "train", fail)

    return forbid


def same(one, other):
    arrays = zip(one.weights + one.biases, other.weights + other.biases, strict=True)
    return all((mine == theirs).all() for mine, theirs in arrays)


def test_a_second_call_does_not_train(no_training):
    first = trained_model(TRAINING, DIGITS)
    no_training()
    assert same(trained_model(TRAINING, DIGITS), first)


def test_what_is_remembered_is_the_network_with_its_origin(folder):
    model = trained_model(TRAINING, DIGITS)
    (file,) = files_in(folder)
    kept, origin = load_model(file)
    assert same(kept, model)
    assert origin["training"] == json.loads(json.dumps(TRAINING.complete().__dict__))
    assert origin["data_sha256"] == dict(DIGITS.sha256)
    assert len(origin["history"]) == TRAINING.epochs


def test_progress_is_told_epoch_by_epoch_when_training_and_not_when_remembering():
    told = []
    trained_model(replace(TRAINING, epochs=2), DIGITS, on_epoch=told.append)
    assert [epoch.number for epoch in told] == [1, 2]
    trained_model(replace(TRAINING, epochs=2), DIGITS, on_epoch=told.append)
    assert len(told) == 2


def flipped(content):
    return content[: len(content) // 2] + bytes([content[len(content) // 2] ^ 0xFF]) + content[len(content) // 2 + 1 :]


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[: len(content) // 2],
        flipped,
        lambda content: b"",
        lambda content: b"\x00" * len(content),
        lambda content: b"PK\x03\x04" + content[:100],
    ],
    ids=["cut off", "one byte flipped", "empty", "zeros", "a zip's beginning"],
)
def test_a_damaged_memory_is_trained_anew_and_overwritten(damage, folder, no_training, caplog):
    model = trained_model(TRAINING, DIGITS)
    (file,) = files_in(folder)
    content = file.read_bytes()
    file.write_bytes(damage(content))
    assert same(trained_model(TRAINING, DIGITS), model)
    assert str(file) in caplog.text
    assert files_in(folder) == [file]
    no_training()
    assert same(trained_model(TRAINING, DIGITS), model)


@pytest.mark.parametrize("other", [replace(TRAINING, sizes=(784, 7, 10)), replace(TRAINING, activation="sigmoid")])
def test_a_whole_network_of_another_kind_under_the_same_name_is_not_taken(other, folder):
    """As when files are renamed by hand."""
    model = trained_model(TRAINING, DIGITS)
    (file,) = files_in(folder)
    save_model(file, trained_model(other, DIGITS), {})
    assert same(trained_model(TRAINING, DIGITS), model)
    kept, _ = load_model(file)
    assert same(kept, model)


def test_a_folder_that_cannot_be_made_costs_the_memory_but_not_the_network(folder, caplog):
    model = trained_model(TRAINING, DIGITS)
    for file in files_in(folder):
        file.unlink()
    (folder / "models").rmdir()
    (folder / "models").write_text("a file in its place")
    caplog.clear()
    assert same(trained_model(TRAINING, DIGITS), model)
    assert "not kept" in caplog.text
    assert (folder / "models").read_text() == "a file in its place"


def test_a_folder_in_the_place_of_the_file_costs_the_memory_but_not_the_network(folder, caplog):
    model = trained_model(TRAINING, DIGITS)
    (file,) = files_in(folder)
    file.unlink()
    file.mkdir()
    assert same(trained_model(TRAINING, DIGITS), model)
    assert "not kept" in caplog.text
    assert files_in(folder) == []


def test_an_interrupted_training_leaves_nothing_behind(folder):
    def interrupt(epoch):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        trained_model(replace(TRAINING, epochs=3), DIGITS, on_epoch=interrupt)
    assert files_in(folder) == []


def test_nothing_half_written_is_left_where_saving_fails(folder, monkeypatch, caplog):
    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez_compressed", full)
    trained_model(TRAINING, DIGITS)
    assert "No space left on device" in caplog.text
    assert files_in(folder) == []


def test_whatever_determines_the_weights_changes_the_key():
    other_data = Digits(DIGITS.images, DIGITS.labels, DIGITS.index, {**DIGITS.sha256, "labels": "0" * 64})
    recipes = [
        (TRAINING, DIGITS),
        (TRAINING, other_data),
        (TRAINING, DIGITS[: len(DIGITS) // 2]),
        *(
            (replace(TRAINING, **change), DIGITS)
            for change in (
                {"sizes": (784, 7, 10)},
                {"sizes": (784, 6, 6, 10)},
                {"activation": "sigmoid"},
                {"seed": 1},
                {"epochs": 2},
                {"batch": 50},
                {"optimizer": "sgd"},
                {"step": 0.5},
                {"momentum": 0.5},
                {"decay": 0.5},
                {"validation": 100},
            )
        ),
    ]
    keys = [key(*recipe) for recipe in recipes]
    assert len(set(keys)) == len(recipes)
    assert keys == [key(*recipe) for recipe in recipes]


@pytest.mark.parametrize("name", cache.TRAINERS)
def test_other_code_that_trains_or_says_what_activations_are_changes_the_key(name, monkeypatch, tmp_path):
    before = key(TRAINING, DIGITS)
    for trainer in cache.TRAINERS:
        (tmp_path / trainer).parent.mkdir(exist_ok=True)
        shutil.copy(cache.ROOT / trainer, tmp_path / trainer)
    for module in (cache, code):
        monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(cache, "training_code", cache.training_code.__wrapped__)
    assert key(TRAINING, DIGITS) == before
    with (tmp_path / name).open("a", encoding="utf-8") as file:
        file.write("\n# a comment\n")
    assert key(TRAINING, DIGITS) == before
    with (tmp_path / name).open("a", encoding="utf-8") as file:
        file.write("\nMORE = 1\n")
    assert key(TRAINING, DIGITS) != before


def test_what_was_chosen_by_default_has_the_key_of_the_same_given_by_hand():
    step, decay = TRAINING.chosen()
    assert key(replace(TRAINING, step=step, decay=decay), DIGITS) == key(TRAINING, DIGITS)


def test_the_cache_is_where_the_system_keeps_caches(monkeypatch, tmp_path):
    monkeypatch.undo()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "elsewhere"))
    if sys.platform == "linux":
        assert cache.cache_folder() == tmp_path / "elsewhere" / "neural-analogy"
    assert not (tmp_path / "elsewhere").exists()  # asking makes nothing
