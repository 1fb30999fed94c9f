-- The person at a Neovim without a screen, played from outside: what is shown goes out as lines of
-- JSON, and what comes in is Lua that stands for what they do.
local socket = assert(vim.uv.new_pipe())

local function tell(message)
  socket:write(vim.json.encode(message) .. "\n")
end

_G.person = { chosen = {} }

-- The stock `vim.ui.select` stays where a test wants to see Portico's own list.
function person.picks()
  vim.ui.select = function(items, options, on_choice)
    local labels = vim.tbl_map(options.format_item or tostring, items)
    person.choose = function(at)
      person.choose = nil
      on_choice(at and items[at] or nil, at)
    end
    tell({ event = "select", value = { prompt = options.prompt, labels = labels } })
  end
end

vim.ui.open = function(url)
  tell({ event = "open", value = url })
  return { wait = function() return { code = 0 } end }
end

vim.notify = function(text)
  tell({ event = "notify", value = text })
end

vim.api.nvim_create_autocmd("User", {
  pattern = "PorticoChanged",
  callback = function()
    tell({ event = "status", value = require("portico").statusline() })
  end,
})

--- The text of every floating window.
function person.sees()
  local lines = {}
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(window).relative ~= "" then
      vim.list_extend(lines, vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false))
    end
  end
  return lines
end

function person.reads()
  return vim.api.nvim_buf_get_lines(0, 0, -1, false)
end

local read = ""
socket:connect(vim.env.PORTICO_TEST_SOCKET, function(failed)
  assert(not failed, failed)
  socket:read_start(function(_, data)
    read = read .. (data or "")
    for line in read:gmatch("([^\n]*)\n") do
      vim.schedule(function()
        local said = vim.json.decode(line)
        local ok, result = pcall(assert(loadstring(said.code)))
        tell({ id = said.id, ok = ok, value = ok and result or tostring(result) })
      end)
    end
    read = read:match("[^\n]*$")
  end)
end)
