//! What was taken back is in no file any more.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::Fault;

/// Every text that a file of the folder holds, and which file that is.
pub fn check(folder: &Path, texts: &[String]) -> Vec<Fault> {
    let entries = fs::read_dir(folder).expect("the folder can be read").filter_map(Result::ok);
    let mut files: Vec<_> = entries.map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    files.sort();
    let mut faults = Vec::new();
    // One that goes away meanwhile holds nothing.
    for (file, bytes) in files.iter().filter_map(|file| Some((file, fs::read(file).ok()?))) {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let held = held(&bytes, texts);
        faults.extend(held.into_iter().map(|text| Fault::Remains(name.clone().into_owned(), text.clone())));
    }
    faults
}

/// Those of the texts that are somewhere in the bytes, which are gone through once.
fn held<'a>(bytes: &[u8], texts: &'a [String]) -> BTreeSet<&'a String> {
    let mut by_first: BTreeMap<u8, Vec<&String>> = BTreeMap::new();
    for text in texts {
        if let Some(first) = text.bytes().next() {
            by_first.entry(first).or_default().push(text);
        }
    }
    let mut held = BTreeSet::new();
    for (at, byte) in bytes.iter().enumerate() {
        let begun = by_first.get(byte).into_iter().flatten();
        held.extend(begun.filter(|text| bytes[at..].starts_with(text.as_bytes())));
    }
    held
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_found_in_whichever_file_it_is() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("a.db"), b"\0\x01xxsegredo 12\xff").expect("written");
        fs::write(folder.path().join("a.db-wal"), b"segredo 1segredo 3").expect("written");
        fs::create_dir(folder.path().join("log")).expect("made");
        let texts = ["segredo 1", "segredo 2", "segredo 3", "segredo 12", ""].map(String::from);
        let remains = |file: &str, text: &str| Fault::Remains(file.into(), text.into());
        let expected = [
            remains("a.db", "segredo 1"),
            remains("a.db", "segredo 12"),
            remains("a.db-wal", "segredo 1"),
            remains("a.db-wal", "segredo 3"),
        ];
        assert_eq!(check(folder.path(), &texts), expected);
        assert_eq!(check(folder.path(), &[]), []);
    }
}
