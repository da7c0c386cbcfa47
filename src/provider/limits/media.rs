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
                let (found, most) = (ByteSize::b(*found), ByteSize::b(*most));
                write!(
                    formatter,
                    "the file has {}; the provider takes {} of {kind} at most",
                    found.display().si(),
                    most.display().si()
                )
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

    /// The MIME type of the file behind an address, by the end of its path: the first type of the kind
    /// with that extension which ends like it, else the kind's first. `None` where no kind has it.
    #[must_use]
    pub fn type_by_extension(&self, address: &str) -> Option<&str> {
        let url = Url::parse(address).ok()?;
        let name = url.path_segments()?.next_back()?.to_lowercase();
        let extension = &name[name.rfind('.')?..];
        let kinds = self.media.values().filter(|kind| kind.extensions.iter().any(|known| known == extension));
        let types: Vec<&String> = kinds.flat_map(|kind| &kind.types).filter(|known| *known != ANY).collect();
        let ending = extension.trim_start_matches('.');
        let alike = types.iter().find(|known| known.rsplit_once('/').is_some_and(|(_, sub)| sub == ending));
        alike.or(types.first()).map(|found| found.as_str())
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
