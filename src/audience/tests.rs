//! The whole way of a file.
