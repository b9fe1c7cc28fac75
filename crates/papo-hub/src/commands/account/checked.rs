//! What comes of a password that was compared or hashed.

use std::sync::Arc;

use papo_proto::papo1::Token;
use papo_proto::words::people::{AccountRecord, GrantRecord, InviteRecord, Standing};
use papo_proto::words::{Change, RoomRecord, TokenHash};
use papo_proto::{AccountId, Ephemeral, Nickname, Person, Record, Reject, Reply, Role, RoomId, SessionId, Txn};

use super::{account_of, may_register};
use crate::hub::{Hub, Now};
use crate::outbox::{Effect, Undo};
use crate::outlet::{Checked, Intent};
use crate::people::Account;
use crate::session::Checking;

impl Hub {
    /// The password of a session's command was looked at.
    pub fn checked(&mut self, session: SessionId, txn: Option<Txn>, intent: Intent, checked: Checked, now: Now) {
        let Some(Checking { compared, .. }) = self.end_check(session, txn) else { return };
        self.asking = txn;
        if let Err(reject) = decide(self, session, intent, compared.as_ref(), checked, now) {
            self.reject(session, reject);
        }
        self.asking = None;
    }

    /// Nobody has time to look at the password of a session's command.
    pub fn unchecked(&mut self, session: SessionId, txn: Option<Txn>) {
        let Some(check) = self.end_check(session, txn) else { return };
        if let Some(name) = check.tried {
            let address = self.sessions.of(session).address;
            self.throttle.forgive(&name, address);
        }
        self.asking = txn;
        self.reject(session, Reject::Busy);
        self.asking = None;
    }

    /// The session waits no longer for a password of this command, if it does.
    pub(crate) fn end_check(&mut self, session: SessionId, txn: Option<Txn>) -> Option<Checking> {
        let asking = self.sessions.get_mut(session).filter(|found| !found.ending)?;
        asking.checking.take_if(|check| check.txn == txn)
    }
}

fn decide(
    hub: &mut Hub,
    session: SessionId,
    intent: Intent,
    compared: Option<&Arc<str>>,
    checked: Checked,
    now: Now,
) -> Result<(), Reject> {
    let Checked { is_right, hash, fresh } = checked;
    // The account may have another password by now: what was right before is wrong then.
    let compared = compared.filter(|_| is_right);
    match intent {
        Intent::Register { name, invite } => {
            may_register(hub, session, &name, invite.as_ref(), now)?;
            register(hub, session, &name, hash.ok_or(Reject::Busy)?, invite, &fresh, now);
        }
        Intent::Login { name } => login(hub, session, &name, compared, &fresh, now)?,
        Intent::Change => change(hub, session, compared, hash, now)?,
        Intent::Delete => delete(hub, session, compared, now)?,
    }
    Ok(())
}

fn register(
    hub: &mut Hub,
    session: SessionId,
    name: &Nickname,
    hash: Arc<str>,
    invite: Option<TokenHash>,
    fresh: &Token,
    now: Now,
) {
    let mut is_admin = false;
    if let Some(before) = invite.and_then(|token| hub.people.invites.get(&token)).copied() {
        is_admin = before.for_admin;
        if is_admin {
            super::super::admin::end_admin_invites(hub, session);
        }
        let after = InviteRecord { uses: before.uses - 1, ..before };
        hub.settle(session, Record::Invite(after), Undo::Put(Box::new(Record::Invite(before))), None);
    }
    let id = hub.people.next_account();
    let record = AccountRecord {
        id,
        name: name.clone(),
        password: Some(hash),
        is_admin,
        standing: Standing::Active,
        made_ms: now.wall_ms,
        ignores: Vec::new(),
        bot: None,
    };
    hub.settle(session, Record::Account(record), Undo::Account(id, Some(session)), None);
    hub.carry_over(session, Person::Account(id), now);
    hub.restrict_heir(session, id, name, now);
    bequeath(hub, session, id);
    let login = hub.make_login(session, id, fresh, now);
    hub.tell_login(session, login, fresh, true, now);
}

/// What the guest has made is the account's, and where the guest was let in the account is.
fn bequeath(hub: &mut Hub, session: SessionId, account: AccountId) {
    let (guest, heir) = (Person::Guest(session), Person::Account(account));
    for room in hub.rooms.of_person(guest) {
        let before = hub.rooms.of(room).record.clone();
        if before.owner == Some(guest) {
            let after = RoomRecord { owner: Some(heir), ..before.clone() };
            hub.settle(session, Record::Room(after), Undo::Put(Box::new(Record::Room(before))), None);
        }
        let grants = &hub.rooms.of(room).grants;
        let (granted, own) = (grants.get(&guest).copied(), grants.get(&heir).copied());
        if let Some(role) = granted {
            let grant = |person, role| Record::Grant(GrantRecord { room, person, role });
            hub.settle(session, grant(guest, None), Undo::Put(Box::new(grant(guest, Some(role)))), None);
            if own.is_none() {
                hub.settle(session, grant(heir, Some(role)), Undo::Put(Box::new(grant(heir, None))), None);
            }
        }
    }
}

