"""The live page's server: it answers what Brian2 answers, in turn, and says no in a sentence to all else."""

import asyncio
import contextlib
import errno
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import types
from dataclasses import replace
from functools import cache
from multiprocessing import Pipe
from pathlib import Path
from typing import NamedTuple

import httpx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from specimens import taught
from starlette.responses import Response
from starlette.routing import Route

from ann import MLP
from bio.batch import Batch
from compare.live.address import hosts_of, is_loopback, listen
from compare.live.brian import START_LIMIT, Brian, Process, Sent, begin, hand_over, keep, networks_here, think
from compare.live.guard import MOST_BYTES
from compare.live.request import FIELDS, HIDDEN, RANGES, NotJSONError, network_and_stimulus, parsed
from compare.live.server import app, server
from compare.live.turns import OvertakenError, Turns, UnansweredError
from compare.mapping import Mapping, calibrate
from data import load_digits

ROOT = Path(__file__).parents[1]
POLICY = "default-src 'none'; script-src 'sha256-x'"
PAGE = "<!doctype html><title>draw</title>"
DIGITS = load_digits("test").spread(20)
GOOD = {
    "client": "abcdefgh-_123",
    "number": 1,
    "pixels": [round(float(x), 3) for x in DIGITS.images[0]],
    "activation": "relu",
    "hidden": "16-16",
    "input": "current",
    "duration": 50,
    "tau_m": 20,
    "t_ref": 2,
    "noise": 0,
    "threshold": 20,
    "seed": 0,
    "index": 0,
    "silenced": [[], []],
}


class Network(NamedTuple):
    model: MLP
    mapping: Mapping


@cache
def networks():
    images = load_digits("train").spread(500).images
    models = {
        (activation, hidden): taught((784, *HIDDEN[hidden], 10), activation, digits=1_000, epochs=3)
        for activation, hidden in [("relu", "16-16"), ("sigmoid", "16-16"), ("lif", "16-16"), ("relu", "100")]
    }
    return {name: Network(model, calibrate(model, images)) for name, model in models.items()}


def body(**changed):
    return json.dumps(GOOD | changed).encode()


def request(**changed):
    return parsed(body(**changed))


class Fake:
    """A Brian2 that only says which request it was asked; each waits for `gate`, where there is one."""

    version = "2.9.0"
    networks = (("relu", "16-16"), ("relu", "100"), ("sigmoid", "16-16"), ("lif", "16-16"))

    def __init__(self, *, wait=False, seconds=0.0):
        self.asked, self.gate, self.seconds = [], asyncio.Semaphore(0) if wait else None, seconds
        self.open = False

    def start(self):
        self.open = True

    def close(self):
        self.open = False

    async def answer(self, request):
        self.asked.append((request.client, request.number))
        if self.gate:
            await self.gate.acquire()
        await asyncio.sleep(self.seconds)
        return json.dumps({"number": request.number}).encode()


HOSTS = hosts_of("127.0.0.1", 8000)


def served(simulator=None, **options):
    return app(PAGE, POLICY, simulator or Fake(), **({"hosts": HOSTS} | options))


@contextlib.asynccontextmanager
async def client_of(application, *, host="127.0.0.1:8000", headers=None):
    transport = httpx.ASGITransport(application)
    async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}", headers=headers) as client:
        yield client


JSON = {"Content-Type": "application/json"}


def ask(method, path, *, application=None, host="127.0.0.1:8000", **options):
    """One answer of a server; every refusal is a sentence, and every answer has the headers."""

    async def go():
        async with client_of(application or served(), host=host) as client:
            return await client.request(method, path, **options)

    return checked(asyncio.run(go()))


def checked(answer):
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["cache-control"] == "no-store"
    assert "access-control-allow-origin" not in answer.headers
    if answer.status_code >= 400 and answer.request.method != "HEAD":
        said = answer.json()
        assert set(said) == {"error"}
        assert is_sentence(said["error"])
    return answer


def is_sentence(text):
    return len(text) > 15 and "\n" not in text and "Traceback" not in text and len(text) < 300


def post(content=None, *, headers=None, **options):
    content = body() if content is None else content
    return ask("POST", "/api/think", content=content, headers=JSON | (headers or {}), **options)


# --- What a request is


def test_a_request_is_read_into_si_units():
    one = request(duration=250, tau_m=12.5, t_ref=3, noise=0.5, threshold=40, silenced=[[3, 1], [15]])
    assert (one.duration, one.tau_m, one.t_ref, one.noise, one.threshold) == (0.25, 0.0125, 0.003, 0.01, 0.04)
    assert one.silenced == ((1, 3), (15,))
    assert one.pixels.dtype == np.float32
    assert np.allclose(one.pixels, GOOD["pixels"])


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize(
    "value", [None, True, False, {}, "x", [True], -1, 1e300, 10**4000, [[1] * 3] * 3, "\ud800"], ids=repr
)
def test_a_field_of_another_kind_is_named(name, value):
    with pytest.raises(ValueError, match=rf"^{name} .*: \w+") as told:
        request(**{name: value})
    assert not isinstance(told.value, NotJSONError)
    assert is_sentence(str(told.value))


