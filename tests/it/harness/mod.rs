//! What every test of the real binary stands on: a workspace, a sandbox, the command, and the oracle
//! that holds the guarantees against all three when a workspace is dropped.

mod answers;
mod clock;
mod command;
mod http;
mod knobs;
mod oracle;
mod people;
mod poster;
mod raw_server;
mod replay;
mod running;
mod sandbox;
mod serve;
mod turn;
mod wait;
mod webhooks;
mod workspace;

pub use answers::{doubts, report};
pub use command::{Command, Finished};
pub use http::Controls;
pub use knobs::{knob, seed, tell};
pub use people::People;
pub use poster::Poster;
pub use raw_server::{Breakage, Received, Recorder, breaking};
pub use replay::{Replay, printed_id};
pub use running::Running;
pub use sandbox::Accepted;
pub use serve::Serve;
pub use wait::{Deadline, until};
pub use webhooks::Posted;
pub use workspace::Workspace;
