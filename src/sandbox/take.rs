//! The way of a call through the sandbox, the same for every provider.

use std::sync::Arc;

use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::response::Response;
use http_body::Body as _;

use super::desk::{Decision, Desk, Fate, Outcome};
use super::far_side::{FarSide, Flaw, Incoming, Judged};
use super::reply::{Answer, Reply};
use super::scenario::{FaultKind, Scenario};
use crate::clock::Tick;

/// The largest body that is read. Devino's SMS sibling takes 32,000 messages at once; with texts of 1,000
/// characters those fit.
const LARGEST_BODY: usize = 128 << 20;

/// Takes one call.
pub(super) async fn take<F: FarSide>(State(desk): State<Arc<Desk>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    if body.size_hint().lower() > LARGEST_BODY as u64 {
        return turn_away::<F>(&desk, 413).0.into_response().await;
    }
    let Ok(body) = to_bytes(body, LARGEST_BODY).await else {
        // Whoever sent half a request is gone, and made no call.
        return Reply::Closed.into_response().await;
    };
    let incoming = Incoming { headers: head.headers, uri: head.uri, body };
    let clock = desk.clock.clone();
    // On a task of its own: once a request has arrived, it no longer matters whether its sender is there.
    let decided = tokio::spawn(async move { decide::<F>(&desk, &incoming).await }).await;
    let (reply, due) = decided.unwrap_or((Reply::Closed, Tick::default()));
    clock.sleep_until(due).await;
    reply.into_response().await
}

async fn decide<F: FarSide>(desk: &Desk, incoming: &Incoming) -> (Reply, Tick) {
    if !desk.gate.pass(|| desk.tell()).await {
        return (Reply::Closed, Tick::default());
    }
    if !incoming.authorization().is_some_and(F::is_credential) {
        return turn_away::<F>(desk, 401);
    }
    let scenario = desk.scenario();
    let mut unknown = Vec::new();
    let account = incoming.account(F::SERVICE);
    let (reply, arrival, due, recipients) = match F::judge(incoming, &scenario, &mut unknown) {
        Judged::Unfit(unfit) => {
            let Decision { arrival, fate, due } = desk.decide::<F>(account, &[]);
            let ordinary = |_: &[Outcome<F::Refusal>], _| unfit.clone();
            (reply_to::<F>(fate, ordinary, incoming, &scenario), arrival, due, 0)
        }
        Judged::Messages(messages, echo) => {
            let Decision { arrival, fate, due } = desk.decide::<F>(account, &messages);
            let ordinary = |outcomes: &[_], flaw| F::answer(&echo, outcomes, flaw, &scenario);
            (reply_to::<F>(fate, ordinary, incoming, &scenario), arrival, due, messages.len())
        }
    };
    desk.note(F::SERVICE, arrival, recipients, reply.answered(), &unknown);
    (reply, due)
}

/// Answers a call that nobody judges.
fn turn_away<F: FarSide>(desk: &Desk, status: u16) -> (Reply, Tick) {
    let arrival = desk.turn_away();
    let reply = Reply::Whole(Answer::new(status, F::usual_body(status)));
    desk.note(F::SERVICE, arrival, 0, reply.answered(), &[]);
    (reply, arrival.tick)
}

fn reply_to<F: FarSide>(
    fate: Fate<F::Refusal>,
    ordinary: impl Fn(&[Outcome<F::Refusal>], Flaw) -> Answer,
    incoming: &Incoming,
    scenario: &Scenario,
) -> Reply {
    match fate {
        Fate::Ordinary(outcomes) => Reply::Whole(ordinary(&outcomes, Flaw::None)),
        Fate::TooFast(wait) => {
            let limit = &scenario.rate_limit;
            let answer = Answer::new(limit.status, F::usual_body(limit.status));
            Reply::Whole(Answer { retry_after: limit.retry_after.then_some(wait), ..answer })
        }
        Fate::Unrecorded(error) => {
            Reply::Whole(Answer::new(500, ("text/plain; charset=utf-8", error.to_string().into())))
        }
        Fate::Struck(fault, outcomes) => match fault {
            FaultKind::Status { status, retry_after, body } => {
                let usual = F::usual_body(status);
                let body = body.map_or(usual.1, Into::into);
                // Back to the same address: a client that follows redirects sends twice.
                let location = (300..400).contains(&status).then(|| incoming.uri.to_string());
                Reply::Whole(Answer { retry_after, location, ..Answer::new(status, (usual.0, body)) })
            }
            FaultKind::Drop => Reply::Closed,
            FaultKind::Hang => Reply::Never,
            FaultKind::Garbage => Reply::Whole(Answer::json(200, &b"<html>\n<h1>It works!</h1>\n"[..])),
            FaultKind::Truncate => Reply::Truncated(ordinary(&outcomes, Flaw::None)),
            FaultKind::Missing => Reply::Whole(ordinary(&outcomes, Flaw::Missing)),
            FaultKind::Extra => Reply::Whole(ordinary(&outcomes, Flaw::Extra)),
        },
    }
}
