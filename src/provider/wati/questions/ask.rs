//! The request that asks a question.

use std::borrow::Cow;

use http::Method;

use crate::domain::{ContactFilter, Paging, Query};
use crate::provider::wati::mode::Mode;
use crate::provider::wati::requests::{Account, escaped, with_query};
use crate::provider::wati::wire::{
    AttributeFilter, CHANNEL_PHONE_NUMBER, GET_CONTACTS, GET_MESSAGE_TEMPLATES, GET_MESSAGES, V3_BROADCASTS,
    V3_CONTACTS, V3_CONVERSATIONS, V3_MESSAGE_TEMPLATES,
};
use crate::provider::{NotOffered, WireRequest};

/// Items in a page unless somebody wants another number, and in a page of v3 at most (providers.md §3.4).
const PAGE: u32 = 100;

/// The request of the channel's API.
///
/// # Errors
/// When Wati cannot be asked that, or not in the channel's mode.
pub fn ask(account: &Account, mode: Mode, query: &Query) -> Result<WireRequest, NotOffered> {
    let path = match (query, mode) {
        // v3 lists contacts only whole; v1 filters them, for the same token.
        (Query::Contacts { filter, paging }, Mode::V3) if *filter == ContactFilter::default() => {
            with_page(&format!("/{V3_CONTACTS}"), Pages::Three, *paging, &[])
        }
        (Query::Contacts { filter, paging }, _) => contacts(account, filter, *paging)?,
        (Query::Messages { phone, paging }, Mode::V3) => {
            let target = escaped(&account.target(&phone.digits()));
            with_page(&format!("/{V3_CONVERSATIONS}/{target}/messages"), Pages::Three, *paging, &[])
        }
        (Query::Messages { phone, paging }, Mode::Single | Mode::Bulk) => with_page(
            &account.path_of(GET_MESSAGES, &phone.digits()),
            Pages::One,
            *paging,
            &[(CHANNEL_PHONE_NUMBER, account.number())],
        ),
        (Query::Templates { paging }, Mode::V3) => {
            with_page(&format!("/{V3_MESSAGE_TEMPLATES}"), Pages::Three, *paging, &[])
        }
        (Query::Templates { paging }, Mode::Single | Mode::Bulk) => {
            with_page(&account.path(GET_MESSAGE_TEMPLATES), Pages::One, *paging, &[])
        }
        (Query::Broadcast { id }, Mode::V3) => format!("/{V3_BROADCASTS}/{}", broadcast(id)),
        (Query::BroadcastRecipients { id, paging }, Mode::V3) => {
            with_page(&format!("/{V3_BROADCASTS}/{}/recipients", broadcast(id)), Pages::Three, *paging, &[])
        }
        (Query::Broadcast { .. } | Query::BroadcastRecipients { .. }, Mode::Single | Mode::Bulk) => {
            return Err(not_offered("Wati tells of broadcasts only where the channel's mode is \"v3\""));
        }
        (Query::Contact { .. }, _) => {
            return Err(not_offered("Wati finds contacts by name, attribute or day, not by their id"));
        }
        (
            Query::ContactTags { .. } | Query::Tags { .. } | Query::Tag { .. } | Query::ContactsByTag { .. },
            _,
        ) => {
            return Err(not_offered("Wati has attributes in place of tags"));
        }
        (Query::Groups | Query::Group { .. } | Query::GroupInvite { .. } | Query::GroupIcon { .. }, _) => {
            return Err(not_offered("Wati has no groups"));
        }
    };
    Ok(WireRequest::bare(Method::GET, path))
}

/// The broadcast of an id, which may be that of a message: `broadcast/correlation`.
fn broadcast(id: &str) -> String {
    escaped(id.split_once('/').map_or(id, |(broadcast, _)| broadcast))
}

fn contacts(account: &Account, filter: &ContactFilter, paging: Paging) -> Result<String, NotOffered> {
    let ContactFilter { name, identifier, tags, is_group, attribute, created, descending } = filter;
    if identifier.is_some() || !tags.is_empty() || *descending {
        let sentence =
            "Wati finds contacts by name, attribute or day, not by number or tag, and in its own order";
        return Err(not_offered(sentence));
    }
    if *is_group == Some(true) {
        return Err(not_offered("Wati has no groups"));
    }
    let attribute = attribute.as_ref().map(|(name, value)| {
        let borrowed = |text: &'static str| Cow::Borrowed(text);
        let one = AttributeFilter { name: name.into(), operator: borrowed("=="), value: value.into() };
        // Texts alone: there is nothing in it that JSON cannot say.
        serde_json::to_string(&[one]).unwrap_or_default()
    });
    let filters = [("name", name), ("attribute", &attribute), ("createdDate", created)];
    let given: Vec<(&str, &str)> =
        filters.into_iter().filter_map(|(key, value)| Some((key, value.as_deref()?))).collect();
    Ok(with_page(&account.path(GET_CONTACTS), Pages::One, paging, &given))
}

/// How an API calls pages.
#[derive(Debug, Clone, Copy)]
enum Pages {
    /// `pageSize`, `pageNumber`.
    One,
    /// `page_size`, `page_number`, of a hundred at most.
    Three,
}

fn with_page(path: &str, pages: Pages, paging: Paging, more: &[(&str, &str)]) -> String {
    let (size, page) = (size(paging), paging.page.to_string());
    let (size, names) = match pages {
        Pages::One => (size, ["pageSize", "pageNumber"]),
        Pages::Three => (size.min(PAGE), ["page_size", "page_number"]),
    };
    let size = size.to_string();
    let query: Vec<(&str, &str)> =
        names.into_iter().zip([size.as_str(), page.as_str()]).chain(more.iter().copied()).collect();
    with_query(path, &query)
}

/// Items that a page is asked to have.
fn size(paging: Paging) -> u32 {
    paging.size.unwrap_or(PAGE)
}

fn not_offered(sentence: &str) -> NotOffered {
    NotOffered(sentence.to_owned())
}
