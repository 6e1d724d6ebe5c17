-- The subscription: every event once and in order, across lost connections and restarts of the daemon.
local M = {}
M.__index = M

--- @param connection table of reeve.connection
--- @param handlers table on_event(event), on_refresh(): everything has to be read anew
function M.new(connection, handlers)
  return setmetatable({ connection = connection, handlers = handlers, cursor = nil, lagged = 0, gap_at = nil }, M)
end

--- Subscribes from the last event that was seen; the first time from now on.
function M:subscribe()
  local since = self.cursor
  self.asking = true
  self.connection:request('events.subscribe', since and { since = since } or {}, function(problem, result)
    self.asking = false
    if not problem then
      -- An event may have come before this answer.
      if since == nil and (self.cursor == nil or self.cursor < result.cursor) then self.cursor = result.cursor end
      self.connection:settled()
      return self.handlers.on_refresh()
    end
    self:failed(problem)
  end)
end

--- What a failed or an ended subscription leads to.
function M:failed(problem)
  if problem.kind == 'cursor_expired' and problem.oldest then
    -- What is between is lost to us; the state is read whole once the subscription stands.
    self.cursor = problem.oldest - 1
    return self:subscribe()
  end
  if problem.kind == 'invalid_params' and self.cursor then
    -- Our cursor is beyond its newest event: this is another daemon, or its database is a new one.
    self.cursor = nil
    return self:subscribe()
  end
  if problem.kind ~= 'unreachable' then self.connection:reconnect(problem) end
end

function M:notified(method, params)
  if method == 'event' then
    self:take(params)
  elseif method == 'event.lagged' then
    -- The daemon reads on from its log: nothing is missed.
    self.lagged = self.lagged + 1
  elseif method == 'event.error' then
    self:failed(params)
  end
end

function M:take(event)
  local seq = event.seq
  if type(seq) ~= 'number' then return end
  if self.cursor and seq <= self.cursor then return end
  local gap = self.cursor and seq > self.cursor + 1
  -- What is still on its way of the subscription that had the gap comes again.
  if gap and self.asking then return end
  if gap and self.gap_at ~= self.cursor then
    -- Events have no gaps. Asked for once more from where we are; if the gap is really there, all is read anew.
    self.gap_at = self.cursor
    return self:subscribe()
  end
  self.cursor = seq
  self.handlers.on_event(event)
  if gap then self.handlers.on_refresh() end
end

return M
