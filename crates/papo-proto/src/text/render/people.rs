//! What is said of accounts, conversations of two and moderation.

use std::fmt::Write as _;
use std::sync::Arc;

use super::TEXTS;
use crate::lang::{Args, Lang};
use crate::names::RoomName;
use crate::words::people::Standing;
use crate::words::{AccountFacts, Change, LoginFacts, Reject, Reply, Role, Verb};

/// A reply in words, without a tag; nothing for what is not told in this dialect.
pub(super) fn words(lang: Lang, reply: &Reply) -> Option<String> {
    let say = |id: &str, args: Args<'_>| TEXTS.say(lang, id, args);
    let named = |id: &str, name: &str| TEXTS.say(lang, id, &[("nome", name.into())]);
    Some(match reply {
        Reply::LoggedIn { name, is_new, entered, .. } => {
            let line = named(if *is_new { "registered" } else { "logged-in" }, name);
            super::with_room(lang, entered.as_ref(), line)
        }
        Reply::Greeting(text) => text.to_string(),
        Reply::LoggedOut(name) => named("logged-out", name),
        Reply::PasswordChanged => say("password-changed", &[]),
        Reply::AccountDeleted => say("account-deleted", &[]),
        Reply::Logins(logins) => self::logins(lang, logins),
        Reply::Token { name, token } => say("token", &[("nome", (&**name).into()), ("token", (&**token).into())]),
        Reply::Tokens(nicks) => list(say("tokens", &[("total", nicks.len().into())]), nicks),
        Reply::Ended(name) => named("ended", name),
        Reply::NameReclaimed(name) => named("name-reclaimed", name),
        Reply::CalledNow(name) => named("named", name),
        Reply::LoginEnded => say("login-ended", &[]),
        Reply::Direct(room) => named("direct", room.with.as_deref().unwrap_or_default()),
        Reply::KeptFor(name) => named("kept-for", name),
        Reply::Unread(name, count) => say("unread", &[("nome", (&**name).into()), ("total", (*count).into())]),
        Reply::Ignored(nicks) if nicks.is_empty() => say("ignored-nobody", &[]),
        Reply::Ignored(nicks) => list(say("ignored", &[("total", nicks.len().into())]), nicks),
        Reply::Done | Reply::Changed(..) => say("done", &[]),
        Reply::DoneFor(name) => named("done-for", name),
        Reply::Invited { room, by } => in_room("invited", lang, by, &room.name, ""),
        Reply::Removed { name, by, is_closed: true, .. } => in_room("closed-you", lang, by, name, ""),
        Reply::Removed { name, by, why, is_banned, .. } => {
            let id = match (is_banned, why.is_empty()) {
                (false, true) => "removed",
                (false, false) => "removed-why",
                (true, true) => "banned-you",
                (true, false) => "banned-you-why",
            };
            in_room(id, lang, by, name, why)
        }
        Reply::Redacted(count) => say("redacted", &[("total", (*count).into())]),
        Reply::Reported { name, by, why, .. } => in_room("reported", lang, by, name, why),
        Reply::Announcement(text) => say("announcement", &[("texto", (&**text).into())]),
        Reply::Accounts(accounts) => self::accounts(lang, accounts),
        Reply::Invitation(token) => say("invitation", &[("token", (&**token).into())]),
        _ => return None,
    })
}

fn in_room(id: &str, lang: Lang, by: &str, room: &RoomName, why: &str) -> String {
    TEXTS.say(lang, id, &[("nome", by.into()), ("sala", room.as_str().into()), ("causa", why.into())])
}

fn list(mut head: String, names: &[Arc<str>]) -> String {
    for name in names {
        let _ = write!(head, "\n- {name}");
    }
    head
}

fn logins(lang: Lang, logins: &[LoginFacts]) -> String {
    let mut shown = TEXTS.say(lang, "logins", &[("total", logins.len().into())]);
    for LoginFacts { id, label, age_ms, is_this, .. } in logins {
        let args: Args<'_> = &[
            ("id", id.0.to_string().into()),
            ("nome", (&**label).into()),
            ("quando", duration(lang, *age_ms / 1000).into()),
        ];
        let _ = write!(shown, "\n{}", TEXTS.say(lang, "login-line", args));
        if *is_this {
            let _ = write!(shown, " {}", TEXTS.say(lang, "login-this", &[]));
        }
    }
    shown
}

fn accounts(lang: Lang, accounts: &[AccountFacts]) -> String {
    let mut shown = TEXTS.say(lang, "accounts", &[("total", accounts.len().into())]);
    for account in accounts {
        let _ = write!(shown, "\n- {} ({} online)", account.name, account.online);
        let marks = [
            (account.is_admin, "account-admin"),
            (account.is_bot, "account-bot"),
            (account.standing == Standing::Disabled, "account-disabled"),
            (account.standing == Standing::Deleted, "account-deleted-mark"),
        ];
        for (_, id) in marks.into_iter().filter(|(is, _)| *is) {
            let _ = write!(shown, ", {}", TEXTS.say(lang, id, &[]));
        }
    }
    shown
}

