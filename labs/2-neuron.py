# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Lab 2: The artificial neuron, and a forward pass by hand
#
# An artificial neuron is a small piece of arithmetic: a weighted sum, a bias, a squash. You will do it on paper, then in
# one line of Python, then for a network of 784-16-16-10 with 13,002 weights and biases that reads digits. Every line that
# matters is yours; no library does it for you.
#
# | | |
# |---|---|
# | **You need** | Lab 1, or: what the 784 numbers of a digit are. Arrays in Python; `@` will be explained. The exponential function. |
# | **You will be able to** | compute a neuron by hand; say what weights and bias do; write sigmoid, ReLU, softmax and a forward pass; count a network's numbers; look at what a unit looks for, and be careful about what that means |
# | **Time** | 60–90 minutes; the computing takes under a minute |
# | **How it goes** | In every part: *sketch* or guess first, *calculate*, *run*, *compare*. Cells marked **Task** are yours: replace `...`, run the cell (Shift–Enter), and the line `check.task(…)` tells you whether it is right. Stuck? Run `check.hint("2.3")` in a new cell: there are three hints a task. |
#
# Run the cells from top to bottom. If you come back later, *Run → Run All Cells* brings everything back.

# %% tags=["student"]
from compare.lab import check

me = check.begin(2, student="practice")
me

# %% [markdown] tags=["instructor"]
# > **For the instructor.** Parts A and B on paper and at the blackboard (30 min), C as the core (30 min), D and E as what
# > it was for (20 min). The point most often missed is that the *bias* is the threshold: lab 3 builds on it (rheobase). For
# > 60 minutes leave out tasks 2.9 and 2.11. There are four networks, spread over the class by `me.seed`: let neighbours compare
# > what their units look for.

# %%
import numpy as np

from compare.experiments.by_hand import by_nearest_mean
from compare.lab.checks.lab2 import network, test_digits
from compare.lab.figures.layers import lit_network
from compare.lab.figures.measures import bars, neuron, outputs, squashes
from compare.lab.figures.pictures import gallery, weights_picture
from compare.lab.show import explore
from data import load_digits

test = test_digits()  # 2,000 digits to be judged by

# %% [markdown]
# ## A. One neuron on paper
#
# A neuron has inputs x₀, x₁, x₂ …, a weight for each of them, and a bias b. It first forms the **weighted sum**
#
# > z = x₀·w₀ + x₁·w₁ + x₂·w₂ + … + b,  in short z = w·x + b,
#
# and then squashes z into its **activation**. The weights say what speaks for it and what against it; the bias says how
# easily it is persuaded.
#
# **Sketch** a neuron with three inputs: circles, lines, and on each line the weight that is yours (see `me` above).
#
# **Task 2.1** (1 point). Calculate z for your `x`, `w` and `b`, on paper, and write it down as a number.

# %%
# BEGIN SOLUTION
# prompt: z = ...  # the number that you calculated
z = round(float(me.x @ me.w + me.b), 4)
# END SOLUTION

check.task("2.1", z)

# %% [markdown]
# **Task 2.2** (1 point). Now as a function, for any number of inputs. Arrays multiply place by place with `*`, and `.sum()`
# adds up; or `x @ w` does both at once.


# %%
def weighted_sum(x, w, b):
    """The weighted sum z of one neuron: inputs (n,), weights (n,), one bias."""
    # BEGIN SOLUTION
    return x @ w + b
    # END SOLUTION


check.task("2.2", weighted_sum)

# %% [markdown]
# ## B. The squash
#
# z can be any number. An activation shall be a number that says "how active". Two ways to get there:
#
# - the **sigmoid**, 1 / (1 + e⁻ᶻ), squeezes every sum in between 0 and 1;
# - the **ReLU** (rectified linear unit) is 0 below 0, and the sum itself above.
#
# **Sketch** both over z from −6 to 6, before you write a line. Where is the sigmoid ½? Where are they steepest? What
# happens to each at z = 100?
#
# **Task 2.3** (2 points). The sigmoid. `np.exp` takes a number or a whole array.


# %%
def sigmoid(z):
    """The sigmoid of a weighted sum, or of each in an array."""
    # BEGIN SOLUTION
    return 1 / (1 + np.exp(-z))
    # END SOLUTION


check.task("2.3", sigmoid)

# %% [markdown]
# **Task 2.4** (1 point). The ReLU.


# %%
def relu(z):
    """The ReLU of a weighted sum, or of each in an array."""
    # BEGIN SOLUTION
    return np.maximum(z, 0)
    # END SOLUTION


check.task("2.4", relu)

# %%
if check.done("2.3", "2.4"):
    finding = "The sigmoid has a floor and a ceiling, the ReLU a floor only"
    display(squashes({"sigmoid": sigmoid, "ReLU": relu}, finding))

# %% [markdown]
# **Compare** with your sketch. Then move weight and bias of a neuron with a single input, and find out which of them
# changes *where* the neuron begins to be active, and which *how steeply*.

# %%
explore(neuron, weight=(-10.0, 10.0, 0.5, 6.0), bias=(-8.0, 8.0, 0.5, -3.0))

