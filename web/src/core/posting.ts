/**
 * From what a person said to its place in a room's log.
 *
 * A post keeps its txn until it is answered, over however many connections: the server takes it once. A refusal for
 * now holds back those after it that have not left yet, so that they keep their order. When the session itself
 * has ended, what had left is nobody's knowledge, and a person decides.
 */

import type { Post } from './ask';
import type { Heard, Page } from './codec';
import { canPost, type Connection } from './phase';
import type { ClientFrame } from './protocol.gen';

/** Bounds for the wait that a refusal for now asks for. */
const AGAIN_LEAST_MS = 200;
const AGAIN_MOST_MS = 60_000;
const AGAIN_MS = 2_000;

/** Not taken when too much waits already: `canPost` tells beforehand. */
export function said(c: Connection, room: number, text: string, now: number): Connection {
  if (!canPost(c)) return c;
  const txn = c.lastTxn + 1;
  return { ...c, lastTxn: txn, posts: [...c.posts, { txn, room, text, at: now, state: 'waiting', sent: 'never', notBefore: 0, reason: '' }] };
}

/** A failed one once more: as something new, because its number may be below one that was taken since. */
export function saidAgain(c: Connection, txn: number, now: number): Connection {
  const failed = c.posts.find((post) => post.txn === txn && post.state !== 'waiting');
  return failed === undefined || !canPost(c) ? c : said(discarded(c, txn), failed.room, failed.text, now);
}

export function discarded(c: Connection, txn: number): Connection {
  return { ...c, posts: c.posts.filter((post) => post.txn !== txn) };
}

/** A new line: what was on its way over the old one is sent again. */
export function lineIsNew(c: Connection): Connection {
  return change(c, (post) => ({ ...post, sent: post.sent === 'now' ? 'before' : post.sent, notBefore: 0 }));
}

export function sessionEnded(c: Connection): Connection {
  return change(c, (post) => (post.state === 'waiting' && post.sent !== 'never' ? { ...post, state: 'unknown' } : post));
}

/** What may leave now, in order, up to the first that must wait. */
export function due(c: Connection, now: number): [Connection, ClientFrame[]] {
  const frames: ClientFrame[] = [];
  let held = false;
  const sent = change(c, (post) => {
    if (post.state !== 'waiting' || post.sent === 'now') return post;
    held ||= post.notBefore > now;
    if (held) return post;
    frames.push({ do: 'post', txn: post.txn, room: post.room, text: post.text });
    return { ...post, sent: 'now' };
  });
  return [frames.length === 0 ? c : sent, frames];
}

export function refused(c: Connection, reject: Extract<Heard, { is: 'reject' }> & { txn: number }, now: number): Connection {
  const later = Math.min(Math.max(reject.after_ms ?? AGAIN_MS, AGAIN_LEAST_MS), AGAIN_MOST_MS);
  return change(c, (post) => {
    if (post.txn !== reject.txn) return post;
    if (reject.retry === 'later') return { ...post, sent: 'before', notBefore: now + later, reason: reject.text };
    return { ...post, state: 'failed', reason: reject.text };
  });
}

/** The log holds it: its answer was lost, or comes later. */
export function seen(c: Connection, room: number, txn: number | undefined): Connection {
  if (txn === undefined || !c.posts.some((post) => post.txn === txn && post.room === room)) return c;
  return discarded(c, txn);
}

export function seenInPage(c: Connection, page: Page): Connection {
  if (c.posts.length === 0) return c;
  return page.events.reduce((c, event) => (event.is === 'message' ? seen(c, event.room, event.txn) : c), c);
}

function change(c: Connection, changed: (post: Post) => Post): Connection {
  return c.posts.length === 0 ? c : { ...c, posts: c.posts.map(changed) };
}
