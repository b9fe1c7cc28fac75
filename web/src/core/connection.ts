/**
 * The page's session with a server, as a pure machine: what the world did goes in, the next state and the effects
 * that the driver must carry out come out. It knows no socket, no clock, no chance: `now` and `random` are
 * arguments, and `deadline` says when it wants to be woken.
 *
 *     idle ─► opening ─► greeting ─► online ─► fenced
 *               ▲ └► probing │          │
 *               └── waiting ◄┴──────────┘ lost
 *
 * What is said while there is no line waits with its txn, and is sent until it is answered: under the same txn the
 * server takes it once. `posting.ts` has the rules of that. `login.ts` has those of being an account.
 */

import type { Ask, Post } from './ask';
import * as asking from './asking';
import { backoff } from './backoff';
import { SUBPROTOCOL, VERSION, type Answer, type Heard } from './codec';
import { follow, welcomed } from './cursors';
import { loginOf } from './login';
import { deadline, OFFLINE, PATIENCE_MS, SILENCE_MS, type Connection, type Ending, type Login, type Phase } from './phase';
import * as posting from './posting';
import { CODES, type ClientFrame } from './protocol.gen';

export type Input =
  /** `before`: what is left of a session that goes on. */
  | { is: 'connect'; address: string; nick: string; lang: string; before?: Connection; login?: boolean; first?: Ask }
  | { is: 'disconnect' }
  | { is: 'opened'; protocol: string }
  | { is: 'closed' }
  | { is: 'frame'; frame: Heard }
  | { is: 'post'; room: number; text: string }
  /** What becomes of a message that failed. */
  | { is: 'again' | 'discard'; txn: number }
  | { is: 'ask'; ask: Ask }
  /** Whether the browser has the login's cookie now. */
  | { is: 'swapped'; ok: boolean }
  /** A session that went on elsewhere is wanted here. */
  | { is: 'here' }
  /** The network is back, the page is looked at, or the person asks: no reason to wait any longer. */
  | { is: 'hurry' }
  | { is: 'speak'; lang: string }
  | { is: 'time' };

/** What the conversation must know. */
export type Told =
  | { is: 'welcomed'; hello: Extract<Answer, { to: 'hello' }> }
  | { is: 'lost' }
  | { is: 'frame'; frame: Exclude<Heard, { is: 'ack' | 'reject' }> }
  | { is: 'posted'; post: Post; seq: number; at: number }
  | { is: 'answered'; ask: Ask; answer: Answer }
  /** Null: there is no line, or it was lost before the answer. */
  | { is: 'refused'; ask: Ask; words: string | null; code: number; after: number | null }
  | { is: 'unposted'; post: Post; code: number; words: string };

export type Effect =
  /** `plain`: without the subprotocol, only to learn whether anybody is there. */
  | { do: 'open'; address: string; plain: boolean }
  | { do: 'close' }
  | { do: 'transmit'; frame: ClientFrame }
  | { do: 'tell'; told: Told }
  /** The login's token becomes the browser's cookie; its end is told by `swapped`. The token stands nowhere else. */
  | { do: 'swap'; login: string }
  /** The cookie is to go. */
  | { do: 'forget' };

export interface World {
  now: number;
  random: number;
}

export type Step = [Connection, Effect[]];

const CLIENT = 'papo-web';
const OPENING_MS = 15_000;
const PROBING_MS = 5_000;
const GREETING_MS = 20_000;
/** Online for this long, the next loss starts its waits from the shortest. */
const STEADY_AFTER_MS = 10_000;
/** When somebody looks, silence of so much is asked about at once, and the answer must come sooner. */
const LOOKED_AT_SILENCE_MS = 5_000;
const LOOKED_AT_PATIENCE_MS = 5_000;
/** Before `hello` is said again, when the server names no time. */
const AGAIN_MS = 2_000;

export function step(c: Connection, input: Input, world: World): Step {
  switch (input.is) {
    case 'connect':
      return connect(c, input, world);
    case 'disconnect':
      return leave(c);
    case 'opened':
      return opened(c, input.protocol, world);
    case 'closed':
      return closed(c, world);
    case 'frame':
      return received(c, input.frame, world);
    case 'post':
      return flushed(posting.said(c, input.room, input.text, world.now), world);
    case 'again':
      return flushed(posting.saidAgain(c, input.txn, world.now), world);
    case 'discard':
      return [posting.discarded(c, input.txn), []];
    case 'ask':
      return asking.asked(c, input.ask);
    case 'swapped':
      return swapped(c, input.ok, world);
    case 'here':
      return c.phase.at === 'fenced' ? open(c, world) : [c, []];
    case 'hurry':
      return hurry(c, world);
    case 'speak':
      return [{ ...c, lang: input.lang }, []];
    case 'time':
      return timePassed(c, world);
  }
}

