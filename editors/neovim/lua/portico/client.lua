--- The connection of this Neovim to the hub: `portico lsp` as a language server, kept up to date.
local approvals = require("portico.approvals")
local pairing = require("portico.pairing")

local M = {
  --- What `portico/status` said last, or nil.
  ---@type table?
  status = nil,
  --- Whether the person accepted this window.
  paired = false,
  --- Why this Neovim brings no key of its own; nil where it does.
  ---@type string?
  unkept = nil,
  --- Why there is no connection; nil while there is one.
  ---@type string?
  why = "it was not started",
}

--- Milliseconds in which changes that come together are one.
local TOGETHER = 150

---@type vim.lsp.Client?
local client
local soon, restarting = nil, false

local function redraw()
  vim.api.nvim_exec_autocmds("User", { pattern = "PorticoChanged", modeline = false })
  vim.cmd.redrawstatus()
end

--- Ask for one of Portico's own methods.
---@param method string
---@param params table
---@param done fun(result: table?, fault: string?) One of both: what came, or what went wrong and what helps.
function M.request(method, params, done)
  if client == nil or client:is_stopped() then
    return done(nil, ("Portico is not running here: %s."):format(M.why or "it has stopped"))
  end
  local sent = client:request(method, next(params) and params or vim.empty_dict(), function(wrong, result)
    if wrong then
      local remedy = type(wrong.data) == "table" and wrong.data.remedy or ""
      return done(nil, vim.trim(("%s %s"):format(wrong.message or tostring(wrong), remedy)))
    end
    done(result)
  end)
  if not sent then
    done(nil, "Portico has ended.")
  end
end

--- Whether the hub counts this window among the paired.
local function is_paired(status)
  local children = vim.api.nvim_get_proc_children(vim.fn.getpid())
  return vim.iter(status.hub.sessions):any(function(session)
    return session.paired and session.role == "lsp" and vim.tbl_contains(children, session.pid)
  end)
end

--- Ask again how things are, once for changes that come together.
function M.refresh()
  soon = soon or assert(vim.uv.new_timer())
  soon:start(TOGETHER, 0, vim.schedule_wrap(function()
    M.request("portico/status", {}, function(status)
      M.status = status
      M.paired = status ~= nil and is_paired(status)
      redraw()
    end)
  end))
end

--- Take away what is asked about no more.
local function look_after_prompts()
  if approvals.waiting() == 0 then
    return
  end
  M.request("portico/approvals", {}, function(found)
    local open = {}
    for _, one in ipairs(found and found.approvals or {}) do
      open[one.id] = true
    end
    approvals.keep(open)
  end)
end

local function pair()
  if not require("portico").options.pairing then
    M.unkept = "the option pairing is off"
    return
  end
  pairing.key(function(key, why)
    M.unkept = why
    if key == nil then
      return
    end
    M.request("portico/pair", { key = key }, function(_, fault)
      M.unkept = fault
      M.refresh()
    end)
  end)
end

local handlers = {
  ["portico/approve"] = function(_, params)
    local waiting = assert(coroutine.running())
    approvals.ask(params.questions, function(answers)
      vim.schedule(function()
        coroutine.resume(waiting, { answers = answers })
      end)
    end)
    return coroutine.yield()
  end,
  ["portico/changed"] = function()
    M.refresh()
    require("portico.review").refresh()
    look_after_prompts()
  end,
  -- Neovim does not say which request it was that is cancelled, so the hub is asked what is open.
  ["$/cancelRequest"] = look_after_prompts,
  ["window/showDocument"] = function(_, params, context)
    if not params.external then
      return vim.lsp.handlers["window/showDocument"](nil, params, context)
    end
    return { success = require("portico.screen").browse(params.uri) }
  end,
  ["window/showMessage"] = function(_, params)
    local levels = { vim.log.levels.ERROR, vim.log.levels.WARN, vim.log.levels.INFO }
    vim.notify("Portico: " .. params.message, levels[params.type] or vim.log.levels.INFO)
    local url = params.message:match("https?://%S+")
    if url then
      require("portico.screen").show("page", { (params.message:gsub("%s*https?://%S+", "")), "", url })
    end
    return vim.NIL
  end,
}

local function ended(code)
  client, M.status, M.paired = nil, nil, false
  M.why = ("it ended with code %d; :Portico log says more"):format(code)
  approvals.keep({})
  redraw()
  if restarting then
    restarting = false
    M.start()
  end
end

--- Open the files that Portico checks with it: its own configuration, and lists of MCP servers.
local function attach(buffer)
  local name = vim.fs.basename(vim.api.nvim_buf_get_name(buffer))
  local ours = name == "portico.toml" or name == "mcp.json" or name == ".mcp.json"
  if ours and client and vim.bo[buffer].buftype == "" then
    vim.lsp.buf_attach_client(buffer, client.id)
  end
end

--- Show what waits for a yes in a buffer.
function M.review()
  require("portico.review").open(function(buffer)
    vim.lsp.buf_attach_client(buffer, assert(client).id)
  end)
end

--- Connect, unless that is done.
function M.start()
  if client then
    return
  end
  local options = require("portico").options
  local program, why = require("portico.program").find(options.path, vim.env.PATH or "")
  if program == nil then
    M.why = why
    redraw()
    return
  end
  local capabilities = vim.lsp.protocol.make_client_capabilities()
  capabilities.experimental = {
    portico = { approvals = true, changes = true, compare = true },
  }
  local id = vim.lsp.start({
    name = "portico",
    cmd = { program, "lsp" },
    root_dir = vim.fs.root(vim.fn.getcwd(), ".git") or vim.fn.getcwd(),
    capabilities = capabilities,
    handlers = handlers,
    commands = {
      ["portico.compare"] = require("portico.review").compare,
      ["portico.edit"] = require("portico.review").edit,
      ["portico.page"] = require("portico.commands").page,
    },
    on_init = function()
      pair()
      M.refresh()
      vim.iter(vim.api.nvim_list_bufs()):filter(vim.api.nvim_buf_is_loaded):each(attach)
    end,
    on_exit = vim.schedule_wrap(ended),
  }, { attach = false })
  client = id and vim.lsp.get_client_by_id(id)
  M.why = not client and ("%s did not start"):format(program) or nil
end

--- End the connection, and connect anew.
function M.restart()
  if client == nil then
    return M.start()
  end
  restarting = true
  client:stop()
end

--- Cancel the calls whose progress is shown; how many there were.
---@return integer
function M.cancel()
  local count = 0
  for token in pairs(client and client.progress.pending or {}) do
    count = count + 1
    client:notify("window/workDoneProgress/cancel", { token = token })
  end
  return count
end

--- What the calls under way say of themselves.
---@return string[]
function M.progress()
  local said = {}
  for _, title in pairs(client and client.progress.pending or {}) do
    said[#said + 1] = title
  end
  table.sort(said)
  return said
end

local group = vim.api.nvim_create_augroup("portico", {})
vim.api.nvim_create_autocmd("FocusGained", { group = group, callback = M.refresh })
vim.api.nvim_create_autocmd("LspProgress", { group = group, callback = redraw })
vim.api.nvim_create_autocmd({ "BufReadPost", "BufNewFile" }, {
  group = group,
  pattern = { "portico.toml", "mcp.json", ".mcp.json" },
  callback = function(event)
    attach(event.buf)
  end,
})

return M
