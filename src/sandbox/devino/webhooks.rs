//! What Devino posts (seed 002, "Status de webhook" and "Webhook de entrada").

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::sandbox::statuses::Status;
use crate::sandbox::webhooks::{Batches, Manner, Told};

/// Where a message's statuses go: its `callbackUrl`.
pub(super) type CallbackUrl = Option<Arc<str>>;

/// Statuses come in an array, and go where each message says. The older API repeated for 24 hours what was not
/// answered by 200 without a body (providers.md §1.4); of the newer one nothing is documented, so that any 2xx
/// will do.
pub(super) const MANNER: Manner = Manner {
    batches: Batches::Many,
    patience: Duration::from_secs(10),
    wants_200: false,
    has_own_addresses: true,
};

/// The array of statuses.
pub(super) fn statuses(steps: &[Told<'_, CallbackUrl>]) -> Value {
    steps.iter().map(status).collect()
}

fn status(told: &Told<'_, CallbackUrl>) -> Value {
    let mut fields = Map::new();
    // A number beyond 2^53, where the answer to the call has a text.
    fields.insert("messageId".to_owned(), told.course.number.into());
    fields.insert("ts".to_owned(), told.at.as_millisecond().into());
    fields.insert("status".to_owned(), word(told.status).into());
    if let Some(code) = told.failure.and_then(|failure| failure.code.parse::<u64>().ok()) {
        fields.insert("errorCode".to_owned(), code.into());
    }
    if !told.course.callback_data.is_empty() {
        fields.insert("options".to_owned(), json!(told.course.callback_data));
    }
    Value::Object(fields)
}

/// The seed shows `DELIVERED` alone; the others are those of its siblings in the same spelling (providers.md §1.4).
fn word(status: Status) -> &'static str {
    match status {
        Status::Accepted => "ENQUEUED",
        Status::Sent => "SENT",
        Status::Delivered => "DELIVERED",
        Status::Read => "READ",
        Status::Failed => "UNDELIVERED",
    }
}
