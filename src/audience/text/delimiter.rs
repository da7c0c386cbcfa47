//! Which character separates the cells, judged on parsed records, so that quotes hide what they hold.

use csv_core::ReadRecordResult;

use crate::audience::address_column;

/// In the order in which they win when nothing else tells them apart: text rarely contains the first
/// ones by chance.
const CANDIDATES: [u8; 4] = [b'\t', b';', b'|', b','];
/// Records that are looked at.
const MOST_RECORDS: usize = 200;

/// How well a candidate fits; the greatest fits best.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Fit {
    /// Records with as many cells as the header, in thousandths.
    agreeing: usize,
    /// Whether one header cell is exactly a name for telephone numbers.
    has_phone: bool,
    /// Cells of the header.
    cells: usize,
}

/// The delimiter, and how many bytes of a line that only names it (`sep=;`) come first.
///
/// `text` is the begin of the file; `is_whole` says whether it is all of it.
pub(super) fn judge(text: &[u8], is_whole: bool) -> (u8, usize) {
    if let Some(declared) = declared(text) {
        return declared;
    }
    let mut best = (None, b',');
    for candidate in CANDIDATES {
        let fit = fit(text, is_whole, candidate);
        if fit > best.0 {
            best = (fit, candidate);
        }
    }
    (best.1, 0)
}

/// Excel's own way to name the delimiter, in the first line.
fn declared(text: &[u8]) -> Option<(u8, usize)> {
    let end = text.iter().position(|byte| matches!(byte, b'\r' | b'\n'))?;
    match &text[..end] {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', delimiter] if CANDIDATES.contains(delimiter) => {
            Some((*delimiter, end))
        }
        _ => None,
    }
}

fn fit(text: &[u8], is_whole: bool, delimiter: u8) -> Option<Fit> {
    let mut counts = Vec::new();
    let mut has_phone = false;
    for_each_record(text, is_whole, delimiter, |cells| {
        if cells.iter().all(|cell| cell.trim_ascii().is_empty()) {
            return;
        }
        if counts.is_empty() {
            has_phone = cells.iter().any(|cell| address_column::is_certain(&String::from_utf8_lossy(cell)));
        }
        counts.push(cells.len());
    });
    let header = *counts.first()?;
    if header < 2 {
        return None;
    }
    let agreeing = counts.iter().filter(|count| **count == header).count() * 1_000 / counts.len();
    Some(Fit { agreeing, has_phone, cells: header })
}

/// Calls `each` with the cells of the first records; a last one that may be cut is left out.
fn for_each_record(text: &[u8], is_whole: bool, delimiter: u8, mut each: impl FnMut(&[&[u8]])) {
    let mut parser = csv_core::ReaderBuilder::new().delimiter(delimiter).build();
    // No cell is longer and no record has more cells than the text has bytes.
    let (mut content, mut ends) = (vec![0; text.len() + 1], vec![0; text.len() + 1]);
    let mut rest = text;
    for _ in 0..MOST_RECORDS {
        let (mut result, read, written, mut count) = parser.read_record(rest, &mut content, &mut ends);
        rest = &rest[read..];
        if is_whole && result == ReadRecordResult::InputEmpty {
            let (last, _, _, more) = parser.read_record(&[], &mut content[written..], &mut ends[count..]);
            (result, count) = (last, count + more);
        }
        if result != ReadRecordResult::Record {
            return;
        }
        let mut start = 0;
        let cells: Vec<&[u8]> = ends[..count]
            .iter()
            .map(|end| {
                let cell = &content[start..*end];
                start = *end;
                cell
            })
            .collect();
        each(&cells);
        if rest.is_empty() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delimiter_is_the_one_that_makes_a_table() {
        for (text, delimiter) in [
            ("nome,fone\nAna,1\n", b','),
            ("nome;fone\nAna;1\n", b';'),
            ("nome\tfone\nAna\t1\n", b'\t'),
            ("nome|fone\nAna|1\n", b'|'),
            ("nome;fone;total\nAna;1;10,50\nRui;2;7,00\n", b';'),
            ("nome;\"a,b\";fone\nAna;\"x,y\";1\n", b';'),
            ("nome,\"a;b;c;d\",fone\nAna,\"x;y;z;w\",1\n", b','),
            // Both make a table; commas come up in text by chance.
            ("\"x\";nome, sobrenome\n1;Silva, Ana\n", b';'),
            ("telefone,obs;x\n1,a;b\n", b','),
            // One column: nothing separates.
            ("telefone\n11987654321\n", b','),
            ("telefone\n", b','),
            ("", b','),
            ("telefone,nome", b','),
            // A quoted newline and a short row do not mislead.
            ("fone;obs\n1;\"a,\nb,c\"\n2;x\n3\n", b';'),
        ] {
            assert_eq!(judge(text.as_bytes(), true), (delimiter, 0), "{text:?}");
        }
    }

    #[test]
    fn a_file_may_name_its_delimiter() {
        assert_eq!(judge(b"sep=;\r\nnome,a;fone,b\r\n", true), (b';', 5));
        assert_eq!(judge(b"SEP=\t\nnome\tfone\n", true), (b'\t', 5));
        assert_eq!(judge(b"sep=x\nnome,fone\n", true), (b',', 0));
    }

    #[test]
    fn a_record_cut_by_the_prefix_does_not_count() {
        let text = "nome;fone;total\nAna;1;2\nRui;2";
        assert_eq!(judge(text.as_bytes(), false), (b';', 0));
        assert_eq!(judge(b"nome;fone", true), (b';', 0));
    }
}
