//! The sandbox as a process posts to whoever takes it.

use crate::harness::{Recorder, Workspace};

const NUMBER: &str = "5511987654321";

#[test]
fn posts_are_made_recorded_and_waited_for() {
    let workspace = Workspace::with_scenario("[statuses]\nafter = \"1ms\"");
    workspace.is_not_judged("the test itself calls the sandbox, and no run does");
    let sandbox = workspace.sandbox();
    let owner = Recorder::answering(vec![(200, String::new()); 7]);
    let url = format!("{}/webhooks/wati/secret", owner.base_url());
    sandbox.send_webhooks_to("wati", Some(&url));
    let template = r#"{"template_name":"promo","broadcast_name":"b","channelNumber":"5511999990000"}"#;
    let path = format!("/1234/api/v1/sendTemplateMessage?whatsappNumber={NUMBER}");
    assert_eq!(sandbox.call("POST", &path, template).0, 200);
    let told = sandbox.hears("wati", NUMBER, "Oi");
    let state = sandbox.until_quiet();
    assert_eq!(state["webhooks_answered"], 7, "{state}");
    let posts = sandbox.webhooks();
    assert!(posts.iter().all(|post| post.answered == "200" && post.provider == "wati"), "{posts:?}");
    assert!(posts.iter().all(|post| !post.url.contains("secret") && post.n > 0), "{posts:?}");
    let standing = sandbox.statuses("wati");
    let [one] = standing.as_slice() else { panic!("one message: {standing:?}") };
    assert_eq!((one.to.as_str(), one.status.as_str(), one.code.as_deref()), (NUMBER, "read", None));
    let heard = posts.iter().find(|post| post.json()["eventType"] == "message").expect("a message");
    assert_eq!(heard.json()["id"], told["message"]["id"]);
    let of_ours = posts.iter().filter(|post| post.messages == [one.message_id.clone()]);
    assert_eq!(of_ours.count(), 6);
    assert_eq!(owner.received().len(), 7);
}
