//! What the sandbox posts, written by the seeds, is heard by the providers, which read it by types of their own.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::routing::post;
use disparo::clock::SystemClock;
use disparo::domain::{Channel, Heard, Milestone, News, Receipt};
use disparo::provider;
use disparo::sandbox::{Sandbox, Scenario};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::bench::{channel, limits, number};

const ONE: &str = "5511987654321";
const TAG: &str = "a1b2.7.41.1";
/// Each goes through every step, is read, and is answered with a wish for no more.
const SCENARIO: &str = "[statuses]\nafter = \"1ms\"\n[webhooks]\nopt_outs = \"100%\"";

/// Somebody who takes everything.
async fn taker() -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
    let address = listener.local_addr().expect("bound");
    let routes = Router::new().route("/take", post(|_: String| async {}));
    tokio::spawn(async move { axum::serve(listener, routes).await });
    format!("http://{address}/take")
}

/// A way of sending to somebody who is reached and to somebody who is not: where, with which headers, and what.
struct Sending {
    provider: &'static str,
    path: &'static str,
    headers: &'static [(&'static str, &'static str)],
    body: fn(&str) -> Value,
    /// Whom a message reaches only to fail.
    failing: Option<&'static str>,
}

const SENDINGS: [Sending; 4] = [
    Sending {
        provider: "devino",
        path: "/whatsapp/messages",
        headers: &[("authorization", "Key k")],
        body: |address| {
            let message = |to: &str| json!({ "from": "MyCompany", "to": to, "text": "Oi", "callbackUrl": address, "callbackData": TAG });
            json!({ "messages": [message(ONE), message("5599900002305")] })
        },
        failing: Some("5599900002305"),
    },
    Sending {
        provider: "wati",
        path: "/api/ext/v3/messageTemplates/send",
        headers: &[("authorization", "Bearer t")],
        body: |_| {
            let recipient =
                |to: &str| json!({ "phone_number": to, "local_message_id": TAG, "custom_params": [] });
            json!({
                "template_name": "promo", "broadcast_name": "b", "channel": "5511999990000",
                "recipients": [recipient(ONE), recipient("5599900001026")],
            })
        },
        failing: Some("5599900001026"),
    },
    Sending {
        provider: "sinch",
        path: "/v1/whatsapp/send",
        headers: &[("userName", "m"), ("authenticationToken", "t")],
        body: |_| {
            let destination = |to: &str| json!({ "destination": to, "correlationId": TAG });
            json!({
                "destinations": [destination(ONE), destination("5599900000104")],
                "message": { "messageText": "Oi" },
            })
        },
        failing: Some("5599900000104"),
    },
    Sending {
        provider: "omnichannel",
        path: "/messages/proactive",
        headers: &[("authorization", "Bearer t")],
        body: |_| json!({ "channelId": "c", "recipientNumber": ONE, "platform": "p", "text": "Oi" }),
        failing: None,
    },
];

fn channel_of(provider: &'static str) -> Channel {
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
    let values: BTreeMap<_, _> = values.map(|(key, value)| (key, value.to_owned())).into();
    // Wati has one person in a call where nothing else is said.
    Channel { provider, values, chunk: number(1), limits: limits(provider), ..channel("main") }
}

/// The identifiers of accepted messages by number, and everything that is heard.
async fn heard(sending: &Sending) -> (BTreeMap<String, String>, Vec<Heard>) {
    let scenario = Scenario::read(Path::new("scenario.toml"), SCENARIO).expect("a scenario");
    let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let sandbox = Sandbox::start(listen, scenario, Arc::new(SystemClock::new())).expect("a sandbox");
    let address = taker().await;
    sandbox.send_webhooks_to(sending.provider, Some(&address)).expect("an address");
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let mut request = client.post(format!("{}{}", sandbox.base_url(), sending.path));
    for (name, value) in sending.headers {
        request = request.header(*name, *value);
    }
    let request = request.header("content-type", "application/json");
    let answer = request.body((sending.body)(&address).to_string()).send().await.expect("an answer");
    assert!(answer.status().is_success(), "{}", answer.status());
    let record = sandbox.record();
    record.wait(|state| state.webhooks_waiting == 0).await;
    let provider = provider::open(&channel_of(sending.provider)).expect("a provider");
    let hear =
        |body: String| provider.hear(body.as_bytes()).unwrap_or_else(|error| panic!("{error:?}: {body}"));
    let heard = record.webhooks().into_iter().flat_map(|post| hear(post.body)).collect();
    let accepted = record.accepted();
    (accepted.iter().map(|one| (one.to.in_full(), one.message_id())).collect(), heard)
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_is_posted_is_heard_as_it_is_meant() {
    drop(rustls::crypto::ring::default_provider().install_default());
    for sending in &SENDINGS {
        let provider = sending.provider;
        let (ids, heard) = heard(sending).await;
        let receipts = |to: &str| -> Vec<&Receipt> {
            let id = &ids[to];
            let is_of = |receipt: &&Receipt| receipt.ids.iter().any(|known| known.to_string() == *id);
            let all = heard.iter().filter_map(|one| match one {
                Heard::Receipt(receipt) => Some(receipt),
                Heard::Inbound(_) => None,
            });
            all.filter(is_of).collect()
        };
        let milestones: BTreeSet<Milestone> = receipts(ONE)
            .iter()
            .filter_map(|receipt| match receipt.news {
                News::Reached(milestone) => Some(milestone),
                _ => None,
            })
            .collect();
        for expected in [Milestone::Sent, Milestone::Delivered, Milestone::Read] {
            assert!(milestones.contains(&expected), "{provider}: {milestones:?}");
        }
        assert!(!receipts(ONE).iter().any(|one| matches!(one.news, News::Failed(_))), "{provider}");
        if let Some(failing) = sending.failing {
            let failures = receipts(failing);
            assert!(
                failures.iter().any(|one| matches!(one.news, News::Failed(_))),
                "{provider}: {failures:?}"
            );
            let tagged = |one: &&Receipt| one.correlation.as_ref().is_some_and(|tag| tag.to_string() == TAG);
            assert!(failures.iter().any(tagged), "{provider}: {failures:?}");
        }
        let wishes: Vec<_> = heard
            .iter()
            .filter_map(|one| match one {
                Heard::Inbound(inbound) => Some(inbound),
                Heard::Receipt(_) => None,
            })
            .collect();
        let [wish] = wishes.as_slice() else { panic!("{provider}: one wish: {wishes:?}") };
        assert_eq!(wish.from.digits(), ONE, "{provider}");
        let text = wish.text.as_deref().unwrap_or_default();
        assert!(text.eq_ignore_ascii_case("sair"), "{provider}: {wish:?}");
    }
}
