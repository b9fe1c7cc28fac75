/** Chromium, and a person at the page: what they do and what they see. */

import { chromium, type Browser, type BrowserContextOptions, type Locator, type Page } from 'playwright-core';

export async function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

export const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 780 },
  deviceScaleFactor: 2,
  hasTouch: true,
  isMobile: true,
};

export class Person {
  /** What the browser complained of: errors, warnings of the policy, uncaught exceptions. */
  readonly complaints: string[] = [];

  private constructor(readonly page: Page) {
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('console', (message) => {
      // A server that is away is part of the play; the browser writes it down by itself.
      const expected = /WebSocket connection to .* failed/.test(message.text());
      if (message.type() === 'error' && !expected) this.complaints.push(message.text());
    });
  }

  static async at(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Person> {
    const context = await browser.newContext({ locale: 'pt-BR', ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    const person = new Person(page);
    await page.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) => console.error(`policy: ${event.violatedDirective}`));
    });
    await page.goto(url);
    return person;
  }

  static async joining(browser: Browser, url: string, nick: string, options?: BrowserContextOptions): Promise<Person> {
    const person = await Person.at(browser, url, options);
    await person.connect(nick);
    return person;
  }

  async connect(nick: string, room = 'geral'): Promise<void> {
    await this.page.locator('#nick').fill(nick);
    await this.page.locator('#room').fill(room);
    await this.page.locator('form button[type=submit]').click();
    await this.isIn(room);
  }

  /** The room is open: from here on, others are heard. */
  async isIn(room: string): Promise<void> {
    await this.page.getByRole('heading', { name: `#${room}`, exact: true }).waitFor();
    await this.sees('Conectado');
  }

  /** A room in the list. */
  room(name: string): Locator {
    return this.page.locator('nav li', { has: this.page.getByText(name, { exact: true }) });
  }

  get members(): Locator {
    return this.page.getByRole('complementary', { name: /^Pessoas em/ }).locator('li .name');
  }

  /** The texts of all messages on the screen, in their order. */
  async texts(): Promise<string[]> {
    return this.page.locator('.row .text').allInnerTexts();
  }

  get log(): Locator {
    return this.page.getByRole('log');
  }

  get composer(): Locator {
    return this.page.locator('textarea');
  }

  get bubbles(): Locator {
    return this.page.locator('.bubble');
  }

  async says(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press('Enter');
  }

  async sees(text: string, exact = false): Promise<void> {
    await this.page.getByText(text, { exact }).first().waitFor();
  }

  async leave(): Promise<void> {
    await this.page.context().close();
  }
}
