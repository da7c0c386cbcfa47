//! Where Wati's calls live. API v1 stands behind the tenant, `/{tenant}/api/v1/…` (seed 003); v3 has no
//! tenant, `/api/ext/v3/…` (providers.md §3.4).

/// The scheme of the `Authorization` header, followed by a space and the token.
pub const AUTHORIZATION_SCHEME: &str = "Bearer";

/// `POST`, seed 003 §1.
pub const SEND_TEMPLATE_MESSAGE: &str = "api/v1/sendTemplateMessage";
/// `POST`; the seed's table calls it "Enviar mensagens de modelo".
pub const SEND_TEMPLATE_MESSAGES: &str = "api/v1/sendTemplateMessages";
/// `POST`, seed 003 §2.
pub const UPDATE_CHAT_STATUS: &str = "api/v1/updateChatStatus";
/// `GET`, followed by the number, seed 003 §3.
pub const GET_MESSAGES: &str = "api/v1/getMessages";
/// `POST`, followed by the number, seed 003 §4.
pub const SEND_SESSION_MESSAGE: &str = "api/v1/sendSessionMessage";
/// `POST`, followed by the number, seed 003 §5.
pub const ADD_CONTACT: &str = "api/v1/addContact";
/// `POST`, followed by the number, seed 003 §5.
pub const UPDATE_CONTACT_ATTRIBUTES: &str = "api/v1/updateContactAttributes";
/// `POST`; the seed calls it "Atualizar Lista de Atributos de Contato".
pub const UPDATE_CONTACT_ATTRIBUTES_OF_MANY: &str = "api/v1/updateContactAttributesForMultiContacts";
/// `GET`; the seed calls it "Obter Lista de Contatos".
pub const GET_CONTACTS: &str = "api/v1/getContacts";
/// `GET`.
pub const GET_MESSAGE_TEMPLATES: &str = "api/v1/getMessageTemplates";

/// `POST`.
pub const V3_SEND: &str = "api/ext/v3/messageTemplates/send";
/// `GET`.
pub const V3_MESSAGE_TEMPLATES: &str = "api/ext/v3/messageTemplates";
/// `GET`, followed by the id, and by `/recipients`.
pub const V3_BROADCASTS: &str = "api/ext/v3/broadcasts";
/// Followed by the target and `/messages` (`GET`) or `/status` (`PUT`).
pub const V3_CONVERSATIONS: &str = "api/ext/v3/conversations";
/// `POST`.
pub const V3_TEXT: &str = "api/ext/v3/conversations/messages/text";
/// `GET`, `POST` and `PUT`.
pub const V3_CONTACTS: &str = "api/ext/v3/contacts";

/// Query of [`SEND_TEMPLATE_MESSAGE`]: the recipient's number.
pub const WHATSAPP_NUMBER: &str = "whatsappNumber";
/// Query of [`GET_MESSAGES`]: which of the account's numbers is meant (seed 003 §3).
pub const CHANNEL_PHONE_NUMBER: &str = "channelPhoneNumber";
/// Query of [`SEND_SESSION_MESSAGE`]: the text (seed 003 §4).
pub const MESSAGE_TEXT: &str = "messageText";
