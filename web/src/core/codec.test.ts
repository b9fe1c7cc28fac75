import { describe, expect, it } from 'vitest';
import golden from '../../../crates/papo-proto/vectors/papo1.json';
import { decode, encode } from './codec';
import type { ClientFrame } from './protocol.gen';

interface Vector {
  what: string;
  from: 'client' | 'server';
  frame: Record<string, unknown>;
}

const vectors = golden as unknown as Vector[];
const from = (side: Vector['from']) => vectors.filter((vector) => vector.from === side).map(({ what, frame }) => [what, frame] as const);

describe('the golden frames', () => {
  it.each(from('server'))('are read: %s', (_, frame) => {
    expect(decode(JSON.stringify(frame))).toEqual(frame);
  });

  it.each(from('client'))('are written: %s', (_, frame) => {
    expect(JSON.parse(encode(frame as unknown as ClientFrame))).toEqual(frame);
  });

  it('are all there is', () => {
    const kinds = new Set(from('server').map(([, frame]) => frame['is']));
    expect([...kinds].sort()).toEqual(
      [
        ...['ack', 'changed', 'direct', 'entered', 'gap', 'gone', 'invited', 'left', 'lost', 'message', 'named', 'notice', 'redacted'],
        ...['read', 'redaction', 'reject', 'removed', 'renamed', 'reported', 'reset', 'rooms', 'stale', 'typing'],
      ].sort(),
    );
    const answers = from('server').flatMap(([, { answer }]) => (answer === undefined ? [] : [(answer as { to: string }).to]));
    expect(answers).toEqual(expect.arrayContaining(['login', 'register', 'logout', 'logins', 'new_token', 'tokens', 'direct', 'redact', 'audit', 'done']));
    expect(vectors.length).toBeGreaterThan(100);
  });

  it('are passed over when a field is missing or of another kind', () => {
    for (const [what, frame] of from('server')) {
      for (const name of Object.keys(frame)) {
        const optional =
          (['txn', 'after_ms', 'stale', 'account'].includes(name) && frame['is'] !== 'ack') || (name === 'seq' && frame['is'] === 'reported');
        const { [name]: _, ...rest } = frame;
        if (!optional) expect(decode(JSON.stringify(rest)), `${what} without ${name}`).toBeNull();
        expect(decode(JSON.stringify({ ...frame, [name]: { no: 1 } })), `${what}, ${name}`).toBeNull();
      }
    }
  });
});

describe('what is not known', () => {
  it.each(['', 'oi', 'null', '[]', '3', '{}', '{"is":"edited","room":1}', '{"is":"toString"}', '{"is":"ack","txn":1,"answer":{"to":"new"}}'])(
    'is passed over: %s',
    (raw) => {
      expect(decode(raw)).toBeNull();
    },
  );

  it('has its place in a page of history', () => {
    const events = [{ is: 'edited', room: 1, seq: 4, of: 2 }];
    const raw = JSON.stringify({ is: 'ack', txn: 1, answer: { to: 'history', room: 1, first: 1, head: 4, events } });
    expect(decode(raw)).toMatchObject({ answer: { events: [{ is: 'unknown', seq: 4 }] } });
  });

  it('is read with care: a notice about something new is a notice, a new rule of retry is no order to go on', () => {
    expect(decode('{"is":"notice","about":"party","text":"oi"}')).toEqual({ is: 'notice', about: 'other', text: 'oi' });
    expect(decode('{"is":"reject","code":9000,"text":"não","retry":"soon"}')).toMatchObject({ retry: 'changed' });
  });

  it('is not half believed in a room or a change of it', () => {
    const room = { id: 7, epoch: 5, name: 'Bob', first: 1, head: 1, kind: 'direct', role: 'member', topic: '' };
    expect(decode(JSON.stringify({ is: 'direct', room }))).not.toBeNull();
    expect(decode(JSON.stringify({ is: 'direct', room: { ...room, topic: undefined } }))).toBeNull();
    expect(decode(JSON.stringify({ is: 'changed', room: 7, by: 'Ana', change: { of: 'colour', colour: 'red' } }))).toBeNull();
    expect(decode(JSON.stringify({ is: 'redaction', room: 7, seq: 2, at: 5, author: 'Ana', seqs: ['1'] }))).toBeNull();
  });

  it('as a further field of a known frame does not disturb', () => {
    expect(decode('{"is":"gone","room":8,"why":"x"}')).toMatchObject({ is: 'gone', room: 8 });
  });
});
