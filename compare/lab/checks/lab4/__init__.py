"""Lab 4, one network onto the other: its tasks, in order, and what its sheet imports."""

from compare.lab.checks.lab4 import encoding, translation, decoding, limits  # isort: skip  (the order of the tasks)
from compare.lab.checks.lab4.student import LAB, full_speed, training_digits

__all__ = ["LAB", "decoding", "encoding", "full_speed", "limits", "training_digits", "translation"]
