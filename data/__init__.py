"""Handwritten digits as arrays: the pixels that both networks see."""

from data.digits import Digits, load_digits

__all__ = ["Digits", "load_digits"]
