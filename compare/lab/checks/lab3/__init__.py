"""Lab 3, the biological neuron: its tasks, in order, and what its sheet imports."""

from compare.lab.checks.lab3 import membrane, firing, rates, noise  # isort: skip  (the order of the tasks)
from compare.lab.checks.lab3.student import LAB, constants, rates_of, voltages

__all__ = ["LAB", "constants", "firing", "membrane", "noise", "rates", "rates_of", "voltages"]
