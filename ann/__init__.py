"""The standard network: weighted sums, squashed by a sigmoid or cut off by a ReLU, trained by backpropagation."""

from ann.activation import ACTIVATIONS, Activation
from ann.mlp import MLP
from ann.store import load_model, save_model
from ann.training import Epoch, Trained, Training, train

__all__ = ["ACTIVATIONS", "MLP", "Activation", "Epoch", "Trained", "Training", "load_model", "save_model", "train"]
