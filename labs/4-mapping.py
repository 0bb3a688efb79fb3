# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Lab 4: One onto the other, rates as activations
#
# In lab 2 you have read digits with a standard network, in lab 3 you have measured a cell. Now you translate one into the
# other: each unit becomes a cell, its activation a firing rate. Nothing is trained anew. Every line of the translation is
# yours, and at the end 42 spiking cells read digits. Then you find out where the translation fails, and why.
#
# | | |
# |---|---|
# | **You need** | Lab 2 (forward pass, ReLU, bias) and lab 3 (rheobase, drive, f–I curve, refractory time), or the same from elsewhere. Arrays in Python. |
# | **You will be able to** | encode an activation as a current and decode it from spikes; translate weights and biases; judge whether units and cells agree; say what is lost in translation, where, and what helps |
# | **Time** | 60–90 minutes; the computing takes under a minute |
# | **How it goes** | In every part: *sketch* or guess first, *calculate*, *simulate*, *compare*. Cells marked **Task** are yours: replace `...`, run the cell (Shift–Enter), and the line `check.task(…)` tells you whether it is right. Stuck? Run `check.hint("4.4")` in a new cell: there are three hints a task. |
#
# Run the cells from top to bottom. If you come back later, *Run → Run All Cells* brings everything back.

# %% tags=["student"]
from compare.lab import check

me = check.begin(4, student="practice")
me

# %% [markdown] tags=["instructor"]
# > **For the instructor.** The heart is task 4.4: let everyone write the two equations J = c₀ + c₁·z/λ and a = λ·r/r_max on
# > paper, and put one into the other, before they type. Part A 20 min, B 25 min, C 20 min, D 15 min, E 5 min. For 60
# > minutes leave out tasks 4.3, 4.11 and 4.12, and solve 4.8 together: two figures need it. The lesson: a rate is not an activation, it is a *bent* activation. Whoever
# > puts threshold on threshold gets the on/off pattern right and the sizes wrong; whoever gets the sizes right drowns the
# > small ones. Only a network that was trained with the cell's curve does not have to choose.

# %%
from dataclasses import replace

import numpy as np

from bio import LIF, SpikingNetwork, Stimulus, simulate
from compare.lab.checks.lab2 import network, test_digits
from compare.lab.checks.lab4 import full_speed, training_digits
from compare.lab.figures.twin import alignments, mapped_curve, over_t_ref, over_time, pairs, units_and_cells
from compare.lab.show import explore
from compare.mapping import calibrate

training = training_digits()  # 2,000 digits to fit the translation on
test = test_digits()  # 2,000 others to be judged by
model = network(me.seed, "relu")  # 784-16-16-10, trained
weights, biases = model.weights, model.biases
print(f"a network of ReLUs that reads {(model.classify(test.images) == test.labels).mean():.1%} of the digits")

# %% [markdown]
# ## A. One unit as a cell
#
# Two things have to be agreed on. First, which rate stands for which activation: a fully active unit (activation λ) shall be
# a cell at `me.r_max`, a unit that is off a silent cell, and more activation a higher rate. Second, which drive J (the current, in rheobases) a cell gets
# for its unit's weighted sum z. The simplest is a line:
#
# > J = c₀ + c₁ · z/λ
#
# **Sketch** the ReLU over z/λ, from −0.5 to 1. Beneath it, to the same scale, the f–I curve of a cell, with the rheobase
# under the ReLU's threshold, and r_max under z = λ. Where do the two curves differ most?
#
# To meet a rate, one must know the drive for it. Lab 3 had the rate for a drive: r = 1/(t_ref + τ·ln(J/(J − 1))).
#
# **Task 4.1** (2 points). Solve that for J, on paper. Write `drive_for(rate)` for an array of rates in Hz (above 0), with your
# `me.tau` and `me.t_ref`, which are in ms.


# %%
def drive_for(rate):
    """The drives (in rheobases) at which a cell fires at these rates (Hz, above 0)."""
    # BEGIN SOLUTION
    climb = 1000 / rate - me.t_ref
    return 1 / (1 - np.exp(-climb / me.tau))
    # END SOLUTION


check.task("4.1", drive_for)

# %% [markdown]
# **Task 4.2** (2 points). Choose c0 and c1 such that the cell is just on the edge of firing where the ReLU is just on the edge
# (z = 0), and fires at r_max where z = λ.

# %%
# BEGIN SOLUTION
# prompt: c0 = ...
# prompt: c1 = ...
c0 = 1.0
c1 = drive_for(me.r_max) - 1
# END SOLUTION

check.task("4.2", c0, c1)

