-- Against the real daemon, with tmux and demo agents.
local check = require('check')
local test, equal, eventually, truth = check.test, check.equal, check.eventually, check.truth
local reeve = require('reeve')
local options = require('reeve.options')

local place = vim.loop.os_getenv('REAL_PLACE')
local daemon = vim.loop.os_getenv('REAL_DAEMON')
local seen, kinds = {}, {}

local function run(...)
  local output = vim.fn.system({ daemon, ... })
  equal({ vim.v.shell_error, vim.v.shell_error == 0 or output }, { 0, true })
  return output
end

local function command_line(...) return run('reeve', ...) end

local function ticket_is(id, state)
  return eventually(id .. ' ' .. state, function()
    local ticket = reeve.board.tickets[id]
    return ticket and ticket.state == state and ticket
  end, 30000)
end

local function agent_is(id, state)
  return eventually('the agent of ' .. id .. ' ' .. state, function()
    local agent = reeve.board.agents[id]
    return agent and agent.state == state and agent
  end, 30000)
end

local function list_lines() return vim.api.nvim_buf_get_lines(require('reeve.list').buffer, 0, -1, false) end

local function listed(id, part)
  eventually(id .. ' in the list with ' .. part, function()
    for number, line in ipairs(list_lines()) do
      if number > 2 and vim.startswith(line, id .. ' ') and line:find(part, 1, true) then return true end
    end
  end, 30000)
end

test('real: connects, and shows an empty list', function()
  require('reeve.status').newest = nil
  reeve.connection, reeve.board, reeve.events = nil, nil, nil
  require('reeve.list').buffer = nil
  vim.cmd('silent! bwipeout! reeve://tickets')
  options.set({ socket = place .. '/r/control.sock', program = vim.loop.os_getenv('REEVE_BIN') .. '/reeve' })
  reeve.start()
  reeve.listeners.test = function(event)
    seen[#seen + 1], kinds[#kinds + 1] = event.seq, event.kind
  end
  vim.cmd('ReeveList')
  eventually('an empty list', function() return reeve.board.status and list_lines()[3] == 'no tickets; c adds one, ? shows the keys' end)
  truth(vim.startswith(reeve.statusline(), 'reeve ● 0 running'), reeve.statusline())
end)

test('real: a ticket that is added runs, and is in the list', function()
  vim.cmd('ReeveAdd Say hello')
  local note = check.told('added: queued')
  local id = note:match('reeve: (%S+) added')
  ticket_is(id, 'running')
  -- Before that its terminal is still being made.
  eventually('its agent', function() return reeve.board.agents[id] and reeve.board.agents[id].state ~= 'launching' end)
  listed(id, 'talker')
  vim.g.reeve_test_id = id
  equal(vim.fn.getcompletion('ReeveAttach ' .. id:sub(1, 3), 'cmdline'), { id })
end)

test('real: attached in a terminal buffer, the agent is seen and hears', function()
  local id = vim.g.reeve_test_id
  vim.cmd('silent only')
  vim.cmd('ReeveAttach ' .. id)
  local buffer = vim.api.nvim_get_current_buf()
  equal(vim.bo[buffer].buftype, 'terminal')
  -- Once more shows what is there.
  vim.cmd('ReeveAttach ' .. id)
  equal(vim.api.nvim_get_current_buf(), buffer)
  local function shows(part)
    local lines
    local ok = vim.wait(20000, function()
      lines = table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), '\n')
      return lines:find(part, 1, true)
    end, 5)
    truth(ok, 'the terminal never shows ' .. part .. ' but ' .. lines)
  end
  -- While it thinks it does not listen.
  local function has_answered(prompt)
    eventually('the end of the turn of ' .. prompt, function()
      local lines = table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), '\n')
      return lines:find('prompt: ' .. prompt .. '\nthinking…\ndone%.%s*>')
    end)
  end
  has_answered('Say hello')
  vim.cmd('ReeveSend ' .. id .. ' words from the editor')
  check.told('delivered to ' .. id)
  has_answered('words from the editor')
  vim.fn.chansend(vim.b[buffer].terminal_job_id, 'typed here\r')
  shows('prompt: typed here')
  vim.cmd('ReevePreview ' .. id)
  eventually('the preview', function()
    return vim.api.nvim_buf_get_name(0):find('preview', 1, true) and table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n')
      :find('prompt: typed here', 1, true)
  end)
  vim.cmd('close')
  vim.cmd('bwipeout! ' .. buffer)
end)

