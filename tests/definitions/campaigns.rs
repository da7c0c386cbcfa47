//! Definitions: what the good ones mean, and what is said about the bad ones.

use std::collections::BTreeSet;
use std::fs;
use std::num::{NonZeroU32, NonZeroU64};
use std::path::Path;
use std::time::Duration;

use disparo::definition::{self, Defaults};
use disparo::domain::{
    AccountList, Action, AddressSource, AudienceSource, Campaign, ChatStatus, Conduct, ContentSpec, Country,
    Days, Late, OnBadRow, OnDoubt, Overlap, ParamsSpec, Phone, Problems, Ramp, Rate, Schedule, Start,
    WindowClock,
};
use jiff::civil::{date, time};

use super::files;

const ROOT: &str = "tests/data/campaigns";

fn load(file: &Path) -> Result<Campaign, Problems> {
    definition::load(file, Path::new(ROOT), &defaults())
}

/// What a workspace in São Paulo decides that has one holiday.
pub fn defaults() -> Defaults {
    Defaults {
        zone: "America/Sao_Paulo".parse().expect("a zone"),
        holidays: BTreeSet::from([date(2026, 11, 20)]),
    }
}

fn good(name: &str) -> Campaign {
    let file = Path::new(ROOT).join("good").join(name);
    load(&file).unwrap_or_else(|problems| panic!("{problems}"))
}

fn channels(campaign: &Campaign) -> Vec<(&str, u32)> {
    campaign.channels.iter().map(|channel| (channel.name.as_str(), channel.weight.get())).collect()
}

#[test]
fn every_bad_definition_is_explained() {
    files::each_bad_file_is_explained(ROOT, |file| {
        load(file).expect_err("a bad definition should not become a campaign")
    });
}

#[test]
fn a_full_definition_means_what_it_says() {
    let campaign = good("full.toml");
    let rate = |text: &str| text.parse::<Rate>().expect("a rate");
    assert_eq!(campaign.name, "Black Friday 2026");
    assert_eq!(channels(&campaign), [("wati-sp", 1), ("wati-rj", 1)]);
    let audience = &campaign.audience;
    let file = AudienceSource::File("tests/data/campaigns/audiences/black-friday.csv".into());
    assert_eq!(audience.source, file);
    assert_eq!(audience.address, AddressSource::Phone(Some("telefone".to_owned())));
    assert_eq!(Some(audience.country), Country::from_code("pt"));
    assert_eq!(audience.filter.as_deref(), Some("uf == 'SP' and total|float > 100"));
    assert_eq!(audience.on_bad_row, OnBadRow::Abort);
    let renamed = [("sobrenome", "last name"), ("nome", "first name")];
    assert_eq!(audience.columns, renamed.map(|(name, column)| (name.to_owned(), column.to_owned())));
    let params = [("z", "{{ nome }}"), ("a", "{{ cupom }}")];
    assert_eq!(
        campaign.content,
        ContentSpec::Template {
            id: "bf_2026".to_owned(),
            language: Some("pt_BR".to_owned()),
            params: ParamsSpec::Named(params.map(|(name, text)| (name.to_owned(), text.to_owned())).into()),
            validity: Some(1),
        }
    );
    assert_eq!(campaign.pace.rates, [rate("40/s"), rate("10000/d")]);
    assert_eq!(campaign.pace.ramp, Some(Ramp { from: rate("5/s"), over: Duration::from_secs(1_800) }));
    assert_eq!(campaign.max_recipients, NonZeroU64::new(50_000));
    assert_eq!(campaign.test_to, [Phone::from_digits("5511987654321").expect("a number")]);
    let safety = &campaign.safety;
    assert_eq!(safety.stop_above, Some("2.5%".parse().expect("a share")));
    assert_eq!(safety.on_doubt, OnDoubt::AssumeSent);
    assert_eq!(safety.doubt_ttl, Duration::from_secs(5_400));
    assert_eq!(Some(safety.max_in_doubt), NonZeroU32::new(100));
    let canary = campaign.conduct.canary.expect("a canary");
    assert_eq!((canary.size.get(), canary.wait), (500, Duration::from_secs(1_200)));
    assert_eq!(canary.stop_above, "7.5%".parse().expect("a share"));
    let attributes = [("last_campaign", "{{ campaign }}"), ("last_run", "{{ run | upper }}")];
    let attributes = attributes.map(|(name, text)| (name.to_owned(), text.to_owned())).into();
    let tags = vec!["bf-2026".to_owned(), "{{ campaign }}".to_owned()];
    let after = [
        Action::SetChatStatus { status: ChatStatus::Solved },
        Action::SetAttributes { attributes },
        Action::AddTags { contact: None, tags },
    ];
    assert_eq!(campaign.conduct.after, after);
    assert_eq!(campaign.conduct.frequency_cap, Some("2 per 7d".parse().expect("a cap")));
    assert!(campaign.conduct.retry_failed);
}

