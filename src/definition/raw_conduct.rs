//! How a campaign goes on beyond its message, as it is written: the key `safety.canary` and the table
//! `[after]`.

use schemars::JsonSchema;
use serde::Deserialize;

use super::raw_action::RawChatStatus;
use crate::document::{OfShare, OfTime, Placed, Text, TextList, TextTable};

/// First a few, then the others if all is well.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct RawCanary {
    /// How many are sent first; a campaign for no more than these has no canary.
    #[schemars(required, range(min = 1, max = 4_294_967_295_u32))]
    pub size: Option<Placed<i64>>,
    /// How long what becomes of them is waited for after the last of them was sent. Without it: 15m.
    pub wait: Option<Placed<Text<OfTime>>>,
    /// Hold the run when a larger share of them than this failed: rejected at once, or not delivered.
    /// Without it: 5%.
    pub stop_above: Option<Placed<Text<OfShare>>>,
}

/// What is done for everybody who was accepted, once the run's own sending is done. Texts may use
/// {{ campaign }} and {{ run }}.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline, extend("minProperties" = 1))]
pub struct RawAfter {
    /// Say how far the conversation with each person is (Wati).
    pub chat_status: Option<Placed<RawChatStatus>>,
    /// Set attributes of each person's contact.
    pub attributes: Option<Placed<TextTable>>,
    /// Put tags on each person's contact: their names or ids (omnichannel).
    pub add_tags: Option<Placed<TextList>>,
}
