//! What is refused, and that strangers cannot tell why.

use tokio::io::AsyncWriteExt;

use super::client::{Heard, PATH, posting, rest};
use crate::web::{Counted, Peers};

const NOT_FOUND: &str = "HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

#[tokio::test]
async fn strangers_get_one_answer_whatever_they_ask() {
    let heard = Heard::start();
    let requests = [
        posting("/webhooks/main/wrong", "one"),
        posting("/webhooks/main/", "one"),
        posting("/webhooks/main/righ", "one"),
        posting("/webhooks/main/right/", "one"),
        posting("/webhooks/other/right", "one"),
        posting("/webhooks//right", "one"),
        posting("/webhooks/%FF/right", "one"),
        posting("/webhooks", "one"),
        posting("/", "one"),
        posting("//webhooks/main/right", "one"),
        posting("/x/webhooks/main/right", "one"),
        posting(PATH, "one").replace("POST", "PUT"),
        posting(PATH, "one").replace("POST", "DELETE"),
        format!("GET {PATH} HTTP/1.1\r\nhost: h\r\n\r\n"),
        "OPTIONS * HTTP/1.1\r\nhost: h\r\n\r\n".to_owned(),
    ];
    for request in &requests {
        assert_eq!(heard.ask(request).await, NOT_FOUND, "{request}");
    }
    assert_eq!(heard.bodies(), Vec::<String>::new());
    assert_eq!(heard.finish().await, Counted { refused: requests.len() as u64, ..Counted::default() });
}

#[tokio::test]
async fn a_stranger_cannot_keep_a_connection_and_whoever_is_known_can() {
    let heard = Heard::start();
    let kept = format!("POST {PATH} HTTP/1.1\r\nhost: h\r\ncontent-length: 3\r\n\r\none");
    let strange = "GET / HTTP/1.1\r\nhost: h\r\n\r\n";
    let answers = heard.ask(&format!("{kept}{kept}{strange}{kept}")).await;
    assert_eq!(answers.matches("HTTP/1.1 ").count(), 3, "{answers}");
    assert!(answers.ends_with(NOT_FOUND), "{answers}");
    assert_eq!(heard.bodies(), ["one", "one"]);
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_however_it_is_framed() {
    let heard = Heard::start();
    let most = 1 << 20;
    let just = "a".repeat(most);
    assert!(heard.post(PATH, &just).await.starts_with("HTTP/1.1 200 "));
    let fixed = heard.post(PATH, &format!("{just}a")).await;
    assert!(fixed.starts_with("HTTP/1.1 413 ") && fixed.contains("content-length: 0\r\n"), "{fixed}");
    let chunk = "a".repeat(100_000);
    let chunks = format!("{:x}\r\n{chunk}\r\n", chunk.len()).repeat(11);
    let head =
        format!("POST {PATH} HTTP/1.1\r\nhost: h\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n");
    let chunked = heard.ask(&format!("{head}{chunks}0\r\n\r\n")).await;
    assert!(chunked.starts_with("HTTP/1.1 413 "), "{chunked}");
    let small = heard.ask(&format!("{head}3\r\none\r\n0\r\n\r\n")).await;
    assert!(small.starts_with("HTTP/1.1 200 "), "{small}");
    assert_eq!(heard.bodies(), [just, "one".to_owned()]);
    assert_eq!(heard.finish().await.refused, 2);
}

#[tokio::test]
async fn a_body_that_breaks_off_is_not_taken() {
    let heard = Heard::start();
    for request in [
        posting(PATH, "one").replace("content-length: 3", "content-length: 30"),
        format!("POST {PATH} HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n3\r\non"),
        format!(
            "POST {PATH} HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\nzz\r\none\r\n0\r\n\r\n"
        ),
    ] {
        let mut stream = heard.connect().await;
        stream.write_all(request.as_bytes()).await.expect("writable");
        stream.shutdown().await.expect("half of it can be closed");
        let answer = rest(&mut stream).await;
        assert!(!answer.contains(" 200 "), "{request}: {answer}");
    }
    assert_eq!(heard.bodies(), Vec::<String>::new());
    assert_eq!(heard.finish().await.posts, 0);
}

#[tokio::test]
async fn only_those_on_the_list_may_post_and_proxies_say_who_they_are() {
    let networks = |text: &str| vec![text.parse().expect("a network")];
    let peers = Peers { proxies: networks("127.0.0.0/8"), allow: networks("203.0.113.0/24") };
    let heard = Heard::start_with(peers, None);
    let from = |origin: &str| {
        posting(PATH, "one").replace("host: h", &format!("host: h\r\nx-forwarded-for: {origin}"))
    };
    assert!(heard.ask(&from("203.0.113.7")).await.starts_with("HTTP/1.1 200 "));
    assert_eq!(heard.ask(&from("198.51.100.1")).await, NOT_FOUND);
    assert_eq!(heard.ask(&from("203.0.113.7, 198.51.100.1")).await, NOT_FOUND);
    assert_eq!(heard.post(PATH, "one").await, NOT_FOUND, "the proxy itself is not on the list");
    // Nobody else's word is taken.
    let peers = Peers { proxies: Vec::new(), allow: networks("203.0.113.0/24") };
    let heard = Heard::start_with(peers, None);
    assert_eq!(heard.ask(&from("203.0.113.7")).await, NOT_FOUND);
}
