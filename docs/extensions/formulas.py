"""Formulas as MathML, which browsers draw by themselves: no script, no font, no network.

LaTeX is translated by latex2mathml when the site is built; a formula that it cannot translate stops a strict build.
"""

from __future__ import annotations

from html import escape
from typing import Any

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.util import logging

log = logging.getLogger(__name__)


def setup(app: Sphinx) -> dict[str, Any]:
    """Registers the renderer under the name that `html_math_renderer` asks for."""
    app.add_html_math_renderer("mathml", (visit, None), (visit_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def visit(translator: Any, node: nodes.math) -> None:
    """A formula in a line."""
    translator.body.append(f'<span class="math">{mathml(node, "inline")}</span>')
    raise nodes.SkipNode


def visit_block(translator: Any, node: nodes.math_block) -> None:
    """A formula on a line of its own, which scrolls where the page is narrower."""
    translator.body.append(f'<div class="math" tabindex="0">{mathml(node, "block")}</div>\n')
    raise nodes.SkipNode


def mathml(node: nodes.Element, display: str) -> str:
    """The formula; as it was typed, with a warning, where it cannot be translated."""
    latex = node.astext()
    try:
        return convert(latex, display=display)
    except Exception as error:  # of many kinds
        log.warning("formula %s: %s: %s", latex, type(error).__name__, error, location=node)
        return f"<code>{escape(latex)}</code>"