@pytest.mark.parametrize("name", RANGES)
def test_a_number_out_of_its_range_is_told_the_range(name):
    low, high, unit, whole = RANGES[name]
    for inside in (low, high):
        request(**{name: inside})
    for outside in (low - 1, high + 1, low - 0.001, high + 0.5, str(low), True):
        with pytest.raises(ValueError, match=f"{name} must be .*from {low} to {high}{unit}, got"):
            request(**{name: outside})
    if whole:
        with pytest.raises(ValueError, match="whole"):
            request(**{name: low + 0.5})


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"pixels": [0.5] * 783}, "784 numbers from 0 to 1, got 783 values"),
        ({"pixels": [0.5] * 783 + [True]}, "got true at place 783"),
        ({"pixels": [0.5] * 783 + [1.01]}, "got 1.01 at place 783: divide"),
        ({"silenced": [[]]}, "2 lists"),
        ({"silenced": [[16], []]}, "from 0 to 15 of hidden layer 1"),
        ({"silenced": [[], [3, 3]]}, "distinct units from 0 to 15 of hidden layer 2"),
        ({"silenced": [[], [True]]}, "hidden layer 2"),
        ({"silenced": [[], [[1]]]}, "hidden layer 2"),
        ({"hidden": "100"}, "1 lists"),
        ({"client": "short"}, "8 to 64 letters"),
        ({"client": "abcdefgh\n"}, "8 to 64 letters"),
        ({"client": "../../etc/passwd"}, "8 to 64 letters"),
        ({"activation": "tanh"}, 'one of relu, sigmoid, lif, got "tanh"'),
        ({"input": "eye"}, "one of current, lif, poisson"),
        ({"more": 1}, 'no field "more": leave it out'),
    ],
)
def test_what_is_wrong_is_said_with_rule_and_remedy(changed, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        request(**changed)


@pytest.mark.parametrize("name", FIELDS)
def test_a_field_that_is_missing_is_named(name):
    with pytest.raises(ValueError, match=f"^{name} is missing"):
        parsed(json.dumps({key: value for key, value in GOOD.items() if key != name}).encode())


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"\xef\xbb\xbf{}",
        b"[" * 30_000,
        b'{"a":' * 10_000,
        b"null",
        b"17",
        b'"x"',
        b"[]",
        body().replace(b'"number": 1', b'"number": NaN'),
        body().replace(b'"number": 1', b'"number": -Infinity'),
        body().replace(b'"number": 1', b'"number": ' + b"9" * 5_000),
        body().replace(b'"number": 1', b'"number": 1, "number": 1'),
        body()[:-1],
        body() + b"{}",
        json.dumps(GOOD).encode("utf-16"),
    ],
    ids=lambda text: repr(text[:12]),
)
def test_what_is_no_json_is_refused_as_such(text):
    with pytest.raises(NotJSONError) as told:
        parsed(text)
    assert is_sentence(str(told.value))


def test_a_number_too_large_for_a_float_is_out_of_range():
    with pytest.raises(ValueError, match="tau_m must be"):
        parsed(body().replace(b'"tau_m": 20', b'"tau_m": 1e999'))


# --- The network that it asks for


def test_the_standard_constants_give_the_calibrations_own_network():
    for (activation, hidden), known in networks().items():
        cell = known.mapping.cell
        one = request(
            activation=activation,
            hidden=hidden,
            silenced=[[] for _ in HIDDEN[hidden]],
            tau_m=1e3 * cell.tau_m,
            t_ref=1e3 * cell.t_ref,
            noise=cell.noise,
        )
        network, stimulus = network_and_stimulus(one, networks())
        plain = known.mapping.network(known.model)
        assert all(
            (a == b).all() for a, b in zip(network.weights + network.biases, plain.weights + plain.biases, strict=True)
        )
        assert network.cell.noise == pytest.approx(cell.noise, rel=1e-12)
        assert replace(network.cell, noise=cell.noise) == cell
        assert stimulus.eye == network.cell
        assert stimulus.tuned_to == cell


def test_a_request_decides_cell_stimulus_and_who_is_silent():
    one = request(tau_m=50, t_ref=5, noise=1, threshold=40, seed=3, index=9, input="poisson", silenced=[[2], [0, 1]])
    network, stimulus = network_and_stimulus(one, networks())
    cell = network.cell
    assert (cell.tau_m, cell.t_ref, cell.v_threshold, cell.noise) == pytest.approx((0.05, 0.005, -0.03, 0.5))
    assert (stimulus.kind, stimulus.seed, stimulus.index.tolist()) == ("poisson", 3, [9])
    assert [np.flatnonzero(bias == -1e3).tolist() for bias in network.biases] == [[2], [0, 1], []]


def test_a_network_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="there is no lif network 100"):
        network_and_stimulus(request(activation="lif", hidden="100", silenced=[[]]), networks())
    answer = post(body(activation="lif", hidden="100", silenced=[[]]))
    assert answer.status_code == 422
    assert "there is no lif network 100: choose from relu 16-16" in answer.json()["error"]


# --- Brian2 in its process


def directly(one):
    """What `Batch` makes of a request in this process."""
    network, stimulus = network_and_stimulus(one, networks())
    batch = Batch(network, [stimulus], duration=one.duration, dt=1e-3, dtype=np.float64, record=True)
    batch.run(one.duration)
    return batch


def assert_is(answer, batch):
    """Every spike in order, the verdict and the voltages to the last bit."""
    for (steps, cells), layer in zip(answer["spikes"], batch.recording().spikes, strict=True):
        expected = sorted((int(step), int(cell)) for step, _, cell in layer)
        assert list(zip(steps, cells, strict=True)) == expected
    assert answer["answer"] == batch.responses[0].verdicts[0, -1]
    assert answer["voltage"] == batch.responses[0].voltage[0].tolist()


