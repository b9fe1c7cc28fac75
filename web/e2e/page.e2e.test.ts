import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launch, Person, PHONE } from './browser';
import { Papo, Road, TextClient } from './server';

let browser: Browser;
let papo: Papo;
const people: Person[] = [];

beforeAll(async () => {
  browser = await launch();
  papo = await Papo.start();
});

afterEach(async () => {
  const complaints = people.flatMap((person) => person.complaints);
  await Promise.all(people.splice(0).map((person) => person.leave()));
  expect(complaints).toEqual([]);
});

afterAll(async () => {
  await browser?.close();
  await papo?.stop();
});

async function join(nick: string, options?: Parameters<typeof Person.joining>[3]): Promise<Person> {
  const person = await Person.joining(browser, papo.url, nick, options);
  people.push(person);
  return person;
}

async function visit(url = papo.url, options?: Parameters<typeof Person.at>[2]): Promise<Person> {
  const person = await Person.at(browser, url, options);
  people.push(person);
  return person;
}

describe('a conversation', () => {
  it('goes between two browsers and a text client', async () => {
    const alice = await join('Alice');
    const bob = await join('Bob');
    const carol = await TextClient.connect(papo.ports.tcp, 'Carol');

    await alice.says('Olá a todos!');
    await bob.sees('Olá a todos!');
    expect(await carol.until((frame) => frame.startsWith('[#geral] '))).toBe('[#geral] Alice: Olá a todos!');

    carol.send('Alguém para jogar? 👋');
    await alice.sees('Alguém para jogar? 👋');
    await bob.sees('Alguém para jogar? 👋');
    const row = alice.page.locator('.message', { hasText: 'Alguém para jogar?' });
    expect(await row.locator('.author').innerText()).toBe('Carol');
    expect(await row.locator('.room').innerText()).toBe('#geral');

    // Her own line stands there once: shown by the page, not echoed by the server.
    expect(await alice.page.locator('.bubble', { hasText: 'Olá a todos!' }).count()).toBe(1);
    expect(await alice.page.locator('.own .bubble').innerText()).toBe('Olá a todos!');
    await carol.close();
  });

  it('keeps line breaks, and shows markup as text', async () => {
    const alice = await join('Alice');
    const bob = await join('Bob');
    const markup = '<img src=x onerror="document.title=1"><b>oi</b>\n[#geral] Bob: falso';
    await alice.says(markup);
    await bob.sees('falso');
    expect(await bob.bubbles.last().innerText()).toBe(markup);
    expect(await bob.page.locator('.bubble img, .bubble b').count()).toBe(0);
    expect(await bob.page.locator('.message').count()).toBe(1);
  });

  it('sends with Enter and breaks the line with Shift+Enter', async () => {
    const alice = await join('Alice');
    const carol = await TextClient.connect(papo.ports.tcp, 'Carol');
    await alice.composer.pressSequentially('um');
    await alice.composer.press('Shift+Enter');
    await alice.composer.pressSequentially('dois');
    expect(await alice.composer.inputValue()).toBe('um\ndois');
    await alice.composer.press('Enter');
    expect(await carol.until((frame) => frame.startsWith('[#geral] '))).toBe('[#geral] Alice: um\ndois');
    expect(await alice.composer.inputValue()).toBe('');
    await carol.close();
  });

  it('keeps the newest message in sight while the composer grows and shrinks', async () => {
    const alice = await join('Alice');
    const carol = await TextClient.connect(papo.ports.tcp, 'Carol');
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
    await carol.close();
  });

  it('shows answers to commands, and errors so that they stand out', async () => {
    const alice = await join('Alice');
    await alice.says('/rooms');
    await alice.page.locator('.notice', { hasText: /- #geral \(\d+ online\)/ }).waitFor();
    await alice.says('/nadaassim');
    await alice.page.locator('.notice.error', { hasText: '/nadaassim' }).waitFor();
    await alice.says('/join jogos');
    await alice.page.getByRole('heading', { name: '#jogos' }).waitFor();
    await alice.says('/quit');
    await alice.page.locator('#nick').waitFor();
  });

  it('counts what came while scrolled up, and what came while hidden', async () => {
    const alice = await join('Alice');
    const carol = await TextClient.connect(papo.ports.tcp, 'Carol');
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

    await alice.page.evaluate(() => {
      Object.defineProperty(document, 'hidden', { value: true, configurable: true });
    });
    carol.send('psiu');
    await alice.page.waitForFunction(() => document.title.startsWith('(1) '));
    await alice.page.evaluate(() => {
      Reflect.deleteProperty(document, 'hidden');
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await alice.page.waitForFunction(() => document.title === '#geral · Papo');
    await carol.close();
  });
});

describe('a flood', () => {
  it('of thousands of messages leaves a bounded page that still answers', async () => {
    const alice = await join('Alice');
    const carol = await TextClient.connect(papo.ports.tcp, 'Carol');
    for (let i = 1; i <= 8_000; i++) carol.send(`enchente ${i}`);
    await alice.sees('enchente 8000', true);
    const rows = alice.page.locator('.row');
    expect(await rows.count()).toBeLessThanOrEqual(150);
    await alice.says('ainda aqui');
    expect(await carol.until((frame) => frame.startsWith('[#'))).toBe('[#geral] Alice: ainda aqui');
    for (let i = 0; i < 12; i++) {
      await alice.log.evaluate((box) => (box.scrollTop = 0));
      expect(await rows.count()).toBeLessThanOrEqual(600);
    }
    await carol.close();
  });
});

describe('the connection', () => {
  it('comes back with name and room after the server restarted', async () => {
    const own = await Papo.start();
    const alice = await Person.joining(browser, own.url, 'Alice');
    people.push(alice);
    await own.stop();
    await alice.sees('Conexão perdida');
    await alice.says('guardada');
    await alice.sees('esperando a conexão');
    const again = await Papo.start(own.ports);
    const carol = await TextClient.connect(again.ports.tcp, 'Carol');
    expect(await carol.until((frame) => frame.startsWith('[#geral] '), 40_000)).toBe('[#geral] Alice: guardada');
    await alice.sees('Conexão de volta');
    await carol.close();
    await again.stop();
  });

  it('waits for its own name until it is free, and says nothing under another', async () => {
    const road = await Road.to(papo.ports.web);
    const alice = await Person.joining(browser, `http://127.0.0.1:${road.port}/`, 'Alice');
    people.push(alice);
    const carol = await TextClient.connect(papo.ports.tcp, 'Carol');
    road.cut();
    await carol.until((frame) => frame.startsWith('[SYS]') && frame.includes('Alice'));
    const thief = await TextClient.connect(papo.ports.tcp, 'Alice');
    road.mend();
    await alice.sees('Esperando o nome Alice ficar livre');
    await alice.says('sou eu de novo');
    await thief.close();
    expect(await carol.until((frame) => frame.startsWith('[#'), 30_000)).toBe('[#geral] Alice: sou eu de novo');
    await carol.close();
    road.close();
  });

  it('lets a refused name be edited instead of making a guest', async () => {
    const carol = await TextClient.connect(papo.ports.tcp, 'Carol');
    const other = await visit();
    await other.page.locator('#nick').fill('carol');
    await other.page.locator('form button[type=submit]').click();
    await other.page.getByRole('alert').waitFor();
    await other.connect('Bia');
    await other.says('agora sim');
    expect(await carol.until((frame) => frame.startsWith('[#'))).toBe('[#geral] Bia: agora sim');
    await carol.close();
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

  it('remembers the fields', async () => {
    const alice = await join('Alice');
    await alice.page.getByRole('button', { name: 'Desconectar' }).click();
    await alice.page.reload();
    expect(await alice.page.locator('#nick').inputValue()).toBe('Alice');
    expect(await alice.page.locator('#room').inputValue()).toBe('geral');
    expect(await alice.page.locator('#address').inputValue()).toBe(papo.url.replace('http', 'ws') + 'ws');
  });
});

describe('every way to use it', () => {
  it('on a phone breaks the line with Enter and sends with the button', async () => {
    const alice = await join('Alice', PHONE);
    const carol = await TextClient.connect(papo.ports.tcp, 'Carol');
    await alice.composer.tap();
    await alice.composer.pressSequentially('um');
    await alice.composer.press('Enter');
    await alice.composer.pressSequentially('dois');
    expect(await alice.composer.inputValue()).toBe('um\ndois');
    await alice.page.getByRole('button', { name: 'Enviar' }).tap();
    expect(await carol.until((frame) => frame.startsWith('[#geral] '))).toBe('[#geral] Alice: um\ndois');
    const overflow = await alice.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    await carol.close();
  });

  it('with the keyboard alone', async () => {
    const alice = await visit();
    const carol = await TextClient.connect(papo.ports.tcp, 'Carol');
    const keys = alice.page.keyboard;
    await keys.type('Alice');
    await keys.press('Tab');
    await keys.type('geral');
    await keys.press('Enter');
    await alice.sees('Conectado');
    await alice.page.waitForFunction(() => document.activeElement?.tagName === 'TEXTAREA');
    await keys.type('só teclas');
    await keys.press('Enter');
    expect(await carol.until((frame) => frame.startsWith('[#'))).toBe('[#geral] Alice: só teclas');
    await keys.press('Shift+Tab');
    expect(await alice.page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('log');
    await keys.press('Shift+Tab');
    await keys.press('Enter');
    await alice.page.locator('#nick').waitFor();
    await carol.close();
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
    await ann.page.getByLabel('Apelido').waitFor();
  });
});
