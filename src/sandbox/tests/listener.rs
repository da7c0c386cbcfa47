//! Somebody who takes what the sandbox posts.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use super::bench::LOOPBACK;

/// Answers 200 with nothing, or as it is told.
pub struct Listener {
    url: String,
    taken: Arc<Taken>,
    serving: JoinHandle<()>,
}

#[derive(Default)]
struct Taken {
    bodies: Mutex<Vec<String>>,
    /// Statuses of the next answers; 0 for none, ever.
    answers: Mutex<VecDeque<u16>>,
    came: Notify,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Listener {
    pub async fn start() -> Self {
        let taken = Arc::new(Taken::default());
        let listener = TcpListener::bind(LOOPBACK).await.expect("a port");
        let url = format!("http://{}/webhooks/channel/secret", listener.local_addr().expect("an address"));
        let routes = Router::new().route("/webhooks/channel/secret", post(take)).with_state(taken.clone());
        let serving = tokio::spawn(async move { axum::serve(listener, routes).await.expect("a server") });
        Self { url, taken, serving }
    }

    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// What has come, in its order.
    pub fn bodies(&self) -> Vec<String> {
        locked(&self.taken.bodies).clone()
    }

    /// The next posts are answered so; 0 for never.
    pub fn answer(&self, statuses: &[u16]) {
        locked(&self.taken.answers).extend(statuses);
    }

    /// As soon as so many posts have come.
    pub async fn until(&self, posts: usize) {
        loop {
            let came = self.taken.came.notified();
            if locked(&self.taken.bodies).len() >= posts {
                return;
            }
            came.await;
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn take(State(taken): State<Arc<Taken>>, body: String) -> StatusCode {
    locked(&taken.bodies).push(body);
    let answer = locked(&taken.answers).pop_front().unwrap_or(200);
    taken.came.notify_waiters();
    if answer == 0 {
        std::future::pending::<()>().await;
    }
    StatusCode::from_u16(answer).expect("a status")
}
