//! What each crate may know. A crate exists to forbid a dependency: a new line here is a decision about
//! the project's shape.

/// What a crate may name in `[dependencies]`. Tests may use more.
const ALLOWED: &[(&str, &[&str])] = &[
    (
        "papo-proto",
        &[
            "base64",
            "fluent-bundle",
            "intl-memoizer",
            "precis-profiles",
            "serde",
            "serde_json",
            "sha1",
            "sha2",
            "thiserror",
            "unic-langid",
            "unicode-normalization",
            "unicode-security",
            "zeroize",
        ],
    ),
    ("papo-tls", &["papo-proto", "rustls", "rustls-native-certs", "sha2", "thiserror", "tokio"]),
    ("papo-hub", &["papo-proto", "rustc-hash", "smallvec"]),
    ("papo-store", &["papo-proto", "getrandom", "rusqlite", "rusqlite_migration", "rustix", "thiserror"]),
    (
        "papo-server",
        &[
            "papo-proto",
            "papo-hub",
            "papo-store",
            "argon2",
            "papo-tls",
            "getrandom",
            "http-body-util",
            "hyper",
            "hyper-util",
            "jiff",
            "metrics",
            "metrics-exporter-prometheus",
            "mio",
            "rcgen",
            "percent-encoding",
            "rust-embed",
            "rustc-hash",
            "rustix",
            "rustls",
            "serde",
            "serde_json",
            "slab",
            "smallvec",
            "socket2",
            "thiserror",
            "tokio",
            "tracing",
        ],
    ),
    ("papo-client", &["papo-proto", "papo-tls", "getrandom", "serde_json", "socket2", "thiserror", "tokio"]),
    ("papo-tui", &["papo-client", "papo-proto", "fluent-bundle", "jiff", "rustix", "rustyline", "thiserror", "tokio"]),
    ("papo-bench", &["papo-proto", "papo-tls", "rusqlite", "rustix", "serde_json", "socket2", "thiserror"]),
    ("papo-testkit", &["papo-proto", "rustix", "rustls", "serde_json", "socket2", "tempfile"]),
    (
        "papo",
        &[
            "papo-proto",
            "papo-server",
            "papo-store",
            "papo-tls",
            "papo-tui",
            "papo-bench",
            "anyhow",
            "clap",
            "rustix",
            "serde_json",
            "file-rotate",
            "signal-hook",
            "sys-locale",
            "toml",
            "tracing",
            "tracing-appender",
            "tracing-subscriber",
        ],
    ),
    ("xtask", &["anyhow", "serde_json"]),
];

/// Crates that hold only helpers for tests: no program is built with them.
const FOR_TESTS: &[&str] = &["papo-testkit"];

/// What a crate's manifest names that it must not know.
pub(super) fn check(name: &str, manifest: &str) -> Vec<String> {
    let Some((_, allowed)) = ALLOWED.iter().find(|(known, _)| *known == name) else {
        return vec![format!(
            "crates/{name}: what it may depend on is not said in crates/xtask/src/tidy/dependencies.rs"
        )];
    };
    let mut problems = Vec::new();
    for (section, dependency) in dependencies(manifest) {
        let problem = match section.as_str() {
            "dev-dependencies" => continue,
            _ if FOR_TESTS.contains(&dependency.as_str()) => "is for tests only",
            _ if !allowed.contains(&dependency.as_str()) => "must not be known here",
            _ => continue,
        };
        problems.push(format!("crates/{name}/Cargo.toml: {dependency} {problem} ([{section}])"));
    }
    problems
}

/// (section, name) of each dependency, whatever way it is written.
fn dependencies(manifest: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut section: Option<String> = None;
    for line in manifest.lines().map(str::trim) {
        if let Some(head) = line.strip_prefix('[') {
            let head = head.trim_end_matches(']');
            section = None;
            // `[dependencies]`, `[target.'cfg(unix)'.dependencies]`, `[dependencies.mio]`
            for kind in ["dev-dependencies", "build-dependencies", "dependencies"] {
                if head == kind || head.ends_with(&format!(".{kind}")) {
                    section = Some(kind.to_owned());
                    break;
                }
                if let Some(name) = head.split_once(&format!("{kind}.")).map(|(_, name)| name) {
                    found.push((kind.to_owned(), name.to_owned()));
                    break;
                }
            }
        } else if let Some(section) = &section {
            let name: String = line.chars().take_while(|&c| c.is_alphanumeric() || c == '-' || c == '_').collect();
            if !name.is_empty() && line[name.len()..].trim_start().starts_with(['.', '=']) {
                found.push((section.clone(), name));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_library_in_a_pure_crate_is_a_problem() {
        let manifest = "[package]\nname = \"papo-hub\"\n[dependencies]\npapo-proto.workspace = true\n";
        assert_eq!(check("papo-hub", manifest), [""; 0]);
        for line in ["mio.workspace = true", "tokio = \"1\"", "papo-store = { path = \"../papo-store\" }"] {
            assert_eq!(check("papo-hub", &format!("{manifest}{line}\n")).len(), 1, "{line}");
        }
        for section in [
            "[dependencies.hyper]",
            "[target.'cfg(unix)'.dependencies]\nlibc = \"1\"",
            "[build-dependencies]\ncc = \"1\"",
        ] {
            assert_eq!(check("papo-hub", &format!("{manifest}{section}\n")).len(), 1, "{section}");
        }
    }

    #[test]
    fn tests_may_know_more_but_programs_know_no_helpers_of_tests() {
        assert_eq!(
            check("papo-hub", "[dev-dependencies]\nproptest.workspace = true\n[lints]\nworkspace = true\n"),
            [""; 0]
        );
        assert_eq!(check("papo", "[dependencies]\npapo-testkit.workspace = true\n").len(), 1);
    }

    #[test]
    fn an_unknown_crate_has_to_be_decided_about() {
        assert_eq!(check("papo-new", "[dependencies]\n").len(), 1);
    }

    #[test]
    fn the_designs_absences_are_in_the_table() {
        let may = |name: &str| ALLOWED.iter().find(|(known, _)| *known == name).expect("there").1;
        for (name, forbidden) in [
            ("papo-proto", &["tokio", "mio", "hyper", "rustix", "socket2", "papo-hub"][..]),
            ("papo-hub", &["tokio", "mio", "rustix", "socket2", "papo-store", "papo-server"]),
            ("papo-store", &["papo-hub", "papo-server", "mio"]),
            ("papo-tls", &["papo-hub", "papo-server", "mio", "rcgen"]),
            ("papo-client", &["papo-hub", "papo-store", "papo-server", "rustyline"]),
            ("papo-tui", &["papo-hub", "papo-store", "papo-server"]),
            ("papo-bench", &["papo-hub", "papo-server", "tokio"]),
        ] {
            assert!(!may(name).iter().any(|known| forbidden.contains(known)), "{name}");
        }
    }
}
