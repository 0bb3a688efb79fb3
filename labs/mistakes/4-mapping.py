# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# Typical wrong answers of lab 4: each cell runs after the solutions, and its task's check must meet it with the
# words in `meets`. They stand in the instructor's edition too.

# %% task="4.1" meets="refractory time is missing"
def drive_for(rate):
    return 1 / (1 - np.exp(-1000 / rate / me.tau))


# %% task="4.1" meets="has to be taken off"
def drive_for(rate):
    return 1 / (1 - np.exp(-(1000 / rate + me.t_ref) / me.tau))


# %% task="4.1" meets="sign in the exponent"
def drive_for(rate):
    return 1 / (1 - np.exp((1000 / rate - me.t_ref) / me.tau))


# %% task="4.1" meets="Seconds and milliseconds"
def drive_for(rate):
    return 1 / (1 - np.exp(-(1 / rate - me.t_ref) / me.tau))


# %% task="4.1" meets="the way from a drive to its rate"
def drive_for(rate):
    J = np.maximum(rate, 1 + 1e-9)
    return np.where(rate > 1, 1000 / (me.t_ref + me.tau * np.log(J / (J - 1))), 0)


# %% task="4.1" meets="not yet J"
def drive_for(rate):
    return np.exp((1000 / rate - me.t_ref) / me.tau)


# %% task="4.2" meets="one rheobase too much"
c1 = drive_for(me.r_max)

# %% task="4.2" meets="far below its rheobase"
c0 = 0

# %% task="4.2" meets="not a rate"
c1 = me.r_max

# %% task="4.2" meets="z/λ is 1 there"
c1 = (drive_for(me.r_max) - 1) / lam

# %% task="4.2" meets="on the edge of firing"
c0 = 0.5

# %% task="4.3" meets="a single odd digit"
lam = np.maximum(training.images @ weights[0] + biases[0], 0).max()

# %% task="4.3" meets="counts from 0 to 100"
lam = np.percentile(np.maximum(training.images @ weights[0] + biases[0], 0), 0.999)

# %% task="4.3" meets="one λ for each unit"
lam = np.percentile(np.maximum(training.images @ weights[0] + biases[0], 0), 99.9, axis=0)

# %% task="4.3" meets="That is the mean"
lam = np.maximum(training.images @ weights[0] + biases[0], 0).mean()

# %% task="4.3" meets="99th percentile"
lam = np.percentile(np.maximum(training.images @ weights[0] + biases[0], 0), 99)


# %% task="4.4" meets="The inputs are rates now"
def to_cells(W, b, before, lam, c0, c1):
    return W * before * c1 / lam, c0 + c1 * b / lam


# %% task="4.4" meets="not for 1"
def to_cells(W, b, before, lam, c0, c1):
    return W / me.r_max * c1 / lam, c0 + c1 * b / lam


# %% task="4.4" meets="Rates are divided by"
def to_cells(W, b, before, lam, c0, c1):
    return W / before / me.r_max * c1 / lam, c0 + c1 * b / lam


# %% task="4.4" meets="c0 is the drive that is there without any input"
def to_cells(W, b, before, lam, c0, c1):
    return c0 + W * before / me.r_max * c1 / lam, c0 + c1 * b / lam


# %% task="4.4" meets="The biases lack c0"
def to_cells(W, b, before, lam, c0, c1):
    return W * before / me.r_max * c1 / lam, c1 * b / lam


# %% task="4.4" meets="The biases are taken as they are"
def to_cells(W, b, before, lam, c0, c1):
    return W * before / me.r_max * c1 / lam, c0 + b


# %% task="4.4" meets="or its rates"
def to_cells(W, b, before, lam, c0, c1):
    return W * before / me.r_max * c1 / lam, c0 + b * before / me.r_max * c1 / lam


# %% task="4.4" meets="Two arrays are to come back"
def to_cells(W, b, before, lam, c0, c1):
    return W * before / me.r_max * c1 / lam


# %% task="4.5" meets="All layers use the λ of the first"
def translate(weights, biases, lams, c0, c1):
    both = [to_cells(W, b, lams[1] if k else 1, lams[1], c0, c1) for k, (W, b) in enumerate(zip(weights, biases))]
    return [W for W, b in both], [b for W, b in both]


# %% task="4.5" meets="take their inputs for pixels"
def translate(weights, biases, lams, c0, c1):
    both = [to_cells(W, b, 1, lam, c0, c1) for W, b, lam in zip(weights, biases, lams[1:])]
    return [W for W, b in both], [b for W, b in both]


# %% task="4.5" meets="have changed places"
def translate(weights, biases, lams, c0, c1):
    both = [to_cells(W, b, lams[k + 1], lams[k], c0, c1) for k, (W, b) in enumerate(zip(weights, biases))]
    return [W for W, b in both], [b for W, b in both]


# %% task="4.5" meets="The last layer is not translated"
def translate(weights, biases, lams, c0, c1):
    both = [to_cells(W, b, *lams[k : k + 2], c0, c1) for k, (W, b) in enumerate(zip(weights, biases))]
    both[-1] = weights[-1], biases[-1]
    return [W for W, b in both], [b for W, b in both]


