//! Posts that are taken, and the end of the listener.

use std::sync::Arc;

use rustls::pki_types::ServerName;
use rustls::pki_types::pem::PemObject;
use tokio::io::AsyncWriteExt;
use tokio_rustls::TlsConnector;

use super::client::{Heard, PATH, next, posting, rest};
use crate::web::{Counted, ListenError, Peers, Tls};

const KEPT: &str = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

#[tokio::test]
async fn what_is_kept_is_answered_with_nothing() {
    let heard = Heard::start();
    assert_eq!(heard.post(PATH, "one").await, KEPT);
    assert_eq!(heard.post("/webhooks/main/before", "two").await, KEPT, "a secret that was replaced");
    assert_eq!(heard.post("/webhooks/ma%69n/right?a=b", "three").await, KEPT, "a name as addresses write it");
    assert_eq!(heard.bodies(), ["one", "two", "three"]);
    let counted = heard.finish().await;
    assert_eq!(counted, Counted { posts: 3, events: 6, ..Counted::default() });
    assert_eq!(counted.to_string(), "3 webhooks taken with 6 events, 0 malformed, 0 refused, 0 not kept");
}

#[tokio::test]
async fn an_answer_comes_once_it_is_kept_and_no_sooner() {
    let heard = Heard::start();
    heard.hold();
    let mut stream = heard.connect().await;
    stream.write_all(posting(PATH, "one").as_bytes()).await.expect("writable");
    let early = tokio::select! {
        biased;
        answer = rest(&mut stream) => Some(answer),
        () = tokio::task::yield_now() => None,
    };
    assert_eq!(early, None);
    heard.release();
    assert_eq!(rest(&mut stream).await, KEPT);
}

#[tokio::test]
async fn what_was_not_kept_is_to_be_sent_again_and_nonsense_is_not() {
    let heard = Heard::start();
    let unlucky = heard.post(PATH, "unlucky").await;
    assert!(unlucky.starts_with("HTTP/1.1 503 ") && unlucky.contains("retry-after: 5\r\n"), "{unlucky}");
    let nonsense = heard.post(PATH, "nonsense").await;
    assert!(
        nonsense.starts_with("HTTP/1.1 400 ") && nonsense.contains("content-length: 0\r\n"),
        "{nonsense}"
    );
    assert_eq!(heard.finish().await, Counted { malformed: 1, unavailable: 1, ..Counted::default() });
}

#[tokio::test]
async fn at_the_end_a_request_under_way_is_finished() {
    let heard = Heard::start();
    heard.hold();
    let mut idle = heard.connect().await;
    let mut busy = heard.connect().await;
    let head =
        "POST /webhooks/main/right HTTP/1.1\r\nhost: h\r\nexpect: 100-continue\r\ncontent-length: 3\r\n\r\n";
    busy.write_all(head.as_bytes()).await.expect("writable");
    assert!(next(&mut busy).await.starts_with("HTTP/1.1 100 "));
    busy.write_all(b"one").await.expect("writable");
    let (address, leave) = (heard.address, Arc::clone(&heard.leave));
    let finishing = tokio::spawn(heard.finish());
    // Nobody is let in any more, those who ask for nothing are gone, and only then the body is kept.
    assert_eq!(rest(&mut idle).await, "");
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
    leave.add_permits(1);
    assert!(next(&mut busy).await.starts_with("HTTP/1.1 200 "));
    assert_eq!(finishing.await.expect("it ends").posts, 1);
}

#[tokio::test]
async fn tls_is_spoken_where_there_is_a_certificate() {
    let made =
        rcgen::generate_simple_self_signed(vec!["hooks.example.com".to_owned()]).expect("a certificate");
    let (certificate, key) = (made.cert.pem(), made.signing_key.serialize_pem());
    let tls = Tls::new(certificate.as_bytes(), key.as_bytes()).expect("usable");
    assert_eq!(format!("{tls:?}"), "Tls { .. }");
    let heard = Heard::start_with(Peers::default(), Some(tls));
    let mut roots = rustls::RootCertStore::empty();
    roots
        .add(rustls::pki_types::CertificateDer::from_pem_slice(certificate.as_bytes()).expect("PEM"))
        .expect("a certificate");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let settings = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("hooks.example.com").expect("a name");
    let stream = heard.connect().await;
    let mut stream = TlsConnector::from(Arc::new(settings)).connect(name, stream).await.expect("agreement");
    stream.write_all(posting(PATH, "one").as_bytes()).await.expect("writable");
    assert_eq!(rest(&mut stream).await, KEPT);
    // Whoever does not speak it learns nothing.
    let plain = heard.post(PATH, "two").await;
    assert!(!plain.contains("HTTP/1.1"), "{plain}");
    assert_eq!(heard.bodies(), ["one"]);
    assert!(matches!(Tls::new(b"", key.as_bytes()), Err(ListenError::NoCertificate)));
    assert!(matches!(Tls::new(certificate.as_bytes(), b""), Err(ListenError::NoKey)));
    let other = rcgen::generate_simple_self_signed(vec!["other".to_owned()]).expect("a certificate");
    let other = other.signing_key.serialize_pem();
    assert!(matches!(Tls::new(certificate.as_bytes(), other.as_bytes()), Err(ListenError::Unusable(_))));
}
