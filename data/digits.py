"""Loads a labelled set of 28×28 digits: MNIST, which travels with the package, or any folder in the same format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from data.idx import read_idx

SIDE = 28
PIXELS = SIDE * SIDE
CLASSES = 10
MNIST = Path(__file__).parent / "mnist"
PREFIXES = {"train": "train", "test": "t10k"}


@dataclass(frozen=True, eq=False)
class Digits:
    """Images with their labels.

    images  float32 (n, 784), brightness from 0 (black) to 1 (white), row by row from the top left
    labels  int64 (n,), from 0 to 9
    index   int64 (n,), the place of each digit in the set that it came from; left out: 0, 1, 2 …
    sha256  of the uncompressed files: {"images": …, "labels": …}; empty where there are none
    """

    images: np.ndarray
    labels: np.ndarray
    index: np.ndarray = None  # type: ignore[assignment]
    sha256: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.index is None:
            object.__setattr__(self, "index", np.arange(len(self.labels)))

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, which: slice | np.ndarray) -> Digits:
        """Some of the digits, which keep their `index`."""
        return Digits(self.images[which], self.labels[which], self.index[which], self.sha256)

    def spread(self, count: int) -> Digits:
        """`count` digits at even steps through the whole set: MNIST's first half was written by steadier hands
        than its second, so the first digits are not a fair sample. Raises ValueError outside 1…n.

        >>> load_digits("test").spread(5).index.tolist()
        [0, 2000, 4000, 6000, 8000]
        """
        if not 1 <= count <= len(self):
            raise ValueError(f"{count:,} digits asked for, but there are {len(self):,}: ask for 1 to {len(self):,}")
        return self[np.arange(count) * len(self) // count]


def load_digits(split: str, folder: str | Path | None = None) -> Digits:
    """The digits of a split, "train" or "test": of MNIST, or of the four IDX files in `folder`, gzipped or not.

    Raises ValueError or OSError, in one line that names the file, where a file is missing or not what it should be.
    """
    if split not in PREFIXES:
        raise ValueError(f'there is no split "{split}": choose one of {", ".join(PREFIXES)}')
    directory = MNIST if folder is None else Path(folder)
    if not directory.is_dir():
        raise NotADirectoryError(f"{directory}: is not a folder: name one that holds the four IDX files")
    image_file = find(directory, f"{PREFIXES[split]}-images", "idx3-ubyte")
    label_file = find(directory, f"{PREFIXES[split]}-labels", "idx1-ubyte")
    pixels, image_hash = read_idx(image_file, item_shape=(SIDE, SIDE))
    labels, label_hash = read_idx(label_file, item_shape=())
    if len(pixels) != len(labels):
        raise ValueError(f"{label_file}: has {len(labels):,} labels for {len(pixels):,} images: they must pair up")
    if labels.max() >= CLASSES:
        raise ValueError(f"{label_file}: has a label {labels.max()}, but the ten classes are 0 to 9: relabel it")
    images = pixels.reshape(-1, PIXELS) * np.float32(1 / 255)
    return Digits(images, labels.astype(np.int64), sha256={"images": image_hash, "labels": label_hash})


def find(directory: Path, stem: str, kind: str) -> Path:
    """The file with that content under any of the names in use: with a hyphen or a dot, gzipped or not."""
    names = [f"{stem}{mark}{kind}{end}" for mark in "-." for end in ("", ".gz")]
    for name in names:
        if (directory / name).is_file():
            return directory / name
    raise FileNotFoundError(f"{directory}: has no {names[0]} (nor {names[1]}): name a folder that has it")
