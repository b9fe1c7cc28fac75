/** What a session keeps over lost lines, killed servers, reloads and second tabs. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launch, Person } from './browser';
import { Papo, Road, TextClient } from './server';

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

async function arrive(nick: string, url = papo.url): Promise<Person> {
  const person = await Person.joining(browser, url, nick);
  people.push(person);
  return person;
}

const text = (nick: string, room = 'geral') => TextClient.connect(papo.ports.tcp, nick, room);
const restart = async () => (papo = await Papo.start({ ports: papo.ports, data }));
const lines = (word: string, from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => `${word} ${from + i}`);

describe('a server that was killed', () => {
  it('leaves nothing missing and nothing twice', async () => {
    const alice = await arrive('Alice');
    const bob = await arrive('Bob');
    for (const line of lines('antes', 1, 5)) await alice.says(line);
    await bob.sees('antes 5');
    await papo.kill();
    await alice.sees('Conexão perdida');
    await alice.says('durante 1');
    await alice.says('durante 2');
    await alice.sees('esperando a conexão');
    await restart();
    await alice.page.locator('.own .bubble.sent', { hasText: 'durante 2' }).waitFor({ timeout: 40_000 });
    await alice.sees('Conexão de volta');
    await bob.sees('durante 2');
    await bob.says('depois');
    await alice.sees('depois');
    const expected = [...lines('antes', 1, 5), 'durante 1', 'durante 2', 'depois'];
    expect(await alice.texts()).toEqual(expected);
    expect(await bob.texts()).toEqual(expected);
    // In the store it is the same.
    const carol = await text('Carol');
    carol.send('/history 50');
    const history = await carol.until((frame) => frame.includes('depois'));
    expect(history).toContain('durante 2');
  });

  it('in the middle of a stream of posts loses and repeats none', async () => {
    const alice = await arrive('Alice');
    const sent = lines('número', 1, 30);
    for (const [at, line] of sent.entries()) {
      await alice.says(line);
      if (at === 9 || at === 19) {
        await papo.kill();
        await restart();
      }
    }
    await alice.page.locator('.own .bubble.sent', { hasText: 'número 30' }).waitFor({ timeout: 40_000 });
    expect(await alice.texts()).toEqual(sent);
  });
});

describe('a server that forgets', () => {
  it('begins anew, and takes what had not been sent', async () => {
    await papo.stop();
    papo = await Papo.start();
    const alice = await arrive('Alice');
    await alice.says('um');
    await alice.page.locator('.own .bubble.sent', { hasText: 'um' }).waitFor();
    await papo.kill();
    await alice.sees('Conexão perdida');
    await alice.says('dois');
    papo = await Papo.start({ ports: papo.ports });
    await alice.page.locator('.own .bubble.sent', { hasText: 'dois' }).waitFor({ timeout: 40_000 });
    await alice.sees('A história de #geral recomeçou no servidor');
    expect(await alice.texts()).toEqual(['dois']);
    const carol = await text('Carol');
    await alice.says('três');
    expect(await carol.hears()).toBe('[#geral] Alice: três');
  });
});

describe('a line that was cut', () => {
  it('brings what was missed, over a gap too, with the reader where they were', async () => {
    const road = await Road.to(papo.ports.web);
    const alice = await arrive('Alice', `http://127.0.0.1:${road.port}/`);
    const carol = await text('Carol');
    for (const line of lines('a', 1, 3)) carol.send(line);
    await alice.sees('a 3', true);
    road.cut();
    await alice.sees('Conexão perdida');
    for (const line of lines('b', 1, 800)) carol.send(line);
    carol.send('/who');
    await carol.until((frame) => frame.includes('Carol'));
    road.mend();
    await alice.sees('b 800', true);
    expect(await alice.page.locator('.members').innerText()).toContain('2');

    // Up through the gap, which fills as it comes in sight.
    const top = alice.page.getByText('Aqui começa #geral');
    while ((await top.count()) === 0 || (await alice.page.locator('.row.gap').count()) > 0) {
      await alice.log.evaluate((box) => (box.scrollTop = Math.max(0, box.scrollTop - 700)));
    }
    // And down again: all of it, each once, in order.
    const seen = new Set<string>();
    while (!seen.has('b 800')) {
      const drawn = await alice.texts();
      expect(new Set(drawn).size).toBe(drawn.length);
      for (const line of drawn) seen.add(line);
      await alice.log.evaluate((box) => (box.scrollTop += 2_000));
    }
    expect([...seen]).toEqual([...lines('a', 1, 3), ...lines('b', 1, 800)]);
    road.close();
  });

  it('keeps the name for its session', async () => {
    const road = await Road.to(papo.ports.web);
    const alice = await arrive('Alice', `http://127.0.0.1:${road.port}/`);
    const carol = await text('Carol');
    road.cut();
    await alice.sees('Conexão perdida');
    carol.send('/nick Alice');
    await carol.until((frame) => frame.startsWith('[ERRO]'));
    road.mend();
    await alice.sees('Conexão de volta');
    await alice.says('sou eu');
    expect(await carol.hears()).toBe('[#geral] Alice: sou eu');
    road.close();
  });
});

describe('the history', () => {
  it('loads on scrolling up, keeps the reader’s place, and says where it begins', async () => {
    const carol = await text('Carol', 'longa');
    for (const line of lines('linha', 1, 240)) carol.send(line);
    carol.send('/who');
    await carol.until((frame) => frame.includes('Carol'));
    const alice = await arrive('Alice');
    await alice.room('longa').locator('.room').click();
    await alice.isIn('longa');
    await alice.sees('linha 240', true);
    expect(await alice.page.getByText('linha 1', { exact: true }).count()).toBe(0);

    const line = alice.page.getByText('linha 200', { exact: true });
    await line.scrollIntoViewIfNeeded();
    await alice.log.evaluate((box) => box.scrollBy(0, -400));
    const before = await line.boundingBox();
    await alice.page.getByText('linha 141', { exact: true }).waitFor({ state: 'attached' });
    expect(await line.boundingBox()).toEqual(before);

    await expect
      .poll(async () => {
        await alice.log.evaluate((box) => (box.scrollTop = 0));
        return alice.page.getByText('Aqui começa #longa').count();
      }, { timeout: 15_000 })
      .toBe(1);
    expect(await alice.texts()).toEqual(lines('linha', 1, 240));
  });
});

describe('a tab', () => {
  it('goes on with its session after a reload', async () => {
    const alice = await arrive('Alice');
    const carol = await text('Carol', 'jogos');
    await alice.says('/join jogos');
    await alice.isIn('jogos');
    await alice.says('antes');
    expect(await carol.hears()).toBe('[#jogos] Alice: antes');
    await alice.page.reload();
    await alice.isIn('jogos');
    await alice.sees('antes');
    await alice.page.locator('.own', { hasText: 'antes' }).waitFor();
    expect(await alice.room('geral').getAttribute('class')).toContain('joined');
    await alice.says('depois');
    expect(await carol.hears()).toBe('[#jogos] Alice: depois');
    expect(await alice.texts()).toEqual(['antes', 'depois']);
  });

  it('stops where its session goes on elsewhere, and takes it back when told to', async () => {
    const alice = await arrive('Alice');
    await alice.says('um');
    const other = await alice.page.context().newPage();
    const kept = await alice.page.evaluate(() => sessionStorage.getItem('papo.session'));
    await other.addInitScript((kept) => sessionStorage.setItem('papo.session', kept ?? ''), kept);
    await other.goto(papo.url);
    await alice.sees('Esta conversa continua em outra aba');
    await alice.says('dois');
    await alice.page.getByRole('button', { name: 'Usar aqui' }).click();
    await alice.page.locator('.own .bubble.sent', { hasText: 'dois' }).waitFor();
    await other.getByText('Esta conversa continua em outra aba').waitFor();
    expect(await alice.texts()).toEqual(['um', 'dois']);
  });
});
