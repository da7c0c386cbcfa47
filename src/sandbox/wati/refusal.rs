//! Wati's business failures: HTTP 200 all of them (providers.md §3.3).

/// Why a message is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WatiRefusal {
    /// `result: true` and yet `validWhatsAppNumber: false`: the person is not on WhatsApp.
    NotOnWhatsapp,
    /// The template does not exist, or its parameters are others, or one is blank.
    TemplateTypo,
    /// WhatsApp has not approved the template.
    TemplateNotApproved,
    /// Free text outside the 24 hours after the person wrote.
    TicketExpired,
    /// `whatsappNumber` is no telephone number.
    ImplausibleNumber,
    /// The payload does not name one of the account's numbers, as the seed asks for.
    UnknownChannelNumber,
    /// The payload has no name for the broadcast.
    MissingBroadcastName,
}

impl WatiRefusal {
    /// What scenarios call those that depend on the recipient or the account.
    pub(in crate::sandbox) const WORDS: [(&'static str, Self); 4] = [
        ("not_on_whatsapp", Self::NotOnWhatsapp),
        ("template_typo", Self::TemplateTypo),
        ("template_not_approved", Self::TemplateNotApproved),
        ("ticket_expired", Self::TicketExpired),
    ];

    /// The same, without what they mean.
    pub(in crate::sandbox) const NAMES: &'static [&'static str] =
        &["not_on_whatsapp", "template_typo", "template_not_approved", "ticket_expired"];

    /// Magic numbers.
    pub(in crate::sandbox) const MAGIC: &'static [(u16, Self)] = &[
        (1, Self::NotOnWhatsapp),
        (2, Self::TemplateTypo),
        (3, Self::TemplateNotApproved),
        (4, Self::TicketExpired),
    ];

    pub(in crate::sandbox) fn of_word(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(known, _)| *known == word).map(|(_, refusal)| *refusal)
    }

    /// Wati's words. The last three are ours: theirs are not known.
    pub(super) fn sentence(self) -> Option<&'static str> {
        match self {
            Self::NotOnWhatsapp => None,
            Self::TemplateTypo => Some("Check your template, it cannot have typos or blank text"),
            Self::TemplateNotApproved => Some("Template is not approved."),
            Self::TicketExpired => Some("Ticket has been expired."),
            Self::ImplausibleNumber => Some("Invalid WhatsApp number"),
            Self::UnknownChannelNumber => Some("channelNumber is not a number of this account"),
            Self::MissingBroadcastName => Some("broadcast_name is required"),
        }
    }
}
