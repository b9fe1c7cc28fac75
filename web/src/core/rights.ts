/** What the page offers whom. The server decides; here it only is said beforehand, so that nobody is offered what is refused. */

import type { Role } from './protocol.gen';
import type { Room } from './rooms';

export type Deed = 'post' | 'invite' | 'redact_other' | 'audit' | 'topic' | 'restrict' | 'calm' | 'report' | 'appoint' | 'hide' | 'close';

const ROLES: readonly Role[] = ['guest', 'member', 'moderator', 'owner', 'admin'];
const NEEDED: Record<Deed, Role> = {
  post: 'guest',
  invite: 'guest',
  report: 'guest',
  redact_other: 'moderator',
  audit: 'moderator',
  topic: 'moderator',
  restrict: 'moderator',
  calm: 'moderator',
  appoint: 'owner',
  hide: 'owner',
  close: 'owner',
};

/** The room that always exists. */
const LOBBY = 'geral';

/** A role that this page does not know gives no rights. */
export function isAtLeast(role: Role, needed: Role): boolean {
  return Math.max(0, ROLES.indexOf(role)) >= ROLES.indexOf(needed);
}

export function may({ role, kind, readonly, name }: Pick<Room, 'role' | 'kind' | 'readonly' | 'name'>, deed: Deed): boolean {
  // Two people look after their conversation themselves.
  if (kind === 'direct') return deed === 'post';
  if ((deed === 'hide' || deed === 'close') && name === LOBBY) return false;
  if ((deed === 'invite' && kind === 'private') || (deed === 'post' && readonly)) return isAtLeast(role, 'moderator');
  return isAtLeast(role, NEEDED[deed]);
}

/** Whether the reader is over somebody in a room: only then may they be restricted or appointed. */
export function isOver({ role, roles }: Pick<Room, 'role' | 'roles'>, who: string): boolean {
  return !isAtLeast(roles.get(who) ?? 'guest', role);
}
