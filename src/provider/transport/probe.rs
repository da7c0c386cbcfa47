//! Asking after a file's address before anything is planned: what it is and how long, by HEAD.
//!
//! It knows no channel and no secret: the file may be anybody's.

use std::time::Duration;

use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderName};
use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use thiserror::Error;

use super::{USER_AGENT, tls};

/// How long a file's server may take to answer.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Redirects followed: addresses of files are often short links.
const REDIRECTS: usize = 5;

/// What is known of a file without fetching it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Probe {
    /// Its server answered with success.
    Reached {
        /// The MIME type, as the server gives it.
        content_type: Option<String>,
        /// Bytes.
        length: Option<u64>,
    },
    /// Nothing is known: no answer, or one without success. The provider may still reach it.
    Unreached {
        /// For people: `HTTP status 404`.
        cause: String,
    },
}

/// Why nothing can be asked after on this machine.
#[derive(Debug, Error)]
pub enum ProbeError {
    /// TLS cannot be used.
    #[error("cannot set up TLS with this machine's certificates: {0}")]
    Tls(#[from] rustls::Error),
    /// The HTTP client cannot be made.
    #[error("cannot set up the HTTP client: {0}")]
    Client(#[from] reqwest::Error),
}

/// Asks after files.
#[derive(Debug)]
pub struct Prober {
    client: Client,
}

impl Prober {
    /// Ready to ask.
    ///
    /// # Errors
    /// When TLS or the HTTP client cannot be set up.
    pub fn new() -> Result<Self, ProbeError> {
        let client = Client::builder()
            .tls_backend_preconfigured(tls(true)?)
            .http1_only()
            .redirect(Policy::limited(REDIRECTS))
            .retry(reqwest::retry::never())
            .referer(false)
            .no_proxy()
            .timeout(TIMEOUT)
            .user_agent(USER_AGENT)
            .build()?;
        Ok(Self { client })
    }

    /// Asks after the file at an http or https address, for five seconds and over five redirects at most.
    pub async fn probe(&self, address: &str) -> Probe {
        match self.client.head(address).send().await {
            Ok(answer) if answer.status().is_success() => Probe::Reached {
                content_type: header(&answer, &CONTENT_TYPE),
                length: header(&answer, &CONTENT_LENGTH).and_then(|length| length.parse().ok()),
            },
            Ok(answer) => Probe::Unreached { cause: format!("HTTP status {}", answer.status().as_u16()) },
            Err(error) if error.is_timeout() => {
                Probe::Unreached { cause: format!("no answer within {} s", TIMEOUT.as_secs()) }
            }
            Err(error) if error.is_redirect() => {
                Probe::Unreached { cause: format!("more than {REDIRECTS} redirects") }
            }
            Err(error) if error.is_connect() => Probe::Unreached { cause: "no connection".to_owned() },
            Err(_) => Probe::Unreached { cause: "no readable answer".to_owned() },
        }
    }
}

fn header(answer: &Response, name: &HeaderName) -> Option<String> {
    answer.headers().get(name)?.to_str().ok().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::http::{HeaderMap, StatusCode};
    use axum::response::{IntoResponse, Redirect};
    use axum::routing::get;
    use tokio::net::TcpListener;

    use super::*;

    /// A server of files, which has nothing for whoever shows a secret.
    async fn server() -> String {
        let file = |headers: HeaderMap| async move {
            if headers.contains_key("authorization") {
                return StatusCode::FORBIDDEN.into_response();
            }
            ([("content-type", "image/png")], vec![0_u8; 1_234]).into_response()
        };
        let router = Router::new()
            .route("/promo.png", get(file))
            .route("/short", get(|| async { Redirect::temporary("/promo.png") }))
            .route("/round", get(|| async { Redirect::temporary("/round") }));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        tokio::spawn(async move { axum::serve(listener, router).await });
        format!("http://{address}")
    }

    #[tokio::test]
    async fn a_file_is_known_by_its_head() {
        let base = server().await;
        let prober = Prober::new().expect("a client");
        let unreached = |cause: &str| Probe::Unreached { cause: cause.to_owned() };
        let reached = || Probe::Reached { content_type: Some("image/png".to_owned()), length: Some(1_234) };
        assert_eq!(prober.probe(&format!("{base}/promo.png")).await, reached());
        assert_eq!(prober.probe(&format!("{base}/short")).await, reached());
        assert_eq!(prober.probe(&format!("{base}/round")).await, unreached("more than 5 redirects"));
        assert_eq!(prober.probe(&format!("{base}/none.png")).await, unreached("HTTP status 404"));
        assert_eq!(prober.probe("http://127.0.0.1:1/f.png").await, unreached("no connection"));
    }
}
