//! Flags that the commands share, and how their values are read.

use clap::Args;

use crate::audience;
use crate::cli::failure::Failure;
use crate::domain::{Country, Paging, Phone};

/// Over which channel.
#[derive(Debug, Clone, Args)]
pub struct Over {
    /// The channel; it can be left out where only one channel of the workspace offers this
    #[arg(long, value_name = "NAME")]
    pub channel: Option<String>,
}

/// Which part of a list.
#[derive(Debug, Clone, Args)]
pub struct Pages {
    /// The page, from 1
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    page: u32,
    /// Items in a page; the provider may give fewer [default: the provider's own]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    limit: Option<u32>,
    /// Follow every page
    #[arg(long, conflicts_with = "page")]
    pub all: bool,
}

impl Pages {
    /// As questions have it.
    #[must_use]
    pub fn paging(&self) -> Paging {
        Paging { page: self.page, size: self.limit }
    }
}

/// How something is changed.
#[derive(Debug, Clone, Args)]
pub struct Changing {
    /// Over which channel.
    #[command(flatten)]
    pub over: Over,
    /// Show the exact HTTP request, with its numbers in full, and send nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Do not ask before a real (non-sandbox) change
    #[arg(long, short)]
    pub yes: bool,
}

/// A telephone number; a national one is Brazilian.
///
/// # Errors
/// When it is none.
pub fn number(text: &str) -> Result<Phone, Failure> {
    audience::phone::read(text, Country::BRAZIL).map_err(|error| Failure::usage(format!("{text}: {error}")))
}

/// `name=value`, for clap.
///
/// # Errors
/// When there is no name, or no equals sign behind it.
pub fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => Ok((name.trim().to_owned(), value.to_owned())),
        Some(_) | None => Err(format!("`{text}` is not NAME=VALUE")),
    }
}

/// `#rrggbb`, for clap.
///
/// # Errors
/// When it is something else.
pub fn color(text: &str) -> Result<String, String> {
    let is_color = |digits: &str| digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    match text.strip_prefix('#') {
        Some(digits) if is_color(digits) => Ok(text.to_owned()),
        Some(_) | None => Err(format!("`{text}` is not a colour; write one such as \"#ff0000\"")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_keep_what_stands_behind_the_first_equals_sign() {
        assert_eq!(pair("url=https://a?b=c").expect("a pair"), ("url".into(), "https://a?b=c".into()));
        assert_eq!(pair("nome=").expect("a pair"), ("nome".into(), String::new()));
        assert!(pair("=x").is_err() && pair("x").is_err());
    }

    #[test]
    fn colours_have_six_digits() {
        assert_eq!(color("#FF00aa").expect("a colour"), "#FF00aa");
        for wrong in ["ff0000", "#ff000", "#gg0000", "red", "#"] {
            assert!(color(wrong).is_err(), "{wrong}");
        }
    }
}
