import { expect, it } from 'vitest';
import { compose, decode } from './frame';

it.each([
  ['[#geral] Alice: Olá a todos!', 'geral|Alice|Olá a todos!'],
  ['[#geral] Alice: a: b\n[#geral] Bob: c', 'geral|Alice|a: b\n[#geral] Bob: c'],
  ['[#são-joão] Zé_1.x: ', 'são-joão|Zé_1.x|'],
  ['[#geral] 李雷: 你好 👋', 'geral|李雷|你好 👋'],
  ['[#a] b: <b>x</b>', 'a|b|<b>x</b>'],
])('reads the room message %j', (raw, expected) => {
  const frame = decode(raw);
  expect(frame.kind === 'message' && [frame.room, frame.author, frame.text].join('|')).toBe(expected);
});

it.each([
  ['[SYS] Você entrou em #geral.', 'sys', 'Você entrou em #geral.'],
  ['[ERRO] Comando: /x', 'error', 'Comando: /x'],
  ['[bridge] conectado', 'bridge', 'conectado'],
  ['- #geral (2 online)\n- #jogos (1 online)\n', 'none', '- #geral (2 online)\n- #jogos (1 online)'],
  ['[#geral]', 'none', '[#geral]'],
  ['[#geral] Alice saiu', 'none', '[#geral] Alice saiu'],
  ['[#geral] quebra\nda: linha', 'none', '[#geral] quebra\nda: linha'],
  ['x [#geral] Alice: oi', 'none', 'x [#geral] Alice: oi'],
  ['', 'none', ''],
])('leaves %j to the reader', (raw, tag, text) => {
  expect(decode(raw)).toEqual({ kind: 'notice', tag, text });
});

it.each([
  ['  oi \r\n você ', { kind: 'message', text: 'oi \n você' }],
  ['/who', { kind: 'command', text: '/who' }],
  [' /join jogos', { kind: 'command', text: '/join jogos' }],
  [' \n ', null],
])('composes %j', (typed, posting) => {
  expect(compose(typed)).toEqual(posting);
});
