//! The omnichannel's contacts, tags and messages by single calls (seed 000).

use super::account::{asked, changed, each, found, made, workspace};

const CHANNEL: &str = "omnichannel";

#[test]
fn a_tag_lives_from_its_making_to_its_end() {
    let workspace = workspace();
    let id = made(&workspace, CHANNEL, &["tags", "create", "Cliente VIP", "--color", "#ff0000"]);
    assert_eq!(found(&workspace, CHANNEL, &["tags", "show", &id])["name"], "Cliente VIP");
    changed(&workspace, CHANNEL, &["tags", "update", &id, "--name", "Premium", "--color", "#00ff00"])
        .expect(0);
    let listed = found(&workspace, CHANNEL, &["tags", "list", "--name", "Premium"]);
    assert_eq!((each(&listed, "id"), each(&listed, "color")), (vec![id.clone()], vec!["#00ff00".to_owned()]));
    changed(&workspace, CHANNEL, &["tags", "delete", &id]).expect(0);
    let gone = asked(&workspace, CHANNEL, &["tags", "show", &id]).expect(2);
    assert!(gone.stderr.contains("there is no such thing"), "{gone}");
}

#[test]
fn a_contact_is_made_changed_tagged_and_found() {
    let workspace = workspace();
    workspace.is_not_judged("the journal names a contact by its id, the record by its number");
    let vip = made(&workspace, CHANNEL, &["tags", "create", "VIP", "--color", "#ff0000"]);
    let words = ["contacts", "create", "5521999999999", "--name", "João Silva", "--platform", "karoochat"];
    let id = made(&workspace, CHANNEL, &words);
    assert_eq!(found(&workspace, CHANNEL, &["contacts", "show", &id])["identifier"], "5521999999999");

    changed(&workspace, CHANNEL, &["contacts", "tag", "--number", "5521999999999", "--tag", "vip"]).expect(0);
    assert_eq!(each(&found(&workspace, CHANNEL, &["contacts", "tags", &id]), "name"), ["VIP"]);
    assert_eq!(
        each(&found(&workspace, CHANNEL, &["tags", "contacts", &vip]), "id"),
        std::slice::from_ref(&id)
    );
    assert_eq!(
        each(&found(&workspace, CHANNEL, &["contacts", "list", "--tag", "VIP"]), "id"),
        std::slice::from_ref(&id)
    );
    let unknown = changed(&workspace, CHANNEL, &["contacts", "tag", &id, "--tag", "VPI"]).expect(2);
    assert!(unknown.stderr.contains("did you mean \"VIP\"?"), "{unknown}");
    changed(&workspace, CHANNEL, &["contacts", "untag", &id, "--tag", "VIP"]).expect(0);
    assert!(each(&found(&workspace, CHANNEL, &["contacts", "tags", &id]), "name").is_empty());

    changed(&workspace, CHANNEL, &["contacts", "update", &id, "--custom-name", "João (Mercearia)"]).expect(0);
    changed(&workspace, CHANNEL, &["contacts", "remove-platform", &id]).expect(0);
    let contact = found(&workspace, CHANNEL, &["contacts", "show", &id]);
    assert_eq!((&contact["custom_name"], &contact["platform"]), (&"João (Mercearia)".into(), &().into()));

    let upsert = |name: &str| {
        let words = ["contacts", "upsert", "5521988887777", "--name", "Ana", "--custom-name", name];
        changed(&workspace, CHANNEL, &words).expect(0);
    };
    upsert("Ana A");
    upsert("Ana B");
    let listed = found(&workspace, CHANNEL, &["contacts", "list", "--number", "5521988887777"]);
    assert_eq!(each(&listed, "custom_name"), ["Ana B"], "made once, then changed");
    let newest = found(&workspace, CHANNEL, &["contacts", "list", "--order", "desc", "--limit", "1"]);
    assert_eq!(each(&newest, "identifier"), ["5521988887777"]);
}

#[test]
fn conversations_are_opened_continued_and_messages_taken_back() {
    let workspace = workspace();
    let config = "64ef5c84f9deb1326965919f";
    let words = [
        "chats",
        "start",
        "5521988887777",
        "--platform-config",
        config,
        "--name",
        "João",
        "--company",
        "XYZ",
    ];
    let session = made(&workspace, CHANNEL, &words);
    let id = made(&workspace, CHANNEL, &["messages", "send", "--session", &session, "--text", "Olá!"]);
    let media = "https://exemplo.com/imagem.jpg";
    changed(&workspace, CHANNEL, &["messages", "send", "--session", &session, "--media", media]).expect(0);
    let quoting = ["messages", "send", "5521988887777", "--text", "Sim", "--quoted", &id];
    changed(&workspace, CHANNEL, &quoting).expect(0);
    changed(&workspace, CHANNEL, &["messages", "send", "5521988887777", "--text", "Proativa"]).expect(0);
    changed(&workspace, CHANNEL, &["messages", "send", "--group", "grupo123", "--text", "Oi"]).expect(0);
    changed(&workspace, CHANNEL, &["messages", "delete", &id, "--sender", "sender_123"]).expect(0);
}
