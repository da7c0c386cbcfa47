//! The listener over real connections.
