"""The digits: MNIST is complete and unchanged, other folders are read back equal, and bad files end in one line."""

import gzip
import hashlib
import re
import tracemalloc
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import data
from data import Digits, load_digits

MNIST = Path(data.__file__).parent / "mnist"
FASHION = Path("/usr/share/datasets/fashion-mnist")  # where Debian's dataset-fashion-mnist puts it
PREFIX = {"train": "train", "test": "t10k"}
PUBLISHED = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
HOW_OFTEN = {  # each digit occurs, by Y. LeCun's page and many since
    "train": [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949],
    "test": [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009],
}
IMAGES, LABELS = "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"
PIXELS = np.random.default_rng(0).integers(0, 256, (6, 28, 28), np.uint8)
CLASSES = np.array([3, 0, 9, 9, 1, 7], np.uint8)


def idx(values: np.ndarray, *, kind: int = 8, shape: tuple[int, ...] | None = None) -> bytes:
    """An IDX file of these bytes, with what its header says left to the caller."""
    shape = values.shape if shape is None else shape
    return bytes([0, 0, kind, len(shape)]) + b"".join(n.to_bytes(4, "big") for n in shape) + values.tobytes()


def write(folder: Path, images: bytes = idx(PIXELS), labels: bytes = idx(CLASSES)) -> Path:
    """The folder, with these two files of test digits."""
    (folder / IMAGES).write_bytes(images)
    (folder / LABELS).write_bytes(labels)
    return folder


def complaint(folder: Path, split: str = "test") -> str:
    """The one line that loading this folder ends in."""
    with pytest.raises((ValueError, OSError)) as caught:
        load_digits(split, folder)
    assert len(str(caught.value).splitlines()) == 1
    return str(caught.value)


# --- MNIST, as it travels with the package


@pytest.mark.parametrize("split", ["train", "test"])
def test_mnist_has_its_published_digits_as_numbers_from_0_to_1(split):
    digits = load_digits(split)
    n = {"train": 60_000, "test": 10_000}[split]
    assert len(digits) == n
    assert (digits.images.dtype, digits.labels.dtype) == (np.float32, np.int64)
    assert (digits.images.shape, digits.labels.shape) == ((n, 784), (n,))
    assert (digits.images.min(), digits.images.max()) == (0, 1)
    assert np.bincount(digits.labels).tolist() == HOW_OFTEN[split]
    assert (digits.index == np.arange(n)).all()


@pytest.mark.parametrize("split", ["train", "test"])
@pytest.mark.parametrize(("kind", "dimensions"), [("images", 3), ("labels", 1)])
def test_the_files_hash_to_what_was_published_and_that_is_what_the_digits_say(split, kind, dimensions):
    name = f"{PREFIX[split]}-{kind}-idx{dimensions}-ubyte"
    with gzip.open(MNIST / f"{name}.gz") as stream:
        content = stream.read()
    assert hashlib.sha256(content).hexdigest() == PUBLISHED[name] == load_digits(split).sha256[kind]
    values = np.frombuffer(content, np.uint8, offset=4 + 4 * dimensions)
    loaded = np.rint(load_digits(split).images * 255) if kind == "images" else load_digits(split).labels
    assert (loaded.ravel() == values).all()


def test_the_readme_lists_the_published_hashes():
    listed = re.findall(r"`([\w-]+)\.gz` \|.*`([0-9a-f]{64})`", (MNIST.parent / "README.md").read_text("utf-8"))
    assert dict(listed) == PUBLISHED


def test_a_pixel_of_k_becomes_k_255ths_to_the_last_bit_but_one(tmp_path):
    values = np.arange(784, dtype=np.int64) % 256
    write(tmp_path, idx(values.astype(np.uint8).reshape(1, 28, 28)), idx(CLASSES[:1]))
    loaded = load_digits("test", tmp_path).images[0]
    exact = (values / 255).astype(np.float32)
    assert (np.abs(loaded.view(np.int32) - exact.view(np.int32)) <= 1).all()
    assert (loaded[values == 0] == 0).all()
    assert (loaded[values == 255] == 1).all()


# --- Other folders


