"""Serving AI clients over loopback HTTP: `serve`."""

from __future__ import annotations

import os

import click

from ide_protocol.command_line import option
from ide_protocol.command_line.console import emit
from ide_protocol.command_line.exit_code import ExitCode
from proxy.home import Home


@click.command()
@click.option("--http", is_flag=True, help="Serve Streamable HTTP on loopback; needed.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    metavar="N",
    help="The port; a free one is chosen where none is given.",
)
@click.option("--only", metavar="SERVER,…", help="Show these servers alone.")
@click.option("--bare", is_flag=True, help="With one server in --only: names without prefix.")
@click.option(
    "--tools",
    type=click.Choice(["search"]),
    help="Show two tools in place of many: one to find, one to call.",
)
@click.option(
    "--workspace",
    type=click.Path(file_okay=False),
    metavar="DIR",
    help="The project that clients work on.",
)
@click.option("--no-secret", is_flag=True, help="Let every program of this machine in: for tests.")
@option.as_json
def serve(
    *,
    http: bool,
    port: int,
    only: str | None,
    bare: bool,
    tools: str | None,
    workspace: str | None,
    no_secret: bool,
    as_json: bool,
) -> int:
    """Serve AI clients that speak HTTP instead of stdio, until Ctrl-C.

    Only programs on this machine reach it, and they must send the secret whose file is printed.
    """
    names = None if only is None else [name for name in only.split(",") if name]
    if not http:
        msg = "Say how: portico serve --http"
        raise click.UsageError(msg)
    if bare and len(names or ()) != 1:
        msg = "--bare needs one server in --only: the names of two could not be told apart."
        raise click.UsageError(msg)
    from ide_protocol.http.serving import Options, run  # It imports asyncio and h11.

    options = Options(
        port=port,
        only=names,
        bare=bare,
        tools=tools,
        workspace=os.path.realpath(workspace) if workspace else None,
        guarded=not no_secret,
    )

    def announce(url: str, secret_file: str | None) -> None:
        if as_json:
            emit({"url": url, "secretFile": secret_file})
            return
        click.echo(f"Portico serves {url}")
        if secret_file is None:
            click.echo("Every program of this machine is let in: --no-secret.", err=True)
        else:
            click.echo(f"Clients send the secret in {secret_file} as a bearer token.")

    run(Home.find(), options, announce)
    return ExitCode.OK
