/** Every command that people can type: the help, and what is offered while one types. */

import type { TextKey } from './language';

interface Known {
  word: string;
  /** Its line in the help: how it is used, and what it does. */
  line: TextKey;
  /** What its first argument names. */
  takes?: 'person' | 'room';
}

export const COMMANDS: readonly Known[] = [
  { word: '/join', line: 'cmdJoin', takes: 'room' },
  { word: '/create', line: 'cmdCreate' },
  { word: '/leave', line: 'cmdLeave' },
  { word: '/rooms', line: 'cmdRooms' },
  { word: '/who', line: 'cmdWho' },
  { word: '/history', line: 'cmdHistory' },
  { word: '/msg', line: 'cmdMsg', takes: 'person' },
  { word: '/r', line: 'cmdR' },
  { word: '/ignore', line: 'cmdIgnore', takes: 'person' },
  { word: '/unignore', line: 'cmdUnignore', takes: 'person' },
  { word: '/redact', line: 'cmdRedact', takes: 'person' },
  { word: '/report', line: 'cmdReport' },
  { word: '/nick', line: 'cmdNick' },
  { word: '/register', line: 'cmdRegister' },
  { word: '/login', line: 'cmdLogin' },
  { word: '/logout', line: 'cmdLogout' },
  { word: '/password', line: 'cmdPassword' },
  { word: '/sessions', line: 'cmdSessions' },
  { word: '/token', line: 'cmdToken' },
  { word: '/delete-account', line: 'cmdDeleteAccount' },
  { word: '/topic', line: 'cmdTopic' },
  { word: '/invite', line: 'cmdInvite', takes: 'person' },
  { word: '/kick', line: 'cmdKick', takes: 'person' },
  { word: '/ban', line: 'cmdBan', takes: 'person' },
  { word: '/unban', line: 'cmdUnban', takes: 'person' },
  { word: '/mute', line: 'cmdMute', takes: 'person' },
  { word: '/unmute', line: 'cmdUnmute', takes: 'person' },
  { word: '/slow', line: 'cmdSlow' },
  { word: '/readonly', line: 'cmdReadonly' },
  { word: '/op', line: 'cmdOp', takes: 'person' },
  { word: '/deop', line: 'cmdDeop', takes: 'person' },
  { word: '/private', line: 'cmdPrivate' },
  { word: '/close', line: 'cmdClose' },
  { word: '/audit', line: 'cmdAudit' },
  { word: '/lang', line: 'cmdLang' },
  { word: '/help', line: 'cmdHelp' },
  { word: '/quit', line: 'cmdQuit' },
];

/** What the composer would hold if a suggestion were taken. */
export interface Suggestion {
  text: string;
  /** The part that is shown; a command has its line in the help beside it. */
  shown: string;
  line: TextKey | null;
}

const MOST = 8;

/** What may be meant by what was typed so far. `people` and `rooms`: the names that the page knows. */
export function suggestions(typed: string, people: readonly string[], rooms: readonly string[]): Suggestion[] {
  if (!typed.startsWith('/') || typed.startsWith('//') || typed.includes('\n')) return [];
  const [, word = '', space = '', rest = ''] = /^(\S*)(\s*)(.*)$/.exec(typed) ?? [];
  if (space === '') return words(word.toLowerCase());
  const takes = COMMANDS.find((known) => known.word === word.toLowerCase())?.takes;
  if (takes === undefined || rest.includes(' ')) return [];
  const begun = rest.replace(/^[@#]/, '').toLocaleLowerCase();
  const names = (takes === 'room' ? rooms : people).filter((name) => name.toLocaleLowerCase().startsWith(begun));
  // A whole name needs no help.
  if (names.length === 1 && names[0]?.toLocaleLowerCase() === begun) return [];
  return names.slice(0, MOST).map((name) => ({ text: `${word} ${name} `, shown: takes === 'room' ? `#${name}` : name, line: null }));
}

function words(begun: string): Suggestion[] {
  const found = COMMANDS.filter(({ word }) => word.startsWith(begun));
  if (found.length === 1 && found[0]?.word === begun) return [];
  return found.slice(0, MOST).map(({ word, line }) => ({ text: `${word} `, shown: word, line }));
}
