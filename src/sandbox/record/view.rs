//! The record as a test in the same process reads it.

use std::sync::Arc;

use super::{Accepted, CallEntry, State};
use crate::sandbox::WebhookEntry;
use crate::sandbox::desk::Desk;

/// A view of a sandbox's record; it stays after the sandbox has stopped. Nothing can be changed through it.
#[derive(Debug, Clone)]
pub struct Record {
    desk: Arc<Desk>,
}

impl Record {
    pub(in crate::sandbox) fn new(desk: Arc<Desk>) -> Self {
        Self { desk }
    }

    /// Everything accepted so far, in the order of acceptance.
    #[must_use]
    pub fn accepted(&self) -> Vec<Accepted> {
        self.desk.accepted(0, usize::MAX)
    }

    /// Every call answered so far; those that wait at the gate are not among them.
    #[must_use]
    pub fn calls(&self) -> Vec<CallEntry> {
        self.desk.calls(0, usize::MAX)
    }

    /// Every webhook that was posted so far.
    #[must_use]
    pub fn webhooks(&self) -> Vec<WebhookEntry> {
        self.desk.webhooks(0, usize::MAX)
    }

    /// The counts.
    #[must_use]
    pub fn state(&self) -> State {
        self.desk.state()
    }

    /// The counts as soon as `is_reached` says so; for ever if it never does.
    pub async fn wait(&self, is_reached: impl Fn(&State) -> bool) -> State {
        self.desk.wait(is_reached).await
    }
}
