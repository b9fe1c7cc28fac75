//! Proof by killing: clients post and read while the server is killed, their lines are broken and its
//! disk is full; in the end the checkers compare what they saw with what is there.
//!
//! * `world` – a server that can be killed and comes back, the clients around it, and the end of a run;
//! * `program`, `person` – a plain client of papo/1 and one of the text dialect, as threads of their own;
//! * `library` – a client that is made of the client library, which connects and resumes by itself;
//! * `account` – an account that several clients are at once;
//! * `keeper` – does what must survive to rooms and accounts, and looks whether it did;
//! * `kills`, `lines` – the server is killed; lines go through a proxy that breaks them;
//! * `away` – clients come back after a long time; `disk` – the disk is full for a while.
//!
//! One seed gives a run its clients, kills and plans; it is in the message of a failure, and `PAPO_SEED`
//! runs it again. When threads and the disk take their turns is up to the machine. `PAPO_LONG=1` kills
//! for longer.

mod account;
mod away;
mod disk;
mod keeper;
mod kills;
mod library;
mod lines;
mod person;
mod program;
mod world;