test('real: a review is rejected with a reason, and approved', function()
  command_line('add', 'Log in', '--type', 'FEAT', '--id', 'F')
  ticket_is('F', 'review')
  listed('F', 'review plan')
  -- The other agent has ended its turn and waits at its prompt.
  eventually('both need you', function() return reeve.statusline():find('2 need you', 1, true) end)
  check.told('F: plan waits for your review')
  vim.cmd('ReeveReject F the tests are missing')
  check.told('F rejected: ')
  eventually('the second review', function()
    local ticket = reeve.board.tickets.F
    return ticket.state == 'review' and ticket.visit == 2
  end, 30000)
  truth(command_line('steps', 'F'):find('the tests are missing', 1, true))
  -- Outside the list the only one in review is meant.
  vim.cmd('new')
  vim.cmd('ReeveApprove')
  check.told('F approved: ')
  ticket_is('F', 'done')
  listed('F', 'done')
  eventually('one needs you', function() return reeve.statusline():find('1 needs you', 1, true) end)
end)

test('real: approving what is not in review says the state', function()
  vim.cmd('ReeveApprove F')
  check.told("conflict: nothing to review: 'F' is done")
end)

test('real: an agent is switched', function()
  local id = vim.g.reeve_test_id
  vim.cmd(('ReeveSwitch %s other'):format(id))
  check.told(id .. ': talker → other by ')
  eventually('the other agent', function() return reeve.board.agents[id] and reeve.board.agents[id].kind == 'other' end)
  listed(id, 'other')
end)

test('real: input is refused while a dialog is shown, unless it is forced', function()
  command_line('add', 'May I', '--agent', 'asker', '--id', 'ASKS')
  agent_is('ASKS', 'running')
  -- It runs before it reads.
  eventually('its prompt', function() return vim.trim(command_line('preview', 'ASKS')):sub(-1) == '>' end)
  command_line('send', 'ASKS', 'Remove them')
  agent_is('ASKS', 'waiting')
  check.told('ASKS: asker waits for you')
  check.answers = { 'No' }
  vim.cmd('ReeveSend ASKS yes please')
  check.told('not sent')
  truth(check.questions[1]:find('Send it all the same', 1, true), vim.inspect(check.questions))
  check.answers = { 'Yes' }
  vim.cmd('ReeveSend ASKS yes please')
  check.told('delivered to ASKS')
end)

test('real: the queue is paused and goes on', function()
  vim.cmd('ReevePause')
  check.told('the queue is paused')
  eventually('it is shown', function() return reeve.statusline():find('paused', 1, true) end)
  vim.cmd('ReeveAdd Waits')
  local id = check.told('added: queued'):match('reeve: (%S+) added')
  ticket_is(id, 'queued')
  vim.cmd('ReeveResume')
  check.told('the queue launches again')
  ticket_is(id, 'running')
end)

test('real: a daemon that is stopped keeps nobody waiting', function()
  local id = vim.g.reeve_test_id
  local pid = tonumber(vim.fn.readfile(place .. '/pid')[1])
  vim.loop.kill(pid, 'sigstop')
  vim.cmd('ReeveSend ' .. id .. ' are you there')
  vim.cmd('ReeveList')
  vim.fn.feedkeys('g', 'xt')
  -- Whoever waited for an answer would be here only after its time-out, which is told. That agents of the tests before this one wait
  -- at their prompts may be told all the same: such events may have been on the way.
  local silent = not vim.wait(300, function()
    for _, note in ipairs(check.notes) do
      if not note:find('waits for you', 1, true) then return true end
    end
  end, 5)
  vim.loop.kill(pid, 'sigcont')
  truth(silent, 'said something')
  check.told('delivered to ' .. id)
end)

test('real: the daemon is killed and comes back: every event exactly once', function()
  local before = reeve.events.cursor
  run('kill')
  eventually('the loss', function() return not reeve.is_up() end)
  truth(reeve.statusline():find('not connected', 1, true))
  vim.cmd('ReeveList')
  eventually('the list says so', function() return list_lines()[1]:find('not connected: unreachable', 1, true) end)
  run('start')
  eventually('the connection', function() return reeve.is_up() and not reeve.events.asking end, 30000)
  vim.cmd('ReeveAdd After the kill')
  check.told('added: queued')
  local last = vim.json.decode(command_line('status', '--json')).cursor
  truth(last > before, 'events after the kill')
  eventually('all events', function() return reeve.events.cursor >= last end)
  for index = 2, #seen do equal(seen[index], seen[index - 1] + 1) end
  local log = {}
  for line in command_line('events', '--since', tostring(seen[1] - 1), '--json'):gmatch('[^\n]+') do
    local event = vim.json.decode(line)
    if event.seq <= seen[#seen] then log[#log + 1] = event.kind end
  end
  equal(#log, #kinds)
  equal(log, kinds)
end)

test('real: the agents have outlived it, and are attached as before', function()
  local id = vim.g.reeve_test_id
  vim.cmd('silent only')
  vim.cmd('ReeveAttach ' .. id)
  local buffer = vim.api.nvim_get_current_buf()
  eventually('the agent', function()
    return table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), '\n'):find('prompt: ', 1, true)
  end, 20000)
  vim.cmd('bwipeout! ' .. buffer)
  vim.cmd('ReeveStop')
end)
