//! What needs a look into the store: hello with a token, history, and what a slow reader missed.

use std::time::Duration;

use papo_hub::{AuditQuery, Found as FoundSession, Opening, Query};
use papo_proto::encoding::Item;
use papo_proto::limits::{CATCH_UP_MAX_LINES, SEGMENT_TARGET_BYTES, STORE_PAGE_EVENTS, UNSENT_MAX_BYTES};
use papo_proto::papo1::{Hello, Token};
use papo_proto::{Dialect, Reject, Reply, Seq, Txn};
use papo_store::{Page, StoreError, StoredSession};

use super::{Shard, encoded};
use crate::conn::{Behind, Stage};
use crate::engine::report;
use crate::lookups::{Answer, Ask, For, Found, Lines};

impl Shard {
    fn ask(&self, slot: u32, ask: Ask) {
        let Some(conn) = self.conns.get(slot as usize) else { return };
        let whose = For { shard: self.me, slot, key: conn.key };
        self.shared.engine.metrics().lookups.increment(1);
        self.shared.engine.lookups().ask(&self.shared.engine, whose, ask);
    }

    /// A connection says hello: a session begins, or the one that it names is looked up first.
    pub(super) fn say_hello(&mut self, slot: u32, txn: Option<Txn>, hello: Box<Hello>) {
        let Some(token) = hello.token.as_ref().map(Token::hash) else {
            return self.open_session_for(slot, txn, &hello, None);
        };
        if let Some(conn) = self.conns.get_mut(slot as usize) {
            conn.asking = true;
            self.ask(slot, Ask::Session(token, txn, hello));
        }
    }

    fn open_session_for(&mut self, slot: u32, txn: Option<Txn>, hello: &Hello, found: Option<FoundSession>) {
        let Some(conn) = self.conns.get_mut(slot as usize).filter(|conn| conn.stage == Stage::Open) else { return };
        let mut fresh = Token([0; 32]);
        if let Err(error) = getrandom::fill(&mut fresh.0) {
            tracing::error!(%error, "the system gave no random numbers for a token");
            return self.lose(slot);
        }
        if let Some(lang) = hello.lang {
            conn.encoding.lang = lang;
        }
        let (me, before) = (conn.link(self.me, slot), conn.session);
        let cookie = conn.cookie.as_deref().copied();
        let opening = Opening { link: me, encoding: conn.encoding, fresh, found, cookie };
        let session = self.shared.engine.decide(Some(self.me), |hub, now| hub.hello(before, txn, hello, &opening, now));
        if session != before {
            self.forget_session(slot, before);
            self.conns[slot as usize].session = session;
            self.by_session.insert(session, slot);
        }
    }

    /// A session is to be shown a part of a log.
    pub(super) fn read_store(&mut self, slot: u32, query: Query) {
        let conn = &mut self.conns[slot as usize];
        conn.asking = true;
        let (encoding, session) = (conn.encoding, conn.session);
        let ask = match encoding.dialect {
            Dialect::Text => Ask::Lines(Box::new(Lines::new(query, encoding, conn.plan.ignored()))),
            Dialect::Papo1 => Ask::Page(Box::new(query), encoding, session),
        };
        self.ask(slot, ask);
    }

    /// A session is to be shown what moderators did.
    pub(super) fn read_audit(&mut self, slot: u32, query: AuditQuery) {
        let conn = &mut self.conns[slot as usize];
        conn.asking = true;
        let encoding = conn.encoding;
        self.ask(slot, Ask::Audit(Box::new(query), encoding));
    }

    /// Goes on with a long answer when its first part is sent.
    pub(super) fn go_on(&mut self, slot: u32) {
        let conn = &mut self.conns[slot as usize];
        if let Some(lines) = conn.stream.take() {
            conn.asking = true;
            self.ask(slot, Ask::Lines(lines));
        }
    }

    /// A reader's log no longer reaches back to its cursor. Programs are told the gap, unless they
    /// resume; the rest is fetched. False when nothing can be sent until it is here.
    pub(super) fn catch_up(&mut self, slot: u32, behind: Behind) -> bool {
        if !behind.is_missed {
            self.shared.engine.metrics().behind.increment(1);
        }
        let conn = &mut self.conns[slot as usize];
        if behind.encoding.dialect == Dialect::Papo1 && !behind.is_missed {
            let mut missed = told_gap(&behind, behind.cursor.seq);
            // Notices are kept nowhere: whoever followed them has to ask.
            missed.extend(encoded(behind.encoding, None, &Reply::Stale(behind.log.room())));
            return conn.plan.resume_at(&behind, behind.next, missed);
        }
        if !std::mem::replace(&mut conn.fetching, true) {
            let lines =
                if behind.is_missed { usize::MAX } else { *conn.catch_up_lines.get_or_insert(CATCH_UP_MAX_LINES) };
            let missing = behind.next.seq.0 - behind.cursor.seq.0;
            let want = STORE_PAGE_EVENTS.min(lines).min(missing as usize);
            self.ask(slot, Ask::Missed(behind, want));
        }
        false
    }

