//! The `disparo` command.

fn main() {}
