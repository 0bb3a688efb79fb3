# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Lab 3: The biological neuron
#
# The neuron of lab 2 makes one number of many. A neuron in a brain makes spikes, all alike, and the only thing it can vary
# is *when*. In this lab you build the simplest cell that does so, the leaky integrate-and-fire (LIF) neuron, write it down
# for the simulator Brian2, and measure how often it fires under a steady current. Then you lay that curve over the sigmoid
# and the ReLU: how much of a neuron is in an artificial one?
#
# | | |
# |---|---|
# | **You need** | Lab 2, or: what a sigmoid and a ReLU are. Ohm's law; exponential function and logarithm; what a differential equation says. No Brian2. |
# | **You will be able to** | say what a membrane does under a current; write a LIF cell for Brian2; find its rheobase, its f–I curve and its ceiling, on paper and by simulation; say what noise changes and what not; say in what respect a cell is a ReLU, and in what a sigmoid |
# | **Time** | 60–90 minutes; the computing takes under a minute |
# | **How it goes** | In every part: *sketch* or guess first, *calculate*, *simulate*, *compare*. Cells marked **Task** are yours: replace `...`, run the cell (Shift–Enter), and the line `check.task(…)` tells you whether it is right. Stuck? Run `check.hint("3.3")` in a new cell: there are three hints a task. |
#
# Run the cells from top to bottom. If you come back later, *Run → Run All Cells* brings everything back.

# %% tags=["student"]
from compare.lab import check

me = check.begin(3, student="practice")
me

# %% [markdown]
# This cell is yours: another student has another one, with another threshold and another rheobase.

# %% [markdown] tags=["instructor"]
# > **For the instructor.** Parts A and C are paper and blackboard first (30 min); B is the only part with new syntax: let
# > students run the cell under too weak a current as well (10 min). D is the point of the lab (25 min), E makes the
# > transition to lab 4 (10 min). For 60 minutes leave out tasks 3.7 and 3.11, and solve 3.2 together: the first figure needs it. A common error to watch for, in textbooks too:
# > "noise makes a sigmoid of it". Noise rounds the *foot* of the curve; its *ceiling* comes from the refractory time.

# %%
import numpy as np

from bio import LIF
from bio.brian import brian2
from compare.lab.checks.lab3 import constants as my_constants
from compare.lab.checks.lab3 import rates_of, voltages
from compare.lab.figures.cell import curve_on_activations, fi_curve, noisy_curve, trains, voltage
from compare.lab.show import explore

b2 = brian2()  # Brian2, told to do without a compiler
constants = my_constants(me)  # your constants with their units, by the names E, V_th, R, tau, t_ref, sigma
constants

# %% [markdown]
# ## A. A membrane that leaks
#
# A cell's membrane keeps a voltage V between its two sides. Left alone it goes to its resting voltage E, as charge leaks
# through it. A current I into the cell lifts it:
#
# > τ · dV/dt = (E − V) + R·I
#
# (In Python your E is `me.rest`, R is `me.resistance`, τ is `me.tau`: plain numbers, in mV, MΩ and ms. The names E, V_th, R …
# belong to `constants`, which have units, and to the texts that Brian2 reads.)
#
# Read it aloud: the voltage changes (dV/dt) the faster, the further it is from where it wants to go, which is E without a
# current, and something else with one. The time constant τ says how long the membrane remembers.
#
# **Sketch** V over time: 20 ms nothing, then a steady current for 100 ms, then nothing again. There is no threshold yet.
#
# **Task 3.1** (1 point). Where does V come to rest, in mV, under your steady current `me.current`? (1 MΩ · 1 pA = 0.001 mV.)

# %%
# BEGIN SOLUTION
# prompt: v_end = ...  # mV
v_end = me.rest + me.resistance * me.current / 1000
# END SOLUTION

check.task("3.1", v_end)

# %% [markdown]
# **Task 3.2** (2 points). And on the way there? The solution of the equation covers the way from E to that voltage such
# that what is *left* of it shrinks by the factor e every τ. Write `membrane(t, current)`: the voltage in mV at times t (an
# array, in ms, since the current began), for any current in pA.


