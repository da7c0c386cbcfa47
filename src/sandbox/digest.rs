//! Fingerprints: of a message's content, so that sending it twice to one person shows, and of a credential,
//! so that it need not be kept.

use serde_json::Value;

/// A fingerprint of what a person gets to see, whatever the order of keys on the wire.
pub(super) fn of(content: impl IntoIterator<Item = Value>) -> u64 {
    let mut hasher = blake3::Hasher::new();
    for part in content {
        hasher.update(part.to_string().as_bytes());
        hasher.update(b"\n");
    }
    first_eight(&hasher)
}

/// A fingerprint of a header's value.
pub(super) fn of_text(text: &str) -> u64 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(text.as_bytes());
    first_eight(&hasher)
}

fn first_eight(hasher: &blake3::Hasher) -> u64 {
    let mut first = [0; 8];
    hasher.finalize_xof().fill(&mut first);
    u64::from_le_bytes(first)
}
