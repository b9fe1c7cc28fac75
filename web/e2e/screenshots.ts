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
const DESKTOP: BrowserContextOptions = { viewport: { width: 1120, height: 960 }, deviceScaleFactor: 2 };

let browser: Browser;

beforeAll(async () => {
  browser = await launch();
  await mkdir(LOOK, { recursive: true });
  await mkdir(DOCS, { recursive: true });
});

afterAll(() => browser?.close());

/** Alice's page in the middle of the document's example. */
async function lively(papo: Papo, options: BrowserContextOptions): Promise<Person> {
  const alice = await Person.joining(browser, papo.url, 'Alice', options);
  const bob = await TextClient.connect(papo.ports.tcp, 'Bob');
  const send = async (text: string) => {
    await alice.composer.fill(text);
    await alice.page.locator('form button[type=submit]').click();
  };
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
  await hear('Até lá!');
  return alice;
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
  await shoot(alice, join(LOOK, `${name}.png`));
  if (name === 'desktop-light') await shoot(alice, join(DOCS, 'page.png'));
  for (const command of ['/help', '/rooms', '/nadaassim']) {
    await alice.composer.fill(command);
    await alice.page.locator('form button[type=submit]').click();
  }
  await alice.page.locator('.notice.error').waitFor();
  await papo.stop();
  await alice.sees('Conexão perdida');
  await alice.composer.fill('Ainda estou aqui');
  await alice.page.locator('form button[type=submit]').click();
  await alice.sees('esperando a conexão');
  await shoot(alice, join(LOOK, `${name}-away.png`));
  await alice.leave();
});
