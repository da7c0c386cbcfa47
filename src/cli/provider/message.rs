//! Flags that say what one message is and to whom it goes.

use clap::Args;

use crate::cli::failure::Failure;
use crate::domain::{Action, Address, Content, Params, SharedContact};

use super::options::{number, pair};

/// To whom, and what.
#[derive(Debug, Clone, Args)]
pub struct Message {
    #[command(flatten)]
    to: To,
    #[command(flatten)]
    what: What,
    /// Name of the media's file, of the place, as the person sees it
    #[arg(long)]
    name: Option<String>,
    /// The media's MIME type
    #[arg(long = "type", value_name = "MIME", requires = "media")]
    content_type: Option<String>,
    /// The text, alone or beside the media
    #[arg(long)]
    text: Option<String>,
    /// The template's language
    #[arg(long, value_name = "CODE", requires = "template")]
    language: Option<String>,
    /// A parameter of the template, in order, or by its name as NAME=VALUE; may stand several times
    #[arg(long, value_name = "VALUE", requires = "template")]
    param: Vec<String>,
    /// Days for which the template may still be delivered
    #[arg(long, value_name = "DAYS", requires = "template")]
    validity: Option<u32>,
    /// The place's address
    #[arg(long, requires = "location")]
    address: Option<String>,
    /// Id of the message that it answers
    #[arg(long, value_name = "ID", conflicts_with_all = ["template", "location", "contact"])]
    quoted: Option<String>,
    /// In whose name, in a session [default: the channel's `agent`]
    #[arg(long, requires = "session")]
    agent: Option<String>,
}

/// To whom.
#[derive(Debug, Clone, Args)]
#[group(required = true, multiple = false)]
struct To {
    /// A person's number
    number: Option<String>,
    /// A group
    #[arg(long, value_name = "ID")]
    group: Option<String>,
    /// An open conversation
    #[arg(long, value_name = "ID", conflicts_with_all = ["template", "location", "contact"])]
    session: Option<String>,
}

/// What, beside a text.
#[derive(Debug, Clone, Args)]
#[group(required = false, multiple = false)]
struct What {
    /// A file that the provider fetches
    #[arg(long, value_name = "URL")]
    media: Option<String>,
    /// A template that the account has
    #[arg(long, value_name = "NAME", conflicts_with = "text")]
    template: Option<String>,
    /// A place, in degrees north and east
    #[arg(long, value_name = "LAT,LONG", conflicts_with = "text", allow_hyphen_values = true)]
    location: Option<String>,
    /// Somebody whose number is passed on; may stand several times
    #[arg(long, value_name = "NAME=NUMBER", conflicts_with = "text", value_parser = pair)]
    contact: Vec<(String, String)>,
}

impl Message {
    /// Where it goes and what it is.
    ///
    /// # Errors
    /// When a number, the place or the parameters cannot be read, or there is nothing to send.
    pub fn content(&self) -> Result<(Address, Content), Failure> {
        let address = self.to.address()?;
        if self.to.session.is_some() {
            return Ok((address, self.in_session()?));
        }
        if let Some(quoted) = &self.quoted {
            let (text, media) = self.words()?;
            let action = Action::SendQuoting { quoted: quoted.clone(), text, media };
            return Ok((address, Content::Action(action)));
        }
        Ok((address, self.plain()?))
    }

    fn plain(&self) -> Result<Content, Failure> {
        let What { media, template, location, contact } = &self.what;
        if let Some(url) = media {
            return Ok(Content::Media {
                url: url.clone(),
                content_type: self.content_type.clone(),
                name: self.name.clone(),
                text: self.text.clone(),
            });
        }
        if let Some(id) = template {
            return Ok(Content::Template {
                id: id.clone(),
                language: self.language.clone(),
                params: params(&self.param)?,
                validity: self.validity,
            });
        }
        if let Some(place) = location {
            let (latitude, longitude) = degrees(place)?;
            let (name, address) = (self.name.clone(), self.address.clone());
            return Ok(Content::Location { latitude, longitude, name, address });
        }
        if !contact.is_empty() {
            let shared = |(name, text): &(String, String)| {
                let phone = number(text)?.digits();
                Ok(SharedContact { name: name.clone(), phone, company: None })
            };
            let contacts = contact.iter().map(shared).collect::<Result<_, Failure>>()?;
            return Ok(Content::Contacts { contacts });
        }
        match &self.text {
            Some(text) => Ok(Content::Text { text: text.clone() }),
            None => Err(nothing()),
        }
    }

