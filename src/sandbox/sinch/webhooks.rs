//! What Sinch posts (seed 001, "Exemplo de mensagem e grupo"; providers.md §2.4 and §2.5).

use std::time::Duration;

use serde_json::{Value, json};

use super::account::OWN_NUMBER;
use super::far_side::Sinch;
use crate::sandbox::far_side::FarSide;
use crate::sandbox::statuses::Status;
use crate::sandbox::webhooks::{Batches, Heard, Manner, Told};

/// "200 within 200 ms", else it is resent (providers.md §2.4).
pub(super) const MANNER: Manner = Manner {
    batches: Batches::Many,
    patience: Duration::from_millis(200),
    wants_200: true,
    has_own_addresses: false,
};

/// The records of some messages. Each says everything that has happened so far.
pub(super) fn records(steps: &[Told<'_, ()>]) -> Value {
    enveloped(steps.iter().map(record).collect())
}

/// A message of a person's, as the account keeps it.
pub(super) fn heard(heard: &Heard<()>) -> Value {
    let mut told = heard.told.clone();
    let correlation = heard.answers.as_ref().map(|course| &course.callback_data);
    if let Some(correlation) = correlation.filter(|correlation| !correlation.is_empty()) {
        told["correlationId"] = json!(correlation);
    }
    enveloped(vec![told])
}

fn enveloped(data: Vec<Value>) -> Value {
    json!({
        "total": data.len(), "data": data,
        "clientInfo": { "customerId": 42, "subAccountId": 1291, "userId": 1 },
    })
}

fn record(told: &Told<'_, ()>) -> Value {
    let course = told.course;
    let mut record = json!({
        "id": Sinch::message_id(course.number), "destination": course.to.in_full(), "origin": OWN_NUMBER,
        "campaignId": 100, "extraInfo": "{}", "sent": false, "delivered": false, "read": false,
        "updatedDate": format!("{:.3}", told.at), "updatedAt": told.at.as_millisecond(), "type": "MESSAGE",
    });
    if !course.callback_data.is_empty() {
        record["correlationId"] = json!(course.callback_data);
    }
    for (status, at) in told.steps {
        let (date, at) = (json!(format!("{at:.3}")), json!(at.as_millisecond()));
        let mut delivered = |is_delivered: bool, code: Value, word: &str| {
            record["delivered"] = is_delivered.into();
            record["deliveredStatusCode"] = code;
            record["deliveredStatus"] = word.into();
        };
        match status {
            Status::Accepted => {}
            Status::Sent => {
                record["sent"] = true.into();
                record["sentStatusCode"] = 2.into();
                record["sentStatus"] = "SENT_SUCCESS".into();
                (record["sentDate"], record["sentAt"]) = (date, at);
            }
            Status::Delivered => {
                delivered(true, 4.into(), "DELIVERED_SUCCESS");
                (record["deliveredDate"], record["deliveredAt"]) = (date, at);
            }
            Status::Read => {
                delivered(true, 5.into(), "READ_SUCCESS");
                record["read"] = true.into();
                (record["readDate"], record["readAt"]) = (date, at);
            }
            Status::Failed => {
                let code = told.failure.and_then(|failure| failure.code.parse::<u64>().ok());
                delivered(false, code.into(), told.failure.map_or("", |failure| failure.sentence));
                (record["deliveredDate"], record["deliveredAt"]) = (date, at);
            }
        }
    }
    record
}
