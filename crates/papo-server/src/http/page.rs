//! The web page: its built files, compiled in, and what is shown where they were never built.

use std::borrow::Cow;
use std::fmt::Write as _;

use hyper::body::Bytes;
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Dist;

/// A file of the page.
#[derive(Clone, Debug)]
pub(super) struct File {
    pub(super) bytes: Bytes,
    pub(super) content_type: &'static str,
    /// Its entity tag, in quotes as the header carries it.
    pub(super) etag: String,
    /// Its name changes with its content, so a browser may keep it for good.
    pub(super) immutable: bool,
}

/// Finds a file by its path, which begins with `/`.
pub(super) type Find = fn(&str) -> Option<File>;

/// Shown in place of a page that was not built into this program.
const NOT_BUILT: &str = "<!doctype html>
<html lang=\"pt-BR\">
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width\">
<title>Papo</title>
<h1>Papo</h1>
<p>O servidor está no ar, mas este programa foi compilado sem a página. Para tê-la, instale Node 20 ou
mais novo e compile com <code>cargo xtask build</code>. O terminal funciona já: <code>papo chat</code>.</p>
<p lang=\"en\">The server is up, but this program was compiled without the page. To have it, install
Node 20 or newer and build with <code>cargo xtask build</code>. The terminal works now:
<code>papo chat</code>.</p>
</html>
";

/// Finds a file of the embedded page.
pub(super) fn embedded(path: &str) -> Option<File> {
    let name = if path == "/" { "index.html" } else { path.strip_prefix('/')? };
    let Some(file) = Dist::get(name) else {
        return (path == "/").then(not_built);
    };
    let bytes = match file.data {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => bytes.into(),
    };
    // 16 of the hash's 32 bytes tell any two builds apart.
    let mut etag = String::from("\"");
    for byte in &file.metadata.sha256_hash()[..16] {
        let _ = write!(etag, "{byte:02x}");
    }
    etag.push('"');
    Some(File { bytes, content_type: content_type(name), etag, immutable: name.starts_with("assets/") })
}

fn not_built() -> File {
    File {
        bytes: Bytes::from_static(NOT_BUILT.as_bytes()),
        content_type: content_type("index.html"),
        etag: "\"not-built\"".to_owned(),
        immutable: false,
    }
}

/// The content type of a file by the end of its name.
fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, end)| end) {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_always_something_at_the_root() {
        let root = embedded("/").expect("a page");
        assert_eq!(root.content_type, "text/html; charset=utf-8");
        assert!(!root.immutable);
        assert!(root.etag.starts_with('"') && root.etag.ends_with('"') && root.etag.len() > 2);
    }

    #[test]
    fn only_files_of_the_page_are_found() {
        for path in ["/nada", "/assets", "/assets/", "/../Cargo.toml", "/..%2fCargo.toml", "//", "", "*"] {
            assert!(embedded(path).is_none(), "{path}");
        }
    }

    #[test]
    fn each_built_file_is_found_under_its_name() {
        for name in Dist::iter() {
            let file = embedded(&format!("/{name}")).expect("an embedded file");
            assert_eq!(file.immutable, name.starts_with("assets/"), "{name}");
            assert_ne!(file.content_type, "application/octet-stream", "{name}");
        }
    }

    #[test]
    fn the_page_that_was_not_built_says_how_in_both_languages() {
        assert_eq!(NOT_BUILT.matches("cargo xtask build").count(), 2);
    }
}
