# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# Typical wrong answers of lab 6: each cell runs after the solutions, and its task's check must meet it with the
# words in `meets`. They stand in the instructor's edition too.


# %% task="6.1" meets="heard for the first time"
def decision_time(verdicts, times):
    return times[(verdicts == verdicts[:, -1:]).argmax(axis=1)]


# %% task="6.1" meets="look up their times"
def decision_time(verdicts, times):
    found = []
    for row in verdicts:
        differs = np.flatnonzero(row != row[-1])
        found.append(differs[-1] + 1 if len(differs) else 0)
    return np.array(found)


# %% task="6.1" meets="changes for the first time"
def decision_time(verdicts, times):
    changes = np.diff(verdicts, axis=1) != 0
    return times[np.where(changes.any(axis=1), changes.argmax(axis=1) + 1, len(times) - 1)]


# %% task="6.1" meets="last sample at which the verdict was still another"
def decision_time(verdicts, times):
    return times[[max(np.flatnonzero(row != row[-1]), default=-1) for row in verdicts]]


# %% task="6.1" meets="at the first sample"
def decision_time(verdicts, times):
    return np.array(
        [times[differs[-1] + 1] if len(differs := np.flatnonzero(row != row[-1])) else 0 for row in verdicts]
    )


# %% task="6.1" meets="each row is a digit"
def decision_time(verdicts, times):
    settled = (verdicts == verdicts[:, -1:]).all(axis=0)
    return times[settled.argmax()]


# %% task="6.2" meets="has *fired* so often"
def race(counts, lead):
    there = counts.max(axis=1) >= lead
    row = np.argmax(there) if there.any() else len(counts) - 1
    return row, counts[row].argmax()


# %% task="6.2" meets="as much is enough"
def race(counts, lead):
    ordered = np.sort(counts, axis=1)
    ahead = ordered[:, -1] - ordered[:, -2] > lead
    row = np.argmax(ahead) if ahead.any() else len(counts) - 1
    return row, counts[row].argmax()


# %% task="6.2" meets="that of the end"
def race(counts, lead):
    ordered = np.sort(counts, axis=1)
    ahead = ordered[:, -1] - ordered[:, -2] >= lead
    row = np.argmax(ahead) if ahead.any() else len(counts) - 1
    return row, counts[-1].argmax()


# %% task="6.2" meets="stop at the very first row"
def race(counts, lead):
    ordered = np.sort(counts, axis=1)
    row = np.argmax(ordered[:, -1] - ordered[:, -2] >= lead)
    return row, counts[row].argmax()


# %% task="6.2" meets="Row first"
def race(counts, lead):
    ordered = np.sort(counts, axis=1)
    ahead = ordered[:, -1] - ordered[:, -2] >= lead
    row = np.argmax(ahead) if ahead.any() else len(counts) - 1
    return counts[row].argmax(), row


# %% task="6.2" meets="counted from 0"
def race(counts, lead):
    ordered = np.sort(counts, axis=1)
    ahead = ordered[:, -1] - ordered[:, -2] >= lead
    row = np.argmax(ahead) if ahead.any() else len(counts) - 1
    return row + 1, counts[row].argmax()


# %% task="6.2" meets="add up already"
def race(counts, lead):
    ordered = np.sort(counts.cumsum(axis=0), axis=1)
    ahead = ordered[:, -1] - ordered[:, -2] >= lead
    row = np.argmax(ahead) if ahead.any() else len(counts) - 1
    return row, counts[row].argmax()


# %% task="6.3" meets="These are picojoules"
def dense(sizes):
    return sum(a * b for a, b in zip(sizes, sizes[1:])) * 4.6


# %% task="6.3" meets="biases are in your bill"
def dense(sizes):
    return sum(a * b + b for a, b in zip(sizes, sizes[1:])) * 4.6e-3


# %% task="6.3" meets="multiplied first"
def dense(sizes):
    return sum(a * b for a, b in zip(sizes, sizes[1:])) * 0.9e-3


# %% task="6.3" meets="pay for each unit"
def dense(sizes):
    return sum(sizes) * 4.6e-3