function connect(c: Connection, input: Extract<Input, { is: 'connect' }>, world: World): Step {
  const { address, nick, lang, before, first = null } = input;
  if (before !== undefined) return open({ ...before, address, lang, settled: true }, world);
  const goOn = goesOn(c, address);
  const [, left] = goOn ? [c, []] : leave(c);
  const isKept = input.login === true;
  const login: Login = isKept ? { as: 'kept', id: null } : { as: 'nobody' };
  const [opening, effects] = open({ ...(goOn ? c : OFFLINE), address, nick, lang, token: null, login, first: first === null ? null : { ask: first, hello: null } }, world);
  return [opening, [...left, ...effects]];
}

/** The name was taken by another while the session had ended: the person's next name goes on with its rooms and posts. */
export function goesOn(c: Connection, address: string): boolean {
  return c.phase.at === 'idle' && c.phase.ending.why === 'name' && c.address === address && c.cursors.size > 0;
}

function open(c: Connection, world: World): Step {
  const phase: Phase = { at: 'opening', until: world.now + OPENING_MS };
  // Two tabs may hold copies of one session, each with its own count: the clock keeps their numbers apart.
  const lastTxn = Math.max(c.lastTxn, world.now);
  return [{ ...c, phase, lastTxn, lastWords: '' }, [{ do: 'open', address: c.address, plain: false }]];
}

function opened(c: Connection, protocol: string, world: World): Step {
  if (c.phase.at === 'probing') return end(c, { why: 'dialect' });
  if (c.phase.at !== 'opening') return [c, []];
  return protocol === SUBPROTOCOL ? greet(c, world) : end(c, { why: 'dialect' });
}

function greet(c: Connection, world: World): Step {
  const txn = c.lastTxn + 1;
  // An account's session has its name from the cookie.
  const who = c.token !== null ? { session: c.token } : c.nick !== '' && c.login.as === 'nobody' ? { nick: c.nick } : {};
  const resume = c.cursors.size > 0 ? { resume: [...c.cursors.values()] } : {};
  const hello: ClientFrame = { do: 'hello', txn, version: VERSION, ...who, lang: c.lang, client: CLIENT, capabilities: ['rooms'], ...resume };
  const phase: Phase = { at: 'greeting', until: world.now + GREETING_MS, txn, again: false };
  return [{ ...c, phase, lastTxn: txn }, [{ do: 'transmit', frame: hello }]];
}

function received(c: Connection, frame: Heard, world: World): Step {
  if (frame.is === 'notice' && frame.about === 'login_ended' && c.phase.at !== 'idle') return end(c, { why: 'login', words: frame.text });
  if (c.phase.at === 'greeting') return whileGreeting(c, c.phase, frame, world);
  if (c.phase.at !== 'online') return [c, []];
  const heard: Connection = { ...c, phase: { ...c.phase, heard: world.now, pinged: null } };
  if (frame.is === 'ack') return answered(heard, frame.txn, frame.answer);
  if (frame.is === 'named') return [{ ...heard, nick: frame.nick }, [{ do: 'tell', told: { is: 'frame', frame } }]];
  if (frame.is === 'reject') return refused(heard, frame, world);
  const told: Effect = { do: 'tell', told: { is: 'frame', frame } };
  if (frame.is === 'notice' && frame.about === 'fenced') {
    const [lost, effects] = asking.dropped({ ...heard, phase: { at: 'fenced' } });
    return [lost, [{ do: 'close' }, ...effects, told]];
  }
  const followed = follow(heard, frame);
  return [frame.is === 'message' ? posting.seen(followed, frame.room, frame.txn) : followed, [told]];
}

function whileGreeting(c: Connection, greeting: Extract<Phase, { at: 'greeting' }>, frame: Heard, world: World): Step {
  if (frame.is === 'notice') return [{ ...c, lastWords: frame.text }, []];
  if (frame.is === 'ack' && frame.txn === greeting.txn && frame.answer.to === 'hello') return enter(c, frame.answer, world);
  if (frame.is !== 'reject' || (frame.txn ?? greeting.txn) !== greeting.txn) return [c, []];
  if (frame.code === CODES.unknown_session && c.token !== null) return greet(posting.sessionEnded({ ...c, token: null }), world);
  if (frame.retry === 'later') {
    const until = world.now + Math.min(frame.after_ms ?? AGAIN_MS, GREETING_MS);
    return [{ ...c, lastWords: frame.text, phase: { ...greeting, until, again: true } }, []];
  }
  const aboutName = frame.code === CODES.nickname || frame.code === CODES.nickname_taken || frame.code === CODES.name_of_account;
  return end(c, { why: aboutName ? 'name' : 'refused', words: frame.text });
}

