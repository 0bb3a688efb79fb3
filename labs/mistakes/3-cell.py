# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# Typical wrong answers of lab 3: each cell runs after the solutions, and its task's check must meet it with the
# words in `meets`. They stand in the instructor's edition too.

# %% task="3.1" meets="starts from its rest"
v_end = me.resistance * me.current / 1000

# %% task="3.1" meets="a millionth of a volt"
v_end = me.rest + me.resistance * me.current

# %% task="3.1" meets="after one time constant"
v_end = me.rest + me.resistance * me.current / 1000 * (1 - np.exp(-1))

# %% task="3.1" meets="not current over resistance"
v_end = me.rest + me.current / me.resistance


# %% task="3.2" meets="and decays"
def membrane(t, current):
    return me.rest + me.resistance * current / 1000 * np.exp(-t / me.tau)


# %% task="3.2" meets="starts at 0 mV"
def membrane(t, current):
    return me.resistance * current / 1000 * (1 - np.exp(-t / me.tau))


# %% task="3.2" meets="the leak makes it slow down"
def membrane(t, current):
    return me.rest + me.resistance * current / 1000 * t / me.tau


# %% task="3.2" meets="takes 1 ms for what"
def membrane(t, current):
    return me.rest + me.resistance * current / 1000 * (1 - np.exp(-t))


# %% task="3.2" meets="far too soon"
def membrane(t, current):
    return me.rest + me.resistance * current / 1000 * (1 - np.exp(-t / (me.tau / 1000)))


# %% task="3.2" meets="0.001 mV"
def membrane(t, current):
    return me.rest + me.resistance * current * (1 - np.exp(-t / me.tau))


# %% task="3.2" meets="Your own current is built in"
def membrane(t, current):
    return me.rest + me.resistance * me.current / 1000 * (1 - np.exp(-t / me.tau))


# %% task="3.3" meets="pushes V away"
equations = "dV/dt = (V - E + R*I)/tau : volt (unless refractory)\nI : amp"

# %% task="3.3" meets="τ is missing"
equations = "dV/dt = E - V + R*I : volt (unless refractory)\nI : amp"

# %% task="3.3" meets="put brackets round"
equations = "dV/dt = E - V + R*I/tau : volt (unless refractory)\nI : amp"

# %% task="3.3" meets="added to a voltage"
equations = "dV/dt = (E - V + I)/tau : volt (unless refractory)\nI : amp"

# %% task="3.3" meets="decay to 0 mV"
equations = "dV/dt = (-V + R*I)/tau : volt (unless refractory)\nI : amp"

# %% task="3.3" meets="never forget"
equations = "dV/dt = R*I/tau : volt (unless refractory)\nI : amp"

# %% task="3.3" meets="The membrane moves on after a spike"
equations = "dV/dt = (E - V + R*I)/tau : volt\nI : amp"

# %% task="3.3" meets="yours is volt/second"
equations = "dV/dt = (E - V + R*I)/tau : volt/second (unless refractory)\nI : amp"

# %% task="3.3" meets="with the unit of V after a colon"
equations = "dV/dt = (E - V + R*I)/tau"

# %% task="3.3" meets="`tau_m` is not known"
equations = "dV/dt = (E - V + R*I)/tau_m : volt (unless refractory)\nI : amp"

# %% task="3.3" meets="is gone"
equations = "dV/dt = (E - V + R*I)/tau : volt (unless refractory)"

# %% task="3.4" meets="below the threshold, and not above"
threshold = "V < V_th"

# %% task="3.4" meets="whenever it is above its rest"
threshold = "V > E"

# %% task="3.4" meets="is an order"
threshold = "V = V_th"

# %% task="3.4" meets="one = sets V"
reset = "V == E"

# %% task="3.4" meets="at 0 mV"
reset = "V = 0"

# %% task="3.4" meets="still at the threshold"
reset = "V = V_th"

# %% task="3.4" meets="keeps what V had beyond it"
reset = "V -= V_th - E"


# %% task="3.5" meets="without any current"
def simulate(equations, currents, duration):
    cells = b2.NeuronGroup(
        len(currents),
        equations,
        threshold=threshold,
        reset=reset,
        refractory=constants["t_ref"],
        method="euler",
        namespace=constants,
    )
    cells.I = currents * b2.pA
    spikes = b2.SpikeMonitor(cells)
    b2.Network(cells, spikes).run(duration * b2.second)
    return np.array(spikes.i), np.array(spikes.t / b2.second)


