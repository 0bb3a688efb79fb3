"""Reads one IDX file, the format MNIST came in: a magic number, the dimensions, then one byte per value.

    bytes 0-1  zero          byte 2  type (0x08: unsigned byte)      byte 3  number of dimensions d
    then d big-endian 32-bit sizes, then the values in C order.

Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits", section "File formats".
"""

from __future__ import annotations

import gzip
import hashlib
import math
import struct
import zlib
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np

UNSIGNED_BYTE = 0x08
MOST_ITEMS = 1_000_000  # above any published set in this format (EMNIST has 814,255); bounds what a header can ask for
BLOCK = 1 << 20  # bytes read at a time, so that memory follows what is there and not what a header announces


def read_idx(path: Path, *, item_shape: tuple[int, ...]) -> tuple[np.ndarray, str]:
    """The values of one IDX file of unsigned bytes, gzipped or not, and the SHA-256 of its uncompressed bytes.

    `item_shape` is the shape that each item must have: `(28, 28)` for images, `()` for labels. Returns an array of
    uint8 of shape `(n, *item_shape)` with n ≥ 1. Never reads more than the header announces, so a file that unpacks
    without end costs no memory. Raises ValueError, naming the file, where the file is not that.
    """
    try:
        with open_plain_or_gzip(path) as stream:
            header, shape = read_header(stream, path, item_shape)
            size = math.prod(shape)
            body = bytearray()
            while len(body) <= size and (block := stream.read(min(BLOCK, size + 1 - len(body)))):
                body += block  # up to one byte more than announced, which shows a file that goes on
    except (gzip.BadGzipFile, zlib.error) as error:
        raise ValueError(f"{path}: the gzip data is corrupt ({error}): fetch the file again") from error
    except EOFError as error:
        raise ValueError(f"{path}: the gzip data ends too early: fetch the file again") from error
    if len(body) != size:
        problem = "has fewer" if len(body) < size else "has more"
        raise ValueError(f"{path}: {problem} than the {size:,} bytes its header announces: fetch the file again")
    digest = hashlib.sha256(header)
    digest.update(body)
    return np.frombuffer(body, np.uint8).reshape(shape), digest.hexdigest()


def open_plain_or_gzip(path: Path) -> BinaryIO:
    """The file's uncompressed bytes, whatever its name says: gzip is known by its first two bytes."""
    with path.open("rb") as stream:
        gzipped = stream.read(2) == b"\x1f\x8b"
    return cast(BinaryIO, gzip.open(path, "rb") if gzipped else path.open("rb"))


def read_header(stream: BinaryIO, path: Path, item_shape: tuple[int, ...]) -> tuple[bytes, tuple[int, ...]]:
    """The header's bytes and the shape it announces, once type, dimensions and count are found to be allowed."""
    dimensions = 1 + len(item_shape)
    header = stream.read(4 + 4 * dimensions)
    magic = bytes([0, 0, UNSIGNED_BYTE, dimensions])
    if header[:4] != magic:
        raise ValueError(
            f"{path}: starts with {header[:4].hex() or 'nothing'}, but an IDX file of {dimensions}-dimensional bytes "
            f"starts with {magic.hex()}: is this the right file?"
        )
    if len(header) < 4 + 4 * dimensions:
        raise ValueError(f"{path}: ends within its header: fetch the file again")
    count, *item = struct.unpack(f">{dimensions}I", header[4:])
    if tuple(item) != item_shape:
        raise ValueError(
            f"{path}: holds images of {'×'.join(map(str, item))} pixels, but the networks see "
            f"{'×'.join(map(str, item_shape))}: resize them first"
        )
    if not 1 <= count <= MOST_ITEMS:
        raise ValueError(f"{path}: announces {count:,} items, allowed are 1 to {MOST_ITEMS:,}: check the file")
    return header, (count, *item)
