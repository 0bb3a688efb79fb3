"""What can be wrong before there is a cell: pixels of another scaling, and a standard network that cannot read.

    x' = t x + p        x' W + b = x (t W) + (b + p ΣW)        ReLU(z) = c + ReLU(z - c)  for z ≥ c ≥ 0

The second lets a network trained on pixels x' be shown x instead, the third takes a constant that a ReLU always adds
out of its layer and hands it to the next.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from ann import MLP
from compare.diagnosis.departure import BIAS, MUCH
from compare.mapping import weighted_sums
from compare.pair import Pair
from data import Digits

TRAINED_ON = "a network trained on other pixels"

#: pixel scalings in use, x → times · x + plus, by what they make of [0, 1]
SCALINGS = {
    "0…255": (255.0, 0.0),
    "-1…1": (2.0, -1.0),
    "pixels standardised by mean 0.1307 and SD 0.3081": (1 / 0.3081, -0.1307 / 0.3081),
    "black digits on white, 1…0": (-1.0, 1.0),
}


def in_range(digits: Digits) -> Digits:
    """The digits with pixels brought to [0, 1] by undoing the scaling that their range tells of; the same object where
    they lie there already. Raises ValueError for pixels that are not numbers."""
    low, high = float(digits.images.min()), float(digits.images.max())
    if not np.isfinite([low, high]).all():
        raise ValueError(f"pixels must be numbers in [0, 1], got {low:g}…{high:g}: look for nan and inf in the images")
    if low >= 0 and high <= 1:
        return digits
    times, plus = scaling_of(low, high)
    return replace(digits, images=np.clip((digits.images - plus) / times, 0, 1).astype(np.float32))


def scaling_of(low: float, high: float) -> tuple[float, float]:
    """times and plus of the usual scaling whose range this is, or else of the range itself."""
    for times, plus in SCALINGS.values():
        if np.allclose((low, high), sorted((plus, times + plus)), rtol=0.02):
            return times, plus
    return (255.0, 0.0) if low >= 0 and 2 < high <= 255 else (high - low or 1.0, low)


def folded(model: MLP, *, times: float, plus: float) -> MLP:
    """The network that does with x what the model does with times · x + plus: W₁ · times, and b₁ + plus · ΣW₁."""
    first = model.weights[0]
    weights = ((first * times).astype(first.dtype), *model.weights[1:])
    biases = ((model.biases[0] + plus * first.sum(axis=0)).astype(first.dtype), *model.biases[1:])
    return replace(model, weights=weights, biases=biases)


def constant(model: MLP, images: np.ndarray) -> list[np.ndarray]:
    """What each hidden ReLU adds to its sum on every image (n, 784) alike: its least sum, or 0; (units,) a layer."""
    return [np.maximum(sums.min(axis=0), 0) for sums in weighted_sums(model, images)[:-1]]


def without_constant(model: MLP, images: np.ndarray) -> MLP:
    """A ReLU network that answers these images (n, 784) as before, with what its units always add handed to the next
    biases: ReLU(z) = c + ReLU(z - c) for z ≥ c ≥ 0."""
    biases = list(model.biases)
    for layer, always in enumerate(constant(model, images)):
        biases[layer] = biases[layer] - always
        biases[layer + 1] = biases[layer + 1] + always @ model.weights[layer + 1]
    return replace(model, biases=tuple(biases))


def model_remedies(model: MLP, digits: Digits) -> Iterator[tuple[MLP, str, str, str]]:
    """Models that may be what was meant, each with the cause, the evidence and the remedy if it is."""
    for layer, (ratio, common) in enumerate(shared_biases(model, digits.images)):
        if ratio <= MUCH:
            continue
        evidence = (
            f"layer {layer + 1} of the standard network: its units share a bias of {common:+.3g}, {ratio:.3g} times "
            f"what differs from digit to digit, so that they say much the same for every digit; without, it does better"
        )
        taken = f"take it off: `model.biases[{layer}][:] -= {common:.4g}`"
        yield with_bias(model, layer, -common), BIAS, evidence, f"{taken}, then `save_model`"
        if layer + 1 < len(model.biases):
            handed = common * model.weights[layer + 1].sum(axis=0)
            remedy = f"{taken}, `model.biases[{layer + 1}][:] += {common:.4g} * model.weights[{layer + 1}].sum(0)`"
            yield with_bias(with_bias(model, layer, -common), layer + 1, handed), BIAS, evidence, remedy
    for name, (times, plus) in SCALINGS.items():
        yield (
            folded(model, times=times, plus=plus),
            TRAINED_ON,
            f"the standard network does better when shown {name}",
            f"fold that scaling into its first layer, `model = folded(model, times={times:.5g}, plus={plus:.5g})` "
            f"(compare.diagnosis.standard): W₁ ← times·W₁, b₁ ← b₁ + plus·ΣW₁; then `save_model`",
        )


def with_bias(model: MLP, layer: int, more: np.ndarray | float) -> MLP:
    """The model with more added to the biases of a layer."""
    biases = list(model.biases)
    biases[layer] = (biases[layer] + more).astype(biases[layer].dtype)
    return replace(model, biases=tuple(biases))


def shared_biases(model: MLP, images: np.ndarray) -> Iterator[tuple[float, float]]:
    """Of each layer the median bias, and before it how often that is the median unit's SD over images."""
    for sums, bias in zip(weighted_sums(model, images), model.biases, strict=True):
        common = float(np.median(bias))
        yield abs(common) / max(float(np.median(sums.std(axis=0))), 1e-9), common


def wrong_evidence(pair: Pair) -> str:
    """What a network that cannot read does instead."""
    answers, n = pair.ann_answers, len(pair.digits)
    commonest = np.bincount(answers, minlength=10)
    said = [
        f"it reads {np.mean(answers == pair.digits.labels):.1%} of {n} digits where guessing gets 10 %, so nothing was "
        f"lost in translation; its answer is {commonest.argmax()} for {commonest.max() / n:.0%} of them"
    ]
    for layer, name in enumerate(pair.names[:-1]):
        same = float((np.ptp(pair.activations(layer), axis=0) < 1e-3).mean())
        if same > 0.5:
            said.append(f"{same:.0%} of the units of {name} say the same for every digit")
    return "; ".join(said)
