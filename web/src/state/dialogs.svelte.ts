/** Which dialog is over the conversation: one at a time. */

import type { Act } from '../core/acts';

export type Dialog =
  | { is: 'account'; bot?: { nick: string; rooms: string[] } }
  | { is: 'credentials'; mode: 'login' | 'register' }
  | { is: 'act'; act: Act; room: number; who: string; seq: number | null }
  | { is: 'audit'; room: number };

class Dialogs {
  open: Dialog | null = $state.raw(null);

  show(dialog: Dialog): void {
    this.open = dialog;
  }

  act(act: Act, room: number, who = '', seq: number | null = null): void {
    this.open = { is: 'act', act, room, who, seq };
  }

  close(): void {
    this.open = null;
  }
}

export const dialogs = new Dialogs();
