//! `/sandbox/…`: what tests and people ask the sandbox itself, from this computer alone.

use std::path::Path;
use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::body::Body;
use axum::extract::{Extension, Query, Request, State as Shared};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use super::State;
use super::desk::Desk;
use super::record::Lines;
use super::scenario::Scenario;
use super::server::Peer;

/// The routes below `/sandbox`.
pub(super) fn routes() -> Router<Arc<Desk>> {
    Router::new()
        .route("/sandbox/record", get(record))
        .route("/sandbox/calls", get(calls))
        .route("/sandbox/state", get(state))
        .route("/sandbox/wait", get(wait))
        .route("/sandbox/scenario", post(scenario))
        .route("/sandbox/hold", post(hold))
        .route("/sandbox/release", post(release))
        .layer(middleware::from_fn(from_this_computer))
}

/// These routes need no credential, so nobody else may use them, wherever the sandbox listens.
async fn from_this_computer(
    Extension(Peer(peer)): Extension<Peer>,
    request: Request,
    next: Next,
) -> Response {
    if peer.ip().to_canonical().is_loopback() {
        next.run(request).await
    } else {
        (StatusCode::FORBIDDEN, "the sandbox's own routes answer this computer alone\n").into_response()
    }
}

async fn record(Shared(desk): Shared<Arc<Desk>>) -> Response {
    lines(Body::new(Lines::new(move |from, at_most| desk.accepted(from, at_most))))
}

async fn calls(Shared(desk): Shared<Arc<Desk>>) -> Response {
    lines(Body::new(Lines::new(move |from, at_most| desk.calls(from, at_most))))
}

fn lines(body: Body) -> Response {
    ([(CONTENT_TYPE, "application/jsonl")], body).into_response()
}

async fn state(Shared(desk): Shared<Arc<Desk>>) -> Json<State> {
    Json(desk.state())
}

/// Counts to be reached; all of those that are given.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Reached {
    calls: u64,
    accepted: u64,
    held: u64,
}

async fn wait(Shared(desk): Shared<Arc<Desk>>, Query(reached): Query<Reached>) -> Json<State> {
    let is_reached = |state: &State| {
        state.calls >= reached.calls && state.accepted >= reached.accepted && state.held >= reached.held
    };
    Json(desk.wait(is_reached).await)
}

async fn scenario(Shared(desk): Shared<Arc<Desk>>, text: String) -> Response {
    match Scenario::read(Path::new("scenario"), &text) {
        Ok(scenario) => {
            desk.set_scenario(scenario);
            StatusCode::NO_CONTENT.into_response()
        }
        Err(problems) => (StatusCode::UNPROCESSABLE_ENTITY, format!("{problems}\n")).into_response(),
    }
}

async fn hold(Shared(desk): Shared<Arc<Desk>>) -> StatusCode {
    desk.gate.hold();
    StatusCode::NO_CONTENT
}

async fn release(Shared(desk): Shared<Arc<Desk>>) -> StatusCode {
    desk.gate.release();
    StatusCode::NO_CONTENT
}
