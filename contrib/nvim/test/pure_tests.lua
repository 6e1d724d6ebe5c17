-- What needs no daemon.
local check = require('check')
local test, equal = check.test, check.equal
local Lines = require('reeve.lines')
local text = require('reeve.text')
local options = require('reeve.options')
local Board = require('reeve.board')

test('hostile text does nothing but be seen', function()
  equal(text.clean('plain words'), 'plain words')
  equal(text.clean('\27]0;title\7\27[31mred\r\n\0'), ']0;title[31mred')
  equal(text.clean('a\tb'), 'a b')
  equal(text.clean('one\ntwo', true), 'one\ntwo')
  equal(text.clean('abc\226\128\174dcb\226\129\166x'), 'abcdcbx') -- U+202E, U+2066
  equal(text.clean('zero\226\128\139width\239\187\191'), 'zerowidth') -- U+200B, U+FEFF
  equal(text.clean('c1\194\155x'), 'c1x') -- U+009B
  equal(text.clean('tag\243\160\129\129'), 'tag') -- U+E0041
  equal(text.clean('Käfer 虫 🐞'), 'Käfer 虫 🐞')
  equal(text.clean('broken\255\195'), 'broken')
  equal(text.clean('\224\128'), '')
  equal(text.clean(nil), '')
  equal(text.clean({}), '')
end)

test('text is cut by columns', function()
  equal(text.fit('short', 10), 'short')
  equal(text.fit('a long word', 6), 'a lon…')
  equal(text.fit('虫虫虫虫', 5), '虫虫…')
  equal(text.pad('ab', 4), 'ab  ')
end)

local function lines_of(chunks)
  local found = {}
  local lines = Lines.new(function(line) found[#found + 1] = line end)
  for _, chunk in ipairs(chunks) do lines:feed(chunk) end
  return found, lines
end

test('lines come whole, however they are cut', function()
  equal(lines_of({ 'a\nb\nc' }), { 'a', 'b' })
  equal(lines_of({ 'a', 'b', '', 'c\n', '\n \t\r\n', 'd\n' }), { 'abc', 'd' })
  local long = string.rep('x', 1024 * 1024 - 1)
  local chunks = {}
  for start = 1, #long, 4096 do chunks[#chunks + 1] = long:sub(start, start + 4095) end
  chunks[#chunks + 1] = '\n'
  equal(#lines_of(chunks)[1], #long)
end)

test('a line without end is not kept', function()
  local limit = Lines.limit
  Lines.limit = 10
  local found, lines = lines_of({ '0123456789a', 'more', 'and more\nnext\n' })
  Lines.limit = limit
  equal(found, { 'next' })
  equal(lines.skipped, 1)
end)

test('an option that is none, or of a wrong type, is refused', function()
  equal(pcall(options.set, { sockett = 'x' }), false)
  equal(pcall(options.set, { finished = 'x' }), false)
  equal(pcall(options.set, { finished = 20 }), true)
end)

test('what needs you comes first', function()
  local board = Board.new({}, function() end, function() return 0 end)
  local function put(id, state, agent, priority, created)
    board.tickets[id] = { id = id, state = state, priority = priority or 'P2', createdAt = created or '2026' }
    if agent then board.agents[id] = { ticket = id, state = agent, kind = 'claude' } end
  end
  put('DONE-1', 'done', nil, 'P2', '2025') put('DONE-2', 'done', nil, 'P3', '2026') put('QUEUED', 'queued')
  put('RUNS', 'running', 'running') put('TURN-OVER', 'running', 'done', 'P3') put('ERROR', 'running', 'error')
  put('LOST', 'lost') put('WAITS', 'running', 'waiting') put('REVIEW', 'review', 'done', 'P0') put('URGENT', 'queued', nil, 'P0')
  put('GONE', 'cancelled', 'lost')
  local order = vim.tbl_map(function(row) return row.ticket.id end, board:rows())
  equal(order, { 'REVIEW', 'WAITS', 'ERROR', 'LOST', 'RUNS', 'TURN-OVER', 'URGENT', 'QUEUED', 'DONE-2', 'DONE-1', 'GONE' })
  equal({ board:counts() }, { 3, 2 })
  equal(board:ids('review'), { 'REVIEW' })
end)
