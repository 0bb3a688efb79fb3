"""Is a neuron either inactive or active? How two-valued activations and rates are, and whether they agree on it.

    bimodality coefficient  b = (g² + 1) / (k + 3 (n-1)²/((n-2)(n-3)))       g: skewness, k: excess kurtosis, corrected

b is 5/9 for a uniform distribution, 1 for two values, and small for one hump (Sarle's; SAS/STAT User's Guide, 1990,
chapter "The CLUSTER procedure"; Pfister et al., Front. Psychol. 2013, 4:700, who warn that skew alone lifts it too). So
the ends are looked at as well: the share of values within 10 % of full scale of each. Whether unit and cell agree on
what is on is told by Matthews' correlation (`compare.score`). Intervals hold 95 %, by resampling digits. What full
scale is, of activations and of rates, is found on training digits (`scale`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from compare.experiments.bench import Bench
from compare.experiments.experiment import Experiment, Verdict, drawn_by, judged
from compare.experiments.resampling import defined, drawn_anew, middle_95
from compare.experiments.scale import FullScale, full_scale
from compare.experiments.wording import lines, listed, percent
from compare.pair import Pair
from compare.score import matthews
from compare.style import NETWORK_NAMES

UNIFORM = 5 / 9  # the bimodality coefficient of a uniform distribution
END = 0.1  # of full scale: what counts as near an end
MOST = 0.5  # of all values must be near an end, of a neuron that is inactive or active
LEAST = 0.05  # of all values must be near each of them
RESAMPLES = 400
EDGES = np.linspace(-0.025, 1.225, 26)  # about whole spikes in 100 ms, and a last bin for what is beyond
KINDS = {"ann": "activations", "bio": "rates"}


@dataclass(frozen=True, eq=False)
class Values:
    """What the units or the cells of a hidden layer do, as parts of full scale.

    kind         "ann" or "bio"
    bimodality   its coefficient, with its 95 % interval; nan of values that are all the same
    off, on      share of values within `END` of 0, and within `END` of full scale or beyond it
    sure         95 % interval of the two together
    histogram    share of values in each of `EDGES`; what is beyond is in the last
    """

    kind: str
    bimodality: float
    interval: tuple[float, float]
    off: float
    on: float
    sure: tuple[float, float]
    histogram: np.ndarray

    @property
    def two_valued(self) -> bool:
        """Whether most values are near one end or the other, and some near each."""
        return self.off + self.on >= MOST and min(self.off, self.on) >= LEAST


@dataclass(frozen=True)
class Agreement:
    """Whether the units of a layer and their cells are on together: MCC, its 95 % interval, and how often they are."""

    layer: str
    mcc: float
    interval: tuple[float, float]
    agree: float
    units_on: float
    cells_on: float


@dataclass(frozen=True, eq=False)
class Network:
    """One pair: the values in its first layer, what is full scale there, and the agreement in each."""

    activation: str
    layer: str
    full: FullScale
    values: tuple[Values, Values]
    agreement: tuple[Agreement, ...]

    @property
    def name(self) -> str:
        """Of the network."""
        return NETWORK_NAMES[self.activation]


@dataclass(frozen=True)
class Result:
    """All networks, and how many digits they were shown."""

    digits: int
    networks: tuple[Network, ...]


def run(bench: Bench) -> Result:
    """Looks at every layer of each pair, shown steady currents."""
    n = len(bench.digits)
    times = drawn_anew(n, RESAMPLES, np.random.default_rng(bench.seed))
    found = []
    for name in bench.activations:
        pair = bench.pair(name)
        found.append(measure(pair, full_scale(pair.twin, bench.calibration.images), times))
    return Result(n, tuple(found))


def measure(pair: Pair, full: FullScale, times: np.ndarray) -> Network:
    """One pair, given its first layer's full scale, and how often (resamples, n) each digit is drawn again."""
    units, cells = pair.activations(0) / full.activation, pair.rates(0) / full.rate
    found = (values("ann", units, times), values("bio", cells, times))
    layers = [agreement(name, pair.unit_on(i), pair.cell_on(i), times) for i, name in enumerate(pair.names)]
    return Network(pair.twin.model.activation, pair.names[0], full, found, tuple(layers))


def values(kind: str, parts: np.ndarray, times: np.ndarray) -> Values:
    """What (n, units) parts of full scale look like."""
    parts = parts.astype(float)
    middle = parts.mean()
    powers = np.column_stack([((parts - middle) ** power).mean(axis=1) for power in range(1, 5)])
    drawn = np.vstack([np.ones(len(parts)), times]) @ powers / len(parts)
    coefficients = bimodality(drawn, parts.size)
    histogram = np.histogram(np.clip(parts, EDGES[0], EDGES[-1]), EDGES)[0] / parts.size
    off, on = parts <= END, parts >= 1 - END
    return Values(
        kind,
        float(coefficients[0]),
        middle_95(defined(coefficients[1:])),
        float(off.mean()),
        float(on.mean()),
        middle_95(times @ (off | on).mean(axis=1) / len(parts)),
        histogram,
    )


