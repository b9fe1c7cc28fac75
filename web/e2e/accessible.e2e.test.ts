import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launch, Person, PHONE } from './browser';
import { Papo, TextClient } from './server';

let browser: Browser;
let papo: Papo;
let axe: string;

beforeAll(async () => {
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  browser = await launch();
});

afterAll(async () => browser?.close());
beforeEach(async () => (papo = await Papo.start()));
afterEach(async () => papo?.stop());

/** What axe finds wrong, one line each: the rule, and where. */
async function violations(person: Person): Promise<string[]> {
  await person.page.evaluate(axe);
  return person.page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    const found = await axe.run();
    return found.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  });
}

const SHAPES = { desktop: {}, phone: PHONE };

describe.each(['light', 'dark'] as const)('in the %s theme', (colorScheme) => {
  it.each(['desktop', 'phone'] as const)('on a %s, nothing stands in anybody’s way', async (shape) => {
    const person = await Person.at(browser, papo.url, { colorScheme, ...SHAPES[shape] });
    expect(await violations(person), 'the form').toEqual([]);

    const carol = await TextClient.connect(papo.ports.tcp, 'Carol', 'geral');
    await person.connect('Alice');
    carol.send('veja https://papo.example/ que legal\ncom duas linhas');
    await person.sees('com duas linhas');
    for (const name of ['Bia', 'Caio', 'Davi', 'Elisa', 'Fabi', 'Guto', 'Hugo', 'Iara', 'João', 'Kátia', 'Lia', 'Mara']) {
      carol.send(`/nick ${name}`);
      carol.send(`aqui é ${name}`);
    }
    await person.sees('aqui é Mara');
    const send = person.page.locator('main form button[type=submit]');
    for (const typed of ['minha https://papo.example/', '/nadaassim', '/help']) {
      await person.composer.fill(typed);
      await send.click();
    }
    await person.page.locator('.notice.error').waitFor();
    expect(await violations(person), 'the conversation').toEqual([]);

    if (shape === 'phone') {
      for (const name of [/^Mostrar as salas/, /^Mostrar as pessoas/]) {
        await person.page.getByRole('button', { name }).click();
        await person.page.getByRole('dialog').waitFor();
        // What slides in is half transparent for a moment.
        await person.page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished)));
        expect(await violations(person), `the drawer of ${String(name)}`).toEqual([]);
        await person.page.keyboard.press('Escape');
      }
    }

    const ground = await person.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const lightness = Number(/\d+/.exec(ground)?.[0]);
    expect(lightness > 128).toBe(colorScheme === 'light');
    await person.leave();
  });

  it('while the server is away', async () => {
    const person = await Person.joining(browser, papo.url, 'Alice', { colorScheme });
    await papo.stop();
    await person.sees('Conexão perdida');
    await person.says('até já');
    await person.sees('esperando a conexão');
    expect(await violations(person)).toEqual([]);
    await person.leave();
  });
});

it('opens as a file, against a typed address', async () => {
  const file = pathToFileURL(resolve(import.meta.dirname, '../dist/index.html')).href;
  const person = await Person.at(browser, file);
  expect(await person.page.locator('#address').inputValue()).toBe('ws://localhost:8765');
  await person.page.locator('#address').fill(`localhost:${papo.ports.web}`);
  const carol = await TextClient.connect(papo.ports.tcp, 'Carol', 'geral');
  await person.connect('Alice');
  await person.says('de um arquivo');
  expect(await carol.hears()).toBe('[#geral] Alice: de um arquivo');
  await person.leave();
});
