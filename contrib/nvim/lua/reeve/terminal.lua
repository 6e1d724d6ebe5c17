-- An agent's terminal: in a terminal of the editor, or its last lines as text.
local options = require('reeve.options')
local reeve = require('reeve')
local text = require('reeve.text')

local M = {}

-- The daemon's rule for ids. One that is otherwise did not come from a daemon, and could be read as an option.
local function is_id(id) return #id <= 64 and id:find('^[%w_][%w_.-]*$') ~= nil end

local function buffer_named(name)
  for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_get_name(buffer) == name then return buffer end
  end
end

local function show(buffer)
  local window = vim.fn.bufwinid(buffer)
  if window >= 0 then
    vim.api.nvim_set_current_win(window)
  else
    vim.cmd(options.values.open)
    vim.api.nvim_win_set_buf(0, buffer)
  end
end

--- Whether a program still runs in a terminal buffer.
local function is_alive(buffer)
  local ok, status = pcall(vim.fn.jobwait, { vim.b[buffer].terminal_job_id or 0 }, 0)
  return ok and status[1] == -1
end

--- Opens a window with `reeve attach ID` in it, or shows the one that there is.
function M.attach(id)
  local complain = require('reeve.actions').complain
  if not is_id(id) then
    return complain({ kind = 'invalid_params', message = ("'%s' is no ticket's id"):format(text.clean(id)) })
  end
  if vim.fn.executable(options.values.program) ~= 1 then
    return complain({
      kind = 'unavailable', message = ("there is no program '%s'"):format(options.values.program),
      hint = 'set the option program, or put reeve into PATH',
    })
  end
  local name = 'reeve://terminal/' .. id
  local old = buffer_named(name)
  if old and is_alive(old) then
    show(old)
    return old
  end
  if old then vim.api.nvim_buf_delete(old, { force = true }) end
  vim.cmd(options.values.open)
  vim.cmd('enew')
  local buffer = vim.api.nvim_get_current_buf()
  -- TMUX: inside Reeve's own tmux the client would be switched instead of this window.
  local environment = { TMUX = '', TMUX_PANE = '', TERM = 'xterm-256color' }
  environment.REEVE_SOCKET = options.socket()
  local job = vim.fn.termopen({ options.values.program, 'attach', id }, { env = environment })
  vim.api.nvim_buf_set_name(buffer, name)
  vim.b[buffer].reeve_ticket = id
  if job > 0 and #vim.api.nvim_list_uis() > 0 then vim.cmd('startinsert') end
  return buffer
end

--- Opens a window with the last lines of the agent's screen; `g` reads them again, `q` closes it.
function M.preview(id)
  local name = 'reeve://preview/' .. text.clean(id)
  reeve.request('agent.capture', { ticket = id, lines = 200 }, function(problem, result)
    if problem then return require('reeve.actions').complain(problem) end
    local buffer = buffer_named(name)
    if not buffer then
      buffer = vim.api.nvim_create_buf(false, true)
      vim.api.nvim_buf_set_name(buffer, name)
      vim.b[buffer].reeve_ticket = id
      vim.keymap.set('n', 'q', '<Cmd>close<CR>', { buffer = buffer, nowait = true, desc = 'close' })
      vim.keymap.set('n', 'g', function() M.preview(id) end, { buffer = buffer, nowait = true, desc = 'read again' })
    end
    local lines = vim.split(text.clean(result.text or '', true), '\n', { plain = true })
    vim.bo[buffer].modifiable = true
    vim.api.nvim_buf_set_lines(buffer, 0, -1, false, lines)
    vim.bo[buffer].modifiable = false
    show(buffer)
    vim.api.nvim_win_set_cursor(0, { #lines, 0 })
  end, { timeout = 3 * options.values.query_timeout })
end

return M
