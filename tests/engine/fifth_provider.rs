//! What a fifth provider costs: its own folder with its limits file, one `mod` line and one line of the
//! registry. The folder is here, and its provider sends through the engine as it is.

#[path = "fifth_provider/pigeon.rs"]
mod pigeon;

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::routing::post;
use axum::{Json, Router};
use disparo::domain::{Channel, RunState};
use disparo::engine::Link;
use disparo::provider::transport::Transport;
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::bench::{World, channel, number};

/// Lines that a new provider adds outside of its folder: `pub mod pigeon;` and its entry in the registry.
const LINES_ELSEWHERE: usize = 2;

/// A dovecote, where a hawk takes every tenth letter.
async fn dovecote() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a dovecote");
    let address = listener.local_addr().expect("its address");
    let letters = |Json(letters): Json<Vec<Value>>| async move {
        let fly = |letter: &Value| {
            let to = letter["to"].as_str().expect("an address");
            if to.ends_with('0') {
                json!({ "lost": "hawk" })
            } else {
                json!({ "ring": format!("ring-{to}") })
            }
        };
        Json(letters.iter().map(fly).collect::<Vec<_>>())
    };
    let routes = Router::new().route("/letters", post(letters));
    tokio::spawn(async move { axum::serve(listener, routes).await });
    address
}

fn pigeons() -> Channel {
    let facts = (pigeon::ENTRY.facts)();
    let limits = facts.limits.clone().expect("its limits can be read");
    Channel {
        provider: facts.name,
        values: BTreeMap::new(),
        chunk: number(limits.call.chunk),
        most_recipients: number(limits.call.most),
        limits,
        ..channel("pigeons")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fifth_provider_is_a_folder_and_two_lines() {
    let channel = pigeons();
    let address = format!("http://{}", dovecote().await);
    let secret = SecretString::from("sunflower".to_owned());
    let transport = Transport::new(&pigeon::ENTRY, &channel, &address, secret).expect("a transport");
    let provider = (pigeon::ENTRY.open)(&channel).expect("a provider");
    let mut world = World::new("");
    world.without_record = true;
    let run = world.freeze(100, std::slice::from_ref(&channel), |_| {}).await;
    let link = Arc::new(Link::new(channel, provider, transport));
    let view = world.start_over(run, vec![link]).await.expect("no panic").expect("sent");
    assert_eq!(view.summary.state, RunState::Completed);
    assert_eq!((view.summary.tally.accepted, view.summary.tally.rejected), (90, 10));

    let code = include_str!("fifth_provider/pigeon.rs").lines().count();
    let limits = include_str!("fifth_provider/limits.toml").lines().count();
    let cost = format!("{code} lines of code, {limits} of limits, {LINES_ELSEWHERE} elsewhere");
    assert_eq!(cost, "110 lines of code, 21 of limits, 2 elsewhere", "ARCHITECTURE.md quotes it");
}
