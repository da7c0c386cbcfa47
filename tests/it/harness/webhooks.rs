//! What the sandbox posts to the account's owner, and where its messages stand.

use serde::Deserialize;
use serde_json::{Value, json};

use super::sandbox::{Sandbox, read};

/// A post that the sandbox made: a line of `/sandbox/webhooks`.
#[derive(Debug, Clone, Deserialize)]
pub struct Posted {
    /// In which order posts were begun, from 1.
    pub n: u64,
    /// The provider's name.
    pub provider: String,
    /// Where it went, without the secret at its end.
    pub url: String,
    /// What was posted.
    pub body: String,
    /// The status, or `late`, `failed`, `elsewhere`.
    pub answered: String,
    /// Identifiers of the messages that it tells of.
    pub messages: Vec<String>,
}

/// Where a message stands at the provider.
#[derive(Debug, Clone, Deserialize)]
pub struct Standing {
    /// As the provider writes it.
    pub message_id: String,
    /// The number's digits.
    pub to: String,
    /// `accepted`, `sent`, `delivered`, `read`, `failed`.
    pub status: String,
    /// Of what has failed.
    pub code: Option<String>,
}

impl Posted {
    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        read(&self.body)
    }
}

impl Sandbox {
    /// Posts a provider's webhooks there from now on; to nobody without an address. Devino's statuses go to each
    /// message's `callbackUrl` in any case.
    #[track_caller]
    pub fn send_webhooks_to(&self, provider: &str, url: Option<&str>) {
        let body = json!({ "url": url }).to_string();
        let (status, why) = self.call("POST", &format!("/sandbox/{provider}/webhook"), &body);
        assert_eq!(status, 204, "{why}");
    }

    /// Somebody writes to a provider's account; gives what the account keeps of it.
    #[track_caller]
    pub fn hears(&self, provider: &str, from: &str, text: &str) -> Value {
        self.is_told(provider, &json!({ "from": from, "text": text }))
    }

    /// As [`Sandbox::hears`], of a message that says more: `to`, `button`, `waGroupId`.
    #[track_caller]
    pub fn is_told(&self, provider: &str, inbound: &Value) -> Value {
        let path = format!("/sandbox/{provider}/inbound");
        let (status, told) = self.call("POST", &path, &inbound.to_string());
        assert_eq!(status, 200, "{told}");
        read(&told)
    }

    /// Every post so far, in the order in which they ended.
    pub fn webhooks(&self) -> Vec<Posted> {
        let (status, lines) = self.call("GET", "/sandbox/webhooks", "");
        assert_eq!(status, 200, "{lines}");
        lines.lines().map(read).collect()
    }

    /// Where each of a provider's messages stands now.
    pub fn statuses(&self, provider: &str) -> Vec<Standing> {
        let (status, body) = self.call("GET", &format!("/sandbox/statuses/{provider}"), "");
        assert_eq!(status, 200, "{body}");
        read(&body)
    }

    /// Its counts as soon as nothing is left to be posted, or to be answered for. What is posted in vain is left.
    pub fn until_quiet(&self) -> Value {
        let (status, body) = self.call("GET", "/sandbox/wait?webhooks_waiting=0", "");
        assert_eq!(status, 200, "{body}");
        read(&body)
    }
}
