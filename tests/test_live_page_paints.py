"""What the page paints is what it holds: each spike, point, bar, unit and pixel has its mark, at its place, in its
colour, and nothing else has one. Places are measured by the numbers that are painted at the axes, as a reader would.
"""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from live_page import data_of, draw, exported, opened, page_networks, reopened
from live_page_oracle import assert_python_agrees
from painted import RECORDER, Painting, colours_of, marks_on, mixed, pictures_of, pixels_of

from bio.stdp import load_learned
from bio.stdp.network import codes_of
from compare.live.networks import LiveNetwork
from compare.live.payload import DRIVES
from compare.live.third import THIRD_CELLS

pytestmark = pytest.mark.xdist_group("live page")
RATIO = 2  # pixels of the screen for each of the page
NAMES = (("relu", "16-16"), ("relu", "100"), ("sigmoid", "16-16"))
CANVASES = ["pad", "seen", "ann", "bio", "raster", "membrane", "race", "scatter", "fields", "weights"]
COLOURS = ("ink", "paper", "soft", "line", "faint", "ann", "bio", "plus", "minus")
APART, OF_INPUTS = 4, 14  # rows of the raster: between layers, and of all inputs together
GLOW = 6  # ms after which a flash has faded to 1/e
CURSOR, LEVEL = (2, 3), (6, 4)  # dashes
#: the state, and how many ms of it have passed
SCENES = {
    "two answers at the end": ("digit={disagreed}&unit=1.0", 100),
    "nobody has answered": ("digit={disagreed}&threshold=25&silenced=0.2_1.3&unit=1.3", 16),
    "a layer of 100 half-way": ("hidden=100&input=poisson&duration=60&silenced=0.5_0.99&unit=0.7", 43),
    "sigmoids, an eye and noise": ("activation=sigmoid&input=lif&silenced=0.3&unit=1.6", 31),
    "an output": ("hidden=100&duration=60&threshold=25&silenced=0.65&unit=1.7", 60),
}


@dataclass(frozen=True, eq=False, repr=False)
class Scene(Painting):
    """What the page held and painted at a time (steps, of 1 ms each), and what Python makes of the same question."""

    data: dict
    clock: int
    chosen: tuple[int, int]
    pictures: dict[str, np.ndarray]
    sides: dict[str, tuple[int, int]]  # width and height of each canvas
    network: LiveNetwork
    voltages: list[np.ndarray]  # (steps, cells) of each layer
    verdicts: np.ndarray

    @property
    def sizes(self):
        return self.network.model.sizes

    @property
    def silenced(self):
        return {(layer, unit) for layer, units in enumerate(self.data["question"]["silenced"]) for unit in units}

    def spikes(self, layer, before=None):
        """(n, 2): step and cell of a layer (0: the inputs) up to the clock, or another step."""
        found = self.data["bio"]["spikes"][layer]
        pairs = np.array([found["step"], found["cell"]], int).T
        return pairs[pairs[:, 0] < (self.clock if before is None else before)]

    def counts(self, layer, before=None):
        return np.bincount(self.spikes(layer, before)[:, 1], minlength=self.sizes[layer])

    @property
    def leader(self):
        """What the spiking network says so far; -1 while no output has fired."""
        return self.verdicts[self.clock - 1] if self.counts(-1).any() else -1


@pytest.fixture(scope="module")
def page(browser, tmp_path_factory):
    address = exported(tmp_path_factory.mktemp("page"), NAMES)
    with opened(browser, address, offline=True, device_scale_factor=RATIO) as page:
        page.evaluate(RECORDER)
        yield page


@pytest.fixture(scope="module")
def scenes(page):
    """Scenes by name, each looked at once."""
    seen = {}

    def scene(name):
        if name not in seen:
            seen[name] = looked_at(page, *SCENES[name])
        return seen[name]

    return scene


@pytest.fixture(params=SCENES)
def scene(scenes, request):
    return scenes(request.param)


