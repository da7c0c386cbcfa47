//! Wati's JSON, shared by client and sandbox: exact when written, lenient when read.
//!
//! `paths` says where each call lives, `template`, `bulk` and `broadcast` are the three ways of sending a
//! template (API v1 for one, v1 for many, v3), `conversation` and `contact` are what is done for one person,
//! `list` holds the answers to questions, `webhook` what
//! is told unasked. v1 writes `camelCase` with slips of its own, v3 `snake_case`.

mod broadcast;
mod bulk;
mod contact;
mod conversation;
mod list;
mod paths;
mod template;
mod value;
pub mod webhook;

pub use broadcast::{BroadcastRecipient, BroadcastReply, ListedRecipient, SendMessageTemplates};
pub use bulk::{BulkErrors, BulkReceiver, BulkReply, Receiver, SendTemplateMessages};
pub use contact::CreateContact;
pub use contact::{
    AddContact, Attributes, ContactAttributes, ManyAttributes, TargetAttributes, UpdateContacts,
};
pub use conversation::{
    ChangeErrors, ChangeReply, ChatStatusUpdate, ConversationStatus, ConversationText, SessionChannel,
};
pub use list::{
    AttributeFilter, BroadcastFound, ContactFound, LanguageFound, Link, ListReply, MessageFound, Messages,
    NamedValue, RecipientFound, TemplateFound,
};
pub use paths::{
    ADD_CONTACT, AUTHORIZATION_SCHEME, CHANNEL_PHONE_NUMBER, GET_CONTACTS, GET_MESSAGE_TEMPLATES,
    GET_MESSAGES, MESSAGE_TEXT, SEND_SESSION_MESSAGE, SEND_TEMPLATE_MESSAGE, SEND_TEMPLATE_MESSAGES,
    UPDATE_CHAT_STATUS, UPDATE_CONTACT_ATTRIBUTES, UPDATE_CONTACT_ATTRIBUTES_OF_MANY, V3_BROADCASTS,
    V3_CONTACTS, V3_CONVERSATIONS, V3_MESSAGE_TEMPLATES, V3_SEND, V3_TEXT, WHATSAPP_NUMBER,
};
pub use template::{Contact, Model, Parameter, ReplyErrors, SendTemplateMessage, SendTemplateReply};
pub use value::{AnyList, AnyObject, AnyText, AnyTexts, AnyTruth};