# %%
def membrane(t, current):
    """The voltage (mV) at times t (ms) after a steady current (pA) has been switched on, without a threshold."""
    # BEGIN SOLUTION
    return me.rest + me.resistance * current / 1000 * (1 - np.exp(-t / me.tau))
    # END SOLUTION


check.task("3.2", membrane)

# %% [markdown]
# ## B. A cell for Brian2
#
# Brian2 is a simulator for spiking neurons that reads equations as you write them. An equation is a text:
#
# `"dx/dt = -x/T : meter"` says that x, in metres, decays with a time constant T. After the colon comes the unit of x (not of
# dx/dt). Brian2 checks that units fit, and will tell you if you add volts to amperes.
#
# **Task 3.3** (3 points). Write the membrane's equation, in terms of V, E, R, I and tau. The flag `(unless refractory)` after
# the unit holds V still for the refractory time after a spike. The second line, which tells Brian2 that each cell has a
# current of its own, in ampere, is there already.

# %%
# BEGIN SOLUTION
# prompt: equations = """
# prompt: dV/dt = ... : ...
# prompt: I : amp
# prompt: """
equations = """
dV/dt = (E - V + R*I)/tau : volt (unless refractory)
I : amp
"""
# END SOLUTION

check.task("3.3", equations)

# %% [markdown]
# A membrane alone never fires. Two rules make a neuron of it: *when V is above the threshold, that is a spike*, and *after
# a spike, V is put back to rest*.
#
# **Task 3.4** (2 points). Write both for Brian2, as two short texts in terms of V, V_th and E: a question that is true or
# false, and an order.

# %%
# BEGIN SOLUTION
# prompt: threshold = ...  # a text, such as "x < 3*meter"
# prompt: reset = ...  # a text, such as "x = 2*meter"
threshold = "V > V_th"
reset = "V = E"
# END SOLUTION

check.task("3.4", threshold, reset)

# %% [markdown]
# Here is your cell at work. First the current that is too weak; then one that is three times as strong, **sketch** before
# you run the cell: what will be different in the second picture? When will the first spike come?

# %%
if check.done("3.2", "3.3", "3.4"):
    for current in (me.current, 3 * me.current):
        trace = voltages(me, equations, threshold, reset, current)
        display(voltage(trace, me.rest, me.threshold, current, membrane))

# %% [markdown]
# (A LIF cell has no spikes to show: V only jumps back. The strokes are drawn where it fired.)
#
# **Compare.** Up to its first spike the cell follows your formula of task 3.2. Afterwards it starts anew from rest, over and
# over: it has forgotten what was before.
#
# Many cells at once, each with a current of its own, cost hardly more than one. In Brian2 that takes four steps. With
# leaking buckets instead of neurons it would be:
#
# ```python
# buckets = b2.NeuronGroup(len(inflows), "dx/dt = …", threshold="x > …", reset="x = …", refractory=3*b2.second,
#                          method="euler", namespace={"T": 5*b2.second, …})
# buckets.x = 2*b2.meter                      # where all of them start
# spikes = b2.SpikeMonitor(buckets)           # writes down who overflows, and when
# b2.Network(buckets, spikes).run(60*b2.second)
# # now spikes.i holds which bucket, and spikes.t when, with its unit; spikes.t/b2.second is a plain number
# ```
#
# **Task 3.5** (3 points). Write `simulate(equations, currents, duration)`: one cell a current (an array, in pA), all of them
# at rest at first, run for `duration` seconds. Return two arrays: which cell fired, and when (in seconds, plain numbers).
# Use `threshold`, `reset` and `constants`.


# %%
def simulate(equations, currents, duration):
    """Spikes of as many cells as there are currents (pA), in so many seconds: which cell, and when (s)."""
    # BEGIN SOLUTION
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
    return np.array(spikes.i), np.array(spikes.t / b2.second)
    # END SOLUTION


check.task("3.5", simulate)

# %% [markdown]
# ## C. How often does it fire?
#
# The weakest current that makes a cell fire is called its **rheobase** (Greek for "the current's footing").
#
# **Task 3.6** (1 point). **Calculate** your cell's rheobase, in pA: which current takes V just to the threshold?

# %%
# BEGIN SOLUTION
# prompt: rheobase = ...  # pA
rheobase = 1000 * (me.threshold - me.rest) / me.resistance
# END SOLUTION

