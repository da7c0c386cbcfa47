//! Work of the providers that is no message: done over an audience like a campaign, or once by a command.

use serde::{Deserialize, Serialize};

/// What is done for one recipient instead of sending a message. Whom or what it concerns is the
/// recipient's address; a field that repeats it says so.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Action {
    /// Make a group. The address names the subject. Accepted with the group's id.
    CreateGroup {
        /// What its members see, as the provider's limits allow.
        subject: String,
    },
    /// Rename the group of the address.
    SetGroupSubject {
        /// The new subject.
        subject: String,
    },
    /// Give the group of the address a picture.
    SetGroupIcon {
        /// Its MIME type.
        content_type: String,
        /// The picture itself, frozen with the plan.
        image: Vec<u8>,
    },
    /// Take the picture of the group of the address away.
    RemoveGroupIcon,
    /// Leave the group of the address.
    LeaveGroup,
    /// Make the invite link of the group of the address useless.
    RevokeInvite,
    /// Send a person the invite link of a group, which is asked for just before.
    SendInvite {
        /// The group.
        group: String,
        /// The text, with [`INVITE_LINK`] where the link goes.
        text: String,
    },
    /// Take a person out of a group.
    RemoveParticipant {
        /// The group.
        group: String,
    },
    /// Make a participant an administrator of a group.
    AddAdmin {
        /// The group.
        group: String,
    },
    /// Make an administrator an ordinary participant of a group.
    RemoveAdmin {
        /// The group.
        group: String,
    },
    /// Make a contact of a person. Accepted with the contact's id.
    CreateContact {
        /// What is known of the person.
        fields: ContactFields,
    },
    /// Change a contact.
    UpdateContact {
        /// Its id; without one it is found by the person's number.
        contact: Option<String>,
        /// What changes.
        fields: ContactFields,
    },
    /// Change a person's contact, or make one where there is none.
    UpsertContact {
        /// What is known of the person.
        fields: ContactFields,
    },
    /// Let a contact belong to no platform any more.
    RemovePlatform {
        /// Its id; without one it is found by the person's number.
        contact: Option<String>,
    },
    /// Put tags on a contact.
    AddTags {
        /// Its id; without one it is found by the person's number.
        contact: Option<String>,
        /// Ids of the tags.
        tags: Vec<String>,
    },
    /// Take tags from a contact.
    RemoveTags {
        /// Its id; without one it is found by the person's number.
        contact: Option<String>,
        /// Ids of the tags.
        tags: Vec<String>,
    },
    /// Set attributes of a person's contact.
    SetAttributes {
        /// Names and values, in the order of the definition.
        attributes: Vec<(String, String)>,
    },
    /// Make a tag. The address names it. Accepted with the tag's id.
    CreateTag {
        /// Its name.
        name: String,
        /// `#rrggbb`.
        color: String,
    },
    /// Change the tag of the address.
    UpdateTag {
        /// The new name.
        name: Option<String>,
        /// `#rrggbb`.
        color: Option<String>,
    },
    /// Remove the tag of the address.
    DeleteTag,
    /// Say how far the conversation with a person is.
    SetChatStatus {
        /// How far.
        status: ChatStatus,
    },
    /// Open a conversation with a person. Accepted with the session's id.
    StartConversation {
        /// Id of the platform's configuration.
        platform_config: String,
        /// The person's name.
        user_name: String,
        /// The company's name; the omnichannel needs it for WhatsApp Web.
        company_name: Option<String>,
        /// The platform.
        platform: Option<String>,
        /// Whether it goes before others.
        priority: Option<bool>,
    },
    /// Say something in the open conversation that is the address.
    SendToSession {
        /// Whose name stands under it.
        agent: String,
        /// The text.
        text: Option<String>,
        /// Address of a picture, video or document.
        media: Option<String>,
        /// Id of the message that it answers.
        quoted: Option<String>,
    },
    /// Say something to a person in answer to an earlier message.
    SendQuoting {
        /// Id of the message that it answers.
        quoted: String,
        /// The text.
        text: Option<String>,
        /// Address of a picture, video or document.
        media: Option<String>,
    },
    /// Take back the message of the address.
    DeleteMessage {
        /// Who sent it.
        sender: String,
    },
}

