"""The Model Context Protocol: the tools by its official SDK, over standard input and output or for one HTTP request."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import Any

import anyio
import mcp_types as types
from anyio.to_thread import run_sync
from mcp.server import Server
from mcp.server.context import ServerRequestContext
from mcp.server.stdio import stdio_server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.shared.exceptions import MCPError
from starlette.types import Message, Scope

from kg import __version__
from kg.errors import KgError
from kg.query.rows import as_wrong_rows
from server.agents.tools import INSTRUCTIONS, AgentTool, Tools
from server.http.protocol import INTERNAL

_READ_ONLY = types.ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
_CLIENT_OF_PIPES = "stdio"
"""Name of the client at standard input, which has the limits of any client."""

_logger = logging.getLogger(__name__)


@dataclass(slots=True)
class HttpAnswer:
    """The response to an HTTP request."""

    status: int = 500
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


def serve_pipes(opened: AbstractContextManager[Tools]) -> None:
    """Serve the tools over standard input and output until the input ends.

    Meanwhile everything else that is written to standard output, also by child processes, goes to standard error.
    """

    async def serve() -> None:
        async with stdio_server() as (read, write):
            with opened as tools:
                server = _server(tools, _CLIENT_OF_PIPES)
                await server.run(read, write, server.create_initialization_options())

    anyio.run(serve)


def exchange(tools: Tools, client: str, headers: Iterable[tuple[str, str]], body: bytes) -> HttpAnswer:
    """Return the response to a POST request of the Streamable HTTP transport, as JSON and without a session."""
    logging.getLogger("mcp").setLevel(logging.ERROR)  # mistakes of clients are no warnings
    return anyio.run(partial(_exchange, _server(tools, client), list(headers), body))


async def _exchange(server: Server, headers: list[tuple[str, str]], body: bytes) -> HttpAnswer:
    answer = HttpAnswer()

    async def receive() -> Message:
        return {"type": "http.request", "body": body}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.headers = tuple((name.decode(), value.decode()) for name, value in message["headers"])
        else:
            answer.body += message.get("body", b"")

    raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    scope: Scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": raw}
    manager = StreamableHTTPSessionManager(server, json_response=True, stateless=True)
    async with manager.run():
        await manager.handle_request(scope, receive, send)
    return answer


def _server(tools: Tools, client: str) -> Server:
    async def listed(
        context: ServerRequestContext[Any], parameters: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        try:
            return types.ListToolsResult(tools=[_described(tool) for tool in await run_sync(tools.all, client)])
        except Exception as error:
            raise MCPError(types.INTERNAL_ERROR, _reason(error, tools)) from error

    async def called(
        context: ServerRequestContext[Any], parameters: types.CallToolRequestParams
    ) -> types.CallToolResult:
        return await run_sync(_called, tools, parameters, client)

    return Server(
        "rdm-kg",
        version=__version__,
        title="Research data management knowledge graph",
        instructions=INSTRUCTIONS,
        get_tool_input_schema=lambda name: None,  # no parameter of ours is a header
        on_list_tools=listed,
        on_call_tool=called,
    )


def _described(tool: AgentTool) -> types.Tool:
    return types.Tool(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=dict(tool.parameters),
        annotations=_READ_ONLY,
    )


def _called(tools: Tools, parameters: types.CallToolRequestParams, client: str) -> types.CallToolResult:
    """Return the result of a call; that of one that fails says why, as the protocol asks."""
    try:
        answer = tools.call(parameters.name, parameters.arguments or {}, client)
    except Exception as error:
        return types.CallToolResult(content=[types.TextContent(text=_reason(error, tools))], is_error=True)
    text = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
    return types.CallToolResult(content=[types.TextContent(text=text)], structured_content=answer)


def _reason(error: Exception, tools: Tools) -> str:
    """Return why a tool failed; an internal error is told in the words of the server's pages, and logged."""
    if isinstance(error, KgError):
        return str(error)
    _logger.error("while answering an agent", exc_info=error)
    known = as_wrong_rows(error) if tools.has_engine else error
    return str(known) if isinstance(known, KgError) else INTERNAL
