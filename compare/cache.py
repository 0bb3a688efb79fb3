"""Remembers trained networks between runs, by what they were made of, so that a second run starts at once."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable
from dataclasses import asdict
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import platformdirs

from ann import MLP, Epoch, Training, load_model, save_model, train
from compare.files import tidy
from compare.sweep.code import ROOT, hash_of
from data import Digits

#: the code that trains, and where the curves of `lif` and `noisy-lif` come from
TRAINERS = tuple(f"ann/{name}.py" for name in ("activation", "mlp", "training"))
TRAINERS += ("compare/activations.py", "bio/lif.py", "bio/siegert.py")
log = logging.getLogger(__name__)


def cache_folder() -> Path:
    """Where this user's caches live: ~/.cache/neural-analogy on Linux."""
    return Path(platformdirs.user_cache_dir("neural-analogy", appauthor=False))


def trained_model(
    training: Training,
    digits: Digits,
    *,
    on_epoch: Callable[[Epoch], None] = lambda epoch: None,
) -> MLP:
    """The network that this training gives: from the cache if it is there and whole, else trained now and kept.

    Raises KeyboardInterrupt, and keeps nothing, where the training is interrupted; ValueError where weights overflow.
    """
    path = cache_folder() / "models" / f"{key(training, digits)}.npz"
    tidy(path.parent)
    try:
        model, _ = load_model(path)
        if model.sizes == training.sizes and model.activation == training.activation:
            return model
    except FileNotFoundError:
        pass
    except (OSError, ValueError) as error:
        log.warning("%s; training again", error)
    trained = train(digits.images, digits.labels, training, on_epoch=on_epoch)
    if trained.interrupted:
        raise KeyboardInterrupt
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        save_model(path, trained.model, provenance(training, digits, trained.history))
    except OSError as error:
        log.warning("%s: trained weights are not kept for the next run (%s)", path.parent, error.strerror)
    return trained.model


def key(training: Training, digits: Digits) -> str:
    """A name for what determines the weights: every option of the training, its code and activations, and the data: the
    files, and which of their digits."""
    which = hashlib.sha256(digits.index.astype("<i8").tobytes()).hexdigest()
    recipe = {**asdict(training.complete()), "code": training_code(), "data": {**digits.sha256, "index": which}}
    return hashlib.sha256(json.dumps(recipe, sort_keys=True).encode()).hexdigest()[:32]


@cache
def training_code() -> str:
    """A name for what the code does that trains, and that says what the activations are."""
    return hash_of(ROOT / name for name in TRAINERS)


def provenance(training: Training, digits: Digits, history: tuple[Epoch, ...]) -> dict[str, Any]:
    """What a saved network says of its origin."""
    return {
        "training": asdict(training.complete()),
        "data_sha256": dict(digits.sha256),
        "version": version("neural-analogy"),
        "history": [asdict(epoch) for epoch in history],
    }
