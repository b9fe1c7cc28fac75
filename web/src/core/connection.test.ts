import { describe, expect, it } from 'vitest';
import type { Command } from './ask';
import type { Input } from './connection';
import { connectionOf, read, write } from './kept';
import { Conversation } from './conversation';
import { canPost, deadline, OFFLINE, WAITING_POSTS } from './phase';
import { GERAL, Page, START } from './playing';

const who: Command = { do: 'who', room: 1 };
const ask = (command: Command): Input => ({ is: 'ask', ask: { command, by: 'page', room: 1 } });

describe('the first connect', () => {
  it('says hello with the wished name, or as a guest', () => {
    new Page().connect().expect('open ws://papo/').opened().expect('> hello ana').hello().expect('welcomed').check();
    new Page().connect('').opened().expect('open ws://papo/', '> hello guest');
    expect(new Page().online().c).toMatchObject({ token: 't1', nick: 'ana', messageBytes: 99 });
  });

  it('shows a refused name to the person instead of making a guest', () => {
    const page = new Page().connect().opened().clear().reject(2001, 'changed').expect('close').check('idle');
    expect(page.c.phase).toEqual({ at: 'idle', ending: { why: 'name', words: 'no 2001' } });
    page.connect('bia').opened().expect('open ws://papo/', '> hello bia');
  });

  it('tells a server that is not there from one that speaks something else', () => {
    const page = new Page().connect().do({ is: 'closed' }).expect('open ws://papo/', 'open plain ws://papo/').check('probing');
    page.do({ is: 'closed' });
    expect(page.c.phase).toEqual({ at: 'idle', ending: { why: 'unreachable' } });
    page.connect().do({ is: 'closed' }).do({ is: 'opened', protocol: '' });
    expect(page.c.phase).toEqual({ at: 'idle', ending: { why: 'dialect' } });
    page.connect().do({ is: 'opened', protocol: '' });
    expect(page.c.phase).toEqual({ at: 'idle', ending: { why: 'dialect' } });
  });

  it('waits when the server asks for it, and gives up on one that does not answer', () => {
    const page = new Page().connect().opened().clear().reject(3001, 'later', 200).expect().wait();
    expect(page.now - START).toBe(200);
    page.expect('> hello ana').wait().expect('close');
    expect(page.c.phase).toEqual({ at: 'idle', ending: { why: 'closed', words: 'no 3001' } });
  });

  it('repeats what the server said before it hung up', () => {
    const page = new Page().connect().opened().frame({ is: 'notice', about: 'other', text: 'cheio' }).do({ is: 'closed' });
    expect(page.c.phase).toEqual({ at: 'idle', ending: { why: 'closed', words: 'cheio' } });
    page.connect().opened().reject(1003, 'never');
    expect(page.c.phase).toEqual({ at: 'idle', ending: { why: 'refused', words: 'no 1003' } });
  });
});

