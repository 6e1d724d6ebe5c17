-- Defines the commands of Reeve. Nothing connects before one of them is used, or require('reeve').setup({ connect = true }).
if vim.g.loaded_reeve then return end
vim.g.loaded_reeve = true
if vim.fn.has('nvim-0.7') ~= 1 then
  vim.notify('reeve: Neovim 0.7 or newer is needed', vim.log.levels.ERROR)
  return
end
require('reeve.commands').define()
