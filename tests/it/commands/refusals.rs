//! Every command over every provider: what it would send, or why the provider cannot do it.

use super::account::{PROVIDERS, workspace};

const GROUP: &str = "5519900000000-1513616971";

const CONTACT: &str = "68e54649a3744412be5cc107";

/// What may differ from one time to the next.
const FILTERS: [(&str, &str); 2] =
    [(r"http://127\.0\.0\.1:\d+", "http://SANDBOX"), (r"[0-9a-f]{8}\.0\.(\d+)\.1", "STORE.0.$1.1")];

/// Each of these command lines, over each channel: exit code, what it prints and what it says.
fn told(lines: &[&str], more: &[&str]) -> String {
    let workspace = workspace();
    workspace.write("icon.png", b"\x89PNG\r\n\x1a\nicon");
    let mut told = String::new();
    for line in lines {
        for channel in PROVIDERS {
            let command = workspace.disparo([]).arguments(words(line)).arguments(["--channel", channel]);
            let ended = command.arguments(more).finish();
            let code = ended.code().expect("an end of its own");
            told.push_str(&format!(
                "$ {line} --channel {channel}\n{}{}=> {code}\n\n",
                ended.stdout, ended.stderr
            ));
        }
    }
    assert_eq!(workspace.sandbox().accepted().len(), 0, "a rehearsal reached somebody");
    told
}

/// Words apart at spaces; quotes keep some together.
fn words(line: &str) -> Vec<String> {
    let parts = line.split('\'').enumerate();
    let words = parts.flat_map(|(index, part)| match index % 2 {
        0 => part.split_whitespace().map(str::to_owned).collect::<Vec<_>>(),
        _ => vec![part.to_owned()],
    });
    words.collect()
}

fn matches_snapshot(name: &str, told: &str) {
    insta::with_settings!({ filters => FILTERS.to_vec() }, { insta::assert_snapshot!(name, told) });
}

#[test]
fn questions_are_refused_by_who_has_no_such_thing() {
    let lines = [
        "contacts list",
        &format!("contacts show {CONTACT}"),
        &format!("contacts tags {CONTACT}"),
        "tags list",
        "tags show 68e54649a3744412be5cc107",
        "tags contacts 68e54649a3744412be5cc107",
        "groups list",
        &format!("groups show {GROUP}"),
        &format!("groups invite {GROUP}"),
        &format!("groups icon show {GROUP}"),
        "messages list 5511987654321",
        "messages broadcast b1",
        "templates list",
    ];
    // Whether a far side has what is asked for is its own matter; here only who cannot be asked counts.
    let is_refused = |one: &&str| one.contains("error:") && !one.contains("there is no such thing");
    let told = told(&lines, &[]);
    let refused: String = told.split_inclusive("\n\n").filter(is_refused).collect();
    matches_snapshot("questions", &refused);
}

#[test]
fn contacts_change_as_each_provider_can() {
    let lines = [
        "contacts create 5511987654321 --name Ana",
        &format!("contacts update {CONTACT} --custom-name 'Ana (Mercearia)'"),
        "contacts upsert 5511987654321 --name Ana",
        "contacts set-attributes 5511987654321 5511987654322 city=Recife",
        &format!("contacts remove-platform {CONTACT}"),
    ];
    matches_snapshot("contacts", &told(&lines, &["--dry-run"]));
}

#[test]
fn tags_change_as_each_provider_can() {
    let lines = [
        "tags create 'Cliente VIP' --color #ff0000",
        &format!("tags update {CONTACT} --name 'Cliente Premium'"),
        &format!("tags delete {CONTACT}"),
    ];
    matches_snapshot("tags", &told(&lines, &["--dry-run"]));
}

