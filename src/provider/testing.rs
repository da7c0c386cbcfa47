//! What tests of providers are made of: channels, recipients and calls.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use super::{CallTag, Outgoing, all_facts};
use crate::domain::{
    Address, Attempt, Channel, Content, Phone, ProviderLimits, Recipient, RecipientNumber, RetryPolicy,
    RunId, Standing,
};

/// The embedded limits of a provider.
pub fn limits(provider: &str) -> Arc<ProviderLimits> {
    let facts = all_facts().into_iter().find(|facts| facts.name == provider).expect("a provider");
    facts.limits.clone().expect("readable limits")
}

/// A channel with all keys of its provider.
pub fn channel(provider: &'static str) -> Channel {
    let values = [
        ("from", "MyCompany"),
        ("tenant", "1234"),
        ("number", "5511999990000"),
        ("user", "maria@example.com"),
        ("namespace", "whatsapp:hsm:loja"),
        ("account", "9a92ea44-244c-4cda-86be-6a9e32ba8f34"),
        ("channel", "64ef5c84f9deb1326965919e"),
        ("platform", "karoochat"),
    ];
    Channel {
        name: "main".to_owned(),
        provider,
        values: values.map(|(key, value)| (key, value.to_owned())).into_iter().collect::<BTreeMap<_, _>>(),
        secret: None,
        rates: Vec::new(),
        monthly_calls: None,
        portfolio: None,
        chunk: NonZeroU32::MIN,
        most_recipients: NonZeroU32::new(32_000).expect("more than nobody"),
        in_flight: NonZeroU32::MIN,
        timeout: Duration::from_secs(30),
        retry: RetryPolicy::default(),
        base_url: "http://127.0.0.1".to_owned(),
        callback_url: None,
        webhook: Some("https://hooks.example.com".into()),
        sandbox: false,
        limits: limits(provider),
    }
}

/// The first call to recipients 0, 1, … with these messages.
pub fn outgoing(contents: Vec<Content>) -> Outgoing {
    let recipients = (0_u32..).zip(contents).map(|(number, content)| recipient(number, content)).collect();
    let tag = CallTag {
        store: "a1b2".to_owned(),
        run: RunId(7),
        attempt: Attempt::FIRST,
        campaign: "Black Friday".to_owned(),
    };
    Outgoing { tag, recipients }
}

fn recipient(number: u32, content: Content) -> Recipient {
    let phone = Phone::from_digits(&format!("55119876{:05}", 54_321 + number)).expect("a number");
    Recipient {
        number: RecipientNumber(number),
        row: u64::from(number) + 1,
        address: Address::Phone(phone),
        channel: 0,
        standing: Standing::Send,
        content,
    }
}