describe('a lost line', () => {
  it('comes back by itself, with the session and from where it was', () => {
    const page = new Page().online().message(11).message(12).clear();
    page.do({ is: 'closed' }).expect('lost').check('waiting').wait().expect('open ws://papo/');
    page.opened().expect('> hello t1 1@12').hello().expect('welcomed').check();
  });

  it('waits longer each time, and briefly again after a steady while', () => {
    const page = new Page().online().do({ is: 'closed' });
    const waits: number[] = [];
    for (let i = 0; i < 7; i++) {
      const from = page.now;
      page.wait();
      waits.push(page.now - from);
      page.do({ is: 'closed' });
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    page.wait().opened().hello().check();
    page.now += 60_000;
    page.do({ is: 'closed' });
    expect((deadline(page.c) ?? 0) - page.now).toBe(1_000);
  });

  it('is tried at once when the network is back', () => {
    new Page().online().do({ is: 'closed' }).clear().do({ is: 'hurry' }).expect('open ws://papo/').check('opening');
  });

  it('is noticed by silence', () => {
    const page = new Page().online().wait().expect('> ping');
    expect(page.now - START).toBe(20_000);
    page.ack({ to: 'ping', now: 0 }).wait().expect('> ping').wait().expect('close', 'lost').check('waiting');
    expect(page.now - START).toBe(60_000);
  });

  it('is asked about sooner when somebody looks', () => {
    const page = new Page().online().do({ is: 'hurry' }).expect();
    page.now += 6_000;
    page.do({ is: 'hurry' }).expect('> ping').wait().expect('close', 'lost');
    expect(page.now - START).toBe(11_000);
  });
});

describe('cursors', () => {
  it('follow what is told, and never go back', () => {
    const page = new Page().online();
    expect(page.cursor).toBe('1/5/10');
    page.message(11).message(11).message(4);
    expect(page.cursor).toBe('1/5/11');
    page.frame({ is: 'gap', room: 1, from: 12, to: 700 });
    expect(page.cursor).toBe('1/5/700');
    page.frame({ is: 'reset', room: { ...GERAL, epoch: 6, head: 3 } });
    expect(page.cursor).toBe('1/6/3');
    page.frame({ is: 'gone', room: 1 });
    expect(page.cursor).toBe('');
  });

  it('are those of the rooms that the session is in', () => {
    const page = new Page().online();
    page.do(ask({ do: 'join', room: 'jogos' })).ack({ to: 'join', room: { ...GERAL, id: 2, head: 4 }, cut: false });
    page.do(ask({ do: 'join', room: 'geral' })).ack({ to: 'join', room: { ...GERAL, head: 30 }, cut: false });
    expect(page.cursor).toBe('1/5/10 2/5/4');
    page.do(ask({ do: 'leave', room: 1 })).ack({ to: 'leave', room: 1 });
    expect(page.cursor).toBe('2/5/4');
    page.again().hello([GERAL]);
    expect(page.cursor).toBe('1/5/10');
  });

  it('wait for the reset when the log is another one', () => {
    const page = new Page().online().again().clear().hello([{ ...GERAL, epoch: 6, head: 2 }]);
    expect(page.cursor).toBe('1/5/10');
  });
});

describe('what is said', () => {
  it('gets its place with the answer', () => {
    const page = new Page().online().say('oi').expect('> post oi');
    page.ack({ to: 'post', room: 1, seq: 11, at: 5 }).expect('posted oi 11');
    expect([page.posts, page.cursor]).toEqual(['', '1/5/11']);
  });

  it('is sent again under the same number until it is answered, in order', () => {
    const page = new Page().online().say('um').say('dois').clear();
    const txns = page.c.posts.map(({ txn }) => txn);
    page.do({ is: 'closed' }).say('três').clear().wait().opened().clear().hello();
    page.expect('welcomed', '> post um', '> post dois', '> post três');
    expect(page.sent.slice(-3).map(({ txn }) => txn)).toEqual([...txns, page.txn]);
    page.ack({ to: 'post', room: 1, seq: 11, at: 5 }, txns[0]).expect('posted um 11');
    expect(page.posts).toBe('dois waiting, três waiting');
  });

  it('is settled by the log where its answer was lost', () => {
    const page = new Page().online().say('um').clear();
    const txn = page.txn;
    page.again().hello().clear().message(11, txn).expect('message');
    expect(page.posts).toBe('');
    page.ack({ to: 'post', room: 1, seq: 11, at: 5 }, txn).expect();

    const other = new Page().online().say('um');
    other.do(ask({ do: 'history', room: 1 }));
    const event = { is: 'message' as const, room: 1, seq: 11, at: 0, author: 'ana', text: 'um', txn: other.txn };
    other.ack({ to: 'history', room: 1, first: 1, head: 11, events: [event] });
    expect(other.posts).toBe('');
  });

  it('waits when the server asks for it, and so does what comes after it', () => {
    const page = new Page().online().say('um').reject(5001, 'later', 2_000).say('dois').expect('> post um', 'unposted um');
    expect(page.c.posts[0]).toMatchObject({ state: 'waiting', reason: 'no 5001' });
    const txn = page.c.posts[0]?.txn;
    page.wait().expect('> post um', '> post dois');
    expect(page.now - START).toBe(2_000);
    expect(page.sent.at(-2)?.txn).toBe(txn);
  });

  it('fails with the reason, and is sent again as something new, or discarded', () => {
    const page = new Page().online().say('um').reject(2006, 'changed').clear();
    const txn = page.txn;
    expect(page.c.posts).toMatchObject([{ state: 'failed', reason: 'no 2006' }]);
    page.again().clear().hello().expect('welcomed').do({ is: 'again', txn }).expect('> post um');
    expect(page.txn).toBeGreaterThan(txn);
    page.reject(2006, 'changed').do({ is: 'discard', txn: page.txn });
    expect(page.posts).toBe('');
  });

  it('is for the person to judge when the session has ended', () => {
    const page = new Page().online().say('um').do({ is: 'closed' }).say('dois').wait().opened().clear();
    page.reject(2007, 'changed').expect('> hello ana 1@10');
    page.hello([GERAL], 't2').expect('welcomed', '> post dois');
    expect(page.posts).toBe('um unknown, dois waiting');
    expect(page.c.token).toBe('t2');
    page.do({ is: 'again', txn: page.c.posts[0]?.txn ?? 0 }).expect('> post um');
  });

  it('goes on under another name when the old one was taken meanwhile', () => {
    const page = new Page().online().do({ is: 'closed' }).say('um').wait().opened();
    page.reject(2007, 'changed').reject(2001, 'changed').check('idle').connect('bia').opened().clear();
    page.hello().expect('welcomed', '> post um');
  });

  it('is bounded', () => {
    const page = new Page().online().do({ is: 'closed' });
    for (let i = 0; i < WAITING_POSTS; i++) page.say('x');
    expect(canPost(page.c)).toBe(false);
    page.say('demais');
    expect(page.c.posts.length).toBe(WAITING_POSTS);
    expect(canPost(new Page().online().say('x'.repeat(1_000_000)).c)).toBe(false);
    expect(canPost(OFFLINE)).toBe(false);
  });

  it('has numbers that grow, even over a copy of the session elsewhere', () => {
    const page = new Page().online().say('um');
    const first = page.txn;
    page.now += 60_000;
    page.again().hello().say('dois');
    expect(page.txn).toBeGreaterThan(first);
    expect(page.txn).toBeGreaterThanOrEqual(START + 60_000);
  });
});

describe('what is asked', () => {
  it('is answered by its number', () => {
    const page = new Page().online().do(ask(who)).do(ask({ do: 'rooms' })).expect('> who', '> rooms');
    page.ack({ to: 'rooms', rooms: [] }).expect('answered rooms');
    page.ack({ to: 'who', room: 1, members: [] }, page.sent.at(-2)?.txn).expect('answered who');
    expect(page.c.asked.size).toBe(0);
  });

  it('is refused without a line, and when the line is lost', () => {
    new Page().online().do(ask(who)).clear().do({ is: 'closed' }).expect('refused who', 'lost').do(ask(who)).expect('refused who');
  });

  it('is asked again when the server is busy, but not for ever', () => {
    const page = new Page().online().do(ask(who)).clear();
    for (let i = 0; i < 4; i++) page.reject(3001, 'later', 200).expect().wait().expect('> who');
    page.reject(3001, 'later', 200).expect('refused who');
    page.do(ask({ do: 'join', room: 'x' })).clear().reject(3000, 'later', 3_600_000).expect('refused join');
  });

  it('gives a new name', () => {
    const page = new Page().online().do(ask({ do: 'nick', nick: 'bia' })).ack({ to: 'nick', nick: 'bia', cut: false });
    expect(page.c.nick).toBe('bia');
  });
});

describe('the end', () => {
  it('is said, and forgets the session', () => {
    const page = new Page().online().say('um').clear().do({ is: 'disconnect' }).expect('> bye', 'close').check('idle');
    expect(page.c).toMatchObject({ token: null, settled: false, posts: [] });
    new Page().online().do({ is: 'closed' }).clear().do({ is: 'disconnect' }).expect('close').check('idle');
  });

  it('of a session that goes on elsewhere is for the person to undo', () => {
    const page = new Page().online().frame({ is: 'notice', about: 'fenced', text: '' }).expect('close', 'notice').check('fenced');
    page.do({ is: 'closed' }).do({ is: 'hurry' }).do({ is: 'time' }).expect().check('fenced');
    page.do({ is: 'here' }).expect('open ws://papo/').opened().expect('> hello t1 1@10');
  });
});

describe('what a tab keeps', () => {
  it('goes on after a reload: session, cursors, numbers, and what was not answered', () => {
    const page = new Page().online().message(11).say('um');
    const talk = new Conversation();
    talk.enter(GERAL);
    const kept = read(write(page.c, talk));
    expect(kept?.rooms).toEqual([{ id: 1, name: 'geral', kind: 'public', epoch: 5, seq: 11, read: 10 }]);
    if (kept === null) throw new Error('nothing was kept');
    const after = new Page(connectionOf(kept));
    after.do({ is: 'connect', address: kept.address, nick: kept.nick, lang: 'en', before: after.c });
    after.opened().expect('open ws://papo/', '> hello t1 1@11').hello().expect('welcomed', '> post um');
    expect(after.txn).toBe(page.txn);
    expect(new Page(connectionOf(kept)).do({ is: 'connect', address: '', nick: '', lang: '', before: connectionOf(kept) }).do({ is: 'closed' }).c.phase.at).toBe('waiting');
  });

  it('is nothing without a session, and nothing of another shape', () => {
    expect(write(OFFLINE, new Conversation())).toBeNull();
    for (const stored of [null, '', '{}', 'null', '{"format":1}', '[1]']) expect(read(stored)).toBeNull();
  });
});
