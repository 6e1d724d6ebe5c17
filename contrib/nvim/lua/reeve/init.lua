-- Reeve in Neovim: what other files and an init.lua use.
local Board = require('reeve.board')
local Connection = require('reeve.connection')
local Events = require('reeve.events')
local options = require('reeve.options')

local M = {}

M.listeners = {} -- called with each event
M.watchers = {} -- called after each change of what is known

local waiting = {} -- those who wait for the first picture

local function answer_waiting(problem)
  local callbacks = waiting
  waiting = {}
  for _, callback in ipairs(callbacks) do callback(problem) end
end

local function changed()
  if M.is_up() and M.board.status then answer_waiting() end
  for _, watcher in pairs(M.watchers) do watcher() end
end

local function build()
  local events
  M.connection = Connection.new({
    on_up = function() events:subscribe() end,
    on_down = function(problem)
      M.problem = problem
      answer_waiting(problem)
      changed()
    end,
    on_notification = function(method, params) events:notified(method, params) end,
  })
  M.board = Board.new(M.connection, changed, function() return options.values.finished end)
  events = Events.new(M.connection, {
    on_event = function(event)
      M.board:take(event)
      for _, listener in pairs(M.listeners) do listener(event) end
    end,
    on_refresh = function()
      M.problem = nil
      M.board:refresh()
    end,
  })
  M.events = events
  require('reeve.status').watch(M)
end

--- Options are in :help reeve-options. Nothing connects before it is needed, unless `connect` is true.
function M.setup(given)
  given = vim.deepcopy(given or {})
  local connect = given.connect
  given.connect = nil
  options.set(given)
  if connect then M.start() end
end

--- Connects; does nothing when that was done.
function M.start()
  if not M.connection then build() end
  M.connection:start()
end

--- Closes the connection, and forgets nothing: the next start goes on where this one was.
function M.stop()
  if M.connection then M.connection:stop() end
  changed()
end

function M.is_up() return M.connection ~= nil and M.connection:is_up() end

--- Connects if need be, without waiting for the next attempt; calls back when tickets are known, or with an error.
function M.ready(callback)
  M.start()
  if M.is_up() and M.board.status then return callback() end
  waiting[#waiting + 1] = callback
  M.connection:hurry()
end

--- Asks the daemon; see docs/protocol.md. `callback` gets an error (kind, message, hint) or a result.
--- @param choices table|nil keyed: true for what changes something; timeout: milliseconds
function M.request(method, params, callback, choices)
  M.ready(function(problem)
    if problem then return callback(problem) end
    M.connection:request(method, params, callback, choices)
  end)
end

--- For a status line: `reeve ● 2 need you · 3 running · paused`. Empty while nothing has asked for a connection.
function M.statusline() return require('reeve.status').line(M) end

return M
