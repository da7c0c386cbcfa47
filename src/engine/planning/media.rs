//! The files of a message, asked after before anything is sent: whether they are there, of a type and a size
//! that the provider takes.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::task::JoinSet;

use crate::audience::Audience;
use crate::domain::{Campaign, Content, ContentSpec, Names, ProviderLimits, Row};
use crate::engine::Urgency;
use crate::engine::send::Engine;
use crate::events::Event;
use crate::provider::transport::{Probe, Prober};
use crate::template::{ContentTemplate, Filter, Rendered};

use super::error::PlanError;
use super::judge::Fault;

/// Addresses that are asked after, at most.
const MOST: usize = 1_000;

/// Addresses that are asked after at once.
const AT_ONCE: usize = 8;

/// After so many files in a row that a server does not show, it is not asked for more: a thousand dead
/// addresses would take more than ten minutes.
const IN_A_ROW: u32 = 20;

/// Types by which servers say that they do not know.
const UNKNOWN_TYPES: [&str; 2] = ["application/octet-stream", "binary/octet-stream"];

/// What is known of the files of a message, by address.
#[derive(Debug, Default)]
pub struct MediaFiles {
    known: BTreeMap<String, Probe>,
    /// Whether there were more than are asked after.
    has_more: bool,
}

impl Engine {
    /// Asks after the files that the rows name: the one address of a message that is the same for all, or the
    /// first 1,000 different ones.
    ///
    /// # Errors
    /// When the audience cannot be read or does not fit the definition, or somebody interrupts.
    pub(super) async fn inspect_media(
        &self,
        campaign: &Campaign,
        audience: Audience,
    ) -> Result<(MediaFiles, Vec<String>), PlanError> {
        let mut files = addresses(campaign, audience)?;
        let prober = match Prober::new() {
            Ok(prober) => Arc::new(prober),
            Err(error) => {
                return Ok((MediaFiles::default(), vec![format!("no file was looked at: {error}")]));
            }
        };
        let mut waiting: Vec<String> = files.known.keys().cloned().collect();
        let mut dead = DeadHosts::default();
        let mut lost = 0_usize;
        let mut asked = JoinSet::new();
        loop {
            while asked.len() < AT_ONCE
                && let Some(address) = waiting.pop()
            {
                if dead.has(&address) {
                    let cause = format!("{IN_A_ROW} others of its server could not be looked at either");
                    files.known.insert(address, Probe::Unreached { cause });
                    continue;
                }
                let prober = Arc::clone(&prober);
                asked.spawn(async move {
                    let probe = prober.probe(&address).await;
                    (address, probe)
                });
            }
            tokio::select! {
                answer = asked.join_next() => match answer {
                    Some(Ok((address, probe))) => {
                        dead.note(&address, &probe);
                        files.known.insert(address, probe);
                        let total = files.known.len() as u64;
                        let done = total.saturating_sub((waiting.len() + asked.len()) as u64);
                        let campaign = campaign.name.clone();
                        self.events.tell(Event::LookedAt { campaign, files: done, total });
                    }
                    Some(Err(_)) => lost += 1,
                    None => break,
                },
                () = self.interrupt.reached(Urgency::Drain) => return Err(PlanError::Interrupted),
            }
        }
        let mut notes = files.notes();
        if lost > 0 {
            notes.push(format!(
                "looking at {lost} files failed inside Disparo; please report this as a fault of Disparo"
            ));
        }
        Ok((files, notes))
    }
}

/// How many files in a row each server failed to show.
#[derive(Debug, Default)]
struct DeadHosts(BTreeMap<String, u32>);

impl DeadHosts {
    fn note(&mut self, address: &str, probe: &Probe) {
        let failures = self.0.entry(host(address).to_owned()).or_default();
        *failures = match probe {
            Probe::Reached { .. } => 0,
            Probe::Unreached { .. } => failures.saturating_add(1),
        };
    }

    /// Whether nothing more is to be hoped for from the server of this address.
    fn has(&self, address: &str) -> bool {
        self.0.get(host(address)).is_some_and(|failures| *failures >= IN_A_ROW)
    }
}

/// The server of an address, with its scheme and port.
fn host(address: &str) -> &str {
    let start = address.find("://").map_or(0, |at| at + 3);
    let end = address[start..].find(['/', '?', '#']).map_or(address.len(), |at| start + at);
    &address[..end]
}

/// The different addresses of the rows that the filter keeps, of which nothing is known yet.
fn addresses(campaign: &Campaign, mut audience: Audience) -> Result<MediaFiles, PlanError> {
    let ContentSpec::Media { url, .. } = &campaign.content else { return Ok(MediaFiles::default()) };
    let is_constant = !["{{", "{%", "{#"].iter().any(|opening| url.contains(opening));
    let mut files = MediaFiles::default();
    if is_constant {
        files.add(url.clone());
        return Ok(files);
    }
    let unfit = |source| PlanError::Template { file: campaign.file.clone(), source };
    let names = Names::new(&audience.columns, &campaign.audience.columns)
        .map_err(|source| PlanError::UnknownColumn { file: campaign.file.clone(), source })?;
    let filter = campaign.audience.filter.as_deref();
    let filter = filter.map(|source| Filter::compile(source, &names)).transpose().map_err(unfit)?;
    let content = ContentTemplate::compile(&campaign.content, &names).map_err(unfit)?;
    let mut row = Row::default();
    loop {
        match audience.next_row(&mut row) {
            Ok(true) => {}
            Ok(false) => return Ok(files),
            // The judge of the rows says what is wrong with it.
            Err(crate::audience::AudienceError::Row(_)) => continue,
            Err(error) => return Err(error.into()),
        }
        if !filter.as_ref().is_none_or(|filter| filter.keeps(&row).unwrap_or(false)) {
            continue;
        }
        if let Ok(Rendered::Content(Content::Media { url, .. })) = content.render(&row) {
            files.add(url);
        }
    }
}

