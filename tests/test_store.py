"""Models in files: what goes in comes out to the last bit, and a file of anything else is refused in one line."""

import io
import json
import os
import pickle
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from specimens import pack_zeros

from ann import MLP, load_model, save_model

MODEL = MLP.random((5, 4, 3), activation="sigmoid", rng=np.random.default_rng(0))
SMALL = MLP.random((3, 2), activation="relu", rng=np.random.default_rng(0))  # of which every bit can be tried
ORIGIN = {
    "seed": 3,
    "data": {"images": "0fa7"},
    "accuracy": 0.1 + 0.2,
    "note": "é\n\0😀",
    "none": None,
    "list": [1, "2"],
}


def saved(model: MLP = MODEL, provenance: dict | None = None) -> dict[str, np.ndarray]:
    """The arrays of a saved model's file, to be changed and written anew."""
    stream = {f"weights_{i}": array for i, array in enumerate(model.weights)}
    stream |= {f"biases_{i}": array for i, array in enumerate(model.biases)}
    about = {"format": "neural-analogy model 1", "sizes": model.sizes, "activation": model.activation}
    return {"about": np.array(json.dumps(about | {"provenance": provenance or {}}))} | stream


def about(**changes) -> np.ndarray:
    """What the model says of itself, changed; None takes an entry out."""
    changed = json.loads(str(saved()["about"])) | changes
    return np.array(json.dumps({key: value for key, value in changed.items() if value is not None}))


def refusal(path: Path) -> str:
    """The one line that loading this file ends in."""
    with pytest.raises(ValueError, match="train it anew") as caught:
        load_model(path)
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    assert message.startswith(f"{path}: is damaged, or no model of this project (")
    return message


def assert_same(loaded: MLP, model: MLP) -> None:
    assert (loaded.sizes, loaded.activation) == (model.sizes, model.activation)
    for array, original in zip(loaded.weights + loaded.biases, model.weights + model.biases, strict=True):
        assert (array.dtype, array.shape, array.tobytes()) == (original.dtype, original.shape, original.tobytes())


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> bytes:
    """The bytes of a saved model, a small one."""
    path = tmp_path_factory.mktemp("whole") / "model.npz"
    save_model(path, SMALL, ORIGIN)
    return path.read_bytes()


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    """A file to be written over and over."""
    return tmp_path_factory.mktemp("changed") / "model.npz"


# --- What is kept


@pytest.mark.parametrize("activation", ["relu", "sigmoid"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("sizes", [(5, 3), (784, 16, 16, 10), (1, 1, 1)], ids=str)
def test_a_model_comes_back_to_the_last_bit_with_what_is_known_of_it(tmp_path, sizes, dtype, activation):
    model = MLP.random(sizes, activation=activation, rng=np.random.default_rng(1), dtype=dtype)
    model.biases[0][0] = -np.finfo(dtype).smallest_subnormal
    save_model(str(tmp_path / "model.npz"), model, ORIGIN)
    loaded, provenance = load_model(str(tmp_path / "model.npz"))
    assert_same(loaded, model)
    assert provenance == ORIGIN
    assert os.listdir(tmp_path) == ["model.npz"]


def test_arrays_that_lie_otherwise_in_memory_come_back_equal(tmp_path):
    model = MLP(tuple(np.asfortranarray(weights)[:, ::-1] for weights in MODEL.weights), MODEL.biases, "relu")
    save_model(tmp_path / "model.npz", model, {})
    assert_same(load_model(tmp_path / "model.npz")[0], model)


@pytest.mark.parametrize("name", ["model", "model.npz.old", "my model é.npz", ".hidden"])
def test_the_file_has_the_name_that_was_asked_for(tmp_path, name):
    save_model(tmp_path / name, MODEL, {})
    assert os.listdir(tmp_path) == [name]
    assert_same(load_model(tmp_path / name)[0], MODEL)


def test_a_file_of_plain_numpy_with_the_documented_content_is_a_model(tmp_path):
    np.savez(tmp_path / "model.npz", **saved(provenance={"seed": 1}))
    loaded, provenance = load_model(tmp_path / "model.npz")
    assert_same(loaded, MODEL)
    assert provenance == {"seed": 1}


@pytest.mark.skipif(os.name != "posix", reason="only POSIX has these permissions")
def test_others_may_read_a_saved_model_as_far_as_they_may_read_any_new_file(tmp_path):
    save_model(tmp_path / "model.npz", MODEL, {})
    (tmp_path / "plain").write_text("")
    assert (tmp_path / "model.npz").stat().st_mode == (tmp_path / "plain").stat().st_mode


# --- Saving that fails


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(28, "No space left on device"), MemoryError])
@pytest.mark.parametrize("existed", [True, False])
def test_a_save_that_breaks_off_leaves_the_old_file_whole_and_nothing_beside_it(tmp_path, monkeypatch, error, existed):
    path = tmp_path / "model.npz"
    if existed:
        save_model(path, MODEL, ORIGIN)
    kept = {file.name: file.read_bytes() for file in tmp_path.iterdir()}

    def break_off(stream, **arrays):
        stream.write(b"PK\3\4 half of a ")
        stream.flush()
        assert len(os.listdir(tmp_path)) == 1 + existed
        raise error

    monkeypatch.setattr(np, "savez_compressed", break_off)
    with pytest.raises(type(error) if isinstance(error, OSError) else error):
        save_model(path, MODEL, {"seed": 4})
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == kept


