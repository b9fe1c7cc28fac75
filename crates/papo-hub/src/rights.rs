//! Who may do what: one pure function from a member and a deed to yes or a reject.

use papo_proto::words::{Act, RedactTarget};
use papo_proto::{Reject, Role};

/// Somebody in a room, as far as rights go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// What they are in it.
    pub role: Role,
    /// Which kind of room it is.
    pub place: Place,
    /// Only moderators may post in it.
    pub is_read_only: bool,
    /// They may say nothing for so many seconds.
    pub muted: Option<u64>,
    /// They may not be in it, for so many seconds or for ever.
    pub banned: Option<Option<u64>>,
    /// Only accounts older than a day may post now, and they are none.
    pub is_locked_out: bool,
}

/// Which kind of room a member is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The room that always exists.
    Lobby,
    /// Any other public room.
    Public,
    /// A private room that they were invited into.
    Invited,
    /// A private room of which they know nothing.
    Hidden,
    /// Their conversation with one other person.
    Direct,
}

/// What somebody does in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Be in it, and read it.
    Enter,
    /// Say something.
    Post,
    /// Take one's own message back.
    RedactOwn,
    /// Take another's message back.
    RedactOther,
    /// See what moderators have done.
    Audit,
    /// Tell them something.
    Report,
    /// Say what it is about.
    Topic,
    /// Let somebody in.
    Invite,
    /// Kick, ban, mute, and take those back.
    Restrict,
    /// Slow it down, or let only moderators post.
    Calm,
    /// Give and take moderation.
    Appoint,
    /// Make it private or public.
    Hide,
    /// End it.
    Close,
}

impl Deed {
    /// What an act is. That a message is one's own is only known when it is found.
    pub fn of(act: &Act) -> Deed {
        match act {
            Act::Topic(_) => Deed::Topic,
            Act::Invite(_) => Deed::Invite,
            Act::Kick(..) | Act::Ban(..) | Act::Unban(_) | Act::Mute(..) | Act::Unmute(_) => Deed::Restrict,
            Act::Slow(_) | Act::ReadOnly(_) => Deed::Calm,
            Act::Op(_) | Act::Deop(_) => Deed::Appoint,
            Act::Private(_) => Deed::Hide,
            Act::Redact(RedactTarget::Last(None) | RedactTarget::One(_)) => Deed::RedactOwn,
            Act::Redact(_) => Deed::RedactOther,
            Act::Close => Deed::Close,
            Act::Report { .. } => Deed::Report,
            Act::Audit { .. } => Deed::Audit,
        }
    }

    /// The least role that may do it; whoever keeps a private room decides who comes in.
    fn needs(self, place: Place) -> Role {
        match self {
            Deed::Enter | Deed::Post | Deed::RedactOwn | Deed::Report => Role::Guest,
            Deed::Invite if place != Place::Invited => Role::Guest,
            Deed::Invite | Deed::RedactOther | Deed::Audit | Deed::Topic | Deed::Restrict | Deed::Calm => {
                Role::Moderator
            }
            Deed::Appoint | Deed::Hide | Deed::Close => Role::Owner,
        }
    }
}

/// Whether the member may do it.
///
/// # Errors
/// Why not. Of a private room nobody learns that it exists.
pub fn check(member: &Member, deed: Deed) -> Result<(), Reject> {
    let speaks = matches!(deed, Deed::Enter | Deed::Post | Deed::RedactOwn);
    match member.place {
        Place::Hidden => return Err(Reject::UnknownRoom),
        // Two people look after their conversation themselves.
        Place::Direct if !speaks => return Err(Reject::WrongRoom),
        Place::Lobby if matches!(deed, Deed::Hide | Deed::Close) => return Err(Reject::WrongRoom),
        _ => {}
    }
    let is_moderator = member.role >= Role::Moderator;
    if let Some(seconds) = member.banned.filter(|_| !is_moderator) {
        return Err(Reject::Banned { seconds });
    }
    let needed = deed.needs(member.place);
    if member.role < needed {
        return Err(Reject::Role(needed));
    }
    if deed != Deed::Post {
        return Ok(());
    }
    if member.is_locked_out {
        return Err(Reject::Lockdown);
    }
    if let Some(seconds) = member.muted.filter(|_| !is_moderator) {
        return Err(Reject::Muted { seconds });
    }
    if member.is_read_only && !is_moderator {
        return Err(Reject::ReadOnly);
    }
    Ok(())
}