# %% [markdown]
# Here is the cell over its unit, as c₀ and the cell's constants change. Begin with c₀ = 1, and **compare** with your sketch.
# Which c₀ brings the two curves closest? What is the price? What does a long refractory time do?

# %%
explore(
    mapped_curve,
    c0=(-1.0, 1.0, 0.1, 1.0),
    t_ref=(0, 6, 1, me.t_ref),
    r_max=(50, 300, 10, me.r_max),
    tau=(5, 40, 1, me.tau),
)

# %% [markdown]
# ## B. Weights and biases
#
# A ReLU has no ceiling, so what is "fully active"? Not the largest activation that ever occurs: a single odd digit would then
# slow down all cells.
#
# **Task 4.3** (1 point). Take as λ of the first hidden layer the 99.9th percentile of its activations on the images
# `training.images`, of all its units together. (One activation in a thousand is above; its cell fires faster than r_max.)

# %%
# BEGIN SOLUTION
# prompt: lam = ...  # your code here
lam = np.percentile(np.maximum(training.images @ weights[0] + biases[0], 0), 99.9)
# END SOLUTION

check.task("4.3", lam)

# %% [markdown]
# The other layers are done in the same way: `lams` holds 1 for the pixels (a white pixel stands for r_max), then the λ of each
# layer. The ten outputs are treated as if they were ReLUs: all that counts is which of them is largest.

# %%
lams = full_speed(model)
print("λ of pixels, hidden 1, hidden 2, outputs:", np.round(lams, 2))

# %% [markdown]
# A cell knows no activations, it only gets spikes. So the weights have to take in *rates* and give *drives*. For a layer with
# weights W and biases b, whose inputs fire at rates r (Hz):
#
# > the inputs' activations are a = before · r/r_max, the weighted sum is z = a @ W + b, the drive is J = c₀ + c₁ · z/λ
#
# where `before` is the λ of the layer before. **Calculate**: put the three into one, J = r @ W′ + b′. What are W′ and b′?
#
# **Task 4.4** (3 points). Write `to_cells(W, b, before, lam, c0, c1)`, which returns W′ and b′.


# %%
def to_cells(W, b, before, lam, c0, c1):
    """Weights (drive per Hz) and constant drives of the cells that stand for a layer of units."""
    # BEGIN SOLUTION
    return W * before / me.r_max * c1 / lam, c0 + c1 * b / lam
    # END SOLUTION


check.task("4.4", to_cells)

# %% [markdown]
# **Task 4.5** (2 points). And for the whole network: `translate(weights, biases, lams, c0, c1)` returns two lists, the new weights
# and the new biases of all layers. `lams` has one entry more than there are layers of weights: its first is for the pixels.


# %%
def translate(weights, biases, lams, c0, c1):
    """Weights and constant drives of all layers of cells, as two lists."""
    # BEGIN SOLUTION
    new_weights, new_biases = [], []
    for W, b, before, lam in zip(weights, biases, lams, lams[1:]):
        W, b = to_cells(W, b, before, lam, c0, c1)
        new_weights.append(W)
        new_biases.append(b)
    return new_weights, new_biases
    # END SOLUTION


check.task("4.5", translate)

# %% [markdown]
# **Predict.** You have changed no weight but for its unit of measurement. Which share of the test digits will the 42 cells read
# right, if they are given 200 ms for each?

# %%
# BEGIN SOLUTION
# prompt: guess = ...  # from 0 to 1
guess = 0.9
# END SOLUTION

# %% [markdown]
# Brian2 shows the pixels as steady currents to the first layer; from there on there are only spikes. The answer is the output
# cell that has fired most. (If that takes a while to read: a spiking network is no more than weights, biases and a cell.)


# %%
def spiking(c0, c1, cell):
    """What the spiking twin does with the test digits, for a mapping and a cell."""
    new_weights, new_biases = translate(weights, biases, lams, c0, c1)
    twin = SpikingNetwork(tuple(new_weights), tuple(new_biases), cell)
    digits = Stimulus(test.images, test.index, "current", r_max=me.r_max)
    return simulate(twin, digits, duration=0.2, dt=0.001)


# %% tags=["slow"]
if check.done("4.2", "4.5"):
    my_cell = LIF(tau_m=me.tau / 1000, t_ref=me.t_ref / 1000)
    response = spiking(c0, c1, my_cell)
    counts = response.counts[0]  # spikes of the 16 cells of the first hidden layer, for each digit
    print(
        "spikes of your cell, and of the ten outputs, for your digit:",
        counts[me.digit, me.unit],
        response.counts[-1][me.digit],
    )
    print("it was a", test.labels[me.digit])

