//! What a call comes to when the other side behaves in every wrong way, against real sockets.

mod look_up;

use std::net::SocketAddr;

use rustls::crypto::ring;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::*;
use crate::domain::{Attempt, ChunkRecipients, Content, MessageId, RecipientNumber, RunId, Verdict};
use crate::provider::{entry, open, testing};

const OK: &str = r#"{"result":[{"code":"OK","messageId":"1"},{"code":"OK","messageId":"2"}]}"#;

/// What a provider does with one connection.
#[derive(Debug, Clone)]
enum Peer {
    /// Closes it at once.
    Close,
    /// Speaks another protocol, which greets first, then closes.
    Greet,
    /// Reads the head, then closes.
    CloseAfterHead,
    /// Reads the whole request, then closes.
    CloseAfterBody,
    /// Reads the whole request, writes these bytes, then closes.
    Answer(Vec<u8>),
    /// Reads the whole request and says nothing.
    Silent,
    /// Answers the first request, then closes; serves the next connection likewise.
    AnswerAndClose,
}

fn answer(status: &str, headers: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

/// Reads one request; gives its bytes.
async fn read_request(stream: &mut TcpStream, whole: bool) -> Vec<u8> {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let head_end = request.windows(4).position(|window| window == b"\r\n\r\n");
        if let Some(end) = head_end {
            let head = String::from_utf8_lossy(&request[..end]).to_lowercase();
            let length = head.split("content-length: ").nth(1).unwrap_or("0");
            let length: usize = length.lines().next().expect("a line").parse().expect("a number");
            if !whole || request.len() >= end + 4 + length {
                return request;
            }
        }
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return request,
            Ok(count) => request.extend_from_slice(&buffer[..count]),
        }
    }
}

/// Starts the peer; the task gives the bytes of all requests when it is aborted or done.
async fn start(peer: Peer) -> (SocketAddr, JoinHandle<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let task = tokio::spawn(async move {
        let mut kept = Vec::new();
        loop {
            let (mut stream, _) = listener.accept().await.expect("a connection");
            let request = match &peer {
                Peer::Close | Peer::Greet => Vec::new(),
                Peer::CloseAfterHead => read_request(&mut stream, false).await,
                _ => read_request(&mut stream, true).await,
            };
            match &peer {
                Peer::Answer(bytes) => {
                    // The client may have closed already, having seen enough.
                    let _ = stream.write_all(bytes).await;
                    let _ = stream.shutdown().await;
                }
                Peer::AnswerAndClose => {
                    stream.write_all(&answer("200 OK", "", OK)).await.expect("written");
                    let _ = stream.shutdown().await;
                    continue;
                }
                Peer::Greet => stream.write_all(b"220 smtp.example.com\r\n").await.expect("written"),
                Peer::Silent => kept.push(stream),
                Peer::Close | Peer::CloseAfterHead | Peer::CloseAfterBody => drop(stream),
            }
            if !matches!(peer, Peer::Silent) {
                return request;
            }
        }
    });
    (address, task)
}

fn transport(base_url: &str, timeout: Duration) -> Transport {
    let mut channel = testing::channel("devino");
    channel.timeout = timeout;
    Transport::new(entry(&channel).expect("known"), &channel, base_url, SecretString::from("s3cret"))
        .expect("a transport")
}

fn outgoing() -> Outgoing {
    testing::outgoing(["Oi, Ana!", "Oi, Bia!"].map(|text| Content::Text { text: text.to_owned() }).to_vec())
}

fn permit(recipients: &[u32]) -> Permit {
    let numbers = recipients.iter().copied().map(RecipientNumber).collect();
    Permit::for_test(RunId(7), Attempt::FIRST, ChunkRecipients::new(numbers).expect("not empty"))
}

async fn send(transport: &Transport) -> Reply {
    let provider = open(&testing::channel("devino")).expect("a provider");
    let (spent, reply) = transport.send(permit(&[0, 1]), provider.as_ref(), &outgoing(), Ok(None)).await;
    assert_eq!(spent.intent().run(), RunId(7));
    reply
}

