"""The command line, for people and for scripts.

`main` runs one command. Results go to stdout, everything else to stderr; with `--json`, stdout
holds exactly one JSON document, a fault included. The exit codes are in `exit_code`.
"""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from click import ClickException

    from ide_protocol.own.contract import FaultReport


def main(arguments: list[str]) -> int:
    """Run one command and return its exit code.

    Args:
        arguments: The words after `portico`.
    """
    # Late, so that whoever imports only a part of this package does not load all commands.
    import click

    from auth.fault import Fault
    from ide_protocol.command_line import exit_code
    from ide_protocol.command_line.conversation import Refusal
    from ide_protocol.command_line.program import program
    from ide_protocol.command_line.report import HomeUnusable, report
    from proxy.home import NoHome

    _forgive_encodings()
    as_json = "--json" in arguments
    try:
        code = program.main(arguments, prog_name="portico", standalone_mode=False)
    except click.Abort:
        # Closing the connection cancelled the call already.
        sys.stderr.write("Cancelled.\n")
        return exit_code.ExitCode.INTERRUPTED
    except click.ClickException as wrong:
        return _misused(wrong, as_json=as_json)
    except Refusal as refused:
        return _failed(refused.report, as_json=as_json)
    except Fault as fault:
        return _failed(report(fault), as_json=as_json)
    except NoHome as wrong:
        return _failed(report(HomeUnusable(str(wrong))), as_json=as_json)
    return code if isinstance(code, int) else exit_code.ExitCode.OK


def _failed(found: FaultReport, *, as_json: bool) -> int:
    from ide_protocol.command_line import exit_code
    from ide_protocol.command_line.console import emit
    from ide_protocol.command_line.report import tell

    if as_json:
        emit({"fault": found})
    tell(found)
    return exit_code.of(found)


def _misused(wrong: ClickException, *, as_json: bool) -> int:
    from ide_protocol.command_line.block import block
    from ide_protocol.command_line.console import emit

    if as_json:
        found: FaultReport = {
            "reference": "usage",
            "message": wrong.format_message(),
            "who": "you",
            "remedy": "Look at the command's --help.",
        }
        emit({"fault": found})
    # Some of its sentences repeat a word of the command line as it came, escapes and all.
    said = io.StringIO()
    wrong.show(said)
    sys.stderr.write(block(said.getvalue()) + "\n")
    return wrong.exit_code


def _forgive_encodings() -> None:
    """Let a terminal that cannot show a character show `?` instead of failing the command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
