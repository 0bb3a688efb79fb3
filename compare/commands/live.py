"""`analogy live`: the page on which digits are drawn, served with Brian2 behind it, or written to a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from compare.commands.terminal import DATA, SEED, progress_bars


def live(
    export: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the page to a file that needs nothing else, and end."),
    ] = None,
    host: Annotated[
        str, typer.Option(help="Address to listen at; any but this machine's own lets others in.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen at; where it is in use, the next that is free.")] = 8000,
    no_open: Annotated[bool, typer.Option("--no-open", help="Leave the browser alone.")] = False,
    seed: Annotated[int, SEED] = 0,
    data: Annotated[Path | None, DATA] = None,
) -> None:
    """Draw a digit, and watch both networks think: a page with real Brian2 behind it, until Ctrl-C."""
    if export is not None:
        exported(export, seed=seed, data=data)
        return
    from compare.live.address import check_port, listen
    from compare.live.networks import live_networks
    from compare.live.page import page_text
    from compare.live.payload import payload

    check_port(port)
    listen(host, 0).close()  # before any work: is there such a host?
    with progress_bars() as report:
        networks = live_networks(seed=seed, data=data, progress=report)
    html, policy = page_text(payload(networks, seed=seed, data=data), brian=True)
    served(html, policy, networks, host=host, port=port, browser=not no_open)


def exported(file: Path, *, seed: int, data: Path | None) -> None:
    """Writes the page to a file."""
    from compare.files import check_file, prepare_folder
    from compare.live.export import write_page

    check_file(file)
    prepare_folder(file.parent)
    with progress_bars() as report:
        size = write_page(file, seed=seed, data=data, progress=report)
    print(f"the page is {file.resolve()} ({size / 1e3:,.0f} kB): it needs nothing else")


def served(html: str, policy: str, networks: dict, *, host: str, port: int, browser: bool) -> None:
    """Serves the page until Ctrl-C."""
    import secrets

    from compare.live.address import hosts_of, is_loopback, listen
    from compare.live.brian import Brian
    from compare.live.server import app, serve

    listening = listen(host, port)
    found = int(listening.getsockname()[1])
    if port not in (0, found):
        warn(f"port {port} is in use: {found} is taken instead")
    brian = Brian(networks)
    try:
        brian.start()  # what stands in its way ends the command before anybody is told where the page is
        token = None if is_loopback(host) else secrets.token_urlsafe(16)
        if token is not None:
            warn(f"host {host} lets other machines in: whoever has the link below, with its token, can use the page")
        print(f"until Ctrl-C stops it, the page is at {link(host, found, token)}", flush=True)
        if browser:
            show(link("127.0.0.1" if host in EVERYWHERE else host, found, token))
        hosts = hosts_of(host, found)
        serve(app(html, policy, brian, hosts=hosts, elsewhere=token is not None, token=token), listening)
    except KeyboardInterrupt:
        print("stopped")
    finally:
        brian.close()
        listening.close()


EVERYWHERE = ("0.0.0.0", "::")


def link(host: str, port: int, token: str | None) -> str:
    """The address of the page; this machine's name where it listens at all its addresses."""
    import socket

    from compare.live.address import bracketed

    name = socket.gethostname() if host in EVERYWHERE else bracketed(host)
    return f"http://{name}:{port}/" + (f"?token={token}" if token else "")


def show(address: str) -> None:
    """Opens the browser, which may take its time."""
    import threading
    import webbrowser

    threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()


def warn(message: str) -> None:
    """One line on stderr."""
    print(f"analogy: {message}", file=sys.stderr, flush=True)
