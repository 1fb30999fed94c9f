--- The review: what waits for a yes, as a buffer in which each call has its buttons.
---
--- The text is the hub's, and so are the buttons (code lenses). Arguments may be changed where they
--- stand; the button then says so.
local screen = require("portico.screen")

local M = {}

local shown

local function request(method, params, go_on)
  require("portico.client").request(method, params, function(result, fault)
    if fault then
      return vim.notify("Portico: " .. fault, vim.log.levels.ERROR)
    end
    go_on(result)
  end)
end

--- Put exactly this text into the buffer: the hub has buttons for no other.
local function write(text)
  local whole = text:sub(-1) == "\n"
  vim.bo[shown].fixendofline, vim.bo[shown].endofline = false, whole
  vim.api.nvim_buf_set_lines(shown, 0, -1, false, vim.split(whole and text:sub(1, -2) or text, "\n"))
  vim.bo[shown].modified = false
end

local function fill(text)
  write(text)
  vim.lsp.codelens.refresh({ bufnr = shown })
end

--- A buffer of this address; hidden is gone.
local function buffer_for(uri)
  local buffer = vim.api.nvim_create_buf(true, false)
  vim.bo[buffer].buftype, vim.bo[buffer].bufhidden = "nofile", "wipe"
  vim.bo[buffer].swapfile = false
  vim.api.nvim_buf_set_name(buffer, uri)
  return buffer
end

--- Open the review, or bring it up to date; Enter presses the button of a line, `q` closes it.
---@param attach fun(buffer: integer) Tells the hub of the buffer.
function M.open(attach)
  request("portico/review", {}, function(review)
    if shown and vim.api.nvim_buf_is_valid(shown) then
      vim.api.nvim_set_current_win(vim.fn.win_findbuf(shown)[1])
      return fill(review.text)
    end
    vim.cmd("botright split")
    shown = buffer_for(review.uri)
    vim.api.nvim_win_set_buf(0, shown)
    write(review.text)
    vim.bo[shown].filetype = "markdown"
    attach(shown)
    vim.keymap.set("n", "q", "<Cmd>close<CR>", { buffer = shown, nowait = true })
    vim.keymap.set("n", "<CR>", vim.lsp.codelens.run, { buffer = shown, desc = "Press a button" })
    vim.lsp.codelens.refresh({ bufnr = shown })
  end)
end

--- The arguments are changed where they stand.
function M.edit()
  vim.notify("Portico: change the arguments where they stand; then press “Approve as changed” (Enter).")
end

--- Show what waits by now, unless the person is changing something in it.
function M.refresh()
  if shown == nil or not vim.api.nvim_buf_is_valid(shown) or vim.bo[shown].modified then
    return
  end
  request("portico/review", {}, function(review)
    if vim.api.nvim_buf_is_valid(shown) and not vim.bo[shown].modified then
      fill(review.text)
    end
  end)
end

--- Show two of the review's documents beside each other.
function M.compare(command)
  local before, after = unpack(command.arguments)
  request("portico/document", { uri = before }, function(one)
    request("portico/document", { uri = after }, function(other)
      vim.cmd("tabnew")
      for at, side in ipairs({ { before, one }, { after, other } }) do
        if at == 2 then
          vim.cmd("rightbelow vsplit")
        end
        local name = side[1]:gsub("^portico%-review:/", "")
        vim.api.nvim_win_set_buf(0, screen.buffer(name, vim.split(side[2].text, "\n")))
        vim.cmd("diffthis")
        vim.keymap.set("n", "q", "<Cmd>tabclose<CR>", { buffer = 0, nowait = true })
      end
    end)
  end)
end

return M
