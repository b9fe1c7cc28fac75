//! The program: connects, takes the terminal as it is, talks, and says how it ended.

use std::io::{self, IsTerminal as _, Write as _};
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use papo_client::{Client, Target, connect};
use papo_proto::Nickname;
use papo_proto::lang::Lang;
use tokio::net::lookup_host;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::dialogue::{Comes, Dialogue, Step};
use crate::echo::Echo;
use crate::editor::{self, Restore};
use crate::kept::Keeper;
use crate::known::Known;
use crate::layout::Layout;
use crate::live::{self, Live};
use crate::screen::{Screen, Stdout};
use crate::secure::{Secure, Vouching};
use crate::surface::{Facts, Surface};
use crate::talk::{self, Talk};
use crate::{lines, texts};

/// All addresses of a host together answer within this time.
const CONNECT: Duration = Duration::from_secs(10);
/// Steps that wait for the server. A pipe is then read later; a person gets the line back.
const STEPS: usize = 1024;
/// At the end, how long the screen may take to show the last lines above a prompt.
const LAST_LINES: Duration = Duration::from_secs(2);
/// What comes from a pipe waits for so long without any answer; then the program ends.
const PIPE_PATIENCE: Duration = Duration::from_secs(30);

/// What `papo chat` was told.
#[derive(Clone, Debug)]
pub struct ChatOptions {
    /// The server's name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The nickname; without it a person is asked.
    pub nick: Option<String>,
    /// The account to come as: its password is asked for, unless its login is kept.
    pub login: Option<String>,
    /// Logins are kept for the next time.
    pub keep: bool,
    /// The room to enter, with or without `#`.
    pub room: Option<String>,
    /// By TLS, with a server for which this vouches.
    pub tls: Option<Vouching>,
    /// The text dialect, as the original programs speak it.
    pub text: bool,
    /// Whole lines only, whatever the terminal can do.
    pub plain: bool,
    /// The language of the client's own texts.
    pub lang: Lang,
}

/// Chats until the person leaves. A line that is lost is made anew; in the text dialect that is the end. Blocks.
///
/// Exit code 0 after `/quit`, the end of the input, or when nobody reads the output any more; 1 when no server
/// could be reached, something that was said did not arrive, or the person would not wait for the farewell.
#[expect(clippy::needless_pass_by_value, reason = "the conversation is over when this returns")]
pub fn run(options: ChatOptions) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            return fail(&texts::say(options.lang, "internal", &[("causa", error.to_string().into())]));
        }
    };
    let code = runtime.block_on(chat(&options));
    // A name that is still being looked up would be waited for otherwise.
    runtime.shutdown_background();
    code
}

async fn chat(options: &ChatOptions) -> ExitCode {
    let server = address(&options.host, options.port);
    let surface = Surface::of(&Facts::gather(options.plain));
    let is_overheard = options.tls.is_none() && leaves_the_machine(&options.host, options.port).await;
    // A login that was made on an encrypted line does not go over one that is not.
    let kept_for = if options.tls.is_some() { format!("tls:{server}") } else { server.clone() };
    let keeper = Keeper::of(&kept_for, options.keep);
    let arrival = match Arrival::of(options, &keeper, surface.asks, is_overheard) {
        Ok(arrival) => arrival,
        Err(sentence) => return fail(&sentence),
    };
    let secure = options.tls.as_ref().map(|vouching| Secure::prepare(vouching, &server, options.lang)).transpose();
    let secure = match secure {
        Ok(secure) => secure,
        Err(sentence) => return fail(&sentence),
    };
    let way = Way { server: &server, surface, secure: secure.as_ref(), is_overheard };
    let failure = if options.text {
        by_lines(options, way, &arrival).await
    } else {
        by_papo1(options, way, &arrival, keeper).await
    };
    match failure {
        Ok(None) => ExitCode::SUCCESS,
        Ok(Some(End::Silent)) => ExitCode::FAILURE,
        Ok(Some(End::Said(sentence))) => fail(&sentence),
        Err(error) => fail(&texts::say(options.lang, "internal", &[("causa", error.to_string().into())])),
    }
}

