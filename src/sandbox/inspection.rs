//! `/sandbox/…`: what tests and people ask the sandbox itself, from this computer alone.

use std::collections::BTreeMap;
use std::path;
use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::body::Body;
use axum::extract::{Extension, FromRef, Path, Query, Request, State as Shared};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::counter::Inspect;
use super::desk::Desk;
use super::record::Lines;
use super::scenario::Scenario;
use super::server::Peer;
use super::{Service, State};

/// What is looked into.
#[derive(Clone)]
struct Rooms {
    desk: Arc<Desk>,
    accounts: Arc<[Arc<dyn Inspect>]>,
}

/// The counts, and how much each account holds.
#[derive(Serialize)]
struct WholeState {
    #[serde(flatten)]
    state: State,
    accounts: BTreeMap<Service, BTreeMap<&'static str, usize>>,
}

impl Rooms {
    fn account(&self, provider: &str) -> Option<&Arc<dyn Inspect>> {
        self.accounts.iter().find(|account| account.service().name() == provider)
    }
}

impl FromRef<Rooms> for Arc<Desk> {
    fn from_ref(rooms: &Rooms) -> Self {
        rooms.desk.clone()
    }
}

/// The routes below `/sandbox`.
pub(super) fn routes(desk: Arc<Desk>, accounts: Arc<[Arc<dyn Inspect>]>) -> Router {
    Router::new()
        .route("/sandbox/record", get(record))
        .route("/sandbox/calls", get(calls))
        .route("/sandbox/state", get(state))
        .route("/sandbox/account/{provider}", get(account))
        .route("/sandbox/webhooks", get(webhooks))
        .route("/sandbox/statuses/{provider}", get(statuses))
        .route("/sandbox/{provider}/webhook", post(webhook))
        .route("/sandbox/{provider}/{event}", post(event))
        .route("/sandbox/wait", get(wait))
        .route("/sandbox/scenario", post(scenario))
        .route("/sandbox/hold", post(hold))
        .route("/sandbox/release", post(release))
        .layer(middleware::from_fn(from_this_computer))
        .with_state(Rooms { desk, accounts })
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

async fn webhooks(Shared(desk): Shared<Arc<Desk>>) -> Response {
    lines(Body::new(Lines::new(move |from, at_most| desk.webhooks(from, at_most))))
}

fn lines(body: Body) -> Response {
    ([(CONTENT_TYPE, "application/jsonl")], body).into_response()
}

async fn state(Shared(rooms): Shared<Rooms>) -> Json<WholeState> {
    let accounts = rooms.accounts.iter().map(|account| (account.service(), account.totals())).collect();
    Json(WholeState { state: rooms.desk.state(), accounts })
}

/// Everything that a provider's account holds.
async fn account(
    Shared(rooms): Shared<Rooms>,
    Path(provider): Path<String>,
) -> Result<Json<Value>, StatusCode> {
    rooms.account(&provider).map(|account| Json(account.whole())).ok_or(StatusCode::NOT_FOUND)
}

/// Where each of a provider's messages stands now.
async fn statuses(
    Shared(rooms): Shared<Rooms>,
    Path(provider): Path<String>,
) -> Result<Json<Vec<Value>>, StatusCode> {
    rooms.account(&provider).map(|account| Json(account.statuses())).ok_or(StatusCode::NOT_FOUND)
}

/// Where webhooks of an account go.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Address {
    url: Option<String>,
}

async fn webhook(
    Shared(rooms): Shared<Rooms>,
    Path(provider): Path<String>,
    Json(address): Json<Address>,
) -> Response {
    match rooms.account(&provider).map(|account| account.send_webhooks_to(address.url.as_deref())) {
        Some(Ok(())) => StatusCode::NO_CONTENT.into_response(),
        Some(Err(why)) => (StatusCode::UNPROCESSABLE_ENTITY, format!("{why}\n")).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Something that a person does in a provider's account.
async fn event(
    Shared(rooms): Shared<Rooms>,
    Path((provider, event)): Path<(String, String)>,
    Json(body): Json<Value>,
) -> Response {
    match rooms.account(&provider).map(|account| account.told(&event, &body)) {
        Some(Ok(told)) => Json(told).into_response(),
        Some(Err(why)) => (StatusCode::UNPROCESSABLE_ENTITY, format!("{why}\n")).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Counts to be reached, and one not to be passed any more; all of those that are given.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Reached {
    calls: u64,
    accepted: u64,
    held: u64,
    webhooks_answered: u64,
    webhooks_waiting: Option<u64>,
}

async fn wait(Shared(desk): Shared<Arc<Desk>>, Query(reached): Query<Reached>) -> Json<State> {
    let is_reached = |state: &State| {
        state.calls >= reached.calls
            && state.accepted >= reached.accepted
            && state.held >= reached.held
            && state.webhooks_answered >= reached.webhooks_answered
            && reached.webhooks_waiting.is_none_or(|most| state.webhooks_waiting <= most)
    };
    Json(desk.wait(is_reached).await)
}

async fn scenario(Shared(desk): Shared<Arc<Desk>>, text: String) -> Response {
    match Scenario::read(path::Path::new("scenario"), &text) {
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
