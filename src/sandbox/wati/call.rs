//! Which of Wati's calls a request is, and where each lives (seed 003; providers.md §3.3 and §3.4).

use axum::routing::MethodFilter;

use crate::sandbox::far_side::Route;

/// A call. v1 stands behind the tenant, v3 has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sandbox) enum Call {
    /// Seed 003 §1.
    SendTemplateMessage,
    /// The seed's table: "Enviar mensagens de modelo".
    SendTemplateMessages,
    /// Seed 003 §2.
    UpdateChatStatus,
    /// Seed 003 §3.
    GetMessages,
    /// Seed 003 §4.
    SendSessionMessage,
    /// Seed 003 §5.
    AddContact,
    /// Seed 003 §5.
    UpdateContactAttributes,
    /// Seed 003 §5: "Atualizar Lista de Atributos de Contato".
    UpdateManyContacts,
    /// Seed 003 §5: "Obter Lista de Contatos".
    GetContacts,
    GetMessageTemplates,
    ThirdSend,
    ThirdTemplates,
    ThirdBroadcast,
    ThirdBroadcastRecipients,
    ThirdContacts,
    ThirdCreateContact,
    ThirdUpdateContacts,
    ThirdContactCount,
    ThirdChannels,
    ThirdMessages,
    ThirdChatStatus,
    ThirdText,
}

impl Call {
    pub(super) fn routes() -> Vec<Route<Self>> {
        use MethodFilter as M;
        vec![
            (M::POST, "/{tenant}/api/v1/sendTemplateMessage", Self::SendTemplateMessage),
            (M::POST, "/{tenant}/api/v1/sendTemplateMessages", Self::SendTemplateMessages),
            (M::POST, "/{tenant}/api/v1/updateChatStatus", Self::UpdateChatStatus),
            (M::GET, "/{tenant}/api/v1/getMessages/{number}", Self::GetMessages),
            (M::POST, "/{tenant}/api/v1/sendSessionMessage/{number}", Self::SendSessionMessage),
            (M::POST, "/{tenant}/api/v1/addContact/{number}", Self::AddContact),
            (M::POST, "/{tenant}/api/v1/updateContactAttributes/{number}", Self::UpdateContactAttributes),
            (M::POST, "/{tenant}/api/v1/updateContactAttributesForMultiContacts", Self::UpdateManyContacts),
            (M::GET, "/{tenant}/api/v1/getContacts", Self::GetContacts),
            (M::GET, "/{tenant}/api/v1/getMessageTemplates", Self::GetMessageTemplates),
            (M::POST, "/api/ext/v3/messageTemplates/send", Self::ThirdSend),
            (M::GET, "/api/ext/v3/messageTemplates", Self::ThirdTemplates),
            (M::GET, "/api/ext/v3/broadcasts/{id}", Self::ThirdBroadcast),
            (M::GET, "/api/ext/v3/broadcasts/{id}/recipients", Self::ThirdBroadcastRecipients),
            (M::GET, "/api/ext/v3/contacts", Self::ThirdContacts),
            (M::POST, "/api/ext/v3/contacts", Self::ThirdCreateContact),
            (M::PUT, "/api/ext/v3/contacts", Self::ThirdUpdateContacts),
            (M::GET, "/api/ext/v3/contacts/count", Self::ThirdContactCount),
            (M::GET, "/api/ext/v3/channels", Self::ThirdChannels),
            (M::GET, "/api/ext/v3/conversations/{target}/messages", Self::ThirdMessages),
            (M::PUT, "/api/ext/v3/conversations/{target}/status", Self::ThirdChatStatus),
            (M::POST, "/api/ext/v3/conversations/messages/text", Self::ThirdText),
        ]
    }

    /// Whether it belongs to v3, whose failures look otherwise.
    pub(super) fn is_third(self) -> bool {
        matches!(
            self,
            Self::ThirdSend
                | Self::ThirdTemplates
                | Self::ThirdBroadcast
                | Self::ThirdBroadcastRecipients
                | Self::ThirdContacts
                | Self::ThirdCreateContact
                | Self::ThirdUpdateContacts
                | Self::ThirdContactCount
                | Self::ThirdChannels
                | Self::ThirdMessages
                | Self::ThirdChatStatus
                | Self::ThirdText
        )
    }
}
