"""Distortions: nothing at severity 0, what they claim above it, and the same for a digit in any company."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data import DISTORTIONS, distort, load_digits
from data.degraded import impulse_noise, occlusion, resampled, spatter
from data.distortion import generator
from data.sloppy import directions, resized, slanted, thicker, thinner, turned

DIGITS = load_digits("test").spread(60)
IMAGES = DIGITS.images
every = pytest.mark.parametrize("name", DISTORTIONS)


def generators(count, name="test", seed=0):
    return [generator(seed, key, name) for key in range(count)]


def hardest(name):
    return DISTORTIONS[name].severities[-1]


# --- what all have in common


@every
def test_severity_0_gives_the_images_back_bit_for_bit(name):
    assert DISTORTIONS[name].severities[0] == 0
    assert (distort(IMAGES, name, 0) == IMAGES).all()


@settings(max_examples=60, deadline=None)
@given(
    name=st.sampled_from(sorted(DISTORTIONS)),
    part=st.floats(0, 1),
    seed=st.integers(0, 2**32),
    count=st.integers(0, 4),
)
def test_images_stay_images(name, part, seed, count):
    images = np.random.default_rng(seed).random((count, 784), np.float32)
    found = distort(images, name, part * hardest(name), seed=seed)
    assert found.shape == images.shape
    assert found.dtype == np.float32
    assert not count or (found.min() >= 0 and found.max() <= 1)
    assert np.isfinite(found).all()


@every
@pytest.mark.parametrize("tiny", [5e-324, 1e-192, 1e-9])
def test_next_to_no_distortion_leaves_next_to_no_trace(name, tiny):
    changed = np.abs(distort(IMAGES, name, tiny) - IMAGES)
    assert np.mean(changed > 1e-3) < 1e-3


@every
def test_the_images_given_are_left_as_they_were(name):
    before = IMAGES.copy()
    distort(IMAGES, name, hardest(name))
    assert (before == IMAGES).all()


@every
def test_a_digit_is_distorted_alike_in_any_company_and_order(name):
    severity = DISTORTIONS[name].severities[1]
    together = distort(IMAGES, name, severity, seed=3, index=DIGITS.index)
    order = np.random.default_rng(0).permutation(len(IMAGES))
    shuffled = distort(IMAGES[order], name, severity, seed=3, index=DIGITS.index[order])
    np.testing.assert_array_equal(shuffled, together[order])
    alone = distort(IMAGES[7:8], name, severity, seed=3, index=DIGITS.index[7:8])
    np.testing.assert_allclose(alone[0], together[7], atol=1e-6)


@every
def test_each_step_of_severity_takes_digits_further_from_clean_ones(name):
    """In the mean over digits; ink that is shifted past other ink may come nearer in one of them."""
    away = [np.abs(distort(IMAGES, name, at) - IMAGES).mean() for at in DISTORTIONS[name].severities]
    assert away[0] == 0
    assert (np.diff(away) > 0).all(), away


STEADY = {"thicker", "thinner", "low-resolution", "blur", "brightness", "contrast"}


@every
def test_another_seed_gives_another_pattern_where_there_is_one(name):
    one, other = (distort(IMAGES, name, hardest(name), seed=seed) for seed in (0, 1))
    assert (one == other).all() == (name in STEADY)


@pytest.mark.parametrize("name", ["shift", "rotate", "shear", "scale", "elastic", "blur", "motion-blur", "glass-blur"])
def test_nothing_comes_of_darkness(name):
    assert not distort(np.zeros((3, 784), np.float32), name, hardest(name)).any()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("smudge", 1), 'no distortion "smudge": choose from shift'),
        (("shift", -1), "shift of severity -1 .*0 to 28"),
        (("shift", float("nan")), "shift of severity nan"),
        (("impulse-noise", 1.5), "0 to 1"),
    ],
)
def test_what_cannot_be_is_refused_with_what_can(arguments, said):
    with pytest.raises(ValueError, match=said):
        distort(IMAGES, *arguments)


@pytest.mark.parametrize("images", [IMAGES * 255, IMAGES.reshape(-1, 28, 28), IMAGES - 1])
def test_images_of_another_kind_are_refused(images):
    with pytest.raises(ValueError, match=r"give|must lie"):
        distort(images, "shift", 1)


def test_keys_that_do_not_pair_up_are_refused():
    with pytest.raises(ValueError, match="one number each"):
        distort(IMAGES, "shift", 1, index=np.arange(3))


# --- moved


def test_a_shift_moves_the_middle_of_mass_by_its_severity():
    dot = np.zeros((40, 784), np.float32)
    dot[:, 14 * 28 + 14] = 1
    found = distort(dot, "shift", 3.5).reshape(-1, 28, 28)
    mass = found.sum(axis=(1, 2))
    down, right = ((found * grid).sum(axis=(1, 2)) / mass - 14 for grid in np.indices((28, 28)))
    assert np.hypot(down, right) == pytest.approx(3.5, abs=1e-3)
    assert mass == pytest.approx(1, abs=1e-5)


def test_a_quarter_turn_is_a_quarter_turn():
    images = IMAGES.reshape(-1, 28, 28).astype(float)
    np.testing.assert_allclose(turned(images, np.full(60, 90.0)), np.rot90(images, axes=(1, 2)), atol=1e-6)
    np.testing.assert_allclose(turned(images, np.full(60, 180.0)), images[:, ::-1, ::-1], atol=1e-6)


def test_a_slant_slides_rows_and_keeps_the_brightness_of_each():
    images = np.zeros((1, 28, 28))
    images[0, 6:22, 12:16] = 1
    found = slanted(images, np.array([30.0]))
    np.testing.assert_allclose(found.sum(axis=2), images.sum(axis=2), atol=1e-6)
    middle = (found[0] * np.arange(28)).sum(axis=1)[6:22] / 4
    np.testing.assert_allclose(np.diff(middle), -np.tan(np.radians(30)), atol=1e-6)


@pytest.mark.parametrize("factor", [0.5, 1.5])
def test_resizing_scales_the_ink_by_the_square_of_its_factor(factor):
    images = np.zeros((1, 28, 28))
    images[0, 10:18, 10:18] = 1
    assert resized(images, np.array([factor])).sum() == pytest.approx(64 * factor**2, rel=0.02)


def test_directions_are_of_length_one_and_go_everywhere():
    found = directions(generators(2_000))
    assert np.hypot(*found.T) == pytest.approx(1)
    assert np.abs(found.mean(axis=0)).max() < 5 / np.sqrt(2 * 2_000)


def test_thick_and_thin_strokes_have_the_width_they_should():
    line = np.zeros((1, 28, 28))
    line[0, :, 12:16] = 1
    assert thicker(line, 2, []).sum(axis=2)[0, 14] == 8
    assert thicker(line, 0.5, []).sum(axis=2)[0, 14] == 5
    assert thinner(line, 1, []).sum(axis=2)[0, 14] == 2


# --- seen badly


@pytest.mark.parametrize("side", [14, 7, 4])
def test_a_coarse_image_is_the_mean_of_its_blocks(side):
    found = distort(IMAGES, "low-resolution", 28 / side).reshape(-1, side, 28 // side, side, 28 // side)
    blocks = IMAGES.reshape(found.shape).mean(axis=(2, 4), keepdims=True)
    np.testing.assert_allclose(found, np.broadcast_to(blocks, found.shape), atol=1e-6)


@pytest.mark.parametrize("side", [14, 10, 5, 3])
def test_resampling_keeps_the_mean_brightness(side):
    images = IMAGES.reshape(-1, 28, 28).astype(float)
    assert resampled(images, side).mean(axis=(1, 2)) == pytest.approx(images.mean(axis=(1, 2)))


@pytest.mark.parametrize("name", ["blur", "motion-blur"])
def test_a_blur_keeps_the_ink_in_the_middle_of_the_image(name):
    dot = np.zeros((5, 784), np.float32)
    dot[:, 14 * 28 + 14] = 1
    assert distort(dot, name, 2).sum(axis=1) == pytest.approx(1, abs=1e-3)


def test_a_blur_is_as_wide_as_it_says():
    dot = np.zeros((1, 784), np.float32)
    dot[0, 14 * 28 + 14] = 1
    found = distort(dot, "blur", 2).reshape(28, 28)
    assert np.sqrt((found.sum(axis=1) * (np.arange(28) - 14) ** 2).sum()) == pytest.approx(2, rel=0.02)


def test_gaussian_noise_has_the_mean_and_sd_it_says():
    """Around grey, where little is clipped: the mean within 5σ, the SD within 5σ/√2n."""
    grey = np.full((60, 784), 0.5, np.float32)
    off = distort(grey, "gaussian-noise", 0.1) - grey
    assert abs(off.mean()) < 5 * 0.1 / np.sqrt(off.size)
    assert off.std() == pytest.approx(0.1, abs=5 * 0.1 / np.sqrt(2 * off.size))


@pytest.mark.parametrize("severity", [0.03, 0.1])
def test_shot_noise_varies_as_photons_do(severity):
    """n photons at full brightness: variance b/n at brightness b, in the Poisson branch and in the normal one."""
    grey = np.full((60, 784), 0.4, np.float32)
    off = distort(grey, "shot-noise", severity) - grey
    assert abs(off.mean()) < 5 * severity * np.sqrt(0.4 / off.size)
    assert off.var() == pytest.approx(severity**2 * 0.4, rel=0.05)


def test_impulses_fall_on_the_fraction_of_pixels_that_they_say_black_and_white_alike():
    grey = np.full((60, 28, 28), 0.5)
    found = impulse_noise(grey, 0.2, generators(60))
    for value in (0, 1):
        assert (found == value).mean() == pytest.approx(0.1, abs=5 * np.sqrt(0.1 * 0.9 / grey.size))


def test_spatter_covers_what_it_says():
    assert spatter(np.zeros((10, 28, 28)), 0.15, generators(10)).mean(axis=(1, 2)) == pytest.approx(0.15, abs=1e-9)


def test_an_occlusion_hides_a_square_of_its_size():
    hidden = 1 - occlusion(np.ones((30, 28, 28)), 8.0, generators(30))
    assert hidden.sum(axis=(1, 2)) == pytest.approx(64)


def test_contrast_leaves_the_mean_and_brightness_adds_to_it():
    assert distort(IMAGES, "contrast", 0.6).mean(axis=1) == pytest.approx(IMAGES.mean(axis=1), abs=1e-5)
    dark = np.full((1, 784), 0.2, np.float32)
    assert distort(dark, "brightness", 0.3) == pytest.approx(0.5)
