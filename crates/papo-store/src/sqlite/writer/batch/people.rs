//! Accounts, logins, roles, restrictions, invitations, read markers.

use papo_proto::words::LoginId;
use papo_proto::words::people::{AccountRecord, GrantRecord, InviteRecord, LoginRecord, ReadRecord, RestrictionRecord};
use rusqlite::params;

use super::Batch;
use crate::sqlite::columns::{
    list_to_sql, person_to_sql, restriction_to_sql, role_to_sql, standing_to_sql, until_to_sql, whom_to_sql,
};
use crate::sqlite::connect::to_sql;
use crate::sqlite::writer::Failure;

const ACCOUNT: &str = "INSERT OR REPLACE INTO account
    (id, name, password, is_admin, standing, made_ms, ignores, bot_owner, bot_rooms)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
const LOGIN: &str = "INSERT OR REPLACE INTO login (id, token, account, label, made_ms, seen_ms, ends_ms, is_cookie)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
const LOGIN_GONE: &str = "DELETE FROM login WHERE id = ?1";
const GRANT: &str = "INSERT OR REPLACE INTO role (room, person, role) VALUES (?1, ?2, ?3)";
const GRANT_GONE: &str = "DELETE FROM role WHERE room = ?1 AND person = ?2";
const RESTRICTION: &str =
    "INSERT OR REPLACE INTO restriction (room, whom, what, name, until_ms) VALUES (?1, ?2, ?3, ?4, ?5)";
const RESTRICTION_GONE: &str = "DELETE FROM restriction WHERE room = ?1 AND whom = ?2 AND what = ?3";
const INVITE: &str = "INSERT OR REPLACE INTO invite (token, uses, ends_ms, for_admin) VALUES (?1, ?2, ?3, ?4)";
const INVITE_GONE: &str = "DELETE FROM invite WHERE token = ?1";
const READ: &str = "INSERT INTO read_marker (room, account, seq) VALUES (?1, ?2, ?3)
    ON CONFLICT (room, account) DO UPDATE SET seq = excluded.seq";
const LOCKDOWN: &str = "UPDATE meta SET value = ?1 WHERE name = 'lockdown'";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] =
    &[LOGIN_GONE, GRANT_GONE, RESTRICTION_GONE, INVITE_GONE, READ, LOCKDOWN, super::GIVEN];

impl Batch<'_> {
    pub(super) fn account(&mut self, account: &AccountRecord) -> Result<(), Failure> {
        let bot = account.bot.as_ref();
        self.run(
            ACCOUNT,
            params![
                to_sql(account.id.0),
                account.name.as_str(),
                account.password.as_deref(),
                account.is_admin,
                standing_to_sql(account.standing),
                to_sql(account.made_ms),
                list_to_sql(account.ignores.iter().map(|ignored| ignored.0)),
                bot.map(|bot| to_sql(bot.owner.0)),
                bot.map(|bot| list_to_sql(bot.rooms.iter().map(|room| room.0)))
            ],
        )?;
        self.given("newest_account", account.id.0)?;
        Ok(())
    }

    pub(super) fn login(&mut self, login: &LoginRecord) -> Result<(), Failure> {
        self.run(
            LOGIN,
            params![
                to_sql(login.id.0),
                &login.token.0[..],
                to_sql(login.account.0),
                &*login.label,
                to_sql(login.made_ms),
                to_sql(login.seen_ms),
                until_to_sql(login.ends_ms),
                login.is_cookie
            ],
        )?;
        self.given("newest_login", login.id.0)?;
        Ok(())
    }

    pub(super) fn login_gone(&mut self, login: LoginId) -> Result<(), Failure> {
        self.run(LOGIN_GONE, [to_sql(login.0)])?;
        Ok(())
    }

    pub(super) fn grant(&mut self, grant: &GrantRecord) -> Result<(), Failure> {
        let (room, person) = (to_sql(grant.room.0), person_to_sql(grant.person));
        match grant.role {
            None => self.run(GRANT_GONE, params![room, person])?,
            Some(role) if self.has(grant.room)? => self.run(GRANT, params![room, person, role_to_sql(role)])?,
            Some(_) => 0,
        };
        Ok(())
    }

    pub(super) fn restriction(&mut self, restriction: &RestrictionRecord) -> Result<(), Failure> {
        let RestrictionRecord { room, whom, what, name, until_ms } = restriction;
        let key = (to_sql(room.0), whom_to_sql(*whom), restriction_to_sql(*what));
        if *until_ms == 0 {
            self.run(RESTRICTION_GONE, params![key.0, key.1, key.2])?;
        } else if self.has(*room)? {
            self.run(RESTRICTION, params![key.0, key.1, key.2, &**name, until_to_sql(*until_ms)])?;
        }
        Ok(())
    }

    pub(super) fn invite(&mut self, invite: &InviteRecord) -> Result<(), Failure> {
        let token = &invite.token.0[..];
        if invite.uses == 0 {
            self.run(INVITE_GONE, [token])?;
        } else {
            self.run(INVITE, params![token, invite.uses, until_to_sql(invite.ends_ms), invite.for_admin])?;
        }
        Ok(())
    }

    pub(super) fn read(&mut self, read: &ReadRecord) -> Result<(), Failure> {
        if self.has(read.room)? {
            self.run(READ, [to_sql(read.room.0), to_sql(read.account.0), to_sql(read.seq.0)])?;
        }
        Ok(())
    }

    pub(super) fn lockdown(&mut self, lockdown: bool) -> Result<(), Failure> {
        self.run(LOCKDOWN, [lockdown])?;
        Ok(())
    }
}