# %% [markdown]
# ## C. Do cell and unit say the same?
#
# **Task 4.6** (2 points). Go back from spikes to activations: write `decode(counts, duration, lam)`. A cell with n spikes in so
# many seconds has fired at n/duration; which drive makes that rate; which z made that drive? A silent cell stands for 0.


# %%
def decode(counts, duration, lam):
    """The activations that spike counts, of any shape, stand for."""
    # BEGIN SOLUTION
    rate = np.maximum(counts / duration, 1)
    return lam * (drive_for(rate) - c0) / c1
    # END SOLUTION


check.task("4.6", decode)

# %% [markdown]
# "A neuron is inactive or active", says the lesson ([17:26](https://youtu.be/aircAruvnKk?t=1046)). Are units and cells active
# together?
#
# **Task 4.7** (1 point). Count it: `on_off(unit_on, cell_on)` gets two arrays of True and False, and returns the table
#
# | | cell off | cell on |
# |---|---|---|
# | **unit off** | neither | only cell |
# | **unit on** | only unit | both |


# %%
def on_off(unit_on, cell_on):
    """How often neither, only the cell, only the unit, both are on: [[neither, only cell], [only unit, both]]."""
    # BEGIN SOLUTION
    return np.array(
        [
            [(~unit_on & ~cell_on).sum(), (~unit_on & cell_on).sum()],
            [(unit_on & ~cell_on).sum(), (unit_on & cell_on).sum()],
        ]
    )
    # END SOLUTION


check.task("4.7", on_off)

# %% [markdown]
# The share of agreement is a poor measure: where units are off 90 % of the time, a dead cell agrees in 90 % of cases.
# Matthews' correlation (MCC) is 1 for perfect agreement and 0 for a cell that does not care, however rare it is to be on:
#
# > MCC = (both · neither − only unit · only cell) / √(units off · units on · cells off · cells on)
#
# **Calculate** it for the dead cell: what goes wrong, and what would you say in its place?
#
# **Task 4.8** (2 points). Write `matthews(table)`, for such a table in which no row and no column is empty.


# %%
def matthews(table):
    """Matthews' correlation of a table [[neither, only cell], [only unit, both]]."""
    # BEGIN SOLUTION
    (neither, only_cell), (only_unit, both) = np.asarray(table, float)
    margins = (neither + only_cell) * (only_unit + both) * (neither + only_unit) * (only_cell + both)
    return (both * neither - only_unit * only_cell) / np.sqrt(margins)
    # END SOLUTION


check.task("4.8", matthews)

# %% tags=["slow"]
if check.done("4.2", "4.5", "4.6", "4.7", "4.8"):
    activations = np.maximum(test.images @ weights[0] + biases[0], 0)
    table = on_off(activations > 0, counts > 0)
    print(table)
    display(units_and_cells(activations, decode(counts, 0.2, lams[1]), matthews(table)))

# %% [markdown]
# **Compare.** With the bend undone, the counts say what the units said, and cells fire where their units are on. (Counts are
# whole numbers, hence the steps; and whatever a cell was on its way to when time was up does not count, so that most dots are
# a little below the line.) And the answers?
#
# **Task 4.9** (1 point). `response.verdicts` has a row for each digit and a column for each moment, every 5 ms: what the twin would
# answer then. Write `by_time(verdicts, labels)`: the accuracy at each moment.


# %%
def by_time(verdicts, labels):
    """The share of right verdicts (n, k) at each of k moments, given the labels (n,)."""
    # BEGIN SOLUTION
    return (verdicts == labels[:, None]).mean(axis=0)
    # END SOLUTION


check.task("4.9", by_time)

# %% tags=["slow"]
standard = (model.classify(test.images) == test.labels).mean()
if check.done("4.2", "4.5", "4.9"):
    display(over_time(response.times, by_time(response.verdicts, test.labels), standard, predicted=guess))

# %% [markdown]
# **Compare** with your guess. The first layer says all that its units say, and yet most twins lose points. Where? The *next* layer does
# not decode: it takes rates as they come, bent as they are.
#
# ## D. Where it fails
#
# **Too bent.** Let go of c₀, and look for the line J = s₀ + s₁·y that comes closest to the drives for the rates y·r_max. Then
# rates are nearly in proportion to activations.
#
# **Task 4.10** (2 points). Find s0 and s1 for the 20 `levels` y below, by least squares (`np.polyfit(x, y, 1)` fits a line).

# %%
levels = np.linspace(0.05, 1, 20)

# BEGIN SOLUTION
# prompt: s0 = ...
# prompt: s1 = ...
s1, s0 = np.polyfit(levels, drive_for(me.r_max * levels), 1)
# END SOLUTION

