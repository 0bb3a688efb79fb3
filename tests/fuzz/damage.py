"""Damages an input: somewhere in its structure, or in its bytes."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

#: what stands at the edges of what readers expect
ODD: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2, 255, 256, 65_535, 2**31 - 1, 2**31, 2**32 - 1, 2**53, 2**63, -(2**63), 10**30),
    *(0.0, -0.0, 0.5, 1e-320, 1e-9, 1e9, 1e308, float("nan"), float("inf"), float("-inf")),
    *(
        "",
        " ",
        "\n",
        "\0",
        "0",
        "-1",
        "1e999",
        "nan",
        "1_0",
        "½",
        "é\u2028",
        "\udcff",
        "../x",
        ".",
        "a" * 5_000,
        "\x1b[2J",
    ),
    *([], {}, [[]], [None], {"": 0}, b"", b"\0", b"\xff\xfe"),
)
INTERESTING = (
    b"",
    b"\0",
    b"\xff",
    b"\xff\xff\xff\xff",
    b"\x80\0\0\0",
    b"\n",
    b"[" * 3_000,
    b"{",
    b'"',
    b"\\",
    b"\xc3\x28",
    b"nan",
)


def places(tree: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in nested lists and dicts: the container, and the index or key."""
    if isinstance(tree, dict | list):
        for at in list(tree) if isinstance(tree, dict) else range(len(tree)):
            yield tree, at
            yield from places(tree[at])


def bend(rng: random.Random, tree: Any) -> Any:
    """The tree (which is changed) with one place replaced, left out, doubled, renamed, moved, or grown."""
    found = list(places(tree))
    if not found or rng.random() < 0.01:
        return rng.choice(ODD)
    box, at = rng.choice(found)
    action = rng.randrange(7)
    if action == 0 and isinstance(box, dict):
        box[rng.choice([name for name in ODD if isinstance(name, str)])] = box.pop(at)
    elif action == 1:
        del box[at]
    elif action == 2 and isinstance(box, list):
        box[at:at] = [box[at]] * rng.choice([1, 1, 2, 40])
    elif action == 3:
        other, there = rng.choice(found)
        box[at] = other.get(there) if isinstance(other, dict) else other[there] if there < len(other) else None
        box[at] = copied(box[at])
    elif action == 4:
        box[at] = nested(rng, box[at])
    elif action == 5:
        box[at] = changed(rng, box[at])
    else:
        box[at] = copied(rng.choice(ODD))
    return tree


def copied(tree: Any) -> Any:
    """The same in containers of its own."""
    if isinstance(tree, dict):
        return {name: copied(value) for name, value in tree.items()}
    return [copied(value) for value in tree] if isinstance(tree, list) else tree


def nested(rng: random.Random, value: Any) -> Any:
    """The value in lists or dicts, few or more than any stack is deep."""
    for _ in range(rng.choice([1, 1, 2, 300])):
        value = [value] if rng.random() < 0.5 else {"a": value}
    return value


def changed(rng: random.Random, value: Any) -> Any:
    """Another value of the same kind."""
    if isinstance(value, bool) or value is None:
        return not value
    if isinstance(value, int):
        return value + rng.choice([-1, 1, 7, -value, value, 1 << rng.randrange(70)])
    if isinstance(value, float):
        return value * rng.choice([-1, 0, 1e3, 1e-3, 1e300])
    if isinstance(value, str):
        return spoilt(rng, value.encode("utf-8", "surrogateescape")).decode("utf-8", "surrogateescape")
    return spoilt(rng, value) if isinstance(value, bytes) else value


def spoilt(rng: random.Random, data: bytes) -> bytes:
    """The bytes with some cut off, taken out, put in, exchanged, inverted or doubled."""
    at = rng.randrange(len(data) + 1)
    end = min(len(data), at + rng.choice([1, 2, 4, 8, 100, 10_000]))
    return {
        0: lambda: data[:at],
        1: lambda: data[:at] + data[end:],
        2: lambda: data[:at] + rng.choice(INTERESTING) + data[at:],
        3: lambda: data[:at] + rng.randbytes(end - at) + data[end:],
        4: lambda: data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1 :] if at < len(data) else data,
        5: lambda: data[:at] + data[at:end] * 2 + data[end:],
    }[rng.randrange(6)]()