# %% [markdown]
# **Task 2.5** (1 point). A sigmoid neuron shall be more than half active only where its weighted inputs w·x come to
# more than `me.threshold`. Which bias does it need?

# %%
# BEGIN SOLUTION
# prompt: bias = ...  # a number
bias = -me.threshold
# END SOLUTION

check.task("2.5", bias)

# %% [markdown]
# ## C. A network
#
# Neurons in layers: 784 inputs, 16 units, 16 units, 10 outputs, one for each digit. Each unit has a weight for every unit
# of the layer before, and a bias of its own.
#
# **Predict.** How many numbers is that in all? Guess before you count: about 1,000? 10,000? 100,000?
#
# **Task 2.6** (2 points). Write `count(sizes)`: the number of weights and biases of a network with these layers.


# %%
def count(sizes):
    """Weights and biases of a network, given its layers from inputs to outputs, such as (784, 16, 16, 10)."""
    # BEGIN SOLUTION
    return sum(before * units + units for before, units in zip(sizes, sizes[1:]))
    # END SOLUTION


check.task("2.6", count)

# %% [markdown]
# Somebody has trained such a network for you (how that is done is another story). Its numbers lie in two lists:
# `weights[0]` is a table of 784 rows and 16 columns, a column for each unit of the first hidden layer, and `biases[0]`
# holds their 16 biases.

# %%
model = network(me.seed)
weights, biases = model.weights, model.biases
for w, b in zip(weights, biases):
    print("weights", w.shape, " biases", b.shape)

x = test.images[me.digit]
gallery([x], ["784 inputs"], f"Digit {me.digit} of the test digits, a {test.labels[me.digit]}")

# %% [markdown]
# **Calculate** one unit first, by what you have written: the activation of your unit in the first hidden layer. Before
# you run the cell: what do you expect, something near 0, near 1, or in between?

# %%
if check.done("2.2", "2.3"):
    z_unit = weighted_sum(x, weights[0][:, me.unit], biases[0][me.unit])
    print(f"unit {me.unit}: weighted sum {z_unit:.2f}, activation {sigmoid(z_unit):.3f}")

# %% [markdown]
# All 16 units at once are `x @ weights[0] + biases[0]`: `@` multiplies the row of inputs with every column of the table.
# It works as well for many images at once, one in each row of x.
#
# **Task 2.7** (3 points). Write the whole forward pass: `forward(x, weights, biases)` returns a list with the activations
# of each layer, the first hidden one first, the outputs last. Every unit of this network is a sigmoid.


# %%
def forward(x, weights, biases):
    """The activations of every layer, (n, units) each, for images (n, 784); or (units,) each for one image (784,)."""
    # BEGIN SOLUTION
    layers = []
    for w, b in zip(weights, biases):
        x = sigmoid(x @ w + b)
        layers.append(x)
    return layers
    # END SOLUTION


check.task("2.7", forward)

# %%
if check.done("2.7"):
    layers = forward(x, weights, biases)
    display(lit_network(x, layers, test.labels[me.digit]))

# %% [markdown]
# ## D. The answer
#
# **Task 2.8** (1 point). The output that is brightest is the answer. Write `answer(outputs)` for many images at once.


# %%
def answer(outputs):
    """The digits (n,) that outputs (n, 10) stand for."""
    # BEGIN SOLUTION
    return outputs.argmax(axis=1)
    # END SOLUTION


check.task("2.8", answer)

# %%
if check.done("2.7"):
    display(outputs(layers[-1], test.labels[me.digit], "activation"))

# %% [markdown]
# Ten sigmoids know nothing of each other: they may all be faint, or two of them bright. Networks of ReLUs mostly end in a
# **softmax** instead, which turns ten weighted sums into ten shares that make 1: e to the power of each sum, divided by
# the total.
#
# **Calculate** the softmax of the sums (0, 0, ln 2). (You should get ¼, ¼, ½.)
#
# **Task 2.9** (2 points). Write `softmax(z)` for many images at once, each row by itself, and so that it survives sums of
# 1,000. (What happens to the shares if the same number is taken from all sums of a row?)


# %%
def softmax(z):
    """The shares (n, k) that weighted sums (n, k) stand for; each row makes 1."""
    # BEGIN SOLUTION
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
    # END SOLUTION


check.task("2.9", softmax)

# %%
if check.done("2.7", "2.9"):
    sums = layers[-2] @ weights[-1] + biases[-1]
    display(outputs(softmax(sums[None])[0], test.labels[me.digit], "share (softmax)"))

# %% [markdown]
# **Predict.** The nearest mean of lab 1 reads about 80 % of the digits. Which share will this network read, of digits it
# has never seen?

# %%
# BEGIN SOLUTION
# prompt: guess = ...  # from 0 to 1
guess = 0.9
# END SOLUTION

# %% [markdown]
# **Task 2.10** (1 point). Work out `score`, the share of `test` that your network reads right.

# %%
# BEGIN SOLUTION
# prompt: score = ...  # your code here
score = (answer(forward(test.images, weights, biases)[-1]) == test.labels).mean()
# END SOLUTION

check.task("2.10", score)

