/** What stands between the messages of a room without being an event of its log. */

import type { Words } from './language';
import type { RoomChange } from './protocol.gen';

export type Note =
  | { is: 'said'; tone: 'plain' | 'error'; lines: Words[] }
  | { is: 'typed'; text: string }
  | { is: 'presence'; what: 'entered' | 'left' | 'lost'; who: string[] }
  | { is: 'renamed'; from: string; to: string }
  | { is: 'changed'; by: string; change: RoomChange }
  /** Whoever runs the server says something to everybody. */
  | { is: 'announced'; text: string }
  /** `about`: whose message it is about, if that is known. */
  | { is: 'reported'; by: string; why: string; about: { seq: number; author: string } | null }
  | { is: 'link'; event: 'lost' | 'back' };

export const said = (...lines: Words[]): Note => ({ is: 'said', tone: 'plain', lines });
export const failed = (...lines: Words[]): Note => ({ is: 'said', tone: 'error', lines });
