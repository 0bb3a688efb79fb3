"""What the page is given: networks and digits, as JSON with their arrays in one piece of bytes, gzipped, beside it.

An array stands in the JSON as {"at": first byte, "length": numbers, "type": "i2", "f8" or "u1"}.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Mapping as Dict
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from bio.stdp import load_learned
from compare.activations import CELLS, HIGHEST, LOWEST, CellCurve
from compare.live.networks import LiveNetwork
from compare.live.third import THIRD_CELLS, third_of
from compare.mapping import LayerMap
from compare.provenance import manifest_entry
from data import Digits, load_digits

EACH = 10  # test digits of each class that the page gets
FIRST = 3  # what the page opens with: a digit that has all its strokes, and that all networks read
TYPES = {np.dtype(np.int16): "i2", np.dtype(np.float64): "f8", np.dtype(np.uint8): "u1"}
ALIGNED = 8  # bytes
DRIVES = np.linspace(-2, 12, 281)  # of the curve that rates are expected on, in thresholds


@dataclass(frozen=True)
class Payload:
    """The JSON, the bytes of its arrays, gzipped, in base64, and whether the digits are MNIST's."""

    header: str
    packed: str
    mnist: bool


class Packer:
    """Puts arrays one after the other."""

    def __init__(self) -> None:
        self.content = bytearray()

    def __call__(self, array: np.ndarray) -> dict[str, Any]:
        """Where the array is; it may have the types in `TYPES`."""
        self.content += bytes(-len(self.content) % ALIGNED)
        place = {"at": len(self.content), "length": array.size, "type": TYPES[array.dtype]}
        self.content += np.ascontiguousarray(array, array.dtype.newbyteorder("<")).tobytes()
        return place


def payload(networks: Dict[tuple[str, str], LiveNetwork], *, seed: int = 0, data: Path | None = None) -> Payload:
    """All that the page needs to think by itself; the test digits in `data` are what it may load."""
    pack = Packer()
    test = load_digits("test", data)
    given = {
        "made": {
            "version": version("neural-analogy"),
            "seed": seed,
            "data_sha256": dict(test.sha256),
            **manifest_entry(),
        },
        "networks": [
            described(activation, hidden, network, pack) for (activation, hidden), network in networks.items()
        ],
        "digits": shown(test, networks, pack),
        "third": third_of(load_learned(THIRD_CELLS), pack),
    }
    packed = gzip.compress(bytes(pack.content), compresslevel=9, mtime=0)
    header = json.dumps(given, allow_nan=False).replace("<", "\\u003c")  # it will stand in HTML
    mnist = data is None or test.sha256 == load_digits("test").sha256
    return Payload(header, base64.b64encode(packed).decode("ascii"), mnist)


def described(activation: str, hidden: str, network: LiveNetwork, pack: Packer) -> dict[str, Any]:
    """One network."""
    mapping = network.mapping
    ann, bio = network.accuracy
    return {
        "activation": activation,
        "hidden": hidden,
        "accuracy": {"ann": ann, "bio": bio, "digits": network.scored},
        "cell": asdict(mapping.cell),
        "r_max": mapping.r_max,
        "curve": curve_of(activation),
        "expected": {"drives": pack(DRIVES), "rates": pack(mapping.cell.rate(DRIVES, dt=mapping.dt))},
        "disagreed": network.disagreed.index.tolist(),
        "layers": [
            layer_of(*numbers, pack=pack)
            for numbers in zip(
                network.codes,
                network.scales,
                network.model.biases,
                network.network.biases,
                mapping.layers,
                strict=True,
            )
        ],
    }


def layer_of(
    codes: np.ndarray, scale: float, biases: np.ndarray, spiking: np.ndarray, layer: LayerMap, *, pack: Packer
) -> dict[str, Any]:
    """One layer of both networks."""
    return {
        "codes": pack(codes),
        "scale": scale,
        "biases": pack(biases.astype(float)),
        "spiking_biases": pack(spiking),
        "gain": pack(layer.gain),
        "c0": layer.c0,
        "c1": layer.c1,
        "unit": layer.unit,
        "on_rate": layer.on_rate,
    }


def curve_of(activation: str) -> dict[str, Any] | None:
    """The numbers of an activation that is a cell's own curve."""
    if activation not in ("lif",):
        return None
    curve = CellCurve(CELLS[activation])
    return {
        "cell": asdict(curve.cell),
        "gain": curve.gain,
        "smoothing": curve.smoothing,
        "r_max": curve.r_max,
        "lowest": LOWEST,
        "highest": HIGHEST,
    }


def shown(test: Digits, networks: Dict[tuple[str, str], LiveNetwork], pack: Packer) -> dict[str, Any]:
    """Test digits: some of each class, and those that networks disagree on."""
    picked = {int(place) for c in range(10) for place in np.flatnonzero(test.labels == c)[:EACH]}
    wanted = {int(i) for network in networks.values() for i in network.disagreed.index}
    picked |= set(np.flatnonzero(np.isin(test.index, list(wanted))).tolist())
    some = test[np.array(sorted(picked), int)]
    read = set.intersection(*(set(network.read.tolist()) for network in networks.values()))
    easy = [
        index for index, label in zip(some.index.tolist(), some.labels, strict=True) if label == FIRST and index in read
    ]
    return {
        "index": some.index.tolist(),
        "first": (easy or some.index.tolist())[0],
        "labels": some.labels.tolist(),
        "pixels": pack(np.rint(some.images * 255).astype(np.uint8)),
    }