def test_an_origin_that_json_cannot_hold_leaves_nothing_behind(tmp_path):
    with pytest.raises(TypeError):
        save_model(tmp_path / "model.npz", MODEL, {"weights": MODEL.weights[0]})
    assert os.listdir(tmp_path) == []


def test_a_folder_under_that_name_stays_and_nothing_is_left_beside_it(tmp_path):
    (tmp_path / "model.npz").mkdir()
    with pytest.raises(OSError, match=r"model\.npz"):
        save_model(tmp_path / "model.npz", MODEL, {})
    assert os.listdir(tmp_path) == ["model.npz"]


def test_a_missing_folder_is_an_error_of_the_system_that_names_it(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        save_model(tmp_path / "nowhere" / "model.npz", MODEL, {})


# --- Files that cannot be read, and files of something else


def test_a_missing_file_and_a_folder_are_errors_of_the_system_that_name_them(tmp_path):
    for path in (tmp_path / "nowhere.npz", tmp_path):
        with pytest.raises(OSError, match=path.name) as caught:
            load_model(path)
        assert len(str(caught.value).splitlines()) == 1


def npz(**arrays) -> bytes:
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


def npy(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def zipped(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)
    return stream.getvalue()


FOREIGN = {
    "an empty file": b"",
    "an empty line": b"\n",
    "text": b"just\nsome\ntext\n",
    "zeros": bytes(10_000),
    "the start of a zip file": b"PK\3\4" + bytes(100),
    "a zip file with nothing in it": b"PK\5\6" + bytes(18),
    "a pickle": pickle.dumps({"weights": [1.0]}),
    "one array": npy(np.zeros(3)),
    "other arrays": npz(images=np.zeros(3)),
    "an empty description": npz(about=np.array("{}")),
    "a list": npz(about=np.array("[1, 2]")),
    "null": npz(about=np.array("null")),
    "nested without end": npz(about=np.array("[" * 100_000)),
    "numbers": npz(about=np.zeros(3)),
    "no array": zipped(about=b"no array"),
    "half a header": zipped(about=b"\x93NUMPY\1\0\xff\xff{'shape': "),
    "a long header": zipped(about=b"\x93NUMPY\1\0\x20\x4e" + b" " * 20_000),  # numpy complains of it in two lines
    "no bytes": zipped(about=b""),
}


@pytest.mark.parametrize("content", FOREIGN)
def test_a_file_of_something_else_is_refused(tmp_path, content):
    (tmp_path / "model.npz").write_bytes(FOREIGN[content])
    refusal(tmp_path / "model.npz")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"about": about(format="neural-analogy model 2")}, "neural-analogy model 2"),
        ({"about": about(format=None)}, "format"),
        ({"about": about(activation="tanh")}, "tanh"),
        ({"about": about(activation=["relu"])}, ""),
        ({"about": about(sizes=[5, 6, 3])}, "describes"),
        ({"about": about(sizes=[5, 4])}, "describes"),
        ({"about": about(sizes=[5, 4, 3, 2])}, "weights_2"),
        ({"about": about(sizes=[])}, "one of each"),
        ({"about": about(sizes=3)}, ""),
        ({"about": about(sizes="5,4,3")}, ""),
        ({"about": about(provenance=None)}, "provenance"),
        ({"about": about(provenance=[1])}, ""),
        ({"weights_0": MODEL.weights[0].T}, "layer 1"),
        ({"weights_0": MODEL.weights[0].ravel()}, "layer 1"),
        ({"weights_0": np.float32(1)}, "layer 1"),
        ({"weights_1": MODEL.weights[1][:3]}, "layer 2"),
        ({"biases_0": MODEL.biases[0][:3]}, "layer 1"),
        ({"biases_1": MODEL.biases[1][:, None]}, "layer 2"),
        ({"weights_0": MODEL.weights[0][:, :3], "biases_0": MODEL.biases[0][:3]}, "layer 2"),
        ({"weights_0": np.ones((5, 4), int)}, "describes"),
        ({"weights_0": np.ones((5, 4), np.float16)}, "describes"),
        ({"weights_0": np.ones((5, 4), complex)}, "describes"),
        ({"biases_0": np.array(["a"] * 4)}, "describes"),
        ({"weights_2": np.ones((3, 2), np.float32)}, "describes"),
    ],
)
def test_a_file_that_contradicts_itself_is_refused_with_the_reason(tmp_path, changes, reason):
    np.savez(tmp_path / "model.npz", **saved() | changes)
    assert reason in refusal(tmp_path / "model.npz")


