"""Many pairs of networks, one for each point of a grid or a list: read, run on one machine or many, kept, drawn."""
