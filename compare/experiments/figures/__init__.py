"""Figures of experiments, each in a file of its experiment's name: what draws a result, imported when it is drawn.

A file here imports what it draws from the experiment's own file, which never imports it: `experiment.drawn_by` does.
"""
