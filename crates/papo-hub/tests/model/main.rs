//! The hub under random commands, commits and slow readers, beside a model that is written as plainly
//! as the rules: each person must read exactly the lines that the model says, in its order.
//!
//! * `steps` – what may happen;
//! * `expected`, `parts`, `rules`, `sessions`, `crowd`, `published` – the model;
//! * `lines` – in which orders its lines may be read;
//! * `store` – what is stored, and that an acknowledged post keeps its place;
//! * `shards`, `connection`, `tail` – readers that take a few bytes at a time;
//! * `world` – both sides, compared; `resuming` – how programs come back;
//! * `regressions` – what was found;
//! * `backlog` – logs and their common budget of bytes, against a list of their runs.

mod backlog;
mod connection;
mod crowd;
mod expected;
mod lines;
mod parts;
mod published;
mod regressions;
mod resuming;
mod rules;
mod sessions;
mod shards;
mod steps;
mod store;
mod tail;
mod world;

use proptest::prelude::*;

use crate::world::World;

/// So many runs, unless `PROPTEST_CASES` says otherwise.
fn config(cases: u32) -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(cases);
    // What a failing run found becomes a test with a name, not a file of seeds.
    ProptestConfig { cases, failure_persistence: None, max_shrink_iters: 4000, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(800))]

    #[test]
    fn everybody_reads_what_the_model_says(setting in steps::setting(), steps in steps::steps(150)) {
        let mut world = World::new(setting);
        for step in &steps {
            world.step(step);
        }
        world.settle();
    }
}