VARIED = [
    {"input": name, "activation": activation, "noise": noise, "number": number}
    for number, (name, activation, noise) in enumerate(
        [("current", "relu", 0), ("lif", "relu", 0), ("poisson", "lif", 0), ("current", "sigmoid", 0.25)]
    )
]


@pytest.fixture
def brian():
    made = Brian(networks(), time_limit=10)
    yield made
    made.close()


def test_answers_are_those_of_a_batch_run_directly_and_a_killed_process_is_replaced(brian):
    application = served(brian)

    async def go():
        async with application.router.lifespan_context(application), client_of(application, headers=JSON) as client:
            for changed in VARIED:
                answer = checked(await client.post("/api/think", content=body(**changed)))
                assert answer.status_code == 200
                found = answer.json()
                assert found["number"] == changed["number"]
                assert (found["brian2"], found["seconds"] > 0) == (brian.version, True)
                assert_is(found, directly(request(**changed)))
            first = brian.process
            brian.process.child.kill()  # while nobody waits: nobody notices
            brian.process.child.join()
            assert (await client.post("/api/think", content=body(number=7))).status_code == 200
            assert brian.process is not first
            working = asyncio.create_task(client.post("/api/think", content=body(number=8, duration=500, input="lif")))
            while brian.process.asked < 2:
                await asyncio.sleep(0.001)
            brian.process.child.kill()
            lost = checked(await working)
            assert lost.status_code == 503
            assert "ask again" in lost.json()["error"]
            after = await client.post("/api/think", content=body(number=9))
            assert_is(after.json(), directly(request()))
            child = brian.process.child
        assert not child.is_alive()

    asyncio.run(go())


def test_a_dead_process_is_known_as_one_also_where_another_thread_hears_of_it_first(brian):
    brian.start()
    process, child = brian.process, brian.process.child
    process.warm.result(START_LIMIT)
    assert process.is_alive()
    child.kill()
    child.join()
    process.pool.shutdown(wait=True)
    # as between the moments when another thread gets the news and when it writes them down
    child._popen.returncode = None
    assert child.is_alive()  # so it seems
    assert not brian.process.is_alive()
    child._popen.returncode = -9


def test_a_process_that_has_not_yet_read_its_networks_ends_as_well():
    """They are more than a pipe holds, and some Pythons wait for ever for a dead process to read the rest of them."""
    process = Process({name: Sent(network.model, network.mapping) for name, network in networks().items()})
    assert sum(weights.nbytes for network in networks().values() for weights in network.model.weights) > 1 << 17
    ending = threading.Thread(target=process.end, daemon=True)  # so that this test would end where that does not
    ending.start()
    ending.join(START_LIMIT)
    assert not ending.is_alive()
    assert not process.is_alive()
    process.end()  # once more does no harm


def test_a_process_that_is_not_ready_or_hangs_is_ended_and_one_that_served_for_long_is_renewed():
    brian = Brian(networks(), renew_after=2, start_limit=0.01)

    async def go():
        with pytest.raises(UnansweredError, match=r"not ready after 0\.01 s and was ended: ask again"):
            await brian.answer(request())
        brian.start_limit = START_LIMIT
        await brian.answer(request())
        first = brian.process
        for _ in range(2):
            await brian.answer(request())
        assert brian.process is first  # which goes on while the next one warms up
        await asyncio.wrap_future(brian.spare.warm)
        answer = await brian.answer(request())
        assert brian.process is not first
        assert not first.is_alive()
        assert_is(json.loads(answer), directly(request()))
        brian.time_limit = 0.3
        os.kill(brian.process.child.pid, signal.SIGSTOP)
        with pytest.raises(UnansweredError, match=r"longer than 0\.3 s and was ended: ask again"):
            await brian.answer(request())
        brian.time_limit = 10
        assert json.loads(await brian.answer(request()))["answer"] == json.loads(answer)["answer"]

    try:
        asyncio.run(go())
    finally:
        brian.close()


def test_a_process_in_which_brian2_does_not_start_is_replaced(monkeypatch):
    brian = Brian(networks(), renew_after=1)
    monkeypatch.setattr("compare.live.brian.begin", fail_to_begin)

    async def go():
        for _ in range(2):
            with pytest.raises(UnansweredError, match=r"Brian2 did not start \(no memory\): ask again"):
                await brian.answer(request())
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("compare.live.brian.begin", begin)
            await brian.answer(request())
        served = brian.process
        await brian.answer(request())  # and a spare is begun, which fails
        while not brian.spare.has_failed():
            await asyncio.sleep(0.05)
        await brian.answer(request())
        assert brian.process is served

    try:
        asyncio.run(go())
    finally:
        brian.close()


def fail_to_begin():
    raise MemoryError("no memory")


def test_what_the_process_does_leaves_ctrl_c_to_the_server(monkeypatch):
    set_to = []
    monkeypatch.setattr("compare.live.brian.end_with_the_server", lambda: None)
    monkeypatch.setattr(signal, "signal", lambda number, action: set_to.append((number, action)))
    monkeypatch.setattr("compare.live.brian.networks_here", networks_here)
    receiver, sender = Pipe(duplex=False)
    threading.Thread(target=hand_over, args=(sender, networks())).start()
    keep(receiver)
    begin()
    assert set_to[-1] == (signal.SIGINT, signal.SIG_IGN)
    assert json.loads(think(request()))["number"] == 1


