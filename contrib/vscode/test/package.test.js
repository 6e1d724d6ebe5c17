// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { execFileSync, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { describe, test } = require('node:test');
const { scratch } = require('./stub/waiting');

const ROOT = path.join(__dirname, '..');
const manifest = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8'));

/**
 * A folder with nothing but what the script needs: what it finds there is what it uses.
 * @param {string} directory
 * @param {string} program
 */
function only(directory, program) {
  const folder = path.join(directory, `only-${program}`);
  fs.mkdirSync(folder);
  for (const name of ['sh', 'sed', 'head', 'mktemp', 'rm', 'cp', 'mv', 'mkdir', 'cat', 'dirname', program]) {
    const found = execFileSync('/bin/sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim();
    // Not a link: a program may itself be a script that needs others.
    fs.writeFileSync(path.join(folder, name), `#!/bin/sh\nPATH='${process.env.PATH}' exec ${found} "$@"\n`, { mode: 0o755 });
  }
  return folder;
}

/** @param {string} file */
function unpacked(file) {
  const code = 'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; z.extractall(sys.argv[2])';
  const target = `${file}.d`;
  execFileSync('python3', ['-c', code, file, target]);
  return target;
}

/** @param {string} folder @returns {string[]} */
function files(folder) {
  return fs
    .readdirSync(folder, { withFileTypes: true })
    .flatMap((one) => (one.isDirectory() ? files(path.join(folder, one.name)).map((name) => `${one.name}/${name}`) : [one.name]))
    .sort();
}

describe('the package', () => {
  for (const program of ['zip', 'python3']) {
    const isThere = spawnSync('/bin/sh', ['-c', `command -v ${program}`]).status === 0;
    test(`has its parts, made with ${program}`, { skip: !isThere && `${program} is not installed` }, (t) => {
      const directory = scratch(t);
      const printed = execFileSync(
        '/bin/sh',
        [path.join(ROOT, 'package.sh'), '-o', directory],
        { env: { PATH: only(directory, program) }, encoding: 'utf8' },
      );
      const file = path.join(directory, `reeve-vscode-${manifest.version}.vsix`);
      assert.equal(printed, `${file}\n`);
      const folder = unpacked(file);
      const sources = files(path.join(ROOT, 'src')).map((name) => `extension/src/${name}`);
      const others = [
        '[Content_Types].xml',
        'extension.vsixmanifest',
        'extension/README.md',
        'extension/package.json',
        'extension/media/reeve.svg',
      ];
      const license = fs.existsSync(path.join(ROOT, '..', '..', 'LICENSE')) ? ['extension/LICENSE.txt'] : [];
      assert.deepEqual(files(folder), [...sources, ...others, ...license].sort());
      for (const name of [...files(path.join(ROOT, 'src')).map((one) => `src/${one}`), 'package.json', 'README.md']) {
        assert.ok(fs.readFileSync(path.join(folder, 'extension', name)).equals(fs.readFileSync(path.join(ROOT, name))), name);
      }
      assert.ok(fs.existsSync(path.join(folder, 'extension', manifest.main)));
      const identity = fs.readFileSync(path.join(folder, 'extension.vsixmanifest'), 'utf8');
      assert.match(
        identity,
        new RegExp(
          `<Identity Language="en-US" Id="${manifest.name}" Version="${manifest.version}" Publisher="${manifest.publisher}"/>`,
        ),
      );
      assert.ok(identity.includes(`Microsoft.VisualStudio.Code.Engine" Value="${manifest.engines.vscode}"`));
      const check = 'import sys, xml.dom.minidom as m; [m.parse(name) for name in sys.argv[1:]]';
      execFileSync(
        'python3',
        ['-c', check, path.join(folder, '[Content_Types].xml'), path.join(folder, 'extension.vsixmanifest')],
      );
      const types = fs.readFileSync(path.join(folder, '[Content_Types].xml'), 'utf8');
      const typed = files(folder).filter((name) => !name.startsWith('['));
      for (const name of typed) assert.ok(types.includes(`Extension="${path.extname(name)}"`), name);
    });
  }

  test('is refused where it cannot be', () => {
    const script = path.join(ROOT, 'package.sh');
    assert.equal(spawnSync('/bin/sh', [script, '-o', '/no/such/directory']).status, 1);
    assert.equal(spawnSync('/bin/sh', [script, 'more']).status, 2);
  });
});
