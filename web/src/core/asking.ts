/** Commands other than posts: each has its number, and one answer or a refusal; over a lost line it has neither. */

import type { Ask, Command } from './ask';
import type { Answer, Heard } from './codec';
import type { Effect, Step } from './connection';
import type { Asked, Connection } from './phase';
import { CODES } from './protocol.gen';

/** One that is refused for now is asked again so often, if the wait is no longer than this. */
const TRIES = 5;
const AGAIN_MOST_MS = 10_000;
const AGAIN_MS = 2_000;

export function asked(c: Connection, ask: Ask): Step {
  if (c.phase.at !== 'online') return [c, [refusal(ask)]];
  const txn = c.lastTxn + 1;
  const next = { ...c, lastTxn: txn, asked: new Map(c.asked).set(txn, { ask, tries: 1, again: null }) };
  return [next, [transmit(txn, ask.command)]];
}

/** Without effects when nobody asked. */
export function answered(c: Connection, txn: number, answer: Answer): Step {
  const asked = c.asked.get(txn);
  return asked === undefined ? [c, []] : [without(c, txn), [{ do: 'tell', told: { is: 'answered', ask: asked.ask, answer: told(answer) } }]];
}

export function refused(c: Connection, txn: number, reject: Extract<Heard, { is: 'reject' }>, now: number): Step {
  const asked = c.asked.get(txn);
  if (asked === undefined) return [c, []];
  const after = reject.after_ms ?? AGAIN_MS;
  const isForPeople = reject.code === CODES.login_too_fast;
  if (reject.retry === 'later' && !isForPeople && asked.tries < TRIES && after <= AGAIN_MOST_MS) {
    const again: Asked = { ...asked, again: now + after };
    return [{ ...c, asked: new Map(c.asked).set(txn, again) }, []];
  }
  const { text: words, code, after_ms: wait = null } = reject;
  return [without(c, txn), [{ do: 'tell', told: { is: 'refused', ask: asked.ask, words, code, after: wait } }]];
}

/** The line is gone: nothing is answered any more. */
export function dropped(c: Connection): Step {
  const told = [...c.asked.values()].map(({ ask }) => refusal(ask));
  return [{ ...c, asked: new Map() }, told];
}

/** What was refused for now, and whose time has come. */
export function again(c: Connection, now: number): Step {
  const asked = new Map(c.asked);
  const effects: Effect[] = [];
  for (const [txn, { ask, tries, again }] of c.asked) {
    if (again === null || again > now) continue;
    asked.set(txn, { ask, tries: tries + 1, again: null });
    effects.push(transmit(txn, ask.command));
  }
  return effects.length === 0 ? [c, []] : [{ ...c, asked }, effects];
}

/** The login's token is for the cookie alone: nobody else is told it. */
function told(answer: Answer): Answer {
  return answer.to === 'login' || answer.to === 'register' ? { ...answer, login: '' } : answer;
}

/** There is no line. */
function refusal(ask: Ask): Effect {
  return { do: 'tell', told: { is: 'refused', ask, words: null, code: 0, after: null } };
}

function without(c: Connection, txn: number): Connection {
  const asked = new Map(c.asked);
  asked.delete(txn);
  return { ...c, asked };
}

function transmit(txn: number, command: Command): Effect {
  return { do: 'transmit', frame: { ...command, txn } };
}
