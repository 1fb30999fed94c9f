--- What a person reads before they decide, made of plain values.
---
--- Texts come from the hub safe to show, but for arguments, which are exact and shown so.
local arguments = require("portico.arguments")

local M = {}

--- One line: risk, tool and server.
function M.headline(question)
  if question.difference then
    return ("TRUST: accept what “%s” on %s is now?"):format(question.tool, question.title)
  end
  return ("%s: run “%s” on %s?"):format(question.risk:upper(), question.tool, question.title)
end

--- One line of a list of calls, with its arguments on it.
function M.line(question)
  local shown = table.concat(vim.tbl_map(vim.trim, arguments.lines(question.arguments)), " ")
  return ("%s · %s · %s · %s"):format(question.risk, question.tool, question.title, shown)
end

--- Who runs the server, as the registry says.
function M.owner(question)
  local owner = question.owner
  local reach = owner.support ~= "" and owner.support or owner.contact
  local named = vim.tbl_filter(function(word)
    return word ~= ""
  end, { owner.team, reach })
  local said = #named == 0 and "owner unknown" or "run by " .. table.concat(named, ", ")
  return said .. (question.reviewed and "" or ", not reviewed by your company")
end

local function changes(question)
  if question.changes == nil then
    return {}
  end
  if #question.changes == 0 then
    return { "Since your last yes: nothing changed." }
  end
  local lines = { "Since your last yes:" }
  for _, one in ipairs(question.changes) do
    local before = one.before and arguments.seen(one.before) or "(nothing)"
    local after = one.after and arguments.seen(one.after) or "(nothing)"
    lines[#lines + 1] = ("  %s: %s → %s"):format(one.path, before, after)
  end
  return lines
end

--- The whole question, line by line.
---@return string[]
function M.lines(question)
  local lines = {}
  if question.difference then
    lines = { "Nothing runs now; a yes offers it to AI clients again.", "" }
    vim.list_extend(lines, vim.tbl_map(arguments.seen, question.difference))
  else
    local shown = arguments.lines(question.arguments)
    lines = { "Arguments: " .. shown[1] }
    vim.list_extend(lines, shown, 2)
  end
  lines[#lines + 1] = ""
  vim.list_extend(lines, changes(question))
  local where = question.workspace and " in " .. question.workspace or ""
  vim.list_extend(lines, {
    "Why you are asked: " .. question.reason,
    ("Server: %s, %s"):format(question.title, M.owner(question)),
    ("Asked by: %s%s · question %s"):format(question.host, where, question.tag),
  })
  if question.code then
    lines[#lines + 1] = "To answer in a terminal instead, its code is " .. question.code
  end
  return lines
end

return M