# %%
if check.done("2.6", "2.10"):
    of_relus = (network(me.seed, "relu").classify(test.images) == test.labels).mean()
    of_means = (by_nearest_mean(load_digits("train"), test.images) == test.labels).mean()
    shares = {"nearest mean": of_means, "this network": score, "the same of ReLUs": of_relus}
    finding = f"{count((784, 16, 16, 10)):,} numbers read {score:.0%} of the digits"
    display(bars(shares, finding, predicted={"this network": guess}))

# %% [markdown]
# ## E. What does a unit look for?
#
# The 784 weights into one unit of the first hidden layer belong to the 784 pixels: so they are a picture. Where it is
# green, ink speaks for the unit; where it is purple, ink speaks against it.
#
# **Sketch** what you expect. A stroke? A loop? An edge?
#
# **Task 2.11** (1 point). Make `picture`, 28 × 28, of the weights into your unit.

# %%
# BEGIN SOLUTION
# prompt: picture = ...  # your code here
picture = weights[0][:, me.unit].reshape(28, 28)
# END SOLUTION

check.task("2.11", picture)

# %%
if check.done("2.11"):
    pictures = [weights[0][:, unit].reshape(28, 28) for unit in range(16)]
    titles = [f"unit {unit}{' (yours)' if unit == me.unit else ''}" for unit in range(16)]
    finding = "What 16 units look for: blobs and patches more than strokes"
    display(weights_picture(pictures, titles, finding))

# %% [markdown]
# **Compare.** Hardly any of them is a stroke or a loop. The network found some place in a space of 13,002 numbers where it
# reads well, and that need not be a place where it sees what we see.
#
# ## To discuss
#
# 1. Without the squash, three layers would be no more than one. Why?
# 2. Two neurons have the same weights, and biases of −2 and −10. What do they have in common, and what not?
# 3. The pixels at the border are dark in all training digits. What can training have done to the weights there? What does
#    that mean for the pictures of part E?
# 4. Show the network an image of noise. What will its outputs say, and what *should* they say?
# 5. A neuron in your brain sends spikes, all alike. What of it could correspond to the activation, to a weight, to the
#    bias? (Lab 3 begins here.)
#
# Write your answers here (they are not scored by the machine):

# %% [markdown]
# *Your answers …*

# %% [markdown] tags=["instructor"]
# > **Model answers.**
# >
# > 1. (x W₁ + b₁) W₂ + b₂ = x (W₁W₂) + (b₁W₂ + b₂): again a weighted sum with a bias. The squash is what keeps layers from
# >    melting into one.
# > 2. They look for the same pattern; the second needs much more of it before it is active.
# > 3. A weight whose input is always 0 never enters a sum, and gets no gradient: it stays at its starting value, shrunk by
# >    weight decay if there is any (it is nearly white here). So the border of the pictures shows how training began, not what the unit looks for.
# > 4. It names some digit, often with a bright output: nothing in it can say "none of these". One would want ten faint
# >    outputs; with a softmax even that is impossible, as the shares make 1.
# > 5. How often it fires in some stretch of time; how strongly a synapse moves the membrane; how far the membrane is from
# >    threshold (or a steady current into it). Lab 3 measures how well that fits.
# >
# > **What to expect**, as measured for the four networks: 91.7 to 92.5 % for those of sigmoids, 92.5 to 93.8 % for those of
# > ReLUs. They are trained for four passes only, so that nobody waits; after twenty it is 94.5 to 95.1 % and 95.1 to
# > 95.6 % of the same 2,000 digits. The nearest mean (of all training digits) reads 81.2 %.

# %% [markdown]
# ## Words
#
# | word | meaning here |
# |---|---|
# | weight | how much an input speaks for a neuron (positive) or against it (negative) |
# | bias | what is added to the weighted inputs; its negative is the threshold |
# | activation | what a neuron makes of its weighted sum: here a number from 0 to 1 (sigmoid), or from 0 upwards (ReLU) |
# | hidden layer | units that are neither inputs nor outputs |
# | forward pass | from the inputs to the outputs, one layer after the other |
# | softmax | ten sums as ten shares that make 1 |
#
# ## To read on
#
# - Grant Sanderson (3Blue1Brown), [*But what is a neural network?*](https://youtu.be/aircAruvnKk), 2017: weighted sums and
#   the sigmoid from [10:24](https://youtu.be/aircAruvnKk?t=624), ReLU from [17:30](https://youtu.be/aircAruvnKk?t=1050).
# - Michael Nielsen, [*Neural Networks and Deep Learning*](http://neuralnetworksanddeeplearning.com/), 2015, chapter 1:
#   the same network at a slower pace.
# - W. S. McCulloch and W. Pitts, "A logical calculus of the ideas immanent in nervous activity", *Bulletin of Mathematical
#   Biophysics* 5 (1943), 115–133: the first artificial neuron.
# - F. Rosenblatt, "The perceptron", *Psychological Review* 65 (1958), 386–408: weights that are learned.
# - X. Glorot, A. Bordes and Y. Bengio, "Deep sparse rectifier neural networks", *AISTATS* 2011, 315–323: why ReLU.

# %%
check.summary()
