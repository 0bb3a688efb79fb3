# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Lab 6: Where the analogy breaks
#
# Units for cells, activations for rates, weights for synapses: you have seen how far that carries. In this lab you look at
# four places where it breaks, and at each of them with a number: **time** (an answer needs some), **energy** (who does the
# work for less?), **Dale** (a cell excites or inhibits, not both) and **learning** (how should a synapse know?).
#
# | | |
# |---|---|
# | **You need** | Lab 2 (the forward pass) and the idea of labs 3 and 4: a network, and its twin of spiking cells. Arrays in Python, the exponential function, what a slope is. |
# | **You will be able to** | measure a decision time and trade speed for accuracy; write both networks' energy bills and say what is not on them; find out who breaks Dale's law and what keeping it costs; say what backpropagation needs that no synapse has, and write a rule that makes do with spikes |
# | **Time** | 75–90 minutes, or two sessions (A and B, C and D); the computing takes 15 seconds on one core |
# | **How it goes** | In every part: *sketch* or guess first, *calculate*, *run*, *compare*. Cells marked **Task** are yours: replace `...`, run the cell (Shift–Enter), and the line `check.task(…)` tells you whether it is right. Stuck? Run `check.hint("6.2")` in a new cell: there are three hints a task. |
#
# Run the cells from top to bottom. If you come back later, *Run → Run All Cells* brings everything back.

# %% tags=["student"]
from compare.lab import check

me = check.begin(6, student="practice")
me

# %% [markdown] tags=["instructor"]
# > **For the instructor.** Four parts that do not need each other: choose. A is for who comes from psychology, B for
# > engineers, C and D for neuroscientists. Take the predictions on the blackboard, and come back to each of them: who wins the
# > bill turns on what is counted, and Dale's law costs little here. A plan for 90 minutes: A 25, B 15,
# > C 15, D 35. For 60 minutes leave out part B or C, and task 6.7.

# %%
import numpy as np

from ann import MLP, Training
from bio.brian import brian2
from compare.experiments.dale_training import hidden_signs, keeping_signs
from compare.experiments.energy import MULTIPLY_ADD, updates_of
from compare.lab import twins
from compare.lab.checks.lab6 import COUNT, loss
from compare.lab.figures.breaks import bill, by_trial, pair_window, trade_off, waiting
from compare.lab.figures.measures import bars
from compare.lab.show import explore
from data import load_digits

test = twins.test_digits(1_000)  # digits to be judged by
ann = twins.network(me.network)  # the standard network: 784-100-10, of ReLUs
bio = twins.twin(me.network, "poisson", me.seed)  # its twin, shown digits as random spikes, brighter pixels more often
pair = twins.both(bio, test)
print(
    f"standard network {(pair.ann_answers == test.labels).mean():.1%}, twin after 100 ms {(pair.bio_answers == test.labels).mean():.1%}"
)

# %% [markdown]
# ## A. Time
#
# A standard network has no time: numbers go in, numbers come out. Its twin gets one spike after another. Every 5 ms we ask
# for its verdict, the output cell that has fired most so far.
#
# **Sketch** how the twin's accuracy grows, from 0 to 100 ms. Where does it begin? When is it as good as it gets?
#
# **Predict.** After how many ms has half of the digits been decided for good?

# %%
# BEGIN SOLUTION
# prompt: guess_ms = ...  # your guess, in ms
guess_ms = 40
# END SOLUTION

# %% [markdown]
# **Task 6.1** (2 points). `verdicts` has a row for each digit and a column for each sample, `times` the times of the samples.
# Write `decision_time(verdicts, times)`: for each digit, the time of the first sample from which on its verdict never
# changes any more (right or wrong, that does not matter).


