/** Accounts, conversations of two and moderation as the page shows them, against a played server. */

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launch, Person, PHONE } from './browser';
import { room, Stage } from './stage';

let browser: Browser;
let axe: string;
const people: Person[] = [];

beforeAll(async () => {
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  browser = await launch();
});
afterAll(async () => browser?.close());

afterEach(async () => {
  const complaints = people.flatMap((person) => person.complaints);
  await Promise.all(people.splice(0).map((person) => person.leave()));
  expect(complaints).toEqual([]);
});

async function enter(stage: Stage, options?: BrowserContextOptions, hash?: string): Promise<Person> {
  const person = await stage.enter(browser, options, hash);
  people.push(person);
  return person;
}

/** Somebody with an account, in #geral with the given role. */
async function arrive(stage: Stage, more: Partial<ReturnType<typeof room>> = {}, options?: BrowserContextOptions): Promise<Person> {
  Object.assign(stage.rooms[0] ?? {}, more);
  const person = await enter(stage, options);
  await signIn(person);
  await person.isIn('geral');
  return person;
}

async function signIn(person: Person, nick = 'Alice', password = 'um segredo'): Promise<void> {
  await person.page.getByText('Entrar na conta').first().click();
  await person.page.locator('#nick').fill(nick);
  await person.page.locator('#password').fill(password);
  await person.page.locator('form button[type=submit]').click();
}

const menu = async (person: Person, button: string | RegExp, item: string) => {
  await person.page.getByRole('button', { name: button }).first().click();
  await person.page.getByRole('menuitem', { name: item }).click();
};

/** What axe finds wrong, one line each: the rule, and where. */
async function violations(person: Person): Promise<string[]> {
  await person.page.evaluate(() => Promise.allSettled(document.getAnimations().map((animation) => animation.finished)));
  await person.page.evaluate(axe);
  return person.page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } };
    return (await axe.run()).violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  });
}