# %% task="6.3" meets="one operation here"
def dense(sizes):
    return sum(a * b for a, b in zip(sizes, sizes[1:])) * 5.5e-3


# %% task="6.4" meets="pay once for each spike"
def spiking(fired, sizes):
    return sum(fired) * 0.9e-3


# %% task="6.4" meets="with its own cells"
def spiking(fired, sizes):
    return sum(spikes * units for spikes, units in zip(fired, sizes)) * 0.9e-3


# %% task="6.4" meets="nothing is multiplied"
def spiking(fired, sizes):
    return sum(spikes * units for spikes, units in zip(fired, sizes[1:])) * 4.6e-3


# %% task="6.4" meets="to nobody"
def spiking(fired, sizes):
    return (sum(spikes * units for spikes, units in zip(fired, sizes[1:])) + fired[-1]) * 0.9e-3


# %% task="6.4" meets="Only the input's spikes"
def spiking(fired, sizes):
    return fired[0] * sizes[1] * 0.9e-3


# %% task="6.4" meets="comes *from*"
def spiking(fired, sizes):
    return sum(spikes * units for spikes, units in zip(fired[:-1], sizes)) * 0.9e-3


# %% task="6.5" meets="what each unit *receives*"
def violators(weights):
    return ((weights > 0).any(axis=0) & (weights < 0).any(axis=0)).sum()


# %% task="6.5" meets="A weight of 0 has no sign"
def violators(weights):
    return (~((weights > 0).all(axis=1) | (weights < 0).all(axis=1))).sum()


# %% task="6.5" meets="asked for are units"
def violators(weights):
    return np.minimum((weights > 0).sum(axis=1), (weights < 0).sum(axis=1)).sum()


# %% task="6.5" meets="some inhibition"
def violators(weights):
    return (weights < 0).any(axis=1).sum()


# %% task="6.5" meets="all negative synapses"
def violators(weights):
    return (weights < 0).sum()


# %% task="6.5" meets="share of the units"
def violators(weights):
    return ((weights > 0).any(axis=1) & (weights < 0).any(axis=1)).mean()


# %% task="6.6" meets="turn the wrong ones round"
def project(weights, signs):
    return np.abs(weights) * signs[:, None]


# %% task="6.6" meets="Rows and columns are mixed up"
def project(weights, signs):
    return np.where(weights * signs < 0, 0, weights)


# %% task="6.6" meets="All that inhibits is gone"
def project(weights, signs):
    return np.maximum(weights, 0)


# %% task="6.6" meets="are changed, too"
def project(weights, signs):
    weights[weights * signs[:, None] < 0] = 0
    return weights


# %% task="6.6" meets="silence what keeps it"
def project(weights, signs):
    return np.where(weights * signs[:, None] < 0, weights, 0)


# %% task="6.6" meets="come out positive"
def project(weights, signs):
    return np.maximum(weights * signs[:, None], 0)


# %% task="6.7" meets="two steps apart"
def slope(w, x, target, i, step):
    up, down = w.copy(), w.copy()
    up[i] += step
    down[i] -= step
    return (loss(up, x, target) - loss(down, x, target)) / step


# %% task="6.7" meets="in one direction only"
def slope(w, x, target, i, step):
    up = w.copy()
    up[i] += step
    return (loss(up, x, target) - loss(w, x, target)) / step


# %% task="6.7" meets="not what it was"
def slope(w, x, target, i, step):
    w[i] += step
    above = loss(w, x, target)
    w[i] -= 2 * step
    return (above - loss(w, x, target)) / (2 * step)


# %% task="6.7" meets="all weights at once"
def slope(w, x, target, i, step):
    return (loss(w + step, x, target) - loss(w - step, x, target)) / (2 * step)


# %% task="6.7" meets="step of your own"
def slope(w, x, target, i, step):
    up, down = w.copy(), w.copy()
    up[i] += 1e-4
    down[i] -= 1e-4
    return (loss(up, x, target) - loss(down, x, target)) / 2e-4


# %% task="6.7" meets="sign is turned round"
def slope(w, x, target, i, step):
    up, down = w.copy(), w.copy()
    up[i] += step
    down[i] -= step
    return (loss(down, x, target) - loss(up, x, target)) / (2 * step)


