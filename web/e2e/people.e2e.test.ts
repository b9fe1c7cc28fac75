/** Accounts, conversations of two and moderation between people at pages, against the real server. */

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { launch, Person } from './browser';
import { Papo, TextClient } from './server';

let browser: Browser;
let data: string;
let papo: Papo;
const people: Person[] = [];

beforeAll(async () => (browser = await launch()));
afterAll(async () => browser?.close());
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'papo-e2e-'));
  papo = await Papo.start({ data });
});

afterEach(async () => {
  const complaints = people.flatMap((person) => person.complaints);
  await Promise.all(people.splice(0).map((person) => person.leave()));
  await papo?.stop();
  await rm(data, { recursive: true });
  expect(complaints).toEqual([]);
});

const PASSWORD = 'um segredo comprido';

async function visit(hash = ''): Promise<Person> {
  const person = await Person.at(browser, papo.url + hash);
  people.push(person);
  return person;
}

async function fill(person: Person, way: 'Criar conta' | 'Entrar na conta', nick: string, password = PASSWORD): Promise<void> {
  await person.page.locator('.ways').getByText(way).click();
  await person.page.locator('#nick').fill(nick);
  await person.page.locator('#password').fill(password);
  await person.page.locator('form button[type=submit]').click();
}

async function register(nick: string): Promise<Person> {
  const person = await visit();
  await fill(person, 'Criar conta', nick);
  await person.isIn('geral');
  return person;
}

async function guest(nick: string): Promise<Person> {
  const person = await visit();
  await person.connect(nick);
  return person;
}

const me = (person: Person, nick: string) => person.page.getByRole('button', { name: new RegExp(`^${nick}.*conta e sess`) });
const menu = async (person: Person, button: string, item: string) => {
  await person.page.getByRole('button', { name: button }).first().click();
  await person.page.getByRole('menuitem', { name: item }).click();
};
const confirm = (person: Person) => person.page.getByRole('dialog').locator('button[type=submit]').click();
const sent = (person: Person, text: string) => person.page.locator('.own .bubble.sent', { hasText: text }).waitFor();

it('makes an account that a reload, a new tab and another browser know, until it is left', async () => {
  const alice = await register('Alice');
  const cookies = await alice.page.context().cookies();
  expect(cookies).toHaveLength(1);
  expect(cookies[0]).toMatchObject({ httpOnly: true, sameSite: 'Strict' });
  await alice.says('de uma conta');
  await sent(alice, 'de uma conta');

  await alice.page.reload();
  await alice.isIn('geral');
  await alice.sees('de uma conta');
  await me(alice, 'Alice').waitFor();

  const tab = await alice.page.context().newPage();
  await tab.goto(papo.url);
  await tab.getByRole('button', { name: /^Alice.*conta e sess/ }).waitFor();
  await tab.close();

  // Nobody else has the name, and with the password it is the same person elsewhere.
  const other = await visit();
  await other.page.locator('#nick').fill('alice');
  await other.page.locator('form button[type=submit]').click();
  await other.page.locator('#trouble').waitFor();
  await fill(other, 'Entrar na conta', 'Alice', 'outra coisa');
  await other.sees('Nome ou senha errados.');
  await fill(other, 'Entrar na conta', 'Alice');
  await other.isIn('geral');
  await other.says('de outro lugar');
  await alice.page.locator('.own .bubble', { hasText: 'de outro lugar' }).waitFor();

  // One ends the other's session, then leaves the account.
  await me(alice, 'Alice').click();
  await alice.page.getByRole('button', { name: /^Encerrar a sessão/ }).first().click();
  await other.page.locator('#password').waitFor();
  await alice.page.getByRole('button', { name: 'Sair da conta' }).click();
  await alice.page.locator('.ways').waitFor();
  await expect.poll(() => alice.page.context().cookies()).toEqual([]);
  await alice.page.reload();
  await alice.page.locator('#room').waitFor();
  expect(await alice.page.getByText('Continuar como').count()).toBe(0);
});

it('turns a guest into an account in the same rooms, and what was said stays', async () => {
  const alice = await guest('Alice');
  await alice.says('antes');
  await sent(alice, 'antes');
  await alice.page.getByRole('button', { name: 'Crie uma conta' }).click();
  await alice.page.getByRole('dialog').locator('#password').fill(PASSWORD);
  await confirm(alice);
  await alice.page.getByRole('dialog').waitFor({ state: 'detached' });
  await alice.says('depois');
  await sent(alice, 'depois');
  expect(await alice.texts()).toEqual(['antes', 'depois']);
  expect(await alice.page.getByRole('button', { name: 'Crie uma conta' }).count()).toBe(0);
});

