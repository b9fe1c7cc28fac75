//! One connection's TLS, without any I/O. Whoever drives it reads into its own buffer and writes
//! from its own, so an idle line holds neither: only the rest of an unfinished record, and what the
//! socket has not taken yet.

use std::sync::Arc;

use papo_proto::limits::{TLS_SEALED_MAX_BYTES, TLS_UNFINISHED_MAX_BYTES};
use rustls::client::UnbufferedClientConnection;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::server::UnbufferedServerConnection;
use rustls::unbuffered::{ConnectionState, EncodeError, EncryptError, UnbufferedStatus};
use rustls::{ClientConfig, CommonState, Error, ProtocolVersion, ServerConfig};

use crate::failure::Failure;

/// What TLS adds to a portion of [`TLS_SEALED_MAX_BYTES`]: a header and a tag for each record, and
/// an announcement of new keys before them.
const SEALED_EXTRA_BYTES: usize = 1024;
/// A place that takes whatever [`SecureLine::seal`] makes of one portion.
pub const SEALED_BYTES: usize = TLS_SEALED_MAX_BYTES + SEALED_EXTRA_BYTES;
/// Records that are made without being asked for come one at a time: an alert, a farewell.
const SMALL_BYTES: usize = 512;

enum Side {
    Server(UnbufferedServerConnection),
    Client(UnbufferedClientConnection),
}

/// The TLS of one connection.
pub struct SecureLine {
    side: Side,
    /// Ciphertext that has come and is no whole record yet.
    held: Vec<u8>,
    /// Plaintext that has come and that nobody has taken.
    opened: Vec<u8>,
    /// Ciphertext that the socket has not taken, from `sent` on.
    unsent: Vec<u8>,
    sent: usize,
    peer_closed: bool,
    has_failed: bool,
    said_farewell: bool,
}

/// What one step of the machine came to.
enum Next {
    /// There may be more in what has come.
    Again,
    /// The rest must come first.
    More,
    /// The peer has said that it sends no more.
    Closed,
}

impl SecureLine {
    /// A server's side; it waits for the client's first words.
    ///
    /// # Errors
    /// The configuration does not hold together.
    pub fn server(config: Arc<ServerConfig>) -> Result<Self, Failure> {
        Ok(Self::new(Side::Server(UnbufferedServerConnection::new(config)?)))
    }

    /// A client's side; its first words are in [`unsent`](Self::unsent).
    ///
    /// # Errors
    /// The configuration does not hold together.
    pub fn client(config: Arc<ClientConfig>, name: ServerName<'static>) -> Result<Self, Failure> {
        let mut line = Self::new(Side::Client(UnbufferedClientConnection::new(config, name)?));
        line.open(&mut [], &mut Vec::new())?;
        Ok(line)
    }

    fn new(side: Side) -> Self {
        Self {
            side,
            held: Vec::new(),
            opened: Vec::new(),
            unsent: Vec::new(),
            sent: 0,
            peer_closed: false,
            has_failed: false,
            said_farewell: false,
        }
    }

    fn state(&self) -> &CommonState {
        match &self.side {
            Side::Server(server) => server,
            Side::Client(client) => client,
        }
    }

    /// Nothing can be said yet.
    pub fn is_handshaking(&self) -> bool {
        self.state().is_handshaking()
    }

    /// The peer has said that it sends no more.
    pub fn peer_closed(&self) -> bool {
        self.peer_closed
    }

    /// Nothing that comes can be read any more; an alert may still be unsent.
    pub fn has_failed(&self) -> bool {
        self.has_failed
    }

    /// The version of TLS that was agreed on, as soon as it was.
    pub fn version(&self) -> Option<ProtocolVersion> {
        self.state().protocol_version()
    }

    /// What the handshake says is spoken inside.
    pub fn alpn(&self) -> Option<&[u8]> {
        self.state().alpn_protocol()
    }

