"""Models in files: what goes in comes out, and nothing else is believed."""

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ann import MLP, load_model, save_model

MODEL = MLP.random((6, 4, 3), activation="sigmoid", rng=np.random.default_rng(0))


def refused(path: Path) -> str:
    with pytest.raises(ValueError, match="train it anew") as error:
        load_model(path)
    message = str(error.value)
    assert "\n" not in message
    assert str(path) in message
    return message


def test_what_is_saved_comes_back_bit_by_bit_with_its_origin(tmp_path):
    path = tmp_path / "model.npz"
    save_model(path, MODEL, {"seed": 3, "data": {"images": "abc"}})
    model, provenance = load_model(path)
    assert model.sizes == MODEL.sizes
    assert model.activation == "sigmoid"
    for mine, theirs in zip(model.weights + model.biases, MODEL.weights + MODEL.biases, strict=True):
        assert mine.dtype == theirs.dtype
        assert mine.tobytes() == theirs.tobytes()
    assert provenance == {"seed": 3, "data": {"images": "abc"}}
    assert [entry.name for entry in tmp_path.iterdir()] == ["model.npz"]


def test_foreign_and_damaged_files_are_refused(tmp_path):
    path = tmp_path / "model.npz"
    save_model(path, MODEL, {})
    whole = path.read_bytes()
    for content in (b"", b"hello\n", whole[:100], whole[:-30], b"PK\3\4" + bytes(100)):
        path.write_bytes(content)
        refused(path)
    np.savez(path, some=np.zeros(3))
    refused(path)
    np.savez(path, about=np.array("[1, 2]"))
    refused(path)


@pytest.mark.parametrize(
    "change",
    [
        {"about": {"activation": "tanh"}},
        {"about": {"sizes": [6, 5, 3]}},
        {"about": {"sizes": [6, 4, 3, 2]}},
        {"about": {"sizes": "many"}},
        {"about": {"format": "another 1"}},
        {"weights_0": np.full((6, 4), np.nan)},
        {"weights_0": np.zeros((6, 5))},
        {"weights_0": np.zeros((6, 4), int)},
        {"biases_1": np.zeros((3, 1))},
    ],
)
def test_a_file_that_contradicts_itself_is_refused(tmp_path, change):
    path = tmp_path / "model.npz"
    save_model(path, MODEL, {})
    with np.load(path) as file:
        content = dict(file)
    if "about" in change:
        content["about"] = np.array(json.dumps(json.loads(str(content["about"])) | change["about"]))
    else:
        content |= change
    np.savez(path, **content)
    refused(path)


class Trap:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def test_no_pickle_is_ever_loaded(tmp_path):
    path, sprung = tmp_path / "model.npz", tmp_path / "sprung"
    for name in ("about", "weights_0"):
        save_model(path, MODEL, {})
        with np.load(path) as file:
            content = dict(file)
        content[name] = np.array([Trap(sprung)], dtype=object)
        np.savez(path, **content)
        refused(path)
        assert not sprung.exists()


def test_a_file_that_would_unpack_to_gigabytes_is_not_unpacked(tmp_path):
    path = tmp_path / "model.npz"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("about.npy", "w", force_zip64=True) as f,
    ):
        for _ in range(1_100):
            f.write(bytes(1 << 20))
    assert "unpacks to" in refused(path)


def test_an_interrupted_save_leaves_the_old_file_whole_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "model.npz"
    save_model(path, MODEL, {"seed": 1})

    def interrupted(stream, **arrays):
        stream.write(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(np, "savez_compressed", interrupted)
    with pytest.raises(KeyboardInterrupt):
        save_model(path, MODEL, {"seed": 2})
    assert load_model(path)[1] == {"seed": 1}
    assert [entry.name for entry in tmp_path.iterdir()] == ["model.npz"]


def test_a_missing_file_is_said_to_be_missing(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_model(tmp_path / "none.npz")


@settings(max_examples=150)
@given(place=st.integers(0, 10_000), value=st.integers(0, 255))
def test_no_changed_byte_makes_another_network(tmp_path_factory, place, value):
    path = tmp_path_factory.mktemp("models") / "model.npz"
    save_model(path, MODEL, {})
    whole = bytearray(path.read_bytes())
    whole[place % len(whole)] = value
    path.write_bytes(whole)
    try:
        model, _ = load_model(path)
    except ValueError as error:
        assert "\n" not in str(error)
    else:
        for mine, theirs in zip(model.weights + model.biases, MODEL.weights + MODEL.biases, strict=True):
            assert (mine == theirs).all()
