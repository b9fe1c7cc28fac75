/** Drives the session: the world's events go into the machine, its effects out to socket, conversation and screen. */

import { isAtHome } from '../core/address';
import type { Ask, Command } from '../core/ask';
import { decode, encode, SUBPROTOCOL, type Answer } from '../core/codec';
import { COMMANDS } from '../core/commands';
import { goesOn, step, type Effect, type Input, type Told } from '../core/connection';
import { Conversation, type Account, type Invitation } from '../core/conversation';
import * as kept from '../core/kept';
import { failed, said } from '../core/note';
import { canPost, deadline, OFFLINE, type Connection, type Ending } from '../core/phase';
import { echoOf } from '../core/people';
import type { Pause } from '../core/place';
import type { Registration } from '../core/protocol.gen';
import { ordered, withPerson, type Room, type Rooms } from '../core/rooms';
import { bytesOf, read, type Typed } from '../core/slash';
import { Alarm, Frame, now, random } from '../io/clock';
import { forgetCookie, swapForCookie } from '../io/login';
import { Socket } from '../io/socket';
import { recallSession, rememberSession } from '../io/storage';
import { hasNetwork, isHidden, onGoing, onNetwork, onVisibility } from '../io/surroundings';
import { dialogs } from './dialogs.svelte';
import { form } from './form.svelte';
import { Scrollback } from './scrollback.svelte';
import { texts } from './texts.svelte';

/** Between two times that the tab's storage is brought up to date with how far rooms were told and read. */
const KEEP_EVERY_MS = 1_000;
/** The server tells of the same person typing no more often. */
const TYPING_EVERY_MS = 3_000;
/** Between two times that the server is told how far the account has read. */
const MARK_EVERY_MS = 1_000;
const PAGE_ABOVE = 50;
const PAGE_BETWEEN = 200;

/** How it went. Without words there was no line; `after`: milliseconds to wait. */
export type Outcome = { ok: true; answer: Answer } | { ok: false; words: string | null; code: number; after: number | null };

class Chat {
  /** What is on the screen: brought up to date once for each picture. */
  connection: Connection = $state.raw(OFFLINE);
  nick = $state('');
  directs: readonly Room[] = $state.raw([]);
  joined: readonly Room[] = $state.raw([]);
  others: readonly Room[] = $state.raw([]);
  open: Room | null = $state.raw(null);
  account: Account | null = $state.raw(null);
  registration: Registration = $state('closed');
  ignored: ReadonlySet<string> = $state.raw(new Set());
  invitations: readonly Invitation[] = $state.raw([]);
  /** Why nothing can be said in the open room for a while. */
  pause: Pause | null = $state.raw(null);
  unread: ReadonlyMap<number, number> = $state.raw(new Map());
  typing: { who: string[]; more: boolean } = $state.raw({ who: [], more: false });
  fillTrouble: string | null = $state(null);
  isFilling = $state(false);
  hasNetwork = $state(hasNetwork());
  /** The current second while something is counted down. */
  second = $state(now());