check.task("4.10", s0, s1)

# %% [markdown]
# **Predict**, before you run the cell: with this mapping, will the twin read better? And will cells and units be on and off
# together as well as before?

# %% tags=["slow"]
if check.done("4.2", "4.5", "4.6", "4.7", "4.8", "4.10"):
    straight = spiking(s0, s1, my_cell)
    both = {"threshold": response, "slope": straight}
    alike = {name: matthews(on_off(activations > 0, r.counts[0] > 0)) for name, r in both.items()}
    shares = {name: (r.verdicts[:, -1] == test.labels).mean() for name, r in both.items()}
    display(alignments(activations, {name: r.counts[0] / 0.2 for name, r in both.items()}, alike, shares))

# %% [markdown]
# **Compare.** You cannot have both: with the thresholds aligned, the cell is on when its unit is, and its rate is bent; with the
# slopes aligned, rates are nearly right, and small activations drown below the rheobase.
#
# **Too short a look.** **Task 4.11** (1 point). With the thresholds aligned (c0, c1): how long, in ms, does it take until the first
# spike of a cell whose unit has an activation of λ/10?

# %%
# BEGIN SOLUTION
# prompt: first_spike = ...  # ms
J = c0 + c1 / 10
first_spike = me.tau * np.log(J / (J - 1))
# END SOLUTION

check.task("4.11", first_spike)

# %% [markdown]
# **Too long a rest.** **Task 4.12** (1 point). At which refractory time, in ms, is r_max out of reach, however large the drive?

# %%
# BEGIN SOLUTION
# prompt: longest = ...  # ms
longest = 1000 / me.r_max
# END SOLUTION

check.task("4.12", longest)

# %% [markdown]
# **Predict**: if the cells' refractory time grows and nobody tells the mapping, will accuracy fall little by little, or all of a
# sudden at that value?

# %% tags=["slow"]
if check.done("4.2", "4.5", "4.10", "4.12"):
    times = [0, 1, 2, 4, 6, 8, 12, 16]
    cells = [replace(my_cell, t_ref=t / 1000) for t in times]
    curves = {
        name: [(spiking(*mapping, cell).verdicts[:, -1] == test.labels).mean() for cell in cells]
        for name, mapping in (("threshold", (c0, c1)), ("slope", (s0, s1)))
    }
    display(over_t_ref(times, curves, standard, longest))

# %% [markdown]
# **Compare.** At that value nothing special happens: long before, every strongly driven cell already fires too slowly.
#
# ## E. A network that loses nothing
#
# The trouble is not the cell, but that the network was trained for another curve. So train it for the right one: instead of a
# ReLU, each unit gets the cell's own f–I curve (with its infinitely steep foot a little rounded, or else nothing could be
# learned there). Everything else stays as it is. **Predict**: how much will *that* network lose in translation?

# %%
# BEGIN SOLUTION
# prompt: guess_lif = ...  # accuracy of its spiking twin, from 0 to 1
guess_lif = 0.93
# END SOLUTION

# %% tags=["slow"]
if check.done("4.2", "4.5", "4.6", "4.7", "4.8", "4.10"):
    shares_lost = {name: (standard, share) for name, share in shares.items()}
    trained = network(me.seed, "lif")  # for the project's standard cell, τ 20 ms, t_ref 2 ms, 200 Hz
    twin = calibrate(trained, training.images, duration=0.2).network(trained)
    seen = simulate(twin, Stimulus(test.images, test.index, "current", r_max=200.0), duration=0.2, dt=0.001)
    own = (trained.classify(test.images) == test.labels).mean()
    shares_lost["trained on the cell's own curve"] = (own, (seen.verdicts[:, -1] == test.labels).mean())
    expected = {"threshold": guess, "trained on the cell's own curve": guess_lif}
    display(pairs(shares_lost, predicted=expected))

# %% [markdown]
# **Compare.** What such a network has learned, its cells can do. The analogy "activation = firing rate" holds as well as the
# curves agree, and one can make them agree.
#
# ## To discuss
#
# 1. What in a spiking network corresponds to the bias of a unit? To a negative weight? Is there something for a negative
#    activation?
# 2. MCC is near 1 with the thresholds aligned, and yet points are lost. Which of the two would you call "the same network"?
# 3. Why do bent rates do more harm in a network of three layers than in one of two? What would you expect of ten?
# 4. What could the *next* layer do about the bend, without any change to the cells?
# 5. With the slopes aligned, most units that are faintly active are not heard at all. Why does accuracy suffer so little?
# 6. A sigmoid unit at z = 0 says ½. What does its cell do, all the time, and what does that cost?
# 7. Did your twin read better after 30 ms than after 200? What do the first 30 ms leave out?
#
# Write your answers here (they are not scored by the machine):

