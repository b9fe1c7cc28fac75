/** Who one is, as it is filled in: what is missing is told beside its field, and so is what the server refuses. */

import type { Command } from './ask';
import type { TextKey } from './language';
import { CODES } from './protocol.gen';

export type Way = 'login' | 'register';

export interface Credentials {
  nick: string;
  password: string;
  invite: string;
}

export type Field = keyof Credentials;

const PASSWORD_LEAST = 8;

/** The first thing that is missing. */
export function missing(way: Way, { nick, password, invite }: Credentials, needsInvite: boolean): { field: Field; text: TextKey } | null {
  if (nick.trim() === '') return { field: 'nick', text: 'nameMissing' };
  if (password === '') return { field: 'password', text: 'passwordMissing' };
  if (way === 'login') return null;
  if ([...password].length < PASSWORD_LEAST) return { field: 'password', text: 'passwordShort' };
  return needsInvite && invite.trim() === '' ? { field: 'invite', text: 'registrationInvite' } : null;
}

export function commandOf(way: Way, { nick, password, invite }: Credentials): Command {
  if (way === 'login') return { do: 'login', nick: nick.trim(), password };
  return { do: 'register', nick: nick.trim(), password, ...(invite.trim() === '' ? {} : { invite: invite.trim() }) };
}

/** Beside which field a refusal belongs; null: it is about none of them. */
export function fieldOf(code: number): Field | null {
  switch (code) {
    case CODES.wrong_password:
    case CODES.password_length:
      return 'password';
    case CODES.nickname:
    case CODES.nickname_taken:
    case CODES.name_of_account:
      return 'nick';
    case CODES.invitation:
      return 'invite';
    default:
      return null;
  }
}
