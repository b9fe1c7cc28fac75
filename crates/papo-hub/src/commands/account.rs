//! Accounts: who may make one, be one and leave one. Passwords are compared and hashed elsewhere; what
//! then comes of it is in [`checked`].

pub(crate) mod checked;
mod tokens;

use std::sync::Arc;

use papo_proto::papo1::Token;
use papo_proto::words::people::Standing;
use papo_proto::words::{AccountCommand, LoginFacts, Registration, Secret};
use papo_proto::{AccountId, LoginId, Nickname, Person, Record, Reject, Reply, SessionId};

use crate::hub::{Hub, Now};
use crate::outbox::{Effect, Undo};
use crate::outlet::{Intent, PasswordAsk};
use crate::pace::Paced;
use crate::session::Checking;

pub(super) fn run(hub: &mut Hub, session: SessionId, command: AccountCommand, now: Now) {
    let done = match command {
        AccountCommand::Register { name, password, invite } => {
            let name = name.map(|parsed| parsed.name);
            register(hub, session, name, password, invite.as_deref(), now)
        }
        AccountCommand::Login { name, password } => login(hub, session, name.name, password, now),
        AccountCommand::Logout => logout(hub, session, now),
        AccountCommand::Password { old, new } => own(hub, session, old, Some(new), Intent::Change, now),
        AccountCommand::Delete { password } => own(hub, session, password, None, Intent::Delete, now),
        AccountCommand::Logins => logins(hub, session, now),
        AccountCommand::EndLogin(login) => end_login(hub, session, login, now),
        AccountCommand::NewToken(name, rooms) => tokens::make(hub, session, &name.name, &rooms, now),
        AccountCommand::Tokens => tokens::list(hub, session),
        AccountCommand::RevokeToken(name) => tokens::revoke(hub, session, &name, now),
    };
    if let Err(reject) = done {
        hub.reject(session, reject);
    }
}

/// The account of a session that is a person's.
fn account_of(hub: &Hub, session: SessionId) -> Result<(AccountId, LoginId), Reject> {
    let account = hub.sessions.get(session).and_then(|found| found.account).ok_or(Reject::NotLoggedIn)?;
    let is_bot = hub.people.get(account.0).is_some_and(|known| known.record.bot.is_some());
    if is_bot { Err(Reject::NotForBots) } else { Ok(account) }
}

fn safe(hub: &Hub, session: SessionId) -> Result<(), Reject> {
    let is_safe = hub.sessions.get(session).is_some_and(|found| found.is_safe);
    if is_safe { Ok(()) } else { Err(Reject::Unencrypted) }
}

/// Hands a password to whoever hashes; until then nothing else is taken from the session.
fn check(hub: &mut Hub, session: SessionId, tried: Option<Arc<str>>, ask: PasswordAsk) {
    let txn = hub.asking.take();
    let ask = PasswordAsk { txn, ..ask };
    let compared = ask.compare.as_ref().and_then(|(_, hash)| hash.clone());
    hub.sessions.of(session).checking = Some(Checking { txn, tried, compared });
    hub.outbox.push(Effect::Check { session, ask: Box::new(ask) });
}

/// Counts a try of a name's password, unless it comes too fast.
fn begin_try(hub: &mut Hub, session: SessionId, name: &Arc<str>, now: Now) -> Result<(), Reject> {
    let (address, by_address) = (hub.sessions.of(session).address, hub.limits.flood);
    let begun = hub.throttle.begin(name, address, by_address, now.running);
    begun.map_err(|retry_seconds| Reject::LoginTooFast { retry_seconds })
}

fn register(
    hub: &mut Hub,
    session: SessionId,
    name: Option<Nickname>,
    password: Secret,
    invite: Option<&str>,
    now: Now,
) -> Result<(), Reject> {
    safe(hub, session)?;
    let name = match name.or_else(|| hub.sessions.of(session).nick.clone()) {
        Some(name) => name,
        None => hub.ensure_named(session).0,
    };
    let invite =
        invite.map(|text| Token::parse(text).map(|token| token.hash()).ok_or(Reject::Invitation)).transpose()?;
    may_register(hub, session, &name, invite.as_ref(), now)?;
    hub.pace(session, Paced::Account, now)?;
    let intent = Intent::Register { name, invite };
    check(hub, session, None, PasswordAsk { txn: None, compare: None, hash: Some(password), intent });
    Ok(())
}

