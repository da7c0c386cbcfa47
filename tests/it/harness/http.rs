//! Requests to the sandbox's own controls, one after the other.

use std::sync::Once;

use reqwest::Client;
use tokio::runtime::{Builder, Runtime};

/// A client for one address.
pub struct Controls {
    base_url: String,
    client: Client,
    runtime: Runtime,
}

impl Controls {
    /// A client for `base_url`, which has no trailing slash.
    pub fn of(base_url: &str) -> Self {
        static PROVIDER: Once = Once::new();
        PROVIDER.call_once(|| {
            let ring = rustls::crypto::ring::default_provider();
            ring.install_default().expect("no other provider is installed");
        });
        let client = Client::builder().no_proxy().build().expect("a plain client");
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        Self { base_url: base_url.to_owned(), client, runtime }
    }

    /// The body of a GET, which must succeed.
    pub fn get(&self, path: &str) -> String {
        let request = self.client.get(format!("{}{path}", self.base_url));
        self.body_of(path, request)
    }

    /// The body of a POST, which must succeed.
    pub fn post(&self, path: &str, body: &str) -> String {
        let request = self.client.post(format!("{}{path}", self.base_url)).body(body.to_owned());
        self.body_of(path, request)
    }

    /// Any other request, with a token and a JSON body unless that is empty: the status, and the body.
    pub fn call(&self, method: &str, path: &str, body: impl AsRef<[u8]>) -> (u16, String) {
        let body = body.as_ref();
        let method = method.parse().unwrap_or_else(|error| panic!("{method}: {error}"));
        let url = format!("{}{path}", self.base_url);
        let mut request = self.client.request(method, url).header("authorization", "Bearer sandbox-token");
        if !body.is_empty() {
            request = request.header("content-type", "application/json").body(body.to_vec());
        }
        self.runtime.block_on(async {
            let answer = request.send().await.unwrap_or_else(|error| panic!("{path}: {error}"));
            let status = answer.status().as_u16();
            (status, answer.text().await.unwrap_or_else(|error| panic!("{path}: {error}")))
        })
    }

    fn body_of(&self, path: &str, request: reqwest::RequestBuilder) -> String {
        self.runtime.block_on(async {
            let answer = request.send().await.unwrap_or_else(|error| panic!("{path}: {error}"));
            let status = answer.status();
            let body = answer.text().await.unwrap_or_else(|error| panic!("{path}: {error}"));
            assert!(status.is_success(), "the sandbox answered {path} with {status}: {body}");
            body
        })
    }
}
