import { describe, expect, it } from 'vitest';
import en from '../../messages/en.json';
import pt from '../../messages/pt-BR.json';
import { defaultAddress, parseAddress } from './address';
import { backoff } from './backoff';
import { fill, pickLanguage } from './language';
import { HUES, hue, initials } from './person';
import { pieces } from './prose';

describe('texts', () => {
  it('has the same ones in both languages, with the same places', () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(pt).sort());
    const places = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
    for (const key of Object.keys(pt) as (keyof typeof pt)[]) {
      expect(pt[key], key).not.toBe('');
      expect(en[key], key).not.toBe('');
      expect(places(en[key]), key).toEqual(places(pt[key]));
    }
  });

  it('fills places and leaves unknown ones to be seen', () => {
    expect(fill('{n} de {total}', { n: 1 })).toBe('1 de {total}');
  });

  it.each([
    [null, 'pt-BR', 'pt-BR'],
    [null, 'en-GB', 'en'],
    [null, 'de', 'pt-BR'],
    [null, '', 'pt-BR'],
    ['en', 'pt-BR', 'en'],
    ['pt-BR', 'en', 'pt-BR'],
    ['xx', 'en', 'en'],
  ])('picks the language: chosen %j, browser %j', (chosen, browser, expected) => {
    expect(pickLanguage(chosen, browser)).toBe(expected);
  });
});

describe('addresses', () => {
  it.each([
    ['http:', '127.0.0.1:8765', 'ws://127.0.0.1:8765/ws'],
    ['https:', 'papo.example', 'wss://papo.example/ws'],
    ['file:', '', 'ws://localhost:8765'],
  ])('guesses from %s//%s', (protocol, host, expected) => {
    expect(defaultAddress({ protocol, host })).toBe(expected);
  });

  it.each([
    ['ws://localhost:8765', 'ws://localhost:8765/'],
    [' localhost:8765 ', 'ws://localhost:8765/'],
    ['[::1]:8765', 'ws://[::1]:8765/'],
    ['http://a.b/ws', 'ws://a.b/ws'],
    ['https://a.b/ws#x', 'wss://a.b/ws'],
    ['ftp://a.b', null],
    ['javascript://a', null],
    ['a b', null],
    ['ws://', null],
    ['', null],
  ])('reads %j', (typed, expected) => {
    expect(parseAddress(typed)).toBe(expected);
  });
});

describe('people', () => {
  it('gives a name the same hue however it is written, and spreads names over all hues', () => {
    expect(hue('Ana')).toBe(hue('ana'));
    const names = Array.from({ length: 600 }, (_, i) => `pessoa${i}`);
    const counts = new Array<number>(HUES).fill(0);
    for (const name of names) counts[hue(name)] = (counts[hue(name)] ?? 0) + 1;
    expect(Math.min(...counts)).toBeGreaterThan(20);
  });

  it.each([
    ['alice', 'A'],
    ['ana_maria', 'AM'],
    ['joão.silva.neto', 'JS'],
    ['😀x', '😀'],
    ['---', '?'],
  ])('initials of %s', (name, expected) => {
    expect(initials(name)).toBe(expected);
  });
});

describe('links', () => {
  const shown = (text: string) => pieces(text).map((piece) => (piece.href === null ? piece.text : `<${piece.href}>`));

  it.each([
    ['oi', ['oi']],
    ['veja https://a.b/c?d=e.', ['veja ', '<https://a.b/c?d=e>', '.']],
    ['(https://a.b/x_(y))', ['(', '<https://a.b/x_(y)>', ')']],
    ['https://a.b', ['<https://a.b>']],
    ['javascript:alert(1) http://', ['javascript:alert(1) http://']],
    ['a\nb', ['a\nb']],
  ])('in %j', (text, expected) => {
    expect(shown(text)).toEqual(expected);
  });
});

describe('back-off', () => {
  it('stays between half a step and a step, and is bounded', () => {
    expect([backoff(0, 0), backoff(0, 1), backoff(3, 0.5), backoff(99, 1)]).toEqual([500, 1_000, 6_000, 30_000]);
  });
});
