"""Lab 5, the two networks on distorted digits: its tasks, in order, and what its sheet imports."""

from compare.lab.checks.lab5 import curves, pairs
from compare.lab.checks.lab5.student import COUNT, LAB, answers, severities_of

__all__ = ["COUNT", "LAB", "answers", "curves", "pairs", "severities_of"]