# %% [markdown]
# *Your answers …*

# %% [markdown] tags=["instructor"]
# > **Model answers.**
# >
# > 1. A steady current: c₀ + c₁b/λ. A negative weight: an inhibitory synapse; but one and the same cell here excites some and
# >    inhibits others, which real cells do not (Dale's principle, lab 6). Rates cannot be negative: a ReLU has no negative
# >    activations, but tanh would be in trouble.
# > 2. There is no one answer. The first has the same *pattern* of active cells, the second more nearly the same *sizes*; what
# >    the reader downstream makes of it decides. Good answers name what each measure leaves out.
# > 3. Each layer bends what is bent already: in the next layer weighted sums are off, and their errors grow. Here two hidden
# >    layers and 16 units leave little room for errors to average out; with 784-100-10 the loss is under half a point.
# > 4. Refit its weights to the rates that training digits evoke, by least squares (the project's `--retune`), or scale each
# >    input by its own best line (the project's γ and δ, in `compare/mapping.py`). Both win points back.
# > 5. Faint activations carry little weight in the sums of the next layer; and errors of many units partly cancel out.
# > 6. It fires at half of its highest rate even if it has nothing to say: half of all energy for nothing (lab 6).
# > 7. Mostly yes. Cells of faint units fire too often for their activation (the steep foot), but they take long to their first
# >    spike: in a short look they have not fired yet. The two errors nearly cancel out, by luck and not by design.
# >
# > **What to expect.** The ReLU networks read 92 to 94 % of the digits. After 200 ms their twins with thresholds aligned have
# > lost 0 to 17 points, most of them 4 to 10, with slopes aligned 0.5 to 6; the networks that were trained on the cell's curve
# > at most 0.2, either way. Least is lost with a long τ, a short t_ref and a high r_max, where the curve is used further up and is
# > straighter: let neighbours find that out. MCC is 1.00 (after 200 ms) against .65 to .75. With thresholds aligned most twins
# > are best after 20 to 60 ms (question 7). A refractory time that the mapping does not know of does harm long before 1/r_max, and
# > little by little.

# %% [markdown]
# ## Words
#
# | word | meaning here |
# |---|---|
# | twin | the network of cells that a standard network is translated into |
# | drive, J | the current into a cell, in rheobases: it fires if J is above 1 |
# | λ (lam) | the activation that counts as fully active, and maps to r_max |
# | threshold alignment | c₀ = 1: the ReLU's zero lies on the rheobase |
# | slope alignment | c₀ is free: rates are as nearly as possible in proportion to activations |
# | decode | work out from spikes which activation they stand for |
# | MCC | Matthews' correlation: how well two yes-or-no answers agree, 0 for chance, 1 for always |
#
# ## To read on
#
# - B. Rueckauer, I.-A. Lungu, Y. Hu, M. Pfeiffer and S.-C. Liu, "Conversion of continuous-valued deep networks to efficient
#   event-driven networks for image classification", *Frontiers in Neuroscience* 11 (2017), 682,
#   [doi:10.3389/fnins.2017.00682](https://doi.org/10.3389/fnins.2017.00682): where the percentile comes from.
# - P. U. Diehl, D. Neil, J. Binas, M. Cook, S.-C. Liu and M. Pfeiffer, "Fast-classifying, high-accuracy spiking deep networks
#   through weight and threshold balancing", *IJCNN* 2015, 1–8,
#   [doi:10.1109/IJCNN.2015.7280696](https://doi.org/10.1109/IJCNN.2015.7280696).
# - E. Hunsberger and C. Eliasmith, "Spiking deep networks with LIF neurons", 2015,
#   [arXiv:1510.08829](https://arxiv.org/abs/1510.08829): training on the cell's own curve.
# - B. W. Matthews, "Comparison of the predicted and observed secondary structure of T4 phage lysozyme", *Biochimica et
#   Biophysica Acta* 405 (1975), 442–451, [doi:10.1016/0005-2795(75)90109-9](https://doi.org/10.1016/0005-2795(75)90109-9).
# - E. D. Adrian and Y. Zotterman, "The impulses produced by sensory nerve-endings: Part 2. The response of a single
#   end-organ", *Journal of Physiology* 61 (1926), 151–171,
#   [doi:10.1113/jphysiol.1926.sp002281](https://doi.org/10.1113/jphysiol.1926.sp002281): the stronger the stimulus, the more
#   often a nerve fires.

# %%
check.summary()
