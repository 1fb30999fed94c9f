--- The key by which this Neovim is known again, kept by the system's keyring or not at all.
---
--- A file would be read by every agent that may read files, so there is none. Where no keyring
--- answers, a window is paired until it closes, see docs/approvals.md.
local M = {}

local SERVICE, ACCOUNT = "portico-neovim", "pairing-key"
--- Milliseconds that a keyring may take; one that is locked would ask, and nobody waits for it.
local PATIENCE = 5000

--- Run a program of the keyring's; calls `done` with what it printed, or nil.
local function ask(command, stdin, done)
  local started = pcall(
    vim.system,
    command,
    { stdin = stdin, text = true, timeout = PATIENCE },
    vim.schedule_wrap(function(ended)
      done(ended.code == 0 and vim.trim(ended.stdout or "") or nil)
    end)
  )
  if not started then
    done(nil)
  end
end

local keyrings = {
  {
    program = "secret-tool",
    read = function(done)
      ask({ "secret-tool", "lookup", "service", SERVICE, "account", ACCOUNT }, nil, done)
    end,
    -- The key goes by a pipe: everybody can read the arguments of a process.
    write = function(key, done)
      local what = "Portico: this Neovim's pairing"
      local command =
        { "secret-tool", "store", "--label", what, "service", SERVICE, "account", ACCOUNT }
      ask(command, key, done)
    end,
  },
  {
    program = "security",
    read = function(done)
      ask({ "security", "find-generic-password", "-s", SERVICE, "-a", ACCOUNT, "-w" }, nil, done)
    end,
    write = function(key, done)
      local line = ("add-generic-password -U -s %s -a %s -w %s\n"):format(SERVICE, ACCOUNT, key)
      ask({ "security", "-i" }, line, done)
    end,
  },
}

--- The keyring's own program here, or nil.
function M.keyring()
  for _, keyring in ipairs(keyrings) do
    if vim.fn.executable(keyring.program) == 1 then
      return keyring
    end
  end
end

--- Whether Neovim writes what it sends into its log, where the key would stand.
function M.is_logged()
  return require("vim.lsp.log").get_level() <= vim.log.levels.DEBUG
end

local function fresh()
  local bytes = assert(vim.uv.random(32))
  return (vim.base64.encode(bytes):gsub("[+/=]", { ["+"] = "-", ["/"] = "_", ["="] = "" }))
end

--- The key, a new one where there is none yet; nil where nothing keeps it.
---@param done fun(key: string?, why: string?)
function M.key(done)
  local keyring = M.keyring()
  if keyring == nil then
    return done(nil, "there is no secret-tool (libsecret) or Keychain to keep a key")
  end
  if M.is_logged() then
    return done(nil, "the log of Neovim's LSP client is at DEBUG, and would hold the key")
  end
  keyring.read(function(kept)
    if kept and #kept >= 32 then
      return done(kept)
    end
    local made = fresh()
    keyring.write(made, function(written)
      if not written then
        return done(nil, keyring.program .. " does not answer, or keeps nothing here")
      end
      -- What was written is read back: a key that is not kept would be another with every start.
      keyring.read(function(again)
        done(again == made and made or nil, keyring.program .. " did not keep the key")
      end)
    end)
  end)
end

return M
