//! The one that touches the network: a permit and its recipients in, verdicts out.
//!
//! HTTP/1.1 only, no redirect followed, nothing ever repeated, no proxy but the one that a channel's
//! `base_url` names (`HTTP_PROXY` and its kin are ignored, as nobody but `settings` reads the environment).
//! hyper puts a request on another connection where an idle one turns out to be closed before the
//! request was taken up; that is the same request, of which nothing had left.

mod causes;
mod departure;
mod probe;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::header::{DATE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Request, Response, Url};
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt;
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;

pub use self::probe::{Probe, ProbeError, Prober};

use self::departure::Departure;
use super::registry::Entry;
use super::status::{self, StatusClass};
use super::{NotOffered, Outgoing, Provider, WireAnswer, WireRequest, unproven};
use crate::domain::{
    Channel, DoubtCause, Found, ProviderLimits, Query, QueryFailure, Reason, Reply, Signal, Verdicts,
};
use crate::journal::{Permit, Spent};

/// How Disparo introduces itself. Wati refuses the default names of libraries (providers.md §3.2).
pub const USER_AGENT: &str = concat!("disparo/", env!("CARGO_PKG_VERSION"));

/// Bytes of an answer's body, at most: 32,000 results of 250 bytes.
pub const MOST_ANSWER_BYTES: usize = 8 * 1024 * 1024;

/// How long a connection is kept without use: a little less than the shortest keep-alive in common use
/// (Node's 5 s), so that a request seldom meets a connection that is being closed, which is doubt.
const IDLE: Duration = Duration::from_secs(4);

/// Why a channel's transport cannot be set up. Nothing has been sent.
#[derive(Debug, Error)]
pub enum TransportError {
    /// The base address is not one.
    #[error(
        "channel `{channel}`: base_url is not an http or https address without user, query and fragment; write one such as https://api.devino.online"
    )]
    BaseUrl {
        /// The channel's name.
        channel: String,
    },
    /// The secret has characters that no HTTP header may have.
    #[error("channel `{channel}`: the secret is empty or has characters that cannot stand in an HTTP header")]
    Secret {
        /// The channel's name.
        channel: String,
    },
    /// TLS cannot be used on this machine.
    #[error("channel `{channel}`: cannot set up TLS with this machine's certificates")]
    Tls {
        /// The channel's name.
        channel: String,
        /// What is wrong.
        source: rustls::Error,
    },
    /// The HTTP client cannot be made.
    #[error("channel `{channel}`: cannot set up the HTTP client")]
    Client {
        /// The channel's name.
        channel: String,
        /// What is wrong.
        source: reqwest::Error,
    },
}

/// A channel's connections to its provider.
#[derive(Debug)]
pub struct Transport {
    client: Client,
    base_url: String,
    /// The path of the newest call and its address.
    newest: Mutex<Option<(String, Url)>>,
    authority: String,
    headers: HeaderMap,
    timeout: Duration,
    most_recipients: usize,
    limits: Arc<ProviderLimits>,
}

impl Transport {
    /// Connections of a channel of the provider `entry` to `base_url`, which is the channel's own or that of the sandbox in its place.
    ///
    /// # Errors
    /// When the address or the secret cannot be used, or TLS cannot be set up.
    pub fn new(
        entry: &Entry,
        channel: &Channel,
        base_url: &str,
        secret: SecretString,
    ) -> Result<Self, TransportError> {
        let name = || channel.name.clone();
        let base_url = base_url.trim_end_matches('/').to_owned();
        let Some(url) = Url::parse(&base_url).ok().filter(is_base) else {
            return Err(TransportError::BaseUrl { channel: name() });
        };
        let tls =
            tls(url.scheme() == "https").map_err(|source| TransportError::Tls { channel: name(), source })?;
        let client = Client::builder()
            .tls_backend_preconfigured(tls)
            .http1_only()
            .tcp_nodelay(true)
            .pool_max_idle_per_host(channel.in_flight.get() as usize)
            .pool_idle_timeout(IDLE)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .timeout(channel.timeout)
            .user_agent(USER_AGENT)
            .build()
            .map_err(|source| TransportError::Client { channel: name(), source })?;
        let headers = credentials(entry, channel, &secret)?;
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let authority = format!("{}{port}", url.host_str().unwrap_or_default());
        Ok(Self {
            client,
            base_url,
            newest: Mutex::default(),
            authority,
            headers,
            timeout: channel.timeout,
            most_recipients: channel.most_recipients.get() as usize,
            limits: Arc::clone(&channel.limits),
        })
    }

