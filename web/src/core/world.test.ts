/**
 * The session against a server in every order of cuts, gaps, refusals, restarts and reloads. The server below keeps a
 * log and answers as the protocol says; chance decides what happens next. In the end the page holds exactly the log,
 * and what was said stands in it exactly once. What was taken back is nowhere on the page from the moment it is told.
 */

import { describe, expect, it } from 'vitest';
import type { Heard, LogEvent } from './codec';
import { step, type Input } from './connection';
import { Conversation } from './conversation';
import { connectionOf, read, write } from './kept';
import { canPost, deadline, OFFLINE, type Connection } from './phase';
import type { ClientFrame, RoomEvent, RoomState } from './protocol.gen';
import { rows, type Row } from './rows';
import { seeded } from './seeded';

const ROOM = 1;
/** Missed events that are sent by themselves. */
const RESUME_MAX = 6;
const PAGE_MAX = 5;

interface Taken {
  text: string;
  author: string;
  session: string;
  txn: number;
  /** It was taken back. */
  isGone?: boolean;
  /** It takes these back, and is no message. */
  seqs?: number[];
}

class Server {
  log: Taken[] = [];
  epoch = 1;
  /** Tokens of sessions that it knows. */
  sessions = new Set<string>();
  #made = 0;
  /** The session of the one connection, and whether it is in the room. */
  #session = '';
  #isIn = false;
  /** Answers that were read from the store and have not left yet. */
  #slow: Heard[] = [];

  constructor(private readonly send: (frame: Heard) => void) {}

  cut(): void {
    this.#session = '';
    this.#isIn = false;
    this.#slow = [];
  }

