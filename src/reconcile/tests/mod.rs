//! Receipts, answers and failures over a real store: what becomes of them, in any order.

mod bench;
mod consequences;
mod inbound;
mod letters;
mod matching;
mod proof;
mod waiting;
