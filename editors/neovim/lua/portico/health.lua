--- `:checkhealth portico`.
local M = {}

function M.check()
  local health = vim.health
  health.start("Portico")
  if vim.fn.has("nvim-0.11") == 0 then
    return health.error("Neovim is older than 0.11.")
  end
  health.ok("Neovim is new enough.")

  local options = require("portico").options
  local program, why = require("portico.program").find(options.path, vim.env.PATH or "")
  if program == nil then
    return health.error(why, { "Set it: require('portico').setup({ path = '/…/portico' })" })
  end
  health.ok("The program is " .. program)

  local client = require("portico.client")
  if client.why then
    health.error(("There is no connection: %s."):format(client.why), { ":Portico restart", ":Portico log" })
  else
    health.ok("This window is connected to the hub.")
  end

  local pairing = require("portico.pairing")
  if not options.pairing then
    health.info("The option pairing is off: a window is paired until it closes.")
  elseif client.unkept then
    local said = "A window is paired until it closes: %s."
    health.warn(said:format(client.unkept), { "On Linux, install libsecret's secret-tool, and unlock the keyring." })
  elseif pairing.keyring() then
    health.ok("The pairing key is kept by " .. pairing.keyring().program)
  end
  if client.status and client.status.user and not client.paired then
    health.warn("This window is not paired: what is destructive is asked on Portico's page.", { ":Portico pair" })
  end

  local picker = require("portico.choice").is_replaced() and "vim.ui.select" or "a list of Portico's own"
  health.info("Questions are shown by " .. picker .. ".")
  for _, problem in ipairs(client.status and client.status.problems or {}) do
    health.warn(problem.message, { problem.remedy })
  end
end

return M
