//! Records of a text file one by one, with the line each begins in.
//!
//! A quote that is opened and never closed would make one cell of everything that follows. It costs
//! its own line only: reading goes on below it. No record is larger than [`MOST_BYTES`], so a quote
//! that a far away one closes by chance is found out too.

use std::io;

use csv_core::ReadRecordResult;

use super::delimiter;
use super::utf8::{CHUNK, Utf8Stream};

/// The largest record. A hundred times what a message may hold.
const MOST_BYTES: usize = 1024 * 1024;

/// What [`Records::advance`] came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::audience) enum Found {
    /// A record, whose cells [`Records::cells`] gives.
    Record,
    /// A line in which a quote is opened that nothing closes; its cells are split without quotes.
    OpenQuote,
    /// The end of the file.
    End,
}

/// A stream of records.
pub(in crate::audience) struct Records {
    stream: Utf8Stream,
    /// Decoded and not yet given out from `start` on.
    window: Vec<u8>,
    start: usize,
    ended: bool,
    delimiter: u8,
    parser: csv_core::Reader,
    /// Line of the next byte of the window.
    next_line: u64,
    /// Line in which the current record begins.
    line: u64,
    /// The current record: contents of all cells, and where each ends.
    content: Vec<u8>,
    ends: Vec<usize>,
    cells: usize,
}

impl Records {
    /// Reads the begin of the stream and finds the delimiter.
    pub(in crate::audience) fn open(mut stream: Utf8Stream) -> io::Result<Self> {
        let mut window = Vec::with_capacity(2 * CHUNK);
        let mut ended = false;
        while window.len() < CHUNK && !ended {
            ended = !stream.read_into(&mut window)?;
        }
        let judged = &window[..window.len().min(CHUNK)];
        let (delimiter, start) = delimiter::judge(judged, ended && judged.len() == window.len());
        Ok(Self {
            stream,
            window,
            start,
            ended,
            delimiter,
            parser: csv_core::ReaderBuilder::new().delimiter(delimiter).build(),
            next_line: 1,
            line: 1,
            content: vec![0; 1024],
            ends: vec![0; 32],
            cells: 0,
        })
    }

