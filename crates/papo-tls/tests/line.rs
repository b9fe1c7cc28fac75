//! Two machines and what goes between them.

#[path = "properties/ends.rs"]
mod ends;

use std::sync::Arc;

use papo_tls::line::SEALED_BYTES;
use papo_tls::{ALPN_PAPO, ClientTls, Distrust, Failure, Fingerprint, SecureLine, Trust};
use rustls::crypto::cipher::OutboundPlainMessage;
use rustls::{ContentType, ProtocolVersion, ServerConfig, SupportedProtocolVersion, version};

fn server_config(versions: &[&'static SupportedProtocolVersion]) -> (Arc<ServerConfig>, Fingerprint) {
    let (config, certificate) = ends::server(versions);
    (config, Fingerprint::of(&certificate))
}

/// Gives `to` what `from` has to send, in pieces of this size; returns the plaintext.
fn carry(from: &mut SecureLine, to: &mut SecureLine, piece: usize) -> Result<Vec<u8>, Failure> {
    let mut plain = Vec::new();
    while !from.unsent().is_empty() {
        let fresh: Vec<u8> = from.unsent()[..piece.min(from.unsent().len())].to_vec();
        from.was_sent(fresh.len());
        let held = to.held();
        let mut input = [vec![0; held], fresh].concat();
        to.open(&mut input, &mut plain)?;
    }
    Ok(plain)
}

fn shake_hands(client: &mut SecureLine, server: &mut SecureLine, piece: usize) -> Result<(), Failure> {
    while client.is_handshaking() || server.is_handshaking() {
        assert!(!client.unsent().is_empty() || !server.unsent().is_empty(), "they wait for each other");
        carry(client, server, piece)?;
        carry(server, client, piece)?;
    }
    Ok(())
}

fn say(line: &mut SecureLine, plain: &[u8]) {
    let mut sealed = vec![0; SEALED_BYTES];
    let count = line.seal(plain, &mut sealed).expect("an open line");
    line.keep(&sealed[..count]);
}

#[test]
fn a_line_opens_however_its_bytes_are_cut() {
    for versions in [&[&version::TLS13][..], &[&version::TLS12]] {
        let (config, fingerprint) = server_config(versions);
        let tls = ClientTls::for_frames(&Trust::Pinned(fingerprint)).expect("no file");
        for piece in [1, 2, 3, 5, 64, 1000, 100_000] {
            let mut server = SecureLine::server(config.clone()).expect("a line");
            let mut client = tls.line("localhost").expect("a name");
            shake_hands(&mut client, &mut server, piece).expect("they agree");
            assert_eq!((server.alpn(), client.alpn()), (Some(ALPN_PAPO), Some(ALPN_PAPO)));
            for text in [b"oi".to_vec(), vec![7; 20_000], vec![8; 64 * 1024]] {
                say(&mut client, &text);
                assert_eq!(carry(&mut client, &mut server, piece).expect("whole"), text);
                say(&mut server, &text);
                assert_eq!(carry(&mut server, &mut client, piece).expect("whole"), text);
            }
            assert_eq!((server.held(), server.unsent().len()), (0, 0), "an idle line holds nothing");
            assert!(server.say_farewell() && !server.say_farewell());
            carry(&mut server, &mut client, piece).expect("whole");
            assert!(client.peer_closed() && !server.peer_closed());
        }
    }
}

#[test]
fn what_is_no_tls_fails_and_says_so() {
    let (config, _) = server_config(&[&version::TLS13]);
    let mut server = SecureLine::server(config.clone()).expect("a line");
    let mut garbage = *b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00";
    assert!(server.open(&mut garbage, &mut Vec::new()).is_err());
    assert!(server.has_failed() && server.unsent().starts_with(&[21, 3]), "an alert: {:?}", server.unsent());

    let tls = ClientTls::for_frames(&Trust::Anyone).expect("no file");
    let mut client = tls.line("localhost").expect("a name");
    let failure = client.open(&mut b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(), &mut Vec::new()).expect_err("no TLS");
    assert_eq!(failure, Failure::NotTls);
    let mut client = tls.line("localhost").expect("a name");
    let failure = client.open(&mut b"\0\0\0\x10[SYS] Bem-vindo!".to_vec(), &mut Vec::new()).expect_err("no TLS");
    assert_eq!(failure, Failure::NotTls);

    // A record that was changed on its way.
    let mut server = SecureLine::server(config).expect("a line");
    let mut client = tls.line("localhost").expect("a name");
    shake_hands(&mut client, &mut server, 9999).expect("they agree");
    say(&mut client, b"oi");
    let mut changed = client.unsent().to_vec();
    *changed.last_mut().expect("bytes") ^= 1;
    let mut plain = Vec::new();
    assert!(server.open(&mut changed, &mut plain).is_err() && plain.is_empty() && server.has_failed());
}

#[test]
fn a_handshake_that_does_not_end_is_not_kept() {
    let (config, _) = server_config(&[&version::TLS13]);
    let mut server = SecureLine::server(config).expect("a line");
    // A ClientHello that says to be 60,000 bytes long, in records of 1,000.
    let mut message = vec![1, 0, 0xEA, 0x60];
    message.resize(60_000, 0);
    let mut most = 0;
    let ended = message.chunks(1000).position(|part| {
        let mut record = vec![0x16, 3, 1, (part.len() >> 8) as u8, part.len() as u8];
        record.extend_from_slice(part);
        let held = server.held();
        let mut input = [vec![0; held], record].concat();
        let broken = server.open(&mut input, &mut Vec::new()).is_err();
        most = most.max(server.held());
        broken
    });
    assert!(ended.is_some_and(|records| (20..40).contains(&records)), "{ended:?}");
    assert!((20_000..=32 * 1024).contains(&most), "{most}");
}

#[test]
fn whom_a_client_trusts() {
    let (config, fingerprint) = server_config(&[&version::TLS13]);
    let (other, strangers) = server_config(&[&version::TLS13]);
    let try_with = |tls: &ClientTls, config: &Arc<ServerConfig>| {
        let mut server = SecureLine::server(config.clone()).expect("a line");
        let mut client = tls.line("localhost").expect("a name");
        shake_hands(&mut client, &mut server, 9999)
    };
    let tls = |trust: Trust| ClientTls::for_frames(&trust).expect("no file");

    let changed = |known, found| Err(Failure::Distrust(Distrust::Changed { known, found }));
    assert_eq!(try_with(&tls(Trust::Pinned(fingerprint)), &config), Ok(()));
    assert_eq!(try_with(&tls(Trust::Pinned(strangers)), &config), changed(strangers, fingerprint));
    assert_eq!(try_with(&tls(Trust::FirstUse(Some(fingerprint))), &config), Ok(()));
    assert_eq!(try_with(&tls(Trust::FirstUse(Some(strangers))), &config), changed(strangers, fingerprint));
    let unverified = try_with(&tls(Trust::System), &config);
    assert!(
        matches!(&unverified, Err(Failure::Distrust(Distrust::Unverified { found, .. })) if *found == fingerprint),
        "{unverified:?}"
    );

    let first = tls(Trust::FirstUse(None));
    assert_eq!(first.learned(), None);
    assert_eq!(try_with(&first, &config), Ok(()));
    assert_eq!(first.learned(), Some(fingerprint));
    assert_eq!(try_with(&first, &config), Ok(()), "the same again");
    assert_eq!(try_with(&first, &other), changed(fingerprint, strangers), "the next connection of the same client");
}

#[test]
fn half_a_message_of_the_handshake_does_not_keep_others_from_being_told() {
    let (config, certificate) = ends::server(&[&version::TLS13]);
    let mut server = SecureLine::server(config).expect("a line");
    let mut rogue = ends::rogue(&mut server, &certificate);
    // The first byte of a request for new keys.
    let part = OutboundPlainMessage {
        typ: ContentType::Handshake,
        version: ProtocolVersion::TLSv1_2,
        payload: (&[24_u8][..]).into(),
    };
    let mut record = rogue.encrypt(part, 0).expect("a record").encode();
    server.open(&mut record, &mut Vec::new()).expect("so far it is right");
    assert!(server.held() > 0);
    let mut sealed = vec![0; SEALED_BYTES];
    assert!(server.seal(b"oi", &mut sealed).expect("it can be told") > 2);
    assert!(server.say_farewell());
}

/// Numbers from a seed: a run that fails can be run again.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }
}

