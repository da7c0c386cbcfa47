//! The form of `Authorization` headers: any credential of the right form is accepted.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// `Key K`, or `Basic` with the Base64 form of `login:password` (providers.md §1.2).
pub(super) fn is_devino(authorization: &str) -> bool {
    let is_login = |encoded: &str| {
        let decoded = STANDARD.decode(encoded).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        decoded.is_some_and(|text| {
            text.split_once(':').is_some_and(|(login, password)| !login.is_empty() && !password.is_empty())
        })
    };
    match authorization.split_once(' ') {
        Some(("Key", key)) => is_token(key),
        Some(("Basic", encoded)) => is_login(encoded),
        _ => false,
    }
}

/// `Bearer T` (providers.md §3.2). A token pasted with its own `Bearer ` makes two, which Wati refuses.
pub(super) fn is_wati(authorization: &str) -> bool {
    is_bearer(authorization)
}

/// `Bearer T`.
pub(super) fn is_bearer(authorization: &str) -> bool {
    authorization.strip_prefix("Bearer ").is_some_and(is_token)
}

/// A user's name or e-mail address, and a token (seed 001).
pub(super) fn is_sinch(user: &str, token: &str) -> bool {
    is_token(user) && is_token(token)
}

fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_form_is_accepted() {
        for (authorization, devino, wati) in [
            ("Key QWxhZGRpbjpvcGVuIHNlc2FtZQ==", true, false),
            ("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", true, false),
            ("Bearer eyJhbGciOi.J9-_", false, true),
            ("Key ", false, false),
            ("Key two words", false, false),
            ("QWxhZGRpbjpvcGVuIHNlc2FtZQ==", false, false),
            ("Basic not-base64!", false, false),
            // No colon inside.
            ("Basic QWxhZGRpbg==", false, false),
            ("Bearer Bearer token", false, false),
            ("Bearer", false, false),
            ("", false, false),
        ] {
            assert_eq!((is_devino(authorization), is_wati(authorization)), (devino, wati), "{authorization}");
        }
    }
}
