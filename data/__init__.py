"""Handwritten digits as arrays: the pixels that both networks see, and how to spoil them."""

from data.digits import Digits, load_digits
from data.distortion import DISTORTIONS, Distortion, distort
from data.drawing import Stroke, prepare, render

__all__ = ["DISTORTIONS", "Digits", "Distortion", "Stroke", "distort", "load_digits", "prepare", "render"]
