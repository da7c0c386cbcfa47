//! The real binary against the real sandbox.

fn main() {}
