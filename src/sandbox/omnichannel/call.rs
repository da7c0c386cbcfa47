//! Which of the omnichannel's calls a request is, by the mapping's one table of routes.

use axum::routing::MethodFilter;

use crate::provider::omnichannel::wire::ROUTES;
use crate::sandbox::accepting::MESSAGE;
use crate::sandbox::far_side::Route;

/// A method of the seed's library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sandbox) enum Call {
    ContactCreate,
    ContactUpdate,
    ContactGetById,
    ContactGet,
    ContactDeletePlatform,
    ContactGetTags,
    ContactAddTags,
    ContactRemoveTags,
    TagCreate,
    TagGet,
    TagGetById,
    TagUpdate,
    TagDelete,
    TagGetContacts,
    StartConversation,
    SendMessage,
    SendProactiveMessage,
    SendGroupMessage,
    DeleteMessage,
    /// "Não implementado" (seed 000, 3.4).
    SendInteractiveMessage,
}

use Call::{
    ContactAddTags, ContactCreate, ContactDeletePlatform, ContactGet, ContactGetById, ContactGetTags,
    ContactRemoveTags, ContactUpdate, DeleteMessage, SendGroupMessage, SendInteractiveMessage, SendMessage,
    SendProactiveMessage, StartConversation, TagCreate, TagDelete, TagGet, TagGetById, TagGetContacts,
    TagUpdate,
};

/// The mapping's names.
const NAMES: [(&str, Call); 19] = [
    ("contact_create", ContactCreate),
    ("contact_update", ContactUpdate),
    ("contact_get_by_id", ContactGetById),
    ("contact_get", ContactGet),
    ("contact_delete_platform", ContactDeletePlatform),
    ("contact_get_tags_by_contac_id", ContactGetTags),
    ("contact_add_tags", ContactAddTags),
    ("contact_remove_tags", ContactRemoveTags),
    ("tag_create", TagCreate),
    ("tag_get", TagGet),
    ("tag_get_by_id", TagGetById),
    ("tag_update", TagUpdate),
    ("tag_delete", TagDelete),
    ("tag_get_contacts_by_tag_id", TagGetContacts),
    ("start_conversation", StartConversation),
    ("send_message", SendMessage),
    ("send_proactive_message", SendProactiveMessage),
    ("send_group_message", SendGroupMessage),
    ("delete_message", DeleteMessage),
];

/// What records and scenarios call the operations.
pub(super) const WORDS: &[&str] = &[
    MESSAGE,
    "contact_create",
    "contact_update",
    "contact_get_by_id",
    "contact_get",
    "contact_delete_platform",
    "contact_get_tags_by_contac_id",
    "contact_add_tags",
    "contact_remove_tags",
    "tag_create",
    "tag_get",
    "tag_get_by_id",
    "tag_update",
    "tag_delete",
    "tag_get_contacts_by_tag_id",
    "start_conversation",
    "delete_message",
];

impl Call {
    /// The mapping's name.
    pub(super) fn word(self) -> &'static str {
        NAMES.iter().find(|(_, call)| *call == self).map_or(MESSAGE, |(name, _)| name)
    }

    /// Whether something is otherwise afterwards.
    pub(super) fn is_change(self) -> bool {
        !matches!(self, ContactGetById | ContactGet | ContactGetTags | TagGet | TagGetById | TagGetContacts)
    }
}

/// Where each of them is.
pub(super) fn routes() -> Vec<Route<Call>> {
    let interactive = (MethodFilter::POST, "/messages/interactive", SendInteractiveMessage);
    let known = ROUTES.iter().filter_map(|known| {
        let (method, path) = known.route.split_once(' ')?;
        let method = match method {
            "GET" => MethodFilter::GET,
            "POST" => MethodFilter::POST,
            "PUT" => MethodFilter::PUT,
            "DELETE" => MethodFilter::DELETE,
            _ => return None,
        };
        let (_, call) = NAMES.iter().find(|(name, _)| *name == known.name)?;
        Some((method, path, *call))
    });
    known.chain([interactive]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_of_the_mapping_is_open() {
        let open = routes();
        assert_eq!(open.len(), ROUTES.len() + 1);
        for (name, call) in NAMES {
            assert!(open.iter().any(|(_, _, known)| *known == call), "{name}");
            let is_message = matches!(call, SendMessage | SendProactiveMessage | SendGroupMessage);
            assert_eq!(WORDS.contains(&name), !is_message, "{name}");
        }
    }
}
