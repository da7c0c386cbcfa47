//! An entry as a line of JSON: what `GET /sandbox/record` gives and what a record file holds.
//!
//! ```json
//! {"provider":"devino","kind":"message","sender":"MyCompany","to":"5511987654321",
//!  "callback_data":"s1.7.41.1","message_id":"3482512350952730368","call":5,"wall_ms":1795255200000,
//!  "arrival_us":81723,"digest":"9f1c…"}
//! ```
//! Where `to` is no telephone number, `to_kind` says what it is: `group` (its id) or `named` (a contact's or
//! tag's id, a group's subject, whatever identifies it).

use std::borrow::Cow;
use std::io;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Accepted, CallEntry};
use crate::domain::{Address, Phone};
use crate::sandbox::{Service, WebhookEntry};

#[derive(Debug, Serialize, Deserialize)]
struct AcceptedLine<'a> {
    provider: Service,
    #[serde(borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    sender: Cow<'a, str>,
    #[serde(borrow)]
    to: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to_kind: Option<ToKind>,
    #[serde(borrow)]
    callback_data: Cow<'a, str>,
    #[serde(borrow)]
    message_id: Cow<'a, str>,
    call: u64,
    wall_ms: i64,
    arrival_us: u64,
    #[serde(borrow)]
    digest: Cow<'a, str>,
}

/// What `to` is, where it is no telephone number.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ToKind {
    Group,
    Named,
}

/// Something that is written as a line.
pub trait Line {
    /// Appends the line and its end.
    ///
    /// # Errors
    /// Never in practice: memory takes everything that JSON can say.
    fn write(&self, to: &mut Vec<u8>) -> io::Result<()>;
}

impl Line for Accepted {
    fn write(&self, to: &mut Vec<u8>) -> io::Result<()> {
        let line = AcceptedLine {
            provider: self.provider,
            kind: self.kind.as_ref().into(),
            sender: self.sender.as_ref().into(),
            to: self.to.in_full().into(),
            to_kind: match self.to {
                Address::Phone(_) => None,
                Address::Group(_) => Some(ToKind::Group),
                Address::Named(_) => Some(ToKind::Named),
            },
            callback_data: self.callback_data.as_ref().into(),
            message_id: self.message_id().into(),
            call: self.call,
            wall_ms: self.wall_ms,
            arrival_us: self.arrival_us,
            digest: format!("{:016x}", self.digest).into(),
        };
        serde_json::to_writer(&mut *to, &line)?;
        to.push(b'\n');
        Ok(())
    }
}

impl Line for CallEntry {
    fn write(&self, to: &mut Vec<u8>) -> io::Result<()> {
        serde_json::to_writer(&mut *to, self)?;
        to.push(b'\n');
        Ok(())
    }
}

impl Line for WebhookEntry {
    fn write(&self, to: &mut Vec<u8>) -> io::Result<()> {
        serde_json::to_writer(&mut *to, self)?;
        to.push(b'\n');
        Ok(())
    }
}

/// Reads a line of a record file; `None` when it is none.
pub(super) fn read(line: &[u8]) -> Option<Accepted> {
    let line: AcceptedLine<'_> = serde_json::from_slice(line).ok()?;
    Some(Accepted {
        provider: line.provider,
        kind: Arc::from(line.kind.as_ref()),
        sender: Arc::from(line.sender.as_ref()),
        to: match line.to_kind {
            None => Address::Phone(Phone::from_digits(&line.to)?),
            Some(ToKind::Group) => Address::Group(line.to.into()),
            Some(ToKind::Named) => Address::Named(line.to.into()),
        },
        callback_data: line.callback_data.into(),
        call: line.call,
        wall_ms: line.wall_ms,
        arrival_us: line.arrival_us,
        digest: u64::from_str_radix(&line.digest, 16).ok()?,
        number: line.provider.message_number(&line.message_id)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_reads_back_as_what_was_written() {
        let phone = Phone::from_digits("5511987654321").expect("a number");
        for (provider, kind, to) in [
            ("devino", "message", Address::Phone(phone)),
            ("wati", "message", Address::Phone(phone)),
            ("wati", "set_chat_status", Address::Group("5511-1513616971".into())),
            ("wati", "create_group", Address::Named("Família \"São João\"".into())),
        ] {
            let entry = Accepted {
                provider: Service::find(provider).expect(provider),
                kind: kind.into(),
                sender: "Loja \"São João\"".into(),
                to,
                callback_data: "s1.7.41.1".into(),
                call: 5,
                wall_ms: 1_795_255_200_000,
                arrival_us: 81_723,
                digest: 0x00f1_c000_0000_00ab,
                number: 3_482_512_350_952_730_369,
            };
            let mut line = Vec::new();
            entry.write(&mut line).expect("memory");
            assert_eq!(read(line.trim_ascii_end()).as_ref(), Some(&entry));
        }
        assert_eq!(read(b"{\"provider\":\"devino\""), None);
    }
}