@pytest.mark.parametrize("name", ["weights_0", "weights_1", "biases_0", "biases_1"])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_one_number_that_is_none_is_enough_to_refuse_a_file(tmp_path, name, value):
    arrays = saved() | {name: saved()[name].copy()}
    arrays[name].flat[-1] = value
    np.savez(tmp_path / "model.npz", **arrays)
    refusal(tmp_path / "model.npz")


@pytest.mark.parametrize("name", list(saved()))
def test_an_array_that_is_missing_is_named(tmp_path, name):
    np.savez(tmp_path / "model.npz", **{key: array for key, array in saved().items() if key != name})
    assert name in refusal(tmp_path / "model.npz")


# --- Files with intent


class Trap:
    """Makes a folder when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


def test_the_trap_that_the_next_test_sets_does_spring(tmp_path):
    np.savez(tmp_path / "model.npz", about=np.array([Trap(tmp_path / "sprung")], dtype=object))
    with np.load(tmp_path / "model.npz", allow_pickle=True) as file:
        file["about"]
    assert (tmp_path / "sprung").is_dir()


@pytest.mark.parametrize("name", list(saved()))
def test_no_pickle_is_loaded_from_any_array(tmp_path, name):
    np.savez(tmp_path / "model.npz", **saved() | {name: np.array([Trap(tmp_path / "sprung")], dtype=object)})
    assert "allow_pickle=False" in refusal(tmp_path / "model.npz")
    assert os.listdir(tmp_path) == ["model.npz"]


@pytest.mark.parametrize("kind", ["pickle", "npy", "member"])
def test_no_pickle_is_loaded_from_a_file_that_is_one(tmp_path, kind):
    trap = Trap(tmp_path / "sprung")
    content = {
        "pickle": pickle.dumps(trap),
        "npy": npy(np.array([trap], dtype=object)),
        "member": zipped(about=pickle.dumps(trap)),
    }
    (tmp_path / "model.npz").write_bytes(content[kind])
    refusal(tmp_path / "model.npz")
    assert os.listdir(tmp_path) == ["model.npz"]


def bomb(path: Path, *, blocks: int) -> None:
    """A model beside which as many MiB of zeros are packed."""
    np.savez(path, **saved())
    pack_zeros(path, "weights_2.npy", mebibytes=blocks)


def peak(path: Path) -> tuple[int, str]:
    """The most bytes that loading the file takes, and what it ends in."""
    tracemalloc.start()
    try:
        message = refusal(path)
        return tracemalloc.get_traced_memory()[1], message
    finally:
        tracemalloc.stop()


def test_a_file_that_unpacks_to_more_than_a_gibibyte_is_refused_unpacked(tmp_path):
    bomb(tmp_path / "model.npz", blocks=1_024)
    memory, message = peak(tmp_path / "model.npz")
    assert "unpacks to" in message
    assert memory < 8 << 20


def test_a_member_that_unpacks_to_more_than_it_says_is_cut_off_there(tmp_path):
    """64 MiB of zeros whose directory says 1,000 bytes: what it says is all that is ever unpacked."""
    zeros = io.BytesIO()
    with zipfile.ZipFile(zeros, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("about.npy", npy(np.zeros(1 << 23)))
    content = bytearray(zeros.getvalue())
    directory = content.rindex(b"PK\1\2")
    content[directory + 24 : directory + 28] = (1_000).to_bytes(4, "little")
    (tmp_path / "model.npz").write_bytes(content)
    with zipfile.ZipFile(tmp_path / "model.npz") as archive:
        assert archive.getinfo("about.npy").file_size == 1_000
    refusal(tmp_path / "model.npz")


@pytest.mark.parametrize("shape", [(1 << 60,), (1 << 40, 1 << 40), (-1,), (5, 5)])
def test_an_array_whose_header_promises_more_than_there_is_is_refused(tmp_path, shape):
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f4", "fortran_order": False, "shape": shape})
    members = {name: npy(array) for name, array in saved().items()} | {"weights_0": header.getvalue() + bytes(80)}
    (tmp_path / "model.npz").write_bytes(zipped(**members))
    refusal(tmp_path / "model.npz")


# --- Damage: every cut and every bit, and then whatever hypothesis thinks of


def test_a_file_cut_off_anywhere_is_refused(whole, place):
    for length in range(len(whole)):
        place.write_bytes(whole[:length])
        refusal(place)


def load_or_refuse(path: Path) -> bool:
    """Whether the file is refused in one line; if not, it holds exactly what was saved."""
    try:
        loaded, provenance = load_model(path)
    except ValueError as error:
        assert str(error).startswith(f"{path}: ")
        assert len(str(error).splitlines()) == 1
        return True
    assert_same(loaded, SMALL)
    assert provenance == ORIGIN
    return False


@pytest.mark.parametrize("bit", range(8))
def test_no_inverted_bit_makes_another_network(whole, place, bit):
    """Dates and the like may change; what the check sums of zip cover may not, and that is every array's content."""
    refused = 0
    for at in range(len(whole)):
        content = bytearray(whole)
        content[at] ^= 1 << bit
        place.write_bytes(content)
        refused += load_or_refuse(place)
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        packed = sum(member.compress_size for member in archive.infolist())
    assert refused > 0.95 * packed


changes = st.lists(st.tuples(st.integers(0, 1 << 14), st.binary(max_size=8), st.integers(0, 8)), min_size=1, max_size=5)


@given(changes)
def test_no_edit_makes_another_network(whole, place, changes):
    content = whole
    for at, new, removed in changes:
        at %= len(content) + 1
        content = content[:at] + new + content[at + removed :]
    place.write_bytes(content)
    load_or_refuse(place)
