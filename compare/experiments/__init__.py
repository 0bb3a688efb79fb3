"""The lesson's claims, each an experiment: a question, measurements on both networks, and a finding in a sentence."""

from compare.experiments.bench import Bench
from compare.experiments.experiment import Drawing, Experiment, Outcome

__all__ = ["Bench", "Drawing", "Experiment", "Outcome"]
