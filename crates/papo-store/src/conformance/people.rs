//! Accounts, logins, roles, restrictions, invitations, read markers, and what was done.

use papo_proto::limits::{AUDIT_KEPT, AUDIT_KEPT_PER_ROOM, REPORTS_KEPT_PER_ROOM};
use papo_proto::words::people::{AccountRecord, AuditRecord, BotRecord, GrantRecord, LoginRecord, Standing};
use papo_proto::words::{AccountId, LoginId, Person, Record, Role, Stored};
use papo_proto::{Append, RoomId, SessionId};

use super::{
    Promise, account, act, append, commit, grant, invite, login, read, restriction, said, session, with_rooms,
};
use crate::{Recovered, Store};

pub(super) const PROMISES: &[Promise] = &[
    an_account_is_replaced_and_its_number_is_never_free,
    a_login_is_replaced_and_can_end,
    roles_are_given_and_taken,
    restrictions_are_said_and_taken_back,
    invitations_are_used_up,
    a_read_marker_is_where_it_was_set_last,
    what_belongs_to_a_room_goes_with_it,
    nothing_is_kept_for_a_room_that_is_not_there,
    a_guest_has_roles_for_as_long_as_its_session,
    what_has_ended_goes_now_and_then,
    a_lockdown_is_kept,
    what_was_done_is_kept_in_order,
    only_the_newest_of_what_was_done_is_kept,
    what_is_done_in_a_room_pushes_out_nothing_of_another,
    of_too_much_that_was_done_those_rooms_lose_that_have_most,
];

const ANA: Person = Person::Account(AccountId(70));
const GUEST: Person = Person::Guest(SessionId(70));
const LATE: u64 = 1 << 40;

fn recovered(store: &dyn Store) -> Recovered {
    store.recover().expect("read")
}

/// All of these are stored without an answer.
fn keep(store: &dyn Store, batch: &[Record]) {
    assert!(commit(store, batch).iter().all(|stored| *stored == Stored::Done));
}

fn an_account_is_replaced_and_its_number_is_never_free(store: &dyn Store) {
    let bot = AccountRecord {
        password: None,
        bot: Some(BotRecord { owner: AccountId(70), rooms: vec![RoomId(3), RoomId(1)] }),
        ..account(72, "Robô")
    };
    let everywhere = AccountRecord { bot: Some(BotRecord { owner: AccountId(70), rooms: vec![] }), ..bot.clone() };
    let changed = AccountRecord {
        is_admin: true,
        standing: Standing::Disabled,
        ignores: vec![AccountId(72), AccountId(9)],
        ..account(70, "ANA")
    };
    keep(store, &[Record::Account(bot.clone()), Record::Account(account(70, "Ana"))]);
    assert_eq!(recovered(store).accounts, [account(70, "Ana"), bot]);
    keep(store, &[Record::Account(changed.clone()), Record::Account(everywhere.clone())]);
    assert_eq!(recovered(store).accounts, [changed, everywhere.clone()]);
    let deleted = AccountRecord { password: None, standing: Standing::Deleted, ..account(70, "Papo") };
    keep(store, &[Record::Account(deleted.clone())]);
    assert_eq!(recovered(store).accounts, [deleted, everywhere], "a name that is reserved since then too");
    assert_eq!(recovered(store).newest_account, AccountId(72));
}

fn a_login_is_replaced_and_can_end(store: &dyn Store) {
    let used = LoginRecord { seen_ms: 999, ends_ms: u64::MAX, is_cookie: true, ..login(5, 70, 1, LATE) };
    keep(store, &[Record::Login(login(6, 70, 2, LATE)), Record::Login(login(5, 70, 1, LATE))]);
    keep(store, &[Record::Login(used.clone())]);
    assert_eq!(recovered(store).logins, [used.clone(), login(6, 70, 2, LATE)]);
    keep(store, &[Record::LoginGone(LoginId(6)), Record::LoginGone(LoginId(404))]);
    assert_eq!(recovered(store).logins, [used]);
    assert_eq!(recovered(store).newest_login, LoginId(6), "which is not given out again");
}

fn roles_are_given_and_taken(store: &dyn Store) {
    with_rooms(store, &[1, 2]);
    let given = [
        grant(1, ANA, Some(Role::Owner)),
        grant(1, GUEST, Some(Role::Member)),
        grant(2, ANA, Some(Role::Moderator)),
        grant(2, Person::Account(AccountId(71)), Some(Role::Member)),
    ];
    let all: Vec<_> = given.iter().rev().map(|grant| Record::Grant(*grant)).collect();
    keep(store, &all);
    assert_eq!(recovered(store).grants, given);
    let (other, gone) = (grant(1, ANA, Some(Role::Moderator)), grant(2, ANA, None));
    keep(store, &[Record::Grant(other), Record::Grant(gone), Record::Grant(GrantRecord { room: RoomId(1), ..gone })]);
    assert_eq!(recovered(store).grants, [given[1], given[3]]);
}

