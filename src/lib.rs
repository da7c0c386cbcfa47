#![doc = include_str!("ARCHITECTURE.md")]

pub mod audience;
pub mod clock;
pub mod control;
pub mod definition;
pub mod document;
pub mod domain;
pub mod engine;
pub mod events;
pub mod journal;
pub mod pace;
pub mod provider;
pub mod report;
pub mod roster;
pub mod sandbox;
pub mod template;
pub mod ui;
