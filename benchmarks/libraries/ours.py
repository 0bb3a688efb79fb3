"""This project's own simulation (`bio.simulate`), digits shared between worker processes as `analogy compare` does."""

from __future__ import annotations

from typing import ClassVar

from joblib.externals.loky import get_reusable_executor

from bio import LIF, Stimulus
from compare.parallel import Job, run_all
from data import Digits
from libraries.problem import Answers, Peer, Problem


class Numpy(Peer):
    """With Brian2's numpy target, which needs no compiler."""

    engine: ClassVar[str] = "numpy"
    package = "brian2"
    cells = "leaky, refractory, synaptic currents"
    batches = (10_000,)

    def __init__(self, problem: Problem) -> None:
        self.problem, self.network = problem, problem.network(LIF())

    def batch(self, digits: Digits) -> Answers:  # noqa: D102
        problem = self.problem
        kind = "current" if problem.input == "current" else "poisson"
        stimulus = Stimulus(digits.images, digits.index, kind, r_max=problem.r_max, seed=problem.seed)
        job = Job(self.network, stimulus, problem.steps * problem.dt, problem.dt, self.engine)
        ((response, _),) = run_all([job], workers=problem.threads)
        spikes = sum(layer.sum(axis=1) for layer in response.counts)
        return Answers(response.verdicts[:, -1].astype(int), spikes, response.input)

    def close(self) -> None:
        """Sends its worker processes home, for whom the process that they belong to would wait."""
        get_reusable_executor().shutdown(kill_workers=True)


class Cython(Numpy):
    """With Brian2's Cython target."""

    engine = "cython"


class Cpp(Numpy):
    """As a C++ program that Brian2 writes."""

    engine = "cpp"