describe('an account', () => {
  it('is entered from the first screen: by its cookie from then on, and its token stays nowhere', async () => {
    const stage = new Stage();
    const alice = await arrive(stage);
    expect(stage.requests).toEqual(['POST {"login":"once"}']);
    // Nobody came into a room under a guest's name meanwhile.
    const order = stage.heard.map((frame) => frame.do);
    expect(order.slice(0, 3)).toEqual(['hello', 'login', 'hello']);
    expect(stage.last('hello')?.login).toBeUndefined();
    const kept = await alice.page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
    expect(kept).not.toContain('once');
    expect(kept).not.toContain('segredo');

    await alice.page.reload();
    await alice.isIn('geral');
    const tab = await alice.page.context().newPage();
    await tab.goto(alice.page.url());
    await tab.getByRole('button', { name: /^Alice.*conta e sess/ }).waitFor();
  });

  it('tells beside the field what is wrong, and keeps no password', async () => {
    const stage = new Stage((frame) => (frame.do === 'login' && frame.password !== 'certa' ? { code: 2023, text: 'Nome ou senha errados.' } : undefined));
    const alice = await enter(stage);
    await signIn(alice, 'Alice', '');
    await alice.page.locator('#password-trouble', { hasText: 'Falta a senha' }).waitFor();
    await signIn(alice, 'Alice', 'errada');
    await alice.sees('Nome ou senha errados.');
    expect(await alice.page.locator('#password').inputValue()).toBe('');
    expect(await alice.page.locator('#password').getAttribute('autocomplete')).toBe('current-password');
    expect(stage.heard.some((frame) => frame.do === 'join')).toBe(false);
    await signIn(alice, 'Alice', 'certa');
    await alice.isIn('geral');
  });

  it('is made by a guest who is in already, and goes on in the same rooms', async () => {
    const stage = new Stage();
    const alice = await enter(stage);
    await alice.connect('Alice');
    await alice.says('antes');
    await alice.page.getByRole('button', { name: /^Alice.*conta e sess/ }).click();
    await alice.page.getByRole('button', { name: 'Criar conta' }).click();
    const dialog = alice.page.getByRole('dialog');
    await dialog.locator('#password').fill('curta');
    await dialog.locator('button[type=submit]').click();
    await alice.sees('8 caracteres ou mais');
    expect(await dialog.locator('#password').getAttribute('autocomplete')).toBe('new-password');
    await dialog.locator('#password').fill('bem comprida');
    await dialog.locator('button[type=submit]').click();
    await dialog.waitFor({ state: 'detached' });
    await expect.poll(() => stage.last('hello')?.resume?.map(({ room }) => room)).toEqual([1]);
    await alice.isIn('geral');
    expect(await alice.texts()).toEqual(['antes']);
    await alice.sees('A conta Alice é sua.');
  });

  it('comes by a link of invitation, whose secret does not stay in the address', async () => {
    const stage = new Stage();
    stage.registration = 'invite';
    const alice = await enter(stage, {}, '#invite=abc');
    await alice.sees('Você foi convidado');
    expect(alice.page.url()).not.toContain('abc');
    await alice.page.locator('#nick').fill('Alice');
    await alice.page.locator('#password').fill('bem comprida');
    await alice.page.locator('form button[type=submit]').click();
    await alice.isIn('geral');
    expect(stage.last('register')).toMatchObject({ nick: 'Alice', invite: 'abc' });
  });

  it('is asked for first where no guests are taken', async () => {
    const stage = new Stage();
    stage.isForAccounts = true;
    const alice = await enter(stage);
    await alice.page.locator('#nick').fill('Alice');
    await alice.page.locator('form button[type=submit]').click();
    await alice.sees('Este servidor é só para quem tem conta.');
    await alice.page.locator('#password').fill('um segredo');
    await alice.page.locator('form button[type=submit]').click();
    await alice.isIn('geral');
  });

  it('holds for the tab only when the cookie is refused, and says so', async () => {
    const stage = new Stage();
    stage.givesCookies = false;
    const alice = await enter(stage);
    alice.complaints.length = 0;
    await signIn(alice);
    await alice.isIn('geral');
    await alice.sees('vale só nesta aba');
    await alice.says('oi');
    await alice.page.locator('.own .bubble.sent', { hasText: 'oi' }).waitFor();
    // The browser writes down a refused request by itself.
    expect(alice.complaints.every((complaint) => complaint.includes('403'))).toBe(true);
    alice.complaints.length = 0;
  });

  it('is left, and its end from elsewhere leads to the form', async () => {
    const stage = new Stage();
    const alice = await arrive(stage);
    stage.tell({ is: 'notice', about: 'login_ended', text: 'Sua sessão foi encerrada.' });
    await alice.sees('Sua sessão foi encerrada.');
    await alice.page.locator('#password').waitFor();
    expect(await alice.page.evaluate(() => sessionStorage.getItem('papo.session'))).toBeNull();
    await alice.page.locator('#password').fill('um segredo');
    await alice.page.locator('form button[type=submit]').click();
    await alice.isIn('geral');
    await alice.page.getByRole('button', { name: /^Alice.*conta e sess/ }).click();
    await alice.page.getByRole('button', { name: 'Sair da conta' }).click();
    await alice.page.locator('#password').waitFor();
    await expect.poll(() => stage.requests.at(-1)).toBe('DELETE');
    await alice.page.reload();
    expect(await alice.page.getByText('Continuar como').count()).toBe(0);
  });

  it('has its sessions, bots, ignored people, password and end in one place', async () => {
    const stage = new Stage();
    stage.ignored = ['Eve'];
    const alice = await arrive(stage);
    await alice.page.getByRole('button', { name: /^Alice.*conta e sess/ }).click();
    await alice.page.getByRole('button', { name: 'Encerrar a sessão papo chat, 192.0.2.9' }).click();
    await expect.poll(() => stage.last('end_login')?.login).toBe(2);

    await alice.page.locator('#bot-nick').fill('R2');
    await alice.page.getByRole('button', { name: 'Criar robô' }).click();
    await alice.sees('bot-secret');
    await alice.page.getByRole('button', { name: 'Copiar' }).click();
    await alice.sees('Copiado.');
    expect(await alice.page.evaluate(() => navigator.clipboard.readText())).toBe('bot-secret');

    await alice.page.getByRole('button', { name: 'Voltar a ver: Eve' }).click();
    await alice.sees('Você vê as mensagens de todo mundo.');

    await alice.page.locator('#password-old').fill('um segredo');
    await alice.page.locator('#password-new').fill('outro segredo');
    await alice.page.getByRole('button', { name: 'Trocar a senha' }).click();
    await alice.sees('Senha trocada.');
    expect(stage.last('password')).toMatchObject({ old: 'um segredo', new: 'outro segredo' });
    expect(await alice.page.locator('#password-new').inputValue()).toBe('');
    expect(await violations(alice)).toEqual([]);

    const remove = alice.page.getByRole('button', { name: 'Apagar a conta' });
    expect(await remove.isDisabled()).toBe(true);
    await alice.page.getByLabel('Sei que isso não se desfaz').check();
    await alice.page.locator('#delete-password').fill('outro segredo');
    await remove.click();
    await alice.page.getByRole('heading', { name: 'Papo' }).waitFor();
    await expect.poll(() => stage.requests.at(-1)).toBe('DELETE');
  });
});

