//! What a rule is, and how it is held against bad examples and against the house.

use crate::source::Source;

/// One rule of the house.
pub struct Rule {
    /// What holds, in a sentence.
    pub says: &'static str,
    /// What to do about a breach.
    pub mend: &'static str,
    /// The breaches of one file.
    pub breaches: fn(&Source) -> Vec<Breach>,
    /// Small files that break it: path and text. Each must be found.
    pub bad: &'static [(&'static str, &'static str)],
    /// Small files that look like a breach and are none.
    pub good: &'static [(&'static str, &'static str)],
}

/// A place where a rule is broken.
pub struct Breach {
    /// From 1.
    pub line: usize,
    /// What was found there.
    pub found: String,
}

impl Breach {
    /// A breach on `line`.
    pub fn new(line: usize, found: impl Into<String>) -> Self {
        Self { line, found: found.into() }
    }

    /// One breach for each line on which one of `sequences` of words stands.
    pub fn of_words(source: &Source, sequences: &[&[&str]]) -> Vec<Self> {
        let of = |words: &&[&str]| {
            let found = words.concat();
            let lines = source.lines_with(words);
            lines.into_iter().map(move |line| Self::new(line, found.clone()))
        };
        sequences.iter().flat_map(of).collect()
    }
}

impl Rule {
    /// Shows that the rule can fail, then holds it against `house`.
    pub fn holds_in(&self, house: &[Source]) {
        for (path, text) in self.bad {
            let breaches = (self.breaches)(&Source::new(path, text));
            assert!(!breaches.is_empty(), "the rule \"{}\" overlooks this {path}:\n{text}", self.says);
        }
        for (path, text) in self.good {
            let breaches = (self.breaches)(&Source::new(path, text));
            let found: Vec<_> = breaches.iter().map(|breach| &breach.found).collect();
            assert!(
                found.is_empty(),
                "the rule \"{}\" wrongly finds {found:?} in {path}:\n{text}",
                self.says
            );
        }
        let report: Vec<String> = house
            .iter()
            .flat_map(|source| (self.breaches)(source).into_iter().map(move |breach| (source, breach)))
            .map(|(source, breach)| format!("{}:{}: {}", source.path, breach.line, breach.found))
            .collect();
        assert!(report.is_empty(), "\nrule: {}\nmend: {}\n{}\n", self.says, self.mend, report.join("\n"));
    }
}
