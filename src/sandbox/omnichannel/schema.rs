//! The fields of each payload, as the seed lists them.

use super::call::Call;

/// What a field's value must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Text that is not blank.
    Text,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A telephone number: digits.
    Number,
    /// `#rrggbb`.
    Color,
    /// An http or https address.
    Address,
    /// A list of texts, none of them blank.
    Texts,
    /// `true` or `false`.
    Flag,
    /// A whole number from 1.
    Count,
    /// An object.
    Object,
}

/// A field.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) required: bool,
}

const fn need(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, required: true }
}

const fn may(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, required: false }
}

use Kind::{Address, Color, Count, Flag, Number, Object, OneOf, Text, Texts};

const ACCOUNT: Field = need("clientIdentifier", Text);
const CONTACT: Field = need("contactId", Text);
const TAG: Field = need("tagId", Text);
const TYPES: Kind = OneOf(&["individual", "group"]);
const CHANNEL_TYPES: Kind = OneOf(&["whatsapp"]);

/// The fields that a call's payload has, path and query included.
pub(super) fn of(call: Call) -> &'static [Field] {
    match call {
        Call::ContactCreate => {
            const {
                &[
                    ACCOUNT,
                    need("channelId", Text),
                    need("contactIdentifier", Text),
                    need("name", Text),
                    need("type", TYPES),
                    need("channelType", CHANNEL_TYPES),
                    may("customName", Text),
                    may("photo", Address),
                    may("tagIds", Texts),
                    may("platform", Text),
                    may("isIgnored", Flag),
                ]
            }
        }
        Call::ContactUpdate => {
            const {
                &[
                    ACCOUNT,
                    CONTACT,
                    may("customName", Text),
                    may("platform", Text),
                    may("tagIds", Texts),
                    may("contactIdentifier", Text),
                    may("isIgnored", Flag),
                ]
            }
        }
        Call::ContactGetById | Call::ContactDeletePlatform | Call::ContactGetTags => {
            const { &[ACCOUNT, CONTACT] }
        }
        Call::ContactGet => {
            const {
                &[
                    ACCOUNT,
                    may("page", Count),
                    may("limit", Count),
                    may("order", OneOf(&["asc", "desc"])),
                    may("type", TYPES),
                    may("channelType", CHANNEL_TYPES),
                    may("name", Text),
                    may("contactIdentifier", Text),
                    may("tagIds", Texts),
                ]
            }
        }
        Call::ContactAddTags | Call::ContactRemoveTags => {
            const { &[ACCOUNT, CONTACT, need("tagIds", Texts)] }
        }
        Call::TagCreate => const { &[ACCOUNT, need("name", Text), need("color", Color)] },
        Call::TagGet => const { &[ACCOUNT, may("name", Text)] },
        Call::TagGetById | Call::TagDelete | Call::TagGetContacts => const { &[ACCOUNT, TAG] },
        Call::TagUpdate => const { &[ACCOUNT, TAG, may("name", Text), may("color", Color)] },
        Call::StartConversation => {
            const {
                &[
                    need("service", OneOf(&["whatsappweb", "d360"])),
                    need("platformConfigId", Text),
                    need("channelId", Text),
                    need("clientProviderId", Number),
                    need("userName", Text),
                    may("companyName", Text),
                    // The seed's prose has this name for the same thing.
                    may("companyId", Text),
                    may("platform", Text),
                    may("sessionWithPriority", Flag),
                ]
            }
        }
        Call::SendMessage => {
            const {
                &[
                    need("agentName", Text),
                    need("sessionId", Text),
                    may("text", Text),
                    may("mediaUri", Address),
                    may("quotedMessage", Object),
                ]
            }
        }
        Call::SendProactiveMessage => {
            const {
                &[
                    need("channelId", Text),
                    need("recipientNumber", Number),
                    need("platform", Text),
                    may("text", Text),
                    may("mediaUri", Address),
                    may("quotedMessage", Object),
                ]
            }
        }
        Call::SendGroupMessage => {
            const {
                &[
                    need("channelId", Text),
                    need("recipientNumber", Text),
                    need("platform", Text),
                    may("text", Text),
                    may("mediaUri", Address),
                ]
            }
        }
        Call::DeleteMessage => {
            const { &[need("messageId", Text), need("senderId", Text), need("channelSlug", Text)] }
        }
        Call::SendInteractiveMessage => const { &[] },
    }
}