it('goes on as the account after the server was killed', async () => {
  const alice = await register('Alice');
  await alice.says('um');
  await sent(alice, 'um');
  await papo.kill();
  await alice.sees('Conexão perdida');
  await alice.says('dois');
  papo = await Papo.start({ ports: papo.ports, data });
  await alice.page.locator('.own .bubble.sent', { hasText: 'dois' }).waitFor({ timeout: 40_000 });
  await me(alice, 'Alice').waitFor();
  expect(await alice.texts()).toEqual(['um', 'dois']);
});

it('lets two people talk alone, keeps it for who is away, and counts what is not read', async () => {
  const alice = await register('Alice');
  const bob = await register('Bob');
  await menu(alice, 'O que fazer com Bob', 'Conversar só com Bob');
  await alice.page.getByRole('heading', { name: 'Bob', exact: true }).waitFor();
  await alice.says('psiu');
  await bob.room('Alice').getByText('1 não lida').waitFor();
  await bob.says('/r diga');
  await bob.page.getByRole('heading', { name: 'Alice', exact: true }).waitFor();
  await alice.sees('diga');
  await bob.page.waitForTimeout(1_500);
  const { url } = papo;
  await bob.page.goto('about:blank');
  await alice.says('você está aí?');
  await sent(alice, 'você está aí?');
  await bob.page.evaluate(() => undefined);
  await bob.page.goto(url);
  await bob.sees('você está aí?');

  // A new tab knows how far was read, and an open one what is read in another.
  const tab = await alice.page.context().newPage();
  await tab.goto(url);
  await tab.locator('nav li', { has: tab.getByText('Bob', { exact: true }) }).waitFor();
  expect(await tab.locator('nav .unread').count()).toBe(0);
  await alice.room('geral').click();
  await bob.says('estou');
  await tab.locator('nav .unread').waitFor();
  await alice.page.bringToFront();
  await alice.room('Bob').click();
  await tab.locator('nav .unread').waitFor({ state: 'detached' });
});

it('keeps a private room to who is invited, and takes people out with the reason', async () => {
  const alice = await register('Alice');
  const bob = await register('Bob');
  await alice.says('/join segredo');
  await alice.isIn('segredo');
  await menu(alice, 'Opções de #segredo', 'Tornar privada');
  await alice.page.locator('header').getByText('sala privada').first().waitFor({ state: 'attached' });
  await menu(alice, 'Opções de #segredo', 'Mudar o assunto');
  await alice.page.locator('#act-topic').fill('Festa');
  await confirm(alice);
  await alice.page.getByRole('button', { name: /Festa/ }).waitFor();
  await expect.poll(() => bob.room('segredo').count()).toBe(0);

  await menu(alice, 'Opções de #segredo', 'Convidar');
  await alice.page.locator('#act-who').fill('Bob');
  await confirm(alice);
  await bob.sees('Alice convidou você para #segredo.');
  await bob.page.locator('nav').getByRole('button', { name: 'Entrar', exact: true }).click();
  await bob.isIn('segredo');
  await bob.sees('Festa');
  await alice.sees('Bob entrou');

  await menu(alice, 'Opções de #segredo', 'Só leitura');
  await bob.page.getByText('só a moderação escreve').waitFor();
  await alice.says('/readonly off');
  await bob.says('/msg Alice oi');
  await bob.page.getByRole('heading', { name: 'Alice', exact: true }).waitFor();
  await bob.room('segredo').locator('.room').click();
  await bob.page.getByRole('heading', { name: '#segredo' }).waitFor();
  await bob.says('oi a todos');
  await alice.sees('oi a todos');

  await menu(alice, 'O que fazer com Bob', 'Tirar da sala');
  await alice.page.locator('#act-why').fill('acabou');
  await confirm(alice);
  await bob.sees('Alice tirou você de #segredo.');
  await bob.sees('Causa: acabou');
  await expect.poll(() => bob.room('segredo').count()).toBe(0);
  await expect.poll(() => alice.members.allInnerTexts()).toEqual(['Alice']);
  await menu(alice, 'Opções de #segredo', 'O que a moderação fez');
  await alice.page.getByRole('dialog').getByText('/kick').waitFor();
  await alice.page.keyboard.press('Escape');

  await menu(alice, 'Opções de #segredo', 'Encerrar a sala');
  await confirm(alice);
  await expect.poll(() => alice.room('segredo').count()).toBe(0);
});

it('takes a message back everywhere: live, after a reload, and for who comes later', async () => {
  const alice = await register('Alice');
  const bob = await guest('Bob');
  await bob.says('não devia');
  await alice.sees('não devia');
  await menu(bob, 'O que fazer com a mensagem de você', 'Apagar');
  await confirm(bob);
  for (const person of [alice, bob]) {
    await person.page.locator('.tombstone').waitFor();
    expect(await person.page.getByText('não devia').count()).toBe(0);
  }
  await alice.page.reload();
  await alice.page.locator('.tombstone').waitFor();
  const carol = await guest('Carol');
  await carol.page.locator('.tombstone').waitFor();
  expect(await carol.page.content()).not.toContain('não devia');
});

