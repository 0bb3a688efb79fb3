"""`analogy diagnose`: each cause is put into a healthy pair, and is named first; a healthy pair is given none.

The oracle is the fault itself: what was done to the pair is what must be named, and undoing it what must be advised.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest
from specimens import pair_of, small_mnist, taught

from ann import MLP, save_model
from compare.commands.diagnose import told
from compare.comparison import translate
from compare.diagnosis import find
from compare.diagnosis.causes import (
    COARSE,
    FEW_SPIKES,
    NOISY,
    SATURATED,
    SHORT,
)
from compare.diagnosis.departure import BIAS, DEAD, DYING, FOREIGN, UNSCALED, layers_of
from compare.diagnosis.evidence import hurry
from compare.diagnosis.find import OUT_OF_RANGE, WRONG, diagnose, right, trial, worse
from compare.diagnosis.standard import SCALINGS, TRAINED_ON, folded, in_range, without_constant
from compare.mapping import calibrate
from compare.options import Options
from compare.pair import Twin
from data import load_digits

pytestmark = pytest.mark.xdist_group("diagnosis")  # what they share is made once

SIZES, DEEP = (784, 30, 10), (784, 30, 30, 10)
ACTIVATIONS = ("relu", "sigmoid", "lif")
TRAINING = load_digits("train").spread(1_000)
DIGITS = load_digits("test").spread(300)
model_of = cache(taught)


def twin_of(activation="relu", sizes=SIZES, *, seed=0, model=None, inputs="current", **options) -> Twin:
    """A twin as the commands make it, of a network that learned a little."""
    asked = Options(activations=(activation,), inputs=(inputs,), **options)
    return next(translate(model or model_of(sizes, activation, seed=seed), asked, TRAINING))


def with_layer(twin: Twin, layer: int, *, weights: float = 1.0, bias: float = 0.0) -> Twin:
    """The twin with the weights of one layer of its cells times a number, and a number added to the biases."""
    network = twin.network
    scaled = [array * weights if i == layer else array for i, array in enumerate(network.weights)]
    shifted = [array + bias if i == layer else array for i, array in enumerate(network.biases)]
    return replace(twin, network=replace(network, weights=tuple(scaled), biases=tuple(shifted)))


def with_weights(twin: Twin, layer: int, weights: np.ndarray) -> Twin:
    changed = tuple(weights if i == layer else array for i, array in enumerate(twin.network.weights))
    return replace(twin, network=replace(twin.network, weights=changed))


def all_weights(twin: Twin, factor: float) -> Twin:
    scaled = tuple(factor * array for array in twin.network.weights)
    return replace(twin, network=replace(twin.network, weights=scaled))


def raw(twin: Twin) -> Twin:
    """The standard network's own weights and biases, untranslated."""
    return replace(twin, network=replace(twin.network, weights=twin.model.weights, biases=twin.model.biases))


def trained_on(activation: str, scaling: str) -> Twin:
    """A network that does with scaled pixels what a healthy one does with those from 0 to 1."""
    times, plus = SCALINGS[scaling]
    return twin_of(activation, model=folded(model_of(SIZES, activation), times=1 / times, plus=-plus / times))


def with_model_bias(activation: str, bias: float) -> Twin:
    model = model_of(SIZES, activation)
    return twin_of(activation, model=replace(model, biases=(model.biases[0] + np.float32(bias), *model.biases[1:])))


def untrained(activation: str) -> Twin:
    return twin_of(activation, model=MLP.random(SIZES, activation=activation, rng=np.random.default_rng(1)))


