-- What can be set, and what follows from the environment.
local M = {}

M.values = {
  socket = nil, -- path of the control socket; the environment says it when absent
  program = 'reeve', -- the command line, for terminals
  finished = 50, -- how many finished tickets the list shows
  open = 'botright split', -- how a window is opened for the list, a preview and a terminal
  notify = true, -- whether what needs you is told by vim.notify
  query_timeout = 10000, -- milliseconds for an answer to a question
  action_timeout = 300000, -- milliseconds for an answer to what types, launches, switches
}

local kinds = {
  socket = 'string', program = 'string', finished = 'number', open = 'string', notify = 'boolean', query_timeout = 'number',
  action_timeout = 'number',
}

--- Takes what is given; an unknown name or a wrong type is an error that says so.
function M.set(options)
  for name, value in pairs(options or {}) do
    if not kinds[name] then error(("reeve: no option '%s'; :help reeve-options has them"):format(tostring(name)), 0) end
    if type(value) ~= kinds[name] then error(("reeve: the option '%s' is a %s"):format(name, kinds[name]), 0) end
    M.values[name] = value
  end
end

local function environment(name)
  local value = vim.loop.os_getenv(name)
  return value ~= '' and value or nil
end

--- Where the daemon listens, in the order of the command line of Reeve; nil when nothing says it.
function M.socket()
  if M.values.socket then return M.values.socket end
  if environment('REEVE_SOCKET') then return environment('REEVE_SOCKET') end
  if environment('REEVE_RUNTIME_DIR') then return environment('REEVE_RUNTIME_DIR') .. '/control.sock' end
  if environment('XDG_RUNTIME_DIR') then return environment('XDG_RUNTIME_DIR') .. '/reeve/control.sock' end
end

return M