fn login(
    hub: &mut Hub,
    session: SessionId,
    name: &Nickname,
    compared: Option<&Arc<str>>,
    fresh: &Token,
    now: Now,
) -> Result<(), Reject> {
    let account = hub.nicknames.holder(name).and_then(Person::account);
    let is_open = |account: &Account| account.is_active() && has_password(&account.record, compared);
    let account = account.filter(|account| hub.people.get(*account).is_some_and(is_open));
    let account = account.ok_or(Reject::WrongPassword)?;
    if hub.account(session).is_some() {
        return Err(Reject::LoggedIn);
    }
    let address = hub.sessions.of(session).address;
    hub.throttle.succeeded(name.key(), address);
    hub.carry_over(session, Person::Account(account), now);
    bequeath(hub, session, account);
    let login = hub.make_login(session, account, fresh, now);
    hub.tell_login(session, login, fresh, false, now);
    Ok(())
}

/// Whether a password that was found right is still the account's.
fn has_password(account: &AccountRecord, compared: Option<&Arc<str>>) -> bool {
    compared.is_some() && account.password.as_ref() == compared
}

/// The session's account, if the password that was asked for is right.
fn proven(hub: &mut Hub, session: SessionId, compared: Option<&Arc<str>>) -> Result<AccountRecord, Reject> {
    let (account, _) = account_of(hub, session)?;
    let record = hub.people.of(account).record.clone();
    if !has_password(&record, compared) {
        return Err(Reject::WrongPassword);
    }
    let address = hub.sessions.of(session).address;
    hub.throttle.succeeded(record.name.key(), address);
    Ok(record)
}

fn change(
    hub: &mut Hub,
    session: SessionId,
    compared: Option<&Arc<str>>,
    hash: Option<Arc<str>>,
    now: Now,
) -> Result<(), Reject> {
    let before = proven(hub, session, compared)?;
    let (account, own) = account_of(hub, session)?;
    let after = AccountRecord { password: Some(hash.ok_or(Reject::Busy)?), ..before.clone() };
    hub.end_logins(account, Some((session, own)), now);
    let undo = Undo::Put(Box::new(Record::Account(before)));
    hub.settle(session, Record::Account(after), undo, Some(Reply::PasswordChanged));
    Ok(())
}

fn delete(hub: &mut Hub, session: SessionId, compared: Option<&Arc<str>>, now: Now) -> Result<(), Reject> {
    let before = proven(hub, session, compared)?;
    let account = before.id;
    let bots: Vec<AccountId> = hub.people.bots_of(account);
    for gone in bots.iter().copied().chain([account]) {
        let Some([before, after]) = hub.changed_account(gone, |record| {
            record.password = None;
            record.standing = Standing::Deleted;
            record.is_admin = false;
            record.ignores = Vec::new();
        }) else {
            continue;
        };
        let undo = Undo::Put(Box::new(Record::Account(before)));
        let reply = (gone == account).then_some(Reply::AccountDeleted);
        hub.settle(session, Record::Account(after), undo, reply);
    }
    for bot in bots {
        hub.end_logins(bot, None, now);
    }
    leave_rooms_to_heirs(hub, session, &before);
    let (_, own) = account_of(hub, session)?;
    hub.end_logins(account, Some((session, own)), now);
    hub.end_login(own, Some(session), now);
    hub.carry_over(session, Person::Guest(session), now);
    let nick = hub.become_guest(session, None, now);
    hub.outbox.push(Effect::Reply { session, txn: None, reply: Box::new(Reply::CalledNow(nick)) });
    Ok(())
}

/// What an account has made is kept by somebody else: a private room that nobody keeps could not be ended.
fn leave_rooms_to_heirs(hub: &mut Hub, session: SessionId, gone: &AccountRecord) {
    let person = Person::Account(gone.id);
    for id in hub.rooms.of_person(person) {
        let room = hub.rooms.of_ref(id);
        if room.record.owner != Some(person) {
            continue;
        }
        let before = room.record.clone();
        let Some((heir, name)) = heir(hub, id) else { continue };
        let after = RoomRecord { owner: Some(Person::Account(heir)), ..before.clone() };
        hub.settle(session, Record::Room(after), Undo::Put(Box::new(Record::Room(before))), None);
        let change = Change::Role(name, Role::Owner);
        hub.tell_room(id, Ephemeral::Changed { by: gone.name.shared().clone(), change }, SessionId::default());
    }
}

/// Whoever has the highest role in a room that its owner leaves, and the oldest account among these.
fn heir(hub: &Hub, room: RoomId) -> Option<(AccountId, Arc<str>)> {
    let room = hub.rooms.of_ref(room);
    // An invitation is no office where everybody may come.
    let ranked = room.grants.iter().filter(|(_, role)| **role >= Role::Moderator || room.is_private());
    let accounts = ranked.filter_map(|(person, role)| Some((*role, hub.people.get(person.account()?)?)));
    let able = accounts.filter(|(_, account)| account.is_active() && account.record.bot.is_none());
    let (_, heir) = able.max_by_key(|(role, account)| (*role, std::cmp::Reverse(account.record.id)))?;
    Some((heir.record.id, heir.name().clone()))
}
