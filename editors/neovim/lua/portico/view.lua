--- What the hub answers, as lines for a person, made of plain values.
local question = require("portico.question")

local M = {}

local function join(words, by)
  return table.concat(
    vim.tbl_filter(function(word)
      return word ~= ""
    end, words),
    by
  )
end

local function clock(at)
  return os.date("%H:%M:%S", math.floor(at))
end

--- How things stand.
---@param status table
---@param window { paired: boolean, unkept: string? }
function M.status(status, window)
  local lines = { status.summary, "" }
  local user = status.user
  if user then
    lines[#lines + 1] = ("Signed in as %s (%s), kept in %s."):format(user.name, table.concat(user.groups, ", "), user.storage)
    if window.paired then
      lines[#lines + 1] = "This window is paired: it may ask you about anything."
    else
      lines[#lines + 1] = "This window is not paired: what is destructive is asked on Portico's page. :Portico pair opens it."
    end
    if window.unkept then
      lines[#lines + 1] = ("A pairing lasts until this window closes: %s."):format(window.unkept)
    end
  end
  if status.pending > 0 then
    lines[#lines + 1] = ("%d waiting for a yes; :Portico review shows what."):format(status.pending)
  end
  for _, problem in ipairs(status.problems) do
    lines[#lines + 1] = join({ "Problem: " .. problem.message, problem.remedy }, " ")
  end
  lines[#lines + 1] = ""
  for _, server in ipairs(status.servers) do
    lines[#lines + 1] = join({ ("%-16s %-9s %3d tools"):format(server.server, server.state, server.tools), server.reason }, "  ")
  end
  lines[#lines + 1] = ("Hub %s, process %d, %d windows."):format(status.hub.version, status.hub.pid, #status.hub.sessions)
  return lines
end

--- Servers with their tools below them.
function M.servers(servers, tools)
  local lines = {}
  for _, server in ipairs(servers) do
    lines[#lines + 1] = join({ server.title .. " (" .. server.server .. ")", server.state, question.owner(server) }, " · ")
    if server.reason ~= "" then
      lines[#lines + 1] = "  " .. server.reason
    end
    if server.fault then
      lines[#lines + 1] = "  " .. join({ server.fault.message, server.fault.remedy }, " ")
    end
    for _, tool in ipairs(tools) do
      if tool.server == server.server then
        lines[#lines + 1] = ("  %-5s %-14s %s"):format(tool.verdict, tool.risk, tool.tool)
      end
    end
    lines[#lines + 1] = ""
  end
  return #lines > 0 and lines or { "No server is offered to you now." }
end

--- Why a call runs, is asked about or denied.
function M.why(found)
  local owner = join({ found.owner.team, found.owner.support, found.owner.contact }, ", ")
  local groups = #found.groups > 0 and ("It is for: %s."):format(table.concat(found.groups, " or ")) or ""
  local decided = found.rule ~= "" and ("Decided by %s."):format(found.rule) or ""
  local lines = vim.tbl_filter(function(line)
    return line ~= ""
  end, {
    join({ found.title, found.tool }, ": ") .. ": " .. found.verdict,
    found.reason,
    found.remedy,
    groups,
    join({ found.risk ~= "" and ("Risk: %s."):format(found.risk) or "", decided }, " "),
    owner ~= "" and ("Owner: %s."):format(owner) or "",
  })
  if found.request ~= "" then
    vim.list_extend(lines, { "", "What you can write to the owner:", "" })
    vim.list_extend(lines, vim.split(found.request, "\n"))
  end
  return lines
end

--- How each call ended, the latest first.
function M.activity(records)
  local lines = {}
  for at = #records, 1, -1 do
    local one = records[at]
    local took = one.milliseconds and ("%d ms"):format(math.floor(one.milliseconds + 0.5)) or ""
    local name = join({ one.server, one.tool }, ".")
    lines[#lines + 1] = join({ clock(one.at), ("%-9s"):format(one.outcome), name, took, one.reference, one.host }, "  ")
  end
  return #lines > 0 and lines or { "No call was made yet." }
end

--- One lease, on one line.
function M.lease(lease)
  local what = ("%s.%s"):format(lease.title, lease.tool)
  if lease.answer == "no" then
    return what .. ": not asked about any more"
  end
  local left = lease.left and tostring(lease.left) or "any number of"
  local till = lease["until"] and ", until " .. clock(lease["until"]) or ""
  return ("%s: %s more calls%s"):format(what, left, till)
end

return M