impl MediaFiles {
    fn add(&mut self, address: String) {
        if self.known.contains_key(&address) {
            return;
        }
        if self.known.len() == MOST {
            self.has_more = true;
        } else {
            let cause = "it was not asked".to_owned();
            self.known.insert(address, Probe::Unreached { cause });
        }
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let unreached = || {
            self.known.iter().filter_map(|(address, probe)| match probe {
                Probe::Unreached { cause } => Some((address, cause)),
                Probe::Reached { .. } => None,
            })
        };
        if let Some((address, cause)) = unreached().next() {
            notes.push(format!(
                "{} of {} files could not be looked at, the first is {address}: {cause}",
                unreached().count(),
                self.known.len()
            ));
        }
        if self.has_more {
            notes.push(format!("only the first {MOST} files were looked at"));
        }
        notes
    }

    /// Whether a file that is known can be sent under these limits.
    ///
    /// # Errors
    /// Why not.
    pub(super) fn check(
        &self,
        address: &str,
        declared: Option<&str>,
        limits: &ProviderLimits,
    ) -> Result<(), Fault> {
        let Some(Probe::Reached { content_type, length }) = self.known.get(address) else { return Ok(()) };
        let found = content_type.as_deref().map(essence).filter(|found| !UNKNOWN_TYPES.contains(found));
        if let (Some(found), Some(declared)) = (found, declared)
            && !found.eq_ignore_ascii_case(essence(declared))
        {
            let sentence = format!("the file is {found}, not {declared}");
            return Err(Fault::new("message.media.type", sentence));
        }
        let Some(judged) = found.or(declared) else { return Ok(()) };
        let problem = limits.check_media(judged, *length).err();
        problem.map_or(Ok(()), |problem| Err(Fault::new("message.media.url", problem.to_string())))
    }
}

/// A MIME type without its parameters.
fn essence(content_type: &str) -> &str {
    content_type.split(';').next().unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::all_facts;

    #[test]
    fn a_file_is_judged_by_what_its_server_says() {
        let facts = all_facts().into_iter().find(|facts| facts.name == "devino").expect("devino");
        let limits = facts.limits.as_ref().expect("limits");
        let mut files = MediaFiles::default();
        let reached = |content_type: Option<&str>, length| Probe::Reached {
            content_type: content_type.map(str::to_owned),
            length,
        };
        files.known.insert("png".to_owned(), reached(Some("image/png; charset=x"), Some(1_000)));
        files.known.insert("page".to_owned(), reached(Some("text/html"), None));
        files.known.insert("huge".to_owned(), reached(Some("image/png"), Some(50_000_000_000)));
        files.known.insert("vague".to_owned(), reached(Some("binary/octet-stream"), Some(1_000)));
        files.known.insert("away".to_owned(), Probe::Unreached { cause: "HTTP status 404".to_owned() });
        for fine in ["png", "vague", "away", "never heard of"] {
            assert_eq!(files.check(fine, Some("image/png"), limits), Ok(()), "{fine}");
        }
        let told = ["page", "huge"].map(|address| {
            let fault = files.check(address, Some("image/png"), limits).expect_err(address);
            format!("{}: {}", fault.column, fault.sentence)
        });
        assert_eq!(told[0], "message.media.type: the file is text/html, not image/png");
        assert!(told[1].starts_with("message.media.url: the file has 50.0 GB"), "{}", told[1]);
        assert_eq!(
            files.notes(),
            ["1 of 5 files could not be looked at, the first is away: HTTP status 404"]
        );
    }

    #[test]
    fn a_server_that_shows_nothing_is_not_asked_for_ever() {
        let mut dead = DeadHosts::default();
        let away = Probe::Unreached { cause: "no connection".to_owned() };
        let there = Probe::Reached { content_type: None, length: None };
        for number in 1..=IN_A_ROW {
            assert!(!dead.has("https://a.example/x.png"), "{number}");
            dead.note(&format!("https://a.example/{number}.png"), &away);
        }
        assert!(dead.has("https://a.example?file=1"));
        assert!(!dead.has("https://a.example:8443/x.png") && !dead.has("https://b.example/x.png"));
        dead.note("https://a.example/late.png", &there);
        assert!(!dead.has("https://a.example/x.png"));
    }

    #[test]
    fn no_more_than_a_thousand_files_are_asked_after() {
        let mut files = MediaFiles::default();
        (0..2_000).for_each(|number| files.add(format!("https://example.com/{}", number % 1_001)));
        assert_eq!(files.known.len(), MOST);
        assert!(files.notes().iter().any(|note| note.contains("first 1000")));
    }
}
