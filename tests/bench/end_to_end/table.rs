//! What was measured, as a table for people.

use std::fmt::Display;

/// A line of the table.
struct Line {
    what: String,
    ours: String,
    reference: String,
    ratio: String,
    goal: String,
    verdict: &'static str,
}

/// See the module.
pub struct Table {
    is_full: bool,
    lines: Vec<Line>,
}

impl Table {
    /// An empty one. Of a smoke test nothing is judged.
    pub fn new(is_full: bool) -> Self {
        Self { is_full, lines: Vec::new() }
    }

    /// Says what is measured next.
    pub fn begin(&self, name: &str) {
        eprintln!("measuring {name}…");
    }

    /// A line whose ratio should be at least `goal`.
    pub fn ratio(&mut self, what: &str, ours: impl Display, reference: impl Display, ratio: f64, goal: f64) {
        let goal_text = format!("≥ {goal} ×");
        self.add(what, &ours, &reference, format!("{ratio:.2} ×"), goal_text, ratio >= goal);
    }

    /// A line without a reference, which is reached or not.
    pub fn figure(&mut self, what: &str, ours: impl Display, goal: impl Display, is_reached: bool) {
        self.add(what, &ours, &"", String::new(), goal.to_string(), is_reached);
    }

    /// A line with a reference and a goal that is no ratio of the two.
    pub fn add(
        &mut self,
        what: &str,
        ours: &dyn Display,
        reference: &dyn Display,
        ratio: String,
        goal: String,
        is_reached: bool,
    ) {
        let verdict = match (self.is_full, is_reached) {
            (false, _) => "smoke",
            (true, true) => "reached",
            (true, false) => "missed",
        };
        let (what, ours, reference) = (what.to_owned(), ours.to_string(), reference.to_string());
        self.lines.push(Line { what, ours, reference, ratio, goal, verdict });
    }

    /// A line of which nothing is expected.
    pub fn note(&mut self, what: &str, ours: impl Display, reference: impl Display) {
        let (what, ours, reference) = (what.to_owned(), ours.to_string(), reference.to_string());
        self.lines.push(Line {
            what,
            ours,
            reference,
            ratio: String::new(),
            goal: String::new(),
            verdict: "",
        });
    }

    /// A line that cannot be measured here.
    pub fn absent(&mut self, what: &str, why: &str) {
        let (what, ours) = (what.to_owned(), format!("not measured: {why}"));
        let [reference, ratio, goal] = [const { String::new() }; 3];
        self.lines.push(Line { what, ours, reference, ratio, goal, verdict: "" });
    }

    /// Prints it.
    pub fn print(&self) {
        let head = ["what", "ours", "reference", "ratio", "goal", ""].map(str::to_owned);
        let rows = self.lines.iter().map(|line| {
            let Line { what, ours, reference, ratio, goal, verdict } = line;
            [what, ours, reference, ratio, goal, &(*verdict).to_owned()].map(Clone::clone)
        });
        let rows: Vec<[String; 6]> = std::iter::once(head).chain(rows).collect();
        let mut widths = [0; 6];
        for (index, width) in widths.iter_mut().enumerate() {
            *width = rows.iter().map(|row| row[index].chars().count()).max().unwrap_or(0);
        }
        println!();
        for row in &rows {
            let cells: Vec<_> =
                row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
            println!("{}", cells.join("  ").trim_end());
        }
    }
}
