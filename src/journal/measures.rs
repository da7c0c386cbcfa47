//! What the writer does, counted: how long flushes take, and what they bring.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Upper bounds of the classes in which flushes are counted, in seconds. Whatever takes longer has a class of
/// its own.
pub const FLUSH_BOUNDS: [f64; 11] = [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0];

/// Counts since the process began.
#[derive(Debug, Default)]
pub(super) struct Measures {
    flushes: [AtomicU64; FLUSH_BOUNDS.len() + 1],
    nanos: AtomicU64,
    receipts: AtomicU64,
}

/// The counts at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// Flush groups by class: see [`FLUSH_BOUNDS`].
    pub flushes: [u64; FLUSH_BOUNDS.len() + 1],
    /// How long all of them took.
    pub flushing: Duration,
    /// Receipts that were applied to a recipient's message.
    pub receipts: u64,
}

impl Measures {
    /// A group became durable in this time.
    pub fn flushed(&self, took: Duration) {
        let seconds = took.as_secs_f64();
        let class = FLUSH_BOUNDS.iter().take_while(|bound| seconds > **bound).count();
        self.flushes[class].fetch_add(1, Ordering::Relaxed);
        self.nanos.fetch_add(u64::try_from(took.as_nanos()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// So many receipts are durable.
    pub fn applied(&self, receipts: u64) {
        self.receipts.fetch_add(receipts, Ordering::Relaxed);
    }

    /// What was counted so far.
    pub fn so_far(&self) -> Measured {
        Measured {
            flushes: self.flushes.each_ref().map(|count| count.load(Ordering::Relaxed)),
            flushing: Duration::from_nanos(self.nanos.load(Ordering::Relaxed)),
            receipts: self.receipts.load(Ordering::Relaxed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flush_is_in_the_first_class_whose_bound_it_keeps() {
        let measures = Measures::default();
        for micros in [1, 500, 501, 1_000, 999_999, 1_000_000, 1_000_001, 5_000_000] {
            measures.flushed(Duration::from_micros(micros));
        }
        let counted = measures.so_far();
        assert_eq!(counted.flushes, [2, 2, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2]);
        assert_eq!(counted.flushing, Duration::from_micros(8_002_002));
    }
}