/// An end that is not a good one.
enum End {
    /// The person knows why.
    Silent,
    /// This is why.
    Said(String),
}

/// As whom somebody comes, and the login by which they do if one is kept.
struct Arrival<'a> {
    comes: Comes<'a>,
    login: Option<Arc<str>>,
}

impl<'a> Arrival<'a> {
    fn of(options: &'a ChatOptions, keeper: &Keeper, asks: bool, is_overheard: bool) -> Result<Self, String> {
        let (login, nick) = (options.login.as_deref(), options.nick.as_deref());
        if options.text && options.keep {
            return Err(texts::say(options.lang, "login-text", &[]));
        }
        if is_overheard && login.is_some() {
            return Err(texts::say(options.lang, "password-overheard", &[]));
        }
        let is_of = |name: &str| {
            let key = |name: &str| Nickname::parse(name).ok().map(|parsed| parsed.name.key().clone());
            login.is_none_or(|login| key(login) == key(name))
        };
        let is_asked_for = !options.text && !is_overheard && (login.is_some() || nick.is_none());
        let kept = if is_asked_for { keeper.get() } else { None };
        let (comes, login) = match (kept.filter(|kept| is_of(&kept.name)), login, nick) {
            (Some(kept), ..) => (Comes::Kept, Some(kept.token)),
            (None, Some(name), _) if asks => (Comes::Account(name), None),
            (None, Some(name), _) => return Err(texts::say(options.lang, "login-asks", &[("nome", name.into())])),
            (None, None, Some(name)) => (Comes::Named(name), None),
            (None, None, None) => (Comes::Unknown, None),
        };
        Ok(Self { comes, login })
    }
}

/// Whether what goes to a server goes over a network. Of one that cannot be found that is not known, nor does anything
/// go there.
async fn leaves_the_machine(host: &str, port: u16) -> bool {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    match timeout(CONNECT, lookup_host((bare, port))).await {
        Ok(Ok(mut addresses)) => addresses.any(|address| !address.ip().to_canonical().is_loopback()),
        _ => false,
    }
}

/// Where the conversation is held, on both sides.
#[derive(Clone, Copy)]
struct Way<'a> {
    /// The server's address, as it was given.
    server: &'a str,
    surface: Surface,
    secure: Option<&'a Secure>,
    /// Whoever is on the way can read it: no password goes over it.
    is_overheard: bool,
}

/// The conversation in the text dialect.
async fn by_lines(options: &ChatOptions, way: Way<'_>, arrival: &Arrival<'_>) -> io::Result<Option<End>> {
    let Way { server, secure, is_overheard, .. } = way;
    let lang = options.lang;
    let tls = secure.map(|secure| &secure.tls);
    let (reader, writer) = match connect(&options.host, options.port, tls, CONNECT).await {
        Ok(link) => link,
        Err(error) => return Ok(Some(End::Said(texts::unreachable(lang, server, &error)))),
    };
    let Place { steps, interrupts, screen, known, layout, restore, .. } = Place::open(options, way, arrival.comes)?;
    let talk = Talk { steps, interrupts, screen: screen.clone(), known, layout, is_overheard };
    let ending = talk.run(reader, writer).await;
    close(&screen, restore, matches!(ending, talk::Ending::Lost(_))).await;
    Ok(match ending {
        talk::Ending::Left | talk::Ending::Unseen => None,
        talk::Ending::Lost(lost) => Some(End::Said(texts::lost(lang, server, &lost))),
        talk::Ending::Abandoned => Some(End::Silent),
    })
}

