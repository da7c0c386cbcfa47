//! The listener: webhooks from outside, taken only at addresses that hold a secret.
