"""Lab 1, the digit as 784 numbers and why it is hard: its tasks, in order."""

from compare.lab.checks.lab1 import pixels, readers
from compare.lab.checks.lab1.student import LAB

__all__ = ["LAB", "pixels", "readers"]
