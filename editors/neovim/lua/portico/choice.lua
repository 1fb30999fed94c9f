--- One thing to decide: its text in a floating window, and what can be chosen below it.
---
--- `vim.ui.select` shows the choices where somebody replaced it. Neovim's own one holds up the whole
--- editor until it is answered, so that nothing could take a withdrawn question away; in its place
--- there is a list here, which can be left, and closed from outside.
local screen = require("portico.screen")

local M = {}

--- Whether `vim.ui.select` is another than Neovim's own.
function M.is_replaced()
  return not debug.getinfo(vim.ui.select, "S").source:find("vim/ui%.lua$")
end

---@class portico.Choice
---@field title string One line.
---@field lines string[] The text.
---@field items { label: string }[] What can be chosen; the first one must do no harm.
---@field at? integer Which item is marked.

--- Our own list, below the text; the marked line is what Enter chooses.
local function own_list(choice, row, most, chosen)
  local labels = vim.tbl_map(function(item)
    return item.label
  end, choice.items)
  local footer = "Enter chooses · q is no"
  local window = screen.float({
    lines = labels, title = "Your answer", footer = footer, row = row, most = most, focus = true,
  })
  vim.wo[window].cursorline = true
  vim.api.nvim_win_set_cursor(window, { choice.at or 1, 0 })
  local buffer = vim.api.nvim_win_get_buf(window)
  local function map(key, act)
    vim.keymap.set("n", key, act, { buffer = buffer, nowait = true })
  end
  map("<CR>", function()
    local at = vim.api.nvim_win_get_cursor(window)[1]
    chosen(choice.items[at], at)
  end)
  for _, key in ipairs({ "q", "<Esc>", "<C-c>" }) do
    map(key, function()
      chosen(nil)
    end)
  end
  vim.api.nvim_create_autocmd("WinClosed", {
    pattern = tostring(window),
    once = true,
    callback = vim.schedule_wrap(function()
      chosen(nil)
    end),
  })
  return window
end

--- Let a person choose.
---@param choice portico.Choice
---@param on_choice fun(item: table?, at: integer?) Called once, later; nil for none of them.
---@return fun(): boolean close Takes it away; whether nothing of it is left on the screen.
function M.ask(choice, on_choice)
  local over, list, text = false, nil, nil
  local before = vim.api.nvim_get_current_win()
  local function chosen(item, at)
    if over then
      return
    end
    over = true
    screen.close(list)
    screen.close(text)
    if vim.api.nvim_win_is_valid(before) then
      vim.api.nvim_set_current_win(before)
    end
    on_choice(item, at)
  end

  local room, replaced = screen.room(), M.is_replaced()
  local below = math.min(#choice.items, math.floor(room / 2)) + 2
  local height, whole
  text, height, whole = screen.float({
    lines = choice.lines, title = choice.title, row = 0, most = room - below - 2, focus = false,
  })
  if not whole then
    vim.api.nvim_win_set_config(text, { footer = " cut here: “Show everything” opens it whole " })
  end
  if not replaced then
    list = own_list(choice, height, below - 2, chosen)
    vim.cmd.redraw()
    return function()
      chosen(nil)
      return true
    end
  end
  vim.cmd.redraw()
  vim.ui.select(choice.items, {
    prompt = choice.title,
    kind = "portico",
    format_item = function(item)
      return item.label
    end,
  }, vim.schedule_wrap(chosen))
  return function()
    screen.close(text)
    return over
  end
end

return M