# %%
def decision_time(verdicts, times):
    """The time (n,) from which on each row of verdicts (n, k), sampled at times (k,), stays what it is at the end."""
    # BEGIN SOLUTION
    found = []
    for row in verdicts:
        differs = np.flatnonzero(row != row[-1])
        found.append(times[differs[-1] + 1] if len(differs) else times[0])
    return np.array(found)
    # END SOLUTION


check.task("6.1", decision_time)

# %%
if check.done("6.1"):
    took = decision_time(pair.response.verdicts, 1e3 * pair.response.times)
    right = pair.bio_answers == test.labels
    late = [(took[which] > 30).mean() for which in (right, ~right)]
    finding = f"Half of all are decided by {np.median(took):.0f} ms; after 30 ms, of those read right {late[0]:.0%} are open, of those read wrong {late[1]:.0%}"
    print(f"you predicted {guess_ms} ms")
    display(waiting(took, right, finding))

# %% [markdown]
# **Compare.** Why do wrong answers take longer? (Think of an election night.)
#
# Nobody who has to decide waits for a fixed time. In many experiments, animals behave as if they gathered evidence until
# one alternative is *ahead by enough*: a race. Ask for a small lead, and you are quick and often wrong; ask for a large one,
# and you are slow and mostly right.
#
# **Calculate** on paper: three cells have fired 2, 5 and 4 times. Does the race end for a lead of 1? For a lead of 2?
#
# **Task 6.2** (2 points). `counts` has a row for each millisecond and a column for each output cell: how often it has fired
# *so far*. Write `race(counts, lead)`: the first row (counted from 0) in which the leader is ahead of the second by `lead` or
# more, and the leader's number. If that never happens: the last row, and its leader.


# %%
def race(counts, lead):
    """The row that ends the race, and the answer, from counts (rows, 10)."""
    # BEGIN SOLUTION
    ordered = np.sort(counts, axis=1)
    ahead = ordered[:, -1] - ordered[:, -2] >= lead
    row = np.argmax(ahead) if ahead.any() else len(counts) - 1
    return row, counts[row].argmax()
    # END SOLUTION


check.task("6.2", race)

# %% tags=["slow"]
if check.done("6.2"):
    counts, labels = twins.output_counts(me.network, COUNT, me.seed)  # (300 digits, ms, output cells)
    leads = range(1, 9)
    ended = np.array([[race(one, lead) for one in counts] for lead in leads])  # (leads, digits, row and answer)
    ms, shares = ended[:, :, 0].mean(axis=1) + 1, (ended[:, :, 1] == labels).mean(axis=1)
    fixed = np.arange(1, counts.shape[1] + 1), (counts.argmax(axis=2) == labels[:, None]).mean(axis=0)
    standard = (ann.classify(twins.test_digits(COUNT).images) == labels).mean()
    finding = f"A lead of {me.lead} takes {ms[me.lead - 1]:.0f} ms and is right on {shares[me.lead - 1]:.0%}; a lead of 1, {ms[0]:.0f} ms and {shares[0]:.0%}"
    display(trade_off(fixed, (ms, shares), leads, standard, finding))

# %% [markdown]
# **Compare.** The diamond of lead 1 lies above the curve of fixed times. How can the same spikes, in the same mean time, give
# better answers? Which digits get the time that others save? And what do leads beyond 2 buy here?
#
# ## B. Energy
#
# A brain runs on some 20 watts, and it is often said that spikes are why. Count for yourself. In a chip of 45 nm, one
# multiplication with an addition costs 4.6 pJ, an addition alone 0.9 pJ (32 bits; Horowitz 2014).
#
# - The standard network multiplies and adds once for each **weight**, whatever the digit.
# - In the twin nothing is multiplied: a spike is 1, and each **spike** costs one addition in every cell where it arrives.
#
# **Predict.** By which factor is the twin cheaper? (Below 1: dearer.)

# %%
# BEGIN SOLUTION
# prompt: guess_factor = ...  # cost of the network / cost of its twin
guess_factor = 10
# END SOLUTION