    /// Asks what the request for these recipients needs, where it needs anything. Nothing is changed by it,
    /// so that it needs no permit. It is a call to the provider like any other.
    ///
    /// # Errors
    /// What comes of the recipients where there is no answer; nobody was messaged then.
    pub async fn look_up(&self, provider: &dyn Provider, outgoing: &Outgoing) -> LookedUp {
        let Some(question) = provider.look_up(outgoing) else { return Ok(None) };
        match self.exchange(question).await {
            Ok(answer) => match hindered(&self.limits, &answer) {
                Some(hindered) => Err(hindered),
                None => Ok(Some(answer)),
            },
            Err(Lost::Unsent { cause }) => Err(Reply::unsent(Signal::NotSent { cause })),
            Err(Lost::InDoubt { cause, .. }) => {
                Err(Reply { signal: Signal::InDoubt { cause }, ..unproven(cause) })
            }
        }
    }

    /// Makes the call for which the permit stands, and says what came of it for each recipient. `looked_up`
    /// is what [`Transport::look_up`] gave for the same recipients.
    ///
    /// Never fails: whatever happens is a reply. Dropping the future leaves the recipients in doubt.
    pub async fn send(
        &self,
        permit: Permit,
        provider: &dyn Provider,
        outgoing: &Outgoing,
        looked_up: LookedUp,
    ) -> (Spent, Reply) {
        let is_permitted = permits(&permit, self.most_recipients, outgoing);
        let spent = permit.spend();
        if !is_permitted {
            return (spent, Reply::unsent(not_permitted()));
        }
        let reply = match looked_up {
            Ok(looked_up) => self.carry_out(provider, outgoing, looked_up.as_ref()).await,
            Err(reply) => reply,
        };
        (spent, complete(reply, outgoing.recipients.len()))
    }

    async fn carry_out(
        &self,
        provider: &dyn Provider,
        outgoing: &Outgoing,
        looked_up: Option<&WireAnswer>,
    ) -> Reply {
        let request = match provider.request(outgoing, looked_up) {
            Ok(request) => request,
            Err(reply) => return reply,
        };
        match self.exchange(request).await {
            Ok(answer) => provider.classify(outgoing, &answer),
            Err(Lost::Unsent { cause }) => Reply::unsent(Signal::NotSent { cause }),
            Err(Lost::InDoubt { cause, .. }) => Reply::in_doubt(cause),
        }
    }

    /// Asks a question. Nothing is changed by it, so that it needs no permit and may be asked again.
    ///
    /// # Errors
    /// When the provider cannot be asked that, or there is no answer.
    pub async fn ask(&self, provider: &dyn Provider, query: &Query) -> Result<Found, AskError> {
        let request = provider.ask(query)?;
        match self.exchange(request).await {
            Ok(answer) => provider.read(query, &answer).map_err(AskError::Failed),
            Err(Lost::Unsent { cause } | Lost::InDoubt { words: cause, .. }) => {
                Err(AskError::Failed(QueryFailure::Unanswered(cause)))
            }
        }
    }

    /// The address of a path. Most calls of a channel have the same, and reading one costs as much as a tenth of a
    /// small call.
    fn url_of(&self, path: &str) -> Option<Url> {
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, url)) = newest.as_ref()
            && known == path
        {
            return Some(url.clone());
        }
        let url = Url::parse(&format!("{}{path}", self.base_url)).ok()?;
        *newest = Some((path.to_owned(), url.clone()));
        Some(url)
    }

    async fn exchange(&self, request: WireRequest) -> Result<WireAnswer, Lost> {
        let Some(url) = self.url_of(&request.path) else {
            return Err(Lost::Unsent { cause: "the path of the call makes no address".to_owned() });
        };
        let is_bare = request.body.is_empty();
        let (departure, body) = Departure::of(request.body);
        let mut http = Request::new(request.method, url);
        *http.headers_mut() = self.headers.clone();
        http.headers_mut().extend(request.headers.iter().cloned());
        if !is_bare {
            *http.body_mut() = Some(reqwest::Body::wrap(body));
        }
        match self.client.execute(http).await {
            Ok(response) => Ok(read(response).await),
            // Of a request without a body nobody can see it depart; but without a connection none does.
            Err(error) if departure.withdraw() || (is_bare && error.is_connect()) => {
                Err(Lost::Unsent { cause: causes::not_sent(&error, &self.authority, self.timeout) })
            }
            Err(error) => {
                let cause = causes::doubt(&error);
                Err(Lost::InDoubt { cause, words: cause.to_string() })
            }
        }
    }
}

/// What was asked for a request; nothing where it needs nothing, and else why there is none.
pub type LookedUp = Result<Option<WireAnswer>, Reply>;