/// The reply to a call to such a peer, and what the peer was sent.
async fn call(peer: Peer) -> (Reply, Vec<u8>) {
    let (address, task) = start(peer).await;
    let reply = send(&transport(&format!("http://{address}"), Duration::from_secs(20))).await;
    (reply, task.await.expect("the peer"))
}

fn cause(reply: Reply) -> String {
    match reply {
        Reply { verdicts: Verdicts::All(Verdict::Unsent), signal: Signal::NotSent { cause } } => cause,
        other => panic!("{other:?}"),
    }
}

fn accepted() -> Reply {
    let verdict = |id| Verdict::Accepted { id: Some(MessageId::Number(id)) };
    Reply::answered(vec![verdict(1), verdict(2)])
}

#[tokio::test]
async fn a_request_carries_all_that_was_asked_for_and_no_more() {
    let (reply, request) = call(Peer::Answer(answer("200 OK", "", OK))).await;
    assert_eq!(reply, accepted());
    let request = String::from_utf8(request).expect("UTF-8");
    let (head, body) = request.split_once("\r\n\r\n").expect("a body");
    let mut lines: Vec<_> =
        head.lines().map(|line| line.split_once("127.0.0.1:").map_or(line, |_| "host: …")).collect();
    lines[1..].sort_unstable();
    lines.push(body);
    insta::with_settings!({filters => vec![("disparo/[0-9.]+", "disparo/VERSION")]}, {
        insta::assert_snapshot!(lines.join("\n"));
    });
}

#[tokio::test]
async fn where_nothing_left_it_is_not_sent() {
    let refused = TcpListener::bind("127.0.0.1:0").await.expect("a port").local_addr().expect("an address");
    let minute = Duration::from_secs(60);
    let said = cause(send(&transport(&format!("http://{refused}"), minute)).await);
    assert_eq!(said, format!("no connection to {refused}: connection refused"));

    let said = cause(send(&transport("http://disparo.invalid", minute)).await);
    assert!(said.starts_with("no connection to disparo.invalid: "), "{said}");

    // A server that speaks something else where TLS is expected.
    let (address, task) = start(Peer::Greet).await;
    let listener = transport_with_tls(address, minute);
    let said = cause(send(&listener).await);
    assert!(said.starts_with(&format!("no connection to {address}: ")), "{said}");
    task.abort();
}

/// A transport to an https address on a machine whose certificates do not matter.
fn transport_with_tls(address: SocketAddr, timeout: Duration) -> Transport {
    let mut transport = transport(&format!("https://{address}"), timeout);
    let provider = Arc::new(ring::default_provider());
    let tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    transport.client =
        Client::builder().tls_backend_preconfigured(tls).timeout(timeout).build().expect("a client");
    transport
}

#[tokio::test]
async fn where_something_may_have_left_everyone_is_in_doubt() {
    let lost = Reply::in_doubt(DoubtCause::ConnectionLost);
    let unreadable = Reply::in_doubt(DoubtCause::UnreadableReply);
    for (peer, expected) in [
        (Peer::CloseAfterHead, &lost),
        (Peer::CloseAfterBody, &lost),
        (Peer::Answer(b"HTTP/1.1 200 OK\r\ncontent-le".to_vec()), &lost),
        (Peer::Answer(b"SSH-2.0-OpenSSH_9.6\r\n\r\n".to_vec()), &unreadable),
        (
            Peer::Answer(format!("HTTP/1.1 200 OK\r\ncontent-length: 999\r\n\r\n{OK}").into_bytes()),
            &unreadable,
        ),
        (
            Peer::Answer(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"res".to_vec()),
            &unreadable,
        ),
        (Peer::Answer(answer("200 OK", "", &OK[..OK.len() - 1])), &unreadable),
    ] {
        let (reply, _) = call(peer.clone()).await;
        assert_eq!(reply, *expected, "{peer:?}");
    }
}

