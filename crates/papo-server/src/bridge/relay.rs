//! One WebSocket and its TCP connection: what comes here goes there. Each side is read only when
//! what came before has been taken by the other, so a pair holds little and a slow side slows its
//! own other side alone.

use std::io;
use std::time::Duration;

use papo_proto::frame::{self, FrameDecoder};
use papo_proto::limits::{FRAME_MAX_BYTES, LINGER, WRITE_STALL};
use papo_proto::papo1::PREFIX;
use papo_proto::ws::{self, Opcode, Role, WsDecoder, close};
use papo_proto::{Cut, Dialect, FrameError, proxy};
use papo_tls::{ClientTls, Failure, Stream};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout};

use crate::http::forwarded::Client;

use super::BridgeOptions;

/// What is read from a side at a time; the buffer lives only while something is there.
const READ_BYTES: usize = 16 * 1024;
/// Over so much unsent to a browser it is not read from: its pings could fill our memory with pongs.
const UNSENT_BYTES: usize = 64 * 1024;
/// How long the chat server may take to accept.
const CONNECT: Duration = Duration::from_secs(10);
/// How long the last words may take.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// Why a pair ends.
enum End {
    /// The WebSocket is closed or broken: there is nobody to tell.
    Gone,
    /// The WebSocket is to be closed with a code, after a word in the bridge's name.
    Close(u16, Option<&'static str>),
}

impl From<io::Error> for End {
    fn from(_: io::Error) -> Self {
        End::Gone
    }
}

/// Relays until one side ends. What speaks papo/1 hears JSON only: neither the bridge's own words nor
/// what the server says to people before hello is answered.
pub(super) async fn run(
    (mut socket, early): (Stream, Vec<u8>),
    (client, dialect): (Client, Dialect),
    options: &BridgeOptions,
    draining: watch::Receiver<bool>,
) {
    let connecting = timeout(CONNECT, connect(options, client));
    let mut out = Vec::new();
    let refused = (dialect == Dialect::Text).then_some("refused");
    let end = match connecting.await {
        Ok(Ok(chat)) => {
            if dialect == Dialect::Text {
                ws::encode(Opcode::Text, options.say("connected").as_bytes(), &mut out);
            }
            let mut pair = Pair {
                web: socket,
                chat,
                from_web: WsDecoder::new(Role::Server, FRAME_MAX_BYTES),
                from_chat: FrameDecoder::new(FRAME_MAX_BYTES),
                to_web: out,
                to_chat: Vec::new(),
                dialect,
                has_opened: false,
                has_quit: false,
                pong_by: None,
                taken_by: None,
            };
            let Err(end) = pair.relay(early, options, draining).await;
            return pair.close(end, options).await;
        }
        Ok(Err(error)) => {
            tracing::info!(%error, "the chat server does not answer");
            End::Close(close::TRY_AGAIN_LATER, refused)
        }
        Err(_) => End::Close(close::TRY_AGAIN_LATER, refused),
    };
    say_goodbye(&mut socket, out, end, options).await;
}

/// A line to the chat server, secure if that was asked for. Before all else it says who is there, if
/// that was asked for.
async fn connect(options: &BridgeOptions, client: Client) -> io::Result<Stream> {
    let mut socket = TcpStream::connect((&*options.chat_host, options.chat_port)).await?;
    let _ = socket.set_nodelay(true);
    if options.send_proxy {
        let header = proxy::encode(client.address, socket.peer_addr()?, client.is_secure);
        socket.write_all(&header).await?;
    }
    let line = |tls: &ClientTls| tls.line(&options.chat_host).map(Box::new);
    let secure =
        options.chat_tls.as_ref().map(line).transpose().map_err(|failure: Failure| io::Error::other(failure))?;
    let mut stream = Stream::new(socket, secure);
    stream.shake_hands().await?;
    Ok(stream)
}

struct Pair {
    web: Stream,
    chat: Stream,
    from_web: WsDecoder,
    from_chat: FrameDecoder,
    to_web: Vec<u8>,
    to_chat: Vec<u8>,
    dialect: Dialect,
    /// The client's first message went on its way.
    has_opened: bool,
    /// The client said `/quit`: that the chat server closes then is no loss.
    has_quit: bool,
    pong_by: Option<Instant>,
    /// By when the browser must have taken some of what waits for it.
    taken_by: Option<Instant>,
}

impl Pair {
    async fn relay(
        &mut self,
        early: Vec<u8>,
        options: &BridgeOptions,
        mut draining: watch::Receiver<bool>,
    ) -> Result<std::convert::Infallible, End> {
        let mut ping_at = Instant::now() + options.ping_interval;
        self.take_from_web(&early)?;
        drop(early);
        loop {
            // Who is not read from cannot have its pong read.
            let reads_web = self.to_chat.is_empty() && self.to_web.len() < UNSENT_BYTES;
            if !reads_web {
                self.heard(options);
            }
            let pong_by = self.pong_by;
            self.taken_by =
                if self.to_web.is_empty() { None } else { self.taken_by.or(Some(Instant::now() + WRITE_STALL)) };
            let deadline = [Some(ping_at), pong_by, self.taken_by].into_iter().flatten().min().unwrap_or(ping_at);
            tokio::select! {
                ready = self.web.readable(), if reads_web => {
                    ready?;
                    self.read_web()?;
                    self.heard(options);
                }
                ready = self.chat.readable(), if self.to_web.is_empty() => {
                    ready?;
                    self.read_chat()?;
                }
                ready = self.web.writable(), if !self.to_web.is_empty() || self.web.has_unsent() => {
                    ready?;
                    if write(&mut self.web, &mut self.to_web)? > 0 {
                        self.taken_by = None;
                    }
                }
                ready = self.chat.writable(), if !self.to_chat.is_empty() || self.chat.has_unsent() => {
                    ready.map_err(|_| lost())?;
                    write(&mut self.chat, &mut self.to_chat).map_err(|_| lost())?;
                }
                () = sleep_until(deadline) => {
                    let now = Instant::now();
                    if pong_by.is_some_and(|by| by <= now) || self.taken_by.is_some_and(|by| by <= now) {
                        return Err(End::Gone);
                    }
                    if ping_at <= now {
                        ping_at = now + options.ping_interval;
                        self.ping(options);
                    }
                }
                _ = draining.wait_for(|draining| *draining) => {
                    return Err(End::Close(close::GOING_AWAY, Some("stopping")));
                }
            }
        }
    }

