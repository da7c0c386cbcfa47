//! Sinch's rows: what the seed says of groups, the codes of `providers.md` §2.4, and words alone.

use disparo::domain::Action;
use disparo::domain::ErrorClass::{self, Campaign, Either, Recipient, Transient};

use super::bench::{Case, case, text, to_group, to_named, to_person};
use super::{Never, by_status, each_comes_to_what_it_says};

/// Codes that a refusal carries as `errorCode`.
const CODES: [(&str, ErrorClass); 16] = [
    ("101", Transient),
    ("102", Transient),
    ("103", Recipient),
    ("104", Transient),
    ("201", Campaign),
    ("202", Recipient),
    ("203", Recipient),
    ("204", Recipient),
    ("205", Transient),
    ("206", Recipient),
    ("207", Recipient),
    ("209", Recipient),
    ("210", Recipient),
    ("211", Recipient),
    ("212", Recipient),
    ("311", Transient),
];

/// The seed's "um erro (devido a muitos grupos criados)", in likely words.
const TOO_MANY_GROUPS: [(&str, &str); 3] = [
    ("unused", "The account has unused groups"),
    ("too many groups", "Too many groups were created"),
    ("não utilizados", "A conta tem grupos não utilizados"),
];

const NEVER: [Never; 2] = [
    ("rejected", "a refusal in words is `refused`"),
    ("rejected.silently", "a refusal without words is its status"),
];

fn of_groups() -> Vec<Case> {
    let group = || "5519900000000-1513616971".to_owned();
    let icon = Action::SetGroupIcon { content_type: "image/jpeg".to_owned(), image: vec![0xFF, 0xD8] };
    let told = [
        ("http.404", "icon", 404, to_group(Action::RemoveGroupIcon)),
        ("http.404", "icon", 404, to_group(icon)),
        ("http.404", "group", 404, to_group(Action::LeaveGroup)),
        ("http.404", "group", 404, to_group(Action::RevokeInvite)),
        ("http.404", "group", 404, to_group(Action::SetGroupSubject { subject: "novo".to_owned() })),
        ("http.400", "participants", 400, to_person(Action::RemoveParticipant { group: group() })),
        ("http.400", "admins", 400, to_person(Action::AddAdmin { group: group() })),
        ("http.400", "admins", 400, to_person(Action::RemoveAdmin { group: group() })),
        ("http.400", "leave", 400, to_group(Action::LeaveGroup)),
    ];
    let told = told.into_iter().map(|(code, field, status, done)| {
        case((code, field, ""), "sinch", done, [(status, r#"{"errorMessage":"no"}"#)], Recipient)
    });
    told.collect()
}

#[test]
fn every_row_comes_to_what_it_says() {
    let mut cases = by_status("sinch", text, &NEVER);
    for (code, class) in CODES {
        let answer = format!(r#"{{"errorCode":{code},"errorMessage":"no"}}"#);
        cases.push(case((code, "", ""), "sinch", text(), [(400, &answer)], class));
    }
    for (words, said) in TOO_MANY_GROUPS {
        for status in [400, 403, 420] {
            let creation = to_named(Action::CreateGroup { subject: "assunto-do-grupo".to_owned() });
            let answer = format!(r#"{{"errorCode":{status},"errorMessage":"{said}"}}"#);
            cases.push(case(("groups.unused", "", words), "sinch", creation, [(status, &answer)], Campaign));
        }
    }
    cases.extend(of_groups());
    let said = r#"{"errorCode":1,"errorMessage":"in words of its own"}"#;
    cases.push(case(("refused", "", ""), "sinch", text(), [(400, said)], Either));
    each_comes_to_what_it_says("sinch", cases, &NEVER);
}
