import { describe, expect, it } from 'vitest';
import { bytesOf, clean, read } from './slash';

describe('what is typed', () => {
  it.each([
    ['  ', { is: 'nothing' }],
    ['oi', { is: 'message', text: 'oi' }],
    [' um\r\ndois ', { is: 'message', text: 'um\ndois' }],
    ['//oi', { is: 'message', text: '/oi' }],
    ['/join #Jogos', { is: 'ask', command: { do: 'join', room: '#Jogos' } }],
    ['/JOIN jogos', { is: 'ask', command: { do: 'join', room: 'jogos' } }],
    ['/create ideias', { is: 'ask', command: { do: 'create', room: 'ideias' } }],
    ['/nick bia', { is: 'ask', command: { do: 'nick', nick: 'bia' } }],
    ['/leave', { is: 'ask', command: { do: 'leave', room: 7 } }],
    ['/who', { is: 'ask', command: { do: 'who', room: 7 } }],
    ['/rooms', { is: 'ask', command: { do: 'rooms' } }],
    ['/history', { is: 'history', limit: 20 }],
    ['/history 50', { is: 'history', limit: 50 }],
    ['/history 5000', { is: 'history', limit: 200 }],
    ['/lang pt-BR', { is: 'speak', language: 'pt-BR' }],
    ['/lang en', { is: 'speak', language: 'en' }],
    ['/help', { is: 'help' }],
    ['/?', { is: 'help' }],
    ['/quit agora', { is: 'quit' }],
    ['/join', { is: 'error', words: { key: 'missingRoom', values: { command: '/join' } } }],
    ['/create #', { is: 'error', words: { key: 'missingRoom', values: { command: '/create' } } }],
    ['/nick', { is: 'error', words: { key: 'missingNick' } }],
    ['/lang de', { is: 'error', words: { key: 'missingLanguage' } }],
    ['/history -1', { is: 'error', words: { key: 'badNumber' } }],
    ['/nadaassim x', { is: 'error', words: { key: 'unknownCommand', values: { command: '/nadaassim' } } }],
    ['/', { is: 'error', words: { key: 'unknownCommand', values: { command: '/' } } }],
  ])('%j', (typed, expected) => {
    expect(read(typed, 7)).toEqual(expected);
  });

  it.each(['oi', '/leave', '/who', '/history'])('needs a room: %s', (typed) => {
    expect(read(typed, null)).toEqual({ is: 'error', words: { key: 'noRoomOpen' } });
  });

  it('is cleaned as the server does', () => {
    expect(clean('a\u0000b\u001b[31m\u202ec\u2028d\te')).toBe('ab[31mc\nd\te');
    expect(bytesOf('olá 👋')).toBe(9);
  });
});
