/**
 * The text dialect, as the page reads it: one WebSocket text message is one frame.
 *
 * Only the room message has a shape. Everything else is a sentence for people, and no meaning is ever
 * read out of it; of its leading tag only the colour, and whether an answer was an error, are taken.
 */

export type Tag = 'sys' | 'error' | 'bridge' | 'none';

export type Frame =
  | { kind: 'message'; room: string; author: string; text: string }
  | { kind: 'notice'; tag: Tag; text: string };

const ROOM_MESSAGE = /^\[#([^\]\r\n]+)\] ([^:\r\n]+): ([\s\S]*)$/;
const TAGGED = /^\[(SYS|ERRO|bridge)\] ?([\s\S]*)$/;
const TAGS: Record<string, Tag> = { SYS: 'sys', ERRO: 'error', bridge: 'bridge' };

export function decode(raw: string): Frame {
  const message = ROOM_MESSAGE.exec(raw);
  if (message) {
    return { kind: 'message', room: message[1] ?? '', author: message[2] ?? '', text: message[3] ?? '' };
  }
  const tagged = TAGGED.exec(raw);
  if (tagged) {
    return { kind: 'notice', tag: TAGS[tagged[1] ?? ''] ?? 'none', text: (tagged[2] ?? '').trimEnd() };
  }
  return { kind: 'notice', tag: 'none', text: raw.trimEnd() };
}

/** What a person typed, as it will travel; null when there is nothing to send. */
export type Posting = { kind: 'message' | 'command'; text: string };

export function compose(typed: string): Posting | null {
  const text = typed.replace(/\r\n?/g, '\n').trim();
  if (text === '') return null;
  return { kind: text.startsWith('/') ? 'command' : 'message', text };
}