# %% [markdown]
# **Task 6.3** (1 point). Write `dense(sizes)`: the energy of one digit in the standard network, in nanojoules. Leave biases
# out.


# %%
def dense(sizes):
    """nJ a digit of a network with these layers, such as (784, 100, 10): 4.6 pJ for each weight."""
    # BEGIN SOLUTION
    return sum(before * units for before, units in zip(sizes, sizes[1:])) * 4.6e-3
    # END SOLUTION


check.task("6.3", dense)

# %% [markdown]
# **Task 6.4** (2 points). `fired` lists the spikes of each layer for one digit: of all input cells together, of all hidden
# cells, of all output cells. Write `spiking(fired, sizes)`: the energy of their arrival, in nanojoules.


# %%
def spiking(fired, sizes):
    """nJ a digit of a spiking network: 0.9 pJ for each cell at which each spike arrives."""
    # BEGIN SOLUTION
    return sum(spikes * units for spikes, units in zip(fired, sizes[1:])) * 0.9e-3
    # END SOLUTION


check.task("6.4", spiking)

# %% [markdown]
# Two things the simple bill leaves out, one on each side. A network can skip what is 0: most pixels are black, and many
# units are off. And a cell is never idle: in each of 100 steps its membrane leaks and its synaptic current decays, which
# takes multiplications too.

# %%
if check.done("6.3", "6.4"):
    fired = [pair.response.input.mean(), *(layer.sum(axis=1).mean() for layer in pair.response.counts)]
    lit = [np.count_nonzero(test.images, axis=1).mean(), np.count_nonzero(pair.activations(0), axis=1).mean()]
    skipping = MULTIPLY_ADD * (lit[0] * twins.SIZES[1] + lit[1] * twins.SIZES[2])
    updates = MULTIPLY_ADD * updates_of(pair).mean()
    rows = {
        "network, all weights": (dense(twins.SIZES), 0.0),
        "network, zeros skipped": (skipping, 0.0),
        "spiking twin": (spiking(fired, twins.SIZES), updates),
    }
    factor = rows["network, all weights"][0] / rows["spiking twin"][0]
    print(
        f"spikes a digit: input {fired[0]:.0f}, hidden {fired[1]:.0f}, output {fired[2]:.0f}; you predicted a factor of {guess_factor}"
    )
    display(
        bill(
            rows,
            f"By spikes alone the twin costs {1 / factor:.0%} of all weights; the verdict turns on what is counted",
        )
    )

# %% [markdown]
# **Compare.** Which of the bars would you show if you sold spiking chips? And if you sold the others? None of them has the
# largest item on it: fetching a number from a memory chip costs hundreds of times as much as multiplying it.
#
# ## C. Dale
#
# A cell that excites one cell excites all that it reaches, and one that inhibits inhibits all: roughly, that is **Dale's
# law**. (Henry Dale spoke of the transmitter; the sign is what came of it.) A unit's weights have any sign they like.
#
# **Sketch** a unit with five weights to the next layer that keeps the law, and one that breaks it.
#
# **Task 6.5** (1 point). In `weights` row i holds all the weights that unit i *sends*. Write `violators(weights)`: how many
# units send both signs.


# %%
def violators(weights):
    """How many units (rows) have both positive and negative weights."""
    # BEGIN SOLUTION
    return ((weights > 0).any(axis=1) & (weights < 0).any(axis=1)).sum()
    # END SOLUTION


check.task("6.5", violators)

# %%
if check.done("6.5"):
    sent = ann.weights[1][me.unit]
    print(f"your unit {me.unit} sends to the ten outputs:", " ".join(f"{w:+.2f}" for w in sent))
    print(f"hidden units that break the law: {violators(ann.weights[1])} of {twins.SIZES[1]}")

# %% [markdown]
# Can a network be made to keep it? Give each unit a sign, +1 or −1. After every step of learning, move each weight that has
# come out with the wrong sign to the *nearest* value that the law allows.
#
# **Task 6.6** (2 points). Write `project(weights, signs)`; `signs` has one sign a row.