# %% task="3.5" meets="they are not held"
def simulate(equations, currents, duration):
    cells = b2.NeuronGroup(
        len(currents), equations, threshold=threshold, reset=reset, method="euler", namespace=constants
    )
    cells.V = constants["E"]
    cells.I = currents * b2.pA
    spikes = b2.SpikeMonitor(cells)
    b2.Network(cells, spikes).run(duration * b2.second)
    return np.array(spikes.i), np.array(spikes.t / b2.second)


# %% task="3.5" meets="are the currents in pA"
def simulate(equations, currents, duration):
    cells = b2.NeuronGroup(
        len(currents),
        equations,
        threshold=threshold,
        reset=reset,
        refractory=constants["t_ref"],
        method="euler",
        namespace=constants,
    )
    cells.V = constants["E"]
    cells.I = currents * b2.nA
    spikes = b2.SpikeMonitor(cells)
    b2.Network(cells, spikes).run(duration * b2.second)
    return np.array(spikes.i), np.array(spikes.t / b2.second)


# %% task="3.5" meets="Brian2 needs a unit"
def simulate(equations, currents, duration):
    cells = b2.NeuronGroup(
        len(currents),
        equations,
        threshold=threshold,
        reset=reset,
        refractory=constants["t_ref"],
        method="euler",
        namespace=constants,
    )
    cells.V = constants["E"]
    cells.I = currents
    spikes = b2.SpikeMonitor(cells)
    b2.Network(cells, spikes).run(duration * b2.second)
    return np.array(spikes.i), np.array(spikes.t / b2.second)


# %% task="3.5" meets="ended much too soon"
def simulate(equations, currents, duration):
    cells = b2.NeuronGroup(
        len(currents),
        equations,
        threshold=threshold,
        reset=reset,
        refractory=constants["t_ref"],
        method="euler",
        namespace=constants,
    )
    cells.V = constants["E"]
    cells.I = currents * b2.pA
    spikes = b2.SpikeMonitor(cells)
    b2.Network(cells, spikes).run(20 * duration * b2.ms)
    return np.array(spikes.i), np.array(spikes.t / b2.second)


# %% task="3.5" meets="Asked for a shorter time"
def simulate(equations, currents, duration):
    cells = b2.NeuronGroup(
        len(currents),
        equations,
        threshold=threshold,
        reset=reset,
        refractory=constants["t_ref"],
        method="euler",
        namespace=constants,
    )
    cells.V = constants["E"]
    cells.I = currents * b2.pA
    spikes = b2.SpikeMonitor(cells)
    b2.Network(cells, spikes).run(0.3 * b2.second)
    return np.array(spikes.i), np.array(spikes.t / b2.second)


# %% task="3.5" meets="far beyond what was asked for"
def simulate(equations, currents, duration):
    cells = b2.NeuronGroup(
        len(currents),
        equations,
        threshold=threshold,
        reset=reset,
        refractory=constants["t_ref"],
        method="euler",
        namespace=constants,
    )
    cells.V = constants["E"]
    cells.I = currents * b2.pA
    spikes = b2.SpikeMonitor(cells)
    b2.Network(cells, spikes).run(duration * b2.second)
    return np.array(spikes.i), np.array(spikes.t / b2.ms)


# %% task="3.5" meets="Two arrays are to come back"
def simulate(equations, currents, duration):
    cells = b2.NeuronGroup(
        len(currents),
        equations,
        threshold=threshold,
        reset=reset,
        refractory=constants["t_ref"],
        method="euler",
        namespace=constants,
    )
    cells.V = constants["E"]
    cells.I = currents * b2.pA
    spikes = b2.SpikeMonitor(cells)
    b2.Network(cells, spikes).run(duration * b2.second)
    return np.array(spikes.count)


# %% task="3.6" meets="makes nA"
rheobase = (me.threshold - me.rest) / me.resistance

# %% task="3.6" meets="not from 0 mV"
rheobase = 1000 * me.threshold / me.resistance

# %% task="3.6" meets="sign"
rheobase = 1000 * (me.rest - me.threshold) / me.resistance

# %% task="3.6" meets="not how far"
rheobase = 1000 * (me.threshold - me.rest) / me.tau

# %% task="3.7" meets="leaves the cell silent"
found = currents[counts == 0].max()