def looked_at(page, state, clock):
    reopened(page, state.format(disagreed=page_networks(NAMES[:1])[NAMES[0]].disagreed.index[0]))
    set_clock(page, clock)
    data = data_of(page)
    asked = data["question"]
    networks = page_networks(NAMES)
    voltages, verdicts = assert_python_agrees(data, networks)
    chosen = page.evaluate("['unit-layer', 'unit-number'].map((id) => Number(document.getElementById(id).value))")
    sides = page.evaluate(
        "(ids) => ids.map((id) => document.getElementById(id)).map((one) => [one.clientWidth, one.clientHeight])",
        CANVASES,
    )
    return Scene(
        marks_on(page),
        colours_of(page, *COLOURS),
        data,
        clock,
        tuple(chosen),
        pictures_of(page, CANVASES),
        dict(zip(CANVASES, map(tuple, sides), strict=True)),
        networks[asked["activation"], asked["hidden"]],
        [np.reshape(one, (asked["duration"], -1)) for one in voltages[1:]],
        verdicts,
    )


def set_clock(page, clock):
    page.evaluate(
        """(clock) => {
          const scrub = document.getElementById("scrub");
          scrub.value = clock;
          scrub.dispatchEvent(new Event("input"));
        }""",
        clock,
    )


def assert_same_places(found, expected, within=0.25):
    """Each place that is expected is found, once, and no other; in any order."""
    found, expected = np.reshape(found, (-1, 2)), np.reshape(expected, (-1, 2))
    assert len(found) == len(expected)
    if len(found):
        far = np.abs(found[:, None] - expected[None]).max(axis=2)
        assert max(far.min(axis=0).max(), far.min(axis=1).max()) < within


def test_the_scenes_have_all_that_is_looked_for(scenes):
    two, nobody, half, sigmoids, output = (scenes(name) for name in SCENES)
    assert two.data["ann"]["answer"] != two.leader != -1
    assert nobody.leader == -1
    assert nobody.counts(1).any()
    assert half.leader >= 0
    assert half.counts(0).any()
    assert half.counts(-1).sum() < half.counts(-1, 60).sum()
    assert -1 != sigmoids.leader != sigmoids.verdicts[-1]
    assert sigmoids.network.mapping.layers[0].on_rate > 0
    for scene in (two, half, sigmoids, output):
        layer, unit = scene.chosen
        assert scene.counts(layer + 1)[unit] > 1
    assert nobody.chosen in nobody.silenced


def test_canvases_are_as_sharp_as_the_screen(scene):
    for name, (width, height) in scene.sides.items():
        assert scene.pictures[name].shape[:2] == (RATIO * height, RATIO * width)


# --- The raster


def rows_of(sizes, cursor, *, with_inputs):
    """The top edge of each layer, outputs first, and the height of a row: they fill the length of the cursor."""
    (_, top), (_, bottom) = cursor.points
    layers = range(len(sizes) - 1, 0 if not with_inputs else -1, -1)
    rows = [sizes[layer] if layer else OF_INPUTS for layer in layers]
    pitch = (bottom - top) / (sum(rows) + APART * (len(rows) - 1))
    return {layer: top + pitch * (sum(rows[:k]) + APART * k) for k, layer in enumerate(layers)}, pitch


def raster_of(scene):
    """The axis of time, the top edge of each layer, and the height of a row."""
    x = scene.axis("raster")
    (cursor,) = scene.lines("raster", "faint", dash=CURSOR)
    np.testing.assert_allclose([across for across, _ in cursor.points], x(scene.clock), atol=0.01)
    return x, *rows_of(scene.sizes, cursor, with_inputs=scene.data["question"]["input"] != "current")


def places_of(x, tops, pitch, layer, spikes):
    """Where spikes (step, cell) of a layer belong: at the end of their step, in the row of their cell."""
    rows = spikes[:, 1] if layer else OF_INPUTS * spikes[:, 1] / 784
    return np.array([x(spikes[:, 0] + 1), tops[layer] + (rows + 0.5) * pitch]).T


