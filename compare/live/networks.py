"""The page's networks: trained, their weights rounded to 16 bits as the page carries them, translated, and scored.

    w ≈ scale · code        code a whole number of 16 bits, scale = max |w| / 32,767, one a layer

What the page has is what Brian2 has: the rounded weights are the network, for both.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ann import MLP
from bio import SpikingNetwork
from bio.network import verdict
from compare.comparison import Prepared, Progress, prepared, translate
from compare.live.request import HIDDEN, OFFERED
from compare.mapping import Mapping
from compare.options import Options
from compare.pair import Pair, Twin
from compare.parallel import run_all
from data import Digits

LARGEST = 2**15 - 1
DISAGREEMENTS = 12  # that the page gets of each network, at most


@dataclass(frozen=True, eq=False)
class LiveNetwork:
    """One of the page's networks.

    model      its weights, float64, as rounded
    codes      of the weights, one array (inputs, units) a layer, int16
    scales     that they are multiples of, one a layer
    mapping    how it is translated
    network    what comes of it
    accuracy   of the standard network and of the spiking one, shown steady currents, on the test digits
    scored     how many test digits that were
    read       where in their set the test digits stand that both read right
    disagreed  test digits to which they give different answers, a few
    """

    model: MLP
    codes: tuple[np.ndarray, ...]
    scales: tuple[float, ...]
    mapping: Mapping
    network: SpikingNetwork
    accuracy: tuple[float, float]
    scored: int
    read: np.ndarray
    disagreed: Digits


def live_networks(
    *,
    seed: int = 0,
    data: Path | None = None,
    workers: int | None = None,
    progress: Progress = lambda stage, done, total, note: None,
) -> dict[tuple[str, str], LiveNetwork]:
    """The networks by activation and hidden layers, from the cache or trained now. Raises what `prepared` raises."""
    found: dict[tuple[str, str], Twin] = {}
    for name, layers in HIDDEN.items():
        sizes = (784, *layers, 10)
        options = Options(activations=OFFERED, inputs=("current",), sizes=sizes, seed=seed, data=data)
        ready = prepared(options, progress=progress)
        for twin in ready.twins:
            found[twin.model.activation, name] = rounded_twin(twin, ready)
    seen = 0

    def on_done(count: int) -> None:
        nonlocal seen
        seen += count
        progress("simulate", seen, len(found) * len(ready.digits), "")

    answers = run_all([twin.job(ready.digits) for twin in found.values()], workers=workers, on_done=on_done)
    return {
        name: scored(Pair(twin, ready.digits, response))
        for (name, twin), (response, _) in zip(found.items(), answers, strict=True)
    }


def rounded_twin(twin: Twin, ready: Prepared) -> Twin:
    """The twin of the model with rounded weights."""
    weights = tuple(scale * codes for scale, codes in map(rounded, twin.model.weights))
    biases = tuple(bias.astype(float) for bias in twin.model.biases)
    return next(translate(MLP(weights, biases, twin.model.activation), ready.options, ready.calibration))


def rounded(weights: np.ndarray) -> tuple[float, np.ndarray]:
    """Scale and codes (int16, same shape) of a layer's weights; rounded ones come back as they are."""
    scale = float(np.abs(weights).max()) / LARGEST or 1.0
    return scale, np.rint(weights / scale).astype(np.int16)


def scored(pair: Pair) -> LiveNetwork:
    """The network with what both sides made of the test digits."""
    scales, codes = zip(*map(rounded, pair.twin.model.weights), strict=True)
    right = [answers == pair.digits.labels for answers in (pair.ann_answers, pair.bio_answers)]
    return LiveNetwork(
        pair.twin.model,
        codes,
        scales,
        pair.twin.mapping,
        pair.twin.network,
        (float(right[0].mean()), float(right[1].mean())),
        len(pair.digits),
        pair.digits.index[right[0] & right[1]],
        disagreements(pair),
    )


def disagreements(pair: Pair) -> Digits:
    """Some digits that the networks answer differently, in float64 too, as the page computes."""
    from bio.batch import Batch  # imports Brian2

    candidates = np.flatnonzero(pair.ann_answers != pair.bio_answers)[: 2 * DISAGREEMENTS]
    some = pair.digits[candidates]
    if not len(some):
        return some
    twin = pair.twin
    batch = Batch(twin.network, [twin.stimulus(some)], duration=twin.duration, dt=twin.dt, dtype=np.float64)
    batch.run(batch.steps * twin.dt)
    response = batch.responses[0]
    still = verdict(response.counts[-1], response.voltage) != pair.ann_answers[candidates]
    return some[np.flatnonzero(still)[:DISAGREEMENTS]]