describe('a conversation of two', () => {
  it('stands over the rooms, counts what is new, and is begun from a menu or a line', async () => {
    const stage = new Stage();
    stage.rooms.push(room(9, 'Bob', { kind: 'direct', role: 'member', first: 1, head: 3, read: 1 }));
    stage.log.push(...[1, 2, 3].map((seq) => ({ is: 'message' as const, room: 9, seq, at: seq, author: 'Bob', text: `b${seq}` })));
    const alice = await arrive(stage);
    await alice.room('Bob').getByText('2 não lidas').waitFor();
    await alice.room('Bob').getByText('aqui agora').waitFor();
    expect(await alice.page.locator('nav h2').allInnerTexts()).toEqual(['Conversas', 'Suas salas']);
    await alice.room('Bob').locator('.room').click();
    await alice.sees('b3', true);
    await expect.poll(() => stage.last('read')).toMatchObject({ room: 9, seq: 3 });

    await menu(alice, 'O que fazer com a mensagem de Bob', 'Copiar o texto');
    await alice.room('geral').locator('.room').click();
    await menu(alice, 'O que fazer com Carol', 'Conversar só com Carol');
    await alice.page.getByRole('heading', { name: 'Carol', exact: true }).waitFor();
    await alice.says('/msg Dora oi, Dora');
    await alice.page.getByRole('heading', { name: 'Dora', exact: true }).waitFor();
    await alice.page.locator('.own .bubble.sent', { hasText: 'oi, Dora' }).waitFor();
    expect(await alice.page.getByText('/msg').count()).toBe(0);
  });

  it('begins when somebody writes, and is answered with a line', async () => {
    const stage = new Stage();
    const alice = await arrive(stage);
    const state = room(70, 'Zé', { kind: 'direct', role: 'member' });
    stage.rooms.push(state);
    stage.tell({ is: 'direct', room: state });
    stage.says('Zé', 'psiu', 70);
    await alice.room('Zé').getByText('1 não lida').waitFor();
    await alice.says('/r diga');
    await alice.page.getByRole('heading', { name: 'Zé', exact: true }).waitFor();
    expect(await alice.texts()).toEqual(['psiu', 'diga']);
  });
});

