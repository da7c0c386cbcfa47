//! The omnichannel's JSON: the seed's payloads, field by field.
//!
//! Seed 000; a field that the seed calls optional, or leaves out of a sample, is absent when it is `None`.

pub mod webhook;

use std::borrow::Cow;

use serde::Serialize;

pub use super::routes::ROUTES;

/// The scheme of the `Authorization` header, followed by a space and the token. Ours.
pub const AUTHORIZATION_SCHEME: &str = "Bearer";

/// `channelType`: the only one that there is (seed 000, 1.1).
pub const CHANNEL_TYPE: &str = "whatsapp";

/// Contacts in a page unless `limit` says otherwise (1.4).
pub const PAGE: u32 = 30;

/// `type` of a person's contact (1.1).
pub const INDIVIDUAL: &str = "individual";

/// `type` of a group's contact (1.1).
pub const GROUP: &str = "group";

/// `MessageServiceEnum`: the seed's sample has the second, the library's newer pages the first.
pub const SERVICES: &[&str] = &[WHATSAPP_WEB, "d360"];

/// The service of which seed 000 speaks.
pub const WHATSAPP_WEB: &str = "whatsappweb";

/// `CreateContactDto` (1.1).
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateContact<'a> {
    /// The account.
    pub client_identifier: &'a str,
    /// The channel.
    pub channel_id: &'a str,
    /// A number's digits, or a group's identifier.
    pub contact_identifier: Cow<'a, str>,
    /// The contact's name.
    pub name: &'a str,
    /// `individual` or `group`.
    pub r#type: &'a str,
    /// `whatsapp`.
    pub channel_type: &'a str,
    /// What the account calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_name: Option<&'a str>,
    /// Address of its picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub photo: Option<&'a str>,
    /// Ids of its tags.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag_ids: Option<&'a [String]>,
    /// The one platform that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform: Option<&'a str>,
    /// Whether its messages are left alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_ignored: Option<bool>,
}

/// `UpdateContactDto` (1.2).
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UpdateContact<'a> {
    /// The account.
    pub client_identifier: &'a str,
    /// Which contact.
    pub contact_id: Cow<'a, str>,
    /// What the account calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_name: Option<&'a str>,
    /// The one platform that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform: Option<&'a str>,
    /// Ids of its tags.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag_ids: Option<&'a [String]>,
    /// A number's digits, or a group's identifier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact_identifier: Option<&'a str>,
    /// Whether its messages are left alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_ignored: Option<bool>,
}

/// `GetContactDto`, `DeleteContactPlatformDto` and `GetTagsByContactIdDto` (1.3, 1.5, 1.6).
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ContactReference<'a> {
    /// The account.
    pub client_identifier: &'a str,
    /// Which contact.
    pub contact_id: Cow<'a, str>,
}

/// `GetContactsDto` (1.4).
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GetContacts<'a> {
    /// The account.
    pub client_identifier: &'a str,
    /// From 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// Contacts in a page; [`PAGE`] when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// `asc` or `desc`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<&'a str>,
    /// `individual` or `group`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#type: Option<&'a str>,
    /// `whatsapp`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel_type: Option<&'a str>,
    /// Part of the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'a str>,
    /// A number's digits, or a group's identifier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact_identifier: Option<Cow<'a, str>>,
    /// Ids of tags.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag_ids: Option<&'a [String]>,
}

/// `AddContactTagDto` and `RemoveContactTagDto` (1.7, 1.8).
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ContactTags<'a> {
    /// The account.
    pub client_identifier: &'a str,
    /// Which contact.
    pub contact_id: Cow<'a, str>,
    /// Ids of the tags.
    pub tag_ids: &'a [String],
}

/// `CreateTagDto` (2.1).
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateTag<'a> {
    /// The account.
    pub client_identifier: &'a str,
    /// The tag's name.
    pub name: &'a str,
    /// `#rrggbb`.
    pub color: &'a str,
}

/// `GetTagsDto` (2.2).
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GetTags<'a> {
    /// The account.
    pub client_identifier: &'a str,
    /// Part of the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'a str>,
}

/// `GetTagByIdDto`, `DeleteTagDto` and `GetContactsByTagIdDto` (2.3, 2.5, 2.6).
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TagReference<'a> {
    /// The account.
    pub client_identifier: &'a str,
    /// Which tag.
    pub tag_id: &'a str,
}

/// `UpdateTagDto` (2.4).
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UpdateTag<'a> {
    /// The account.
    pub client_identifier: &'a str,
    /// Which tag.
    pub tag_id: &'a str,
    /// The new name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'a str>,
    /// `#rrggbb`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub color: Option<&'a str>,
}

/// `StartConversationDto` (3.1), and the service that goes beside it.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StartConversation<'a> {
    /// The platform's configuration.
    pub platform_config_id: &'a str,
    /// The channel.
    pub channel_id: &'a str,
    /// The person's number: digits.
    pub client_provider_id: Cow<'a, str>,
    /// The person's name.
    pub user_name: &'a str,
    /// Needed for WhatsApp Web only. The seed's prose calls it `companyId`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company_name: Option<&'a str>,
    /// The platform.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform: Option<&'a str>,
    /// Whether it goes before others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_with_priority: Option<bool>,
    /// One of [`SERVICES`]: the method's second argument, no field of the payload.
    #[serde(skip)]
    pub service: &'a str,
}

/// `SendMessageDto` (3.2, 3.3).
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SendMessage<'a> {
    /// Whose name stands under it.
    pub agent_name: &'a str,
    /// The open conversation.
    pub session_id: &'a str,
    /// The text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<&'a str>,
    /// Address of a picture, video or document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media_uri: Option<&'a str>,
    /// The message that it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quoted_message: Option<QuotedMessage<'a>>,
}

/// `SendPlatformMessagePayload` (3.5, 3.6). A group's message quotes nothing.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SendPlatformMessage<'a> {
    /// The channel.
    pub channel_id: &'a str,
    /// A number's digits, or a group's identifier.
    pub recipient_number: Cow<'a, str>,
    /// The platform.
    pub platform: &'a str,
    /// The text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<&'a str>,
    /// Address of a picture, video or document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media_uri: Option<&'a str>,
    /// The message that it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quoted_message: Option<QuotedMessage<'a>>,
}

/// `quotedMessage`: an object, says the seed, and no more. Ours.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct QuotedMessage<'a> {
    /// The quoted message's id.
    pub message_id: &'a str,
}

/// `DeleteMessageDto` (3.7).
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeleteMessage<'a> {
    /// Which message.
    pub message_id: &'a str,
    /// Who sent it.
    pub sender_id: &'a str,
    /// The platform.
    pub channel_slug: &'a str,
}
