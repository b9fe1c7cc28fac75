//! What whoever runs the server does on its machine, and what programs post without a session.

use std::sync::Arc;
use std::time::Duration;

use papo_proto::limits::{FLOOD_BURST_FRAMES, FLOOD_FRAMES_PER_SECOND, INVITES_MAX};
use papo_proto::papo1::Token;
use papo_proto::words::people::{AccountRecord, InviteRecord, Standing};
use papo_proto::words::{AccountFacts, AdminCommand, TokenHash};
use papo_proto::{AccountId, Append, Nickname, Person, Record, Reject, Reply, RoomId, RoomName, SessionId, Txn};

use crate::hub::{Hub, Now, Policy};
use crate::outbox::{Effect, Undo};
use crate::rate::Rate;
use crate::rights::{self, Deed};

/// How fast an account may post without a session.
const POST_RATE: Rate =
    Rate { burst: FLOOD_BURST_FRAMES, every: Duration::from_millis(1000 / FLOOD_FRAMES_PER_SECOND as u64) };

impl Hub {
    /// Carries out a command of whoever runs the server; the answer goes to [`crate::Outlet::outside`]
    /// with the ticket. `hash` is that of the password that the command brings, if it brings one.
    pub fn administer(&mut self, ticket: Txn, command: AdminCommand, hash: Option<Arc<str>>, now: Now) {
        self.asking = Some(ticket);
        let outside = self.outside;
        if let Err(reject) = run(self, command, hash, now) {
            self.reject(outside, reject);
        }
        self.asking = None;
    }

    /// Who may come, and what they are told, from now on.
    pub fn set_policy(&mut self, policy: Policy) {
        self.strangers_leave |= self.policy.guests && !policy.guests;
        self.policy = policy;
    }

    /// Whether nobody is an administrator yet.
    pub fn needs_admin(&self) -> bool {
        !self.people.has_admin()
    }

    /// Whether there is a bot or a person of this token who may post without a session.
    pub fn knows(&self, token: &TokenHash, now: Now) -> bool {
        let login = self.people.by_token(token).filter(|login| !login.is_cookie && login.ends_ms > now.wall_ms);
        login.and_then(|login| self.people.get(login.account)).is_some_and(crate::people::Account::is_active)
    }

    /// Posts a message for whoever a login's token is of, in a room that they may be in. Answered with the
    /// ticket, when it is stored. A key that its account has used before is answered as it was then.
    pub fn post_outside(
        &mut self,
        ticket: Txn,
        token: &TokenHash,
        room: &RoomName,
        (text, key): (Arc<str>, Option<Txn>),
        now: Now,
    ) {
        self.asking = Some(ticket);
        if let Err(reject) = post(self, token, room, (text, key), now) {
            self.reject(self.outside, reject);
        }
        self.asking = None;
    }
}

fn post(
    hub: &mut Hub,
    token: &TokenHash,
    room: &RoomName,
    (text, txn): (Arc<str>, Option<Txn>),
    now: Now,
) -> Result<(), Reject> {
    let login = hub.use_login(token, now).filter(|login| !login.is_cookie).ok_or(Reject::UnknownToken)?;
    pace(hub, login.account, now)?;
    // Keys are the account's, over all time: the numbers of sessions begin beyond those of accounts.
    let session = SessionId(login.account.0);
    let id = match (place_for(hub, login.account, room, now), txn) {
        (Ok(id), _) => id,
        // It may have been posted before it could not be posted any more.
        (Err(reject), Some(txn)) => {
            let ticket = hub.asking.take();
            hub.outbox.push(Effect::Repeat { session, txn, ticket, otherwise: Box::new(reject) });
            return Ok(());
        }
        (Err(reject), None) => return Err(reject),
    };
    let ticket = hub.asking.take();
    let found = hub.rooms.of(id);
    found.has_history = true;
    if !found.is_stored {
        let record = found.record.clone();
        hub.outbox.push(Effect::Keep(Record::Room(record)));
    }
    let person = Person::Account(login.account);
    let author = hub.people.of(login.account).name().clone();
    let append = Append { room: id, at_ms: now.wall_ms, session, txn, person, author, text };
    hub.outbox.push(Effect::Append { append, ticket });
    Ok(())
}

