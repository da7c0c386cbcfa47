//! Wati's rows: sentences of `providers.md` §3.3 and §3.5 and likely ones, and what is told without any.

use disparo::domain::ErrorClass::{self, Campaign, Either, Recipient};
use disparo::domain::{Action, Address, ChatStatus, Content, Params};

use super::bench::{Case, case, phone, text, to_person};
use super::{Never, by_status, each_comes_to_what_it_says};

/// Code, the row's words, what Wati says, and what it comes to.
const SAID: [(&str, &str, &str, ErrorClass); 27] = [
    (
        "template.text",
        "check your template",
        "Check your template, it cannot have typos or blank text",
        Campaign,
    ),
    ("template.pending", "template pending", "Template status is PENDING", Campaign),
    ("template.not.approved", "template not approved", "Template is not approved.", Campaign),
    ("template.not.approved", "template unapproved", "The template is unapproved", Campaign),
    ("template.not.approved", "template rejected", "Template was rejected by Meta", Campaign),
    ("template.paused", "template paused", "Template is paused", Campaign),
    ("template.unknown", "template not found", "Template not found", Campaign),
    ("template.unknown", "template not exist", "The template does not exist", Campaign),
    ("marketing.limit", "marketing limit", "Marketing message daily limit reached for this tenant", Campaign),
    ("daily.limit", "daily limit", "Daily limit exceeded", Campaign),
    ("offline", "offline", "Account is in offline mode", Campaign),
    ("trial.quota", "trial", "Trial quota exceeded", Campaign),
    ("quota", "quota", "Monthly API quota exceeded", Campaign),
    ("channel.unknown", "channel not found", "Channel not found", Campaign),
    ("attribute.unknown", "attribute not", "Attribute cupom is not defined", Campaign),
    ("ticket.expired", "ticket expired", "Ticket has been expired.", Recipient),
    ("contact.unknown", "contact not found", "Contact not found", Recipient),
    ("contact.unknown", "contact not exist", "The contact does not exist", Recipient),
    ("conversation.unknown", "conversation not found", "Conversation not found", Recipient),
    ("conversation.several", "several conversations", "There are several open conversations", Recipient),
    (
        "conversation.several",
        "multiple conversations",
        "Multiple open conversations match the target",
        Recipient,
    ),
    ("conversation.several", "more than one conversation", "More than one conversation matches", Recipient),
    ("invalid.number", "invalid whatsapp number", "Invalid Whatsapp Number", Recipient),
    ("invalid.number", "not valid whatsapp number", "1 is not a valid WhatsApp number", Recipient),
    ("invalid.number", "invalid phone", "Invalid phone", Recipient),
    ("invalid.parameters", "parameter", "Parameters do not match", Either),
    ("unknown", "", "Something else", Either),
];

/// What is told in another way than by a sentence.
const NEVER: [Never; 2] = [
    ("rejected", "a refusal that no row knows is `unknown`"),
    ("rejected.silently", "a refusal that no row knows is `unknown`"),
];

fn template() -> (Address, Content) {
    let params = Params::Named([("nome".to_owned(), "Ana".to_owned())].into());
    let template = Content::Template { id: "promo".to_owned(), language: None, params, validity: None };
    (phone(), template)
}

fn status() -> (Address, Content) {
    to_person(Action::SetChatStatus { status: ChatStatus::Solved })
}

fn cases() -> Vec<Case> {
    let mut cases = by_status("wati", template, &[]);
    for (code, words, said, class) in SAID {
        let row = (code, "", words);
        // Wati says it in an answer, in a refusal, or in a refusal that is no JSON; to a template or a text.
        let answer = format!(r#"{{"result":false,"info":"{said}"}}"#);
        let refusal = format!(r#"{{"code":400,"message":"{said}","timestamp":"now"}}"#);
        for done in [template(), text()] {
            cases.push(case(row, "wati", done.clone(), [(200, &answer)], class));
            cases.push(case(row, "wati", done.clone(), [(400, &refusal)], class));
            cases.push(case(row, "wati", done, [(400, said)], class));
        }
    }
    let invalid = r#"{"result":true,"validWhatsAppNumber":false}"#;
    let parameters = r#"{"result":false,"errors":{"invalidCustomParameters":["nome"]}}"#;
    let unknown = r#"{"message":"No such thing"}"#;
    for (code, client, done, answer, class) in [
        ("invalid.number", "wati", template(), (200, invalid), Recipient),
        ("invalid.parameters", "wati", template(), (200, parameters), Either),
        ("conversation.unknown", "wati-v3", status(), (404, unknown), Recipient),
        ("conversation.unknown", "wati-v3", text(), (404, unknown), Recipient),
    ] {
        cases.push(case((code, "", ""), client, done, [answer], class));
    }
    cases
}

#[test]
fn every_row_comes_to_what_it_says() {
    each_comes_to_what_it_says("wati", cases(), &NEVER);
}
