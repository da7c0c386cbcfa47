//! What is to be posted when, and to where.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::num::NonZeroU32;
use std::sync::Arc;

use super::course::{Course, Event, Subject};
use super::manner::Batches;
use crate::clock::Tick;

/// One post, and how often it was made in vain.
#[derive(Debug)]
pub(super) struct Post<About> {
    /// `None` for the account's address.
    pub(super) own_address: Option<Arc<str>>,
    /// Never empty; of statuses alone where there are several.
    pub(super) events: Vec<Event<About>>,
    pub(super) tries: u32,
}

/// Posts that are made one after the other.
pub(super) type Job<About> = Vec<Post<About>>;

/// Something that happens at its tick.
#[derive(Debug)]
pub(super) enum Entry<About> {
    Outgoing(Outgoing<About>),
    /// Somebody answers a message.
    Reply(Arc<Course<About>>, Words),
}

/// Something to be posted.
#[derive(Debug)]
pub(super) enum Outgoing<About> {
    /// An event, and its own address where it has one.
    Event(Option<Arc<str>>, Event<About>),
    /// A post that was made in vain.
    Repeat(Post<About>),
}

/// What somebody answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sandbox) enum Words {
    /// Wants to know more.
    More,
    /// Wants no more, and writes so.
    NoMore,
    /// Wants no more, and taps so, where the provider has buttons.
    NoMoreTapped,
}

impl Words {
    /// The text that is written or tapped.
    pub(in crate::sandbox) fn text(self) -> &'static str {
        match self {
            Self::More => "Oi, quero saber mais",
            Self::NoMore => "SAIR",
            Self::NoMoreTapped => "Sair",
        }
    }
}

#[derive(Debug)]
pub(super) struct Queue<About> {
    /// The account's address.
    pub(super) address: Option<Arc<str>>,
    /// As many statuses in one post, at most.
    pub(super) batch: NonZeroU32,
    later: BTreeMap<(Tick, u64), Entry<About>>,
    /// What is due, in the order in which it is posted.
    ready: VecDeque<Job<About>>,
    /// By call: what is posted before it is answered.
    early: HashMap<u64, Vec<Outgoing<About>>>,
    sequence: u64,
}

/// What is posted together, or one after the other.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Lane {
    /// Statuses for an address in one post, those that are posted again apart from the others.
    Together(Option<Arc<str>>, bool),
    /// Everything about a message, in its order.
    Message(u64),
}

impl<About> Queue<About> {
    pub(super) fn new() -> Self {
        Self {
            address: None,
            batch: NonZeroU32::MIN,
            later: BTreeMap::new(),
            ready: VecDeque::new(),
            early: HashMap::new(),
            sequence: 0,
        }
    }

    pub(super) fn push(&mut self, due: Tick, entry: Entry<About>) {
        self.sequence += 1;
        self.later.insert((due, self.sequence), entry);
    }

    pub(super) fn push_early(&mut self, call: u64, outgoing: Outgoing<About>) {
        self.early.entry(call).or_default().push(outgoing);
    }

    /// What is posted before that call is answered.
    pub(super) fn early(&mut self, call: u64, batches: Batches) -> Vec<Job<About>> {
        let outgoing = self.early.remove(&call).unwrap_or_default();
        jobs(outgoing, batches, self.batch)
    }

    /// When there is something to do, where nothing is due yet.
    pub(super) fn next(&self) -> Option<Tick> {
        self.later.first_key_value().map(|((due, _), _)| *due)
    }

    /// The next job that is due, and who answers by then.
    pub(super) fn due(&mut self, now: Tick, batches: Batches) -> Option<Due<About>> {
        if self.ready.is_empty() {
            let mut outgoing = Vec::new();
            let mut reply = None;
            while let Some(first) = self.later.first_entry().filter(|first| first.key().0 <= now) {
                match first.remove() {
                    Entry::Outgoing(one) => outgoing.push(one),
                    Entry::Reply(course, words) => {
                        reply = Some(Due::Reply(course, words));
                        break;
                    }
                }
            }
            self.ready.extend(jobs(outgoing, batches, self.batch));
            if reply.is_some() {
                return reply;
            }
        }
        self.ready.pop_front().map(Due::Job)
    }
}

/// What is due.
#[derive(Debug)]
pub(super) enum Due<About> {
    Job(Job<About>),
    Reply(Arc<Course<About>>, Words),
}

