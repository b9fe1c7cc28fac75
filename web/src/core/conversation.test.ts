import { describe, expect, it } from 'vitest';
import type { Ask, Command } from './ask';
import type { Answer, Heard } from './codec';
import type { Told } from './connection';
import { Conversation } from './conversation';
import type { Note } from './note';
import { isOver } from './rights';
import { ordered } from './rooms';
import type { RoomState } from './protocol.gen';

const room = (id: number, name: string, head = 10, epoch = 1): RoomState => ({
  ...{ id, epoch, name, first: head === 0 ? 0 : 1, head },
  ...{ kind: 'public', role: 'guest', topic: '' },
});
const GERAL = room(1, 'geral');
const JOGOS = room(2, 'jogos', 0);

/** A conversation that is told things, and what it asks next. */
class Talk {
  asked: string[] = [];

  constructor(readonly of = new Conversation('geral')) {}

  tell(told: Told): this {
    return this.add(this.of.told(told, 0));
  }

  add(asks: Ask[]): this {
    this.asked.push(...asks.map(({ command }) => Object.values(command).join(' ')));
    return this;
  }

  frame(frame: Extract<Told, { is: 'frame' }>['frame']): this {
    return this.tell({ is: 'frame', frame });
  }

  answer(command: Command, answer: Answer, by: Ask['by'] = 'page'): this {
    return this.tell({ is: 'answered', ask: { command, by, room: this.of.open }, answer });
  }

  hello(...rooms: RoomState[]): this {
    return this.helloTo({}, ...rooms);
  }

  helloTo(more: { account?: number; greeting?: string; resumed?: boolean; ignored?: string[] }, ...rooms: RoomState[]): this {
    const answer = { version: 1, server: 'papo', session: 't', ends: 0, nick: 'ana', now: 0, capabilities: [], message_bytes: 9, resumed: false };
    return this.tell({ is: 'welcomed', hello: { to: 'hello', registration: 'open', greeting: '', ...answer, ...more, rooms } });
  }

  join(state: RoomState, by: Ask['by'] = 'hand'): this {
    return this.answer({ do: 'join', room: state.name }, { to: 'join', room: state, cut: false }, by);
  }

  message(room: number, seq: number, txn?: number): this {
    return this.frame({ is: 'message', room, seq, at: seq, author: 'bob', text: 'oi', ...(txn === undefined ? {} : { txn }) });
  }

  /** What was asked since the last look. */
  expect(...lines: string[]): this {
    expect(this.asked).toEqual(lines);
    this.asked = [];
    return this;
  }

  members(room: number): string | undefined {
    return this.of.rooms.get(room)?.members?.join(' ');
  }

  notes(room: number | null = this.of.open): string[] {
    return this.of.at(room).timeline.locals.map(({ note }) => noteLine(note));
  }
}

function noteLine(note: Note): string {
  if (note.is === 'said') return note.lines.map((words) => ('raw' in words ? words.raw : 'key' in words ? words.key : words.usage)).join(' ');
  if (note.is === 'presence') return `${note.what} ${note.who.join(' ')}`;
  return note.is;
}

const people = (is: 'entered' | 'left' | 'lost', room: number, ...who: string[]): Extract<Heard, { is: 'entered' }> => ({ is, room, who }) as never;

