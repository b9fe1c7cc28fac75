//! What other languages and people get from these types: TypeScript, the reference in
//! `docs/protocol.md`, and the golden vectors that Rust and TypeScript both read. Each is compared
//! with the file in the repository; `PAPO_BLESS=1` writes the files.

#![expect(clippy::disallowed_methods, reason = "these tests compare files of the repository")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use ts_rs::{Config, TS};

use super::client::{Hidden, RoomCursor};
use super::server::{
    About, Answer, AuditEntry, Kind, LoggedIn, Login, Message, Ranked, Redacted, Redaction, Registration, Retry, Role,
    RoomChange, RoomEvent, RoomInfo, RoomState,
};
use super::{ClientFrame, ServerFrame, codes};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Compares a file with what it must be, or writes it.
fn check(path: &Path, expected: &str) {
    if std::env::var_os("PAPO_BLESS").is_some() {
        std::fs::write(path, expected).expect("it can be written");
    }
    let found = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(found, expected, "{} is old: PAPO_BLESS=1 cargo test -p papo-proto generated", path.display());
}

/// One type with its description, as TypeScript.
fn declaration<T: TS>(out: &mut String) {
    let config = Config::new().with_large_int("number");
    out.push_str(&comment(T::docs().unwrap_or_default().trim_end(), ""));
    let body = T::decl(&config).replace(" | { ", "\n  | { ").replace("{ \n", "{\n").replace(", \n", ",\n");
    let _ = writeln!(out, "export {}\n", comment(&body, "    ").trim_end());
}

/// Comments of one line on one line, those of fields indented.
fn comment(text: &str, indent: &str) -> String {
    let mut out = String::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let indent =
            if line.starts_with("export") || line.starts_with("type") || line.starts_with(' ') { "" } else { indent };
        match (line, lines.peek()) {
            ("/**", Some(first)) => {
                let first = first.trim_start_matches(" * ").to_owned();
                let second = lines.clone().nth(1);
                if second == Some(" */") {
                    let _ = writeln!(out, "{indent}/** {first} */");
                    lines.nth(1);
                } else {
                    let _ = writeln!(out, "{indent}/**");
                }
            }
            _ => {
                let _ = writeln!(out, "{indent}{line}");
            }
        }
    }
    out
}

fn declarations() -> String {
    let mut out = String::new();
    declaration::<ClientFrame>(&mut out);
    declaration::<RoomCursor>(&mut out);
    declaration::<ServerFrame>(&mut out);
    declaration::<Answer>(&mut out);
    declaration::<RoomEvent>(&mut out);
    declaration::<Message>(&mut out);
    declaration::<Redacted>(&mut out);
    declaration::<Redaction>(&mut out);
    declaration::<RoomState>(&mut out);
    declaration::<Kind>(&mut out);
    declaration::<Role>(&mut out);
    declaration::<Ranked>(&mut out);
    declaration::<RoomChange>(&mut out);
    declaration::<LoggedIn>(&mut out);
    declaration::<Login>(&mut out);
    declaration::<AuditEntry>(&mut out);
    declaration::<Registration>(&mut out);
    declaration::<Hidden>(&mut out);
    declaration::<RoomInfo>(&mut out);
    declaration::<About>(&mut out);
    declaration::<Retry>(&mut out);
    out
}

#[test]
fn typescript_types() {
    let mut out = String::from("// Generated from crates/papo-proto/src/papo1: do not edit.\n\n");
    out.push_str(&declarations());
    out.push_str("/** The numbers of rejects. */\nexport const CODES = {\n");
    for (code, name, meaning) in codes::CODES {
        let _ = writeln!(out, "  /** {meaning} */\n  {name}: {code},");
    }
    out.push_str("} as const;\n");
    check(&root().join("web/src/core/protocol.gen.ts"), &out);
}

/// The part of a page between two marks, replaced.
fn between(page: &str, name: &str, part: &str) -> String {
    let (begin, end) = (format!("<!-- {name}: begin -->\n"), format!("<!-- {name}: end -->"));
    let (before, rest) = page.split_once(&begin).expect("the page has the mark");
    let (_, after) = rest.split_once(&end).expect("the page has the mark's end");
    format!("{before}{begin}\n{part}\n{end}{after}")
}

#[test]
fn reference_page() {
    let path = root().join("docs/protocol.md");
    let page = std::fs::read_to_string(&path).expect("the page");
    let types = format!("```ts\n{}\n```\n", declarations().trim_end());
    let mut rows = String::from("| code | name | means | group |\n|---|---|---|---|\n");
    for (code, name, meaning) in codes::CODES {
        let group = codes::GROUPS.iter().rev().find(|(first, _)| first <= code).map_or("", |(_, does)| does);
        let _ = writeln!(rows, "| {code} | `{name}` | {meaning} | {group} |");
    }
    let page_now = between(&between(&page, "papo/1 types", &types), "papo/1 codes", &rows);
    check(&path, &page_now);
}

/// Frames of both directions as they lie on the wire, for every language's tests: each is read and
/// comes back the same.
#[test]
fn golden_vectors() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/papo1.json");
    let text = std::fs::read_to_string(path).expect("the vectors");
    let vectors: Vec<serde_json::Value> = serde_json::from_str(&text).expect("a list");
    assert!(vectors.len() > 30, "there is one for each frame");
    for vector in vectors {
        let (from, frame) = (vector["from"].as_str(), &vector["frame"]);
        let again = match from {
            Some("client") => {
                serde_json::from_value::<ClientFrame>(frame.clone()).and_then(|frame| serde_json::to_value(&frame))
            }
            Some("server") => {
                serde_json::from_value::<ServerFrame>(frame.clone()).and_then(|frame| serde_json::to_value(&frame))
            }
            other => panic!("from {other:?}"),
        };
        assert_eq!(&again.expect("a frame"), frame, "{}", vector["what"]);
    }
}

/// A later version may send more than this one knows.
#[test]
fn what_is_not_known_is_passed_over() {
    let unknown = |json: &str| serde_json::from_str::<ServerFrame>(json).expect("a frame");
    assert_eq!(unknown(r#"{"is":"reaction","room":1,"seq":2}"#), ServerFrame::Unknown);
    assert_eq!(
        unknown(r#"{"is":"ack","txn":3,"answer":{"to":"edit"}}"#),
        ServerFrame::Ack { txn: 3, answer: Answer::Unknown }
    );
    let more = r#"{"is":"typing","room":1,"who":"Ana","since":5}"#;
    assert_eq!(unknown(more), ServerFrame::Typing { room: 1, who: "Ana".into() });
}
