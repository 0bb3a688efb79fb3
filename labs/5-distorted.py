# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Lab 5: The two networks on distorted digits
#
# You read a sloppy, tiny or spotted 3 without effort. A network that reads 97 % of clean digits has never met a sloppy
# one. In this lab you make digits worse step by step and show them to two readers: a standard network, and its *spiking
# twin*, the same network built of cells. You will measure how fast each of them fails, how sure you may be of that, and
# whether the two are really different.
#
# | | |
# |---|---|
# | **You need** | Lab 1 (accuracy, what a digit is to a computer), and from labs 2 to 4 the idea: a network of units, and the same network made of spiking cells. Arrays in Python. Probability: a fair coin, a standard deviation. |
# | **You will be able to** | measure and draw a psychometric curve; say how sure an accuracy is; compare two readers fairly, digit by digit; tell "equally good" from "alike" |
# | **Time** | 60–90 minutes; the computing takes 15 seconds on one core |
# | **How it goes** | In every part: *sketch* or guess first, *calculate*, *run*, *compare*. Cells marked **Task** are yours: replace `...`, run the cell (Shift–Enter), and the line `check.task(…)` tells you whether it is right. Stuck? Run `check.hint("5.3")` in a new cell: there are three hints a task. |
#
# Run the cells from top to bottom. If you come back later, *Run → Run All Cells* brings everything back.

# %% tags=["student"]
from compare.lab import check

me = check.begin(5, student="practice")
me

# %% [markdown] tags=["instructor"]
# > **For the instructor.** The point of the sheet is fair comparison, not who wins: the twins fall nearly together, and
# > part E shows that a spiking twin is *more* like its own network than a second standard network is. Collect the
# > predictions of part B on the blackboard before anyone runs part C, and come back to them in part D. A plan for 90 minutes: A and B 20 min, C 30 min, D 20 min, E and the discussion 20 min. For 60 minutes leave
# > out task 5.1 and the two cells on the cure, and solve 5.4 together: the figure with the intervals needs it.

# %%
import json
from pathlib import Path

import numpy as np
from scipy.stats import binom

from compare.lab import twins
from compare.lab.checks.lab5 import COUNT, answers, severities_of
from compare.lab.figures.distorted import both_see, curves, likeness, two_readers
from compare.lab.figures.pictures import gallery
from compare.lab.show import explore
from data import DISTORTIONS, Digits, Stroke, distort, prepare, render

test = twins.test_digits(COUNT)  # 400 digits to be judged by
ann = twins.network(me.network)  # the standard network: 784-100-10, of ReLUs
bio = twins.twin(me.network)  # the same, translated into spiking cells (lab 4)
x = test.images[me.digit]
gallery([x], [f"digit {me.digit}"], f"One of {COUNT} test digits, a {test.labels[me.digit]}")

# %% [markdown]
# ## A. Making a digit worse
#
# **Sketch** your digit in squares of 4 × 4 pixels: each square gets *one* brightness. Would your neighbour still read it?
# And in squares of 7 × 7, of which there are only 16?
#
# **Task 5.1** (2 points). Write `coarse(image, block)`: the image in squares of `block` × `block` pixels. All pixels of a
# square get the mean of what was there. It stays a line of 784 numbers, and the image that was given stays as it was.


# %%
def coarse(image, block):
    """The image (784,) with each square of block × block pixels averaged; block divides 28. Again (784,)."""
    # BEGIN SOLUTION
    # prompt: picture = image.reshape(28, 28)
    # prompt: ...  # your code here
    new = image.reshape(28, 28).copy()
    for r in range(0, 28, block):
        for c in range(0, 28, block):
            new[r : r + block, c : c + block] = new[r : r + block, c : c + block].mean()
    return new.reshape(784)
    # END SOLUTION


check.task("5.1", coarse)

# %%
if check.done("5.1"):
    pixels = [1, 2, 4, 7, 14]
    pictures = [coarse(x, block) for block in pixels]
    says = ann.classify(np.array(pictures))
    finding = (
        f"Squares of {me.block} pixels: the network says {says[pixels.index(me.block)]} to a {test.labels[me.digit]}"
    )
    display(gallery(pictures, [f"{28 // b} × {28 // b}: {answer}" for b, answer in zip(pixels, says)], finding))