function enter(c: Connection, hello: Extract<Answer, { to: 'hello' }>, world: World): Step {
  const phase: Phase = { at: 'online', since: world.now, heard: world.now, pinged: null, patience: PATIENCE_MS };
  const { session: token, nick, message_bytes: messageBytes } = hello;
  const login = loginOf(c.login, hello);
  if (login === null) return byeAndEnd(c, { why: 'login', words: '' });
  if (c.first?.ask != null) return asking.asked({ ...c, phase, token, first: { ...c.first, hello } }, c.first.ask);
  const online: Connection = { ...c, phase, token, nick, messageBytes, login, settled: true, cursors: welcomed(c.cursors, hello.rooms) };
  const [sent, effects] = flushed(posting.lineIsNew(online), world);
  return [sent, [{ do: 'tell', told: { is: 'welcomed', hello } }, ...effects]];
}

function swapped(c: Connection, ok: boolean, world: World): Step {
  if (c.login.as !== 'swapping') return [c, []];
  const next: Connection = { ...c, login: { ...c.login, as: ok ? 'kept' : 'tab' } };
  if (c.phase.at === 'waiting') return open(next, world);
  if (c.phase.at !== 'online') return [next, []];
  if (!ok) return withoutCookie(next, world);
  // Over a new line the session is the account's in all that hello tells: its rooms, roles and read markers.
  const [dropped, refusals] = asking.dropped(next);
  const [opening, effects] = open({ ...dropped, first: null }, world);
  return [opening, [...refusals, ...effects]];
}

/** The session is logged in for as long as its line. */
function withoutCookie(c: Connection, world: World): Step {
  if (c.first === null || c.login.as === 'nobody') return [c, []];
  const { hello } = c.first;
  if (hello === null) return [c, []];
  return enter({ ...c, first: null }, { ...hello, account: c.login.id, nick: c.nick }, world);
}

/** Sends what may be sent now. */
function flushed(c: Connection, world: World): Step {
  if (c.phase.at !== 'online') return [c, []];
  const [sent, frames] = posting.due(c, world.now);
  return [sent, frames.map((frame) => ({ do: 'transmit', frame }))];
}

function answered(c: Connection, txn: number, answer: Answer): Step {
  if (answer.to === 'post') {
    const post = c.posts.find((post) => post.txn === txn);
    if (post === undefined) return [c, []];
    const placed = follow(posting.discarded(c, txn), { is: 'placed', ...answer });
    return [placed, [{ do: 'tell', told: { is: 'posted', post, seq: answer.seq, at: answer.at } }]];
  }
  const [next, effects] = asking.answered(c, txn, answer);
  if (effects.length === 0) return [next, []];
  if (answer.to === 'login' || answer.to === 'register') {
    const { login: secret, account, nick } = answer;
    const first = c.first === null ? null : { ...c.first, ask: null };
    return [{ ...next, nick, first, login: { as: 'swapping', id: account } }, [...effects, { do: 'swap', login: secret }]];
  }
  const command = c.asked.get(txn)?.ask.command;
  if (answer.to === 'logout' || command?.do === 'delete_account') {
    const [left, leaving] = leave(next);
    return [left, [...effects, ...leaving, { do: 'forget' }]];
  }
  const followed = command?.do === 'close' ? follow(next, { is: 'gone', room: command.room }) : follow(next, answer);
  const settled = answer.to === 'history' ? posting.seenInPage(followed, answer) : followed;
  return [answer.to === 'nick' ? { ...settled, nick: answer.nick } : settled, effects];
}

function refused(c: Connection, reject: Extract<Heard, { is: 'reject' }>, world: World): Step {
  const { txn } = reject;
  if (txn === undefined) return [c, []];
  if (reject.code === CODES.login_first) return byeAndEnd(c, { why: 'login', words: reject.text });
  const post = c.posts.find((post) => post.txn === txn);
  if (post !== undefined) {
    const told: Effect = { do: 'tell', told: { is: 'unposted', post, code: reject.code, words: reject.text } };
    return [posting.refused(c, { ...reject, txn }, world.now), [told]];
  }
  const [next, effects] = asking.refused(c, txn, reject, world.now);
  if (effects.length === 0 || c.first === null || c.asked.get(txn)?.ask !== c.first.ask) return [next, effects];
  const [ended, ends] = byeAndEnd(next, { why: 'login', words: reject.text });
  return [ended, [...effects, ...ends]];
}

