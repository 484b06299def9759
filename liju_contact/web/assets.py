"""Static files, each under an address that names its content: kept by browsers for a year and never out of date.

The style sheet that shows the technical fields of the chosen product line is written here from the catalogue, because a
strict content policy allows no style inside the page, and so the choice works without JavaScript.
"""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Response, abort, current_app, request

from liju_contact.domain.catalogue import Catalogue

bp = Blueprint("assets", __name__, url_prefix="/assets")
_FOLDER = Path(__file__).parent / "static"
_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
_COMPRESSED = frozenset({".css", ".js", ".svg"})
_YEAR_SECONDS = 31_536_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    content: bytes
    compressed: bytes | None
    media_type: str
    digest: str


class Assets:
    """All static files, read once at start."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._by_name = {path.name: _asset(path.read_bytes(), path.suffix) for path in sorted(_FOLDER.iterdir())}
        self._by_name["products.css"] = _asset(product_styles(catalogue).encode(), ".css")

    def url(self, name: str) -> str:
        return f"/assets/{self._by_name[name].digest}/{name}"

    def find(self, digest: str, name: str) -> Asset | None:
        asset = self._by_name.get(name)
        return asset if asset and asset.digest == digest else None


@bp.get("/<digest>/<name>")
def asset(digest: str, name: str) -> Response:
    assets: Assets = current_app.extensions["liju_assets"]
    found = assets.find(digest, name)
    if found is None:
        abort(404)
    headers = {"Cache-Control": f"public, max-age={_YEAR_SECONDS}, immutable", "Vary": "Accept-Encoding"}
    if found.compressed and "gzip" in request.headers.get("Accept-Encoding", ""):
        return Response(
            found.compressed, content_type=found.media_type, headers={**headers, "Content-Encoding": "gzip"}
        )
    return Response(found.content, content_type=found.media_type, headers=headers)


def product_styles(catalogue: Catalogue) -> str:
    """Return the rules that show only the technical fields the chosen product line asks for.

    A browser that does not know ``:has()`` shows them all, and the form works the same.
    """
    rules = ["[data-products]{display:none}"]
    rules += [
        f'form:has(#product-{line.id}:checked) [data-products~="{line.id}"]{{display:block}}'
        for line in catalogue.product_lines
    ]
    return "@supports selector(:has(*)){" + "".join(rules) + "}\n"


def _asset(content: bytes, suffix: str) -> Asset:
    return Asset(
        content=content,
        compressed=gzip.compress(content, 9, mtime=0) if suffix in _COMPRESSED else None,
        media_type=_MEDIA_TYPES[suffix],
        digest=hashlib.sha256(content).hexdigest()[:16],
    )