  hurry(): void {
    for (const frame of this.#slow.splice(0)) this.send(frame);
  }

  redact(seqs: number[]): void {
    const gone = seqs.filter((seq) => this.log[seq - 1]?.seqs === undefined);
    for (const seq of gone) (this.log[seq - 1] as Taken).isGone = true;
    this.log.push({ text: `redaction ${this.log.length}`, author: 'bob', session: '', txn: 0, seqs: gone });
    if (this.#isIn) this.send(this.#event(this.log.length));
  }

  /** Somebody else speaks; a slow reader is told only that it happened. */
  append(text: string, isSlow: boolean): void {
    this.log.push({ text, author: 'bob', session: '', txn: 0 });
    if (!this.#isIn) return;
    if (isSlow) this.send({ is: 'gap', room: ROOM, from: this.log.length, to: this.log.length });
    else this.send(this.#event(this.log.length));
  }

  take(frame: ClientFrame, isBusy: boolean, isSlow: boolean): void {
    const { txn } = frame;
    const answer = (answer: Extract<Heard, { is: 'ack' }>['answer']) => this.send({ is: 'ack', txn, answer });
    if (frame.do === 'hello') return this.#hello(frame);
    if (isBusy) return this.send({ is: 'reject', txn, code: 5001, text: 'cheio', retry: 'later', after_ms: 300 });
    switch (frame.do) {
      case 'post': {
        const known = this.log.findIndex((taken) => taken.session === this.#session && taken.txn === txn);
        if (known < 0) this.log.push({ text: frame.text, author: 'ana', session: this.#session, txn });
        return answer({ to: 'post', room: ROOM, seq: known < 0 ? this.log.length : known + 1, at: 0 });
      }
      case 'join':
        this.#isIn = true;
        return answer({ to: 'join', room: this.#state(), cut: false });
      case 'history': {
        const all = this.log.map((_, at) => at + 1).filter((seq) => seq < (frame.before ?? Infinity) && seq > (frame.after ?? 0));
        const seqs = frame.after === undefined ? all.slice(-PAGE_MAX) : all.slice(0, PAGE_MAX);
        const events = seqs.map((seq): LogEvent => this.#event(seq));
        const page = { to: 'history' as const, room: ROOM, first: this.log.length > 0 ? 1 : 0, head: this.log.length, events };
        if (isSlow) return void this.#slow.push({ is: 'ack', txn, answer: page });
        return answer(page);
      }
      case 'who':
        return answer({ to: 'who', room: ROOM, members: [] });
      case 'rooms':
        return answer({ to: 'rooms', rooms: [] });
      default:
        return answer({ to: 'ping', now: 0 });
    }
  }

  #hello({ txn, session, resume = [] }: Extract<ClientFrame, { do: 'hello' }>): void {
    if (session !== undefined && !this.sessions.has(session)) {
      return this.send({ is: 'reject', txn, code: 2007, text: 'não existe', retry: 'changed' });
    }
    this.#session = session ?? `session ${++this.#made}`;
    this.sessions.add(this.#session);
    this.#isIn = resume.length > 0;
    const common = { version: 1, server: '', session: this.#session, ends: 0, nick: 'ana', now: 0, capabilities: [], message_bytes: 999 };
    const rooms = this.#isIn ? [this.#state()] : [];
    this.send({ is: 'ack', txn, answer: { to: 'hello', registration: 'open', greeting: '', ...common, resumed: session !== undefined, rooms } });
    for (const { epoch, seq } of resume) this.#missed(epoch, seq);
  }

  #missed(epoch: number, seq: number): void {
    if (epoch !== this.epoch) return this.send({ is: 'reset', room: this.#state() });
    const head = this.log.length;
    if (head - seq > RESUME_MAX) return this.send({ is: 'gap', room: ROOM, from: seq + 1, to: head });
    for (let at = seq + 1; at <= head; at++) this.send(this.#event(at));
  }

  #event(seq: number): RoomEvent {
    const { text, author, session, txn, isGone, seqs } = this.log[seq - 1] as Taken;
    if (seqs !== undefined) return { is: 'redaction', room: ROOM, seq, at: seq, author, seqs };
    if (isGone === true) return { is: 'redacted', room: ROOM, seq, at: seq, author };
    return { is: 'message', room: ROOM, seq, at: seq, author, text, ...(session !== '' && session === this.#session ? { txn } : {}) };
  }

  #state(): RoomState {
    const head = this.log.length;
    return { id: ROOM, epoch: this.epoch, name: 'geral', first: head > 0 ? 1 : 0, head, kind: 'public', role: 'guest', topic: '' };
  }
}

class World {
  c: Connection = OFFLINE;
  talk = new Conversation('geral');
  now = 1_000;
  isOpen = false;
  said = 0;
  /** Texts that the page was told are taken back. */
  readonly gone = new Set<string>();
  drawn: Row[] = [];
  readonly up: ClientFrame[] = [];
  readonly down: Heard[] = [];
  readonly server = new Server((frame) => this.down.push(frame));

  constructor(readonly random: () => number) {
    this.put({ is: 'connect', address: 'ws://papo/', nick: 'ana', lang: 'en' });
    while (this.c.phase.at !== 'online') this.go();
  }

  put(input: Input): void {
    const [next, effects] = step(this.c, input, { now: this.now, random: this.random() });
    this.c = next;
    for (const effect of effects) {
      if (effect.do === 'open') this.isOpen = true;
      else if (effect.do === 'close') this.lose();
      else if (effect.do === 'transmit') this.up.push(effect.frame);
      else if (effect.do === 'tell') for (const ask of this.talk.told(effect.told, this.now)) this.put({ is: 'ask', ask });
    }
  }

  /** The line is gone, and with it what is on it. */
  lose(): void {
    this.isOpen = false;
    this.up.length = 0;
    this.down.length = 0;
    this.server.cut();
  }

  cut(): void {
    if (!this.isOpen) return;
    this.lose();
    this.put({ is: 'closed' });
  }

  /** One thing of those that are under way. False when there is none. */
  go(isBusy = false): boolean {
    if (this.isOpen && this.c.phase.at === 'opening') this.put({ is: 'opened', protocol: 'papo.v1' });
    else if (this.up.length > 0 && (this.down.length === 0 || this.random() < 0.5)) this.server.take(this.up.shift() as ClientFrame, isBusy, this.random() < 0.3);
    else if (this.down.length > 0) this.hear(this.down.shift() as Heard);
    else return false;
    return true;
  }

  hear(frame: Heard): void {
    const told = frame.is === 'redaction' ? frame.seqs : frame.is === 'redacted' ? [frame.seq] : [];
    for (const seq of told) this.gone.add(this.server.log[seq - 1]?.text ?? '');
    this.put({ is: 'frame', frame });
    const { timeline } = this.talk.at(ROOM);
    this.drawn = rows({ timeline, window: { from: 0, to: Infinity }, posts: [], readUpTo: null, dayOf: String }, this.drawn);
    const held = new Set([...timeline.entries, ...this.drawn.flatMap((row) => (row.kind === 'message' ? [row.entry] : []))].map(({ text }) => text));
    expect([...this.gone].filter((text) => held.has(text))).toEqual([]);
  }

  wait(): void {
    this.server.hurry();
    this.now = Math.max(this.now, deadline(this.c) ?? this.now);
    this.put({ is: 'time' });
  }

  say(): void {
    if (this.talk.open !== null && canPost(this.c)) this.put({ is: 'post', room: ROOM, text: `post ${++this.said}` });
  }

  look(): void {
    const gap = this.talk.at(ROOM).timeline.missing.at(-1);
    if (gap === undefined || this.c.phase.at !== 'online') return;
    const slice = this.random() < 0.5 ? { before: gap.to + 1 } : { after: gap.from - 1 };
    for (const ask of this.talk.fill(ROOM, slice, PAGE_MAX)) this.put({ is: 'ask', ask });
  }

  reload(): void {
    const kept = read(write(this.c, this.talk));
    if (kept === null) return;
    this.lose();
    this.talk = Conversation.resumed(kept);
    this.put({ is: 'connect', address: kept.address, nick: kept.nick, lang: 'en', before: connectionOf(kept) });
  }

  /** Nothing disturbs any more: all that is under way arrives, and all that is missing is fetched. */
  settle(): void {
    for (let i = 0; i < 5_000; i++) {
      if (this.go()) continue;
      const isDone = this.c.phase.at === 'online' && this.c.posts.every(({ state }) => state !== 'waiting');
      if (isDone && this.talk.at(ROOM).timeline.missing.length === 0) return;
      if (this.talk.at(ROOM).timeline.missing.length > 0 && this.c.phase.at === 'online') this.look();
      if (this.up.length === 0) this.wait();
    }
    throw new Error(`it does not settle: ${JSON.stringify([this.c.phase, this.c.posts])}`);
  }

  check(): void {
    const shown = this.talk.at(ROOM).timeline.entries.map(({ seq, text }) => `${seq} ${text ?? '-'}`);
    const log = this.server.log.map(({ text, isGone, seqs }, at) => (seqs === undefined ? [`${at + 1} ${isGone === true ? '-' : text}`] : []));
    expect(shown).toEqual(log.flat());
  }
}

function live(world: World, steps: number, also: (dice: number) => void): void {
  const dice = () => Math.floor(world.random() * 40);
  for (let i = 0; i < steps; i++) {
    const fate = dice();
    if (fate < 20) world.go(fate === 0);
    else if (fate < 25) world.say();
    else if (fate < 30) world.server.append(`other ${i}`, fate === 29);
    else if (fate === 30 && world.server.log.length > 0) world.server.redact([1, 2].map(() => 1 + Math.floor(world.random() * world.server.log.length)));
    else if (fate < 33) world.look();
    else if (fate < 35) world.wait();
    else if (fate === 35) world.cut();
    else if (fate === 36) world.reload();
    else also(fate);
  }
}

const SEEDS = Array.from({ length: 150 }, (_, seed) => seed);

describe('over lines that are cut', () => {
  it.each(SEEDS)('everything said is in the log once, and the log is on the page: seed %i', (seed) => {
    const world = new World(seeded(seed));
    live(world, 600, () => undefined);
    world.settle();
    world.check();
    const own = world.server.log.filter(({ session }) => session !== '').map(({ text }) => text);
    expect([...own].sort()).toEqual(Array.from({ length: world.said }, (_, i) => `post ${i + 1}`).sort());
    expect(world.c.posts).toEqual([]);
  });
});

describe('when sessions end and logs begin anew', () => {
  it.each(SEEDS)('nothing is shown twice, and what is not known is said so: seed %i', (seed) => {
    const world = new World(seeded(seed));
    const before: Taken[] = [];
    live(world, 600, (fate) => {
      if (fate === 37) world.server.sessions.clear();
      else if (fate === 38) {
        before.push(...world.server.log.splice(0));
        world.server.epoch++;
        world.gone.clear();
      } else return;
      world.cut();
    });
    world.settle();
    world.check();
    const own = [...before, ...world.server.log].filter(({ session }) => session !== '').map(({ text }) => text);
    const doubtful = world.c.posts.filter(({ state }) => state === 'unknown').map(({ text }) => text);
    const known = Array.from({ length: world.said }, (_, i) => `post ${i + 1}`).filter((text) => !doubtful.includes(text));
    // A log that began anew forgot what it had taken: there the same post may stand in both.
    expect([...new Set(own)].filter((text) => !doubtful.includes(text)).sort()).toEqual(known.sort());
    const now = world.server.log.map(({ text }) => text);
    expect(new Set(now).size).toBe(now.length);
  });
});
