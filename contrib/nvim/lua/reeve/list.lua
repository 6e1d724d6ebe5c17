-- The list of tickets and agents: the buffer reeve://tickets.
local options = require('reeve.options')
local reeve = require('reeve')
local text = require('reeve.text')

local M = {}

local name = 'reeve://tickets'
local space = vim.api.nvim_create_namespace('reeve')
local groups = { [0] = 'WarningMsg', [1] = 'ErrorMsg', [2] = 'ErrorMsg', [3] = 'WarningMsg', [6] = 'Comment', [7] = 'Comment' }

M.buffer = nil
M.ids = {} -- the ticket of each line

local keys = {
  { 'a', 'approve', function(id) require('reeve.actions').approve(id) end },
  { 'x', 'reject, with a reason', function(id) require('reeve.actions').reject(id) end },
  { '<CR>', "attach: the agent's terminal in a window", function(id) require('reeve.actions').attach(id) end },
  { 'p', 'preview: the last lines of its screen', function(id) require('reeve.actions').preview(id) end },
  { 's', 'send a line', function(id) require('reeve.actions').send(id) end },
  { 'S', 'switch to another agent', function(id) require('reeve.actions').switch(id) end },
  { 'l', 'launch now', function(id) require('reeve.actions').launch(id) end },
  { 'P', 'pause the queue', function() require('reeve.actions').pause() end, true },
  { 'R', 'resume the queue', function() require('reeve.actions').resume() end, true },
  { 'c', 'add a ticket', function() require('reeve.actions').add() end, true },
  { 'g', 'read everything anew', function() M.refresh() end, true },
  { 'q', 'close', function() M.close() end, true },
  { '?', 'this help', function() M.help() end, true },
}

local function cells(row)
  local ticket, agent = row.ticket, row.agent
  local state = ticket.state
  if state == 'review' and ticket.review then state = 'review ' .. ticket.review end
  local told = ticket.metadata or {}
  local title = text.clean(ticket.title)
  if told.status then title = title .. '  ' .. text.clean(told.status.text) end
  if told.progress then title = ('%s %d%%'):format(title, tonumber(told.progress.percent) or 0) end
  local reason = agent and agent.reason or ticket.reason
  if reason then title = ('%s  (%s)'):format(title, text.clean(reason)) end
  return {
    text.clean(ticket.id), text.clean(ticket.priority), text.clean(state), text.clean(agent and agent.kind or ticket.agent),
    text.clean(agent and agent.state or '-'), title,
  }
end

local header = { 'ID', 'PRI', 'STATE', 'AGENT', 'DOES', 'TITLE' }
local widest = { 24, 3, 13, 14, 11, 120 }