# %%
def project(weights, signs):
    """The nearest weights (units, targets) that keep the signs (units,), +1 or -1, of the units that send them."""
    # BEGIN SOLUTION
    return np.where(weights * signs[:, None] < 0, 0, weights)
    # END SOLUTION


check.task("6.6", project)

# %% [markdown]
# **Predict.** In cortex about four cells in five excite. Three networks learn from the same digits, and the same start: one
# free, one whose *hidden units* keep a sign (80 % excite), one whose *pixels* only excite, too. The free one reads about
# 97 %. And the other two?

# %%
# BEGIN SOLUTION
# prompt: guess_hidden = ...  # hidden units keep a sign: accuracy, from 0 to 1
# prompt: guess_pixels = ...  # pixels keep one, too
guess_hidden = 0.9
guess_pixels = 0.8
# END SOLUTION

# %% tags=["slow"]
# Learning from 60,000 digits, three times: some seconds. After each step it does what your `project` does.
if check.done("6.5", "6.6"):
    training = load_digits("train")
    recipe = Training(sizes=twins.SIZES, activation="relu", seed=me.network, epochs=twins.EPOCHS)
    signs = hidden_signs(twins.SIZES[1], np.random.default_rng(me.seed))
    laws = {
        "free": [None, None],
        "hidden units keep a sign": [None, signs],
        "pixels only excite, too": [np.ones(784), signs],
    }
    nets = {name: keeping_signs(training.images, training.labels, recipe, law) for name, law in laws.items()}
    many = twins.test_digits(10_000)
    reads = {name: (net.classify(many.images) == many.labels).mean() for name, net in nets.items()}
    kept = nets["hidden units keep a sign"].weights[1]
    print(
        f"hidden units that still break the law: {violators(kept)}; weights that your projection would change: {(project(kept, signs) != kept).sum()}"
    )
    guesses = {"hidden units keep a sign": guess_hidden, "pixels only excite, too": guess_pixels}
    lost = 100 * (reads["free"] - np.array([reads[name] for name in guesses]))
    display(
        bars(
            reads,
            f"Dale's law costs {lost[0]:.2f} points in hidden units, {lost[1]:.2f} if pixels keep it, too",
            predicted=guesses,
        )
    )

# %% [markdown]
# **Compare.** So the law costs something, but it is not the end. How does your retina get by with pixels that only excite?
# (Ganglion cells come in two kinds: ON and OFF.)
#
# ## D. Learning
#
# The weights of both networks come from **backpropagation**. Is that how brains do it? Start from what is needed: for each
# of the 79,400 weights, one has to know whether the loss grows or falls as the weight grows. The simplest way is to try.
#
# **Task 6.7** (2 points). `loss(w, x, target)` says how wrong a neuron with weights w is. Write
# `slope(w, x, target, i, step)`: how steeply the loss rises with weight i, from one step above and one step below.
# (`w` itself should stay as it was.)


# %%
def slope(w, x, target, i, step):
    """The slope of loss(w, x, target) along weight i, between w[i] − step and w[i] + step."""
    # BEGIN SOLUTION
    up, down = w.copy(), w.copy()
    up[i] += step
    down[i] -= step
    return (loss(up, x, target) - loss(down, x, target)) / (2 * step)
    # END SOLUTION


check.task("6.7", slope)

# %% [markdown]
# **Calculate** on paper: how many times must a digit pass through the network of 784-100-10 until the slope of each weight
# is known in this way, once?
#
# One could nudge all weights at once, at random, and see whether that helped: a "global signal" (reward, dopamine) would
# be enough to learn from. **Predict**: after 300 such trials, how much does the direction found resemble the true one? (1:
# the same, 0: nothing to do with it.)

