//! Devino's table of errors (seed 002, "Códigos de erro"), with its own descriptions.

/// One row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DevinoRefusal {
    /// `invalid`.
    pub key: &'static str,
    /// What it is about.
    pub place: Place,
    /// The seed's words.
    pub description: &'static str,
}

/// What an error is about; `ref` on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// No `ref`.
    Account,
    /// `messages`.
    Call,
    /// `messages[i]`.
    Message,
    /// `messages[i].to`.
    Field(&'static str),
}

impl Place {
    /// The `ref` for the message at `position`, from 0.
    pub(super) fn reference(self, position: usize) -> Option<String> {
        match self {
            Self::Account => None,
            Self::Call => Some("messages".to_owned()),
            Self::Message => Some(format!("messages[{position}]")),
            Self::Field(field) => Some(format!("messages[{position}].{field}")),
        }
    }
}

macro_rules! table {
    ($($name:ident = $key:literal $place:expr => $description:literal;)+) => {
        impl DevinoRefusal {
            $(pub(super) const $name: Self =
                Self { key: $key, place: $place, description: $description };)+

            /// All rows, in the seed's order.
            pub(super) const TABLE: &'static [Self] = &[$(Self::$name),+];
        }
    };
}

table! {
    BILLING_ERROR = "billing.error" Place::Account => "O pagamento é necessário";
    FORBIDDEN = "forbidden" Place::Account => "Envio proibido";
    UNKNOWN = "unknown" Place::Account => "Erro desconhecido";
    INVALID_TO = "invalid" Place::Field("to") => "Número de telefone incorreto";
    INVALID_VALIDITY = "invalid" Place::Field("validity") => "Vida útil incorreta";
    INVALID_CALLBACK_URL = "invalid" Place::Field("callbackUrl") => "URL incorreto";
    INVALID_CONTENT_URL = "invalid" Place::Field("contentUrl") => "O URL do conteúdo está incorreto";
    INVALID_CONTENT_TYPE = "invalid" Place::Field("contentType") => "Tipo de conteúdo errado";
    INVALID_FROM = "invalid" Place::Field("from") => "Remetente incorreto";
    INVALID_LANGUAGE_CODE = "invalid" Place::Field("languageCode") => "Código de idioma incorreto";
    TOO_LONG_TO = "length.too.long" Place::Field("to")
        => "O comprimento máximo do número de telefone foi excedido";
    TOO_LONG_TEXT = "length.too.long" Place::Field("text") => "Comprimento máximo da mensagem excedido";
    TOO_LONG_LANGUAGE_CODE = "length.too.long" Place::Field("languageCode") => "Código de idioma muito longo";
    // The table has no row for the maximum of 100 that the seed's parameters set; this is its plain form.
    TOO_LONG_CONTENT_NAME = "length.too.long" Place::Field("contentName") => "Nome do conteúdo muito longo";
    TOO_SHORT_CONTENT_NAME = "length.too.short" Place::Field("contentName") => "Nome do conteúdo muito curto";
    TOO_SHORT_LANGUAGE_CODE = "length.too.short" Place::Field("languageCode") => "Código de idioma muito curto";
    MISSING_TO = "must.be.not.null" Place::Field("to") => "Destinatário não especificado";
    MISSING_MESSAGES = "must.be.not.null" Place::Call => "O array de mensagens não pode estar vazio";
    MISSING_FROM = "must.be.not.null" Place::Field("from") => "Remetente não especificado";
    MISSING_CONTENT = "must.be.not.null" Place::Message => "Texto e campo de conteúdo não especificados";
    UNAVAILABLE_FROM = "not.available" Place::Field("from") => "Endereço de remetente inválido";
    TOO_MANY_MESSAGES = "too.many.messages" Place::Call
        => "O tamanho máximo da matriz `messages` foi excedido";
}

