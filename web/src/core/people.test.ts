import { describe, expect, it } from 'vitest';
import { commandOf, FORMS, type Act } from './acts';
import { suggestions } from './commands';
import { fieldOf, missing } from './credentials';
import { echoOf, secondsOf } from './people';
import { may } from './rights';
import { read } from './slash';

const ask = (command: object) => ({ is: 'ask', command });
const usage = (line: string) => ({ is: 'error', words: { usage: line } });

describe('commands about people', () => {
  it.each([
    ['/login', { is: 'show', view: 'login' }],
    ['/login Ana', usage('cmdLogin')],
    ['/login Ana com espaços', ask({ do: 'login', nick: 'Ana', password: 'com espaços' })],
    ['/register segredo convite', ask({ do: 'register', password: 'segredo', invite: 'convite' })],
    ['/logout', ask({ do: 'logout' })],
    ['/password a b c', ask({ do: 'password', old: 'a', new: 'b c' })],
    ['/sessions', { is: 'show', view: 'account' }],
    ['/sessions end 7', ask({ do: 'end_login', login: 7 })],
    ['/sessions fim 7', usage('cmdSessions')],
    ['/token new R2 jogos geral', { is: 'bot', nick: 'R2', rooms: ['jogos', 'geral'] }],
    ['/token revoke R2', ask({ do: 'revoke_token', nick: 'R2' })],
    ['/token new', usage('cmdToken')],
    ['/msg @Bob  oi  você', { is: 'whisper', to: 'Bob', text: 'oi  você' }],
    ['/msg Bob', usage('cmdMsg')],
    ['/r sim', { is: 'answer', text: 'sim' }],
    ['/ignore @Eve', ask({ do: 'ignore', who: 'Eve' })],
    ['/unignore', usage('cmdUnignore')],
    ['/topic -', ask({ do: 'topic', room: 7, topic: '' })],
    ['/topic', usage('cmdTopic')],
    ['/kick Bob gritou muito', ask({ do: 'kick', room: 7, who: 'Bob', why: 'gritou muito' })],
    ['/ban Bob 2h gritou muito', ask({ do: 'ban', room: 7, who: 'Bob', seconds: 7_200, why: 'gritou muito' })],
    ['/ban Bob gritou', ask({ do: 'ban', room: 7, who: 'Bob', why: 'gritou' })],
    ['/mute Bob 10m', ask({ do: 'mute', room: 7, who: 'Bob', seconds: 600 })],
    ['/mute Bob', usage('cmdMute')],
    ['/slow 30s', ask({ do: 'slow', room: 7, seconds: 30 })],
    ['/slow 3601', usage('cmdSlow')],
    ['/private', ask({ do: 'private', room: 7, on: true })],
    ['/readonly não', ask({ do: 'readonly', room: 7, on: false })],
    ['/readonly talvez', usage('cmdReadonly')],
    ['/redact', ask({ do: 'redact', room: 7 })],
    ['/redact #12', ask({ do: 'redact', room: 7, seq: 12 })],
    ['/redact #x', usage('cmdRedact')],
    ['/redact Bob 1d', ask({ do: 'redact', room: 7, who: 'Bob', seconds: 86_400 })],
    ['/op Bob', ask({ do: 'op', room: 7, who: 'Bob' })],
    ['/close', { is: 'show', view: 'close' }],
    ['/report ofende', ask({ do: 'report', room: 7, why: 'ofende' })],
    ['/audit 201', usage('cmdAudit')],
  ])('%s', (typed, expected) => {
    expect(read(typed, 7)).toEqual(expected);
  });

  it('need a room where they are about one', () => {
    expect(read('/topic x', null)).toEqual({ is: 'error', words: { key: 'noRoomOpen' } });
    expect(read('/logout', null)).toEqual(ask({ do: 'logout' }));
  });

  it.each([
    ['30s', 30],
    ['2h', 7_200],
    ['0m', null],
    ['m', null],
    ['5', null],
    ['', null],
  ])('have times with units: %j', (typed, expected) => {
    expect(secondsOf(typed)).toBe(expected);
  });

  it('leave neither secrets nor what was said to one person in the log', () => {
    expect([echoOf('/msg Bob psiu'), echoOf('/R psiu'), echoOf('/login Ana segredo'), echoOf('/register segredo'), echoOf('/join x')]).toEqual([
      ...[null, null, '/login …', '/register …', '/join x'],
    ]);
  });
});

