"""Shows the code on the site: a page for every file that a chapter links or whose names the API pages describe.

On a code host `[lif.py](lif.py)` opens the file; here it leads to the same file with colours and numbered lines.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_for_filename
from sphinx import addnodes
from sphinx.application import Sphinx

FOLDER = "source"
SHOWN = {".py", ".h", ".js", ".j2", ".toml"}
ROOT = Path(__file__).parents[2]
ABOVE = "../../"  # from a page of docs/api to the top of the site
BEFORE, AFTER = 400, 600  # Sphinx, at 500, copies what is to be downloaded, and links names of the API to their code


def setup(app: Sphinx) -> dict[str, Any]:
    """Connects links, API entries and pages."""
    app.connect("config-inited", lambda app, config: setattr(config, "linkcode_resolve", resolve))
    app.connect("doctree-read", link_to_pages, priority=BEFORE)
    app.connect("doctree-read", note, priority=AFTER)
    app.connect("env-purge-doc", lambda app, env, page: shown(env).pop(page, None))
    app.connect("html-collect-pages", pages)
    return {"parallel_read_safe": False, "parallel_write_safe": True}


def resolve(domain: str, info: dict[str, str]) -> str | None:
    """Where the code of a name of the API is, from the page that describes it; None for what has none, as constants."""
    found: Any = sys.modules.get(info["module"])
    for part in info["fullname"].split("."):
        found = getattr(found, part, None)
    if isinstance(found, property):
        found = found.fget
    try:
        found = inspect.unwrap(found)
        file, line = inspect.getsourcefile(found), inspect.getsourcelines(found)[1]
    except (TypeError, OSError, AttributeError):
        return None
    if file is None or not Path(file).is_relative_to(ROOT):
        return None
    return f"{ABOVE}{FOLDER}/{Path(file).relative_to(ROOT).as_posix()}.html#L-{line}"


def link_to_pages(app: Sphinx, doctree: nodes.document) -> None:
    """Turns what would download a file of code into a link to its page."""
    up = "../" * app.env.docname.count("/")
    for node in list(doctree.findall(addnodes.download_reference)):
        name, file = app.env.relfn2path(str(node["reftarget"]))
        if Path(file).suffix in SHOWN and Path(file).is_file():
            address = f"{up}{FOLDER}/{Path(name).as_posix()}.html"
            node.replace_self(nodes.reference("", "", *node.children, internal=True, refuri=address))


def note(app: Sphinx, doctree: nodes.document) -> None:
    """Remembers, from build to build, to which files of code a page leads."""
    addresses = (str(node.get("refuri", "")) for node in doctree.findall(nodes.reference))
    found = (re.fullmatch(rf"(?:\.\./)*{FOLDER}/(.+)\.html(?:#.*)?", address) for address in addresses)
    shown(app.env)[app.env.docname] = {match[1] for match in found if match}


def shown(env: Any) -> dict[str, set[str]]:
    """For each page, the files of code that it leads to."""
    if not hasattr(env, "shown_code"):
        env.shown_code = {}
    found: dict[str, set[str]] = env.shown_code
    return found


def pages(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """A page for each file that some page leads to."""
    for name in sorted(set().union(*shown(app.env).values())):
        formatter = HtmlFormatter(linenos="inline", lineanchors="L", cssclass="highlight")
        lexer = get_lexer_for_filename(name.removesuffix(".j2"))  # a template is coloured as what it makes
        body = highlight((Path(app.srcdir) / name).read_text(encoding="utf-8"), lexer, formatter)
        yield f"{FOLDER}/{name}", {"title": name, "body": f"<h1>{escape(name)}</h1>{body}"}, "page.html"
