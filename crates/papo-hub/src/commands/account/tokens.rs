//! Bots: accounts for programs, with a token instead of a password. Somebody answers for each.

use std::sync::Arc;

use papo_proto::limits::{ACCOUNTS_MAX, BOTS_PER_ACCOUNT, ROOMS_PER_BOT};
use papo_proto::papo1::Token;
use papo_proto::words::people::{AccountRecord, BotRecord, LoginRecord, Standing};
use papo_proto::{AccountId, Nickname, Record, Reject, Reply, RoomName, SessionId};

use super::account_of;
use crate::hub::{Hub, Now};
use crate::outbox::Undo;
use crate::pace::Paced;
use crate::rights::Deed;

pub(super) fn make(
    hub: &mut Hub,
    session: SessionId,
    name: &Nickname,
    rooms: &[RoomName],
    now: Now,
) -> Result<(), Reject> {
    let (owner, _) = account_of(hub, session)?;
    if hub.people.bots_of(owner).len() >= BOTS_PER_ACCOUNT {
        return Err(Reject::TooMany { max: BOTS_PER_ACCOUNT });
    }
    if hub.people.is_full() {
        return Err(Reject::TooMany { max: ACCOUNTS_MAX });
    }
    if rooms.len() > ROOMS_PER_BOT {
        return Err(Reject::TooMany { max: ROOMS_PER_BOT });
    }
    if hub.nicknames.holders(name) != [None; 2] {
        return Err(Reject::NicknameTaken(name.shared().clone()));
    }
    let mut bound = Vec::with_capacity(rooms.len());
    for room in rooms {
        // Nobody brings a bot where they may not be themselves.
        let found = hub.find_room(session, room).ok_or(Reject::UnknownRoom)?;
        hub.may(session, found, Deed::Enter, now)?;
        if !bound.contains(&found) {
            bound.push(found);
        }
    }
    hub.pace(session, Paced::Bot, now)?;
    let fresh = Token(hub.secret());
    let id = hub.people.next_account();
    let record = AccountRecord {
        id,
        name: name.clone(),
        password: None,
        is_admin: false,
        standing: Standing::Active,
        made_ms: now.wall_ms,
        ignores: Vec::new(),
        bot: Some(BotRecord { owner, rooms: bound }),
    };
    let login = LoginRecord {
        id: hub.people.next_login(),
        token: fresh.hash(),
        account: id,
        label: name.shared().clone(),
        made_ms: now.wall_ms,
        seen_ms: now.wall_ms,
        // A bot's token is good until it is revoked.
        ends_ms: i64::MAX as u64,
        is_cookie: false,
    };
    hub.settle(session, Record::Account(record), Undo::Account(id, None), None);
    let reply = Reply::Token { name: name.shared().clone(), token: fresh.to_text().into() };
    let undo = Undo::Login(login.id, None);
    hub.settle(session, Record::Login(login), undo, Some(reply));
    Ok(())
}

pub(super) fn list(hub: &mut Hub, session: SessionId) -> Result<(), Reject> {
    let (owner, _) = account_of(hub, session)?;
    let bots = hub.people.bots_of(owner);
    let mut names: Vec<Arc<str>> =
        bots.iter().filter_map(|bot| hub.people.get(*bot)).map(|bot| bot.name().clone()).collect();
    names.sort_by_cached_key(|name| name.to_lowercase());
    hub.reply(session, Reply::Tokens(names));
    Ok(())
}

pub(super) fn revoke(hub: &mut Hub, session: SessionId, name: &Nickname, now: Now) -> Result<(), Reject> {
    let (owner, _) = account_of(hub, session)?;
    let named = hub.nicknames.holder(name).and_then(papo_proto::Person::account);
    let bot: AccountId = named.filter(|bot| hub.people.bots_of(owner).contains(bot)).ok_or(Reject::UnknownToken)?;
    hub.end_logins(bot, None, now);
    let Some([before, after]) = hub.changed_account(bot, |record| record.standing = Standing::Deleted) else {
        return Err(Reject::UnknownToken);
    };
    let undo = Undo::Put(Box::new(Record::Account(before)));
    hub.settle(session, Record::Account(after), undo, Some(Reply::Ended(name.shared().clone())));
    Ok(())
}