# %%
# BEGIN SOLUTION
# prompt: guess_likeness = ...  # from 0 to 1
guess_likeness = 0.5
# END SOLUTION

# %% tags=["slow"]
rng = np.random.default_rng(me.seed)
young = MLP.random(twins.SIZES, activation="relu", rng=rng, dtype=float)  # before it has learned
some, wanted = test.images[:20].astype(float), np.eye(10)[test.labels[:20]]
true = np.concatenate([slopes.ravel() for slopes in young.gradient(some, wanted).weights])


def tried(direction, step=1e-3):
    """The slope of the loss along a direction of all weights."""
    parts = np.split(direction, [784 * 100])
    losses = []
    for side in (step, -step):
        weights = tuple(w + side * part.reshape(w.shape) for w, part in zip(young.weights, parts))
        losses.append(young.kind.loss(MLP(weights, young.biases, "relu").forward(some)[-1], wanted))
    return (losses[0] - losses[1]) / (2 * step)


if check.done("6.7"):
    found, tries, alike = np.zeros(len(true)), [10, 30, 100, 300], []
    for trial in range(1, tries[-1] + 1):
        direction = rng.standard_normal(len(true))
        found += tried(direction) * direction
        if trial in tries:
            alike.append(found @ true / np.sqrt((found @ found) * (true @ true)))
    print(f"you predicted {guess_likeness}")
    display(by_trial(tries, alike, len(true)))

# %% [markdown]
# Backpropagation gets the exact slopes of all weights from *one* pass forwards and one back. Take a network whose
# hidden units are sigmoids (our ReLUs would have 1 or 0 in place of h_j (1 − h_j)): a hidden unit j with activation
# h_j = σ(…), pixels x_i, weights v_jk from hidden unit j to output k, and at each output an error δ_k (what it says minus
# what it should say). The slope of the loss along the weight from pixel i to hidden unit j is
#
# > x_i · h_j (1 − h_j) · Σ_k v_jk δ_k.
#
# **Calculate** on paper: x = 0.5, h = 0.5, two outputs with v = (2, −1) and δ = (0.1, −0.3). (You should get 0.0625.)
#
# **Task 6.8** (2 points). Write it for all pixels and all hidden units of one digit at once.


# %%
def hidden_gradient(x, h, v, error):
    """Slopes (pixels, hidden) from x (pixels,), h (hidden,), v (hidden, outputs), error (outputs,)."""
    # BEGIN SOLUTION
    return np.outer(x, (v @ error) * h * (1 - h))
    # END SOLUTION


check.task("6.8", hidden_gradient)

# %% [markdown]
# **Task 6.9** (2 points). Now sit down on the synapse from pixel i to hidden unit j. Of this list,
#
# - **A** the activity x_i of the cell before the synapse
# - **B** the activity h_j of the cell after it
# - **C** the strength of the synapse itself
# - **D** the strengths v_jk of the synapses from cell j to the outputs
# - **E** the error δ_k of each output
# - **F** a signal that is poured over the whole tissue, such as dopamine after a reward
#
# what does it see (`sees`), and what is in the formula that it would have to follow (`needs`)? Write letters, such as "AC".

# %%
# BEGIN SOLUTION
# prompt: sees = ...  # letters
# prompt: needs = ...  # letters
sees = "ABCF"
needs = "ABDE"
# END SOLUTION

check.task("6.9", sees, needs)

# %% [markdown]
# What *do* synapses follow? Among other things, the timing of the spikes on their two sides. Bi and Poo (1998) paired single
# spikes: where the cell after fires within some 20 ms *after* the cell before, the synapse grows; the other way round it
# shrinks. With the delay t = t_after − t_before, the **pair rule** is
#
# > Δw = A₊ e^(−t/τ₊) for t > 0,  Δw = −A₋ e^(t/τ₋) for t < 0.
#
# **Sketch** it, with your four constants. Where is it largest? Which side is wider?
#
# **Task 6.10** (2 points). Write `window(delay)` for an array of delays in ms (none of them 0), with your constants
# `me.a_plus`, `me.a_minus`, `me.tau_plus`, `me.tau_minus`.