describe('suggestions', () => {
  const shown = (typed: string) => suggestions(typed, ['Bia', 'Bob', 'Caio'], ['geral', 'jogos']).map(({ text }) => text);

  it('are the commands that begin so, then the names that they take', () => {
    expect(shown('/ig')).toEqual(['/ignore ']);
    expect(shown('/un')).toEqual(['/unignore ', '/unban ', '/unmute ']);
    expect(shown('/msg b')).toEqual(['/msg Bia ', '/msg Bob ']);
    expect(shown('/join #j')).toEqual(['/join jogos ']);
  });

  it.each(['oi', '//x', '/msg Bob oi', '/ignore Bob', '/who', '/topic x', '/nada'])('are none for %s', (typed) => {
    expect(shown(typed)).toEqual([]);
  });
});

describe('rights', () => {
  const room = (role: string, more = {}) => ({ name: 'jogos', kind: 'public', role, readonly: false, ...more }) as Parameters<typeof may>[0];

  it('grow with the role', () => {
    expect([may(room('guest'), 'post'), may(room('member'), 'topic'), may(room('moderator'), 'topic'), may(room('moderator'), 'close')]).toEqual([
      ...[true, false, true, false],
    ]);
    expect(may(room('owner'), 'close')).toBe(true);
    expect(may(room('emperor'), 'restrict')).toBe(false);
  });

  it('depend on the room', () => {
    expect(may(room('member', { readonly: true }), 'post')).toBe(false);
    expect(may(room('member', { kind: 'private' }), 'invite')).toBe(false);
    expect(may(room('admin', { name: 'geral' }), 'close')).toBe(false);
    expect(may(room('owner', { kind: 'direct' }), 'restrict')).toBe(false);
  });
});

describe('forms', () => {
  const target = { room: 7, who: '', seq: null };

  it('make the commands, and none while something is missing', () => {
    expect(commandOf('ban', { ...target, who: 'Bob' }, { time: '2h', why: ' gritou ' })).toEqual({ do: 'ban', room: 7, who: 'Bob', seconds: 7_200, why: 'gritou' });
    expect(commandOf('ban', { ...target, who: 'Bob' }, { time: '' })).toEqual({ do: 'ban', room: 7, who: 'Bob' });
    expect(commandOf('invite', target, { who: '@Bob' })).toEqual({ do: 'invite', room: 7, who: 'Bob' });
    expect(commandOf('invite', target, {})).toBeNull();
    expect(commandOf('report', { ...target, seq: 3 }, { why: '' })).toBeNull();
    expect(commandOf('redact', { ...target, seq: 3 }, {})).toEqual({ do: 'redact', room: 7, seq: 3 });
    expect(commandOf('slow', target, { time: '' })).toEqual({ do: 'slow', room: 7, seconds: 0 });
  });

  it('ask before what cannot be undone', () => {
    for (const act of ['close', 'redact'] as Act[]) expect(FORMS[act]).toMatchObject({ isGrave: true, explain: expect.any(String) as string });
  });

  it('of who one is say what is missing, and where', () => {
    const filled = { nick: 'Ana', password: 'bem comprida', invite: '' };
    expect(missing('login', { ...filled, password: 'x' }, false)).toBeNull();
    expect(missing('login', { ...filled, nick: ' ' }, false)?.field).toBe('nick');
    expect(missing('register', { ...filled, password: 'x' }, false)?.text).toBe('passwordShort');
    expect(missing('register', filled, true)?.field).toBe('invite');
    expect([fieldOf(2023), fieldOf(2001), fieldOf(2027), fieldOf(3002)]).toEqual(['password', 'nick', 'invite', null]);
  });
});
