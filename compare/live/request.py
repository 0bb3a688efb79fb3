"""A request from the page: looked through field by field, then made into a network and what it is shown.

A threshold that moves leaves all currents as they were: `compare.mapping` and `bio.stimulus` see to it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping as Dict
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from ann import MLP
from bio import INPUTS, LIF, SpikingNetwork, Stimulus
from bio.network import NEVER
from compare.mapping import Mapping
from data.digits import PIXELS

OFFERED = ("relu", "sigmoid", "lif")
HIDDEN = {"16-16": (16, 16), "100": (100,)}
STANDARD_SPAN = 20e-3  # V: the noise is told in units of this, so that a threshold that moves leaves it as it was
CLIENT = re.compile(r"[A-Za-z0-9_-]{8,64}")
#: of each number: the least and the most it may be, its unit, and whether it must be whole
RANGES: dict[str, tuple[int, int, str, bool]] = {
    "number": (0, 2**53 - 1, "", True),
    "duration": (10, 500, " ms", True),
    "tau_m": (1, 200, " ms", False),
    "t_ref": (0, 50, " ms", False),
    "noise": (0, 3, "", False),
    "threshold": (5, 80, " mV", False),
    "seed": (0, 2**31 - 1, "", True),
    "index": (0, 2**31 - 1, "", True),
}
FIELDS = ("client", "pixels", "activation", "hidden", "input", "silenced", *RANGES)


class NotJSONError(ValueError):
    """A body is not a JSON object that can be read."""


class Network(Protocol):
    """What a request needs of one of the page's networks."""

    @property
    def model(self) -> MLP:
        """The standard network."""

    @property
    def mapping(self) -> Mapping:
        """How it is translated."""


Networks = Dict[tuple[str, str], Network]  # by activation and hidden layers


@dataclass(frozen=True, eq=False)
class Request:
    """What a page asks Brian2 for, in SI units.

    client      of which page it is
    number      counts up with each request of that page
    pixels      (784,), float32 in [0, 1]
    activation  of the standard network
    hidden      its hidden layers, a name in `HIDDEN`
    input       how the digit reaches the cells, a name in `bio.INPUTS`
    duration    for which it is shown, s
    tau_m       membrane time constant, s
    t_ref       refractory time, s
    noise       standard deviation of the membrane voltage, V
    threshold   above rest, V
    seed        of all randomness, with
    index       which digit this is to the random numbers
    silenced    units of each hidden layer whose cells never fire
    """

    client: str
    number: int
    pixels: np.ndarray
    activation: str
    hidden: str
    input: str
    duration: float
    tau_m: float
    t_ref: float
    noise: float
    threshold: float
    seed: int
    index: int
    silenced: tuple[tuple[int, ...], ...]


def parsed(body: bytes) -> Request:
    """The request that a body holds. Raises NotJSONError where it is no JSON object, ValueError where a field is not
    as it must be: one sentence that names the field, the rule and the remedy."""
    given = decoded(body)
    for name in FIELDS:
        if name not in given:
            raise ValueError(f"{name} is missing: a request has the fields {', '.join(FIELDS)}")
    for name in given:
        if name not in FIELDS:
            raise ValueError(f"there is no field {shown(name)}: leave it out")
    client = given["client"]
    if not isinstance(client, str) or not CLIENT.fullmatch(client):
        raise ValueError(f"client must be 8 to 64 letters, digits, - or _, got {shown(client)}: draw another")
    values = {name: number(name, given[name]) for name in RANGES}
    hidden = choice("hidden", given["hidden"], tuple(HIDDEN))
    return Request(
        client=client,
        number=int(values["number"]),
        pixels=pixels(given["pixels"]),
        activation=choice("activation", given["activation"], OFFERED),
        hidden=hidden,
        input=choice("input", given["input"], INPUTS),
        duration=values["duration"] / 1e3,
        tau_m=values["tau_m"] / 1e3,
        t_ref=values["t_ref"] / 1e3,
        noise=values["noise"] * STANDARD_SPAN,
        threshold=values["threshold"] / 1e3,
        seed=int(values["seed"]),
        index=int(values["index"]),
        silenced=silenced(given["silenced"], HIDDEN[hidden]),
    )


