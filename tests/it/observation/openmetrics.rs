//! A strict reader of OpenMetrics text: what it takes, Prometheus takes.

use std::collections::{BTreeMap, BTreeSet};

/// What a scrape said: each sample by its name and labels, as they are written.
#[derive(Debug)]
pub struct Scrape(BTreeMap<String, f64>);

impl Scrape {
    /// Reads a whole scrape.
    ///
    /// # Panics
    /// When it breaks a rule of the format.
    #[track_caller]
    pub fn read(text: &str) -> Self {
        let body = text.strip_suffix("# EOF\n").unwrap_or_else(|| panic!("it does not end: {text}"));
        let mut kinds = BTreeMap::<&str, &str>::new();
        let mut closed = BTreeSet::<&str>::new();
        let mut current = "";
        let mut samples = BTreeMap::new();
        for line in body.lines() {
            assert!(!line.trim().is_empty(), "an empty line");
            if let Some(comment) = line.strip_prefix("# ") {
                let (what, rest) = comment.split_once(' ').expect(line);
                let (family, says) = rest.split_once(' ').expect(line);
                assert!(family.starts_with("disparo_"), "{line}");
                if family != current {
                    assert!(closed.insert(family), "{family} is told of in two places");
                    current = family;
                }
                match what {
                    "TYPE" => assert!(kinds.insert(family, says).is_none(), "{line} stands twice"),
                    "UNIT" => assert!(family.ends_with(&format!("_{says}")), "{line}"),
                    "HELP" => assert!(!says.is_empty(), "{line}"),
                    _ => panic!("no line of OpenMetrics: {line}"),
                }
                continue;
            }
            let (name, value) = line.rsplit_once(' ').expect(line);
            let value: f64 = value.parse().unwrap_or_else(|error| panic!("{line}: {error}"));
            let bare = name.split('{').next().expect("a name");
            let suffixes: &[&str] = match kinds.get(current).copied() {
                Some("counter") => &["_total"],
                Some("gauge") => &[""],
                Some("info") => &["_info"],
                Some("histogram") => &["_bucket", "_sum", "_count"],
                other => panic!("{line}: a family of kind {other:?}"),
            };
            let suffix = bare.strip_prefix(current).unwrap_or_else(|| panic!("{line} is not of {current}"));
            assert!(suffixes.contains(&suffix), "{line}: {suffix} is none of {suffixes:?}");
            assert!(value >= 0.0, "{line}");
            assert!(samples.insert(name.to_owned(), value).is_none(), "{line} stands twice");
        }
        let scrape = Self(samples);
        scrape.histograms_add_up();
        scrape
    }

    /// Classes of a histogram count what is below them too, and the last counts all.
    fn histograms_add_up(&self) {
        let mut counts = BTreeMap::<String, Vec<(f64, f64)>>::new();
        for (name, value) in &self.0 {
            let Some((family, labels)) = name.split_once("_bucket{") else { continue };
            let labels: Vec<&str> = labels.trim_end_matches('}').split(',').collect();
            let (bounds, others): (Vec<&str>, Vec<&str>) =
                labels.into_iter().partition(|label| label.starts_with("le="));
            let [bound] = bounds.as_slice() else { panic!("{name} has no bound of its own") };
            let bound = bound.trim_start_matches("le=").trim_matches('"');
            let bound = if bound == "+Inf" { f64::INFINITY } else { bound.parse().expect(name) };
            let all = match others.as_slice() {
                [] => format!("{family}_count"),
                others => format!("{family}_count{{{}}}", others.join(",")),
            };
            counts.entry(all).or_default().push((bound, *value));
        }
        assert!(!counts.is_empty(), "no histogram");
        for (name, mut classes) in counts {
            classes.sort_by(|one, other| one.0.total_cmp(&other.0));
            assert!(classes.is_sorted_by_key(|(_, count)| *count), "{name}: {classes:?}");
            let last = classes.last().expect("a class");
            assert_eq!(last.0, f64::INFINITY, "{name}");
            assert_eq!(self.0.get(&name), Some(&last.1), "{name}");
        }
    }

    /// A sample; 0 where there is none.
    pub fn value(&self, name: &str) -> f64 {
        self.0.get(name).copied().unwrap_or(0.0)
    }

    /// The sum of all samples whose names begin so and that have all of these labels.
    pub fn sum(&self, name: &str, labels: &[&str]) -> f64 {
        let is_meant = |sample: &str| {
            sample.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('{'))
                && labels.iter().all(|label| sample.contains(label))
        };
        self.0.iter().filter(|(sample, _)| is_meant(sample)).map(|(_, value)| value).sum()
    }
}