# %%
def window(delay):
    """The change of the weight by one pair of spikes, for delays after − before (any shape), ms."""
    # BEGIN SOLUTION
    grows = me.a_plus * np.exp(-np.abs(delay) / me.tau_plus)
    shrinks = -me.a_minus * np.exp(-np.abs(delay) / me.tau_minus)
    return np.where(delay > 0, grows, shrinks)
    # END SOLUTION


check.task("6.10", window)

# %% [markdown]
# **Task 6.11** (2 points). Two cells fire more than once: at the times `pre` (before the synapse) and `post` (after it). Every
# spike of the one pairs with every spike of the other. Write `weight_change(pre, post)`.


# %%
def weight_change(pre, post):
    """The change of the weight by spikes at the times pre (m,) and post (n,), ms: all m·n pairs together."""
    # BEGIN SOLUTION
    return window(post[:, None] - pre).sum()
    # END SOLUTION


check.task("6.11", weight_change)

# %% [markdown]
# No synapse keeps a list of spikes and goes through all pairs. It needs no more than two **traces**, one a side: each jumps
# at a spike of its side and dies away, and when the *other* side fires, the weight moves by what is left of it. Read the
# next cell: it is the same rule in Brian2, written as a synapse would do it. Does it give what you have written?


# %% tags=["slow"]
def in_brian(befores, afters):
    """Changes of the weights of synapses between pairs of cells that fire at these times (arrays of ms), by traces."""
    b2 = brian2()
    cells = [
        b2.SpikeGeneratorGroup(
            len(trains), np.repeat(np.arange(len(trains)), [len(t) for t in trains]), np.concatenate(trains) * b2.ms
        )
        for trains in (befores, afters)
    ]
    synapses = b2.Synapses(
        *cells,
        """w : 1
           dbefore/dt = -before / tau_plus : 1 (event-driven)
           dafter/dt = -after / tau_minus : 1 (event-driven)""",
        on_pre="before += a_plus; w -= after",
        on_post="after += a_minus; w += before",
        namespace={
            "a_plus": me.a_plus,
            "a_minus": me.a_minus,
            "tau_plus": me.tau_plus * b2.ms,
            "tau_minus": me.tau_minus * b2.ms,
        },
    )
    synapses.connect(j="i")
    b2.Network(cells, synapses).run(400 * b2.ms, namespace={})
    return np.array(synapses.w)


if check.done("6.10", "6.11"):
    delays = np.concatenate([np.arange(-95, 0, 10), np.arange(5, 100, 10)]).astype(float)
    alone = in_brian([np.array([150.0])] * len(delays), [np.array([150.0 + d]) for d in delays])
    rng = np.random.default_rng(me.seed)
    trains = [
        (np.sort(rng.choice(300, 8, replace=False)) + 0.5, np.sort(rng.choice(300, 9, replace=False)) + 1.0)
        for _ in range(20)
    ]
    long = in_brian(*zip(*trains))
    yours = np.array([weight_change(pre, post) for pre, post in trains])
    print(f"single pairs: yours and Brian2's differ by at most {np.abs(window(delays) - alone).max():.1e}")
    print(
        f"20 trains of 8 and 9 spikes: by at most {np.abs(yours - long).max():.1e}, of changes up to {np.abs(yours).max():.3f}"
    )
    display(pair_window(me.a_plus, me.a_minus, me.tau_plus, me.tau_minus, simulated=(delays, alone)))

# %% [markdown]
# **Task 6.12** (1 point). Two cells fire at random and know nothing of each other: all delays are equally frequent. Does your
# synapse grow or shrink in the long run? **Calculate** on paper `area`, the area of the window above 0 minus the area below
# (the area under A e^(−t/τ), for t from 0 on, is A·τ).

