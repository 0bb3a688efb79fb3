"""Shows the code on the site: a page for every file that a chapter links or whose names the API pages describe.

On a code host `[lif.py](lif.py)` opens the file; here it leads to the same file with colours and numbered lines.
"""

from __future__ import annotations

import inspect
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
from sphinx.transforms.post_transforms import SphinxPostTransform

FOLDER = "source"
SHOWN = {".py", ".h", ".js", ".j2", ".toml"}
ABOVE = "../../"  # from a page of docs/api to the top of the site


class LinksToPages(SphinxPostTransform):
    """Turns what would download a file of code into a link to its page."""

    default_priority = 5

    def run(self, **kwargs: Any) -> None:
        """On one page."""
        for node in list(self.document.findall(addnodes.download_reference)):
            file = (Path(self.env.srcdir) / str(node["reftarget"]).lstrip("/")).resolve()
            if file.suffix in SHOWN and file.is_file():
                name = file.relative_to(self.env.srcdir).as_posix()
                up = "../" * self.env.docname.count("/")
                link = nodes.reference("", "", *node.children, internal=True, refuri=f"{up}{FOLDER}/{name}.html")
                node.replace_self(link)


def setup(app: Sphinx) -> dict[str, Any]:
    """Connects links, API entries and pages."""
    app.add_post_transform(LinksToPages)
    app.connect("html-collect-pages", pages)
    app.connect("config-inited", lambda app, config: config.__setattr__("linkcode_resolve", resolve))
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def resolve(domain: str, info: dict[str, str]) -> str | None:
    """Where the code of a name of the API is, from the page that describes it; None for what has none, as constants."""
    found: Any = sys.modules.get(info["module"])
    for part in info["fullname"].split("."):
        found = getattr(found, part, None)
    found = inspect.unwrap(found.fget if isinstance(found, property) else found) if found is not None else None
    try:
        file, line = inspect.getsourcefile(found), inspect.getsourcelines(found)[1]  # type: ignore[arg-type]
    except (TypeError, OSError):
        return None
    root = Path(__file__).parents[2]
    if file is None or not Path(file).is_relative_to(root):
        return None
    return f"{ABOVE}{FOLDER}/{Path(file).relative_to(root).as_posix()}.html#L-{line}"


def pages(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """A page for each file of code of the packages, and of what chapters link."""
    root = Path(app.srcdir)
    folders = ("ann", "bio", "compare", "data", "labs", "benchmarks")
    found = [path for folder in folders for path in (root / folder).rglob("*") if path.suffix in SHOWN]
    for path in sorted([*found, root / "setup_env.py"]):
        name = path.relative_to(root).as_posix()
        formatter = HtmlFormatter(linenos="inline", lineanchors="L", anchorlinenos=False, cssclass="highlight")
        body = highlight(path.read_text(encoding="utf-8"), lexer(path), formatter)
        yield f"{FOLDER}/{name}", {"title": name, "body": f"<h1>{escape(name)}</h1>{body}"}, "page.html"


def lexer(path: Path) -> Any:
    """What colours a file; a template is coloured as what it makes."""
    return get_lexer_for_filename(path.name.removesuffix(".j2"))