/// Stands in [`Action::SendInvite`]'s text for the link.
pub const INVITE_LINK: &str = "{link}";

/// What is known of a contact. Only what is given is set.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ContactFields {
    /// The person's or group's name.
    pub name: Option<String>,
    /// What the account calls it.
    pub custom_name: Option<String>,
    /// The number's digits, or a group's identifier, that a contact gets instead of the one it has: only
    /// where it is changed.
    pub identifier: Option<String>,
    /// Whether it is a group and not a person.
    pub is_group: bool,
    /// Address of its picture.
    pub photo: Option<String>,
    /// The one platform that it belongs to.
    pub platform: Option<String>,
    /// Ids of tags.
    pub tags: Vec<String>,
    /// Whether its messages are left alone.
    pub is_ignored: Option<bool>,
    /// Names and values of the account's own attributes.
    pub attributes: Vec<(String, String)>,
}

/// How far a conversation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChatStatus {
    /// Somebody works on it.
    Open,
    /// Done.
    Solved,
    /// Waits.
    Pending,
    /// The person is shut out.
    Block,
}

impl ChatStatus {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Open, Self::Solved, Self::Pending, Self::Block];

    /// As written in definitions and commands.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Solved => "solved",
            Self::Pending => "pending",
            Self::Block => "block",
        }
    }
}

impl Action {
    /// What definitions, commands and reports call it.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::CreateGroup { .. } => "create_group",
            Self::SetGroupSubject { .. } => "set_group_subject",
            Self::SetGroupIcon { .. } => "set_group_icon",
            Self::RemoveGroupIcon => "remove_group_icon",
            Self::LeaveGroup => "leave_group",
            Self::RevokeInvite => "revoke_invite",
            Self::SendInvite { .. } => "send_invite",
            Self::RemoveParticipant { .. } => "remove_participant",
            Self::AddAdmin { .. } => "add_admin",
            Self::RemoveAdmin { .. } => "remove_admin",
            Self::CreateContact { .. } => "create_contact",
            Self::UpdateContact { .. } => "update_contact",
            Self::UpsertContact { .. } => "upsert_contact",
            Self::RemovePlatform { .. } => "remove_platform",
            Self::AddTags { .. } => "add_tags",
            Self::RemoveTags { .. } => "remove_tags",
            Self::SetAttributes { .. } => "set_attributes",
            Self::CreateTag { .. } => "create_tag",
            Self::UpdateTag { .. } => "update_tag",
            Self::DeleteTag => "delete_tag",
            Self::SetChatStatus { .. } => "set_chat_status",
            Self::StartConversation { .. } => "start_conversation",
            Self::SendToSession { .. } => "send_to_session",
            Self::SendQuoting { .. } => "send_quoting",
            Self::DeleteMessage { .. } => "delete_message",
        }
    }

    /// Whether doing it once more changes nothing: then a call of which nobody knows the outcome is made
    /// again, and nobody has to decide.
    #[must_use]
    pub fn is_repeatable(&self) -> bool {
        matches!(
            self,
            Self::SetGroupSubject { .. }
                | Self::SetGroupIcon { .. }
                | Self::AddAdmin { .. }
                | Self::RemoveAdmin { .. }
                | Self::UpdateContact { .. }
                | Self::UpsertContact { .. }
                | Self::RemovePlatform { .. }
                | Self::AddTags { .. }
                | Self::RemoveTags { .. }
                | Self::SetAttributes { .. }
                | Self::UpdateTag { .. }
                | Self::SetChatStatus { .. }
        )
    }

    /// The group that it is about beside its address: the same for another group is something else.
    #[must_use]
    pub fn group(&self) -> Option<&str> {
        match self {
            Self::SendInvite { group, .. }
            | Self::RemoveParticipant { group }
            | Self::AddAdmin { group }
            | Self::RemoveAdmin { group } => Some(group),
            _ => None,
        }
    }

    /// Whether somebody gets a message: only then is a suppressed person spared.
    #[must_use]
    pub fn messages_somebody(&self) -> bool {
        matches!(
            self,
            Self::SendInvite { .. }
                | Self::StartConversation { .. }
                | Self::SendToSession { .. }
                | Self::SendQuoting { .. }
        )
    }
}
