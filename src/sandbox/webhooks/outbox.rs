//! One provider's outbox: what its account's owner is still to be told.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::Notify;
use tokio::sync::futures::Notified;

use super::address::{self, WebhookAddressError};
use super::client::Poster;
use super::course::{Course, Event, Heard, Subject};
use super::log::PostLog;
use super::queue::{Due, Entry, Job, Outgoing, Post, Queue, Words};
use crate::clock::Tick;
use crate::domain::Address;
use crate::sandbox::accepting::{Message, Outcome};
use crate::sandbox::far_side::{Context, FarSide};
use crate::sandbox::inbound::Happening;
use crate::sandbox::scenario::{Scenario, is_heads, is_struck};
use crate::sandbox::statuses::Status;

/// Draws of an event; see [`draw`].
const IS_LOST: u64 = 0;
const IS_TWICE: u64 = 1;
const LATENESS: u64 = 2;
/// Draws of a message that is read; beside those of its course.
const IS_ANSWERED: u64 = u64::MAX - 7;
const IS_ENOUGH: u64 = u64::MAX - 8;
const IS_TAPPED: u64 = u64::MAX - 9;
const ANSWERING: u64 = u64::MAX - 10;

/// What a draw is for: an event of a message is its step, its post, and whether that is made again.
fn draw(what: u64, step: usize, part: usize, is_again: bool) -> u64 {
    u64::MAX - 1_000 - what * 1_000 - step as u64 * 100 - part as u64 * 10 - u64::from(is_again)
}

/// What is repeated of an accepted message, and its way.
fn course<F: FarSide>(
    number: u64,
    to: &Address,
    message: &Message<F::Refusal>,
    about: F::About,
    context: &Context<'_, F::Refusal>,
) -> Course<F::About> {
    // The record tells milliseconds, by which `statuses::all` counts.
    let wall = context.arrival.wall;
    let at = Timestamp::from_millisecond(wall.as_millisecond()).unwrap_or(wall);
    let way = context.courses.timetable.way(number, context.arrival.call, to.phone(), F::FAILURES);
    let (steps, failure) = way.unwrap_or_default();
    let moment = |(status, after)| (status, at.checked_add(after).unwrap_or(at));
    Course {
        number,
        to: to.clone(),
        sender: message.sender.as_str().into(),
        callback_data: message.callback_data.as_str().into(),
        at,
        steps: steps.into_iter().map(moment).collect(),
        failure,
        about,
    }
}

/// What is to be posted. Its lock is taken after the desk's and the account's, never before them.
#[derive(Debug)]
pub(in crate::sandbox) struct Outbox<F: FarSide> {
    queue: Mutex<Queue<F::About>>,
    changed: Notify,
    pub(super) log: Arc<PostLog>,
    pub(super) poster: Poster,
}

impl<F: FarSide> Outbox<F> {
    pub(in crate::sandbox) fn new(log: Arc<PostLog>) -> Self {
        Self { queue: Mutex::new(Queue::new()), changed: Notify::new(), log, poster: Poster::new() }
    }

    fn queue(&self) -> MutexGuard<'_, Queue<F::About>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Posts to another address from now on; to none where there is none.
    pub(in crate::sandbox) fn set_address(&self, written: Option<&str>) -> Result<(), WebhookAddressError> {
        if let Some(written) = written {
            address::of_this_computer(written)?;
        }
        self.queue().address = written.map(Into::into);
        Ok(())
    }

    /// Notes what is to be posted of messages that were decided, where there is an address.
    pub(in crate::sandbox) fn follow(
        &self,
        echo: &F::Echo,
        messages: &[Message<F::Refusal>],
        outcomes: &[Outcome<F::Refusal>],
        context: &Context<'_, F::Refusal>,
    ) {
        let mut queue = self.queue();
        if queue.address.is_none() && !F::MANNER.has_own_addresses {
            return;
        }
        queue.batch = context.scenario.webhooks.batch;
        for (position, (message, outcome)) in messages.iter().zip(outcomes).enumerate() {
            let (Outcome::Accepted(number), Some(to)) = (outcome, &message.to) else { continue };
            let about = F::about(echo, position, context.scenario);
            if queue.address.is_some() || F::own_address(&about).is_some() {
                self.follow_one(&mut queue, course::<F>(*number, to, message, about, context), context);
            }
        }
        drop(queue);
        self.changed.notify_one();
    }

