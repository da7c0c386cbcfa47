//! Every failure of the table, and every shape of answer, of every call.

mod broadcast;
mod bulk;
mod change;
mod replies;
mod single;
