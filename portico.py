"""The front door.

`mcp`, `lsp`, `record`, `replay` and `chaos` run the shim; `sandbox` and `demo` run the company in a
box; everything else is the command line. Until it is sure that the interpreter is isolated, this
module imports nothing that a workspace could replace: an editor may start us in a folder that has
its own `auth/` or `json.py`.
"""

import sys


def main() -> int:
    """Run one command and return its exit code."""
    if not sys.flags.isolated:
        import os  # part of every interpreter's start, so a workspace cannot replace it

        os.execv(sys.executable, [sys.executable, "-I", "-m", "portico", *sys.argv[1:]])  # noqa: S606
    arguments = sys.argv[1:]
    command = arguments[0] if arguments else ""
    if command in {"mcp", "lsp"}:
        from ide_protocol.door.shim import run

        return run(command, arguments[1:])
    if command in {"record", "replay", "chaos"}:
        from ide_protocol.door.shim import run

        return run("mcp", [f"--{command}", *arguments[1:]])
    if command in {"sandbox", "demo"}:
        return _sandbox(arguments if command == "demo" else arguments[1:])
    from ide_protocol.command_line import main as command_line

    return command_line(arguments)


def _sandbox(arguments: list[str]) -> int:
    """Run the company in a box as a module: no room of ours imports it, so this starts it."""
    import runpy

    sys.argv = ["portico sandbox", *arguments]
    try:
        runpy.run_module("sandbox", run_name="__main__", alter_sys=True)
    except ModuleNotFoundError as missing:
        sys.stderr.write(
            f"portico: the sandbox needs {missing.name}, which is not installed. "
            "Install Portico again with its extra `sandbox`.\n"
        )
        return 1
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


if __name__ == "__main__":
    sys.exit(main())