# %%
# BEGIN SOLUTION
# prompt: area = ...  # a number, in ms
area = me.a_plus * me.tau_plus - me.a_minus * me.tau_minus
# END SOLUTION

check.task("6.12", area)

# %% [markdown]
# Move the sliders: which windows are balanced? Song, Miller and Abbott (2000) found that a little more area *below* makes
# synapses compete: those that merely fire along shrink, those that fire just before the cell does survive.

# %% tags=["slow"]
explore(
    pair_window,
    a_plus=(0.002, 0.015, 0.001, me.a_plus),
    a_minus=(0.002, 0.015, 0.001, me.a_minus),
    tau_plus=(5.0, 50.0, 1.0, me.tau_plus),
    tau_minus=(5.0, 50.0, 1.0, me.tau_minus),
)

# %% [markdown]
# **Compare** the two rules. Spike timing is local, needs no teacher, and has been seen in the dish; but nothing in it knows
# what a digit is *called*. Backpropagation knows, and needs what no synapse sees. What would be in between?
#
# ## To discuss
#
# 1. An early answer and a late one: give an animal, or a machine, for which being quick matters more than being right, and
#    one for which it is the other way round. How would each set its lead?
# 2. "The brain takes 20 W, a graphics card 400 W: so spikes are efficient." Name two things that are wrong with that.
# 3. Our twin breaks Dale's law, since it was given the network's weights. How could one network that keeps it do the work
#    of one that does not, and what would that cost?
# 4. Of the letters D and E in task 6.9, which could a brain supply by a second set of connections that lead back? What
#    would have to be true of them? (Lillicrap and colleagues found, in 2016, that surprisingly little does.)
# 5. Rates, weights, thresholds; time, energy, signs, learning: in which of them is a unit *like* a neuron? Write the one
#    sentence that you would put under a picture of a neural network in a newspaper.
#
# Write your answers here (they are not scored by the machine):

# %% [markdown]
# *Your answers …*

# %% [markdown] tags=["instructor"]
# > **Model answers.**
# >
# > 1. A frog and a fly, a car that may have to brake: quick, with a small lead. A doctor's diagnosis, a mushroom gatherer:
# >    slow, with a large one. The best lead grows with what an error costs in relation to what a second costs.
# > 2. They do not do the same work; a watt is not an energy per task. The card's transistors and the brain's membranes cost
# >    different energies per operation for reasons that have nothing to do with spikes (memory beside the computation, slow
# >    and analogue elements, low rates). The fair question is ours: the same task, the same technology.
# > 3. Each unit that needs both signs becomes two cells, or gets an inhibitory neighbour that it drives: more cells, a delay
# >    of one more synapse. Pixels become ON and OFF cells.
# > 4. Both, by axons that lead back from the outputs to the hidden cells and carry the errors. For exact backpropagation
# >    their strengths would have to equal v, synapse by synapse, and no mechanism is known that copies them. But with
# >    *random* fixed ones learning works as well on such tasks: the forward weights come to fit them (feedback alignment).
# > 5. No single answer; a good one names what is alike (a weighted sum, a threshold, a graded response: rate) and one thing
# >    that is not. "Like a neuron as a map is like a town: good for finding the way, not for living in."
# >
# > **What to expect**, as measured for the ten IDs that the sheet is tested with. Time: half of the digits are decided by
# > 15 ms; after 30 ms 2 to 3 % of those read right are still open, and 42 to 57 % of those read wrong. A lead of 1 takes 14 ms
# > in the mean and reads 89 to 93 %, where stopping everyone at 15 ms reads 87 to 90 %; a lead of 2 takes 32 ms and reads 94 to
# > 96 %, and more of a lead buys nothing. Energy: 365 nJ for all weights, 72 with zeros skipped; 189 for the twin's spikes
# > (2,065 from the input, 364 hidden), and 152 more for its cells' equations. Dale: all 100 hidden units break the law; keeping
# > it costs 0.1 to 0.3 points in hidden units, 3.4 to 3.5 if pixels keep it, too (four IDs). Learning: 158,800 passes for one
# > gradient by single nudges; 300 random ones find a likeness of 0.06. The area of the window is below 0 for nine of the ten.

