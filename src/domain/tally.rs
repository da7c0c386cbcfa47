//! Counts that add up: every row and every recipient is in exactly one place.

use serde::{Deserialize, Serialize};

/// What became of the rows of an audience: `rows = filtered + duplicate + invalid + recipients`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowCounts {
    /// Rows of the file, without the header and without empty lines.
    pub rows: u64,
    /// Left out by the definition's `where`.
    pub filtered: u64,
    /// A person who stood in an earlier row.
    pub duplicate: u64,
    /// Rows that cannot be sent: in `rejects.csv`.
    pub invalid: u64,
    /// People of the plan.
    pub recipients: u64,
}

impl RowCounts {
    /// Whether the rows add up.
    #[must_use]
    pub fn adds_up(&self) -> bool {
        self.rows == self.filtered + self.duplicate + self.invalid + self.recipients
    }
}

/// The balance of a run. Serialised, its keys are the terms of the balance in the guarantees.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Rows of the file.
    pub rows: u64,
    /// Rows left out by the filter.
    pub filtered: u64,
    /// Rows whose person stood in an earlier row.
    pub duplicate: u64,
    /// Rows that cannot be sent.
    pub invalid: u64,
    /// People of the plan.
    pub recipients: u64,
    /// Accepted or in doubt in an earlier run of the same occurrence.
    pub already: u64,
    /// On a suppression list, at plan time or at dispatch.
    pub suppressed: u64,
    /// Over the workspace's frequency cap.
    pub capped: u64,
    /// Past the campaign's validity.
    pub expired: u64,
    /// Not sent because the run was cancelled.
    pub cancelled: u64,
    /// Still to be sent.
    pub pending: u64,
    /// Taken by the provider, or assumed to be.
    pub accepted: u64,
    /// Refused by the provider for good.
    pub rejected: u64,
    /// An intent without a known outcome, calls in flight included.
    pub in_doubt: u64,
}

impl Tally {
    /// A tally of the rows alone, nobody placed yet.
    #[must_use]
    pub fn of_rows(rows: RowCounts) -> Self {
        Self {
            rows: rows.rows,
            filtered: rows.filtered,
            duplicate: rows.duplicate,
            invalid: rows.invalid,
            recipients: rows.recipients,
            ..Self::default()
        }
    }

    /// Whether both balances hold.
    #[must_use]
    pub fn adds_up(&self) -> bool {
        let rows = self.filtered + self.duplicate + self.invalid + self.recipients;
        self.rows == rows && self.recipients == self.placed()
    }

    /// Recipients counted in one of the places.
    #[must_use]
    pub fn placed(&self) -> u64 {
        self.places().iter().map(|(_, count)| count).sum()
    }

    /// The terms of the recipients' balance, in its order, under their keys.
    #[must_use]
    pub fn places(&self) -> [(&'static str, u64); 9] {
        [
            ("already", self.already),
            ("suppressed", self.suppressed),
            ("capped", self.capped),
            ("expired", self.expired),
            ("cancelled", self.cancelled),
            ("pending", self.pending),
            ("accepted", self.accepted),
            ("rejected", self.rejected),
            ("in_doubt", self.in_doubt),
        ]
    }
}
