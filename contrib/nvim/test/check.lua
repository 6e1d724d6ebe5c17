-- What the tests are written with.
local M = {}

local tests = {}

function M.test(name, body) tests[#tests + 1] = { name, body } end

--- Waits until `condition` answers something true, and returns that; a failed test after 30 s.
function M.eventually(what, condition, milliseconds)
  local value
  local ok = vim.wait(milliseconds or 30000, function()
    value = condition()
    return value
  end, 5)
  if not ok then error('never came about: ' .. what .. M.seen(), 2) end
  return value
end

--- Stays so for a moment: for what must not happen.
function M.never(what, condition, milliseconds)
  if vim.wait(milliseconds or 300, condition, 5) then error('came about: ' .. what .. M.seen(), 2) end
end

function M.equal(got, wanted)
  if not vim.deep_equal(got, wanted) then
    error(('got %s, wanted %s'):format(vim.inspect(got), vim.inspect(wanted)), 2)
  end
end

function M.truth(value, what)
  if not value then error((what or 'not true') .. M.seen(), 2) end
end

M.notes = {} -- what vim.notify was told

function M.seen() return '\n      messages: ' .. vim.inspect(M.notes) end

function M.told(part)
  return M.eventually('a message with ' .. part, function()
    for _, note in ipairs(M.notes) do
      if note:find(part, 1, true) then return note end
    end
  end)
end

--- Answers the next questions of vim.ui.select and vim.ui.input.
M.answers, M.questions = {}, {}

local function write(words) io.stdout:write(words .. '\n') io.stdout:flush() end

function M.run()
  vim.notify = function(words) table.insert(M.notes, words) end
  vim.ui.select = function(_, choices, callback)
    table.insert(M.questions, choices.prompt)
    callback(table.remove(M.answers, 1))
  end
  vim.ui.input = function(choices, callback)
    table.insert(M.questions, choices.prompt)
    callback(table.remove(M.answers, 1))
  end
  local passed, failed = 0, 0
  for _, each in ipairs(tests) do
    M.notes, M.answers, M.questions = {}, {}, {}
    local ok, fault = xpcall(each[2], function(fault) return type(fault) == 'string' and fault or debug.traceback(fault) end)
    if ok then passed = passed + 1 else failed = failed + 1 end
    write((ok and 'ok    ' or 'FAIL  ') .. each[1] .. (ok and '' or '\n      ' .. tostring(fault)))
  end
  write(('%d passed, %d failed'):format(passed, failed))
  vim.cmd(failed == 0 and 'qall!' or 'cquit!')
end

return M