# %% task="4.5" meets="Two lists are to come back"
def translate(weights, biases, lams, c0, c1):
    return [to_cells(W, b, *lams[k : k + 2], c0, c1) for k, (W, b) in enumerate(zip(weights, biases))]


# %% task="4.6" meets="for a straight line"
def decode(counts, duration, lam):
    return lam * counts / duration / me.r_max


# %% task="4.6" meets="parts of λ"
def decode(counts, duration, lam):
    return (drive_for(np.maximum(counts / duration, 1e-9)) - c0) / c1


# %% task="4.6" meets="no number comes out"
def decode(counts, duration, lam):
    rate = np.where(counts > 0, counts / duration, np.nan)
    return lam * (drive_for(rate) - c0) / c1


# %% task="4.6" meets="A silent cell stands for"
def decode(counts, duration, lam):
    return lam * drive_for(np.maximum(counts / duration, 1e-9)) / c1


# %% task="4.6" meets="divide by the duration"
def decode(counts, duration, lam):
    return lam * (drive_for(np.maximum(counts, 1e-9)) - c0) / c1


# %% task="4.6" meets="c1 is missing"
def decode(counts, duration, lam):
    return lam * (drive_for(np.maximum(counts / duration, 1e-9)) - c0)


# %% task="4.7" meets="Rows and columns are exchanged"
def on_off(unit_on, cell_on):
    return np.array([[(a & b).sum() for b in (~unit_on, unit_on)] for a in (~cell_on, cell_on)])


# %% task="4.7" meets="First off, then on"
def on_off(unit_on, cell_on):
    return np.array([[(a & b).sum() for b in (cell_on, ~cell_on)] for a in (unit_on, ~unit_on)])


# %% task="4.7" meets="These are shares"
def on_off(unit_on, cell_on):
    return np.array([[(a & b).mean() for b in (~cell_on, cell_on)] for a in (~unit_on, unit_on)])


# %% task="4.7" meets="a table of 2 by 2"
def on_off(unit_on, cell_on):
    return (unit_on == cell_on).mean()


# %% task="4.8" meets="high even by chance"
def matthews(table):
    return np.trace(table) / np.sum(table)


# %% task="4.8" meets="square root is missing"
def matthews(table):
    t = np.asarray(table, float)
    return (t[0, 0] * t[1, 1] - t[0, 1] * t[1, 0]) / (t.sum(axis=0).prod() * t.sum(axis=1).prod())


# %% task="4.8" meets="they speak against"
def matthews(table):
    t = np.asarray(table, float)
    return (t[0, 0] * t[1, 1] + t[0, 1] * t[1, 0]) / np.sqrt(t.sum(axis=0).prod() * t.sum(axis=1).prod())


# %% task="4.8" meets="That is F₁"
def matthews(table):
    t = np.asarray(table, float)
    return 2 * t[1, 1] / (2 * t[1, 1] + t[0, 1] + t[1, 0])


# %% task="4.8" meets="The sign"
def matthews(table):
    t = np.asarray(table, float)
    return (t[0, 1] * t[1, 0] - t[0, 0] * t[1, 1]) / np.sqrt(t.sum(axis=0).prod() * t.sum(axis=1).prod())


# %% task="4.9" meets="One number for all moments"
def by_time(verdicts, labels):
    return (verdicts == labels[:, None]).mean()


# %% task="4.9" meets="average over the digits"
def by_time(verdicts, labels):
    return (verdicts == labels[:, None]).mean(axis=1)


# %% task="4.9" meets="the label of another digit"
def by_time(verdicts, labels):
    return (verdicts == labels).mean(axis=0)


# %% task="4.9" meets="shares of errors"
def by_time(verdicts, labels):
    return (verdicts != labels[:, None]).mean(axis=0)


# %% task="4.10" meets="Slope and intercept have changed places"
s0, s1 = np.polyfit(levels, drive_for(me.r_max * levels), 1)

# %% task="4.10" meets="levels over drives"
s1, s0 = np.polyfit(drive_for(me.r_max * levels), levels, 1)

# %% task="4.10" meets="levels from 0 to 1"
s1, s0 = np.polyfit(me.r_max * levels, drive_for(me.r_max * levels), 1)

# %% task="4.10" meets="threshold alignment again"
s0, s1 = c0, c1

# %% task="4.11" meets="before the first there is none"
first_spike = me.t_ref + me.tau * np.log(J / (J - 1))

# %% task="4.11" meets="what a tenth of the drive makes"
first_spike = 1000 / (me.r_max / 10)

# %% task="4.11" meets="In seconds"
first_spike = me.tau / 1000 * np.log(J / (J - 1))

# %% task="4.11" meets="fully active unit"
first_spike = me.tau * np.log((c0 + c1) / (c0 + c1 - 1))

# %% task="4.12" meets="In seconds"
longest = 1 / me.r_max

# %% task="4.12" meets="no part of the limit"
longest = 1000 / me.r_max - me.t_ref

# %% task="4.12" meets="ceiling of your own cell"
longest = 1000 / me.t_ref