/// A request without an answer.
#[derive(Debug)]
enum Lost {
    /// No byte of it left.
    Unsent { cause: String },
    /// Nobody knows how far it came.
    InDoubt { cause: DoubtCause, words: String },
}

/// Why a question has no answer.
#[derive(Debug, Clone, Error)]
pub enum AskError {
    /// The provider cannot be asked that.
    #[error(transparent)]
    NotOffered(#[from] NotOffered),
    /// It was asked.
    #[error("{}", words_of(.0))]
    Failed(QueryFailure),
}

fn words_of(failure: &QueryFailure) -> String {
    match failure {
        QueryFailure::NotFound => "there is no such thing at the provider".to_owned(),
        QueryFailure::Throttled { .. } => "the provider wants fewer calls; try again later".to_owned(),
        QueryFailure::Refused(reason) => reason.to_string(),
        QueryFailure::Unanswered(cause) => cause.clone(),
    }
}

/// What an answer to a look-up comes to where the provider's own reading has no say.
fn hindered(limits: &ProviderLimits, answer: &WireAnswer) -> Option<Reply> {
    match status::by_status(limits, answer) {
        StatusClass::Settled(_) if answer.status == 404 => None,
        StatusClass::Settled(Reply { signal: Signal::InDoubt { cause }, .. }) => Some(unproven(cause)),
        StatusClass::Settled(reply) => Some(reply),
        StatusClass::Answer if answer.body.is_none() => Some(unproven(DoubtCause::UnreadableReply)),
        StatusClass::Answer | StatusClass::Refusal => None,
    }
}

/// Whether paths can be put behind an address. One with a password would show it to whoever reads why a
/// call failed.
fn is_base(url: &Url) -> bool {
    let is_web = matches!(url.scheme(), "http" | "https") && url.has_host();
    let is_bare = url.username().is_empty() && url.password().is_none();
    is_web && is_bare && url.query().is_none() && url.fragment().is_none()
}

/// Certificates are read only where they are needed: a sandbox works on a machine without any.
fn tls(is_needed: bool) -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let builder = if is_needed {
        builder.with_platform_verifier()?
    } else {
        builder.with_root_certificates(RootCertStore::empty())
    };
    Ok(builder.with_no_client_auth())
}

/// The headers that show the secret.
fn credentials(entry: &Entry, channel: &Channel, secret: &SecretString) -> Result<HeaderMap, TransportError> {
    let secret = secret.expose_secret().trim();
    let unusable = || TransportError::Secret { channel: channel.name.clone() };
    let headers = (entry.authorize)(channel, secret);
    if headers == (entry.authorize)(channel, "") {
        return Err(unusable());
    }
    headers
        .into_iter()
        .map(|(name, value)| {
            let mut value = HeaderValue::from_str(&value).map_err(|_| unusable())?;
            value.set_sensitive(true);
            Ok((name, value))
        })
        .collect()
}

/// Whether the permit stands for exactly these recipients, and the provider takes so many.
fn permits(permit: &Permit, most_recipients: usize, outgoing: &Outgoing) -> bool {
    let numbers = outgoing.recipients.iter().map(|recipient| recipient.number);
    permit.run() == outgoing.tag.run
        && permit.attempt() == outgoing.tag.attempt
        && permit.recipients().iter().eq(numbers)
        && permit.recipients().len() <= most_recipients
}

/// A fault of ours: sending would break a promise, so the run is held.
fn not_permitted() -> Signal {
    let sentence =
        "Disparo stopped a call that differs from its intent; please report this as a fault of Disparo";
    Signal::CampaignRefused { reason: Reason::new("disparo.intent", sentence) }
}

/// Reads the answer to its end, or to the bound.
async fn read(response: Response) -> WireAnswer {
    let header =
        |name| response.headers().get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into());
    WireAnswer {
        status: response.status().as_u16(),
        retry_after: header(RETRY_AFTER),
        date: header(DATE),
        body: read_body(response).await,
    }
}

async fn read_body(mut response: Response) -> Option<Bytes> {
    let mut body = BytesMut::new();
    while let Some(piece) = response.chunk().await.ok()? {
        if body.len() + piece.len() > MOST_ANSWER_BYTES {
            return None;
        }
        body.extend_from_slice(&piece);
    }
    Some(body.freeze())
}

/// A reply with a verdict for everyone; whom the provider's reading forgot is in doubt.
fn complete(reply: Reply, recipients: usize) -> Reply {
    match &reply.verdicts {
        Verdicts::Each(verdicts) if verdicts.len() != recipients => {
            Reply::in_doubt(DoubtCause::IncompleteReply)
        }
        Verdicts::Each(_) | Verdicts::All(_) => reply,
    }
}

#[cfg(test)]
mod tests;
