"""One leaky integrate-and-fire cell: its constants, its rate in closed form, and the inverse of that.

    τ_m dV/dt = (E - V) + R I          at V > V_th: a spike, then V is reset and held for t_ref

(Lapicque 1907; Gerstner et al., "Neuronal Dynamics", 2014, chapter 1.3). Measured from rest in units of the distance
to threshold, v = (V - E)/(V_th - E), only one number of the input is left, the drive J = R I / (V_th - E):

    τ_m dv/dt = J - v,  threshold 1      f(J) = 1 / (t_ref + τ_m ln((J - v_reset)/(J - 1))) for J > 1, else 0

With noise of standard deviation σ on the voltage, the rate is Siegert's (`bio.siegert`), and intervals between spikes
scatter (`bio.intervals`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bio.intervals import interval_cv
from bio.siegert import siegert_rate, siegert_slope

RESETS = ("subtract", "zero")
MOST_NOISE = 1e3  # thresholds; far beyond any cell, and still far from what a float cannot hold


@dataclass(frozen=True)
class LIF:
    """A cell. Raises ValueError for constants that no cell can have.

    tau_m         membrane time constant, s
    t_ref         absolute refractory time, s; a simulation rounds it to whole steps
    noise         standard deviation of the voltage that white-noise current would cause without a threshold, in units
                  of the distance from rest to threshold (0.25 is 5 mV here)
    v_rest        resting potential, V
    v_threshold   spike threshold, V
    v_reset       where a spike takes the voltage, V
    resistance    of the membrane, Ω: drive 1 is (v_threshold - v_rest)/resistance = 200 pA
    tau_syn       decay time of a synaptic current, s
    start         voltage when a digit appears, in units of the distance from rest to threshold, below 1
    reset         "subtract" keeps what the voltage had beyond the threshold when a step ended, "zero" discards it
    """

    tau_m: float = 20e-3
    t_ref: float = 2e-3
    noise: float = 0.0
    v_rest: float = -70e-3
    v_threshold: float = -50e-3
    v_reset: float = -70e-3
    resistance: float = 100e6
    tau_syn: float = 5e-3
    start: float = 0.0
    reset: str = "subtract"

    def __post_init__(self) -> None:
        for name in ("tau_m", "tau_syn", "resistance"):
            if not 0 < getattr(self, name) < np.inf:
                raise ValueError(f"{name} must be above 0, got {getattr(self, name):g}: choose a positive number")
        for name in ("t_ref", "noise"):
            if not 0 <= getattr(self, name) < np.inf:
                raise ValueError(f"{name} must be 0 or more, got {getattr(self, name):g}: choose another")
        if self.noise > MOST_NOISE:
            raise ValueError(f"noise must be at most {MOST_NOISE:g} thresholds, got {self.noise:g}: choose less")
        if not max(self.v_rest, self.v_reset) < self.v_threshold:
            raise ValueError(
                f"threshold {self.v_threshold * 1e3:g} mV must lie above rest {self.v_rest * 1e3:g} mV "
                f"and reset {self.v_reset * 1e3:g} mV: raise it"
            )
        if not -np.inf < self.start < 1:
            raise ValueError(f"start must lie below the threshold 1, got {self.start:g}: choose one such as 0.5")
        if self.reset not in RESETS:
            raise ValueError(f'there is no reset "{self.reset}": choose from {", ".join(RESETS)}')

    @property
    def span(self) -> float:
        """From rest to threshold, V: the unit of drive and of dimensionless voltage."""
        return self.v_threshold - self.v_rest

    @property
    def reset_level(self) -> float:
        """The reset potential in threshold units, 0 at rest."""
        return (self.v_reset - self.v_rest) / self.span

    def drive(self, current: np.ndarray) -> np.ndarray:
        """The drive J, in threshold units, of a current in A."""
        return np.asarray(current) * self.resistance / self.span

    def current(self, drive: np.ndarray) -> np.ndarray:
        """The current in A that makes a drive J."""
        return np.asarray(drive) * self.span / self.resistance

    def held_steps(self, dt: float) -> int:
        """How many whole steps of `dt` (s) a cell is held after the step in which it fired: t_ref, rounded."""
        return int(self.t_ref / dt + 0.5)

    def refractory(self, dt: float) -> float:
        """The refractory time (s) to tell Brian2, which counts the step of the spike itself and so holds a cell for
        one step of `dt` less than it is told."""
        return (self.held_steps(dt) + 1) * dt

    def noise_drive(self, dt: float) -> float:
        """The standard deviation of drives, each constant for a step of `dt` (s), that give the voltage its noise."""
        decay = np.exp(-dt / self.tau_m)
        return float(self.noise * np.sqrt((1 + decay) / (1 - decay)))

    def rate(self, drive: np.ndarray, *, dt: float = 0.0) -> np.ndarray:
        """The mean rate in Hz under a steady drive (threshold units), any shape.

        With `dt` (s), of a simulation in such steps, to first order: it fires at most once in t_ref + dt, and sees
        noise cross the threshold only at the end of a step. What remains at 1 ms without noise: the simulation is some
        2 % slower with reset by subtraction, 7 % with reset to zero, which lose part of the step that a spike ends.

        Silent up to a drive of 1; noise lets the cell fire below it, and t_ref bounds what it can reach:

        >>> LIF().rate([0.9, 1, 1.5, 5]).round(1).tolist()
        [0.0, 0.0, 41.7, 154.7]
        >>> LIF(noise=0.25).rate([0.9, 1, 1.5, 5]).round(1).tolist()
        [18.9, 23.3, 44.8, 155.1]
        >>> LIF(t_ref=10e-3).rate(1e6).round(1).item()
        100.0
        """
        rate = self.continuous_rate(np.asarray(drive, float), dt)
        return np.minimum(rate, 1 / self.refractory(dt)) if dt else rate

    def continuous_rate(self, drive: np.ndarray, dt: float = 0.0) -> np.ndarray:
        """The closed form, which knows no highest rate in steps of `dt`."""
        if self.noise:
            return siegert_rate(
                drive,
                noise=self.noise,
                tau_m=self.tau_m,
                t_ref=self.t_ref,
                v_reset=self.reset_level,
                dt=dt,
                carried=self.reset == "subtract",
            )
        return self.noiseless(drive - 1)[0]

    def slope(self, drive: np.ndarray) -> np.ndarray:
        """df/dJ in Hz per threshold of the closed form, at drives of any shape; 0 up to the rheobase without noise."""
        drive = np.asarray(drive, float)
        if self.noise:
            return siegert_slope(drive, noise=self.noise, tau_m=self.tau_m, t_ref=self.t_ref, v_reset=self.reset_level)
        return self.noiseless(drive - 1)[1]

    def interval_cv(self, drive: np.ndarray) -> np.ndarray:
        """The coefficient of variation of the intervals between spikes in continuous time, at drives of any shape.

        0 without noise, 1 for a Poisson process; nan where the cell never fires.
        """
        drive = np.asarray(drive, float)
        if not self.noise:
            return np.where(drive > 1, 0.0, np.nan)
        return interval_cv(drive, noise=self.noise, tau_m=self.tau_m, t_ref=self.t_ref, v_reset=self.reset_level)

    def noiseless(self, excess: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Rate and slope without noise for what the drive exceeds 1 by, which a drive near 1 would have rounded."""
        rate, slope, fires = np.zeros_like(excess), np.zeros_like(excess), excess > 0
        above, climb = excess[fires], 1 - self.reset_level
        rate[fires] = 1 / (self.t_ref + self.tau_m * np.log1p(climb / above))
        slope[fires] = rate[fires] ** 2 * self.tau_m * climb / ((above + climb) * above)
        return rate, slope

    def drive_for(self, rate: np.ndarray, *, dt: float = 0.0) -> np.ndarray:
        """The steady drive at which the closed form gives this rate in Hz, any shape.

        A rate of 0 gives the rheobase 1 without noise, and with it the drive at which the cell fires once in 1,000 s;
        a rate that the refractory time forbids gives that of 99.9 % of the ceiling 1/t_ref.

        >>> LIF().drive_for([0, 41.7, 154.7]).round(2).tolist()
        [1.0, 1.5, 5.0]
        """
        rate = np.asarray(rate, float)
        if self.t_ref:
            rate = np.minimum(rate, 0.999 / self.t_ref)
        if not self.noise:
            with np.errstate(divide="ignore", over="ignore"):
                return 1 + (1 - self.reset_level) / np.expm1((1 / rate - self.t_ref) / self.tau_m)
        from scipy.optimize import elementwise  # a part that scipy does not load by itself, and that takes its time

        wanted, where = np.unique(np.maximum(rate, 1e-3), return_inverse=True)
        quiet = np.full_like(wanted, 1 - 8 * self.noise)  # fires less than once in 1,000 s, whatever its constants
        loud = (1 + self.noise) * (2 + 2 * self.tau_m * wanted / (1 - self.t_ref * wanted))
        root = elementwise.find_root(
            lambda drive, target: self.continuous_rate(drive, dt) / target - 1, (quiet, loud), args=(wanted,)
        )
        return root.x[where].reshape(rate.shape)
