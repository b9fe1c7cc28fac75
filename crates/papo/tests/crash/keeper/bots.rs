//! Bots: their tokens are good from when they are told until they are revoked.

use papo_proto::papo1::ClientFrame;
use papo_proto::papo1::server::Answer;
use papo_testkit::checks::kept::Came;

use super::line::{Broken, Line};
use super::{Keeper, OWNER};

/// Bots at a time.
const BOTS: usize = 6;

impl Keeper {
    pub(super) fn make_bot_or_revoke_one(&mut self, owner: &mut Line) -> Result<(), Broken> {
        let names = self.now.iter().filter(|(_, value)| *value == "listed");
        let listed: Vec<String> =
            names.filter_map(|(what, _)| what.strip_prefix("the bot ")).map(str::to_owned).collect();
        if listed.is_empty() || (listed.len() < BOTS && self.random.chance(2)) {
            return self.make_bot(owner);
        }
        let name = self.random.pick(&listed).clone();
        // Of one that was made without an answer nobody has the token.
        let token = self.bots.get(&name).map(|_| (format!("the token of {name}"), "ended"));
        let values: Vec<_> = [(format!("the bot {name}"), "none")].into_iter().chain(token).collect();
        let revoke = |txn| ClientFrame::RevokeToken { txn, nick: name.as_str().into() };
        let done = self.deed(owner, &values, revoke)?;
        assert!(done.is_ok(), "{done:?}");
        Ok(())
    }

    fn make_bot(&mut self, owner: &mut Line) -> Result<(), Broken> {
        let name = format!("robô{}", self.number());
        let what = format!("the bot {name}");
        self.did(&what, "none", Came::Done);
        let bot = |txn| ClientFrame::NewToken { txn, nick: name.as_str().into(), rooms: Vec::new() };
        let made = self.deed(owner, &[(what, "listed")], bot)?;
        let Ok(Answer::NewToken { token, .. }) = made else { panic!("{made:?}") };
        self.did(&format!("the token of {name}"), "good", Came::Done);
        self.bots.insert(name, token.to_string());
        Ok(())
    }

    pub(super) fn look_at_bots(&mut self) -> Result<(), Broken> {
        let Ok(Answer::Tokens { nicks }) = self.come(OWNER)?.ask(|txn| ClientFrame::Tokens { txn })? else {
            panic!("no list of bots")
        };
        let known: Vec<String> = self.now.keys().filter(|what| what.starts_with("the bot ")).cloned().collect();
        for what in known {
            let is_listed = nicks.iter().any(|nick| what.strip_prefix("the bot ") == Some(nick));
            self.saw(&what, if is_listed { "listed" } else { "none" });
        }
        for (name, token) in self.bots.clone() {
            self.look_at_login(&format!("the token of {name}"), &token)?;
        }
        Ok(())
    }
}
