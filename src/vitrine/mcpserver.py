"""The public door as tools for assistants, by the Model Context Protocol.

Each tool asks one route of `/v1/shop/` with a publishable key, so an assistant sees what a shopper
sees and no more: https://modelcontextprotocol.io.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from urllib.parse import urljoin

import httpx
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.transport_security import TransportSecuritySettings
from mcp.types import ToolAnnotations
from pydantic import Field
from starlette.types import ASGIApp

HEADER = "X-Vitrine-Key"
PATIENCE = 30.0
"""Seconds that one answer may take."""

GUIDE = """Search a fashion shop's catalogue by words, by a photo, or by both.
Hits with "matches": false are only the nearest: say that nothing fits when "fits" is false.
Link products by their "url"; prices are in the product's "currency"."""

Answer = dict[str, Any]
Language = Annotated[Literal["en", "de", "ja"], Field(description="Of names of facets and kinds.")]
Asked = Context[Any, Any]
ProductId = Annotated[str | None, Field(description="`id` of a product found before.")]
ExternalId = Annotated[str | None, Field(description="The shop's own article number.")]
Filters = Annotated[
    dict[str, Any] | None,
    Field(
        description='By facets of list_filters, such as {"colour": ["red"], "price": {"max": 80}} '
        'or {"not": {"brand": ["Acme"]}}.'
    ),
]
READ_ONLY = ToolAnnotations(read_only_hint=True, open_world_hint=False)


@dataclass(frozen=True, slots=True)
class Door:
    """Where a Vitrine serves, and the key for whoever brings none."""

    address: str
    key: str = ""

    async def ask(self, asked: Asked, method: str, path: str, **given: Any) -> Answer:
        """What the route answers; raises ToolError with the reason where it refuses."""
        key = (asked.headers or {}).get(HEADER.lower()) or self.key
        if not key:
            raise ToolError(f"No publishable key: send one in the header {HEADER}.")
        try:
            async with httpx.AsyncClient(base_url=self.address, timeout=PATIENCE) as client:
                answer = await client.request(
                    method, f"/v1/shop/{path}", headers={HEADER: key}, **given
                )
                told = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise ToolError(f"The shop at {self.address} does not answer.") from error
        if answer.is_error:
            raise ToolError(_refusal(told))
        whole: Answer = self._linked(told)
        return whole

    def _linked(self, told: Any) -> Any:
        """The same with whole addresses: those of pictures are told without a host."""
        if isinstance(told, list):
            return [self._linked(each) for each in told]
        if not isinstance(told, dict):
            return told
        return {
            name: urljoin(self.address, each)
            if name == "url" and isinstance(each, str)
            else self._linked(each)
            for name, each in told.items()
        }


def create_server(door: Door) -> MCPServer[Any]:
    """A server of the tools; it holds no state, so any number of them may stand side by side."""
    server: MCPServer[Any] = MCPServer("vitrine", title="Shop search", instructions=GUIDE)

    @server.tool(annotations=READ_ONLY)
    async def search_products(  # noqa: PLR0913, PLR0917 - what is asked is what assistants read
        asked: Asked,
        text: Annotated[str, Field(description="What is looked for, as a shopper says it.")] = "",
        photo: Annotated[
            str | None, Field(description="A picture of it, base64 of a JPEG, PNG or WebP.")
        ] = None,
        filters: Filters = None,
        sort: Literal["relevance", "price", "-price", "newest"] = "relevance",
        limit: Annotated[int, Field(ge=1, le=50)] = 10,
        cursor: Annotated[str | None, Field(description="`next_cursor` of a page before.")] = None,
        language: Language = "en",
    ) -> Answer:
        """Find products by words, by a photo, or by both ("this, but in red"), best first.

        With neither, the newest products.
        """
        given: Answer = {"text": text, "sort": sort, "limit": limit, "language": language}
        if cursor is not None:
            given["cursor"] = cursor
        if photo is None:
            given["filters"] = filters or {}
            return await door.ask(asked, "POST", "search", json=given)
        given["filters"] = json.dumps(filters or {})
        files = {"image": ("photo", _decoded(photo))}
        return await door.ask(asked, "POST", "search", data=given, files=files)

    @server.tool(annotations=READ_ONLY)
    async def get_product(
        asked: Asked,
        product_id: ProductId = None,
        external_id: ExternalId = None,
        language: Language = "en",
    ) -> Answer:
        """Show one product, by one of its two ids: title, price, availability, pictures, page."""
        params = _given(product_id=product_id, external_id=external_id, language=language)
        return await door.ask(asked, "GET", "product", params=params)

    @server.tool(annotations=READ_ONLY)
    async def similar(
        asked: Asked,
        product_id: ProductId = None,
        external_id: ExternalId = None,
        filters: Filters = None,
        limit: Annotated[int, Field(ge=1, le=50)] = 10,
        language: Language = "en",
    ) -> Answer:
        """Find products like one, of its kind, by one of its two ids."""
        params = _given(product_id=product_id, external_id=external_id, language=language)
        params |= {"limit": limit, "filters": json.dumps(filters or {})}
        return await door.ask(asked, "GET", "similar", params=params)

    @server.tool(annotations=READ_ONLY)
    async def list_filters(asked: Asked, language: Language = "en") -> Answer:
        """List what searches may be filtered and sorted by, with the values there are."""
        settings = await door.ask(asked, "GET", "settings", params={"language": language})
        newest = await door.ask(asked, "POST", "search", json={"limit": 1, "language": language})
        return {
            "currency": settings["currency"],
            "sorts": settings["sorts"],
            "facets": settings["facets"],
            "values": newest["facets"],
            "price_range": newest["price_range"],
        }

    return server


def over_http(server: MCPServer[Any], names: list[str]) -> ASGIApp:
    """The server at /mcp, for requests to one of those names.

    The check of names keeps pages of strangers from reaching it through a browser on this machine.
    """
    security = TransportSecuritySettings(allowed_hosts=names)
    return server.streamable_http_app(
        stateless_http=True, json_response=True, transport_security=security
    )


def _given(**params: str | None) -> dict[str, Any]:
    return {name: each for name, each in params.items() if each is not None}


def _decoded(photo: str) -> bytes:
    try:
        return base64.b64decode(photo.partition("base64,")[2] or photo, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ToolError("photo: is not base64") from error


def _refusal(told: Mapping[str, Any]) -> str:
    """The detail of a problem, and what is wrong with which field."""
    detail = str(told.get("detail", "The shop refused."))
    fields = [f"{name}: {why}" for name, why in (told.get("fields") or {}).items()]
    return " ".join([detail, *(each for each in fields if each not in detail)])
