//! `[statuses]`: how messages move after they were accepted.

use serde::Deserialize;

use super::{Latency, values};
use crate::document::{Findings, Placed};
use crate::domain::Share;

/// How messages move: accepted, sent, delivered, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusRules {
    /// How many of those that were sent are delivered; `None` for all.
    pub delivered: Option<Share>,
    /// How many of those that were delivered are read; `None` for all.
    pub read: Option<Share>,
    /// How long each step takes.
    pub after: Latency,
}

impl Default for StatusRules {
    fn default() -> Self {
        let (least, most) = (std::time::Duration::from_secs(1), std::time::Duration::from_secs(5));
        Self { delivered: None, read: None, after: Latency { least, most } }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawStatuses {
    delivered: Option<Placed<String>>,
    read: Option<Placed<String>>,
    after: Option<Placed<String>>,
}

impl RawStatuses {
    pub(super) fn read(self, findings: &mut Findings) -> StatusRules {
        let mut share = |given: Option<Placed<String>>, key: &str| {
            given.and_then(|given| findings.keep(values::share(&given, key)))
        };
        let delivered = share(self.delivered, "statuses.delivered");
        let read = share(self.read, "statuses.read");
        let after = self.after.and_then(|given| findings.keep(values::latency(&given, "statuses.after")));
        StatusRules { delivered, read, after: after.unwrap_or(StatusRules::default().after) }
    }
}
