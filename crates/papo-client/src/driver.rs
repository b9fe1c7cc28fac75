//! The task that joins a session to its lines: makes them, reads and writes, keeps the time.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Instant;

use papo_tls::Failure;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};
use tokio::time::sleep_until;

use crate::commands::Held;
use crate::connect::ConnectError;
use crate::line::{Line, Target};
use crate::session::{ClientEvent, Outcome, Session, Want, Why};

/// A command for the session. It waits while as many are pending as may be.
pub(crate) struct Order {
    pub(crate) want: Want,
    /// Its outcome is an event as well.
    pub(crate) tells: bool,
    pub(crate) txn: oneshot::Sender<u64>,
    pub(crate) outcome: oneshot::Sender<Outcome>,
}

/// What does not wait behind commands.
pub(crate) enum Control {
    Greet(Option<Arc<str>>),
    WantFrom(u64, u64),
    Timeline(u64, oneshot::Sender<Option<Held>>),
    Pending(oneshot::Sender<usize>),
    Aim(Target),
}

/// All that wakes the task.
enum Woke {
    Order(Option<Order>),
    Control(Option<Control>),
    /// There is room for an event, or nobody listens any more.
    Listener(bool),
    Connected(Result<Line, ConnectError>),
    Line(std::io::Result<()>),
    Time,
}

type Reaching = Pin<Box<dyn Future<Output = Result<Line, ConnectError>> + Send>>;

pub(crate) struct Driver {
    pub(crate) session: Session,
    pub(crate) target: Target,
    pub(crate) orders: mpsc::Receiver<Order>,
    pub(crate) controls: mpsc::Receiver<Control>,
    pub(crate) events: mpsc::Sender<ClientEvent>,
    line: Option<Line>,
    reaching: Option<Reaching>,
    /// An event that its listener has no room for. While there is one, nothing is read.
    next: Option<ClientEvent>,
    waiting: HashMap<u64, (bool, oneshot::Sender<Outcome>)>,
}

impl Driver {
    pub(crate) fn new(
        session: Session,
        target: Target,
        orders: mpsc::Receiver<Order>,
        controls: mpsc::Receiver<Control>,
        events: mpsc::Sender<ClientEvent>,
    ) -> Self {
        let waiting = HashMap::new();
        Self { session, target, orders, controls, events, line: None, reaching: None, next: None, waiting }
    }

    /// Begins with a line that there is already.
    pub(crate) fn begin_on(&mut self, line: Line) {
        let now = Instant::now();
        if self.session.poll_connect(now) {
            self.session.handle_connected(now);
            self.line = Some(line);
        }
    }

    /// Runs until the session ends or nobody holds its client any more.
    pub(crate) async fn run(mut self) {
        while self.advance() {
            match self.wake().await {
                Woke::Order(Some(order)) => self.take(order),
                Woke::Control(Some(control)) => self.control(control),
                Woke::Order(None) | Woke::Control(None) | Woke::Listener(false) => return,
                Woke::Listener(true) => {}
                Woke::Connected(reached) => self.connected(reached),
                Woke::Line(Ok(())) => self.exchange(),
                Woke::Line(Err(error)) => self.lose(Why::Broken(error.to_string().into())),
                Woke::Time => {
                    // What has come by now says that the server is there.
                    self.exchange();
                    if let Some(why) = self.session.handle_timeout(Instant::now()) {
                        self.lose(why);
                    }
                }
            }
        }
    }

    /// Does all that can be done at once; false when everything is over and told.
    fn advance(&mut self) -> bool {
        let now = Instant::now();
        if self.reaching.is_none() && self.line.is_none() && self.session.poll_connect(now) {
            self.reaching = Some(Box::pin(Line::reach(self.target.clone())));
        }
        if let Some(line) = &mut self.line {
            while line.has_room()
                && let Some(frame) = self.session.poll_transmit(now)
            {
                line.put(&frame);
            }
            if let Err(why) = line.write() {
                // What the server said last is read before the line is given up.
                self.exchange();
                self.lose(why);
            }
        }
        while self.next.is_none()
            && let Some(event) = self.session.poll_event()
        {
            self.tell(event);
        }
        if self.session.is_ended() {
            self.line = None;
        }
        self.next.is_some() || !self.session.is_ended()
    }