function closed(c: Connection, world: World): Step {
  const { at } = c.phase;
  if (at === 'idle' || at === 'waiting' || at === 'fenced') return [c, []];
  if (!c.settled) {
    if (at === 'opening') return [{ ...c, phase: { at: 'probing', until: world.now + PROBING_MS } }, [{ do: 'open', address: c.address, plain: true }]];
    return end(c, at === 'probing' ? { why: 'unreachable' } : { why: 'closed', words: c.lastWords });
  }
  const steady = c.phase.at === 'online' && world.now - c.phase.since >= STEADY_AFTER_MS;
  const drops = steady ? 0 : c.drops;
  const phase: Phase = { at: 'waiting', until: world.now + backoff(drops, world.random) };
  const [waiting, effects] = asking.dropped({ ...c, phase, drops: drops + 1 });
  return [waiting, at === 'online' ? [...effects, { do: 'tell', told: { is: 'lost' } }] : effects];
}

function hurry(c: Connection, world: World): Step {
  if (c.phase.at === 'waiting') return open(c, world);
  if (c.phase.at !== 'online' || c.phase.pinged !== null || world.now - c.phase.heard < LOOKED_AT_SILENCE_MS) return [c, []];
  return ping(c, c.phase, LOOKED_AT_PATIENCE_MS, world);
}

function ping(c: Connection, online: Extract<Phase, { at: 'online' }>, patience: number, world: World): Step {
  const txn = c.lastTxn + 1;
  const phase: Phase = { ...online, pinged: world.now, patience };
  return [{ ...c, lastTxn: txn, phase }, [{ do: 'transmit', frame: { do: 'ping', txn } }]];
}

function timePassed(c: Connection, world: World): Step {
  const due = deadline(c);
  if (due === null || world.now < due) return [c, []];
  switch (c.phase.at) {
    case 'waiting':
      return open(c, world);
    case 'greeting':
      return c.phase.again ? greet(c, world) : hungUp(c, world);
    case 'opening':
    case 'probing':
      return hungUp(c, world);
    case 'online':
      return whileOnline(c, c.phase, world);
    default:
      return [c, []];
  }
}

function whileOnline(c: Connection, online: Extract<Phase, { at: 'online' }>, world: World): Step {
  if (online.pinged !== null && world.now >= online.pinged + online.patience) return hungUp(c, world);
  const silent = online.pinged === null && world.now >= online.heard + SILENCE_MS;
  const [pinged, question] = silent ? ping(c, online, PATIENCE_MS, world) : [c, []];
  const [asked, again] = asking.again(pinged, world.now);
  const [sent, posts] = flushed(asked, world);
  return [sent, [...question, ...again, ...posts]];
}

/** As if the other side had closed: it does not answer. */
function hungUp(c: Connection, world: World): Step {
  const [after, effects] = closed(c, world);
  return [after, [{ do: 'close' }, ...effects.filter((effect) => effect.do !== 'close')]];
}

/** The person goes: the session ends, its name is free at once. */
function leave(c: Connection): Step {
  if (c.phase.at === 'idle') return [c, []];
  const bye: Effect[] = c.phase.at === 'online' ? [{ do: 'transmit', frame: { do: 'bye', txn: c.lastTxn + 1 } }] : [];
  return [{ ...OFFLINE, address: c.address, nick: c.nick, phase: { at: 'idle', ending: { why: 'asked' } } }, [...bye, { do: 'close' }]];
}

function byeAndEnd(c: Connection, ending: Ending): Step {
  const [ended, effects] = end(c, ending);
  return [ended, [{ do: 'transmit', frame: { do: 'bye', txn: c.lastTxn + 1 } }, ...effects]];
}

/** Ends here, for the person to decide: nothing stays open. What was said stays, in case that another name goes on. */
function end(c: Connection, ending: Ending): Step {
  const [dropped, effects] = asking.dropped(c);
  const ended: Connection = { ...dropped, phase: { at: 'idle', ending }, settled: false, token: null, first: null };
  // Whoever logs in next may be somebody else: nothing of the one before is left to go on with.
  const forgotten = ending.why === 'login' ? { ...OFFLINE, address: c.address, nick: c.nick, lang: c.lang, phase: ended.phase } : ended;
  return [forgotten, [...effects, { do: 'close' }]];
}
