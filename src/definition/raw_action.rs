//! The table `[action]` as it is written: what is done over an audience instead of sending a message.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::document::{Placed, Table, TextList, TextTable};

/// What is done for each row instead of sending a message: exactly one of these. {{ column }} is filled
/// from the row in every text.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline, extend("minProperties" = 1, "maxProperties" = 1))]
pub struct RawAction {
    /// Make a group, one for each subject.
    pub create_group: Option<Placed<Table<RawSubject>>>,
    /// Rename the group of the row.
    pub set_group_subject: Option<Placed<Table<RawSubject>>>,
    /// Give the group of the row a picture.
    pub set_group_icon: Option<Placed<Table<RawIcon>>>,
    /// Take the picture of the group of the row away.
    pub remove_group_icon: Option<Placed<Table<RawNothing>>>,
    /// Leave the group of the row.
    pub leave_group: Option<Placed<Table<RawNothing>>>,
    /// Make the invite link of the group of the row useless.
    pub revoke_invite: Option<Placed<Table<RawNothing>>>,
    /// Send a person the invite link of a group.
    pub send_invite: Option<Placed<Table<RawInvite>>>,
    /// Take a person out of a group.
    pub remove_participant: Option<Placed<Table<RawOfGroup>>>,
    /// Make a participant an administrator of a group.
    pub add_admin: Option<Placed<Table<RawOfGroup>>>,
    /// Make an administrator an ordinary participant of a group.
    pub remove_admin: Option<Placed<Table<RawOfGroup>>>,
    /// Make a contact of a person.
    pub create_contact: Option<Placed<Table<RawContactFields>>>,
    /// Change a person's contact.
    pub update_contact: Option<Placed<Table<RawContactFields>>>,
    /// Change a person's contact, or make one where there is none.
    pub upsert_contact: Option<Placed<Table<RawContactFields>>>,
    /// Let a person's contact belong to no platform any more.
    pub remove_platform: Option<Placed<Table<RawOfContact>>>,
    /// Put tags on a person's contact: their names or ids.
    pub add_tags: Option<Placed<TextList>>,
    /// Take tags from a person's contact: their names or ids.
    pub remove_tags: Option<Placed<TextList>>,
    /// Set attributes of a person's contact.
    pub set_attributes: Option<Placed<TextTable>>,
    /// Say how far the conversation with a person is.
    pub set_chat_status: Option<Placed<RawChatStatus>>,
    /// Open a conversation with a person.
    pub start_conversation: Option<Placed<Table<RawConversation>>>,
    /// Say something in an open conversation.
    pub send_to_session: Option<Placed<Table<RawToSession>>>,
    /// Say something to a person in answer to an earlier message.
    pub send_quoting: Option<Placed<Table<RawQuoting>>>,
    /// Take a message back.
    pub delete_message: Option<Placed<Table<RawMessageOf>>>,
}

/// Nothing more is to be said.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct RawNothing {}

/// The subject of a group.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct RawSubject {
    /// What the group's members see.
    #[schemars(required, length(min = 1))]
    pub subject: Option<Placed<String>>,
}

/// A group's picture.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct RawIcon {
    /// Its file, seen from the workspace's folder; it is read when the plan is made.
    #[schemars(required, length(min = 1))]
    pub file: Option<Placed<String>>,
    /// Its MIME type, such as image/png.
    #[serde(rename = "type")]
    #[schemars(required, length(min = 1))]
    pub content_type: Option<Placed<String>>,
}

/// An invitation to a group.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct RawInvite {
    /// The group's id.
    #[schemars(required, length(min = 1))]
    pub group: Option<Placed<String>>,
    /// The text, with {link} exactly once where the link goes.
    #[schemars(required, regex(pattern = r"\{link\}"))]
    pub text: Option<Placed<String>>,
}

/// Which group.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct RawOfGroup {
    /// The group's id.
    #[schemars(required, length(min = 1))]
    pub group: Option<Placed<String>>,
}