# %% [markdown]
# ## Words
#
# | word | meaning here |
# |---|---|
# | spiking twin | the standard network, translated unit by unit into spiking cells (lab 4) |
# | speed–accuracy trade-off | less time for an answer, more errors |
# | multiply–add | one multiplication and one addition, a network's unit of work |
# | synaptic event | one spike arriving at one cell |
# | Dale's law | a cell excites all its targets or inhibits all of them |
# | slope, gradient | how the loss changes with one weight; with all of them |
# | local | known at the synapse itself |
# | spike-timing-dependent plasticity | a synapse changes with the delay between the spikes on its two sides |
# | trace | a memory of recent spikes that jumps at each and dies away |
#
# ## To read on
#
# - R. Bogacz, E. Brown, J. Moehlis, P. Holmes and J. D. Cohen, "The physics of optimal decision making", *Psychological Review*
#   113 (2006), 700–765, [doi:10.1037/0033-295X.113.4.700](https://doi.org/10.1037/0033-295X.113.4.700): races to a lead.
# - S. Thorpe, D. Fize and C. Marlot, "Speed of processing in the human visual system", *Nature* 381 (1996), 520–522,
#   [doi:10.1038/381520a0](https://doi.org/10.1038/381520a0): people need about 150 ms to see whether there is an animal.
# - M. Horowitz, "Computing's energy problem (and what we can do about it)", *IEEE International Solid-State Circuits Conference*
#   2014, 10–14, [doi:10.1109/ISSCC.2014.6757323](https://doi.org/10.1109/ISSCC.2014.6757323): the picojoules.
# - D. Attwell and S. B. Laughlin, "An energy budget for signaling in the grey matter of the brain", *Journal of Cerebral Blood
#   Flow & Metabolism* 21 (2001), 1133–1145, [doi:10.1097/00004647-200110000-00001](https://doi.org/10.1097/00004647-200110000-00001).
# - J. DeFelipe and I. Fariñas, "The pyramidal neuron of the cerebral cortex", *Progress in Neurobiology* 39 (1992), 563–607,
#   [doi:10.1016/0301-0082(92)90015-7](https://doi.org/10.1016/0301-0082(92)90015-7): four in five.
# - D. E. Rumelhart, G. E. Hinton and R. J. Williams, "Learning representations by back-propagating errors", *Nature* 323 (1986),
#   533–536, [doi:10.1038/323533a0](https://doi.org/10.1038/323533a0).
# - T. P. Lillicrap, A. Santoro, L. Marris, C. J. Akerman and G. Hinton, "Backpropagation and the brain", *Nature Reviews
#   Neuroscience* 21 (2020), 335–346, [doi:10.1038/s41583-020-0277-3](https://doi.org/10.1038/s41583-020-0277-3); and Lillicrap, Cownden,
#   Tweed and Akerman, *Nature Communications* 7 (2016), 13276, [doi:10.1038/ncomms13276](https://doi.org/10.1038/ncomms13276).
# - G. Bi and M. Poo, "Synaptic modifications in cultured hippocampal neurons", *Journal of Neuroscience* 18 (1998), 10464–10472,
#   [doi:10.1523/JNEUROSCI.18-24-10464.1998](https://doi.org/10.1523/JNEUROSCI.18-24-10464.1998).
# - S. Song, K. D. Miller and L. F. Abbott, "Competitive Hebbian learning through spike-timing-dependent synaptic plasticity",
#   *Nature Neuroscience* 3 (2000), 919–926, [doi:10.1038/78829](https://doi.org/10.1038/78829).

# %%
check.summary()
