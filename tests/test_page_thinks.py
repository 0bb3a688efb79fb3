"""The page thinks by itself as Brian2 and the standard network do: spike for spike, in all its settings."""

import json
from dataclasses import replace

import numpy as np
import pytest
from browser import called, page_with
from hypothesis import given, settings
from hypothesis import strategies as st
from live_page import page_networks
from live_page_oracle import by_brian
from specimens import small_mnist

from bio import LIF
from bio.batch import Batch
from bio.stimulus import PURPOSES, Stimulus
from compare.live.networks import rounded
from compare.live.payload import payload
from compare.live.request import HIDDEN, OFFERED, network_and_stimulus, parsed
from compare.mapping import weighted_sums
from compare.score import matthews
from data import load_digits
from data.digits import MNIST

DIGITS = load_digits("test").spread(200)
CONSTANTS = ("tau_m", "t_ref", "v_rest", "v_threshold", "v_reset")
SCRIPTS = ("random.js", "pcg64.js", "learned.js", "networks.js", "mlp.js", "lif.js", "think.js", "scatter.js")
DEFAULTS = {"client": "test-client", "number": 1, "duration": 100, "tau_m": 20, "threshold": 20, "seed": 0}
CHANGES = {
    "a quick membrane": {"tau_m": 5},
    "one as quick as its synapses": {"tau_m": 4.99999999},
    "a long refractory time": {"t_ref": 12.5},
    "no refractory time": {"t_ref": 0},
    "much noise": {"noise": 1.5},
    "a high threshold": {"threshold": 31.7, "noise": 0.3},
    "a low threshold": {"threshold": 8},
    "a long look": {"duration": 250, "seed": 7},
}


@pytest.fixture(scope="module")
def networks():
    return page_networks()


@pytest.fixture(scope="module")
def page(networks):
    given = payload(networks)
    with page_with(*SCRIPTS) as page:
        page.evaluate(
            "async ([header, packed]) => { window.given = await Networks.unpacked(header, packed); }",
            [given.header, given.packed],
        )
        yield page


def question(network, digit, **other):
    cell = network.mapping.cell
    return {
        **DEFAULTS,
        "t_ref": cell.t_ref * 1e3,
        "noise": cell.noise,
        "pixels": [float(pixel) for pixel in DIGITS.images[digit]],
        "index": int(DIGITS.index[digit]),
        "silenced": [[] for _ in network.model.sizes[1:-1]],
        **other,
    }


def by_page(page, asked):
    return called(
        page,
        """(asked) => {
          const { ann, bio } = Think.answer(Networks.find(given, asked.activation, asked.hidden), asked);
          return {
            spikes: bio.spikes.map(({ step, cell }) => step.map((when, k) => [when, cell[k]])),
            voltages: bio.voltages.map((layer) => Array.from(layer)), answer: bio.answer,
            sums: ann.sums.map((z) => Array.from(z)), activations: ann.activations.map((a) => Array.from(a)),
          };
        }""",
        asked,
    )


def many_by_page(page, asked):
    """Of many questions, only the spikes, as one text each."""
    return called(
        page,
        """(asked) => asked.map((one) => {
          const { bio } = Think.answer(Networks.find(given, one.activation, one.hidden), one);
          return JSON.stringify(bio.spikes.map(({ step, cell }) => step.map((when, k) => [when, cell[k]])));
        })""",
        asked,
    )


def many_by_brian(networks, asked):
    """The same of one network and one cell, by one simulation of all digits side by side."""
    requests = [parsed(json.dumps(one).encode()) for one in asked]
    network, stimulus = network_and_stimulus(requests[0], networks)
    images, index = np.array([r.pixels for r in requests]), np.array([r.index for r in requests])
    whole = stimulus.with_images(images, index)
    batch = Batch(network, [whole], duration=requests[0].duration, dt=1e-3, dtype=np.float64, record=True)
    batch.run(batch.steps * batch.dt)
    layers = [by_lane(spikes, len(asked)) for spikes in batch.recording().spikes]
    return [json.dumps(lane, separators=(",", ":")) for lane in zip(*layers, strict=True)]


def by_lane(spikes, lanes):
    """Of each lane, step and cell of its spikes (m, 3: step, lane, cell), in their order."""
    ordered = spikes[np.argsort(spikes[:, 1], kind="stable")]
    ends = np.searchsorted(ordered[:, 1], np.arange(1, lanes))
    return [lane.tolist() for lane in np.split(ordered[:, [0, 2]], ends)]