def test_a_higher_threshold_makes_cells_fire_less_and_later():
    begin_without_threads()
    found = [json.loads(think(request(threshold=mv, input="lif", duration=100))) for mv in (15, 20, 30)]
    for layer in (0, 1):
        spikes = [len(answer["spikes"][layer][0]) for answer in found]
        first = [min(answer["spikes"][layer][0], default=1_000) for answer in found]
        assert spikes[0] > spikes[1] > spikes[2]
        assert first[0] <= first[1] <= first[2]


def test_silenced_cells_never_fire():
    begin_without_threads()
    found = json.loads(think(request(duration=100, silenced=[[0, 5], [*range(16)]])))
    assert not set(found["spikes"][1][1]) & {0, 5}
    assert found["spikes"][2] == [[], []]


def begin_without_threads():
    networks_here.update(networks())


# --- Whose turn it is


def test_only_the_newest_waiting_request_of_a_page_is_answered():
    async def go():
        fake = Fake(wait=True)
        turns = Turns(fake.answer)
        asked = [asyncio.create_task(turns.answer(request(number=n))) for n in (1, 2, 3, 4)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        late = asyncio.create_task(turns.answer(request(number=2)))
        for _ in range(4):
            fake.gate.release()
        done = await asyncio.gather(*asked, late, return_exceptions=True)
        assert [type(one).__name__ for one in done] == [*(["OvertakenError"] * 3), "bytes", "OvertakenError"]
        assert [number for _, number in fake.asked] == [4]

    asyncio.run(go())


def test_one_that_runs_is_answered_although_a_newer_one_has_come():
    async def go():
        fake = Fake(wait=True)
        turns = Turns(fake.answer)
        first = asyncio.create_task(turns.answer(request(number=1)))
        while not fake.asked:
            await asyncio.sleep(0)
        others = [asyncio.create_task(turns.answer(request(number=n))) for n in (2, 3)]
        await asyncio.sleep(0)
        with pytest.raises(OvertakenError):
            await turns.answer(request(number=0))
        for _ in range(3):
            fake.gate.release()
        done = await asyncio.gather(first, *others, return_exceptions=True)
        assert [type(one).__name__ for one in done] == ["bytes", "OvertakenError", "bytes"]
        assert [number for _, number in fake.asked] == [1, 3]

    asyncio.run(go())


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 4), st.booleans()), max_size=40))
def test_nobody_is_starved_and_everybody_hears_something(steps):
    """Pages ask as they like: while one waits, no other is served twice; and of each the newest request is answered."""
    fake, events = Fake(), []

    async def simulate(one):
        events.append(("served", one.client))
        await gate.acquire()
        return await fake.answer(one)

    async def go():
        turns, asked, numbers = Turns(simulate), [], dict.fromkeys(range(5), 0)
        for page, serve in steps:
            numbers[page] += 1
            client = f"page-{page:04}"
            if client not in turns.waiting:
                events.append(("waits", client))
            asked.append(asyncio.create_task(turns.answer(request(client=client, number=numbers[page]))))
            for _ in range(3):
                await asyncio.sleep(0)
            if serve:
                gate.release()
        for _ in asked:
            gate.release()
        done = await asyncio.gather(*asked, return_exceptions=True)
        assert all(isinstance(one, (bytes, OvertakenError)) for one in done)
        newest = {f"page-{page:04}": number for page, number in numbers.items() if number}
        assert {client: max(n for c, n in fake.asked if c == client) for client in newest} == newest

    gate = asyncio.Semaphore(0)
    asyncio.run(go())
    for begun, (what, client) in enumerate(events):
        if what == "waits":
            served = [who for done, who in events[begun:] if done == "served"]
            meanwhile = served[: served.index(client)]
            assert len(meanwhile) == len(set(meanwhile))


def test_a_page_that_asks_without_pause_does_not_starve_another():
    async def go():
        fake = Fake()
        turns = Turns(fake.answer)
        served = asyncio.Event()

        async def greedy(name):
            number = 0
            while not served.is_set():
                number += 1
                with contextlib.suppress(OvertakenError):
                    await turns.answer(request(client=name, number=number))

        many = [asyncio.create_task(greedy("greedy-one")) for _ in range(5)]
        many.append(asyncio.create_task(greedy("greedy-two")))
        await asyncio.sleep(0.01)
        before = len(fake.asked)
        await turns.answer(request(client="modest-one"))
        place = [who for who, _ in fake.asked[before:]].index("modest-one")
        served.set()
        await asyncio.gather(*many)
        assert place <= 3  # who runs, and one of each other page

    asyncio.run(go())


def test_too_many_pages_are_told_to_come_back():
    async def go():
        fake = Fake(wait=True)
        application = served(fake, most_waiting=3)
        async with client_of(application, headers=JSON) as client:
            asked = []
            for n in range(6):
                asked.append(asyncio.create_task(client.post("/api/think", content=body(client=f"page-{n:04}"))))
                while not fake.asked:
                    await asyncio.sleep(0.001)
            while len([one for one in asked if one.done()]) < 2:
                await asyncio.sleep(0.001)
            for _ in asked:
                fake.gate.release()
            answers = [checked(one) for one in await asyncio.gather(*asked)]
        assert sorted(one.status_code for one in answers) == [200] * 4 + [503] * 2
        assert "3 pages are waiting" in next(one.json()["error"] for one in answers if one.status_code == 503)

    asyncio.run(go())


