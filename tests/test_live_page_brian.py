"""The page with `analogy live` behind it: real Brian2 answers what was drawn last, vouches for the page's spikes, goes
away and comes back; and the page says so.
"""

import os
import re
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
from live_page import (
    FOUR,
    PATIENCE,
    SEVEN,
    afresh,
    data_of,
    draw,
    opened,
    page_networks,
    reopened,
    sentence_of,
    way,
)
from live_page_oracle import assert_python_agrees

pytestmark = pytest.mark.xdist_group("live page with Brian2")
ROOT = Path(__file__).parents[1]
TWO = (("relu", "16-16"), ("relu", "100"))
# the command as it is, but for networks that learned for a moment only
COMMAND = """
import sys
sys.path.insert(0, {tests!r})

if __name__ == "__main__":
    import compare.live.networks as networks
    from live_page import page_networks
    networks.live_networks = lambda **_: page_networks({names!r})
    from compare.cli import main
    main()
"""
GONE = "ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET|ERR_SOCKET_NOT_CONNECTED"


class Server:
    """`analogy live` in a process, at an address."""

    def __init__(self, script, *words):
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", script, "live", "--no-open", *map(str, words)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment,
        )
        self.found = None

    @property
    def address(self):
        """Where the page is, once it is there."""
        self.found = self.found or re.search(r"http://\S+$", self.process.stdout.readline())[0]
        return self.found

    def kill(self):
        """Ends it as a crash would."""
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


@pytest.fixture(scope="module")
def start(tmp_path_factory):
    """Starts servers, which end with the tests."""
    started = []
    script = tmp_path_factory.mktemp("live") / "live.py"

    def begin(*words, names=TWO):
        file = script.with_stem(f"live{len(started)}")
        file.write_text(COMMAND.format(tests=str(ROOT / "tests"), names=names), encoding="utf-8")
        started.append(Server(file, *words))
        return started[-1]

    yield begin
    for server in started:
        server.kill()


@pytest.fixture(scope="module")
def servers(start):
    """One for this machine, one for others, which get ready side by side."""
    return start("--port", 0), start("--host", "0.0.0.0", "--port", 0, names=TWO[:1])


@pytest.fixture(scope="module")
def tab(browser, servers):
    with opened(browser, servers[0].address) as page:
        yield page


@pytest.fixture
def page(tab, servers):
    """The page opened afresh, in the same tab, which takes half of the time of another one."""
    with afresh(tab, servers[0].address):
        yield tab


def told(page, kind):
    """What the page says of Brian2, once that is of this kind."""
    page.wait_for_selector(f"#brian[data-kind={kind}]")
    return page.locator("#brian").inner_text()


@pytest.mark.parametrize("setting", ["", "hidden=100&input=poisson", "input=lif&noise=0.5&tau_m=12&silenced=0.3"])
def test_brian2_agrees_spike_for_spike_and_its_spikes_are_the_pages(page, setting):
    reopened(page, setting)
    draw(page, SEVEN)
    words = told(page, "agrees")
    data = data_of(page)
    theirs, ours = data["brian2"]["spikes"], [[layer["step"], layer["cell"]] for layer in data["bio"]["spikes"]]
    assert theirs == ours
    count = sum(len(steps) for steps, _ in theirs)
    assert count > 50
    assert re.fullmatch(
        rf"Brian2 \d+\.\d+\.\d+ agrees, spike for spike: {count:,} spikes, simulated in \d+ ms\.", words
    )
    assert data["brian2"]["answer"] == data["bio"]["answer"]
    assert_python_agrees(data, page_networks(TWO))


@pytest.mark.parametrize("wrong", ["another step", "one too many", "one too few"])
def test_a_single_wrong_spike_in_the_answer_is_said(page, wrong):
    def tampered(route):
        answer = route.fetch()
        body = answer.json()
        steps, cells = body["spikes"][-1]
        if wrong == "another step":
            steps[-1] = 0
        elif wrong == "one too many":
            body["spikes"][-1] = [[*steps, 99], [*cells, 0]]
        else:
            body["spikes"][-1] = [steps[:-1], cells[:-1]]
        route.fulfill(response=answer, json=body)

    told(page, "agrees")
    page.route("**/api/think", tampered)
    draw(page, FOUR)
    words = told(page, "differs")
    different = 2 if wrong == "another step" else 1
    assert re.match(rf"Brian2 \S+ says \d, and {different} of its and the page's spikes differ", words)
    page.unroute("**/api/think")
    draw(page, SEVEN)
    told(page, "agrees")


