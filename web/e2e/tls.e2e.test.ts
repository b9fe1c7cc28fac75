import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { launch, Person } from './browser';
import { Papo, TextClient } from './server';

let browser: Browser;
let data: string;
let papo: Papo;

beforeAll(async () => (browser = await launch()));
afterAll(async () => browser?.close());

beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'papo-tls-'));
  papo = await Papo.start({ data, more: ['--tls', 'self-signed'] });
});

afterEach(async () => {
  await papo?.stop();
  await rm(data, { recursive: true });
});

it('the page talks inside TLS, and goes on when the server comes back', async () => {
  // A person would tell the browser to go on; the certificate vouches for itself.
  const alice = await Person.joining(browser, papo.secureUrl, 'Alice', { ignoreHTTPSErrors: true });
  const carol = await TextClient.connect(papo.ports.tcp, 'Carol', 'geral');
  await alice.says('Olá a todos!');
  expect(await carol.hears()).toBe('[#geral] Alice: Olá a todos!');
  carol.send('oi, Alice');
  await alice.sees('oi, Alice');

  await papo.kill();
  papo = await Papo.start({ data, ports: papo.ports, more: ['--tls', 'self-signed'] });
  const davi = await TextClient.connect(papo.ports.tcp, 'Davi', 'geral');
  await alice.says('voltou');
  expect(await davi.hears()).toContain('voltou');
  expect(alice.complaints).toEqual([]);
  await alice.leave();
});
