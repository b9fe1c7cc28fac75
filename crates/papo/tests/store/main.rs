//! The data folder of the real program: who may use it, what can be wrong with it, copies of it, and
//! a disk that is full.

mod backup;
mod clock;
mod folder;
mod full_disk;
mod memory;

use std::path::Path;
use std::process::Command;

use papo_proto::papo1::client::RoomCursor;
use papo_proto::papo1::server::RoomState;
use papo_testkit::{Ended, Papo};

/// The program, in a language.
fn papo(lang: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_papo"));
    command.env("PAPO_LANG", lang);
    command
}

/// A server over a data folder, on any ports.
fn serve(data: &Path) -> Papo {
    Papo::listening(
        papo("pt-BR").args(["serve", "--port", "0", "--web-port", "0", "--flood", "off", "--data"]).arg(data),
    )
}

/// `papo store check` of a folder.
fn check(data: &Path) -> Ended {
    Ended::of(papo("en").args(["store", "check", "--data"]).arg(data))
}

fn cursor(room: &RoomState, seq: u64) -> RoomCursor {
    RoomCursor { room: room.id, epoch: room.epoch, seq }
}
