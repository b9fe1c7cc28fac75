/**
 * Who the user wants to be and where: what is asked for again after a reconnect.
 *
 * It follows what the user asked, never what the server's sentences say. A new wish stays tentative until
 * the next thing is sent; an error before that takes it back (see `connection.ts`).
 */

export interface Wish {
  /** Empty: the server picks a guest name. */
  nick: string;
  /** Without `#`. Empty: none was asked for; null: the user left, and wants to be in no room. */
  room: string | null;
}

export function wishFor(nick: string, room: string): Wish {
  return { nick: nick.trim(), room: roomName(room) };
}

/** The wish after a typed command; the same object when the command changes nothing in it. */
export function afterCommand(wish: Wish, command: string): Wish {
  const [, word = '', argument = ''] = /^\/(\S+)\s*([\s\S]*)$/.exec(command) ?? [];
  switch (word.toLowerCase()) {
    case 'nick':
      return argument ? { ...wish, nick: argument } : wish;
    case 'join':
      return roomName(argument) ? { ...wish, room: roomName(argument) } : wish;
    case 'leave':
      return { ...wish, room: null };
    default:
      return wish;
  }
}

export function isQuit(command: string): boolean {
  return /^\/quit(\s|$)/i.test(command);
}

function roomName(typed: string): string {
  return typed.trim().replace(/^#/, '');
}
