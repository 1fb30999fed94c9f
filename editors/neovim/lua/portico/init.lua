--- Portico in Neovim: one connection to the hub, questions in the editor, and a line of status.
---
--- `setup` is all that a configuration calls. See `:help portico`.
local M = {}

--- What can be set.
---@class portico.Options
---@field path string Absolute path of the program; empty looks for `portico` on the PATH.
---@field pairing boolean Whether this Neovim is known again, by a key in the system's keyring.
---@field quiet_ms integer A question opens only when nothing was typed for so many milliseconds.
---@field settle_ms integer A yes that comes sooner after its question opened is not taken.
M.options = {
  path = "",
  pairing = true,
  quiet_ms = 800,
  settle_ms = 600,
}

--- Define the command `:Portico`.
function M.define()
  vim.api.nvim_create_user_command("Portico", function(given)
    require("portico.commands").run(given.fargs)
  end, {
    nargs = "*",
    desc = "Portico: status, sign-in, and what waits for your yes",
    complete = function(begun, line)
      return require("portico.commands").complete(begun, line)
    end,
  })
end

--- Connect to the hub now, and again with every start of Neovim.
---@param options? portico.Options
function M.setup(options)
  if vim.fn.has("nvim-0.11") == 0 then
    vim.notify("Portico needs Neovim 0.11 or newer.", vim.log.levels.ERROR)
    return
  end
  M.options = vim.tbl_extend("force", M.options, options or {})
  -- A plugin that was found late, as `portico install neovim` has it, brings its command only now.
  M.define()
  require("portico.approvals").watch()
  if vim.v.vim_did_enter == 1 then
    require("portico.client").start()
    return
  end
  vim.api.nvim_create_autocmd("VimEnter", {
    once = true,
    callback = function()
      require("portico.client").start()
    end,
  })
end

--- A few words for a statusline: who is signed in, what waits, what runs. Empty before `setup`.
---@return string
function M.statusline()
  return require("portico.statusline").text()
end

return M
