-- One line of what there is, and what newly needs you.
local options = require('reeve.options')
local text = require('reeve.text')

local M = {}

M.newest = nil -- the newest thing that needs you: { ticket, words }

--- What an event asks of a person; nil for nothing.
function M.asks(event)
  local data = type(event.data) == 'table' and event.data or {}
  local id = text.clean(event.ticket or '')
  if event.kind == 'agent.review' and data.verdict == 'open' then
    return ('%s: %s waits for your review'):format(id, text.clean(data.step))
  end
  local agent = data.agent
  if event.kind == 'agent.state' and type(agent) == 'table' and (agent.state == 'waiting' or agent.state == 'error') then
    local reason = agent.reason and ' (' .. text.clean(agent.reason) .. ')' or ''
    return ('%s: %s %s%s'):format(id, text.clean(agent.kind), agent.state == 'waiting' and 'waits for you' or 'has failed', reason)
  end
  if event.kind == 'session.lost' then return id .. ': its terminal is lost' end
  if event.kind == 'metadata.notify' then return (id ~= '' and id .. ': ' or '') .. text.clean(data.body) end
end

function M.watch(reeve)
  reeve.listeners.status = function(event)
    local words = M.asks(event)
    local known = event.ticket and reeve.board.tickets[event.ticket]
    -- The review itself was told.
    if words and event.kind == 'agent.state' and known and known.state == 'review' then words = nil end
    if words then
      M.newest = { ticket = event.ticket, words = words }
      if options.values.notify then
        -- A longer one would make the editor ask for a key.
        vim.notify(text.fit('reeve: ' .. words, math.max(vim.o.columns - 15, 20)), vim.log.levels.WARN)
      end
    elseif M.newest and event.ticket == M.newest.ticket and event.ticket then
      local ticket = reeve.board.tickets[event.ticket]
      -- It was dealt with.
      if not ticket or not reeve.board:needs_you(ticket) then M.newest = nil end
    end
  end
  reeve.watchers.status = function() pcall(vim.cmd, 'redrawstatus!') end
end

--- `%` means something in a status line: doubled.
function M.line(reeve)
  if not reeve.connection or reeve.connection.state == 'idle' then return '' end
  if not reeve.is_up() then return 'reeve ○ not connected' end
  local board = reeve.board
  if not board.status then return 'reeve ○ reading' end
  local need, running = board:counts()
  local parts = {}
  if need > 0 then parts[#parts + 1] = need .. (need == 1 and ' needs you' or ' need you') end
  if running > 0 or need == 0 then parts[#parts + 1] = running .. ' running' end
  if board.status.paused then parts[#parts + 1] = 'paused' end
  if M.newest then parts[#parts + 1] = text.fit(M.newest.words, 40) end
  return (("reeve ● " .. table.concat(parts, " · ")):gsub("%%", "%%%%"))
end

return M
