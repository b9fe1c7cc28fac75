//! What the operator may change while the server runs. Whoever decides by it takes the newest state and
//! keeps that until the decision is made.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, RwLock};

use crate::config::{Config, MetricsFor};
use crate::http::Guard;
use crate::trusted::Trusted;

/// The rules of one moment.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rules {
    pub(crate) guard: Guard,
    pub(crate) metrics: MetricsFor,
    pub(crate) trusted: Trusted,
}

impl Rules {
    /// The rules that a configuration says, for a server whose ports are taken.
    pub(crate) fn new(config: &Config, loopback_ports: Vec<u16>) -> Self {
        let guard = Guard { loopback_ports, origins: config.origins.clone() };
        Self { guard, metrics: config.metrics, trusted: config.trusted.clone() }
    }
}

/// The rules that hold now.
#[derive(Debug)]
pub(crate) struct Live {
    rules: RwLock<Arc<Rules>>,
    /// Looked at for each read: no lock is taken for it.
    flood: AtomicBool,
}

impl Live {
    pub(crate) fn new(rules: Rules, flood: bool) -> Arc<Self> {
        Arc::new(Self { rules: RwLock::new(Arc::new(rules)), flood: flood.into() })
    }

    /// The rules that hold now.
    pub(crate) fn rules(&self) -> Arc<Rules> {
        self.rules.read().expect("invariant: rules are only exchanged").clone()
    }

    /// Whether rates are limited.
    pub(crate) fn limits_rates(&self) -> bool {
        self.flood.load(Ordering::Relaxed)
    }

    /// From now on these hold. Which ports are only for this machine stays as it is.
    pub(crate) fn change(&self, config: &Config) {
        let mut rules = self.rules.write().expect("invariant: rules are only exchanged");
        let loopback_ports = rules.guard.loopback_ports.clone();
        *rules = Arc::new(Rules::new(config, loopback_ports));
        self.flood.store(config.limits.flood, Ordering::Relaxed);
    }
}
