//! Answers, and what came of them on one line.

use bytes::Bytes;
use serde_json::Value;

use crate::domain::{Content, Params, Reply, Signal, Verdict};
use crate::provider::wati::calls::Call;
use crate::provider::wati::classify::classify;
use crate::provider::{Outgoing, WireAnswer, testing};

pub fn answer(status: u16, body: impl Into<Bytes>) -> WireAnswer {
    WireAnswer { status, body: Some(body.into()), ..WireAnswer::default() }
}

/// What becomes of a call to recipients 5511987654321, 5511987654322, …
pub fn reply(call: Call, recipients: usize, answer: &WireAnswer) -> Reply {
    classify(&testing::limits("wati"), call, &outgoing(recipients), answer)
}

pub fn reply_json(call: Call, recipients: usize, status: u16, body: &Value) -> Reply {
    reply(call, recipients, &answer(status, body.to_string()))
}

fn outgoing(recipients: usize) -> Outgoing {
    let template = Content::Template {
        id: "promo".to_owned(),
        language: None,
        params: Params::Positional(Vec::new()),
        validity: None,
    };
    testing::outgoing(vec![template; recipients])
}

/// The verdicts in their order, and the signal.
pub fn line(reply: &Reply, recipients: usize) -> String {
    let verdicts: Vec<String> = (0..recipients)
        .map(|at| match reply.verdicts.at(at).expect("a verdict") {
            Verdict::Accepted { id: None } => "accepted".to_owned(),
            Verdict::Accepted { id: Some(id) } => format!("accepted as {id}"),
            Verdict::Rejected { reason } => format!("rejected: {reason}"),
            Verdict::Transient { reason } => format!("transient: {reason}"),
            Verdict::Unsent => "unsent".to_owned(),
            Verdict::InDoubt { .. } => "in doubt".to_owned(),
        })
        .collect();
    let signal = match &reply.signal {
        Signal::Answered => "answered".to_owned(),
        Signal::Refused { reason } => format!("refused: {reason}"),
        Signal::SomebodyRefused { reason } => format!("somebody refused: {reason}"),
        Signal::CampaignRefused { reason } => format!("campaign refused: {reason}"),
        Signal::ChannelRefused { .. } => "channel refused".to_owned(),
        Signal::InDoubt { cause } => format!("in doubt: {cause}"),
        other => format!("{other:?}"),
    };
    format!("{} / {signal}", verdicts.join(", "))
}