fn restrictions_are_said_and_taken_back(store: &dyn Store) {
    with_rooms(store, &[1, 2]);
    let said = [restriction(1, 70, LATE), restriction(1, 71, u64::MAX), restriction(2, 70, 5)];
    let all: Vec<_> = said.iter().rev().cloned().map(Record::Restriction).collect();
    keep(store, &all);
    assert_eq!(recovered(store).restrictions, said);
    keep(store, &[Record::Restriction(restriction(1, 70, 9)), Record::Restriction(restriction(1, 71, 0))]);
    keep(store, &[Record::Restriction(restriction(2, 72, 0))]);
    assert_eq!(recovered(store).restrictions, [restriction(1, 70, 9), restriction(2, 70, 5)]);
}

fn invitations_are_used_up(store: &dyn Store) {
    keep(store, &[Record::Invite(invite(2, 3, LATE)), Record::Invite(invite(1, 1, u64::MAX))]);
    assert_eq!(recovered(store).invites, [invite(1, 1, u64::MAX), invite(2, 3, LATE)]);
    keep(store, &[Record::Invite(invite(1, 0, LATE)), Record::Invite(invite(2, 2, LATE))]);
    keep(store, &[Record::Invite(invite(3, 0, LATE))]);
    assert_eq!(recovered(store).invites, [invite(2, 2, LATE)]);
}

fn a_read_marker_is_where_it_was_set_last(store: &dyn Store) {
    with_rooms(store, &[1, 2]);
    keep(store, &[read(2, 70, 4), read(1, 71, 9), read(1, 70, 3), read(1, 71, 8)].map(Record::Read));
    assert_eq!(recovered(store).reads, [read(1, 70, 3), read(1, 71, 8), read(2, 70, 4)]);
}

fn what_belongs_to_a_room_goes_with_it(store: &dyn Store) {
    with_rooms(store, &[1, 2]);
    for room in [1, 2] {
        let (given, until) = (grant(room, ANA, Some(Role::Owner)), restriction(room, 71, LATE));
        keep(store, &[Record::Grant(given), Record::Restriction(until), Record::Read(read(room, 70, 1))]);
        keep(store, &[Record::Audit(act(Some(room), "a"))]);
    }
    keep(store, &[Record::RoomGone(RoomId(1))]);
    let left = recovered(store);
    assert_eq!(left.grants, [grant(2, ANA, Some(Role::Owner))]);
    assert_eq!(left.restrictions, [restriction(2, 71, LATE)]);
    assert_eq!(left.reads, [read(2, 70, 1)]);
    assert_eq!(audit(store, Some(1), 9), [act(Some(1), "a")], "what was done stays known");
}

fn nothing_is_kept_for_a_room_that_is_not_there(store: &dyn Store) {
    for room in [404, 0] {
        let (given, until) = (grant(room, ANA, Some(Role::Owner)), restriction(room, 71, LATE));
        keep(store, &[Record::Grant(given), Record::Restriction(until), Record::Read(read(room, 70, 1))]);
    }
    let left = recovered(store);
    assert_eq!(left.grants, [grant(0, ANA, Some(Role::Owner))], "0 is the whole server");
    assert_eq!((left.restrictions, left.reads), (vec![restriction(0, 71, LATE)], vec![read(0, 70, 1)]));
}

fn a_guest_has_roles_for_as_long_as_its_session(store: &dyn Store) {
    with_rooms(store, &[1, 2]);
    let other = Person::Guest(SessionId(71));
    let given = [(1, GUEST), (2, GUEST), (1, ANA), (1, other)].map(|(room, who)| grant(room, who, Some(Role::Member)));
    keep(store, &given.map(Record::Grant));
    keep(store, &[Record::Session(session(70, 1, LATE)), Record::SessionGone(SessionId(70))]);
    assert_eq!(recovered(store).grants, [given[2], given[3]]);
    keep(store, &[Record::SessionGone(SessionId(71))]);
    assert_eq!(recovered(store).grants, [given[2]], "also when it could not be resumed");
}

fn what_has_ended_goes_now_and_then(store: &dyn Store) {
    with_rooms(store, &[1]);
    for (at, ends_ms) in [(1, 5_000), (2, LATE), (3, u64::MAX)] {
        keep(store, &[Record::Login(login(at, 70, at as u8, ends_ms)), Record::Invite(invite(at as u8, 1, ends_ms))]);
        keep(store, &[Record::Restriction(restriction(1, at, ends_ms))]);
    }
    commit(store, &[Record::Event(Append { at_ms: 100_000, ..append(1, "later") }), said(1, "a")]);
    let left = recovered(store);
    let ends: Vec<_> = left.logins.iter().map(|login| login.ends_ms).collect();
    assert_eq!(ends, [LATE, u64::MAX]);
    let ends: Vec<_> = left.invites.iter().map(|invite| invite.ends_ms).collect();
    assert_eq!(ends, [LATE, u64::MAX]);
    let mut ends: Vec<_> = left.restrictions.iter().map(|restriction| restriction.until_ms).collect();
    ends.sort_unstable();
    assert_eq!(ends, [LATE, u64::MAX]);
}

