// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { describe, test } = require('node:test');
const { scene } = require('./stub/scene');

const ROOT = path.join(__dirname, '..');
const manifest = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
const readme = fs.readFileSync(path.join(ROOT, 'README.md'), 'utf8');

/** @param {string} folder @returns {string[]} */
function scripts(folder) {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((one) => {
    const file = path.join(folder, one.name);
    return one.isDirectory() ? scripts(file) : file.endsWith('.js') ? [file] : [];
  });
}

describe('the manifest', () => {
  test('names the commands as people know them', () => {
    const titles = manifest.contributes.commands.map((/** @type {any} */ { category, title }) => `${category}: ${title}`);
    assert.deepEqual(titles, [
      'Reeve: Sync Kanban Collections',
      'Reeve: Pause Queue Processing',
      'Reeve: Resume Queue Processing',
      'Reeve: Approve Review',
      'Reeve: Reject Review',
      'Reeve: Launch Ticket',
      'Reeve: Switch Agent',
      'Reeve: Send Selection to Agent',
      'Reeve: Preview Agent',
      'Reeve: Focus Agent',
      'Reeve: Refresh',
      'Reeve: Show Output',
    ]);
    for (const title of titles) assert.ok(readme.includes(`\`${title}\``), `README.md lacks ${title}`);
  });

  test('has the commands that the extension registers, and no others', async (t) => {
    const { editor } = await scene(t);
    const declared = manifest.contributes.commands.map((/** @type {any} */ { command }) => command);
    assert.deepEqual([...editor.commands.keys()].sort(), declared.sort());
  });

  test('has menus of commands that are there', () => {
    const declared = new Set(manifest.contributes.commands.map((/** @type {any} */ { command }) => command));
    for (const items of Object.values(manifest.contributes.menus)) {
      for (const { command, when } of /** @type {any[]} */ (items)) {
        assert.ok(declared.has(command), command);
        assert.ok(when, command);
      }
    }
  });

  test('declares each setting that is read, with its default, and the README has it', () => {
    const source = fs.readFileSync(path.join(ROOT, 'src', 'settings.js'), 'utf8');
    const read = [...source.matchAll(/(?:read|text)\('(\w+)', (.+?)\)/g)].map(
      ([, key, value]) => [`reeve.${key}`, value.replaceAll('\'', '')],
    );
    const declared = Object.entries(manifest.contributes.configuration.properties).map(
      ([key, value]) => [key, String(/** @type {any} */ (value).default)],
    );
    assert.deepEqual(declared.sort(), read.sort());
    for (const [key] of declared) assert.ok(readme.includes(`\`${key}\``), key);
  });

  test('keeps a workspace from choosing the socket or opening terminals', () => {
    for (const key of ['reeve.socketPath', 'reeve.sessionPrefix', 'reeve.hostTerminals', 'reeve.keepTerminalsOverReload']) {
      assert.equal(manifest.contributes.configuration.properties[key].scope, 'machine');
    }
    assert.equal(manifest.capabilities.untrustedWorkspaces.supported, 'limited');
    const restricted = manifest.capabilities.untrustedWorkspaces.restrictedConfigurations;
    for (const key of restricted) assert.ok(key in manifest.contributes.configuration.properties);
  });

  test('needs nothing and builds nothing', () => {
    assert.equal(manifest.dependencies, undefined);
    assert.equal(manifest.devDependencies, undefined);
    assert.equal(manifest.scripts, undefined);
    assert.equal(manifest.license, 'Apache-2.0');
    assert.equal(manifest.engines.vscode, '^1.93.0');
    assert.deepEqual(manifest.activationEvents, ['onStartupFinished']);
    assert.deepEqual(manifest.extensionKind, ['workspace']);
    assert.ok(fs.existsSync(path.join(ROOT, manifest.main)));
    for (const { icon } of manifest.contributes.viewsContainers.activitybar) assert.ok(fs.existsSync(path.join(ROOT, icon)));
  });
});

test('every script is JavaScript, says that it is to be type-checked, and is short', () => {
  for (const file of scripts(ROOT)) {
    const source = fs.readFileSync(file, 'utf8');
    assert.equal(spawnSync(process.execPath, ['--check', file]).status, 0, file);
    assert.ok(source.startsWith('// @ts-check\n\'use strict\';\n'), file);
    const lines = source.split('\n');
    assert.ok(lines.length <= 401, `${file} has ${lines.length} lines`);
    const long = lines.findIndex((line) => Array.from(line).length > 130);
    assert.equal(long, -1, `${file}:${long + 1} is longer than 130 columns`);
  }
});

test('the sources need the editor, Node and each other, and nothing else', () => {
  const allowed = new Set(['vscode', 'node:crypto', 'node:events', 'node:fs', 'node:net', 'node:path']);
  for (const file of scripts(path.join(ROOT, 'src'))) {
    for (const [, name] of fs.readFileSync(file, 'utf8').matchAll(/require\('([^']+)'\)/g)) {
      if (name.startsWith('.')) assert.ok(fs.existsSync(path.join(path.dirname(file), `${name}.js`)), `${file}: ${name}`);
      else assert.ok(allowed.has(name), `${file}: ${name}`);
    }
  }
});