def test_each_spike_up_to_now_has_a_mark_in_the_raster_and_nothing_else_has(scene):
    x, tops, pitch = raster_of(scene)
    expected = [places_of(x, tops, pitch, layer, scene.spikes(layer)) for layer in tops]
    marks = scene.boxes("raster", "ann", "bio", "ink", "faint", "line")
    assert {(mark.ink, mark.alpha) for mark in marks} <= {(scene.colour["bio"], 1)}
    assert_same_places([mark.middle for mark in marks], np.concatenate(expected))
    np.testing.assert_allclose([mark.size for mark in marks], [(2, max(0.9 * pitch, 1.5))] * len(marks))


def test_layers_of_the_raster_are_named_beside_their_rows_and_set_apart(scene):
    _, tops, pitch = raster_of(scene)
    sizes = {layer: scene.sizes[layer] if layer else OF_INPUTS for layer in tops}
    hidden = range(1, len(scene.sizes) - 1)
    names = {0: "input", len(hidden) + 1: "output"} | {
        k: f"hidden {k}" if len(hidden) > 1 else "hidden" for k in hidden
    }
    found = {mark.text: mark.at[1] for mark in scene.texts("raster") if mark.align == "right"}
    assert found == pytest.approx({names[k]: tops[k] + sizes[k] * pitch / 2 for k in tops}, abs=0.01)
    lines = [mark.points[0][1] for mark in scene.lines("raster", "line")]
    below = sorted(tops.values())[1:]
    np.testing.assert_allclose(sorted(lines), [top - APART / 2 * pitch for top in below], atol=0.01)


def test_spikes_of_brian2_are_dots_over_the_pages_own(page):
    reopened(page, "hidden=100&input=poisson&duration=60")
    question = data_of(page)["question"]
    theirs = [[[3, 30, 50], [0, 400, 783]], [[2, 29, 29, 59], [0, 51, 99, 7]], [[10, 41], [9, 0]]]
    page.evaluate(
        """async ([question, spikes, clock]) => {
          const [header, packed] = ["given", "packed"].map((id) => document.getElementById(id).textContent);
          const network = Networks.find(await Networks.unpacked(header, packed), "relu", "100");
          const view = Canvas.cleared(document.getElementById("raster"), Canvas.colours());
          Plots.raster(view, Think.answer(network, question), { clock, brian: { spikes } });
        }""",
        [question, theirs, 42],
    )
    painting = Painting(marks_on(page), colours_of(page, *COLOURS))
    x = painting.axis("raster")
    (cursor,) = painting.lines("raster", "faint", dash=CURSOR)
    tops, pitch = rows_of((784, 100, 10), cursor, with_inputs=True)
    now = [np.array(pairs).T[np.array(pairs[0]) < 42] for pairs in theirs]
    expected = [places_of(x, tops, pitch, layer, pairs) for layer, pairs in enumerate(now)]
    dots = painting.boxes("raster", "ink")
    assert len(dots) == 7
    assert_same_places([mark.middle for mark in dots], np.concatenate(expected))
    np.testing.assert_allclose([mark.size for mark in dots], 1)
    assert len(painting.boxes("raster", "bio")) > 300


# --- The membrane


