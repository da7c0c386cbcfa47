//! What is wrong before anything can be sent: each ends in a sentence with its place and a hint, the
//! documented exit code, and nobody reached.

mod disk;
mod files;
mod refusal;
mod settings;
mod store;