    async fn wake(&mut self) -> Woke {
        let listens = self.next.is_none();
        let line_has_room = self.line.as_ref().is_none_or(Line::has_room);
        let time = self.session.poll_timeout().filter(|_| listens && line_has_room);
        tokio::select! {
            control = self.controls.recv() => Woke::Control(control),
            room = self.events.reserve(), if !listens => match (room, self.next.take()) {
                (Ok(permit), Some(event)) => {
                    permit.send(event);
                    Woke::Listener(true)
                }
                _ => Woke::Listener(false),
            },
            reached = async { self.reaching.as_mut().expect("invariant: checked").await },
                if self.reaching.is_some() => Woke::Connected(reached),
            ready = async { self.line.as_ref().expect("invariant: checked").ready(listens).await },
                if self.line.is_some() => Woke::Line(ready),
            order = self.orders.recv(), if self.session.has_room() => Woke::Order(order),
            () = async { sleep_until(time.expect("invariant: checked").into()).await },
                if time.is_some() => Woke::Time,
            () = self.events.closed() => Woke::Listener(false),
        }
    }

    fn take(&mut self, order: Order) {
        let txn = self.session.command(order.want).expect("invariant: orders are taken when there is room");
        let _ = order.txn.send(txn);
        self.waiting.insert(txn, (order.tells, order.outcome));
    }

    fn control(&mut self, control: Control) {
        // Commands that were given before count.
        while self.session.has_room()
            && let Ok(order) = self.orders.try_recv()
        {
            self.take(order);
        }
        match control {
            Control::Greet(nick) => self.session.greet(nick),
            Control::WantFrom(room, seq) => self.session.want_from(room, seq),
            Control::Timeline(room, held) => {
                let _ = held.send(self.session.timeline(room).map(Held::of));
            }
            Control::Pending(count) => {
                let _ = count.send(self.session.pending());
            }
            Control::Aim(target) => self.target = target,
        }
    }

    fn connected(&mut self, reached: Result<Line, ConnectError>) {
        self.reaching = None;
        let now = Instant::now();
        match reached {
            Ok(line) => {
                self.line = Some(line);
                self.session.handle_connected(now);
            }
            Err(ConnectError::Secure(Failure::Distrust(distrust))) => self.session.handle_distrust(distrust),
            Err(ConnectError::Foreign) => self.session.handle_unreachable(Why::Foreign, now, random()),
            Err(error) => self.session.handle_unreachable(Why::Broken(error.to_string().into()), now, random()),
        }
    }

    /// Reads, unless an event waits, and hears what has come.
    fn exchange(&mut self) {
        let Some(line) = self.line.as_mut().filter(|_| self.next.is_none()) else { return };
        let (session, now) = (&mut self.session, Instant::now());
        let mut broken = None;
        let read = line.read(|frame| {
            if broken.is_none() && !session.is_ended() {
                broken = session.handle_frame(frame, now);
            }
        });
        if let Some(why) = broken.or(read.err()) {
            self.lose(why);
        }
    }

    fn lose(&mut self, why: Why) {
        if self.line.take().is_some() {
            self.session.handle_lost(why, Instant::now(), random());
        }
    }

    /// Passes an event on. What became of a command is told to who gave it.
    fn tell(&mut self, event: ClientEvent) {
        if let ClientEvent::Done { txn, outcome, .. } = &event
            && let Some((tells, waiting)) = self.waiting.remove(txn)
        {
            let _ = waiting.send(outcome.clone());
            if !tells {
                return;
            }
        }
        if let Err(TrySendError::Full(event)) = self.events.try_send(event) {
            self.next = Some(event);
        }
    }
}

/// For the waits between attempts; without the system's randomness they are short.
fn random() -> u32 {
    getrandom::u32().unwrap_or(0)
}
