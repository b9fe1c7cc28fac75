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
      ['ack', 'entered', 'gap', 'gone', 'left', 'lost', 'message', 'notice', 'reject', 'renamed', 'reset', 'rooms', 'stale', 'typing'].sort(),
    );
  });

  it('are passed over when a field is missing or of another kind', () => {
    for (const [what, frame] of from('server')) {
      for (const name of Object.keys(frame)) {
        const optional = ['txn', 'after_ms', 'stale'].includes(name) && frame['is'] !== 'ack';
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

  it('as a further field of a known frame does not disturb', () => {
    expect(decode('{"is":"gone","room":8,"why":"x"}')).toMatchObject({ is: 'gone', room: 8 });
  });
});