    /// The peer's certificate; clients show none.
    pub fn certificate(&self) -> Option<&CertificateDer<'static>> {
        self.state().peer_certificates()?.first()
    }

    /// How many bytes go before those that are read next: leave so much room at the front of the
    /// buffer that is given to [`open`](Self::open).
    pub fn held(&self) -> usize {
        self.held.len()
    }

    /// Takes in what has come: room for the [`held`](Self::held) bytes, then what was read. The
    /// plaintext is appended to `plain`; what is to be answered is in [`unsent`](Self::unsent).
    ///
    /// # Errors
    /// The line is broken, and an alert may be unsent.
    pub fn open(&mut self, input: &mut [u8], plain: &mut Vec<u8>) -> Result<(), Failure> {
        if self.has_failed {
            return Ok(());
        }
        let held = std::mem::take(&mut self.held);
        input[..held.len()].copy_from_slice(&held);
        let mut at = 0;
        loop {
            let (used, next) = self.step(&mut input[at..], plain);
            at += used;
            match next {
                Ok(Next::Again) => {}
                Ok(Next::Closed) => self.peer_closed = true,
                Ok(Next::More) => break,
                Err(error) => {
                    self.has_failed = true;
                    self.collect_alert(&mut input[at..]);
                    return Err(error.into());
                }
            }
        }
        let rest = &input[at..];
        if rest.len() > TLS_UNFINISHED_MAX_BYTES {
            self.has_failed = true;
            return Err(Failure::Broken("a record or a handshake that does not end".to_owned()));
        }
        // Behind the peer's farewell nothing counts.
        if !self.peer_closed {
            self.held = rest.to_vec();
        }
        Ok(())
    }

    /// What there is to say about a failure goes out, behind what was to be said before it. No longer
    /// than that: the machine must not look at what comes any more.
    fn collect_alert(&mut self, input: &mut [u8]) {
        while self.state().wants_write() {
            if !matches!(self.step(input, &mut Vec::new()), (0, Ok(Next::Again))) {
                return;
            }
        }
    }

    fn step(&mut self, input: &mut [u8], plain: &mut Vec<u8>) -> (usize, Result<Next, Error>) {
        match &mut self.side {
            Side::Server(server) => step(server.process_tls_records(input), plain, &mut self.unsent),
            Side::Client(client) => step(client.process_tls_records(input), plain, &mut self.unsent),
        }
    }

    /// Encrypts `plain`, at most [`TLS_SEALED_MAX_BYTES`], into `sealed`, which is as long as
    /// [`SEALED_BYTES`]. Returns how much that came to.
    ///
    /// # Errors
    /// The line cannot be used (any more).
    pub fn seal(&mut self, plain: &[u8], sealed: &mut [u8]) -> Result<usize, Failure> {
        if self.has_failed {
            return Err(Failure::Broken("the line has failed".to_owned()));
        }
        let mut sealing = Sealing { plain, sealed, written: 0 };
        // The machine may have its eye on bytes that are held: it is always shown them.
        let held = &mut self.held;
        loop {
            let done = match &mut self.side {
                Side::Server(server) => sealing.take(server.process_tls_records(held)),
                Side::Client(client) => sealing.take(client.process_tls_records(held)),
            };
            if done? {
                return Ok(sealing.written);
            }
        }
    }

    /// Says that nothing more will be said, once. True when that is unsent now.
    pub fn say_farewell(&mut self) -> bool {
        if self.said_farewell || self.has_failed || self.is_handshaking() {
            return false;
        }
        self.said_farewell = true;
        let mut small = [0; SMALL_BYTES];
        let said = match &mut self.side {
            Side::Server(server) => farewell(server.process_tls_records(&mut self.held), &mut small),
            Side::Client(client) => farewell(client.process_tls_records(&mut self.held), &mut small),
        };
        self.keep(&small[..said]);
        said > 0
    }

    /// Ciphertext that is still to be written, before anything else.
    pub fn unsent(&self) -> &[u8] {
        &self.unsent[self.sent..]
    }

    /// So much of it was written.
    pub fn was_sent(&mut self, bytes: usize) {
        self.sent += bytes;
        if self.sent >= self.unsent.len() {
            // An idle line keeps no buffer.
            (self.unsent, self.sent) = (Vec::new(), 0);
        }
    }

    /// Keeps ciphertext that a socket did not take.
    pub fn keep(&mut self, rest: &[u8]) {
        self.unsent.extend_from_slice(rest);
    }

    /// Plaintext that was put back.
    pub fn opened(&self) -> &[u8] {
        &self.opened
    }

    /// Puts back plaintext that is not to be taken yet.
    pub fn put_back(&mut self, plain: &[u8]) {
        self.opened.extend_from_slice(plain);
    }

    /// Takes the plaintext that was put back.
    pub fn take_opened(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.opened)
    }
}

