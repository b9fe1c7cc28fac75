/** What people do by their roles, as forms: what is asked for, and the command that comes of it. */

import type { Command } from './ask';
import type { TextKey } from './language';
import { secondsOf } from './people';

export type Act = 'invite' | 'topic' | 'kick' | 'ban' | 'unban' | 'mute' | 'slow' | 'redact' | 'redact_person' | 'report' | 'close';

/** Where and to whom; `seq`: which message. */
export interface Target {
  room: number;
  who: string;
  seq: number | null;
}

/** `time`: a choice of times as people type them; an empty one has a text of its own. */
export type Field = { name: 'who' | 'why' | 'topic' | 'time'; label: TextKey; optional: boolean } & (
  | { as: 'line' }
  | { as: 'time'; times: readonly string[]; none: TextKey | null }
);

export interface Form {
  title: TextKey;
  explain: TextKey | null;
  submit: TextKey;
  /** It cannot be undone. */
  isGrave: boolean;
  fields: readonly Field[];
}

export type Values = Partial<Record<Field['name'], string>>;

const who: Field = { name: 'who', label: 'person', optional: false, as: 'line' };
const why: Field = { name: 'why', label: 'reason', optional: true, as: 'line' };
const time = (label: TextKey, none: TextKey | null, ...times: string[]): Field => ({ name: 'time', label, optional: true, as: 'time', times, none });
const form = (title: TextKey, submit: TextKey, fields: readonly Field[], more: Partial<Form> = {}): Form => ({
  ...{ title, submit, fields, explain: null, isGrave: false },
  ...more,
});

export const FORMS: Record<Act, Form> = {
  invite: form('invitePerson', 'invitePerson', [who]),
  topic: form('changeTopic', 'save', [{ name: 'topic', label: 'topic', optional: true, as: 'line' }]),
  kick: form('kickPerson', 'kickPerson', [who, why]),
  ban: form('banPerson', 'banPerson', [who, time('howLong', 'forEver', '30m', '2h', '1d', '7d'), why], { isGrave: true }),
  unban: form('unbanSomebody', 'confirm', [who]),
  mute: form('mutePerson', 'mutePerson', [who, time('howLong', null, '10m', '1h', '1d', '7d')]),
  slow: form('slowDown', 'save', [time('waitBetween', 'noWait', '5s', '10s', '30s', '60s', '5m', '15m', '1h')]),
  redact: form('deleteMessage', 'deleteMessage', [], { explain: 'deleteMessageAsk', isGrave: true }),
  redact_person: form('redactPerson', 'deleteMessage', [who, time('howLong', 'lastOnly', '10m', '1h', '1d', '7d')], { isGrave: true }),
  report: form('reportMessage', 'reportMessage', [{ name: 'why', label: 'whatIsWrong', optional: false, as: 'line' }]),
  close: form('closeRoom', 'closeRoom', [], { explain: 'closeRoomAsk', isGrave: true }),
};

/** Null: something is missing. */
export function commandOf(act: Act, { room, seq, who: whom }: Target, values: Values): Command | null {
  const who = (values.who ?? whom).trim().replace(/^@/, '');
  const why = (values.why ?? '').trim();
  const seconds = secondsOf(values.time ?? '');
  if (FORMS[act].fields.some(({ name }) => name === 'who') && who === '') return null;
  const reason = why === '' ? {} : { why };
  const span = seconds === null ? {} : { seconds };
  switch (act) {
    case 'topic':
      return { do: 'topic', room, topic: (values.topic ?? '').trim() };
    case 'kick':
      return { do: 'kick', room, who, ...reason };
    case 'ban':
      return { do: 'ban', room, who, ...span, ...reason };
    case 'mute':
      return seconds === null ? null : { do: 'mute', room, who, seconds };
    case 'slow':
      return { do: 'slow', room, seconds: seconds ?? 0 };
    case 'redact':
      return { do: 'redact', room, ...(seq === null ? {} : { seq }) };
    case 'redact_person':
      return { do: 'redact', room, who, ...span };
    case 'report':
      return why === '' ? null : { do: 'report', room, why, ...(seq === null ? {} : { seq }) };
    case 'close':
      return { do: 'close', room };
    default:
      return { do: act, room, who };
  }
}