#[tokio::test]
async fn a_connection_that_is_closed_at_once_is_not_sent_or_in_doubt() {
    // Which of the two depends on whether the end arrives before the request is written; never anything else.
    let (reply, _) = call(Peer::Close).await;
    match reply.signal {
        Signal::NotSent { .. } => assert_eq!(reply.verdicts, Verdicts::All(Verdict::Unsent)),
        Signal::InDoubt { cause } => assert_eq!(cause, DoubtCause::ConnectionLost),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn silence_is_doubt_and_an_unanswered_connection_is_not() {
    let short = Duration::from_millis(200);
    let (address, task) = start(Peer::Silent).await;
    let reply = send(&transport(&format!("http://{address}"), short)).await;
    assert_eq!(reply, Reply::in_doubt(DoubtCause::Timeout));
    task.abort();

    // The kernel accepts, but nobody begins TLS: no byte of the request can leave.
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let said = cause(send(&transport_with_tls(address, short)).await);
    assert_eq!(said, format!("no connection to {address} within 200ms"));
}

#[tokio::test]
async fn a_status_counts_even_where_the_body_is_cut_or_too_large() {
    let head = b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 10\r\n\r\nno".to_vec();
    let (reply, _) = call(Peer::Answer(head)).await;
    assert!(matches!(reply.signal, Signal::ChannelRefused { .. }), "{reply:?}");

    let large = " ".repeat(MOST_ANSWER_BYTES) + OK;
    let (reply, _) = call(Peer::Answer(answer("200 OK", "", &large))).await;
    assert_eq!(reply, Reply::in_doubt(DoubtCause::UnreadableReply));
}

#[tokio::test]
async fn redirects_are_not_followed_and_waits_are_read() {
    let (reply, _) =
        call(Peer::Answer(answer("307 Temporary Redirect", "location: /elsewhere\r\n", ""))).await;
    assert_eq!(reply, Reply::in_doubt(DoubtCause::UnexpectedStatus(307)));

    let headers = "date: Fri, 27 Nov 2026 08:00:00 GMT\r\nretry-after: Fri, 27 Nov 2026 08:00:20 GMT\r\n";
    let (reply, _) = call(Peer::Answer(answer("429 Too Many Requests", headers, ""))).await;
    let retry_after = Some(Duration::from_secs(20));
    assert_eq!(reply, Reply::unsent(Signal::Throttled { retry_after }));
}

#[tokio::test]
async fn a_connection_that_was_closed_while_idle_costs_nobody_doubt() {
    let (address, task) = start(Peer::AnswerAndClose).await;
    let transport = transport(&format!("http://{address}"), Duration::from_secs(20));
    for _ in 0..20 {
        assert_eq!(send(&transport).await, accepted());
    }
    task.abort();
}

#[tokio::test]
async fn a_withdrawn_request_never_reaches_the_other_side() {
    let (address, task) = start(Peer::CloseAfterHead).await;
    let transport = transport(&format!("http://{address}"), Duration::from_secs(20));
    let (departure, body) = Departure::of(Bytes::from_static(b"{}"));
    assert!(departure.withdraw());
    let url = Url::parse(&format!("http://{address}/")).expect("an address");
    let mut request = Request::new(http::Method::POST, url);
    *request.body_mut() = Some(reqwest::Body::wrap(body));
    transport.client.execute(request).await.expect_err("withdrawn");
    assert_eq!(task.await.expect("the peer"), b"", "not even the head");
}

/// hyper takes a request up on one thread while its caller gives it up on another: whatever the order, a
/// request that was withdrawn has not arrived.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_given_up_at_any_moment_arrives_only_if_it_is_known_to_have_left() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (stop, mut stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = tokio::spawn(async move {
        let mut connections = tokio::task::JoinSet::new();
        loop {
            let (mut stream, _) = tokio::select! {
                biased;
                accepted = listener.accept() => accepted.expect("a connection"),
                _ = &mut stopped => return connections.join_all().await,
            };
            connections.spawn(async move { read_request(&mut stream, true).await });
        }
    });
    let transport = transport(&format!("http://{address}"), Duration::from_secs(20));
    let url = Url::parse(&transport.base_url).expect("an address");
    let mut withdrawn = Vec::new();
    for round in 0..500 {
        let marker = format!("round {round}!");
        let (departure, body) = Departure::of(Bytes::from(marker.clone()));
        let mut request = Request::new(http::Method::POST, url.clone());
        *request.body_mut() = Some(reqwest::Body::wrap(body));
        let call = tokio::spawn(transport.client.execute(request));
        for _ in 0..4 * round {
            tokio::task::yield_now().await;
        }
        if departure.withdraw() {
            withdrawn.push(marker);
        }
        call.abort();
    }
    drop(transport);
    stop.send(()).expect("the peer");
    assert!(!withdrawn.is_empty());
    let arrived = serving.await.expect("the peer").concat();
    let arrived = String::from_utf8_lossy(&arrived);
    for marker in withdrawn {
        assert!(!arrived.contains(&marker), "{marker}");
    }
}

