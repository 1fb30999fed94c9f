"""The program `portico`: its commands, in the order in which people meet them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ide_protocol.command_line import (
    account,
    approvals,
    audit,
    care,
    estate,
    install,
    leases,
    policy,
    secrets,
    serve,
    setup,
    stats,
    trust,
    trying,
    why,
)
from ide_protocol.command_line.exit_code import MEANING

if TYPE_CHECKING:
    from collections.abc import Sequence

_ELSEWHERE = {
    "mcp": "Serve an AI client over stdin and stdout; the client starts it.",
    "lsp": "Serve an editor over stdin and stdout; the editor starts it.",
    "record": "As mcp, and keep what was read in a cassette: one file, without secrets.",
    "replay": "Serve an AI client from a cassette, with no sign-in and no network.",
    "chaos": "As mcp, with trouble on purpose: slow, refusing, asking servers.",
    "sandbox": "Run a whole company on this machine, to try things out.",
    "demo": "Watch the main job in that company, from sign-in to audit.",
}
"""Commands that the front door runs without this module, so that they start fast."""


class Program(click.Group):
    """A group whose help shows commands in named sections."""

    sections: tuple[tuple[str, Sequence[click.Command]], ...] = ()

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each section with its commands."""
        widest = max(len(name) for name in self.commands)
        for title, commands in self.sections:
            rows = [
                (f"{command.name:<{widest}}", command.get_short_help_str(limit=90))
                for command in commands
            ]
            with formatter.section(title):
                formatter.write_dl(rows)
        super_rows = [(f"{code:<{widest}}", meaning) for code, meaning in MEANING.items()]
        with formatter.section("Exit codes"):
            formatter.write_dl(super_rows)
        del ctx  # Part of click's signature; the sections do not depend on it.


@click.group(
    cls=Program,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="portico", prog_name="portico", message="%(prog)s %(version)s")
@click.option(
    "--offline/--online",
    default=None,
    help="Reach nothing beyond this computer from now on, or everything again.",
)
@click.pass_context
def program(context: click.Context, *, offline: bool | None) -> None:
    """One door from your editor to every MCP server your company runs."""
    alone = context.invoked_subcommand is None
    if offline is not None:
        from ide_protocol.command_line.offline import turn

        turn(offline=offline, alone=alone)
    elif alone:
        click.echo(context.get_help())


def _elsewhere(name: str, text: str) -> click.Command:
    """A command that only stands in the help."""

    def started_late() -> None:
        msg = f"`{name}` must be the first word: portico {name}"
        raise click.UsageError(msg)

    return click.Command(name, callback=started_late, help=text, add_help_option=False)


def _assemble() -> None:
    fronts = [_elsewhere(name, text) for name, text in _ELSEWHERE.items()]
    program_sections = (
        ("Look and call", (estate.status, estate.servers, estate.tools, estate.call, why.why)),
        ("Sign in", (account.login, account.logout, account.whoami)),
        (
            "Approve and review",
            (
                *(approvals.approvals, approvals.approve, approvals.reject),
                *(leases.leases, trust.trust, audit.audit, stats.stats),
            ),
        ),
        ("Rules", (policy.policy,)),
        ("Care", (care.doctor, care.hub, care.config, care.version)),
        ("Set up", (setup.setup, install.install, install.uninstall, secrets.secrets)),
        ("For editors and first tries", (*fronts[:2], serve.serve, trying.try_, *fronts[2:])),
    )
    for _, commands in program_sections:
        for command in commands:
            program.add_command(command)
    if isinstance(program, Program):
        program.sections = program_sections


_assemble()

__all__ = ["program"]
