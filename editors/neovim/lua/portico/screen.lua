--- Windows with text in them: floating ones beside a question, and scratch buffers.
local M = {}

--- Columns of a floating window at most.
local WIDEST = 100

--- A scratch buffer with these lines, which nobody can change.
---@param name string What `:ls` calls it.
---@param lines string[]
---@return integer buffer
function M.buffer(name, lines)
  local full = "portico://" .. name
  local buffer = vim.fn.bufnr("^" .. vim.fn.escape(full, "[]*?{},\\^$~") .. "$")
  if buffer == -1 then
    buffer = vim.api.nvim_create_buf(false, true)
    vim.api.nvim_buf_set_name(buffer, full)
    vim.bo[buffer].bufhidden = "wipe"
  end
  vim.bo[buffer].modifiable = true
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, lines)
  vim.bo[buffer].modifiable = false
  return buffer
end

--- Show lines in a window of their own; `q` closes it.
---@return integer buffer
function M.show(name, lines)
  local buffer = M.buffer(name, lines)
  local window = vim.fn.bufwinid(buffer)
  if window ~= -1 then
    vim.api.nvim_set_current_win(window)
  else
    vim.cmd("botright split")
    window = vim.api.nvim_get_current_win()
    vim.api.nvim_win_set_buf(window, buffer)
    local most = math.floor(vim.o.lines / 2)
    vim.api.nvim_win_set_height(window, math.max(3, math.min(#lines, most)))
  end
  vim.wo[window].wrap = true
  vim.keymap.set("n", "q", "<Cmd>close<CR>", { buffer = buffer, nowait = true })
  return buffer
end

--- Rows that lines take in a window of so many columns.
local function rows(lines, width)
  local count = 0
  for _, line in ipairs(lines) do
    count = count + math.max(1, math.ceil(vim.fn.strdisplaywidth(line) / width))
  end
  return count
end

--- A floating window.
---@param spec { lines: string[], title: string, footer?: string, row: integer, most: integer, focus: boolean }
---@return integer window
---@return integer height Rows of it with its border.
---@return boolean whole Whether all lines are to be seen.
function M.float(spec)
  local buffer = vim.api.nvim_create_buf(false, true)
  vim.bo[buffer].bufhidden = "wipe"
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, spec.lines)
  vim.bo[buffer].modifiable = false
  local width = math.max(20, math.min(WIDEST, vim.o.columns - 4))
  local needed = rows(spec.lines, width)
  local height = math.max(1, math.min(needed, spec.most))
  local window = vim.api.nvim_open_win(buffer, spec.focus, {
    relative = "editor",
    row = spec.row,
    col = math.max(0, math.floor((vim.o.columns - width) / 2) - 1),
    width = width,
    height = height,
    border = "rounded",
    style = "minimal",
    title = " " .. vim.fn.strcharpart(spec.title, 0, width - 2) .. " ",
    footer = spec.footer and (" " .. spec.footer .. " ") or nil,
    zindex = 200,
  })
  vim.wo[window].wrap = true
  vim.wo[window].linebreak = true
  return window, height + 2, needed <= height
end

--- Close a window that may be closed already.
function M.close(window)
  if window and vim.api.nvim_win_is_valid(window) then
    vim.api.nvim_win_close(window, true)
  end
end

--- Open a page in a browser; false where there is none that anybody sees, as over SSH.
---
--- It is not waited for: a browser that starts with its page does not end before it is closed.
---@param url string
---@return boolean
function M.browse(url)
  local env = vim.env
  local somewhere = env.DISPLAY or env.WAYLAND_DISPLAY or env.BROWSER or env.WSL_DISTRO_NAME
  if vim.fn.has("linux") == 1 and not somewhere then
    return false
  end
  return vim.ui.open(url) ~= nil
end

--- Rows that floating windows may take together.
function M.room()
  return math.max(8, vim.o.lines - vim.o.cmdheight - 2)
end

return M
