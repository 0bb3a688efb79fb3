"""Puts what `pictures.py` made in the place of comments in the Markdown: `<!-- gallery: claim -->` and its like.

On a code host the comments do not show. Where no pictures were made, a line says so in their place.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

COMMENT = re.compile(r"^<!-- gallery: (\w+) -->$", re.MULTILINE)
MARKUP = re.compile(r"([\\`*_<>\[\]$|#])")
NONE = "*(The figures of this part are made when the site is built without `--plain`.)*"
LIVE = '<p><a href="../live.html">Draw on the live page</a> that was made with this site. It needs no server.</p>'


def setup(app: Sphinx) -> dict[str, Any]:
    """Fills the comments as pages are read."""
    app.add_config_value("gallery_folder", "", "env")
    app.connect("source-read", fill)
    app.connect("env-get-outdated", outdated)
    app.connect("build-finished", copy_live)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def fill(app: Sphinx, page: str, source: list[str]) -> None:
    """Replaces each comment of a page by what was made for it."""
    made = made_in(app)
    source[0] = COMMENT.sub(lambda match: part(match[1], made, Path(app.config.gallery_folder)), source[0])


def made_in(app: Sphinx) -> list[dict[str, Any]]:
    """The experiments that were made for this build, in order; none where it is built without."""
    if not app.config.gallery_folder:
        return []
    path = Path(app.srcdir) / app.config.gallery_folder / "gallery.json"
    made: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["experiments"]
    return made


def part(name: str, made: list[dict[str, Any]], folder: Path) -> str:
    """The Markdown for one comment: the experiments of a part ("claim", "break"), or the link to the live page."""
    if not made:
        return NONE if name != "live" else ""
    if name == "live":
        return LIVE
    return "\n".join(section(entry, folder) for entry in made if entry["part"] == name)


def section(entry: dict[str, Any], folder: Path) -> str:
    """One experiment: question, verdict, finding, command, figures."""
    places = ", ".join(f"[{time}]({address})" for time, address in entry["links"])
    figures = [f"![{plain(figure['alt'])}](/{folder.as_posix()}/{figure['file']})" for figure in entry["figures"]]
    paragraphs = [
        f"### {plain(entry['title'])}",
        f"*{plain(entry['question'])}*" + (f" (the lesson at {places})" if places else ""),
        f"**{plain(entry['verdict'])}.** {plain(entry['sentence'])}",
        *figures,
        plain(entry["finding"]),
        f"```sh\n{entry['command']}\n```",
    ]
    return "\n\n".join(paragraphs) + "\n"


def plain(text: str) -> str:
    """A text on one line in which nothing is markup."""
    return MARKUP.sub(r"\\\1", " ".join(text.split()))


def outdated(app: Sphinx, env: Any, added: set[str], changed: set[str], removed: set[str]) -> list[str]:
    """The pages with such comments, which are read anew in every build."""
    return [page for page in env.found_docs if COMMENT.search(Path(env.doc2path(page)).read_text(encoding="utf-8"))]


def copy_live(app: Sphinx, error: Exception | None) -> None:
    """Puts the live page beside the others."""
    if error is None and app.config.gallery_folder:
        shutil.copyfile(Path(app.srcdir) / app.config.gallery_folder / "live.html", Path(app.outdir) / "live.html")