check.task("3.6", rheobase)

# %% [markdown]
# **Predict.** How often will your cell fire, in spikes a second (Hz), under *twice* its rheobase? Write your guess down
# before you simulate; it is not scored, and will be shown in the figure below.

# %%
# BEGIN SOLUTION
# prompt: guess = ...  # Hz
guess = 50
# END SOLUTION

# %% [markdown]
# Now 121 cells, from 0 to 1200 pA, for half a second:

# %%
currents = np.arange(0, 1201, 10.0)
if check.done("3.3", "3.5"):
    which, when = simulate(equations, currents, 0.5)
    counts = np.bincount(which, minlength=len(currents))
    print(counts)

# %% [markdown]
# **Task 3.7** (1 point). Work out `found`, the weakest of these `currents` whose cell has fired, from `counts`.

# %%
# BEGIN SOLUTION
# prompt: found = ...  # your code here, in pA
found = currents[counts > 0].min()
# END SOLUTION

check.task("3.7", found)

# %% [markdown]
# From here on a single number describes the input, the **drive** J: the current divided by the rheobase. J = 1 is the
# footing; J = 2 is twice as much.
#
# **Calculate.** How long does the membrane take from rest to threshold? Solve your formula of task 3.2 for the time at which
# it meets V_th. (You should get τ·ln(J/(J − 1)).) The next spike comes after the refractory time and this climb.
#
# **Task 3.8** (3 points). So how often does it fire? Write `rate(current)` for an array of currents in pA: the rate in Hz,
# at and below the rheobase, too.


# %%
def rate(current):
    """The firing rate (Hz) under steady currents (pA), an array."""
    # BEGIN SOLUTION
    drive = current / rheobase
    hertz = np.zeros(len(current))
    fires = drive > 1
    hertz[fires] = 1000 / (me.t_ref + me.tau * np.log(drive[fires] / (drive[fires] - 1)))
    return hertz
    # END SOLUTION


check.task("3.8", rate)

# %% [markdown]
# **Task 3.9** (1 point). However strong the current, your cell cannot fire faster than… what? In Hz.

# %%
# BEGIN SOLUTION
# prompt: ceiling = ...  # Hz
ceiling = 1000 / me.t_ref
# END SOLUTION

check.task("3.9", ceiling)

# %%
if check.done("3.3", "3.5", "3.6", "3.8", "3.9"):
    measured = rates_of(which, when, len(currents))  # from the intervals between the spikes of each cell
    display(fi_curve(currents, measured, rate, rheobase, ceiling, predicted=(2 * rheobase, guess)))

# %% [markdown]
# **Compare** the simulation with the formula, and with your guess. Then with lab 2: below its rheobase the cell is silent,
# as a ReLU is below its threshold. Beyond, it first rises steeply, then more and more gently towards its ceiling.
#
# ## D. Noise
#
# A cell in the brain gets thousands of small pushes a second, up and down. All together they are noise on the current. In
# Brian2 noise is called `xi`: at each moment a random number, independent of all before. It has the odd unit 1/√second,
# since random pushes add up by their squares.
#
# **Task 3.10** (2 points). Write `noisy`, the equation of task 3.3 with noise that makes the voltage scatter by σ (`sigma`,
# a standard deviation in volts) around where it would be, if there were no threshold. The term that does it is σ times √(2/τ)
# times ξ. Write it with `sigma`, `tau` and `xi`, next to the other terms.

# %%
# BEGIN SOLUTION
# prompt: noisy = ...  # your equation with one more term; do not forget the line I : amp
noisy = """
dV/dt = (E - V + R*I)/tau + sigma*sqrt(2/tau)*xi : volt (unless refractory)
I : amp
"""
# END SOLUTION

check.task("3.10", noisy)

# %% [markdown]
# **Predict.** At 0.9 of the rheobase, a cell without noise never fires. How often will it fire with your noise? And far
# above the rheobase: will it fire more often with noise, less often, or as often?

# %%
# BEGIN SOLUTION
# prompt: guess_noise = ...  # Hz, at 0.9 of the rheobase
guess_noise = 10
# END SOLUTION

# %% [markdown]
# There is a formula for the rate with noise, too (Siegert 1951). It holds an integral that nobody does on paper; `LIF`
# of this project's package `bio` does it, with a correction for steps of 0.1 ms, between which nobody sees the voltage cross
# the threshold.

