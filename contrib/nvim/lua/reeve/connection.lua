-- The connection to the daemon: strict JSON-RPC, one text a line, over a Unix socket. Nothing here waits.
--
-- A request that changes something has an idempotency key. When the connection is lost before its answer, it is sent again with the
-- same key on the next connection: the daemon carries it out once. Questions fail with `unreachable` then, and are asked anew by
-- whoever wants to know.
local Lines = require('reeve.lines')
local options = require('reeve.options')

local uv = vim.loop
local M = {}
M.__index = M

M.first_pause = 200 -- milliseconds before the first new attempt
M.longest_pause = 10000
-- A line of the daemon's protocol, with its newline.
M.longest_request = 1024 * 1024

local unreachable_hint = 'is reeved running? systemctl --user start reeve.socket, or reeved in a terminal'

--- @param handlers table on_up(), on_down(error), on_notification(method, params): called where the editor may be used
function M.new(handlers)
  return setmetatable({
    handlers = handlers, pending = {}, next_id = 1, pause = M.first_pause, state = 'idle', invalid = 0, generation = 0,
  }, M)
end

local function failure(kind, message, hint) return { kind = kind, message = message, hint = hint } end

local function close(handle)
  if handle and not handle:is_closing() then handle:close() end
end

--- Connects, and again whenever the connection is lost, until `stop`.
function M:start()
  if self.state == 'idle' then self:connect() end
end

function M:is_up() return self.state == 'up' end

function M:connect()
  self.generation = self.generation + 1
  local generation = self.generation
  self.state = 'connecting'
  local path = options.socket()
  if not path then
    return self:lost(failure('unreachable', 'XDG_RUNTIME_DIR is not set', 'set the option socket, or REEVE_SOCKET'))
  end
  -- libuv cuts a longer one, and connects to something else (up to 1.45).
  if #path > 107 then
    return self:lost(failure('unreachable', 'the path of the socket has more than 107 bytes', 'set the option socket'))
  end
  local pipe = uv.new_pipe(false)
  self.pipe = pipe
  self.lines = Lines.new(function(line) self:take(line) end)
  pipe:connect(path, vim.schedule_wrap(function(problem)
    if generation ~= self.generation then return close(pipe) end
    if problem then
      return self:lost(failure('unreachable', ('no daemon answers at %s (%s)'):format(path, problem), unreachable_hint))
    end
    self.state = 'up'
    pipe:read_start(vim.schedule_wrap(function(fault, bytes)
      if generation ~= self.generation then return end
      if fault or not bytes then
        return self:lost(self.refusal or failure('unreachable', 'the daemon closed the connection', unreachable_hint))
      end
      self.lines:feed(bytes)
    end))
    for _, entry in pairs(self.pending) do self:write(entry.line) end
    self.handlers.on_up()
  end))
end

--- What is asked fails, what changes something stays until there is a connection again or its time is over.
function M:lost(problem)
  local was_up = self.state == 'up'
  self.generation = self.generation + 1
  close(self.pipe)
  self.pipe, self.state, self.refusal, self.last_problem = nil, 'waiting', nil, problem
  for id, entry in pairs(self.pending) do
    if not entry.keyed then self:finish(id, problem) end
  end
  self.timer = self.timer or uv.new_timer()
  local pause = self.pause
  self.pause = math.min(self.pause * 2, M.longest_pause)
  self.timer:start(pause, 0, vim.schedule_wrap(function()
    if self.state == 'waiting' then self:connect() end
  end))
  self.handlers.on_down(problem, was_up)
end

--- The connection works as it should: the next loss begins with the short pause again.
function M:settled() self.pause = M.first_pause end

--- The next attempt is made now: somebody wants something.
function M:hurry()
  if self.state ~= 'waiting' then return end
  self.timer:stop()
  self:connect()
end

--- Cuts this connection and makes a new one after the pause.
function M:reconnect(problem)
  if self.state == 'up' then self:lost(problem) end
end