#[test]
fn a_schedule_means_what_it_says() {
    let schedule = good("scheduled.toml").schedule;
    let moment = |text: &str| text.parse().expect("a moment");
    assert_eq!(schedule.start, Start::At(moment("2026-11-27T08:00:00-05:00")));
    assert_eq!(schedule.zone.name(), "America/New_York");
    assert_eq!(schedule.valid_until, Some(moment("2026-11-28T00:00:00-03:00")));
    assert_eq!((schedule.late, schedule.overlap, schedule.approval), (Late::Send, Overlap::Skip, true));
    let window = schedule.window.expect("a window");
    assert_eq!(window.days, Days([true, true, true, true, true, true, false]));
    assert_eq!((window.from, window.to), (time(8, 0, 0, 0), time(20, 0, 0, 0)));
    assert_eq!((window.clock, window.zone.name()), (WindowClock::Recipient, "America/New_York"));
    // Its own calendar, and the workspace's days.
    for day in
        [date(2026, 12, 25), date(2031, 12, 25), date(2027, 2, 8), date(2027, 2, 9), date(2026, 11, 20)]
    {
        assert!(window.holidays.contains(&day), "{day}");
    }
    assert!(!window.holidays.contains(&date(2027, 2, 10)));
}

#[test]
fn a_campaign_that_comes_again_means_what_it_says() {
    let schedule = good("recurring.toml").schedule;
    assert_eq!(schedule.start, Start::Cron("0 8 * * FRI".parse().expect("a pattern")));
    assert_eq!(schedule.zone.name(), "America/Sao_Paulo");
    assert_eq!((schedule.late, schedule.overlap, schedule.approval), (Late::Skip, Overlap::Queue, false));
    let window = schedule.window.expect("a window");
    assert_eq!(window.days, Days([true, false, true, true, false, false, false]));
    assert_eq!((window.from, window.to), (time(22, 0, 0, 0), time(6, 30, 0, 0)));
    assert_eq!((window.clock, window.holidays.len()), (WindowClock::Sender, 0));
    let draft = good("short.toml").schedule;
    assert_eq!(draft, Schedule::none("America/Sao_Paulo".parse().expect("a zone")));
}

#[test]
fn a_window_may_be_written_in_several_ways() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("x.toml");
    let short = fs::read_to_string(Path::new(ROOT).join("good/short.toml")).expect("readable");
    let read = |window: &str| {
        fs::write(&file, format!("{short}\n[schedule]\nwindow = {window}\n")).expect("a writable folder");
        load(&file).unwrap_or_else(|problems| panic!("{problems}")).schedule.window.expect("a window")
    };
    let midnight = time(0, 0, 0, 0);
    for (window, days, from, to) in [
        ("{ days = \"mon-fri\" }", [true, true, true, true, true, false, false], midnight, midnight),
        ("{ days = \"fri-mon\" }", [true, false, false, false, true, true, true], midnight, midnight),
        ("{ days = \"Sun, tuesday\" }", [false, true, false, false, false, false, true], midnight, midnight),
        ("{ from = \"00:00\", to = \"24:00\" }", [true; 7], midnight, midnight),
        ("{ from = \"8h\", to = \"18h30\" }", [true; 7], time(8, 0, 0, 0), time(18, 30, 0, 0)),
    ] {
        let read = read(window);
        assert_eq!((read.days, read.from, read.to), (Days(days), from, to), "{window}");
        assert_eq!(read.holidays, defaults().holidays);
    }
}