impl std::fmt::Debug for SecureLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (held, unsent) = (self.held.len(), self.unsent().len());
        f.debug_struct("SecureLine").field("held", &held).field("unsent", &unsent).finish_non_exhaustive()
    }
}

/// Does what one state of the machine asks for. Returns how much of the input is used up.
fn step<Data>(
    status: UnbufferedStatus<'_, '_, Data>,
    plain: &mut Vec<u8>,
    unsent: &mut Vec<u8>,
) -> (usize, Result<Next, Error>) {
    let UnbufferedStatus { mut discard, state } = status;
    let next = match state {
        Err(error) => return (discard, Err(error)),
        Ok(ConnectionState::ReadTraffic(mut traffic)) => {
            while let Some(record) = traffic.next_record() {
                match record {
                    Ok(record) => {
                        discard += record.discard;
                        plain.extend_from_slice(record.payload);
                    }
                    Err(error) => return (discard, Err(error)),
                }
            }
            Next::Again
        }
        Ok(ConnectionState::EncodeTlsData(mut data)) => {
            // Asked with no room it tells how much it needs.
            if let Err(EncodeError::InsufficientSize(need)) = data.encode(&mut []) {
                let begin = unsent.len();
                unsent.resize(begin + need.required_size, 0);
                let _ = data.encode(&mut unsent[begin..]);
            }
            Next::Again
        }
        Ok(ConnectionState::TransmitTlsData(data)) => {
            // It is in `unsent`, and goes out in order.
            data.done();
            Next::Again
        }
        Ok(ConnectionState::PeerClosed) => Next::Closed,
        // Early data is not taken, so nothing else brings anything.
        Ok(_) => Next::More,
    };
    (discard, Ok(next))
}

/// One state of a line that is to encrypt something.
struct Sealing<'a> {
    plain: &'a [u8],
    sealed: &'a mut [u8],
    written: usize,
}

impl Sealing<'_> {
    /// True when everything is encrypted.
    fn take<Data>(&mut self, status: UnbufferedStatus<'_, '_, Data>) -> Result<bool, Failure> {
        let UnbufferedStatus { discard, state } = status;
        debug_assert_eq!(discard, 0, "whatever was whole has been opened");
        let room = &mut self.sealed[self.written..];
        match state? {
            ConnectionState::WriteTraffic(mut traffic) => {
                self.written += traffic.encrypt(self.plain, room).map_err(|error| match error {
                    EncryptError::InsufficientSize(_) => Failure::Broken("no room for a portion".to_owned()),
                    EncryptError::EncryptExhausted => Failure::Broken("the keys are used up".to_owned()),
                })?;
                Ok(true)
            }
            ConnectionState::EncodeTlsData(mut data) => {
                self.written += data.encode(room).map_err(|error| Failure::Broken(error.to_string()))?;
                Ok(false)
            }
            ConnectionState::TransmitTlsData(data) => {
                data.done();
                Ok(false)
            }
            ConnectionState::PeerClosed => Ok(false),
            _ => Err(Failure::Broken("the line is not open".to_owned())),
        }
    }
}

fn farewell<Data>(status: UnbufferedStatus<'_, '_, Data>, into: &mut [u8]) -> usize {
    match status.state {
        Ok(ConnectionState::WriteTraffic(mut traffic)) => traffic.queue_close_notify(into).unwrap_or(0),
        _ => 0,
    }
}
