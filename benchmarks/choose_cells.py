"""How the cell of a sigmoid was chosen: by what its twin loses on training digits, never on test digits.

    python benchmarks/choose_cells.py [--digits 2000]

For each refractory time and noise, at r_max 200 Hz: the points that the spiking twin of the default sigmoid network
loses on training digits beside those of the calibration, and the hidden layer's RMSE and on/off agreement.
"""

from __future__ import annotations

import argparse
from itertools import product

import numpy as np

from ann import Training
from bio import LIF
from compare.cache import trained_model
from compare.comparison import translate
from compare.options import Options
from compare.pair import Pair
from compare.parallel import run_all
from compare.score import score
from data import load_digits

REFRACTORY = (2e-3, 3e-3, 4e-3)
NOISE = (0.0, 0.25, 0.5, 1.0)


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--digits", type=int, default=2_000, help="how many training digits to score")
    count = parser.parse_args().digits
    train = load_digits("train")
    model = trained_model(Training(activation="sigmoid"), train)
    calibration, rest = train[np.arange(0, len(train), 12)], train[np.arange(1, len(train), 12)]
    shown = rest.spread(min(count, len(rest)))
    for t_ref, noise in product(REFRACTORY, NOISE):
        cell = LIF(t_ref=t_ref, noise=noise)
        options = Options(
            activations=("sigmoid",), inputs=("current",), cell={"t_ref": t_ref, "noise": noise}, recalibrate=True
        )
        (twin,) = translate(model, options, calibration)
        ((response, _),) = run_all([twin.job(shown)])
        found = score(Pair(twin, shown, response))
        lost, hidden = 100 * (found.ann_accuracy - found.bio_accuracy), found.layers[0]
        print(
            f"t_ref {cell.t_ref * 1e3:g} ms, noise {cell.noise:<4g}: lost {lost:+.2f}, RMSE {hidden.rmse:.4f}, "
            f"on/off {hidden.mcc or 0:.3f}, spikes {found.spikes_per_digit:,.0f}"
        )


if __name__ == "__main__":
    main()
