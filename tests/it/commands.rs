//! The providers' single calls, through the real binary: what each is refused with, what it would send, and
//! what comes of it at the far side.

pub mod account;
mod life;
mod omnichannel;
mod refusals;
mod sinch;
mod wati;