    /// Asks whether the browser is there, unless it shows that by what it takes, or does not.
    fn ping(&mut self, options: &BridgeOptions) {
        if self.to_web.is_empty() && self.pong_by.is_none() {
            self.pong_by = Some(Instant::now() + options.ping_timeout);
            ws::encode(Opcode::Ping, b"", &mut self.to_web);
        }
    }

    /// The browser is there, or cannot be heard now: its pong has its whole time again.
    fn heard(&mut self, options: &BridgeOptions) {
        self.pong_by = self.pong_by.map(|_| Instant::now() + options.ping_timeout);
    }

    fn read_web(&mut self) -> Result<(), End> {
        let mut buffer = vec![0; READ_BYTES];
        match self.web.try_read(&mut buffer) {
            Ok(0) => Err(End::Gone),
            Ok(n) => self.take_from_web(&buffer[..n]),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(()),
            Err(_) => Err(End::Gone),
        }
    }

    fn take_from_web(&mut self, mut input: &[u8]) -> Result<(), End> {
        loop {
            match self.from_web.next(&mut input) {
                Ok(None) => return Ok(()),
                Ok(Some(Cut::Frame(message))) => {
                    self.has_quit |= message.trim_ascii().eq_ignore_ascii_case(b"/quit");
                    if self.dialect == Dialect::Papo1 && !std::mem::replace(&mut self.has_opened, true) {
                        // What a WebSocket says by its subprotocol, the first frame says on TCP.
                        frame::encode(&[PREFIX, message].concat(), &mut self.to_chat);
                    } else {
                        frame::encode(message, &mut self.to_chat);
                    }
                }
                Ok(Some(Cut::Ping(payload))) => ws::encode(Opcode::Pong, payload, &mut self.to_web),
                Ok(Some(Cut::Pong)) => self.pong_by = None,
                Ok(Some(Cut::Close(_))) => return Err(End::Close(close::NORMAL, None)),
                // The limit of a message is that of a frame here: what is too long is too big.
                Ok(Some(Cut::TooLong { .. })) | Err(FrameError::TooBig { .. }) => {
                    return Err(End::Close(close::TOO_BIG, Some("too-big")));
                }
                Err(error) => return Err(End::Close(ws::close_code(&error), None)),
            }
        }
    }

