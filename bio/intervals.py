"""How irregular the firing of a noisy cell is: the coefficient of variation of its intervals between spikes.

    CV = r √Var,   Var = 2π τ² ∫ e^(x²) ∫ e^(y²) (1 + erf y)² dy dx     y from -∞ to x, x between Siegert's limits

(Brunel, J. Comput. Neurosci. 2000, 8:183, appendix A.1; limits and rate as in `bio.siegert`). With erfcx(-y) for
e^(y²)(1 + erf y), and Dawson's function D for the integral of e^(x²), the order of integration can be changed, and the
antiderivative of the outer integral is made of two single ones, neither of which overflows where it is needed:

    K(x) = D(x) e^(x²) A(x) - B(x),   A(x) = ∫ e^(-y²) erfcx(-y)² dy,   B(x) = ∫ D(y) erfcx(-y)² dy     from -∞ to x

K is a table from -20 to 6, joined in its logarithm by cubics; an asymptotic series below. Beyond 6 it is F²/2 to
within rounding, F being the antiderivative of Siegert's integral: the cell has forgotten its last spike long before it
finds the next, so that the interval is the refractory time and an exponential one, and CV tends to 1 - r·t_ref.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import scipy  # loads its parts where they are first used

from bio.siegert import antiderivative, limits, siegert_rate

LOWEST, HIGHEST, STEP = -20.0, 6.0, 1 / 400
# π K(-t) in powers t^-2, t^-4 …: erfcx's own series squared, and e^(t²) ∫ e^(-y²) y^-n dy by parts, term by term
SERIES = np.array([1 / 4, -5 / 16, 2 / 3, -65 / 32, 2589 / 320, -10223 / 256, 52779 / 224])


def interval_cv(drive: np.ndarray, *, noise: float, tau_m: float, t_ref: float, v_reset: float = 0.0) -> np.ndarray:
    """Standard deviation over mean of the interval between spikes, at drives in threshold units of any shape.

    In continuous time; `noise` is σ > 0, times are in seconds. nan where the cell fires too seldom for a float. Above 1
    where noise reaches from reset to threshold: a spike may then follow at once, or after a long excursion downwards.
    """
    bottom, top = limits(drive, noise=noise, tau_m=tau_m, v_reset=v_reset)
    rate = siegert_rate(drive, noise=noise, tau_m=tau_m, t_ref=t_ref, v_reset=v_reset)
    with np.errstate(over="ignore", invalid="ignore"):
        lower, upper = antiderivative(bottom), antiderivative(top)
        near = 2 * (variance_integral(top) - variance_integral(bottom)) / (upper - lower) ** 2
        far = (upper + lower) / (upper - lower)
        square = np.where(top > HIGHEST, far, near)
    return np.where(rate > 0, np.sqrt(np.maximum(square, 0)) * (1 - t_ref * rate), np.nan)


def variance_integral(x: np.ndarray) -> np.ndarray:
    """K(x), for x up to 6; K(6) beyond."""
    inside = np.exp(table()(np.clip(x, LOWEST, HIGHEST)))
    return np.where(x < LOWEST, series(np.minimum(x, LOWEST)), inside)


def series(x: np.ndarray) -> np.ndarray:
    """K(x) for x ≪ 0."""
    return np.polynomial.polynomial.polyval(x**-2, [0, *SERIES]) / np.pi


def series_slope(x: np.ndarray) -> np.ndarray:
    """dK/dx = e^(x²) A(x) for x ≪ 0."""
    powers = 2 * np.arange(1, len(SERIES) + 1)
    return np.polynomial.polynomial.polyval(x**-2, [0, *(-powers * SERIES)]) / x / np.pi


@cache
def table() -> scipy.interpolate.CubicHermiteSpline:
    """ln K on [-20, 6], each step of A and of B by ten-point Gauss-Legendre quadrature."""
    points = np.linspace(LOWEST, HIGHEST, round((HIGHEST - LOWEST) / STEP) + 1)
    nodes, weights = np.polynomial.legendre.leggauss(10)
    y = points[:-1, None] + STEP / 2 * (1 + nodes)
    start = series_slope(points[0])
    first = (np.exp(-(LOWEST**2)) * start, scipy.special.dawsn(LOWEST) * start - series(points[0]))
    steps = (np.exp(-(y**2)) * scipy.special.erfcx(-y) ** 2, scipy.special.dawsn(y) * scipy.special.erfcx(-y) ** 2)
    a, b = (
        begin + np.concatenate([[0.0], np.cumsum(STEP / 2 * step @ weights)])
        for begin, step in zip(first, steps, strict=True)
    )
    slope = np.exp(points**2) * a
    value = scipy.special.dawsn(points) * slope - b
    return scipy.interpolate.CubicHermiteSpline(points, np.log(value), slope / value)