local function table_of(rows)
  local all = { header }
  for _, row in ipairs(rows) do all[#all + 1] = cells(row) end
  local widths = {}
  for _, each in ipairs(all) do
    for column = 1, #header do
      local width = math.min(vim.fn.strdisplaywidth(each[column]), widest[column])
      widths[column] = math.max(widths[column] or 0, width)
    end
  end
  return vim.tbl_map(function(each)
    local parts = {}
    for column = 1, #header - 1 do parts[column] = text.pad(each[column], widths[column]) end
    parts[#header] = text.fit(each[#header], widest[#header])
    return (table.concat(parts, '  '):gsub('%s+$', ''))
  end, all)
end

local function status_words()
  local problem = reeve.problem
  if problem then return 'not connected: ' .. text.error(problem) end
  return (require('reeve').statusline():gsub('%%%%', '%%'))
end

--- Draws what is known; the cursor stays on its ticket, or on its line where there is none: moved to a ticket, the next key would be for that.
function M.draw()
  if not M.buffer or not vim.api.nvim_buf_is_valid(M.buffer) then return end
  local window = vim.fn.bufwinid(M.buffer)
  local kept = window >= 0 and M.ids[vim.api.nvim_win_get_cursor(window)[1]] or nil
  local rows = reeve.board and reeve.board:rows() or {}
  local lines = { status_words() }
  vim.list_extend(lines, table_of(rows))
  M.ids = {}
  for index, row in ipairs(rows) do M.ids[index + 2] = row.ticket.id end
  if #rows == 0 then lines[#lines + 1] = 'no tickets; c adds one, ? shows the keys' end
  vim.bo[M.buffer].modifiable = true
  vim.api.nvim_buf_set_lines(M.buffer, 0, -1, false, lines)
  vim.bo[M.buffer].modifiable = false
  vim.api.nvim_buf_clear_namespace(M.buffer, space, 0, -1)
  vim.api.nvim_buf_add_highlight(M.buffer, space, 'Title', 1, 0, -1)
  for index, row in ipairs(rows) do
    if groups[row.rank] then vim.api.nvim_buf_add_highlight(M.buffer, space, groups[row.rank], index + 1, 0, -1) end
  end
  if window < 0 then return end
  local line = math.min(vim.api.nvim_win_get_cursor(window)[1], #lines)
  if #rows > 0 and M.fresh then
    M.fresh = false
    line = 3
  end
  for number, id in pairs(M.ids) do
    if id == kept then line = number end
  end
  vim.api.nvim_win_set_cursor(window, { line, 0 })
end

-- Many events in a moment are drawn once; a long list less often, so that drawing never takes most of the time.
local cost = 0 -- milliseconds of the last drawing
local function draw_soon()
  if M.drawing then return end
  M.drawing = true
  vim.defer_fn(function()
    M.drawing = false
    local began = vim.loop.hrtime()
    M.draw()
    cost = (vim.loop.hrtime() - began) / 1e6
  end, math.max(30, math.floor(5 * cost)))
end

--- The ticket of the cursor's line, when the list is the current buffer.
function M.current()
  if vim.api.nvim_get_current_buf() ~= M.buffer then return nil end
  return M.ids[vim.api.nvim_win_get_cursor(0)[1]]
end

local function make_buffer()
  M.buffer = vim.api.nvim_create_buf(false, true)
  vim.api.nvim_buf_set_name(M.buffer, name)
  vim.bo[M.buffer].bufhidden = 'hide'
  vim.bo[M.buffer].filetype = 'reeve'
  for _, key in ipairs(keys) do
    vim.keymap.set('n', key[1], function()
      local id = M.current()
      if id or key[4] then return key[3](id) end
      vim.notify('reeve: there is no ticket in this line')
    end, { buffer = M.buffer, nowait = true, desc = key[2] })
  end
  reeve.watchers.list = draw_soon
end

--- Shows the list, in the window that it is in or in a new one.
function M.open()
  if not M.buffer or not vim.api.nvim_buf_is_valid(M.buffer) then make_buffer() end
  local window = vim.fn.bufwinid(M.buffer)
  if window >= 0 then
    vim.api.nvim_set_current_win(window)
  else
    vim.cmd(options.values.open)
    vim.api.nvim_win_set_buf(0, M.buffer)
    vim.wo.wrap = false
    vim.wo.cursorline = true
    M.fresh = true -- its cursor goes to the first ticket once there is one
  end
  M.draw()
  reeve.ready(function(problem)
    if problem then require('reeve.actions').complain(problem) end
    draw_soon()
  end)
end

function M.refresh()
  reeve.ready(function(problem)
    if problem then return require('reeve.actions').complain(problem) end
    reeve.board:refresh(function(fault)
      if fault then require('reeve.actions').complain(fault) end
    end)
  end)
end

function M.close()
  local window = vim.fn.bufwinid(M.buffer or -1)
  if window < 0 then return end
  if #vim.api.nvim_tabpage_list_wins(0) > 1 then
    vim.api.nvim_win_close(window, false)
  else
    vim.cmd('enew')
  end
end

function M.help()
  local lines = vim.tbl_map(function(key) return ('%-5s %s'):format(key[1] == '<CR>' and 'RET' or key[1], key[2]) end, keys)
  vim.api.nvim_echo({ { table.concat(lines, '\n') } }, false, {})
end

return M
