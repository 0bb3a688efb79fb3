"""A network that learns by spike timing, after Diehl & Cook (2015): no gradient, and no label until it has learned."""

from bio.stdp.model import Cells, Rule
from bio.stdp.network import LearnedNetwork, load_learned, respond, save_learned, shipped
from bio.stdp.train import Learning, State, labelled, learn, seconds_a_digit

__all__ = [
    "Cells",
    "LearnedNetwork",
    "Learning",
    "Rule",
    "State",
    "labelled",
    "learn",
    "load_learned",
    "respond",
    "save_learned",
    "seconds_a_digit",
    "shipped",
]
