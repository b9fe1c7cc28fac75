/**
 * Getting one's name from a server that answers in sentences.
 *
 * The text dialect has no transaction numbers, so the answer to `/nick` is known only by its place and its
 * tag: nothing else is asked until a tagged frame comes back, [SYS] for yes and [ERRO] for no. After a lost connection the
 * server may hold the old name for up to a minute; then the question is repeated until it is free.
 * Before one is named nobody's notices arrive, so nothing else can stand in the answer's place but a server's goodbye.
 * The structured protocol (papo/1: `txn`, `ack`, resume by token) replaces this whole file.
 */

import type { Frame } from './frame';

export type Naming =
  | { at: 'asked'; nick: string; tries: number; since: number; until: number; untagged: boolean }
  | { at: 'held'; nick: string; tries: number; since: number; until: number; reason: string };

export type Verdict = { is: 'accepted' } | { is: 'refused'; reason: string } | { is: 'open'; naming: Naming };

/** Waits between the questions; the last one repeats. */
const RETRY_AFTER_MS = [2_000, 3_000, 5_000, 5_000, 10_000] as const;
/** The server frees a vanished client's name within 60 s; past this it belongs to somebody else. */
const GIVE_UP_AFTER_MS = 90_000;
/** An older server answers without a tag. When one has spoken and no tagged answer follows, it agreed. */
const UNTAGGED_DOUBT_MS = 3_000;
/** A server that answers nothing at all for this long is not there. */
const ANSWER_MS = 20_000;

export function ask(nick: string, now: number): Naming {
  return { at: 'asked', nick, tries: 1, since: now, until: now + ANSWER_MS, untagged: false };
}

/** The same question once more: patience goes on from where it began. */
export function askAgain({ nick, tries, since }: Naming, now: number): Naming {
  return { at: 'asked', nick, tries: tries + 1, since, until: now + ANSWER_MS, untagged: false };
}

/** `insist`: this name was ours a moment ago, so a refusal is worth waiting out. */
export function answered(naming: Naming, frame: Frame, insist: boolean, now: number): Verdict {
  if (frame.kind !== 'notice' || frame.tag === 'bridge' || naming.at === 'held') return { is: 'open', naming };
  if (frame.tag === 'sys') return { is: 'accepted' };
  if (frame.tag === 'none') {
    const until = naming.untagged ? naming.until : now + UNTAGGED_DOUBT_MS;
    return { is: 'open', naming: { ...naming, until, untagged: true } };
  }
  if (!insist || now - naming.since >= GIVE_UP_AFTER_MS) return { is: 'refused', reason: frame.text };
  const { nick, tries, since } = naming;
  const wait = RETRY_AFTER_MS[Math.min(tries, RETRY_AFTER_MS.length) - 1] ?? GIVE_UP_AFTER_MS;
  return { is: 'open', naming: { at: 'held', nick, tries, since, until: now + wait, reason: frame.text } };
}

/** What silence means when `until` has come. */
export function timePassed(naming: Naming): 'ask again' | 'accepted' | 'gone' {
  if (naming.at === 'held') return 'ask again';
  return naming.untagged ? 'accepted' : 'gone';
}
