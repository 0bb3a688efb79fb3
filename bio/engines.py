"""Shows digits to a network of spiking cells: with Brian2 in numpy or Cython, or with a compiled program."""

from __future__ import annotations

from bio.network import Recording, Response, SpikingNetwork, check_time
from bio.stimulus import Stimulus

ENGINES = ("numpy", "cython", "cpp")


def check_engine(name: str) -> None:
    """Raises ValueError, with the names there are, for an engine that there is not."""
    if name not in ENGINES:
        raise ValueError(f'there is no engine "{name}": choose from {", ".join(ENGINES)}')


def simulate(
    network: SpikingNetwork,
    stimulus: Stimulus,
    *,
    duration: float = 0.1,
    dt: float = 1e-3,
    lanes: int | None = None,
    engine: str = "numpy",
) -> Response:
    """The network's response to all digits of a stimulus, shown for `duration` (s) in steps of `dt` (s).

    With the engine "numpy", and with "cython", which compiles what Brian2 generates, `lanes` digits are simulated side
    by side (None: as many as `bio.batch.lanes_for` finds fit), one group after the other in a single Brian2 run. With
    "cpp" a compiled program does the same (`bio.standalone`). The spikes are the same with all of them. Raises
    ValueError for times that allow no step, an engine that there is not, or where an engine needs a compiler that is
    not there.
    """
    check_engine(engine)
    check_time(duration, dt)
    if engine == "cpp":
        from bio.standalone import respond

        return respond(network, stimulus, duration=duration, dt=dt)
    if engine == "cython":
        from bio.standalone import check_compiler

        check_compiler(engine)
    from bio.batch import Batch, lanes_for  # imports Brian2

    groups = -(-len(stimulus) // (lanes or lanes_for(network.sizes)))
    width = -(-len(stimulus) // groups)
    starts = range(0, len(stimulus), width)
    stimuli = [stimulus.part(start, width) for start in starts]
    batch = Batch(network, stimuli, duration=duration, dt=dt, target=engine)
    batch.run(batch.steps * dt * len(starts))
    return Response.join(batch.responses)[: len(stimulus)]


def record(network: SpikingNetwork, stimulus: Stimulus, *, duration: float = 0.1, dt: float = 1e-3) -> Recording:
    """Every spike and voltage of the network while the digits of a stimulus, a few, are shown for `duration` (s)."""
    from bio.batch import Batch

    batch = Batch(network, [stimulus], duration=duration, dt=dt, record=True)
    batch.run(batch.steps * dt)
    return batch.recording()
