//! The way of a call through the sandbox, the same for every provider.

use std::sync::Arc;

use axum::body::to_bytes;
use axum::extract::{RawPathParams, Request};
use axum::response::Response;
use http_body::Body as _;

use super::accepting::{Decision, Fate, Taken};
use super::counter::Counter;
use super::far_side::{FarSide, Flaw};
use super::incoming::Incoming;
use super::record::CallEntry;
use super::reply::{Answer, Reply};
use super::scenario::{FaultKind, Scenario};
use super::webhooks::post_early;
use crate::clock::Tick;

/// The largest body that is read. Devino's SMS sibling takes 32,000 messages at once; with texts of 1,000
/// characters those fit.
const LARGEST_BODY: usize = 128 << 20;

/// Takes one call.
pub(super) async fn take<F: FarSide>(
    counter: Arc<Counter<F>>,
    call: F::Call,
    parameters: RawPathParams,
    request: Request,
) -> Response {
    let (head, body) = request.into_parts();
    if body.size_hint().lower() > LARGEST_BODY as u64 {
        return turn_away(&counter, call, 413).0.into_response().await;
    }
    let Ok(body) = to_bytes(body, LARGEST_BODY).await else {
        // Whoever sent half a request is gone, and made no call.
        return Reply::Closed.into_response().await;
    };
    let parameters = parameters.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let clock = counter.desk.clock.clone();
    let arrived = clock.now();
    // On a task of its own: once a request has arrived, it no longer matters whether its sender is there.
    let decided = tokio::spawn(async move {
        let incoming = Incoming::new(arrived, head.method, head.headers, head.uri, parameters, body);
        decide(&counter, call, &incoming).await
    });
    let (reply, due) = decided.await.unwrap_or((Reply::Closed, Tick::default()));
    clock.sleep_until(due).await;
    reply.into_response().await
}

async fn decide<F: FarSide>(counter: &Arc<Counter<F>>, call: F::Call, incoming: &Incoming) -> (Reply, Tick) {
    let desk = &counter.desk;
    if !desk.gate.pass(|| desk.tell()).await {
        return (Reply::Closed, Tick::default());
    }
    let Some(credential) = F::credential(&incoming.headers) else {
        return turn_away(counter, call, 401);
    };
    let (decision, scenario) = desk.decide(counter, call, credential, incoming);
    let Decision { arrival, operation, recipients, unknown, fate, due } = decision;
    let reply = reply_to(fate, call, incoming, &scenario);
    post_early(counter, arrival.call).await;
    desk.note(CallEntry::new(F::SERVICE, arrival, operation, recipients, reply.answered()), &unknown);
    (reply, due)
}

/// Answers a call that nobody judges.
fn turn_away<F: FarSide>(counter: &Counter<F>, call: F::Call, status: u16) -> (Reply, Tick) {
    let arrival = counter.desk.turn_away();
    let reply = Reply::Whole(Answer::new(status, F::usual_body(call, status, arrival.wall)));
    counter.desk.note(CallEntry::new(F::SERVICE, arrival, None, 0, reply.answered()), &[]);
    (reply, arrival.tick)
}

fn reply_to<F: FarSide>(fate: Fate<F>, call: F::Call, incoming: &Incoming, scenario: &Scenario) -> Reply {
    match fate {
        Fate::Ordinary(taken) => Reply::Whole(taken.answer(Flaw::None, scenario)),
        Fate::TooFast(wait) => {
            let limit = &scenario.rate_limit;
            let answer = Answer::new(limit.status, F::usual_body(call, limit.status, incoming.at));
            Reply::Whole(Answer { retry_after: limit.retry_after.then_some(wait), ..answer })
        }
        Fate::Unrecorded(error) => {
            Reply::Whole(Answer::new(500, ("text/plain; charset=utf-8", error.to_string().into())))
        }
        Fate::Struck(fault, taken) => struck(fault, taken, call, incoming, scenario),
    }
}

fn struck<F: FarSide>(
    fault: FaultKind,
    taken: Option<Taken<F>>,
    call: F::Call,
    incoming: &Incoming,
    scenario: &Scenario,
) -> Reply {
    let ordinary = |flaw| match taken {
        Some(taken) => taken.answer(flaw, scenario),
        None => Answer::new(200, F::usual_body(call, 200, incoming.at)),
    };
    match fault {
        FaultKind::Status { status, retry_after, body } => {
            let usual = F::usual_body(call, status, incoming.at);
            let body = body.map_or(usual.1, Into::into);
            // Back to the same address: a client that follows redirects sends twice.
            let location = (300..400).contains(&status).then(|| incoming.uri.to_string());
            Reply::Whole(Answer { retry_after, location, ..Answer::new(status, (usual.0, body)) })
        }
        FaultKind::Drop => Reply::Closed,
        FaultKind::Hang => Reply::Never,
        FaultKind::Garbage => Reply::Whole(Answer::json(200, &b"<html>\n<h1>It works!</h1>\n"[..])),
        FaultKind::Truncate => Reply::Truncated(ordinary(Flaw::None)),
        FaultKind::Missing => Reply::Whole(ordinary(Flaw::Missing)),
        FaultKind::Extra => Reply::Whole(ordinary(Flaw::Extra)),
    }
}
