//! Where one provider's calls come in: its routes, and its account.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::{RawPathParams, Request};
use axum::routing::{MethodRouter, on};
use serde_json::Value;

use super::Service;
use super::desk::Desk;
use super::far_side::FarSide;
use super::statuses;
use super::take::take;

/// A provider's account, and the desk that decides about its calls.
#[derive(Debug)]
pub(super) struct Counter<F: FarSide> {
    pub(super) desk: Arc<Desk>,
    account: Mutex<F::Account>,
}

/// A provider that is open for calls.
pub(super) struct Open {
    pub(super) routes: Router,
    pub(super) account: Arc<dyn Inspect>,
}

/// An account as those see it who do not know its types.
pub(super) trait Inspect: Send + Sync {
    fn service(&self) -> Service;

    fn totals(&self) -> BTreeMap<&'static str, usize>;

    fn whole(&self) -> Value;

    /// Lets something happen that is no call of the owner's.
    fn told(&self, event: &str, body: &Value) -> Result<Value, String>;
}

impl<F: FarSide> Counter<F> {
    pub(super) fn open(desk: &Arc<Desk>) -> Open {
        let counter = Arc::new(Self { desk: desk.clone(), account: Mutex::default() });
        Open { routes: counter.routes(), account: counter }
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
            whole.insert("statuses".to_owned(), statuses::all::<F>(&self.desk, &courses).into());
        }
        whole
    }

    fn told(&self, event: &str, body: &Value) -> Result<Value, String> {
        let happening = self.desk.happening();
        F::told(&mut self.account(), event, body, &happening)
    }
}
