"""What preparing a drawing as MNIST's digits were prepared is worth: the figures of `data/README.md`.

    python benchmarks/prepared_drawings.py [--seed 0]

The drawings are those of tests/drawings.py, 39 styles by an unsteady hand; the networks are the live page's.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from drawings import drawings

from bio import INPUTS
from compare.comparison import prepared
from compare.options import Options
from compare.pair import Pair
from compare.parallel import run_all
from data import Digits, load_digits, prepare, render
from data.drawing import PAD

ACTIVATIONS = ("relu", "sigmoid", "lif")


def main() -> None:
    """Prints a line for each network and each way in, and how many training digits `prepare` leaves as they are."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seed", type=int, default=0)
    seed = parser.parse_args().seed
    made = drawings(seed)
    labels = np.array([digit for digit, _, _ in made])
    pads = np.array([render(strokes) for _, _, strokes in made])
    shrunk = pads.reshape(-1, 28, PAD // 28, 28, PAD // 28).mean(axis=(2, 4)).reshape(-1, 784).astype(np.float32)
    ready = prepared(Options(activations=ACTIVATIONS, inputs=INPUTS, seed=seed))
    sets = [Digits(images, labels) for images in (shrunk, np.array([prepare(pad) for pad in pads]))]
    jobs = [(twin, digits) for twin in ready.twins for digits in sets]
    answers = run_all([twin.job(digits) for twin, digits in jobs])
    pairs = [Pair(twin, digits, response) for (twin, digits), (response, _) in zip(jobs, answers, strict=True)]
    print(f"{len(made)} drawings, networks {ready.options.sizes}, seed {seed}: % read right, shrunk -> prepared")
    for before, after in zip(pairs[::2], pairs[1::2], strict=True):
        ann, bio = (
            [100 * (answers(pair) == labels).mean() for pair in (before, after)]
            for answers in (lambda pair: pair.ann_answers, lambda pair: pair.bio_answers)
        )
        name = f"{after.twin.model.activation} {after.twin.input}"
        print(f"{name:17} standard {ann[0]:.1f} -> {ann[1]:.1f}   spiking {bio[0]:.1f} -> {bio[1]:.1f}")
    images = load_digits("train").images
    same = sum(np.array_equal(prepare(image.reshape(28, 28)), image) for image in images)
    print(f"training digits that come back as they are: {same:,} of {len(images):,}")


if __name__ == "__main__":
    main()