#[test]
fn a_short_definition_has_the_documented_defaults() {
    let campaign = good("short.toml");
    assert_eq!(channels(&campaign), [("demo", 1)]);
    assert_eq!(campaign.audience.country, Country::BRAZIL);
    assert_eq!(campaign.audience.on_bad_row, OnBadRow::Skip);
    assert_eq!(campaign.audience.source, AudienceSource::File("/srv/shared/people.csv".into()));
    assert_eq!(campaign.content, ContentSpec::Text("Olá!\n".to_owned()));
    assert!(campaign.pace.rates.is_empty() && campaign.pace.ramp.is_none());
    assert!(campaign.test_to.is_empty() && campaign.max_recipients.is_none());
    let safety = &campaign.safety;
    assert_eq!(safety.on_doubt, OnDoubt::Hold);
    assert_eq!(safety.doubt_ttl, Duration::from_secs(86_400));
    assert_eq!(safety.max_in_doubt.get(), 500);
    assert_eq!(safety.stop_above, None);
    assert_eq!(campaign.conduct, Conduct::default());
    let canary = "version = 1\nname = \"x\"\nchannel = \"demo\"\n[audience]\nfile = \"x.csv\"\n[message]\ntext = \"Oi\"\n[safety]\ncanary = { size = 3 }\n";
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("x.toml");
    fs::write(&file, canary).expect("a writable folder");
    let canary = load(&file).expect("a definition").conduct.canary.expect("a canary");
    assert_eq!((canary.wait, canary.stop_above), (Duration::from_secs(900), "5%".parse().expect("a share")));
}

#[test]
fn media_may_have_a_text_beside_it() {
    let ContentSpec::Media { url, content_type, name, text } = good("media.toml").content else {
        panic!("not media");
    };
    assert_eq!(url, "https://example.com/{{ arquivo }}");
    assert_eq!(content_type.as_deref(), Some("image/png"));
    assert_eq!(name.as_deref(), Some("promo.png"));
    assert_eq!(text.as_deref(), Some("Oi {{ nome }}"));
}

#[test]
fn the_repositorys_own_campaigns_are_good() {
    let campaigns: Vec<_> =
        files::all_in("campaigns").into_iter().filter(|file| !files::is_settings(file)).collect();
    assert!(!campaigns.is_empty());
    for file in campaigns {
        let campaign = definition::load(&file, Path::new("campaigns"), &defaults());
        let campaign = campaign.unwrap_or_else(|problems| panic!("{problems}"));
        assert_eq!(definition::name_of(&file).as_deref(), Some(campaign.name.as_str()));
        if let AudienceSource::File(file) = &campaign.audience.source {
            assert!(file.is_file(), "{}", file.display());
        }
    }
}

#[test]
fn a_name_is_found_in_spite_of_other_mistakes() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("x.toml");
    for (source, name) in [
        ("name = \"Páscoa\"\nrate = \"x", Some("Páscoa")),
        ("name = \" Natal \"\n", Some("Natal")),
        ("name = 5\n", None),
        ("name = \"\"\n", None),
        ("", None),
    ] {
        fs::write(&file, source).expect("a writable folder");
        assert_eq!(definition::name_of(&file).as_deref(), name, "{source}");
    }
    assert_eq!(definition::name_of(&folder.path().join("absent.toml")), None);
}

#[test]
fn an_action_means_what_it_says() {
    let campaign = good("action.toml");
    assert_eq!(channels(&campaign), [("sinch-sp", 3), ("sinch-rio", 1)]);
    assert_eq!(campaign.fallback.as_deref(), Some("sinch-reserve"));
    let channel = Some("sinch-sp".to_owned());
    assert_eq!(campaign.audience.source, AudienceSource::Account { channel, list: AccountList::Groups });
    assert_eq!(campaign.audience.address, AddressSource::Group("group_id".to_owned()));
    let ContentSpec::Action(spec) = campaign.content else { panic!("not an action") };
    let icon = Action::SetGroupIcon { content_type: "image/png".to_owned(), image: Vec::new() };
    assert_eq!((spec.action, spec.address), (icon, None));
    assert_eq!(spec.file.expect("a file").path, "icons/{{ group_id }}.png");
    // What is repeatable is done again at once when in doubt, unless somebody wants to decide.
    assert_eq!(campaign.safety.on_doubt, OnDoubt::Resend);
    assert_eq!(campaign.safety.doubt_ttl, Duration::ZERO);
    let decided = good("contacts.toml").safety;
    assert_eq!((decided.on_doubt, decided.doubt_ttl), (OnDoubt::Hold, Duration::from_secs(86_400)));
}

#[test]
fn contacts_are_wanted_by_everything_that_is_known_of_them() {
    let AudienceSource::Account { list: AccountList::Contacts(wanted), .. } =
        good("contacts.toml").audience.source
    else {
        panic!("not contacts");
    };
    assert_eq!(wanted.tags, ["VIP"]);
    assert_eq!(wanted.is_group, Some(false));
    assert_eq!(wanted.attribute, Some(("cidade".to_owned(), "Recife".to_owned())));
    assert_eq!(wanted.created.as_deref(), Some("2026-11-01"));
}
