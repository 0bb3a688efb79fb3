"""The network that learns by spike timing: its equations, its constants, and where it departs from Diehl & Cook.

784 input cells fire at random, at rates in proportion to their pixels' brightness. Each excites all of n cells, whose
spikes hold all the others down, so that a digit is answered by the few cells whose weights look most like it:

    τ_m dv/dt = (E_rest - v) + g_e (E_exc - v) + g_i (E_inh - v)     held for t_ref after a spike
    τ_e dg_e/dt = -g_e,  g_e += w_ij at a spike of input i           τ_i dg_i/dt = -g_i,  g_i += c at others' spikes
    at v > v_threshold + θ: a spike, v ← v_reset, θ += θ_+           τ_θ dθ/dt = -θ

Conductances are in units of the leak's. A cell's spike changes its weights by what its inputs did of late, of which
each keeps a trace x, and before each showing of a digit all that a cell receives is scaled to one sum:

    τ_x dx/dt = -x,  x ← 1 at a spike of the input                   Δw_ij = η (x_i - x_target) (w_max - w_ij)
    w_ij ← w_ij · w_total / Σ_i w_ij

Inputs that led to the spike grow, silent ones shrink; θ, which only spikes raise, gives every cell its turn. A digit is
shown for 350 ms; where it evokes fewer than 5 spikes, it is shown again with brighter input. No label takes part.

Source: Diehl & Cook, Front. Comput. Neurosci. 2015, 9:99 (doi 10.3389/fncom.2015.00099), and for what the paper leaves
open the authors' published program (peter-u-diehl/stdp-mnist). Where this network departs from them, and why:

- Of the rules that the paper compares, this is the one with a trace of the input and a target for it, with weight
  dependence to the power of 1, a trace that spikes set rather than add to, and a target of 0.1; the published program
  has another (`README.md` here has both measured on held-out training digits).
- The n inhibitory cells are left out. There, a spike of an excitatory cell makes its inhibitory partner fire once,
  always, within a step or two, and that one inhibits all others: the same spikes inhibit the others directly here.
- Synapses have no delays (there, evenly from 0 to 10 ms for excitation): a step's input is then one sum of
  rows. The effect was not measured; cells that add up input over 100 ms should hardly notice.
- The rest of 150 ms, whose purpose is that all variables return to where they rest, puts them there at once, which
  takes no time, and makes a digit's response independent of the digit before. θ decays as it would.
- Steps of 1 ms in place of 0.5 ms. The forward Euler method would be unstable then; here, conductances decay exactly,
  and the membrane takes the implicit Euler step with the conductance's mean over the step, stable for any of them.
- A digit is shown ten times at most, so that a dark one cannot stop the run.
- Training digits come in an order drawn anew for each pass.
- With fewer than 200 cells θ_+ is 0.03 mV, in place of 0.05 mV: a hundred cells share the spikes that four hundred
  would. With 0.05 mV and the published rule, digits had to be shown 3.7 times after 10,000 of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

PIXELS = 784
FEW_CELLS_THETA_PLUS = 0.03e-3  # V
RESTING = -0.5  # `held` of a cell that has not fired for long


@dataclass(frozen=True)
class Cells:
    """The cells, their input and what holds them apart; SI units, conductances in units of the leak's.

    r_max        rate of an input cell at brightness 1, at the first showing, Hz
    brighter     what each further showing adds to it, Hz
    showings     of one digit, at most
    least        spikes of all cells together that are enough not to show it again
    inhibition   what a spike adds to all other cells' inhibitory conductance
    """

    tau_m: float = 100e-3
    tau_e: float = 1e-3
    tau_i: float = 2e-3
    t_ref: float = 5e-3
    e_rest: float = -65e-3
    e_inhibitory: float = -100e-3
    v_threshold: float = -52e-3
    v_reset: float = -65e-3
    inhibition: float = 17.0
    duration: float = 350e-3
    dt: float = 1e-3
    r_max: float = 63.75
    brighter: float = 31.875
    showings: int = 10
    least: int = 5

    def rates(self) -> np.ndarray:
        """(showings,): the rate of an input cell at brightness 1, one showing after the other, Hz."""
        return self.r_max + self.brighter * np.arange(self.showings)


@dataclass(frozen=True)
class Rule:
    """How the cells learn; SI units, weights in units of the leak's conductance.

    eta         what a spike moves a weight by, per unit of trace and of distance to w_max
    target      the trace at which a weight neither grows nor shrinks
    tau_x       how fast the trace of an input spike fades, s
    w_max       the largest weight
    w_total     what all weights of one cell are scaled to add up to before a showing
    theta_plus  what a spike adds to the cell's own threshold, V
    tau_theta   how slowly that fades, s
    rest        time that passes for the threshold after each showing, s
    """

    eta: float = 0.01
    target: float = 0.1
    tau_x: float = 20e-3
    w_max: float = 1.0
    w_total: float = 78.4
    theta_plus: float = 0.05e-3
    tau_theta: float = 1e4
    rest: float = 150e-3


def rule_for(number: int) -> Rule:
    """The rule for so many cells: the fewer share a digit's spikes, the less each raises its threshold."""
    return Rule(theta_plus=FEW_CELLS_THETA_PLUS if number < 200 else Rule.theta_plus)


def constants(cells: Cells, rule: Rule | None) -> dict[str, np.float32]:
    """What the cells share in a run, by the names of `bio.stdp.cells`; without a rule, no spike moves a threshold."""
    dt, decay_e, decay_i = cells.dt, np.exp(-cells.dt / cells.tau_e), np.exp(-cells.dt / cells.tau_i)
    numbers = {
        "one": 1.0,
        "leak": dt / cells.tau_m,
        "decay_e": decay_e,
        "decay_i": decay_i,
        # of a conductance, what its mean over a step adds to dt/τ_m times the total conductance
        "gain_e": cells.tau_e / cells.tau_m * (1 - decay_e),
        "gain_i": cells.tau_i / cells.tau_m * (1 - decay_i),
        "e_rest": cells.e_rest,
        "e_inhibitory": cells.e_inhibitory,
        "v_threshold": cells.v_threshold,
        "v_reset": cells.v_reset,
        "theta_plus": rule.theta_plus if rule else 0.0,
        "hold": max(round(cells.t_ref / dt), 1) + RESTING,
        "half": 0.5,
    }
    return {name: np.float32(value) for name, value in numbers.items()}
