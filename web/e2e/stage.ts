/**
 * A server that is played: the page in a real browser, under the real policy, against a script. It shows the page what
 * a server does rarely, and lets a test say any frame at any time. The promises of the server itself are tested
 * against the server.
 */

import { readFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import type { Browser, BrowserContextOptions, WebSocketRoute } from 'playwright-core';
import type { ClientFrame, Registration, RoomEvent, RoomState, ServerFrame } from '../src/core/protocol.gen';
import { Person } from './browser';

const ORIGIN = 'http://127.0.0.1:8799';
const DIST = resolve(import.meta.dirname, '../dist');
const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };
/** The same as the server's. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; manifest-src 'self'; " +
  "connect-src 'self' ws: wss:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

type Answer = Extract<ServerFrame, { is: 'ack' }>['answer'];
type Reply = Answer | { code: number; text: string; after_ms?: number };
type Play = (frame: ClientFrame) => Reply | undefined;

export class Stage {
  registration: Registration = 'open';
  greeting = '';
  /** Guests are not let in. */
  isForAccounts = false;
  /** The session cookie is given out. */
  givesCookies = true;
  rooms: RoomState[] = [room(1, 'geral')];
  log: RoomEvent[] = [];
  members = ['Alice', 'Bob', 'Carol'];
  ignored: string[] = [];
  /** Every command that came, and every request about the cookie. */
  readonly heard: ClientFrame[] = [];
  readonly requests: string[] = [];
  account: number | null = null;
  nick = '';
  #socket: WebSocketRoute | null = null;
  #sent = 0;

  /** `play`: what is answered otherwise than usual. */
  constructor(public play: Play = () => undefined) {}

  async enter(browser: Browser, options: BrowserContextOptions = {}, hash = ''): Promise<Person> {
    const person = await Person.at(browser, 'about:blank', options);
    const context = person.page.context();
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: ORIGIN });
    await context.route(`${ORIGIN}/**`, async (route) => {
      const request = route.request();
      const path = new URL(request.url()).pathname;
      if (path === '/api/session') {
        this.requests.push(`${request.method()} ${request.postData() ?? ''}`.trim());
        if (!this.givesCookies) return route.fulfill({ status: 403 });
        const cookie = request.method() === 'POST' ? 'papo=fresh; HttpOnly; SameSite=Strict; Path=/' : 'papo=; Max-Age=0; Path=/';
        return route.fulfill({ status: 204, headers: { 'set-cookie': cookie } });
      }
      const file = resolve(DIST, path === '/' ? 'index.html' : `.${path}`);
      const contentType = TYPES[extname(file)] ?? 'application/json';
      return route.fulfill({ body: await readFile(file), contentType, headers: { 'content-security-policy': POLICY } });
    });
    await context.routeWebSocket(/.*/, (socket) => {
      this.#socket = socket;
      socket.onMessage(async (raw) => {
        const frame = JSON.parse(String(raw)) as ClientFrame;
        this.heard.push(frame);
        // Whoever leaves says so, and is gone before it can be answered.
        const cookies = await context.cookies(ORIGIN).catch(() => null);
        if (cookies === null) return;
        const hasCookie = cookies.some(({ name, value }) => name === 'papo' && value !== '');
        this.#answer(frame, hasCookie);
      });
    });
    await person.page.goto(`${ORIGIN}/${hash}`);
    return person;
  }

  tell(frame: ServerFrame): void {
    this.#socket?.send(JSON.stringify(frame));
  }

  says(author: string, text: string, roomId = 1): number {
    const seq = this.#append(roomId, { author, text });
    const event = this.log.at(-1);
    if (event !== undefined) this.tell(event);
    return seq;
  }

  redacts(seqs: number[], author = 'Bob', roomId = 1): void {
    this.log = this.log.map((event) => (event.room === roomId && seqs.includes(event.seq) ? { is: 'redacted', room: roomId, seq: event.seq, at: event.at, author: event.author } : event));
    const state = this.#room(roomId);
    const event: RoomEvent = { is: 'redaction', room: roomId, seq: (state.head += 1), at: Date.now(), author, seqs };
    this.log.push(event);
    this.tell(event);
  }

  cut(): void {
    void this.#socket?.close();
  }

  /** The newest command of a kind. */
  last<K extends ClientFrame['do']>(kind: K): Extract<ClientFrame, { do: K }> | undefined {
    return this.heard.findLast((frame): frame is Extract<ClientFrame, { do: K }> => frame.do === kind);
  }

  #room(id: number): RoomState {
    const state = this.rooms.find((room) => room.id === id);
    if (state === undefined) throw new Error(`no room ${id}`);
    return state;
  }

  #append(roomId: number, { author, text, txn }: { author: string; text: string; txn?: number }): number {
    const state = this.#room(roomId);
    state.first = 1;
    state.head += 1;
    this.log.push({ is: 'message', room: roomId, seq: state.head, at: Date.now(), author, text, ...(txn === undefined ? {} : { txn }) });
    return state.head;
  }

  #answer(frame: ClientFrame, hasCookie: boolean): void {
    const { txn } = frame;
    const reply = this.play(frame) ?? this.#usual(frame, hasCookie);
    if ('code' in reply) {
      const retry = reply.code < 2_000 ? 'never' : reply.code < 3_000 ? 'changed' : 'later';
      return this.tell({ is: 'reject', txn, retry, ...reply });
    }
    this.tell({ is: 'ack', txn, answer: reply });
  }

  #usual(frame: ClientFrame, hasCookie: boolean): Reply {
    const isForStrangers = ['hello', 'login', 'register', 'ping', 'bye'].includes(frame.do);
    if (this.isForAccounts && this.account === null && !isForStrangers) return { code: 2020, text: 'Este servidor é só para quem tem conta.' };
    switch (frame.do) {
      case 'hello': {
        if (!hasCookie) this.account = null;
        if (this.account === null) this.nick = frame.nick ?? 'convidado-7';
        const resumed = frame.session !== undefined;
        const ids = (frame.resume ?? []).map(({ room }) => room);
        const rooms = this.rooms.filter(({ id, kind }) => ids.includes(id) || (kind === 'direct' && this.account !== null));
        const account = this.account === null ? {} : { account: this.account, admin: false };
        const { nick, registration, greeting, ignored } = this;
        const about = { version: 1, server: 'stage', session: `s${(this.#sent += 1)}`, ends: 0, now: Date.now(), message_bytes: 65_536 };
        return { to: 'hello', ...about, nick, capabilities: ['rooms', 'accounts'], resumed, rooms, registration, greeting, ignored, ...account };
      }
      case 'login':
      case 'register':
        this.account = 3;
        this.nick = frame.nick ?? this.nick;
        return { to: frame.do, account: 3, nick: this.nick, admin: false, login: 'once', ends: 0 };
      case 'logout':
        return { to: 'logout', nick: 'convidado-7' };
      case 'join': {
        const name = frame.room.replace('#', '');
        const known = this.rooms.find((room) => room.name === name) ?? room(this.rooms.length + 1, name);
        if (!this.rooms.includes(known)) this.rooms.push(known);
        return { to: 'join', room: known, cut: false };
      }
      case 'leave':
        return { to: 'leave', room: frame.room };
      case 'post': {
        const seq = this.#append(frame.room, { author: this.nick, text: frame.text, txn: frame.txn });
        return { to: 'post', room: frame.room, seq, at: Date.now() };
      }
      case 'rooms':
        return { to: 'rooms', rooms: this.rooms.filter(({ kind }) => kind === 'public').map(({ id, name }) => ({ id, name, online: 2 })) };
      case 'who':
        return { to: 'who', room: frame.room, members: [...new Set([...this.members, this.nick])] };
      case 'history': {
        const { head } = this.#room(frame.room);
        const events = this.log.filter(({ room, seq }) => room === frame.room && seq < (frame.before ?? Infinity) && seq > (frame.after ?? 0));
        return { to: 'history', room: frame.room, first: head === 0 ? 0 : 1, head, events };
      }
      case 'direct': {
        const state = room(50 + this.rooms.length, frame.who, { kind: 'direct', role: 'member', read: 0 });
        this.rooms.push(state);
        return { to: 'direct', room: state };
      }
      case 'logins':
        return {
          to: 'logins',
          logins: [
            { id: 1, label: 'papo-web, 192.0.2.1', made: 0, seen: Date.now(), this: true },
            { id: 2, label: 'papo chat, 192.0.2.9', made: 0, seen: 0, this: false },
          ],
        };
      case 'tokens':
        return { to: 'tokens', nicks: [] };
      case 'new_token':
        return { to: 'new_token', nick: frame.nick, token: 'bot-secret' };
      case 'redact':
        this.redacts(frame.seq === undefined ? [] : [frame.seq], this.nick, frame.room);
        return { to: 'redact', count: 1 };
      case 'audit':
        return { to: 'audit', room: frame.room, entries: [{ at: 5, actor: 'Alice', act: 'ban', target: 'Eve', note: '1 h' }] };
      case 'typing':
        return { to: 'typing' };
      case 'ping':
        return { to: 'ping', now: Date.now() };
      case 'bye':
        return { to: 'bye' };
      default:
        return { to: 'done' };
    }
  }
}

export function room(id: number, name: string, more: Partial<RoomState> = {}): RoomState {
  return { id, epoch: 1, name, first: 0, head: 0, kind: 'public', role: 'guest', topic: '', ...more };
}