def test_the_membrane_goes_where_its_voltage_went_up_to_now(scene):
    x, y = scene.axis("membrane"), scene.axis("membrane", upright=True)
    layer, unit = scene.chosen
    cell, steps = scene.data["cell"], scene.data["question"]["duration"]
    span = cell["v_threshold"] - cell["v_rest"]
    fired = {step for step, who in scene.spikes(layer + 1) if who == unit}
    voltage = scene.voltages[layer][:, unit]
    points = [(0, cell["start"])]
    for step in range(scene.clock):
        if step in fired:  # all cells here lose one threshold with a spike
            points.append((step + 1, voltage[step] + 1))
        points.append((step + 1, voltage[step]))
    if (layer, unit) in scene.silenced:
        points = [(0, 0)]
    times, levels = np.array(points, float).T
    expected = np.array([x(times), y(1e3 * (cell["v_rest"] + span * levels))]).T
    (trace,) = scene.lines("membrane", "bio", width=1.8)
    np.testing.assert_allclose(trace.points, expected, atol=0.05)

    named = {mark.text: mark.at[1] for mark in scene.texts("membrane") if mark.at[0] > x(steps)}
    levels = {
        "threshold": cell["v_threshold"],
        ("silenced" if scene.chosen in scene.silenced else "rest"): cell["v_rest"],
    }
    expected = {name: y(1e3 * level) for name, level in levels.items()}
    assert named == pytest.approx(expected, abs=0.01)
    dashed = [mark.points for mark in scene.lines("membrane", "ink", dash=LEVEL)]
    np.testing.assert_allclose(dashed, [[(x(0), at), (x(steps), at)] for at in expected.values()], atol=0.01)


def test_each_spike_of_the_chosen_cell_up_to_now_has_a_bar_over_its_membrane(scene):
    x = scene.axis("membrane")
    layer, unit = scene.chosen
    (cursor,) = scene.lines("membrane", "faint", dash=CURSOR)
    assert [across for across, _ in cursor.points] == pytest.approx([x(scene.clock)] * 2, abs=0.01)
    bars = scene.lines("membrane", "bio", width=2)
    steps = [step for step, cell in scene.spikes(layer + 1) if cell == unit]
    np.testing.assert_allclose([mark.points[0][0] for mark in bars], x(np.array(steps) + 1), atol=0.01)
    for (left, top), (right, bottom) in (mark.points for mark in bars):
        assert left == right
        assert 0 < top < bottom < cursor.points[0][1]
    assert not scene.lines("membrane", "ann")


# --- Rates against activations


def test_each_hidden_unit_stands_where_its_activation_and_its_rate_are(scene):
    x, y = scene.axis("scatter"), scene.axis("scatter", upright=True)
    own, paper, ink = (scene.colour[name] for name in ("bio", "paper", "ink"))
    expected = defaultdict(list)
    for layer, rates in enumerate(rates_of(scene, scene.clock)):
        activations, sums = (scene.data["ann"][name][layer] for name in ("activations", "sums"))
        for unit, rate in enumerate(rates):
            if (layer, unit) not in scene.silenced:
                inside = own if sums[unit] > 0 else paper
                outline = (ink, 3) if scene.chosen == (layer, unit) else (own, 1.5)
                place = x(activations[unit]), y(min(rate, highest(scene)))
                expected["box" if layer else "circle", inside, *outline].append(place)
    marks = [mark for mark in scene.marks["scatter"] if mark.circle or (mark.box and mark.size.max() < 20)]
    found = defaultdict(list)
    for inside, outline in zip(marks[::2], marks[1::2], strict=True):
        assert (inside.kind, outline.kind) == ("fill", "stroke")
        assert (inside.circle, inside.box, inside.alpha) == (outline.circle, outline.box, outline.alpha)
        shape, place = ("box", inside.middle) if inside.box else ("circle", inside.circle[:2])
        found[shape, inside.ink, outline.ink, outline.width].append(place)
    assert found.keys() == expected.keys()
    for look, places in expected.items():
        assert_same_places(found[look], places, within=0.1)


def rates_of(scene, before):
    """The rates (Hz) of each hidden layer's cells up to a step."""
    layers = range(1, len(scene.sizes) - 1)
    return [scene.network.mapping.rates(scene.counts(layer, before), 1e-3 * before) for layer in layers]


def highest(scene):
    """Of the rates (Hz) that there is room for."""
    return 1.08 * max(110, *(rates.max() for rates in rates_of(scene, scene.data["question"]["duration"])))


