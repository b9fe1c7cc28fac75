/** Several rooms at once: unread messages, people, typing, and what cannot be sent. */

import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { launch, Person } from './browser';
import { Papo, TextClient } from './server';

let browser: Browser;
let papo: Papo;
const people: Person[] = [];

beforeAll(async () => (browser = await launch()));
afterAll(async () => browser?.close());
beforeEach(async () => (papo = await Papo.start()));

afterEach(async () => {
  const complaints = people.flatMap((person) => person.complaints);
  await Promise.all(people.splice(0).map((person) => person.leave()));
  await papo?.stop();
  expect(complaints).toEqual([]);
});

async function arrive(nick: string): Promise<Person> {
  const person = await Person.joining(browser, papo.url, nick);
  people.push(person);
  return person;
}

const text = (nick: string, room = 'geral') => TextClient.connect(papo.ports.tcp, nick, room);

it('counts what is not read in the rooms that are not open', async () => {
  const alice = await arrive('Alice');
  const carol = await text('Carol', 'jogos');
  await alice.room('jogos').locator('.room').click();
  await alice.isIn('jogos');
  await alice.room('geral').locator('.room').click();
  await alice.isIn('geral');
  for (let i = 1; i <= 3; i++) carol.send(`partida ${i}`);
  await alice.room('jogos').getByText('3 não lidas').waitFor();
  await alice.page.waitForFunction(() => document.title.startsWith('(3) '));
  expect(await alice.page.getByText('partida 1').count()).toBe(0);

  await alice.room('jogos').locator('.room').click();
  await alice.sees('partida 3');
  await alice.sees('Novas mensagens');
  expect(await alice.room('jogos').locator('.unread').count()).toBe(0);
  await alice.page.waitForFunction(() => document.title === '#jogos · Papo');

  await alice.room('jogos').hover();
  await alice.page.getByRole('button', { name: 'Sair de #jogos' }).click();
  await alice.isIn('geral');
  await expect.poll(async () => alice.room('jogos').getAttribute('class')).not.toContain('joined');
});

it('keeps the people of a room and the numbers of all rooms up to date', async () => {
  const alice = await arrive('Alice');
  await expect.poll(() => alice.members.allInnerTexts()).toEqual(['Alice']);
  const carol = await text('Carol', 'geral');
  await alice.sees('Carol entrou');
  const bob = await arrive('Bob');
  await alice.sees('Carol e Bob entraram');
  await expect.poll(() => alice.members.allInnerTexts()).toEqual(['Alice', 'Bob', 'Carol']);
  carol.send('/nick Dora');
  await expect.poll(() => alice.members.allInnerTexts()).toEqual(['Alice', 'Bob', 'Dora']);
  await bob.says('/nick Zeca');
  await expect.poll(() => alice.members.allInnerTexts()).toEqual(['Alice', 'Dora', 'Zeca']);
  await expect.poll(() => bob.members.allInnerTexts()).toEqual(['Alice', 'Dora', 'Zeca']);
  carol.send('/join jogos');
  await expect.poll(() => alice.members.allInnerTexts()).toEqual(['Alice', 'Zeca']);
  await alice.room('jogos').getByText('1 pessoa', { exact: true }).waitFor({ state: 'attached' });
});

it('finds and creates rooms by their names', async () => {
  const alice = await arrive('Alice');
  const field = alice.page.getByLabel('Procurar ou criar sala');
  await field.fill('Ideias Boas');
  await field.press('Enter');
  await alice.page.locator('.notice.error').waitFor();
  await field.fill('#Ideias');
  await field.press('Enter');
  await alice.isIn('Ideias');
  await field.fill('gER');
  expect(await alice.page.locator('nav li').count()).toBe(1);
  await field.fill('GERAL');
  await field.press('Enter');
  await alice.isIn('geral');
});

it('tells who is typing', async () => {
  const alice = await arrive('Alice');
  const bob = await arrive('Bob');
  await bob.composer.pressSequentially('estou');
  await alice.sees('Bob está digitando…');
  await bob.composer.press('Enter');
  await alice.sees('estou');
  await alice.page.getByText('Bob está digitando…').waitFor({ state: 'detached' });
});

it('shows a message that was refused, with the reason, and what to do about it', async () => {
  const alice = await arrive('Alice');
  await alice.says('x'.repeat(70_000));
  await alice.page.locator('.notice.error', { hasText: '64 KiB' }).waitFor();
  expect((await alice.composer.inputValue()).length).toBe(70_000);

  // The session leaves the room behind the page's back, as another program of the same session could.
  await alice.composer.fill('');
  await alice.page.evaluate(() => {
    const send = WebSocket.prototype.send;
    WebSocket.prototype.send = function (data) {
      const frame = JSON.parse(String(data)) as { do: string; room?: number };
      if (frame.do !== 'post') return send.call(this, data);
      WebSocket.prototype.send = send;
      send.call(this, JSON.stringify({ do: 'leave', txn: 1, room: frame.room }));
      return send.call(this, data);
    };
  });
  await alice.says('ninguém ouve');
  await alice.sees('não enviada: Você não está nesta sala.');
  expect(await alice.page.locator('.bubble.failed').innerText()).toBe('ninguém ouve');
  await alice.page.getByRole('button', { name: 'Enviar de novo' }).click();
  await alice.sees('não enviada');
  await alice.page.getByRole('button', { name: 'Descartar' }).click();
  await alice.page.locator('.bubble.failed').waitFor({ state: 'detached' });
});

it('keeps what was begun in a room for that room', async () => {
  const alice = await arrive('Alice');
  await alice.says('/join jogos');
  await alice.isIn('jogos');
  await alice.composer.fill('para os jogos');
  await alice.room('geral').locator('.room').click();
  await alice.isIn('geral');
  await expect.poll(() => alice.composer.inputValue()).toBe('');
  await alice.page.keyboard.press('Alt+ArrowDown');
  await alice.isIn('jogos');
  await expect.poll(() => alice.composer.inputValue()).toBe('para os jogos');
});

it('is of use without a room', async () => {
  const alice = await arrive('Alice');
  await alice.says('/leave');
  await alice.page.getByRole('heading', { name: 'Papo' }).waitFor();
  await alice.says('oi');
  await alice.sees('Você não está em nenhuma sala');
  expect(await alice.composer.inputValue()).toBe('oi');
  await alice.room('geral').locator('.room').click();
  await alice.isIn('geral');
  await alice.composer.press('Enter');
  await alice.page.locator('.own .bubble.sent', { hasText: 'oi' }).waitFor();
});