/// What was changed in a room, to those in it.
pub(super) fn change(lang: Lang, by: &str, change: &Change) -> String {
    let say = |id: &str, more: Args<'_>| {
        let args: Vec<_> = more.iter().cloned().chain([("nome", by.into())]).collect();
        TEXTS.say(lang, id, &args)
    };
    match change {
        Change::Topic(topic) if topic.is_empty() => say("topic-none", &[]),
        Change::Topic(topic) => say("topic", &[("assunto", (&**topic).into())]),
        Change::Private(on) => say(if *on { "private-on" } else { "private-off" }, &[]),
        Change::ReadOnly(on) => say(if *on { "readonly-on" } else { "readonly-off" }, &[]),
        Change::Slow(0) => say("slow-off", &[]),
        Change::Slow(seconds) => say("slow-on", &[("segundos", (*seconds).into())]),
        Change::Role(who, role) => {
            let id = match role {
                Role::Owner | Role::Admin => "role-owner",
                Role::Moderator => "role-moderator",
                Role::Member | Role::Guest => "role-other",
            };
            say(id, &[("quem", (&**who).into())])
        }
        Change::Muted(who, 0) => say("unmuted", &[("quem", (&**who).into())]),
        Change::Muted(who, seconds) => {
            say("muted", &[("quem", (&**who).into()), ("tempo", duration(lang, *seconds).into())])
        }
        Change::Removed(who, banned) => {
            say(if *banned { "someone-banned" } else { "someone-removed" }, &[("quem", (&**who).into())])
        }
    }
}

/// A time in its largest unit that is not zero, rounded up: who waits for it is not told too little.
pub(super) fn duration(lang: Lang, seconds: u64) -> String {
    let (id, unit) = match seconds {
        0..120 => ("seconds", 1),
        120..7200 => ("minutes", 60),
        7200..172_800 => ("hours", 3600),
        _ => ("days", 86_400),
    };
    TEXTS.say(lang, id, &[("n", seconds.div_ceil(unit).into())])
}

/// A refusal in words, without a tag.
pub(super) fn rejected(lang: Lang, reject: &Reject) -> String {
    let say = |id: &str, args: Args<'_>| TEXTS.say(lang, id, args);
    let named = |id: &str, name: &str| TEXTS.say(lang, id, &[("nome", name.into())]);
    let timed = |id: &str, seconds: u64| TEXTS.say(lang, id, &[("tempo", duration(lang, seconds).into())]);
    match reject {
        Reject::LoginFirst => say("login-first", &[]),
        Reject::NotLoggedIn => say("not-logged-in", &[]),
        Reject::LoggedIn => say("already-logged-in", &[]),
        Reject::WrongPassword => say("wrong-password", &[]),
        Reject::LoginTooFast { retry_seconds } => say("login-too-fast", &[("segundos", (*retry_seconds).into())]),
        Reject::PasswordLength { min, max } => {
            say("password-length", &[("minimo", (*min).into()), ("maximo", (*max).into())])
        }
        Reject::Unencrypted => say("unencrypted", &[]),
        Reject::RegistrationClosed => say("registration-closed", &[]),
        Reject::Invitation => say("invitation-needed", &[]),
        Reject::NameOfAccount => say("name-of-account", &[]),
        Reject::Nobody(name) => named("nobody", name),
        Reject::NobodyToAnswer => say("nobody-to-answer", &[]),
        Reject::Oneself => say("oneself", &[]),
        Reject::GuestAway(name) => named("guest-away", name),
        Reject::NotInRoom(name) => named("not-in-room", name),
        Reject::Role(role) => say(
            match role {
                Role::Guest | Role::Member => "role-needed-member",
                Role::Moderator => "role-needed-moderator",
                Role::Owner => "role-needed-owner",
                Role::Admin => "role-needed-admin",
            },
            &[],
        ),
        Reject::RoleOf(name) => named("role-of", name),
        Reject::ReadOnly => say("read-only", &[]),
        Reject::Banned { seconds: None } => say("banned-for-ever", &[]),
        Reject::Banned { seconds: Some(seconds) } => timed("banned", *seconds),
        Reject::Muted { seconds } => timed("you-are-muted", *seconds),
        Reject::Slow { retry_seconds } => timed("slow", *retry_seconds),
        Reject::TooFast { retry_seconds } => timed("too-fast", *retry_seconds),
        Reject::Lockdown => say("lockdown", &[]),
        Reject::WrongRoom => say("wrong-room", &[]),
        Reject::NoMessage => say("no-message", &[]),
        Reject::TooMany { max } => say("too-many", &[("maximo", (*max).into())]),
        Reject::RoomTaken(name) => say("room-taken", &[("sala", name.as_str().into())]),
        Reject::NotForBots => say("not-for-bots", &[]),
        Reject::UnknownToken => say("unknown-token", &[]),
        Reject::AdminOnly => say("admin-only", &[]),
        _ => unreachable!("the others are said before"),
    }
}

/// What a command needs that came without it.
pub(super) fn usage(lang: Lang, verb: Verb) -> String {
    let id = match verb {
        Verb::Nick => "usage-nick",
        Verb::Create => "usage-create",
        Verb::Join => "usage-join",
        Verb::Lang => "usage-lang",
        Verb::Register => "usage-register",
        Verb::Login => "usage-login",
        Verb::Password => "usage-password",
        Verb::DeleteAccount => "usage-delete-account",
        Verb::Sessions => "usage-sessions",
        Verb::Token => "usage-token",
        Verb::Msg => "usage-msg",
        Verb::Answer => "usage-answer",
        Verb::Unignore => "usage-unignore",
        Verb::Topic => "usage-topic",
        Verb::Invite => "usage-invite",
        Verb::Kick => "usage-kick",
        Verb::Ban => "usage-ban",
        Verb::Unban => "usage-unban",
        Verb::Mute => "usage-mute",
        Verb::Unmute => "usage-unmute",
        Verb::Slow => "usage-slow",
        Verb::Op => "usage-op",
        Verb::Deop => "usage-deop",
        Verb::Redact => "usage-redact",
        Verb::Report => "usage-report",
        Verb::OnOff => "usage-on-off",
    };
    TEXTS.say(lang, id, &[])
}
