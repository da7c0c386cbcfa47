//! Sinch's groups and messages by single calls (seed 001).

use super::account::{asked, changed, each, found, made, workspace};

const CHANNEL: &str = "sinch";

#[test]
fn a_group_lives_from_its_making_to_its_end() {
    let workspace = workspace();
    let id = made(&workspace, CHANNEL, &["groups", "create", "Clientes VIP"]);
    assert_eq!(each(&found(&workspace, CHANNEL, &["groups", "list"]), "id"), std::slice::from_ref(&id));
    let group = found(&workspace, CHANNEL, &["groups", "show", &id]);
    assert_eq!(group["subject"], "Clientes VIP", "{group}");
    let participants = group["participants"].as_array().expect("a list").len();
    assert_eq!(participants, 1, "whoever makes a group is alone in it: {group}");

    changed(&workspace, CHANNEL, &["groups", "rename", &id, "novo-assunto"]).expect(0);
    let listed = found(&workspace, CHANNEL, &["groups", "list", "--info"]);
    assert_eq!(each(&listed, "subject"), ["novo-assunto"]);

    let link = || found(&workspace, CHANNEL, &["groups", "invite", &id])["link"].clone();
    let first = link();
    assert!(first.as_str().is_some_and(|link| !link.is_empty()), "{first}");
    changed(&workspace, CHANNEL, &["groups", "revoke-invite", &id]).expect(0);
    assert_ne!(link(), first, "a revoked link still stands");

    changed(&workspace, CHANNEL, &["groups", "send", &id, "Mensagem de teste"]).expect(0);
    changed(&workspace, CHANNEL, &["groups", "send-invite", &id, "5511987654321"]).expect(0);
    // Made, renamed, its link revoked, and two messages.
    assert_eq!(workspace.sandbox().accepted().len(), 5);

    changed(&workspace, CHANNEL, &["groups", "leave", &id]).expect(0);
    assert!(each(&found(&workspace, CHANNEL, &["groups", "list"]), "id").is_empty());
}

#[test]
fn a_picture_is_set_shown_and_taken_away() {
    let workspace = workspace();
    workspace.write("icon.png", b"\x89PNG\r\n\x1a\nicon");
    let id = made(&workspace, CHANNEL, &["groups", "create", "Clientes"]);
    let none = asked(&workspace, CHANNEL, &["groups", "icon", "show", &id]).expect(2);
    assert!(none.stderr.contains("channel `sinch`"), "{none}");
    changed(&workspace, CHANNEL, &["groups", "icon", "set", &id, "icon.png"]).expect(0);
    let icon = found(&workspace, CHANNEL, &["groups", "icon", "show", &id]);
    assert_eq!(icon["content_type"], "image/png", "{icon}");
    changed(&workspace, CHANNEL, &["groups", "icon", "remove", &id]).expect(0);
    asked(&workspace, CHANNEL, &["groups", "icon", "show", &id]).expect(2);
    workspace.write("icon.txt", "no picture");
    let refused = changed(&workspace, CHANNEL, &["groups", "icon", "set", &id, "icon.txt"]).expect(3);
    assert!(refused.stderr.contains("is no JPEG, PNG or GIF"), "{refused}");
}

#[test]
fn several_groups_are_made_and_the_unused_left() {
    let workspace = workspace();
    changed(&workspace, CHANNEL, &["groups", "create", "A", "B", "C"]).expect(0);
    assert!(workspace.folder().join("results/groups-create/groups-create-1/recipients.csv").exists());
    let shown = changed(&workspace, CHANNEL, &["groups", "leave", "--unused", "--dry-run"]).expect(0);
    assert_eq!(shown.stdout.matches("/leave").count(), 3, "{shown}");
    assert_eq!(each(&found(&workspace, CHANNEL, &["groups", "list"]), "id").len(), 3);
    let left = changed(&workspace, CHANNEL, &["groups", "leave", "--unused"]).expect(0);
    assert!(left.stderr.contains("the account is alone in 3 of 3 groups"), "{left}");
    assert!(each(&found(&workspace, CHANNEL, &["groups", "list"]), "id").is_empty());
    let none = changed(&workspace, CHANNEL, &["groups", "leave", "--unused"]).expect(0);
    assert!(none.stderr.contains("the account is alone in 0 of 0 groups"), "{none}");
}

#[test]
fn who_is_no_participant_is_refused() {
    let workspace = workspace();
    let id = made(&workspace, CHANNEL, &["groups", "create", "Clientes"]);
    for call in ["remove", "promote", "demote"] {
        let refused = changed(&workspace, CHANNEL, &["groups", call, &id, "5511987654321"]).expect(4);
        assert!(refused.stdout.starts_with("5511987654321: refused, "), "{refused}");
    }
}

#[test]
fn a_subject_that_is_too_long_is_refused_before_anything_is_planned() {
    let workspace = workspace();
    let refused = changed(&workspace, CHANNEL, &["groups", "create", &"a".repeat(26)]).expect(2);
    assert!(refused.stderr.contains("channel `sinch`"), "{refused}");
    assert_eq!(workspace.sandbox().count("calls"), 0);
}
