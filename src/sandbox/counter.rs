//! Where one provider's calls come in: its routes, and its account.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::{RawPathParams, Request};
use axum::routing::{MethodRouter, on};
use serde_json::{Value, json};

use super::Service;
use super::desk::Desk;
use super::far_side::FarSide;
use super::statuses;
use super::take::take;
use super::webhooks::{Course, Outbox, WebhookAddressError, Words, deliver};

/// What somebody does who writes to an account.
const INBOUND: &str = "inbound";

/// A provider's account, and the desk that decides about its calls.
#[derive(Debug)]
pub(super) struct Counter<F: FarSide> {
    pub(super) desk: Arc<Desk>,
    pub(super) outbox: Outbox<F>,
    account: Mutex<F::Account>,
}

/// A provider that is open for calls.
pub(super) struct Open {
    pub(super) routes: Router,
    pub(super) account: Arc<dyn Inspect>,
    /// Posts what its account's owner is to be told, for as long as it is polled.
    pub(super) posting: Pin<Box<dyn Future<Output = ()> + Send>>,
}

/// An account as those see it who do not know its types.
pub(super) trait Inspect: Send + Sync {
    fn service(&self) -> Service;

    fn totals(&self) -> BTreeMap<&'static str, usize>;

    fn whole(&self) -> Value;

    /// Lets something happen that is no call of the owner's.
    fn told(&self, event: &str, body: &Value) -> Result<Value, String>;

    /// Where each message stands.
    fn statuses(&self) -> Vec<Value>;

    /// Posts to that address from now on.
    fn send_webhooks_to(&self, address: Option<&str>) -> Result<(), WebhookAddressError>;
}

impl<F: FarSide> Counter<F> {
    pub(super) fn open(desk: &Arc<Desk>) -> Open {
        let outbox = Outbox::new(desk.posts.clone());
        let counter = Arc::new(Self { desk: desk.clone(), outbox, account: Mutex::default() });
        let posting = Box::pin(deliver(counter.clone()));
        Open { routes: counter.routes(), account: counter, posting }
    }

    /// Lets somebody answer a message, and posts it.
    pub(super) fn let_answer(&self, course: &Arc<Course<F::About>>, words: Words) {
        let happening = self.desk.answering(course.number);
        let body = json!({
            "from": course.to.in_full(), "text": words.text(), "to": F::answered(course),
            "button": words == Words::NoMoreTapped,
        });
        // What cannot happen, a message to a channel that is none, is not told.
        if let Ok(told) = F::told(&mut self.account(), INBOUND, &body, &happening) {
            self.outbox.hear(told, &happening, Some(course.clone()), self.desk.clock.tick());
        }
        self.desk.posts.forget(1);
        self.desk.tell();
    }

    /// Taken after the desk's own lock, never before it.
    pub(super) fn account(&self) -> MutexGuard<'_, F::Account> {
        self.account.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn routes(self: &Arc<Self>) -> Router {
        let mut paths = BTreeMap::<&str, MethodRouter>::new();
        for (method, path, call) in F::routes() {
            let counter = self.clone();
            let handler = on(method, move |parameters: RawPathParams, request: Request| {
                take(counter.clone(), call, parameters, request)
            });
            let before = paths.remove(path).unwrap_or_default();
            paths.insert(path, before.merge(handler));
        }
        paths.into_iter().fold(Router::new(), |router, (path, methods)| router.route(path, methods))
    }
}

impl<F: FarSide> Inspect for Counter<F> {
    fn service(&self) -> Service {
        F::SERVICE
    }

    fn totals(&self) -> BTreeMap<&'static str, usize> {
        F::totals(&self.account()).into_iter().collect()
    }

    fn whole(&self) -> Value {
        let courses = self.desk.courses();
        let mut whole = F::inspect(&self.account(), &courses);
        if let Value::Object(whole) = &mut whole {
            whole.insert("statuses".to_owned(), self.statuses().into());
        }
        whole
    }

    fn told(&self, event: &str, body: &Value) -> Result<Value, String> {
        let happening = self.desk.happening();
        let told = F::told(&mut self.account(), event, body, &happening)?;
        if event == INBOUND {
            self.outbox.hear(told.clone(), &happening, None, self.desk.clock.tick());
            self.desk.tell();
        }
        Ok(told)
    }

    fn statuses(&self) -> Vec<Value> {
        statuses::all::<F>(&self.desk, &self.desk.courses())
    }

    fn send_webhooks_to(&self, address: Option<&str>) -> Result<(), WebhookAddressError> {
        self.outbox.set_address(address)
    }
}
