/** How the connection stands, in the words of the page. */

import type { Connection } from '../core/phase';
import type { TextKey } from './texts.svelte';

export type Tone = 'good' | 'busy' | 'bad';

export interface Condition {
  text: TextKey;
  tone: Tone;
}

export function condition(c: Connection): Condition {
  switch (c.phase.at) {
    case 'idle':
      return { text: 'stateOffline', tone: 'bad' };
    case 'opening':
      return { text: 'stateConnecting', tone: 'busy' };
    case 'greeting':
    case 'naming':
      return { text: 'stateNaming', tone: 'busy' };
    case 'online':
      return { text: 'stateOnline', tone: 'good' };
    case 'waiting':
      return { text: 'stateNoConnection', tone: 'bad' };
  }
}

/** The conversation is on the screen from the first welcome of one's name until the person leaves. */
export function isConversing(c: Connection): boolean {
  return c.phase.at === 'online' || c.settled;
}