# %% task="3.7" meets="the place in the array"
found = np.argmax(counts > 0)

# %% task="3.7" meets="strongest current of all"
found = currents[counts > 0].max()

# %% task="3.7" meets="read from the simulation"
found = rheobase


# %% task="3.8" meets="does not reach zero below"
def rate(current):
    drive = current / rheobase
    return 1000 / (me.t_ref + me.tau * np.log(np.maximum(drive, 1.001) / (np.maximum(drive, 1.001) - 1)))


# %% task="3.8" meets="the logarithm has none"
def rate(current):
    drive = current / rheobase
    return 1000 / (me.t_ref + me.tau * np.log(drive / (drive - 1)))


# %% task="3.8" meets="spikes a millisecond"
def rate(current):
    drive = np.maximum(current / rheobase, 1 + 1e-300)
    return np.where(current > rheobase, 1 / (me.t_ref + me.tau * np.log(drive / (drive - 1))), 0)


# %% task="3.8" meets="The refractory time is missing"
def rate(current):
    drive = np.maximum(current / rheobase, 1 + 1e-300)
    return np.where(current > rheobase, 1000 / (me.tau * np.log(drive / (drive - 1))), 0)


# %% task="3.8" meets="the rate is one over it"
def rate(current):
    drive = np.maximum(current / rheobase, 1 + 1e-300)
    return np.where(current > rheobase, me.t_ref + me.tau * np.log(drive / (drive - 1)), 0)


# %% task="3.8" meets="upside down"
def rate(current):
    drive = np.maximum(current / rheobase, 1 + 1e-300)
    return np.where(current > rheobase, 1000 / (me.t_ref + me.tau * np.log((drive - 1) / drive)), 0)


# %% task="3.8" meets="That is a ReLU"
def rate(current):
    return np.maximum(0, 1000 / me.tau * (current / rheobase - 1))


# %% task="3.9" meets="τ plays no part"
ceiling = 1000 / me.tau

# %% task="3.9" meets="not one τ"
ceiling = 1000 / (me.t_ref + me.tau)

# %% task="3.9" meets="spikes a millisecond"
ceiling = 1 / me.t_ref

# %% task="3.9" meets="how many of them are in a second"
ceiling = me.t_ref

# %% task="3.10" meets="nothing is random yet"
noisy = "dV/dt = (E - V + R*I)/tau : volt (unless refractory)\nI : amp"

# %% task="3.10" meets="units do not fit"
noisy = "dV/dt = (E - V + R*I)/tau + sigma*xi : volt (unless refractory)\nI : amp"

# %% task="3.10" meets="divided by τ with the rest"
noisy = "dV/dt = (E - V + R*I + sigma*sqrt(2/tau)*xi)/tau : volt (unless refractory)\nI : amp"

# %% task="3.10" meets="scatters by σ/√2"
noisy = "dV/dt = (E - V + R*I)/tau + sigma*sqrt(1/tau)*xi : volt (unless refractory)\nI : amp"

# %% task="3.10" meets="The square root is missing"
noisy = "dV/dt = (E - V + R*I)/tau + sigma*2/tau*xi : volt (unless refractory)\nI : amp"

# %% task="3.10" meets="longer memory needs weaker pushes"
noisy = "dV/dt = (E - V + R*I)/tau + sigma*sqrt(2*tau)*xi : volt (unless refractory)\nI : amp"

# %% task="3.10" meets="not the equation of task 3.3"
noisy = "dV/dt = sigma*sqrt(2/tau)*xi : volt (unless refractory)\nI : amp"

# %% task="3.10" meets="depends on V or I"
noisy = "dV/dt = (E - V + R*I)/tau + V*sqrt(2/tau)*xi : volt (unless refractory)\nI : amp"


# %% task="3.11" meets="the times themselves"
def cv(times):
    return times.std() / times.mean()


# %% task="3.11" meets="scatter in seconds"
def cv(times):
    return np.diff(times).std()


# %% task="3.11" meets="not the variance"
def cv(times):
    return np.diff(times).var() / np.diff(times).mean() ** 2


# %% task="3.11" meets="still has a unit"
def cv(times):
    return np.diff(times).var() / np.diff(times).mean()


# %% task="3.11" meets="Upside down"
def cv(times):
    return np.diff(times).mean() / np.diff(times).std()


# %% task="3.11" meets="These are the intervals"
def cv(times):
    return np.diff(times)
