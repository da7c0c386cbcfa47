//! Why a call failed, for people: one short line without addresses of people, keys or tokens.

use std::error::Error;
use std::io;
use std::time::Duration;

use crate::domain::DoubtCause;

/// Why nothing left: `no connection to api.devino.online: connection refused`.
///
/// The error's own text is never used, because it shows the whole address with the recipient's number.
#[must_use]
pub fn not_sent(error: &reqwest::Error, authority: &str, timeout: Duration) -> String {
    if error.is_timeout() {
        return format!("no connection to {authority} within {timeout:?}");
    }
    format!("no connection to {authority}: {}", root(error))
}

/// Why nobody can say what a call did that had begun to leave.
#[must_use]
pub fn doubt(error: &reqwest::Error) -> DoubtCause {
    let is_garbage = || chain(error).filter_map(|cause| cause.downcast_ref()).any(hyper::Error::is_parse);
    if error.is_timeout() {
        DoubtCause::Timeout
    } else if is_garbage() {
        DoubtCause::UnreadableReply
    } else {
        DoubtCause::ConnectionLost
    }
}

/// The innermost cause in words.
fn root(error: &reqwest::Error) -> String {
    let Some(innermost) = chain(error).skip(1).last() else { return "the request was not begun".to_owned() };
    match innermost.downcast_ref::<io::Error>() {
        // The operating system's own words carry a number: `Connection refused (os error 111)`.
        Some(error) if error.raw_os_error().is_some() => error.kind().to_string(),
        Some(_) | None => innermost.to_string(),
    }
}

fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&cause| cause.source())
}
