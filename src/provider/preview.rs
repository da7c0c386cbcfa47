//! A request as text, for people who want to see exactly what would be sent.

use std::fmt::Write;

use super::transport::USER_AGENT;
use super::{Outgoing, Provider, registry};
use crate::domain::Channel;

/// What stands for the secret.
const SECRET: &str = "<secret>";

/// The whole HTTP request for these recipients as a channel would send it. The
/// secret is shown as `<secret>`; numbers are shown in full, because they are what is asked for.
#[must_use]
pub fn preview(provider: &dyn Provider, channel: &Channel, outgoing: &Outgoing) -> String {
    let base_url = &channel.base_url;
    if let Some(question) = provider.look_up(outgoing) {
        let path = &question.path;
        return format!(
            "{} {base_url}{path}\n\nThe request depends on the answer to this question.\n",
            question.method
        );
    }
    let request = match provider.request(outgoing, None) {
        Ok(request) => request,
        Err(reply) => return format!("There is no request: {:?}\n", reply.signal),
    };
    let mut text = format!("{} {base_url}{}\n", request.method, request.path);
    let mut header = |name: &str, value: &str| {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{name}: {value}");
    };
    if let Ok(entry) = registry::entry(channel) {
        for (name, value) in (entry.authorize)(channel, SECRET) {
            // Behind some schemes the secret is encoded.
            let shown = match value.split_once(' ') {
                Some((scheme, encoded)) if !encoded.contains(SECRET) => format!("{scheme} {SECRET}"),
                _ => value,
            };
            header(name.as_str(), &shown);
        }
    }
    header("user-agent", USER_AGENT);
    for (name, value) in request.headers.iter() {
        header(name.as_str(), value.to_str().unwrap_or_default());
    }
    header("content-length", &request.body.len().to_string());
    text.push('\n');
    text.push_str(&String::from_utf8_lossy(&request.body));
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Content, Params};
    use crate::provider::{open, testing};

    #[test]
    fn the_whole_request_is_shown_but_for_the_secret() {
        let text = Content::Text { text: "Oi, Ana!".to_owned() };
        let template = Content::Template {
            id: "welcome".to_owned(),
            language: None,
            params: Params::Named(vec![("nome".to_owned(), "Ana".to_owned())]),
            validity: None,
        };
        let shown = [("devino", text), ("wati", template)].map(|(name, content)| {
            let provider = open(&testing::channel(name)).expect(name);
            let base_url = testing::limits(name).base_url.clone();
            let channel = Channel { base_url, ..testing::channel(name) };
            preview(provider.as_ref(), &channel, &testing::outgoing(vec![content]))
        });
        insta::assert_snapshot!(shown.join("\n"));
    }
}