/// The conversation by papo/1.
async fn by_papo1(
    options: &ChatOptions,
    way: Way<'_>,
    arrival: &Arrival<'_>,
    keeper: Keeper,
) -> io::Result<Option<End>> {
    let Way { server, surface, secure, is_overheard } = way;
    let lang = options.lang;
    let tls = secure.map(|secure| secure.tls.clone());
    let target = Target { tls, ..Target::tcp(&options.host, options.port) };
    let client = match Client::connect(target, live::settings(lang, arrival.login.clone())).await {
        Ok(client) => client,
        Err(error) => return Ok(Some(End::Said(texts::unreachable(lang, server, &error)))),
    };
    let Place { steps, interrupts, screen, known, layout, restore } = Place::open(options, way, arrival.comes)?;
    let patience = (!surface.asks).then_some(PIPE_PATIENCE);
    let live = Live { steps, interrupts, screen: screen.clone(), known, layout, keeper, patience, is_overheard };
    let ending = live.run(client).await;
    let failure = match ending {
        live::Ending::Left | live::Ending::Unseen => None,
        live::Ending::Abandoned => Some(End::Silent),
        bad => Some(End::Said(texts::ended(lang, server, &bad))),
    };
    close(&screen, restore, matches!(failure, Some(End::Said(_)))).await;
    Ok(failure)
}

/// The terminal as it is, with what is typed on it.
struct Place {
    steps: mpsc::Receiver<Step>,
    interrupts: mpsc::Receiver<()>,
    screen: Screen,
    known: Arc<Mutex<Known>>,
    layout: Layout,
    restore: Back,
}

/// How the terminal is put back.
enum Back {
    /// From the line editor.
    Edited(Restore),
    /// From not showing what is typed, at most.
    Plain(Echo),
}

impl Place {
    /// Takes the terminal, says that there is a connection, and asks for what was not given.
    fn open(options: &ChatOptions, way: Way<'_>, comes: Comes<'_>) -> io::Result<Self> {
        let Way { server, surface, secure, .. } = way;
        let layout = Layout { colours: surface.colours, lang: options.lang };
        let (dialogue, first) = Dialogue::begin(comes, options.room.as_deref(), surface.asks);
        let (sender, steps) = mpsc::channel(STEPS);
        for step in first {
            sender.try_send(step).expect("invariant: the queue is longer than the first steps");
        }
        let interrupts = interrupts()?;
        let known = Arc::new(Mutex::new(Known::default()));
        let first = secure.and_then(|secure| secure.meet(server, options.lang)).unwrap_or_default();
        let connected =
            format!("{first}[OK] {}\n", texts::say(options.lang, "connected", &[("servidor", server.into())]));
        let (screen, restore) = keyboard(surface, layout, dialogue, sender, &known, connected);
        Ok(Self { steps, interrupts, screen, known, layout, restore })
    }
}

/// Waits until the last lines are on the terminal, and puts it back as it was found.
async fn close(screen: &Screen, restore: Back, something_follows: bool) {
    match restore {
        Back::Edited(restore) => {
            // While a list of completions is being paged nothing is printed: do not wait for that.
            let _ = timeout(LAST_LINES, screen.settle()).await;
            restore.restore(something_follows);
        }
        Back::Plain(echo) => {
            let _ = screen.settle().await;
            echo.restore();
        }
    }
}

/// Starts reading lines and opens the screen that goes with them; the first line is on it before any question.
fn keyboard(
    surface: Surface,
    layout: Layout,
    dialogue: Dialogue,
    steps: mpsc::Sender<Step>,
    known: &Arc<Mutex<Known>>,
    connected: String,
) -> (Screen, Back) {
    if surface.edits
        && let Ok((terminal, above_prompt, restore)) = editor::open(known.clone())
    {
        // Straight to the terminal: there is no prompt yet that it could be printed above.
        let mut out = io::stdout().lock();
        let _ = out.write_all(connected.as_bytes()).and_then(|()| out.flush());
        let screen = Screen::open(above_prompt);
        terminal.read(dialogue, steps, screen.clone(), layout);
        return (screen, Back::Edited(restore));
    }
    let screen = Screen::open(Stdout);
    // The screen's queue is empty and this its first line; it fails only when the output is closed already.
    screen.try_show(connected);
    let (asked_on, echo) = (screen.clone(), Echo::default());
    lines::read(dialogue, steps, echo.clone(), move |id| ask(&texts::say(layout.lang, id, &[]), &asked_on));
    (screen, Back::Plain(echo))
}