def test_a_defect_of_the_page_is_not_told_as_a_silent_server(browser, servers):
    with opened(browser, servers[0].address, expected="a defect") as page:
        told(page, "agrees")
        page.evaluate(
            """() => {
              const { compared } = Brian;
              Brian.compared = () => {
                Brian.compared = compared;
                throw new Error("a defect");
              };
            }"""
        )
        with page.expect_event("pageerror", timeout=60_000):
            draw(page, SEVEN)
        assert page.locator("#brian").get_attribute("data-kind") == "asking"
        draw(page, FOUR)  # and the server is asked on
        told(page, "agrees")


def test_only_the_newest_drawing_is_computed(page):
    told(page, "agrees")
    held, asked = [], []

    def heard(request):
        if request.method == "POST":
            asked.append(request)

    page.on("request", heard)
    page.route("**/api/think", lambda route: route.continue_() if held else held.append(route))
    for x in range(60, 240, 18):
        draw(page, [way((x, 60), (x + 20, 200))])
    assert (len(asked), len(held)) == (1, 1)
    assert page.locator("#brian").get_attribute("data-kind") == "asking"
    held[0].continue_()
    told(page, "agrees")
    assert len(asked) == 2
    data = data_of(page)
    assert asked[-1].post_data_json["pixels"] == data["question"]["pixels"]
    assert data["brian2"]["number"] == asked[-1].post_data_json["number"]
    page.remove_listener("request", heard)


def test_several_browsers_at_once_are_all_answered(browser, servers):
    with ExitStack() as stack:
        pages = [stack.enter_context(opened(browser, servers[0].address)) for _ in range(4)]
        for turn in range(2):
            for number, page in enumerate(pages):
                draw(page, [way((60 + 30 * number, 60 + 10 * turn), (150, 250))])
        answers = [told(page, "agrees") and data_of(page) for page in pages]
    assert len({tuple(data["question"]["pixels"]) for data in answers}) == 4
    for data in answers:
        assert data["brian2"]["spikes"] == [[layer["step"], layer["cell"]] for layer in data["bio"]["spikes"]]


def test_the_link_for_others_carries_its_token_to_every_question(browser, servers):
    link = re.sub(r"//[^:]+:", "//127.0.0.1:", servers[1].address)
    token = re.search(r"token=(.+)$", link)[1]
    with opened(browser, link) as page:
        with page.expect_request("**/api/think") as asked:
            draw(page, SEVEN)
        assert asked.value.headers["x-token"] == token
        told(page, "agrees")
        data = data_of(page)
        assert page.evaluate("location.search") == f"?token={token}"  # a reload still gets in
        page.reload()
        told(page, "agrees")
    assert token not in str(data)  # whoever is sent the data is not let in
    page = browser.new_page()
    assert page.goto(link.replace(token, "x" * 22)).status == 403
    page.context.close()


def test_a_server_that_is_killed_is_missed_and_found_again(browser, servers, start):
    server, _ = servers
    with opened(browser, server.address, expected=GONE) as page:
        told(page, "agrees")
        server.kill()
        draw(page, SEVEN)
        assert told(page, "away") == (
            "Brian2: the server does not answer; the page thinks on by itself and looks for it every 2 s."
        )
        said = sentence_of(page)
        page.locator("#clear").click()
        draw(page, FOUR)
        alone = data_of(page)
        assert alone["brian2"] is None
        assert alone["sentence"] != said
        assert_python_agrees(alone, page_networks(TWO))
        port = int(re.search(r":(\d+)/", server.address)[1])
        again = start("--port", port, names=TWO[:1])
        assert again.address == server.address
        page.wait_for_selector("#brian[data-kind=agrees]", timeout=2 * PATIENCE)  # nobody touches the page meanwhile
        found = data_of(page)
        assert found["brian2"]["spikes"] == [[layer["step"], layer["cell"]] for layer in found["bio"]["spikes"]]
        assert found["question"] == alone["question"]
        again.process.send_signal(signal.SIGINT)  # ended in order, it is missed just as well
        again.process.wait()
        draw(page, SEVEN)
        told(page, "away")