def test_the_curve_beside_them_is_what_the_translation_promises(scene):
    x, y = scene.axis("scatter"), scene.axis("scatter", upright=True)
    mapping = scene.network.mapping
    rates = mapping.cell.rate(DRIVES, dt=mapping.dt)
    curves = scene.lines("scatter", "ann")
    left, right = x(0), scene.sides["scatter"][0] - 16
    for number, (curve, layer) in enumerate(zip(curves, mapping.layers[:-1], strict=True)):
        activations = mapping.curve(number)((DRIVES - layer.c0) / layer.c1 * layer.unit)
        np.testing.assert_allclose(curve.points, np.array([x(activations), y(rates)]).T, atol=0.05)
        assert curve.dash == ((7, 4) if number else ())
        assert curve.clip == pytest.approx((left, y(highest(scene)), right, y(0)), abs=0.05)
    limit = mapping.layers[0].on_rate
    limits = scene.lines("scatter", "faint", dash=LEVEL)
    expected = [[(left, y(limit)), (right, y(limit))]] if limit > 0 else []
    np.testing.assert_allclose([mark.points for mark in limits], expected, atol=0.05)


# --- The race


def test_the_bars_of_the_race_are_as_long_as_activations_and_counts(scene):
    width, height = scene.sides["race"]
    activations, counts = np.array(scene.data["ann"]["activations"][-1]), scene.counts(-1)
    most = max(scene.counts(-1, scene.data["question"]["duration"]).max(), 1)
    answer, leader = scene.data["ann"]["answer"], scene.leader
    digits = [mark for mark in scene.texts("race") if mark.align == "center"]
    assert [mark.text for mark in digits] == list("0123456789")
    assert [mark.is_bold for mark in digits] == [digit in (answer, leader) for digit in range(10)]
    np.testing.assert_allclose([mark.at[0] for mark in digits], width / 2)
    rows = np.array([mark.at[1] for mark in digits])
    np.testing.assert_allclose(np.diff(rows), (height - 30) / 10)

    room = width / 2 - 64  # of the longest bar: 20 pixels are for the digits, 44 for numbers
    for ink, values, winner, way in (("ann", activations, answer, -1), ("bio", counts / most, leader, 1)):
        bars = scene.boxes("race", ink)
        np.testing.assert_allclose([mark.middle[1] for mark in bars], rows)
        edges = np.array([mark.box[::2] for mark in bars])
        begin = width / 2 + 20 * way
        np.testing.assert_allclose(
            edges[:, ::way], [(begin, begin + way * value * room) for value in values], atol=0.01
        )
        np.testing.assert_allclose([mark.alpha for mark in bars], [1 if k == winner else 0.45 for k in range(10)])

    said = {
        "right": ([f"{value:.2f}" for value in activations], answer, width / 2 - 25 - activations * room),
        "left": ([str(count) for count in counts], leader, width / 2 + 25 + counts / most * room),
    }
    for align, (numbers, winner, places) in said.items():
        title, *texts = [mark for mark in scene.texts("race") if mark.align == align]
        assert title.ink == scene.colour["ann" if align == "right" else "bio"]
        assert [mark.text for mark in texts] == numbers
        assert [mark.is_bold for mark in texts] == [digit == winner for digit in range(10)]
        np.testing.assert_allclose([mark.at for mark in texts], np.array([places, rows]).T, atol=0.01)
    titles = {"softmax of the sums", "activation", f"spikes in {scene.clock} ms"}
    titles.remove("softmax of the sums" if scene.data["question"]["activation"] == "sigmoid" else "activation")
    assert {mark.text for mark in scene.texts("race") if mark.at[1] < rows[0] - 10} == titles


# --- Both networks as columns