describe('a session', () => {
  it('asks for the rooms once, enters the wished one and asks who is there', () => {
    const talk = new Talk().hello().expect('rooms', 'join geral').join(GERAL).expect('who 1');
    talk.answer({ do: 'who', room: 1 }, { to: 'who', room: 1, members: ['Bob', 'ana', 'Álvaro'] }).expect();
    expect(talk.members(1)).toBe('Álvaro ana Bob');
    expect(talk.of.open).toBe(1);
  });

  it('stays in the rooms of the list, and goes on where it was', () => {
    const talk = new Talk().hello().join(GERAL).join(JOGOS).message(2, 1).expect('rooms', 'join geral', 'who 1', 'who 2');
    talk.tell({ is: 'lost' }).hello(JOGOS).expect('rooms', 'who 2');
    expect(talk.of.rooms.get(1)?.joined).toBe(false);
    expect(talk.of.at(2).timeline.entries.length).toBe(1);
    expect(talk.notes()).toEqual(['link', 'link']);
  });

  it('asks for the wished room until it is answered', () => {
    const talk = new Talk().hello().expect('rooms', 'join geral');
    const ask: Ask = { command: { do: 'join', room: 'geral' }, by: 'page', room: null };
    talk.tell({ is: 'refused', ask, words: null, code: 0, after: null }).hello().expect('rooms', 'join geral');
    talk.tell({ is: 'refused', ask, words: 'não', code: 2005, after: null }).hello().expect('rooms');
    expect(talk.notes()).toEqual(['não']);
  });

  it('tells of another name than it had', () => {
    const talk = new Talk().hello().join(GERAL);
    talk.of.nick = 'anita';
    talk.hello(GERAL);
    expect([talk.of.nick, talk.notes()]).toEqual(['ana', ['nickIs']]);
  });

  it('of before a reload begins with what the tab kept', () => {
    const rooms = [{ id: 1, name: 'geral', kind: 'public' as const, epoch: 1, seq: 8, read: 5 }];
    const talk = new Talk(Conversation.resumed({ address: '', nick: 'ana', token: '', lastTxn: 0, open: 1, wished: '', login: false, rooms, posts: [] }));
    expect(talk.of.isIn(1)).toBe(true);
    expect([talk.of.name(1), talk.of.unread(1), talk.of.here.timeline.missing]).toEqual(['geral', 3, []]);
    talk.hello(GERAL).expect('rooms', 'who 1');
    expect([talk.of.unread(1), talk.of.here.timeline.missing]).toEqual([3, [{ from: 1, to: 8 }]]);
    talk.message(1, 9).message(1, 10);
    expect(talk.of.unread(1)).toBe(5);
    expect(talk.notes()).toEqual([]);
  });
});

describe('rooms', () => {
  it('are those of the list, then follow the changes; a stale list is asked for once more', () => {
    const talk = new Talk().hello().join(GERAL).expect('rooms', 'join geral', 'who 1');
    const info = (id: number, name: string, online: number) => ({ id, name, online });
    talk.answer({ do: 'rooms' }, { to: 'rooms', rooms: [info(1, 'geral', 2), info(3, 'b', 1), info(4, 'a', 1), info(5, 'c', 9)] });
    const names = () => {
      const { joined, others } = ordered(talk.of.rooms);
      return [...joined, ...others].map(({ name, online }) => `${name} ${online}`).join(', ');
    };
    expect(names()).toBe('geral 2, c 9, a 1, b 1');
    talk.frame({ is: 'rooms', changed: [info(6, 'd', 0), info(4, 'a', 4)], gone: [5, 1] }).expect();
    expect(names()).toBe('geral 2, a 4, b 1, d 0');
    talk.frame({ is: 'rooms', changed: [], gone: [], stale: true }).expect('rooms');
  });

  it('that are private have their names to themselves, also when they are left', () => {
    const talk = new Talk().hello().join(GERAL).join({ ...JOGOS, kind: 'private' });
    const others = () => ordered(talk.of.rooms).others.map(({ id, kind }) => `${id} ${kind}`);
    talk.frame({ is: 'rooms', changed: [{ id: 7, name: 'Jogos', online: 3 }], gone: [] });
    expect(others()).toEqual([]);
    talk.answer({ do: 'leave', room: 2 }, { to: 'leave', room: 2 }, 'typed');
    expect(others()).toEqual(['2 private']);
    talk.answer({ do: 'rooms' }, { to: 'rooms', rooms: [{ id: 2, name: 'jogos', online: 0, private: true }, { id: 7, name: 'Jogos', online: 3 }] });
    expect(others()).toEqual(['2 private']);
    talk.frame({ is: 'gone', room: 2 });
    talk.frame({ is: 'rooms', changed: [{ id: 7, name: 'Jogos', online: 4 }], gone: [] });
    expect(others()).toEqual(['7 public']);
  });

  it('that are left or gone make way for another', () => {
    const talk = new Talk().hello().join(GERAL).join(JOGOS);
    talk.answer({ do: 'leave', room: 2 }, { to: 'leave', room: 2 }, 'typed');
    expect([talk.of.open, talk.notes()]).toEqual([1, ['youLeft']]);
    talk.frame({ is: 'gone', room: 1 });
    expect([talk.of.open, talk.notes(), talk.of.rooms.has(1)]).toEqual([null, ['roomGone'], false]);
  });

  it('of another log begin anew', () => {
    const talk = new Talk().hello().join(GERAL).message(1, 11).frame({ is: 'reset', room: room(1, 'geral', 3, 2) });
    expect([talk.of.here.timeline.entries.length, talk.of.here.timeline.missing]).toEqual([0, [{ from: 1, to: 3 }]]);
    expect([talk.of.unread(1), talk.notes()]).toEqual([0, ['roomBeganAnew']]);
  });
});