function M:stop()
  self.generation = self.generation + 1
  self.state = 'idle'
  close(self.pipe)
  close(self.timer)
  self.pipe, self.timer, self.pause = nil, nil, M.first_pause
  for id in pairs(self.pending) do self:finish(id, failure('unreachable', 'the connection was closed by :ReeveStop')) end
end

function M:write(line)
  local generation = self.generation
  self.pipe:write(line, vim.schedule_wrap(function(problem)
    if problem and generation == self.generation then
      self:lost(failure('unreachable', 'the daemon cannot be written to: ' .. problem, unreachable_hint))
    end
  end))
end

function M:finish(id, problem, result)
  local entry = self.pending[id]
  if not entry then return end
  self.pending[id] = nil
  close(entry.timer)
  entry.callback(problem, result)
end

local function key()
  return ('nvim-%d-%s-%d'):format(uv.os_getpid(), uv.hrtime(), math.random(1, 1e9))
end

--- Asks, and calls back with an error (kind, message, hint) or a result, always later and exactly once.
--- @param choices table|nil keyed: it changes something; timeout: milliseconds
function M:request(method, params, callback, choices)
  choices = choices or {}
  local function refuse(problem) vim.schedule(function() callback(problem) end) end
  if self.state ~= 'up' then return refuse(self.last_problem or failure('unreachable', 'not connected yet', unreachable_hint)) end
  local id = self.next_id
  self.next_id = id + 1
  params = vim.tbl_extend('force', vim.empty_dict(), params or {})
  if choices.keyed then params.idempotencyKey = key() end
  if next(params) == nil then params = vim.empty_dict() end
  local ok, text = pcall(vim.json.encode, { jsonrpc = '2.0', id = id, method = method, params = params })
  if not ok then return refuse(failure('invalid_params', 'this cannot be put into JSON: ' .. tostring(text))) end
  if #text + 1 > M.longest_request then
    return refuse(failure('too_large', ('a request has at most 1 MiB; this one has %d bytes'):format(#text + 1), 'send less'))
  end
  local timeout = choices.timeout or (choices.keyed and options.values.action_timeout or options.values.query_timeout)
  local timer = uv.new_timer()
  self.pending[id] = { callback = callback, timer = timer, line = text .. '\n', keyed = choices.keyed, method = method }
  timer:start(timeout, 0, vim.schedule_wrap(function()
    self:finish(id, failure('timeout', ('no answer to %s in %g s'):format(method, timeout / 1000),
      choices.keyed and 'it may have been done all the same: look at the list' or 'the daemon is busy or stopped'))
  end))
  self:write(text .. '\n')
  return id
end

local function read_error(error, method)
  local data = type(error.data) == 'table' and error.data or {}
  local problem = failure(data.kind or 'internal', error.message or 'an error without a message', data.hint)
  problem.oldest, problem.path = data.oldest, data.path
  if problem.kind == 'unknown_method' and method then
    problem.message = ('this daemon does not know %s'):format(method)
    problem.hint = 'it is older than this plugin: update reeved, then reeve shutdown and start it again'
  end
  return problem
end

function M:take(line)
  -- luanil: an absent member and a null are the same to us.
  local ok, value = pcall(vim.json.decode, line, { luanil = { object = true } })
  if not ok or type(value) ~= 'table' then
    self.invalid = self.invalid + 1
    return
  end
  if type(value.method) == 'string' and value.id == nil then
    local params = type(value.params) == 'table' and value.params or {}
    if value.method == 'event.error' then params = read_error(params) end
    return self.handlers.on_notification(value.method, params)
  end
  local entry = value.id ~= nil and self.pending[value.id]
  if entry then
    if type(value.error) == 'table' then return self:finish(value.id, read_error(value.error, entry.method)) end
    return self:finish(value.id, nil, type(value.result) == 'table' and value.result or {})
  end
  -- Said without being asked: there is no room for another connection, or a line of ours was not understood.
  if type(value.error) == 'table' and value.id == nil then self.refusal = read_error(value.error) end
end

return M
