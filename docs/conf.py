"""How Sphinx builds the site: what belongs to it, how it looks, and what it is strict about.

The source is the whole checkout, so that the chapters beside the code are pages as they are, and a link between two of
them works on the site and on a code host alike.
"""

import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))  # for `extensions`

project = "neural-analogy"
author = "The neural-analogy authors"
project_copyright = f"{author}, MIT licence"
release = tomllib.loads((HERE.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
version = release
language = "en"

root_doc = "docs/index"
include_patterns = [
    "docs/**.md",
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "*/README.md",
    "bio/stdp/README.md",
]
exclude_patterns = [".[a-z]*/**", "out/**", "site/**", "dist/**", "build/**"]
extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.linkcode",
    "extensions.docstrings",
    "extensions.formulas",
    "extensions.gallery",
    "extensions.sources",
]

myst_enable_extensions = ["dollarmath", "deflist"]
myst_heading_anchors = 3
suppress_warnings = ["myst.header"]  # a chapter's headings are its author's

autodoc_default_options = {"members": True, "member-order": "bysource"}
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
maximum_signature_line_length = 70
python_use_unqualified_type_names = True
python_display_short_literal_types = True
add_module_names = False
toc_object_entries_show_parents = "hide"

nitpicky = True
# types of other packages, whose documentation is elsewhere (the site is built without a network), and a type variable
nitpick_ignore_regex = [
    (r"py:.*", r"(?!(ann|bio|compare|data)\.).*"),
    (r"py:class", r"compare\.experiments\.experiment\.R"),
]

html_theme = "furo"
html_title = "neural-analogy"
html_math_renderer = "mathml"
html_extra_path = ["front"]
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
html_theme_options = {
    # the colours of the standard network, as in every figure; lighter on dark
    "light_css_variables": {
        "color-brand-primary": "#00609a",
        "color-brand-content": "#00609a",
        "color-api-name": "#00609a",
    },
    "dark_css_variables": {
        "color-brand-primary": "#6db8e8",
        "color-brand-content": "#6db8e8",
        "color-api-name": "#6db8e8",
    },
}
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"
