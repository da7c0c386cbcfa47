//! What a simulated account at Devino holds: the messages that people wrote to it.

use serde_json::{Value, json};

use crate::sandbox::inbound::{Happening, Inbound};

#[derive(Debug, Clone, Default)]
pub(in crate::sandbox) struct Account {
    inbound: Vec<Value>,
    /// The sender of the last message that was taken.
    sender: String,
}

impl Account {
    pub(super) fn sends_as(&mut self, sender: &str) {
        if self.sender != sender {
            sender.clone_into(&mut self.sender);
        }
    }

    /// Keeps a message as the webhook would tell it (seed 002, "Exemplo de recebimento de uma mensagem"). Without
    /// `to` it answers whoever sent last.
    pub(super) fn hear(&mut self, body: &Value, happening: &Happening) -> Result<Value, String> {
        let inbound = Inbound::of_writer(body)?;
        let known = (!self.sender.is_empty()).then(|| self.sender.clone());
        let to = inbound.to.or(known).ok_or("`to` is missing, and no sender has sent anything yet")?;
        let told = json!({
            "incomingMessageId": happening.number,
            "to": to,
            "from": inbound.from.digits(),
            "ts": happening.at.as_millisecond(),
            "text": inbound.text,
        });
        if happening.keeps {
            self.inbound.push(told.clone());
        }
        Ok(told)
    }

    pub(super) fn inbound(&self) -> usize {
        self.inbound.len()
    }

    pub(super) fn inspect(&self) -> Value {
        json!({ "inbound": self.inbound })
    }
}
