//! What is looked up before a call, and what comes of the call where that fails.

use super::*;
use crate::domain::Action;

/// A call for which a contact is looked up first.
async fn remove(base_url: &str, timeout: Duration) -> Reply {
    let mut channel = testing::channel("omnichannel");
    channel.timeout = timeout;
    let provider = open(&channel).expect("a provider");
    let transport =
        Transport::new(entry(&channel).expect("known"), &channel, base_url, SecretString::from("s3cret"))
            .expect("a transport");
    let outgoing = testing::outgoing(vec![Content::Action(Action::RemovePlatform { contact: None })]);
    let looked_up = transport.look_up(provider.as_ref(), &outgoing).await;
    transport.send(permit(&[0]), provider.as_ref(), &outgoing, looked_up).await.1
}

async fn after(peer: Peer) -> Reply {
    let (address, _task) = start(peer).await;
    remove(&format!("http://{address}"), Duration::from_millis(500)).await
}

#[tokio::test]
async fn a_look_up_that_proves_nothing_is_those_peoples_matter_alone() {
    for peer in [
        Peer::Answer(answer("500 Internal Server Error", "", "")),
        Peer::Answer(answer("409 Conflict", "", "{}")),
        Peer::Answer(answer("200 OK", "", "not JSON")),
        Peer::Answer(b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n{".to_vec()),
        Peer::Silent,
    ] {
        let reply = after(peer.clone()).await;
        let Some(Verdict::Transient { reason }) = reply.verdicts.at(0) else { panic!("{peer:?}: {reply:?}") };
        assert_eq!(&*reason.code, "look_up.unproven", "{peer:?}");
        assert!(!matches!(reply.signal, Signal::NotSent { .. }), "{peer:?}: {reply:?}");
    }
}

#[tokio::test]
async fn a_look_up_that_never_left_or_came_too_soon_is_the_channels_matter() {
    let throttled = after(Peer::Answer(answer("429 Too Many Requests", "", ""))).await;
    assert!(matches!(throttled.signal, Signal::Throttled { .. }), "{throttled:?}");
    let (address, task) = start(Peer::Silent).await;
    task.abort();
    assert!(task.await.is_err());
    cause(remove(&format!("http://{address}"), Duration::from_secs(20)).await);
}