# %% task="6.8" meets="slope of the sigmoid is missing"
def hidden_gradient(x, h, v, error):
    return np.outer(x, v @ error)


# %% task="6.8" meets="way back is missing"
def hidden_gradient(x, h, v, error):
    return np.outer(x, error.sum() * h * (1 - h))


# %% task="6.8" meets="Hebb's rule"
def hidden_gradient(x, h, v, error):
    return np.outer(x, h)


# %% task="6.8" meets="lies on its side"
def hidden_gradient(x, h, v, error):
    return np.outer((v @ error) * h * (1 - h), x)


# %% task="6.8" meets="without another sigmoid"
def hidden_gradient(x, h, v, error):
    s = 1 / (1 + np.exp(-h))
    return np.outer(x, (v @ error) * s * (1 - s))


# %% task="6.8" meets="learning will go against it"
def hidden_gradient(x, h, v, error):
    return -np.outer(x, (v @ error) * h * (1 - h))


# %% task="6.9" meets="in another place"
sees, needs = "ABCDF", "ABDE"

# %% task="6.9" meets="no axon carries it back"
sees, needs = "ABCE", "ABDE"

# %% task="6.9" meets="dopamine, say"
sees, needs = "ABC", "ABDE"

# %% task="6.9" meets="acts through h only"
sees, needs = "ABCF", "ABCDE"

# %% task="6.9" meets="has an error of its own"
sees, needs = "ABCF", "ABF"

# %% task="6.9" meets="(D): find it"
sees, needs = "ABCF", "ABE"


# %% task="6.10" meets="The other way round"
def window(delay):
    grows = me.a_plus * np.exp(-np.abs(delay) / me.tau_plus)
    shrinks = -me.a_minus * np.exp(-np.abs(delay) / me.tau_minus)
    return np.where(delay > 0, shrinks, grows)


# %% task="6.10" meets="strengthens on both sides"
def window(delay):
    grows = me.a_plus * np.exp(-np.abs(delay) / me.tau_plus)
    return np.where(delay > 0, grows, me.a_minus * np.exp(-np.abs(delay) / me.tau_minus))


# %% task="6.10" meets="for negative delays, mind the sign"
def window(delay):
    return np.where(delay > 0, me.a_plus * np.exp(-delay / me.tau_plus), -me.a_minus * np.exp(-delay / me.tau_minus))


# %% task="6.10" meets="time constants are exchanged"
def window(delay):
    return np.where(delay > 0, me.a_plus * np.exp(-delay / me.tau_minus), -me.a_minus * np.exp(delay / me.tau_plus))


# %% task="6.10" meets="does not die away"
def window(delay):
    return np.where(delay > 0, me.a_plus, -me.a_minus)


# %% task="6.10" meets="Nothing happens below 0"
def window(delay):
    return np.where(delay > 0, me.a_plus * np.exp(-np.abs(delay) / me.tau_plus), 0)


# %% task="6.11" meets="pre − post"
def weight_change(pre, post):
    return window(pre[:, None] - post).sum()


# %% task="6.11" meets="the first with the first"
def weight_change(pre, post):
    return sum(window(b - a) for a, b in zip(pre, post))


# %% task="6.11" meets="mean over pairs"
def weight_change(pre, post):
    return window(post[:, None] - pre).mean()


# %% task="6.11" meets="Only pairs that strengthen"
def weight_change(pre, post):
    delays = post[:, None] - pre
    return window(delays[delays > 0]).sum()


# %% task="6.11" meets="nearest before it only"
def weight_change(pre, post):
    return sum(window(b - pre[np.abs(b - pre).argmin()]) for b in post)


# %% task="6.12" meets="taken off, not added"
area = me.a_plus * me.tau_plus + me.a_minus * me.tau_minus

# %% task="6.12" meets="heights only"
area = me.a_plus - me.a_minus

# %% task="6.12" meets="counts as positive"
area = me.a_minus * me.tau_minus - me.a_plus * me.tau_plus

# %% task="6.12" meets="not A/τ"
area = me.a_plus / me.tau_plus - me.a_minus / me.tau_minus
