//! What the first bytes of a file say that it is, whatever its name says.

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};

/// What the first bytes of a file look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// Text in UTF-8 or an encoding that is still to be found.
    Text,
    /// Text in this encoding, and the length of the byte order mark that said so (0 where only the
    /// pattern of zero bytes did).
    TextIn(&'static Encoding, usize),
    /// A zip archive, which a workbook is.
    Zip,
    /// The container of `.xls` and of protected workbooks.
    OldOffice,
    /// No table at all, in words.
    Other(&'static str),
}

const MAGICS: [(&[u8], Content); 9] = [
    (b"PK\x03\x04", Content::Zip),
    (b"PK\x05\x06", Content::Zip),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Content::OldOffice),
    (b"%PDF-", Content::Other("a PDF document")),
    (b"\x89PNG", Content::Other("a PNG image")),
    (b"\xff\xd8\xff", Content::Other("a JPEG image")),
    (b"\x1f\x8b", Content::Other("a compressed file")),
    (b"7z\xbc\xaf\x27\x1c", Content::Other("a compressed file")),
    (b"{\\rtf", Content::Other("a rich text document")),
];

/// How pages begin that some systems export under the name of a table.
const MARKUP: [&str; 5] = ["<html", "<!doctype", "<?xml", "<table", "<meta"];

/// Looks at the first bytes of a file.
pub(super) fn judge(prefix: &[u8]) -> Content {
    if let Some((_, content)) = MAGICS.iter().find(|(magic, _)| prefix.starts_with(magic)) {
        return *content;
    }
    if let Some((encoding, length)) = Encoding::for_bom(prefix) {
        return Content::TextIn(encoding, length);
    }
    if let Some(encoding) = utf16_without_mark(prefix) {
        return Content::TextIn(encoding, 0);
    }
    if prefix.contains(&0) {
        return Content::Other("a binary file");
    }
    let begin = prefix.trim_ascii_start();
    let begin = String::from_utf8_lossy(&begin[..begin.len().min(16)]).to_ascii_lowercase();
    match MARKUP.iter().any(|markup| begin.starts_with(markup)) {
        true => Content::Other("a web page or XML"),
        false => Content::Text,
    }
}

/// Latin text in UTF-16 has a zero in nearly every second byte and none in between.
fn utf16_without_mark(prefix: &[u8]) -> Option<&'static Encoding> {
    let pairs = prefix.chunks_exact(2);
    let count = pairs.len();
    let zeros = |position: usize| pairs.clone().filter(|pair| pair[position] == 0).count();
    let (high, low) = (zeros(0), zeros(1));
    match (high, low) {
        _ if count < 8 => None,
        (0, low) if low * 10 > count * 8 => Some(UTF_16LE),
        (high, 0) if high * 10 > count * 8 => Some(UTF_16BE),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use encoding_rs::UTF_8;

    use super::*;

    #[test]
    fn first_bytes_say_what_a_file_is() {
        let little: Vec<u8> = "nome;fone\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = "nome;fone\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
        let cases: &[(&[u8], Content)] = &[
            (b"nome;fone\n", Content::Text),
            (b"", Content::Text),
            (b"\xef\xbb\xbfnome", Content::TextIn(UTF_8, 3)),
            (b"\xff\xfen\0", Content::TextIn(UTF_16LE, 2)),
            (b"\xfe\xff\0n", Content::TextIn(UTF_16BE, 2)),
            (&little, Content::TextIn(UTF_16LE, 0)),
            (&big, Content::TextIn(UTF_16BE, 0)),
            (b"PK\x03\x04rest", Content::Zip),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", Content::OldOffice),
            (b"%PDF-1.7", Content::Other("a PDF document")),
            (b"nome\0fone", Content::Other("a binary file")),
            (b"\n  <HTML><table>", Content::Other("a web page or XML")),
        ];
        for (bytes, content) in cases {
            assert_eq!(judge(bytes), *content, "{}", bytes.escape_ascii());
        }
    }
}
