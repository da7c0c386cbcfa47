//! What there is to tell: a message's steps, and what a person wrote.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use crate::domain::Address;
use crate::sandbox::statuses::{Failure, Status};

/// An accepted message whose steps are posted. `About` is what its provider repeats beside these.
#[derive(Debug)]
pub(in crate::sandbox) struct Course<About> {
    pub(in crate::sandbox) number: u64,
    pub(in crate::sandbox) to: Address,
    pub(in crate::sandbox) sender: Box<str>,
    /// What its sender wants to have repeated; empty for nothing.
    pub(in crate::sandbox) callback_data: Box<str>,
    /// When it was accepted.
    pub(in crate::sandbox) at: Timestamp,
    /// In their order, each with its moment.
    pub(in crate::sandbox) steps: Box<[(Status, Timestamp)]>,
    /// Of a message that fails.
    pub(in crate::sandbox) failure: Option<Failure>,
    pub(in crate::sandbox) about: About,
}

/// Something that a person wrote.
#[derive(Debug)]
pub(in crate::sandbox) struct Heard<About> {
    pub(in crate::sandbox) number: u64,
    /// As the account keeps it.
    pub(in crate::sandbox) told: Value,
    /// The message that is answered, where that is known.
    pub(in crate::sandbox) answers: Option<Arc<Course<About>>>,
}

/// A step of a message, in one of the posts that tell of it.
#[derive(Debug)]
pub(in crate::sandbox) struct Told<'a, About> {
    pub(in crate::sandbox) course: &'a Course<About>,
    /// Steps up to this one have happened; never empty.
    pub(in crate::sandbox) steps: &'a [(Status, Timestamp)],
    pub(in crate::sandbox) status: Status,
    pub(in crate::sandbox) at: Timestamp,
    /// Of a step that is a failure.
    pub(in crate::sandbox) failure: Option<Failure>,
    /// Which of the posts that tell of the step, from 0.
    pub(in crate::sandbox) part: usize,
}

/// One post's share of what there is to tell.
#[derive(Debug)]
pub(super) struct Event<About> {
    pub(super) subject: Subject<About>,
    /// Which of the posts that tell of it, from 0.
    pub(super) part: usize,
    /// Whether it is posted a second time.
    pub(super) is_again: bool,
}

#[derive(Debug)]
pub(super) enum Subject<About> {
    /// The step of that index.
    Step(Arc<Course<About>>, usize),
    Heard(Arc<Heard<About>>),
}

impl<About> Event<About> {
    /// The number of the message.
    pub(super) fn number(&self) -> u64 {
        match &self.subject {
            Subject::Step(course, _) => course.number,
            Subject::Heard(heard) => heard.number,
        }
    }

    /// The step, where it is one.
    pub(super) fn step(&self) -> Option<Told<'_, About>> {
        let Subject::Step(course, index) = &self.subject else { return None };
        let steps = course.steps.get(..=*index)?;
        let (status, at) = *steps.last()?;
        let failure = course.failure.filter(|_| status == Status::Failed);
        Some(Told { course, steps, status, at, failure, part: self.part })
    }
}
