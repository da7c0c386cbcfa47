//! The listener for webhooks: what providers post is taken here, or refused without a word.
//!
//! There is one route, `POST /webhooks/{channel}/{secret}`. Everything else (another path or method, an
//! unknown channel, a wrong secret, an asker who is not on the allow-list) is answered 404, all alike and with
//! an empty body, so that nobody learns what is here. A post is answered 200 only when whoever takes bodies
//! says that they are kept.
//!
//! Nothing that strangers do costs much: connections, heads, bodies, the memory that bodies hold, and the time
//! that all of them take are bounded, and beyond the bounds the answer is 503 or none.
//!
//! What operators ask (metrics, health, readiness) has an address of its own, see [`Panel`]: behind a proxy that
//! passes everything on, all requests come from this machine, and nothing tells its owner's from a stranger's.
//!
//! The room knows neither the journal nor what bodies mean: it is handed closures (see [`Desk`]).

mod answer;
mod body;
mod connection;
mod counts;
mod desk;
mod error;
mod listener;
mod panel;
mod peers;
mod tls;

#[cfg(test)]
mod tests;

pub use answer::{Answer, Answerer};
pub use counts::{Counted, Counts};
pub use desk::{Desk, Taken};
pub use error::ListenError;
pub use listener::Listener;
pub use panel::{Panel, Shown, Sight};
pub use peers::Peers;
pub use tls::Tls;
