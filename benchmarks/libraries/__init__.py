"""The libraries that are measured side by side, each in a file of the same form: a `Peer` that shows digits.

Nothing is imported here, so that a library that is not installed is missing only where it is asked for.
"""

#: where each is, as module and class; in the order of the table
PEERS = {
    "ours-numpy": ("libraries.ours", "Numpy"),
    "ours-cython": ("libraries.ours", "Cython"),
    "ours-cpp": ("libraries.ours", "Cpp"),
    "brian2-script": ("libraries.brian_script", "Script"),
    "nest": ("libraries.nest_lanes", "Nest"),
    "nengo": ("libraries.nengo_lanes", "Nengo"),
    "norse": ("libraries.norse_cells", "Norse"),
    "snntorch": ("libraries.snntorch_cells", "SnnTorch"),
    "snntorch-hoisted": ("libraries.snntorch_cells", "Hoisted"),
    "spikingjelly": ("libraries.spikingjelly_cells", "SpikingJelly"),
    "spikingjelly-hoisted": ("libraries.spikingjelly_cells", "Hoisted"),
    "torch-leaky": ("libraries.torch_loop", "Leaky"),
    "torch-if": ("libraries.torch_loop", "IntegrateAndFire"),
    "numpy-lif": ("libraries.numpy_loop", "FullCell"),
    "numpy-leaky": ("libraries.numpy_loop", "Leaky"),
    "numpy-if": ("libraries.numpy_loop", "IntegrateAndFire"),
}
