//! One call for each method of the seed's library: its payload and its route.

use serde::Serialize;

use super::routes::{self, Routes};
use super::wire::{
    ContactReference, ContactTags, CreateContact, CreateTag, DeleteMessage, GetContacts, GetTags,
    SendMessage, SendPlatformMessage, StartConversation, TagReference, UpdateContact, UpdateTag,
};
use crate::domain::{KnownRoute, Reply};
use crate::provider::WireRequest;

/// A method of the seed's library with its payload.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Call<'a> {
    ContactCreate(CreateContact<'a>),
    ContactUpdate(UpdateContact<'a>),
    ContactGetById(ContactReference<'a>),
    ContactGet(GetContacts<'a>),
    ContactDeletePlatform(ContactReference<'a>),
    ContactGetTags(ContactReference<'a>),
    ContactAddTags(ContactTags<'a>),
    ContactRemoveTags(ContactTags<'a>),
    TagCreate(CreateTag<'a>),
    TagGet(GetTags<'a>),
    TagGetById(TagReference<'a>),
    TagUpdate(UpdateTag<'a>),
    TagDelete(TagReference<'a>),
    TagGetContacts(TagReference<'a>),
    StartConversation(StartConversation<'a>),
    SendMessage(SendMessage<'a>),
    SendProactiveMessage(SendPlatformMessage<'a>),
    SendGroupMessage(SendPlatformMessage<'a>),
    DeleteMessage(DeleteMessage<'a>),
}

impl Call<'_> {
    /// The call as a channel's routes have it.
    pub fn request(&self, routes: &Routes) -> Result<WireRequest, Reply> {
        match self {
            Self::StartConversation(conversation) => {
                routes.request(&self.route(), self, &[("service", conversation.service)])
            }
            call => routes.request(&call.route(), call, &[]),
        }
    }

    fn route(&self) -> KnownRoute {
        match self {
            Self::ContactCreate(_) => routes::CONTACT_CREATE,
            Self::ContactUpdate(_) => routes::CONTACT_UPDATE,
            Self::ContactGetById(_) => routes::CONTACT_GET_BY_ID,
            Self::ContactGet(_) => routes::CONTACT_GET,
            Self::ContactDeletePlatform(_) => routes::CONTACT_DELETE_PLATFORM,
            Self::ContactGetTags(_) => routes::CONTACT_GET_TAGS_BY_CONTAC_ID,
            Self::ContactAddTags(_) => routes::CONTACT_ADD_TAGS,
            Self::ContactRemoveTags(_) => routes::CONTACT_REMOVE_TAGS,
            Self::TagCreate(_) => routes::TAG_CREATE,
            Self::TagGet(_) => routes::TAG_GET,
            Self::TagGetById(_) => routes::TAG_GET_BY_ID,
            Self::TagUpdate(_) => routes::TAG_UPDATE,
            Self::TagDelete(_) => routes::TAG_DELETE,
            Self::TagGetContacts(_) => routes::TAG_GET_CONTACTS_BY_TAG_ID,
            Self::StartConversation(_) => routes::START_CONVERSATION,
            Self::SendMessage(_) => routes::SEND_MESSAGE,
            Self::SendProactiveMessage(_) => routes::SEND_PROACTIVE_MESSAGE,
            Self::SendGroupMessage(_) => routes::SEND_GROUP_MESSAGE,
            Self::DeleteMessage(_) => routes::DELETE_MESSAGE,
        }
    }
}