describe('a room', () => {
  it('shows what it is, bars the composer with the reason, and counts down', async () => {
    const stage = new Stage();
    const alice = await arrive(stage, { topic: 'Xadrez' });
    await alice.sees('Xadrez');
    stage.tell({ is: 'changed', room: 1, by: 'Bob', change: { of: 'readonly', on: true } });
    await alice.page.getByText('só a moderação escreve').waitFor();
    expect(await alice.composer.getAttribute('readonly')).not.toBeNull();
    stage.tell({ is: 'changed', room: 1, by: 'Bob', change: { of: 'readonly', on: false } });
    stage.tell({ is: 'changed', room: 1, by: 'Bob', change: { of: 'slow', seconds: 3 } });
    await alice.says('um');
    await alice.page.getByText(/Sala lenta: a próxima mensagem em \d s/).waitFor();
    await alice.composer.fill('dois');
    await alice.composer.press('Enter');
    expect(await alice.composer.inputValue()).toBe('dois');
    await alice.page.getByText('Sala lenta: a próxima').waitFor({ state: 'detached' });
    await alice.composer.press('Enter');
    await alice.page.locator('.own .bubble.sent', { hasText: 'dois' }).waitFor();
    stage.tell({ is: 'changed', room: 1, by: 'Bob', change: { of: 'muted', who: 'Alice', seconds: 600 } });
    await alice.sees('Você está sem voz nesta sala');
    expect(await violations(alice)).toEqual([]);
    stage.tell({ is: 'removed', room: 1, by: 'Bob', why: 'gritou', banned: true, closed: false });
    await alice.sees('Bob baniu você de #geral.');
    await alice.sees('Causa: gritou');
  });

  it('is looked after by its moderators and owner', async () => {
    const stage = new Stage();
    stage.rooms.push(room(2, 'jogos', { role: 'owner' }));
    const alice = await arrive(stage);
    await alice.says('/join jogos');
    await alice.isIn('jogos');
    await menu(alice, 'Opções de #jogos', 'Mudar o assunto');
    await alice.page.locator('#act-topic').fill('Damas');
    await alice.page.keyboard.press('Enter');
    await alice.page.getByRole('button', { name: /Damas/ }).waitFor();
    await menu(alice, 'Opções de #jogos', 'Tornar privada');
    await alice.page.locator('header').getByText('sala privada').waitFor({ state: 'attached' });
    await menu(alice, 'O que fazer com Bob', 'Banir da sala');
    await alice.page.locator('#act-time').selectOption('2h');
    await alice.page.locator('#act-why').fill('gritou');
    expect(await violations(alice)).toEqual([]);
    await alice.page.getByRole('dialog').locator('button[type=submit]').click();
    await expect.poll(() => stage.last('ban')).toMatchObject({ who: 'Bob', seconds: 7_200, why: 'gritou' });
    await expect.poll(() => alice.members.allInnerTexts()).toEqual(['Alice', 'Carol']);
    await menu(alice, 'Opções de #jogos', 'O que a moderação fez');
    await alice.sees('Eve');
    await alice.page.keyboard.press('Escape');
    await alice.says('/close');
    await alice.sees('Isso não se desfaz');
    await alice.page.getByRole('dialog').locator('button[type=submit]').click();
    await expect.poll(() => stage.last('close')).toMatchObject({ room: 2 });
    stage.tell({ is: 'removed', room: 2, by: 'Alice', why: '', banned: false, closed: true });
    await alice.sees('Alice encerrou #jogos.');
    await alice.isIn('geral');
  });

  it('invites with a card', async () => {
    const stage = new Stage();
    const alice = await arrive(stage);
    const state = room(8, 'segredo', { kind: 'private', role: 'member' });
    stage.rooms.push(state);
    stage.tell({ is: 'invited', room: state, by: 'Bob' });
    await alice.sees('Bob convidou você para #segredo.');
    await alice.page.locator('nav').getByRole('button', { name: 'Entrar', exact: true }).click();
    await alice.isIn('segredo');
    expect(await alice.page.getByText('Bob convidou você').count()).toBe(0);
  });

  it('greets, announces, and tells of another name', async () => {
    const stage = new Stage();
    stage.greeting = 'Seja gentil';
    const bob = await enter(stage);
    await bob.connect('Bob');
    await bob.sees('Seja gentil');
    stage.tell({ is: 'notice', about: 'announcement', text: 'Voltamos às 8' });
    await bob.sees('Voltamos às 8');
    stage.tell({ is: 'named', nick: 'convidado-9' });
    await bob.sees('Agora você é convidado-9');
    await bob.page.getByRole('button', { name: /^convidado-9.*conta e sess/ }).waitFor();
  });
});

describe('a message that is taken back', () => {
  it('leaves its place, live and in history', async () => {
    const stage = new Stage();
    const alice = await arrive(stage);
    const seq = stage.says('Bob', 'não devia');
    await alice.sees('não devia');
    stage.redacts([seq]);
    await alice.page.locator('.tombstone').waitFor();
    expect(await alice.page.getByText('não devia').count()).toBe(0);
    await alice.page.reload();
    await alice.page.locator('.tombstone').waitFor();
    expect(await alice.page.content()).not.toContain('não devia');

    await alice.says('minha');
    await menu(alice, 'O que fazer com a mensagem de você', 'Apagar');
    await alice.page.getByRole('dialog').getByRole('button', { name: 'Apagar' }).click();
    await expect.poll(() => alice.page.locator('.tombstone').count()).toBe(2);
  });

  it('may be reported, and its moderators act on that', async () => {
    const stage = new Stage();
    const alice = await arrive(stage, { role: 'moderator' });
    const seq = stage.says('Bob', 'ofensa');
    await menu(alice, 'O que fazer com a mensagem de Bob', 'Denunciar');
    await alice.page.locator('#act-why').fill('ofende');
    await alice.page.keyboard.press('Enter');
    await expect.poll(() => stage.last('report')).toMatchObject({ seq, why: 'ofende' });
    stage.tell({ is: 'reported', room: 1, by: 'Carol', seq, why: 'ofende' });
    await alice.sees('Carol relata uma mensagem de Bob: ofende');
    await alice.page.locator('.notice').getByRole('button', { name: 'Apagar' }).click();
    await alice.page.getByRole('dialog').getByRole('button', { name: 'Apagar' }).click();
    await alice.page.locator('.tombstone').waitFor();
  });
});

