-- Against the fake daemon.
local check = require('check')
local test, equal, eventually, truth = check.test, check.equal, check.eventually, check.truth
local reeve = require('reeve')
local options = require('reeve.options')
local Connection = require('reeve.connection')

local seen = {}

local function ask(method, params)
  local problem, result
  reeve.connection:request(method, params, function(...) problem, result = ... end)
  eventually('an answer to ' .. method, function() return problem or result end)
  if method:find('^fake') then equal(problem, nil) end
  return result, problem
end

local function up()
  reeve.start()
  reeve.connection:hurry()
  eventually('a connection', function() return reeve.is_up() and reeve.board.status and not reeve.events.asking end)
end

local function calls(method)
  return vim.tbl_filter(function(call) return call.method == method end, ask('fake.calls').calls)
end

local function ticket(id, state, more)
  return vim.tbl_extend('force', { id = id, title = 'Title of ' .. id, state = state, priority = 'P2', agent = 'claude',
    type = 'TASK', createdAt = '2026-01-01T00:00:00.000Z', attempts = 1 }, more or {})
end

local function settle()
  local problem, finished
  reeve.board:refresh(function(fault) problem, finished = fault, true end)
  eventually('a refresh', function() return finished end)
  equal(problem, nil)
end

local function seqs_are(first, last)
  local wanted = {}
  for seq = first, last do wanted[#wanted + 1] = seq end
  eventually(('events %d to %d'):format(first, last), function() return #seen >= #wanted end)
  equal(seen, wanted)
end

test('without a daemon the error says so', function()
  options.set({ socket = vim.loop.os_getenv('FAKE_SOCKET') .. '.none' })
  vim.cmd('Reeve')
  local note = check.told('no daemon answers at')
  truth(note:find('unreachable: ', 1, true) and note:find('is reeved running?', 1, true), note)
  equal(reeve.statusline(), 'reeve ○ not connected')
  options.set({ socket = string.rep('x', 120) })
  vim.cmd('Reeve')
  check.told('107 bytes')
end)

test('it connects when the daemon is there', function()
  options.set({ socket = vim.loop.os_getenv('FAKE_SOCKET') })
  up()
  reeve.listeners.test = function(event) seen[#seen + 1] = event.seq end
  equal(reeve.statusline(), 'reeve ● 0 running')
  equal(ask('fake.emit', { count = 3 }).cursor, 3)
  seqs_are(1, 3)
end)

test('odd lines: split ones, several at once, invalid ones, long ones', function()
  local before = reeve.connection.invalid
  local long = { '{"jsonrpc":"2.0","method":"none","params":{"text":"', 1024 * 1024 - 60, '"}}\n' }
  local got
  local take = reeve.connection.handlers.on_notification
  reeve.connection.handlers.on_notification = function(method, params)
    if method == 'none' then got = #params.text end
    take(method, params)
  end
  ask('fake.raw', { chunks = {
    '{"jsonrpc":"2.0","meth', 'od":"event.lagged","params":{"resumeFrom":3}}\n\n \r\n{"not JSON\n[1,2]\n7\n"x"\nnull\nÿþ\n', long,
    '{"jsonrpc":"2.0","id":99999,"result":{}}\n{"jsonrpc":"2.0","method":"event","params":7}\n',
    '{"jsonrpc":"2.0","method":"event","params":{"seq":"4"}}\n',
  } })
  reeve.connection.handlers.on_notification = take
  equal(got, 1024 * 1024 - 60)
  equal(reeve.events.lagged, 1)
  truth(reeve.connection.invalid - before >= 4, 'invalid lines are counted: ' .. reeve.connection.invalid)
  equal(reeve.is_up(), true)
end)

test('a connection that is lost comes back at its cursor', function()
  ask('fake.drop', { seconds = 0.3 })
  eventually('the loss', function() return not reeve.is_up() end)
  check.never('a request is taken without a connection', function()
    local refused
    reeve.connection:request('system.ping', {}, function(problem) refused = problem end)
    vim.wait(50, function() return refused end, 5)
    return not refused
  end, 60)
  eventually('the connection', function() return reeve.is_up() and not reeve.events.asking end)
  ask('fake.emit', { count = 2 })
  seqs_are(1, 5)
  equal(calls('events.subscribe')[#calls('events.subscribe')].params.since, 3)
end)

test('what happened while it was away comes once', function()
  ask('fake.drop', { seconds = 0.5 })
  eventually('the loss', function() return not reeve.is_up() end)
  -- Another client of the daemon, before us.
  local other = Connection.new({ on_up = function() end, on_down = function() end, on_notification = function() end })
  Connection.first_pause = 20
  other.pause = 20
  other:start()
  eventually('another client', function() return other:is_up() end)
  other:request('fake.emit', { count = 4 }, function() end)
  eventually('the connection', function() return reeve.is_up() end)
  seqs_are(1, 9)
  other:stop()
  Connection.first_pause = 200
end)

test('the pauses double up to ten seconds, and begin anew once it works', function()
  local lonely = Connection.new({ on_up = function() end, on_down = function() end, on_notification = function() end })
  options.values.socket = '/nowhere/x'
  local pauses = {}
  lonely.state = 'up'
  for _ = 1, 8 do
    pauses[#pauses + 1] = lonely.pause
    lonely:lost({ kind = 'unreachable', message = 'x' })
    lonely.timer:stop()
  end
  equal(pauses, { 200, 400, 800, 1600, 3200, 6400, 10000, 10000 })
  lonely:settled()
  equal(lonely.pause, 200)
  lonely:stop()
  options.set({ socket = vim.loop.os_getenv('FAKE_SOCKET') })
end)

test('a cursor that has expired: all is read anew, and goes on from the oldest', function()
  up()
  ask('fake.set', { tickets = { ticket('OLD', 'queued') } })
  ask('fake.expire', { oldest = 9 })
  reeve.events.cursor = 2
  seen = {}
  reeve.connection:reconnect({ kind = 'unreachable', message = 'test' })
  seqs_are(9, 9)
  eventually('the new picture', function() return reeve.board.tickets.OLD end)
  equal(reeve.events.cursor, 9)
end)

test('told in the middle that the cursor has expired, it goes on', function()
  seen = {}
  ask('fake.raw', { chunks = {
    '{"jsonrpc":"2.0","method":"event.error","params":{"code":-32007,"message":"x","data":{"kind":"cursor_expired","oldest":9}}}\n',
  } })
  seqs_are(9, 9)
  ask('fake.emit', {})
  seqs_are(9, 10)
end)

test('a gap is asked for again', function()
  seen = {}
  ask('fake.skip')
  ask('fake.emit', { count = 1 })
  ask('fake.emit', { count = 2 })
  seqs_are(11, 13)
end)

test('a cursor of another daemon is given up', function()
  ask('fake.reset')
  seen = {}
  reeve.connection:reconnect({ kind = 'unreachable', message = 'test' })
  eventually('a new cursor', function() return reeve.events.cursor == 0 end)
  eventually('a subscription', function() return not reeve.events.asking end)
  ask('fake.emit', { count = 2 })
  seqs_are(1, 2)
end)

local function list_lines()
  local buffer = require('reeve.list').buffer
  return vim.api.nvim_buf_get_lines(buffer, 0, -1, false)
end

local function line_of(part)
  for number, line in ipairs(list_lines()) do
    -- The first line is of all tickets.
    if number > 1 and line:find(part, 1, true) then return number, line end
  end
end

test('the list shows tickets and agents, and follows events', function()
  ask('fake.set', {
    tickets = { ticket('ONE', 'review', { review = 'plan', visit = 3 }), ticket('TWO', 'queued'),
      ticket('EVIL', 'running', { title = '\27]0;pwned\7 100% \226\128\174live', reason = 'x\ny' }), ticket('OVER', 'done') },
    agents = { { ticket = 'EVIL', kind = 'codex', state = 'waiting', since = '', session = 'op-EVIL', backend = 'tmux', launch = 'l' } },
  })
  vim.cmd('ReeveList')
  settle()
  eventually('the rows', function() return line_of('OVER') end)
  equal(vim.api.nvim_buf_get_name(0):match('reeve://tickets$'), 'reeve://tickets')
  equal(vim.bo.modifiable, false)
  local lines = list_lines()
  equal(lines[1], 'reeve ● 2 need you')
  truth(lines[2]:find('^ID%s+PRI%s+STATE%s+AGENT%s+DOES%s+TITLE$'), lines[2])
  truth(lines[3]:find('^EVIL%s+P2%s+running%s+codex%s+waiting%s+%]0;pwned 100%% live%s+%(xy%)$'), lines[3])
  truth(lines[4]:find('^ONE%s+P2%s+review plan'), lines[4])
  truth(lines[5]:find('^TWO') and lines[6]:find('^OVER'), vim.inspect(lines))
  vim.api.nvim_win_set_cursor(0, { 5, 0 })
  equal(require('reeve.list').current(), 'TWO')
  ask('fake.emit', { kind = 'ticket.created', ticket = 'NEW', data = { ticket = ticket('NEW', 'running') } })
  eventually('the new one', function() return line_of('NEW') end)
  equal(require('reeve.list').current(), 'TWO')
  ask('fake.emit', { kind = 'ticket.removed', ticket = 'NEW' })
  eventually('it goes', function() return not line_of('NEW') end)
  -- A status line reads % as its own.
  ask('fake.emit', { kind = 'metadata.notify', ticket = 'EVIL', data = { body = '100% \27[2J' , urgency = 'normal' } })
  check.told('EVIL: 100% [2J')
  truth(reeve.statusline():find('100%% [2J', 1, true), reeve.statusline())
  truth(pcall(vim.api.nvim_eval_statusline, reeve.statusline(), {}))
end)

local function press(keys) vim.api.nvim_feedkeys(vim.api.nvim_replace_termcodes(keys, true, false, true), 'xt', false) end

local function go_to(id)
  vim.cmd('ReeveList')
  eventually(id .. ' in the list', function() return line_of(id) end)
  vim.api.nvim_win_set_cursor(0, { line_of(id), 0 })
end

test('keys: approve names the review that is shown', function()
  go_to('ONE')
  press('a')
  check.told('ONE approved: done')
  local call = calls('agent.approve')[1]
  equal({ call.params.ticket, call.params.visit }, { 'ONE', 3 })
  truth(#call.params.idempotencyKey > 10)
end)

test('keys: reject asks for a reason; without one nothing is sent', function()
  ask('fake.emit', { kind = 'ticket.updated', ticket = 'ONE', data = { ticket = ticket('ONE', 'review', { visit = 4 }) } })
  eventually('a review', function() return line_of('review') end)
  go_to('ONE')
  check.answers = { nil }
  press('x')
  equal(check.questions, { 'What has to change in ONE? ' })
  equal(#calls('agent.reject'), 0)
  check.answers = { 'the tests are missing' }
  press('x')
  check.told('ONE rejected: running')
  local call = calls('agent.reject')[1]
  equal({ call.params.reason, call.params.visit }, { 'the tests are missing', 4 })
end)

test('keys: send, switch, launch, pause, resume, add, preview', function()
  go_to('EVIL')
  check.answers = { 'hello' }
  press('s')
  check.told('delivered to EVIL (read)')
  check.answers = { 'codex' }
  press('S')
  check.told('EVIL: claude → codex by exit')
  press('P')
  check.told('the queue is paused')
  eventually('paused', function() return reeve.statusline():find('paused', 1, true) end)
  press('R')
  check.told('the queue launches again')
  eventually('not paused', function() return not reeve.statusline():find('paused', 1, true) end)
  check.answers = { 'Something new' }
  press('c')
  check.told('added: queued')
  eventually('it is in the list', function() return line_of('Something new') end)
  go_to('TWO')
  press('l')
  check.told('TWO launched')
  go_to('EVIL')
  press('p')
  eventually('the preview', function() return vim.api.nvim_buf_get_name(0):find('reeve://preview/EVIL', 1, true) end)
  equal(vim.api.nvim_buf_get_lines(0, 0, -1, false), { 'first line', '[31mredother way' })
  press('q')
  truth(not vim.api.nvim_buf_get_name(0):find('preview', 1, true))
end)

test('a key on a line without a ticket does nothing', function()
  vim.cmd('ReeveList')
  vim.api.nvim_win_set_cursor(0, { 1, 0 })
  -- Whatever is drawn meanwhile.
  require('reeve.list').draw()
  equal(vim.api.nvim_win_get_cursor(0)[1], 1)
  local before = #calls('agent.approve')
  press('a')
  check.told('no ticket in this line')
  equal(#calls('agent.approve'), before)
end)

test('blocked: asks whether to force, and forces only then', function()
  local blocked = { code = -32008, message = 'the agent shows a dialog', data = { kind = 'blocked', hint = 'force overrides' } }
  ask('fake.error', { method = 'agent.send', error = blocked })
  check.answers = { 'No' }
  vim.cmd('ReeveSend EVIL first try')
  check.told('not sent')
  truth(check.questions[1]:find('the agent shows a dialog', 1, true))
  ask('fake.error', { method = 'agent.send', error = blocked })
  check.answers = { 'Yes' }
  vim.cmd('ReeveSend EVIL second try')
  check.told('delivered to EVIL')
  local sent = calls('agent.send')
  equal({ sent[#sent].params.text, sent[#sent].params.force }, { 'second try', true })
  equal({ sent[#sent - 1].params.text, sent[#sent - 1].params.force }, { 'second try', nil })
end)

test('an error says its kind and its hint; a method that is not there says so', function()
  vim.cmd('ReeveApprove NOBODY')
  check.told("not_found: no ticket 'NOBODY'; reeve list --all shows the tickets")
  ask('fake.error', { method = 'agent.switch', error = { code = -32601, message = 'no method', data = { kind = 'unknown_method' } } })
  vim.cmd('ReeveSwitch EVIL codex')
  check.told('unknown_method: this daemon does not know agent.switch; it is older than this plugin')
end)

test('commands find the ticket that is meant', function()
  vim.cmd('enew')
  ask('fake.emit', { kind = 'ticket.updated', ticket = 'ONE', data = { ticket = ticket('ONE', 'review', { visit = 5 }) } })
  eventually('a review', function() return #reeve.board:ids('review') == 1 end)
  vim.cmd('ReeveReject it is wrong')
  check.told('ONE rejected')
  local call = calls('agent.reject')
  equal(call[#call].params.reason, 'it is wrong')
  vim.cmd('ReeveReject ONE once more')
  eventually('another rejection', function() return #calls('agent.reject') == #call + 1 end)
  call = calls('agent.reject')
  equal({ call[#call].params.ticket, call[#call].params.reason }, { 'ONE', 'once more' })
end)

test('a selection is sent as it is', function()
  vim.cmd('enew')
  vim.api.nvim_buf_set_lines(0, 0, -1, false, { 'one Käfer two', 'second "line"', 'third' })
  local function sent()
    local all = calls('agent.send')
    return all[#all].params.text
  end
  local count = #calls('agent.send')
  local function wait()
    count = count + 1
    eventually('it is sent', function() return #calls('agent.send') == count end)
  end
  vim.cmd('2,3ReeveSend EVIL')
  wait()
  equal(sent(), 'second "line"\nthird')
  vim.api.nvim_win_set_cursor(0, { 1, 4 })
  press('v4l<Esc>')
  vim.cmd("'<,'>ReeveSend EVIL")
  wait()
  equal(sent(), 'Käfer')
  vim.api.nvim_win_set_cursor(0, { 1, 4 })
  press('vj0<Esc>')
  vim.cmd("'<,'>ReeveSend EVIL look at")
  wait()
  equal(sent(), 'look at\nKäfer two\ns')
  press('ggVj<Esc>')
  vim.cmd("'<,'>ReeveSend EVIL")
  wait()
  equal(sent(), 'one Käfer two\nsecond "line"')
  vim.cmd('bwipeout!')
end)

test('ids and agents are completed', function()
  equal(vim.fn.getcompletion('ReeveSend E', 'cmdline'), { 'EVIL' })
  equal(vim.tbl_contains(vim.fn.getcompletion('ReeveLaunch ', 'cmdline'), 'OVER'), false)
  vim.fn.getcompletion('ReeveSwitch EVIL ', 'cmdline')
  eventually('kinds', function() return #vim.fn.getcompletion('ReeveSwitch EVIL c', 'cmdline') == 2 end)
  equal(vim.fn.getcompletion('ReeveSwitch EVIL co', 'cmdline'), { 'codex' })
end)

test('no answer in time is told, and nothing waits for it', function()
  options.set({ action_timeout = 150 })
  ask('fake.silent', { method = 'agent.send' })
  vim.cmd('ReeveSend EVIL x')
  -- Its time-out is told from the event loop, which runs only where the editor waits.
  equal(check.notes, {})
  check.told('timeout: no answer to agent.send in 0.15 s; it may have been done all the same')
  options.set({ action_timeout = 300000 })
  eventually('nothing is pending', function() return next(reeve.connection.pending) == nil end)
end)

test('a connection that breaks before the answer: it is done once', function()
  local before = #calls('ticket.create')
  ask('fake.cut', { method = 'ticket.create' })
  vim.cmd('ReeveAdd Made once')
  check.told('added: queued')
  local made = calls('ticket.create')
  equal(#made, before + 2)
  equal(made[#made].params, made[#made - 1].params)
  settle()
  local count = 0
  for _, each in pairs(reeve.board.tickets) do
    if each.title == 'Made once' then count = count + 1 end
  end
  equal(count, 1)
end)

test('more than the protocol takes is refused here', function()
  local problem
  reeve.connection:request('agent.send', { ticket = 'EVIL', text = string.rep('x', 1024 * 1024) }, function(fault) problem = fault end)
  eventually('a refusal', function() return problem end)
  equal(problem.kind, 'too_large')
end)

test('many tickets are read page by page', function()
  local many = {}
  for number = 1, 950 do many[number] = ticket('T' .. number, 'queued') end
  ask('fake.set', { tickets = many })
  settle()
  equal(vim.tbl_count(reeve.board.tickets), 950)
  vim.cmd('ReeveList')
  eventually('all in the list', function() return #list_lines() == 952 end)
end)

test('a thousand events are drawn in few steps and all arrive', function()
  seen = {}
  local first = reeve.events.cursor + 1
  local draws, draw = 0, require('reeve.list').draw
  require('reeve.list').draw = function()
    draws = draws + 1
    draw()
  end
  ask('fake.emit', { count = 1000 })
  seqs_are(first, first + 999)
  require('reeve.list').draw = draw
  truth(draws < 100, draws .. ' draws')
end)

test('closing closes', function()
  vim.cmd('ReeveStop')
  equal(reeve.is_up(), false)
  equal(reeve.statusline(), '')
  reeve.listeners.test = nil
end)
