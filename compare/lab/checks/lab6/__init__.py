"""Lab 6, where the analogy breaks: its tasks, in order, and what its sheet imports."""

from compare.lab.checks.lab6 import answers, bills, dale, learning, timing
from compare.lab.checks.lab6.learning import loss
from compare.lab.checks.lab6.student import COUNT, LAB

__all__ = ["COUNT", "LAB", "answers", "bills", "dale", "learning", "loss", "timing"]