describe('what is typed', () => {
  it('is completed by key, and a command that lacks something says how it is used', async () => {
    const stage = new Stage();
    const alice = await arrive(stage);
    await alice.composer.pressSequentially('/ig');
    await alice.page.getByRole('option', { name: /^\/ignore/ }).waitFor();
    expect(await violations(alice)).toEqual([]);
    await alice.composer.press('Tab');
    await alice.composer.pressSequentially('Ca');
    await alice.composer.press('ArrowDown');
    await alice.composer.press('Enter');
    expect(await alice.composer.inputValue()).toBe('/ignore Carol ');
    await alice.composer.press('Enter');
    await alice.sees('Você não vê mais o que Carol diz.');
    stage.says('Carol', 'la la la');
    stage.says('Bob', 'oi');
    await alice.sees('oi', true);
    expect(await alice.texts()).toEqual(['oi']);
    await alice.says('/mute Bob');
    await alice.page.locator('.notice.error', { hasText: 'Uso: /mute nome tempo' }).waitFor();
    await alice.says('/login Alice um segredo');
    await alice.sees('/login …');
    expect(await alice.page.getByText('um segredo').count()).toBe(0);
  });
});

describe.each(['light', 'dark'] as const)('in the %s theme', (colorScheme) => {
  it.each(['desktop', 'phone'] as const)('on a %s, nothing stands in anybody’s way', async (shape) => {
    const stage = new Stage();
    stage.greeting = 'Seja gentil';
    stage.rooms.push(room(9, 'Bob', { kind: 'direct', role: 'member', first: 1, head: 1, read: 0 }));
    const options = { colorScheme, ...(shape === 'phone' ? PHONE : {}) };
    const alice = await enter(stage, options);
    for (const way of ['Criar conta', 'Entrar na conta']) {
      await alice.page.getByText(way).first().click();
      await alice.page.locator('form button[type=submit]').click();
      expect(await violations(alice), way).toEqual([]);
    }
    stage.rooms[0] = room(1, 'geral', { role: 'owner', topic: 'Tudo e nada', slow: 5, readonly: true });
    await signIn(alice);
    await alice.isIn('geral');
    stage.redacts([stage.says('Bob', 'oi')]);
    stage.says('Carol', 'olá');
    stage.tell({ is: 'invited', room: room(8, 'segredo', { kind: 'private' }), by: 'Bob' });
    stage.tell({ is: 'reported', room: 1, by: 'Carol', seq: 3, why: 'x' });
    await alice.sees('Carol relata');
    expect(await violations(alice), 'the conversation').toEqual([]);
    await alice.page.getByRole('button', { name: 'Opções de #geral' }).click();
    expect(await violations(alice), 'a menu').toEqual([]);
    await alice.page.getByRole('menuitem', { name: 'Sala lenta' }).click();
    expect(await violations(alice), 'a form').toEqual([]);
    await alice.page.keyboard.press('Escape');
    if (shape === 'phone') await alice.page.getByRole('button', { name: /^Mostrar as salas/ }).click();
    expect(await violations(alice), 'the rooms').toEqual([]);
    await alice.page.getByRole('button', { name: /^Alice.*conta e sess/ }).click();
    await alice.sees('papo chat, 192.0.2.9');
    expect(await violations(alice), 'the account').toEqual([]);
    if (process.env['SCREENSHOTS'] !== undefined) await alice.page.screenshot({ path: `${process.env['SCREENSHOTS']}/account-${shape}-${colorScheme}.png` });
  });
});
