--- `:Portico` and its words.
local approvals = require("portico.approvals")
local client = require("portico.client")
local screen = require("portico.screen")
local view = require("portico.view")

local M = {}

local function tell(message, level)
  vim.notify("Portico: " .. message, level or vim.log.levels.INFO)
end

--- Ask the hub, and go on with its answer; what went wrong is said with what helps.
local function with(method, params, go_on)
  client.request(method, params, function(result, fault)
    if fault then
      return tell(fault, vim.log.levels.ERROR)
    end
    go_on(result)
  end)
end

--- Open Portico's page: what waits, and pairing.
local function open_page()
  with("portico/page", {}, function(page)
    if not screen.browse(page.url) then
      screen.show("page", { "Open this page:", "", page.url })
    end
  end)
end

M.page = open_page

local function revoke()
  with("portico/leases", {}, function(found)
    if #found.leases == 0 then
      return tell("you have given no answer in advance.")
    end
    vim.ui.select(found.leases, { prompt = "Revoke which answer?", format_item = view.lease }, function(lease)
      if lease then
        with("portico/revoke", { id = lease.id }, function()
          tell("revoked.")
        end)
      end
    end)
  end)
end

--- Show the prompt of this window now; where it has none, the review.
local function ask()
  if not approvals.review() then
    client.review()
  end
end

--- Words after `:Portico`: what each does, and what it may be followed by.
---@type table<string, { run: fun(word: string?), servers?: boolean, tools?: boolean }>
local words = {
  status = {
    run = function()
      with("portico/status", {}, function(status)
        screen.show("status", view.status(status, client))
      end)
    end,
  },
  login = {
    servers = true,
    run = function(server)
      tell("sign in, in your browser.")
      with("portico/signIn", { server = server }, function(found)
        local user = found.user
        tell(user and ("signed in as %s."):format(user.name) or "signed in.")
        client.refresh()
      end)
    end,
  },
  logout = {
    servers = true,
    run = function(server)
      with("portico/signOut", { server = server }, function()
        tell("signed out.")
        client.refresh()
      end)
    end,
  },
  servers = {
    run = function()
      with("portico/servers", {}, function(known)
        with("portico/tools", {}, function(found)
          screen.show("servers", view.servers(known.servers, found.tools))
        end)
      end)
    end,
  },
  approvals = { run = ask },
  review = { run = client.review },
  why = {
    servers = true,
    tools = true,
    run = function(name)
      if name == nil then
        return tell("which server, or server.tool?", vim.log.levels.ERROR)
      end
      local server, tool = name:match("^([^.]+)%.(.+)$")
      with("portico/why", { server = server or name, tool = tool }, function(found)
        screen.show("why", view.why(found))
      end)
    end,
  },
  activity = {
    run = function()
      with("portico/activity", { event = "outcome", limit = 50 }, function(found)
        screen.show("activity", view.activity(found.records))
      end)
    end,
  },
  leases = { run = revoke },
  pair = {
    run = function()
      if client.paired then
        return tell("this window is paired.")
      end
      open_page()
    end,
  },
  page = { run = open_page },
  cancel = {
    run = function()
      local count = client.cancel()
      tell(count == 0 and "no call is under way." or ("%d cancelled."):format(count))
    end,
  },
  log = {
    run = function()
      local options = require("portico").options
      local program, why = require("portico.program").find(options.path, vim.env.PATH or "")
      if program == nil then
        return tell(why, vim.log.levels.ERROR)
      end
      vim.system({ program, "hub", "logs" }, { text = true }, vim.schedule_wrap(function(ended)
        screen.show("log", vim.split(vim.trim(ended.stdout .. ended.stderr), "\n"))
        vim.cmd("normal! G")
      end))
    end,
  },
  restart = { run = client.restart },
}

--- Run `:Portico` with its words.
---@param given string[]
function M.run(given)
  local name = given[1] or "status"
  local word = words[name]
  if word == nil or (given[2] and not word.servers) or given[3] then
    local known = vim.tbl_keys(words)
    table.sort(known)
    return tell(("there is no “%s”. Say one of: %s."):format(table.concat(given, " "), table.concat(known, ", ")), vim.log.levels.ERROR)
  end
  word.run(given[2])
end

--- Servers, and tools that an earlier completion has asked for; it must not wait for an answer.
local tools = {}

local function named(word)
  local names = {}
  for _, server in ipairs(client.status and client.status.servers or {}) do
    names[#names + 1] = server.server
  end
  if word.tools then
    vim.list_extend(names, tools)
    client.request("portico/tools", {}, function(found)
      tools = vim.tbl_map(function(tool)
        return tool.server .. "." .. tool.tool
      end, found and found.tools or {})
    end)
  end
  return names
end

--- What `:Portico` can be completed to.
---@param begun string The word that is being written.
---@param line string
---@return string[]
function M.complete(begun, line)
  local given = vim.split(line, "%s+")
  local word = #given > 2 and words[given[2]] or nil
  local found = {}
  if #given <= 2 then
    found = vim.tbl_keys(words)
  elseif word and word.servers and #given == 3 then
    found = named(word)
  end
  found = vim.tbl_filter(function(one)
    return vim.startswith(one, begun)
  end, found)
  table.sort(found)
  return found
end

return M
