"""Assistants shop with the protocol's own client, over HTTP and over standard input."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import sys
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import httpx
import httpx2
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp.types import TextContent

from tests.worlds.factories import photo
from tests.worlds.programs import answers, free_port, served, started
from tests.worlds.visitors import Door, furnished
from vitrine import mcpserver
from vitrine.api.app import create_app
from vitrine.mcpserver import HEADER
from vitrine.wiring import Runtime

TOOLS = {"search_products", "get_product", "similar", "list_filters"}


@pytest.fixture
def door(runtime: Runtime) -> Door:
    return furnished(runtime)


@pytest.fixture
def address(door: Door) -> Iterator[str]:
    with served(create_app(door.runtime.settings, door.runtime)) as url:
        yield url


def call(door: mcpserver.Door, tool: str, **given: Any) -> tuple[bool, Any]:
    """Whether the tool failed, and what it said."""
    return asyncio.run(called(Client(mcpserver.create_server(door)), tool, **given))


async def called(
    opened: AbstractAsyncContextManager[Client], tool: str, **given: Any
) -> tuple[bool, Any]:
    async with opened as client:
        answer = await client.call_tool(tool, given)
        said = answer.content[0]
        assert isinstance(said, TextContent)
        return bool(answer.is_error), said.text if answer.is_error else json.loads(said.text)


def test_an_assistant_finds_what_a_shopper_finds(door: Door, address: str) -> None:
    shop = mcpserver.Door(address, door.key()[1])
    failed, told = call(shop, "search_products", text="red", limit=5)
    assert not failed, told
    shown = [hit["product"] for hit in told["hits"]]
    assert shown[0]["external_id"] == "red"
    assert {each["external_id"] for each in shown} <= {"red", "green", "blue"}
    picture = httpx.get(shown[0]["pictures"][0]["url"])  # a whole address
    assert picture.headers["content-type"] == "image/webp"


def test_a_photo_and_filters_narrow_a_search(door: Door, address: str) -> None:
    shop = mcpserver.Door(address, door.key()[1])
    seen = base64.b64encode(photo("blue", seed=7)).decode()
    for given in (seen, f"data:image/jpeg;base64,{seen}"):
        failed, told = call(shop, "search_products", photo=given)
        assert not failed, told
        assert told["hits"][0]["product"]["external_id"] == "blue"
    failed, told = call(shop, "search_products", photo=seen, filters={"colour": ["green"]})
    assert not failed, told
    assert [hit["product"]["external_id"] for hit in told["hits"]] == ["green"]


def test_a_product_and_its_like_are_shown_by_either_id(door: Door, address: str) -> None:
    shop = mcpserver.Door(address, door.key()[1])
    for given in ({"external_id": "red"}, {"product_id": door.products["red"]}):
        failed, told = call(shop, "get_product", **given)
        assert (failed, told["title"], told["price"]) == (False, told["title"], "19.90"), told
        failed, told = call(shop, "similar", **given)
        assert not failed, told
        assert "red" not in {hit["product"]["external_id"] for hit in told["hits"]}


def test_filters_are_told_with_their_values(door: Door, address: str) -> None:
    failed, told = call(mcpserver.Door(address, door.key()[1]), "list_filters", language="de")
    assert not failed, told
    values = {each["name"]: {v["value"] for v in each["values"]} for each in told["values"]}
    assert values["colour"] == {"red", "green", "blue"}
    assert told["price_range"] == {"min": "19.90", "max": "19.90"}


@pytest.mark.parametrize(
    ("tool", "given", "said"),
    [
        ("get_product", {"external_id": "draft"}, "no such product"),
        ("get_product", {"external_id": "sold-out"}, "no such product"),
        ("get_product", {}, "external_id"),
        ("search_products", {"filters": {"size_of_moon": ["big"]}}, "size_of_moon"),
        ("search_products", {"photo": "no picture!"}, "base64"),
        ("search_products", {"photo": base64.b64encode(b"no picture").decode()}, "image"),
    ],
)
def test_a_refusal_says_what_is_wrong(
    door: Door, address: str, tool: str, given: dict[str, Any], said: str
) -> None:
    failed, told = call(mcpserver.Door(address, door.key()[1]), tool, **given)
    assert failed
    assert said in told


def test_no_key_a_wrong_key_and_no_shop_are_told(address: str) -> None:
    assert HEADER in call(mcpserver.Door(address), "search_products")[1]
    assert call(mcpserver.Door(address, "pk_wrong"), "search_products")[0]
    nowhere = mcpserver.Door(f"http://127.0.0.1:{free_port()}", "pk_any")
    assert "does not answer" in call(nowhere, "search_products")[1]


def test_the_command_speaks_on_standard_input(door: Door, address: str) -> None:
    words = ["-m", "vitrine", "mcp", "--url", address]
    given = dict(os.environ) | {"VITRINE_MCP_KEY": door.key()[1]}
    server = StdioServerParameters(command=sys.executable, args=words, env=given)

    async def tools() -> set[str]:
        async with Client(server) as client:
            return {each.name for each in (await client.list_tools()).tools}

    assert asyncio.run(tools()) == TOOLS
    failed, told = asyncio.run(called(Client(server), "search_products", text="green"))
    assert not failed, told
    assert told["hits"][0]["product"]["external_id"] == "green"


def test_the_command_serves_callers_with_keys_of_their_own(
    door: Door, address: str, tmp_path: Path
) -> None:
    port = free_port()
    command = [sys.executable, "-m", "vitrine", "mcp", "--http", "--url", address]
    here = f"http://127.0.0.1:{port}/mcp"

    async def asked(key: str) -> Any:
        async with httpx2.AsyncClient(headers={HEADER: key}) as http:
            transport = streamable_http_client(here, http_client=http)
            return await called(Client(transport), "get_product", external_id="red")

    with started([*command, "--port", str(port)], tmp_path) as program:
        program.wait_for(lambda: answers(f"http://127.0.0.1:{port}"))
        assert asyncio.run(asked(door.key()[1]))[1]["external_id"] == "red"
        only_blue = door.key(filters={"colour": ["blue"]})[1]
        assert asyncio.run(asked(only_blue))[0]  # each sees what its own key shows
        strange = httpx.post(here, json={}, headers={"Host": "evil.example"})
        assert strange.status_code in (403, 421)


def test_the_command_asks_for_a_key(tmp_path: Path) -> None:
    with started([sys.executable, "-m", "vitrine", "mcp"], tmp_path) as program:
        program.wait_for(lambda: b"VITRINE_MCP_KEY" in program.log.read_bytes())