impl DevinoRefusal {
    /// Keys that can be said of a single message, each once.
    pub(in crate::sandbox) const KEYS: &'static [&'static str] = &[
        "billing.error",
        "forbidden",
        "unknown",
        "invalid",
        "length.too.long",
        "length.too.short",
        "must.be.not.null",
        "not.available",
    ];

    /// Magic numbers: the rows that can be said of a single message, in the seed's order.
    pub(in crate::sandbox) const MAGIC: &'static [(u16, Self)] = &[
        (1, Self::BILLING_ERROR),
        (2, Self::FORBIDDEN),
        (3, Self::UNKNOWN),
        (4, Self::INVALID_TO),
        (5, Self::INVALID_VALIDITY),
        (6, Self::INVALID_CALLBACK_URL),
        (7, Self::INVALID_CONTENT_URL),
        (8, Self::INVALID_CONTENT_TYPE),
        (9, Self::INVALID_FROM),
        (10, Self::INVALID_LANGUAGE_CODE),
        (11, Self::TOO_LONG_TO),
        (12, Self::TOO_LONG_TEXT),
        (13, Self::TOO_LONG_LANGUAGE_CODE),
        (14, Self::TOO_SHORT_CONTENT_NAME),
        (15, Self::TOO_SHORT_LANGUAGE_CODE),
        (16, Self::MISSING_TO),
        (17, Self::MISSING_FROM),
        (18, Self::MISSING_CONTENT),
        (19, Self::UNAVAILABLE_FROM),
    ];

    /// Rows that can be said of a single message.
    pub(in crate::sandbox) fn of_messages() -> impl Iterator<Item = Self> {
        Self::TABLE.iter().copied().filter(|row| row.place != Place::Call)
    }

    /// The row of a key that can be said of a single message; the key's first when no field is given. A
    /// message as a whole is the field `messages[i]`.
    pub(in crate::sandbox) fn of_message(key: &str, field: Option<&str>) -> Option<Self> {
        let fits = |row: &Self| match (field, row.place) {
            (None, _) => true,
            (Some(field), Place::Field(name)) => field == name,
            (Some(field), Place::Message) => field == "messages[i]",
            (Some(_), Place::Account | Place::Call) => false,
        };
        Self::of_messages().find(|row| row.key == key && fits(row))
    }
}

#[cfg(test)]
impl DevinoRefusal {
    pub(in crate::sandbox) fn rows_in_words() -> impl Iterator<Item = String> {
        Self::TABLE.iter().map(|row| match row.place {
            Place::Account => row.key.to_owned(),
            Place::Call => format!("{} messages", row.key),
            Place::Message => format!("{} [i]", row.key),
            Place::Field(field) => format!("{} {field}", row.key),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn magic_and_words_cover_every_row_of_a_message() {
        for row in DevinoRefusal::of_messages() {
            assert!(DevinoRefusal::KEYS.contains(&row.key), "{row:?}");
            // The seed's table has no such row, so no number stands for it.
            let is_in_seed = row != DevinoRefusal::TOO_LONG_CONTENT_NAME;
            assert_eq!(DevinoRefusal::MAGIC.iter().any(|(_, magic)| *magic == row), is_in_seed, "{row:?}");
        }
    }

    #[test]
    fn rows_are_found_by_key_and_field() {
        for (key, field, reference) in [
            ("invalid", None, Some("messages[3].to")),
            ("invalid", Some("from"), Some("messages[3].from")),
            ("must.be.not.null", None, Some("messages[3].to")),
            ("not.available", None, Some("messages[3].from")),
            ("must.be.not.null", Some("messages[i]"), Some("messages[3]")),
            ("billing.error", None, None),
        ] {
            let row = DevinoRefusal::of_message(key, field).expect(key);
            assert_eq!(row.place.reference(3).as_deref(), reference, "{key}");
        }
        for (key, field) in
            [("too.many.messages", None), ("invalid", Some("text")), ("forbidden", Some("to")), ("", None)]
        {
            assert_eq!(DevinoRefusal::of_message(key, field), None, "{key} {field:?}");
        }
    }
}
