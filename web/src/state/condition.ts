/** How the connection stands, in the words of the page. */

import type { TextKey } from '../core/language';
import type { Connection } from '../core/phase';

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
    case 'probing':
      return { text: 'stateConnecting', tone: 'busy' };
    case 'greeting':
      return { text: 'stateNaming', tone: 'busy' };
    case 'online':
      return { text: 'stateOnline', tone: 'good' };
    case 'waiting':
      return { text: 'stateNoConnection', tone: 'bad' };
    case 'fenced':
      return { text: 'stateFenced', tone: 'bad' };
  }
}

/** The conversation is on the screen from the first welcome until the person leaves. */
export function isConversing(c: Connection): boolean {
  return c.settled;
}
