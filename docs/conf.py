"""Settings of the documentation site: ``sphinx-build -W docs site`` builds it; pages are listed in index.md alone."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from generated_pages import write_pages  # noqa: E402
from pygments.lexers.special import TextLexer  # noqa: E402
from sphinx.highlighting import lexers  # noqa: E402

import sim  # noqa: E402

write_pages(HERE / "reference")

project = "Centricity"
author = "The Centricity authors"
version = release = sim.__version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["templates"]
smartquotes = False  # options are to be copied
nitpicky = False  # types of libraries have pages elsewhere, and the site is built without a network

html_theme = "furo"
html_title = f"Centricity {release}"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_show_copyright = False  # the license says it
html_copy_source = False

lexers["csv"] = TextLexer()

myst_heading_anchors = 3
myst_links_external_new_tab = False
autodoc_typehints = "description"
autodoc_member_order = "bysource"
napoleon_google_docstring = True