def test_an_overtaken_request_gets_409():
    async def go():
        fake = Fake(wait=True)
        async with client_of(served(fake), headers=JSON) as client:
            asked = []
            for n in (1, 2, 3):
                asked.append(asyncio.create_task(client.post("/api/think", content=body(number=n))))
                while n == 1 and not fake.asked:
                    await asyncio.sleep(0.001)
                await asyncio.sleep(0.01)
            for _ in asked:
                fake.gate.release()
            return [checked(one).status_code for one in await asyncio.gather(*asked)]

    assert asyncio.run(go()) == [200, 409, 200]


def test_who_waits_when_the_server_stops_is_told_so():
    async def go():
        fake = Fake(wait=True)
        turns = Turns(fake.answer)
        asked = [asyncio.create_task(turns.answer(request(client=f"page-{n:04}"))) for n in range(3)]
        while not fake.asked:
            await asyncio.sleep(0)
        turns.close()
        done = await asyncio.gather(*asked, return_exceptions=True)
        assert all(isinstance(one, UnansweredError) and "stopping" in str(one) for one in done)

    asyncio.run(go())


def test_one_who_has_gone_costs_no_simulation():
    async def go():
        fake = Fake(wait=True)
        turns = Turns(fake.answer)
        asked = [asyncio.create_task(turns.answer(request(client=f"page-{n:04}"))) for n in range(3)]
        while not fake.asked:
            await asyncio.sleep(0)
        asked[1].cancel()
        for _ in range(3):
            fake.gate.release()
        await asyncio.gather(*asked, return_exceptions=True)
        assert [client for client, _ in fake.asked] == ["page-0000", "page-0002"]

    asyncio.run(go())


def test_an_error_of_the_simulator_goes_to_who_asked_and_the_next_is_served():
    async def simulate(one):
        if one.number == 1:
            raise RuntimeError("a bug")
        return b"{}"

    async def go():
        turns = Turns(simulate)
        with pytest.raises(RuntimeError, match="a bug"):
            await turns.answer(request(number=1))
        assert await turns.answer(request(number=2)) == b"{}"

    asyncio.run(go())


# --- What the server gives, and to whom


def test_the_page_comes_with_its_own_policy():
    answer = ask("GET", "/")
    assert (answer.status_code, answer.text) == (200, PAGE)
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


def test_health_names_the_version_of_brian2():
    assert ask("GET", "/api/health").json() == {"brian2": "2.9.0"}


def test_a_good_request_is_answered():
    answer = post()
    assert (answer.status_code, answer.json()) == (200, {"number": 1})
    assert answer.headers["content-type"] == "application/json"


def test_the_simulator_lives_as_long_as_the_server():
    fake = Fake()
    application = served(fake)

    async def go():
        async with application.router.lifespan_context(application):
            assert fake.open

    asyncio.run(go())
    assert not fake.open


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/favicon.ico", 404),
        ("GET", "/../../etc/passwd", 404),
        ("GET", "/%2e%2e/%2e%2e/etc/passwd", 404),
        ("GET", "/api/think/", 404),
        ("GET", "/api/think", 405),
        ("DELETE", "/", 405),
        ("OPTIONS", "/api/think", 405),
        ("POST", "/", 405),
        ("POST", "/api/health", 405),
        ("HEAD", "/", 200),
    ],
)
def test_nothing_else_is_there(method, path, status):
    assert ask(method, path).status_code == status


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "[::1]:8000", "LOCALHOST:8000"])
def test_its_own_names_are_let_in(host):
    assert ask("GET", "/", host=host).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example:8000", "127.0.0.1", "127.0.0.1:8001", "localhost.evil.example:8000", "192.168.0.7:8000"]
)
def test_a_name_that_was_made_to_lead_here_is_not(host):
    for method, path in (("GET", "/"), ("GET", "/api/health"), ("POST", "/api/think")):
        answer = ask(method, path, host=host, content=body(), headers=JSON)
        assert answer.status_code == 400
        assert "use the link" in answer.json()["error"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:8000"},  # another origin than 127.0.0.1 to a browser
        {"Origin": "https://127.0.0.1:8000"},
        {"Origin": "http://127.0.0.1:8001"},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1:8000"},
    ],
    ids=str,
)
def test_what_another_page_sends_is_refused(headers):
    assert post(headers=headers).status_code == 403


def test_what_its_own_page_sends_is_not():
    assert post(headers={"Origin": "http://127.0.0.1:8000", "Sec-Fetch-Site": "same-origin"}).status_code == 200


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("application/json", 200),
        ("Application/JSON; charset=UTF-8", 200),
        ('application/json; charset="utf-8"', 200),
        ("application/json; charset=utf-16", 415),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=x", 415),
        ("application/jsonp", 415),
        ("", 415),
    ],
)
def test_only_json_is_taken(kind, status):
    assert post(headers={"Content-Type": kind}).status_code == status


def test_a_compressed_body_is_refused():
    assert post(headers={"Content-Encoding": "gzip"}).status_code == 415


def test_a_body_that_is_too_long_is_refused_whether_it_says_so_or_not():
    large = body() + b" " * MOST_BYTES
    read = []

    async def pieces():
        for _ in range(1_000):
            read.append(1)
            yield b" " * 1_024

    assert post(large).status_code == 413
    answer = post(pieces())
    assert answer.status_code == 413
    assert "longer than 64 KiB" in answer.json()["error"]
    assert len(read) < 100
    assert post(headers={"Content-Length": "1" * 5_000}).status_code == 413
    assert post(headers={"Content-Length": "many"}).status_code == 400
    assert post(body() + b" " * (MOST_BYTES - len(body()))).status_code == 200


