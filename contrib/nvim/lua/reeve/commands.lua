-- The commands; :help reeve-commands.
local reeve = require('reeve')

local M = {}

local function actions() return require('reeve.actions') end

--- The first word when it is the id of a ticket, and the rest; all is the rest otherwise.
local function id_and_rest(words)
  local first, rest = words:match('^(%S+)%s*(.*)$')
  if first and reeve.board and reeve.board.tickets[first] then return first, rest end
  return nil, words
end

--- What is selected; whole lines where the range is none of a selection.
function M.selection(first, last)
  local lines = vim.api.nvim_buf_get_lines(0, first - 1, last, false)
  local from, to = vim.fn.getpos("'<"), vim.fn.getpos("'>")
  if vim.fn.visualmode() == 'v' and from[2] == first and to[2] == last and #lines > 0 then
    local final = lines[#lines]
    -- The mark is at the first byte of the last character.
    local stop = math.min(to[3], #final + 1)
    local character = vim.fn.matchstr(final:sub(stop), '.')
    lines[#lines] = final:sub(1, stop - 1 + #character)
    lines[1] = lines[1]:sub(from[3])
  end
  return table.concat(lines, '\n')
end

local function starting_with(lead, ids)
  return vim.tbl_filter(function(id) return id:sub(1, #lead) == lead end, ids)
end

--- Completes the first word by live ids, the second by what `second` answers.
local function completion(wanted, second)
  return function(lead, line)
    reeve.start()
    local _, words = line:gsub('%S+%s+', '')
    if words == 1 then return starting_with(lead, reeve.board:ids(wanted)) end
    if words == 2 and second then return starting_with(lead, second()) end
    return {}
  end
end

local function kinds()
  local known = actions().known_kinds
  -- The first time there is nothing yet; it is there the next time.
  if not known then actions().kinds(function() end) end
  return known or {}
end

local commands = {
  Reeve = { function()
    reeve.ready(function(problem)
      if problem then return actions().complain(problem) end
      vim.notify((reeve.statusline():gsub('%%%%', '%%')))
    end)
  end, {} },
  ReeveList = { function() require('reeve.list').open() end, {} },
  ReeveApprove = {
    function(call) actions().approve(call.fargs[1]) end, { nargs = '?', complete = completion('review') },
  },
  ReeveReject = { function(call)
    reeve.ready(function(problem)
      if problem then return actions().complain(problem) end
      local id, reason = id_and_rest(call.args)
      actions().reject(id, reason)
    end)
  end, { nargs = '*', complete = completion('review') } },
  ReeveSwitch = {
    function(call) actions().switch(call.fargs[1], call.fargs[2]) end, { nargs = '*', complete = completion('agent', kinds) },
  },
  ReeveSend = { function(call)
    local id, words = call.args:match('^(%S+)%s*(.*)$')
    if call.range > 0 then
      local selected = M.selection(call.line1, call.line2)
      words = words and words ~= '' and words .. '\n' .. selected or selected
    end
    actions().send(id, words)
  end, { nargs = '*', range = true, complete = completion('agent') } },
  ReeveAttach = {
    function(call) actions().attach(call.fargs[1]) end, { nargs = '?', complete = completion('agent') },
  },
  ReevePreview = {
    function(call) actions().preview(call.fargs[1]) end, { nargs = '?', complete = completion('agent') },
  },
  ReeveLaunch = { function(call) actions().launch(call.fargs[1]) end, { nargs = '?', complete = completion() } },
  ReevePause = { function() actions().pause() end, {} },
  ReeveResume = { function() actions().resume() end, {} },
  ReeveAdd = { function(call) actions().add(call.args) end, { nargs = '*' } },
  ReeveStop = { function() reeve.stop() end, {} },
}

function M.define()
  for name, command in pairs(commands) do
    local choices = command[2]
    if choices.nargs == nil then choices.nargs = 0 end
    vim.api.nvim_create_user_command(name, command[1], choices)
  end
end

return M
