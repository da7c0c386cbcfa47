//! Wati: `POST /{tenant}/api/v1/sendTemplateMessage`, one recipient in a call (seed 003, providers.md §3).

pub mod wire;
