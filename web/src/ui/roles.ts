/** What people are in a room, as it is called. */

import type { TextKey } from '../core/language';
import type { Role } from '../core/protocol.gen';

const ROLES: Record<Role, TextKey> = {
  guest: 'roleGuest',
  member: 'roleMember',
  moderator: 'roleModerator',
  owner: 'roleOwner',
  admin: 'roleAdmin',
};

/** A role that this page does not know is shown as the least of those with an account. */
export function roleKey(role: Role): TextKey {
  return ROLES[role] ?? 'roleMember';
}
