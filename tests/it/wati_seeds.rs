//! Seed 003 through the real binary. It shows no JSON: what it gives are addresses (`endpoints.txt`), where each
//! call says which number is meant, and a table of calls (`calls.txt`), both byte for byte.

use crate::harness::{Received, Replay, Workspace};

const ENDPOINTS: &str = include_str!("../data/seeds/wati/endpoints.txt");
const CALLS: &str = include_str!("../data/seeds/wati/calls.txt");

const TENANT: &str = "1234";
const NUMBER: &str = "5511900000001";
const PERSON: &str = "5511987654321";
const OTHER: &str = "5511987654322";

/// Where a call says which of the account's numbers is meant.
#[derive(Debug, Clone, Copy)]
enum Meant {
    /// In the payload, under this name.
    Payload(&'static str),
    /// In the query, under this name.
    Query(&'static str),
    /// Nowhere: contacts are the same for all numbers.
    Nowhere,
}

/// A row of the seed's table: its name, the method and address (the seed's own where it gives one), where the
/// number is, the channel's mode, a command and Wati's answer.
struct Call {
    name: &'static str,
    line: &'static str,
    meant: Meant,
    mode: &'static str,
    words: &'static [&'static str],
    answer: &'static str,
}

const DONE: &str = r#"{"result":true}"#;

#[rustfmt::skip]
const TABLE: [Call; 9] = [
    Call { name: "Enviar mensagem de modelo", line: "POST /{tenantId}/api/v1/sendTemplateMessage",
        meant: Meant::Payload("channelNumber"), mode: "single",
        words: &["messages", "send", PERSON, "--template", "promo", "--param", "nome=Ana"],
        answer: r#"{"result":true,"validWhatsAppNumber":true,"model":{"ids":["wamid.1"]}}"# },
    Call { name: "Enviar mensagens de modelo", line: "POST /{tenantId}/api/v1/sendTemplateMessages",
        meant: Meant::Payload("channelNumber"), mode: "bulk",
        words: &["messages", "send", PERSON, "--template", "promo", "--param", "nome=Ana"], answer: DONE },
    Call { name: "Obter Mensagens pelo Número do WhatsApp",
        line: "GET /{tenantId}/api/v1/getMessages/{whatsappNumber}",
        meant: Meant::Query("channelPhoneNumber"), mode: "single", words: &["messages", "list", PERSON],
        answer: r#"{"result":"success","messages":{"items":[]}}"# },
    Call { name: "Obter Lista de Contatos", line: "GET /{tenantId}/api/v1/getContacts",
        meant: Meant::Nowhere, mode: "single", words: &["contacts", "list"],
        answer: r#"{"result":"success","contact_list":[]}"# },
    Call { name: "Atualizar Atributos de Contato",
        line: "POST /{tenantId}/api/v1/updateContactAttributes/{whatsappNumber}",
        meant: Meant::Nowhere, mode: "single",
        words: &["contacts", "set-attributes", PERSON, "city=Recife"], answer: DONE },
    Call { name: "Atualizar Lista de Atributos de Contato",
        line: "POST /{tenantId}/api/v1/updateContactAttributesForMultiContacts",
        meant: Meant::Nowhere, mode: "bulk",
        words: &["contacts", "set-attributes", PERSON, OTHER, "city=Recife"], answer: DONE },
    Call { name: "Adicionar Contato", line: "POST /{tenantId}/api/v1/addContact/{whatsappNumber}",
        meant: Meant::Nowhere, mode: "single", words: &["contacts", "create", PERSON, "--name", "Ana"],
        answer: DONE },
    Call { name: "Enviar Mensagem para Sessão Aberta",
        line: "POST /{tenantId}/api/v1/sendSessionMessage/{whatsappNumber}",
        meant: Meant::Payload("channelPhoneNumber"), mode: "single",
        words: &["messages", "send", PERSON, "--text", "Olá"], answer: DONE },
    Call { name: "Atualizar Status do Chat", line: "POST /{tenantId}/api/v1/updateChatStatus",
        meant: Meant::Payload("channelPhoneNumber"), mode: "single",
        words: &["chats", "status", PERSON, "solved"], answer: DONE },
];

fn channel(mode: &str) -> String {
    format!(
        "[wati]\nprovider = \"wati\"\ntenant = \"{TENANT}\"\nnumber = \"{NUMBER}\"\nmode = \"{mode}\"\n\
         token = {{ env = \"TEST_WATI_TOKEN\" }}"
    )
}

/// Method and path as the seed writes them, and the number where it is meant.
#[track_caller]
fn is_as_the_seed_has_it(call: &Call, request: &Received) {
    let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
    let asked = format!("{} {path}", request.method);
    let line = call.line.replace("{tenantId}", TENANT).replace("{whatsappNumber}", PERSON);
    assert_eq!(asked, line, "{}", call.name);
    assert_eq!(request.header("authorization"), Some("Bearer sandbox-token"));
    match call.meant {
        Meant::Payload(key) => assert_eq!(request.json()[key], NUMBER, "{}: {request:?}", call.name),
        Meant::Query(key) => {
            assert!(query.split('&').any(|part| part == format!("{key}={NUMBER}")), "{query}")
        }
        Meant::Nowhere => {
            let body = String::from_utf8_lossy(&request.body);
            assert!(!request.path.contains(NUMBER) && !body.contains(NUMBER), "{request:?}");
        }
    }
}

#[test]
fn every_call_of_the_seed_is_made_as_the_seed_has_it_and_taken() {
    let mut replay = Replay::within(Workspace::new(), channel("single"));
    for call in TABLE {
        replay = replay.with(channel(call.mode));
        let is_question = call.line.starts_with("GET ");
        let answers = [(200, call.answer)];
        let (finished, received) = if is_question {
            replay.asks(call.words, &answers)
        } else {
            replay.changes(call.words, &answers)
        };
        finished.expect(0);
        let [request] = received.as_slice() else { panic!("{}: {received:?}", call.name) };
        is_as_the_seed_has_it(&call, request);
        let body = String::from_utf8(request.body.clone()).expect("UTF-8");
        let (status, answer) = replay.workspace().sandbox().call(&request.method, &request.path, &body);
        assert_eq!(status, 200, "{}: {answer}", call.name);
    }
}

#[test]
fn the_table_above_has_every_call_and_address_of_the_seed() {
    for line in CALLS.lines() {
        let (name, is_there) = line.split_once(" | ").expect("a row");
        assert_eq!(is_there, "Sim |");
        assert!(TABLE.iter().any(|call| call.name == name), "{name} has no command");
    }
    assert_eq!(CALLS.lines().count(), TABLE.len());
    for line in ENDPOINTS.lines() {
        let endpoint = line.trim_start_matches("Endpoint:").trim().replace("Post ", "POST ");
        assert!(TABLE.iter().any(|call| call.line == endpoint), "{endpoint} has no command");
    }
    assert_eq!(ENDPOINTS.lines().count(), 6);
}