    /// The delimiter that was found.
    pub(in crate::audience) fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// The encoding, as far as it is known.
    pub(in crate::audience) fn encoding(&self) -> &'static str {
        self.stream.encoding()
    }

    /// The line in which the current record begins; the first is 1.
    pub(in crate::audience) fn line(&self) -> u64 {
        self.line
    }

    /// The cells of the current record, without quotes, perhaps not valid UTF-8.
    pub(in crate::audience) fn cells(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        let mut start = 0;
        self.ends[..self.cells].iter().map(move |end| {
            let cell = &self.content[start..*end];
            start = *end;
            cell
        })
    }

    /// Whether the current record is an empty line, or one of nothing but delimiters of any kind.
    pub(in crate::audience) fn is_blank(&self) -> bool {
        let length = self.ends[..self.cells].last().copied().unwrap_or(0);
        self.content[..length]
            .iter()
            .all(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b';' | b'|' | b','))
    }

    /// Reads the next record.
    pub(in crate::audience) fn advance(&mut self) -> io::Result<Found> {
        if !self.skip_line_ends()? {
            return Ok(Found::End);
        }
        self.line = self.next_line;
        self.parser.set_line(self.line);
        let (mut scanned, mut written, mut cells) = (0, 0, 0);
        loop {
            let input = &self.window[self.start + scanned..];
            let (result, read, more_content, more_cells) = match input {
                // An empty input would tell the parser that the file ends, which closes every quote.
                [] => (ReadRecordResult::InputEmpty, 0, 0, 0),
                _ => self.parser.read_record(input, &mut self.content[written..], &mut self.ends[cells..]),
            };
            scanned += read;
            written += more_content;
            cells += more_cells;
            match result {
                ReadRecordResult::Record => break,
                ReadRecordResult::OutputFull => self.content.resize((2 * self.content.len()).max(1024), 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize((2 * self.ends.len()).max(32), 0),
                ReadRecordResult::InputEmpty | ReadRecordResult::End => {
                    if scanned > MOST_BYTES {
                        return self.give_up_line();
                    }
                    if self.read_more()? {
                        continue;
                    }
                    self.content.resize(self.content.len().max(written + 1), 0);
                    self.ends.resize(self.ends.len().max(cells + 1), 0);
                    // A line end closes the last record, unless it falls between quotes.
                    let (result, _, _, more_cells) =
                        self.parser.read_record(b"\n", &mut self.content[written..], &mut self.ends[cells..]);
                    if result != ReadRecordResult::Record {
                        return self.give_up_line();
                    }
                    cells += more_cells;
                    break;
                }
            }
        }
        self.start += scanned;
        self.next_line = self.parser.line();
        self.cells = cells;
        Ok(Found::Record)
    }

    /// Moves to the next byte that is no line end; `false` when there is none.
    fn skip_line_ends(&mut self) -> io::Result<bool> {
        loop {
            match self.window.get(self.start).copied() {
                Some(b'\r') => self.start += 1,
                Some(b'\n') => {
                    self.start += 1;
                    self.next_line += 1;
                }
                Some(_) => return Ok(true),
                None if self.read_more()? => {}
                None => return Ok(false),
            }
        }
    }

    /// Reads on behind the window, forgetting what was given out; `false` at the end of the file.
    fn read_more(&mut self) -> io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        self.window.drain(..self.start);
        self.start = 0;
        self.ended = !self.stream.read_into(&mut self.window)?;
        Ok(!self.ended)
    }

    /// Gives out the first line of a record that does not end, and reads on below it.
    fn give_up_line(&mut self) -> io::Result<Found> {
        let rest = &self.window[self.start..];
        let length = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n')).unwrap_or(rest.len());
        let line = &rest[..length];
        self.content.clear();
        self.ends.clear();
        for cell in line.split(|byte| *byte == self.delimiter) {
            self.content.extend_from_slice(cell);
            self.ends.push(self.content.len());
        }
        self.cells = self.ends.len();
        self.start += length;
        self.parser.reset();
        self.skip_rest_of_line()?;
        Ok(Found::OpenQuote)
    }

    fn skip_rest_of_line(&mut self) -> io::Result<()> {
        loop {
            let rest = &self.window[self.start..];
            if let Some(length) = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n')) {
                self.start += length;
                return Ok(());
            }
            self.start = self.window.len();
            if !self.read_more()? {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Country;

    fn open(text: &str) -> Records {
        let input = Box::new(io::Cursor::new(text.as_bytes().to_vec()));
        Records::open(Utf8Stream::new(Vec::new(), input, None, Country::BRAZIL)).expect("memory")
    }

    /// Line, kind and cells of all records.
    fn all(text: &str) -> Vec<(u64, Found, Vec<String>)> {
        let mut records = open(text);
        let mut all = Vec::new();
        loop {
            match records.advance().expect("memory") {
                Found::End => return all,
                found => {
                    let cells = records.cells().map(|cell| String::from_utf8_lossy(cell).into_owned());
                    all.push((records.line(), found, cells.collect()));
                }
            }
        }
    }

    fn record(line: u64, cells: &[&str]) -> (u64, Found, Vec<String>) {
        (line, Found::Record, cells.iter().map(|cell| (*cell).to_owned()).collect())
    }

    #[test]
    fn lines_are_those_of_the_file() {
        for line_end in ["\n", "\r\n"] {
            let text = "a;b\n\n\n1;\"x\n\ny\"\n;\n2;\"say \"\"hi\"\"\"".replace('\n', line_end);
            let quoted = format!("x{line_end}{line_end}y");
            assert_eq!(
                all(&text),
                [
                    record(1, &["a", "b"]),
                    record(4, &["1", &quoted]),
                    record(7, &["", ""]),
                    record(8, &["2", "say \"hi\""]),
                ]
            );
        }
        assert_eq!(all(""), []);
        assert_eq!(all("\n\r\n"), []);
    }

    #[test]
    fn an_open_quote_costs_its_own_line() {
        let text = "a;b\n1;\"x\n2;y\n3;z\n";
        let open_quote = (2, Found::OpenQuote, vec!["1".to_owned(), "\"x".to_owned()]);
        assert_eq!(
            all(text),
            [record(1, &["a", "b"]), open_quote, record(3, &["2", "y"]), record(4, &["3", "z"])]
        );
        let last = all("a;b\n1;\"x");
        assert_eq!(last[1], (2, Found::OpenQuote, vec!["1".to_owned(), "\"x".to_owned()]));
        assert_eq!(last.len(), 2);
    }

    #[test]
    fn a_quote_that_is_closed_too_far_away_is_open() {
        let filler = "5;conteúdo\n".repeat(200_000);
        let text = format!("a;b\n1;\"x\n{filler}6;\"y\"\n");
        let mut records = open(&text);
        let mut found = Vec::new();
        while found.last() != Some(&Found::End) {
            found.push(records.advance().expect("memory"));
            assert!(records.window.capacity() < 4 * MOST_BYTES, "memory stays flat");
        }
        assert_eq!(found.len(), 200_004);
        assert_eq!(found.iter().filter(|found| **found == Found::OpenQuote).count(), 1);
        assert_eq!(records.line(), 200_003);
    }

    #[test]
    fn a_line_without_end_is_passed_over() {
        let text = format!("a;b\n1;\"{}\n2;y\n", "x".repeat(3 * MOST_BYTES));
        let lines: Vec<_> = all(&text).into_iter().map(|(line, found, _)| (line, found)).collect();
        assert_eq!(lines, [(1, Found::Record), (2, Found::OpenQuote), (3, Found::Record)]);
    }

    #[test]
    fn many_and_long_cells_fit() {
        let long = vec!["é".repeat(800); 300].join(";");
        let all = all(&format!("a;b\n{long}\n1;2\n"));
        assert_eq!(all[1].2.len(), 300);
        assert!(all[1].2.iter().all(|cell| *cell == "é".repeat(800)));
        assert_eq!(all[2], record(3, &["1", "2"]));
    }
}