#[tokio::test]
async fn a_call_that_differs_from_its_permit_is_not_made() {
    let (address, task) = start(Peer::Answer(answer("200 OK", "", OK))).await;
    let transport = transport(&format!("http://{address}"), Duration::from_secs(20));
    let devino = open(&testing::channel("devino")).expect("a provider");
    let wati = open(&testing::channel("wati")).expect("a provider");
    for (permit, provider) in [
        (permit(&[0]), &devino),
        (permit(&[0, 2]), &devino),
        (permit(&[0, 1, 2]), &devino),
        (permit(&[0, 1]), &wati),
    ] {
        let (_, reply) = transport.send(permit, provider.as_ref(), &outgoing(), Ok(None)).await;
        assert_eq!(reply.verdicts, Verdicts::All(Verdict::Unsent));
        assert!(matches!(reply.signal, Signal::CampaignRefused { .. }), "{reply:?}");
    }
    assert!(!task.is_finished(), "nobody connected");
    task.abort();
}

#[test]
fn secrets_are_usable_once_or_not_at_all() {
    let value = |provider, secret: &str| {
        credentials(
            entry(&testing::channel(provider)).expect("known"),
            &testing::channel(provider),
            &SecretString::from(secret),
        )
        .map(|headers| headers["authorization"].clone())
        .map_err(|error| error.to_string())
    };
    for (provider, secret, expected) in [
        ("devino", "QWxh==", "Key QWxh=="),
        ("devino", "Key QWxh==", "Key QWxh=="),
        ("wati", "Bearer bearer  eyJ", "Bearer eyJ"),
        ("wati", " eyJ\n", "Bearer eyJ"),
    ] {
        let header = value(provider, secret).expect(secret);
        assert_eq!(header, expected);
        assert!(header.is_sensitive());
        assert!(!format!("{header:?}").contains("eyJ"));
    }
    for secret in ["", "  ", "a\nb", "a\u{0}b"] {
        let sentence = value("wati", secret).expect_err("unusable");
        assert!(!sentence.contains('\n'), "{sentence}");
    }
}

#[test]
fn a_transport_never_shows_its_secret() {
    let transport = transport("http://127.0.0.1:1", Duration::from_secs(1));
    assert!(!format!("{transport:?}").contains("s3cret"));
    for base_url in [
        "",
        "api.devino.online",
        "ftp://a.example",
        "http://",
        "http://ana:pw@a.example",
        "http://a.example?k=1",
    ] {
        let channel = testing::channel("devino");
        let entry = entry(&channel).expect("known");
        let made = Transport::new(entry, &channel, base_url, SecretString::from("k"));
        assert!(matches!(made, Err(TransportError::BaseUrl { .. })), "{base_url}");
    }
}
