"""The MCP switch: with GRADIO_MCP_SERVER=True the endpoints are an agent's tools; without it there are none."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

import pytest

from tests.tabs.conftest import served

installed = pytest.mark.skipif(find_spec("mcp") is None, reason="no MCP here: pip install 'gradio[mcp]==6.31.0'")


@pytest.fixture(scope="module")
def agents_page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a page with the switch on."""
    with served(tmp_path_factory.mktemp("agents"), GRADIO_MCP_SERVER="True") as page:
        yield page.address


def asked(address: str, method: str, **parameters: Any) -> dict[str, Any]:
    """What the MCP server answers: JSON-RPC, its answer in an event stream."""
    question = {"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}
    headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    request = urllib.request.Request(f"{address}/gradio_api/mcp/", json.dumps(question).encode(), headers)
    with urllib.request.urlopen(request, timeout=120) as answer:
        lines = answer.read().decode().splitlines()
    said = [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: ")]
    return next(one["result"] for one in said if one.get("id") == 1)


@installed
@pytest.mark.timeout(600)
def test_every_endpoint_is_a_tool_with_its_parameters(agents_page: str) -> None:
    tools = {tool["name"]: tool for tool in asked(agents_page, "tools/list")["tools"]}
    with urllib.request.urlopen(f"{agents_page}/gradio_api/info") as answer:
        endpoints = json.load(answer)["named_endpoints"]
    assert {f"/{name}" for name in tools} == set(endpoints)
    for name, tool in tools.items():
        assert len(tool["description"]) > 40, name
        named = {parameter["parameter_name"] for parameter in endpoints[f"/{name}"]["parameters"]}
        assert set(tool["inputSchema"]["properties"]) == named, name


@installed
@pytest.mark.timeout(600)
def test_a_tool_answers(agents_page: str) -> None:
    said = asked(agents_page, "tools/call", name="health", arguments={})
    assert not said.get("isError"), said
    assert '"status": "ok"' in said["content"][0]["text"].replace("'", '"')


def test_it_is_off_by_default(page_address: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as error:
        asked(page_address, "tools/list")
    assert error.value.code in (404, 405)
    error.value.close()
