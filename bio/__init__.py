"""The network of spiking cells: leaky integrate-and-fire neurons in Brian2, and the theory of one of them.

Importing `bio` does not import Brian2, which takes over a second; simulating does.
"""

from bio.engines import ENGINES, record, simulate
from bio.lif import LIF
from bio.network import Recording, Response, SpikingNetwork
from bio.stimulus import INPUTS, Stimulus

__all__ = ["ENGINES", "INPUTS", "LIF", "Recording", "Response", "SpikingNetwork", "Stimulus", "record", "simulate"]
