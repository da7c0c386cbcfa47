//! The README's table of calls: every call of every seed is in it, and what it names exists.

use std::fs;
use std::path::Path;

use assert_cmd::Command;

/// The calls of the four provider documents, in their order and their words.
const CALLS: &[(&str, &[&str])] = &[
    (
        "002",
        &[
            "POST /whatsapp/messages, text",
            "POST /whatsapp/messages, template",
            "POST /whatsapp/messages, content",
        ],
    ),
    (
        "003",
        &[
            "sendTemplateMessage",
            "sendTemplateMessages",
            "sendSessionMessage",
            "updateChatStatus",
            "getMessages",
            "addContact",
            "updateContactAttributes",
            "updateContactAttributesForMultiContacts",
            "getContacts",
        ],
    ),
    (
        "001",
        &[
            "POST /v1/whatsapp/send",
            "POST /v1/whatsapp/groups",
            "GET /v1/whatsapp/groups",
            "GET /v1/whatsapp/groups/ID",
            "PUT /v1/whatsapp/groups/ID",
            "GET /v1/whatsapp/groups/ID/invite",
            "DELETE /v1/whatsapp/groups/ID/invite",
            "DELETE /v1/whatsapp/groups/ID/participants",
            "POST /v1/whatsapp/groups/ID/leave",
            "POST /v1/whatsapp/groups/ID/icon",
            "GET /v1/whatsapp/groups/ID/icon",
            "DELETE /v1/whatsapp/groups/ID/icon",
            "PATCH /v1/whatsapp/groups/ID/admins",
            "DELETE /v1/whatsapp/groups/ID/admins",
        ],
    ),
    (
        "000",
        &[
            "contactApi.create",
            "contactApi.update",
            "contactApi.getById",
            "contactApi.get",
            "contactApi.deletePlatform",
            "contactApi.getTagsByContacId",
            "contactApi.addTags",
            "contactApi.removeTags",
            "tagApi.create",
            "tagApi.get",
            "tagApi.getById",
            "tagApi.update",
            "tagApi.delete",
            "tagApi.getContactsByTagId",
            "messageApi.startConversation",
            "messageApi.sendMessage, text",
            "messageApi.sendMessage, media",
            "messageApi.sendProactiveMessage",
            "messageApi.sendGroupMessage",
            "messageApi.deleteMessage",
        ],
    ),
];

/// One line of the table.
struct Line {
    seed: String,
    call: String,
    command: String,
    action: String,
    tests: Vec<String>,
}

#[cfg(test)]
fn lines() -> Vec<Line> {
    let readme =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).expect("a README");
    let begin = readme.find("### Every call").expect("a section on every call");
    let section = &readme[begin..];
    let end = section[3..].find("\n## ").map_or(section.len(), |at| at + 3);
    let bare = |cell: &str| cell.trim().replace('`', "");
    section[..end]
        .lines()
        .filter(|line| line.starts_with("| 00"))
        .map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split('|').collect();
            let [seed, call, command, action, tests] = cells.as_slice() else {
                panic!("five cells are expected: {line}");
            };
            Line {
                seed: bare(seed),
                call: bare(call),
                command: bare(command),
                action: bare(action),
                tests: bare(tests).split(", ").map(str::to_owned).collect(),
            }
        })
        .collect()
}

#[test]
fn no_call_of_a_seed_is_missing() {
    let lines = lines();
    let mut missing = Vec::new();
    for (seed, calls) in CALLS {
        for call in *calls {
            if !lines.iter().any(|line| line.seed == *seed && line.call == *call) {
                missing.push(format!("{seed} {call}"));
            }
        }
    }
    assert!(missing.is_empty(), "not in the README's table: {missing:#?}");
    let known = |line: &&Line| {
        CALLS.iter().any(|(seed, calls)| *seed == line.seed && calls.contains(&line.call.as_str()))
    };
    let strange: Vec<_> = lines.iter().filter(|line| !known(line)).map(|line| &line.call).collect();
    assert!(strange.is_empty(), "in no seed: {strange:#?}");
}

#[test]
fn each_call_has_a_test_that_exists() {
    for line in lines() {
        for test in &line.tests {
            let (file, name) =
                test.split_once("::").unwrap_or_else(|| panic!("{}: {test} names no test", line.call));
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
            let source = fs::read_to_string(folder.join(format!("{file}.rs")))
                .unwrap_or_else(|error| panic!("{}: {test}: {error}", line.call));
            assert!(source.contains(&format!("fn {name}(")), "{}: there is no test {test}", line.call);
        }
    }
}

#[test]
fn each_call_has_a_command_that_exists() {
    for line in lines() {
        let words: Vec<&str> = line
            .command
            .split_whitespace()
            .take_while(|word| {
                word.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-')
                    && !word.starts_with("--")
            })
            .collect();
        assert!(words.len() >= 2, "{}: {} is no command", line.call, line.command);
        let mut command = Command::cargo_bin("disparo").expect("the binary");
        command.args(&words).arg("--help").assert().success();
    }
}

#[test]
fn each_action_is_one_of_the_format() {
    let output = Command::cargo_bin("disparo").expect("the binary").arg("schema").output().expect("it runs");
    let schema = String::from_utf8(output.stdout).expect("UTF-8");
    for line in lines() {
        for action in line.action.split(", ").filter(|action| *action != "–") {
            let key = action.split(['.', ' ']).next_back().expect("a word");
            assert!(schema.contains(&format!("\"{key}\"")), "{}: the schema has no {action}", line.call);
        }
    }
}
