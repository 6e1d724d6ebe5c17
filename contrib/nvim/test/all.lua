-- Runs all tests; started by `run`.
package.path = vim.fn.getcwd() .. '/?.lua;' .. package.path
vim.cmd('runtime plugin/reeve.lua')
local check = require('check')
require('pure_tests')
require('fake_tests')
if vim.loop.os_getenv('REEVE_BIN') then require('real_tests') end
check.run()
