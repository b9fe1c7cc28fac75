import { describe, expect, it } from 'vitest';
import type { Ask, Command } from './ask';
import { connectionOf, read, write } from './kept';
import { Conversation } from './conversation';
import { GERAL, Page } from './playing';

const form = (command: Command): Ask => ({ command, by: 'form', room: null });
const login = form({ do: 'login', nick: 'ana', password: 'segredo' });
const loggedIn = { to: 'login', account: 3, nick: 'ana', admin: false, login: 'once', ends: 0 } as const;

/** Somebody who logs in from the first screen. */
function coming(): Page {
  return new Page().do({ is: 'connect', address: 'ws://papo/', nick: '', lang: 'pt-BR', first: login }).opened().hello();
}

/** Everything that the page holds, as text. */
const held = (page: Page) => JSON.stringify([page.c, [...page.c.asked.values()]]);

describe('a login over an open line', () => {
  it('becomes a cookie, and then a new line that carries it', () => {
    const page = new Page().online().do({ is: 'ask', ask: login }).expect('> login');
    page.ack(loggedIn).expect('answered login', 'swap once').check();
    expect(page.c).toMatchObject({ nick: 'ana', login: { as: 'swapping', id: 3 } });
    page.do({ is: 'swapped', ok: true }).expect('open ws://papo/').opened().expect('> hello t1 1@10');
    page.hello([GERAL], 't2', { account: 3 }).expect('welcomed').check();
    expect(page.c.login).toEqual({ as: 'kept', id: 3 });
    // From then on the name comes with the cookie, also for a new session.
    page.again().reject(2007, 'changed').clear();
    expect(page.sent.at(-1)).not.toHaveProperty('nick');
    expect(page.sent.at(-1)).not.toHaveProperty('session');
  });

  it('keeps neither the token nor the password anywhere', () => {
    const page = new Page().online().do({ is: 'ask', ask: login }).ack(loggedIn);
    expect(held(page)).not.toMatch(/once|segredo/);
    const first = coming().ack(loggedIn);
    expect(held(first)).not.toMatch(/once|segredo/);
  });

  it('is told of a refusal at once, and is not tried again by itself', () => {
    const page = new Page().online().do({ is: 'ask', ask: login }).clear();
    page.reject(3002, 'later', 2_000).expect('refused login').check();
    expect(page.c.asked.size).toBe(0);
  });

  it('holds for the line only when there is no cookie, and what follows is no guest by surprise', () => {
    const page = new Page().online().do({ is: 'ask', ask: login }).ack(loggedIn).clear();
    page.do({ is: 'swapped', ok: false }).expect().check();
    expect(page.c.login).toEqual({ as: 'tab', id: 3 });
    page.again().reject(2007, 'changed').clear().hello([]).expect('> bye', 'close').check('idle');
    expect(page.c).toMatchObject({ phase: { ending: { why: 'login' } }, token: null, login: { as: 'nobody' } });
  });

  it('begins no new line while the cookie is on its way', () => {
    const page = new Page().online().do({ is: 'ask', ask: login }).ack(loggedIn).do({ is: 'closed' }).clear();
    page.now += 60_000;
    page.do({ is: 'time' }).expect().check('waiting');
    page.do({ is: 'swapped', ok: true }).expect('open ws://papo/');
  });

  it('sends again over the new line what was not answered', () => {
    const page = new Page().online().do({ is: 'ask', ask: login }).ack(loggedIn).say('oi').do({ is: 'swapped', ok: true }).opened().clear();
    page.hello([GERAL], 't1', { account: 3 }).expect('welcomed', '> post oi');
  });
});

describe('a login from the first screen', () => {
  it('enters nowhere before it is done', () => {
    const page = coming().expect('open ws://papo/', '> hello guest', '> login').check();
    expect(page.c.settled).toBe(false);
    page.ack(loggedIn).do({ is: 'swapped', ok: true }).clear().opened().hello([], 't2', { account: 3 }).expect('> hello t1', 'welcomed');
    expect(page.c).toMatchObject({ settled: true, first: null });
  });

  it('goes on in the same session when there is no cookie', () => {
    const page = coming().ack(loggedIn).clear().do({ is: 'swapped', ok: false }).expect('welcomed').check();
    expect(page.c).toMatchObject({ settled: true, nick: 'ana', login: { as: 'tab', id: 3 } });
  });

  it('that is refused leaves the person at the form, as nobody', () => {
    const page = coming().clear().reject(2023, 'changed').expect('refused login', '> bye', 'close').check('idle');
    expect(page.c).toMatchObject({ phase: { ending: { why: 'login', words: 'no 2023' } }, settled: false, first: null, token: null });
    expect(held(page)).not.toContain('segredo');
  });
});

describe('a browser that is logged in', () => {
  const known = () => new Page().do({ is: 'connect', address: 'ws://papo/', nick: 'ana', lang: 'en', login: true }).opened();

  it('says no name, and is the account', () => {
    const page = known().expect('open ws://papo/', '> hello guest').hello([], 't1', { account: 3 }).expect('welcomed');
    expect(page.c.login).toEqual({ as: 'kept', id: 3 });
  });

  it('whose login is over asks who one is instead of making a guest', () => {
    const page = known().clear().hello([]).expect('> bye', 'close').check('idle');
    expect(page.c.phase).toEqual({ at: 'idle', ending: { why: 'login', words: '' } });
  });

  it('forgets everything of the account when its login ends elsewhere', () => {
    const page = known().hello([GERAL], 't1', { account: 3 }).say('um').clear();
    page.frame({ is: 'notice', about: 'login_ended', text: 'acabou' }).expect('close').check('idle');
    expect(page.c).toMatchObject({ phase: { ending: { why: 'login', words: 'acabou' } }, token: null, posts: [], login: { as: 'nobody' } });
    expect(page.c.cursors.size).toBe(0);
    expect(write(page.c, new Conversation())).toBeNull();
  });

  it.each([
    [form({ do: 'logout' }), { to: 'logout', nick: 'convidado-1' } as const],
    [form({ do: 'delete_account', password: 'segredo' }), { to: 'done' } as const],
  ])('loses its cookie with %j', (ask, answer) => {
    const page = known().hello([GERAL], 't1', { account: 3 }).do({ is: 'ask', ask }).clear();
    page.ack(answer).expect(`answered ${ask.command.do}`, '> bye', 'close', 'forget').check('idle');
    expect(page.c.phase).toEqual({ at: 'idle', ending: { why: 'asked' } });
  });

  it('knows it after a reload', () => {
    const page = known().hello([GERAL], 't1', { account: 3 });
    const talk = new Conversation();
    talk.enter(GERAL);
    const kept = read(write(page.c, talk));
    expect(kept === null ? null : connectionOf(kept).login).toEqual({ as: 'kept', id: null });
  });
});

describe('a server that is for accounts', () => {
  it('leads to the form with its first refusal', () => {
    const page = new Page().online([]).do({ is: 'ask', ask: { command: { do: 'join', room: 'geral' }, by: 'page', room: null } }).clear();
    page.reject(2020, 'changed').expect('> bye', 'refused join', 'close');
    expect(page.c.phase).toEqual({ at: 'idle', ending: { why: 'login', words: 'no 2020' } });
  });
});
