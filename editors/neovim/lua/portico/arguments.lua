--- The arguments of a call as text: shown without being read and written anew, and corrected.
---
--- They are laid out by their characters, because Neovim's JSON would round long numbers.
local M = {}

--- Digits of a number that survive Neovim's JSON.
local DIGITS = 14

--- Characters that hide, reverse or move text, by their first and last code points.
local HIDDEN = {
  { 0x00, 0x1f }, { 0x7f, 0x9f }, { 0xad, 0xad }, { 0x034f, 0x034f }, { 0x061c, 0x061c },
  { 0x115f, 0x1160 }, { 0x17b4, 0x17b5 }, { 0x180b, 0x180f }, { 0x200b, 0x200f },
  { 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0x2800, 0x2800 }, { 0x3164, 0x3164 },
  { 0xd800, 0xf8ff }, { 0xfe00, 0xfe0f }, { 0xfeff, 0xfeff }, { 0xffa0, 0xffa0 },
  { 0xfff0, 0xfffb }, { 0xe0000, 0x10ffff },
}

--- `text` on one line; what nobody would see stands as `\u{202e}`.
---@param text string
---@return string
function M.seen(text)
  return (text:gsub("[%z\1-\31\127-\255]+", function(part)
    local shown = {}
    local ok, points = pcall(vim.fn.str2list, part, true)
    for _, point in ipairs(ok and points or {}) do
      local hidden = vim.iter(HIDDEN):any(function(range)
        return range[1] <= point and point <= range[2]
      end)
      shown[#shown + 1] = hidden and ("\\u{%x}"):format(point) or vim.fn.nr2char(point, true)
    end
    return table.concat(shown)
  end))
end

--- The parts of a JSON text: strings whole, the rest by its characters.
local function tokens(text)
  local at = 1
  return function()
    at = text:find("%S", at)
    if at == nil then
      return nil
    end
    local from = at
    if text:sub(at, at) == '"' then
      at = at + 1
      while at <= #text and text:sub(at, at) ~= '"' do
        at = at + (text:sub(at, at) == "\\" and 2 or 1)
      end
      at = at + 1
      return text:sub(from, at - 1)
    end
    if text:find("^[%[%]{}:,]", at) then
      at = at + 1
      return text:sub(from, from)
    end
    at = text:find('[%[%]{}:,%s"]', at) or #text + 1
    return text:sub(from, at - 1)
  end
end

--- A JSON text as indented lines, each of its values as it stands there.
---@param text string
---@return string[]
function M.lines(text)
  local lines, line, depth = {}, "", 0
  local function turn()
    lines[#lines + 1] = line
    line = ("  "):rep(depth)
  end
  local before
  for token in tokens(text) do
    local closes = token == "}" or token == "]"
    local opened = before == "{" or before == "["
    if closes then
      depth = math.max(depth - 1, 0)
    end
    if (closes and not opened) or (opened and not closes) or before == "," then
      turn()
    end
    if token == "{" or token == "[" then
      depth = depth + 1
    end
    line = line .. (token == ":" and ": " or M.seen(token))
    before = token
  end
  lines[#lines + 1] = line
  return lines
end

--- What a person made of the arguments.
---@param text string
---@return table? arguments
---@return string? why Why it cannot be sent, as a sentence.
function M.read(text)
  local ok, found = pcall(vim.json.decode, text)
  if not ok or type(found) ~= "table" or (vim.islist(found) and text:match("^%s*{") == nil) then
    return nil, "This is no JSON object."
  end
  for token in tokens(text) do
    if token:match("^[-%d]") and #token:gsub("%D", "") > DIGITS then
      local said = "%s has more digits than Neovim can send; correct it on Portico's page instead."
      return nil, said:format(token)
    end
  end
  return found
end

return M