# %% tags=["slow"]
if check.done("3.5", "3.6", "3.8", "3.10"):
    b2.seed(me.seed)
    drives = np.array([0.4, 0.6, 0.75, 0.9, 1.0, 1.1, 1.2, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0])
    copies = np.repeat(drives, 40) * rheobase  # 40 cells for each drive, since chance is at work
    who, times = simulate(noisy, copies, 0.6)
    later = who[times > 0.1]  # at first all cells are at rest
    hertz = np.bincount(later, minlength=len(copies)).reshape(-1, 40).mean(axis=1) / 0.5
    noise = me.sigma / (me.threshold - me.rest)
    cell = LIF(tau_m=me.tau / 1e3, t_ref=me.t_ref / 1e3, noise=noise, reset="zero")

    def siegert(current):
        return cell.rate(current / rheobase, dt=1e-4)

    display(noisy_curve(drives * rheobase, hertz, rate, siegert, rheobase, predicted=(0.9 * rheobase, guess_noise)))

# %% [markdown]
# **Compare.** Noise has rounded the *foot* of the curve: the cell fires below its rheobase, now and then. It has not made a
# *ceiling*: that was there before, and comes from the refractory time. (Many a book says that noise turns the curve into a
# sigmoid. It makes only one half of a sigmoid.)
#
# **Task 3.11** (2 points). With noise, spikes come irregularly. How irregularly is told by the *coefficient of variation*, CV,
# of the intervals between them: their standard deviation over their mean. Write `cv(times)` for the spike times of one cell.


# %%
def cv(times):
    """The coefficient of variation of the intervals between spikes at these times (n,)."""
    # BEGIN SOLUTION
    intervals = np.diff(times)
    return intervals.std() / intervals.mean()
    # END SOLUTION


check.task("3.11", cv)

# %% [markdown]
# **Predict.** Which cell fires more irregularly: one that is driven just below its rheobase and fires by chance, or one that
# is driven far above it?

# %% tags=["slow"]
if check.done("3.5", "3.6", "3.10", "3.11"):
    b2.seed(me.seed + 1)
    drives = np.array([0.8, 1.2, 3.0])
    who, times = simulate(noisy, drives * rheobase, 12.0)
    cell = LIF(tau_m=me.tau / 1e3, t_ref=me.t_ref / 1e3, noise=me.sigma / (me.threshold - me.rest))
    each = [times[who == i] for i in range(3)]
    display(trains(each, [f"J = {j:g}" for j in drives], [cv(t) for t in each], cell.interval_cv(drives)))

# %% [markdown]
# ## E. A ReLU, a sigmoid, or a cell?
#
# The cell's curve for any constants, in units of the rheobase (σ in units of the way from rest to threshold), over the ReLU
# and the sigmoid that come closest. Find the constants that make it
#
# - most like a ReLU,
# - most like a sigmoid,
# - like neither.
#
# What does each of the three sliders do to the *foot* of the curve, and what to its *ceiling*? (Do not take R² too seriously:
# which shape wins depends also on the range of drives that one looks at.)

# %%
explore(curve_on_activations, tau=(5, 40, 1, 20), t_ref=(0, 20, 1, 2), sigma=(0.0, 1.5, 0.05, 0.0))

# %% [markdown]
# ## To discuss
#
# 1. Lab 2 called the bias a threshold turned round. A cell has a real threshold. What is its bias?
# 2. A ReLU has no ceiling. Can your cell ever be used in its place? When would you notice the ceiling?
# 3. The curve rises infinitely steeply from the rheobase. What does that mean for two units whose weighted sums are just
#    below and just above it?
# 4. How long would you have to watch a cell to tell 50 Hz from 55 Hz, if it fires like a clock? And if it fires at random?
# 5. What of a real neuron is missing in this cell? Name three things, and what each might change about the curve.
# 6. "The firing rate is the activation." What does a cell say in its first 20 ms?
#
# Write your answers here (they are not scored by the machine):

# %% [markdown]
# *Your answers …*