@pytest.mark.parametrize("kind", ["current", "lif", "poisson"])
@pytest.mark.parametrize("hidden", HIDDEN)
@pytest.mark.parametrize("activation", OFFERED)
def test_every_spike_of_200_digits_is_one_of_brian2s(page, networks, activation, hidden, kind):
    network = networks[activation, hidden]
    asked = [question(network, digit, activation=activation, hidden=hidden, input=kind) for digit in range(len(DIGITS))]
    theirs, ours = many_by_page(page, asked), many_by_brian(networks, asked)
    differing = [digit for digit, (a, b) in enumerate(zip(theirs, ours, strict=True)) if a != b]
    assert not differing
    assert sum(map(len, ours)) > 200 * 1_000  # there is something to agree on


@pytest.mark.parametrize("kind", ["current", "lif", "poisson"])
@pytest.mark.parametrize("change", CHANGES)
def test_spikes_and_voltages_agree_for_other_cells(page, networks, change, kind):
    for number, name in enumerate(networks):
        silenced = [[1, 3], [0]] if name[1] == "16-16" else [[2, 50, 99]]
        asked = question(
            networks[name], number, activation=name[0], hidden=name[1], input=kind, silenced=silenced, **CHANGES[change]
        )
        spikes, voltages, verdicts = by_brian(networks, asked)
        theirs = by_page(page, asked)
        assert theirs["spikes"] == spikes
        assert theirs["answer"] == verdicts[-1]
        for ours, layer in zip(voltages[1:], theirs["voltages"], strict=True):
            np.testing.assert_allclose(np.reshape(layer, ours[:, 0].shape), ours[:, 0], rtol=1e-9, atol=1e-9)


def agreements_by_page(page, asked, clocks):
    return called(
        page,
        """([asked, clocks]) => {
          const thought = Think.answer(Networks.find(given, asked.activation, asked.hidden), asked);
          return clocks.map((clock) => Think.agreement(thought, Scatter.rates(thought, clock)));
        }""",
        [asked, clocks],
    )


@pytest.mark.parametrize("t_ref", [0, 2, 12.5, 20])
@pytest.mark.parametrize("name", [(a, h) for a in OFFERED for h in HIDDEN], ids="-".join)
def test_units_and_cells_are_on_where_the_mapping_says_so(page, networks, name, t_ref):
    network = networks[name]
    given = {"activation": name[0], "hidden": name[1], "input": "current", "t_ref": t_ref}
    questions = [question(network, digit, **given) for digit in range(5)]
    answers = map(json.loads, many_by_brian(networks, questions))
    for digit, (asked, spikes) in enumerate(zip(questions, answers, strict=True)):
        sums = weighted_sums(network.model, DIGITS.images[digit : digit + 1].astype(float))
        clocks = range(4, asked["duration"] + 1, 4)
        for clock, found in zip(clocks, agreements_by_page(page, asked, list(clocks)), strict=True):
            table = np.zeros((2, 2), int)
            for layer, size in enumerate(network.model.sizes[1:-1]):
                counts = np.bincount([cell for step, cell in spikes[layer + 1] if step < clock], minlength=size)
                fires = network.mapping.on(layer, counts, clock / 1e3)
                np.add.at(table, ((sums[layer][0] > 0).astype(int), fires.astype(int)), 1)
            (none, cell), (unit, both) = table.tolist()
            assert found.pop("mcc") == pytest.approx(matthews(table.tolist()))
            assert found == {"both": both, "unit": unit, "cell": cell, "none": none}


@pytest.mark.parametrize("name", [(a, h) for a in OFFERED for h in HIDDEN], ids="-".join)
def test_the_standard_network_agrees(page, networks, name):
    network = networks[name]
    for digit in range(20):
        theirs = by_page(page, question(network, digit, activation=name[0], hidden=name[1], input="current"))
        sums = weighted_sums(network.model, DIGITS.images[digit : digit + 1].astype(float))
        activations = network.model.forward(DIGITS.images[digit : digit + 1].astype(float))
        tolerance = 2e-5 if name[0] == "lif" else 1e-12  # Python joins the cell's curve by cubics
        for ours, layer in zip(sums, theirs["sums"], strict=True):
            np.testing.assert_allclose(layer, ours[0], atol=50 * tolerance)
        for ours, layer in zip(activations, theirs["activations"], strict=True):
            np.testing.assert_allclose(layer, ours[0], atol=50 * tolerance)


