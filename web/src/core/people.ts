/** The commands about accounts, single people, and what people do by their role in a room, as they are typed. */

import type { Command } from './ask';
import { COMMANDS } from './commands';
import type { Typed } from './slash';

/** The longest wait in a slow room, and the most that a page of the audit log holds. */
export const SLOW_MOST_SECONDS = 3_600;
const AUDIT_MOST = 200;

/** Null: it is none of these. */
export function readAboutPeople(word: string, argument: string, room: number | null): Typed | null {
  const account = aboutAccount(word, argument);
  if (account !== null) return account;
  const inRoom = IN_ROOM[word];
  if (inRoom === undefined) return null;
  if (room === null) return { is: 'error', words: { key: 'noRoomOpen' } };
  return inRoom(room, argument) ?? usage(word);
}

function aboutAccount(word: string, argument: string): Typed | null {
  const [one, rest] = split(argument);
  const who = person(one);
  switch (word) {
    case 'register': {
      if (one === '') return { is: 'show', view: 'register' };
      return ask({ do: 'register', password: one, ...(rest === '' ? {} : { invite: rest }) });
    }
    case 'login':
      if (one === '') return { is: 'show', view: 'login' };
      return rest === '' ? usage(word) : ask({ do: 'login', nick: one, password: rest });
    case 'logout':
      return ask({ do: 'logout' });
    case 'password':
      if (one === '') return { is: 'show', view: 'account' };
      return rest === '' ? usage(word) : ask({ do: 'password', old: one, new: rest });
    case 'delete-account':
      return argument === '' ? { is: 'show', view: 'account' } : ask({ do: 'delete_account', password: argument });
    case 'sessions':
      if (argument === '') return { is: 'show', view: 'account' };
      return one === 'end' && /^\d+$/.test(rest) ? ask({ do: 'end_login', login: Number(rest) }) : usage(word);
    case 'token':
    case 'tokens':
      return token(one, rest);
    case 'msg':
      return who === '' || rest === '' ? usage(word) : { is: 'whisper', to: who, text: rest };
    case 'r':
      return argument === '' ? usage(word) : { is: 'answer', text: argument };
    case 'ignore':
      return who === '' ? { is: 'show', view: 'account' } : ask({ do: 'ignore', who });
    case 'unignore':
      return who === '' ? usage(word) : ask({ do: 'unignore', who });
    default:
      return null;
  }
}

function token(verb: string, rest: string): Typed {
  const [name, rooms] = split(rest);
  if (verb === '' || (verb === 'list' && rest === '')) return { is: 'show', view: 'account' };
  if (verb === 'revoke' && rest !== '') return ask({ do: 'revoke_token', nick: person(rest) });
  if (verb !== 'new' || name === '') return usage('token');
  return { is: 'bot', nick: name, rooms: rooms.split(/\s+/).filter((room) => room !== '') };
}

type InRoom = (room: number, argument: string) => Typed | null;

const toPerson =
  (verb: 'invite' | 'unban' | 'unmute' | 'op' | 'deop'): InRoom =>
  (room, argument) =>
    argument === '' ? null : ask({ do: verb, room, who: person(argument) });

const onOff =
  (verb: 'private' | 'readonly'): InRoom =>
  (room, argument) => {
    const word = argument.toLowerCase();
    if (['', 'on', 'sim', 'yes'].includes(word)) return ask({ do: verb, room, on: true });
    return ['off', 'nao', 'não', 'no'].includes(word) ? ask({ do: verb, room, on: false }) : null;
  };

const IN_ROOM: Record<string, InRoom> = {
  topic: (room, argument) => (argument === '' ? null : ask({ do: 'topic', room, topic: argument === '-' ? '' : argument })),
  invite: toPerson('invite'),
  kick: (room, argument) => {
    const [who, why] = split(argument);
    return who === '' ? null : ask({ do: 'kick', room, who: person(who), ...reason(why) });
  },
  ban: (room, argument) => {
    const [who, rest] = split(argument);
    if (who === '') return null;
    const [time, why] = split(rest);
    const seconds = secondsOf(time);
    return ask({ do: 'ban', room, who: person(who), ...(seconds === null ? reason(rest) : { seconds, ...reason(why) }) });
  },
  unban: toPerson('unban'),
  mute: (room, argument) => {
    const [who, time] = split(argument);
    const seconds = secondsOf(time);
    return who === '' || seconds === null ? null : ask({ do: 'mute', room, who: person(who), seconds });
  },
  unmute: toPerson('unmute'),
  slow: (room, argument) => {
    const seconds = /^\d+s*$/.test(argument) ? Number.parseInt(argument, 10) : Infinity;
    return seconds > SLOW_MOST_SECONDS ? null : ask({ do: 'slow', room, seconds });
  },
  op: toPerson('op'),
  deop: toPerson('deop'),
  private: onOff('private'),
  readonly: onOff('readonly'),
  redact: (room, argument) => {
    const [one, time] = split(argument);
    if (one === '') return ask({ do: 'redact', room });
    if (one.startsWith('#')) return /^#\d+$/.test(argument) ? ask({ do: 'redact', room, seq: Number(argument.slice(1)) }) : null;
    if (time === '') return ask({ do: 'redact', room, who: person(one) });
    const seconds = secondsOf(time);
    return seconds === null ? null : ask({ do: 'redact', room, who: person(one), seconds });
  },
  // All that was said goes with it: the page asks once more.
  close: () => ({ is: 'show', view: 'close' }),
  report: (room, argument) => (argument === '' ? null : ask({ do: 'report', room, why: argument })),
  audit: (_, argument) => {
    if (argument !== '' && !(/^[1-9]\d*$/.test(argument) && Number(argument) <= AUDIT_MOST)) return null;
    return { is: 'show', view: 'audit' };
  },
};

/** What stands in the log for a command that was typed: no secret, and nothing that was said to one person. Null: nothing. */
export function echoOf(typed: string): string | null {
  const [word] = split(typed.trim());
  if (['/msg', '/r'].includes(word.toLowerCase())) return null;
  const isSecret = ['/register', '/login', '/password', '/delete-account'].includes(word.toLowerCase());
  return isSecret && typed.trim() !== word ? `${word} …` : typed.trim();
}

/** A time with its unit: `30s`, `10m`, `2h`, `7d`. Null: it is none. */
export function secondsOf(typed: string): number | null {
  const [, number = '', unit = ''] = /^(\d{1,9})([smhd])$/.exec(typed) ?? [];
  const seconds = Number(number) * ({ s: 1, m: 60, h: 3_600, d: 86_400 }[unit] ?? 0);
  return seconds > 0 ? seconds : null;
}

function ask(command: Command): Typed {
  return { is: 'ask', command };
}

function usage(word: string): Typed {
  const known = COMMANDS.find((known) => known.word === `/${word}`);
  return { is: 'error', words: { usage: known?.line ?? 'cmdToken' } };
}

function person(typed: string): string {
  return typed.replace(/^@/, '');
}

function reason(why: string): { why?: string } {
  return why === '' ? {} : { why };
}

/** The first word, and what follows it. */
function split(argument: string): [string, string] {
  const [, one = '', rest = ''] = /^(\S*)\s*([\s\S]*)$/.exec(argument) ?? [];
  return [one, rest];
}