    /// Something was found in the store.
    pub(super) fn found(&mut self, found: Found, now: Duration) {
        let Found { whose: For { slot, key, .. }, answer } = found;
        let Some(conn) = self.conns.get_mut(slot as usize).filter(|conn| conn.key == key) else { return };
        match answer {
            Answer::Missed(behind, page) => {
                conn.fetching = false;
                self.missed(slot, &behind, page);
            }
            Answer::Frames(bytes, rest) => {
                conn.asking = false;
                if conn.stage == Stage::Open {
                    conn.plan.push(bytes.into());
                    conn.stream = rest;
                }
            }
            Answer::Session(found, txn, hello) => {
                conn.asking = false;
                self.session_found(slot, found, txn, &hello);
            }
        }
        self.touch(slot);
        self.give_turn(slot, now);
    }

    fn session_found(
        &mut self,
        slot: u32,
        found: Result<Option<StoredSession>, StoreError>,
        txn: Option<Txn>,
        hello: &Hello,
    ) {
        match found {
            Ok(found) => {
                let found = found.map(|StoredSession { record, newest_txn }| FoundSession { record, newest_txn });
                self.open_session_for(slot, txn, hello, found);
            }
            Err(error) => {
                let reply = Reply::Rejected(Reject::Internal { id: report(&error) });
                let conn = &mut self.conns[slot as usize];
                conn.plan.push(encoded(conn.encoding, txn, &reply).into());
            }
        }
    }

    /// A reader that is behind gets what the store has; a text client up to a number of lines, then
    /// the number that is left out. Then it goes on where memory does.
    fn missed(&mut self, slot: u32, behind: &Behind, page: Result<Page, StoreError>) {
        let conn = &mut self.conns[slot as usize];
        let (session, next) = (conn.session, behind.next);
        let is_program = behind.encoding.dialect == Dialect::Papo1;
        let mut cursor = behind.cursor;
        let mut bytes = Vec::new();
        let page = page.unwrap_or_else(|error| {
            tracing::error!(%error, "a slow reader could not be served from the store");
            Page::default()
        });
        for event in page.events.into_iter().take_while(|event| event.seq <= next.seq) {
            let left_out = event.seq.0 - cursor.seq.0 - 1;
            conn.left_out += left_out;
            cursor.seq = event.seq;
            if let Some(lines) = &mut conn.catch_up_lines {
                *lines = lines.saturating_sub(1);
            }
            // A program is shown its own events too: it may not know yet what became of them.
            if is_program || (event.session != session && conn.plan.sees(event.person)) {
                let item = Item::of(event, session);
                behind.encoding.item(behind.log.room(), behind.log.name().as_str(), &item, &mut bytes);
            }
            if bytes.len() > SEGMENT_TARGET_BYTES.min(UNSENT_MAX_BYTES) {
                break;
            }
        }
        let stuck = cursor.seq == behind.cursor.seq;
        if stuck || cursor.seq >= next.seq {
            if is_program {
                bytes.extend(told_gap(behind, cursor.seq));
                conn.left_out = 0;
            } else {
                conn.left_out += next.seq.0.saturating_sub(cursor.seq.0);
                conn.catch_up_lines = None;
                let left_out = std::mem::take(&mut conn.left_out);
                if left_out > 0 {
                    behind.encoding.reply(None, &Reply::LeftOut(left_out), &mut bytes);
                }
            }
            cursor = next;
        }
        conn.plan.resume_at(behind, cursor, bytes);
    }
}

/// The frame that tells a program what it is not sent by itself; nothing when nothing is missing.
fn told_gap(behind: &Behind, after: Seq) -> Vec<u8> {
    if after >= behind.next.seq {
        return Vec::new();
    }
    let gap = Reply::Gap(behind.log.room(), after.next(), behind.next.seq);
    encoded(behind.encoding, None, &gap)
}
