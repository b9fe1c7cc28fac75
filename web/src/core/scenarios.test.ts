/**
 * The scenarios that every client's timeline is held against. They lie with the client library and are read from
 * there. This page holds no stream without holes and asks for pages by what is in sight, so of their `ask`, `told` and
 * `window` nothing is checked here; and to it all that is kept but not read is missing, also from before it entered.
 */

import { describe, expect, it } from 'vitest';
import { Timeline } from './timeline';

type Step = {
  enter?: { first: number; head: number };
  reset?: { first: number; head: number };
  resume?: { cursor: number };
  message?: number;
  posted?: number;
  gap?: [from: number, to: number];
  page?: { after: number; limit: number; first: number; head: number; events: number[]; old?: boolean };
  want_from?: number;
};

interface Scenario {
  what: string;
  whole?: boolean;
  window?: number;
  steps: Step[];
  shown: number[];
  missing: [first: number, last: number][];
}

const files = import.meta.glob<{ scenarios: Scenario[] }>('../../../crates/papo-client/vectors/timeline.json', { eager: true, import: 'default' });
const scenarios = Object.values(files).flatMap((file) => file.scenarios);

describe.skipIf(scenarios.length === 0)('a timeline, as every client has it', () => {
  it.each(scenarios.filter(({ window }) => window === undefined))('$what', ({ whole, steps, shown, missing }) => {
    let t = new Timeline({ epoch: 0, first: 0, head: 0 });
    let wantedFrom = 0;
    for (const step of steps) {
      const begun = step.enter ?? step.reset;
      if (begun !== undefined) {
        t = new Timeline({ epoch: 0, ...begun });
        wantedFrom = whole === true ? begun.first : begun.head + 1;
      } else if (step.resume !== undefined) {
        t = new Timeline({ epoch: 0, first: 1, head: step.resume.cursor });
        wantedFrom = step.resume.cursor + 1;
      } else wantedFrom = step.want_from ?? wantedFrom;
      take(t, step);
    }
    expect(t.entries.map(({ seq }) => seq)).toEqual(shown);
    // That a page tells of a newer head is no news to this page: what is newer comes by itself.
    const told = missing.filter(([first]) => first <= t.head);
    const wanted = t.missing.filter(({ to }) => to >= wantedFrom).map(({ from, to }) => [Math.max(from, wantedFrom), to]);
    expect(wanted).toEqual(told);
  });
});

function take(t: Timeline, { message, posted, gap, page }: Step): void {
  const seq = message ?? posted;
  if (seq !== undefined) t.add({ is: 'message', ...event(seq) });
  if (gap !== undefined) t.gap(gap[1]);
  // An answer to what was asked before the line was lost finds nobody: the connection has forgotten the question.
  if (page === undefined || page.old === true) return;
  const { first, head, events } = page;
  t.page({ after: page.after }, { to: 'history', room: 1, first, head, events: events.map((seq) => ({ is: 'message', ...event(seq) })) });
}

function event(seq: number) {
  return { room: 1, seq, at: 0, author: 'bob', text: 'oi' };
}
