"""The page's third learner: cells that learned by spike timing alone (`bio.stdp`), as the page is given them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from bio.stdp import Cells, LearnedNetwork
from bio.stdp.model import constants
from bio.stdp.network import codes_of

THIRD_CELLS = 100  # of the networks that come with the package, the one that the page has


def third_of(network: LearnedNetwork, pack: Callable[[np.ndarray], dict[str, Any]]) -> dict[str, Any]:
    """The network with all numbers that its cells need; `pack` puts arrays where the page finds them."""
    cells = Cells()
    codes, scale = codes_of(network.weights)
    return {
        "cells": network.cells,
        "codes": pack(codes),
        "scale": pack(scale.astype(float)),
        "theta": pack(network.theta.astype(float)),
        "labels": network.labels.tolist(),
        "constants": {name: float(value) for name, value in constants(cells, None).items()},
        "steps": round(cells.duration / cells.dt),
        "dt": cells.dt,
        "chances": (cells.rates() * cells.dt).astype(np.float32).tolist(),
        "inhibition": float(np.float32(cells.inhibition)),
        "least": cells.least,
        "digits_trained": network.meta["digits_trained"],
        "accuracy": network.meta["test"]["accuracy"],
    }