/// Makes posts of events, and jobs of posts.
fn jobs<About>(outgoing: Vec<Outgoing<About>>, batches: Batches, batch: NonZeroU32) -> Vec<Job<About>> {
    let mut places = HashMap::<Lane, usize>::new();
    let mut jobs = Vec::<Job<About>>::new();
    for one in outgoing {
        let (own_address, event) = match one {
            Outgoing::Event(own_address, event) => (own_address, event),
            Outgoing::Repeat(post) => {
                jobs.push(vec![post]);
                continue;
            }
        };
        let is_together = batches == Batches::Many && matches!(event.subject, Subject::Step(..));
        let lane = if is_together {
            Lane::Together(own_address.clone(), event.is_again)
        } else {
            Lane::Message(event.number())
        };
        let place = *places.entry(lane).or_insert(jobs.len());
        if place == jobs.len() {
            jobs.push(Vec::new());
        }
        let Some(job) = jobs.get_mut(place) else { continue };
        match job.last_mut() {
            Some(post) if is_together && post.events.len() < batch.get() as usize => post.events.push(event),
            _ => job.push(Post { own_address, events: vec![event], tries: 0 }),
        }
    }
    jobs
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;
    use serde_json::Value;

    use super::super::course::Heard;
    use super::*;
    use crate::domain::{Address, Phone};

    const BATCH: NonZeroU32 = NonZeroU32::MIN.saturating_add(1);

    fn at(second: u64) -> Tick {
        Tick(Duration::from_secs(second))
    }

    fn step(number: u64, is_again: bool) -> Outgoing<()> {
        let to = Address::Phone(Phone::from_digits("5511987654321").expect("a number"));
        let (sender, callback_data) = ("".into(), "".into());
        let (at, failure, about) = (Timestamp::UNIX_EPOCH, None, ());
        let steps = Box::default();
        let course = Course { number, to, sender, callback_data, at, steps, failure, about };
        Outgoing::Event(None, Event { subject: Subject::Step(Arc::new(course), 0), part: 0, is_again })
    }

    fn heard(number: u64, part: usize) -> Outgoing<()> {
        let heard = Heard { number, told: Value::Null, answers: None };
        Outgoing::Event(None, Event { subject: Subject::Heard(Arc::new(heard)), part, is_again: false })
    }

    /// The numbers in the posts of all jobs that are due.
    fn due(queue: &mut Queue<()>, now: Tick, batches: Batches) -> Vec<Vec<Vec<u64>>> {
        let mut all = Vec::new();
        while let Some(Due::Job(job)) = queue.due(now, batches) {
            all.push(job.iter().map(|post| post.events.iter().map(Event::number).collect()).collect());
        }
        all
    }

    #[test]
    fn what_is_due_leaves_the_queue_in_posts_of_a_batch() {
        let mut queue = Queue::new();
        queue.batch = BATCH;
        for number in 1..=3 {
            queue.push(at(number), Entry::Outgoing(step(number, false)));
        }
        queue.push(at(2), Entry::Outgoing(step(2, true)));
        queue.push(at(2), Entry::Outgoing(heard(7, 0)));
        queue.push(at(9), Entry::Outgoing(step(9, false)));
        assert_eq!(queue.next(), Some(at(1)));
        let expected = [vec![vec![1, 2], vec![3]], vec![vec![2]], vec![vec![7]]];
        assert_eq!(due(&mut queue, at(3), Batches::Many), expected);
        assert_eq!(queue.next(), Some(at(9)));
        assert_eq!(due(&mut queue, at(9), Batches::Many), [[[9]]]);
        assert!(queue.next().is_none() && queue.ready.is_empty());
    }

    #[test]
    fn what_concerns_one_message_is_posted_in_its_order() {
        let mut queue = Queue::new();
        for number in [1, 2, 1] {
            queue.push(at(1), Entry::Outgoing(step(number, false)));
        }
        assert_eq!(due(&mut queue, at(1), Batches::Single), [vec![vec![1], vec![1]], vec![vec![2]]]);
    }

    #[test]
    fn what_comes_before_an_answer_is_taken_once() {
        let mut queue = Queue::new();
        queue.push_early(4, step(1, false));
        assert!(queue.early(3, Batches::Single).is_empty());
        assert_eq!(queue.early(4, Batches::Single).len(), 1);
        assert!(queue.early(4, Batches::Single).is_empty() && queue.early.is_empty());
    }
}
