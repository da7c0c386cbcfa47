//! Asking about many messages at once: the recipients of a bulk send.

use std::collections::HashSet;

use crate::domain::{Found, Heard, Paging, Query};
use crate::engine::{ListFault, Pages};
use crate::reconcile::matching::Whose;

use super::asker::{Asking, PollError, Round, Trouble};
use super::wanted::Wanted;

/// Recipients in a page, at most (providers.md §3.4).
pub const PAGE: u32 = 100;

impl Round<'_> {
    /// Asks for the recipients of the bulk send that all of `some` belong to, until everybody was seen.
    pub(super) async fn ask_broadcast(
        &mut self,
        broadcast: &str,
        some: &[Wanted],
    ) -> Result<Asking, PollError> {
        let Some(first) = some.first() else { return Ok(Asking::Done) };
        let link = first.link.clone();
        let mut missing: HashSet<Whose> = some.iter().map(|wanted| wanted.whose).collect();
        let paging = Paging { size: Some(PAGE), ..Paging::FIRST };
        let mut query = Some(Query::BroadcastRecipients { id: broadcast.to_owned(), paging });
        let mut pages = Pages::default();
        while let Some(page) = query {
            let found = match self.put(&link, &page).await {
                Ok(found @ Found::BroadcastRecipients(_)) => found,
                Ok(_) => return Ok(Asking::Trouble(other_answer(&link.channel.name))),
                Err(failed) => return Ok(failed),
            };
            let heard = link.provider.overhear(&page, &found);
            for heard in &heard {
                if let Heard::Receipt(receipt) = heard
                    && let Some(name) = &receipt.correlation
                {
                    missing.remove(&(name.run, name.recipient));
                }
            }
            let received = self.asker.clock.now().as_millisecond();
            self.asker.reconciler.apply_heard(&link.channel.name, received, heard).await?;
            // Whoever is not on a list that is not whole has no news today.
            let has_more = pages.turn(&found).unwrap_or_default();
            query = if has_more && !missing.is_empty() { page.next_page() } else { None };
        }
        Ok(Asking::Done)
    }
}

/// The provider answered something else than was asked.
pub fn other_answer(channel: &str) -> Trouble {
    let cause = ListFault::OtherKind.to_string();
    Trouble { channel: channel.to_owned(), cause, is_refused: false }
}
