"""What several tests look at: pairs of made-up numbers, small data folders, and networks that learned a little."""

import zipfile
from collections.abc import Sequence
from dataclasses import astuple
from pathlib import Path

import numpy as np
from scipy.special import logit

from ann import MLP, Training, save_model, train
from bio import LIF, Response
from compare.activations import CELLS
from compare.comparison import prepared
from compare.experiments.bench import Bench
from compare.mapping import LayerMap, Mapping
from compare.options import Options
from compare.pair import Pair, Twin
from data import Digits, load_digits

DT = 1e-3
DURATION = 0.1


def layer_map(activation: str, units: int) -> LayerMap:
    """A threshold alignment without calibration."""
    cell = CELLS[activation]
    gain, offset = np.full(units, 0.025 if activation == "relu" else 0.005), np.zeros(units)
    if activation == "relu":
        return LayerMap(1.0, 4.0, unit=5.0, gain=gain, offset=offset, silent=0.0, on_rate=0.0)
    c0 = float(cell.drive_for(np.array(100.0), dt=DT))
    on_rate = float(cell.rate(np.array(c0), dt=DT))
    return LayerMap(c0, 3.0, unit=1.0, gain=gain, offset=offset, silent=0.01, on_rate=on_rate)


def numbers_of(layer: LayerMap) -> np.ndarray:
    """All its numbers, one after the other."""
    return np.concatenate([np.ravel(value) for value in astuple(layer)])


def mapping_of(activation: str, widths: Sequence[int], cell: LIF | None = None) -> Mapping:
    return Mapping(
        tuple(layer_map(activation, units) for units in widths), activation, cell or CELLS[activation], 200.0, DT
    )


def pair_of(sums, counts, *, activation="relu", labels=None, verdicts=None, input_spikes=0, mapping=None, seed=0):
    """A Pair whose weighted sums, spike counts and verdicts (n, k), asked every 5 ms, are given outright.

    Left out: every label 0, and the verdict of the cell that fired most.
    """
    n = len(sums[0])
    widths = [layer.shape[1] for layer in sums]
    weights = tuple(np.zeros(shape) for shape in zip([784, *widths], widths, strict=False))
    model = MLP(weights, tuple(np.zeros(width) for width in widths), activation)
    mapping = mapping or mapping_of(activation, widths)
    twin = Twin(model, mapping, mapping.network(model), "threshold", "current", DURATION, DT, seed)
    labels = np.zeros(n, np.int64) if labels is None else np.asarray(labels)
    digits = Digits(np.zeros((n, 784), np.float32), labels, np.arange(n), {})
    verdicts = counts[-1].argmax(axis=1)[:, None] if verdicts is None else np.asarray(verdicts)
    response = Response(
        tuple(np.asarray(layer, np.int32) for layer in counts),
        np.full(n, input_spikes, np.int64),
        np.zeros((n, widths[-1])),
        5e-3 * (1 + np.arange(verdicts.shape[1])),
        verdicts.astype(np.int8),
    )
    pair = Pair(twin, digits, response)
    object.__setattr__(pair, "sums", [np.asarray(layer, float) for layer in sums])
    return pair


def identical_pair(rng, activation, *, digits=200, widths=(30, 10)) -> Pair:
    """A pair in which every activation is exactly what its cell's spike count stands for."""
    mapping = mapping_of(activation, widths)
    counts = [rng.integers(0, 19, (digits, width)) for width in widths]
    decoded = [mapping.activations(layer, count, DURATION) for layer, count in enumerate(counts)]
    sums = [np.where(layer > 0, layer, -1) if activation == "relu" else logit(layer) for layer in decoded]
    verdicts = sums[-1].argmax(axis=1)[:, None]
    return pair_of(sums, counts, activation=activation, mapping=mapping, verdicts=verdicts, labels=verdicts[:, 0])


def write_idx(path: Path, values: np.ndarray) -> None:
    header = bytes([0, 0, 8, values.ndim]) + b"".join(size.to_bytes(4, "big") for size in values.shape)
    path.write_bytes(header + values.astype(np.uint8).tobytes())


def small_mnist(folder: Path, *, train: int = 600, test: int = 60) -> Path:
    """The folder, with the four IDX files of a few of MNIST's digits."""
    folder.mkdir(parents=True, exist_ok=True)
    for split, prefix, count in (("train", "train", train), ("test", "t10k", test)):
        digits = load_digits(split).spread(count)
        write_idx(folder / f"{prefix}-images-idx3-ubyte", np.rint(digits.images * 255).reshape(-1, 28, 28))
        write_idx(folder / f"{prefix}-labels-idx1-ubyte", digits.labels)
    return folder


def pack_zeros(path: Path, name: str, *, mebibytes: int) -> None:
    """Adds a member of so many MiB of zeros to a zip file, or begins one."""
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open(name, "w", force_zip64=True) as stream,
    ):
        for _ in range(mebibytes):
            stream.write(bytes(1 << 20))


def taught(sizes, activation, *, digits=4_000, epochs=10, seed=0) -> MLP:
    """A network that has seen a few digits a few times: some 80 to 90 % right, in well under a second."""
    some = load_digits("train").spread(digits)
    return train(some.images, some.labels, Training(sizes, activation, seed=seed, epochs=epochs)).model


def small_bench(place: Path, sizes) -> Bench:
    """A little network on a few of MNIST's digits, kept in a folder."""
    folder = small_mnist(place / "digits")
    save_model(place / "relu.npz", taught(sizes, "relu"), {})
    options = Options(
        activations=("relu",), inputs=("current",), sizes=sizes, data=folder, duration=0.03, model=place / "relu.npz"
    )
    return Bench(prepared(options), load_digits("train", folder), quick=True, workers=1)


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []


def one_sentence(text: str) -> bool:
    """Whether it ends in the only full stop that is not within a number, has some thirty words at most, and no nan."""
    return text[-1] == "." and ". " not in text[:-1] and len(text.split()) <= 32 and "nan" not in text
