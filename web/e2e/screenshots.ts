/** Pictures of the page: docs/page.png for the documents, the other variants in a folder to look at. */

import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, it } from 'vitest';
import { launch, Person, PHONE } from './browser';
import { Papo, TextClient } from './server';

const DOCS = resolve(import.meta.dirname, '../../docs');
const LOOK = process.env['SCREENSHOTS'] ?? join(tmpdir(), 'papo-screenshots');
const DESKTOP: BrowserContextOptions = { viewport: { width: 1280, height: 900 }, deviceScaleFactor: 2 };

let browser: Browser;

beforeAll(async () => {
  browser = await launch();
  await mkdir(LOOK, { recursive: true });
  await mkdir(DOCS, { recursive: true });
});

afterAll(() => browser?.close());

/** Alice's page in the middle of the document's example, with other rooms and people around it. */
async function lively(papo: Papo, options: BrowserContextOptions): Promise<Person> {
  const text = (nick: string, room: string) => TextClient.connect(papo.ports.tcp, nick, room);
  const carol = await text('Carol', 'jogos');
  await text('Davi', 'jogos');
  await text('Elisa', 'receitas');
  const alice = await Person.at(browser, papo.url, options);
  await alice.connect('Alice', 'jogos');
  const send = (text: string) => say(alice, text);
  await send('/join geral');
  await alice.isIn('geral');
  for (const name of ['Fábio', 'Gabi', 'Hugo']) await text(name, 'geral');
  const bob = await text('Bob', 'geral');
  const hear = async (text: string) => {
    bob.send(text);
    await alice.sees(text.split('\n').at(-1) ?? text);
  };
  await send('Olá a todos!');
  await hear('Oi, Alice! Que bom te ver por aqui 👋');
  await hear('Você vem jogar hoje à noite?');
  await send('Vou sim! A Carol já está em #jogos procurando gente.');
  await send('Só falta combinar a hora.');
  await hear('Que tal assim:\n– 20h: todo mundo em #jogos\n– 20h15: começa a partida');
  await send('Combinado! 🎉');
  carol.send('Alguém para uma partida?');
  carol.send('Falta só um!');
  await alice.page.waitForFunction(() => document.title.startsWith('(2) '));
  await hear('Até lá!');
  return alice;
}

async function say(person: Person, text: string): Promise<void> {
  await person.composer.fill(text);
  await person.page.locator('main form button[type=submit]').click();
}

async function shoot(person: Person, path: string): Promise<void> {
  await person.page.evaluate(() => document.fonts.ready);
  await person.page.screenshot({ path });
}

it.each([
  ['desktop-light', { ...DESKTOP, colorScheme: 'light' }],
  ['desktop-dark', { ...DESKTOP, colorScheme: 'dark' }],
  ['phone-light', { ...PHONE, colorScheme: 'light' }],
  ['phone-dark', { ...PHONE, colorScheme: 'dark' }],
] as const)('%s', async (name, options) => {
  const papo = await Papo.start();
  const form = await Person.at(browser, papo.url, options);
  await form.page.locator('#nick').fill('Alice');
  await shoot(form, join(LOOK, `${name}-form.png`));
  await form.leave();

  const alice = await lively(papo, options);
  const bob = await Person.joining(browser, papo.url, 'Beatriz', {});
  await alice.sees('Beatriz entrou');
  await bob.composer.pressSequentially('e');
  await alice.sees('Beatriz está digitando…');
  await shoot(alice, join(LOOK, `${name}.png`));
  if (name === 'desktop-light') await shoot(alice, join(DOCS, 'page.png'));
  if (name.startsWith('phone')) {
    for (const [drawer, label] of [
      ['rooms', /^Mostrar as salas/],
      ['members', /^Mostrar as pessoas/],
    ] as const) {
      await alice.page.getByRole('button', { name: label }).click();
      await alice.page.getByRole('dialog').waitFor();
      await alice.page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished)));
      await shoot(alice, join(LOOK, `${name}-${drawer}.png`));
      await alice.page.keyboard.press('Escape');
    }
  }
  await alice.page.getByText('Combinado').scrollIntoViewIfNeeded();
  for (const command of ['/help', '/rooms', '/nadaassim']) await say(alice, command);
  await alice.page.locator('.notice.error').waitFor();
  await shoot(alice, join(LOOK, `${name}-commands.png`));
  await papo.stop();
  await alice.sees('Conexão perdida');
  await say(alice, 'Ainda estou aqui');
  await alice.sees('esperando a conexão');
  await shoot(alice, join(LOOK, `${name}-away.png`));
  await bob.leave();
  await alice.leave();
});
