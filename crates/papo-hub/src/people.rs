//! Accounts and their logins, as they are known by decision.

use std::sync::Arc;

use papo_proto::limits::{ACCOUNTS_MAX, LOGINS_PER_ACCOUNT};
use papo_proto::words::TokenHash;
use papo_proto::words::people::{AccountRecord, InviteRecord, LoginRecord, Standing};
use papo_proto::{AccountId, LoginId, RoomId, Seq, SessionId};
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

use crate::rate::TokenBucket;

/// Everybody with an account, the places where they are logged in, and the invitations that are open.
#[derive(Debug, Default)]
pub(crate) struct People {
    accounts: FxHashMap<AccountId, Account>,
    logins: FxHashMap<LoginId, LoginRecord>,
    by_token: FxHashMap<TokenHash, LoginId>,
    /// The bots of each account that are not ended.
    bots: FxHashMap<AccountId, SmallVec<[AccountId; 2]>>,
    /// Those that may do everything: few, and asked for whenever somebody takes a message back.
    admins: FxHashSet<AccountId>,
    pub(crate) invites: FxHashMap<TokenHash, InviteRecord>,
    newest_account: u64,
    newest_login: u64,
}

/// An account, and what hangs on it.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) record: AccountRecord,
    /// Its sessions that are open or held.
    pub(crate) sessions: SmallVec<[SessionId; 1]>,
    /// Its logins, oldest first.
    pub(crate) logins: SmallVec<[LoginId; 1]>,
    /// How fast it posts without a session.
    pub(crate) posts: TokenBucket,
    /// Whether it may tell moderators of something although its address has done so too often.
    pub(crate) reports: TokenBucket,
    /// How far it has read its conversations of two.
    pub(crate) reads: FxHashMap<RoomId, Seq>,
}

impl Account {
    pub(crate) fn is_active(&self) -> bool {
        self.record.standing == Standing::Active
    }

    pub(crate) fn name(&self) -> &Arc<str> {
        self.record.name.shared()
    }
}

impl People {
    /// Nobody yet; numbers come after these.
    pub(crate) fn new(newest_account: AccountId, newest_login: LoginId) -> Self {
        Self { newest_account: newest_account.0, newest_login: newest_login.0, ..Self::default() }
    }

    pub(crate) fn next_account(&mut self) -> AccountId {
        self.newest_account += 1;
        AccountId(self.newest_account)
    }

    pub(crate) fn next_login(&mut self) -> LoginId {
        self.newest_login += 1;
        LoginId(self.newest_login)
    }

    pub(crate) fn is_full(&self) -> bool {
        self.accounts.len() >= ACCOUNTS_MAX
    }

    pub(crate) fn has_admin(&self) -> bool {
        self.admins().any(|admin| self.accounts.get(&admin).is_some_and(Account::is_active))
    }

    /// The accounts that may do everything, those that are disabled too.
    pub(crate) fn admins(&self) -> impl Iterator<Item = AccountId> {
        self.admins.iter().copied()
    }

    pub(crate) fn get(&self, id: AccountId) -> Option<&Account> {
        self.accounts.get(&id)
    }

    pub(crate) fn get_mut(&mut self, id: AccountId) -> Option<&mut Account> {
        self.accounts.get_mut(&id)
    }

    /// The account of a session or login that the rules are just working for.
    pub(crate) fn of(&mut self, id: AccountId) -> &mut Account {
        self.accounts.get_mut(&id).expect("invariant: an account is never removed while a session has it")
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Account> {
        self.accounts.values()
    }

    /// The bots of an account that can be used.
    pub(crate) fn bots_of(&self, owner: AccountId) -> Vec<AccountId> {
        let is_active = |bot: &AccountId| self.accounts.get(bot).is_some_and(Account::is_active);
        let bots = self.bots.get(&owner).into_iter().flatten();
        let mut bots: Vec<AccountId> = bots.copied().filter(is_active).collect();
        bots.sort_unstable();
        bots
    }

    /// Sets whether an account has a bot.
    fn has_bot(&mut self, owner: AccountId, bot: AccountId, has: bool) {
        let bots = self.bots.entry(owner).or_default();
        bots.retain(|other| *other != bot);
        if has {
            bots.push(bot);
        } else if bots.is_empty() {
            self.bots.remove(&owner);
        }
    }

    /// An account is this now.
    pub(crate) fn put(&mut self, record: AccountRecord) {
        self.newest_account = self.newest_account.max(record.id.0);
        if let Some(bot) = &record.bot {
            self.has_bot(bot.owner, record.id, record.standing != Standing::Deleted);
        }
        if record.is_admin {
            self.admins.insert(record.id);
        } else {
            self.admins.remove(&record.id);
        }
        if let Some(account) = self.accounts.get_mut(&record.id) {
            account.record = record;
            return;
        }
        let account = Account {
            record,
            sessions: SmallVec::new(),
            logins: SmallVec::new(),
            posts: TokenBucket::default(),
            reports: TokenBucket::default(),
            reads: FxHashMap::default(),
        };
        self.accounts.insert(account.record.id, account);
    }

    /// An account that could not be stored never was.
    pub(crate) fn forget(&mut self, id: AccountId) -> Option<Account> {
        let forgotten = self.accounts.remove(&id)?;
        self.admins.remove(&id);
        if let Some(bot) = &forgotten.record.bot {
            self.has_bot(bot.owner, id, false);
        }
        Some(forgotten)
    }

    pub(crate) fn login(&self, id: LoginId) -> Option<&LoginRecord> {
        self.logins.get(&id)
    }

    pub(crate) fn by_token(&self, token: &TokenHash) -> Option<&LoginRecord> {
        self.by_token.get(token).and_then(|id| self.logins.get(id))
    }

    /// A login is this now.
    pub(crate) fn put_login(&mut self, login: LoginRecord) {
        self.newest_login = self.newest_login.max(login.id.0);
        if let Some(before) = self.logins.get(&login.id) {
            self.by_token.remove(&before.token);
        } else if let Some(account) = self.accounts.get_mut(&login.account) {
            account.logins.push(login.id);
        }
        self.by_token.insert(login.token, login.id);
        self.logins.insert(login.id, login);
    }

    pub(crate) fn remove_login(&mut self, id: LoginId) -> Option<LoginRecord> {
        let login = self.logins.remove(&id)?;
        self.by_token.remove(&login.token);
        if let Some(account) = self.accounts.get_mut(&login.account) {
            account.logins.retain(|other| *other != id);
        }
        Some(login)
    }

    /// The login of an account that has to go for a further one: the one that was used least recently.
    pub(crate) fn login_too_many(&self, account: AccountId) -> Option<LoginId> {
        let logins = &self.accounts.get(&account)?.logins;
        let known = logins.iter().filter_map(|id| self.logins.get(id));
        let oldest = known.min_by_key(|login| (login.seen_ms, login.id)).map(|login| login.id);
        oldest.filter(|_| logins.len() >= LOGINS_PER_ACCOUNT)
    }
}