def units_of(scene, side):
    """The places of each layer's units: in columns from left to right, of 20 at most, from top to bottom."""
    places = np.unique([mark.circle[:2] for mark in scene.circles(side, "fill")], axis=0)
    layers, begin = [], 0
    for size in scene.sizes[1:]:
        layers.append(places[begin : begin + size])
        begin += size
        columns, counts = np.unique(layers[-1][:, 0], return_counts=True)
        assert len(columns) == -(-size // 20)
        assert len(set(counts)) == 1
    assert begin == len(places)
    outputs = [mark for mark in scene.texts(side) if mark.text.isdigit()]
    assert [mark.text for mark in outputs] == list("0123456789")
    np.testing.assert_allclose([mark.at[1] for mark in outputs], layers[-1][:, 1])
    return layers


def lit(scene, side):
    """How bright each unit is, 0 to 1, by layer, the inputs first."""
    if side == "ann":
        activations = [np.array(layer) for layer in scene.data["ann"]["activations"]]
        return [np.array(scene.data["question"]["pixels"]), *(layer / (layer.max() or 1) for layer in activations)]
    return [flashes(scene, layer) for layer in range(len(scene.sizes))]


def flashes(scene, layer):
    """What is left of each cell's last flash, or 0.6 of its share of spikes, if that is more; at the end, its share."""
    steps = scene.data["question"]["duration"]
    counts, most = scene.counts(layer), max(scene.counts(layer, steps).max(), 1)
    if scene.clock == steps:
        return counts / most
    last = np.full(len(counts), -np.inf)
    np.maximum.at(last, scene.spikes(layer)[:, 1], scene.spikes(layer)[:, 0])
    return np.maximum(0.6 * counts / most, np.exp(-(scene.clock - 1 - last) / GLOW))


@pytest.mark.parametrize("side", ["ann", "bio"])
def test_units_are_lit_by_activations_and_cells_by_their_spikes(scene, side):
    for number, (places, bright) in enumerate(zip(units_of(scene, side), lit(scene, side)[1:], strict=True)):
        spared = [unit for unit in range(len(places)) if (number, unit) not in scene.silenced]  # no cross over them
        down, across = np.floor(places[spared].T[::-1] * RATIO).astype(int)
        expected = mixed(scene.colour["paper"], scene.colour[side], bright[spared])
        np.testing.assert_allclose(scene.pictures[side][down, across], expected, atol=5)


@pytest.mark.parametrize("side", ["ann", "bio"])
def test_the_chosen_the_silenced_and_the_answering_unit_are_marked_and_no_other(scene, side):
    units = units_of(scene, side)
    strokes = scene.circles(side, "stroke")
    layer, unit = scene.chosen
    thick = [mark.circle[:2] for mark in strokes if (mark.ink, mark.width) == (scene.colour["ink"], 2.5)]
    assert_same_places(thick, units[layer][unit])
    crosses = scene.lines(side, "ink", width=1.5)
    for falls in (True, False):
        middles = [
            np.mean(mark.points, axis=0) for mark in crosses if (np.diff(mark.points, axis=0).prod() > 0) == falls
        ]
        assert_same_places(middles, [units[k][one] for k, one in scene.silenced])

    answer = scene.data["ann"]["answer"] if side == "ann" else scene.leader
    rings = [mark.circle for mark in strokes if (mark.ink, mark.width) == (scene.colour[side], 2)]
    assert_same_places([ring[:2] for ring in rings], units[-1][answer] if answer >= 0 else [])
    names = [mark for mark in scene.texts(side) if mark.text.isdigit()]
    assert [mark.is_bold for mark in names] == [digit == answer for digit in range(10)]
    assert [mark.ink == scene.colour[side] for mark in names] == [digit == answer for digit in range(10)]
    thin = len(strokes) - len(thick) - len(rings)
    assert thin == sum(mark.ink == scene.colour["faint"] for mark in strokes) == sum(scene.sizes[1:]) - 1


@pytest.mark.parametrize("side", ["ann", "bio"])
def test_the_strongest_weights_into_each_unit_are_lines_as_strong_as_what_comes_along_them(scene, side):
    units, bright = units_of(scene, side), lit(scene, side)
    expected, strength = [], []
    for layer, weights in enumerate(scene.network.model.weights[1:], 1):
        for to in range(weights.shape[1]):
            for start in np.argsort(-np.abs(weights[:, to]), kind="stable")[:3]:
                weight = weights[start, to]
                share = abs(weight) / np.abs(weights).max()
                expected.append((*units[layer - 1][start], *units[layer][to], weight < 0))
                strength.append(share * (0.12 + 0.8 * bright[layer][start]))
    lines = scene.lines(side, side)
    assert {(mark.width, mark.dash) for mark in lines} == {(1.6, ()), (1.6, (3, 3))}
    found = np.array([(*np.ravel(mark.points), bool(mark.dash)) for mark in lines])
    far = np.abs(found[:, None] - np.array(expected)[None]).max(axis=2)
    assert found.shape == np.shape(expected)
    assert sorted(far.argmin(axis=1)) == list(range(len(expected)))
    assert far.min(axis=1).max() < 0.01
    np.testing.assert_allclose([mark.alpha for mark in lines], np.array(strength)[far.argmin(axis=1)], atol=0.01)


# --- Images of 28 × 28 pixels


def seen_in(scene, canvas):
    """The colours of the 784 pixels of an image, in the middle of each, and its box."""
    (ground,) = [mark for mark in scene.boxes(canvas, "soft") if mark.size.max() > 28]
    left, top, *_ = ground.box
    assert ground.size[0] == pytest.approx(ground.size[1])
    places = RATIO * (np.arange(28) + 0.5) * ground.size[0] / 28
    rows, columns = (np.floor(RATIO * edge + places).astype(int) for edge in (top, left))
    return scene.pictures[canvas][np.ix_(rows, columns)].reshape(784, 3), ground.box


def test_the_digit_is_painted_wherever_it_is_shown(scene):
    pixels = np.array(scene.data["question"]["pixels"])
    expected = {"pad": ("ink", pixels), "seen": ("ink", pixels), "ann": ("ink", pixels), "bio": ("ink", pixels)}
    if scene.data["question"]["input"] != "current":
        expected["bio"] = ("bio", lit(scene, "bio")[0])
    for canvas, (ink, bright) in expected.items():
        found, box = seen_in(scene, canvas)
        np.testing.assert_allclose(found, mixed(scene.colour["soft"], scene.colour[ink], bright), atol=5)
        if canvas in ("pad", "seen"):
            assert box == pytest.approx((0, 0, scene.sides[canvas][0], scene.sides[canvas][0]))
        else:
            assert box[2] < units_of(scene, canvas)[0][:, 0].min()


def test_what_the_chosen_unit_looks_for_is_painted_by_sign_and_strength(scene):
    layer, unit = scene.chosen
    seen = scene.network.model.weights[0]
    for weights in scene.network.model.weights[1 : layer + 1]:
        seen = seen @ weights
    seen = seen[:, unit] / np.abs(seen[:, unit]).max()
    found, _ = seen_in(scene, "weights")
    plus, minus = (mixed(scene.colour["soft"], scene.colour[ink], abs(seen)) for ink in ("plus", "minus"))
    np.testing.assert_allclose(found, np.where(seen[:, None] > 0, plus, minus), atol=5)


def test_strokes_are_painted_on_the_pad_along_their_points(page):
    reopened(page, "drawing=")
    painting = Painting(marks_on(page), colours_of(page, *COLOURS))
    assert [(mark.text, mark.ink) for mark in painting.texts("pad")] == [
        ("draw a digit here", painting.colour["faint"])
    ]
    strokes = draw(page, [[(70, 60), (230, 60), (130, 260)], [(40, 200)]])
    side = page.evaluate("document.getElementById('pad').clientWidth")
    painting = Painting(marks_on(page), painting.colour)
    for mark, stroke in zip(painting.lines("pad", "ink"), strokes, strict=True):
        begin, *rest = np.array(mark.points) / side
        np.testing.assert_allclose(begin, stroke.points[0], atol=1e-6)
        np.testing.assert_allclose(rest, stroke.points, atol=1e-4)
        assert mark.width == pytest.approx(stroke.width * side)
    assert not painting.texts("pad")
    page.locator("#pad").focus()
    for key in ("ArrowUp", "ArrowUp", "ArrowRight"):  # the first only shows where the cursor is: below the middle
        page.keyboard.press(key)
    (frame,) = [mark for mark in marks_on(page)["pad"] if mark.kind == "stroke" and mark.box]
    assert frame.ink == painting.colour["bio"]
    np.testing.assert_allclose(14 * np.array(frame.box) / side, (8, 6, 9, 7), atol=1e-3)


# --- The third learner, and the picture to keep


def test_the_third_learners_cells_stand_by_digit_framed_by_their_share_of_spikes(page, scene):
    learned = load_learned(THIRD_CELLS)
    third, part = scene.data["third"], scene.clock / scene.data["question"]["duration"]
    step, cell = (np.array(third["spikes"][name], int) for name in ("step", "cell"))
    counts = np.bincount(cell[step < round(part * 350)], minlength=100)
    images = [mark for mark in scene.marks["fields"] if mark.kind == "image"]
    frames = [mark for mark in scene.marks["fields"] if mark.kind == "stroke"]
    order = np.argsort(learned.labels, kind="stable")
    pitch = min(scene.sides["fields"]) / 10
    places = np.array([((k % 10) * pitch, k // 10 * pitch) for k in range(100)]) + pitch / 2
    for marks, size in ((images, pitch - 6), (frames, pitch - 3)):
        np.testing.assert_allclose([mark.middle for mark in marks], places, atol=0.01)
        np.testing.assert_allclose([mark.size for mark in marks], size, atol=0.01)
    np.testing.assert_allclose([mark.alpha for mark in frames], counts[order] / max(*third["counts"], 1), atol=1e-6)
    assert {(mark.ink, mark.width) for mark in frames} == {(scene.colour["bio"], 3)}
    if scene.data["question"]["activation"] == "sigmoid":  # the pictures are the same in all scenes
        found = page.evaluate(
            """(sources) => sources.map((k) => {
              const { data } = images[k].getContext("2d").getImageData(0, 0, 28, 28);
              return Array.from({ length: 784 }, (_, i) => data[4 * i + 3]);
            })""",
            [mark.source for mark in images],
        )
        codes, _ = codes_of(learned.weights)
        np.testing.assert_allclose(np.array(found), codes.reshape(784, 100).T[order], atol=1)


def test_each_canvas_stands_in_the_picture_to_keep_where_it_stands_on_the_page(page):
    reopened(page, "hidden=100")
    with page.expect_download() as awaited:
        page.locator("#save-picture").click()
    whole = pixels_of(Path(awaited.value.path()).read_bytes())
    places = page.evaluate(
        """() => {
          const box = (one) => one.getBoundingClientRect(), stage = box(document.getElementById("stage"));
          const canvases = Array.from(document.querySelectorAll("#stage canvas"), (one) => [one.id, box(one)]);
          return canvases.map(([id, { left, top }]) => [id, left - stage.left, stage.bottom - top]);
        }"""
    )
    pictures = pictures_of(page, [name for name, *_ in places])
    for name, left, up in places:  # from the lower edge, since words stand above
        row, column = round(whole.shape[0] - RATIO * (up + 12)), round(RATIO * left)
        found = whole[row:, column:][: len(pictures[name]), : pictures[name].shape[1]]
        far = np.abs(found - pictures[name][: found.shape[0], : found.shape[1]].astype(float))
        assert far.mean() < 5, name