it('makes moderators, who slow the room down, mute, and are told what is wrong', async () => {
  const alice = await register('Alice');
  const bob = await register('Bob');
  const carol = await guest('Carol');
  for (const person of [alice, bob, carol]) {
    await person.says('/join jogos');
    await person.isIn('jogos');
  }
  await menu(alice, 'O que fazer com Bob', 'Dar a moderação');
  await bob.sees('Alice deu a Bob outro papel: moderação.');
  for (const { page } of [alice, bob, carol]) await page.getByRole('listitem').filter({ hasText: /Bob\s*moderação/ }).waitFor();
  await carol.says('isto ofende');
  await bob.sees('isto ofende');
  await carol.page.getByRole('button', { name: 'Opções de #jogos' }).waitFor();
  await menu(alice, 'O que fazer com a mensagem de Carol', 'Denunciar');
  await alice.page.locator('#act-why').fill('ofende');
  await confirm(alice);
  await bob.sees('Alice relata uma mensagem de Carol: ofende');
  await bob.page.locator('.notice').getByRole('button', { name: 'Apagar' }).click();
  await confirm(bob);
  await carol.page.locator('.tombstone').waitFor();

  await bob.says('/slow 5');
  await carol.sees('uma mensagem a cada 5 s');
  await carol.says('devagar');
  await carol.sees('Sala lenta: a próxima mensagem');
  await bob.says('/mute Carol 10m');
  await carol.sees('Você está sem voz nesta sala');
  await bob.says('/ban Carol 2h chega');
  await carol.sees('Bob baniu você de #jogos.');
  await carol.says('/join jogos');
  await carol.page.locator('.notice.error', { hasText: 'banido' }).waitFor();
});

it('does not show what somebody says whom one does not want to hear', async () => {
  const alice = await register('Alice');
  const eve = await TextClient.connect(papo.ports.tcp, 'Eve', 'geral');
  eve.send('antes');
  await alice.sees('antes', true);
  await menu(alice, 'O que fazer com Eve', 'Não ver o que diz');
  await alice.page.getByText('antes', { exact: true }).waitFor({ state: 'detached' });
  eve.send('depois');
  const bob = await TextClient.connect(papo.ports.tcp, 'Bob', 'geral');
  bob.send('oi');
  await alice.sees('oi', true);
  expect(await alice.texts()).toEqual(['oi']);
});

it('has bots, whose token works once it is copied', async () => {
  const alice = await register('Alice');
  await alice.says('/token new R2');
  await alice.sees('O token de R2.');
  const token = await alice.page.locator('.token code').innerText();
  const answer = await fetch(`${papo.url}api/rooms/geral/messages`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ text: 'bip' }),
  });
  expect(answer.status).toBe(201);
  await alice.sees('bip');
  await alice.page.getByRole('button', { name: 'Revogar R2' }).click();
  await alice.sees('Você não tem robôs.');
});

it('changes the password, which ends the other sessions, and deletes the account', async () => {
  const alice = await register('Alice');
  const other = await visit();
  await fill(other, 'Entrar na conta', 'Alice');
  await other.isIn('geral');
  await me(alice, 'Alice').click();
  await alice.page.locator('#password-old').fill(PASSWORD);
  await alice.page.locator('#password-new').fill('outro segredo comprido');
  await alice.page.getByRole('button', { name: 'Trocar a senha' }).click();
  await alice.sees('Senha trocada.');
  await other.page.locator('#password').waitFor();
  await alice.page.locator('#delete-password').fill('outro segredo comprido');
  await alice.page.getByLabel('Sei que isso não se desfaz').check();
  await alice.page.getByRole('button', { name: 'Apagar a conta' }).click();
  await alice.page.locator('.ways').waitFor();
  await fill(other, 'Entrar na conta', 'Alice', 'outro segredo comprido');
  await other.sees('Nome ou senha errados.');
});

it('asks for an account first where no guests are taken, and makes the first administrator by a link', async () => {
  await papo.stop();
  papo = await Papo.start({ data, more: ['--guests', 'no', '--registration', 'invite', '--welcome', 'Seja gentil'] });
  const bob = await visit();
  await bob.page.locator('#nick').fill('Bob');
  await bob.page.locator('form button[type=submit]').click();
  await bob.sees('Este servidor é só para quem tem conta.');
  await bob.page.locator('#password').waitFor();

  const link = await readFile(join(data, 'first-admin.txt'), 'utf8');
  const hash = /#invite=\S+/.exec(link)?.[0] ?? '';
  expect(hash).not.toBe('');
  const alice = await visit(hash);
  await alice.page.locator('#nick').fill('Alice');
  await alice.page.locator('#password').fill(PASSWORD);
  await alice.page.locator('form button[type=submit]').click();
  await alice.isIn('geral');
  await alice.sees('Seja gentil');
  await me(alice, 'Alice').click();
  await alice.page.getByRole('group', { name: 'Você é Alice' }).getByText('administração').waitFor();
});
