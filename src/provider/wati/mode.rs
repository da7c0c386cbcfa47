//! How a channel sends templates: the channel key `mode`.

use crate::domain::ProviderLimits;

/// Which of Wati's three ways. They differ in how many people a call takes
/// (`limits.toml`) and in what is learned about each.
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

    /// Why a `chunk` is refused that is larger than the limits allow, behind the key. The call of `single` is
    /// for one person whatever the limits say.
    #[must_use]
    pub const fn chunk_problem(self) -> &'static str {
        match self {
            Self::Single => {
                "must be 1 where `mode` is \"single\": sendTemplateMessage is for one person; choose the mode \"bulk\" or \"v3\" for more"
            }
            Self::Bulk => "is more than a call takes where `mode` is \"bulk\"",
            Self::V3 => "is more than a call takes where `mode` is \"v3\"",
        }
    }

    /// Recipients that a call takes at most: what the limits say, and one where the call has no place for more.
    #[must_use]
    pub fn most_recipients(self, limits: &ProviderLimits) -> u32 {
        let most = limits.call_in(Some(self.word())).most;
        if self == Self::Single { most.min(1) } else { most }
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
