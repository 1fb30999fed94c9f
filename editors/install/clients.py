"""The clients that Portico can be set up in, the ones most people have first.

Each row was written from the maker's own documentation; docs/install.md says which were tried.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from editors.install.client import NAME, Client, Family, Place, Syntax, everywhere

if TYPE_CHECKING:
    from collections.abc import Callable


def _plain(command: list[str]) -> dict[str, object]:
    return {"command": command[0], "args": command[1:]}


def _stdio(command: list[str]) -> dict[str, object]:
    return {"type": "stdio", **_plain(command)}


def _local(command: list[str]) -> dict[str, object]:
    return {"type": "local", **_plain(command), "tools": ["*"]}


def _opencode(command: list[str]) -> dict[str, object]:
    return {"type": "local", "command": command, "enabled": True}


def _template(command: list[str]) -> dict[str, object]:
    """A template of LSP4IJ, from which it makes a language server without a plugin.

    Its fields are those of docs/UserDefinedLanguageServerTemplate.md of LSP4IJ at d21cff925d36.
    """
    program = f'"{command[0]}"' if " " in command[0] else command[0]
    files = ["*", "portico.toml", "mcp.json", ".mcp.json"]
    return {
        "id": NAME,
        "name": "Portico",
        "programArgs": {"default": f"{program} lsp"},
        "fileTypeMappings": [
            {"fileType": {"name": "Portico", "patterns": files}, "languageId": "plaintext"}
        ],
    }


def _neovim(command: list[str]) -> dict[str, object]:
    """The plugin that this Portico brings, and the program; Neovim starts `portico lsp`."""
    program = command[0] if command[0] != NAME else ""
    return {"plugin": str(Path(__file__).parents[1] / "neovim"), "program": program}


def _servers(path: str) -> Place:
    return Place(path, ("servers", NAME), _stdio)


def _mcp_servers(path: str) -> Place:
    return Place(path, ("mcpServers", NAME), _plain)


def _by_platform(
    linux: str, darwin: str, win32: str, make: Callable[[str], Place] = _mcp_servers
) -> dict[str, Place]:
    return {"linux": make(linux), "darwin": make(darwin), "win32": make(win32)}


_RESTART = "Restart it."

CLIENTS: tuple[Client, ...] = (
    Client(
        "vscode",
        "VS Code",
        _by_platform(
            "~/.config/Code/User/mcp.json",
            "~/Library/Application Support/Code/User/mcp.json",
            "%APPDATA%/Code/User/mcp.json",
            _servers,
        ),
        _servers(".vscode/mcp.json"),
        graphical=True,
        reload="It notices by itself; start the server with MCP: List Servers.",
        seen=("~/.config/Code", "~/Library/Application Support/Code", "%APPDATA%/Code"),
    ),
    Client(
        "cursor",
        "Cursor",
        everywhere(_mcp_servers("~/.cursor/mcp.json")),
        _mcp_servers(".cursor/mcp.json"),
        graphical=True,
        reload="Enable it under Settings, MCP.",
        seen=("~/.cursor",),
    ),
    Client(
        "claude-code",
        "Claude Code",
        everywhere(Place("~/.claude.json", ("mcpServers", NAME), _stdio)),
        Place(".mcp.json", ("mcpServers", NAME), _stdio),
        reload="Start a new session; /mcp shows it.",
        seen=("~/.claude.json", "~/.claude"),
    ),
    Client(
        "claude-desktop",
        "Claude Desktop",
        _by_platform(
            "~/.config/Claude/claude_desktop_config.json",
            "~/Library/Application Support/Claude/claude_desktop_config.json",
            "%APPDATA%/Claude/claude_desktop_config.json",
        ),
        graphical=True,
        reload=_RESTART,
        seen=("~/.config/Claude", "~/Library/Application Support/Claude", "%APPDATA%/Claude"),
    ),
    Client(
        "copilot-cli",
        "Copilot CLI",
        everywhere(Place("~/.copilot/mcp-config.json", ("mcpServers", NAME), _local)),
        _mcp_servers(".mcp.json"),
        reload="Start a new session.",
        seen=("~/.copilot",),
    ),
    Client(
        "copilot-jetbrains",
        "GitHub Copilot for JetBrains",
        _by_platform(
            "~/.config/github-copilot/intellij/mcp.json",
            "~/.config/github-copilot/intellij/mcp.json",
            "%LOCALAPPDATA%/github-copilot/intellij/mcp.json",
            _servers,
        ),
        graphical=True,
        reload="Restart the IDE.",
        seen=("~/.config/github-copilot/intellij", "%LOCALAPPDATA%/github-copilot/intellij"),
    ),
    Client(
        "jetbrains-air",
        "JetBrains Air",
        project=_mcp_servers(".air/mcp.json"),
        reload="Allow it to launch workspace MCP servers.",
    ),
    Client(
        "junie",
        "Junie",
        everywhere(_mcp_servers("~/.junie/mcp/mcp.json")),
        _mcp_servers(".junie/mcp/mcp.json"),
        graphical=True,
        reload="Restart the IDE.",
        seen=("~/.junie",),
    ),
    Client(
        "lsp4ij",
        "LSP4IJ in JetBrains IDEs",
        everywhere(Place("~/.lsp4ij/portico/template.json", (), _template)),
        graphical=True,
        reload="In the IDE: New Language Server, Import from custom template…, and this folder.",
        seen=("~/.lsp4ij",),
    ),
    Client(
        "zed",
        "Zed",
        _by_platform(
            "~/.config/zed/settings.json",
            "~/.config/zed/settings.json",
            "%APPDATA%/Zed/settings.json",
            lambda path: Place(path, ("context_servers", NAME), _plain),
        ),
        Place(".zed/settings.json", ("context_servers", NAME), _plain),
        graphical=True,
        reload="It notices by itself.",
        seen=("~/.config/zed", "%APPDATA%/Zed"),
    ),
    Client(
        "windsurf",
        "Windsurf",
        everywhere(_mcp_servers("~/.codeium/windsurf/mcp_config.json")),
        graphical=True,
        reload="Refresh its list of MCP servers.",
        seen=("~/.codeium/windsurf",),
    ),
    Client(
        "codex",
        "Codex",
        everywhere(Place("~/.codex/config.toml", ("mcp_servers", NAME), _plain, Syntax.TOML)),
        Place(".codex/config.toml", ("mcp_servers", NAME), _plain, Syntax.TOML),
        reload="Start a new session.",
        seen=("~/.codex",),
    ),
    Client(
        "gemini-cli",
        "Gemini CLI",
        everywhere(_mcp_servers("~/.gemini/settings.json")),
        _mcp_servers(".gemini/settings.json"),
        reload="Start a new session; /mcp shows it.",
        seen=("~/.gemini",),
    ),
    Client(
        "opencode",
        "OpenCode",
        everywhere(Place("~/.config/opencode/opencode.json", ("mcp", NAME), _opencode)),
        Place("opencode.json", ("mcp", NAME), _opencode),
        reload="Start a new session.",
        seen=("~/.config/opencode",),
    ),
    Client(
        "neovim",
        "Neovim",
        _by_platform(
            "~/.config/nvim/plugin/portico.lua",
            "~/.config/nvim/plugin/portico.lua",
            "%LOCALAPPDATA%/nvim/plugin/portico.lua",
            lambda path: Place(path, (NAME,), _neovim, Syntax.LUA),
        ),
        graphical=True,
        reload="Start it anew; :checkhealth portico looks at everything.",
        seen=("~/.config/nvim", "%LOCALAPPDATA%/nvim"),
    ),
)


FAMILIES: tuple[Family, ...] = (
    Family(
        "jetbrains",
        ("copilot-jetbrains", "jetbrains-air", "junie", "lsp4ij"),
        "JetBrains AI Assistant keeps no file: paste what `portico install junie --print` shows "
        "under Settings, Tools, AI Assistant, Model Context Protocol (MCP).",
    ),
)
"""What people set up by one name."""


def family(name: str) -> Family | None:
    """The family that people call `name`, or None."""
    return next((one for one in FAMILIES if one.name == name), None)


def named(name: str) -> Client | None:
    """The client that people call `name`, or None."""
    return next((client for client in CLIENTS if client.name == name), None)
