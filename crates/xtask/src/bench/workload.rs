//! The workloads of the project's figures.

use std::net::SocketAddr;
use std::time::Duration;

use crate::started::Server;

/// What the generator does, and with which servers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Workload {
    pub(crate) name: &'static str,
    rooms: usize,
    members: usize,
    /// Senders in each room.
    senders: usize,
    /// Messages a second in all, or `max` with 64 outstanding for each sender.
    rate: &'static str,
    seconds: f64,
    /// In the order in which each run takes them.
    pub(crate) servers: &'static [Server],
}

const BESIDE_THE_FLOOR: &[Server] = &[Server::Floor, Server::Papo, Server::Secure, Server::Kept];

/// All of them.
pub(crate) const ALL: [Workload; 4] = [
    Workload { name: "W1", rooms: 1, members: 1000, senders: 1, rate: "100", seconds: 5.0, servers: BESIDE_THE_FLOOR },
    Workload { name: "W2", rooms: 200, members: 10, senders: 1, rate: "5000", seconds: 5.0, servers: BESIDE_THE_FLOOR },
    Workload {
        name: "W3",
        rooms: 10,
        members: 100,
        senders: 1,
        rate: "max",
        seconds: 5.0,
        servers: &[Server::Floor, Server::JoiningFloor, Server::Papo, Server::Secure, Server::Kept],
    },
    // The floor keeps nothing for a member, so there is nothing to compare with.
    Workload {
        name: "W4",
        rooms: 100,
        members: 100,
        senders: 0,
        rate: "0",
        seconds: 5.0,
        servers: &[Server::Papo, Server::Secure],
    },
];

impl Workload {
    /// A small one that only shows that all comes.
    pub(crate) fn smoke(time: Duration) -> Self {
        let seconds = time.as_secs_f64();
        Self { name: "smoke", rooms: 4, members: 10, senders: 2, rate: "max", seconds, servers: &[Server::Papo] }
    }

    /// The same for so many seconds.
    pub(crate) fn lasting(self, seconds: f64) -> Self {
        Self { seconds, ..self }
    }

    /// The arguments of `papo` that run it against a server.
    pub(crate) fn arguments(&self, server: Server, addr: SocketAddr, pid: u32) -> Vec<String> {
        let Self { rooms, members, senders, rate, seconds, .. } = self;
        let line = format!(
            "bench fanout --addr {addr} --rooms {rooms} --members {members} --senders {senders} \
             --rate {rate} --window 64 --secs {seconds} --pid {pid} --json {}",
            if server == Server::Secure { "--tls" } else { "" }
        );
        line.split_whitespace().map(str::to_owned).collect()
    }
}