/// The room that a name means to an account, if it may post there now.
fn place_for(hub: &mut Hub, account: AccountId, room: &RoomName, now: Now) -> Result<RoomId, Reject> {
    let person = Person::Account(account);
    let member = |id| hub.rooms.get(id).map(|room| hub.member_as(person, None, room, now.wall_ms));
    let knows = |id: &RoomId| member(*id).is_some_and(|member| member.place == rights::Place::Invited);
    let found = hub.rooms.hidden(room).iter().copied().find(knows).or_else(|| hub.rooms.find(room));
    let id = found.ok_or(Reject::UnknownRoom)?;
    let bot = hub.people.get(account).and_then(|account| account.record.bot.as_ref());
    let bound = bot.map_or(&[][..], |bot| &bot.rooms);
    if !bound.is_empty() && !bound.contains(&id) {
        return Err(Reject::NotForBots);
    }
    rights::check(&member(id).ok_or(Reject::UnknownRoom)?, Deed::Post)?;
    hub.slow_down(id, person, now)?;
    Ok(id)
}

/// A program posts no faster than a connection may; it is told to wait, since it cannot be read later.
fn pace(hub: &mut Hub, account: AccountId, now: Now) -> Result<(), Reject> {
    if !hub.limits.flood {
        return Ok(());
    }
    hub.people.of(account).posts.take(POST_RATE, now.running).map_err(|at| {
        let wait = at.saturating_sub(now.running);
        Reject::Slow { retry_seconds: wait.as_secs_f64().ceil().max(1.0) as u64 }
    })
}

fn run(hub: &mut Hub, command: AdminCommand, hash: Option<Arc<str>>, now: Now) -> Result<(), Reject> {
    let outside = hub.outside;
    match command {
        AdminCommand::Users => {
            let accounts = accounts(hub);
            hub.reply(outside, Reply::Accounts(accounts));
        }
        AdminCommand::AddUser(name, _) => add(hub, &name.name, hash.ok_or(Reject::Busy)?, now)?,
        AdminCommand::ResetUser(name, _) => {
            let id = account_of_person(hub, &name)?;
            let hash = hash.ok_or(Reject::Busy)?;
            hub.end_logins(id, None, now);
            change(hub, id, &name, |record| record.password = Some(hash))?;
        }
        AdminCommand::DisableUser(name, disabled) => {
            let id = account(hub, &name)?;
            if disabled {
                // Whoever answers for the account's bots cannot do so now.
                for ended in hub.people.bots_of(id).into_iter().chain([id]) {
                    hub.end_logins(ended, None, now);
                }
            }
            let standing = if disabled { Standing::Disabled } else { Standing::Active };
            change(hub, id, &name, |record| record.standing = standing)?;
        }
        AdminCommand::PromoteUser(name, is_admin) => {
            let id = account_of_person(hub, &name)?;
            change(hub, id, &name, |record| record.is_admin = is_admin)?;
            if is_admin {
                end_admin_invites(hub, outside);
            }
        }
        AdminCommand::Invite { uses, seconds, for_admin } => invite(hub, uses, seconds, for_admin, now)?,
        AdminCommand::Lockdown(on) => {
            let undo = Undo::Put(Box::new(Record::Lockdown(hub.lockdown)));
            hub.settle(outside, Record::Lockdown(on), undo, Some(Reply::Done));
        }
        AdminCommand::Say(text) => {
            for session in hub.sessions.ids() {
                let reply = Box::new(Reply::Announcement(text.clone()));
                hub.outbox.push(Effect::Reply { session, txn: None, reply });
            }
            hub.reply(outside, Reply::Done);
        }
    }
    Ok(())
}

