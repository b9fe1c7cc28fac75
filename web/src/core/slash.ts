/** What a person typed: a message, or a command in the words that they know from the text dialect. */

import type { Command } from './ask';
import type { Language, Words } from './language';
import { readAboutPeople } from './people';
import { roomName } from './rooms';

/** Pages of history hold no more. */
export const HISTORY_MOST = 200;
const HISTORY_USUAL = 20;

export type Typed =
  | { is: 'nothing' }
  | { is: 'message'; text: string }
  | { is: 'ask'; command: Command }
  /** So many more messages above what is there. */
  | { is: 'history'; limit: number }
  /** Said to one person, or to whoever wrote last in a conversation of two. */
  | { is: 'whisper'; to: string; text: string }
  | { is: 'answer'; text: string }
  /** A new bot; its token is shown once. */
  | { is: 'bot'; nick: string; rooms: string[] }
  /** What has a form on the page. */
  | { is: 'show'; view: 'login' | 'register' | 'account' | 'close' | 'audit' }
  | { is: 'quit' }
  | { is: 'speak'; language: Language }
  | { is: 'help' }
  | { is: 'error'; words: Words };

const error = (words: Words): Typed => ({ is: 'error', words });

/** `room`: the one that is open. */
export function read(typed: string, room: number | null): Typed {
  const text = clean(typed);
  if (text === '') return { is: 'nothing' };
  if (!text.startsWith('/') || text.startsWith('//')) {
    return room === null ? error({ key: 'noRoomOpen' }) : { is: 'message', text: text.replace(/^\/\//, '/') };
  }
  const [, word = '', rest = ''] = /^\/(\S*)\s*([\s\S]*)$/.exec(text) ?? [];
  return command(word.toLowerCase(), rest.trim(), room);
}

function command(word: string, argument: string, room: number | null): Typed {
  const isBare = argument === '';
  switch (word) {
    case 'join':
    case 'create':
      if (roomName(argument) === '') return error({ key: 'missingRoom', values: { command: `/${word}` } });
      return { is: 'ask', command: { do: word, room: argument } };
    case 'nick':
      return isBare ? error({ key: 'missingNick' }) : { is: 'ask', command: { do: 'nick', nick: argument } };
    case 'leave':
    case 'who':
      return room === null ? error({ key: 'noRoomOpen' }) : { is: 'ask', command: { do: word, room } };
    case 'rooms':
      return { is: 'ask', command: { do: 'rooms' } };
    case 'history':
      return history(argument, room);
    case 'lang':
      if (argument !== 'en' && argument.toLowerCase() !== 'pt-br') return error({ key: 'missingLanguage' });
      return { is: 'speak', language: argument === 'en' ? 'en' : 'pt-BR' };
    case 'help':
    case 'h':
    case '?':
      return { is: 'help' };
    case 'quit':
      return { is: 'quit' };
    default:
      return readAboutPeople(word, argument, room) ?? error({ key: 'unknownCommand', values: { command: `/${[...word].slice(0, 32).join('')}` } });
  }
}

function history(argument: string, room: number | null): Typed {
  if (room === null) return error({ key: 'noRoomOpen' });
  if (argument === '') return { is: 'history', limit: HISTORY_USUAL };
  if (!/^[1-9]\d*$/.test(argument)) return error({ key: 'badNumber' });
  return { is: 'history', limit: Math.min(Number(argument), HISTORY_MOST) };
}

/** As the server keeps it: line breaks are LF, and nothing that steers a terminal or turns lines around. */
export function clean(typed: string): string {
  return typed
    .replace(/\r\n?|[\u0085\u2028\u2029]/g, '\n')
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '')
    .trim();
}

export function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
