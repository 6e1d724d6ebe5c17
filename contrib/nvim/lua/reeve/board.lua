-- What is known of tickets and agents: read whole when a subscription begins, then kept by events.
local M = {}
M.__index = M

-- A page of ticket.list. Its tickets have no bodies: a page stays well below a megabyte.
local page = 200
local unfinished = { 'queued', 'running', 'review', 'failed', 'lost' }

--- @param connection table of reeve.connection
--- @param on_change function called after each change of what is known
--- @param finished function how many finished tickets are wanted
function M.new(connection, on_change, finished)
  return setmetatable({
    connection = connection, on_change = on_change, finished = finished, tickets = {}, agents = {}, status = nil, touched = nil,
    touched_agents = {},
  }, M)
end

--- All pages of tickets in these states, at most `limit`.
local function read_tickets(self, states, limit, callback)
  local found = {}
  local function read(before)
    local params = { states = states, limit = math.min(page, limit - #found), before = before }
    self.connection:request('ticket.list', params, function(problem, result)
      if problem then return callback(problem) end
      for _, ticket in ipairs(result.tickets or {}) do found[#found + 1] = ticket end
      if result.next and #found < limit then return read(result.next) end
      callback(nil, found)
    end)
  end
  read(nil)
end

--- Reads everything anew. While that is under way, what an event says is newer than what the answer says.
--- @param callback function|nil called with an error, or nothing
function M:refresh(callback)
  if self.touched then
    self.again = self.again or {}
    if callback then table.insert(self.again, callback) end
    return
  end
  self.touched = {}
  local problem_seen
  local tickets, waiting = {}, 2
  local function part(problem, found)
    problem_seen = problem_seen or problem
    for _, ticket in ipairs(found or {}) do tickets[ticket.id] = ticket end
    waiting = waiting - 1
    if waiting > 0 then return end
    local touched, again = self.touched, self.again
    self.touched, self.again = nil, nil
    if not problem_seen then
      for id in pairs(touched) do tickets[id] = self.tickets[id] end
      self.tickets = tickets
    end
    self:glance(function(problem)
      if callback then callback(problem_seen or problem) end
    end)
    if again then
      self:refresh(function(...)
        for _, each in ipairs(again) do each(...) end
      end)
    end
  end
  read_tickets(self, unfinished, 100000, part)
  if self.finished() > 0 then
    read_tickets(self, { 'done', 'cancelled' }, self.finished(), part)
  else
    part(nil, {})
  end
end

--- Reads what is short: the counts and the agents.
function M:glance(callback)
  if self.glancing then
    self.glance_again = true
    if callback then callback() end
    return
  end
  self.glancing, self.touched_agents = true, {}
  self.connection:request('system.status', {}, function(problem, status)
    if not problem then self.status = status end
    self.connection:request('agent.list', {}, function(fault, result)
      self.glancing = false
      if not fault then
        local agents = {}
        for _, agent in ipairs(result.agents or {}) do agents[agent.ticket] = agent end
        for id in pairs(self.touched_agents) do agents[id] = self.agents[id] end
        self.agents = agents
      end
      self.on_change()
      if callback then callback(problem or fault) end
      if self.glance_again then
        self.glance_again = false
        self:glance()
      end
    end)
  end)
end

--- Several events in a moment lead to one look.
function M:glance_soon()
  if self.soon then return end
  self.soon = true
  vim.defer_fn(function()
    self.soon = false
    if self.connection:is_up() then self:glance() end
  end, 200)
end

local function touch(self, id)
  if self.touched then self.touched[id] = true end
end

--- Applies what an event says.
function M:take(event)
  local data = type(event.data) == 'table' and event.data or {}
  if type(data.ticket) == 'table' and data.ticket.id then
    local id = data.ticket.id
    -- Events do not say what metadata a ticket has.
    data.ticket.metadata = (self.tickets[id] or {}).metadata
    self.tickets[id] = data.ticket
    touch(self, id)
  elseif event.kind == 'ticket.removed' and event.ticket then
    self.tickets[event.ticket], self.agents[event.ticket] = nil, nil
    touch(self, event.ticket)
  elseif type(data.agent) == 'table' and data.agent.ticket then
    self.agents[data.agent.ticket] = data.agent
    self.touched_agents[data.agent.ticket] = true
  elseif event.kind == 'queue.paused' or event.kind == 'queue.resumed' then
    if self.status then self.status.paused = event.kind == 'queue.paused' end
  elseif event.kind == 'metadata.status' and self.tickets[event.ticket] then
    local ticket = self.tickets[event.ticket]
    ticket.metadata = vim.tbl_extend('force', ticket.metadata or {}, { status = data.status })
  elseif event.kind == 'metadata.progress' and self.tickets[event.ticket] then
    local ticket = self.tickets[event.ticket]
    ticket.metadata = vim.tbl_extend('force', ticket.metadata or {}, { progress = data.progress })
  elseif event.kind == 'metadata.cleared' and self.tickets[event.ticket] and self.tickets[event.ticket].metadata then
    for _, part in ipairs(data.parts or {}) do self.tickets[event.ticket].metadata[part] = nil end
  end
  self:glance_soon()
  self.on_change()
end

-- The lower the sooner it is shown.
local ranks = { waiting = 0, review = 0, error = 1, lost = 2, failed = 2, interrupted = 3, running = 4, queued = 5, done = 6 }

--- What a person should know first: the ticket's state, or its agent's where that says more.
function M:urgency(ticket)
  local agent = self.agents[ticket.id]
  if ticket.state == 'running' and agent then
    if ranks[agent.state] and agent.state ~= 'done' then return ranks[agent.state] end
    return ranks.running
  end
  return ranks[ticket.state] or 7
end

function M:needs_you(ticket) return self:urgency(ticket) <= 1 and ticket.state ~= 'done' end

--- Tickets with their agents: what needs you first, then by priority and age; finished ones newest first.
function M:rows()
  local rows = {}
  for _, ticket in pairs(self.tickets) do
    rows[#rows + 1] = { ticket = ticket, agent = self.agents[ticket.id], rank = self:urgency(ticket) }
  end
  local function key(row) return row.rank >= 6 and '' or tostring(row.ticket.priority) end
  table.sort(rows, function(a, b)
    if a.rank ~= b.rank then return a.rank < b.rank end
    if key(a) ~= key(b) then return key(a) < key(b) end
    local first, second = tostring(a.ticket.createdAt), tostring(b.ticket.createdAt)
    if first ~= second then
      if a.rank >= 6 then return first > second end
      return first < second
    end
    return a.ticket.id < b.ticket.id
  end)
  return rows
end

--- How many tickets need you and how many are in work.
function M:counts()
  local need, running = 0, 0
  for _, ticket in pairs(self.tickets) do
    if self:needs_you(ticket) then need = need + 1 elseif ticket.state == 'running' then running = running + 1 end
  end
  return need, running
end

--- Ids that are live, for completion.
--- @param wanted string|nil `review`, `agent`, or all that are not finished
function M:ids(wanted)
  local ids = {}
  for _, row in ipairs(self:rows()) do
    local fits = row.rank < 6
    if wanted == 'review' then fits = row.ticket.state == 'review' end
    if wanted == 'agent' then fits = row.agent ~= nil end
    if fits then ids[#ids + 1] = row.ticket.id end
  end
  return ids
end

return M