FAULTS: dict[str, tuple[Callable[[], Twin], str, str, str]] = {
    # what was done: the twin, the cause to be named, a word of the remedy, what the evidence shows
    "relu, first weights 0": (
        lambda: with_layer(twin_of(), 0, weights=0),
        DEAD,
        "calibrate",
        r"hidden 1: weights 0 times .* 100% of the cells",
    ),
    "relu, a deep bias of -50": (
        lambda: with_layer(twin_of(sizes=DEEP), 1, bias=-50),
        DEAD,
        "calibrate",
        r"^hidden 2: weights 1 times .* bias -50 thresholds off",
    ),
    "sigmoid, first weights 0": (
        lambda: with_layer(twin_of("sigmoid"), 0, weights=0),
        DEAD,
        "calibrate",
        r"hidden 1: weights 0 times",
    ),
    "lif, a bias of -1000": (
        lambda: with_layer(twin_of("lif"), 0, bias=-1000),
        DEAD,
        "calibrate",
        r"hidden 1: .* bias -1e\+03 thresholds off .* 100% of the cells",
    ),
    "relu, t_ref 30 ms": (
        lambda: twin_of(cell={"t_ref": 30e-3}),
        SATURATED,
        "--t-ref 2",
        r"above 32 Hz \(t_ref 30 ms, step 1 ms\) .* asks for 200 Hz: 4\d% of the cells",
    ),
    "sigmoid, t_ref 30 ms": (
        lambda: twin_of("sigmoid", cell={"t_ref": 30e-3}),
        SATURATED,
        "--t-ref 4",
        r"above 32 Hz \(t_ref 30 ms, step 1 ms\) .* asks for 200 Hz: [67]\d% of the cells",
    ),
    "lif, t_ref 50 ms": (
        lambda: twin_of("lif", cell={"t_ref": 50e-3}),
        SATURATED,
        "--t-ref 2",
        r"above 20 Hz \(t_ref 50 ms, step 1 ms\) .* asks for 200 Hz: (9\d|100)% of the cells",
    ),
    "relu, dt 20 ms": (
        lambda: twin_of(dt=20e-3),
        COARSE,
        "--dt 1",
        r"a step of 20 ms, .* in 5 ms, membranes in 20 ms, .* at 200 Hz has 5 ms between spikes",
    ),
    "sigmoid, dt 20 ms": (
        lambda: twin_of("sigmoid", dt=20e-3),
        COARSE,
        "--dt 1",
        r"a step of 20 ms, .* in 5 ms, membranes in 20 ms, .* at 200 Hz has 5 ms between spikes",
    ),
    "relu, a bias of 50": (
        lambda: with_layer(twin_of(), 0, bias=50),
        BIAS,
        "calibrate",
        r"hidden 1: weights 1 times .* bias \+50 thresholds off",
    ),
    "lif, a bias of -50, too little for silence": (
        lambda: with_layer(twin_of("lif"), 0, bias=-50),
        BIAS,
        "calibrate",
        r"hidden 1: weights 1 times .* bias -50 thresholds off",
    ),
    "lif, a bias of 50": (
        lambda: with_layer(twin_of("lif"), 0, bias=50),
        BIAS,
        "calibrate",
        r"hidden 1: weights 1 times .* bias \+50 thresholds off",
    ),
    "relu, the model's bias 50": (
        lambda: with_model_bias("relu", 50),
        BIAS,
        "biases[0][:] -= ",
        r"layer 1 .* bias of \+50, 3\d\.\d times what differs .* reads [89]\d\.\d% instead of 1\d\.\d%",
    ),
    "relu, all weights 0.6": (
        lambda: all_weights(twin_of(sizes=DEEP), 0.6),
        DYING,
        "calibrate",
        r"hidden 1 fires at [67]\d% .*; hidden 2 fires at [34]\d% .*; output fires at [45]\d%",
    ),
    "relu, raw weights": (
        lambda: raw(twin_of()),
        UNSCALED,
        "λ",
        r"hidden 1: weights \d{3} times .*; output: weights \d\d\.?\d* times",
    ),
    "lif, raw weights": (
        lambda: raw(twin_of("lif")),
        UNSCALED,
        "λ",
        r"hidden 1: weights \d\d\.?\d* times .*; output: weights \d{3} times",
    ),
    "relu, all weights × 100": (
        lambda: all_weights(twin_of(), 100),
        UNSCALED,
        "λ",
        r"hidden 1: weights 100 times .*; output: weights 100 times",
    ),
    "relu, all weights / 100": (
        lambda: all_weights(twin_of(), 0.01),
        UNSCALED,
        "λ",
        r"hidden 1: weights 0\.01 times .*; output: weights 0\.01 times",
    ),
    "relu, another's weights": (
        lambda: replace(twin_of(), network=with_weights(twin_of(), 1, twin_of(seed=1).network.weights[1]).network),
        FOREIGN,
        "calibrate",
        r"^output: .* only -?\d% alike",
    ),
    "relu, 6 ms": (
        lambda: twin_of(duration=6e-3),
        SHORT,
        "--duration 100",
        r"in 6 ms the output cells fire 0 spikes a digit, 100% of the digits get none",
    ),
    "sigmoid, 6 ms": (
        lambda: twin_of("sigmoid", duration=6e-3),
        SHORT,
        "--duration 100",
        r"in 6 ms the output cells fire 0\.1\d spikes a digit, [89]\d% of the digits get none",
    ),
    "relu, random input for 10 ms": (
        lambda: twin_of(duration=10e-3, inputs="poisson"),
        SHORT,
        "--duration 100",
        r"in 10 ms the output cells fire 0\.0\d+ spikes a digit, 9\d% of the digits get none",
    ),
    "relu, noise 2": (
        lambda: twin_of(cell={"noise": 2}),
        NOISY,
        "--noise 0",
        r"wanders by 2 .* off fire at [45]\d Hz, the others at (9|10|11)\d Hz",
    ),
    "sigmoid, noise 6": (
        lambda: twin_of("sigmoid", cell={"noise": 6}),
        NOISY,
        "--noise 0.25",
        r"wanders by 6 .* off fire at [67]\d Hz, the others at 1[789]\d Hz",
    ),
    "lif, noise 2, recalibrated": (
        lambda: twin_of("lif", cell={"noise": 2}, recalibrate=True),
        NOISY,
        "--noise 0",
        r"wanders by 2 .* off fire at 1\d Hz, the others at 2\d\d Hz",
    ),
    "relu, r_max 20 Hz": (
        lambda: twin_of(r_max=20),
        FEW_SPIKES,
        "--r-max 200",
        r"^a full activation is 2 spikes in the time given",
    ),
    "relu, untrained": (
        lambda: untrained("relu"),
        WRONG,
        "analogy train",
        r"it reads 1\d\.\d% of 300 digits where guessing gets 10 %",
    ),
    "sigmoid, untrained": (
        lambda: untrained("sigmoid"),
        WRONG,
        "analogy train",
        r"it reads 1\d\.\d% of 300 digits where guessing gets 10 %",
    ),
    **{
        f"{activation}, trained on {scaling}": (
            lambda activation=activation, scaling=scaling: trained_on(activation, scaling),
            TRAINED_ON,
            f"times={SCALINGS[scaling][0]:.5g}",
            rf"better when shown {re.escape(scaling)}: it reads [89]\d\.\d% instead of [1-5]?\d\.\d%",
        )
        for activation in ("relu",)
        for scaling in SCALINGS
    },
    "sigmoid, trained on 0…255": (
        lambda: trained_on("sigmoid", "0…255"),
        TRAINED_ON,
        "times=255",
        r"shown 0…255: it reads 8\d\.\d% instead of \d\.\d%",
    ),
    "lif, trained on -1…1": (
        lambda: trained_on("lif", "-1…1"),
        TRAINED_ON,
        "times=2",
        r"shown -1…1: it reads [89]\d\.\d% instead of [12]\d\.\d%",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_put_into_a_healthy_pair_is_the_only_one_named(fault):
    broken, cause, remedy, shown = FAULTS[fault]
    diagnosis = diagnose(broken(), DIGITS, TRAINING)
    assert [finding.cause for finding in diagnosis.findings] == [cause]
    (finding,) = diagnosis.findings
    assert remedy in finding.remedy
    assert re.search(shown, finding.evidence)
    if cause != WRONG:
        assert finding.regained > 0.02
        assert not diagnosis.loses
        assert diagnosis.repaired == pytest.approx(finding.regained + diagnosis.bio_accuracy)


def test_digits_that_got_no_spike_and_digits_that_ended_in_a_tie_are_told_apart():
    """Of four digits one got none, which is a tie of ten, and one of the others ended in a tie of two."""
    counts = np.zeros((4, 10), int)
    counts[1, [2, 7]] = 3
    counts[[2, 3], [4, 5]] = 1
    pair = pair_of([np.ones((4, 10))], [counts])
    said = hurry(SimpleNamespace(pair=pair, twin=pair.twin, layers=[SimpleNamespace(name="output", passed=0.25)]))
    assert said == (
        "in 100 ms the output cells fire 2 spikes a digit, 25% of the digits get none and 50% end in a tie; of the "
        "rates that units ask for there come: output 25%"
    )


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize(("seed", "inputs"), [(0, "current"), (1, "lif"), (2, "poisson")])
def test_a_healthy_pair_gets_a_clean_bill(activation, seed, inputs):
    diagnosis = diagnose(twin_of(activation, seed=seed, inputs=inputs), DIGITS, TRAINING)
    assert (diagnosis.findings, diagnosis.loses) == ((), False)
    assert diagnosis.repaired == diagnosis.bio_accuracy


def test_two_faults_are_both_named_though_neither_remedy_helps_alone():
    broken = with_layer(twin_of(cell={"noise": 2}), 0, weights=0)
    diagnosis = diagnose(broken, DIGITS, TRAINING)
    assert [finding.cause for finding in diagnosis.findings] == [DEAD, NOISY]
    gains = [finding.regained for finding in diagnosis.findings]
    assert gains == sorted(gains, reverse=True)
    assert not diagnosis.loses


# --- pixels


@pytest.mark.parametrize(("activation", "scaling"), [*zip(ACTIVATIONS, SCALINGS, strict=False)])
def test_pixels_out_of_range_are_named_and_the_formula_given_brings_them_back(activation, scaling):
    times, plus = SCALINGS[scaling]
    scaled = replace(DIGITS, images=np.float32(times) * DIGITS.images + np.float32(plus))
    diagnosis = diagnose(twin_of(activation), scaled, TRAINING)
    assert [finding.cause for finding in diagnosis.findings] == [OUT_OF_RANGE]
    assert diagnosis.bio_accuracy is None
    (finding,) = diagnosis.findings
    back = eval(finding.remedy.removeprefix("images = "), {"images": scaled.images})
    np.testing.assert_allclose(back, DIGITS.images, atol=2e-3)
    assert finding.regained == right(trial(twin_of(activation), DIGITS)).mean()


def test_pixels_that_are_no_numbers_are_refused_in_a_line():
    images = DIGITS.images.copy()
    images[3, 5] = np.nan
    with pytest.raises(ValueError, match=r"pixels must be numbers in \[0, 1\].*look for nan"):
        diagnose(twin_of(), replace(DIGITS, images=images), TRAINING)


def test_no_digits_are_refused_in_a_line():
    with pytest.raises(ValueError, match="no digits"):
        diagnose(twin_of(), DIGITS[:0], TRAINING)


def test_pixels_in_range_are_left_as_they_are():
    assert in_range(DIGITS) is DIGITS


@pytest.mark.parametrize(("times", "plus"), SCALINGS.values(), ids=list(SCALINGS))
def test_a_folded_network_does_with_pixels_what_the_model_does_with_scaled_ones(times, plus):
    model = MLP.random(SIZES, activation="relu", rng=np.random.default_rng(0), dtype=np.float64)
    images = DIGITS.images[:20].astype(float)
    wanted = model.forward_with_logits(times * images + plus)[1]
    np.testing.assert_allclose(folded(model, times=times, plus=plus).forward_with_logits(images)[1], wanted, rtol=1e-9)


# --- remedies do what they say


def constant_model() -> MLP:
    """A ReLU network whose hidden units are always on, with readout weights that suit that: it is healthy itself."""
    model = model_of(SIZES, "relu")
    hidden = TRAINING.images @ model.weights[0] + model.biases[0] + 200
    targets = np.eye(10)[TRAINING.labels]
    known = np.column_stack([hidden, np.ones(len(hidden))])
    readout = np.linalg.lstsq(known, targets, rcond=None)[0].astype(np.float32)
    return MLP((model.weights[0], readout[:-1]), (model.biases[0] + np.float32(200), readout[-1]), "relu")


def test_a_constant_that_only_spiking_cells_mind_is_named_and_handing_it_on_changes_no_answer():
    model = constant_model()
    twin = twin_of(model=model)
    diagnosis = diagnose(twin, DIGITS, TRAINING)
    assert diagnosis.findings[0].cause == BIAS
    assert "without_constant" in diagnosis.findings[0].remedy
    better = without_constant(model, TRAINING.images)
    for images in (TRAINING.images, DIGITS.images):
        assert np.mean(better.classify(images) == model.classify(images)) > 0.98
    healed = diagnose(twin_of(model=better), DIGITS, TRAINING)
    assert BIAS not in [finding.cause for finding in healed.findings]
    assert healed.bio_accuracy - diagnosis.bio_accuracy > 0.1


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_taking_the_bias_off_as_advised_repairs_the_model(activation):
    twin = with_model_bias(activation, 50 if activation != "lif" else 500)
    (finding,) = diagnose(twin, DIGITS, TRAINING).findings
    model = replace(twin.model, biases=tuple(bias.copy() for bias in twin.model.biases))
    for line in re.findall("`(model.biases.*?)`", finding.remedy):
        exec(line, {"model": model})
    assert diagnose(twin_of(activation, model=model), DIGITS, TRAINING).findings == ()


def test_folding_as_advised_repairs_the_model():
    twin = trained_on("relu", "-1…1")
    (finding,) = diagnose(twin, DIGITS, TRAINING).findings
    (call,) = re.findall(r"`model = (folded\(.*?\))`", finding.remedy)
    model = eval(call, {"folded": folded, "model": twin.model})
    assert diagnose(twin_of(model=model), DIGITS, TRAINING).findings == ()


def test_a_mapping_calibrated_on_other_pixels_than_are_shown_is_weights_not_normalised():
    model, bright = model_of(SIZES, "relu"), replace(TRAINING, images=255 * TRAINING.images)
    twin = next(translate(model, Options(activations=("relu",), inputs=("current",)), bright))
    assert diagnose(twin, DIGITS, TRAINING).findings[0].cause == UNSCALED
    assert diagnose(twin, DIGITS, bright).findings[0].cause == UNSCALED


def test_translating_again_as_advised_repairs_raw_weights():
    broken = raw(twin_of())
    network = calibrate(broken.model, TRAINING.images).network(broken.model)
    assert diagnose(replace(broken, network=network), DIGITS, TRAINING).findings == ()


OPTIONS = {
    "--noise": ({"cell": {"noise": 2}}, lambda value: {"cell": {"noise": value}}),
    "--t-ref": ({"cell": {"t_ref": 30e-3}}, lambda value: {"cell": {"t_ref": value / 1e3}}),
    "--dt": ({"dt": 20e-3}, lambda value: {"dt": value / 1e3}),
    "--duration": ({"duration": 6e-3}, lambda value: {"duration": value / 1e3}),
    "--r-max": ({"r_max": 20}, lambda value: {"r_max": value}),
    "--tau-m": ({"cell": {"tau_m": 2e-3}}, lambda value: {"cell": {"tau_m": value / 1e3}}),
}


@pytest.mark.parametrize("option", OPTIONS)
def test_the_option_advised_repairs_it(option):
    given, as_advised = OPTIONS[option]
    (finding,) = diagnose(twin_of(**given), DIGITS, TRAINING).findings
    name, value = finding.remedy.split()
    assert name == option
    assert diagnose(twin_of(**as_advised(float(value))), DIGITS, TRAINING).findings == ()


def test_layers_of_a_sound_translation_are_what_the_mapping_asks_for():
    for layer in layers_of(trial(twin_of(sizes=DEEP), DIGITS), TRAINING):
        assert not layer.departs
        assert layer.factor == pytest.approx(1)
        assert layer.shift == 0
        assert layer.passed == pytest.approx(1, abs=0.25)


def test_a_twin_as_straight_as_it_can_be_made_is_given_no_remedy(monkeypatch):
    """Its silent cells, which no suspect explains, lose digits; its curve is aligned by slope and tuned already."""
    monkeypatch.setattr(find, "necessary", lambda suspects, case, reads: [])
    twin = replace(all_weights(twin_of(), 0), align="slope", retuned=True)
    found = diagnose(twin, DIGITS, TRAINING)
    assert found.loses
    assert found.findings == ()


def test_a_handful_of_lost_digits_is_no_loss():
    all_right = np.ones(100, bool)
    assert not worse(all_right, all_right)
    for lost, told_apart in ((7, False), (8, True)):  # 2 · 2⁻⁷ > 0.01 > 2 · 2⁻⁸
        some = all_right.copy()
        some[:lost] = False
        assert worse(some, all_right) is told_apart
        assert not worse(all_right, some)


# --- the command


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return small_mnist(tmp_path_factory.mktemp("digits"), train=600, test=300)


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    place = tmp_path_factory.mktemp("models") / "relu.npz"
    save_model(place, model_of(SIZES, "relu"), {})
    return place


@pytest.fixture
def analogy(analogy, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return analogy


def test_a_clean_bill_is_one_sentence_and_code_0(analogy, folder, file):
    code, out, err = analogy("diagnose", file, "--data", folder, "--digits", 300)
    assert (code, err) == (0, "")
    head, bill = out.strip().split("\n\n")
    assert re.search(r"300 digits, relu 784-30-10, 100 ms in steps of 1 ms, input current", head)
    assert re.search(r"standard network +\d\d\.\d%\n +spiking network +\d\d\.\d%", head)
    assert bill.startswith("Nothing is wrong")
    assert bill.count(". ") == 0


def test_a_cause_is_told_with_its_evidence_and_remedy_and_code_0(analogy, folder, file):
    code, out, err = analogy("diagnose", file, "--data", folder, "--digits", 300, "--noise", 2)
    assert (code, err) == (0, "")
    assert re.search(r"1\. noise too strong \(its remedy gives back \d\d\.\d points\)", out)
    assert re.search(r"   evidence: the voltage wanders by 2 ", out)
    assert re.search(r"   remedy:   --noise 0\n", out)
    assert max(map(len, out.splitlines())) <= 100


def test_few_digits_are_told_to_tell_little(analogy, folder, file):
    code, out, _ = analogy("diagnose", file, "--data", folder, "--digits", 4)
    assert code == 0
    assert "a loss below 100 points cannot be told from chance" in " ".join(out.split())


def test_without_a_file_the_network_is_trained(analogy, folder):
    words = ["--data", folder, "--digits", 20, "--duration", 20, "--activation", "sigmoid", "--sizes", "784,8,10"]
    code, out, _ = analogy("diagnose", *words)
    assert code == 0
    assert "20 digits, sigmoid 784-8-10, 20 ms" in out


def test_every_option_reaches_the_twin_in_its_unit(analogy, folder, file, monkeypatch):
    seen = []

    def note(twin, digits, training):
        seen.append((twin, digits, training))
        return diagnose(twin, digits, training)

    monkeypatch.setattr("compare.diagnosis.diagnose", note)
    words = "--duration 20 --dt 0.5 --input lif --align slope --r-max 150 --tau-m 30 --t-ref 1 --tau-syn 7 --noise 0.1"
    words += " --reset zero --recalibrate --seed 9 --digits 20"
    code, _, err = analogy("diagnose", file, "--data", folder, *words.split())
    assert (code, err) == (0, "")
    ((twin, digits, training),) = seen
    cell = twin.cell
    assert (cell.tau_m, cell.t_ref, cell.tau_syn, cell.noise, cell.reset) == (30e-3, 1e-3, 7e-3, 0.1, "zero")
    assert twin.mapping.cell == cell
    assert (twin.duration, twin.dt, twin.input, twin.align) == (20e-3, 0.5e-3, "lif", "slope")
    assert (twin.mapping.r_max, twin.seed, len(digits), len(training)) == (150, 9, 20, 600)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere.npz"], "nowhere.npz"),
        (["--activation", "relu,sigmoid"], "relu,sigmoid"),
        (["--activation", "tanh"], "tanh.*relu, sigmoid"),
        (["--input", "current,lif"], "current,lif"),
        (["--digits", "0"], "0 digits"),
        (["--digits", "301"], "301 digits asked for"),
        (["--digits", "some"], "--digits"),
        (["--dt", "0"], "dt"),
        (["--duration", "-1"], "duration"),
        (["--sizes", "784,5"], "10 outputs"),
        (["--t-ref", "20", "--recalibrate"], "t_ref 20 ms.*r_max 200"),
        (["--noise", "-1"], "noise"),
        (["--data", "elsewhere"], "elsewhere"),
    ],
    ids=str,
)
def test_bad_input_ends_in_one_line_with_code_2(words, said, analogy, folder):
    given = [] if "--data" in words else ["--data", folder]
    code, out, err = analogy("diagnose", *given, *words)
    assert (code, out) == (2, "")
    assert re.fullmatch(rf"analogy: .*{said}.*\n", err)


def test_a_report_says_so_where_digits_cannot_be_shown_or_nothing_helps():
    twin = twin_of()
    said = told(diagnose(twin, replace(DIGITS, images=255 * DIGITS.images), TRAINING), twin)
    assert "spiking network    cannot be shown these digits" in said
    said = told(diagnose(untrained("relu"), DIGITS, TRAINING), twin)
    assert "cells cannot read better than the network that they were made from" in said