/// Whether a session may have an account of this name.
fn may_register(
    hub: &Hub,
    session: SessionId,
    name: &Nickname,
    invite: Option<&papo_proto::words::TokenHash>,
    now: Now,
) -> Result<(), Reject> {
    if hub.account(session).is_some() {
        return Err(Reject::LoggedIn);
    }
    let known = invite.and_then(|token| hub.people.invites.get(token));
    let is_invited = known.is_some_and(|invite| invite.uses > 0 && invite.ends_ms > now.wall_ms);
    match hub.policy.registration {
        _ if invite.is_some() && !is_invited => return Err(Reject::Invitation),
        Registration::Open => {}
        // Somebody must be able to open it again.
        Registration::Closed if !known.is_some_and(|invite| invite.for_admin) => {
            return Err(Reject::RegistrationClosed);
        }
        _ if is_invited => {}
        _ => return Err(Reject::Invitation),
    }
    if hub.people.is_full() {
        return Err(Reject::TooMany { max: papo_proto::limits::ACCOUNTS_MAX });
    }
    let holders = hub.nicknames.holders(name);
    if holders.into_iter().flatten().any(|holder| holder != papo_proto::Person::Guest(session)) {
        return Err(Reject::NicknameTaken(name.shared().clone()));
    }
    Ok(())
}

fn login(hub: &mut Hub, session: SessionId, name: Nickname, password: Secret, now: Now) -> Result<(), Reject> {
    safe(hub, session)?;
    if hub.account(session).is_some() {
        return Err(Reject::LoggedIn);
    }
    // Whether there is such an account changes nothing up to here, and nothing below.
    begin_try(hub, session, name.key(), now)?;
    let account = hub.nicknames.holder(&name).and_then(papo_proto::Person::account);
    let record = account.and_then(|account| hub.people.get(account)).map(|known| &known.record);
    let hash = record.filter(|record| record.standing == Standing::Active).and_then(|record| record.password.clone());
    let compare = Some((password, hash));
    let tried = Some(name.key().clone());
    check(hub, session, tried, PasswordAsk { txn: None, compare, hash: None, intent: Intent::Login { name } });
    Ok(())
}

/// Something that the account's own password is asked for.
fn own(
    hub: &mut Hub,
    session: SessionId,
    password: Secret,
    hash: Option<Secret>,
    intent: Intent,
    now: Now,
) -> Result<(), Reject> {
    safe(hub, session)?;
    let (account, _) = account_of(hub, session)?;
    let record = hub.people.of(account).record.clone();
    begin_try(hub, session, record.name.key(), now)?;
    let tried = Some(record.name.key().clone());
    let compare = Some((password, record.password));
    check(hub, session, tried, PasswordAsk { txn: None, compare, hash, intent });
    Ok(())
}

fn logout(hub: &mut Hub, session: SessionId, now: Now) -> Result<(), Reject> {
    let (_, login) = account_of(hub, session)?;
    if let Some(ended) = hub.people.remove_login(login) {
        hub.dismiss_all(&ended, Some(session), now);
    }
    hub.carry_over(session, Person::Guest(session), now);
    let nick = hub.become_guest(session, None, now);
    hub.settle(session, Record::LoginGone(login), Undo::Ended, Some(Reply::LoggedOut(nick)));
    Ok(())
}

fn logins(hub: &mut Hub, session: SessionId, now: Now) -> Result<(), Reject> {
    let (account, own) = account_of(hub, session)?;
    let known = hub.people.of(account).logins.clone();
    let facts = |id: &LoginId| {
        let login = hub.people.login(*id)?;
        Some(LoginFacts {
            id: *id,
            label: login.label.clone(),
            made_ms: login.made_ms,
            seen_ms: login.seen_ms,
            age_ms: now.wall_ms.saturating_sub(login.seen_ms),
            is_this: *id == own,
        })
    };
    let mut logins: Vec<LoginFacts> = known.iter().filter_map(facts).collect();
    logins.sort_by_key(|login| std::cmp::Reverse((login.seen_ms, login.id)));
    hub.reply(session, Reply::Logins(logins));
    Ok(())
}

fn end_login(hub: &mut Hub, session: SessionId, login: LoginId, now: Now) -> Result<(), Reject> {
    let (account, own) = account_of(hub, session)?;
    let found = hub.people.login(login).filter(|found| found.account == account).ok_or(Reject::UnknownToken)?;
    if login == own {
        return logout(hub, session, now);
    }
    let label = found.label.clone();
    hub.end_login_for(session, login, Some(session), Reply::Ended(label), now);
    Ok(())
}