@pytest.mark.parametrize("gzipped", [False, True])
@pytest.mark.parametrize("end", ["", ".gz"])
@pytest.mark.parametrize("mark", ["-", "."])
def test_a_folder_is_read_back_equal_under_each_name_whether_gzipped_or_not(tmp_path, mark, end, gzipped):
    for name, values in ((IMAGES, PIXELS), (LABELS, CLASSES)):
        content = gzip.compress(idx(values)) if gzipped else idx(values)
        (tmp_path / (name.replace("-idx", f"{mark}idx") + end)).write_bytes(content)
    digits = load_digits("test", str(tmp_path))
    assert (np.rint(digits.images * 255) == PIXELS.reshape(6, 784)).all()
    assert (digits.labels == CLASSES).all()
    hashes = {"images": hashlib.sha256(idx(PIXELS)), "labels": hashlib.sha256(idx(CLASSES))}
    assert digits.sha256 == {kind: value.hexdigest() for kind, value in hashes.items()}


def test_a_set_of_one_digit_is_a_set(tmp_path):
    digits = load_digits("test", write(tmp_path, idx(PIXELS[:1]), idx(CLASSES[:1])))
    assert (digits.images.shape, digits.labels.tolist()) == ((1, 784), [3])


@pytest.mark.skipif(not FASHION.is_dir(), reason="Debian's dataset-fashion-mnist is not installed")
@pytest.mark.parametrize(("split", "each"), [("train", 6_000), ("test", 1_000)])
def test_debians_fashion_mnist_loads_as_it_is(split, each):
    digits = load_digits(split, FASHION)
    assert digits.images.shape == (10 * each, 784)
    assert (digits.images.min(), digits.images.max()) == (0, 1)
    assert np.bincount(digits.labels).tolist() == [each] * 10
    with gzip.open(FASHION / f"{PREFIX[split]}-images-idx3-ubyte.gz") as stream:
        assert digits.sha256["images"] == hashlib.sha256(stream.read()).hexdigest()
    assert digits.sha256["images"] not in PUBLISHED.values()


# --- What is refused

GOOD = idx(PIXELS)
PACKED = gzip.compress(GOOD, mtime=0)
by_reason = {"ids": lambda value: value if isinstance(value, str) else ""}  # bytes make no good names of tests


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "starts with nothing"),
        (GOOD[:3], "starts with 000008"),
        (GOOD[:4], "ends within its header"),
        (GOOD[:15], "ends within its header"),
        (GOOD[:16], "has fewer than the 4,704 bytes"),
        (GOOD[:-1], "has fewer"),
        (GOOD + b"\0", "has more"),
        (GOOD + GOOD, "has more"),
        (idx(CLASSES), "starts with 00000801, but .* starts with 00000803"),
        (idx(PIXELS, kind=0x0D), "starts with 00000d03"),
        (GOOD[::-1], "starts with"),
        (b"\x89PNG\r\n\x1a\n" + bytes(99), "starts with 89504e47"),
        (b"<!DOCTYPE html>\n<html>\n404\n</html>\n", "starts with 3c21444f"),
        (idx(PIXELS[:, :27]), "images of 27×28 pixels, but the networks see 28×28"),
        (idx(PIXELS, shape=(6, 784, 1)), "784×1"),
        (idx(PIXELS, shape=(6, 0, 28)), "0×28"),
        (idx(PIXELS, shape=(6 * 784,)), "starts with 00000801"),
        (idx(PIXELS, shape=(0, 28, 28)), "announces 0 items"),
        (idx(PIXELS, shape=(1_000_001, 28, 28)), "announces 1,000,001 items"),
        (idx(PIXELS, shape=(2**32 - 1, 28, 28)), "announces 4,294,967,295 items"),
        (PACKED[:2], "gzip data"),
        (PACKED[:9], "gzip data"),
        (PACKED[:100], "gzip data ends too early"),
        (PACKED[:-1], "gzip data ends too early"),
        (PACKED[:-8], "gzip data ends too early"),
        (PACKED + b"junk", "gzip data is corrupt"),
        (PACKED[:-8] + bytes(4) + PACKED[-4:], "gzip data is corrupt .*CRC"),
        (gzip.compress(GOOD[:-1]), "has fewer"),
        (gzip.compress(GOOD + b"\0"), "has more"),
        (gzip.compress(PACKED), "starts with 1f8b"),
    ],
    **by_reason,
)
def test_a_file_of_images_that_is_not_one_is_refused_in_a_line_that_names_it(tmp_path, content, reason):
    message = complaint(write(tmp_path, images=content))
    assert message.startswith(f"{tmp_path / IMAGES}: ")
    assert re.search(reason, message)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "starts with nothing"),
        (idx(PIXELS), "starts with 00000803"),
        (idx(CLASSES[:-1]), "5 labels for 6 images"),
        (idx(np.tile(CLASSES, 2)), "12 labels for 6 images"),
        (idx(CLASSES + 1), "a label 10, .* 0 to 9"),
        (idx(np.full(6, 255, np.uint8)), "a label 255"),
        (idx(CLASSES)[:-1], "has fewer than the 6 bytes"),
        (idx(CLASSES, shape=(2**32 - 1,)), "announces 4,294,967,295 items"),
    ],
    **by_reason,
)
def test_a_file_of_labels_that_is_not_one_is_refused_in_a_line_that_names_it(tmp_path, content, reason):
    message = complaint(write(tmp_path, labels=content))
    assert message.startswith(f"{tmp_path / LABELS}: ")
    assert re.search(reason, message)


