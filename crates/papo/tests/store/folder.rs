//! One server a folder, and what a folder must not be.

use std::fs;
use std::os::unix::fs::FileExt as _;

use papo_testkit::{Ended, Structured};

use super::{check, papo, serve};

#[test]
fn a_folder_belongs_to_one_server_at_a_time() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut first = serve(folder.path());
    let shown = folder.path().display();
    let process = first.pid();
    for (lang, sentence) in [
        (
            "pt-BR",
            format!(
                "papo: A pasta de dados {shown} está em uso por outro servidor (processo {process}). Pare aquele, ou escolha outra pasta com --data.\n"
            ),
        ),
        (
            "en",
            format!(
                "papo: The data folder {shown} is in use by another server (process {process}). Stop that one, or choose another folder with --data.\n"
            ),
        ),
    ] {
        let second =
            Ended::of(papo(lang).args(["serve", "--port", "0", "--web-port", "off", "--data"]).arg(folder.path()));
        assert_eq!((second.code, second.err), (Some(2), sentence));
    }
    first.kill();
    first.wait();
    serve(folder.path());
}

#[test]
fn a_folder_of_a_newer_version_is_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut server = serve(folder.path());
    server.terminate();
    server.wait();
    let file = folder.path().join("papo.db");
    // SQLite's header has the schema's version at 60.
    let database = fs::OpenOptions::new().write(true).open(&file).expect("the database");
    database.write_all_at(&999_u32.to_be_bytes(), 60).expect("written");
    let before = fs::read(&file).expect("read");
    for (lang, sentence) in
        [("pt-BR", "escrita por um Papo mais novo (esquema 999"), ("en", "written by a newer Papo (schema 999")]
    {
        let ended =
            Ended::of(papo(lang).args(["serve", "--port", "0", "--web-port", "off", "--data"]).arg(folder.path()));
        assert!(ended.code == Some(2) && ended.err.contains(sentence), "{ended:?}");
    }
    assert_eq!(fs::read(&file).expect("read"), before, "nothing of it was changed");
}

#[test]
fn what_is_no_database_is_told_and_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("papo.db");
    fs::write(&file, "isto não é um banco de dados ".repeat(500)).expect("written");
    let before = fs::read(&file).expect("read");
    let ended = Ended::of(papo("en").args(["serve", "--port", "0", "--web-port", "off", "--data"]).arg(folder.path()));
    assert!(ended.code == Some(2) && ended.err.contains("is damaged"), "{ended:?}");
    let ended = check(folder.path());
    assert!(ended.code != Some(0), "{ended:?}");
    assert_eq!(fs::read(&file).expect("read"), before);
}

#[test]
fn a_check_counts_what_is_there_also_while_it_is_served() {
    let folder = tempfile::tempdir().expect("a folder");
    let nothing = check(&folder.path().join("nada"));
    assert!(nothing.code == Some(2) && nothing.err.contains("There is no data in"), "{nothing:?}");
    let server = serve(folder.path());
    let (mut pia, _) = Structured::tcp(server.tcp()).named("Pia");
    let room = pia.join("outra");
    for _ in 0..7 {
        pia.post(room.id, "oi").expect("taken");
    }
    let checked = check(folder.path());
    assert_eq!(checked.code, Some(0), "{checked:?}");
    assert!(
        checked.out.starts_with("2 rooms, 7 messages, 0 accounts, 1 sessions, ")
            && checked.out.ends_with("All is well.\n"),
        "{checked:?}"
    );
}

#[test]
fn a_damaged_page_is_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut server = serve(folder.path());
    let (mut pia, _) = Structured::tcp(server.tcp()).named("Pia");
    let room = pia.join("geral");
    for _ in 0..200 {
        pia.post(room.id, &"x".repeat(2_000)).expect("taken");
    }
    server.terminate();
    server.wait();
    // A copy is one file, with everything in it.
    let copied = folder.path().join("copia");
    fs::create_dir(&copied).expect("a folder");
    let target = copied.join("papo.db");
    let backup = Ended::of(papo("en").args(["store", "backup"]).arg(&target).arg("--data").arg(folder.path()));
    assert_eq!(backup.code, Some(0), "{backup:?}");
    assert_eq!(check(&copied).code, Some(0));
    let database = fs::OpenOptions::new().write(true).open(&target).expect("the database");
    database.write_all_at(&[0xA5; 4096], 40 * 4096).expect("written");
    let checked = check(&copied);
    assert!(checked.code == Some(1) && checked.out.contains("damaged"), "{checked:?}");
}