/// Which contact.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct RawOfContact {
    /// The contact's id. Without it: found by the person's number.
    #[schemars(length(min = 1))]
    pub contact: Option<Placed<String>>,
}

/// What is known of a contact; what is left out, or empty in the row, stays as it is.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct RawContactFields {
    /// The contact's id, of a contact that is changed. Without it: found by the person's number.
    #[schemars(length(min = 1))]
    pub contact: Option<Placed<String>>,
    /// The person's or group's name.
    #[schemars(length(min = 1))]
    pub name: Option<Placed<String>>,
    /// What the account calls it.
    #[schemars(length(min = 1))]
    pub custom_name: Option<Placed<String>>,
    /// The number, or a group's id, that a contact gets which is changed. Without it: the one it has.
    #[schemars(length(min = 1))]
    pub identifier: Option<Placed<String>>,
    /// Whether it is a person or a group. Without it: a person.
    #[serde(rename = "type")]
    pub kind: Option<Placed<RawContactKind>>,
    /// Address of its picture.
    #[schemars(length(min = 1))]
    pub photo: Option<Placed<String>>,
    /// The one platform that it belongs to.
    #[schemars(length(min = 1))]
    pub platform: Option<Placed<String>>,
    /// Names or ids of its tags.
    pub tags: Option<Placed<TextList>>,
    /// Whether its messages are left alone.
    pub ignored: Option<Placed<bool>>,
    /// Names and values of the account's own attributes.
    pub attributes: Option<Placed<TextTable>>,
}

/// What a contact is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum RawContactKind {
    /// A person.
    Individual,
    /// A group.
    Group,
}

/// How far a conversation is.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum RawChatStatus {
    /// Somebody works on it.
    Open,
    /// Done.
    Solved,
    /// Waits.
    Pending,
    /// The person is shut out.
    Block,
}

/// A conversation that is opened.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct RawConversation {
    /// Id of the platform's configuration.
    #[schemars(required, length(min = 1))]
    pub platform_config: Option<Placed<String>>,
    /// The person's name.
    #[schemars(required, length(min = 1))]
    pub user_name: Option<Placed<String>>,
    /// The company's name; the omnichannel needs it for WhatsApp Web.
    #[schemars(length(min = 1))]
    pub company_name: Option<Placed<String>>,
    /// The platform.
    #[schemars(length(min = 1))]
    pub platform: Option<Placed<String>>,
    /// Whether it goes before others.
    pub priority: Option<Placed<bool>>,
}

/// What is said in an open conversation: a text or a file.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct RawToSession {
    /// The conversation's id.
    #[schemars(required, length(min = 1))]
    pub session: Option<Placed<String>>,
    /// Whose name stands under it.
    #[schemars(required, length(min = 1))]
    pub agent: Option<Placed<String>>,
    /// The text.
    #[schemars(length(min = 1))]
    pub text: Option<Placed<String>>,
    /// Address of a picture, video or document.
    #[schemars(length(min = 1))]
    pub media: Option<Placed<String>>,
    /// Id of the message that it answers.
    #[schemars(length(min = 1))]
    pub quoted: Option<Placed<String>>,
}

/// An answer to an earlier message: a text or a file.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct RawQuoting {
    /// Id of the message that it answers.
    #[schemars(required, length(min = 1))]
    pub quoted: Option<Placed<String>>,
    /// The text.
    #[schemars(length(min = 1))]
    pub text: Option<Placed<String>>,
    /// Address of a picture, video or document.
    #[schemars(length(min = 1))]
    pub media: Option<Placed<String>>,
}

/// Which message.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct RawMessageOf {
    /// The message's id.
    #[schemars(required, length(min = 1))]
    pub message: Option<Placed<String>>,
    /// Who sent it.
    #[schemars(required, length(min = 1))]
    pub sender: Option<Placed<String>>,
}