#[test]
fn groups_change_as_each_provider_can() {
    let lines = [
        "groups create 'Clientes VIP' 'Clientes SP'",
        &format!("groups rename {GROUP} novo-assunto"),
        &format!("groups revoke-invite {GROUP}"),
        &format!("groups send-invite {GROUP} 5511987654321 --text 'Entre: {{link}}'"),
        &format!("groups remove {GROUP} 5511987654321 5511987654322"),
        &format!("groups promote {GROUP} 5511987654321"),
        &format!("groups demote {GROUP} 5511987654321"),
        &format!("groups leave {GROUP}"),
        &format!("groups icon set {GROUP} icon.png"),
        &format!("groups icon remove {GROUP}"),
        &format!("groups send {GROUP} 'Mensagem de teste'"),
    ];
    matches_snapshot("groups", &told(&lines, &["--dry-run"]));
}

#[test]
fn chats_change_as_each_provider_can() {
    let lines = [
        "chats status 5511987654321 solved",
        "chats start 5511987654321 --platform-config 64ef5c84f9deb1326965919f --name 'João Silva' --company XYZ",
    ];
    matches_snapshot("chats", &told(&lines, &["--dry-run"]));
}

#[test]
fn messages_are_sent_as_each_provider_can() {
    let lines = [
        "messages send 5511987654321 --text Oi",
        "messages send 5511987654321 --media https://example.com/a.png --type image/png --text legenda",
        "messages send 5511987654321 --template promo --language pt_BR --param nome=Ana",
        "messages send 5511987654321 --template promo --param Ana",
        "messages send 5511987654321 --location=-23.55,-46.63 --name Sé",
        "messages send 5511987654321 --contact Ana=5511987654322",
        "messages send 5511987654321 --text Oi --quoted m1",
        &format!("messages send --group {GROUP} --text Oi"),
        "messages send --session 64ef5c85f9deb132696591a0 --text Oi --agent 'Atendente João'",
        "messages delete msg_123456789 --sender sender_123",
    ];
    matches_snapshot("messages", &told(&lines, &["--dry-run"]));
}

#[test]
fn wrong_usage_is_told_in_a_sentence() {
    let workspace = workspace();
    workspace.write("icon.txt", "no picture");
    workspace.write("large.png", vec![0; (8 << 20) + 1]);
    let icon = |file: &str| format!("groups icon set {GROUP} {file} --channel sinch");
    let lines = [
        "groups list --channel sinhc",
        "groups list --channel devino",
        "contacts list",
        "messages send --text Oi --channel devino",
        "messages send 12ab --text Oi --channel devino",
        "messages send 5511987654321 --channel devino",
        "groups remove 5519900000000-1513616971 --channel sinch",
        "groups leave --channel sinch",
        "tags create VIP --color red --channel omnichannel",
        "tags update 68e54649a3744412be5cc107 --channel omnichannel",
        "contacts set-attributes 5511987654321 city --channel wati",
        "contacts set-attributes city=Recife --file missing.csv --channel wati",
        "chats status 5511987654321 gone --channel wati",
        "contacts list --all --page 2 --channel wati",
        "contacts list --page 0 --channel wati",
        &icon("missing.png"),
        &icon("large.png"),
        &icon("icon.txt"),
    ];
    let mut told = String::new();
    for line in lines {
        let ended = workspace.disparo([]).arguments(words(line)).arguments(["--yes"]).finish();
        let asks = ended.stderr.contains("unexpected argument '--yes'");
        let ended = if asks { workspace.disparo([]).arguments(words(line)).finish() } else { ended };
        let code = ended.code().expect("an end of its own");
        assert!(code == 2 || code == 3, "{ended}");
        told.push_str(&format!("$ {line}\n{}{}=> {code}\n\n", ended.stdout, ended.stderr));
    }
    assert_eq!(workspace.sandbox().count("calls"), 0, "something was asked or done all the same");
    insta::with_settings!({ filters => vec![(r"[^ `\n]*/((?:icon|large|missing|channels)\.)", "$1")] }, {
        insta::assert_snapshot!("wrong_usage", told);
    });
}
