/**
 * The page's connection, as a pure machine: what the world did goes in, the next state and the effects
 * that the driver must carry out come out. It knows no socket, no clock, no chance: `now` and `random` are
 * arguments, and `deadline` says when it wants to be woken.
 *
 *     idle ─► opening ─► greeting ─► naming ─► online
 *               ▲            └──────────┴────────┘ lost
 *               └── waiting ◄───────────┘
 */

import { backoff } from './backoff';
import type { Frame, Posting } from './frame';
import * as naming from './naming';
import type { Naming } from './naming';
import { canPost, deadline, OFFLINE, type Connection, type Ending, type Phase } from './phase';
import { afterCommand, isQuit, type Wish } from './wish';

export type Input =
  | { is: 'connect'; address: string; wish: Wish }
  | { is: 'disconnect' }
  | { is: 'opened' }
  | { is: 'closed' }
  | { is: 'frame'; frame: Frame }
  | { is: 'post'; id: number; posting: Posting }
  /** The network is back or the person asks: no reason to wait any longer. */
  | { is: 'hurry' }
  | { is: 'time' };

export type Effect =
  | { do: 'open'; address: string }
  | { do: 'close' }
  | { do: 'transmit'; text: string }
  | { do: 'show'; frame: Frame }
  | { do: 'settle'; id: number; delivery: 'sent' | 'failed' }
  | { do: 'mark'; event: 'lost' | 'back' };

export interface World {
  now: number;
  random: number;
}

export type Step = [Connection, Effect[]];

const OPENING_MS = 15_000;
/** A server greets at once; one that does not is asked anyway. */
const GREETING_MS = 1_500;
/** Online for this long, the next loss starts its waits from the shortest. */
const STEADY_AFTER_MS = 10_000;


export function step(c: Connection, input: Input, world: World): Step {
  switch (input.is) {
    case 'connect':
      return connect(c, input.address, input.wish, world);
    case 'disconnect':
      return end(c, { why: 'asked' });
    case 'opened':
      return c.phase.at === 'opening' ? [greeting(c, world), []] : [c, []];
    case 'closed':
      return closed(c, world);
    case 'frame':
      return received(c, input.frame, world);
    case 'post':
      return post(c, input.id, input.posting, world);
    case 'hurry':
      return hurry(c, world);
    case 'time':
      return timePassed(c, world);
  }
}

function connect(c: Connection, address: string, wish: Wish, world: World): Step {
  const [, before] = end(c, { why: 'asked' });
  const [opening, effects] = open({ ...OFFLINE, address, wish }, world);
  return [opening, [...before, ...effects]];
}

function open(c: Connection, world: World): Step {
  const phase: Phase = { at: 'opening', until: world.now + OPENING_MS };
  return [{ ...c, phase, lastWords: '' }, [{ do: 'open', address: c.address }]];
}

function greeting(c: Connection, world: World): Connection {
  return { ...c, phase: { at: 'greeting', until: world.now + GREETING_MS } };
}

function received(c: Connection, frame: Frame, world: World): Step {
  const isError = frame.kind === 'notice' && frame.tag === 'error';
  const complains = frame.kind === 'notice' && (isError || frame.tag === 'bridge');
  const heard = complains ? { ...c, lastWords: frame.text } : c;
  switch (heard.phase.at) {
    case 'greeting':
      return greeted(heard, frame, world);
    case 'naming':
      return whileNaming(heard, heard.phase.naming, frame, world);
    case 'online':
      return [isError ? takenBack(heard) : heard, [{ do: 'show', frame }]];
    default:
      return [c, []];
  }
}

function greeted(c: Connection, frame: Frame, world: World): Step {
  // The bridge introduces itself before the server behind it does.
  if (frame.kind === 'notice' && frame.tag === 'bridge') return [c, [{ do: 'show', frame }]];
  const [named, effects] = introduce(c, world);
  // After a reconnect everybody has read the welcome already.
  return [named, c.settled ? effects : [{ do: 'show', frame }, ...effects]];
}

function introduce(c: Connection, world: World): Step {
  if (c.wish.nick === '') return enter(c, world);
  return [{ ...c, phase: { at: 'naming', naming: naming.ask(c.wish.nick, world.now) } }, [askForName(c)]];
}

function askForName(c: Connection): Effect {
  return { do: 'transmit', text: `/nick ${c.wish.nick}` };
}

function whileNaming(c: Connection, current: Naming, frame: Frame, world: World): Step {
  const insist = current.nick === c.lostName;
  const verdict = naming.answered(current, frame, insist, world.now);
  const isAnswered = verdict.is !== 'open' || verdict.naming.at === 'held';
  // Another name was typed while this one was asked for.
  if (isAnswered && current.nick !== c.wish.nick) return introduce(c, world);
  if (verdict.is === 'refused') return end(c, { why: 'name', words: verdict.reason });
  if (verdict.is === 'accepted') {
    const [online, effects] = enter(c, world);
    return [online, [{ do: 'show', frame }, ...effects]];
  }
  return [{ ...c, phase: { at: 'naming', naming: verdict.naming } }, isAnswered ? [] : [{ do: 'show', frame }]];
}

