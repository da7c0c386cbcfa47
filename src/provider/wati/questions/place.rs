//! Where in a list an answer is, and whether more follows.

use super::read::unreadable;
use crate::domain::account::Page;
use crate::domain::{Paging, QueryFailure};
use crate::provider::wati::wire::{AnyText, ListReply};

/// What an answer says of its place in a list: the size of a page is the answer's own, which need not be the
/// one that was asked for.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// Pages that come before it.
    before: u64,
    /// Entries that a page has at most, where the answer says.
    size: Option<u64>,
    /// How many entries there are in all, where the answer says.
    total: Option<u64>,
    /// Whether there is a next page; `None` where the answer has no place for that.
    has_next: Option<bool>,
}

impl Place {
    /// The place of an answer to the question for a part of a list.
    #[must_use]
    pub fn of(reply: &ListReply, asked: Paging) -> Self {
        let link = reply.link.0.as_ref();
        let size = count(link.map(|link| &link.page_size)).or(count(Some(&reply.page_size)));
        let totals = [link.map(|link| &link.total), Some(&reply.total), Some(&reply.total_count)];
        Self {
            before: u64::from(asked.page.saturating_sub(1)),
            size: size.filter(|size| *size > 0),
            total: totals.into_iter().find_map(count),
            has_next: link.map(|link| link.next_page.get().is_some()),
        }
    }

    /// The part of the list. Nothing follows an empty one.
    ///
    /// # Errors
    /// When an entry cannot be read: a list without it would say that it is not there.
    pub fn page<T, U>(
        self,
        items: Vec<Option<T>>,
        convert: impl Fn(T) -> Option<U>,
    ) -> Result<Page<U>, QueryFailure> {
        let items: Option<Vec<U>> = items.into_iter().map(|item| item.and_then(&convert)).collect();
        let items = items.ok_or_else(unreadable)?;
        let is_last = items.is_empty() || !self.has_more(items.len() as u64);
        Ok(Page { items, total: self.total, is_last })
    }

    /// What follows a page of so many entries, who are not none. Where nothing says it, the next page is asked
    /// for until one is empty.
    fn has_more(self, entries: u64) -> bool {
        if self.has_next == Some(true) {
            return true;
        }
        // Without a size the page's own length stands in for it: too small on a shorter last page, which costs
        // one more question and loses nobody.
        let size = self.size.unwrap_or(entries);
        if let Some(total) = self.total {
            return self.before.saturating_mul(size).saturating_add(entries) < total;
        }
        match self.size {
            Some(size) => entries >= size,
            None => self.has_next.is_none(),
        }
    }
}

fn count(written: Option<&AnyText>) -> Option<u64> {
    written?.get()?.trim().parse().ok()
}
