"""How the inputs of a format are taken apart into plain values, and put together again, right or wrong."""

from __future__ import annotations

import csv
import gzip
import io
import json
import math
import tomllib
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Format:
    """A way between bytes and nested lists, dicts and plain values; `apart` raises where bytes are not of it."""

    apart: Callable[[bytes], Any]
    together: Callable[[Any], bytes]


def encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


# --- JSON, TOML, CSV


def json_bytes(tree: Any) -> bytes:
    return encoded(json.dumps(tree, default=repr))


JSON = Format(json.loads, json_bytes)


def toml_value(value: Any) -> str:
    """A value as TOML has it, or as near to it as something that TOML has not."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(str(name))} = {toml_value(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml_value, value)) + "]"
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return json.dumps(value, default=repr)


def toml_bytes(tree: Any) -> bytes:
    if not isinstance(tree, dict):
        return encoded(toml_value(tree))
    return encoded("".join(f"{json.dumps(str(name))} = {toml_value(value)}\n" for name, value in tree.items()))


TOML = Format(lambda data: tomllib.loads(data.decode()), toml_bytes)


def csv_bytes(rows: Any) -> bytes:
    if not isinstance(rows, list):
        return encoded(str(rows))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_MINIMAL, escapechar="\\")
    writer.writerows(row if isinstance(row, list) else [row] for row in rows)
    return encoded(text.getvalue())


CSV = Format(lambda data: [list(row) for row in csv.reader(io.StringIO(data.decode()))], csv_bytes)


# --- IDX


def idx_apart(data: bytes) -> Any:
    packed = data[:2] == b"\x1f\x8b"
    plain = gzip.decompress(data) if packed else data
    sizes = [int.from_bytes(plain[at : at + 4], "big") for at in range(4, 4 + 4 * plain[3], 4)]
    return {"packed": packed, "magic": list(plain[:4]), "sizes": sizes, "body": plain[4 + 4 * plain[3] :]}


def idx_together(tree: Any) -> bytes:
    if not isinstance(tree, dict):
        return encoded(str(tree))
    magic, sizes, body = (tree.get(name) for name in ("magic", "sizes", "body"))
    plain = b"".join(number(one, 1) for one in (magic if isinstance(magic, list) else []))
    plain += b"".join(number(one, 4) for one in (sizes if isinstance(sizes, list) else []))
    plain += body if isinstance(body, bytes) else encoded(str(body))
    return gzip.compress(plain, 1, mtime=0) if tree.get("packed") else plain


def number(value: Any, size: int) -> bytes:
    """The low bytes of what should be a whole number."""
    whole = value if isinstance(value, int) else hash(str(value)) if value else 0
    return (whole % (1 << 8 * size)).to_bytes(size, "big")


IDX = Format(idx_apart, idx_together)


# --- models: .npz


def npz_apart(data: bytes) -> Any:
    members = []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        stored = archive.infolist()[0].compress_type == zipfile.ZIP_STORED
        for name in archive.namelist():
            array = np.lib.format.read_array(io.BytesIO(archive.read(name)), allow_pickle=False)
            member = {"descr": array.dtype.str, "order": False, "shape": list(array.shape)}
            held = {"text": json.loads(str(array))} if array.dtype.kind == "U" else {"data": array.tobytes()}
            members.append([name, member | held])
    return {"stored": stored, "members": members}


def npz_together(tree: Any) -> bytes:
    if not isinstance(tree, dict) or not isinstance(tree.get("members"), list):
        return encoded(str(tree))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED if tree.get("stored") else zipfile.ZIP_DEFLATED) as archive:
        for member in tree["members"]:
            if isinstance(member, list) and len(member) == 2 and isinstance(member[1], dict):
                name = str(member[0]).encode("utf-8", "replace").decode()[:1_000]
                archive.writestr(zipfile.ZipInfo(name), npy(member[1]), archive.compression)
    return stream.getvalue()


def npy(member: dict[str, Any]) -> bytes:
    """An array's file; where it is a text, of the length that it has."""
    data, descr = member.get("data"), member.get("descr")
    if "text" in member:
        text = json.dumps(member["text"], default=repr)
        data, descr = text.encode("utf-32-le", "surrogatepass"), f"<U{len(text)}"
    shape = member.get("shape")
    header = repr(
        {
            "descr": descr,
            "fortran_order": member.get("order"),
            "shape": tuple(shape) if isinstance(shape, list) else shape,
        }
    ).encode("latin-1", "replace")
    header += b" " * (-(11 + len(header)) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + number(len(header), 2)[::-1] + header + (data if isinstance(data, bytes) else b"")


NPZ = Format(npz_apart, npz_together)
