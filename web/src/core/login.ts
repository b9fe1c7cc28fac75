/**
 * How a session is an account's. The page logs in over its line, changes the token that it is told for a cookie that
 * no script can read, and begins a new line that carries it. It keeps the token nowhere: when the change fails, the
 * session stays logged in for as long as its line.
 *
 *     nobody ─► swapping ─► kept ─► nobody (signed out, or the login has ended)
 *                   └─────► tab
 */

import type { Answer } from './codec';
import type { Login } from './phase';

/** What hello's answer makes of it. Null: there was a login, and it is over. */
export function loginOf(before: Login, { account }: Extract<Answer, { to: 'hello' }>): Login | null {
  if (typeof account === 'number') return { as: before.as === 'tab' ? 'tab' : 'kept', id: account };
  return before.as === 'nobody' ? before : null;
}