def test_a_slow_body_is_not_waited_for():
    async def slow():
        yield body()[:100]
        await asyncio.sleep(60)

    answer = post(slow(), application=served(body_time=0.05))
    assert answer.status_code == 408
    assert "within 0.05 s" in answer.json()["error"]
    assert answer.headers["connection"] == "close"


def test_a_connection_on_which_nothing_moves_is_closed_and_one_that_waits_for_brian2_is_not(monkeypatch):
    monkeypatch.setattr("compare.live.watched.STILL", 0.3)
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    simulator = Fake(seconds=1.5)
    application = served(simulator, hosts=hosts_of("127.0.0.1", port))
    application.routes.append(Route("/much", lambda _: Response(bytes(1 << 26))))
    head = f"Host: 127.0.0.1:{port}\r\n".encode()
    asked = body()
    question = b"POST /api/think HTTP/1.1\r\n" + head + b"Content-Type: application/json\r\n"
    question += f"Content-Length: {len(asked)}\r\n\r\n".encode() + asked

    async def rest_of(sent, *, read=True):
        """What comes back for it, and whether the connection was closed soon."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(sent)
        if not read:
            writer.transport.pause_reading()
            await asyncio.sleep(3)
            writer.transport.resume_reading()
        try:
            return await asyncio.wait_for(reader.read(), 5)
        except ConnectionError:
            return b"reset"
        finally:
            writer.close()

    async def go():
        serving = server(application)
        task = asyncio.create_task(serving.serve(sockets=[listening]))
        while not serving.started:
            await asyncio.sleep(0.01)
        found = await asyncio.gather(
            rest_of(b""),
            rest_of(b"GET / HTTP/1.1\r\nHost: "),
            rest_of(b"GET / HTTP/1.1\r\n" + head + b"\r\nGET"),
            rest_of(b"GET /much HTTP/1.1\r\n" + head + b"\r\n", read=False),
            rest_of(question),
        )
        left = set(serving.server_state.connections)
        serving.should_exit = True
        await task
        return found, left

    (silent, half, second, unread, answered), left = asyncio.run(go())
    assert silent == half == b""
    assert second.startswith(b"HTTP/1.1 200 ")  # and only then a half one
    assert len(unread) < 1 << 26
    assert answered.startswith(b"HTTP/1.1 200 ")
    assert not left


@pytest.mark.parametrize(
    ("token", "status"), [("secret", 200), ("Secret", 403), ("", 403), (None, 403), ("sécret", 403)]
)
def test_where_there_is_a_token_everything_needs_it(token, status):
    application = served(token="secret", elsewhere=True)
    brought = {} if token is None else {"X-Token": token.encode()}
    query = {} if token is None else {"token": token}
    assert ask("GET", "/", application=application, params=query).status_code == status
    assert ask("GET", "/api/health", application=application, headers=brought).status_code == status
    assert post(application=application, headers=brought).status_code == status
    assert ask("GET", "/api/health", application=application, params=query).status_code == 403
    assert post(application=application, host="192.168.0.7:8000", headers=brought).status_code == status
    assert post(application=application, host="evil.example:8000", headers=brought).status_code == 400


def test_a_bug_is_logged_and_told_in_a_sentence(caplog):
    class Broken(Fake):
        async def answer(self, request):
            raise RuntimeError("a bug")

    async def go():
        transport = httpx.ASGITransport(served(Broken()), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
            return await client.post("/api/think", content=body(), headers=JSON)

    answer = checked(asyncio.run(go()))
    assert answer.status_code == 500
    assert "a bug" not in answer.text
    assert "a request to the live page failed" in caplog.text


def test_a_simulator_without_an_answer_gives_503():
    class Lost(Fake):
        async def answer(self, request):
            raise UnansweredError("Brian2's process ended: ask again")

    answer = post(application=served(Lost()))
    assert (answer.status_code, answer.json()["error"]) == (503, "Brian2's process ended: ask again")


# --- Where it listens


def test_a_port_in_use_gives_way_to_the_next_that_is_free():
    with listen("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with listen("127.0.0.1", port) as second:
            assert port < second.getsockname()[1] < port + 100


@pytest.mark.parametrize(
    ("host", "port", "words"),
    [
        ("127.0.0.1", -1, "port must be from 0"),
        ("127.0.0.1", 65536, "to 65535, got 65536: choose another --port"),
        ("no such host", 8000, "host no such host: is not known: use 127.0.0.1"),
        ("192.0.2.1", 8000, "192.0.2.1:8000 cannot be listened at"),  # RFC 5737: nobody's
        ("x" * 300, 8000, "is not known"),
    ],
)
def test_what_cannot_be_listened_at_is_refused(host, port, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        listen(host, port)


def test_no_free_port_is_said_so():
    with contextlib.ExitStack() as held:
        with contextlib.suppress(ValueError):  # somebody else has it
            held.enter_context(listen("127.0.0.1", 65535))
        with pytest.raises(ValueError, match="no port from 65535 on is free"):
            listen("127.0.0.1", 65535)


def test_which_names_are_its_own():
    assert hosts_of("127.0.0.1", 80) >= {"localhost", "localhost:80", "[::1]"}
    assert "127.0.0.2:8000" in hosts_of("127.0.0.2", 8000)
    own = socket.gethostname().lower()
    assert f"{own}:8000" in hosts_of("0.0.0.0", 8000)
    assert hosts_of("board.example", 8000) >= {"board.example:8000", "127.0.0.1:8000"}
    assert [is_loopback(host) for host in ("127.0.0.2", "::1", "localhost", "0.0.0.0", "::", "board.example")] == [
        *[True] * 3,
        *[False] * 3,
    ]


# --- The command

STAND_INS = """
import sys, types
sys.path.insert(0, {tests!r})
from test_live_server import stand_in