describe('members', () => {
  it('follow who comes and goes', () => {
    const talk = new Talk().hello().join(GERAL);
    talk.frame(people('entered', 1, 'cedo'));
    expect(talk.members(1)).toBeUndefined();
    talk.answer({ do: 'who', room: 1 }, { to: 'who', room: 1, members: ['ana', 'bob'] });
    talk.frame(people('entered', 1, 'Caio', 'bia')).frame(people('entered', 1, 'bia'));
    expect(talk.members(1)).toBe('ana bia bob Caio');
    talk.frame(people('left', 1, 'bob')).frame(people('lost', 1, 'Caio')).frame({ is: 'renamed', room: 1, from: 'bia', to: 'zoé' });
    expect(talk.members(1)).toBe('ana zoé');
    talk.answer({ do: 'nick', nick: 'yara' }, { to: 'nick', nick: 'yara', cut: false }, 'typed');
    expect(talk.members(1)).toBe('yara zoé');
    expect(talk.notes()).toEqual(['entered cedo Caio bia', 'left bob', 'lost Caio', 'renamed', 'nickIs']);
  });

  it('are asked for once for each line', () => {
    const talk = new Talk().hello().join(GERAL).answer({ do: 'who', room: 1 }, { to: 'who', room: 1, members: [] });
    talk.join(JOGOS).expect('rooms', 'join geral', 'who 1', 'who 2').add(talk.of.show(1)).expect();
    talk.tell({ is: 'lost' }).hello(GERAL, JOGOS).expect('rooms', 'who 1').add(talk.of.show(2)).expect('who 2');
  });

  it('are asked for again when changes were left out, once the room is looked at', () => {
    const talk = new Talk().hello().join(JOGOS).join(GERAL);
    for (const room of [1, 2]) talk.answer({ do: 'who', room }, { to: 'who', room, members: [] });
    talk.expect('rooms', 'join geral', 'who 2', 'who 1');
    talk.frame({ is: 'stale', room: 1 }).expect('who 1').frame({ is: 'stale', room: 2 }).expect().add(talk.of.show(2)).expect('who 2');
  });

  it('who type are shown for a while, and not while they have just spoken', () => {
    const talk = new Talk().hello().join(GERAL);
    for (const who of ['bob', 'bia', 'caio', 'davi']) talk.frame({ is: 'typing', room: 1, who });
    expect(talk.of.typists.of(1, 0)).toEqual({ who: ['bob', 'bia', 'caio'], more: true, until: 5_000 });
    talk.message(1, 11);
    expect(talk.of.typists.of(1, 4_999)).toMatchObject({ who: ['bia', 'caio', 'davi'], more: false });
    expect(talk.of.typists.of(1, 5_000)).toEqual({ who: [], more: false, until: null });
  });
});

describe('unread messages', () => {
  it('are counted until the room is looked at, and marked when it is opened', () => {
    const talk = new Talk().hello().join(GERAL).join(JOGOS);
    talk.message(1, 11).message(1, 12).message(2, 1);
    expect([talk.of.unread(1), talk.of.unread(2)]).toEqual([2, 1]);
    talk.of.readAll();
    talk.add(talk.of.show(1));
    expect([talk.of.unread(2), talk.of.here.readBefore]).toEqual([0, 10]);
    talk.of.readAll();
    expect(talk.of.unread(1)).toBe(0);
  });

  it('are not one’s own', () => {
    const talk = new Talk().hello().join(GERAL);
    const post = { txn: 5, room: 1, text: 'oi', at: 0, state: 'waiting' as const, sent: 'now' as const, notBefore: 0, reason: '' };
    talk.tell({ is: 'posted', post, seq: 11, at: 7 });
    expect(talk.of.unread(1)).toBe(0);
    expect(talk.of.here.timeline.entries).toEqual([{ seq: 11, at: 7, author: 'ana', text: 'oi', own: true }]);
  });
});

describe('history', () => {
  it('is asked for once at a time, and again when a person says so after a refusal', () => {
    const talk = new Talk().hello().join(GERAL).expect('rooms', 'join geral', 'who 1');
    const ask = talk.of.fill(1, { before: 11 }, 50)[0] as Ask;
    expect(ask.command).toEqual({ do: 'history', room: 1, before: 11, limit: 50 });
    expect(talk.of.fill(1, { before: 11 }, 50)).toEqual([]);
    talk.tell({ is: 'refused', ask, words: 'não', code: 2005, after: null });
    expect([talk.of.here.fillTrouble, talk.of.here.isFilling, talk.notes()]).toEqual(['não', false, []]);
    talk.add(talk.of.fill(1, { before: 11 }, 50)).expect('history 1 11 50');
    talk.tell({ is: 'answered', ask, answer: { to: 'history', room: 1, first: 1, head: 10, events: [] } });
    expect([talk.of.here.fillTrouble, talk.of.here.isFilling, talk.of.here.timeline.missing]).toEqual([null, false, []]);
  });
});