# %% [markdown] tags=["instructor"]
# > **Model answers.**
# >
# > 1. A steady current into it, whatever else comes: it moves the cell nearer to its threshold, or further away. A bias of 0
# >    in a ReLU corresponds to a current of just one rheobase; lab 4 uses that.
# > 2. Yes, as long as the rates that are asked of it stay well below 1/t_ref: with 2 ms, 500 Hz. One notices it first where
# >    activations are largest, which are the units that say most about the digit.
# > 3. Their activations hardly differ, but one cell is silent and the other fires at several Hz: small differences near
# >    threshold are exaggerated. No gradient can be learned through such a step, either (lab 4 rounds it).
# > 4. A clock: until the counts differ by one, 1/(5 Hz) = 200 ms. At random (Poisson), the count n scatters by √n: the
# >    difference 5·T must exceed about 2·√(2·52·T), so T is about 17 s for two standard deviations; populations of
# >    cells do it faster.
# > 5. For instance adaptation (rates fall after a while), the shape of the spike and its own threshold dynamics, dendrites
# >    (inputs that do not simply add up), synapses that fail or tire, a threshold that varies. Adaptation straightens the
# >    curve (Ermentrout, *Neural Computation* 10 (1998), 1721–1729).
# > 6. At 50 Hz one spike, or none: the rate exists only for a patient reader. Lab 6 looks at what time costs.
# >
# > **What to expect.** Rheobases lie between 100 and 300 pA. Under twice the rheobase the rate is 1000/(t_ref + 0.69·τ) Hz,
# > between 37 and 97 Hz. In steps of 0.1 ms simulation and formula agree to a few per cent; most of the difference is
# > that a spike is only seen at the end of a step. With noise the cell fires at 10 to 30 Hz at 0.9 rheobase.
# > The CV is about 0.6 at J = 0.8, and 0.1 to 0.2 at J = 3.

# %% [markdown]
# ## Words
#
# | word | meaning here |
# |---|---|
# | membrane potential, V | the voltage between the inside and the outside of a cell |
# | time constant, τ | how long the membrane remembers: after one τ, 63 % of a change has taken place |
# | leaky integrate-and-fire (LIF) | a membrane that adds up currents, leaks, and is reset when it meets a threshold |
# | refractory time, t_ref | how long a cell is held after a spike |
# | rheobase | the weakest steady current that makes a cell fire |
# | drive, J | the current, in rheobases |
# | f–I curve | firing rate over current |
# | coefficient of variation, CV | standard deviation over mean: 0 for a clock, 1 for spikes at random (a Poisson process) |
#
# ## To read on
#
# - W. Gerstner, W. M. Kistler, R. Naud and L. Paninski, [*Neuronal Dynamics*](https://neuronaldynamics.epfl.ch), Cambridge
#   University Press, 2014: chapters 1.3 (the LIF cell) and 8 (noise); with exercises in Python.
# - L. Lapicque, "Recherches quantitatives sur l'excitation électrique des nerfs traitée comme une polarisation", *Journal de
#   Physiologie et de Pathologie Générale* 9 (1907), 620–635; in English in N. Brunel and M. C. W. van Rossum, *Biological
#   Cybernetics* 97 (2007), 341–349, [doi:10.1007/s00422-007-0189-6](https://doi.org/10.1007/s00422-007-0189-6).
# - A. J. F. Siegert, "On the first passage time probability problem", *Physical Review* 81 (1951), 617–623,
#   [doi:10.1103/PhysRev.81.617](https://doi.org/10.1103/PhysRev.81.617): the rate with noise.
# - A. N. Burkitt, "A review of the integrate-and-fire neuron model: I. Homogeneous synaptic input", *Biological Cybernetics* 95
#   (2006), 1–19, [doi:10.1007/s00422-006-0068-6](https://doi.org/10.1007/s00422-006-0068-6).
# - W. R. Softky and C. Koch, "The highly irregular firing of cortical cells is inconsistent with temporal integration of
#   random EPSPs", *Journal of Neuroscience* 13 (1993), 334–350: why the CV of real cells is a riddle.
# - M. Stimberg, R. Brette and D. F. M. Goodman, "Brian 2, an intuitive and efficient neural simulator", *eLife* 8 (2019),
#   e47314, [doi:10.7554/eLife.47314](https://doi.org/10.7554/eLife.47314).

# %%
check.summary()
