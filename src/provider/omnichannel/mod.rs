//! The Cirrus omnichannel: contacts, tags and messages over WhatsApp Web, one call for each (seed 000).
//!
//! The seed shows methods of a private client library and no HTTP route, header, answer or error. **The
//! HTTP mapping here is Disparo's own**: [`routes`] is its one table, a channel's `routes` replaces any of
//! it. What the mapping takes for granted:
//!
//! - a payload travels whole as JSON, with exactly the seed's field names, where the method is POST, PUT or
//!   PATCH; where it is GET or DELETE its fields stand in the query, those of a placeholder in the path, and
//!   a list as the same name several times;
//! - `Authorization: Bearer <token>`;
//! - 200 or 201 with the object, whose id is `id` or `_id`; lists as `{"data": […], "total", "page",
//!   "limit"}` or as a bare array; 404 for what is not there, 409 for what is there already, 400 or 422 with
//!   `{"message": …}`;
//! - events come to the platform's `callbackUrl` as [`wire::webhook::Event`] has them;
//! - `quotedMessage`, of which the seed says only that it is an object, is `{"messageId": …}`.

mod account;
mod answers;
mod calls;
mod classify;
mod contacts;
mod errors;
pub mod limits;
mod look_up;
mod messages;
mod questions;
mod request;
pub mod routes;
mod tags;
mod webhook;
pub mod wire;

pub use request::{ENTRY, Omnichannel};
