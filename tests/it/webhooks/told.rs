//! Webhooks that a provider would post about messages of a run, and what is to be known of each once they are taken.

use std::collections::BTreeMap;

use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use serde_json::{Value, json};

use crate::harness::Accepted;

/// Statuses in one post of Devino's.
pub const ARRAY: usize = 100;

/// Records in one post of Sinch's.
const RECORDS: usize = 20;

/// The first identifier of Devino's sample: no `f64` holds it.
const BEYOND_F64: u64 = 3_482_512_350_952_730_368;

/// One post.
#[derive(Debug, Clone)]
pub struct Post {
    /// To this channel's address.
    pub channel: &'static str,
    /// Its bytes.
    pub body: String,
}

/// What is told of the messages of some runs.
#[derive(Debug, Default)]
pub struct Told {
    /// By the number's digits and the report's column: when, in milliseconds since 1970.
    pub marks: BTreeMap<(String, &'static str), i64>,
    /// Digits of those who asked to be left alone.
    pub opted_out: Vec<String>,
    /// In no order.
    pub posts: Vec<Post>,
}

impl Told {
    fn mark(&mut self, to: &str, column: &'static str, at: i64) -> i64 {
        let told = self.marks.entry((to.to_owned(), column)).or_insert(at);
        *told = at.min(*told);
        at
    }

    fn post(&mut self, channel: &'static str, body: &Value) {
        self.posts.push(Post { channel, body: body.to_string() });
    }

    /// Everybody's statuses in arrays, and what some of them wrote. `begun` is when the run was made.
    pub fn by_devino(&mut self, messages: &[Accepted], begun: i64, random: &mut StdRng) {
        let mut statuses = Vec::new();
        for (index, message) in messages.iter().enumerate() {
            let to = &message.to;
            let mut say = |column, status: &str, code: u32, after: i64| {
                let at = self.mark(to, column, begun + after + index as i64 % 7);
                statuses.push(devino_status(index, &message.callback_data, status, code, at));
            };
            say("sent", "SENT", 0, 10);
            match index % 20 {
                7 => say("failed", "UNDELIVERED", 2_301, 40),
                11 => {}
                _ => say("delivered", "DELIVERED", 0, 20),
            }
            if index % 3 == 0 && !matches!(index % 20, 7 | 11) {
                say("read", "read", 0, 30);
            }
            if index % 9 == 0 && !matches!(index % 20, 7 | 11) {
                say("clicked", "VISITED", 0, 50);
            }
            if index % 25 == 0 {
                let at = self.mark(to, "replied", begun + 60);
                let text = self.words(to, index / 25);
                let body = json!({
                    "incomingMessageId": BEYOND_F64 + 1_000_000 + index as u64, "to": "MyCompany", "from": to,
                    "text": text, "profileName": "Ana", "ts": at,
                });
                self.post("devino", &body);
            }
        }
        statuses.shuffle(random);
        for array in statuses.chunks(ARRAY) {
            self.post("devino", &json!(array));
        }
    }

