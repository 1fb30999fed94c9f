--- The few words of Portico in a statusline.
local M = {}

--- The words, made of plain values.
---@param status table? What `portico/status` said.
---@param waiting integer Questions in this window.
---@param why string? Why there is no connection; nil while there is one, or will be.
---@param progress string[] Titles of calls under way.
---@return string
function M.words(status, waiting, why, progress)
  if waiting > 0 then
    return ("Portico: %d %s for you"):format(waiting, waiting == 1 and "waits" or "wait")
  end
  if status == nil then
    return "Portico: " .. (why and "off" or "…")
  end
  if status.pending > 0 then
    return ("Portico: %d %s elsewhere"):format(status.pending, status.pending == 1 and "waits" or "wait")
  end
  if #progress > 0 then
    return "Portico: " .. progress[1] .. (#progress > 1 and (" and %d more"):format(#progress - 1) or "")
  end
  if status.user == nil then
    return status.registry and "Portico: sign in" or "Portico"
  end
  return "Portico: " .. status.user.name .. (#status.problems > 0 and " (!)" or "")
end

--- The words of this window; a `%` in them is doubled, for a statusline reads it.
function M.text()
  local client = require("portico.client")
  local waiting = require("portico.approvals").waiting()
  return (M.words(client.status, waiting, client.why, client.progress()):gsub("%%", "%%%%"))
end

return M