# %% [markdown]
# There are many more ways to make a digit worse. `distort(images, name, severity, seed=…)` knows 21 of them; at severity 0
# nothing happens. Two are yours: one as hands make it, one as paper and cameras make it.

# %%
for name in (me.sloppy, me.spoilt):
    severities = [severities_of(name)[round(i)] for i in np.linspace(0, len(severities_of(name)) - 1, 5)]
    pictures = [distort(x[None], name, s, seed=me.seed)[0] for s in severities]
    unit = DISTORTIONS[name].unit
    display(gallery(pictures, [f"{s:.3g}" for s in severities], f"“{name}”, at growing severity ({unit})"))

# %% [markdown]
# ## B. Predict
#
# Both networks learned from clean digits only. Look at the two rows above and write down, before anything is run:
#
# - at which severity of each distortion the standard network will have lost *half* of what it can lose (you still read
#   most of them, so be honest about what a network can do);
# - by how many points (of 100) the spiking twin will stand distortion better. A negative number: worse.

# %%
# BEGIN SOLUTION
# prompt: guess_sloppy = ...  # a severity of me.sloppy
# prompt: guess_spoilt = ...  # a severity of me.spoilt
# prompt: guess_lead = ...  # points by which the spiking twin stands it better
guess_sloppy = severities_of(me.sloppy)[-2]
guess_spoilt = severities_of(me.spoilt)[-2]
guess_lead = 5
# END SOLUTION

# %% [markdown]
# ## C. Psychometric curves
#
# In the laboratory one shows a person pictures that get worse, asks what they are, and draws the share of right answers
# over severity: a *psychometric curve*. Networks can be asked in the same way. The next cell shows your 400 digits to both
# networks at each severity, the same distorted digits to both. Each gives a table of answers: a row for each severity, a
# column for each digit.

# %%
ann_sloppy, bio_sloppy = answers(me, me.sloppy)
ann_spoilt, bio_spoilt = answers(me, me.spoilt)
middle = len(severities_of(me.sloppy)) // 2  # a severity half-way, for parts D and E
print("answers of the standard network:", ann_sloppy.shape, "  of its spiking twin:", bio_sloppy.shape)

# %% [markdown]
# **Task 5.2** (1 point). Write `accuracies(answers, labels)`: for each severity, the share of digits that are read right.


# %%
def accuracies(answers, labels):
    """The share of right answers in each row of answers (severities, digits), given labels (digits,)."""
    # BEGIN SOLUTION
    return (answers == labels).mean(axis=1)
    # END SOLUTION


check.task("5.2", accuracies)

# %%
if check.done("5.2"):
    shares = {"ann": accuracies(ann_sloppy, test.labels), "bio": accuracies(bio_sloppy, test.labels)}
    finding = f"“{me.sloppy}” brings the standard network from {shares['ann'][0]:.0%} to {shares['ann'][-1]:.0%}"
    display(curves(severities_of(me.sloppy), DISTORTIONS[me.sloppy].unit, shares, finding, predicted=guess_sloppy))

# %% [markdown]
# **Compare** with your first guess (the diamond). Do the two curves differ? Before you answer: how much would they move if
# you had taken 400 *other* digits?
#
# Of n digits, a share p̂ was read right. The true accuracy p, over all digits there are, is another number. If it were p,
# then p̂ would scatter around it with a standard deviation of √(p(1−p)/n). So it is reasonable to call a p *plausible* if
#
# > |p̂ − p| ≤ 1.96 · √(p(1−p)/n),
#
# as then p̂ is among the 95 % of results that p would give. All plausible p together are an interval, found by Edwin
# Wilson in 1927. Mind that the spread is that of p, which is being tried, and not that of p̂.
#
# **Calculate** on paper: `me.right` of `me.shown` digits were read right. Is p = 0.95 plausible? And p = 0.5?
#
# **Task 5.3** (2 points). Write `interval(right, shown)`: the lowest and the highest plausible p. (Solve the condition,
# with = instead of ≤, for p. It is a quadratic equation.)


# %%
def interval(right, shown):
    """The lower and the upper end of Wilson's 95 % interval, for so many right answers out of so many shown."""
    # BEGIN SOLUTION
    z, p = 1.96, right / shown
    middle = p + z**2 / (2 * shown)
    spread = z * np.sqrt(p * (1 - p) / shown + z**2 / (4 * shown**2))
    return (middle - spread) / (1 + z**2 / shown), (middle + spread) / (1 + z**2 / shown)
    # END SOLUTION