    fn read_chat(&mut self) -> Result<(), End> {
        let mut buffer = vec![0; READ_BYTES];
        let read = match self.chat.try_read(&mut buffer) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
            Ok(0) | Err(_) if self.has_quit => return Err(End::Close(close::NORMAL, None)),
            Ok(0) | Err(_) => return Err(lost()),
            Ok(read) => read,
        };
        let mut input = &buffer[..read];
        loop {
            match self.from_chat.next(&mut input) {
                Ok(None) => return Ok(()),
                Ok(Some(Cut::Frame(text))) if self.dialect == Dialect::Papo1 && !text.starts_with(b"{") => {}
                Ok(Some(Cut::Frame(text))) => {
                    // A text message must be UTF-8, a frame need not.
                    ws::encode(Opcode::Text, String::from_utf8_lossy(text).as_bytes(), &mut self.to_web);
                }
                Ok(Some(_)) | Err(_) => return Err(lost()),
            }
        }
    }

    /// Lets what is left go out, then closes both sides.
    async fn close(mut self, mut end: End, options: &BridgeOptions) {
        if let (End::Close(_, word), Dialect::Papo1) = (&mut end, self.dialect) {
            *word = None;
        }
        if matches!(end, End::Close(close::NORMAL, _)) && !self.to_chat.is_empty() {
            // What was sent before the close belongs into the room.
            let _ = timeout(LAST_WORDS, write_all(&mut self.chat, std::mem::take(&mut self.to_chat))).await;
        }
        self.chat.say_farewell();
        let _ = self.chat.try_send();
        drop(self.chat);
        say_goodbye(&mut self.web, self.to_web, end, options).await;
    }
}

fn lost() -> End {
    End::Close(close::GOING_AWAY, Some("lost"))
}

/// Sends what is left, the reason and a close frame, and waits a moment for the other's.
async fn say_goodbye(web: &mut Stream, mut out: Vec<u8>, end: End, options: &BridgeOptions) {
    let End::Close(code, word) = end else { return };
    if let Some(word) = word {
        ws::encode(Opcode::Text, options.say(word).as_bytes(), &mut out);
    }
    ws::encode_close(code, "", &mut out);
    let last_words = async {
        write_all(web, out).await?;
        web.say_farewell();
        write_all(web, Vec::new()).await
    };
    if timeout(LAST_WORDS, last_words).await.is_ok_and(|sent| sent.is_ok()) {
        // Closing with unread input would reset the connection and eat the last words.
        let _ = timeout(LINGER, drained(web)).await;
    }
}

/// Reads and drops what still comes, up to the other's close frame or end.
async fn drained(web: &mut Stream) -> io::Result<()> {
    let mut buffer = vec![0; READ_BYTES];
    loop {
        web.readable().await?;
        match web.try_read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(_) if buffer[0] & 0x0F == Opcode::Close as u8 => return Ok(()),
            Err(error) if error.kind() != io::ErrorKind::WouldBlock => return Err(error),
            _ => {}
        }
    }
}

async fn write_all(socket: &mut Stream, mut bytes: Vec<u8>) -> io::Result<()> {
    while !bytes.is_empty() || socket.has_unsent() {
        socket.writable().await?;
        write(socket, &mut bytes)?;
    }
    Ok(())
}

/// Writes what the socket takes, and returns how much; an emptied buffer gives its memory back.
fn write(socket: &mut Stream, bytes: &mut Vec<u8>) -> io::Result<usize> {
    let written = if bytes.is_empty() { socket.try_send().map(|()| 0) } else { socket.try_write(bytes) };
    let taken = match written {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => 0,
        other => other?,
    };
    bytes.drain(..taken);
    if bytes.is_empty() {
        *bytes = Vec::new();
    }
    Ok(taken)
}