#[test]
fn whatever_comes_nothing_panics() {
    let tls13 = server_config(&[&version::TLS13]).0;
    let tls12 = server_config(&[&version::TLS12]).0;
    let tls = ClientTls::for_frames(&Trust::Anyone).expect("no file");
    let mut failures = 0;
    for seed in 0..600 {
        let mut random = Random(seed);
        let config = if seed % 3 == 0 { &tls12 } else { &tls13 };
        let mut server = SecureLine::server(config.clone()).expect("a line");
        let mut client = tls.line("localhost").expect("a name");
        let mut sealed = vec![0; SEALED_BYTES];
        // When it begins to change bytes, if it does at all.
        let changes_from = random.below(12);
        for turn in 0..12 {
            let mut fresh = client.unsent().to_vec();
            client.was_sent(fresh.len());
            if turn >= changes_from && !fresh.is_empty() {
                for _ in 0..=random.below(3) {
                    let at = random.below(fresh.len());
                    match random.below(4) {
                        0 => fresh[at] = random.below(256) as u8,
                        1 => fresh.truncate(at.max(1)),
                        2 => fresh.insert(at, random.below(256) as u8),
                        // What was there comes again: another record, or a part of one.
                        _ => fresh.extend_from_within(at..),
                    }
                }
            }
            let cut = random.below(fresh.len() + 1);
            for part in [&fresh[..cut], &fresh[cut..]] {
                let mut input = [vec![0; server.held()], part.to_vec()].concat();
                failures += usize::from(server.open(&mut input, &mut Vec::new()).is_err());
                if !server.is_handshaking() {
                    let count = server.seal(b"oi", &mut sealed).unwrap_or(0);
                    server.keep(&sealed[..count]);
                }
            }
            let _ = carry(&mut server, &mut client, 9999);
            if !client.is_handshaking() && !client.has_failed() {
                say(&mut client, &vec![7; random.below(40_000)]);
            }
        }
        server.say_farewell();
    }
    assert!(failures > 300, "{failures}");
}
