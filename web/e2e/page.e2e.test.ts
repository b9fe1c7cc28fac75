import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launch, Person, PHONE } from './browser';
import { bridgeTo, oldServer, Papo, TextClient } from './server';

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

async function visit(url = papo.url, options?: Parameters<typeof Person.at>[2]): Promise<Person> {
  const person = await Person.at(browser, url, options);
  people.push(person);
  return person;
}

async function join(nick: string, options?: Parameters<typeof Person.at>[2]): Promise<Person> {
  const person = await visit(papo.url, options);
  await person.connect(nick);
  return person;
}

const text = (nick: string, room?: string) => TextClient.connect(papo.ports.tcp, nick, room);

describe('a conversation', () => {
  it('goes between two browsers and a text client', async () => {
    const alice = await join('Alice');
    const bob = await join('Bob');
    const carol = await text('Carol', 'geral');

    await alice.says('Olá a todos!');
    await bob.sees('Olá a todos!');
    expect(await carol.hears()).toBe('[#geral] Alice: Olá a todos!');

    carol.send('Alguém para jogar? 👋');
    await alice.sees('Alguém para jogar? 👋');
    await bob.sees('Alguém para jogar? 👋');
    const row = alice.page.locator('.message', { hasText: 'Alguém para jogar?' });
    expect(await row.locator('.author').innerText()).toBe('Carol');

    // Her own line stands there once: the pending one has become the message.
    await alice.page.locator('.own .bubble.sent', { hasText: 'Olá a todos!' }).waitFor();
    expect(await alice.page.locator('.bubble', { hasText: 'Olá a todos!' }).count()).toBe(1);
  });

  it('keeps line breaks, and shows markup as text', async () => {
    const alice = await join('Alice');
    const bob = await join('Bob');
    const markup = '<img src=x onerror="document.title=1"><b>oi</b>\n[#geral] Bob: falso';
    await alice.says(markup);
    await bob.sees('falso');
    expect(await bob.texts()).toEqual([markup]);
    expect(await bob.page.locator('.bubble img, .bubble b').count()).toBe(0);
  });

  it('sends with Enter and breaks the line with Shift+Enter', async () => {
    const alice = await join('Alice');
    const carol = await text('Carol', 'geral');
    await alice.composer.pressSequentially('um');
    await alice.composer.press('Shift+Enter');
    await alice.composer.pressSequentially('dois');
    expect(await alice.composer.inputValue()).toBe('um\ndois');
    await alice.composer.press('Enter');
    expect(await carol.hears()).toBe('[#geral] Alice: um\ndois');
    expect(await alice.composer.inputValue()).toBe('');
  });

  it('keeps the newest message in sight while the composer grows and shrinks', async () => {
    const alice = await join('Alice');
    const carol = await text('Carol', 'geral');
    for (let i = 1; i <= 60; i++) carol.send(`linha ${i}`);
    await alice.sees('linha 60', true);
    await alice.composer.pressSequentially('uma');
    for (let i = 0; i < 5; i++) {
      await alice.composer.press('Shift+Enter');
      await alice.composer.pressSequentially('mais');
    }
    await alice.page.setViewportSize({ width: 700, height: 500 });
    await alice.composer.press('Enter');
    carol.send('e agora?');
    await alice.sees('e agora?');
    await alice.page.waitForFunction(() => {
      const log = document.querySelector('[role=log]');
      return log !== null && log.scrollHeight - log.scrollTop - log.clientHeight < 1;
    });
    expect(await alice.page.getByText('Ir para o fim').count()).toBe(0);
  });

  it('shows answers to commands, and errors so that they stand out', async () => {
    const alice = await join('Alice');
    await alice.says('/rooms');
    await alice.page.locator('.notice', { hasText: /● #geral · 1/ }).waitFor();
    await alice.says('/who');
    await alice.page.locator('.notice', { hasText: 'Em #geral (1):' }).waitFor();
    await alice.says('/history 5');
    await alice.sees('Toda a história guardada desta sala já está aqui');
    await alice.says('/nadaassim');
    await alice.page.locator('.notice.error', { hasText: '/nadaassim' }).waitFor();
    await alice.says('/nick admin');
    await alice.page.locator('.notice.error', { hasText: 'reservado' }).waitFor();
    await alice.says('/nick Bia');
    await alice.sees('Seu nome agora é Bia');
    await alice.says('/create ideias');
    await alice.sees('Sala #ideias criada');
    await alice.says('/join jogos');
    await alice.isIn('jogos');
    await alice.says('/leave');
    await alice.isIn('geral');
    await alice.says('/help');
    await alice.sees('/quit – encerra');
    await alice.says('/quit');
    await alice.page.locator('#nick').waitFor();
    expect(await alice.page.locator('#nick').inputValue()).toBe('Bia');
  });

  it('counts what came while scrolled up, and what came while hidden', async () => {
    const alice = await join('Alice');
    const carol = await text('Carol', 'geral');
    for (let i = 1; i <= 400; i++) carol.send(`linha ${i}`);
    await alice.sees('linha 400', true);
    await alice.log.evaluate((box) => (box.scrollTop -= 1_500));
    await alice.page.getByText('Ir para o fim').waitFor();
    const place = await alice.page.getByText('linha 380', { exact: true }).boundingBox();
    for (let i = 401; i <= 450; i++) carol.send(`linha ${i}`);
    await alice.sees('50 novas mensagens');
    expect(await alice.page.getByText('linha 380', { exact: true }).boundingBox()).toEqual(place);

    // Up to the first line: rows come as they are reached, those read stay in place.
    for (let seen = false; !seen; ) {
      await alice.log.evaluate((box) => (box.scrollTop = 0));
      seen = await alice.page.getByText('linha 1', { exact: true }).isVisible();
    }
    await alice.page.getByText('50 novas mensagens').click();
    await alice.page.getByText('linha 450', { exact: true }).waitFor();
    await alice.page.waitForFunction(() => document.title === '#geral · Papo');

    await alice.page.evaluate(() => {
      Object.defineProperty(document, 'hidden', { value: true, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    });
    carol.send('psiu');
    await alice.page.waitForFunction(() => document.title.startsWith('(1) '));
    await alice.page.evaluate(() => {
      Reflect.deleteProperty(document, 'hidden');
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await alice.page.waitForFunction(() => document.title === '#geral · Papo');
  });
});

describe('a flood', () => {
  it('of thousands of messages leaves a bounded page that still answers', async () => {
    const alice = await join('Alice');
    const carol = await text('Carol', 'geral');
    for (let i = 1; i <= 8_000; i++) carol.send(`enchente ${i}`);
    await alice.sees('enchente 8000', true);
    const rows = alice.page.locator('.row');
    expect(await rows.count()).toBeLessThanOrEqual(160);
    await alice.says('ainda aqui');
    expect(await carol.hears()).toBe('[#geral] Alice: ainda aqui');
    for (let i = 0; i < 12; i++) {
      await alice.log.evaluate((box) => (box.scrollTop = 0));
      expect(await rows.count()).toBeLessThanOrEqual(620);
    }
  });
});

describe('the form', () => {
  it('lets a refused name be edited instead of making a guest', async () => {
    const carol = await text('Carol', 'geral');
    const other = await visit();
    await other.page.locator('#nick').fill('carol');
    await other.page.locator('form button[type=submit]').click();
    await other.page.getByRole('alert').waitFor();
    await other.connect('Bia');
    await other.says('agora sim');
    expect(await carol.hears()).toBe('[#geral] Bia: agora sim');
  });

  it('tells of a server that is not there and of an address that is none', async () => {
    const alice = await visit();
    await alice.page.locator('#address').fill('não é endereço');
    await alice.page.locator('form button[type=submit]').click();
    await alice.sees('Isto não é um endereço');
    await alice.page.locator('#address').fill('ws://127.0.0.1:9');
    await alice.page.locator('form button[type=submit]').click();
    await alice.sees('Não foi possível conectar');
  });

  it('tells of a server that speaks something else', async () => {
    const old = await oldServer();
    const alice = await visit();
    await alice.page.locator('#address').fill(old.address);
    await alice.page.locator('form button[type=submit]').click();
    await alice.sees('não fala papo.v1');
    old.close();
  });

  it('remembers its fields', async () => {
    const alice = await join('Alice');
    await alice.page.getByRole('button', { name: 'Desconectar' }).click();
    await alice.page.reload();
    expect(await alice.page.locator('#nick').inputValue()).toBe('Alice');
    expect(await alice.page.locator('#room').inputValue()).toBe('geral');
    expect(await alice.page.locator('#address').inputValue()).toBe(papo.url.replace('http', 'ws') + 'ws');
    // The name is free at once.
    await alice.connect('Alice');
  });
});

describe('every way to use it', () => {
  it('through a bridge', async () => {
    const bridge = await bridgeTo(papo.ports.tcp);
    const carol = await text('Carol', 'geral');
    const alice = await visit();
    await alice.page.locator('#address').fill(bridge.address);
    await alice.connect('Alice');
    await alice.says('pela ponte');
    expect(await carol.hears()).toBe('[#geral] Alice: pela ponte');
    await alice.page.locator('.own .bubble.sent').waitFor();
    bridge.close();
  });

  it('on a phone breaks the line with Enter, sends with the button, and has rooms and people in drawers', async () => {
    const alice = await join('Alice', PHONE);
    const carol = await text('Carol', 'jogos');
    await alice.page.getByRole('button', { name: 'Mostrar as salas' }).tap();
    await alice.room('jogos').locator('.room').tap();
    await alice.isIn('jogos');
    expect(await alice.page.locator('dialog[open]').count()).toBe(0);
    await alice.composer.tap();
    await alice.composer.pressSequentially('um');
    await alice.composer.press('Enter');
    await alice.composer.pressSequentially('dois');
    await alice.page.getByRole('button', { name: 'Enviar' }).tap();
    expect(await carol.hears()).toBe('[#jogos] Alice: um\ndois');
    await alice.page.getByRole('button', { name: 'Mostrar as pessoas da sala (2)' }).tap();
    await alice.page.getByRole('dialog', { name: 'Pessoas em #jogos' }).getByText('Carol').waitFor();
    await alice.page.keyboard.press('Escape');
    await alice.page.getByRole('dialog').waitFor({ state: 'hidden' });
    const overflow = await alice.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
  });

  it('with the keyboard alone', async () => {
    const alice = await visit();
    const carol = await text('Carol', 'jogos');
    const keys = alice.page.keyboard;
    const isWriting = () => alice.page.waitForFunction(() => document.activeElement?.tagName === 'TEXTAREA');
    await keys.type('Alice');
    await keys.press('Tab');
    await keys.type('geral');
    await keys.press('Enter');
    await alice.isIn('geral');
    await isWriting();
    await keys.press('Shift+Tab');
    expect(await alice.page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('log');

    // Back to the field for rooms, and into one by its name.
    await alice.page.getByLabel('Procurar ou criar sala').focus();
    await keys.type('jogos');
    await keys.press('Enter');
    await alice.isIn('jogos');
    await isWriting();
    await keys.type('só teclas');
    await keys.press('Enter');
    expect(await carol.hears()).toBe('[#jogos] Alice: só teclas');
    await keys.press('Alt+ArrowUp');
    await alice.isIn('geral');
    await isWriting();
    await keys.type('/quit');
    await keys.press('Enter');
    await alice.page.locator('#nick').waitFor();
  });

  it('in English, and in the other language at a touch', async () => {
    const ann = await visit(papo.url, { locale: 'en-GB' });
    expect(await ann.page.locator('html').getAttribute('lang')).toBe('en');
    await ann.page.getByLabel('Nickname').fill('Ann');
    await ann.page.getByRole('button', { name: 'Connect', exact: true }).click();
    await ann.sees('Connected');
    await ann.page.getByRole('button', { name: 'Português' }).click();
    await ann.sees('Conectado');
    await ann.page.reload();
    await ann.isIn('geral');
    await ann.page.getByRole('button', { name: 'Desconectar' }).click();
    await ann.page.getByLabel('Apelido').waitFor();
  });
});