/// Whether somebody of this role may restrict or appoint somebody of another.
pub fn is_over(actor: Role, target: Role) -> bool {
    actor > target
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROLES: [Role; 5] = [Role::Guest, Role::Member, Role::Moderator, Role::Owner, Role::Admin];
    const DEEDS: [Deed; 13] = [
        Deed::Enter,
        Deed::Post,
        Deed::RedactOwn,
        Deed::RedactOther,
        Deed::Audit,
        Deed::Report,
        Deed::Topic,
        Deed::Invite,
        Deed::Restrict,
        Deed::Calm,
        Deed::Appoint,
        Deed::Hide,
        Deed::Close,
    ];

    fn member(role: Role, place: Place) -> Member {
        Member { role, place, is_read_only: false, muted: None, banned: None, is_locked_out: false }
    }

    /// The answers to every deed, in the order of [`DEEDS`]: `+` for yes, else the reject's letter.
    fn answers(member: &Member) -> String {
        let letter = |deed| match check(member, deed) {
            Ok(()) => '+',
            Err(Reject::UnknownRoom) => '?',
            Err(Reject::WrongRoom) => 'w',
            Err(Reject::Banned { .. }) => 'b',
            Err(Reject::Muted { .. }) => 'm',
            Err(Reject::ReadOnly) => 'r',
            Err(Reject::Lockdown) => 'l',
            Err(Reject::Role(Role::Moderator)) => 'M',
            Err(Reject::Role(Role::Owner)) => 'O',
            Err(other) => panic!("{other:?}"),
        };
        DEEDS.into_iter().map(letter).collect()
    }

    #[test]
    fn every_role_and_every_deed_in_every_kind_of_room() {
        // Enter, post, redact own, redact other, audit, report, topic, invite, restrict, calm, appoint, hide, close.
        for (place, table) in [
            (Place::Public, ["+++MM+M+MMOOO", "+++MM+M+MMOOO", "++++++++++OOO", "+++++++++++++", "+++++++++++++"]),
            (Place::Lobby, ["+++MM+M+MMOww", "+++MM+M+MMOww", "++++++++++Oww", "+++++++++++ww", "+++++++++++ww"]),
            (Place::Invited, ["+++MM+MMMMOOO", "+++MM+MMMMOOO", "++++++++++OOO", "+++++++++++++", "+++++++++++++"]),
            (Place::Hidden, ["?????????????"; 5]),
            (Place::Direct, ["+++wwwwwwwwww"; 5]),
        ] {
            for (role, expected) in ROLES.into_iter().zip(table) {
                assert_eq!(answers(&member(role, place)), expected, "{role:?} in {place:?}");
            }
        }
    }

    #[test]
    fn every_act_is_a_deed_of_the_table() {
        let who = || papo_proto::Nickname::parse("Ana").expect("good").name;
        let (seq, why) = (papo_proto::Seq(1), || std::sync::Arc::<str>::from(""));
        for (act, deed) in [
            (Act::Topic(why()), Deed::Topic),
            (Act::Invite(who()), Deed::Invite),
            (Act::Kick(who(), why()), Deed::Restrict),
            (Act::Ban(who(), None, why()), Deed::Restrict),
            (Act::Unban(who()), Deed::Restrict),
            (Act::Mute(who(), 1), Deed::Restrict),
            (Act::Unmute(who()), Deed::Restrict),
            (Act::Slow(1), Deed::Calm),
            (Act::ReadOnly(true), Deed::Calm),
            (Act::Op(who()), Deed::Appoint),
            (Act::Deop(who()), Deed::Appoint),
            (Act::Private(true), Deed::Hide),
            (Act::Redact(RedactTarget::Last(None)), Deed::RedactOwn),
            (Act::Redact(RedactTarget::One(seq)), Deed::RedactOwn),
            (Act::Redact(RedactTarget::Last(Some(who()))), Deed::RedactOther),
            (Act::Redact(RedactTarget::Of(who(), 1)), Deed::RedactOther),
            (Act::Close, Deed::Close),
            (Act::Report { seq: None, why: why() }, Deed::Report),
            (Act::Audit { limit: 1 }, Deed::Audit),
        ] {
            assert_eq!(Deed::of(&act), deed, "{act:?}");
            assert!(DEEDS.contains(&deed));
        }
    }

    #[test]
    fn what_restricts_meets_those_without_a_role() {
        for (restricted, guest, moderator) in [
            (Member { banned: Some(None), ..member(Role::Guest, Place::Public) }, "bbbbbbbbbbbbb", "++++++++++OOO"),
            (Member { muted: Some(9), ..member(Role::Guest, Place::Public) }, "+m+MM+M+MMOOO", "++++++++++OOO"),
            (Member { is_read_only: true, ..member(Role::Guest, Place::Public) }, "+r+MM+M+MMOOO", "++++++++++OOO"),
            (Member { is_locked_out: true, ..member(Role::Guest, Place::Public) }, "+l+MM+M+MMOOO", "+l++++++++OOO"),
        ] {
            assert_eq!(answers(&restricted), guest, "{restricted:?}");
            assert_eq!(answers(&Member { role: Role::Moderator, ..restricted }), moderator, "{restricted:?}");
        }
    }

    #[test]
    fn nobody_is_over_their_own() {
        for actor in ROLES {
            for target in ROLES {
                assert_eq!(is_over(actor, target), actor > target, "{actor:?} {target:?}");
            }
        }
    }
}
