//! Wati's business failures: HTTP 200 all of them (providers.md §3.3).

/// Why a message is not taken, or something else not done.
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
    /// The number is no telephone number.
    ImplausibleNumber,
    /// The payload does not name one of the account's numbers, as the seed asks for.
    UnknownChannelNumber,
    /// The payload has no name for the broadcast.
    MissingBroadcastName,
    /// Free text of more than 4,096 characters.
    TextTooLong,
    /// The person is no contact of the account.
    UnknownContact,
    /// The account has no attribute of that name.
    UnknownAttribute,
}

impl WatiRefusal {
    /// What scenarios call those that depend on the recipient or the account.
    pub(in crate::sandbox) const WORDS: [(&'static str, Self); 6] = [
        ("not_on_whatsapp", Self::NotOnWhatsapp),
        ("template_typo", Self::TemplateTypo),
        ("template_not_approved", Self::TemplateNotApproved),
        ("ticket_expired", Self::TicketExpired),
        ("unknown_contact", Self::UnknownContact),
        ("unknown_attribute", Self::UnknownAttribute),
    ];

    /// The same, without what they mean.
    pub(in crate::sandbox) const NAMES: &'static [&'static str] = &[
        "not_on_whatsapp",
        "template_typo",
        "template_not_approved",
        "ticket_expired",
        "unknown_contact",
        "unknown_attribute",
    ];

    /// Magic numbers.
    pub(in crate::sandbox) const MAGIC: &'static [(u16, Self)] = &[
        (1, Self::NotOnWhatsapp),
        (2, Self::TemplateTypo),
        (3, Self::TemplateNotApproved),
        (4, Self::TicketExpired),
        (5, Self::UnknownContact),
        (6, Self::UnknownAttribute),
        (7, Self::UnknownChannelNumber),
    ];

    pub(in crate::sandbox) fn of_word(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(known, _)| *known == word).map(|(_, refusal)| *refusal)
    }

    /// Whether it says that the number is none of a person on WhatsApp.
    pub(super) fn is_of_number(self) -> bool {
        matches!(self, Self::NotOnWhatsapp | Self::ImplausibleNumber)
    }

    /// Wati's words. Those after the ticket's are ours: theirs are not known.
    pub(super) fn sentence(self) -> &'static str {
        match self {
            Self::TemplateTypo => "Check your template, it cannot have typos or blank text",
            Self::TemplateNotApproved => "Template is not approved.",
            Self::TicketExpired => "Ticket has been expired.",
            Self::NotOnWhatsapp | Self::ImplausibleNumber => "Invalid WhatsApp number",
            Self::UnknownChannelNumber => "channelNumber is not a number of this account",
            Self::MissingBroadcastName => "broadcast_name is required",
            Self::TextTooLong => "messageText is longer than 4096 characters",
            Self::UnknownContact => "Contact not found",
            Self::UnknownAttribute => "Attribute does not exist",
        }
    }
}
