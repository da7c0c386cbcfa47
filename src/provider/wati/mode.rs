//! How a channel sends templates: the channel key `mode`.

/// Which of Wati's three ways. They differ in how many people a call takes and in what is learned about each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mode {
    /// `sendTemplateMessage` of v1: one person a call, an identifier for each.
    #[default]
    Single,
    /// `sendTemplateMessages` of v1: many people a call, only refused numbers are named.
    Bulk,
    /// `messageTemplates/send` of v3: many people a call, each under our own identifier.
    V3,
}

impl Mode {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Single, Self::Bulk, Self::V3];

    /// As written in `channels.toml`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Single => "single",
            Self::Bulk => "bulk",
            Self::V3 => "v3",
        }
    }

    /// The mode of a word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.word() == word)
    }

    /// Recipients that a call takes at most (providers.md §3.3 and §3.4).
    #[must_use]
    pub const fn most_recipients(self) -> u32 {
        match self {
            Self::Single => 1,
            Self::Bulk => 1_000,
            Self::V3 => 10_000,
        }
    }

    /// Why a larger `chunk` is refused, behind the key.
    #[must_use]
    pub const fn chunk_problem(self) -> &'static str {
        match self {
            Self::Single => {
                "must be 1 where `mode` is \"single\": sendTemplateMessage is for one person; choose the mode \"bulk\" or \"v3\" for more"
            }
            Self::Bulk => {
                "must be at most 1000 where `mode` is \"bulk\": sendTemplateMessages takes no more receivers"
            }
            Self::V3 => {
                "must be at most 10000 where `mode` is \"v3\": messageTemplates/send takes no more recipients"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mode_has_its_word() {
        for mode in Mode::ALL {
            assert_eq!(Mode::of(mode.word()), Some(mode));
        }
        assert_eq!(Mode::of("v1"), None);
        assert_eq!(Mode::default(), Mode::Single);
    }
}
