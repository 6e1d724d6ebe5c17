// @ts-check
'use strict';

// Controls, marks of direction, zero-width and filling characters, separators, annotations, tags; not the variation selectors.
// The same as the daemon's own rule for what it shows.
const ACTIVE = new RegExp(
  [
    '[\\u0000-\\u001F\\u007F-\\u009F\\u00AD\\u034F\\u061C\\u115F\\u1160\\u17B4\\u17B5\\u180E\\u200B-\\u200F\\u2028-\\u202E',
    '\\u2060-\\u206F\\u3164\\uFEFF\\uFFA0\\uFFF0-\\uFFFB\\u{1BCA0}-\\u{1BCA3}\\u{1D173}-\\u{1D17A}',
    '\\u{E0000}-\\u{E00FF}\\u{E01F0}-\\u{E0FFF}]',
  ].join(''),
  'gu',
);

const LONE_SURROGATE = /\p{Surrogate}/gu;

/**
 * Text that does nothing but be seen: one line, without controls and marks of direction. What tickets and agents say passes here
 * before it is shown anywhere.
 *
 * The editor draws `$(name)` as an icon in quick picks, status items and progress, and `[text](command:…)` in messages as a
 * link that runs a command (vscode.d.ts 1.93 for the first; `linkedText.ts` for the second): both are broken with a space.
 * @param {unknown} text anything; what is no string is empty
 * @param {number} [longest] in characters; what is cut off is shown as …
 */
function inert(text, longest = 500) {
  if (typeof text !== 'string') return '';
  const line = text
    .slice(0, longest * 4)
    .replace(/[\t\r\n]+/g, ' ')
    .replace(ACTIVE, '')
    .replace(LONE_SURROGATE, '\uFFFD')
    .replace(/\$\(/g, '$ (')
    .replace(/\]\(/g, '] (');
  const characters = Array.from(line);
  return characters.length > longest ? characters.slice(0, longest - 1).join('') + '…' : line;
}

/**
 * The same for a text of many lines that is shown as a plain document: lines stay.
 * @param {unknown} text
 */
function inertLines(text) {
  if (typeof text !== 'string') return '';
  return text
    .split('\n')
    .map((line) => line.replace(/\t/g, ' ').replace(ACTIVE, '').replace(LONE_SURROGATE, '\uFFFD'))
    .join('\n');
}

module.exports = { inert, inertLines };
