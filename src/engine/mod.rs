//! The use cases around a run: planning it, sending it, settling it.

mod asking;
mod asleep;
mod brake;
mod call;
mod canary;
mod company;
mod departure;
mod dispatch;
mod doubt;
mod error;
mod flow;
mod group_doubt;
mod hours;
mod interrupt;
mod lane;
mod left_out;
mod link;
pub mod occurrence;
mod outcome;
pub mod planning;
mod questions;
mod refusal;
mod send;
pub mod undelivered;
mod wait;

pub use asking::{ListFault, Pages, ask};
pub use error::EngineError;
pub use flow::shared_chunk;
pub use interrupt::{Interrupt, Urgency};
pub use link::{Link, MovedChannel, Shared, check_unmoved, freeze};
pub use questions::{Questions, question_period};
pub use send::{Engine, can_resume};
pub use wait::Patience;
