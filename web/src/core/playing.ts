/** A page whose clock and server are a test: for tests of the connection. */

import { expect } from 'vitest';
import type { Answer, Heard } from './codec';
import { step, type Effect, type Input } from './connection';
import { deadline, OFFLINE, type Connection } from './phase';
import type { ClientFrame, RoomState } from './protocol.gen';

export const START = 1_000_000;
export const GERAL: RoomState = { id: 1, epoch: 5, name: 'geral', first: 1, head: 10, kind: 'public', role: 'guest', topic: '' };

/** Drives the machine and writes down what it asks for. */
export class Page {
  now = START;
  said: string[] = [];
  sent: ClientFrame[] = [];

  constructor(public c: Connection = OFFLINE) {}

  do(input: Input): this {
    const [next, effects] = step(this.c, input, { now: this.now, random: 1 });
    this.c = next;
    for (const effect of effects) if (effect.do === 'transmit') this.sent.push(effect.frame);
    this.said.push(...effects.map(line));
    return this;
  }

  connect(nick = 'ana'): this {
    return this.do({ is: 'connect', address: 'ws://papo/', nick, lang: 'pt-BR' });
  }

  opened(): this {
    return this.do({ is: 'opened', protocol: 'papo.v1' });
  }

  frame(frame: Heard): this {
    return this.do({ is: 'frame', frame });
  }

  /** Answers the newest command. */
  ack(answer: Answer, txn = this.sent.at(-1)?.txn ?? 0): this {
    return this.frame({ is: 'ack', txn, answer });
  }

  reject(code: number, retry: 'never' | 'changed' | 'later', after_ms?: number, txn = this.sent.at(-1)?.txn ?? 0): this {
    return this.frame({ is: 'reject', txn, code, text: `no ${code}`, retry, ...(after_ms === undefined ? {} : { after_ms }) });
  }

  hello(rooms = [GERAL], session = 't1', more: { account?: number; nick?: string } = {}): this {
    const answer = { version: 1, server: 'papo', session, ends: 0, nick: 'ana', now: 0, capabilities: [], message_bytes: 99, resumed: false, ...more };
    return this.ack({ to: 'hello', registration: 'open', greeting: '', ...answer, rooms });
  }

  online(rooms = [GERAL]): this {
    return this.connect().opened().hello(rooms).clear();
  }

  message(seq: number, txn?: number): this {
    return this.frame({ is: 'message', room: 1, seq, at: seq, author: 'bob', text: 'oi', ...(txn === undefined ? {} : { txn }) });
  }

  say(text: string): this {
    return this.do({ is: 'post', room: 1, text });
  }

  /** The txn of the newest post. */
  get txn(): number {
    return this.c.posts.at(-1)?.txn ?? 0;
  }

  /** Lets time pass to the next deadline. */
  wait(): this {
    this.now = deadline(this.c) ?? this.now;
    return this.do({ is: 'time' });
  }

  /** Lost and open again; hello is under way. */
  again(): this {
    return this.do({ is: 'closed' }).wait().opened();
  }

  clear(): this {
    this.said = [];
    return this;
  }

  check(phase = 'online'): this {
    expect(this.c.phase.at).toBe(phase);
    return this;
  }

  /** What was asked of the driver since the last look. */
  expect(...lines: string[]): this {
    expect(this.said).toEqual(lines);
    return this.clear();
  }

  get cursor(): string {
    return [...this.c.cursors.values()].map(({ room, epoch, seq }) => `${room}/${epoch}/${seq}`).join(' ');
  }

  get posts(): string {
    return this.c.posts.map(({ text, state }) => `${text} ${state}`).join(', ');
  }
}

function line(effect: Effect): string {
  switch (effect.do) {
    case 'open':
      return `open${effect.plain ? ' plain' : ''} ${effect.address}`;
    case 'close':
      return 'close';
    case 'transmit':
      return `> ${frameLine(effect.frame)}`;
    case 'swap':
      return `swap ${effect.login}`;
    case 'forget':
      return 'forget';
    case 'tell': {
      const { told } = effect;
      if (told.is === 'posted') return `posted ${told.post.text} ${told.seq}`;
      if (told.is === 'unposted') return `unposted ${told.post.text}`;
      if (told.is === 'answered' || told.is === 'refused') return `${told.is} ${told.ask.command.do}`;
      return told.is === 'frame' ? told.frame.is : told.is;
    }
  }
}

function frameLine(frame: ClientFrame): string {
  if (frame.do === 'post') return `post ${frame.text}`;
  if (frame.do !== 'hello') return frame.do;
  const resume = (frame.resume ?? []).map(({ room, seq }) => `${room}@${seq}`);
  return ['hello', frame.session ?? frame.nick ?? 'guest', ...resume].join(' ');
}
