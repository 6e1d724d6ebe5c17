-- Cuts a stream of bytes into lines.
local M = {}
M.__index = M

-- A line of the protocol has at most 1 MiB in a request; answers with screens in them may be longer. What is longer than this is no
-- daemon of ours: it is skipped to its newline, and nothing of it is kept.
M.limit = 16 * 1024 * 1024

--- @param on_line function called with each line, without its newline
function M.new(on_line)
  return setmetatable({ on_line = on_line, parts = {}, size = 0, skipping = false, skipped = 0 }, M)
end

local function keep(self, part)
  if self.skipping or part == '' then return end
  self.size = self.size + #part
  if self.size > M.limit then
    self.parts, self.skipping = {}, true
    self.skipped = self.skipped + 1
  else
    self.parts[#self.parts + 1] = part
  end
end

--- The next bytes, however they are cut.
function M:feed(bytes)
  local start = 1
  while true do
    local stop = bytes:find('\n', start, true)
    if not stop then return keep(self, bytes:sub(start)) end
    keep(self, bytes:sub(start, stop - 1))
    local line = table.concat(self.parts)
    local skipping = self.skipping
    self.parts, self.size, self.skipping = {}, 0, false
    if not skipping and line:find('[^ \t\r]') then self.on_line(line) end
    start = stop + 1
  end
end

return M
