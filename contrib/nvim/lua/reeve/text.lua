-- Text from tickets and agents, made harmless before it is shown.
local M = {}

-- What does something instead of being seen: controls, marks of direction, zero-width and filling characters, separators of lines,
-- annotations, tags. The same ranges as the command line of Reeve uses (Unicode Character Database: Cc, and of Cf and
-- Default_Ignorable_Code_Point all but the variation selectors).
local active = {
  { 0x00, 0x1F }, { 0x7F, 0x9F }, { 0xAD, 0xAD }, { 0x034F, 0x034F }, { 0x061C, 0x061C }, { 0x115F, 0x1160 },
  { 0x17B4, 0x17B5 }, { 0x180E, 0x180E }, { 0x200B, 0x200F }, { 0x2028, 0x202E }, { 0x2060, 0x206F }, { 0x3164, 0x3164 },
  { 0xFEFF, 0xFEFF }, { 0xFFA0, 0xFFA0 }, { 0xFFF0, 0xFFFB }, { 0x1BCA0, 0x1BCA3 }, { 0x1D173, 0x1D17A },
  { 0xE0000, 0xE00FF }, { 0xE01F0, 0xE0FFF },
}

local function is_active(code)
  for _, range in ipairs(active) do
    if code < range[1] then return false end
    if code <= range[2] then return true end
  end
  return false
end

local function code_of(sequence)
  local a, b, c, d = sequence:byte(1, 4)
  if d then return (a - 0xF0) * 0x40000 + (b - 0x80) * 0x1000 + (c - 0x80) * 0x40 + (d - 0x80) end
  if c then return (a - 0xE0) * 0x1000 + (b - 0x80) * 0x40 + (c - 0x80) end
  if b then return (a - 0xC0) * 0x40 + (b - 0x80) end
  return a
end

--- Without anything that could move a cursor, run a command or pretend to be another word. A tab becomes a space; bytes that are
--- no UTF-8 go.
--- @param keeping_lines boolean|nil whether line breaks stay
function M.clean(text, keeping_lines)
  if type(text) ~= 'string' then return '' end
  if not text:find('[^\32-\126]') then return text end
  local result, position = {}, 1
  while position <= #text do
    local first = text:byte(position)
    local length = first < 0x80 and 1 or first >= 0xF0 and 4 or first >= 0xE0 and 3 or first >= 0xC2 and 2 or 0
    local sequence = text:sub(position, position + length - 1)
    if length == 0 or first > 0xF4 or #sequence < length or not sequence:find('^.[\128-\191]*$') then
      position = position + 1
    else
      if first == 10 and keeping_lines then
        result[#result + 1] = '\n'
      elseif first == 9 then
        result[#result + 1] = ' '
      elseif not is_active(code_of(sequence)) then
        result[#result + 1] = sequence
      end
      position = position + length
    end
  end
  return table.concat(result)
end

--- Cut to so many columns, with an ellipsis where something is missing.
function M.fit(text, columns)
  if vim.fn.strdisplaywidth(text) <= columns then return text end
  local count = vim.fn.strchars(text)
  local low, high = 0, count
  while low < high do
    local middle = math.floor((low + high + 1) / 2)
    if vim.fn.strdisplaywidth(vim.fn.strcharpart(text, 0, middle)) <= columns - 1 then low = middle else high = middle - 1 end
  end
  return vim.fn.strcharpart(text, 0, low) .. '…'
end

--- As wide as `columns`: cut, or filled with spaces.
function M.pad(text, columns)
  local fitted = M.fit(text, columns)
  return fitted .. string.rep(' ', columns - vim.fn.strdisplaywidth(fitted))
end

--- `kind: message; hint` of an error of the daemon.
function M.error(error)
  local words = M.clean(error.kind) .. ': ' .. M.clean(error.message)
  if error.hint then words = words .. '; ' .. M.clean(error.hint) end
  return words
end

return M