if __name__ == "__main__":
    stand_in(sys.modules.__setitem__)
    from compare.cli import main
    main()
"""


def stand_in(put):
    """Puts modules that make the page and its networks in a moment in the place of the real ones."""
    pages = types.ModuleType("compare.live.page")
    pages.page_text = lambda payload, *, brian: (f"{PAGE}{payload}{brian}", POLICY)
    makers = types.ModuleType("compare.live.networks")
    makers.live_networks = lambda *, seed, data, progress, workers=None: networks()
    payloads = types.ModuleType("compare.live.payload")
    payloads.payload = lambda networks, *, seed, data: f"<p>{len(networks)} networks</p>"
    for module in (pages, makers, payloads):
        put(module.__name__, module)


@pytest.fixture
def command(tmp_path):
    """Starts `analogy live` with other words in a process; what it printed first comes with it."""
    script = tmp_path / "live.py"
    script.write_text(STAND_INS.format(tests=str(ROOT / "tests")), encoding="utf-8")
    started = []

    def start(*words):
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", script, "live", "--no-open", *map(str, words)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )
        started.append(process)
        said = process.stdout.readline()
        return process, said, re.search(r"http://\S+$", said)[0]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_the_command_serves_until_ctrl_c_and_names_a_port_in_use(command):
    with listen("127.0.0.1", 0) as held:
        taken = held.getsockname()[1]
        process, said, address = command("--port", taken)
        assert said.startswith("until Ctrl-C stops it")
        assert f":{taken}/" not in address
        page = checked(httpx.get(address))
        assert page.text == f"{PAGE}<p>4 networks</p>True"
        assert "server" not in page.headers
        answer = checked(httpx.post(f"{address}api/think", content=body(), headers=JSON, timeout=60))
        assert_is(answer.json(), directly(request()))
        assert httpx.get(address, headers={"Host": "evil.example"}).status_code == 400
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (0, "stopped\n")
    assert err == f"analogy: port {taken} is in use: {address.rstrip('/').rpartition(':')[2]} is taken instead\n"


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks for the process in /proc")
def test_brian2_ends_with_the_server_even_where_that_is_killed(command):
    process, _, address = command("--port", 0)
    httpx.post(f"{address}api/think", content=body(), headers=JSON, timeout=60)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    assert children
    process.kill()
    process.wait()
    until = time.monotonic() + 20
    while any(is_running(child) for child in children):
        assert time.monotonic() < until, "Brian2 has outlived its server"
        time.sleep(0.05)


def is_running(process):
    with contextlib.suppress(OSError):
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


@pytest.fixture
def analogy(analogy, monkeypatch):
    """`analogy live` with stand-ins."""
    stand_in(lambda name, module: monkeypatch.setitem(sys.modules, name, module))
    return lambda *words: analogy("live", *words)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--port", "65536"], "port must be from 0"),
        (["--port", "-1"], "port must be from 0"),
        (["--port", "many"], "--port"),
        (["--host", "no such host"], "host no such host: is not known"),
        (["--export", "."], "is a folder"),
    ],
)
def test_what_the_command_cannot_do_is_told_in_a_line(analogy, words, told):
    code, out, err = analogy("--no-open", *words)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert told in err


def test_where_brian2s_process_cannot_be_made_the_command_ends_before_it_names_the_page(analogy, monkeypatch):
    def full(self, networks):
        raise OSError(errno.ENOSPC, "No space left on device", "/dev/shm")

    monkeypatch.setattr("compare.live.brian.Process.__init__", full)
    code, out, err = analogy("--no-open", "--port", 0)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "/dev/shm: no space left on device" in err


def test_the_page_is_written_to_a_file(analogy, tmp_path):
    code, out, err = analogy("--export", "some/page.html")
    assert (code, err) == (0, "")
    assert (tmp_path / "some/page.html").read_text() == f"{PAGE}<p>4 networks</p>False"
    assert "it needs nothing else" in out


def test_the_browser_is_opened_unless_it_is_to_be_left_alone(analogy, monkeypatch):
    opened, served = [], []
    monkeypatch.setattr("compare.commands.live.show", opened.append)
    monkeypatch.setattr("compare.live.server.serve", lambda application, listening: served.append(listening.close()))
    assert analogy("--port", 0)[0] == 0
    assert analogy("--port", 0, "--no-open")[0] == 0
    assert (len(opened), len(served)) == (1, 2)
    assert opened[0].startswith("http://127.0.0.1:")


def test_another_host_warns_and_needs_the_token_of_the_link(analogy, monkeypatch):
    begun = []

    def until_ctrl_c(application, listening):
        begun.append((application, listening.getsockname()))
        listening.close()
        raise KeyboardInterrupt

    monkeypatch.setattr("compare.live.server.serve", until_ctrl_c)
    code, out, err = analogy("--no-open", "--host", "0.0.0.0", "--port", 0)
    ((application, (host, port)),) = begun
    link = httpx.URL(re.search(r"http://\S+$", out, re.MULTILINE)[0])
    assert (host, link.port) == ("0.0.0.0", port)
    here = {"application": application, "host": f"127.0.0.1:{port}"}
    assert ask("GET", "/", params=link.params, **here).status_code == 200
    assert ask("GET", "/", **here).status_code == 403
    assert ask("GET", "/api/health", params=link.params, **here).status_code == 403
    assert len(link.params["token"]) >= 20
    assert (code, out.splitlines()[-1]) == (0, "stopped")
    assert re.fullmatch(r"analogy: host 0\.0\.0\.0 lets other machines in: .*\n", err)


# --- Anything at all

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
odd = st.sampled_from([True, None, -1, 1e999, float("nan"), 10**400, "", "0", [], {}, [[]], 0.5, 2**31, "..", "\x00"])


@st.composite
def mutated(draw):
    """A valid request with something wrong in it."""
    changed = dict(GOOD)
    for name in draw(st.lists(st.sampled_from(FIELDS), min_size=1, max_size=3)):
        what = draw(st.integers(0, 3))
        if what == 0:
            changed.pop(name, None)
        elif what == 1:
            changed[draw(st.text(max_size=8))] = draw(odd)
        else:
            changed[name] = draw(odd | values)
    if draw(st.booleans()):
        spoilt = list(GOOD["pixels"])
        spoilt[draw(st.integers(0, 783))] = draw(odd)
        changed["pixels"] = spoilt
    return json.dumps(changed).encode()


@st.composite
def cut(draw):
    """A valid request with bytes missing, put in or exchanged."""
    text = bytearray(body())
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(text)))
        text[place : place + draw(st.integers(0, 9))] = draw(st.binary(max_size=6))
    return bytes(text)


bodies = mutated() | cut() | values.map(lambda value: json.dumps(value).encode()) | st.binary(max_size=200)
header = st.text(st.characters(min_codepoint=33, max_codepoint=255), max_size=20).map(
    lambda text: text.encode("latin-1")
)
NAMES = """host origin content-type content-length content-encoding x-token sec-fetch-site cookie range expect
    x-forwarded-for connection upgrade accept if-none-match transfer-encoding"""
names = st.sampled_from(NAMES.split())
methods = st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "get", "BREW"])
paths = st.sampled_from(["/", "/api/think", "/api/health", "/api", "", "//", "/api/think/"]) | st.text(max_size=20)

FAKE_FOR_ALL = served(Fake(), token=None)


async def raw(method, path, headers, content, *, query=b"", pieces=1, application=None, hangs_up=None):
    """An answer of the application to exactly this, however odd: its status and body. Who asks stays until it comes, or
    goes when that event does."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode("utf-8", "replace"),
        "query_string": query,
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 5),
        "server": ("127.0.0.1", 8000),
    }
    size = -(-len(content) // pieces) or 1
    parts = [content[i : i + size] for i in range(0, len(content), size)] or [b""]
    incoming = [{"type": "http.request", "body": part, "more_body": n + 1 < len(parts)} for n, part in enumerate(parts)]
    sent = []

    async def receive():
        if incoming:
            return incoming.pop(0)
        await (hangs_up or asyncio.Event()).wait()
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    await (application or FAKE_FOR_ALL)(scope, receive, send)
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent)


