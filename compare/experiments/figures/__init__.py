"""Figures of experiments, each in a file of its experiment's name: what draws a result, imported when it is drawn."""
