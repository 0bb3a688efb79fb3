"""The network of a sheet with one digit's activations in it."""

from __future__ import annotations

from typing import Any

import numpy as np

from compare.lab.show import figure, in_style, show
from compare.plots import image, lit_units
from compare.style import ANN

Array = np.ndarray


@in_style
def lit_network(pixels: Array, layers: list[Array], truth: int) -> Any:
    """One digit, and each layer's activations as circles, darker where more active."""
    drawing = figure(8.5, 3.9)
    axes = drawing.subplots(1, 1 + len(layers), width_ratios=[2.2, *[1.2] * (len(layers) - 1), 1])
    image(axes[0], pixels)
    axes[0].set_title("784 pixels", fontsize=9, fontweight="normal", loc="center")
    names = [f"hidden {i}: {len(layer)}" for i, layer in enumerate(layers[:-1], 1)] + ["outputs: 10"]
    for ax, layer, name in zip(axes[1:], layers, names, strict=True):
        labels = [str(digit) for digit in range(10)] if name.startswith("outputs") else None
        lit_units(ax, np.asarray(layer), ANN, most=1.0, labels=labels)
        ax.set_title(name, fontsize=9, fontweight="normal", loc="center")
    answer = int(np.argmax(layers[-1]))
    alt = f"A written {truth} and the activations of every layer as circles; of the outputs, {answer} is the brightest"
    return show(drawing, f"A {truth} on its way: activations bring about activations, and {answer} is brightest", alt)
