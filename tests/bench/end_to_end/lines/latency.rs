//! Calls a second to a far side that takes 10 ms for each, beside oha, which sends the same bytes again and again.

use std::fs;
use std::time::Duration;

use crate::bench::{Bench, per_second};
use crate::far_side::FarSide;
use crate::reference::{Load, References};
use crate::table::Table;
use crate::workspace::{Sending, Workspace};

const WHAT: &str = "10 ms of latency, 32 at once";

/// See the module.
pub fn measure(bench: &Bench, table: &mut Table) {
    let (chunk, calls) = (100, bench.size(20_000, 20));
    let rate_of = |act: &mut dyn FnMut(&FarSide)| {
        let far_side = FarSide::lean(bench, Duration::from_millis(10));
        act(&far_side);
        let state = far_side.state();
        (state.calls as f64 - 1.0) / ((state.last - state.first).max(1) as f64 / 1e6)
    };
    let workspace = Workspace::new(bench, calls * chunk, Sending::fast("http://127.0.0.1:9", chunk));
    let ours = || {
        rate_of(&mut |far_side| {
            let base_url = far_side.base_url();
            workspace.sends(Sending::fast(&base_url, chunk));
            workspace.send();
        })
    };
    let oha = match &bench.references.oha {
        Ok(oha) => oha,
        Err(why) => return table.absent(WHAT, &format!("{} calls alone; {why}", per_second(ours()))),
    };
    let bodies = workspace.folder().join("body.json");
    fs::write(&bodies, body(chunk)).expect("a writable folder");
    let reference = || {
        rate_of(&mut |far_side| {
            let url = far_side.messages_url();
            References::oha(oha, &Load { url: &url, requests: calls, at_once: 32, bodies: &bodies });
        })
    };
    let (ours, theirs, ratio) = bench.pairs(ours, reference);
    table.ratio(
        WHAT,
        format!("{} calls", per_second(ours)),
        format!("oha {}", per_second(theirs)),
        ratio,
        0.95,
    );
}

/// As long as a call of ours.
fn body(chunk: u64) -> String {
    let message = |number: u64| {
        serde_json::json!({
            "from": "Loja",
            "to": format!("55119{:08}", 80_000_000 + number),
            "text": format!("Oi Gabriela, o pedido {number:07} saiu para Belo Horizonte."),
            "callbackData": "a1b2c3d4.1.1234567.1",
        })
    };
    let messages: Vec<_> = (0..chunk).map(message).collect();
    format!("{}\n", serde_json::json!({ "messages": messages }))
}