def test_a_silenced_unit_is_zero_and_its_cell_never_fires(page, networks):
    asked = question(networks["relu", "100"], 0, activation="relu", hidden="100", input="current")
    before = by_page(page, asked)
    strongest = int(np.argmax(before["activations"][0]))
    after = by_page(page, asked | {"silenced": [[strongest]]})
    assert before["activations"][0][strongest] > 0
    assert after["activations"][0][strongest] == 0
    assert strongest in [cell for _, cell in before["spikes"][1]]
    assert strongest not in [cell for _, cell in after["spikes"][1]]


@settings(max_examples=40)
@given(
    key=st.tuples(st.integers(0, 2**31 - 1), st.integers(0, 2**53 - 1)),
    purpose=st.sampled_from(PURPOSES),
    calls=st.lists(st.sampled_from(["double", "uniform", "normal"]), min_size=1, max_size=60),
)
def test_random_numbers_are_numpys_call_for_call(page, key, purpose, calls):
    stimulus = Stimulus(np.zeros((1, 784), np.float32), np.array([key[1]]), seed=key[0])
    rng = stimulus.generator(0, purpose)
    numpys = {
        "double": rng.random,
        "uniform": lambda: float(rng.random(dtype=np.float32)),
        "normal": lambda: float(rng.standard_normal(dtype=np.float32)),
    }
    found = page.evaluate(
        "([key, purpose, calls]) => {"
        " const rng = Random.generator(...key, purpose); return calls.map((call) => rng[call]()); }",
        [list(key), purpose, calls],
    )
    np.testing.assert_allclose(found, [numpys[call]() for call in calls], rtol=2e-7)


def test_a_hundred_thousand_normal_numbers_are_numpys(page):
    found = page.evaluate(
        "() => { const rng = Random.generator(3, 1, 'phase'); return Array.from({ length: 1e5 }, () => rng.normal()); }"
    )
    rng = Stimulus(np.zeros((1, 784), np.float32), np.array([1]), seed=3).generator(0, "phase")
    ours = rng.standard_normal(100_000, dtype=np.float32).astype(float)
    np.testing.assert_allclose(found, ours, rtol=2e-7)
    assert (np.abs(ours) > 3.66).any()  # the tail was reached


def test_digits_travel_as_they_are(page):
    labels, pixels = page.evaluate("[given.digits.labels, Array.from(given.digits.pixels)]")
    index = page.evaluate("given.digits.index")
    test = load_digits("test")
    assert labels == test.labels[index].tolist()
    np.testing.assert_array_equal(np.reshape(pixels, (-1, 784)), np.rint(test.images[index] * 255))
    disagreed = {int(i) for network in page_networks().values() for i in network.disagreed.index}
    assert disagreed
    assert disagreed <= set(index)
    assert all(labels.count(c) >= 10 for c in range(10))


def test_rounded_weights_stay_as_they_are_when_rounded_again():
    rng = np.random.default_rng(0)
    scale, codes = rounded(rng.normal(size=(30, 7)))
    again, same = rounded(scale * codes)
    assert again == pytest.approx(scale, rel=1e-15)
    np.testing.assert_array_equal(codes, same)
    assert np.abs(codes).max() == 2**15 - 1


def test_what_a_unit_looks_for_is_its_weights_seen_through_the_layers_below(page, networks):
    model = networks["relu", "16-16"].model
    seen = page.evaluate(
        "[0, 1, 2].map((layer) => Array.from(Networks.looksFor(Networks.find(given, 'relu', '16-16'), layer, 4)))"
    )
    first, second, third = model.weights
    for found, ours in zip(seen, (first, first @ second, first @ second @ third), strict=True):
        np.testing.assert_allclose(found, ours[:, 4], atol=1e-12)


def test_the_closed_form_of_the_rate_is_the_cells(page):
    cell = LIF(tau_m=13e-3, t_ref=3e-3)
    drives = np.array([0.5, 1, 1.01, 2, 7, 40])
    found = page.evaluate(
        "([cell, drives]) => drives.map((drive) => Lif.rate(cell, drive))",
        [{name: getattr(cell, name) for name in CONSTANTS}, drives.tolist()],
    )
    np.testing.assert_allclose(found, cell.rate(drives), rtol=1e-12)


def test_the_page_knows_how_many_digits_were_scored_and_whether_they_are_mnists(networks, tmp_path):
    one = {name: networks[name] for name in [("relu", "100")]}
    given = payload(one, data=MNIST)
    assert given.mnist
    assert json.loads(given.header)["networks"][0]["accuracy"]["digits"] == 300
    nobody = {name: replace(network, disagreed=DIGITS[:0]) for name, network in one.items()}
    assert not payload(nobody, data=small_mnist(tmp_path)).mnist
