//! Where is posted to: this computer alone.

use std::net::IpAddr;

use axum::http::Uri;
use axum::http::uri::Scheme;
use thiserror::Error;

/// Why the sandbox posts nothing to an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum WebhookAddressError {
    /// It is no address at all.
    #[error("the webhook's address is not an address; write http://127.0.0.1:PORT/PATH")]
    Unreadable,
    /// It is not plain HTTP.
    #[error("the sandbox posts by plain HTTP alone; write http://127.0.0.1:PORT/PATH")]
    NotPlain,
    /// It is another computer's.
    #[error(
        "the sandbox posts to this computer alone, because nothing of a rehearsal leaves it; write http://127.0.0.1:PORT/PATH"
    )]
    Elsewhere,
    /// No such provider is simulated.
    #[error("the sandbox does not simulate that provider")]
    UnknownProvider,
}

/// The address, if it is one that the sandbox posts to.
pub(super) fn of_this_computer(written: &str) -> Result<Uri, WebhookAddressError> {
    let address: Uri = written.parse().map_err(|_| WebhookAddressError::Unreadable)?;
    let host = address.host().ok_or(WebhookAddressError::Unreadable)?;
    if address.scheme() != Some(&Scheme::HTTP) {
        return Err(WebhookAddressError::NotPlain);
    }
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let is_here = host.eq_ignore_ascii_case("localhost")
        || bare.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback());
    if is_here { Ok(address) } else { Err(WebhookAddressError::Elsewhere) }
}

/// The address as it may be shown: its last segment is a secret.
pub(super) fn without_secret(written: &str) -> String {
    let bare = written.split(['?', '#']).next().unwrap_or_default();
    let path = bare.find("://").map_or(0, |scheme| scheme + 3);
    match bare.rfind('/').filter(|last| *last > path) {
        Some(last) => bare[..last].to_owned(),
        None => bare.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_computer_is_posted_to() {
        use WebhookAddressError::{Elsewhere, NotPlain, Unreadable};
        for (written, expected) in [
            ("http://127.0.0.1:9/webhooks/a/s", Ok(())),
            ("http://localhost/x", Ok(())),
            ("http://[::1]:80/x", Ok(())),
            ("http://127.9.9.9", Ok(())),
            ("https://127.0.0.1/x", Err(NotPlain)),
            ("ftp://127.0.0.1/x", Err(NotPlain)),
            ("http://10.0.0.1/x", Err(Elsewhere)),
            ("http://localhost.example/x", Err(Elsewhere)),
            ("/only/a/path", Err(Unreadable)),
            ("two words", Err(Unreadable)),
        ] {
            assert_eq!(of_this_computer(written).map(drop), expected, "{written}");
        }
    }

    #[test]
    fn the_secret_is_not_shown() {
        for (written, shown) in [
            ("http://127.0.0.1:9/webhooks/a/s", "http://127.0.0.1:9/webhooks/a"),
            ("http://127.0.0.1:9/webhooks/a/s?key=k/k", "http://127.0.0.1:9/webhooks/a"),
            ("http://127.0.0.1:9/", "http://127.0.0.1:9"),
            ("http://127.0.0.1:9", "http://127.0.0.1:9"),
        ] {
            assert_eq!(without_secret(written), shown);
        }
    }
}
