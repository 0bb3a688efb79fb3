"""The trained networks of a sweep: one for each activation, sizes and seed, or file, that its points ask for."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ann import MLP, Epoch, Training, load_model, save_model
from compare.cache import key as key_of_training
from compare.cache import provenance, trained_model
from compare.comparison import Progress
from compare.sweep.points import Point
from data import Digits


@dataclass(frozen=True, eq=False)
class Network:
    """A trained network, the SHA-256 of its numbers, and where it lies."""

    model: MLP
    sha256: str
    path: Path

    def as_json(self) -> dict[str, Any]:
        """What a manifest says of it."""
        return {
            "activation": self.model.activation,
            "sizes": list(self.model.sizes),
            "file": self.path.name,
            "sha256": self.sha256,
        }


class Networks:
    """Gives each point its network: the same object for the same numbers, so that they travel once.

    A trained one is kept in `folder` besides the user's cache: with it the sweep's results can be told again anywhere.
    """

    def __init__(self, digits: Digits, folder: Path, progress: Progress) -> None:
        self.digits, self.folder, self.progress = digits, folder, progress
        self.known: dict[object, Network] = {}

    def here(self, point: Point) -> bool:
        """Whether the network of a point lies in the sweep's folder, or in its own file: nothing has to be trained."""
        return point.model is not None or self.place(point).exists()

    def of(self, point: Point) -> Network:
        """The network of a point. Raises ValueError or OSError for a file that cannot be used, MemoryError for sizes
        that are too large, KeyboardInterrupt when training was interrupted."""
        asked = point.model or (point.activation, point.sizes, point.seed)
        if asked not in self.known:
            network = self.from_file(Path(point.model)) if point.model else self.trained(point)
            self.known[asked] = self.known.setdefault(network.sha256, network)
        return self.known[asked]

    def from_file(self, path: Path) -> Network:
        """The network in a file."""
        model, _ = load_model(path)
        if (model.sizes[0], model.sizes[-1]) != (784, 10):
            raise ValueError(f"{path}: has sizes {model.sizes}, but must lead from 784 pixels to 10 outputs")
        return Network(model, sha256_of(model), path)

    def training(self, point: Point) -> Training:
        """How the network of a point is trained."""
        return Training(sizes=point.sizes, activation=point.activation, seed=point.seed)

    def place(self, point: Point) -> Path:
        """Where the sweep keeps it."""
        return self.folder / f"{key_of_training(self.training(point), self.digits)}.npz"

    def trained(self, point: Point) -> Network:
        """The network that training gives: from this sweep's folder, from the cache, or trained now."""
        training, path = self.training(point), self.place(point)
        try:
            return self.from_file(path)
        except (OSError, ValueError):
            pass
        stage = f"train {point.activation}" + (f" {point.seed}" if point.seed else "")

        def on_epoch(epoch: Epoch) -> None:
            note = f"loss {epoch.loss:.4f}, {epoch.validation_accuracy:.2%} on new digits"
            self.progress(stage, epoch.number, training.epochs, note)

        model = trained_model(training, self.digits, on_epoch=on_epoch)
        save_model(path, model, provenance(training, self.digits, ()))
        return Network(model, sha256_of(model), path)


def sha256_of(model: MLP) -> str:
    """Of all that a network is: its activation, and its numbers with their shapes."""
    digest = hashlib.sha256(repr((model.activation, model.sizes)).encode())
    for array in (*model.weights, *model.biases):
        digest.update(array.tobytes())
    return digest.hexdigest()