check.task("5.3", interval)

# %% [markdown]
# One number for a whole curve: the severity at which the accuracy is **half-way** between that on clean digits and
# guessing, 0.1. Between two severities that were tried, take the curve for a straight line.
#
# **Task 5.4** (2 points). Write `halfway(severities, accuracy)`. (You may rely on the curve getting there.)


# %%
def halfway(severities, accuracy):
    """The severity at which a curve has fallen half-way from its first value to 0.1."""
    # BEGIN SOLUTION
    half = (accuracy[0] + 0.1) / 2
    i = np.argmax(accuracy < half)
    part = (accuracy[i - 1] - half) / (accuracy[i - 1] - accuracy[i])
    return severities[i - 1] + part * (severities[i] - severities[i - 1])
    # END SOLUTION


check.task("5.4", halfway)

# %%
if check.done("5.2", "5.3", "5.4"):
    tables = {me.sloppy: (ann_sloppy, bio_sloppy, guess_sloppy), me.spoilt: (ann_spoilt, bio_spoilt, guess_spoilt)}
    for name, (of_ann, of_bio, guess) in tables.items():
        shares = {who: accuracies(table, test.labels) for who, table in (("ann", of_ann), ("bio", of_bio))}
        ends = {who: [interval(round(share * COUNT), COUNT) for share in values] for who, values in shares.items()}
        down = all(min(values) < (values[0] + 0.1) / 2 for values in shares.values())  # did both get there?
        levels = np.array(severities_of(name))
        half = {who: halfway(levels, np.array(values)) for who, values in shares.items()} if down else None
        told = f"half is lost at {half['ann']:.2g} and {half['bio']:.2g}" if half else "not both lose half"
        finding = f"“{name}”: {told} (standard network, spiking twin)"
        unit = DISTORTIONS[name].unit
        display(curves(severities_of(name), unit, shares, finding, intervals=ends, halfway=half, predicted=guess))

# %% [markdown]
# **Compare.** Where do the shaded bands overlap? Does that mean that the two are equally good? (Not quite: wait for part
# D.)
#
# Move the slider to follow one digit on its way down. Where does each network change its mind, and how sure of itself is
# the standard network when it is wrong?

# %% tags=["slow"]
steps = 21
up_to = severities_of(me.sloppy)[-1]
fine = tuple(float(s) for s in np.linspace(0, up_to, steps))
worse = np.array([distort(x[None], me.sloppy, s, seed=me.seed)[0] for s in fine])
seen = twins.both(bio, Digits(worse, np.full(steps, test.labels[me.digit])))
sure = ann.forward(worse)[-1]


def at(step):
    words = f"{me.sloppy} {fine[step]:.2g} ({DISTORTIONS[me.sloppy].unit})"
    return both_see(worse[step], sure[step], seen.response.counts[-1][step], int(test.labels[me.digit]), words)


