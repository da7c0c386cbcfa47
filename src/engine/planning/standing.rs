//! Where a plan puts somebody: the one rule for campaigns, single changes, retries and fallbacks.

use roaring::RoaringTreemap;

use crate::domain::{Address, Content, Standing};
use crate::journal::Journal;

/// Whoever is in `reached`, by their key, has it already; a suppressed person is spared only what messages
/// them; everybody else is sent to.
pub fn standing(
    journal: &Journal,
    reached: &RoaringTreemap,
    address: &Address,
    content: &Content,
) -> Standing {
    let is_suppressed = || !journal.suppressed_among(std::iter::once(address.person())).is_empty();
    if reached.contains(address.key(content).as_u64()) {
        Standing::Already
    } else if content.messages_somebody() && is_suppressed() {
        Standing::Suppressed
    } else {
        Standing::Send
    }
}
