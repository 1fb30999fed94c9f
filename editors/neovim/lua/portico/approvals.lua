--- Questions of this window: one prompt at a time, the others counted.
---
--- What is not an explicit yes is a no: closing, Escape, and what a list leaves unticked. A prompt
--- takes the keyboard only where nobody is typing, and a yes that comes before anybody could have
--- read it is not taken.
local arguments = require("portico.arguments")
local choice = require("portico.choice")
local question = require("portico.question")
local screen = require("portico.screen")

local M = {}

---@class portico.Prompt
---@field questions table[]
---@field done fun(answers: table[])
---@field gone boolean Whether it was withdrawn, or answered elsewhere.
---@field close? fun(): boolean

---@type portico.Prompt[]
local queue = {}
---@type portico.Prompt?
local shown
local typed, told = 0, false
local timer

local function now()
  return vim.uv.now()
end

local function options()
  return require("portico").options
end

local function changed()
  vim.api.nvim_exec_autocmds("User", { pattern = "PorticoChanged", modeline = false })
  vim.cmd.redrawstatus()
end

--- How many questions wait in this window.
function M.waiting()
  local count = 0
  for _, prompt in ipairs(queue) do
    count = count + #prompt.questions
  end
  return count
end

--- Notice when somebody types, so that no prompt comes between their keys.
function M.watch()
  vim.on_key(function(_, key)
    if key ~= "" then
      typed = now()
    end
  end, vim.api.nvim_create_namespace("portico"))
end

--- Whether a prompt may take the keyboard now.
local function calm()
  local mode = vim.api.nvim_get_mode()
  local typing = now() - typed < options().quiet_ms
  return mode.mode == "n" and not mode.blocking and not typing and vim.fn.getcmdwintype() == ""
end

local put

--- Show the next prompt as soon as that disturbs nobody; with `at_once`, now.
local function go_on(at_once)
  if shown or #queue == 0 then
    return
  end
  if at_once or calm() then
    told = false
    put(queue[1])
    return
  end
  if not told then
    told = true
    local hosts = queue[1].questions[1].host
    vim.notify(
      ("Portico: %s asks for your yes. It is shown when you pause; :Portico approvals shows it now."):format(hosts),
      vim.log.levels.WARN
    )
  end
  timer = timer or assert(vim.uv.new_timer())
  timer:start(200, 0, vim.schedule_wrap(go_on))
end

local function finish(prompt, answers)
  queue = vim.tbl_filter(function(one)
    return one ~= prompt
  end, queue)
  if shown == prompt then
    shown = nil
  end
  prompt.done(answers)
  changed()
  vim.schedule(go_on)
end

--- Let the person choose; what comes after the prompt was withdrawn is dropped.
local function ask(prompt, asked, on_choice)
  local opened = now()
  prompt.close = choice.ask(asked, function(item, at)
    prompt.close = nil
    if prompt.gone then
      if item then
        vim.notify("Portico: that question was withdrawn, or answered elsewhere; nothing was done.")
      end
      finish(prompt, {})
    elseif item and item.yes and now() - opened < options().settle_ms then
      vim.notify("Portico: that was too quick to have been read. It is asked again.")
      ask(prompt, asked, on_choice)
    else
      on_choice(item, at)
    end
  end)
end

--- Show a question whole in a window of its own, and ask again when that closes.
local function show(prompt, asked, name, lines)
  local buffer = screen.show(name, lines)
  vim.api.nvim_create_autocmd("BufWinLeave", {
    buffer = buffer,
    once = true,
    callback = vim.schedule_wrap(function()
      if prompt.gone then
        finish(prompt, {})
      else
        asked(prompt)
      end
    end),
  })
end

--- Have the arguments corrected in a buffer; writing it is the yes.
local function correct(prompt, one, back)
  vim.cmd("botright new")
  local buffer = vim.api.nvim_get_current_buf()
  vim.api.nvim_buf_set_name(buffer, ("portico://%s/arguments.json"):format(one.tag))
  vim.bo[buffer].buftype, vim.bo[buffer].bufhidden = "acwrite", "wipe"
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, arguments.lines(one.arguments))
  vim.bo[buffer].filetype, vim.bo[buffer].modified = "json", false
  vim.notify("Portico: what you write here (:w) is what runs, and the model is told. :q! goes back.")
  local over = false
  vim.api.nvim_create_autocmd("BufWriteCmd", {
    buffer = buffer,
    callback = function()
      local text = table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), "\n")
      local found, why = arguments.read(text)
      if found == nil then
        vim.notify("Portico: " .. why, vim.log.levels.ERROR)
        return
      end
      over = true
      vim.bo[buffer].modified = false
      vim.schedule(function()
        vim.api.nvim_buf_delete(buffer, { force = true })
        local corrected = next(found) == nil and vim.empty_dict() or found
        local answers = { { id = one.id, answer = "yes", arguments = corrected } }
        finish(prompt, prompt.gone and {} or answers)
      end)
    end,
  })
  vim.api.nvim_create_autocmd("BufWipeout", {
    buffer = buffer,
    once = true,
    callback = vim.schedule_wrap(function()
      if over then
        return
      end
      if prompt.gone then
        finish(prompt, {})
      else
        back(prompt)
      end
    end),
  })
