"""Writes the live page to a file that needs no other."""

from __future__ import annotations

from pathlib import Path

from compare.comparison import Progress
from compare.files import write_utf8


def write_page(
    file: Path,
    *,
    seed: int = 0,
    data: Path | None = None,
    workers: int | None = None,
    progress: Progress = lambda stage, done, total, note: None,
) -> int:
    """The page in a file, whole or not at all, and its size in bytes. Raises what `live_networks` raises, and OSError
    where the file cannot be written."""
    from compare.live.networks import live_networks
    from compare.live.page import page_text
    from compare.live.payload import payload

    networks = live_networks(seed=seed, data=data, workers=workers, progress=progress)
    html, _ = page_text(payload(networks, seed=seed, data=data), brian=False)
    write_utf8(file, html)
    return len(html.encode())
