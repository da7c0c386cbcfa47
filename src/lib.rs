#![doc = include_str!("ARCHITECTURE.md")]

pub mod clock;
pub mod domain;
pub mod events;
pub mod journal;
pub mod provider;