    /// Everybody's record three times, each with a flag more, and what some of them wrote, to us and in a group.
    pub fn by_sinch(&mut self, messages: &[Accepted], begun: i64, random: &mut StdRng) {
        let mut records = Vec::new();
        for (index, message) in messages.iter().enumerate() {
            let to = &message.to;
            let mut record = json!({
                "id": format!("sinch-{index}"), "correlationId": message.callback_data, "destination": to,
                "origin": "5519900000000", "campaignId": 100, "extraInfo": "{}", "type": "MESSAGE",
            });
            for (column, after) in
                [("sent", 10), ("delivered", 20), ("read", 30)].into_iter().take(1 + index % 3)
            {
                let at = self.mark(to, column, begun + after + index as i64 % 5);
                record[column] = json!(true);
                record[format!("{column}At")] = json!(at);
                records.push(record.clone());
            }
            let said = |text: &str, group: Option<&str>, at: i64| {
                json!({
                    "id": format!("mo-{index}-{}", group.is_some()), "source": to, "origin": to, "receivedAt": at,
                    "message": { "type": "TEXT", "messageText": text, "waGroupId": group },
                })
            };
            let mut mos = Vec::new();
            if index % 25 == 0 {
                let at = self.mark(to, "replied", begun + 60);
                mos.push(said(self.words(to, index / 25), None, at));
            }
            if index % 40 == 1 {
                // Of nobody in a group is it an answer, or a wish.
                mos.push(said("SAIR", Some("5519900000000-1553784379"), begun + 70));
            }
            if !mos.is_empty() {
                self.post("sinch", &json!({ "total": mos.len(), "data": mos }));
            }
        }
        records.shuffle(random);
        for array in records.chunks(RECORDS) {
            self.post(
                "sinch",
                &json!({ "total": array.len(), "data": array, "clientInfo": {"customerId": 42} }),
            );
        }
    }

    /// One post for each event, most of them twice, under both of their names: the older one without our own
    /// name for the message.
    pub fn by_wati(&mut self, messages: &[Accepted], begun: i64) {
        let seconds = begun / 1_000;
        for (index, message) in messages.iter().enumerate() {
            let to = &message.to;
            let named = |name: &str, version: &str| {
                let mut event = json!({
                    "eventType": format!("{name}{version}"), "id": format!("wati-{index}"),
                    "whatsappMessageId": format!("wamid.{index}"), "conversationId": "c", "ticketId": "t",
                    "text": "Oi", "type": "template", "operatorEmail": "o@example.com",
                });
                if version == "_v2" {
                    event["localMessageId"] = json!(message.callback_data);
                }
                event
            };
            let sent = self.mark(to, "sent", begun + 10);
            for version in ["", "_v2"] {
                let mut event = named("templateMessageSent", version);
                event["waId"] = json!(to);
                event["templateName"] = json!("promo");
                event["statusString"] = json!("SENT");
                event["created"] = json!(iso(sent));
                self.post("wati", &event);
            }
            for (name, column) in [("sentMessageDELIVERED", "delivered"), ("sentMessageREAD", "read")]
                .into_iter()
                .take(index % 3)
            {
                // Nothing happens before the run was made, and the sample tells seconds.
                self.mark(to, column, begun);
                for version in ["", "_v2"] {
                    let mut event = named(name, version);
                    event["timestamp"] = json!(seconds.to_string());
                    self.post("wati", &event);
                }
            }
            if index % 25 == 0 {
                let at = self.mark(to, "replied", begun + 60);
                let text = self.words(to, index / 25);
                let event = json!({
                    "eventType": "message", "id": format!("in-{index}"), "created": iso(at), "text": text,
                    "whatsappMessageId": format!("wamid.in-{index}"), "type": "button", "waId": to,
                    "senderName": "Ana", "owner": false, "statusString": "SENT",
                    "replyContextId": format!("wamid.{index}"),
                });
                self.post("wati", &event);
            }
        }
    }

    /// What somebody writes: every second one asks to be left alone.
    fn words(&mut self, to: &str, number: usize) -> &'static str {
        if number.is_multiple_of(2) {
            return "Obrigada!";
        }
        self.opted_out.push(to.to_owned());
        "SAIR"
    }
}

/// A status in the shape of the seed's sample.
pub fn devino_status(index: usize, options: &str, status: &str, code: u32, at: i64) -> Value {
    json!({
        "messageId": BEYOND_F64 + index as u64, "ts": at, "status": status, "errorCode": code,
        "ip": "127.0.0.1", "browser": "string", "os": "string", "userAgent": "string", "options": options,
    })
}

/// A moment as Wati writes it.
fn iso(at: i64) -> String {
    jiff::Timestamp::from_millisecond(at).expect("a moment").to_string()
}