fn accounts(hub: &Hub) -> Vec<AccountFacts> {
    let facts = |account: &crate::people::Account| AccountFacts {
        name: account.name().clone(),
        made_ms: account.record.made_ms,
        is_admin: account.record.is_admin,
        is_bot: account.record.bot.is_some(),
        standing: account.record.standing,
        online: account.sessions.len() as u32,
    };
    let mut accounts: Vec<AccountFacts> = hub.people.all().map(facts).collect();
    accounts.sort_by_cached_key(|account| account.name.to_lowercase());
    accounts
}

fn account(hub: &Hub, name: &Nickname) -> Result<AccountId, Reject> {
    hub.named(name)?.account().ok_or_else(|| Reject::Nobody(name.shared().clone()))
}

/// The same, but no program: those have no password and no power over people.
fn account_of_person(hub: &Hub, name: &Nickname) -> Result<AccountId, Reject> {
    let id = account(hub, name)?;
    let is_bot = hub.people.get(id).is_some_and(|known| known.record.bot.is_some());
    if is_bot { Err(Reject::NotForBots) } else { Ok(id) }
}

fn add(hub: &mut Hub, name: &Nickname, hash: Arc<str>, now: Now) -> Result<(), Reject> {
    if hub.people.is_full() {
        return Err(Reject::TooMany { max: papo_proto::limits::ACCOUNTS_MAX });
    }
    // A guest who uses the name is renamed when its owner comes.
    if hub.nicknames.holders(name).into_iter().flatten().any(|holder| holder.account().is_some()) {
        return Err(Reject::NicknameTaken(name.shared().clone()));
    }
    let id = hub.people.next_account();
    let record = AccountRecord {
        id,
        name: name.clone(),
        password: Some(hash),
        is_admin: false,
        standing: Standing::Active,
        made_ms: now.wall_ms,
        ignores: Vec::new(),
        bot: None,
    };
    hub.reclaim(name, id, papo_proto::SessionId::default());
    let reply = Reply::DoneFor(name.shared().clone());
    hub.settle(hub.outside, Record::Account(record), Undo::Account(id, None), Some(reply));
    Ok(())
}

fn change(
    hub: &mut Hub,
    id: AccountId,
    name: &Nickname,
    change: impl FnOnce(&mut AccountRecord),
) -> Result<(), Reject> {
    let Some([before, after]) = hub.changed_account(id, change) else {
        return Err(Reject::Nobody(name.shared().clone()));
    };
    let undo = Undo::Put(Box::new(Record::Account(before)));
    hub.settle(hub.outside, Record::Account(after), undo, Some(Reply::DoneFor(name.shared().clone())));
    Ok(())
}

fn invite(hub: &mut Hub, uses: u32, seconds: u64, for_admin: bool, now: Now) -> Result<(), Reject> {
    hub.people.invites.retain(|_, invite| invite.ends_ms > now.wall_ms);
    if hub.people.invites.len() >= INVITES_MAX {
        return Err(Reject::TooMany { max: INVITES_MAX });
    }
    if for_admin {
        end_admin_invites(hub, hub.outside);
    }
    let token = Token(hub.secret());
    let ends_ms = now.wall_ms.saturating_add(seconds.saturating_mul(1000));
    let uses = if for_admin { 1 } else { uses.max(1) };
    let invite = InviteRecord { token: token.hash(), uses, ends_ms, for_admin };
    let undo = Undo::Put(Box::new(Record::Invite(InviteRecord { uses: 0, ..invite })));
    hub.settle(hub.outside, Record::Invite(invite), undo, Some(Reply::Invitation(token.to_text().into())));
    Ok(())
}

/// Takes back the invitations by which somebody could become an administrator: one that was forgotten is a
/// door that nobody watches.
pub(super) fn end_admin_invites(hub: &mut Hub, session: SessionId) {
    let open: Vec<InviteRecord> = hub.people.invites.values().filter(|invite| invite.for_admin).copied().collect();
    for invite in open {
        let undo = Undo::Put(Box::new(Record::Invite(invite)));
        hub.settle(session, Record::Invite(InviteRecord { uses: 0, ..invite }), undo, None);
    }
}
