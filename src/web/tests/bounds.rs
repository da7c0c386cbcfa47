//! Floods and the slow: whatever comes, what it costs is bounded.

use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::client::{Heard, PATH, next, posting, rest};
use crate::web::answer::BODY_TIME;
use crate::web::connection::{HEAD_TIME, IDLE_TIME};
use crate::web::desk::HELD;
use crate::web::listener::MOST;

/// Moves the clock on until the other side has said everything.
async fn pass_until_closed(heard: &Heard, stream: &mut TcpStream, step: Duration) -> String {
    let mut closed = std::pin::pin!(rest(stream));
    loop {
        tokio::select! {
            biased;
            answer = &mut closed => return answer,
            // The listener may not have seen the connection yet.
            () = tokio::task::yield_now() => heard.clock.advance(step),
        }
    }
}

#[tokio::test]
async fn a_head_that_never_ends_is_not_waited_for() {
    let heard = Heard::start();
    let mut stream = heard.connect().await;
    stream.write_all(b"POST /webhooks/main/right HTTP/1.1\r\nhost: h\r\nx-slow: ").await.expect("writable");
    assert_eq!(pass_until_closed(&heard, &mut stream, HEAD_TIME).await, "");
}

#[tokio::test]
async fn an_idle_connection_stays_for_a_while() {
    let heard = Heard::start();
    let mut stream = heard.connect().await;
    let request = posting(PATH, "one").replace("connection: close\r\n", "");
    for wait in [Duration::ZERO, IDLE_TIME - Duration::from_secs(1)] {
        heard.clock.advance(wait);
        stream.write_all(request.as_bytes()).await.expect("writable");
        assert!(next(&mut stream).await.starts_with("HTTP/1.1 200 "));
    }
    assert_eq!(pass_until_closed(&heard, &mut stream, IDLE_TIME).await, "");
    assert_eq!(heard.bodies(), ["one", "one"]);
}

#[tokio::test]
async fn a_body_that_never_ends_is_not_waited_for() {
    let heard = Heard::start();
    let mut stream = heard.connect().await;
    let head =
        format!("POST {PATH} HTTP/1.1\r\nhost: h\r\nexpect: 100-continue\r\ncontent-length: 30\r\n\r\n");
    stream.write_all(head.as_bytes()).await.expect("writable");
    assert!(next(&mut stream).await.starts_with("HTTP/1.1 100 "));
    stream.write_all(b"one").await.expect("writable");
    let answer = pass_until_closed(&heard, &mut stream, BODY_TIME).await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert_eq!(heard.bodies(), Vec::<String>::new());
    assert_eq!(heard.finish().await.refused, 1);
}

#[tokio::test]
async fn heads_are_bounded() {
    let heard = Heard::start();
    let many: String = (0..65).map(|n| format!("x-{n}: a\r\n")).collect();
    let long = format!("x-long: {}\r\n", "a".repeat(10_000));
    for headers in [many, long] {
        let request = posting(PATH, "one").replace("host: h\r\n", &format!("host: h\r\n{headers}"));
        let answer = heard.ask(&request).await;
        assert!(answer.starts_with("HTTP/1.1 431 ") || answer.is_empty(), "{answer}");
    }
    assert_eq!(heard.bodies(), Vec::<String>::new());
}

#[tokio::test]
async fn a_flood_is_told_to_come_back_while_what_came_is_kept() {
    let heard = Heard::start();
    heard.hold();
    let mut waiting = Vec::new();
    for _ in 0..MOST {
        let mut stream = heard.connect().await;
        stream.write_all(posting(PATH, "one").as_bytes()).await.expect("writable");
        waiting.push(stream);
    }
    let answer = heard.post(PATH, "two").await;
    assert!(answer.starts_with("HTTP/1.1 503 ") && answer.contains("retry-after: 5\r\n"), "{answer}");
    heard.release();
    for mut stream in waiting {
        assert!(rest(&mut stream).await.starts_with("HTTP/1.1 200 "));
    }
    assert!(heard.post(PATH, "three").await.starts_with("HTTP/1.1 200 "));
    let counted = heard.finish().await;
    assert_eq!((counted.posts, counted.unavailable), (MOST as u64 + 1, 1));
}

#[tokio::test]
async fn no_more_bodies_are_held_than_there_is_memory_for() {
    let heard = Heard::start();
    heard.hold();
    let large = "a".repeat(1 << 20);
    let mut waiting = Vec::new();
    for _ in 0..HELD / large.len() {
        let mut stream = heard.connect().await;
        let head = posting(PATH, &large).replace("host: h", "host: h\r\nexpect: 100-continue");
        let (head, _) = head.split_once("\r\n\r\n").expect("a head");
        stream.write_all(format!("{head}\r\n\r\n").as_bytes()).await.expect("writable");
        // From here on its room is taken.
        assert!(next(&mut stream).await.starts_with("HTTP/1.1 100 "));
        waiting.push(stream);
    }
    let answer = heard.post(PATH, "one more").await;
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    heard.release();
    for mut stream in waiting {
        stream.write_all(large.as_bytes()).await.expect("writable");
        assert!(rest(&mut stream).await.starts_with("HTTP/1.1 200 "));
    }
    // The room is given back.
    assert!(heard.post(PATH, "one more").await.starts_with("HTTP/1.1 200 "));
    assert_eq!(heard.finish().await.unavailable, 1);
}
