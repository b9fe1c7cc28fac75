//! The tables about people, each read as a whole.

use papo_proto::names::Nickname;
use papo_proto::words::people::{
    AccountRecord, BotRecord, GrantRecord, InviteRecord, LoginRecord, ReadRecord, RestrictionRecord,
};
use papo_proto::words::{AccountId, LoginId, TokenHash};
use papo_proto::{RoomId, Seq};
use rusqlite::{Connection, Row};

use crate::StoreError;
use crate::sqlite::columns::{
    list, number, person_from_sql, restriction, role, standing, strange, text, until_from_sql, whom,
};
use crate::sqlite::connect::from_sql;

pub(super) fn accounts(conn: &Connection) -> Result<Vec<AccountRecord>, StoreError> {
    let mut statement = conn.prepare(
        "SELECT id, name, password, is_admin, standing, made_ms, ignores, bot_owner, bot_rooms FROM account ORDER BY id",
    )?;
    let mut rows = statement.query([])?;
    let mut accounts = Vec::new();
    while let Some(row) = rows.next()? {
        accounts.push(account(row)?);
    }
    Ok(accounts)
}

fn account(row: &Row<'_>) -> Result<AccountRecord, StoreError> {
    let shown: String = text(row, 1)?;
    let name = Nickname::stored(&shown)
        .map_err(|error| StoreError::Damaged(format!("an account cannot be called {shown:?}: {error}")))?;
    let bot = match row.get::<_, Option<i64>>(7)? {
        Some(owner) => Some(BotRecord { owner: AccountId(from_sql(owner)), rooms: list(row, 8, RoomId)? }),
        None => None,
    };
    Ok(AccountRecord {
        id: AccountId(number(row, 0)?),
        name,
        password: row.get_ref(2)?.as_str_or_null().map_err(rusqlite::Error::from)?.map(Into::into),
        is_admin: row.get(3)?,
        standing: standing(row, 4)?,
        made_ms: number(row, 5)?,
        ignores: list(row, 6, AccountId)?,
        bot,
    })
}

pub(super) fn logins(conn: &Connection) -> rusqlite::Result<Vec<LoginRecord>> {
    let sql = "SELECT id, token, account, label, made_ms, seen_ms, ends_ms, is_cookie FROM login ORDER BY id";
    let login = |row: &Row<'_>| {
        Ok(LoginRecord {
            id: LoginId(number(row, 0)?),
            token: token(row, 1)?,
            account: AccountId(number(row, 2)?),
            label: text(row, 3)?,
            made_ms: number(row, 4)?,
            seen_ms: number(row, 5)?,
            ends_ms: until_from_sql(row.get(6)?),
            is_cookie: row.get(7)?,
        })
    };
    conn.prepare(sql)?.query_map([], login)?.collect()
}

pub(super) fn grants(conn: &Connection) -> rusqlite::Result<Vec<GrantRecord>> {
    let grant = |row: &Row<'_>| {
        let (room, person) = (RoomId(number(row, 0)?), person_from_sql(row.get(1)?));
        Ok(GrantRecord { room, person, role: Some(role(row, 2)?) })
    };
    let mut statement = conn.prepare("SELECT room, person, role FROM role")?;
    let mut grants = statement.query_map([], grant)?.collect::<Result<Vec<_>, _>>()?;
    grants.sort_unstable_by_key(|grant| (grant.room, grant.person));
    Ok(grants)
}

pub(super) fn restrictions(conn: &Connection) -> rusqlite::Result<Vec<RestrictionRecord>> {
    let record = |row: &Row<'_>| {
        Ok(RestrictionRecord {
            room: RoomId(number(row, 0)?),
            whom: whom(row, 1)?,
            what: restriction(row, 2)?,
            name: text(row, 3)?,
            until_ms: until_from_sql(row.get(4)?),
        })
    };
    let mut statement = conn.prepare("SELECT room, whom, what, name, until_ms FROM restriction")?;
    let mut restrictions = statement.query_map([], record)?.collect::<Result<Vec<_>, _>>()?;
    restrictions.sort_unstable_by_key(|record| (record.room, record.whom, record.what));
    Ok(restrictions)
}

pub(super) fn invites(conn: &Connection) -> rusqlite::Result<Vec<InviteRecord>> {
    let invite = |row: &Row<'_>| {
        let ends_ms = until_from_sql(row.get(2)?);
        Ok(InviteRecord { token: token(row, 0)?, uses: row.get(1)?, ends_ms, for_admin: row.get(3)? })
    };
    conn.prepare("SELECT token, uses, ends_ms, for_admin FROM invite ORDER BY token")?.query_map([], invite)?.collect()
}

pub(super) fn reads(conn: &Connection) -> rusqlite::Result<Vec<ReadRecord>> {
    let read = |row: &Row<'_>| {
        let (room, account) = (RoomId(number(row, 0)?), AccountId(number(row, 1)?));
        Ok(ReadRecord { account, room, seq: Seq(number(row, 2)?) })
    };
    conn.prepare("SELECT room, account, seq FROM read_marker ORDER BY room, account")?.query_map([], read)?.collect()
}

fn token(row: &Row<'_>, column: usize) -> rusqlite::Result<TokenHash> {
    let bytes = row.get_ref(column)?.as_blob()?;
    Ok(TokenHash(bytes.try_into().map_err(|_| strange(column, "a token"))?))
}
