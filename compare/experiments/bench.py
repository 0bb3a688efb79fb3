"""What the experiments share: the trained networks, their spiking twins, and the digits that both are shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ann import MLP
from bio import Response
from compare.comparison import Prepared
from compare.pair import Pair, Twin
from compare.parallel import Job, run_all
from data import Digits

LEAST_DIGITS = 50  # fewer say nothing about ten classes


def check_digits(count: int | None) -> None:
    """Raises ValueError for too few test digits; None stands for all."""
    if count is not None and count < LEAST_DIGITS:
        raise ValueError(f"{count} digits are too few for experiments: ask for at least {LEAST_DIGITS}")


@dataclass(frozen=True, eq=False)
class Bench:
    """Networks and digits for all experiments of a run.

    prepared  the twins, in the order of the options, and the test digits
    training  all training digits
    quick     whether to answer in seconds rather than minutes
    workers   processes to simulate with (None: one a core)
    """

    prepared: Prepared
    training: Digits
    quick: bool = False
    workers: int | None = None
    known: dict[tuple[str, str], Pair] = field(default_factory=dict, repr=False)

    @property
    def seed(self) -> int:
        """Of all randomness."""
        return self.prepared.options.seed

    @property
    def digits(self) -> Digits:
        """The test digits: a part of them when quick."""
        return self.prepared.digits

    @property
    def calibration(self) -> Digits:
        """The training digits that the mapping was calibrated on."""
        return self.prepared.calibration

    def some_digits(self, full: int, quick: int) -> Digits:
        """Test digits, evenly spread: so many for a full run, so many for a quick one, or all where there are fewer."""
        return self.digits.spread(min(self.count(full, quick), len(self.digits)))

    def some_training(self, full: int, quick: int) -> Digits:
        """The same of the training digits."""
        return self.training.spread(min(self.count(full, quick), len(self.training)))

    @property
    def activations(self) -> list[str]:
        """Those of the networks, in order."""
        return list(dict.fromkeys(twin.model.activation for twin in self.prepared.twins))

    @property
    def models(self) -> Mapping[str, MLP]:
        """The standard networks, by activation."""
        return {twin.model.activation: twin.model for twin in self.prepared.twins}

    def twin(self, activation: str, input: str = "current") -> Twin:
        """The spiking twin of a network, its digits shown in this way."""
        first = next(twin for twin in self.prepared.twins if twin.model.activation == activation)
        return replace(first, input=input)

    def pair(self, activation: str, input: str = "current") -> Pair:
        """Both networks' answers to the bench's digits, simulated once."""
        if (activation, input) not in self.known:
            twin = self.twin(activation, input)
            (response,) = self.respond([twin.job(self.digits)])
            self.known[activation, input] = Pair(twin, self.digits, response)
        return self.known[activation, input]

    def respond(self, jobs: Sequence[Job], *, on_done: Callable[[int], None] = lambda digits: None) -> list[Response]:
        """What each network does with what it is shown, in order."""
        return [response for response, _ in run_all(jobs, workers=self.workers, on_done=on_done)]

    def count(self, full: int, quick: int) -> int:
        """A number of digits, repeats or steps: for a full run, or for a quick one."""
        return quick if self.quick else full
