//! What a person writes to the account: `POST /sandbox/{provider}/inbound`.
//!
//! ```json
//! {"from": "5511987654321", "text": "Oi", "to": "5511999990000", "waGroupId": "5519900000000-1513616971",
//!  "button": false}
//! ```
//! `to`, the account's own number or name, and Sinch's `waGroupId` may be absent. `button` says that somebody
//! tapped a button of that text, at Wati or Sinch.

use std::sync::Arc;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::plausible;
use super::scenario::Scenario;
use crate::domain::Phone;

/// Under what circumstances something happens that is no call of the account's owner.
#[derive(Debug)]
pub(super) struct Happening {
    /// Which no message and no other event has.
    pub(super) number: u64,
    pub(super) at: Timestamp,
    pub(super) scenario: Arc<Scenario>,
    /// Whether it is kept: not in rehearsals of any size, which count alone.
    pub(super) keeps: bool,
}

/// A message of a person.
#[derive(Debug)]
pub(super) struct Inbound {
    pub(super) from: Phone,
    pub(super) text: String,
    /// Which of the account's numbers or names it is for.
    pub(super) to: Option<String>,
    pub(super) group: Option<String>,
    /// Whether a button was tapped.
    pub(super) is_button: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    from: String,
    text: String,
    to: Option<String>,
    #[serde(rename = "waGroupId")]
    group: Option<String>,
    #[serde(default)]
    button: bool,
}

impl Inbound {
    /// Reads what was posted. The error is a sentence.
    pub(super) fn read(body: &Value) -> Result<Self, String> {
        let written = Written::deserialize(body)
            .map_err(|error| format!("a message of a person has `from` and `text`: {error}"))?;
        let from = plausible::phone(&written.from).ok_or("`from` is not a phone number")?;
        if written.text.trim().is_empty() {
            return Err("`text` is blank".to_owned());
        }
        Ok(Self { from, text: written.text, to: written.to, group: written.group, is_button: written.button })
    }

    /// As [`Inbound::read`], where the provider knows no groups.
    pub(super) fn of_person(body: &Value) -> Result<Self, String> {
        let inbound = Self::read(body)?;
        match inbound.group {
            None => Ok(inbound),
            Some(_) => Err("`waGroupId` is known to Sinch alone".to_owned()),
        }
    }

    /// As [`Inbound::of_person`], where the provider knows no buttons either.
    pub(super) fn of_writer(body: &Value) -> Result<Self, String> {
        let inbound = Self::of_person(body)?;
        match inbound.is_button {
            false => Ok(inbound),
            true => Err("`button` is known to Wati and Sinch alone".to_owned()),
        }
    }
}
