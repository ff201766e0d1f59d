"""Brings files from outside of docs/ into the site, and makes the links of GitHub its own."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

BROUGHT = {
    "ARCHITECTURE.md": "architecture.md",
    "CONTRIBUTING.md": "contributing.md",
    "NOTICE": "NOTICE.txt",
    "web/openapi.json": "openapi.json",
}
"""By its path in the repository, the path of a file within the site."""
STANDS_FOR = BROUGHT | {"README.md": "index.md"}
ORIGINS = {site: repository for repository, site in BROUGHT.items()}
LINK = re.compile(r"(?<=\]\()(?![a-z]+:|#|/)([^)#\s]+)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add what lies outside of docs/ to the files of the site."""
    root = Path(config.config_file_path).parent
    for repository, site in BROUGHT.items():
        files.append(File.generated(config, site, abs_src_path=str(root / repository)))
    return files


def on_page_markdown(markdown: str, page: Page, **_: object) -> str:
    """The page with its links as the site has them; one that leads nowhere fails the build."""
    here = page.file.src_uri
    written_in = posixpath.dirname(ORIGINS.get(here, f"docs/{here}"))

    def within_site(link: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(written_in, link[1]))
        site = STANDS_FOR.get(target, target.removeprefix("docs/"))
        return posixpath.relpath(site, posixpath.dirname(here) or ".")

    return LINK.sub(within_site, markdown)