describe('people', () => {
  const direct = (head: number, read?: number): RoomState => ({ ...room(9, 'Bob', head), kind: 'direct', role: 'member', ...(read === undefined ? {} : { read }) });

  it('who are spoken with alone stand apart, with what is not read, and nothing opens by itself', () => {
    const talk = new Talk().helloTo({ account: 3 }, GERAL).frame({ is: 'direct', room: direct(12, 10) }).message(9, 13);
    expect([talk.of.open, talk.of.unread(9), talk.of.lastDirect]).toEqual([1, 3, 9]);
    expect(ordered(talk.of.rooms).directs.map(({ name }) => name)).toEqual(['Bob']);
    talk.expect('rooms', 'who 1').add(talk.of.show(9)).expect();
    talk.of.readAll();
    talk.add(talk.of.unmarked()).expect('read 9 13').add(talk.of.unmarked()).expect();
  });

  it('who were read in another tab are read in this one, as far as it was told', () => {
    const talk = new Talk().helloTo({ account: 3 }, GERAL).frame({ is: 'direct', room: direct(12, 10) }).message(9, 13);
    talk.frame({ is: 'read', room: 9, seq: 12 });
    expect([talk.of.unread(9), talk.of.unmarked()]).toEqual([1, []]);
    talk.frame({ is: 'read', room: 9, seq: 14 }).message(9, 14);
    expect([talk.of.unread(9), talk.of.unmarked()]).toEqual([1, []]);
    talk.frame({ is: 'read', room: 9, seq: 11 }).frame({ is: 'read', room: 7, seq: 1 });
    expect(talk.of.unread(9)).toBe(1);
  });

  it('who look after a room are known by what is told, also under another name', () => {
    const talk = new Talk().hello(GERAL);
    talk.answer({ do: 'who', room: 1 }, { to: 'who', room: 1, members: ['bob', 'eva'], roles: [{ who: 'bob', role: 'owner' }] });
    talk.frame({ is: 'renamed', room: 1, from: 'bob', to: 'beto' });
    talk.frame({ is: 'changed', room: 1, by: 'beto', change: { of: 'role', who: 'ana', role: 'moderator' } });
    talk.answer({ do: 'op', room: 1, who: 'eva' }, { to: 'done' });
    const roles = () => Object.fromEntries(talk.of.rooms.get(1)?.roles ?? []);
    expect(roles()).toEqual({ beto: 'owner', ana: 'moderator', eva: 'moderator' });
    talk.answer({ do: 'deop', room: 1, who: 'eva' }, { to: 'done' });
    expect(roles()['eva']).toBe('member');
    const room = talk.of.rooms.get(1);
    expect(room && ['beto', 'ana', 'eva', 'zoe'].map((who) => isOver(room, who))).toEqual([false, false, true, true]);
    const admin = room && { ...room, role: 'admin' as const };
    expect(admin && [isOver(admin, 'beto'), isOver({ ...admin, roles: new Map([['zoe', 'admin' as const]]) }, 'zoe')]).toEqual([true, false]);
  });

  it('who begin to speak are new altogether', () => {
    const talk = new Talk().hello(GERAL).frame({ is: 'direct', room: direct(1) }).message(9, 1);
    expect(talk.of.unread(9)).toBe(1);
    expect(talk.of.unmarked()).toEqual([]);
  });

  it('who invite are shown until one enters or declines', () => {
    const talk = new Talk().hello(GERAL).frame({ is: 'invited', room: JOGOS, by: 'bob' });
    expect([...talk.of.invitations.keys()]).toEqual([2]);
    talk.join(JOGOS);
    expect([...talk.of.invitations.keys()]).toEqual([]);
  });

  it('who take one out say why', () => {
    const talk = new Talk().hello(GERAL, JOGOS).frame({ is: 'removed', room: 1, by: 'bob', why: 'gritou', banned: true, closed: false });
    expect([talk.of.open, talk.notes(), talk.of.rooms.get(1)?.joined]).toEqual([2, ['youWereBanned reasonGiven'], false]);
    talk.frame({ is: 'removed', room: 1, by: 'bob', why: '', banned: false, closed: false });
    expect(talk.notes().length).toBe(1);
  });

  it('who end a room themselves are told by the answer alone', () => {
    const talk = new Talk().hello(GERAL, JOGOS);
    talk.answer({ do: 'close', room: 1 }, { to: 'done' }, 'form');
    expect([talk.of.open, talk.notes(), talk.of.rooms.has(1)]).toEqual([2, ['roomClosed'], false]);
  });

  it('change a room, and whoever does sees it by the answer', () => {
    const talk = new Talk().hello(GERAL);
    talk.frame({ is: 'changed', room: 1, by: 'bob', change: { of: 'role', who: 'ana', role: 'owner' } });
    talk.frame({ is: 'changed', room: 1, by: 'bob', change: { of: 'slow', seconds: 30 } });
    talk.answer({ do: 'topic', room: 1, topic: 'xadrez' }, { to: 'done' });
    expect(talk.of.rooms.get(1)).toMatchObject({ role: 'owner', slow: 30, topic: 'xadrez' });
    expect(talk.notes()).toEqual(['changed', 'changed']);
  });

  it('wait in a slow room after each message, and while they are muted', () => {
    const talk = new Talk().hello({ ...GERAL, slow: 30 });
    const post = { txn: 5, room: 1, text: 'oi', at: 0, state: 'waiting' as const, sent: 'now' as const, notBefore: 0, reason: '' };
    talk.tell({ is: 'posted', post, seq: 11, at: 7 });
    expect(talk.of.here.pause).toMatchObject({ why: 'slow', until: 30_000 });
    talk.frame({ is: 'changed', room: 1, by: 'bob', change: { of: 'muted', who: 'ana', seconds: 60 } });
    expect(talk.of.here.pause).toMatchObject({ why: 'muted', until: 60_000 });
    talk.frame({ is: 'changed', room: 1, by: 'bob', change: { of: 'muted', who: 'ana', seconds: 0 } });
    expect(talk.of.here.pause).toBeNull();
    talk.tell({ is: 'unposted', post, code: 2037, words: 'sem voz' });
    expect(talk.of.here.pause).toMatchObject({ why: 'barred', words: 'sem voz' });
  });

  it('are greeted once, in the first room; announcements are told where one is', () => {
    const talk = new Talk().helloTo({ greeting: 'oi' }).join(GERAL);
    talk.tell({ is: 'lost' }).helloTo({ greeting: 'oi' }, GERAL).frame({ is: 'notice', about: 'announcement', text: 'x' });
    expect(talk.notes()).toEqual(['announced', 'link', 'link', 'announced']);
  });

  it('may have another name by the server’s will', () => {
    const talk = new Talk().hello(GERAL).frame({ is: 'named', nick: 'convidado-7' });
    expect([talk.of.nick, talk.notes()]).toEqual(['convidado-7', ['nameReclaimed']]);
  });

  it('whom one does not want to hear are neither shown nor counted', () => {
    const talk = new Talk().helloTo({ ignored: ['bob'] }, GERAL).message(1, 11);
    expect(talk.of.unread(1)).toBe(0);
    talk.answer({ do: 'unignore', who: 'bob' }, { to: 'done' }, 'hand').message(1, 12);
    expect([talk.of.unread(1), talk.of.ignored.size, talk.notes()]).toEqual([1, 0, ['notIgnored']]);
  });
});

describe('typed commands', () => {
  it('are answered in words', () => {
    const talk = new Talk().hello().join(GERAL);
    talk.answer({ do: 'rooms' }, { to: 'rooms', rooms: [{ id: 1, name: 'geral', online: 2 }] }, 'typed');
    talk.answer({ do: 'who', room: 1 }, { to: 'who', room: 1, members: ['ana', 'bob'] }, 'typed');
    talk.answer({ do: 'create', room: 'x' }, { to: 'create', room: room(9, 'x'), existed: false, cut: false }, 'typed');
    talk.tell({ is: 'refused', ask: { command: { do: 'nick', nick: 'x' }, by: 'typed', room: 1 }, words: 'em uso', code: 2001, after: null });
    talk.tell({ is: 'refused', ask: { command: { do: 'rooms' }, by: 'typed', room: 1 }, words: null, code: 0, after: null });
    expect(talk.notes()).toEqual(['roomsTotal ● #geral · 2', 'membersTotal ana bob', 'roomCreated', 'em uso', 'noLine']);
    talk.join(JOGOS, 'typed');
    expect(talk.notes()).toEqual(['youEntered']);
  });
});
