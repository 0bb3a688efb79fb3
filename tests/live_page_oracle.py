"""What Python makes of the question that the live page asked: spikes by Brian2, activations, and the answer."""

from __future__ import annotations

import json

import numpy as np

from bio.batch import Batch
from bio.network import verdict
from compare.live.request import network_and_stimulus, parsed


def by_brian(networks: dict, asked: dict) -> tuple[list, list, np.ndarray]:
    """Spikes (step, cell) of each layer, inputs first, all voltages, and the verdict after each step."""
    request = parsed(json.dumps({"client": "test-client", "number": 1, **asked}).encode())
    network, stimulus = network_and_stimulus(request, networks)
    batch = Batch(network, [stimulus], duration=request.duration, dt=1e-3, dtype=np.float64, record=True)
    batch.run(batch.steps * batch.dt)
    recording = batch.recording()
    spikes = [layer[:, [0, 2]] for layer in recording.spikes]
    counts = np.zeros((batch.steps, 10), int)
    np.add.at(counts, tuple(spikes[-1].T), 1)
    voltages = recording.voltages[-1].reshape(batch.steps, 10)
    return [layer.tolist() for layer in spikes], recording.voltages, verdict(counts.cumsum(axis=0), voltages)


def by_mlp(networks: dict, asked: dict) -> list[np.ndarray]:
    """The activations of each layer, those of silenced units 0."""
    model = networks[asked["activation"], asked["hidden"]].model
    weights = [layer.copy() for layer in model.weights]
    for above, units in zip(weights[1:], asked["silenced"], strict=True):
        above[units] = 0
    pixels = np.array(asked["pixels"], np.float32)[None].astype(float)
    found = [layer[0].copy() for layer in type(model)(tuple(weights), model.biases, model.activation).forward(pixels)]
    for layer, units in zip(found, asked["silenced"], strict=False):
        layer[units] = 0
    return found


def assert_python_agrees(data: dict, networks: dict) -> tuple[list, np.ndarray]:
    """Activations, spikes, answers, and what the sentence tells of them, are what Python makes of the question; its
    voltages and its verdict after each step."""
    asked, bio = data["question"], data["bio"]
    spikes, voltages, verdicts = by_brian(networks, asked)
    assert [list(map(list, zip(layer["step"], layer["cell"], strict=True))) for layer in bio["spikes"]] == spikes
    assert bio["answer"] == verdicts[-1]
    activations = by_mlp(networks, asked)
    tolerance = 1e-3 if asked["activation"] == "lif" else 1e-9  # Python joins the cell's curve by cubics
    for ours, theirs in zip(activations, data["ann"]["activations"], strict=True):
        np.testing.assert_allclose(theirs, ours, atol=tolerance)
    assert data["ann"]["answer"] == activations[-1].argmax()
    if spikes[-1]:
        since = max(np.flatnonzero(np.append(-1, verdicts[:-1]) != verdicts[-1])[-1], spikes[-1][0][0])
        assert bio["settled_ms"] == since + 1
        if any(asked["pixels"]):
            assert manner(spikes, verdicts, since + 1) in data["sentence"]
    return voltages, verdicts


def manner(spikes: list, verdicts: np.ndarray, settled: int) -> str:
    """How the spiking network came to its answer, in the page's words: in a tie, late, or settled at a time (ms)."""
    counts = np.bincount([cell for _, cell in spikes[-1]], minlength=10)
    answer = verdicts[-1]
    rivals = [str(c) for c in range(10) if c != answer and counts[c] == counts[answer]]
    if rivals:
        return f"in a tie with {' and '.join(rivals)} at {counts[answer]:,} spike"
    if settled >= 0.9 * len(verdicts):
        return f"only since {settled} of {len(verdicts)} ms"
    inputs, *own = [sum(step < settled for step, _ in layer) for layer in spikes]
    more = f", and {inputs:,} spike" if inputs else ""
    return f"settled after {settled} ms with {sum(own):,} spike{'' if sum(own) == 1 else 's'}{more}"