/** Named: to the room, and out with what was typed meanwhile. */
function enter(c: Connection, world: World): Step {
  const effects: Effect[] = [];
  if (c.wish.room === null) effects.push({ do: 'transmit', text: '/leave' });
  else if (c.wish.room !== '') effects.push({ do: 'transmit', text: `/join ${c.wish.room}` });
  if (c.settled) effects.push({ do: 'mark', event: 'back' });
  for (const { id, posting } of c.pending) {
    effects.push({ do: 'transmit', text: posting.text }, { do: 'settle', id, delivery: 'sent' });
  }
  const phase: Phase = { at: 'online', since: world.now };
  return [{ ...c, phase, fallback: null, settled: true, pending: [] }, effects];
}

function post(c: Connection, id: number, posting: Posting, world: World): Step {
  const sent: Effect = { do: 'settle', id, delivery: 'sent' };
  if (!canPost(c)) return [c, [{ do: 'settle', id, delivery: 'failed' }]];
  const quits = posting.kind === 'command' && isQuit(posting.text);
  const wish = posting.kind === 'command' ? afterCommand(c.wish, posting.text) : c.wish;
  if (c.phase.at === 'online') {
    // The server says goodbye and closes; that must not look like a lost connection.
    const next = quits ? { ...c, settled: false, drops: 0 } : c;
    const fallback = wish === c.wish ? null : c.wish;
    return [{ ...next, wish, fallback }, [{ do: 'transmit', text: posting.text }, sent]];
  }
  if (quits) {
    const [ended, effects] = end(c, { why: 'asked' });
    return [ended, [sent, ...effects]];
  }
  if (wish === c.wish) return [{ ...c, pending: [...c.pending, { id, posting }] }, []];
  const [wished, effects] = wishedAnew({ ...c, wish }, c.wish.nick !== wish.nick, world);
  return [wished, [sent, ...effects]];
}

/** A name or room typed while not online is asked for when its turn comes; a name being waited for, at once. */
function wishedAnew(c: Connection, newName: boolean, world: World): Step {
  if (c.phase.at !== 'naming' || c.phase.naming.at !== 'held' || !newName) return [c, []];
  return introduce(c, world);
}

function takenBack(c: Connection): Connection {
  return c.fallback === null ? c : { ...c, wish: c.fallback, fallback: null };
}

function closed(c: Connection, world: World): Step {
  if (c.phase.at === 'idle' || c.phase.at === 'waiting') return [c, []];
  if (!c.settled) {
    if (c.phase.at === 'online') return end(c, { why: 'asked' });
    return end(c, c.phase.at === 'opening' ? { why: 'unreachable' } : { why: 'closed', words: c.lastWords });
  }
  const steady = c.phase.at === 'online' && world.now - c.phase.since >= STEADY_AFTER_MS;
  const drops = steady ? 0 : c.drops;
  const phase: Phase = { at: 'waiting', until: world.now + backoff(drops, world.random) };
  const waiting = { ...c, phase, drops: drops + 1 };
  if (c.phase.at !== 'online') return [waiting, []];
  return [{ ...waiting, lostName: c.wish.nick }, [{ do: 'mark', event: 'lost' }]];
}

function hurry(c: Connection, world: World): Step {
  return c.phase.at === 'waiting' ? open(c, world) : [c, []];
}

function timePassed(c: Connection, world: World): Step {
  const due = deadline(c);
  if (due === null || world.now < due) return [c, []];
  switch (c.phase.at) {
    case 'waiting':
      return open(c, world);
    case 'opening':
      return hungUp(c, world);
    case 'greeting':
      return introduce(c, world);
    case 'naming':
      return silent(c, c.phase.naming, world);
    default:
      return [c, []];
  }
}

function silent(c: Connection, current: Naming, world: World): Step {
  switch (naming.timePassed(current)) {
    case 'gone':
      return hungUp(c, world);
    case 'accepted':
      return enter(c, world);
    case 'ask again':
      return [{ ...c, phase: { at: 'naming', naming: naming.askAgain(current, world.now) } }, [askForName(c)]];
  }
}

/** As if the other side had closed: it does not answer. */
function hungUp(c: Connection, world: World): Step {
  const [after, effects] = closed(c, world);
  return [after, [{ do: 'close' }, ...effects.filter((effect) => effect.do !== 'close')]];
}

/** Ends here, for the person to decide: nothing stays open, nothing stays pending. */
function end(c: Connection, ending: Ending): Step {
  if (c.phase.at === 'idle') return [c, []];
  const failed = c.pending.map(({ id }): Effect => ({ do: 'settle', id, delivery: 'failed' }));
  const next: Connection = { ...c, phase: { at: 'idle', ending }, settled: false, pending: [], fallback: null };
  return [next, [{ do: 'close' }, ...failed]];
}
