//! Files that a provider takes: by MIME type, by the end of their name, by size.

use std::fmt;

use bytesize::ByteSize;
use mime::Mime;
use url::Url;

use crate::domain::{MediaLimits, ProviderLimits};

/// The type of a kind that takes whatever no other kind does.
const ANY: &str = "*/*";

/// Why a file cannot be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MediaProblem {
    /// What is given is no MIME type.
    NotAType(String),
    /// No kind has the type; these are the types of the kind that it looks like, or all.
    Type {
        /// As given.
        found: String,
        /// What the provider takes.
        known: Vec<String>,
    },
    /// It is longer than its kind may be.
    TooLarge {
        /// The kind: `image`.
        kind: String,
        /// Bytes.
        found: u64,
        /// Bytes.
        most: u64,
    },
}

impl fmt::Display for MediaProblem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAType(found) => {
                write!(formatter, "`{found}` is not a MIME type; write one such as `image/png`")
            }
            Self::Type { found, known } => {
                write!(formatter, "the provider does not take `{found}`; it takes {}", known.join(", "))
            }
            Self::TooLarge { kind, found, most } => {
                let size = |bytes: &u64| format!("{} ({bytes} bytes)", ByteSize::b(*bytes).display().si());
                let (found, most) = (size(found), size(most));
                write!(formatter, "the file has {found}; as {kind} the provider takes {most} at most")
            }
        }
    }
}

impl ProviderLimits {
    /// Whether a file of this MIME type and, where it is known, of this many bytes can be sent. A provider
    /// without a table of media takes everything.
    ///
    /// # Errors
    /// What stands in its way.
    pub fn check_media(&self, content_type: &str, bytes: Option<u64>) -> Result<(), MediaProblem> {
        let Ok(mime) = content_type.parse::<Mime>() else {
            return Err(MediaProblem::NotAType(content_type.to_owned()));
        };
        if self.media.is_empty() {
            return Ok(());
        }
        let Some((kind, limits)) = self.kind_of(&mime) else {
            return Err(MediaProblem::Type { found: content_type.to_owned(), known: self.types_like(&mime) });
        };
        match bytes.filter(|bytes| *bytes > limits.most) {
            Some(found) => Err(MediaProblem::TooLarge { kind: kind.to_owned(), found, most: limits.most }),
            None => Ok(()),
        }
    }

    /// The MIME type of the file behind an address, by the end of its path. Of the kind that has the ending:
    /// the type that begins like it, else the registered one, else the kind's first. Without such a kind what
    /// is registered, where the provider takes that. `None` where nothing is known.
    #[must_use]
    pub fn type_by_extension(&self, address: &str) -> Option<String> {
        let url = Url::parse(address).ok()?;
        let name = url.path_segments()?.next_back()?.to_lowercase();
        let extension = &name[name.rfind('.')?..];
        let registered = mime_guess::from_path(&name).first().map(|mime| mime.essence_str().to_owned());
        let has_ending = |kind: &&MediaLimits| kind.extensions.iter().any(|known| known == extension);
        let Some(kind) = self.media.values().find(has_ending) else {
            return registered.filter(|found| self.check_media(found, None).is_ok());
        };
        let ending = extension.trim_start_matches('.');
        let begins = |known: &&String| known.split_once('/').is_some_and(|(_, sub)| sub.starts_with(ending));
        let is_registered = |known: &&String| Some(*known) == registered.as_ref();
        let types = || kind.types.iter();
        let found =
            types().find(begins).or_else(|| types().find(is_registered)).or_else(|| kind.types.first());
        found.filter(|found| *found != ANY).cloned().or(registered)
    }

    /// The kind that takes a type: one that names it, else one that takes any, unless another kind is made
    /// of files like it (a provider that takes PNG as images does not take WebP as a document).
    fn kind_of(&self, mime: &Mime) -> Option<(&str, &MediaLimits)> {
        let essence = mime.essence_str();
        let named = self.media.iter().find(|(_, kind)| kind.types.iter().any(|known| known == essence));
        let any = || {
            let takes_any = |kind: &MediaLimits| kind.types.iter().any(|known| known == ANY);
            let is_free = !self.media.keys().any(|kind| kind == mime.type_().as_str());
            self.media.iter().find(|(_, kind)| is_free && takes_any(kind))
        };
        named.or_else(any).map(|(kind, limits)| (kind.as_str(), limits))
    }

    fn types_like(&self, mime: &Mime) -> Vec<String> {
        match self.media.get(mime.type_().as_str()) {
            Some(kind) => kind.types.clone(),
            None => self.media.values().flat_map(|kind| kind.types.iter().cloned()).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::testing;

    #[test]
    fn devinos_table_of_media_holds_for_types_and_sizes() {
        const MB: u64 = 1_000_000;
        let limits = testing::limits("devino");
        for (content_type, most) in [
            ("audio/ogg; codecs=opus", 16 * MB),
            ("audio/acc", 16 * MB),
            ("auidio/ogg", 16 * MB),
            ("application/pdf", 100 * MB),
            ("IMAGE/PNG", 5 * MB - 1),
            ("video/3gpp", 5 * MB),
        ] {
            assert_eq!(limits.check_media(content_type, None), Ok(()), "{content_type}");
            assert_eq!(limits.check_media(content_type, Some(most)), Ok(()), "{content_type}");
            let problem = limits.check_media(content_type, Some(most + 1));
            assert!(matches!(problem, Err(MediaProblem::TooLarge { .. })), "{content_type}: {problem:?}");
        }
        let words = [("image/png", Some(5 * MB)), ("image/webp", None), ("png", None)]
            .map(|(kind, bytes)| limits.check_media(kind, bytes).expect_err(kind).to_string());
        insta::assert_snapshot!(words.join("\n"));
    }

    #[test]
    fn types_follow_the_end_of_the_name() {
        let limits = testing::limits("devino");
        for (address, expected) in [
            ("https://example.com/promo.PNG?v=1.2", Some("image/png")),
            ("https://example.com/a/foto.jpg", Some("image/jpeg")),
            ("https://example.com/v.mp4", Some("video/mp4")),
            ("https://example.com/v.3gp", Some("video/3gpp")),
            ("https://example.com/v.3g2", Some("video/3gpp")),
            ("https://example.com/a.acc", Some("audio/acc")),
            ("https://example.com/a.mp4a", Some("audio/mp4")),
            ("https://example.com/a.mp3", Some("audio/mpeg")),
            ("https://example.com/a.ogg", Some("audio/ogg")),
            ("https://example.com/a.amr", Some("audio/amr")),
            ("https://example.com/t.pdf", Some("application/pdf")),
            ("https://example.com/t.xyzzy", None),
            ("https://example.com/promo", None),
            ("https://example.com/v1.0/promo", None),
        ] {
            assert_eq!(limits.type_by_extension(address).as_deref(), expected, "{address}");
        }
    }
}