    fn in_session(&self) -> Result<Content, Failure> {
        let (text, media) = self.words()?;
        let (agent, quoted) = (self.agent.clone().unwrap_or_default(), self.quoted.clone());
        Ok(Content::Action(Action::SendToSession { agent, text, media, quoted }))
    }

    /// Text and media where nothing else can be said.
    fn words(&self) -> Result<(Option<String>, Option<String>), Failure> {
        match (&self.text, &self.what.media) {
            (None, None) => Err(nothing()),
            (text, media) => Ok((text.clone(), media.clone())),
        }
    }
}

impl To {
    fn address(&self) -> Result<Address, Failure> {
        match (&self.number, &self.group, &self.session) {
            (Some(text), ..) => Ok(Address::Phone(number(text)?)),
            (None, Some(group), _) => Ok(Address::Group(group.as_str().into())),
            (None, None, Some(session)) => Ok(Address::Named(session.as_str().into())),
            (None, None, None) => Err(Failure::usage("say to whom: a number, --group ID or --session ID")),
        }
    }
}

fn nothing() -> Failure {
    Failure::usage("there is nothing to send")
        .with_hint("write --text, --media, --template, --location or --contact")
}

/// All by name, or all in order. What stands before an equals sign is a name where it is one word.
fn params(given: &[String]) -> Result<Params, Failure> {
    let is_word =
        |name: &str| !name.is_empty() && name.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
    let named = |text: &String| {
        let (name, value) = text.split_once('=').filter(|(name, _)| is_word(name))?;
        Some((name.to_owned(), value.to_owned()))
    };
    let named: Vec<_> = given.iter().filter_map(named).collect();
    match named.len() {
        0 => Ok(Params::Positional(given.to_vec())),
        all if all == given.len() => Ok(Params::Named(named)),
        _ => Err(Failure::usage("some parameters have names and some have none")
            .with_hint("write all as --param NAME=VALUE, or all as --param VALUE in their order")),
    }
}

/// Two numbers; whether they are a place is for the provider's check.
fn degrees(place: &str) -> Result<(String, String), Failure> {
    let is_number = |text: &str| text.parse::<f64>().is_ok_and(f64::is_finite);
    match place.split_once(',').map(|(north, east)| (north.trim(), east.trim())) {
        Some((north, east)) if is_number(north) && is_number(east) => Ok((north.to_owned(), east.to_owned())),
        Some(_) | None => Err(Failure::usage(format!("--location {place}: is not two numbers"))
            .with_hint("write degrees north and east, such as --location=-23.55,-46.63")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(values: &[&str]) -> Vec<String> {
        values.iter().map(|&value| value.to_owned()).collect()
    }

    #[test]
    fn parameters_have_names_or_an_order() {
        let positional = params(&given(&["Ana", "https://a.example/?b=c"])).expect("in order");
        assert_eq!(positional, Params::Positional(given(&["Ana", "https://a.example/?b=c"])));
        let named = params(&given(&["nome=Ana", "2=b=c"])).expect("by name");
        let pairs = [("nome", "Ana"), ("2", "b=c")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(named, Params::Named(pairs.to_vec()));
        assert!(params(&given(&["nome=Ana", "Ana"])).is_err());
        assert_eq!(params(&[]).expect("none"), Params::Positional(Vec::new()));
    }

    #[test]
    fn a_place_is_two_numbers() {
        assert_eq!(degrees("-23.55, -46.63").expect("a place"), ("-23.55".to_owned(), "-46.63".to_owned()));
        for wrong in ["", "1", "1,", "a,b", "1,2,3", "NaN,1"] {
            assert!(degrees(wrong).is_err(), "{wrong}");
        }
    }
}