end

--- One question.
local function put_one(prompt)
  local one = prompt.questions[1]
  local trust = one.difference ~= nil
  local function say(answer, lease)
    return function()
      finish(prompt, { { id = one.id, answer = answer, lease = lease } })
    end
  end
  local items = {
    { label = trust and "Don't accept" or "Don't run", run = say("no") },
    {
      label = "Show everything in a window",
      run = function()
        show(prompt, put_one, one.tag, { question.headline(one), "", unpack(question.lines(one)) })
      end,
    },
  }
  if not trust then
    items[#items + 1] = { label = "Don't run, and stop asking in this session", run = say("stop") }
    if one.inputSchema then
      items[#items + 1] = {
        label = "Correct the arguments, then run",
        run = function()
          correct(prompt, one, put_one)
        end,
      }
    end
    if one.lease then
      local terms = { minutes = math.min(one.lease.minutes, 30), calls = math.min(one.lease.calls, 20) }
      items[#items + 1] = {
        label = ("Allow %d calls in %d minutes, whatever their arguments"):format(terms.calls, terms.minutes),
        run = say("yes", terms),
        yes = true,
      }
    end
  end
  items[#items + 1] = { label = trust and "Accept" or "Allow once", run = say("yes"), yes = true }
  local asked = { title = question.headline(one), lines = question.lines(one), items = items }
  ask(prompt, asked, function(item)
    (item or items[1]).run()
  end)
end

--- Several questions: a list to tick, in which none is ticked.
local function put_several(prompt, ticked, at)
  ticked = ticked or {}
  local hosts = {}
  for _, one in ipairs(prompt.questions) do
    hosts[one.host] = true
  end
  local names = table.concat(vim.tbl_keys(hosts), ", ")
  local title = ("%s asks to run %d calls"):format(names, #prompt.questions)
  local function answers(yes)
    return vim.tbl_map(function(one)
      return { id = one.id, answer = yes and ticked[one.id] and "yes" or "no" }
    end, prompt.questions)
  end
  local items = {
    {
      label = "Run none",
      run = function()
        finish(prompt, answers(false))
      end,
    },
  }
  local lines, whole = {}, { title }
  for number, one in ipairs(prompt.questions) do
    lines[#lines + 1] = ("%d. %s"):format(number, question.line(one))
    vim.list_extend(whole, { "", question.headline(one), unpack(question.lines(one)) })
    items[#items + 1] = {
      label = ("[%s] %d. %s · %s · %s"):format(ticked[one.id] and "x" or " ", number, one.risk, one.tool, one.title),
      run = function()
        ticked[one.id] = not ticked[one.id] or nil
        put_several(prompt, ticked, number + 1)
      end,
    }
  end
  items[#items + 1] = {
    label = "Show everything in a window",
    run = function()
      show(prompt, function(same)
        put_several(same, ticked)
      end, prompt.questions[1].tag, whole)
    end,
  }
  local count = vim.tbl_count(ticked)
  if count > 0 then
    items[#items + 1] = {
      label = ("Run the %d that are ticked"):format(count),
      yes = true,
      run = function()
        finish(prompt, answers(true))
      end,
    }
  end
  ask(prompt, { title = title, lines = lines, items = items, at = at }, function(item)
    (item or items[1]).run()
  end)
end

function put(prompt)
  shown = prompt
  if #prompt.questions == 1 then
    put_one(prompt)
  else
    put_several(prompt)
  end
end

--- Put questions to the person, after all that came before them.
---@param questions table[]
---@param done fun(answers: table[]) Called once; what the answers leave out is a no.
function M.ask(questions, done)
  if #questions == 0 then
    return done({})
  end
  queue[#queue + 1] = { questions = questions, done = done, gone = false }
  changed()
  go_on()
end

--- Show what waits in this window now; whether anything does.
---@return boolean
function M.review()
  go_on(true)
  return #queue > 0
end

--- Take away every prompt of which no question is open any more.
---@param open table<string, boolean> The ids of the questions that are open.
function M.keep(open)
  for _, prompt in ipairs(vim.list_slice(queue)) do
    local left = vim.iter(prompt.questions):any(function(one)
      return open[one.id]
    end)
    if not left and not prompt.gone then
      prompt.gone = true
      if prompt ~= shown then
        finish(prompt, {})
      elseif prompt.close then
        prompt.close()
      end
    end
  end
end

return M
