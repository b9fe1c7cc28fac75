/** Drives the connection: the world's events go into the machine, its effects out to socket and screen. */

import { step, type Effect, type Input } from '../core/connection';
import { compose, decode, type Frame } from '../core/frame';
import { canPost, deadline, OFFLINE, type Connection } from '../core/phase';
import { wishFor } from '../core/wish';
import { Alarm, now, random } from '../io/clock';
import { Socket } from '../io/socket';
import { hasNetwork, isHidden, onNetwork, onVisibility } from '../io/surroundings';
import { form } from './form.svelte';
import { Scrollback } from './scrollback.svelte';

class Chat {
  readonly scrollback = new Scrollback();
  connection: Connection = $state.raw(OFFLINE);
  hasNetwork = $state(hasNetwork());
  /** The current second while something is counted down. */
  second = $state(now());

  readonly #socket = new Socket({
    opened: () => this.#put({ is: 'opened' }),
    received: (text) => this.#put({ is: 'frame', frame: decode(text) }),
    closed: () => this.#put({ is: 'closed' }),
  });
  readonly #alarm = new Alarm(() => this.#put({ is: 'time' }));
  readonly #countdown = new Alarm(() => this.#tick());

  constructor() {
    onNetwork(() => {
      this.hasNetwork = hasNetwork();
      if (this.hasNetwork) this.hurry();
    });
    onVisibility(() => {
      if (isHidden()) return;
      this.scrollback.seen();
      this.hurry();
    });
  }

  connect(): void {
    const address = form.parse();
    if (address === null) return;
    form.keep();
    this.#put({ is: 'connect', address, wish: wishFor(form.nick, form.room) });
  }

  disconnect(): void {
    this.#put({ is: 'disconnect' });
  }

  hurry(): void {
    this.#put({ is: 'hurry' });
  }

  /** False when it must stay in the composer. */
  post(typed: string): boolean {
    const posting = compose(typed);
    if (posting === null) return true;
    if (!canPost(this.connection)) return false;
    const { nick, room } = this.connection.wish;
    const id = this.scrollback.add(
      posting.kind === 'command'
        ? { kind: 'command', text: posting.text, delivery: 'pending' }
        : { kind: 'message', room: room ?? '', author: nick, text: posting.text, own: true, delivery: 'pending' },
    );
    this.#put({ is: 'post', id, posting });
    this.scrollback.follow();
    return true;
  }

  #put(input: Input): void {
    const wished = this.connection.wish;
    const [next, effects] = step(this.connection, input, { now: now(), random: random() });
    this.connection = next;
    for (const effect of effects) this.#carryOut(effect);
    this.#alarm.set(deadline(next));
    if (next.wish !== wished) this.#keepWish();
    this.#tick();
  }

  #carryOut(effect: Effect): void {
    switch (effect.do) {
      case 'open':
        return this.#socket.open(effect.address);
      case 'close':
        return this.#socket.close();
      case 'transmit':
        return this.#socket.send(effect.text);
      case 'show':
        return this.#show(effect.frame);
      case 'settle':
        return this.scrollback.settle(effect.id, effect.delivery);
      case 'mark':
        this.scrollback.add({ kind: 'link', event: effect.event });
    }
  }

  #show(frame: Frame): void {
    if (frame.kind === 'message') this.scrollback.add({ ...frame, own: false });
    else if (frame.text !== '') this.scrollback.add(frame);
  }

  /** A name or room taken by a command is also what the form offers next time. */
  #keepWish(): void {
    const { nick, room } = this.connection.wish;
    form.nick = nick;
    if (room !== null) form.room = room;
    form.keep();
  }

  #tick(): void {
    if (this.connection.phase.at !== 'waiting') return this.#countdown.set(null);
    this.second = now();
    this.#countdown.set(this.second + 1_000);
  }
}

export const chat = new Chat();
