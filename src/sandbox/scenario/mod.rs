//! Scenarios: how the far side behaves, written as a TOML file that opens with a sentence of what
//! should happen.
//!
//! Without a scenario the sandbox is a provider in good health: it refuses what the seeds refuse and
//! nothing else. A scenario adds what happens on bad days. Every key is optional; unknown keys are
//! problems, and all problems of a file are told at once, each with its place.
//!
#![doc = "```toml"]
#![doc = include_str!("example.toml")]
#![doc = "```"]
//!
//! **`[webhooks]`** concerns what is posted of messages that are accepted under the scenario. Each status event has
//! draws of its own, by the seed and the message's number: whether it is `lost`, which changes nothing about where
//! the message stands; whether each of its posts is made `twice`; and how `late` each of those is. A call that is
//! answered last (`before_response`) has its messages sent at once, and waits until each of those posts has been
//! answered, or given up for the first time. Whoever both `replies` and opts out does the latter; half of those
//! who opt out tap a button, where the provider has any. A post that is not answered 2xx within 10 s (Sinch:
//! exactly 200 within 200 ms) is made again, after 1 s, 2 s, 4 s and so on, at most a minute.
//!
//! **When** a fault strikes: all of `share`, `calls`, `containing`, `provider` and `operation` that are given
//! hold. Calls are counted from 1 since the scenario was set, over all providers, refused ones included. An
//! `operation` is `message`, or one of the words that `kind` and `operation` have in the record.
//!
//! **`then`**: `status` (that status; not accepted unless `accepted = true`) · `drop` (the connection is
//! closed without a byte) · `hang` (no answer, ever) · `garbage` (200 with a body that is not JSON) ·
//! `truncate` (the answer's head promises more bytes than come before the connection closes) ·
//! `missing` (200, but the last message has no result) · `extra` (200, with one result too many, where
//! there is a list of results). A call that is no sending of messages has one result: `missing` leaves `{}`.
//! The last three are always accepted, so `accepted` is not for them.
//!
//! **`refuse`**: keys of Devino's table (seed 002, "Códigos de erro"): `billing.error`, `forbidden`,
//! `unknown`, `invalid`, `length.too.long`, `length.too.short`, `must.be.not.null`, `not.available`,
//! which concern Devino's calls alone; and Wati's failures (providers.md §3.3): `not_on_whatsapp`
//! (`validWhatsAppNumber: false`), `template_typo`, `template_not_approved`, `ticket_expired`,
//! `unknown_contact`, `unknown_attribute`; and Sinch's codes (providers.md §2.4), which refuse the whole call:
//! `no_credit`, `invalid_destination`, `blacklisted`, `opted_out`, `limit_reached`, `invalid_text`,
//! `invalid_content`, `invalid_session`, `not_opted_in`, `not_whitelisted`, `internal_error`; and the
//! omnichannel's, all of them ours: `not_on_whatsapp`, `disconnected`, `unknown_channel`, `unknown_platform`,
//! `unknown_group`.

mod devino;
mod fault;
mod model;
mod omnichannel;
mod raw;
mod read;
mod read_faults;
mod read_rules;
mod recipients;
mod sinch;
mod statuses;
mod values;
mod wati;
mod webhooks;

pub use devino::{CallErrors, DevinoRules};
pub use fault::{Fault, FaultKind, When};
pub(super) use fault::{draw, is_drawn, is_heads};
pub use model::{Latency, RateLimit, Scenario};
pub use omnichannel::{OmnichannelContact, OmnichannelRules, OmnichannelTag};
pub use recipients::{RecipientRule, Refusal, Who};
pub use sinch::{SinchRules, SinchSuccess};
pub use statuses::StatusRules;
pub use wati::{WatiRules, WatiTemplate};
pub use webhooks::WebhookRules;
pub(super) use webhooks::is_struck;