fn a_lockdown_is_kept(store: &dyn Store) {
    assert!(!recovered(store).lockdown);
    keep(store, &[Record::Lockdown(true), Record::Lockdown(true)]);
    assert!(recovered(store).lockdown);
    keep(store, &[Record::Lockdown(false)]);
    assert!(!recovered(store).lockdown);
}

pub(super) fn audit(store: &dyn Store, room: Option<u64>, limit: usize) -> Vec<AuditRecord> {
    store.reader().expect("a reader").audit(room.map(RoomId), limit).expect("read")
}

fn what_was_done_is_kept_in_order(store: &dyn Store) {
    assert_eq!(audit(store, None, 9), []);
    let done = [act(Some(1), "a"), act(None, "b"), act(Some(2), "c"), AuditRecord { at_ms: 5, ..act(Some(1), "d") }];
    keep(store, &done.clone().map(Record::Audit));
    assert_eq!(audit(store, None, usize::MAX), done, "in the order in which it was told, whatever the time says");
    assert_eq!(audit(store, None, 2), done[2..]);
    assert_eq!(audit(store, None, 0), []);
    assert_eq!(audit(store, Some(1), 9), [done[0].clone(), done[3].clone()]);
    assert_eq!(audit(store, Some(1), 1), [done[3].clone()]);
    assert_eq!(audit(store, Some(3), 9), []);
}

fn only_the_newest_of_what_was_done_is_kept(store: &dyn Store) {
    let acts: Vec<_> = (0..AUDIT_KEPT + 300).map(|at| Record::Audit(act(None, &at.to_string()))).collect();
    keep(store, &acts);
    let kept = audit(store, None, usize::MAX);
    assert_eq!((kept.len(), &*kept[0].note), (AUDIT_KEPT, "300"));
}

fn report(room: u64, note: &str) -> AuditRecord {
    AuditRecord { act: AuditRecord::REPORT.into(), ..act(Some(room), note) }
}

fn what_is_done_in_a_room_pushes_out_nothing_of_another(store: &dyn Store) {
    let first = [act(Some(1), "first"), act(Some(2), "other")];
    keep(store, &first.clone().map(Record::Audit));
    let reports: Vec<_> = (0..REPORTS_KEPT_PER_ROOM + 5).map(|at| Record::Audit(report(1, &at.to_string()))).collect();
    keep(store, &reports);
    let kept = audit(store, Some(1), usize::MAX);
    assert_eq!((kept.len(), &kept[0]), (REPORTS_KEPT_PER_ROOM + 1, &first[0]), "reports push out reports alone");
    assert_eq!((&*kept[1].note, audit(store, Some(2), 9)), ("5", vec![first[1].clone()]));
    let acts: Vec<_> = (0..AUDIT_KEPT_PER_ROOM).map(|at| Record::Audit(act(Some(1), &at.to_string()))).collect();
    keep(store, &acts);
    let kept = audit(store, Some(1), usize::MAX);
    assert_eq!((kept.len(), &*kept[0].note), (REPORTS_KEPT_PER_ROOM + AUDIT_KEPT_PER_ROOM, "5"));
    assert_eq!(audit(store, Some(2), 9), first[1..]);
}

fn of_too_much_that_was_done_those_rooms_lose_that_have_most(store: &dyn Store) {
    let rooms = (AUDIT_KEPT / AUDIT_KEPT_PER_ROOM) as u64 + 2;
    keep(store, &[Record::Audit(act(Some(1), "few"))]);
    for room in 2..2 + rooms {
        let acts: Vec<_> = (0..AUDIT_KEPT_PER_ROOM).map(|at| Record::Audit(act(Some(room), &at.to_string()))).collect();
        keep(store, &acts);
    }
    assert_eq!(audit(store, Some(1), 9), [act(Some(1), "few")]);
    let left: Vec<usize> = (2..2 + rooms).map(|room| audit(store, Some(room), usize::MAX).len()).collect();
    let (least, most) = (left.iter().min(), left.iter().max());
    assert!(left.iter().sum::<usize>() < AUDIT_KEPT + 1024 && least > Some(&(AUDIT_KEPT_PER_ROOM / 2)), "{left:?}");
    assert_eq!(most, Some(&AUDIT_KEPT_PER_ROOM), "the newest are there");
}