    fn follow_one(
        &self,
        queue: &mut Queue<F::About>,
        course: Course<F::About>,
        context: &Context<'_, F::Refusal>,
    ) {
        let scenario = context.scenario;
        let rules = &scenario.webhooks;
        let course = Arc::new(course);
        let number = course.number;
        let arrival = context.arrival;
        let is_early = context.courses.timetable.is_early(context.first, arrival.call);
        let has_address = queue.address.is_some();
        for (index, (status, moment)) in course.steps.iter().enumerate() {
            let due =
                arrival.tick.after(Duration::try_from(moment.duration_since(course.at)).unwrap_or_default());
            if *status == Status::Read && has_address && course.to.phone().is_some() {
                self.draw_answer(queue, &course, due, scenario);
            }
            let own_address = F::own_address(&course.about).cloned();
            let is_lost = is_struck(rules.lost, scenario.seed, number, draw(IS_LOST, index, 0, false));
            // Who names no address of their own hears nothing of their statuses.
            let is_heard = !F::MANNER.has_own_addresses || own_address.is_some();
            if is_lost || !is_heard {
                continue;
            }
            for part in 0..F::parts(*status) {
                let is_twice =
                    is_struck(rules.twice, scenario.seed, number, draw(IS_TWICE, index, part, false));
                for is_again in [false, true].into_iter().take(1 + usize::from(is_twice)) {
                    let subject = Subject::Step(course.clone(), index);
                    let event = Outgoing::Event(own_address.clone(), Event { subject, part, is_again });
                    self.log.expect(1);
                    if is_early && index == 0 {
                        queue.push_early(arrival.call, event);
                    } else {
                        let late = draw(LATENESS, index, part, is_again);
                        let late = rules.late.drawn(scenario.seed, number, late);
                        queue.push(due.after(late), Entry::Outgoing(event));
                    }
                }
            }
        }
    }

    /// Draws whether somebody answers who reads the message at that tick.
    fn draw_answer(
        &self,
        queue: &mut Queue<F::About>,
        course: &Arc<Course<F::About>>,
        read: Tick,
        scenario: &Scenario,
    ) {
        let (rules, seed, number) = (&scenario.webhooks, scenario.seed, course.number);
        let words = if is_struck(rules.opt_outs, seed, number, IS_ENOUGH) {
            let is_tapped = F::HAS_BUTTONS && is_heads(seed, number, IS_TAPPED);
            if is_tapped { Words::NoMoreTapped } else { Words::NoMore }
        } else if is_struck(rules.replies, seed, number, IS_ANSWERED) {
            Words::More
        } else {
            return;
        };
        let takes = scenario.statuses.after.drawn(seed, number, ANSWERING);
        self.log.expect(1);
        queue.push(read.after(takes), Entry::Reply(course.clone(), words));
    }

    /// Notes what a person wrote.
    pub(in crate::sandbox) fn hear(
        &self,
        told: Value,
        happening: &Happening,
        answers: Option<Arc<Course<F::About>>>,
        now: Tick,
    ) {
        let mut queue = self.queue();
        if queue.address.is_none() {
            return;
        }
        let (seed, rules, number) = (happening.scenario.seed, &happening.scenario.webhooks, happening.number);
        let heard = Arc::new(Heard { number, told, answers });
        for part in 0..F::heard_parts(&heard) {
            let is_twice = is_struck(rules.twice, seed, number, draw(IS_TWICE, 0, part, false));
            for is_again in [false, true].into_iter().take(1 + usize::from(is_twice)) {
                let late = rules.late.drawn(seed, number, draw(LATENESS, 0, part, is_again));
                let subject = Subject::Heard(heard.clone());
                self.log.expect(1);
                let event = Outgoing::Event(None, Event { subject, part, is_again });
                queue.push(now.after(late), Entry::Outgoing(event));
            }
        }
        drop(queue);
        self.changed.notify_one();
    }

    /// A post was made in vain, and is made again at that tick.
    pub(super) fn repeat(&self, post: Post<F::About>, due: Tick) {
        self.queue().push(due, Entry::Outgoing(Outgoing::Repeat(post)));
        self.changed.notify_one();
    }

    pub(super) fn due(&self, now: Tick) -> Option<Due<F::About>> {
        self.queue().due(now, F::MANNER.batches)
    }

    pub(super) fn early(&self, call: u64) -> Vec<Job<F::About>> {
        self.queue().early(call, F::MANNER.batches)
    }

    pub(super) fn next(&self) -> Option<Tick> {
        self.queue().next()
    }

    pub(super) fn changed(&self) -> Notified<'_> {
        self.changed.notified()
    }

    /// The account's address.
    pub(super) fn address(&self) -> Option<Arc<str>> {
        self.queue().address.clone()
    }
}