  readonly #frame = new Frame(() => this.#draw());
  readonly scrollback = new Scrollback(() => this.#frame.ask());

  #c: Connection = OFFLINE;
  #talk = new Conversation();
  #drawnRooms: Rooms | null = null;
  #keepAt: number | null = null;
  #toldTyping = 0;
  #markAt: number | null = null;
  readonly #forms = new Map<Ask, (outcome: Outcome) => void>();

  readonly #socket = new Socket({
    opened: (protocol) => this.#put({ is: 'opened', protocol }),
    received: (text) => {
      const frame = decode(text);
      if (frame !== null) this.#put({ is: 'frame', frame });
    },
    closed: () => this.#put({ is: 'closed' }),
  });
  readonly #alarm = new Alarm(() => this.#put({ is: 'time' }));
  readonly #countdown = new Alarm(() => {
    this.#tick();
    this.#frame.ask();
  });
  readonly #marker = new Alarm(() => this.#mark());
  readonly #typingEnds = new Alarm(() => this.#frame.ask());
  readonly #keeper = new Alarm(() => this.#keep());

  constructor() {
    onNetwork(() => {
      this.hasNetwork = hasNetwork();
      if (this.hasNetwork) this.hurry();
    });
    onVisibility(() => (isHidden() ? this.#frame.ask() : this.#looked()));
    onGoing(() => this.#keep());
    const before = kept.read(recallSession());
    if (before === null) {
      // Every new tab of a browser that is logged in is logged in.
      if (form.isLoggedIn && form.invite === '') this.connect();
      return;
    }
    this.#talk = Conversation.resumed(before);
    this.#put({ is: 'connect', address: before.address, nick: before.nick, lang: texts.language, before: kept.connectionOf(before) });
    this.#draw();
  }

  /** `first`: who one is, by a password. Without it one comes in by the browser's login, or as a guest. */
  connect(first?: Command): void {
    const address = form.parse();
    if (address === null) return;
    form.keep();
    if (!goesOn(this.#c, address)) this.#talk = new Conversation(form.room.trim());
    const common = { is: 'connect', address, lang: texts.language } as const;
    if (first !== undefined) return this.#put({ ...common, nick: '', first: { command: first, by: 'form', room: null } });
    this.#put({ ...common, nick: form.nick.trim(), login: form.isLoggedIn });
  }

  /** The browser's login is forgotten without a line to the server. */
  forgetLogin(): void {
    form.loggedIn(null);
    void forgetCookie();
  }

  disconnect(): void {
    this.#put({ is: 'disconnect' });
  }

  hurry(): void {
    this.#put({ is: 'hurry' });
  }

  useHere(): void {
    this.#put({ is: 'here' });
  }

  /** Takes what was typed. False when it must stay in the composer. */
  say(typed: string): boolean {
    const what = read(typed, this.#talk.open);
    if (what.is === 'nothing') return true;
    if (what.is === 'message') return this.#post(what.text);
    if (what.is === 'error' && !typed.trimStart().startsWith('/')) {
      this.#note(failed(what.words));
      return false;
    }
    const echo = echoOf(typed);
    if (echo !== null) this.#note({ is: 'typed', text: echo });
    this.#obey(what);
    this.scrollback.follow();
    return true;
  }

  /** Told at most every few seconds, however often it is called. */
  isTyping(): void {
    const room = this.#talk.open;
    if (room === null || this.#c.phase.at !== 'online' || now() - this.#toldTyping < TYPING_EVERY_MS) return;
    this.#toldTyping = now();
    this.#ask({ command: { do: 'typing', room }, by: 'page', room });
  }

  /** A room that was clicked: shown, and entered first if need be. */
  enter(room: Room): void {
    if (room.joined) this.#askAll(this.#talk.show(room.id));
    else this.#ask({ command: { do: 'join', room: room.name }, by: 'hand', room: this.#talk.open });
    this.#frame.ask();
  }

  /** The conversation with somebody, begun if need be. */
  meet(who: string): void {
    const known = withPerson(this.#talk.rooms, who);
    if (known !== undefined) return this.enter(known);
    this.#ask({ command: { do: 'direct', who }, by: 'hand', room: this.#talk.open });
  }

  /** For a form: how it went is told to it alone. */
  async do(command: Command): Promise<Outcome> {
    return new Promise((resolve) => {
      const ask: Ask = { command, by: 'form', room: this.#talk.open };
      this.#forms.set(ask, resolve);
      this.#ask(ask);
    });
  }

  /** By a menu: a refusal is told in the conversation. */
  order(command: Command): void {
    this.#ask({ command, by: 'hand', room: this.#talk.open });
  }

  accept(invitation: Invitation): void {
    this.enterByName(invitation.room.name);
  }

  decline(room: number): void {
    this.#talk.decline(room);
    this.#frame.ask();
  }

  enterByName(name: string): void {
    this.#ask({ command: { do: 'join', room: name }, by: 'hand', room: this.#talk.open });
  }

  leave(room: number): void {
    this.#ask({ command: { do: 'leave', room }, by: 'hand', room: this.#talk.open });
  }

  /** The next of the session's rooms, or the one before. */
  turn(by: 1 | -1): void {
    const all = [...this.directs, ...this.joined];
    const at = all.findIndex(({ id }) => id === this.#talk.open);
    const next = all[(at + by + all.length) % all.length];
    if (next !== undefined) this.enter(next);
  }

  sendAgain(txn: number): void {
    this.#put({ is: 'again', txn });
    this.scrollback.follow();
  }

  discard(txn: number): void {
    this.#put({ is: 'discard', txn });
  }

  /** A missing range came in sight. */
  fill(gap: { from: number; to: number; isTop: boolean }): void {
    const room = this.#talk.open;
    if (room === null || this.#c.phase.at !== 'online') return;
    const fromAbove = !gap.isTop && this.scrollback.goingDown && !this.scrollback.following;
    const slice = fromAbove ? { after: gap.from - 1 } : { before: gap.to + 1 };
    this.#askAll(this.#talk.fill(room, slice, gap.isTop ? PAGE_ABOVE : PAGE_BETWEEN));
    this.#frame.ask();
  }

  speak(language: typeof texts.language): void {
    texts.choose(language);
    this.#put({ is: 'speak', lang: language });
  }

  #post(text: string): boolean {
    const room = this.#talk.open;
    if (room === null || !canPost(this.#c)) return false;
    if (bytesOf(text) > this.#c.messageBytes) {
      this.#note(failed({ key: 'tooLong', values: { kib: Math.floor(this.#c.messageBytes / 1024) } }));
      return false;
    }
    this.#talk.here.readBefore = null;
    this.#toldTyping = 0;
    this.#put({ is: 'post', room, text });
    this.scrollback.follow();
    return true;
  }

  #obey(what: Exclude<Typed, { is: 'nothing' | 'message' }>): void {
    const room = this.#talk.open;
    switch (what.is) {
      case 'ask':
        return this.#ask({ command: what.command, by: 'typed', room });
      case 'history': {
        const oldest = this.#talk.here.timeline.entries[0]?.seq ?? this.#talk.here.timeline.head + 1;
        if (room !== null) this.#askAll(this.#talk.fill(room, { before: oldest }, what.limit, 'typed'));
        return;
      }
      case 'speak':
        return this.speak(what.language);
      case 'whisper':
        return void this.#whisper(what.to, what.text);
      case 'answer': {
        const to = this.#talk.lastDirect;
        if (to === null || !this.#talk.isIn(to)) return this.#note(failed({ key: 'nobodyToAnswer' }));
        this.#askAll(this.#talk.show(to));
        return void this.#post(what.text);
      }
      case 'bot':
        return dialogs.show({ is: 'account', bot: what });
      case 'show':
        return this.#show(what.view);
      case 'help':
        return this.#note(said(...COMMANDS.map(({ line }) => ({ key: line })), { key: 'helpMore' as const }));
      case 'error':
        return this.#note(failed(what.words));
      case 'quit':
        return this.disconnect();
    }
  }

  async #whisper(to: string, text: string): Promise<void> {
    const known = withPerson(this.#talk.rooms, to);
    if (known === undefined) {
      const outcome = await this.do({ do: 'direct', who: to });
      if (!outcome.ok) return this.#note(failed(outcome.words === null ? { key: 'noLine' } : { raw: outcome.words }));
    } else this.#askAll(this.#talk.show(known.id));
    this.#post(text);
  }

  #show(view: Extract<Typed, { is: 'show' }>['view']): void {
    const room = this.#talk.open;
    if (view === 'account') return dialogs.show({ is: 'account' });
    if (view === 'login' || view === 'register') return dialogs.show({ is: 'credentials', mode: view });
    if (room === null) return;
    if (view === 'audit') dialogs.show({ is: 'audit', room });
    else dialogs.act('close', room);
  }

  #note(note: Parameters<Conversation['note']>[0]): void {
    this.#talk.note(note, this.#talk.open, now());
    this.#frame.ask();
  }

  #looked(): void {
    this.#talk.markUnread();
    this.hurry();
    this.#frame.ask();
  }

  #ask(ask: Ask): void {
    this.#put({ is: 'ask', ask });
  }

  #askAll(asks: Ask[]): void {
    for (const ask of asks) this.#ask(ask);
  }

  #put(input: Input): void {
    const before = this.#c;
    const [next, effects] = step(before, input, { now: now(), random: random() });
    this.#c = next;
    // Before anything leaves: after a crash the same message must have the same txn.
    if (next.posts !== before.posts || next.token !== before.token) this.#keep();
    if (before.phase.at === 'online' && next.nick !== before.nick) this.#named(next.nick);
    if (next.login.as !== before.login.as) this.#loginIs(next);
    if (next.phase.at === 'idle' && before.phase.at !== 'idle') this.#ended(next.phase.ending);
    for (const effect of effects) this.#carryOut(effect);
    this.#alarm.set(deadline(this.#c));
    this.#tick();
    this.#frame.ask();
  }

  #loginIs({ login: { as }, nick, phase }: Connection): void {
    if (as !== 'nobody') form.invite = '';
    if (as === 'kept') form.loggedIn(nick);
    else if (as === 'nobody' && (phase.at !== 'idle' || phase.ending.why === 'login')) form.loggedIn(null);
  }

  #ended({ why }: Ending): void {
    dialogs.close();
    if (why !== 'login') return;
    // What was on the screen may be for the account's eyes only.
    this.#talk = new Conversation(form.room.trim());
    if (form.way === 'guest') form.way = 'login';
  }

  #named(nick: string): void {
    form.nick = nick;
    form.keep();
  }

  #carryOut(effect: Effect): void {
    switch (effect.do) {
      case 'open':
        return this.#socket.open(effect.address, effect.plain ? [] : [SUBPROTOCOL]);
      case 'close':
        return this.#socket.close();
      case 'transmit':
        return this.#socket.send(encode(effect.frame));
      case 'tell':
        this.#askAll(this.#talk.told(effect.told, now()));
        return this.#settle(effect.told);
      case 'swap': {
        const swap = isAtHome(location, this.#c.address) ? swapForCookie(effect.login) : Promise.resolve(false);
        return void swap.then((ok) => this.#put({ is: 'swapped', ok }));
      }
      case 'forget':
        return this.forgetLogin();
    }
  }

  /** A form that asked is told how it went. */
  #settle(told: Told): void {
    if (told.is !== 'answered' && told.is !== 'refused') return;
    const resolve = this.#forms.get(told.ask);
    this.#forms.delete(told.ask);
    if (told.is === 'answered') resolve?.({ ok: true, answer: told.answer });
    else resolve?.({ ok: false, words: told.words, code: told.code, after: told.after });
  }

  #draw(): void {
    const talk = this.#talk;
    if (this.scrollback.following && !isHidden()) talk.readAll();
    // What was said in a room that is left or gone must be seen somewhere.
    const posts = this.#c.posts.filter(({ room }) => room === talk.open || !talk.isIn(room));
    this.scrollback.draw(talk.here, posts);
    this.connection = this.#c;
    this.nick = talk.nick === '' ? this.#c.nick : talk.nick;
    this.#drawRooms();
    this.isFilling = talk.here.isFilling;
    this.fillTrouble = talk.here.fillTrouble;
    const { until, ...typing } = talk.typists.of(talk.open ?? 0, now());
    if (typing.who.join() !== this.typing.who.join() || typing.more !== this.typing.more) this.typing = typing;
    this.#typingEnds.set(until);
    this.#drawPeople();
    this.#keepSoon();
    if (this.#c.phase.at === 'online' && talk.account !== null) this.#markSoon();
  }

  #drawPeople(): void {
    const { account, registration, ignored, invitations, here } = this.#talk;
    this.account = account;
    this.registration = registration;
    this.ignored = ignored;
    this.invitations = [...invitations.values()];
    if (here.pause !== null && here.pause.until <= now()) here.pause = null;
    this.pause = here.pause;
    if (this.pause !== null) this.#tick();
  }

  #drawRooms(): void {
    const { rooms } = this.#talk;
    if (rooms !== this.#drawnRooms) {
      this.#drawnRooms = rooms;
      ({ directs: this.directs, joined: this.joined, others: this.others } = ordered(rooms));
    }
    this.open = this.#talk.open === null ? null : (rooms.get(this.#talk.open) ?? null);
    const unread = new Map([...this.directs, ...this.joined].map(({ id }) => [id, this.#talk.unread(id)]));
    if ([...unread].some(([id, n]) => this.unread.get(id) !== n) || unread.size !== this.unread.size) this.unread = unread;
    // What the form offers next time.
    if (this.#c.phase.at !== 'online' || this.open === null || this.open.kind === 'direct' || form.room === this.open.name) return;
    form.room = this.open.name;
    form.keep();
  }

  /** How far the account has read, once for all that is read in a short while. */
  #markSoon(): void {
    if (this.#markAt !== null) return;
    this.#markAt = now() + MARK_EVERY_MS;
    this.#marker.set(this.#markAt);
  }

  #mark(): void {
    this.#markAt = null;
    if (this.#c.phase.at === 'online') this.#askAll(this.#talk.unmarked());
  }

  #keepSoon(): void {
    if (this.#keepAt !== null) return;
    this.#keepAt = now() + KEEP_EVERY_MS;
    this.#keeper.set(this.#keepAt);
  }

  #keep(): void {
    this.#keepAt = null;
    rememberSession(kept.write(this.#c, this.#talk));
  }

  #tick(): void {
    if (this.#c.phase.at !== 'waiting' && this.pause === null) return this.#countdown.set(null);
    this.second = now();
    this.#countdown.set(this.second + 1_000);
  }
}

export const chat = new Chat();
