//! A run's canary while it keeps the others back, in words and in JSON.

use std::fmt::Write as _;

use indicatif::HumanCount;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::journal::{CanaryView, RunView};

use super::text::moment;

/// When a canary is judged whose people have all been sent to.
fn judged_at(view: &RunView, canary: &CanaryView) -> Option<Timestamp> {
    let newest = Timestamp::from_millisecond(canary.newest_call.filter(|_| canary.unsent == 0)?).ok()?;
    newest.checked_add(view.conduct.canary?.wait).ok()
}

/// The canary in a line.
#[must_use]
pub fn canary_text(view: &RunView, canary: &CanaryView) -> String {
    let count = |number: u64| HumanCount(number).to_string();
    let mut text = format!(
        "{} sent, {} delivered, {} failed; ",
        count(canary.sent),
        count(canary.delivered),
        count(canary.failed())
    );
    // Writing into a String cannot fail.
    let _ = match judged_at(view, canary) {
        Some(at) => write!(text, "judged at {}, and everybody else waits", moment(at)),
        None => write!(text, "{} go first, and everybody else waits", count(canary.unsent)),
    };
    text
}

/// The documented JSON of a canary.
#[must_use]
pub fn canary_json(view: &RunView, canary: &CanaryView) -> Value {
    json!({
        "unsent": canary.unsent,
        "sent": canary.sent,
        "delivered": canary.delivered,
        "failed": canary.failed(),
        "judged_at": judged_at(view, canary),
    })
}