def bimodality(moments: np.ndarray, n: int) -> np.ndarray:
    """Sarle's coefficient of n values from their first four moments (…, 4) about any one point; nan without spread."""
    first, second, third, fourth = np.moveaxis(moments, -1, 0)
    variance = second - first**2
    cubed = third - 3 * first * second + 2 * first**3
    to_the_fourth = fourth - 4 * first * third + 6 * first**2 * second - 3 * first**4
    spread = np.where(variance > 1e-12, variance, np.nan)
    skewness = np.sqrt(n * (n - 1)) / (n - 2) * cubed / spread**1.5
    excess = (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * (to_the_fourth / spread**2 - 3) + 6)
    return (skewness**2 + 1) / (excess + 3 * (n - 1) ** 2 / ((n - 2) * (n - 3)))


def agreement(layer: str, unit_on: np.ndarray, cell_on: np.ndarray, times: np.ndarray) -> Agreement:
    """MCC of (n, units) truths with those of their cells; nan where one of them never changes."""
    tables = np.array([(a & b).sum(axis=1) for a in (~unit_on, unit_on) for b in (~cell_on, cell_on)]).T
    whole = tables.sum(axis=0)
    ends = middle_95(defined(np.array([mcc(table) for table in times @ tables])))
    agree = float((whole[0] + whole[3]) / whole.sum())
    return Agreement(layer, mcc(whole), ends, agree, float(unit_on.mean()), float(cell_on.mean()))


def mcc(table: np.ndarray) -> float:
    """Matthews' correlation of four counts: both off, only the cell on, only the unit on, both on."""
    found = matthews([[int(table[0]), int(table[1])], [int(table[2]), int(table[3])]])
    return float("nan") if found is None else found


def verdict(result: Result) -> Verdict:
    """Inactive or active: most values surely near an end of the scale and some near each, of units and of cells."""
    clear = {
        network.name: [found.two_valued and found.sure[0] >= MOST for found in network.values]
        for network in result.networks
    }
    word = judged("claim", [said for both in clear.values() for said in both])
    true = [name for name, both in clear.items() if all(both)]
    short = [
        (network.name, found)
        for network in result.networks
        for found, well in zip(network.values, clear[network.name], strict=True)
        if not well
    ]
    agree = min(network.agreement[0].agree for network in result.networks)
    agreed = f"a unit and its cell agree in {percent(agree, decimals=1)} of cases"
    because = f"{short[0][0]} {KINDS[short[0][1].kind]} {lack(short[0][1])}" if short else ""
    near = [
        lines(
            (network.activation, f"{percent(found.off + found.on, found.sure)}, {percent(found.on)} on")
            for network in result.networks
            for found in [network.values[kind]]
        )
        for kind in (0, 1)
    ]
    return Verdict(
        "values within a tenth of either end of the scale; of the upper end (on)",
        near[0],
        near[1],
        word,
        {
            "holds": f"Most neurons are clearly inactive or active, and {agreed}.",
            "in part": f"True {f'of the {listed(true)} network' if true else 'of some neurons'} only: {because}; "
            f"{agreed}.",
            "does not hold": f"Values fill the scale between the two: {because}; {agreed}.",
        }[word],
    )


def lack(found: Values) -> str:
    """What keeps values from being inactive or active."""
    if min(found.off, found.on) >= LEAST:
        return f"are near neither end in {percent(1 - found.off - found.on)} of cases"
    return f"are hardly ever fully {'on' if found.on <= found.off else 'off'}"


def finding(result: Result) -> str:
    """In which network a neuron is inactive or active, and whether units and cells agree on which."""
    by_network = []
    for network in result.networks:
        units, cells = network.values
        holds = [KINDS[found.kind] for found in network.values if found.two_valued]
        if len(holds) == 2:
            where = "holds for both"
        elif holds:
            where = f"holds for {holds[0]} only"
        else:
            where = "holds for neither"
        hidden = network.agreement[0]
        by_network.append(
            f"{network.name}: {where} (near off | near on: activations {units.off:.0%} | {units.on:.0%}, "
            f"rates {cells.off:.0%} | {cells.on:.0%}{bimodalities(network, '; ')}); "
            + (
                "on and off, units or cells never change: there is nothing to correlate"
                if np.isnan(hidden.mcc)
                else f"unit and cell agree on off or on with MCC {hidden.mcc:.3f}"
            )
        )
    return f'"Inactive or active" (most values near an end, and some near each). {". ".join(by_network)}.'


def bimodalities(network: Network, before: str) -> str:
    """The bimodality of activations and rates, where they are not all the same; nothing where both are."""
    known = [found for found in network.values if np.isfinite(found.bimodality)]
    if len(known) == 2:
        return f"{before}bimodality {known[0].bimodality:.2f} and {known[1].bimodality:.2f}"
    return "".join(f"{before}bimodality of {KINDS[found.kind]} {found.bimodality:.2f}" for found in known)


EXPERIMENT = Experiment(
    name="on-off",
    title="Inactive or active",
    claim="A neuron is inactive or active",
    question="Is a neuron either inactive or active, and do units and cells agree on which?",
    at=(1046,),
    part="claim",
    run=run,
    verdict=verdict,
    finding=finding,
    draw=drawn_by("on_off"),
)
