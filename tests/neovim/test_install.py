"""`portico install neovim`, and the Neovim that starts afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.neovim.neovim import Neovim
    from tests.process.installation import Installation


@pytest.mark.usefixtures("box")
async def test_after_the_installation_neovim_connects_by_itself(
    portico: Installation, neovim: Neovim
) -> None:
    """The block finds plugin and program, `:Portico` is there, and the undoing leaves nothing."""
    config = portico.project.parent / "home" / ".config"
    neovim.environment["XDG_CONFIG_HOME"] = str(config)
    written = config / "nvim" / "plugin" / "portico.lua"
    ended = await portico.run("install", "neovim")
    assert (ended.code, written.exists()) == (0, True), ended.errors
    await neovim.start(clean=False)
    assert await neovim.run("return vim.fn.exists(':Portico')") == 2
    await neovim.leave()
    assert (await portico.run("uninstall", "neovim")).code == 0
    assert not config.exists()
