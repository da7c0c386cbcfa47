//! Which of Wati's calls does what is wanted, by the channel's mode.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::mode::Mode;
use crate::domain::{Action, Content};
use crate::provider::Company;

/// A call that sends or changes something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Call {
    /// `POST sendTemplateMessage`: a template for one person.
    Template,
    /// `POST sendTemplateMessages`: a template for many.
    Templates,
    /// `POST v3 messageTemplates/send`: a template for many, each under our identifier.
    Broadcast,
    /// `POST sendSessionMessage/{number}`.
    SessionText,
    /// `POST v3 conversations/messages/text`.
    ConversationText,
    /// `POST updateChatStatus`.
    ChatStatus,
    /// `PUT v3 conversations/{target}/status`.
    ConversationStatus,
    /// `POST addContact/{number}`, which makes a contact or changes the one that is there.
    AddContact,
    /// `POST v3 contacts`.
    CreateContact,
    /// `POST updateContactAttributes/{number}`.
    Attributes,
    /// `POST updateContactAttributesForMultiContacts`.
    ManyAttributes,
    /// `PUT v3 contacts`.
    UpdateContacts,
}

impl Call {
    /// The call for a content; `None` for what Wati does not do. Attributes of several people by one call
    /// only where there are several: the call for one is the seed's.
    #[must_use]
    pub fn of(mode: Mode, content: &Content, recipients: usize) -> Option<Self> {
        let is_v3 = mode == Mode::V3;
        Some(match content {
            Content::Template { .. } => match mode {
                Mode::Single => Self::Template,
                Mode::Bulk => Self::Templates,
                Mode::V3 => Self::Broadcast,
            },
            Content::Text { .. } if is_v3 => Self::ConversationText,
            Content::Text { .. } => Self::SessionText,
            Content::Action(action) => match action {
                Action::SetChatStatus { .. } if is_v3 => Self::ConversationStatus,
                Action::SetChatStatus { .. } => Self::ChatStatus,
                Action::CreateContact { .. } | Action::UpsertContact { .. } if is_v3 => Self::CreateContact,
                Action::CreateContact { .. } | Action::UpsertContact { .. } => Self::AddContact,
                Action::SetAttributes { .. } | Action::UpdateContact { .. } if is_v3 => Self::UpdateContacts,
                Action::SetAttributes { .. } | Action::UpdateContact { .. } if recipients > 1 => {
                    Self::ManyAttributes
                }
                Action::SetAttributes { .. } | Action::UpdateContact { .. } => Self::Attributes,
                _ => return None,
            },
            Content::Media { .. } | Content::Location { .. } | Content::Contacts { .. } => return None,
        })
    }

    /// Who may share a call with a recipient of this content: those of the same template, which a bulk send
    /// has only once, and those whose attributes are set. What is done for one person is done alone.
    #[must_use]
    pub fn company(mode: Mode, content: &Content) -> Company {
        let mut digest = DefaultHasher::new();
        match Self::of(mode, content, usize::MAX) {
            _ if mode == Mode::Single => return Company::Alone,
            Some(call @ (Self::Templates | Self::Broadcast)) => {
                call.hash(&mut digest);
                if let Content::Template { id, .. } = content {
                    id.hash(&mut digest);
                }
            }
            Some(call @ (Self::ManyAttributes | Self::UpdateContacts)) => call.hash(&mut digest),
            Some(_) | None => return Company::Alone,
        }
        Company::Alike(digest.finish())
    }
}
