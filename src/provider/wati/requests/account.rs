//! What every request needs to know of a channel: the tenant, the number, and how a path is written.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Everything but what RFC 3986 leaves as it is.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b':');

/// One number of one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    tenant: String,
    number: String,
}

impl Account {
    /// Of a tenant, which can stand in a path, and a number's digits.
    pub fn new(tenant: String, number: String) -> Self {
        Self { tenant, number }
    }

    /// The number that sends: digits.
    #[must_use]
    pub fn number(&self) -> &str {
        &self.number
    }

    /// The path of a call of v1.
    #[must_use]
    pub fn path(&self, call: &str) -> String {
        format!("/{}/{call}", self.tenant)
    }

    /// The path of a call of v1 about a number.
    #[must_use]
    pub fn path_of(&self, call: &str, number: &str) -> String {
        format!("/{}/{call}/{}", self.tenant, escaped(number))
    }

    /// How v3 names the conversation of this number with a person: `channel:phone`. The person's number
    /// alone could fit several conversations, which v3 answers with 409.
    #[must_use]
    pub fn target(&self, phone: &str) -> String {
        format!("{}:{phone}", self.number)
    }
}

/// A text as it stands in a path or a query.
#[must_use]
pub fn escaped(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED).to_string()
}

/// A path with a query of these names and values.
#[must_use]
pub fn with_query(path: &str, query: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = query.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
    format!("{path}?{}", pairs.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_cannot_change_an_address() {
        let account = Account::new("1234".to_owned(), "5511999990000".to_owned());
        assert_eq!(
            account.path_of("api/v1/addContact", "../x?y#z"),
            "/1234/api/v1/addContact/..%2Fx%3Fy%23z"
        );
        assert_eq!(with_query("/a", &[("b", "Olá & R$ 1+1=2")]), "/a?b=Ol%C3%A1%20%26%20R%24%201%2B1%3D2");
        assert_eq!(account.target("5511987654321"), "5511999990000:5511987654321");
    }
}
