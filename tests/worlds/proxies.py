"""The configuration of the front end's own container, for an nginx of this machine."""

from __future__ import annotations

import os
from pathlib import Path

DOCKER = Path(__file__).parents[2] / "deploy" / "docker"


def configured(folder: Path, root: Path, listen: str, api: str) -> Path:
    """The template as the image fills it in, with this machine's places; writes it to a file."""
    server = (DOCKER / "web.conf.template").read_text()
    for name, value in {
        "listen 8080": f"listen {listen}",
        "/usr/share/nginx/html": str(root),
        "/etc/nginx/vitrine/headers.conf": str(DOCKER / "web.headers.conf"),
        "/etc/nginx/vitrine/embed.headers.conf": str(DOCKER / "web.embed.headers.conf"),
        "${VITRINE_API}": api,
    }.items():
        assert name in server
        server = server.replace(name, value)
    places = "".join(
        f"{kind}_temp_path {folder}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    http = f"access_log off; types {{ text/html html; text/javascript js; }} {places} {server}"
    # Started by root its workers are nobody, who may not look into pytest's folders.
    user = "user root;" if os.geteuid() == 0 else ""
    path = folder / "nginx.conf"
    path.write_text(f"daemon off; {user} pid {folder}/pid; events {{}} http {{ {http} }}")
    return path
