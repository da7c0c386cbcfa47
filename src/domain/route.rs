//! Routes: which HTTP method and path an operation of a provider has, where a channel may say so itself.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// An operation of a provider and where it is unless the channel says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownRoute {
    /// What `channels.toml` calls it: `contact_update`.
    pub name: &'static str,
    /// As people write it: `PUT /contacts/{contactId}`.
    pub route: &'static str,
}

/// A method of HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RouteMethod {
    /// `GET`.
    Get,
    /// `POST`.
    Post,
    /// `PUT`.
    Put,
    /// `PATCH`.
    Patch,
    /// `DELETE`.
    Delete,
}

impl RouteMethod {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Get, Self::Post, Self::Put, Self::Patch, Self::Delete];

    /// In capitals.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    /// Whether what is sent stands in a body; in the address otherwise.
    #[must_use]
    pub fn has_body(self) -> bool {
        matches!(self, Self::Post | Self::Put | Self::Patch)
    }
}

/// A piece of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Segment {
    /// As it stands.
    Fixed(String),
    /// Replaced by the value of this name.
    Placeholder(String),
}

/// A method and a path with placeholders: `PUT /contacts/{contactId}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The method.
    pub method: RouteMethod,
    /// What stands between the slashes.
    pub segments: Vec<Segment>,
}

/// Why a text is no route.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BadRoute {
    /// The first word is none.
    #[error("it does not begin with GET, POST, PUT, PATCH or DELETE")]
    Method,
    /// There is no path, or it does not begin with a slash.
    #[error("no path that begins with a slash follows the method")]
    Path,
    /// A path has something that no path has.
    #[error("the path has a character that cannot stand in one")]
    Character,
    /// A brace without its partner, or beside other letters.
    #[error("a placeholder stands between two slashes, in braces: /{{contactId}}/")]
    Brace,
    /// One placeholder more than once.
    #[error("the placeholder {{{0}}} is there twice")]
    Twice(String),
}

impl Route {
    /// Names of the placeholders.
    #[must_use]
    pub fn placeholders(&self) -> BTreeSet<&str> {
        let names = self.segments.iter().filter_map(|segment| match segment {
            Segment::Placeholder(name) => Some(name.as_str()),
            Segment::Fixed(_) => None,
        });
        names.collect()
    }
}

impl FromStr for Route {
    type Err = BadRoute;

    fn from_str(text: &str) -> Result<Self, BadRoute> {
        let (word, path) = text.trim().split_once(' ').ok_or(BadRoute::Path)?;
        let method = RouteMethod::ALL.into_iter().find(|method| method.word() == word);
        let method = method.ok_or(BadRoute::Method)?;
        let path = path.trim_start().strip_prefix('/').ok_or(BadRoute::Path)?;
        let segments: Vec<Segment> = path.split('/').map(segment).collect::<Result<_, _>>()?;
        let mut seen = BTreeSet::new();
        for segment in &segments {
            if let Segment::Placeholder(name) = segment
                && !seen.insert(name.as_str())
            {
                return Err(BadRoute::Twice(name.clone()));
            }
        }
        Ok(Self { method, segments })
    }
}

fn segment(text: &str) -> Result<Segment, BadRoute> {
    let is_name = |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    match text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
        Some(name) if is_name(name) => Ok(Segment::Placeholder(name.to_owned())),
        Some(_) => Err(BadRoute::Brace),
        None if text.contains(['{', '}']) => Err(BadRoute::Brace),
        // Dots alone would lead elsewhere.
        None if matches!(text, "." | "..") => Err(BadRoute::Character),
        None if text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~:@%".contains(&byte)) => {
            Ok(Segment::Fixed(text.to_owned()))
        }
        None => Err(BadRoute::Character),
    }
}

impl fmt::Display for Route {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ", self.method.word())?;
        self.segments.iter().try_for_each(|segment| match segment {
            Segment::Fixed(text) => write!(formatter, "/{text}"),
            Segment::Placeholder(name) => write!(formatter, "/{{{name}}}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_a_route_reads_and_is_written_alike() {
        for text in [
            "POST /contacts",
            "PUT /contacts/{contactId}",
            "DELETE /v2/contacts/{contactId}/tags",
            "GET /",
            "PATCH /a.b/c~d",
        ] {
            assert_eq!(text.parse::<Route>().map(|route| route.to_string()), Ok(text.to_owned()));
        }
        let spaced: Route = "  POST   /contacts ".parse().expect("a route");
        assert_eq!(spaced.to_string(), "POST /contacts");
    }

    #[test]
    fn what_is_none_is_refused_with_a_reason() {
        let twice = BadRoute::Twice("a".to_owned());
        for (text, error) in [
            ("", BadRoute::Path),
            ("/contacts", BadRoute::Path),
            ("POST contacts", BadRoute::Path),
            ("POST https://example.com/contacts", BadRoute::Path),
            ("SEND /contacts", BadRoute::Method),
            ("post /contacts", BadRoute::Method),
            ("POST /contacts?page=1", BadRoute::Character),
            ("POST /a b", BadRoute::Character),
            ("POST /../x", BadRoute::Character),
            ("POST /{", BadRoute::Brace),
            ("POST /x{a}", BadRoute::Brace),
            ("POST /{}", BadRoute::Brace),
            ("POST /{a}/{a}", twice),
        ] {
            assert_eq!(text.parse::<Route>(), Err(error), "{text}");
        }
    }
}
