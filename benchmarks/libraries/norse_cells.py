"""Norse: `LIFRefracCell`, leaky and refractory, with synaptic currents, integrated by forward Euler."""

from __future__ import annotations

from typing import Any

import norse.torch as norse
import torch

from bio import LIF
from bio.network import verdict
from data import Digits
from libraries.problem import Answers, Peer, Problem
from libraries.torch_modules import set_torch_up


class Norse(Peer):
    """Steady drives enter as the potential that the cells leak to, once for all steps: through their synapses, which
    is Norse's usual way, they would come late."""

    package = "norse"
    cells = "leaky, refractory, synaptic currents"
    batches = (100, 500, 2_000)

    def __init__(self, problem: Problem) -> None:
        set_torch_up(problem)
        self.problem, self.cell = problem, LIF(reset="zero")
        network = problem.network(self.cell)
        self.drive = [torch.from_numpy(array.astype("float32")) for array in (*network.weights, *network.biases)]
        self.kicks = [weights / self.cell.tau_syn for weights in self.drive[:2]]

    def layer(self, drive: torch.Tensor) -> tuple[Any, Any]:
        """Cells under steady drives (n, cells), and their state at rest."""
        inverse_taus = {
            name: torch.as_tensor(1 / tau)
            for name, tau in (("tau_mem_inv", self.cell.tau_m), ("tau_syn_inv", self.cell.tau_syn))
        }
        held = torch.as_tensor(float(self.cell.held_steps(self.problem.dt)))
        lif = norse.LIFParameters(**inverse_taus, v_leak=drive)
        cells = norse.LIFRefracCell(norse.LIFRefracParameters(lif, held), dt=self.problem.dt)
        still = torch.zeros_like(drive)
        return cells, norse.LIFRefracFeedForwardState(norse.LIFFeedForwardState(still, still), still)

    def batch(self, digits: Digits) -> Answers:  # noqa: D102
        chance, random = torch.from_numpy(self.problem.chances(digits.images)), self.problem.input == "bernoulli"
        w1, _, b1, b2 = self.drive
        steady = b1.expand(len(digits), -1) if random else torch.addmm(b1, chance / self.problem.dt, w1)
        hidden, hidden_state = self.layer(steady)
        output, output_state = self.layer(b2.expand(len(digits), -1))
        current, nothing = torch.zeros_like(steady), torch.zeros(len(digits))
        spikes, votes, inputs = nothing.clone(), torch.zeros(len(digits), len(b2)), nothing.clone()
        for _ in range(self.problem.steps):
            if random:
                lit = torch.bernoulli(chance)
                inputs += lit.sum(dim=1)
                current = lit @ self.kicks[0]
            fired, hidden_state = hidden(current, hidden_state)
            verdicts, output_state = output(fired @ self.kicks[1], output_state)
            spikes += fired.sum(dim=1)
            votes += verdicts
        voltage = output_state.lif.v.numpy()
        return Answers(verdict(votes.numpy(), voltage), (spikes + votes.sum(dim=1)).numpy(), inputs.numpy())
