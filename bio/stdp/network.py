"""A network that has learned: weights, thresholds, what its cells respond to; kept in a file, and shown digits."""

from __future__ import annotations

import io
import json
import secrets
import zipfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from bio.stdp.engines import run
from bio.stdp.labels import CLASSES, assigned, classified, voted
from bio.stdp.model import PIXELS, Cells
from bio.stdp.task import Task

FOLDER = Path(__file__).with_name("learned")
MOST_BYTES = 1 << 30  # of a file, unpacked
LEVELS = 255  # of a weight in a file, evenly from 0 to the cell's largest


@dataclass(frozen=True, eq=False)
class LearnedNetwork:
    """What learning left. Raises ValueError where the arrays do not fit together.

    weights  float32 (784, cells), in units of the leak's conductance
    theta    float32 (cells,), how far each threshold was raised, V
    tuning   float32 (10, cells), mean spikes of each cell at training digits of each class
    meta     where it came from: command, seed, passes, versions, digits trained, accuracy
    """

    weights: np.ndarray
    theta: np.ndarray
    tuning: np.ndarray
    meta: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        shapes = [array.shape for array in (self.weights, self.theta, self.tuning)]
        if shapes != [(PIXELS, self.cells), (self.cells,), (CLASSES, self.cells)]:
            raise ValueError(f"weights, theta and tuning {shapes} do not fit together: one column a cell in each")
        if not all(np.isfinite(array).all() for array in (self.weights, self.theta, self.tuning)):
            raise ValueError("weights, theta and tuning must be finite numbers: learn anew")

    @property
    def cells(self) -> int:
        """How many cells."""
        return len(self.theta)

    @property
    def labels(self) -> np.ndarray:
        """int8 (cells,): the class that each cell was assigned to on training digits; -1 for one that was silent."""
        return assigned(self.tuning)

    def answers(self, counts: np.ndarray) -> np.ndarray:
        """(n,): the class that digits are taken for whose spike counts (n, cells) are given, by Diehl & Cook's rule."""
        return classified(counts, self.labels)

    def votes(self, counts: np.ndarray) -> np.ndarray:
        """(n,): the same by the vote of all cells (`bio.stdp.labels.voted`)."""
        return voted(counts, self.tuning)


def respond(
    network: LearnedNetwork,
    images: np.ndarray,
    *,
    seed: int = 0,
    index: np.ndarray | None = None,
    engine: str | None = None,
    cells: Cells | None = None,
) -> np.ndarray:
    """int32 (n, cells): the spikes that digits evoke, from images (n, 784) in [0, 1]; nothing is learned.

    A digit's numbers depend on `seed` and its `index` (None: 0, 1, 2 …) only. A digit that evokes too few spikes is
    shown again brighter, and the last showing counts. Raises what `bio.stdp.engines.run` raises.
    """
    index = np.arange(len(images)) if index is None else index
    images = images.astype(np.float32, copy=False)
    return run(Task(network.weights, network.theta, images, index, seed, cells or Cells()), engine=engine).counts


def coded(network: LearnedNetwork) -> LearnedNetwork:
    """The network with its weights as a file keeps them."""
    return replace(network, weights=decoded(*codes_of(network.weights)))


def codes_of(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weights in steps of each cell's largest over `LEVELS`: uint8 (784, cells), and the steps, float32 (cells,)."""
    scale = (np.maximum(weights.max(axis=0), 1e-9) / LEVELS).astype(np.float32)
    return np.rint(weights / scale).astype(np.uint8), scale


def decoded(codes: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """What `codes_of` coded, float32."""
    return codes.astype(np.float32) * scale.astype(np.float32)


def save_learned(path: Path, network: LearnedNetwork) -> None:
    """Writes a network to an .npz file, whole or not at all, its weights in 8 bits."""
    codes, scale = codes_of(network.weights)
    meta = json.dumps(network.meta, ensure_ascii=False, allow_nan=False)
    theta, tuning = (array.astype(np.float32) for array in (network.theta, network.tuning))
    write_whole(path, codes=codes, scale=scale, theta=theta, tuning=tuning, meta=np.array(meta))


def write_whole(path: Path, **arrays: np.ndarray) -> None:
    """Writes arrays to an .npz file that appears whole or not at all."""
    part = path.with_name(f".{path.stem}.{secrets.token_hex(4)}.part")
    try:
        with part.open("xb") as stream:
            content = io.BytesIO()  # of an archive that cannot be ended, on a full disk, Python would tell too
            np.savez_compressed(content, **arrays)  # type: ignore[arg-type]
            stream.write(content.getbuffer())
        part.replace(path)
    except OSError as error:
        if error.errno is not None and error.filename in (None, str(part)):  # as of a full disk
            raise type(error)(error.errno, error.strerror, str(path)) from error
        raise
    finally:
        part.unlink(missing_ok=True)


def load_learned(cells: int | Path = 100) -> LearnedNetwork:
    """The network of so many cells that comes with the package, or the one in a file that `save_learned` wrote.

    Raises ValueError, in a line, where there is none or the file is not what it should be; OSError where it cannot be
    read.
    """
    path = cells if isinstance(cells, Path) else FOLDER / f"{cells}.npz"
    if not isinstance(cells, Path) and not path.is_file():
        there = ", ".join(str(number) for number in shipped())
        raise ValueError(f"no network of {cells} cells comes with the package: choose from {there}, or learn one")
    try:
        codes, scale, theta, tuning, meta = read_arrays(path, ("codes", "scale", "theta", "tuning", "meta")).values()
        if codes.dtype != np.uint8 or codes.shape != (PIXELS, len(theta)):
            raise ValueError(f"weights {codes.dtype} {codes.shape}")
        return LearnedNetwork(decoded(codes, scale), theta, tuning, json.loads(str(meta)))
    except FileNotFoundError:
        raise
    except Exception as error:  # a broken archive raises whatever its part that is broken raises
        raise ValueError(f"{path}: is not a network that learned ({error}): write it with `analogy learn`") from error


def read_arrays(path: Path, names: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Those arrays of an .npz file. Raises OSError where it cannot be read, and anything where it is broken."""
    if path.exists() and not path.is_file() and not path.is_dir():
        raise ValueError("is a pipe or a device, and might never end")
    with path.open("rb") as stream:
        with zipfile.ZipFile(stream) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
        if unpacked > MOST_BYTES:
            raise ValueError(f"unpacks to {unpacked:,} bytes, more than {MOST_BYTES:,}")
        stream.seek(0)
        with np.load(stream, allow_pickle=False) as file:
            return {name: file[name] for name in names}


def shipped() -> list[int]:
    """Of how many cells there are networks that come with the package."""
    return sorted(int(path.stem) for path in FOLDER.glob("*.npz"))
