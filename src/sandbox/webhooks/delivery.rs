//! Makes the posts that are due, many at once, and repeats those that are not answered as they should be.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use super::address;
use super::course::{Event, Subject};
use super::log::{PostAnswer, WebhookEntry};
use super::outbox::Outbox;
use super::queue::{Due, Job, Post};
use crate::clock::Clock;
use crate::sandbox::counter::Counter;
use crate::sandbox::desk::Desk;
use crate::sandbox::far_side::FarSide;

/// As many jobs of a provider's are under way at once. What is due beyond that gathers, so that posts grow
/// instead of connections.
const AT_ONCE: usize = 32;
/// The wait after the first post that was made in vain; twice as long after each further one. No document
/// tells a provider's schedule.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// Posts for as long as it is polled.
pub(in crate::sandbox) async fn deliver<F: FarSide>(counter: Arc<Counter<F>>) {
    let (desk, outbox) = (&counter.desk, &counter.outbox);
    let mut under_way = JoinSet::new();
    loop {
        while under_way.len() < AT_ONCE {
            match outbox.due(desk.clock.tick()) {
                Some(Due::Job(job)) => drop(under_way.spawn(post_job(counter.clone(), job))),
                Some(Due::Reply(course, words)) => counter.let_answer(&course, words),
                None => break,
            }
        }
        let next = outbox.next().filter(|_| under_way.len() < AT_ONCE);
        let due = async {
            match next {
                Some(tick) => desk.clock.sleep_until(tick).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = due => {}
            () = outbox.changed() => {}
            Some(_) = under_way.join_next() => {}
        }
    }
}

/// Makes the posts that come before the answer to that call, and gives them their first chance to be answered.
pub(in crate::sandbox) async fn post_early<F: FarSide>(counter: &Arc<Counter<F>>, call: u64) {
    let mut under_way = JoinSet::new();
    for job in counter.outbox.early(call) {
        if under_way.len() >= AT_ONCE {
            drop(under_way.join_next().await);
        }
        under_way.spawn(post_job(counter.clone(), job));
    }
    while under_way.join_next().await.is_some() {}
}

/// Makes one post after the other.
async fn post_job<F: FarSide>(counter: Arc<Counter<F>>, job: Job<F::About>) {
    for post in job {
        make(&counter.desk, &counter.outbox, post).await;
    }
}

/// Makes one post, once.
async fn make<F: FarSide>(desk: &Desk, outbox: &Outbox<F>, mut post: Post<F::About>) {
    let Some(address) = post.own_address.clone().or_else(|| outbox.address()) else {
        // The account's owner wants to hear no more.
        outbox.log.forget(post.events.len());
        desk.tell();
        return;
    };
    let n = outbox.log.begin();
    let body = body::<F>(&post.events);
    let (answered, odd) = answer::<F>(&*desk.clock, outbox, &address, &body).await;
    let is_content = F::MANNER.is_content(answered);
    outbox.log.end(is_content, || WebhookEntry {
        n,
        provider: F::SERVICE,
        url: address::without_secret(&address),
        body,
        answered,
        odd: is_content && odd,
        messages: post.events.iter().map(|event| F::message_id(event.number())).collect(),
    });
    if is_content || answered == PostAnswer::Elsewhere {
        outbox.log.forget(post.events.len());
    } else {
        let wait = FIRST_WAIT.saturating_mul(1 << post.tries.min(16)).min(LONGEST_WAIT);
        post.tries += 1;
        outbox.repeat(post, desk.clock.tick().after(wait));
    }
    desk.tell();
}

/// What a post is answered with, and whether the answer is another than documents ask for.
async fn answer<F: FarSide>(
    clock: &dyn Clock,
    outbox: &Outbox<F>,
    address: &str,
    body: &str,
) -> (PostAnswer, bool) {
    let Ok(address) = address::of_this_computer(address) else { return (PostAnswer::Elsewhere, false) };
    let late = clock.sleep_until(clock.tick().after(F::MANNER.patience));
    tokio::select! {
        answer = outbox.poster.post(address, body.to_owned()) => match answer {
            Some(answer) => (PostAnswer::Status(answer.status), answer.status != 200 || answer.has_body),
            None => (PostAnswer::Failed, false),
        },
        () = late => (PostAnswer::Late, false),
    }
}

fn body<F: FarSide>(events: &[Event<F::About>]) -> String {
    if let [Event { subject: Subject::Heard(heard), part, .. }] = events {
        return F::tell_heard(heard, *part).to_string();
    }
    let steps: Vec<_> = events.iter().filter_map(Event::step).collect();
    F::tell(&steps).to_string()
}