explore(at, step=(0, steps - 1, 1, steps // 2))

# %% [markdown]
# ## D. Which of the two is better?
#
# Both networks saw *the same* digits, and most of them they both read, or both misread. Those say nothing about which is
# better. What counts are the digits that only one of them reads.
#
# **Task 5.5** (1 point). `ann_right` and `bio_right` are arrays of True and False, one for each digit. Write
# `only_one(ann_right, bio_right)`: how many digits only the standard network reads, and how many only the twin.


# %%
def only_one(ann_right, bio_right):
    """Two counts: digits that only the first reads, and that only the second reads."""
    # BEGIN SOLUTION
    return (ann_right & ~bio_right).sum(), (bio_right & ~ann_right).sum()
    # END SOLUTION


check.task("5.5", only_one)

# %% [markdown]
# If the two are equally good, then each of those digits is a fair coin that fell on one of two sides. Say 10 digits are
# read by one of them only, 8 by the one and 2 by the other. Is that more lopsided than ten coins should be?
#
# **Calculate** on paper for 3 against 0: how often do three fair coins all show the same side?
#
# **Task 5.6** (2 points). Write `mcnemar(only_ann, only_bio)`: the chance that fair coins are *at least as lopsided*,
# either way. `binom.cdf(k, n, 0.5)` is the chance of at most k heads in n throws. (This is McNemar's exact test.)


# %%
def mcnemar(only_ann, only_bio):
    """The chance p of counts at least as lopsided as these, in either direction, from fair coins."""
    # BEGIN SOLUTION
    n = only_ann + only_bio
    return min(1.0, 2 * binom.cdf(min(only_ann, only_bio), n, 0.5))
    # END SOLUTION


check.task("5.6", mcnemar)

# %%
if check.done("5.5", "5.6"):
    a, b = ann_sloppy[middle] == test.labels, bio_sloppy[middle] == test.labels
    first, second = only_one(a, b)
    counts = {"both": int((a & b).sum()), "only the standard network": first, "only its twin": second}
    counts["neither"] = int((~a & ~b).sum())
    p = mcnemar(first, second)
    word = "more than coins would be" if p < 0.05 else "no more than coins would be"
    where = f"“{me.sloppy}” {severities_of(me.sloppy)[middle]:.3g}"
    display(two_readers(counts, f"{where}: {first} against {second}, lopsided {word} (p = {p:.2g})"))

# %% [markdown]
# Is a network that loses *less* sturdier? The twin starts a little lower already on clean digits: that is the price of its
# translation into spikes, and no weakness against distortion. A fair question is how its lead *changes*.
#
# **Task 5.7** (2 points). `ann_right` and `bio_right` are tables of True and False now: a row for each severity, row 0 for
# clean digits. Write `lead(ann_right, bio_right)`: by how much the accuracy of the twin exceeds that of the network *beyond*
# what it does on clean digits, in the mean over all severities above 0. Positive: the twin stands distortion better.


# %%
def lead(ann_right, bio_right):
    """The twin's mean lead at severities above 0, beyond that on clean digits; tables (severities, digits)."""
    # BEGIN SOLUTION
    ahead = bio_right.mean(axis=1) - ann_right.mean(axis=1)
    return (ahead[1:] - ahead[0]).mean()
    # END SOLUTION


check.task("5.7", lead)

# %%
if check.done("5.7"):
    for name, (of_ann, of_bio) in {me.sloppy: (ann_sloppy, bio_sloppy), me.spoilt: (ann_spoilt, bio_spoilt)}.items():
        points = 100 * lead(of_ann == test.labels, of_bio == test.labels)
        print(f"{name:<16} the spiking twin stands it better by {points:+.1f} points (you predicted {guess_lead})")

# %% [markdown]
# **Compare** with your prediction. And be careful: 400 digits, two distortions, one pair of networks. What would you have
# to do before you write "spiking networks stand noise better" into a paper?
#
# ## E. Equally good, or alike?
#
# Two pupils both get 80 % in a test. Did one copy from the other? You look at *which* answers are wrong. If two readers
# knew nothing of each other, with accuracies p and q, they would still agree (both right, or both wrong) on some digits by
# chance. What they agree on beyond that, as a share of what could be had beyond it, is **kappa**:
#
# > κ = (observed − expected) / (1 − expected).
#
# **Calculate** on paper: two readers, both right on 80 %, agree on 80 % of the digits. What is expected? What is κ? (You
# should get 0.68 and 0.375.)
#
# **Task 5.8** (2 points). Write `kappa(a_right, b_right)` for two arrays of True and False.


# %%
def kappa(a_right, b_right):
    """How much the errors of two readers have in common: 0 as by chance, 1 the same digits."""
    # BEGIN SOLUTION
    p, q = a_right.mean(), b_right.mean()
    expected = p * q + (1 - p) * (1 - q)
    return ((a_right == b_right).mean() - expected) / (1 - expected)
    # END SOLUTION


check.task("5.8", kappa)

# %% [markdown]
# **Predict.** Three readers: your network, its spiking twin, and a *brother*, a standard network that learned from the same
# digits in the same way, from other random numbers. All are about equally good. Whose errors are more like your network's:
# those of the twin, made of cells, or those of the brother, made of the same units?

# %%
# BEGIN SOLUTION
# prompt: guess_twin = ...  # kappa of your network and its twin, from 0 to 1
# prompt: guess_brother = ...  # kappa of your network and its brother
guess_twin = 0.5
guess_brother = 0.7
# END SOLUTION

# %%
if check.done("5.8"):
    shown = twins.distorted(COUNT, me.sloppy, severities_of(me.sloppy), me.seed)
    brother = twins.network((me.network + 1) % twins.SEEDS).classify(shown.images).reshape(ann_sloppy.shape)
    a, b, c = (table[middle] == test.labels for table in (ann_sloppy, bio_sloppy, brother))
    kappas = {
        "network and spiking twin": kappa(a, b),
        "network and brother": kappa(a, c),
        "twin and brother": kappa(b, c),
    }
    more, less = (
        ("twin", "brother")
        if kappas["network and spiking twin"] > kappas["network and brother"]
        else ("brother", "twin")
    )
    finding = f"Of all errors on “{me.sloppy}”, the network shares more with its {more} than with its {less}"
    print(f"you predicted {guess_twin} for the twin and {guess_brother} for the brother")
    display(likeness(kappas, finding))

# %% [markdown]
# **Compare.** What makes two networks alike: what they are made of, or what they have learned?
#
# ## F. The cure, and people
#
# The networks fail on what they have never met. So let a network meet it: the next cell trains one whose digits are moved
# about, by up to two pixels, each time they are learned from. **Predict** first: will it stand shifted digits better? And
# your other distortion?

# %% tags=["slow"]
if check.done("5.2"):
    cured = twins.network(me.network, jitter=2)
    for name in dict.fromkeys(["shift", me.spoilt]):
        shown = twins.distorted(COUNT, name, severities_of(name), me.seed)
        shape = (len(severities_of(name)), COUNT)
        before, after = (accuracies(net.classify(shown.images).reshape(shape), test.labels) for net in (ann, cured))
        told = "  ".join(f"{s:.3g}: {b:.0%} → {a:.0%}" for s, b, a in zip(severities_of(name), before, after))
        print(f"{name:<16} {told}")

# %% [markdown]
# What does a person do? Geirhos and colleagues (2018) put people and deep networks before the same distorted photographs,
# 16 classes, in a controlled experiment. On clean pictures they were equally good. As pictures got worse, people stayed
# ahead under most of twelve distortions. Networks that had been trained on a distortion became better than people on *that
# one* — and often no better on others, even where the two look alike to us. And asked which pictures they got wrong,
# networks were alike among each other, but hardly more like people than chance (Geirhos and colleagues, 2020, with the κ
# of task 5.8).
#
# **If there is time: your own digit** (not scored). Draw one on the page that `analogy live` opens, press *Save the data*, and
# lay the file `two-networks.json` beside this sheet; in place of the 3 of `written`, say which digit it is. Make it one that
# you read and the networks do not. Without such a file, the strokes below are taken, from (0, 0) at the top left to (1, 1):
# they are cut out, shrunk and centred as the page does.

# %% tags=["slow"]
strokes = [Stroke([(0.3, 0.2), (0.7, 0.2), (0.45, 0.45), (0.7, 0.6), (0.6, 0.8), (0.3, 0.78)], 0.08)]
drawn, written = prepare(render(strokes)), 3  # which digit it is: change it for one of your own
if Path("two-networks.json").exists():
    drawn = np.array(json.loads(Path("two-networks.json").read_text())["question"]["pixels"], np.float32)
own = twins.both(bio, Digits(drawn[None], np.array([written])))
both_see(drawn, ann.forward(drawn[None])[-1][0], own.response.counts[-1][0], written, "drawn by hand")

# %% [markdown]
# ## To discuss
#
# 1. The bands of two curves overlap. Why may McNemar's test tell them apart nevertheless? When would it be right to look
#    at the bands only?
# 2. Twenty distortions are tried, and in one of them the twin is ahead with p = 0.03. What do you make of it?
# 3. Both networks get the same accuracy, and κ is 0.9. A third gets the same accuracy, and κ is 0.3. Which of them would
#    you add to the first to read better together?
# 4. People move their eyes, know what a pen does, and have seen a million shapes that were no digits. Which of these could
#    make them sturdy, and how would you test it with a network?
# 5. The spiking twin was made *from* the network. What would have to be different about a spiking network for a comparison
#    with brains to say something?
#
# Write your answers here (they are not scored by the machine):

# %% [markdown]
# *Your answers …*

# %% [markdown] tags=["instructor"]
# > **Model answers.**
# >
# > 1. A band says how far a curve would move with *other* digits, and both curves move together then, since both saw the
# >    same digits. The test looks only at digits on which they differ. Bands are right for readers that saw different digits.
# > 2. By chance alone, one in twenty comes out below 0.05. It is a reason to try again with new digits, not a finding. (Or
# >    ask for p < 0.05/20 from the start.)
# > 3. The third: it errs on other digits, so that together they can correct each other. A twin that errs on the same digits
# >    adds nothing.
# > 4. For example: let the network look several times, at shifted crops, and vote (eye movements); train on digits with
# >    varied strokes (the pen); train first on other shapes, then on digits. Each is an experiment with a control, on
# >    distortions that were in no training.
# > 5. It would have to learn by itself, from what its own cells see, or to have the wiring of an animal; ours has inherited
# >    its network's knowledge, and with it its errors. That is what κ shows.
# >
# > **What to expect**, as measured with both networks on the sheet's 400 digits, for two seeds of each distortion. Half is
# > lost at 2.8 pixels (shift), 37° (rotate), a scale of 0.4, a pen that trembles by 1.8 pixels (zigzag), noise of SD 0.35, 26 %
# > of the pixels replaced (impulse noise), blocks of 6.5 pixels, and not quite by an occluding square of 12; twin and network
# > differ by a few per cent of that. On clean digits the twin reads 1.0 or 1.5 points less. Beyond that its lead is −2.3 to
# > +3.1 points: a little worse when digits change size, a little better in noise and at low resolution, and nothing for the
# > other distortions. McNemar's p is below 0.05 in one of five cases, mostly because of the point lost on clean digits. κ in the
# > middle of each curve: 0.80 to 0.92 for network and twin, 0.65 to 0.83 for network and brother; the twin was ahead in all 32
# > cases. Digits moved in training lift shift 3 from about 50 % to 93 %, and *lower* impulse noise 0.2 from 69 % to 44 %.

# %% [markdown]
# ## Words
#
# | word | meaning here |
# |---|---|
# | spiking twin | the standard network, translated unit by unit into spiking cells (lab 4) |
# | severity | how far a distortion goes, in its own unit; 0 changes nothing |
# | psychometric curve | the share of right answers over severity |
# | 95 % interval | all true accuracies that would make the measured one no surprise |
# | paired comparison | two readers on the same digits, digit by digit |
# | p | the chance of something at least as lopsided, if the two were equally good |
# | κ (kappa) | agreement beyond chance, as a share of what is possible beyond it |
#
# ## To read on
#
# - Grant Sanderson (3Blue1Brown), [*But what is a neural network?*](https://youtu.be/aircAruvnKk), 2017: from
#   [0:06](https://youtu.be/aircAruvnKk?t=6), the sloppy 3 at low resolution.
# - R. Geirhos, C. R. M. Temme, J. Rauber, H. H. Schütt, M. Bethge and F. A. Wichmann, "Generalisation in humans and deep
#   neural networks", *Advances in Neural Information Processing Systems* 31 (2018), 7538–7550.
# - R. Geirhos, K. Meding and F. A. Wichmann, "Beyond accuracy: quantifying trial-by-trial behaviour of CNNs and humans by
#   measuring error consistency", *Advances in Neural Information Processing Systems* 33 (2020), 13890–13902.
# - N. Mu and J. Gilmer, "MNIST-C: a robustness benchmark for computer vision", 2019,
#   [arXiv:1906.02337](https://arxiv.org/abs/1906.02337): distortions as you used them.
# - F. A. Wichmann and N. J. Hill, "The psychometric function: I. Fitting, sampling, and goodness of fit", *Perception &
#   Psychophysics* 63 (2001), 1293–1313, [doi:10.3758/BF03194544](https://doi.org/10.3758/BF03194544).
# - E. B. Wilson, "Probable inference, the law of succession, and statistical inference", *Journal of the American
#   Statistical Association* 22 (1927), 209–212, [doi:10.1080/01621459.1927.10502953](https://doi.org/10.1080/01621459.1927.10502953).
# - Q. McNemar, "Note on the sampling error of the difference between correlated proportions or percentages", *Psychometrika*
#   12 (1947), 153–157, [doi:10.1007/BF02295996](https://doi.org/10.1007/BF02295996).
# - J. Cohen, "A coefficient of agreement for nominal scales", *Educational and Psychological Measurement* 20 (1960), 37–46,
#   [doi:10.1177/001316446002000104](https://doi.org/10.1177/001316446002000104): κ.

# %%
check.summary()
