//! An account that several clients of a run are at once: one of them makes it, all log in to it.

use std::collections::BTreeSet;
use std::sync::Mutex;

use papo_proto::papo1::client::Hidden;
use papo_proto::papo1::server::{Kind, RoomState};

/// The password of every account of the crowd.
pub(crate) const PASSWORD: &str = "um bom segredo";

pub(crate) fn password() -> Hidden {
    Hidden(PASSWORD.into())
}

/// Made, as far as its clients know.
#[derive(Clone)]
pub(crate) struct Made {
    pub(crate) name: String,
    /// A login that its maker was told; the answer may have been lost.
    pub(crate) login: Option<String>,
}

#[derive(Default)]
pub(crate) struct Account {
    made: Mutex<Option<Made>>,
}

impl Account {
    pub(crate) fn made(&self) -> Option<Made> {
        self.made.lock().expect("no panic").clone()
    }

    pub(crate) fn is_made(&self, name: &str, login: Option<String>, people: &People) {
        *self.made.lock().expect("no panic") = Some(Made { name: name.to_owned(), login });
        people.names.lock().expect("no panic").insert(name.to_owned());
    }
}

/// The accounts that are made, and who converses with whom.
#[derive(Default)]
pub(crate) struct People {
    names: Mutex<BTreeSet<String>>,
    pairs: Mutex<BTreeSet<(String, String)>>,
}

impl People {
    /// Whom somebody can write to.
    pub(crate) fn others(&self, me: &str) -> Vec<String> {
        self.names.lock().expect("no panic").iter().filter(|name| *name != me).cloned().collect()
    }

    pub(crate) fn pairs(&self) -> BTreeSet<(String, String)> {
        self.pairs.lock().expect("no panic").clone()
    }

    /// What a room is called in stories: its name, and for a conversation both of the two.
    pub(crate) fn title(&self, me: &str, room: &RoomState) -> String {
        if room.kind != Kind::Direct {
            return room.name.to_string();
        }
        let pair = (me.min(&room.name).to_owned(), me.max(&room.name).to_owned());
        let title = title(&pair);
        self.pairs.lock().expect("no panic").insert(pair);
        title
    }
}

/// What a conversation is called in stories.
pub(crate) fn title((one, other): &(String, String)) -> String {
    format!("@{one}+{other}")
}
