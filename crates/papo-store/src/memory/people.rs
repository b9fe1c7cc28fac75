//! Accounts, logins, roles, what restricts people, and what was done.

use std::collections::BTreeMap;

use papo_proto::words::people::{
    AccountRecord, AuditRecord, GrantRecord, InviteRecord, LoginRecord, ReadRecord, Restricted, Restriction,
    RestrictionRecord,
};
use papo_proto::words::{AccountId, LoginId, Person, Role, TokenHash};
use papo_proto::{RoomId, Seq, SessionId};

use super::audit::Audit;
use crate::Recovered;

/// How often those that have ended are looked for.
const SWEEP_EVERY_MS: u64 = 10_000;

#[derive(Debug, Default)]
pub(super) struct People {
    accounts: BTreeMap<AccountId, AccountRecord>,
    newest_account: AccountId,
    logins: BTreeMap<LoginId, LoginRecord>,
    newest_login: LoginId,
    grants: BTreeMap<(RoomId, Person), Role>,
    restrictions: BTreeMap<(RoomId, Restricted, Restriction), RestrictionRecord>,
    invites: BTreeMap<TokenHash, InviteRecord>,
    reads: BTreeMap<(RoomId, AccountId), Seq>,
    lockdown: bool,
    audit: Audit,
    sweep_at_ms: u64,
}

impl People {
    pub(super) fn account(&mut self, account: &AccountRecord) {
        self.newest_account = self.newest_account.max(account.id);
        self.accounts.insert(account.id, account.clone());
    }

    pub(super) fn login(&mut self, login: &LoginRecord) {
        self.newest_login = self.newest_login.max(login.id);
        self.logins.insert(login.id, login.clone());
    }

    pub(super) fn login_gone(&mut self, login: LoginId) {
        self.logins.remove(&login);
    }

    pub(super) fn grant(&mut self, grant: &GrantRecord) {
        let key = (grant.room, grant.person);
        match grant.role {
            Some(role) => self.grants.insert(key, role),
            None => self.grants.remove(&key),
        };
    }

    pub(super) fn restriction(&mut self, restriction: &RestrictionRecord) {
        let key = (restriction.room, restriction.whom, restriction.what);
        if restriction.until_ms == 0 {
            self.restrictions.remove(&key);
        } else {
            self.restrictions.insert(key, restriction.clone());
        }
    }

    pub(super) fn invite(&mut self, invite: &InviteRecord) {
        if invite.uses == 0 {
            self.invites.remove(&invite.token);
        } else {
            self.invites.insert(invite.token, *invite);
        }
    }

    pub(super) fn read(&mut self, read: &ReadRecord) {
        self.reads.insert((read.room, read.account), read.seq);
    }

    pub(super) fn lockdown(&mut self, lockdown: bool) {
        self.lockdown = lockdown;
    }

    pub(super) fn act(&mut self, act: &AuditRecord) {
        self.audit.add(act);
    }

    /// What goes with a room. What was done in it stays known.
    pub(super) fn room_gone(&mut self, room: RoomId) {
        self.grants.retain(|(granted, _), _| *granted != room);
        self.restrictions.retain(|(restricted, ..), _| *restricted != room);
        self.reads.retain(|(read, _), _| *read != room);
    }

    /// A guest is nobody without the session.
    pub(super) fn session_gone(&mut self, session: SessionId) {
        self.grants.retain(|(_, person), _| *person != Person::Guest(session));
    }

    /// Removes what has ended, now and then.
    pub(super) fn sweep(&mut self, now_ms: u64) {
        if now_ms < self.sweep_at_ms {
            return;
        }
        self.sweep_at_ms = now_ms + SWEEP_EVERY_MS;
        self.logins.retain(|_, login| login.ends_ms > now_ms);
        self.restrictions.retain(|_, restriction| restriction.until_ms > now_ms);
        self.invites.retain(|_, invite| invite.ends_ms > now_ms);
    }

    /// All of it, beside the rooms.
    pub(super) fn recovered(&self) -> Recovered {
        let grant = |((room, person), role): (&(RoomId, Person), &Role)| GrantRecord {
            room: *room,
            person: *person,
            role: Some(*role),
        };
        let read = |((room, account), seq): (&(RoomId, AccountId), &Seq)| ReadRecord {
            account: *account,
            room: *room,
            seq: *seq,
        };
        Recovered {
            accounts: self.accounts.values().cloned().collect(),
            newest_account: self.newest_account,
            logins: self.logins.values().cloned().collect(),
            newest_login: self.newest_login,
            grants: self.grants.iter().map(grant).collect(),
            restrictions: self.restrictions.values().cloned().collect(),
            invites: self.invites.values().copied().collect(),
            reads: self.reads.iter().map(read).collect(),
            lockdown: self.lockdown,
            ..Recovered::default()
        }
    }

    pub(super) fn audit(&self, room: Option<RoomId>, limit: usize) -> Vec<AuditRecord> {
        self.audit.newest(room, limit)
    }
}
