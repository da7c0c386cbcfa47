//! `[webhooks]`: how what is posted to the account's owner goes astray.

use std::num::NonZeroU32;

use serde::Deserialize;

use super::{Latency, is_drawn, values};
use crate::document::{Findings, Placed, value};
use crate::domain::Share;

/// How many statuses stand in one post where the scenario does not say.
const BATCH: NonZeroU32 = NonZeroU32::MIN.saturating_add(99);

/// How posts go astray. The default is plain: everything once, at its moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookRules {
    /// How many of the posts are made a second time; `None` for none, as in all shares here.
    pub twice: Option<Share>,
    /// How many of the status events are never posted.
    pub lost: Option<Share>,
    /// How long each post waits beyond its moment.
    pub late: Latency,
    /// At how many of the calls the first statuses are posted, and answered, before the call is.
    pub before_response: Option<Share>,
    /// As many statuses are in one post, at most; Devino and Sinch alone put more than one into a post.
    pub batch: NonZeroU32,
    /// How many of those who read a message answer with a text.
    pub replies: Option<Share>,
    /// How many of those who read a message ask for no more.
    pub opt_outs: Option<Share>,
}

impl Default for WebhookRules {
    fn default() -> Self {
        Self {
            twice: None,
            lost: None,
            late: Latency::default(),
            before_response: None,
            batch: BATCH,
            replies: None,
            opt_outs: None,
        }
    }
}

/// Whether something is in a share; nothing is where there is none.
pub(in crate::sandbox) fn is_struck(share: Option<Share>, seed: u64, number: u64, what: u64) -> bool {
    share.is_some() && is_drawn(share, seed, number, what)
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawWebhooks {
    twice: Option<Placed<String>>,
    lost: Option<Placed<String>>,
    late: Option<Placed<String>>,
    before_response: Option<Placed<String>>,
    batch: Option<Placed<i64>>,
    replies: Option<Placed<String>>,
    opt_outs: Option<Placed<String>>,
}

impl RawWebhooks {
    pub(super) fn read(self, findings: &mut Findings) -> WebhookRules {
        let mut share = |given: Option<Placed<String>>, key: &str| {
            given.and_then(|given| findings.keep(values::share(&given, key)))
        };
        let twice = share(self.twice, "webhooks.twice");
        let lost = share(self.lost, "webhooks.lost");
        let before_response = share(self.before_response, "webhooks.before_response");
        let replies = share(self.replies, "webhooks.replies");
        let opt_outs = share(self.opt_outs, "webhooks.opt_outs");
        let late = self.late.and_then(|given| findings.keep(values::latency(&given, "webhooks.late")));
        let batch = self.batch.and_then(|given| findings.keep(value::count(&given, "webhooks.batch")));
        WebhookRules {
            twice,
            lost,
            late: late.unwrap_or_default(),
            before_response,
            batch: batch.unwrap_or(BATCH),
            replies,
            opt_outs,
        }
    }
}