def decoded(body: bytes) -> dict[str, Any]:
    """The JSON object that a body is. Raises NotJSONError for anything else, also for names given twice and for numbers
    that JSON does not know."""
    try:
        found = json.loads(body.decode("utf-8"), object_pairs_hook=once, parse_constant=no_number)
    except NotJSONError:
        raise
    except UnicodeDecodeError:
        raise NotJSONError("the body is not UTF-8: send JSON in UTF-8") from None
    except RecursionError:
        raise NotJSONError("the body is nested too deeply: send the fields of a request") from None
    except ValueError:
        raise NotJSONError("the body is not JSON: send one object with the fields of a request") from None
    if not isinstance(found, dict):
        raise NotJSONError(f"the body is {shown(found)}: send a JSON object with the fields of a request")
    return found


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose names are all different."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise NotJSONError(f"{shown(twice)} is given twice: leave one of them out")
    return found


def no_number(name: str) -> None:
    """Refuses what Python takes for a number and JSON does not."""
    raise NotJSONError(f"{name} is no number in JSON: send a finite number")


def number(name: str, value: Any) -> float:
    """A number in its range."""
    low, high, unit, whole = RANGES[name]
    if not is_number(value, whole=whole) or not low <= value <= high:
        kind = "a whole number" if whole else "a number"
        raise ValueError(f"{name} must be {kind} from {low} to {high}{unit}, got {shown(value)}: choose one of these")
    return value


def is_number(value: Any, *, whole: bool = False) -> bool:
    """Whether JSON had a number there, which true and false are not."""
    return isinstance(value, int if whole else (int, float)) and not isinstance(value, bool)


def choice(name: str, value: Any, among: tuple[str, ...]) -> str:
    """One of some names."""
    if not isinstance(value, str) or value not in among:
        raise ValueError(f"{name} must be one of {', '.join(among)}, got {shown(value)}: choose one of these")
    return value


def pixels(values: Any) -> np.ndarray:
    """The image (784,), float32."""
    if not isinstance(values, list) or len(values) != PIXELS:
        got = f"{len(values)} values" if isinstance(values, list) else shown(values)
        raise ValueError(f"pixels must be a list of {PIXELS} numbers from 0 to 1, got {got}: send 28 rows of 28")
    for place, value in enumerate(values):
        if not is_number(value) or not 0 <= value <= 1:
            raise ValueError(
                f"pixels must be numbers from 0 to 1, got {shown(value)} at place {place}: divide by the "
                "largest brightness"
            )
    return np.array(values, np.float32)


def silenced(layers: Any, widths: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    """The units of each hidden layer, in order."""
    if not isinstance(layers, list) or len(layers) != len(widths):
        raise ValueError(
            f"silenced must be a list of {len(widths)} lists of units, one a hidden layer, got {shown(layers)}: "
            "send an empty list for a layer that is whole"
        )
    for place, (units, width) in enumerate(zip(layers, widths, strict=True), 1):
        right = isinstance(units, list) and all(is_number(unit, whole=True) and 0 <= unit < width for unit in units)
        if not right or len(set(units)) < len(units):
            raise ValueError(
                f"silenced must name distinct units from 0 to {width - 1} of hidden layer {place}, "
                f"got {shown(units)}: leave the others out"
            )
    return tuple(tuple(sorted(units)) for units in layers)


def shown(value: Any) -> str:
    """A value as it was sent, its beginning where it is long."""
    if isinstance(value, (list, dict)):
        return "a list" if isinstance(value, list) else "an object"
    text = json.dumps(value)
    return text if len(text) <= 40 else f"{text[:37]}..."


def network_and_stimulus(request: Request, networks: Networks) -> tuple[SpikingNetwork, Stimulus]:
    """The spiking network that a request asks for, and what it is shown. Raises ValueError where there is no such
    network."""
    known = networks.get((request.activation, request.hidden))
    if known is None:
        raise ValueError(f"there is no {request.activation} network {request.hidden}: choose another")
    mapping = known.mapping
    cell = changed(mapping.cell, request)
    network = mapping.network(known.model, cell)
    biases = [bias.copy() for bias in network.biases]
    for bias, units in zip(biases, request.silenced, strict=False):
        bias[list(units)] = NEVER
    stimulus = Stimulus(
        request.pixels[None],
        np.array([request.index]),
        request.input,
        r_max=mapping.r_max,
        seed=request.seed,
        eye=cell,
        tuned_to=mapping.cell,
    )
    return replace(network, biases=tuple(biases)), stimulus


def changed(cell: LIF, request: Request) -> LIF:
    """The cell with the constants of the request."""
    moved = replace(cell, tau_m=request.tau_m, t_ref=request.t_ref, v_threshold=cell.v_rest + request.threshold)
    return replace(moved, noise=request.noise / moved.span)
