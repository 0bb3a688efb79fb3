"""Keeps a trained network in one .npz file: its arrays, and as JSON text what it is and where it came from.

No pickle is read or written, and no array is unpacked before its size was found to be that of a network.
"""

from __future__ import annotations

import io
import json
import os
import secrets
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from ann.mlp import MLP

FORMAT = "neural-analogy model 1"
MOST_BYTES = 1 << 30  # of one network's file, unpacked


def save_model(path: str | Path, model: MLP, provenance: Mapping[str, Any]) -> None:
    """Writes a network and what is known of its origin (anything JSON can hold: seed, data, versions, accuracy).

    The file appears whole or not at all. Raises OSError where it cannot be written.
    """
    path = Path(path)
    about = {
        "format": FORMAT,
        "sizes": model.sizes,
        "activation": model.activation,
        "provenance": dict(provenance),
    }
    arrays = {f"weights_{i}": array for i, array in enumerate(model.weights)}
    arrays |= {f"biases_{i}": array for i, array in enumerate(model.biases)}
    if path.exists() and not path.is_file() and not path.is_dir():
        raise OSError(f"{path}: is a pipe or a device, which a file would replace: name a file")
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with temporary.open("xb") as stream:  # not by tempfile, whose files only their owner may read: models travel
            content = io.BytesIO()  # of an archive that cannot be ended, on a full disk, Python would tell too
            np.savez_compressed(content, about=np.array(json.dumps(about)), **arrays)  # type: ignore[arg-type]
            stream.write(content.getbuffer())
        os.replace(temporary, path)
    except OSError as error:
        if error.errno is not None and error.filename in (None, str(temporary)):  # as of a full disk
            raise type(error)(error.errno, error.strerror, str(path)) from error
        raise
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def load_model(path: str | Path) -> tuple[MLP, dict[str, Any]]:
    """The network in a file, and its provenance.

    Raises ValueError, naming the file, for one that is damaged or not a network of this project; OSError where it
    cannot be read.
    """
    if Path(path).exists() and not Path(path).is_file() and not Path(path).is_dir():
        raise ValueError(f"{path}: is a pipe or a device, and might never end: name a file")
    with Path(path).open("rb") as stream:
        try:
            return read_model(stream)
        except Exception as error:  # zip, numpy and JSON raise many kinds on foreign bytes, OSError among them
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise ValueError(f"{path}: is damaged, or no model of this project ({reason}): train it anew") from error


def read_model(stream: BinaryIO) -> tuple[MLP, dict[str, Any]]:
    """What `load_model` returns, from an open file; raises whatever the file's content makes its readers raise."""
    if (size := os.fstat(stream.fileno()).st_size) > MOST_BYTES:
        raise ValueError(f"has {size:,} bytes, more than {MOST_BYTES:,}")
    with zipfile.ZipFile(stream) as archive:
        unpacked = sum(member.file_size for member in archive.infolist())
    if unpacked > MOST_BYTES:
        raise ValueError(f"unpacks to {unpacked:,} bytes, more than {MOST_BYTES:,}")
    stream.seek(0)
    with np.load(stream, allow_pickle=False) as file:
        about = json.loads(str(file["about"]))
        if about["format"] != FORMAT:
            raise ValueError(f'has the format "{about["format"]}", not "{FORMAT}"')
        layers = range(len(about["sizes"]) - 1)
        weights = tuple(file[f"weights_{i}"] for i in layers)
        biases = tuple(file[f"biases_{i}"] for i in layers)
        others = len(file.files) - 1 - 2 * len(layers)
    model = MLP(weights, biases, about["activation"])
    if others or model.sizes != tuple(about["sizes"]) or not all(usable(array) for array in weights + biases):
        raise ValueError("its numbers are not those of the network it describes")
    return model, dict(about["provenance"])


def usable(array: np.ndarray) -> bool:
    """Whether an array holds finite floats."""
    return array.dtype in (np.float32, np.float64) and bool(np.isfinite(array).all())