@pytest.mark.parametrize("place", np.linspace(10, len(PACKED) - 1, 40).astype(int))
def test_a_gzip_file_with_one_byte_inverted_is_refused(tmp_path, place):
    """After its ten bytes of header, a gzip stream has no byte that its check sum does not cover."""
    content = bytearray(PACKED)
    content[place] ^= 0xFF
    message = complaint(write(tmp_path, images=bytes(content)))
    assert message.startswith(f"{tmp_path / IMAGES}: ")


@pytest.mark.parametrize(
    "content",
    [
        gzip.compress(idx(PIXELS[:1])) + gzip.compress(bytes(1 << 20)) * 1024,  # one image, then 1 GiB of zeros
        idx(PIXELS, shape=(1_000_000, 28, 28)),  # 784 MB announced, 5 kB there
        gzip.compress(idx(PIXELS, shape=(1_000_000, 28, 28))),
        gzip.compress(idx(PIXELS[:1], shape=(2**32 - 1, 28, 28))) + gzip.compress(bytes(1 << 20)) * 1024,
    ],
    ids=["a gzip bomb", "a plain boast", "a gzipped boast", "a bomb that boasts"],
)
def test_a_file_that_unpacks_or_announces_a_gigabyte_is_refused_in_little_memory(tmp_path, content):
    write(tmp_path, images=content)
    tracemalloc.start()
    try:
        message = complaint(tmp_path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert message.startswith(f"{tmp_path / IMAGES}: ")
    assert peak < 8 << 20


def test_a_missing_folder_is_named(tmp_path):
    assert complaint(tmp_path / "nowhere").startswith(f"{tmp_path / 'nowhere'}: is not a folder")


def test_a_file_in_place_of_the_folder_is_named(tmp_path):
    assert complaint(write(tmp_path) / IMAGES).startswith(f"{tmp_path / IMAGES}: is not a folder")


@pytest.mark.parametrize("name", [IMAGES, LABELS])
def test_a_missing_file_is_named(tmp_path, name):
    (write(tmp_path) / name).unlink()
    message = complaint(tmp_path)
    assert message.startswith(f"{tmp_path}: ")
    assert name in message


@pytest.mark.parametrize("name", [IMAGES, LABELS])
def test_a_folder_in_place_of_a_file_is_refused(tmp_path, name):
    (write(tmp_path) / name).unlink()
    (tmp_path / name).mkdir()
    message = complaint(tmp_path)
    assert message.startswith(f"{tmp_path}: ")
    assert name in message


def test_the_other_split_of_a_folder_that_lacks_it_is_missing(tmp_path):
    assert "train-images-idx3-ubyte" in complaint(write(tmp_path), "train")


@pytest.mark.parametrize("split", ["validation", "Train", "t10k", ""])
def test_an_unknown_split_is_refused_with_those_there_are(tmp_path, split):
    message = complaint(write(tmp_path), split)
    assert f'"{split}"' in message
    assert message.endswith("train, test")


# --- Mutated files: what loads is what an independent reading of the format allows, all else is refused


def readable(content: bytes, dimensions: int) -> np.ndarray | None:
    """The bytes that follow a right header, or None: the format's rules in other words, by another gzip reader."""
    try:
        content = gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content
    except (gzip.BadGzipFile, EOFError, zlib.error):
        return None
    start = 4 + 4 * dimensions
    count = int.from_bytes(content[4:8], "big")
    right = idx(np.zeros(0, np.uint8), shape=(count, 28, 28)[:dimensions])
    fits = len(content) == start + count * 784 ** (dimensions == 3) and 0 < count <= 1_000_000
    return np.frombuffer(content, np.uint8, offset=start) if content[:start] == right and fits else None


TWO = {IMAGES: idx(PIXELS[:2]), LABELS: idx(CLASSES[:2])}
edits = st.lists(
    st.tuples(
        st.sampled_from(["replace", "delete", "insert"]),
        st.integers(0, 24) | st.integers(0, 2_000) | st.integers(-9, -1),
        st.binary(min_size=1, max_size=4),
    ),
    max_size=3,
)


def edited(content: bytes, changes: list[tuple[str, int, bytes]]) -> bytes:
    for change, place, new in changes:
        at = place % (len(content) + 1)
        kept = at if change == "insert" else at + len(new)
        content = content[:at] + (b"" if change == "delete" else new) + content[kept:]
    return content


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("edited")


@given(st.sampled_from([IMAGES, LABELS]), st.booleans(), edits)
def test_an_edited_file_loads_exactly_when_it_is_still_one(folder, name, gzipped, changes):
    contents = {key: gzip.compress(content, mtime=0) if gzipped else content for key, content in TWO.items()}
    contents[name] = edited(contents[name], changes)
    write(folder, *contents.values())
    pixels, labels = readable(contents[IMAGES], 3), readable(contents[LABELS], 1)
    if pixels is None or labels is None or len(pixels) != 784 * len(labels) or labels.max() > 9:
        assert complaint(folder).startswith(f"{folder}")
    else:
        digits = load_digits("test", folder)
        assert (np.rint(digits.images * 255).ravel() == pixels).all()
        assert (digits.labels == labels).all()


# --- Choosing among the digits


def numbered(n: int) -> Digits:
    """Digits whose every pixel and label tell their place."""
    return Digits(np.arange(n, dtype=np.float32)[:, None].repeat(784, axis=1), np.arange(n))


@given(st.data())
def test_spread_takes_digits_at_steps_that_differ_by_one_at_most_and_keeps_their_index(data):
    n = data.draw(st.integers(1, 300))
    count = data.draw(st.integers(1, n))
    some = numbered(n).spread(count)
    assert len(some) == count
    assert some.index[0] == 0
    steps = np.diff([*some.index, n])  # the last step leads round to the first digit of the next pass
    assert set(steps) <= {n // count, -(-n // count)}
    assert (some.index == some.labels).all()
    assert (some.index == some.images[:, 0]).all()


@given(st.data())
def test_a_spread_of_some_digits_keeps_the_index_in_the_whole_set(data):
    kept = data.draw(st.lists(st.integers(0, 99), min_size=1, max_size=30, unique=True))
    some = numbered(100)[np.array(kept)]
    again = some.spread(data.draw(st.integers(1, len(kept))))
    assert set(again.index) <= set(kept)
    assert (again.index == again.labels).all()


@pytest.mark.parametrize("count", [0, -1, 11, 10**9])
def test_spread_refuses_more_digits_than_there_are_and_none(count):
    with pytest.raises(ValueError, match="but there are 10: ask for 1 to 10") as caught:
        numbered(10).spread(count)
    assert len(str(caught.value).splitlines()) == 1


def test_a_slice_and_a_mask_keep_index_and_hashes():
    digits = Digits(*(getattr(numbered(10), name) for name in ("images", "labels", "index")), {"images": "abc"})
    for some in (digits[3:8], digits[(digits.labels >= 3) & (digits.labels < 8)]):
        assert some.index.tolist() == some.labels.tolist() == some.images[:, 0].tolist() == [3, 4, 5, 6, 7]
        assert some.sha256 == {"images": "abc"}
