--- Finding the program `portico`: the option, else the PATH. Nothing of a workspace has a say in it.
local M = {}

local function runnable(path)
  return vim.fn.executable(path) == 1 and vim.fn.isdirectory(path) == 0
end

--- Find the program.
---@param path string What the option `path` says; empty for nothing.
---@param searched string The PATH.
---@return string? program
---@return string? why Why it is nowhere, as a sentence.
function M.find(path, searched)
  if path ~= "" then
    local absolute = path:sub(1, 1) == "/" or path:match("^%a:[/\\]") ~= nil
    if not absolute then
      return nil, ("The option path must be an absolute path, and “%s” is not."):format(path)
    end
    if not runnable(path) then
      return nil, ("There is no program at %s (the option path)."):format(path)
    end
    return path
  end
  local windows = vim.fn.has("win32") == 1
  local name = windows and "portico.exe" or "portico"
  for folder in vim.gsplit(searched, windows and ";" or ":", { plain = true, trimempty = true }) do
    -- A relative folder on the PATH would be looked for below the workspace.
    local absolute = folder:sub(1, 1) == "/" or folder:match("^%a:[/\\]") ~= nil
    if absolute and runnable(folder .. "/" .. name) then
      return folder .. "/" .. name
    end
  end
  return nil, "The program portico is not on the PATH. Your company says where to get it."
end

return M
