//! Lists a page at a time: v1 says where it is in `link`, v3 repeats what was asked for.

use serde_json::{Value, json};

use super::super::account::{Broadcast, ChatMessage, Contact, ConversationKey};
use super::super::operation::Page;
use super::shapes;
use crate::sandbox::reply::Answer;
use crate::sandbox::scenario::WatiTemplate;
use crate::sandbox::statuses::Courses;

/// Some of a list.
fn part<'a, T>(all: &'a [T], page: &Page) -> &'a [T] {
    let from = page.number.saturating_sub(1).saturating_mul(page.size);
    let rest = all.get(from..).unwrap_or_default();
    &rest[..rest.len().min(page.size)]
}

fn link(page: &Page, total: usize) -> Value {
    let to = |number: usize| format!("{}?pageSize={}&pageNumber={number}", page.path, page.size);
    let has_next = page.number.saturating_mul(page.size) < total;
    json!({
        "prevPage": (page.number > 1).then(|| to(page.number - 1)),
        "nextPage": has_next.then(|| to(page.number + 1)),
        "pageNumber": page.number, "pageSize": page.size, "total": total,
    })
}

fn json(body: &Value) -> Answer {
    Answer::json(200, body.to_string())
}

/// `getContacts`, and v3's `contacts`.
pub(in crate::sandbox::wati) fn contact_page(all: &[&Contact], page: &Page) -> Answer {
    let shape = if page.third { shapes::contact_v3 } else { shapes::contact };
    let list: Vec<_> = part(all, page).iter().map(|contact| shape(contact)).collect();
    json(&if page.third {
        json!({ "contact_list": list, "page_number": page.number, "page_size": page.size })
    } else {
        json!({ "result": "success", "contact_list": list, "link": link(page, all.len()) })
    })
}

/// `getMessages`, and v3's `messages` of a conversation.
pub(in crate::sandbox::wati) fn message_page(
    all: &[(ConversationKey, &ChatMessage)],
    page: &Page,
    courses: &Courses,
) -> Answer {
    let shape = if page.third { shapes::message_v3 } else { shapes::message };
    let list: Vec<_> =
        part(all, page).iter().map(|(key, one)| shape(*key, one, &one.stand(courses))).collect();
    json(&if page.third {
        json!({ "message_list": list, "page_number": page.number, "page_size": page.size })
    } else {
        json!({ "result": "success", "messages": { "items": list }, "link": link(page, all.len()) })
    })
}

/// `getMessageTemplates`, and v3's `messageTemplates`.
pub(in crate::sandbox::wati) fn template_page(all: &[(&String, &WatiTemplate)], page: &Page) -> Answer {
    let list: Vec<_> = part(all, page).iter().map(|(name, one)| template(name, one, page.third)).collect();
    json(&if page.third {
        json!({
            "templates": list, "page_number": page.number, "page_size": page.size, "total": all.len(),
        })
    } else {
        json!({ "result": "success", "messageTemplates": list, "link": link(page, all.len()) })
    })
}

/// v3's `recipients` of a broadcast.
pub(in crate::sandbox::wati) fn recipient_page(
    id: u64,
    broadcast: &Broadcast,
    page: &Page,
    courses: &Courses,
) -> Answer {
    let shape = |one| shapes::recipient(id, broadcast.at, one, courses);
    let list: Vec<_> = part(&broadcast.recipients, page).iter().map(shape).collect();
    json(&json!({
        "recipients": list, "page_number": page.number, "page_size": page.size,
        "total_count": broadcast.recipients.len(),
    }))
}

fn template(name: &str, template: &WatiTemplate, third: bool) -> Value {
    let status = if template.approved { "APPROVED" } else { "PENDING" };
    let id = blake3::hash(name.as_bytes()).to_hex()[..24].to_owned();
    let language = json!({ "key": template.language, "value": template.language, "text": template.language });
    if third {
        let params: Vec<_> =
            template.params.iter().map(|name| json!({ "name": name, "value": "" })).collect();
        json!({
            "id": id, "name": name, "category": template.category, "status": status,
            "language_option": language, "body": template.body, "custom_params": params, "quality": "GREEN",
        })
    } else {
        let params: Vec<_> =
            template.params.iter().map(|name| json!({ "paramName": name, "paramValue": "" })).collect();
        json!({
            "id": id, "elementName": name, "category": template.category, "status": status,
            "language": language, "body": template.body, "customParams": params,
            "lastModified": "2024-05-16T08:23:24.703Z",
        })
    }
}
