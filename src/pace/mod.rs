//! Pace: when the next call may leave, so that no limit is passed in any sliding window.
//!
//! Short limits are kept by spacing ([`Pace`]), limits of an hour and longer by counting over the
//! rolling window ([`LongWindow`]), and what provably was not sent is tried again after a
//! [`backoff::delay`]. Nothing here reads a clock or waits: time comes in, a slot goes out.
//!
//! The protocol of one call:
//! 1. [`LongWindow::admit`], and on success [`LongWindow::record`] with the same numbers;
//! 2. [`Pace::reserve`] gives the call's slot; reserve the next one while this one is still ahead, or
//!    the wait for the answer is lost to the schedule;
//! 3. wait until the slot, and ask [`Pace::may_leave`] directly before the first byte: a call that
//!    missed its slot, or whose channel was throttled meanwhile, reserves another one;
//! 4. [`Pace::throttled`] or [`Pace::succeeded`] with the answer.

pub mod backoff;

mod channel;
mod long_window;
mod ramp;
mod slots;
mod slowdown;

#[cfg(test)]
mod tests;

pub use channel::Pace;
pub use long_window::{Full, LongWindow, MinuteCount};