PLAIN = [(b"host", b"127.0.0.1:8000"), (b"content-type", b"application/json")]
COUNT = {"requests": 0, "refused": 0}


def check(status, content):
    """An answer is no failure; where it is a refusal, it is a sentence."""
    COUNT["requests"] += 1
    assert 200 <= status < 500
    if status >= 400:
        COUNT["refused"] += 1
        if content:
            assert is_sentence(json.loads(content)["error"])


async def still_answers():
    status, content = await raw("POST", "/api/think", PLAIN, body())
    assert (status, json.loads(content)) == (200, {"number": 1})


@settings(max_examples=250)
@given(st.lists(bodies, min_size=20, max_size=20), st.integers(1, 5))
def bad_bodies(contents, pieces):
    async def go():
        for content in contents:
            check(*await raw("POST", "/api/think", PLAIN, content, pieces=pieces))
        await still_answers()

    asyncio.run(go())


@settings(max_examples=300)
@given(
    st.lists(
        st.tuples(
            methods,
            paths,
            st.lists(st.tuples(names, header), max_size=4),
            st.booleans(),
            st.binary(max_size=30),
            header,
        ),
        min_size=20,
        max_size=20,
    )
)
def bad_envelopes(requests):
    async def go():
        for method, path, headers, named, content, query in requests:
            own = [(name.encode(), value) for name, value in headers] + (PLAIN if named else [])
            check(*await raw(method, path, own, content, query=query))
        await still_answers()

    asyncio.run(go())


def test_pages_that_hang_up_leave_the_line_and_the_next_is_answered():
    async def go():
        fake, gone = Fake(wait=True), asyncio.Event()
        application = served(fake, token=None)
        line = [
            asyncio.create_task(
                raw("POST", "/api/think", PLAIN, body(client=f"page-{n:04}"), application=application, hangs_up=gone)
            )
            for n in range(64)
        ]
        while len(fake.asked) < 1:
            await asyncio.sleep(0)
        gone.set()
        await asyncio.wait_for(asyncio.gather(*line, return_exceptions=True), 10)
        honest = asyncio.create_task(raw("POST", "/api/think", PLAIN, body(client="honest-1"), application=application))
        fake.gate.release()
        fake.gate.release()
        assert (await asyncio.wait_for(honest, 10))[0] == 200
        assert [client for client, _ in fake.asked] == ["page-0000", "honest-1"]

    asyncio.run(go())


def test_ten_thousand_bad_requests_are_refused_in_a_sentence_and_the_server_stays_up():
    bad_bodies()
    bad_envelopes()
    assert COUNT["requests"] >= 10_000
    assert COUNT["refused"] >= 10_000
