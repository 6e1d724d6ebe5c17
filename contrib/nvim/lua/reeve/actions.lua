-- What can be done with a ticket. Each asks for what it lacks, and says what came of it.
local options = require('reeve.options')
local reeve = require('reeve')
local text = require('reeve.text')

local M = {}

local function say(words) vim.notify('reeve: ' .. words) end

function M.complain(problem) vim.notify('reeve: ' .. text.error(problem), vim.log.levels.ERROR) end

--- Carries out what changes something; `sentence` makes the words for its result.
local function carry_out(method, params, sentence, on_problem)
  reeve.request(method, params, function(problem, result)
    if not problem then return say(sentence(result)) end
    if on_problem and on_problem(problem) then return end
    M.complain(problem)
  end, { keyed = true })
end

local function ticket_words(verb)
  return function(result)
    local ticket = result.ticket or {}
    local reason = ticket.reason and ' (' .. text.clean(ticket.reason) .. ')' or ''
    return ('%s %s: %s%s'):format(text.clean(ticket.id), verb, text.clean(ticket.state), reason)
  end
end

--- The ticket that is meant where none is named: of the line in the list, of the terminal, or the only one in review.
function M.meant()
  local ticket = vim.b.reeve_ticket
  if ticket then return ticket end
  local list = package.loaded['reeve.list']
  if list and list.current() then return list.current() end
  local reviews = reeve.board and reeve.board:ids('review') or {}
  if #reviews == 1 then return reviews[1] end
end

--- Calls back with a ticket's id: the one given, the one that is meant, or one that is asked for.
local function with_ticket(id, wanted, callback)
  -- A command without an argument has an empty one in Neovim 0.7.
  if id == '' then id = nil end
  id = id or M.meant()
  if id then return callback(id) end
  reeve.ready(function(problem)
    if problem then return M.complain(problem) end
    id = M.meant()
    if id then return callback(id) end
    local ids = reeve.board:ids(wanted)
    if #ids == 0 then return say(wanted == 'review' and 'nothing waits for a review' or 'there is no such ticket') end
    vim.ui.select(ids, { prompt = 'Which ticket?' }, function(choice)
      if choice then callback(choice) end
    end)
  end)
end

local function with_text(given, prompt, callback)
  if given and given ~= '' then return callback(given) end
  vim.ui.input({ prompt = prompt }, function(input)
    if input and input ~= '' then callback(input) end
  end)
end

--- The review that is shown: if another one is open by then, the daemon refuses.
local function visit_of(id)
  local ticket = reeve.board and reeve.board.tickets[id]
  return ticket and ticket.state == 'review' and ticket.visit or nil
end

function M.approve(id)
  with_ticket(id, 'review', function(ticket)
    carry_out('agent.approve', { ticket = ticket, visit = visit_of(ticket) }, ticket_words('approved'))
  end)
end

function M.reject(id, reason)
  with_ticket(id, 'review', function(ticket)
    local visit = visit_of(ticket)
    with_text(reason, ('What has to change in %s? '):format(text.clean(ticket)), function(words)
      carry_out('agent.reject', { ticket = ticket, reason = words, visit = visit }, ticket_words('rejected'))
    end)
  end)
end

function M.send(id, words, force)
  with_ticket(id, 'agent', function(ticket)
    with_text(words, ('Send to %s: '):format(text.clean(ticket)), function(given)
      carry_out('agent.send', { ticket = ticket, text = given, force = force }, function(result)
        return ('delivered to %s (%s)'):format(text.clean(ticket), text.clean(result.evidence))
      end, function(problem)
        if problem.kind ~= 'blocked' then return false end
        local question = text.clean(problem.message) .. '. Send it all the same?'
        vim.ui.select({ 'No', 'Yes' }, { prompt = question }, function(choice)
          if choice == 'Yes' then M.send(ticket, given, true) else say('not sent') end
        end)
        return true
      end)
    end)
  end)
end

local function switch(ticket, kind)
  say(('leaving the agent of %s…'):format(text.clean(ticket)))
  carry_out('agent.switch', { ticket = ticket, to = kind }, function(result)
    return ('%s: %s → %s by %s'):format(text.clean(result.ticket), text.clean(result.from), text.clean(result.to),
      text.clean(result.rung))
  end)
end

function M.switch(id, kind)
  with_ticket(id, 'agent', function(ticket)
    if kind and kind ~= '' then return switch(ticket, kind) end
    M.kinds(function(kinds)
      vim.ui.select(kinds, { prompt = ('Which agent for %s?'):format(text.clean(ticket)) }, function(choice)
        if choice then switch(ticket, choice) end
      end)
    end)
  end)
end

--- Calls back with the names of the agents that can be asked for.
function M.kinds(callback)
  reeve.request('agent.kinds', {}, function(problem, result)
    if problem then return M.complain(problem) end
    M.known_kinds = vim.tbl_map(function(kind) return text.clean(kind.name) end, result.kinds or {})
    callback(M.known_kinds)
  end, { timeout = 3 * options.values.query_timeout })
end

function M.launch(id)
  with_ticket(id, nil, function(ticket) carry_out('queue.launch', { ticket = ticket }, ticket_words('launched')) end)
end

function M.pause()
  carry_out('queue.pause', {}, function(result) return ('the queue is paused; %d go on'):format(result.running or 0) end)
end

function M.resume()
  carry_out('queue.resume', {}, function(result)
    return 'the queue launches again' .. (result.hold and ': ' .. text.clean(result.hold) or '')
  end)
end

function M.add(title)
  with_text(title, 'What is to be done? ', function(words)
    carry_out('ticket.create', { title = words }, ticket_words('added'))
  end)
end

function M.attach(id)
  with_ticket(id, 'agent', function(ticket) require('reeve.terminal').attach(ticket) end)
end

function M.preview(id)
  with_ticket(id, 'agent', function(ticket) require('reeve.terminal').preview(ticket) end)
end

return M