/// Puts a question where the person at the keyboard sees it, also when the output is written to a file.
#[expect(clippy::print_stderr, reason = "the terminal client's edge")]
fn ask(question: &str, screen: &Screen) {
    if io::stdout().is_terminal() {
        let _ = screen.show_blocking(format!("{question}\n"));
    } else {
        eprintln!("{question}");
    }
}

/// Ctrl+C, where no line editor takes it, and a polite request to end.
fn interrupts() -> io::Result<mpsc::Receiver<()>> {
    let (sender, receiver) = mpsc::channel(2);
    for kind in [SignalKind::interrupt(), SignalKind::terminate()] {
        let mut signals = signal(kind)?;
        let sender = sender.clone();
        // A third signal while two wait adds nothing to them.
        tokio::spawn(async move {
            while signals.recv().await.is_some() {
                let _ = sender.try_send(());
            }
        });
    }
    Ok(receiver)
}

fn address(host: &str, port: u16) -> String {
    if host.contains(':') && !host.starts_with('[') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
}

#[expect(clippy::print_stderr, reason = "the terminal client's edge: why it ends is for the person at the terminal")]
fn fail(sentence: &str) -> ExitCode {
    eprintln!("[ERRO] {sentence}");
    ExitCode::FAILURE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_machine_itself_is_not_overheard() {
        for (host, leaves) in [
            ("127.0.0.1", false),
            ("127.9.9.9", false),
            ("::1", false),
            ("[::1]", false),
            ("192.0.2.1", true),
            ("[2001:db8::1]", true),
        ] {
            assert_eq!(leaves_the_machine(host, 12345).await, leaves, "{host}");
        }
    }

    #[test]
    fn whoever_comes_by_a_login_that_is_kept_or_by_a_password_does_so_where_that_is_safe() {
        let folder = tempfile::tempdir().expect("a folder");
        let keeper = Keeper::at(&folder.path().join("logins"), "casa:1", true);
        keeper.made("Ana", "UM").expect("written");
        let options = |login: Option<&str>, nick: Option<&str>, text: bool| ChatOptions {
            host: "casa".into(),
            port: 1,
            nick: nick.map(str::to_owned),
            login: login.map(str::to_owned),
            keep: false,
            room: None,
            tls: None,
            text,
            plain: false,
            lang: Lang::PtBr,
        };
        // login, nick, text, a person is there, overheard → as whom, or that it is refused
        for (login, nick, text, asks, is_overheard, expected) in [
            (None, None, false, true, false, Some(Comes::Kept)),
            (Some("ana"), None, false, false, false, Some(Comes::Kept)),
            (Some("Eva"), None, false, true, false, Some(Comes::Account("Eva"))),
            (Some("Eva"), None, false, false, false, None),
            (None, Some("Bob"), false, true, false, Some(Comes::Named("Bob"))),
            (None, None, true, true, false, Some(Comes::Unknown)),
            (Some("Ana"), None, true, true, false, Some(Comes::Account("Ana"))),
            (None, None, false, true, true, Some(Comes::Unknown)),
            (Some("Ana"), None, false, true, true, None),
        ] {
            let options = options(login, nick, text);
            let arrival = Arrival::of(&options, &keeper, asks, is_overheard).ok();
            assert_eq!(arrival.as_ref().map(|arrival| arrival.comes), expected, "{login:?} {nick:?} {text}");
            let is_kept = expected == Some(Comes::Kept);
            assert_eq!(arrival.and_then(|arrival| arrival.login).is_some(), is_kept);
        }
    }

    #[test]
    fn an_address_reads_as_people_write_it() {
        for (host, shown) in [("127.0.0.1", "127.0.0.1:12345"), ("::1", "[::1]:12345"), ("[::1]", "[::1]:12345")] {
            assert_eq!(address(host, 12345), shown);
        }
    }
}
