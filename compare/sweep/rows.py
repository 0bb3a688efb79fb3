"""The rows of a sweep's table: each point with its network, its own settings, and why it cannot be, where it cannot."""

from __future__ import annotations

from dataclasses import dataclass

from compare.sentence import in_a_line
from compare.sweep.networks import Network, Networks
from compare.sweep.points import MILLI, Point, Value
from compare.sweep.store import key_of
from compare.sweep.task import Outcome
from data import Digits


@dataclass(frozen=True, eq=False)
class Row:
    """A point of the table.

    point     as it was asked for
    settings  as its row has them: with the network's own values where it left some out
    key       names its file
    network   that it is about; None where the point cannot be
    problem   why it cannot be, or None
    """

    point: Point
    settings: dict[str, Value]
    key: str
    network: Network | None
    problem: str | None


@dataclass(frozen=True, eq=False)
class Swept:
    """What there is of a sweep: its rows, in order, and what came of those that have ended, by key."""

    rows: list[Row]
    ended: dict[str, Outcome]

    def finished(self) -> list[tuple[dict[str, Value], Outcome]]:
        """The rows of the table: settings, and what came of them."""
        return [(row.settings, self.ended[row.key]) for row in self.rows if row.key in self.ended]

    def failed(self) -> list[Outcome]:
        """Those that ended in an error."""
        return [outcome for _, outcome in self.finished() if outcome.error is not None]


def problem_of(point: Point, test: Digits) -> str | None:
    """Why a point cannot be, as far as can be told without its network; None where it can."""
    try:
        point.check()
        if point.digits is not None:
            test.spread(point.digits)
    except ValueError as error:
        return in_a_line(error)
    return None


def row_of(point: Point, problem: str | None, networks: Networks, hashes: dict[str, str], test: Digits) -> Row:
    """The row of a point, with its network, which is trained now if need be."""
    network: Network | None = None
    if problem is None:
        try:
            network = networks.of(point)
        except (ValueError, OSError, MemoryError) as error:
            problem = in_a_line(error)
    settings = point.settings()
    if network is not None:
        settings |= own_values(point, network, len(test))
    return Row(point, settings, key_of(settings, network.sha256 if network else None, hashes), network, problem)


def own_values(point: Point, network: Network, digits: int) -> dict[str, Value]:
    """What a point left to its network: the constants of the cell, and of a network from a file, what it is."""
    cell = point.options().cell_for(network.model.activation)
    milli: dict[str, Value] = {name: round(1e3 * getattr(cell, name), 6) for name in MILLI}
    return milli | {
        "activation": network.model.activation,
        "sizes": tuple(network.model.sizes),
        "digits": digits if point.digits is None else point.digits,
        "noise": cell.noise,
        "reset": cell.reset,
    }
